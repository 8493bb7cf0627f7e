"""Paths from the root of a tree to its nodes, as tables for the device."""

import numpy as np

from keras_hier.files import limits
from keras_hier.hierarchy.hierarchy import Hierarchy


def root_paths(tree: Hierarchy) -> tuple[np.ndarray, np.ndarray]:
    """Returns the nodes from the root to each label, and their heights.

    Both [C, D], D the depth of the deepest class plus one; the nodes are int32
    and padded with -1. Two classes share their path down to where they meet,
    so that distances need these tables rather than one of [C, C].
    """
    depth = int(tree.depth.max()) + 1
    if tree.num_classes * depth > limits.PATHS:
        raise ValueError(
            f"The tree of {tree.num_classes:,} classes is {depth:,} nodes "
            f"deep: their product may be {limits.PATHS:,} at most. Collapse "
            "chains of groups that hold the same classes."
        )
    paths = np.full((tree.num_classes, depth), -1, np.int32)
    nodes = tree.leaves
    labels = np.arange(tree.num_classes)
    while len(nodes):
        paths[labels, tree.depth[nodes]] = nodes
        above = tree.parents[nodes]
        nodes, labels = above[above >= 0], labels[above >= 0]
    return paths, tree.height[paths].astype(np.float32)


def paths_to(tree: Hierarchy, nodes: np.ndarray, depth: int) -> np.ndarray:
    """Returns the nodes from the root to each of some nodes, [n, D]."""
    paths = np.full((len(nodes), depth), -1, np.int32)
    for row, node in enumerate(nodes.tolist()):
        while node >= 0:
            paths[row, tree.depth[node]] = node
            node = int(tree.parents[node])
    return paths
