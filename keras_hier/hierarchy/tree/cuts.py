"""Cuts of a hierarchy: which nodes make up a grouping."""

import heapq
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from keras_hier.hierarchy.tree.hierarchy_error import HierarchyError, quoted
from keras_hier.hierarchy.tree.tree import Tree

# Largest share of the classes in one group of each display level.
LEVEL_SHARES = (0.22, 0.125, 0.045, 0.014)
# A cut by size most of whose groups are single classes says what they say. A
# level of the tree's own is what the user asks about: that stays.
MOST_SINGLE = 0.7
# Between two levels of the tree's own a cut by size has at least so many times
# the groups of the one, and the other so many times those of the cut.
LEAST_STEP = 2


class Level(NamedTuple):
    """A cut that the screen and the logged scores use.

    Attributes:
        nodes: int [G], in display order.
        name: of the level, such as "family", if it has one.
    """

    nodes: np.ndarray
    name: str | None = None


def by_one_of(
    tree: Tree, arguments: Mapping[str, Any]
) -> Sequence[int] | np.ndarray:
    """Cuts a tree by the one argument that is given, of those of `cut`."""
    given = {k: v for k, v in arguments.items() if v is not None}
    if len(given) != 1:
        raise HierarchyError(
            "cut() takes exactly one of groups=, max_size=, depth= and "
            f"nodes=, got {sorted(given) or 'none'}."
        )
    (name, value) = next(iter(given.items()))
    if name == "nodes":
        return by_nodes(tree, value)
    if not isinstance(value, int | np.integer) or value < 1:
        raise HierarchyError(
            f"cut({name}=...) must be an int of at least 1, got {value!r}."
        )
    by: dict[str, Callable[[Tree, int], Any]] = {
        "groups": by_groups,
        "max_size": by_max_size,
        "depth": by_depth,
    }
    found: Sequence[int] | np.ndarray = by[name](tree, int(value))
    return found


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


def by_nodes(tree: Tree, nodes: Iterable[str | int]) -> list[int]:
    """Checks that nodes, by id, name or number, partition the classes."""
    if isinstance(nodes, str):
        raise HierarchyError(
            f"nodes must be a sequence of nodes, got the str {nodes!r:.80}."
        )
    try:
        chosen = [
            tree.find(n) if isinstance(n, str) else operator.index(n)
            for n in nodes
        ]
    except TypeError as error:
        raise HierarchyError(
            f"nodes must be ids, names or numbers of nodes, got {nodes!r:.80}."
        ) from error
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


def levels(tree: Tree) -> list[Level]:
    """Returns the display levels, coarse to fine; the last are the classes.

    Each refines the one before. Where the tree has levels of its own, cuts by
    size stand only in wide gaps between them. It has if they have names, or if
    all classes lie equally deep.
    """
    classes = by_max_size(tree, 1)
    sizes = [max(int(share * tree.num_classes), 1) for share in LEVEL_SHARES]
    by_size = [by_max_size(tree, size) for size in sizes]
    names: Sequence[str | None] | None = tree.level_names
    depths = tree.depth[tree.leaves]
    if names is None and depths.min() == depths.max():
        names = [None] * (int(depths[0]) - 1)
    if names is None:
        cuts = (by_depth(tree, 1), *by_size)
        found = [Level(nodes) for nodes in cuts if _says_more(tree, nodes)]
    else:
        own = [
            Level(np.asarray(by_depth(tree, depth)), name)
            for depth, name in enumerate(names, start=1)
        ]
        found = _with_gaps_filled(tree, _offered(tree, own), by_size)
    return [*_offered(tree, found), Level(classes)]


def _says_more(tree: Tree, nodes: np.ndarray) -> bool:
    """Tells whether a cut by size says more than its classes."""
    is_single = (tree.stop - tree.start)[nodes] == 1
    return bool(np.mean(is_single) <= MOST_SINGLE)


def _offered(tree: Tree, found: Sequence[Level]) -> list[Level]:
    """Leaves out what repeats a level, or the classes."""
    offered: dict[int, Level] = {}
    for level in found:
        # Each refines the one before: as many groups means the same groups.
        if 1 < len(level.nodes) < tree.num_classes:
            offered.setdefault(len(level.nodes), level)
    return list(offered.values())


def _with_gaps_filled(
    tree: Tree, named: Sequence[Level], by_size: Sequence[np.ndarray]
) -> list[Level]:
    ends = [*named, Level(by_max_size(tree, 1))]
    found = list(named[:1])
    for coarse, fine in pairwise(ends):
        for cut in by_size:
            nodes = _between(tree, coarse.nodes, cut, fine.nodes)
            least = LEAST_STEP * len(coarse.nodes)
            is_between = least <= len(nodes) <= len(fine.nodes) / LEAST_STEP
            if is_between and _says_more(tree, nodes):
                found.append(Level(nodes))
        found.append(fine)
    return found[:-1] if named else []


def _between(
    tree: Tree, coarse: np.ndarray, cut: np.ndarray, fine: np.ndarray
) -> np.ndarray:
    """Returns a cut, no coarser than one and no finer than another."""
    upper, nodes, lower = (
        np.repeat(each, (tree.stop - tree.start)[each])
        for each in (coarse, cut, fine)
    )
    depth = tree.depth
    nodes = np.where(depth[nodes] < depth[upper], upper, nodes)
    nodes = np.where(depth[nodes] > depth[lower], lower, nodes)
    return np.unique(nodes)
