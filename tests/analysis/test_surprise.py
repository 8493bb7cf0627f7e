"""Confusions against what the tree leads one to expect, and one-way ones."""

import numpy as np
import pytest
from scipy import sparse, stats

from keras_hier.analysis.evidence import null_model
from keras_hier.analysis.evidence.surprise import (
    one_way_confusions,
    surprising_confusions,
)
from keras_hier.hierarchy.hierarchy import Hierarchy

TREE = Hierarchy.from_paths(
    [(f"a{i // 24}", f"g{i // 6}", f"c{i}") for i in range(96)]
)
SIZE = 96


def rates():
    """Errors of each pair that follow the tree, and nothing else."""
    a, c = np.divmod(np.arange(SIZE**2), SIZE)
    near = np.array([0, 1.5, 0.25, 0.02])[TREE.lca_distance(a, c)]
    popular = np.random.default_rng(9).lognormal(0, 0.5, SIZE)
    return (near * popular[c]).reshape(SIZE, SIZE)


def drawn(seed):
    counts = np.random.default_rng(seed).poisson(rates())
    np.fill_diagonal(counts, 50)
    return counts


class TestSurprises:
    def test_a_planted_confusion_leads(self):
        counts = drawn(0)
        counts[3, 80] += 7
        found = surprising_confusions(counts, TREE)
        assert (found.rows[0], found.columns[0]) == (3, 80)
        assert found.counts[0] == counts[3, 80]
        assert found.rates[0] < 1e-4
        assert found.distance[0] == 3
        assert (np.diff(found.evidence) <= 0).all()
        assert found.p == pytest.approx(10**-found.evidence)

    def test_a_tree_that_holds_surprises_nobody(self):
        finds = [
            (surprising_confusions(drawn(seed), TREE).rates <= 0.05).sum()
            for seed in range(8)
        ]
        assert np.mean(np.array(finds) > 0) <= 0.25

    def test_every_error_is_listed_once(self):
        counts = drawn(1)
        found = surprising_confusions(counts, TREE)
        again = np.zeros_like(counts)
        again[found.rows, found.columns] = found.counts
        np.fill_diagonal(again, 50)
        assert np.array_equal(again, counts)
        assert (found.expected > 0).all()
        # Single counts sink, however little was expected of far classes.
        singles = np.flatnonzero(found.counts == 1)
        assert singles[0] > 40
        assert found.evidence[singles].max() < 1
        right = surprising_confusions(np.eye(SIZE, dtype=int), TREE)
        assert all(len(column) == 0 for column in right)

    def test_a_pair_does_not_raise_its_own_expectation(self):
        """Nor do its errors the other way; here no others meet there."""
        tree = Hierarchy.from_paths(
            [("pair", "p"), ("pair", "q")]
            + [(f"g{i // 5}", f"c{i}") for i in range(30)]
        )
        counts = np.random.default_rng(5).poisson(1, (32, 32))
        counts[0, 1] = counts[1, 0] = 30
        found = surprising_confusions(counts, tree)
        errors = null_model.errors_of(counts, tree)
        null = null_model.fit(errors, tree)
        pair = np.flatnonzero(found.rows + found.columns == 1)
        a, c = found.rows[pair], found.columns[pair]
        expected = null.rates(a, c, tree.lca(a, c))
        assert found.expected[pair] == pytest.approx(expected)
        assert len(pair) == 2

    def test_the_first_are_those_of_all(self):
        whole = surprising_confusions(drawn(3), TREE)
        first = surprising_confusions(sparse.coo_array(drawn(3)), TREE, top=7)
        for a, b in zip(whole, first, strict=True):
            assert np.array_equal(a[:7], b)


class TestOneWay:
    def test_by_hand(self):
        counts = [[80, 20, 0], [2, 98, 0], [0, 1, 99]]
        found = one_way_confusions(counts)
        assert (found.a[0], found.b[0]) == (0, 1)
        assert (found.a_as_b[0], found.b_as_a[0]) == (20, 2)
        assert found.p[0] == pytest.approx(stats.binomtest(2, 22).pvalue)
        assert (found.a[1], found.b[1], found.p[1]) == (2, 1, 1)
        assert found.beyond.found.tolist() == [True, False]
        # One error in either direction could not have been found.
        assert found.beyond.tested == 1

    def test_rates_and_not_counts(self):
        """Ten times the samples make ten times the errors."""
        found = one_way_confusions([[900, 100], [10, 90]])
        assert found.p[0] == pytest.approx(1, abs=0.1)
        turned = one_way_confusions([[990, 10], [10, 90]])
        assert (turned.a[0], turned.b[0]) == (1, 0)
        assert turned.p[0] < 1e-5

    def test_groups_by_the_samples_of_one_class(self):
        """Three classes of 100 have three times the names of one of 100."""
        counts = [[270, 30], [30, 70]]
        found = one_way_confusions(counts, sizes=[3, 1])
        assert found.expected.tolist() == [30]
        assert found.p[0] == 1
        # By their samples alone the large group seems to draw the small one.
        alone = one_way_confusions(counts)
        assert (alone.a[0], alone.expected[0]) == (1, 15)
        assert alone.p[0] == pytest.approx(2 * stats.binom.sf(29, 60, 0.25))
        assert alone.beyond.found[0]

    @pytest.mark.parametrize("sizes", [[1], [1, 0], [1, np.nan], [[1, 1]]])
    def test_sizes_that_are_none(self, sizes):
        with pytest.raises(ValueError, match="2 numbers of classes"):
            one_way_confusions([[5, 1], [1, 5]], sizes=sizes)

    def test_a_class_without_samples(self):
        found = one_way_confusions([[50, 50], [0, 0]])
        assert found.p.tolist() == [1]
        assert found.beyond.tested == 0

    def test_both_ways_alike_is_nothing(self):
        finds = [
            one_way_confusions(
                np.random.default_rng(seed).poisson(5, (25, 25))
                + 40 * np.eye(25, dtype=int)
            ).beyond.found.any()
            for seed in range(40)
        ]
        assert np.mean(finds) < 0.16
        assert len(one_way_confusions(np.eye(3, dtype=int)).a) == 0

    def test_the_first_are_those_of_all(self):
        counts = np.random.default_rng(0).poisson(4, (15, 15))
        whole = one_way_confusions(counts)
        first = one_way_confusions(sparse.csr_array(counts), top=4)
        for a, b in zip(whole[:5], first[:5], strict=True):
            assert np.array_equal(a[:4], b)
        assert np.array_equal(first.beyond.rates, whole.beyond.rates[:4])
        assert first.beyond.tested == whole.beyond.tested
        assert (
            len(whole.a)
            == 15 * 14 // 2
            - ((counts + counts.T)[np.triu_indices(15, 1)] == 0).sum()
        )
