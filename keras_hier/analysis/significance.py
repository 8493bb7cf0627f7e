"""How unlikely counts are under a null model, and where a list should end."""

import numpy as np
import numpy.typing as npt
from scipy import stats

FloatArray = npt.NDArray[np.float64]

# A list ends where more than this share of it would be chance.
FALSE_DISCOVERIES = 0.05


def poisson_evidence(
    counts: npt.ArrayLike, expected: npt.ArrayLike
) -> FloatArray:
    """Returns -log10 P(X >= count) for X ~ Poisson(expected).

    Args:
        counts: whole numbers [n].
        expected: means [n], of 0 or more.

    Returns:
        float64 [n], at least 0; infinite where nothing at all was expected.
    """
    n, mean = np.asarray(counts, float), np.asarray(expected, float)
    tail = stats.poisson.sf(n - 1, mean)
    with np.errstate(divide="ignore", invalid="ignore"):
        # Below the smallest float the first term is nearly the whole tail,
        # and a geometric series bounds the rest.
        far = stats.poisson.logpmf(n, mean) - np.log1p(-mean / (n + 1))
        logs = np.where(tail > 1e-290, np.log(tail), far)
    return np.maximum(-logs / np.log(10), 0.0)


def false_discovery_rates(evidence: FloatArray, tested: int) -> FloatArray:
    """Returns the least rate of false discoveries at which each is listed.

    Args:
        evidence: -log10 p [n], descending, of the likeliest discoveries.
        tested: how many hypotheses there were, n or more.

    Returns:
        float64 [n], ascending, at most 1.

    Reference:
        Benjamini and Hochberg, Controlling the false discovery rate, JRSS B
        57, 1995.
    """
    ranks = np.arange(1, len(evidence) + 1)
    rates = 10.0**-evidence * tested / ranks
    return np.minimum(np.minimum.accumulate(rates[::-1])[::-1], 1.0)
