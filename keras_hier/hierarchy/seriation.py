"""Orders and trees of classes computed from a confusion matrix.

Seriation puts what is confused side by side, so that the matrix shows blocks
along its diagonal. `order` looks for the best order of all classes, `linkage`
clusters them into a tree, `order_siblings` keeps a given tree and moves only
siblings.

A confusion matrix [C, C] holds counts, rows true, columns predicted. Classes
are alike as far as they are confused: with P the row-normalised matrix without
its diagonal, S = (P + P') / 2 is their similarity and D = 1 - S / max S their
dissimilarity.
"""

import functools
import itertools
from collections.abc import Collection
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.cluster import hierarchy as clustering
from scipy.linalg import eigh
from scipy.sparse import coo_array, csgraph, issparse
from scipy.spatial.distance import squareform

from keras_hier.hierarchy.tree import Tree

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int32]

# Of so few classes all orders are tried, which is quicker than to search.
FEW = 8


def similarity(matrix: Any) -> FloatArray:
    """Measures how alike classes are by how often they are confused.

    Args:
        matrix: counts [C, C], an array or a `scipy.sparse` matrix.

    Returns:
        S = (P + P') / 2, float64 [C, C], symmetric with a zero diagonal. P is
        the share of a row's samples in each cell off the diagonal.

    Raises:
        ValueError: the matrix is not square or holds negative counts.

    Example:
        >>> similarity([[8, 2], [0, 5]])
        array([[0. , 0.1],
               [0.1, 0. ]])
    """
    dense = matrix.toarray() if issparse(matrix) else matrix
    counts = np.array(dense, np.float64)
    if counts.ndim != 2 or counts.shape[0] != counts.shape[1]:
        raise ValueError(
            "Expected a matrix of shape [C, C], rows true and columns "
            f"predicted. Got shape {counts.shape} instead."
        )
    if not (counts >= 0).all():
        raise ValueError(
            "Expected a matrix of counts, none below 0. Got "
            f"{counts.min()} instead."
        )
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    np.fill_diagonal(shares, 0)
    return (shares + shares.T) / 2


def dissimilarity(matrix: Any) -> FloatArray:
    """Measures how unlike classes are, from 0 for the most confused to 1.

    Args:
        matrix: counts [C, C], an array or a `scipy.sparse` matrix.

    Returns:
        D = 1 - S / max S, float64 [C, C], symmetric with a zero diagonal.

    Raises:
        ValueError: the matrix is not square or holds negative counts.

    Example:
        >>> dissimilarity([[8, 2, 0], [0, 5, 0], [0, 1, 9]])
        array([[0. , 0. , 1. ],
               [0. , 0. , 0.5],
               [1. , 0.5, 0. ]])
    """
    return _dissimilarity(similarity(matrix))


def linkage(matrix: Any) -> FloatArray:
    """Clusters classes by confusion: average linkage, optimal leaf order.

    Args:
        matrix: counts [C, C] of at least two classes.

    Returns:
        A SciPy linkage, float64 [C - 1, 4], for `Hierarchy.from_linkage`.

    Raises:
        ValueError: the matrix is not square, negative or of one class.

    Example:
        >>> from keras_hier import Hierarchy
        >>> confusion = [[8, 2, 0], [2, 8, 0], [0, 1, 9]]
        >>> print(Hierarchy.from_linkage(linkage(confusion), ["a", "b", "c"]))
        all classes 3
        ├─ a, b 2
        │  ├─ a
        │  └─ b
        └─ c

    Reference:
        Bar-Joseph et al., Fast optimal leaf ordering for hierarchical
        clustering, Bioinformatics 2001.
    """
    return _linkage(dissimilarity(matrix))


def order(matrix: Any) -> IntArray:
    """Orders classes so that confused ones are neighbours.

    Takes the best by linear seriation, which keeps confusions close to the
    diagonal: of all orders up to eight classes, of more the best of three, the
    given one, average linkage with optimal leaf ordering, and the spectral one.

    Args:
        matrix: counts [C, C], an array or a `scipy.sparse` matrix.

    Returns:
        A permutation of the classes, int32 [C]: `matrix[order][:, order]`
        shows blocks. The given order stays where none is better.

    Raises:
        ValueError: the matrix is not square or holds negative counts.

    Example:
        >>> order([[5, 0, 2], [0, 7, 0], [2, 1, 4]])
        array([0, 2, 1], dtype=int32)
    """
    alike = similarity(matrix)
    given = np.arange(len(alike), dtype=np.int32)
    if len(alike) < 3 or not alike.any():
        return given
    unlike = _dissimilarity(alike)
    if len(alike) <= FEW:
        return _best_of_all(unlike)
    candidates = [
        given,
        clustering.leaves_list(_linkage(unlike)).astype(np.int32),
        _spectral(alike),
    ]
    return min(candidates, key=lambda c: _linear(unlike[np.ix_(c, c)]))


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
    size = hierarchy.num_classes
    counts = coo_array(matrix, dtype=np.float64)
    if counts.shape != (size, size):
        raise ValueError(
            f"Expected a matrix of shape [{size}, {size}], like the classes. "
            f"Got shape {counts.shape} instead."
        )
    if (counts.data < 0).any():
        raise ValueError(
            "Expected a matrix of counts, none below 0. Got "
            f"{counts.data.min()} instead."
        )
    counts.sum_duplicates()
    rank, rows, columns = hierarchy.rank, counts.row, counts.col
    totals = np.bincount(rank[rows], weights=counts.data, minlength=size)
    before = np.concatenate([[0], np.cumsum(totals)])
    off = rows != columns
    lca = hierarchy.lca(rows[off], columns[off])
    by_lca = np.argsort(lca, kind="stable")
    bounds = np.searchsorted(lca[by_lca], np.arange(len(hierarchy.parents) + 1))
    true = rank[rows[off]][by_lca]
    named = rank[columns[off]][by_lca]
    samples = counts.data[off][by_lca]
    rates = samples / totals[true]

    # Confusion of each class (by display position) with classes to its right,
    # less that with classes to its left, of the nodes ordered so far.
    pull = np.zeros(size)
    orders: dict[int, list[int]] = {}
    for node in np.flatnonzero(hierarchy.labels < 0).tolist():
        children = hierarchy.children(node)
        start, stop = hierarchy.start[children], hierarchy.stop[children]
        here = slice(bounds[node], bounds[node + 1])
        a = np.searchsorted(start, true[here], "right") - 1
        b = np.searchsorted(start, named[here], "right") - 1
        between = np.zeros((len(children),) * 2)
        np.add.at(between, (a, b), samples[here])
        # The diagonal completes each row to the samples of its group.
        between[np.diag_indices_from(between)] = (
            before[stop] - before[start] - between.sum(axis=1)
        )
        place = np.arange(len(children))
        best = place if node in fixed else order(between)
        sizes = (stop - start)[best]
        middle = np.cumsum(sizes) - sizes / 2 - sizes.sum() / 2
        pulls = np.add.reduceat(pull[start[0] : stop[-1]], start - start[0])
        if middle @ pulls[best] < 0 and node not in fixed:
            best = best[::-1]
        orders[node] = children[best].tolist()
        place[best] = np.arange(len(best))
        toward = np.sign(place[b] - place[a]) * rates[here]
        np.add.at(pull, true[here], toward)
        np.add.at(pull, named[here], -toward)
    return orders


class Measures(NamedTuple):
    """How good an order is; all but `band_density` are better when lower."""

    anti_robinson_events: int
    relative_generalized_ar: float
    linear_seriation: float
    path_length: float
    band_density: float


def measures(
    matrix: Any,
    order: npt.ArrayLike | None = None,
    band: int | None = None,
    window: int | None = None,
) -> Measures:
    """Measures how good an order is of the classes of a confusion matrix.

    The figures mean little by themselves: compare them with those of the given
    order and of random ones.

    Args:
        matrix: counts [C, C], an array or a `scipy.sparse` matrix.
        order: a permutation of the classes [C]; the given order by default.
        band: how far from the diagonal `band_density` looks, in classes; 5 % of
            them by default.
        window: how far from the diagonal `relative_generalized_ar` looks, in
            classes; all of them by default. Where most pairs are never
            confused a narrow window favours orders that scatter the rest.

    Returns:
        `anti_robinson_events`, the triples where going away from the diagonal
        of D makes classes more alike, 0 if D is perfectly ordered;
        `relative_generalized_ar`, the share of such triples inside the window;
        `linear_seriation`, -sum D |i - j| over pairs; `path_length`, the sum of
        D between neighbours; `band_density`, the share of S inside the band.

    Raises:
        ValueError: the matrix is not square or `order` no permutation.

    Example:
        >>> confusion = [[8, 0, 2], [0, 5, 0], [0, 5, 5]]
        >>> measures(confusion).path_length
        1.0
        >>> measures(confusion, order=[0, 2, 1]).path_length
        0.6

    Reference:
        Tien et al., Methods for simultaneously identifying coherent local
        clusters with smooth global patterns in gene expression profiles, BMC
        Bioinformatics 2008; Hubert and Schultz, Quadratic assignment as a
        general data analysis strategy, 1976.
    """
    alike = similarity(matrix)
    size = len(alike)
    at = np.arange(size) if order is None else np.asarray(order)
    if not np.array_equal(np.sort(at), np.arange(size)):
        raise ValueError(
            f"Expected `order` to be a permutation of the {size} classes. Got "
            f"{at.tolist()[:5]}... of shape {at.shape}."
        )
    band = max(1, round(size * 0.05)) if band is None else band
    window = size if window is None else window
    alike = alike[np.ix_(at, at)]
    unlike = _dissimilarity(alike)
    gap = np.abs(np.subtract.outer(np.arange(size), np.arange(size)))
    total = alike.sum()
    return Measures(
        _events(unlike),
        _events(unlike, window) / max(_triples(size, window), 1),
        _linear(unlike),
        float(np.diagonal(unlike, 1).sum()),
        float(alike[gap <= band].sum() / total) if total else float("nan"),
    )


def _dissimilarity(alike: FloatArray) -> FloatArray:
    unlike = 1 - alike / (alike.max(initial=0) or 1)
    np.fill_diagonal(unlike, 0)
    return unlike


class _Orders(NamedTuple):
    """All orders of so many classes, one of each two that mirror each other.

    Attributes:
        orders: int32 [O, C], the given one first.
        pairs: the upper triangle, two arrays [C (C - 1) / 2] of classes.
        apart: how far the two of each pair are from one another, float64
            [O, C (C - 1) / 2].
    """

    orders: IntArray
    pairs: tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]
    apart: FloatArray


@functools.cache
def _all_orders(size: int) -> _Orders:
    orders = np.array(
        [o for o in itertools.permutations(range(size)) if o[0] < o[-1]],
        np.int32,
    )
    places = np.argsort(orders, axis=1)
    one, other = np.triu_indices(size, 1)
    apart = np.abs(places[:, one] - places[:, other])
    return _Orders(orders, (one, other), apart.astype(np.float64))


def _best_of_all(unlike: FloatArray) -> IntArray:
    orders, pairs, apart = _all_orders(len(unlike))
    sums = apart @ unlike[pairs]
    # The first of equals: the given order stays where none is better.
    return orders[np.argmax(sums >= sums.max() - 1e-9)].copy()


def _linkage(unlike: FloatArray) -> FloatArray:
    if len(unlike) < 2:
        raise ValueError(
            f"Expected at least two classes to cluster. Got {len(unlike)}."
        )
    pairs = squareform(unlike, checks=False)
    tree = clustering.linkage(pairs, "average")
    tree = clustering.optimal_leaf_ordering(tree, pairs)
    leaves = clustering.leaves_list(tree)
    if leaves[0] > leaves[-1]:  # a mirrored order is as good: stay near labels
        tree[:, :2] = tree[:, 1::-1].copy()
    return tree


def _spectral(alike: FloatArray) -> IntArray:
    """Orders by the Fiedler vector, one connected component after another."""
    parts, part_of = csgraph.connected_components(alike > 0, directed=False)
    ordered = []
    for part in range(parts):
        members = np.flatnonzero(part_of == part)
        if len(members) > 2:
            laplacian = csgraph.laplacian(alike[np.ix_(members, members)])
            _, vectors = eigh(laplacian, subset_by_index=[1, 1])
            members = members[np.argsort(vectors[:, 0], kind="stable")]
            if members[0] > members[-1]:  # the sign of the vector is arbitrary
                members = members[::-1]
        ordered.append(members)
    return np.concatenate(ordered).astype(np.int32)


def _events(unlike: FloatArray, width: int | None = None) -> int:
    """Counts anti-Robinson events, at most `width` from the diagonal."""
    events = 0
    width = len(unlike) if width is None else width
    far = unlike.max(initial=0)
    for at, row in enumerate(unlike):
        for away in (row[at + 1 :][:width], row[:at][::-1][:width]):
            # Most pairs are never confused: count the rest against them at
            # once, and only the rest among themselves.
            near = np.flatnonzero(away < far)
            values = away[near]
            events += int((near - np.arange(len(near))).sum())
            events += int(np.triu(values[:, None] > values, 1).sum())
    return events


def _linear(unlike: FloatArray) -> float:
    places = np.arange(len(unlike))
    return float(-(unlike * np.abs(places[:, None] - places)).sum() / 2)


def _triples(size: int, width: int) -> int:
    sides = np.minimum(np.arange(size), width)
    return int((sides * (sides - 1)).sum())
