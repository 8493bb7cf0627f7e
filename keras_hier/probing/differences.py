"""Differences whose error has two sources: of reading, and of networks."""

import functools
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import special

from keras_hier.tensors import FloatArray

# A difference that is found has at least so many standard errors.
BEYOND = 2.0
# Logarithms of p, from 1 down to the smallest, so that widths ascend.
_LOG_P = np.linspace(0.0, -50.0, 5_000)


class Differences(NamedTuple):
    """Differences [n] from untrained networks, and their standard errors.

    An error has two sources: the samples, and how far untrained networks lie
    from one another. The interval takes both together; where one is all of the
    error, the test is t over that one. Three networks know their spread badly,
    by two degrees of freedom. One t test by Welch and Satterthwaite would find
    more than the rate allows where nothing differs.

    Attributes:
        change: float [n]; NaN where nothing was compared.
        error: float [n], standard errors, both sources together.
        spread: float [n], the part of these that is the spread of controls;
            NaN where it is not known.
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
        # No difference is none, however small its error.
        size[(self.change == 0) & (self.error >= 0)] = 0.0
        size[~(self.error >= 0)] = np.nan
        return size

    @property
    def p(self) -> FloatArray:
        """Two-sided p, float [n]; larger for what is worse."""
        p = p_values(self.size, self._part, self._of_reading, self.of_spread)
        # The best one is so by luck as well: each of them might have been it.
        worse = np.minimum(self.best_of * p, 1.0)
        return np.where(self.change < 0, worse, p)

    def least(self, p: npt.ArrayLike) -> FloatArray:
        """Returns how large each would have to be for a p, float [n]."""
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
    """Returns two-sided p of differences [n] whose error has two sources.

    The interval of level 1 - p that ends at no difference has a squared half
    width that is the sum of those of both sources, each with its own t. `part`
    is the share of each error that is spread; NaN where there is none.
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

    A network that has learned nothing lies off the mean of its controls as they
    do: by their standard deviation times sqrt(1 + 1 / m). One alone tells none:
    0.
    """
    count = len(values)
    if count < 2:
        return 0.0
    return float(np.std(values, ddof=1) * np.sqrt(1 + 1 / count))
