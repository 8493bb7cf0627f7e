"""Intervals of shares: against SciPy, by hand, and by how often they hold."""

import json
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from keras_hier.analysis.evidence.intervals import (
    intervals_of_counts,
    newcombe_interval,
    wilson_interval,
)
from keras_hier.scores.confusion_scores import Counts


def test_wilson_is_the_pages():
    """The page is held to the same file."""
    golden = Path(__file__).parents[1] / "golden/intervals.json"
    for successes, trials, low, high in json.loads(golden.read_text()):
        found = wilson_interval(successes, trials)
        assert (found.low, found.high) == pytest.approx((low, high), abs=1e-12)


@pytest.mark.parametrize("confidence", [0.5, 0.95, 0.999])
def test_wilson_is_scipys(confidence):
    x, n = np.array([(x, n) for n in (1, 2, 7, 40) for x in range(n + 1)]).T
    low, high = wilson_interval(x, n, confidence)
    for k in range(len(n)):
        expected = stats.binomtest(int(x[k]), int(n[k])).proportion_ci(
            confidence, "wilson"
        )
        assert (low[k], high[k]) == pytest.approx(tuple(expected), abs=1e-12)


# Newcombe 1998, table II, for method 10.
@pytest.mark.parametrize(
    ("first", "second", "low", "high"),
    [
        ((48, 80), (56, 70), 0.0524, 0.3339),
        ((3, 10), (9, 10), 0.1705, 0.8090),
        ((0, 29), (5, 56), -0.0381, 0.1926),
        ((0, 20), (0, 10), -0.1611, 0.2775),
        ((0, 10), (10, 10), 0.6075, 1.0),
    ],
)
def test_newcombe_prints_these(first, second, low, high):
    found = newcombe_interval(*first, *second)
    assert found.low == pytest.approx(low, abs=6e-5)
    assert found.high == pytest.approx(high, abs=6e-5)


def test_newcombe_of_no_trials_spans_what_is_possible():
    low, high = newcombe_interval([0, 0], [0, 0], [0, 10], [0, 10])
    assert (low[0], high[0]) == (-1, 1)
    # The second share is known to be near 1, the first not at all: it may be
    # 1, and then the second is less by all that its own interval allows.
    least = wilson_interval(10, 10).low
    assert (low[1], high[1]) == (pytest.approx(least - 1), 1)
    # Whatever the first is, it holds whenever that of the second does.
    own = wilson_interval(500, 1000)
    for found in (
        newcombe_interval(0, 0, 500, 1000),
        newcombe_interval(500, 1000, 0, 0),
    ):
        assert found.low == pytest.approx(own.low - 1)
        assert found.high == pytest.approx(own.high)


def test_recall_and_precision_of_counts():
    counts = Counts(np.array([3, 0]), np.array([4, 0]), np.array([6, 1]))
    found = intervals_of_counts(counts)
    assert found.recall.low[0] == wilson_interval(3, 4).low
    assert (found.recall.low[1], found.recall.high[1]) == (0, 1)
    assert found.precision.high[0] == wilson_interval(3, 6).high
    assert found.precision.low[1] == 0 < found.precision.high[1] < 1


@pytest.mark.parametrize(
    ("x", "n", "confidence", "words"),
    [
        ([3], [2], 0.95, "3 of 2"),
        ([-1], [2], 0.95, "none below 0"),
        ([0.5], [2], 0.95, "whole numbers"),
        ([np.nan], [2], 0.95, "whole numbers"),
        ([1], [np.inf], 0.95, "whole numbers"),
        (["1"], [2], 0.95, "counts"),
        (1, 2, 1, "between 0 and 1"),
        (1, 2, float("nan"), "between 0 and 1"),
    ],
)
def test_bad_input(x, n, confidence, words):
    with pytest.raises(ValueError, match=words):
        wilson_interval(x, n, confidence)
