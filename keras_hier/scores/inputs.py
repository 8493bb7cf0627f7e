"""Checks and parts that scores share."""

from typing import Any

import numpy as np
import numpy.typing as npt

from keras_hier.hierarchy.hierarchy import Hierarchy
from keras_hier.plausibility import one_based_hint, require_label_order
from keras_hier.tensors import IntArray, to_numpy


def class_labels(
    name: str, labels: npt.ArrayLike, num_classes: int
) -> IntArray:
    """Returns class indices as int64; raises unless all are in [0, C)."""
    values = to_numpy(labels)
    if values.size == 0:
        return values.astype(np.int64)
    if values.dtype.kind not in "iu":
        raise ValueError(
            f"Expected `{name}` to be integers, the label of each class. Got "
            f"{values.dtype} instead."
        )
    if values.min() < 0 or values.max() >= num_classes:
        wrong = values[(values < 0) | (values >= num_classes)]
        raise ValueError(
            f"Expected `{name}` in [0, {num_classes}), the labels of "
            f"{num_classes} classes. Got {int(wrong.flat[0])}."
            + one_based_hint(values.min(), values.max(), num_classes)
        )
    return values.astype(np.int64)


def share(part: Any, whole: Any) -> float:
    """Returns part / whole, or NaN if the whole is 0."""
    return float(part / whole) if whole else float("nan")


def class_cells(
    matrix: Any, hierarchy: Hierarchy
) -> tuple[IntArray, IntArray, IntArray]:
    """Returns `cells` of classes, in whose order a table must be."""
    require_label_order(matrix, hierarchy.classes)
    return cells(matrix, hierarchy.num_classes)


def cells(
    matrix: Any, size: int | None = None
) -> tuple[IntArray, IntArray, IntArray]:
    """Returns rows, columns and counts of the nonzero cells [size, size]."""
    require_label_order(matrix)
    sparse = hasattr(matrix, "tocoo")
    array: Any = matrix if sparse else to_numpy(matrix)
    wanted = "[n, n]" if size is None else f"[{size}, {size}]"
    if (
        array.ndim != 2
        or array.shape[0] != array.shape[1]
        or size not in (None, array.shape[0])
    ):
        raise ValueError(
            f"Expected a matrix of shape {wanted}, rows true and columns "
            f"predicted. Got shape {tuple(array.shape)} instead."
        )
    if sparse:
        cells = array.tocoo()
        rows, columns, values = cells.row, cells.col, cells.data
    else:
        # Ten times faster than np.nonzero(array) on int64 [1000, 1000].
        flat = np.flatnonzero(array != 0)
        rows, columns = np.divmod(flat, max(len(array), 1))
        values = array[rows, columns]
    with np.errstate(invalid="ignore"):  # of NaN, which is not equal below
        samples = values.astype(np.int64)
    if (samples < 0).any() or (samples != values).any():
        raise ValueError(
            "Expected a matrix of counts: whole numbers, none below 0. Got "
            f"{values[(samples < 0) | (samples != values)][:3].tolist()}."
        )
    # In whole numbers sums above 2^63 would come out as something else.
    if samples.sum(dtype=np.float64) >= 2**53:
        raise ValueError("Expected counts of fewer than 2^53 samples.")
    return rows, columns, samples


def ranking(
    labels: npt.ArrayLike, top: npt.ArrayLike, num_classes: int | None = None
) -> tuple[IntArray, IntArray]:
    """Returns labels [N, 1] and best classes [N, K], checked."""
    size = np.iinfo(np.int64).max if num_classes is None else num_classes
    true = class_labels("labels", labels, size)
    best = class_labels("top", top, size)
    if true.ndim != 1 or best.ndim != 2 or len(true) != len(best):
        raise ValueError(
            "Expected `labels` of shape [N] and `top` of shape [N, K]. Got "
            f"{true.shape} and {best.shape} instead."
        )
    return true[:, None], best


def checked_probabilities(
    probabilities: npt.ArrayLike, num_classes: int
) -> npt.NDArray[Any]:
    """Returns probabilities [N, C] as floats, none of them negative or NaN."""
    values = to_numpy(probabilities)
    if values.ndim != 2 or values.shape[1] != num_classes:
        raise ValueError(
            f"Expected `probabilities` of shape [N, {num_classes}]. Got shape "
            f"{values.shape} instead."
        )
    if values.dtype.kind != "f":
        values = values.astype(np.float64)
    if not (values >= 0).all():
        raise ValueError(
            "Expected `probabilities` of 0 or more: apply softmax to logits "
            f"first. Got a least value of {values.min()}."
        )
    return values
