"""The cells of several matrices side by side, without making any dense."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from keras_hier.scores.confusion_scores import cells
from keras_hier.tensors import IntArray


class AlignedCells(NamedTuple):
    """The n cells that any of R matrices has samples in, in row order.

    Attributes:
        rows: int64 [n], true classes.
        columns: int64 [n], predicted classes.
        counts: int64 [R, n].
        size: C.
    """

    rows: IntArray
    columns: IntArray
    counts: IntArray
    size: int


def align_cells(matrices: Sequence[Any]) -> AlignedCells:
    """Lines up the cells of matrices of one size.

    Args:
        matrices: R times counts [C, C], arrays or `scipy.sparse` matrices.

    Returns:
        The cells that are not 0 in all of them.

    Raises:
        ValueError: there is no matrix, or they are not of one shape [C, C]
            or not of counts.

    Example:
        >>> found = align_cells([[[3, 1], [0, 0]], [[2, 0], [0, 5]]])
        >>> found.counts
        array([[3, 1, 0],
               [2, 0, 5]])
    """
    if not len(matrices):
        raise ValueError("Expected one matrix or more. Got none.")
    shape = np.shape(matrices[0])
    size = shape[0] if shape else 0
    # The first has to be square, the others like it.
    parts = [cells(matrices[0])]
    parts += [cells(matrix, size) for matrix in matrices[1:]]
    return AlignedCells(*summed(parts, size), size)


def summed(
    parts: Sequence[tuple[IntArray, IntArray, IntArray]], size: int
) -> tuple[IntArray, IntArray, IntArray]:
    """Returns rows and columns of cells that are not 0, and counts [R, n]."""
    # SciPy's 32 bits are too few for cells of 46,341 classes.
    keys = [
        rows.astype(np.int64) * size + columns for rows, columns, _ in parts
    ]
    found, of_cell = np.unique(np.concatenate(keys), return_inverse=True)
    counts = np.empty((len(parts), len(found)), np.int64)
    at = 0
    for run, (_, _, samples) in enumerate(parts):
        own = of_cell[at : at + len(samples)]
        at += len(samples)
        # Sums, since a sparse matrix may hold a cell in several parts.
        counts[run] = np.bincount(own, samples, len(found))
    filled = counts.any(axis=0)
    return *np.divmod(found[filled], size), counts[:, filled]
