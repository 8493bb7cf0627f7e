"""Rank tests of many channels at once: Mann and Whitney, ties allowed."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import stats

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

# Of so few on one side the normal distribution is none.
_EXACT = 8
# Values that are ranked at a time.
_CHUNK = 2**20


class RankTests(NamedTuple):
    """Rank tests of F channels.

    Attributes:
        auc: float64 [F], how often a row inside has a higher value than one
            outside; half of equal ones count.
        p: float64 [F], two-sided.
    """

    auc: FloatArray
    p: FloatArray


def rank_tests(
    values: npt.NDArray[np.floating], inside: BoolArray
) -> RankTests:
    """Tests whether each channel is higher in some rows than in the others.

    Where one side has at most eight rows, p is exact; with ties it is the
    largest of all ways to break them, so at most too large.

    Args:
        values: float [C, F], finite.
        inside: bool [C], of which some are true and some are not.

    Reference:
        Mann, Whitney: On a test of whether one of two random variables is
        stochastically larger than the other, Annals of Mathematical Statistics
        18, 1947.
    """
    rows, channels = values.shape
    among = int(inside.sum())
    others = rows - among
    step = max(_CHUNK // rows, 1)
    parts = [
        _ranked(np.ascontiguousarray(values[:, start : start + step].T), inside)
        for start in range(0, channels, step)
    ]
    sums, ties, tied = (
        np.concatenate(each) for each in zip(*parts, strict=True)
    )
    higher = sums - among * (among + 1) / 2
    lower = np.minimum(higher, among * others - higher)
    if min(among, others) <= _EXACT:
        chances = _chances_up_to_half(min(among, others), max(among, others))
        most = np.rint(lower + tied / 2).astype(int)
        p = 2 * chances[np.minimum(most, len(chances) - 1)]
    else:
        spread = np.sqrt(
            among * others / 12 * (rows + 1 - ties / (rows * (rows - 1)))
        )
        away = among * others / 2 - lower - 0.5
        p = 2 * stats.norm.sf(away / np.where(spread > 0, spread, 1))
    # All rows are the same: nothing was tested.
    p = np.where(ties >= rows**3 - rows, 1.0, np.minimum(p, 1))
    return RankTests(higher / (among * others), p)


def _ranked(
    columns: npt.NDArray[np.floating], inside: BoolArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Returns the sum of the ranks inside, of each channel.

    And what ties take off its spread, and the pairs of a row inside and one
    outside that are tied.
    """
    channels, rows = columns.shape
    order = np.argsort(columns, axis=1)
    in_order = np.take_along_axis(columns, order, axis=1)
    is_new = np.ones((channels, rows), bool)
    is_new[:, 1:] = in_order[:, 1:] != in_order[:, :-1]
    # Runs of equal values share the mean of their ranks.
    starts = np.flatnonzero(is_new)
    lengths = np.diff(starts, append=channels * rows).astype(np.float64)
    members = np.add.reduceat(inside[order].ravel().astype(np.int64), starts)
    rank = starts % rows + (lengths + 1) / 2
    channel = starts // rows
    sums, ties, tied = (
        np.bincount(channel, each, channels).astype(np.float64)
        for each in (
            members * rank,
            lengths**3 - lengths,
            members * (lengths - members),
        )
    )
    return sums, ties, tied


def _chances_up_to_half(few: int, many: int) -> FloatArray:
    """Returns P(U <= u) for u up to the middle, without ties.

    The ways to U = u are the coefficients of a Gaussian binomial: the product
    of (1 - x^(many + i)) / (1 - x^i) over i from 1 to `few`.
    """
    length = few * many // 2 + 2
    ways = np.zeros(length, object)
    ways[0] = 1
    for i in range(1, few + 1):
        for first in range(min(i, length)):
            ways[first::i] = np.cumsum(ways[first::i])
        if many + i < length:
            ways[many + i :] -= ways[: -(many + i)].copy()
    total = 1
    for i in range(1, few + 1):
        total = total * (many + i) // i
    chances: FloatArray = np.array(
        [int(each) / total for each in np.cumsum(ways)], np.float64
    )
    return chances
