"""How far classes lie apart, by their confusions or by their means."""

from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.cluster import hierarchy as clustering
from scipy.linalg import lapack
from scipy.spatial.distance import squareform

from keras_hier.blas_threads import one_blas_thread
from keras_hier.hierarchy.tree.hierarchy_error import HierarchyError
from keras_hier.tensors import FloatArray, to_numpy

FloatT = TypeVar("FloatT", np.float32, np.float64)

# Probability that the random walk continues; 0.5 to 0.95 give one tree.
GOING_ON = 0.8
# Share of the mean weight that each pair gets: no class is out of reach.
SMOOTHING = 0.1
# A feature is dead below this share of the largest spread.
LEAST_SPREAD = 1e-6
# Features whose spread is computed at a time.
_CHUNK = 1024


def symmetric(
    rows: np.ndarray, columns: np.ndarray, counts: np.ndarray, size: int
) -> FloatArray:
    """Returns how often each pair is confused, in both directions."""
    dense: FloatArray = sparse.coo_array(
        (counts, (rows, columns)), (size, size)
    ).toarray()
    return dense + dense.T


def walk_distances(together: FloatArray) -> FloatArray:
    """Returns how far classes lie apart for a walk over confusions.

    Let d be the row sums of W. A walk that continues with probability a ends
    at K = (1 - a) (I - a W / d)^-1, and any walk at d / sum(d). K over that is
    symmetric and, but for a factor, (diag(d) - a W)^-1.
    """
    # Half of few errors may be none: then all pairs weigh the same.
    weights = together + SMOOTHING * (together.mean() or 1)
    np.fill_diagonal(weights, 0)
    system = -GOING_ON * weights
    np.fill_diagonal(system, weights.sum(axis=1))
    with one_blas_thread():
        # Always positive definite: a diagonal is larger than its row.
        factor, _ = lapack.dpotrf(system, lower=1)
        inverse, _ = lapack.dpotri(factor, lower=1)
    below = np.tril(inverse, -1)
    near = below + below.T
    np.fill_diagonal(near, 1)
    distances: FloatArray = -np.log(near)
    np.fill_diagonal(distances, 0)
    return distances


def linked(distances: FloatArray) -> FloatArray:
    """Joins classes by average linkage, whatever the least distance is."""
    apart = squareform(distances, checks=False)
    found: FloatArray = clustering.linkage(apart - apart.min(), "average")
    return found


def standardised(means: Any, num_classes: int) -> FloatArray:
    """Returns means [C, F'] with each live feature standardised."""
    values = np.array(to_numpy(means), np.float64)
    if values.ndim != 2 or len(values) != num_classes:
        raise HierarchyError(
            f"Expected means [{num_classes}, F], a row a class, got shape "
            f"{values.shape}."
        )
    if not np.isfinite(values).all():
        raise ValueError("Expected finite means, got NaN or infinity.")
    with np.errstate(over="ignore"):
        spread = np.concatenate(
            [
                values[:, at : at + _CHUNK].std(axis=0)
                for at in range(0, values.shape[1], _CHUNK)
            ]
            or [np.zeros(0)]
        )
    if not np.isfinite(spread).all():
        raise ValueError(
            f"Means of up to {np.abs(values).max():.0e} are too large to "
            "compute with: multiply features by a number that brings them "
            "near 1."
        )
    # Dead features would be noise of the last digit, blown up.
    live = spread > LEAST_SPREAD * spread.max(initial=0)
    if not live.any():
        raise ValueError(
            "All classes have the same mean: these features tell nothing apart."
        )
    if num_classes > 2 and live.sum() < 2:
        raise ValueError(
            "Means of a single feature do not correlate: give more features."
        )
    if not live.all():
        values, spread = values[:, live], spread[live]
    # In place: the means of a wide layer are large.
    values -= values.mean(axis=0)
    values /= spread
    scores: FloatArray = values
    return scores


def correlation(scores: npt.NDArray[FloatT]) -> npt.NDArray[FloatT]:
    """Returns the correlation of the classes' means, 0 where one is flat."""
    unit = scores - scores.mean(axis=1, keepdims=True)
    length = np.linalg.norm(unit, axis=1, keepdims=True)
    unit /= np.where(length > 0, length, 1)
    alike: npt.NDArray[FloatT] = np.clip(unit @ unit.T, -1, 1)
    np.fill_diagonal(alike, 1)
    return alike
