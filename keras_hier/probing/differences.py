"""Differences whose error has two sources: of reading, and of networks."""

import functools
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import special

FloatArray = npt.NDArray[np.float64]

# A difference is told from none by so many standard errors, whatever else.
BEYOND = 2.0
# Logarithm of a p so small that what is smaller makes no difference.
_LEAST = -50.0
# From 1 on down, so that widths ascend.
_LOG_P = np.linspace(0.0, _LEAST, 5_000)


class Differences(NamedTuple):
    """Differences [n] from untrained networks, and their standard errors.

    Both sources of an error are taken together as an interval of both would
    be: where one is all of it, the test is t over that one.

    Attributes:
        change: float [n]; NaN where nothing was compared.
        error: float [n], standard errors, both sources together.
        spread: float [n], the part of these that is how far controls lie from
            one another; NaN where it is not known.
        of_reading: degrees of freedom of the rest of them.
        of_spread: degrees of freedom of that part.
        best_of: how many layers the difference is from the best of.

    Reference:
        Zou and Donner, Construction of confidence limits about effect measures:
        a general approach, Statistics in Medicine 27, 2008 (two errors in one
        interval).
    """

    change: FloatArray
    error: FloatArray
    spread: FloatArray
    of_reading: int
    of_spread: int
    best_of: int = 1

    @property
    def size(self) -> FloatArray:
        """In standard errors; NaN where there is no difference."""
        with np.errstate(divide="ignore", invalid="ignore"):
            size = np.abs(self.change) / self.error
        # None at all is none, however well it is known.
        size[(self.change == 0) & (self.error >= 0)] = 0.0
        size[~(self.error >= 0)] = np.nan
        return size

    @property
    def p(self) -> FloatArray:
        """Two-sided; of what is worse for each that was the best by luck."""
        p = p_values(self.size, self._part, self._of_reading, self.of_spread)
        # The best one is so by luck as well, which makes all others look
        # worse: each of them might have been it.
        worse = np.minimum(self.best_of * p, 1.0)
        return np.where(self.change < 0, worse, p)

    def least(self, p: npt.ArrayLike) -> FloatArray:
        """Returns how large each would have to be for a p, float [n].

        Args:
            p: of a difference that is better, float or [n].
        """
        half = np.asarray(p, np.float64) / 2
        share = np.nan_to_num(np.clip(self._part, 0.0, 1.0)) ** 2
        with np.errstate(invalid="ignore"):  # a p of 0, an error of NaN
            width = (1 - share) * special.stdtrit(self._of_reading, half) ** 2
            if self.of_spread > 0:
                width += share * special.stdtrit(self.of_spread, half) ** 2
            least: FloatArray = self.error * np.maximum(np.sqrt(width), BEYOND)
        return least

    @property
    def _part(self) -> FloatArray:
        with np.errstate(divide="ignore", invalid="ignore"):
            return self.spread / self.error

    @property
    def _of_reading(self) -> int:
        return max(self.of_reading, 1)


@functools.lru_cache(maxsize=64)
def _widths(freedom: int) -> FloatArray:
    """Returns squared half widths of intervals, ascending."""
    widths: FloatArray = special.stdtrit(freedom, np.exp(_LOG_P) / 2) ** 2
    return widths


def p_values(
    size: FloatArray, part: FloatArray, of_reading: int, of_spread: int
) -> FloatArray:
    """Returns two-sided p of differences whose error has two sources.

    The interval of level 1 - p that ends at no difference has a squared half
    width that is the sum of those of both sources, each with its own t.

    Args:
        size: float [n], differences in standard errors.
        part: float [n], the share of each standard error that is spread, its
            square that of the variance; NaN where there is none.
        of_reading: degrees of freedom of what is not spread.
        of_spread: degrees of freedom of the spread.
    """
    p = 2 * special.stdtr(of_reading, -size)
    at = np.flatnonzero((part > 0) & (size > 0))
    if not at.size:
        return p
    log_p, reading, spread = _LOG_P, _widths(of_reading), _widths(of_spread)
    for place in at:
        share = min(float(part[place]), 1.0) ** 2
        width = (1 - share) * reading + share * spread
        p[place] = np.exp(np.interp(size[place] ** 2, width, log_p))
    return p


def spread_of(values: Sequence[float]) -> float:
    """Returns how far one more untrained network lies from the mean of these.

    What is asked is whether a network knows more than one that has learned
    nothing, and such a network would lie off the mean of its controls as any of
    them does. Of one control alone nobody knows how far: that is 0.

    Args:
        values: what m controls reach.

    Returns:
        A standard error: their standard deviation times sqrt(1 + 1 / m).
    """
    count = len(values)
    if count < 2:
        return 0.0
    return float(np.std(values, ddof=1) * np.sqrt(1 + 1 / count))
