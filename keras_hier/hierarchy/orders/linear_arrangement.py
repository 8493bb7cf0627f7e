"""The best order of few classes, out of all orders.

An order costs the sum of weight x distance over all pairs: minimum linear
arrangement. Cut the order behind each of its classes: a pair lies on both sides
of as many cuts as its classes are apart. So the cost is a sum over beginnings
of the order. The classes that a beginning holds decide it, not their order: of
n classes 2^n sets are compared instead of n! orders.

Reference:
    Held and Karp, A dynamic programming approach to sequencing problems, 1962.
"""

import functools
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from keras_hier.tensors import FloatArray

IntArray = npt.NDArray[np.int32]

# Costs that differ by less are equal: sums of weights round.
_TINY = 1e-9


def best_order(weights: FloatArray) -> IntArray:
    """Returns the best order, of equally good ones the first in a dictionary.

    So the given order stays where none is better. Time and memory grow with
    2^n. Weights [n, n] are symmetric, from 0 to about 1; the diagonal is
    ignored.

    Example:
        >>> best_order(np.array([[0, 0, 1], [0, 0, 0], [1, 0, 0.0]]))
        array([0, 2, 1], dtype=int32)
    """
    size = len(weights)
    cut = _cuts(weights)
    # The cost of each set as a beginning, with the best that may follow it.
    ahead = cut.copy()
    for sets, larger in _layers(size):
        ahead[sets] += ahead[larger].min(axis=1)
    order: list[int] = []
    begun, left = 0, ahead[0] + _TINY
    for _ in range(size):
        free = [label for label in range(size) if not begun >> label & 1]
        best = [label for label in free if ahead[begun | 1 << label] <= left]
        order.append((best or free)[0])  # rounding may hide all of the best
        begun |= 1 << order[-1]
        left -= cut[begun]
    return np.array(order, np.int32)


def _cuts(weights: FloatArray) -> FloatArray:
    """Sums the weights between every set of classes and all others, [2^n].

    Class i is in the sets whose number has bit i.
    """
    cut = np.zeros(1)
    for label in range(len(weights)):
        own = weights[:, label].sum() - weights[label, label]
        # The weights of this class with each set of the classes before it.
        inside = np.zeros(1)
        for other in range(label):
            inside = np.concatenate([inside, inside + weights[other, label]])
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
