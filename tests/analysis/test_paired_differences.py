"""Two networks over the same samples."""

import numpy as np
import pytest
from scipy import stats

from keras_hier.analysis.evidence.paired_differences import (
    mcnemar,
    paired_cells,
    paired_groups,
    paired_nodes,
)
from keras_hier.hierarchy.hierarchy import Hierarchy
from keras_hier.hierarchy.tree.grouping import Grouping
from keras_hier.scores.confusion_scores import confusion_matrix, group_counts

PETS = Grouping(["pet", "car"], [0, 0, 1])
LABELS = [0, 0, 0, 1, 1, 2, 2, 2]
FIRST_ = [0, 2, 2, 1, 0, 0, 2, 2]
OTHER_ = [0, 1, 0, 2, 1, 2, 0, 2]


def drawn(seed, samples=4000, classes=12):
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, classes, samples)
    # Two networks that err on the same half of the samples.
    hard = rng.random(samples) < 0.5
    guesses = rng.integers(0, classes, (2, samples))
    return labels, *np.where(hard, guesses, labels)


def test_by_hand():
    # Groups: 2 samples of pet are fixed (1, 2), 1 broken (3); of car 1 and 1.
    found = paired_groups(LABELS, FIRST_, OTHER_, PETS)
    assert found.fixed.tolist() == [2, 1]
    assert found.broken.tolist() == [1, 1]
    assert found.p.tolist() == [1, 1]
    assert found.standardised == pytest.approx([1 / np.sqrt(3), 0])
    # By classes sample 1 was called a car, then the other pet: still wrong.
    each = paired_groups(LABELS, FIRST_, OTHER_, np.int64(3))
    assert each.fixed.tolist() == [1, 1, 1]
    assert each.broken.tolist() == [0, 1, 1]


def test_counts_agree_with_both_matrices():
    labels, first, second = drawn(0)
    groups = Grouping(["a", "b", "c"], np.arange(12) % 3)
    found = paired_groups(labels, first, second, groups)
    one, other = (
        group_counts(confusion_matrix(labels, each, 12), groups).true_positives
        for each in (first, second)
    )
    assert np.array_equal(found.fixed - found.broken, other - one)
    expected = [
        stats.binomtest(int(a), int(a + b)).pvalue
        for a, b in zip(found.fixed, found.broken, strict=True)
    ]
    assert found.p == pytest.approx(expected)


@pytest.mark.parametrize("groups", [12, Grouping([*"abc"], np.arange(12) % 3)])
def test_cells_agree_with_both_matrices(groups):
    labels, first, second = drawn(1)
    found = paired_cells(labels, first, second, groups)
    for each, counts in ((first, found.first), (second, found.second)):
        matrix = confusion_matrix(labels, each, 12)
        if isinstance(groups, Grouping):
            matrix = groups.aggregate(matrix)
        assert np.array_equal(counts, matrix[found.rows, found.columns])
        assert counts.sum() == matrix.sum()
    assert np.array_equal(found.joined - found.left, found.second - found.first)
    same = found.rows == found.columns
    whole = paired_groups(labels, first, second, groups)
    assert np.array_equal(found.joined[same], whole.fixed)
    assert np.array_equal(found.p[same], whole.p)


def test_every_node_at_once():
    """As each cut by itself, in a tree of uneven depth with only children."""
    tree = Hierarchy.from_paths(
        [("a", "x", "0"), ("a", "x", "1"), ("a", "y", "z", "2"), ("b", "3")]
        + [("b", "w", str(k)) for k in range(4, 9)]
        + [("9",), ("c", "10"), ("c", "11")]
    )
    labels, first, second = drawn(6)
    found = paired_nodes(labels, first, second, tree)
    for level in (*tree.levels(), *(tree.cut(depth=d) for d in (1, 2, 3))):
        at = [tree.node_ids.index(node) for node in level.nodes]
        expected = paired_groups(labels, first, second, level)
        assert np.array_equal(found.fixed[at], expected.fixed)
        assert np.array_equal(found.broken[at], expected.broken)
        assert np.array_equal(found.p[at], expected.p)


def test_a_few_samples_prove_nothing():
    found = mcnemar([4, 40], [0, 0])
    assert found.p[0] == found.least[0] == 0.125
    assert found.p[1] < 1e-10
    assert found.standardised[0] == 2


def test_nothing_changed():
    found = paired_groups([0, 1], [0, 0], [0, 0], 2)
    assert found.p.tolist() == [1, 1]
    assert found.standardised.tolist() == [0, 0]
    assert paired_cells([], [], [], 3).p.shape == (0,)


@pytest.mark.parametrize("function", [paired_groups, paired_cells])
def test_lengths_must_fit(function):
    with pytest.raises(ValueError, match=r"one shape \[N\]"):
        function([0, 1], [0, 1], [0], 2)
    with pytest.raises(ValueError, match="second"):
        function([0, 1], [0, 1], [0, 2], 2)
