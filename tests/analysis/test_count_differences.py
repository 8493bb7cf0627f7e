"""Two matrices of which only the counts are known."""

import numpy as np
import pytest
from scipy import sparse

from keras_hier.analysis.evidence.aligned_cells import align_cells
from keras_hier.analysis.evidence.count_differences import (
    cell_differences,
    group_differences,
    share_differences,
)
from keras_hier.scores.confusion_scores import Counts


def drawn(seed, classes=40, samples=60):
    """Counts of a network that errs anywhere, 60 samples a class."""
    rng = np.random.default_rng(seed)
    shares = np.full(classes, 0.3 / classes) + 0.7 * np.eye(classes)
    return np.array([rng.multinomial(samples, row) for row in shares])


class TestAligned:
    def test_dense_and_sparse_are_one(self):
        one, other = drawn(0), drawn(1)
        found = align_cells([one, sparse.csr_array(other)])
        dense = np.zeros((2, 40, 40), int)
        dense[:, found.rows, found.columns] = found.counts
        assert np.array_equal(dense, [one, other])
        assert found.counts.any(axis=0).all()
        keys = found.rows * 40 + found.columns
        assert (np.diff(keys) > 0).all()

    def test_a_cell_in_several_parts_is_summed(self):
        parts = sparse.coo_array(([2, 3, 0], ([1, 1, 0], [0, 0, 0])), (2, 2))
        found = align_cells([parts])
        assert found.rows.tolist() == [1]
        assert found.counts.tolist() == [[5]]

    def test_many_classes_are_never_dense(self):
        at = (np.array([99_999]), np.array([99_998]))
        huge = sparse.coo_array(([7], at), (100_000, 100_000))
        found = align_cells([huge, huge])
        assert (found.rows[0], found.columns[0]) == (99_999, 99_998)

    def test_sizes_must_fit(self):
        with pytest.raises(ValueError, match=r"\[2, 2\]"):
            align_cells([np.eye(2, dtype=int), np.eye(3, dtype=int)])
        with pytest.raises(ValueError, match="Got none"):
            align_cells([])
        with pytest.raises(ValueError, match="Got shape"):
            align_cells([3])


class TestCells:
    def test_by_hand(self):
        found = cell_differences([[9, 6], [0, 8]], [[15, 0], [0, 8]])
        # Beside the diagonal 6 against 0 of 15 samples each.
        assert found.p[1] == found.least[1] == 2 / 64
        assert found.standardised[1] == pytest.approx(-6 / np.sqrt(6))
        expected = share_differences(9, 15, 15, 15)
        assert found.p[0] == expected.p
        assert found.standardised[0] == expected.standardised
        assert (found.p[2], found.standardised[2]) == (1, 0)

    def test_rates_are_of_the_class(self):
        """Ten times the samples of one class, and ten times the errors."""
        few = np.array([[40, 10], [5, 45]])
        many = few * [[10], [1]]
        assert cell_differences(few, many).p == pytest.approx(1, abs=0.1)

    def test_a_class_without_samples_says_nothing(self):
        found = cell_differences([[0, 0], [1, 9]], [[20, 30], [1, 9]])
        assert found.p.tolist()[:2] == [1, 1]
        assert found.standardised[:2].tolist() == [0, 0]
        assert found.least.tolist()[:2] == [1, 1]


class TestShares:
    def test_by_hand(self):
        found = share_differences(48, 80, 56, 70)
        assert found.difference == pytest.approx(0.2)
        assert (found.low, found.high) == pytest.approx(
            (0.0524, 0.3339), abs=1e-4
        )
        # 104 of 150 in both: 0.6933.
        spread = np.sqrt(104 / 150 * 46 / 150 * (1 / 80 + 1 / 70))
        assert found.standardised == pytest.approx(0.2 / spread)
        assert 0 < found.least < found.p < 0.05

    def test_without_trials(self):
        found = share_differences([0, 0], [0, 0], [0, 4], [0, 5])
        assert np.isnan(found.difference).all()
        assert found.p.tolist() == found.least.tolist() == [1, 1]
        assert found.standardised.tolist() == [0, 0]


class TestGroups:
    def test_recall_and_precision(self):
        counts = [
            Counts(np.array(x), np.array(n), np.array(m))
            for x, n, m in (
                ([30, 2], [50, 9], [40, 19]),
                ([45, 3], [50, 9], [49, 10]),
            )
        ]
        found = group_differences(*counts)
        assert found.recall.difference == pytest.approx([0.3, 1 / 9])
        assert found.recall.p[0] == share_differences(30, 50, 45, 50).p
        assert found.precision.p[1] == share_differences(2, 19, 3, 10).p

    def test_groups_must_be_the_same(self):
        one = Counts(*(np.array([1, 2]),) * 3)
        other = Counts(*(np.array([1]),) * 3)
        with pytest.raises(ValueError, match="same groups"):
            group_differences(one, other)
