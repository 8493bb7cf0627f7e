"""The order of the siblings of a tree, computed from a confusion matrix."""

from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array, issparse

from keras_hier.hierarchy.orders import seriation
from keras_hier.hierarchy.tree.tree import Tree
from keras_hier.plausibility import require_label_order
from keras_hier.tensors import to_numpy

FloatArray = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]

# Numbers of the matrices between siblings that are held at once.
_AT_ONCE = 2**20
# Sums of rates round: smaller ones pull to neither side.
_TINY = 1e-9


def order_siblings(
    hierarchy: Tree, matrix: Any, fixed: Collection[int] = ()
) -> dict[int, list[int]]:
    """Orders the children of every node so that confused ones are neighbours.

    From the root down, the children of a node are ordered by their summed
    confusion. Then the order is reversed if that puts the end which is confused
    more with classes to the left of the node to the left.

    Args:
        hierarchy: the tree over the C classes.
        matrix: counts [C, C] in label order, an array or a `scipy.sparse`
            matrix.
        fixed: nodes whose children keep their order.

    Returns:
        For every inner node its children, reordered.

    Raises:
        ValueError: the matrix is not [C, C] or holds negative counts.

    Example:
        >>> from keras_hier import Hierarchy
        >>> tree = Hierarchy.from_paths([("a",), ("b",), ("c",)])
        >>> order_siblings(tree, [[5, 0, 2], [0, 7, 0], [2, 1, 4]])
        {0: [1, 3, 2]}
    """
    fixed = frozenset(fixed)
    children = _children_of(hierarchy)
    confusions = _confusions(hierarchy, matrix, children)
    # Which child stands where, all families in one array.
    arranged = np.arange(len(children.nodes))
    for families, between in _between(hierarchy, confusions, children):
        orders = seriation.orders(between)
        orders[np.isin(families, list(fixed))] = np.arange(between.shape[1])
        first = children.first[families][:, None]
        arranged[first + np.arange(between.shape[1])] = first + orders
    turned = _turned(hierarchy, confusions, children, arranged, fixed)
    nodes = children.nodes[arranged].tolist()
    found = {}
    for node in np.flatnonzero(hierarchy.labels < 0).tolist():
        own = nodes[children.first[node] : children.first[node + 1]]
        found[node] = own[::-1] if turned[node] else own
    return found


class _Children(NamedTuple):
    """The children of all nodes, one family after another, in display order.

    Attributes:
        nodes: int [V - 1].
        first: int [V + 1], where the family of each node begins.
        start: int [V - 1], display position of the first class of each child.
        stop: int [V - 1], one past its last.
    """

    nodes: Indices
    first: Indices
    start: Indices
    stop: Indices

    def of(self, node: Indices, position: Indices) -> Indices:
        """Returns which children of some nodes hold the classes at places."""
        size = int(self.stop.max(initial=0)) + 1
        family = np.repeat(np.arange(len(self.first) - 1), np.diff(self.first))
        keys = family * size + self.start
        return np.searchsorted(keys, node * size + position, "right") - 1


class _Confusions(NamedTuple):
    """The cells off the diagonal, E of them, and the samples of all classes.

    Attributes:
        node: int [E], at which the classes of row and column meet.
        row: int [E], display position of the actual class.
        column: int [E], that of the named one.
        one: int [E], the child of the node with the actual class.
        other: int [E], the child with the named one.
        samples: float64 [E].
        totals: float64 [C], samples of each class by display position.
    """

    node: Indices
    row: Indices
    column: Indices
    one: Indices
    other: Indices
    samples: FloatArray
    totals: FloatArray


def _children_of(tree: Tree) -> _Children:
    nodes = np.argsort(tree.parents, kind="stable")[1:]
    counts = np.bincount(tree.parents[1:], minlength=len(tree.parents))
    return _Children(
        nodes,
        np.concatenate([[0], np.cumsum(counts)]),
        tree.start[nodes].astype(np.intp),
        tree.stop[nodes].astype(np.intp),
    )


def _confusions(tree: Tree, matrix: Any, children: _Children) -> _Confusions:
    size = tree.num_classes
    require_label_order(matrix, tree.classes)
    if not issparse(matrix):
        matrix = to_numpy(matrix)
    counts = csr_array(matrix, dtype=np.float64, copy=True)
    if counts.shape != (size, size):
        raise ValueError(
            f"Expected a matrix of shape [{size}, {size}], like the classes. "
            f"Got shape {counts.shape} instead."
        )
    if not ((counts.data >= 0) & (counts.data < np.inf)).all():
        raise ValueError(
            "Expected a matrix of counts, none below 0, infinite or NaN. "
            f"Got {counts.data.min()} to {counts.data.max()} instead."
        )
    counts.sum_duplicates()
    counts.eliminate_zeros()
    labels = np.repeat(np.arange(size), np.diff(counts.indptr))
    totals = np.bincount(tree.rank[labels], counts.data, size).astype(float)
    off = labels != counts.indices
    labels, named = labels[off], counts.indices[off]
    node = tree.lca(labels, named).astype(np.intp)
    row = tree.rank[labels].astype(np.intp)
    column = tree.rank[named].astype(np.intp)
    return _Confusions(
        node,
        row,
        column,
        children.of(node, row),
        children.of(node, column),
        counts.data[off],
        totals,
    )


def _between(
    tree: Tree, confusions: _Confusions, children: _Children
) -> Iterator[tuple[Indices, FloatArray]]:
    """Yields families of as many children, and their matrices.

    Yields:
        The nodes, int [F], and the samples between their n children, float64
        [F, n, n]. Families of two have only one order, up to its mirror.
    """
    sizes = np.diff(children.first)
    nodes = np.flatnonzero(sizes > 2)
    nodes = nodes[np.argsort(sizes[nodes], kind="stable")]
    place = np.full(len(sizes), len(nodes))
    place[nodes] = np.arange(len(nodes))
    by_place = _sorted(place[confusions.node])
    bounds = np.searchsorted(
        place[confusions.node[by_place]], np.arange(len(nodes) + 1)
    )
    before = np.concatenate([[0], np.cumsum(confusions.totals)])
    done = 0
    while done < len(nodes):
        size = sizes[nodes[done]]
        alike = np.searchsorted(sizes[nodes], size, "right")
        stop = min(done + max(_AT_ONCE // size**2, 1), alike)
        families = nodes[done:stop]
        cells = by_place[bounds[done] : bounds[stop]]
        first = children.first[confusions.node[cells]]
        family = place[confusions.node[cells]] - done
        row = family * size + confusions.one[cells] - first
        flat = np.bincount(
            row * size + confusions.other[cells] - first,
            confusions.samples[cells],
            len(families) * size**2,
        )
        between = flat.astype(float).reshape(-1, size, size)
        # The diagonal completes each row to the samples of its group.
        own = children.first[families][:, None] + np.arange(size)
        groups = before[children.stop[own]] - before[children.start[own]]
        at = np.arange(size)
        between[:, at, at] = groups - between.sum(axis=2)
        yield families, between
        done = stop


def _turned(
    tree: Tree,
    confusions: _Confusions,
    children: _Children,
    arranged: Indices,
    fixed: Collection[int],
) -> npt.NDArray[np.bool_]:
    """Finds the nodes whose children are better mirrored, bool [V].

    What lies left and right of a node, the nodes above decide: depth by depth.
    """
    turned = np.zeros(len(tree.parents), bool)
    place = np.empty_like(arranged)
    place[arranged] = np.arange(len(arranged))
    rates = confusions.samples / confusions.totals[confusions.row]
    toward = rates * np.sign(place[confusions.other] - place[confusions.one])
    middle = _middles(children, arranged)
    inner = np.flatnonzero(tree.labels < 0)
    inner = inner[np.argsort(tree.depth[inner], kind="stable")]
    depths = np.arange(tree.depth[inner].max(initial=-1) + 2)
    levels = np.searchsorted(tree.depth[inner], depths)
    by_depth = _sorted(tree.depth[confusions.node])
    cells = np.searchsorted(tree.depth[confusions.node[by_depth]], depths)
    # Confusion of each class (by display position) with classes to its right,
    # less that with classes to its left, of the nodes ordered so far. One more
    # than there are, so that a span may end behind the last.
    pull = np.zeros(tree.num_classes + 1)
    pulls = np.zeros(len(arranged))
    for depth in depths[:-1]:
        nodes = inner[levels[depth] : levels[depth + 1]]
        own = _ranges(children.first[nodes], children.first[nodes + 1])
        spans = np.stack([children.start[own], children.stop[own]], axis=1)
        pulls[own] = np.add.reduceat(pull, spans.ravel())[::2]
        pulled = pulls[arranged[own]]
        ends = np.cumsum(children.first[nodes + 1] - children.first[nodes])
        start = 0
        for node, end in zip(nodes.tolist(), ends.tolist(), strict=True):
            at = children.first[node]
            weights = middle[at : at + end - start]
            if weights @ pulled[start:end] < -_TINY:
                turned[node] = node not in fixed
            start = end
        here = by_depth[cells[depth] : cells[depth + 1]]
        signed = np.where(turned[confusions.node[here]], -1, 1) * toward[here]
        np.add.at(pull, confusions.row[here], signed)
        np.add.at(pull, confusions.column[here], -signed)
    return turned


def _middles(children: _Children, arranged: Indices) -> FloatArray:
    """Returns where each child lies, from the middle of its family."""
    sizes = (children.stop - children.start)[arranged]
    ends = np.concatenate([[0], np.cumsum(sizes)])
    counts = np.diff(children.first)
    begin = np.repeat(ends[children.first[:-1]], counts)
    end = np.repeat(ends[children.first[1:]], counts)
    return ends[1:] - sizes / 2 - (begin + end) / 2


def _sorted(keys: npt.NDArray[Any]) -> Indices:
    """Sorts numbers from 0 up; equal ones stay in order."""
    # Of short numbers NumPy sorts by their digits.
    short = np.min_scalar_type(int(keys.max(initial=0)))
    return np.argsort(keys.astype(short), kind="stable")


def _ranges(start: Indices, stop: Indices) -> Indices:
    """Returns all numbers of some ranges, one range after another."""
    counts = stop - start
    shift = start - np.concatenate([[0], np.cumsum(counts)[:-1]])
    return np.arange(counts.sum()) + np.repeat(shift, counts)
