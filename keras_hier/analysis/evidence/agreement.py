"""Agreement corrected for chance: Cohen's kappa.

A guess names two groups right half the time, a thousand classes hardly ever.
Kappa makes the levels of a tree comparable: 0 is guessing in the proportions of
the predictions, 1 is agreement throughout.
"""

from typing import Any, NamedTuple

import numpy as np

from keras_hier.analysis.evidence.intervals import (
    CONFIDENCE,
    quantile,
    wilson_interval,
)
from keras_hier.hierarchy.tree.grouping import Grouping
from keras_hier.scores.confusion_scores import Counts, cells

# Rounding of 1 - 1.
_CERTAIN = 1e-12
# With fewer right or wrong samples the standard error is itself a guess.
_FEW = 100


class Kappa(NamedTuple):
    """Cohen's kappa of a matrix; NaN where it is not defined.

    Attributes:
        kappa: (observed - chance) / (1 - chance), at most 1.
        standard_error: of kappa.
        observed: accuracy at that level.
        chance: the accuracy of guesses with the same margins.
        samples: N.
    """

    kappa: float
    standard_error: float
    observed: float
    chance: float
    samples: int

    def interval(self, confidence: float = CONFIDENCE) -> tuple[float, float]:
        """Returns both ends of an interval of kappa, from -1 to 1.

        It is the normal one. With fewer than 100 right or wrong samples it
        also covers Wilson's interval of the accuracy, since the standard error
        of 50 right samples of 50 is 0.
        """
        if not self.samples:
            return float("nan"), float("nan")
        half = quantile(confidence) * self.standard_error
        low, high = self.kappa - half, self.kappa + half
        right = round(self.observed * self.samples)
        if min(right, self.samples - right) < _FEW and self.chance < 1:
            ends = wilson_interval(right, self.samples, confidence)
            least, most = (
                (float(end) - self.chance) / (1 - self.chance) for end in ends
            )
            low, high = min(low, least), max(high, most)
        return max(low, -1.0), min(high, 1.0)


def kappa(matrix: Any, grouping: Grouping | None = None) -> Kappa:
    """Returns Cohen's kappa of a confusion matrix, at the level of a grouping.

    The standard error is for many samples: it is too small where few are right
    or few are wrong, for which `Kappa.interval` allows. Time grows with the
    nonzero cells.

    Args:
        matrix: counts [C, C], an array or a `scipy.sparse` matrix; or those of
            groups, [G, G], without a grouping.
        grouping: G groups of the C classes; None for each class by itself.

    Returns:
        kappa with its standard error. Both are NaN without samples, or if all
        samples are of one class and named it.

    Raises:
        ValueError: the matrix is not [C, C] or not of counts.

    Example:
        >>> found = kappa([[88, 10, 2], [14, 40, 6], [18, 10, 12]])
        >>> round(found.kappa, 3), round(found.standard_error, 3)
        (0.492, 0.051)
        >>> round(kappa([[88, 10, 2], [14, 40, 6], [18, 10, 12]],
        ...             Grouping(["a", "b"], [0, 1, 1])).kappa, 3)
        0.56

    Reference:
        Cohen, A coefficient of agreement for nominal scales, Educational and
        Psychological Measurement 20, 1960; Fleiss, Cohen and Everitt, Large
        sample standard errors of kappa and weighted kappa, Psychological
        Bulletin 72, 1969.
    """
    size = None if grouping is None else grouping.num_classes
    rows, columns, counts = cells(matrix, size)
    if grouping is not None:
        rows, columns = grouping.of_class[rows], grouping.of_class[columns]
    samples = int(counts.sum())
    if not samples:
        nan = float("nan")
        return Kappa(nan, nan, nan, nan, 0)
    share = counts / samples
    width = int(max(rows.max(), columns.max())) + 1
    actual = np.bincount(rows, share, width)
    named = np.bincount(columns, share, width)
    same = rows == columns
    observed = float(share[same].sum())
    chance = float(actual @ named)
    rest = 1 - chance
    if rest <= _CERTAIN:
        nan = float("nan")
        return Kappa(nan, nan, observed, chance, samples)
    both = actual + named
    right = share[same] @ (rest - both[rows[same]] * (1 - observed)) ** 2
    # The margins of an error are exchanged: its column among the true classes,
    # its row among the predicted.
    crossed = named[rows[~same]] + actual[columns[~same]]
    wrong = (1 - observed) ** 2 * (share[~same] @ crossed**2)
    shift = (observed * chance - 2 * chance + observed) ** 2
    variance = max(float(right + wrong - shift), 0.0) / rest**4 / samples
    return Kappa(
        min((observed - chance) / rest, 1.0),
        float(np.sqrt(variance)),
        observed,
        chance,
        samples,
    )


def kappa_of_counts(counts: Counts) -> float:
    """Returns Cohen's kappa of a level, from the counts of its groups.

    It serves curves over epochs; a standard error takes the matrix.

    Args:
        counts: from `group_counts`, or those nodes of `node_counts` that make
            up a level, [G].

    Returns:
        At most 1; NaN where it is not defined, as by `kappa`.

    Example:
        >>> from keras_hier.scores.confusion_scores import group_counts
        >>> halves = Grouping(["a", "b"], [0, 1, 1])
        >>> round(kappa_of_counts(group_counts(
        ...     [[88, 10, 2], [14, 40, 6], [18, 10, 12]], halves)), 3)
        0.56
    """
    samples = float(counts.actual.sum())
    if not samples:
        return float("nan")
    observed = float(counts.true_positives.sum()) / samples
    chance = float((counts.actual / samples) @ (counts.predicted / samples))
    rest = 1 - chance
    return (observed - chance) / rest if rest > _CERTAIN else float("nan")
