"""Intervals of a share that was measured on a sample, and of two shares.

The intervals are Wilson's. With few samples they hold the true share as often
as they promise, on average over shares; share +- 2 standard errors does not.
A share about 0.2 / n from 0 or 1 they hold in 83 to 84 %, not in 95 %.
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import special

from keras_hier.scores.confusion_scores import Counts
from keras_hier.tensors import FloatArray

CONFIDENCE = 0.95


class Interval(NamedTuple):
    """Both ends of an interval, float64 of one shape."""

    low: FloatArray
    high: FloatArray


def wilson_interval(
    successes: npt.ArrayLike,
    trials: npt.ArrayLike,
    confidence: float = CONFIDENCE,
) -> Interval:
    """Returns Wilson's score interval of each share.

    Args:
        successes: counts of any shape, 0 to `trials`.
        trials: counts that fit that shape.
        confidence: how often such an interval holds the true share.

    Returns:
        Two float64 of the shape of both, in [0, 1]; [0, 1] itself without
        trials.

    Raises:
        ValueError: counts are no counts, or the confidence is not in (0, 1).

    Example:
        >>> low, high = wilson_interval([9, 900, 0], [10, 1000, 0])
        >>> low.round(3), high.round(3)
        (array([0.596, 0.88 , 0.   ]), array([0.982, 0.917, 1.   ]))

    Reference:
        Wilson, Probable inference, the law of succession, and statistical
        inference, JASA 22, 1927; Brown, Cai and DasGupta, Interval estimation
        for a binomial proportion, Statistical Science 16, 2001.
    """
    x, n = checked_shares("successes", successes, "trials", trials)
    z = quantile(confidence)
    # Without trials both formulas give 0.5 +- 0.5.
    middle = (x + z**2 / 2) / (n + z**2)
    inner = np.divide(x * (n - x), n, out=np.zeros_like(n), where=n > 0)
    half = z * np.sqrt(inner + z**2 / 4) / (n + z**2)
    # At the ends rounding would leave 1e-17 where 0 is meant.
    low = np.where(x == 0, 0.0, np.maximum(middle - half, 0.0))
    high = np.where(x == n, 1.0, np.minimum(middle + half, 1.0))
    return Interval(low, high)


def newcombe_interval(
    first_successes: npt.ArrayLike,
    first_trials: npt.ArrayLike,
    second_successes: npt.ArrayLike,
    second_trials: npt.ArrayLike,
    confidence: float = CONFIDENCE,
) -> Interval:
    """Returns Newcombe's interval of second share - first share, unpaired.

    His method 10 combines the ends of two Wilson intervals as the square root
    of the sum of squares.

    Args:
        first_successes: counts of any shape, 0 to `first_trials`.
        first_trials: counts that fit that shape.
        second_successes: the like, of the other set.
        second_trials: the like, of the other set.
        confidence: how often such an interval holds the true difference.

    Returns:
        Two float64 of the shape of all, in [-1, 1]. The share of a set without
        trials may be any; the interval is [-1, 1] where neither has trials.

    Raises:
        ValueError: as `wilson_interval`.

    Example:
        >>> low, high = newcombe_interval(48, 80, 56, 70)
        >>> float(low.round(4)), float(high.round(4))
        (0.0524, 0.3339)

    Reference:
        Newcombe, Interval estimation for the difference between independent
        proportions: comparison of eleven methods, Statistics in Medicine 17,
        1998.
    """
    x1, n1, x2, n2 = two_shares(
        first_successes, first_trials, second_successes, second_trials
    )
    low1, high1 = wilson_interval(x1, n1, confidence)
    low2, high2 = wilson_interval(x2, n2, confidence)
    p1 = np.divide(x1, n1, out=np.zeros_like(n1), where=n1 > 0)
    p2 = np.divide(x2, n2, out=np.zeros_like(n2), where=n2 > 0)
    below, above = (
        np.hypot(p2 - low2, high1 - p1),
        np.hypot(p1 - low1, high2 - p2),
    )
    low, high = p2 - p1 - below, p2 - p1 + above
    # An unknown share may be the worst for either end.
    unknown = (n1 == 0) | (n2 == 0)
    return Interval(
        np.where(unknown, low2 - high1, np.maximum(low, -1.0)),
        np.where(unknown, high2 - low1, np.minimum(high, 1.0)),
    )


class CountsIntervals(NamedTuple):
    """Intervals of the shares of groups or nodes, each of two float64 [G]."""

    recall: Interval
    precision: Interval


def intervals_of_counts(
    counts: Counts, confidence: float = CONFIDENCE
) -> CountsIntervals:
    """Returns Wilson intervals of the recall and precision of every group.

    Args:
        counts: what `group_counts` or `node_counts` returned.
        confidence: how often such an interval holds the true share.

    Example:
        >>> from keras_hier.scores.confusion_scores import group_counts
        >>> from keras_hier.hierarchy.tree.grouping import Grouping
        >>> pets = Grouping(["pet", "car"], [0, 0, 1])
        >>> counts = group_counts([[1, 1, 0], [0, 2, 0], [0, 1, 3]], pets)
        >>> intervals_of_counts(counts).recall.low.round(2)
        array([0.51, 0.3 ])
    """
    right = counts.true_positives
    return CountsIntervals(
        wilson_interval(right, counts.actual, confidence),
        wilson_interval(right, counts.predicted, confidence),
    )


def quantile(confidence: float) -> float:
    """Returns z of a two-sided interval, 1.96 for 0.95."""
    if not 0 < confidence < 1:
        raise ValueError(
            f"Expected a confidence between 0 and 1, such as 0.95. Got "
            f"{confidence!r}."
        )
    return float(special.ndtri((1 + confidence) / 2))


def checked_counts(name: str, values: Any) -> FloatArray:
    """Returns counts as float64."""
    counts = np.asarray(values)
    if counts.dtype.kind not in "iufb":
        raise ValueError(
            f"Expected `{name}` to be counts. Got {counts.dtype} instead."
        )
    counts = counts.astype(np.float64)
    # NaN fails as well; an infinity is its own floor.
    wrong = ~((counts >= 0) & (np.floor(counts) == counts) & (counts < np.inf))
    if wrong.any():
        raise ValueError(
            f"Expected `{name}` to be counts: whole numbers, none below 0. Got "
            f"{counts[wrong][:3].tolist()}."
        )
    return counts


def two_shares(
    first_successes: Any,
    first_trials: Any,
    second_successes: Any,
    second_trials: Any,
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Returns counts of two sets, of one shape, checked."""
    x1, n1 = checked_shares(
        "first_successes", first_successes, "first_trials", first_trials
    )
    x2, n2 = checked_shares(
        "second_successes", second_successes, "second_trials", second_trials
    )
    x1, n1, x2, n2 = np.broadcast_arrays(x1, n1, x2, n2)
    return x1, n1, x2, n2


def checked_shares(
    part_name: str, part: Any, whole_name: str, whole: Any
) -> tuple[FloatArray, FloatArray]:
    """Returns two arrays of counts of one shape, of which one is a part."""
    x, n = np.broadcast_arrays(
        checked_counts(part_name, part), checked_counts(whole_name, whole)
    )
    if (x > n).any():
        at = tuple(np.argwhere(x > n)[0])
        raise ValueError(
            f"Expected `{part_name}` to be at most `{whole_name}`. Got "
            f"{x[at]:.0f} of {n[at]:.0f}."
        )
    return x, n
