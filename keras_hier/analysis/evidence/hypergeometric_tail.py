"""The smaller tail of a table of two rows, given its sums, at any size.

SciPy takes seconds for one table of large counts, and loses digits. Counts in a
log may reach 2^53.
"""

import numpy as np
from scipy import special

from keras_hier.tensors import FloatArray

# Up to this variance a tail is summed; above it the normal one is as precise.
SUMMED_VARIANCE = 30_000.0
# Terms below this share of the sum are lost to rounding.
_NEGLIGIBLE = 1e-17
# After so many steps finished tables are left out.
_STEPS = 32
# At so many standard errors p is 0 to all digits.
_REACH = 40.0
# One more success in the first row, and one less in the second.
_MOVE = np.array([[1.0], [-1.0], [-1.0], [1.0]])


def mid_tails(
    first: FloatArray,
    first_trials: FloatArray,
    second: FloatArray,
    second_trials: FloatArray,
) -> FloatArray:
    """Returns the smaller tail, with half the probability of what was seen.

    Up to a variance of 30,000 it is exact to 12 digits. Above that it is the
    normal tail, corrected for skewness (one term of Cornish and Fisher). Its
    relative error is below 2e-4 up to three standard errors, 2e-3 up to five.

    Returns:
        float64 of that shape, in [0, 0.5]; undefined without trials.

    Reference:
        Loader, Fast and accurate computation of binomial probabilities, 2000
        (the probability of a table as a ratio of binomial ones).
    """
    flat = [np.ravel(x) for x in (first, first_trials, second, second_trials)]
    tables, of_table = np.unique(np.array(flat), axis=1, return_inverse=True)
    x1, n1, x2, n2 = tables
    with np.errstate(invalid="ignore", divide="ignore"):
        mean, variance, skewness = _moments(x1, n1, x2, n2)
        z = (x1 - mean) / np.sqrt(variance)
        # Without a bound the correction would outgrow what it corrects.
        square = np.minimum(z * z, _REACH**2)
        tails = special.ndtr(-np.abs(z - skewness * (square - 1) / 6))
    # NaN where there are no trials.
    small = ~(variance > SUMMED_VARIANCE) & (n1 > 0) & (n2 > 0)
    tails[small] = _summed(tables[:, small])
    found: FloatArray = tails[of_table].reshape(np.shape(first))
    return found


def _moments(
    x1: FloatArray, n1: FloatArray, x2: FloatArray, n2: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Returns mean, variance and skewness of the first count."""
    trials, whole = n1 + n2, x1 + x2
    first, share = n1 / trials, whole / trials
    mean = whole * first
    variance = n1 * (n2 / trials) * share * ((trials - whole) / (trials - 1))
    skewness = (1 - 2 * share) * (1 - 2 * first) / np.sqrt(variance)
    return mean, variance, skewness


def _summed(tables: FloatArray) -> FloatArray:
    """Returns the tails of counts x1, n1, x2, n2 [4, T], term by term."""
    # The import takes most of a second; the other tests do without.
    from scipy import stats

    x1, n1, x2, n2 = tables
    # Away from the mean terms only fall: the first has more than its share.
    turned = x1 * n2 < x2 * n1
    x1, x2 = np.where(turned, x2, x1), np.where(turned, x1, x2)
    n1, n2 = np.where(turned, n2, n1), np.where(turned, n1, n2)
    share = (x1 + x2) / (n1 + n2)
    seen = (
        stats.binom.pmf(x1, n1, share)
        * stats.binom.pmf(x2, n2, share)
        / stats.binom.pmf(x1 + x2, n1 + n2, share)
    )
    counts = np.array([x1, n1 - x1, x2, n2 - x2])
    tails = seen * (0.5 + _terms_beyond(counts))
    # The median may lie beyond what was seen.
    return np.clip(np.minimum(tails, 1 - tails), 0, 0.5)


def _terms_beyond(counts: FloatArray) -> FloatArray:
    """Returns the sum of the terms beyond tables [4, T], over their own."""
    sums = np.zeros(counts.shape[1])
    at = np.arange(len(sums))
    term, total = np.ones(len(sums)), np.zeros(len(sums))
    while len(at):
        for _ in range(_STEPS):
            x1, y1, x2, y2 = counts
            ways = np.maximum(y1, 0) * np.maximum(x2, 0)
            term = term * (ways / ((x1 + 1) * (y2 + 1)))
            total = total + term
            counts = counts + _MOVE
        sums[at] = total
        on = term > _NEGLIGIBLE * total
        counts, at, term, total = counts[:, on], at[on], term[on], total[on]
    return sums
