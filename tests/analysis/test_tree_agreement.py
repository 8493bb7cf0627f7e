"""A tree beside the one that the errors of a classifier make."""

import numpy as np
import pytest
from scipy import sparse

import keras_hier as kh
from keras_hier.analysis.trees.tree_agreement import tree_agreement
from keras_hier.scores import block_confusion_chance, block_confusion_ratio

FAMILY = np.repeat(np.arange(12), 5)


def tree_of(family):
    """Three orders of four families each, if the families are as planted."""
    return kh.Hierarchy.from_paths(
        [
            (f"o{group // 4}", f"f{group}", f"c{label}")
            for label, group in enumerate(family.tolist())
        ]
    )


def confusions(seed=0, family=FAMILY):
    """Errors inside families, some inside orders, few elsewhere."""
    order = family // 4
    rates = np.where(order[:, None] == order, 1.0, 0.1)
    rates[family[:, None] == family] = 6
    np.fill_diagonal(rates, 90)
    return np.random.default_rng(seed).poisson(rates)


def test_the_tree_that_made_the_errors_agrees_with_them():
    matrix = confusions()
    tree = tree_of(FAMILY)
    found = tree_agreement(matrix, tree)
    assert found.groups.tolist() == [3, 12]
    assert found.adjusted_rand.tolist() == [1, 1]
    assert found.halves.tolist() == [1, 1]
    for at, level in enumerate(tree.levels()[:-1]):
        inside = block_confusion_ratio(matrix, level)
        chance = block_confusion_chance(level, matrix)
        # The same groups have the same errors inside.
        assert found.inside[at] == found.errors_inside[at] == inside
        assert found.inside_chance[at] == found.errors_chance[at] == chance
        assert found.errors_unseen[at] == pytest.approx(inside, abs=0.03)


def test_a_tree_of_classes_at_random_agrees_by_chance():
    found = []
    for seed in range(8):
        family = np.random.default_rng(seed).permutation(FAMILY)
        one = tree_agreement(confusions(seed), tree_of(family))
        found.append(one)
        # The tree of the errors does not depend on the tree beside it.
        assert one.halves.min() > 0.9
    agreement = np.mean([one.adjusted_rand for one in found], axis=0)
    assert np.abs(agreement).max() < 0.03
    inside, chance = (
        np.mean([getattr(one, name) for one in found], axis=0)
        for name in ("inside", "inside_chance")
    )
    assert inside == pytest.approx(chance, abs=0.02)


def without_errors_about(classes, matrix):
    """The same, and these classes always right."""
    matrix = matrix.copy()
    matrix[classes] = matrix[:, classes] = 0
    matrix[classes, classes] = 90
    return matrix


@pytest.mark.parametrize("most", [3, 15])
def test_classes_that_are_never_confused_change_nothing(most):
    """As many as the coarse level has groups, and more than the fine one."""
    right = np.arange(60)[::4][:most]
    found = tree_agreement(
        without_errors_about(right, confusions()), tree_of(FAMILY)
    )
    assert found.groups.tolist() == [3, 12]
    assert found.adjusted_rand.tolist() == [1, 1]
    assert found.halves == pytest.approx(1, abs=0.1)
    assert found.errors_inside == pytest.approx(found.inside)
    assert found.errors_unseen == pytest.approx(found.inside, abs=0.03)
    assert (found.errors_chance < 0.4).all()


@pytest.mark.parametrize(
    ("rate", "right"),
    [
        (0.3, 15),
        # A class has two errors, and one in four none in half of them.
        (0.02, 0),
    ],
)
def test_errors_anywhere_are_inside_by_chance_whoever_has_none(rate, right):
    rng = np.random.default_rng(0)
    rates = np.full((60, 60), rate)
    np.fill_diagonal(rates, 60)
    found = [
        tree_agreement(
            without_errors_about(np.arange(60)[::4][:right], matrix),
            tree_of(FAMILY),
        )
        for matrix in rng.poisson(rates, (10, 60, 60))
    ]
    unseen, chance, agreement, halves = (
        np.mean([getattr(one, name) for one in found], axis=0)
        for name in (
            "errors_unseen",
            "errors_chance",
            "adjusted_rand",
            "halves",
        )
    )
    assert unseen == pytest.approx(chance, abs=0.04)
    assert np.abs([agreement, halves]).max() < 0.04


def test_classes_that_half_of_the_errors_do_not_have_are_in_no_group():
    """One error of a family and less in a half: what these say is kept."""
    rates = np.where(FAMILY[:, None] == FAMILY, 0.5, 0.005)
    np.fill_diagonal(rates, 90)
    matrix = np.random.default_rng(0).poisson(rates)
    found = tree_agreement(matrix, tree_of(FAMILY))
    assert found.halves[1] > 0.5
    assert found.errors_unseen[1] == pytest.approx(found.inside[1], abs=0.2)


def test_a_level_that_parts_no_confused_classes_is_nothing_to_compare():
    """All that are confused are of one group, each of its own, or none."""
    one_family = without_errors_about(np.arange(5, 60), confusions())
    of_each = without_errors_about(
        np.setdiff1d(np.arange(60), [0, 20, 40]), np.ones((60, 60), int)
    )
    for matrix in (one_family, of_each, np.eye(60, dtype=int)):
        found = tree_agreement(matrix, tree_of(FAMILY))
        for name in ("adjusted_rand", "halves"):
            assert np.isnan(getattr(found, name)).all()
        for name in ("inside", "unseen", "chance"):
            assert np.isnan(getattr(found, f"errors_{name}")).all()


def test_sparse_counts_and_a_flat_tree():
    matrix = confusions()
    dense = tree_agreement(matrix, tree_of(FAMILY))
    again = tree_agreement(sparse.csr_array(matrix), tree_of(FAMILY))
    assert again.errors_unseen.tolist() == dense.errors_unseen.tolist()
    # Sums of epochs have no halves.
    summed = tree_agreement(matrix, tree_of(FAMILY), independent=False)
    assert np.isnan([summed.halves, summed.errors_unseen]).all()
    assert summed.adjusted_rand.tolist() == [1, 1]
    flat = kh.Hierarchy.from_paths([(f"c{i}",) for i in range(60)])
    assert len(tree_agreement(matrix, flat).groups) == 0
    with pytest.raises(ValueError, match=r"\[60, 60\]"):
        tree_agreement(np.eye(3), tree_of(FAMILY))


def test_too_many_classes_are_refused_before_memory_is_taken():
    tree = kh.Hierarchy.from_paths([(f"c{i}",) for i in range(5_001)])
    many = sparse.coo_array((5_001, 5_001), dtype=np.int64)
    with pytest.raises(ValueError, match="at most 5,000 classes, got 5,001"):
        tree_agreement(many, tree)
