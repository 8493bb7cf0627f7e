"""Orders and trees of classes computed from a confusion matrix.

Seriation puts what is confused side by side, so that the matrix shows blocks
along its diagonal. `order` looks for the best order of all classes, `linkage`
clusters them into a tree; `sibling_orders` keeps a given tree and moves only
siblings.

A confusion matrix [C, C] holds counts, rows true, columns predicted. P is that
matrix with each row divided by its sum, without its diagonal. S = (P + P') / 2
is the similarity of classes, D = 1 - S / max S their dissimilarity.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.cluster import hierarchy as clustering
from scipy.linalg import eigh
from scipy.sparse import csgraph, issparse
from scipy.spatial.distance import squareform

from keras_hier.hierarchy.orders.linear_arrangement import best_order
from keras_hier.tensors import FloatArray

IntArray = npt.NDArray[np.int32]

# Up to so many classes all orders are compared.
FEW = 12


def similarity(matrix: Any) -> FloatArray:
    """Measures how alike classes are by how often they are confused, [C, C].

    P is the share of a row's samples in each cell off the diagonal, S = (P +
    P') / 2.

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
    is_count = (counts >= 0) & (counts < np.inf)
    if not is_count.all():
        raise ValueError(
            "Expected a matrix of counts, none below 0. Got "
            f"{counts[~is_count][0]} instead."
        )
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    np.fill_diagonal(shares, 0)
    return (shares + shares.T) / 2


def dissimilarity(matrix: Any) -> FloatArray:
    """Measures how unlike classes are, D = 1 - S / max S, from 0 to 1."""
    return _dissimilarity(similarity(matrix))


def linkage(matrix: Any) -> FloatArray:
    """Clusters classes by confusion: average linkage, optimal leaf order.

    Reference:
        Bar-Joseph et al., Fast optimal leaf ordering for hierarchical
        clustering, Bioinformatics 2001.
    """
    return _linkage(dissimilarity(matrix))


def order(matrix: Any) -> IntArray:
    """Orders classes so that confused ones are neighbours, int32 [C].

    Takes the best by linear seriation, which keeps confusions close to the
    diagonal. Up to twelve classes all orders are compared. Beyond that, three
    are: the given one, average linkage with optimal leaf ordering, and the
    spectral one. The given order stays where none is better.

    Example:
        >>> order([[5, 0, 2], [0, 7, 0], [2, 1, 4]])
        array([0, 2, 1], dtype=int32)
    """
    alike = similarity(matrix)
    if len(alike) < 3 or not alike.any():
        return np.arange(len(alike), dtype=np.int32)
    if len(alike) <= FEW:
        return best_order(alike / alike.max())
    return _best_of_three(alike)


def _best_of_three(alike: FloatArray) -> IntArray:
    unlike = _dissimilarity(alike)
    candidates = [
        np.arange(len(alike), dtype=np.int32),
        clustering.leaves_list(_linkage(unlike)).astype(np.int32),
        _spectral(alike),
    ]
    return min(candidates, key=lambda c: _linear(unlike[np.ix_(c, c)]))


def _dissimilarity(alike: FloatArray) -> FloatArray:
    unlike = 1 - alike / (alike.max(initial=0) or 1)
    np.fill_diagonal(unlike, 0)
    return unlike


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


def _linear(unlike: FloatArray) -> float:
    """Returns -sum D |i - j| over pairs: the lower, the better the order."""
    places = np.arange(len(unlike))
    return float(-(unlike * np.abs(places[:, None] - places)).sum() / 2)
