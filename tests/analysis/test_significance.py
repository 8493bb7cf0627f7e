"""Where a list of findings ends."""

import numpy as np
import pytest
from scipy import stats

from keras_hier.analysis.evidence.exact_tests import binomial_p, least_p
from keras_hier.analysis.evidence.significance import (
    beyond_chance,
    false_discovery_rates,
)


def test_rates_are_scipys():
    p = np.random.default_rng(0).uniform(0, 1, 200) ** 3
    found = beyond_chance(p, "cells")
    assert found.rates == pytest.approx(stats.false_discovery_control(p))
    assert np.array_equal(found.found, found.rates <= 0.05)
    assert (found.tested, found.family, found.rate) == (200, "cells", 0.05)


def test_a_family_may_be_larger_than_what_is_given():
    """Those left out had p = 1."""
    p = np.array([0.04, 0.001, 0.0004])
    whole = np.append(p, np.ones(97))
    expected = stats.false_discovery_control(whole)[:3]
    found = beyond_chance(p, "cells", tested=100)
    assert found.rates == pytest.approx(expected)
    assert found.found.tolist() == [False, True, True]
    evidence = -np.log10(np.sort(p))
    assert false_discovery_rates(evidence, 100) == pytest.approx(
        np.sort(expected)
    )


def test_by_hand():
    # 0.01 * 4 / 1, 0.02 * 4 / 2, 0.03 * 4 / 3: all 0.04; and 0.9.
    found = beyond_chance([0.03, 0.9, 0.01, 0.02], "groups")
    assert found.rates == pytest.approx([0.04, 0.9, 0.04, 0.04])
    stricter = beyond_chance([0.03, 0.9, 0.01, 0.02], "groups", rate=0.039)
    assert not stricter.found.any()


def test_what_was_not_tested_is_not_of_the_family():
    found = beyond_chance([np.nan, 0.04], "groups")
    assert found.tested == 1
    assert found.found.tolist() == [False, True]
    assert np.isnan(found.rates[0])
    nothing = beyond_chance([], "cells", tested=10)
    assert (nothing.found.shape, nothing.tested) == ((0,), 10)
    # A p of 0 is found among any number.
    sure = beyond_chance([0.0, 1.0], "cells", tested=10**9)
    assert sure.found.tolist() == [True, False]


def test_of_sparse_cells_those_count_that_could_be_found():
    """40 against 10 among 9,999 cells of a single sample."""
    first, total = np.append(40, np.ones(9999)), np.append(50, np.ones(9999))
    p, least = binomial_p(first, total), least_p(total)
    assert not beyond_chance(p, "cells").found.any()
    found = beyond_chance(p, "cells", least=least)
    assert found.tested == 1
    assert np.flatnonzero(found.found).tolist() == [0]
    assert found.rates[1:].tolist() == [1] * 9999


def test_leaving_those_out_finds_no_more_of_noise():
    """The share of comparisons of noise that find anything stays below 5 %."""
    rng = np.random.default_rng(1)
    finds = []
    for _ in range(300):
        total = rng.poisson(rng.choice([1, 5, 40], 100))
        p = binomial_p(rng.binomial(total, 0.5), total)
        found = beyond_chance(p, "cells", least=least_p(total))
        finds.append(found.found.any())
    # 5 % and three standard errors of 300 comparisons.
    assert np.mean(finds) < 0.088


@pytest.mark.parametrize(
    ("p", "options", "said"),
    [
        ([-0.1], {}, r"\[0, 1\] or NaN"),
        ([1.1], {}, r"\[0, 1\] or NaN"),
        ([[0.5]], {}, r"\[0, 1\] or NaN"),
        ([0.1, 0.2], {"tested": 1}, r"2 or more\. Got 1"),
        ([0.5], {"rate": 5}, "between 0 and 1"),
        ([0.5], {"rate": float("nan")}, "between 0 and 1"),
    ],
)
def test_bad_input(p, options, said):
    with pytest.raises(ValueError, match=said):
        beyond_chance(p, "cells", **options)
