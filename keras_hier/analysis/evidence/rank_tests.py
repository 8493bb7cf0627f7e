"""Rank tests of many channels at once: Mann and Whitney, ties allowed."""

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import stats

from keras_hier.tensors import BoolArray, FloatArray, IntArray

ObjectArray = npt.NDArray[Any]

# With so few on one side p is exact.
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
    values: npt.NDArray[np.floating],
    inside: BoolArray,
    strata: IntArray | None = None,
) -> RankTests:
    """Tests whether each channel is higher in some rows [C] than in the others.

    Where one side has at most eight rows, p is exact; with ties it is the
    largest over all ways to break them. Elsewhere p is normal. If more than
    half of the rows share one value, p is at least the hypergeometric p of how
    many of the others are inside. Rows are compared within their stratum only;
    at least one has rows of both sides.

    Reference:
        Mann, Whitney: On a test of whether one of two random variables is
        stochastically larger than the other, Annals of Mathematical Statistics
        18, 1947.
        P. van Elteren: On the combination of independent two sample
        tests of Wilcoxon, Bulletin of the ISI 37, 1960 (strata).
    """
    if strata is None:
        strata = np.zeros(len(values), np.int64)
    compared = [
        rows
        for rows in (strata == each for each in np.unique(strata))
        if 0 < inside[rows].sum() < rows.sum()
    ]
    parts = [_compared(values[rows], inside[rows]) for rows in compared]
    higher, variance, tied = (
        np.sum([getattr(part, name) for part in parts], axis=0)
        for name in ("higher", "variance", "tied")
    )
    pairs = sum(part.few * part.many for part in parts)
    lower = np.minimum(higher, pairs - higher)
    if sum(part.few for part in parts) <= _EXACT:
        chances = _chances([(part.few, part.many) for part in parts])
        most = np.rint(lower + tied / 2).astype(int)
        p = 2 * chances[np.minimum(most, len(chances) - 1)]
    else:
        spread = np.sqrt(variance)
        away = pairs / 2 - lower - 0.5
        p = 2 * stats.norm.sf(away / np.where(spread > 0, spread, 1))
        for columns in _chunks(values):
            p[columns] = np.maximum(
                p[columns], _of_the_untied(values[:, columns], inside, compared)
            )
    # All rows are the same: nothing was tested.
    p = np.where(variance <= 0, 1.0, np.minimum(p, 1))
    return RankTests(higher / pairs, p)


class _Part(NamedTuple):
    """The pairs of a row inside and one outside of a stratum, by channel.

    Attributes:
        higher: float64 [F], in how many the one inside is higher.
        variance: float64 [F], of that, by chance; 0 where all are the same.
        tied: float64 [F], how many are.
        few: rows on the side that has fewer.
        many: on the other.
    """

    higher: FloatArray
    variance: FloatArray
    tied: FloatArray
    few: int
    many: int


def _compared(values: npt.NDArray[np.floating], inside: BoolArray) -> _Part:
    rows = len(values)
    among = int(inside.sum())
    others = rows - among
    parts = [
        _ranked(np.ascontiguousarray(values[:, columns].T), inside)
        for columns in _chunks(values)
    ]
    sums, ties, tied = (
        np.concatenate(each) for each in zip(*parts, strict=True)
    )
    free = rows + 1 - ties / (rows * (rows - 1))
    free[ties >= rows**3 - rows] = 0.0
    return _Part(
        sums - among * (among + 1) / 2,
        among * others / 12 * free,
        tied,
        min(among, others),
        max(among, others),
    )


def _chunks(values: npt.NDArray[np.floating]) -> list[slice]:
    rows, channels = values.shape
    step = max(_CHUNK // rows, 1)
    return [slice(at, at + step) for at in range(0, channels, step)]


def _of_the_untied(
    values: npt.NDArray[np.floating],
    inside: BoolArray,
    compared: Sequence[BoolArray],
) -> FloatArray:
    """Returns two-sided p of how many rows inside differ from most rows."""
    every = np.logical_or.reduce(compared)
    half = int(every.sum()) // 2
    # The middle holds the value that more than half share.
    middle = np.partition(values[every], half, axis=0)[half]
    differs = values != middle
    tied = np.flatnonzero(2 * differs[every].sum(axis=0) < every.sum())
    p = np.zeros(values.shape[1])
    differs = differs[:, tied]
    if 2 * inside[every].sum() > every.sum():
        inside = ~inside  # the same question of the smaller side
    chances = np.ones((1, tied.size))
    for rows in compared:
        # Many channels have as many: each number is asked once.
        others, of = np.unique(differs[rows].sum(axis=0), return_inverse=True)
        own = stats.hypergeom.pmf(
            np.arange(inside[rows].sum() + 1)[:, np.newaxis],
            rows.sum(),
            others,
            inside[rows].sum(),
        )
        chances = _sums(chances, own[:, of])
    seen = differs[every & inside].sum(axis=0)
    at = np.arange(len(chances))[:, np.newaxis]
    up_to, from_on = (
        (chances * side).sum(axis=0) for side in (at <= seen, at >= seen)
    )
    p[tied] = np.minimum(2 * np.minimum(up_to, from_on), 1)
    return p


def _sums(first: FloatArray, second: FloatArray) -> FloatArray:
    """Returns the distributions of sums of two numbers, each [sizes, F]."""
    sums = np.zeros((len(first) + len(second) - 1, first.shape[1]))
    few, many = sorted((first, second), key=len)
    for value, chance in enumerate(few):
        sums[value : value + len(many)] += chance * many
    return sums


def _ranked(
    columns: npt.NDArray[np.floating], inside: BoolArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Returns rank sums inside, cubes of ties, and tied pairs, each [F]."""
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


def _chances(sizes: Sequence[tuple[int, int]]) -> FloatArray:
    """Returns P(U <= u) up to the middle, of rows of both sides by stratum."""
    chances = np.ones(1)
    for few, many in sizes:
        ways, total = _ways(few, many)
        own = np.array([int(each) / total for each in ways], np.float64)
        # Sums of positive terms lose no digits.
        chances = np.convolve(chances, own)
    return np.cumsum(chances[: len(chances) // 2 + 2])


def _ways(few: int, many: int) -> tuple[ObjectArray, int]:
    """Returns the ways to U = 0, 1, ..., and how many there are in all.

    They are the coefficients of a Gaussian binomial, the product of
    (1 - x^(many + i)) / (1 - x^i) over i from 1 to `few`.
    """
    length = few * many + 1
    ways = np.zeros(length, object)
    ways[0] = 1
    for i in range(1, few + 1):
        for first in range(min(i, length)):
            ways[first::i] = np.cumsum(ways[first::i])
        if many + i < length:
            ways[many + i :] -= ways[: -(many + i)].copy()
    return ways, math.comb(few + many, few)
