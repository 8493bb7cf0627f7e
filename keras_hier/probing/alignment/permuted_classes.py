"""The spread of sums over pairs of classes, over permuted classes."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from keras_hier.tensors import FloatArray


class PairMoments(NamedTuple):
    """Moments of values of pairs whose mean is zero.

    Attributes:
        squares: the sum of the squared values, each pair once.
        rows: the sum over classes of the squared sum of their pairs.
    """

    squares: float
    rows: float


def moments_of(values: npt.NDArray[np.floating]) -> PairMoments:
    """Returns the moments of the pairs of a symmetric matrix, centred."""
    count = len(values)
    values = values.astype(np.float64)
    sums = values.sum(axis=1) - np.diagonal(values)
    pairs = count * (count - 1) / 2
    mean = sums.sum() / 2 / pairs
    squares = np.einsum("ij,ij->", values, values)
    squares = (squares - (np.diagonal(values) ** 2).sum()) / 2
    return PairMoments(
        float(squares - pairs * mean**2),
        float(((sums - (count - 1) * mean) ** 2).sum()),
    )


def moments_of_groups(sizes: npt.NDArray[np.int64], count: int) -> PairMoments:
    """Returns the moments of 1 for pairs within a group and 0 for others."""
    sizes = np.asarray(sizes, np.float64)
    pairs = count * (count - 1) / 2
    within = (sizes * (sizes - 1)).sum() / 2
    share = within / pairs
    sums = (sizes * (sizes - 1 - share * (count - 1)) ** 2).sum()
    alone = (count - sizes.sum()) * (share * (count - 1)) ** 2
    return PairMoments(float(within * (1 - share)), float(sums + alone))


def permuted_variance(a: PairMoments, b: PairMoments, count: int) -> float:
    """Returns the variance of the sum over pairs of a times b, b permuted.

    It is exact over all permutations of the classes, from the moments of
    Mantel's statistic (Cliff and Ord: Spatial Processes, 1981).
    """
    # The other terms of the variance vanish, since the sums are zero.
    squares = 2 * np.array([a.squares, b.squares])
    rows = 2 * np.array([a.rows, b.rows])
    variance = squares.prod() / (2 * count * (count - 1))
    variance += (rows - 2 * squares).prod() / (
        4 * count * (count - 1) * (count - 2)
    )
    variance += (squares - rows).prod() / (
        count * (count - 1) * (count - 2) * (count - 3)
    )
    return max(float(variance), 0.0)


def permuted_spread(a: FloatArray, b: FloatArray) -> float:
    """Returns the standard deviation of a correlation over permutations."""
    first, second = moments_of(a), moments_of(b)
    scale = np.sqrt(max(first.squares, 0) * max(second.squares, 0))
    if not scale:
        return 0.0
    return float(np.sqrt(permuted_variance(first, second, len(a))) / scale)
