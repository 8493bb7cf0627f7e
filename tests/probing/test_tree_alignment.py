import itertools

import numpy as np
import pytest

from keras_hier import Hierarchy
from keras_hier.probing.alignment.permuted_classes import permuted_spread
from keras_hier.probing.alignment.tree_alignment import (
    nearness,
    split_half_reliability,
    tree_alignment,
)
from keras_hier.probing.features import Features
from keras_hier.probing.probe import probe

TREE = Hierarchy.from_paths(
    [
        (f"s{a}", f"g{a}{b}", f"c{a}{b}{c}")
        for a in range(3)
        for b in range(2)
        for c in range(3)
    ]
)


def means_like(tree, strength, seed=0, features=40):
    """Draws class means that share what their groups have."""
    rng = np.random.default_rng(seed)
    found = rng.normal(size=(tree.num_classes, features))
    for level in tree.levels()[:-1]:
        shared = rng.normal(size=(level.num_groups, features))
        found += strength * shared[level.of_class]
    return found


def pairs_of(matrix):
    return matrix[np.triu_indices(len(matrix), 1)]


def by_definition(means, tree):
    scores = (means - means.mean(axis=0)) / means.std(axis=0)
    return np.corrcoef(
        pairs_of(np.corrcoef(scores)), -pairs_of(tree.lca_distance())
    )[0, 1]


def test_it_is_the_correlation_over_pairs():
    means = means_like(TREE, 1.0)
    found = tree_alignment(means, TREE)
    assert found.value == pytest.approx(by_definition(means, TREE))
    assert found.value > 0.8
    assert found.value > found.band


def test_without_a_class_it_is_that_of_the_others():
    means = means_like(TREE, 0.5)
    found = tree_alignment(means, TREE)
    scores = (means - means.mean(axis=0)) / means.std(axis=0)
    alike, near = np.corrcoef(scores), nearness(TREE)
    for label in range(TREE.num_classes):
        kept = np.delete(np.arange(TREE.num_classes), label)
        rest = np.ix_(kept, kept)
        expected = np.corrcoef(pairs_of(alike[rest]), pairs_of(near[rest]))
        assert found.without[label] == pytest.approx(expected[0, 1])


def test_the_band_is_the_spread_over_all_permutations():
    rng = np.random.default_rng(2)
    a, b = rng.normal(size=(2, 6, 6))
    a, b = a + a.T, b + b.T + np.add.outer(np.arange(6), np.arange(6))
    for matrix in (a, b):
        np.fill_diagonal(matrix, 0)
    every = [
        np.corrcoef(pairs_of(a), pairs_of(b[np.ix_(order, order)]))[0, 1]
        for order in itertools.permutations(range(6))
    ]
    found = permuted_spread(a, b)
    assert found == pytest.approx(np.std(every))


def test_a_permuted_tree_lies_within_the_band():
    means = means_like(TREE, 1.0)
    rng = np.random.default_rng(0)
    inside = []
    for _ in range(100):
        found = tree_alignment(means[rng.permutation(len(means))], TREE)
        inside.append(abs(found.value) <= found.band)
    assert 0.9 <= np.mean(inside) <= 1


def test_the_standard_error_is_the_spread_over_classes():
    tree = Hierarchy.from_paths(
        [(f"g{g}", f"c{g}-{c}") for g in range(8) for c in range(5)]
    )
    found = [
        tree_alignment(means_like(tree, 0.7, seed), tree) for seed in range(60)
    ]
    spread = np.std([each.value for each in found])
    stated = np.mean([each.standard_error for each in found])
    assert 0.5 < stated / spread < 2


def test_scale_and_shift_of_features_change_nothing():
    means = means_like(TREE, 1.0)
    rng = np.random.default_rng(0)
    scale = np.exp(rng.normal(size=means.shape[1]))
    moved = tree_alignment(means * scale + 5, TREE)
    assert moved.value == pytest.approx(tree_alignment(means, TREE).value)


COUNTS = np.random.default_rng(0).integers(0, 9, (18, 18))


@pytest.mark.parametrize(
    ("tree", "said"),
    [
        (Hierarchy.from_confusions(COUNTS, TREE.classes), "circular"),
        (Hierarchy.from_paths([(c,) for c in "abcde"]), "equally far apart"),
        (
            Hierarchy.from_paths([("g", "a"), ("g", "b"), ("c",)]),
            "four classes",
        ),
    ],
)
def test_a_tree_that_says_nothing_is_refused(tree, said):
    means = np.random.default_rng(0).normal(size=(tree.num_classes, 9))
    with pytest.raises(ValueError, match=said):
        tree_alignment(means, tree)


def test_classes_that_are_equally_far_apart_have_no_alignment():
    for means in (np.eye(18), 5 * np.eye(18, 40), np.eye(18) - 1 / 18):
        with pytest.raises(ValueError, match="All classes are equally far apa"):
            tree_alignment(means, TREE)
    # One pair that is nearer is an order.
    means = np.eye(18)
    means[1, 0] = 0.1
    assert np.isfinite(tree_alignment(means, TREE).value)


def test_reliability_steps_up_to_all_samples():
    rng = np.random.default_rng(0)
    true = means_like(TREE, 1.0)
    halves = [true + rng.normal(size=true.shape) for _ in range(2)]
    alike = [
        pairs_of(np.corrcoef((half - half.mean(axis=0)) / half.std(axis=0)))
        for half in halves
    ]
    half = np.corrcoef(*alike)[0, 1]
    found = split_half_reliability(*halves)
    assert found == pytest.approx(2 * half / (1 + half))


@pytest.mark.parametrize(("factor", "said"), [(1e300, "much"), (1e-300, "lit")])
def test_features_too_large_or_small_for_squares_are_said(
    drawn, tree, factor, said
):
    features = drawn()
    wide = np.array(features["conv3"], np.float64) * factor
    one = Features({"conv3": wide}, features.labels)
    with pytest.raises(ValueError, match=f"too {said}.* to compute with"):
        probe(one, tree)


def test_layers_that_cannot_be_aligned_are_named(drawn, tree):
    features, control = drawn(), drawn(2, untrained=True)
    odd = np.array(features["conv1"], np.float32)
    odd[3, 5] = np.nan
    one = Features(
        {"nan": odd, "same": np.ones((960, 4)), "good": features["conv3"]},
        features.labels,
    )
    other = Features(
        {"nan": control["conv1"], "same": np.ones((960, 4)), "good": odd},
        features.labels,
    )
    with pytest.warns(UserWarning, match="no tree alignment") as caught:
        report = probe(one, tree, control=[other, other], fit=False)
    assert [str(each.message) for each in caught] == [
        "There is no tree alignment of 'nan', the untrained 'good': Expected "
        "finite means, got NaN or infinity.",
        "There is no tree alignment of 'same', the untrained 'same': All "
        "classes have the same mean: these features tell nothing apart.",
    ]
    assert caught[0].filename == __file__
    assert np.isnan(report.record.alignment).tolist() == [True, True, False]
