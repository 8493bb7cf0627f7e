"""Differences of two matrices of which only the counts are known.

Cells beside the diagonal are rare events: the test is that of two Poisson
counts. Recalls, precisions and the diagonal are shares, often near 1: Fisher's
test with mid-p, and Newcombe's interval.

Both take the two sets of samples as independent. Two networks over the same
samples err on the same ones, so the tests are too careful there.
`paired_differences` finds more where samples were logged.
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from keras_hier.analysis.evidence.aligned_cells import align_cells
from keras_hier.analysis.evidence.exact_tests import (
    exposure_share,
    least_p,
    poisson_p,
    proportions_p,
)
from keras_hier.analysis.evidence.intervals import (
    CONFIDENCE,
    newcombe_interval,
    two_shares,
)
from keras_hier.scores.confusion_scores import Counts
from keras_hier.tensors import FloatArray, IntArray


class CellDifferences(NamedTuple):
    """Cells [n] that either matrix has samples in, in row order.

    Attributes:
        rows: int64, true classes.
        columns: int64, predicted classes.
        first: int64, samples of the first matrix.
        second: int64, of the second.
        p: float64, of as large a difference if both fill the cell at one rate.
        least: float64, how small p could have become with so many samples.
        standardised: float64, second - first, as rates, in standard errors.
    """

    rows: IntArray
    columns: IntArray
    first: IntArray
    second: IntArray
    p: FloatArray
    least: FloatArray
    standardised: FloatArray


def cell_differences(first: Any, second: Any) -> CellDifferences:
    """Tests each cell of two matrices, knowing their counts only.

    A cell's rate is per sample of the true class, so sets with other shares of
    classes can be compared. Time and memory grow with the nonzero cells.

    Args:
        first: counts [C, C], rows true, columns predicted; an array or a
            `scipy.sparse` matrix.
        second: counts [C, C] of another network or other samples.

    Raises:
        ValueError: the matrices are not of one shape [C, C] or not of
            counts.

    Example:
        >>> found = cell_differences([[90, 10], [0, 50]], [[70, 30], [0, 50]])
        >>> (found.p < 0.05).tolist()
        [True, True, False]
        >>> found.standardised.round(2)
        array([-3.54,  3.16,  0.  ])
    """
    rows, columns, counts, size = align_cells([first, second])
    k1, k2 = counts
    n1, n2 = (np.bincount(rows, k, size)[rows] for k in counts)
    p = np.ones(len(rows))
    least, standardised = p.copy(), p * 0.0
    share, is_measured = exposure_share(n1, n2)
    rare = np.flatnonzero((rows != columns) & is_measured)
    p[rare] = poisson_p(k1[rare], k2[rare], n1[rare], n2[rare])
    least[rare] = least_p((k1 + k2)[rare], share[rare])
    s = share[rare]
    standardised[rare] = (k2[rare] * s - k1[rare] * (1 - s)) / np.sqrt(
        np.maximum((k1 + k2)[rare] * s * (1 - s), 1e-300)
    )
    same = np.flatnonzero((rows == columns) & is_measured)
    shares = share_differences(k1[same], n1[same], k2[same], n2[same])
    p[same], least[same] = shares.p, shares.least
    standardised[same] = shares.standardised
    return CellDifferences(rows, columns, k1, k2, p, least, standardised)


class ShareDifferences(NamedTuple):
    """Differences of shares; float64 of one shape.

    Attributes:
        difference: second share - first share; NaN where either has no trials.
        low: lower end of its interval.
        high: upper end.
        p: of as large a difference if both shares are one.
        least: how small p could have become with so many successes.
        standardised: the difference in standard errors; 0 where there is no
            spread.
    """

    difference: FloatArray
    low: FloatArray
    high: FloatArray
    p: FloatArray
    least: FloatArray
    standardised: FloatArray


def share_differences(
    first_successes: npt.ArrayLike,
    first_trials: npt.ArrayLike,
    second_successes: npt.ArrayLike,
    second_trials: npt.ArrayLike,
    confidence: float = CONFIDENCE,
) -> ShareDifferences:
    """Compares shares of two sets of samples: recalls, precisions, accuracies.

    p is Fisher's with mid-p (`proportions_p`), the interval Newcombe's. The two
    may disagree on the verge, since only p is exact.

    Args:
        first_successes: counts of any shape, 0 to `first_trials`.
        first_trials: counts that fit that shape.
        second_successes: the like, of the other set.
        second_trials: the like, of the other set.
        confidence: how often such an interval holds the true difference.

    Raises:
        ValueError: counts are no counts, or more than the trials.

    Example:
        >>> found = share_differences(48, 80, 56, 70)
        >>> float(found.difference.round(3)), float(found.p.round(4))
        (0.2, 0.0084)
    """
    x1, n1, x2, n2 = two_shares(
        first_successes, first_trials, second_successes, second_trials
    )
    low, high = newcombe_interval(x1, n1, x2, n2, confidence)
    p = proportions_p(x1, n1, x2, n2)
    # The two most different tables that the margins allow.
    total = x1 + x2
    fewest, most = np.maximum(total - n2, 0), np.minimum(total, n1)
    least = np.minimum(
        proportions_p(fewest, n1, total - fewest, n2),
        proportions_p(most, n1, total - most, n2),
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        difference = x2 / n2 - x1 / n1
        pooled = (x1 + x2) / (n1 + n2)
        spread = np.sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n2))
        standardised = np.where(spread > 0, difference / spread, 0.0)
    return ShareDifferences(
        difference, low, high, p, least, np.nan_to_num(standardised)
    )


class CountsDifferences(NamedTuple):
    """Differences of recall and of precision, of arrays [G]."""

    recall: ShareDifferences
    precision: ShareDifferences


def group_differences(
    first: Counts, second: Counts, confidence: float = CONFIDENCE
) -> CountsDifferences:
    """Compares groups or nodes of two matrices, knowing their counts only.

    Args:
        first: what `group_counts` or `node_counts` returned.
        second: the same of the other matrix.
        confidence: of the intervals.

    Returns:
        Recalls and precisions, arrays [G].

    Raises:
        ValueError: the two are not of as many groups.

    Example:
        >>> from keras_hier.hierarchy.tree.grouping import Grouping
        >>> from keras_hier.scores.confusion_scores import group_counts
        >>> pets = Grouping(["pet", "car"], [0, 0, 1])
        >>> first = group_counts([[9, 0, 8], [0, 2, 0], [0, 1, 3]], pets)
        >>> second = group_counts([[9, 7, 1], [0, 2, 0], [0, 1, 3]], pets)
        >>> group_differences(first, second).recall.p.round(3)
        array([0.01, 1.  ])
    """
    if first.actual.shape != second.actual.shape:
        raise ValueError(
            "Expected counts of the same groups. Got those of "
            f"{first.actual.size} and of {second.actual.size}."
        )
    one, other = first.true_positives, second.true_positives
    return CountsDifferences(
        share_differences(one, first.actual, other, second.actual, confidence),
        share_differences(
            one, first.predicted, other, second.predicted, confidence
        ),
    )
