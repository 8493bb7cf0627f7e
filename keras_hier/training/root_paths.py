"""Paths from the root of a tree to its nodes, as tables for the device."""

from typing import Any

import numpy as np
from keras import ops

from keras_hier.files import limits
from keras_hier.hierarchy.hierarchy import Hierarchy


def root_paths(tree: Hierarchy, nodes: np.ndarray) -> np.ndarray:
    """Returns the nodes from the root to each of some, int32 [n, D], or -1.

    Two nodes share their path down to where they meet. So distances need these
    tables rather than one of [C, C].
    """
    depth = int(tree.depth.max()) + 1
    if tree.num_classes * depth > limits.PATHS:
        raise ValueError(
            f"The tree of {tree.num_classes:,} classes is {depth:,} nodes "
            f"deep: their product may be {limits.PATHS:,} at most. Collapse "
            "chains of groups that hold the same classes."
        )
    paths = np.full((len(nodes), depth), -1, np.int32)
    rows = np.arange(len(nodes))
    while len(nodes):
        paths[rows, tree.depth[nodes]] = nodes
        above = tree.parents[nodes]
        nodes, rows = above[above >= 0], rows[above >= 0]
    return paths


def meeting(paths: Any, others: Any) -> Any:
    """Returns the last node that paths [N, D] share, int32 [N]."""
    shared = ops.logical_and(ops.equal(paths, others), paths >= 0)
    depth = ops.sum(ops.cast(shared, "int32"), axis=-1, keepdims=True) - 1
    return ops.take_along_axis(paths, depth, axis=-1)[:, 0]
