"""How unlikely counts are under a null model, and where a list ends."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import special

from keras_hier.tensors import FloatArray

# A list ends where more than this share of it would be chance.
FALSE_DISCOVERIES = 0.05


def poisson_evidence(
    counts: npt.ArrayLike, expected: npt.ArrayLike
) -> FloatArray:
    """Returns -log10 P(X >= count) for X ~ Poisson(expected), at least 0."""
    n, mean = np.asarray(counts, float), np.asarray(expected, float)
    # As scipy.stats.poisson, whose import takes most of a second.
    tail = np.where(n > 0, special.gammainc(n, mean), 1.0)
    log_mass = special.xlogy(n, mean) - special.gammaln(n + 1) - mean
    with np.errstate(divide="ignore", invalid="ignore"):
        # Below the smallest float a geometric series bounds the tail.
        far = log_mass - np.log1p(-mean / (n + 1))
        logs = np.where(tail > 1e-290, np.log(tail), far)
    return np.maximum(-logs / np.log(10), 0.0)


def false_discovery_rates(evidence: FloatArray, tested: int) -> FloatArray:
    """Returns the least rate of false discoveries at which each is listed.

    `evidence` is -log10 p [n], descending, of the likeliest of the tested
    hypotheses.

    Reference:
        Benjamini and Hochberg, Controlling the false discovery rate, JRSS B
        57, 1995.
    """
    ranks = np.arange(1, len(evidence) + 1)
    rates = 10.0**-evidence * tested / ranks
    return np.minimum(np.minimum.accumulate(rates[::-1])[::-1], 1.0)


class BeyondChance(NamedTuple):
    """Which of many differences are more than chance.

    Attributes:
        found: bool [n].
        rates: float64 [n], the least rate of false discoveries at which each
            would be found, q; NaN where nothing was tested.
        tested: how many hypotheses the rates allow for.
        family: their name.
        rate: the largest share of chance findings, on average.
    """

    found: npt.NDArray[np.bool_]
    rates: FloatArray
    tested: int
    family: str
    rate: float


def beyond_chance(
    p: npt.ArrayLike,
    family: str,
    *,
    least: npt.ArrayLike | None = None,
    tested: int | None = None,
    rate: float = FALSE_DISCOVERIES,
) -> BeyondChance:
    """Returns which of many differences are beyond chance, and among how many.

    500 of 10,000 cells that do not differ have p < 0.05. So findings are
    corrected for all that was tested, the family (Benjamini and Hochberg).

    With `least`, the family are only the cells whose p could have become as
    small as `rate`. The limit depends on how much was counted, not on the
    result, so it favours no finding. It leaves out most cells of a sparse
    matrix.

    Args:
        p: float [n], NaN where nothing was tested.
        family: what was tested: "cells", "groups of level 2".
        least: float [n], how small each p could have become (`least_p`).
        tested: how many were tested, if more than are given; the others had
            p = 1.
        rate: of false discoveries among those found.

    Raises:
        ValueError: p is not in [0, 1], or fewer were tested than are given.

    Example:
        >>> beyond_chance([0.001, 0.02, 0.5], "groups", tested=4).found
        array([ True,  True, False])
        >>> beyond_chance([0.001, 0.02, 0.5], "cells", tested=100).found
        array([False, False, False])

    Reference:
        Benjamini and Hochberg, Controlling the false discovery rate, JRSS B
        57, 1995.
        Gilbert, A modified false discovery rate multiple-comparisons
        procedure for discrete data, JRSS C 54, 2005.
        Bourgon, Gentleman and
        Huber, Independent filtering increases detection power for
        high-throughput experiments, PNAS 107, 2010.
    """
    values = np.asarray(p, np.float64)
    if values.ndim != 1 or ((values < 0) | (values > 1)).any():
        raise ValueError("Expected p of shape [n], in [0, 1] or NaN.")
    if not 0 < rate < 1:
        raise ValueError(
            f"Expected a rate between 0 and 1, such as 0.05. Got {rate!r}."
        )
    is_tested = ~np.isnan(values)
    others = 0 if tested is None else tested - int(is_tested.sum())
    if others < 0:
        raise ValueError(
            f"Expected `tested` to count all hypotheses, {is_tested.sum()} or "
            f"more. Got {tested}."
        )
    if least is not None:
        is_tested &= np.asarray(least, np.float64) <= rate
    places = np.flatnonzero(is_tested)
    order = places[np.argsort(values[places], kind="stable")]
    size = len(order) + others
    with np.errstate(divide="ignore"):
        evidence = -np.log10(values[order])
    rates = np.full(len(values), np.nan)
    rates[order] = false_discovery_rates(evidence, size)
    # Tested, but could not have been found.
    rates[~is_tested & ~np.isnan(values)] = 1.0
    return BeyondChance(rates <= rate, rates, size, family, rate)
