"""The order of the siblings of a tree, computed from a confusion matrix."""

from collections.abc import Collection
from typing import Any

import numpy as np
from scipy.sparse import csr_array, issparse

from keras_hier.hierarchy.orders import seriation
from keras_hier.hierarchy.tree.tree import Tree
from keras_hier.plausibility import require_label_order
from keras_hier.tensors import FloatArray, to_numpy

# Sums of rates round: smaller ones pull to neither side.
_TINY = 1e-9


def order_siblings(
    hierarchy: Tree, matrix: Any, fixed: Collection[int] = ()
) -> dict[int, list[int]]:
    """Orders the children of every node so that confused ones are neighbours.

    From the root down, the children of a node are ordered by their summed
    confusion. The order is mirrored where that brings the end which is confused
    with classes to the left of the node to the left. Children of `fixed` nodes
    keep their order.

    Example:
        >>> from keras_hier import Hierarchy
        >>> tree = Hierarchy.from_paths([("a",), ("b",), ("c",)])
        >>> order_siblings(tree, [[5, 0, 2], [0, 7, 0], [2, 1, 4]])
        {0: [1, 3, 2]}
    """
    fixed = frozenset(fixed)
    counts = _counts(hierarchy, matrix)
    labels = np.repeat(np.arange(hierarchy.num_classes), np.diff(counts.indptr))
    row, column = hierarchy.rank[labels], hierarchy.rank[counts.indices]
    totals = np.bincount(row, counts.data, hierarchy.num_classes)
    before = np.concatenate([[0], np.cumsum(totals)])
    # Each cell counts at the node where its two classes meet.
    node = hierarchy.lca(labels, counts.indices)
    cells = np.argsort(node, kind="stable")
    bounds = np.searchsorted(node[cells], np.arange(len(hierarchy.parents) + 1))
    # The confusion of each class (by display position) with classes to its
    # right, less that with classes to its left, at the nodes ordered so far.
    pull = np.zeros(hierarchy.num_classes)
    found = {}
    for parent in np.flatnonzero(hierarchy.labels < 0).tolist():
        children = hierarchy.children(parent)
        start, stop = hierarchy.start[children], hierarchy.stop[children]
        here = cells[bounds[parent] : bounds[parent + 1]]
        one, other = (
            np.searchsorted(start, place[here], "right") - 1
            for place in (row, column)
        )
        order = np.arange(len(children))
        if parent not in fixed:
            samples = before[stop] - before[start]
            order = _order(one, other, counts.data[here], samples)
            sizes = (stop - start)[order]
            middle = np.cumsum(sizes) - sizes / 2 - sizes.sum() / 2
            span = pull[start[0] : stop[-1]]
            pulls = np.add.reduceat(span, start - start[0])[order]
            if middle @ pulls < -_TINY:
                order = order[::-1]
        found[parent] = children[order].tolist()
        place = np.argsort(order)
        toward = np.sign(place[other] - place[one])
        rates = toward * counts.data[here] / totals[row[here]]
        np.add.at(pull, row[here], rates)
        np.add.at(pull, column[here], -rates)
    return found


def _counts(tree: Tree, matrix: Any) -> csr_array:
    """Returns the checked counts, a copy without cells of 0."""
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
    return counts


def _order(
    one: np.ndarray, other: np.ndarray, counts: FloatArray, samples: FloatArray
) -> np.ndarray:
    """Orders n children by the samples [E] between pairs of them.

    `samples` [n] are those of each child: the diagonal completes the rows to
    these.
    """
    size = len(samples)
    if size < 3:  # two have one order, up to its mirror
        return np.arange(size)
    flat = np.bincount(one * size + other, counts, size**2).astype(float)
    between = flat.reshape(size, size)
    np.fill_diagonal(between, samples - between.sum(axis=1))
    return seriation.order(between)
