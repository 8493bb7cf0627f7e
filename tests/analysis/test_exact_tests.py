"""Tests of counts: against SciPy's, one at a time, and under the null."""

import numpy as np
import pytest
from scipy import stats

from keras_hier.analysis import exact_tests
from keras_hier.analysis.exact_tests import (
    binomial_p,
    least_p,
    poisson_p,
    proportions_p,
)


def doubled(x, n, share):
    if not n:
        return 1.0
    return min(
        1.0,
        2
        * min(
            stats.binomtest(x, n, share, side).pvalue
            for side in ("less", "greater")
        ),
    )


def test_a_fair_coin_is_scipys_two_sided_test():
    rng = np.random.default_rng(1)
    n = rng.integers(1, 200, 100)
    x = rng.integers(0, n + 1)
    expected = [
        stats.binomtest(int(a), int(b)).pvalue
        for a, b in zip(x, n, strict=True)
    ]
    assert binomial_p(x, n) == pytest.approx(expected, rel=1e-9)


def test_any_coin_is_twice_scipys_smaller_tail():
    rng = np.random.default_rng(2)
    n = rng.integers(0, 60, 150)
    x = rng.integers(0, n + 1)
    share = rng.choice([0.0, 0.1, 0.37, 0.9, 1.0], 150)
    expected = [
        doubled(int(a), int(b), c) for a, b, c in zip(x, n, share, strict=True)
    ]
    assert binomial_p(x, n, share) == pytest.approx(
        np.maximum(expected, np.finfo(float).tiny), rel=1e-9
    )


def test_many_counts_are_those_of_few(monkeypatch):
    """Repeated counts are looked up once."""
    rng = np.random.default_rng(3)
    n = rng.integers(0, 9, (60, 50))
    x = rng.integers(0, n + 1)
    found = binomial_p(x, n, 0.3)
    monkeypatch.setattr(exact_tests, "_MANY", 10**9)
    assert np.array_equal(found, binomial_p(x, n, 0.3))


def test_the_unlikeliest_has_a_p_above_zero():
    assert 0 < binomial_p(0, 10**7) < 1e-300
    assert binomial_p(5 * 10**6, 10**7) == 1


def test_least_is_the_smallest_there_is():
    for share in (0.5, 0.2, 0.93):
        for n in range(12):
            every = binomial_p(np.arange(n + 1), n, share)
            assert least_p(n, share) == pytest.approx(every.min())


def test_two_counts_by_hand():
    # 6 against 0 at one exposure: 2 / 2^6. Three times the exposure: the coin
    # has 1/4, and P(0 of 4) = (3/4)^4.
    assert poisson_p(0, 6) == 2 / 64
    assert poisson_p(0, 4, 1, 3) == pytest.approx(2 * 0.75**4)
    assert poisson_p([5, 0], [0, 0], [10, 0], [0, 0]).tolist() == [1, 1]


def test_two_rates_that_are_one():
    """Of what is not there, no more than the level is found."""
    rng = np.random.default_rng(4)
    for mean in (0.5, 4, 60):
        first = rng.poisson(mean, 20_000)
        second = rng.poisson(3 * mean, 20_000)
        p = poisson_p(first, second, 1, 3)
        # 0.05 and four standard errors; the exact test stays below.
        assert (p <= 0.05).mean() < 0.056
    assert (p <= 0.05).mean() > 0.03


def test_fisher_with_half_the_tables_probability():
    rng = np.random.default_rng(5)
    n1, n2 = rng.integers(0, 25, (2, 80))
    x1, x2 = rng.integers(0, n1 + 1), rng.integers(0, n2 + 1)
    found = proportions_p(x1, n1, x2, n2)
    for k in range(80):
        table = [[x1[k], n1[k] - x1[k]], [x2[k], n2[k] - x2[k]]]
        sides = [
            stats.fisher_exact(table, side).pvalue
            for side in ("less", "greater")
        ]
        # Both tails hold the table itself: their sum is 1 + its probability.
        own = sum(sides) - 1
        expected = min(1.0, 2 * (min(sides) - own / 2))
        assert found[k] == pytest.approx(expected, abs=1e-9)


def test_shares_that_are_one():
    rng = np.random.default_rng(6)
    for share in (0.1, 0.5, 0.95):
        x1, x2 = (
            rng.binomial(50, share, 20_000),
            rng.binomial(30, share, 20_000),
        )
        level = (proportions_p(x1, 50, x2, 30) <= 0.05).mean()
        assert 0.015 < level < 0.056


def test_a_difference_is_found():
    assert proportions_p(90, 100, 60, 100) < 1e-5
    assert poisson_p(10, 40) < 1e-4


def test_without_trials_nothing_differs():
    assert proportions_p([0, 0], [0, 0], [0, 3], [0, 9]).tolist() == [1, 1]


@pytest.mark.parametrize("share", [-0.1, 1.1, float("nan")])
def test_a_null_is_a_share(share):
    with pytest.raises(ValueError, match=r"\[0, 1\]"):
        binomial_p(1, 2, share)


def test_exposure_is_not_negative():
    with pytest.raises(ValueError, match="exposures of 0 or more"):
        poisson_p(1, 2, -1, 3)
