"""The best order of few classes, out of all orders.

An order costs the sum of weight x distance over all pairs: minimum linear
arrangement. Cut the order behind each of its classes: a pair lies on both sides
of as many cuts as its classes are apart. So the cost is a sum over beginnings
of the order, and depends on which classes these hold, not on their order: of n
classes 2^n sets decide, instead of n! orders.

Reference:
    Held and Karp, A dynamic programming approach to sequencing problems, 1962.
"""

import functools
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int32]

# Costs that differ by less are equal: sums of weights round.
_TINY = 1e-9
# Numbers that are held at once, of as many families as that allows.
_AT_ONCE = 2**19


def best_orders(weights: FloatArray) -> IntArray:
    """Returns the best order of each family, the first one in a dictionary.

    So the given order stays where none is better. Every family takes time and
    memory that grow with 2^n.

    Args:
        weights: float64 [F, n, n], symmetric, none below 0, up to about 1; the
            diagonal is ignored.

    Returns:
        int32 [F, n], a permutation of n in each row.

    Example:
        >>> best_orders(np.array([[[0, 0, 1], [0, 0, 0], [1, 0, 0.0]]]))
        array([[0, 2, 1]], dtype=int32)
    """
    families, size = weights.shape[:2]
    found = np.empty((families, size), np.int32)
    step = max(_AT_ONCE >> size, 1)
    for first in range(0, families, step):
        part = slice(first, first + step)
        found[part] = _best(weights[part])
    return found


def _best(weights: FloatArray) -> IntArray:
    families, size = weights.shape[:2]
    cut = _cuts(weights)
    # What each set costs as a beginning, with the best that may follow it.
    ahead = cut.copy()
    for sets, larger in _layers(size):
        ahead[sets] += ahead[larger].min(axis=1)
    family, begun = np.arange(families), np.zeros(families, np.int64)
    left = ahead[0] + _TINY
    orders = np.empty((families, size), np.int32)
    for at in range(size):
        # The first class that leaves the best within reach; if rounding hid
        # all of them, the first that is left.
        merit = np.empty((size, families), np.int8)
        for label in range(size):
            is_free = begun >> label & 1 == 0
            is_best = ahead[begun | 1 << label, family] <= left
            merit[label] = is_free * (1 + is_best)
        orders[:, at] = merit.argmax(axis=0)
        begun |= 1 << orders[:, at].astype(np.int64)
        left -= cut[begun, family]
    return orders


def _cuts(weights: FloatArray) -> FloatArray:
    """Sums the weights between every set of classes and all others, [2^n, F].

    Class i is in the sets whose number has bit i.
    """
    families, size = weights.shape[:2]
    cut = np.zeros((1, families))
    for label in range(size):
        own = weights[:, :, label].sum(axis=1) - weights[:, label, label]
        # Of the sets of all classes before: their weights with this one.
        inside = np.zeros((1, families))
        for other in range(label):
            inside = np.concatenate([inside, inside + weights[:, other, label]])
        cut = np.concatenate([cut, cut + own - 2 * inside])
    return cut


class _Layer(NamedTuple):
    """The sets of as many classes.

    Attributes:
        sets: int [S], their numbers.
        larger: int [S, n - k], of each those with one class more.
    """

    sets: npt.NDArray[np.intp]
    larger: npt.NDArray[np.intp]


@functools.cache
def _layers(size: int) -> tuple[_Layer, ...]:
    """Returns all layers but that of the whole set, the largest sets first."""
    numbers = np.arange(1 << size)
    is_in = numbers[:, None] >> np.arange(size) & 1
    classes = is_in.sum(axis=1)
    layers = []
    for count in range(size - 1, -1, -1):
        sets = numbers[classes == count]
        _, missing = np.nonzero(is_in[sets] == 0)
        more = 1 << missing.reshape(len(sets), size - count)
        layers.append(_Layer(sets, sets[:, None] | more))
    return tuple(layers)
