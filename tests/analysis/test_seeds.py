"""Several seeds of one configuration, and of two."""

import numpy as np
import pytest
from scipy import sparse, stats

from keras_hier.analysis.evidence.aligned_cells import align_cells
from keras_hier.analysis.evidence.seeds import (
    paired_seeds,
    spread,
    unpaired_seeds,
)


class TestSpread:
    def test_cells_of_sparse_matrices(self):
        rng = np.random.default_rng(0)
        matrices = rng.poisson(0.7, (5, 20, 20))
        cells = align_cells([sparse.csr_array(m) for m in matrices])
        found = spread(cells.counts)
        at = cells.rows, cells.columns
        assert np.array_equal(found.total, matrices.sum(axis=0)[at])
        assert found.mean == pytest.approx(matrices.mean(axis=0)[at])
        assert found.deviation == pytest.approx(
            matrices.std(axis=0, ddof=1)[at]
        )
        assert found.runs == 5
        assert found.total.sum() == matrices.sum()

    def test_one_run_has_no_spread(self):
        found = spread([[3, 4]])
        assert found.mean.tolist() == [3, 4]
        assert np.isnan(found.deviation).all()


@pytest.mark.parametrize("is_paired", [True, False])
def test_t_is_scipys(is_paired):
    rng = np.random.default_rng(7)
    one, other = rng.normal(0, 1, (8, 30)), rng.normal(0, 3, (8, 30))
    if is_paired:
        found, expected = paired_seeds(one, other), stats.ttest_rel(other, one)
        assert found.standardised == pytest.approx(expected.statistic)
    else:
        found = unpaired_seeds(one[:5], other)
        expected = stats.ttest_ind(other, one[:5], equal_var=False)
        assert found.test == "Welch t"
    p = found.t_p if is_paired else found.p
    ends = expected.confidence_interval(0.95)
    assert p == pytest.approx(expected.pvalue)
    assert found.low == pytest.approx(ends.low)
    assert found.high == pytest.approx(ends.high)


class TestPaired:
    def test_p_is_scipys_permutation_test(self):
        one, other = np.random.default_rng(3).normal(0, 1, (2, 7))
        expected = stats.permutation_test(
            (one, other),
            lambda a, b: np.mean(b - a),
            permutation_type="samples",
        )
        assert paired_seeds(one, other).p == pytest.approx(expected.pvalue)

    def test_parts_are_the_whole(self, monkeypatch):
        one, other = np.random.default_rng(5).normal(0, 1, (2, 5, 70))
        whole = paired_seeds(one, other).p
        monkeypatch.setattr("keras_hier.analysis.evidence.seeds._PART", 16 * 13)
        assert np.array_equal(whole, paired_seeds(one, other).p)

    @pytest.mark.parametrize(
        ("runs", "least", "enough"),
        [(1, 1, False), (2, 0.5, False), (3, 0.25, True), (6, 2 / 64, True)],
    )
    def test_how_small_p_can_become(self, runs, least, enough):
        found = paired_seeds(np.zeros(runs), np.arange(1, runs + 1.0))
        assert (found.least, found.enough) == (least, enough)
        if runs == 1:
            assert np.isnan(found.p)
            assert np.isnan(found.low)
        else:
            assert found.p == least
        assert found.test == ("sign-flip" if runs > 1 else "paired t")

    def test_runs_without_spread_are_not_certain(self):
        """Three times one error more has t = infinity, and proves little."""
        found = paired_seeds(np.zeros((3, 2)), np.ones((3, 2)) * [1, 0])
        assert found.p.tolist() == found.t_p.tolist() == [0.25, 1]
        assert np.isnan(found.standardised).all()

    def test_a_run_without_a_value(self):
        found = paired_seeds([[np.nan, 1], [1, 2]], [[1, 2], [2, 4]])
        assert np.isnan([found.p[0], found.t_p[0], found.difference[0]]).all()
        assert found.p[1] == 0.5


class TestUnpaired:
    def test_how_small_p_could_become(self):
        # 20 ways to deal six runs to two sides of three, and their mirrors.
        assert unpaired_seeds([1, 2, 3], [4, 5, 7]).least == 2 / 20
        assert unpaired_seeds([1, 2, 3], [4, 5, 6, 8]).least == 1 / 35

    def test_too_few_say_so(self):
        assert not unpaired_seeds([1, 2], [10, 11, 12]).enough
        single = unpaired_seeds([1], [10, 11, 12])
        assert not single.enough
        assert np.isnan(single.p)


@pytest.mark.parametrize("runs", [3, 6, 13])
def test_rounding_is_no_spread(runs):
    """0.7 - 0.6 is not quite 0.8 - 0.7, nor the mean of three times 0.7 0.7."""
    first = np.linspace(0.1, 0.9, runs)
    better = paired_seeds(first, first + 0.1)
    assert np.ptp(first + 0.1 - first) > 0
    assert better.t_p == better.least
    unpaired = unpaired_seeds([0.7] * 3, [0.9] * 3)
    assert unpaired.p == unpaired.least
    assert np.isnan([better.standardised, unpaired.standardised]).all()
    same = [0.1 + 0.2] * runs, [0.3] * runs
    assert paired_seeds(*same).t_p == unpaired_seeds(*same).p == 1


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: spread([]), "a row a run"),
        (lambda: spread(3.0), "a row a run"),
        (lambda: paired_seeds([1, 2, 3], [1, 2]), "unpaired_seeds"),
        (lambda: paired_seeds([0, 0], [1, np.inf]), "`second` of finite"),
        (lambda: unpaired_seeds([0, 0], [1, np.inf]), "`second` of finite"),
        (lambda: unpaired_seeds([[1, 2]], [[3]]), "one shape in both"),
        (
            lambda: unpaired_seeds([1, 2], [3, 4], confidence=95),
            "between 0 and 1",
        ),
    ],
)
def test_bad_input(call, said):
    with pytest.raises(ValueError, match=said):
        call()


@pytest.mark.parametrize("test", [paired_seeds, unpaired_seeds])
@pytest.mark.parametrize(("seeds", "samples"), [(3, 5), (5, 50)])
def test_intervals_hold_the_difference_of_small_counts(test, seeds, samples):
    """All seeds often have as many samples of easy classes right."""
    rng = np.random.default_rng(seeds + samples)
    easy = rng.normal(3, 2, (1500, samples))
    rights = [stats.norm.cdf(easy + better) for better in (0, 0.3)]
    true = (rights[1] - rights[0]).mean(axis=1)
    one, other = (
        (rng.random((seeds, *right.shape)) < right).mean(axis=2)
        for right in rights
    )
    found = test(one, other)
    there = np.isfinite(found.low)
    assert np.array_equal(there, np.isfinite(found.high))
    held = (found.low <= true) & (true <= found.high)
    # 95 %, and three standard errors of so many.
    error = np.sqrt(0.95 * 0.05 / there.sum())
    assert held[there].mean() > 0.95 - 3 * error
    assert (found.high > found.low)[there].all()
