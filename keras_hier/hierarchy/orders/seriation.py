"""Orders and trees of classes computed from a confusion matrix.

Seriation puts what is confused side by side, so that the matrix shows blocks
along its diagonal. `order` looks for the best order of all classes, `linkage`
clusters them into a tree; `sibling_orders` keeps a given tree and moves only
siblings.

A confusion matrix [C, C] holds counts, rows true, columns predicted. Classes
are alike as far as they are confused: with P the row-normalised matrix without
its diagonal, S = (P + P') / 2 is their similarity and D = 1 - S / max S their
dissimilarity.
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.cluster import hierarchy as clustering
from scipy.linalg import eigh
from scipy.sparse import csgraph, issparse
from scipy.spatial.distance import squareform

from keras_hier.hierarchy.orders import linear_arrangement

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int32]

# Of so few classes the best of all orders is found, quicker than a good one.
FEW = 12


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
    is_count = (counts >= 0) & (counts < np.inf)
    if not is_count.all():
        raise ValueError(
            "Expected a matrix of counts, none below 0. Got "
            f"{counts[~is_count][0]} instead."
        )
    return _similarity(counts)


def _similarity(counts: FloatArray) -> FloatArray:
    """Measures one matrix [C, C], or several [F, C, C]."""
    shares = counts / np.maximum(counts.sum(axis=-1, keepdims=True), 1)
    at = np.arange(counts.shape[-1])
    shares[..., at, at] = 0
    return (shares + np.swapaxes(shares, -1, -2)) / 2


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
    diagonal: of all orders up to twelve classes, of more the best of three, the
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
    return _orders(similarity(matrix)[None])[0]


def orders(matrices: FloatArray) -> IntArray:
    """Orders the classes of several matrices, each as `order` does.

    Args:
        matrices: counts, float64 [F, C, C], none below 0.

    Returns:
        A permutation of the classes of each, int32 [F, C].
    """
    return _orders(_similarity(matrices))


def _orders(alike: FloatArray) -> IntArray:
    families, size = alike.shape[:2]
    found = np.tile(np.arange(size, dtype=np.int32), (families, 1))
    (confused,) = np.nonzero(alike.any(axis=(1, 2)))
    if size < 3 or not len(confused):
        return found
    if size <= FEW:
        alike = alike[confused]
        alike /= alike.max(axis=(1, 2), keepdims=True)
        found[confused] = linear_arrangement.best_orders(alike)
        return found
    for family in confused:
        found[family] = _best_of_three(alike[family])
    return found


def _best_of_three(alike: FloatArray) -> IntArray:
    unlike = _dissimilarity(alike)
    candidates = [
        np.arange(len(alike), dtype=np.int32),
        clustering.leaves_list(_linkage(unlike)).astype(np.int32),
        _spectral(alike),
    ]
    return min(candidates, key=lambda c: _linear(unlike[np.ix_(c, c)]))


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
