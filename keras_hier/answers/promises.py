"""The threshold at which answers keep a promised accuracy."""

import math

import numpy as np
from scipy.stats import binom

# Rounding of a promise such as 0.95 times a whole number.
_ROUNDING = 1e-9


def threshold(
    least: np.ndarray, accuracy: float, confidence: float | None
) -> float:
    """Returns the least threshold that keeps a promise, or infinity.

    Args:
        least: of each sample the threshold from which on it is answered
            rightly, float [n].
        accuracy: the share of right answers that is promised.
        confidence: None promises it on average over calibration sets, by split
            conformal prediction. Else it is promised with this probability
            over them, by the exact tail of a binomial (arXiv 2101.02703).
    """
    count = len(least)
    if confidence is None:
        place = math.ceil((count + 1) * accuracy - _ROUNDING)
    else:
        wrong = binom.cdf(np.arange(count + 1), count, 1 - accuracy)
        place = count - int((wrong <= 1 - confidence + _ROUNDING).sum()) + 1
    if place > count:
        return math.inf
    return float(np.partition(least, place - 1)[place - 1])


def samples_needed(accuracy: float, confidence: float | None) -> int:
    """Returns the fewest samples that can keep a promise."""
    if confidence is None:
        return math.ceil(accuracy / (1 - accuracy) - _ROUNDING)
    need = math.log(1 - confidence) / math.log(accuracy)
    return math.ceil(need - _ROUNDING)
