"""Tests of counts: against SciPy's, one at a time, and under the null."""

from fractions import Fraction
from math import comb

import numpy as np
import pytest
from scipy import stats

from keras_hier.analysis.evidence import exact_tests, hypergeometric_tail
from keras_hier.analysis.evidence.exact_tests import (
    binomial_p,
    least_p,
    poisson_p,
    proportions_p,
)


def test_any_coin_is_twice_scipys_smaller_tail():
    rng = np.random.default_rng(2)
    n = rng.integers(0, 60, 150)
    x = rng.integers(0, n + 1)
    share = rng.choice([0.0, 0.1, 0.37, 0.9, 1.0], 150)
    tail = np.minimum(
        stats.binom.cdf(x, n, share), stats.binom.sf(x - 1, n, share)
    )
    expected = np.clip(2 * tail, np.finfo(float).tiny, 1)
    assert binomial_p(x, n, share) == pytest.approx(expected, rel=1e-9)


def test_many_counts_are_those_of_few(monkeypatch):
    """Repeated counts are looked up once."""
    rng = np.random.default_rng(3)
    n = rng.integers(0, 9, (60, 50))
    x = rng.integers(0, n + 1)
    found = binomial_p(x, n, 0.3)
    monkeypatch.setattr(exact_tests, "_MANY", 10**9)
    assert np.array_equal(found, binomial_p(x, n, 0.3))


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
    assert proportions_p([0, 0], [0, 0], [0, 3], [0, 9]).tolist() == [1, 1]
    # The unlikeliest has a p above zero.
    assert 0 < binomial_p(0, 10**7) < 1e-300
    assert binomial_p(5 * 10**6, 10**7) == 1


def test_bad_input():
    with pytest.raises(ValueError, match="exposures of 0 or more"):
        poisson_p(1, 2, -1, 3)
    for share in (-0.1, 1.1, float("nan")):
        with pytest.raises(ValueError, match=r"\[0, 1\]"):
            binomial_p(1, 2, share)


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


def summed_by_hand(x1, n1, x2, n2):
    """Doubles the smaller mid-p tail of whole numbers."""
    chances = [
        Fraction(comb(n1, k) * comb(n2, x1 + x2 - k), comb(n1 + n2, x1 + x2))
        for k in range(x1 + x2 + 1)
    ]
    tail = sum(chances[:x1]) + chances[x1] / 2
    return float(2 * min(tail, 1 - tail))


@pytest.mark.parametrize("trials", [10**3, 10**9, 2**53])
@pytest.mark.parametrize("counts", [(0, 6), (3, 0), (9, 2), (1, 1)])
def test_few_of_any_number_are_exact(trials, counts):
    x1, x2 = counts
    n1, n2 = trials // 3, trials - trials // 3
    # SciPy before 1.17 is exact to eight digits of so many.
    expected = pytest.approx(summed_by_hand(x1, n1, x2, n2), rel=1e-7)
    assert proportions_p(x1, n1, x2, n2) == expected
    assert proportions_p(n1 - x1, n1, n2 - x2, n2) == expected
    assert proportions_p(x1, x1 + x2, n1 - x1, n1 + n2 - x1 - x2) == expected


def tables_of_variance(low, high, count):
    """Makes tables at up to five standard errors, of all shares."""
    rng = np.random.default_rng(7)
    n1, n2 = np.floor(10 ** rng.uniform(np.log10(5 * low), 9, (2, count)))
    variance = rng.uniform(low, high, count)
    share = variance * (n1 + n2) / (n1 * n2)
    is_one = share < 0.25
    n1, n2, variance = n1[is_one], n2[is_one], variance[is_one]
    share = (1 - np.sqrt(1 - 4 * share[is_one])) / 2
    errors = rng.uniform(-5, 5, len(n1))
    whole = np.round((n1 + n2) * share)
    x1 = np.round(n1 * share + errors * np.sqrt(variance))
    x2 = whole - x1
    fits = (x1 >= 0) & (x1 <= n1) & (x2 >= 0) & (x2 <= n2)
    table = np.array([x1, n1, x2, n2])[:, fits]
    return table, np.abs(errors[fits])


def test_above_the_switch_the_digits_are_those_of_the_sum(monkeypatch):
    switch = hypergeometric_tail.SUMMED_VARIANCE
    tables, errors = tables_of_variance(1.02 * switch, 2 * switch, 200)
    assert len(errors) > 100
    found = proportions_p(*tables)
    monkeypatch.setattr(hypergeometric_tail, "SUMMED_VARIANCE", np.inf)
    off = np.abs(found / proportions_p(*tables) - 1)
    assert off[errors < 3].max() < 2e-4
    assert off.max() < 2e-3
