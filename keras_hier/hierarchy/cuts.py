"""Cuts of a hierarchy: which nodes make up a grouping."""

import heapq
from collections.abc import Sequence

import numpy as np

from keras_hier.hierarchy.node_table import HierarchyError, quoted
from keras_hier.hierarchy.tree import Tree

# Largest share of the classes in one group of each display level.
LEVEL_SHARES = (0.22, 0.125, 0.045, 0.014)


def by_groups(tree: Tree, groups: int) -> list[int]:
    """Splits the largest node until there are at least `groups` nodes."""
    if groups > tree.num_classes:
        raise HierarchyError(
            f"cut(groups={groups}) asks for more groups than there are "
            f"classes ({tree.num_classes})."
        )
    heap = [(-tree.num_classes, 0)]
    classes: list[int] = []
    while len(heap) + len(classes) < groups:
        _, node = heapq.heappop(heap)
        if tree.labels[node] >= 0:
            classes.append(node)
            continue
        for child in tree.children(node).tolist():
            size = int(tree.stop[child] - tree.start[child])
            # Depth-first numbers break ties: first in display order.
            heapq.heappush(heap, (-size, child))
    return sorted(classes + [node for _, node in heap])


def by_max_size(tree: Tree, max_size: int) -> np.ndarray:
    """Returns the topmost nodes of at most `max_size` classes."""
    if max_size == 1:  # the class itself, not an only child's parent
        return tree.leaves[tree.order]
    small = tree.stop - tree.start <= max_size
    small_parent = small[tree.parents] & (tree.parents >= 0)
    return np.flatnonzero(small & ~small_parent)


def by_depth(tree: Tree, depth: int) -> np.ndarray:
    """Returns the nodes at a depth, and the leaves above it."""
    shallow_leaf = (tree.labels >= 0) & (tree.depth < depth)
    return np.flatnonzero((tree.depth == depth) | shallow_leaf)


def by_nodes(tree: Tree, nodes: Sequence[str | int]) -> list[int]:
    """Checks that nodes, by id, name or number, partition the classes."""
    chosen = [tree.find(n) if isinstance(n, str) else int(n) for n in nodes]
    for node in chosen:
        if not 0 <= node < len(tree.parents):
            raise HierarchyError(
                f"Node {node} is not in 0..{len(tree.parents) - 1}."
            )
    chosen.sort()
    reached = 0
    for at, node in enumerate([*chosen, -1]):
        begin = int(tree.start[node]) if node >= 0 else tree.num_classes
        if begin < reached:
            above = tree.node_ids[chosen[at - 1]]
            raise HierarchyError(
                f"Nodes {above!r} and {tree.node_ids[node]!r} overlap: a class "
                "can be in one group only."
            )
        if begin > reached:
            left_out = [tree.classes[c] for c in tree.order[reached:begin]]
            raise HierarchyError(
                f"The nodes leave out {len(left_out)} classes: "
                f"{quoted(left_out)}."
            )
        reached = int(tree.stop[node])
    return chosen


def levels(tree: Tree) -> list[np.ndarray]:
    """Returns the nodes of each display level, coarse to fine."""
    sizes = [int(share * tree.num_classes) for share in LEVEL_SHARES]
    found = [by_depth(tree, 1)]
    found += [by_max_size(tree, max(size, 1)) for size in [*sizes, 1]]
    # Each refines the one before: as many groups means the same groups.
    different = {len(nodes): nodes for nodes in found}
    different.pop(1, None)
    return list(different.values()) or found[-1:]
