"""One configuration trained with several seeds: its spread, and differences.

A test over samples compares two networks; another seed of the same code may
differ the other way. Only several seeds tell whether a change of the code does
anything. Numbers of R runs come as an array [R, ...], a row a seed.
"""

import math
import warnings
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import stats

from keras_hier.analysis.evidence.intervals import CONFIDENCE, quantile
from keras_hier.tensors import FloatArray

# Fewer seeds a side are no evidence.
ENOUGH = 3
# With at most so many runs all 2^R ways of exchanging the two sides are tried.
MAX_FLIPPED = 12
# Signs times values that are multiplied at a time: 64 MiB.
_PART = 2**23
# Rounding, as a share of the values: the mean of three times 0.7 is not 0.7.
_ROUNDING = 1e-12


class Spread(NamedTuple):
    """Numbers of several runs; float64 [...].

    Attributes:
        total: the sum over the runs.
        mean: of the runs.
        deviation: the standard deviation between runs, n - 1 below the bar;
            NaN of a single run.
        runs: R.
    """

    total: FloatArray
    mean: FloatArray
    deviation: FloatArray
    runs: int


def spread(values: npt.ArrayLike) -> Spread:
    """Returns sum, mean and standard deviation over runs.

    Args:
        values: float [R, ...], a row a run; NaN gives NaN.

    Raises:
        ValueError: there is no run.

    Example:
        >>> from keras_hier.analysis.evidence.aligned_cells import align_cells
        >>> runs = align_cells([[[8, 2], [0, 0]], [[6, 4], [0, 0]]])
        >>> found = spread(runs.counts)
        >>> found.mean, found.deviation.round(2)
        (array([7., 3.]), array([1.41, 1.41]))
    """
    runs = _runs("values", values)
    deviation = (
        np.std(runs, axis=0, ddof=1)
        if len(runs) > 1
        else np.full(runs.shape[1:], np.nan)
    )
    return Spread(runs.sum(axis=0), runs.mean(axis=0), deviation, len(runs))


class SeedDifferences(NamedTuple):
    """Differences between two sets of runs; float64 [...].

    Attributes:
        difference: mean of the second set - mean of the first.
        low: lower end of its t interval; NaN where the runs show no spread.
        high: upper end.
        p: by exchanging the sides if the runs are paired and at most 12, which
            assumes no distribution; else that of the t test.
        t_p: by the t test, which assumes normal values.
        standardised: the difference in standard errors; NaN where the runs show
            no spread.
        least: how small p can become with so many runs, if no distribution is
            assumed.
        enough: False with fewer than 3 runs a side, when nothing is
            significant.
        test: "sign-flip", "paired t" or "Welch t", whose p it is.
    """

    difference: FloatArray
    low: FloatArray
    high: FloatArray
    p: FloatArray
    t_p: FloatArray
    standardised: FloatArray
    least: float
    enough: bool
    test: str


def paired_seeds(
    first: npt.ArrayLike,
    second: npt.ArrayLike,
    confidence: float = CONFIDENCE,
) -> SeedDifferences:
    """Compares two sets of runs whose seeds are the same, one by one.

    If the change does nothing, each pair is as likely to be the other way
    round: p is the share of all 2^R ways in which the mean difference is at
    least as large. Five pairs reach 0.0625 at best, six 0.03125.

    Args:
        first: float [R, ...], a row a seed.
        second: float [R, ...], the same seeds in the same order.
        confidence: of the t interval.

    Returns:
        Arrays of the shape of a row. With one run a side only the difference
        is known.

    Raises:
        ValueError: the shapes differ, there is no run, or a value is infinite.

    Example:
        >>> found = paired_seeds([0.70, 0.72, 0.71], [0.73, 0.74, 0.74])
        >>> float(found.difference.round(4)), float(found.t_p.round(4))
        (0.0267, 0.0153)
        >>> float(found.p), found.least
        (0.25, 0.25)

    Reference:
        Fisher, The Design of Experiments, 1935, section 21; Ernst,
        Permutation methods: a basis for exact inference, Statistical Science
        19, 2004.
    """
    one, other = _runs("first", first), _runs("second", second)
    if one.shape != other.shape:
        raise ValueError(
            "Expected as many runs a side, paired by seed, of values of one "
            f"shape. Got {one.shape} and {other.shape}; `unpaired_seeds` "
            "compares sets of different sizes."
        )
    change = other - one
    runs = len(change)
    size = np.maximum(np.abs(one), np.abs(other)).max(axis=0)
    standardised, t_p, low, high = _t_test(
        lambda: stats.ttest_1samp(change, 0.0, axis=0),
        [change],
        size,
        confidence,
    )
    least = 2.0 ** (1 - runs)
    p = t_p = _settled(t_p, change.mean(axis=0), size, least, runs)
    test = "paired t"
    if 2 <= runs <= MAX_FLIPPED:
        is_rounding = np.abs(change) <= _ROUNDING * size
        p = _sign_flip(np.where(is_rounding, 0.0, change))
        test = "sign-flip"
    return SeedDifferences(
        change.mean(axis=0),
        low,
        high,
        p,
        t_p,
        standardised,
        least,
        runs >= ENOUGH,
        test,
    )


def unpaired_seeds(
    first: npt.ArrayLike,
    second: npt.ArrayLike,
    confidence: float = CONFIDENCE,
) -> SeedDifferences:
    """Compares two sets of runs with other seeds, or of other sizes: Welch.

    Args:
        first: float [R, ...], a row a run.
        second: float [S, ...], a row a run.
        confidence: of the t interval.

    Returns:
        As `paired_seeds`.

    Raises:
        ValueError: values are of different shapes, or there is no run.

    Example:
        >>> found = unpaired_seeds([0.70, 0.72, 0.71], [0.73, 0.74, 0.74])
        >>> float(found.p.round(3)), round(found.least, 3), found.enough
        (0.025, 0.1, True)

    Reference:
        Welch, The generalization of "Student's" problem when several different
        population variances are involved, Biometrika 34, 1947.
    """
    one, other = _runs("first", first), _runs("second", second)
    if one.shape[1:] != other.shape[1:]:
        raise ValueError(
            "Expected values of one shape in both sets. Got "
            f"{one.shape[1:]} and {other.shape[1:]} a run."
        )
    size = np.maximum(np.abs(one).max(axis=0), np.abs(other).max(axis=0))
    standardised, t_p, low, high = _t_test(
        lambda: stats.ttest_ind(other, one, axis=0, equal_var=False),
        [one, other],
        size,
        confidence,
    )
    difference = other.mean(axis=0) - one.mean(axis=0)
    # All ways to deal runs to two sides; sides of one size have mirrors.
    ways = math.comb(len(one) + len(other), len(one))
    least = min(1.0, (2 if len(one) == len(other) else 1) / ways)
    fewest = min(len(one), len(other))
    p = _settled(t_p, difference, size, least, fewest)
    return SeedDifferences(
        difference,
        low,
        high,
        p,
        p,
        standardised,
        least,
        fewest >= ENOUGH,
        "Welch t",
    )


def _t_test(
    test: Any, sides: Sequence[FloatArray], size: FloatArray, confidence: float
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Returns size, p and interval by SciPy, NaN where nothing is spread."""
    quantile(confidence)  # checks it
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        # Runs that agree to the last digit, or a single one.
        warnings.simplefilter("ignore")
        found = test()
        ends = found.confidence_interval(confidence)
    is_still = np.all(
        [np.ptp(side, axis=0) <= _ROUNDING * size for side in sides], axis=0
    )
    size_of = np.where(np.isfinite(found.statistic), found.statistic, np.nan)
    values = (size_of, found.pvalue, ends.low, ends.high)
    standardised, p, low, high = (
        np.where(is_still, np.nan, each) for each in values
    )
    return standardised, p, low, high


def _settled(
    p: FloatArray,
    difference: FloatArray,
    size: FloatArray,
    least: float,
    runs: int,
) -> FloatArray:
    """Gives runs that show no spread, as small counts often do, a p."""
    if runs < 2:
        return np.full(np.shape(p), np.nan)
    # Three times 1 against three times 0 has t = infinity, which proves little.
    still = np.isnan(p) & np.isfinite(difference)
    is_none = np.abs(difference) <= _ROUNDING * size
    p = np.where(still & is_none, 1.0, p)
    certain = (still & ~is_none) | (p == 0)
    return np.where(certain, least, p)


def _sign_flip(change: FloatArray) -> FloatArray:
    """Returns the share of sign patterns with as large a sum, [...]."""
    runs, shape = len(change), change.shape[1:]
    flat = change.reshape(runs, -1)
    # A pattern and its opposite give one size.
    patterns = np.arange(2 ** (runs - 1))[:, None] >> np.arange(runs) & 1
    signs = 1.0 - 2.0 * patterns
    p = np.empty(flat.shape[1])
    step = max(1, _PART // len(signs))
    for at in range(0, flat.shape[1], step):
        part = flat[:, at : at + step]
        sums = np.abs(signs @ part)
        # Sums of the same numbers in another order differ by rounding.
        slack = 1e-12 * np.abs(part).sum(axis=0)
        p[at : at + step] = (sums >= sums[0] - slack).mean(axis=0)
    p[np.isnan(flat).any(axis=0)] = np.nan
    return p.reshape(shape)


def _runs(name: str, values: npt.ArrayLike) -> FloatArray:
    runs = np.asarray(values, np.float64)
    if runs.ndim < 1 or not len(runs):
        raise ValueError(
            f"Expected `{name}` of shape [R, ...], a row a run, R of 1 or "
            f"more. Got shape {runs.shape}."
        )
    if np.isinf(runs).any():
        raise ValueError(
            f"Expected `{name}` of finite values, or NaN where a run has none, "
            "got infinity."
        )
    return runs
