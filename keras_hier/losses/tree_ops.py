"""Sums over the nodes of a tree, on the device."""

from collections.abc import Callable
from typing import Any

import numpy as np
from keras import ops

from keras_hier.hierarchy.tree.tree import Tree


class NodeReduction:
    """Reduces values of classes to values of all nodes, level by level.

    Attributes:
        order: int32 [V], the nodes in the order of `reduce`.
        row: int32 [V], the place of each node in that order.
    """

    def __init__(self, tree: Tree) -> None:
        self._levels = []
        below = np.empty(0, np.int32)
        order = []
        for depth in range(tree.depth.max(), -1, -1):
            inner, segments = np.unique(
                tree.parents[below], return_inverse=True
            )
            leaves = np.flatnonzero((tree.depth == depth) & (tree.labels >= 0))
            self._levels.append(
                (segments.astype(np.int32), len(inner), tree.labels[leaves])
            )
            below = np.concatenate([inner, leaves])
            order.append(below)
        self.order = np.concatenate(order)
        self.row = np.argsort(self.order).astype(np.int32)

    def rows(self, values: np.ndarray) -> np.ndarray:
        """Returns float32 [V, 1], values of nodes in the order of `reduce`."""
        return values[self.order, None].astype(np.float32)

    def reduce(self, values: Any, reduction: Callable[..., Any]) -> Any:
        """Returns [V, N] from values [N, C] and a reduction over segments."""
        values = ops.transpose(values)
        levels: list[Any] = []
        for segments, inner, labels in self._levels:
            level = ops.take(values, labels, axis=0)
            if inner:
                reduced = reduction(levels[-1], segments, inner)
                level = ops.concatenate([reduced, level])
            levels.append(level)
        return ops.concatenate(levels)


def segment_logsumexp(values: Any, segments: Any, num_segments: int) -> Any:
    """Returns the log of summed exponentials of the rows of each segment."""
    top = ops.stop_gradient(ops.segment_max(values, segments, num_segments))
    exponentials = ops.exp(values - ops.take(top, segments, axis=0))
    return top + ops.log(ops.segment_sum(exponentials, segments, num_segments))


def weighted_sum(weights: np.ndarray, values: Any) -> Any:
    """Returns [N] from weights [V, 1] and values [V, N] of the nodes."""
    return ops.sum(ops.multiply(weights, values), axis=0)
