"""Converts labels of any array library to NumPy integers."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from keras_hier.hierarchy.tree.hierarchy_error import suggestion
from keras_hier.plausibility import one_based_hint
from keras_hier.quantities import quantity
from keras_hier.tensors import to_numpy


def are_texts(values: np.ndarray) -> bool:
    """Tells whether values are strings, which are ids of classes."""
    if values.dtype.kind == "O" and values.size:
        return isinstance(values.flat[0], str | bytes)
    return values.dtype.kind in "US"


def texts_of(values: np.ndarray) -> list[Any]:
    """Returns ids as strings; whatever is none stays."""
    return [
        each.decode("utf-8", "backslashreplace")
        if isinstance(each, bytes)
        else each
        for each in values.tolist()
    ]


def class_numbers(
    name: str, given: Any, classes: Sequence[str], are_scores: bool = False
) -> np.ndarray:
    """Returns labels as integers [N]: strings are ids, integers stay.

    Numbers [N, C] stay too if `are_scores`.
    """
    values = to_numpy(given)
    if are_scores and values.ndim == 2 and values.dtype.kind in "iufb":
        return values
    if values.ndim != 1 or not are_texts(values):
        return as_integers(name, values)
    place = {each: number for number, each in enumerate(classes)}
    texts = texts_of(values)
    found = list(map(place.get, texts))
    if None in found:
        at = found.index(None)
        more = found.count(None) - 1
        others = f", nor are {more:,} more" if more else ""
        raise ValueError(
            f"{name}: {texts[at]!r:.80} at index {at} is none of the "
            f"{quantity(len(classes), 'class')}{others}."
            f"{suggestion(str(texts[at]), classes)}"
        )
    return np.array(found, np.int64)


def as_integers(name: str, given: Any) -> np.ndarray:
    """Returns labels as integers [N], whatever library they are of."""
    values = to_numpy(given)
    if values.dtype.kind == "O":
        # pandas has objects for integers that may be missing, and for strings.
        values = np.asarray(values.tolist()) if values.ndim == 1 else values
    if values.ndim == 1 and not values.size:
        raise ValueError(f"There are no samples: {name} is empty.")
    if values.dtype.kind in "USO" and values.size:
        raise ValueError(
            f"{name} must be integers [N], got {str(values.ravel()[0])!r:.80}. "
            "keras_hier.NodeLabels(hierarchy).labels_of(ids) turns ids of "
            "classes into labels, and those of groups into labels of nodes."
        )
    if values.ndim != 1 or values.dtype.kind not in "iu":
        raise ValueError(
            f"{name} must be integers [N], got shape {values.shape} of "
            f"{values.dtype}."
        )
    return values


def require_within(
    name: str, labels: np.ndarray, num_classes: int, of_above: str = ""
) -> None:
    """Raises an error unless all labels are those of classes."""
    outside = np.flatnonzero((labels < 0) | (labels >= num_classes))
    if outside.size:
        raise ValueError(
            f"{name} must lie in 0..{num_classes - 1}: {outside.size} do not, "
            f"the first is {labels[outside[0]]} at index {outside[0]}."
            + one_based_hint(labels.min(), labels.max(), num_classes)
            + (f" {of_above}".rstrip() if labels.min() >= 0 else "")
        )
