"""The figures of what intervals hold, against numbers worked by hand."""

import numpy as np
import pytest

from study import coverage


def test_one_sample_by_hand():
    """Of one sample the interval of 0 is [0, 0.793], that of 1 [0.207, 1].

    Below 0.207 only 0 holds the share p, and does in 1 - p of all cases; in the
    middle both do. So p = 0.207 is worst, with 0.793, and the mean is
    1 - 0.207 ** 2.
    """
    mean, worst, where, inner = coverage.wilson(1)
    edge = 1 - 1.96**2 / (1 + 1.96**2)
    assert mean == pytest.approx(1 - edge**2, abs=1e-4)
    assert worst == pytest.approx(1 - edge, abs=1e-4) == inner
    assert min(where, 1 - where) == pytest.approx(edge, abs=1e-4)


def test_differences_of_one_sample_a_side_by_hand():
    """Of 0 in 1 against 1 in 1 the interval is [1 - 0.793 * 2 ** 0.5, 1]."""
    one = np.array([0, 1])
    low, high = coverage.evidence.newcombe_interval(one[:, None], 1, one, 1)
    held = coverage.held_differences(1, 1, low, high, np.array([0.01, 0.99]))
    # All four hold 0, of so few samples; 0.98 only that of 0 against 1, which
    # comes in 0.99 ** 2 of all cases.
    assert low[0, 1] == pytest.approx(1 - 0.79346 * 2**0.5, abs=1e-4)
    assert held == pytest.approx(
        np.array([[1.0, 0.9801], [0.9801, 1.0]]), abs=1e-9
    )


def test_a_test_that_always_or_never_finds_would_show(monkeypatch):
    """Equal shares are told apart as often as p is 0.05 or less."""
    mean, most = coverage.alarms(5, 5)
    assert 0 < mean < most < 0.05
    monkeypatch.setattr(
        coverage.evidence, "proportions_p", lambda *counts: np.zeros((6, 6))
    )
    assert coverage.alarms(5, 5) == pytest.approx((1, 1))


def test_kappa_is_held_more_often_than_by_the_normal_interval():
    rng = np.random.default_rng(0)
    held, normal = coverage.kappa(np.array([0.5, 0.5]), 10, 0.98, 300, rng)
    # Of 0.98 ** 10 all ten are right, without a standard error.
    assert held > 0.95
    assert normal == pytest.approx(0.19, abs=0.07)
