"""Batches of a data set of any supported kind, whose samples are logged."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import keras
import numpy as np

from keras_hier.log.records.sample_index import (
    SampleError,
    as_ids,
    checked_labels,
)
from keras_hier.plausibility import (
    SUM_TOLERANCE,
    labels_to_root,
    one_based_nodes,
)
from keras_hier.tensors import to_numpy

# Batch size into which arrays are cut.
BATCH = 256
_KEYS = {"x", "y", "id", "picture"}
_SHAPES = (
    "Expected elements (x, y), (x, y, id) with ids as strings or integers, "
    "(x, y, sample_weight) with weights as floats, or "
    "{'x': ..., 'y': ..., 'id': ..., 'picture': ...} of which the last two may "
    "be left out"
)


class Batch(NamedTuple):
    """Some samples.

    Attributes:
        x: what the model takes, arrays [B, ...].
        labels: int64 [B], actual classes.
        ids: str [B], or None.
        picture: array [B, H, W, 1 or 3], or None.
        counted: bool [B], false for samples of weight 0, and coarse ones.
        coarse: number of samples whose label is a group of several classes.
    """

    x: Any
    labels: np.ndarray
    ids: list[str] | None
    picture: np.ndarray | None
    counted: np.ndarray
    coarse: int = 0


def batches(
    data: Any,
    output: str | None,
    num_classes: int,
    of_nodes: np.ndarray | None = None,
) -> Iterator[Batch]:
    """Walks through a data set once, as `BlocksCallback(samples=)` takes it."""
    counts = np.zeros(num_classes + 1, np.int64)
    for element in _elements(data):
        batch = _batch(element, output, num_classes, of_nodes, counts)
        if len(batch.labels):
            yield batch
    if wrong := one_based_nodes(counts):
        raise SampleError(wrong)


def _elements(data: Any) -> Iterator[Any]:
    if isinstance(data, tuple | dict):
        data = keras.tree.map_structure(
            to_numpy, keras.tree.traverse(_list_as_array, data)
        )
        sizes = {a.shape[:1] for a in keras.tree.flatten(data)}
        if len(sizes) != 1 or () in sizes:
            found = [str(size) for (size,) in sorted(sizes - {()})]
            found += ["none, of a single value"] * (() in sizes)
            raise SampleError(
                f"{_SHAPES}, all of one length; got lengths {', '.join(found)}."
            )
        (count,) = sizes.pop()
        for at in range(0, count, BATCH):
            yield keras.tree.map_structure(
                lambda a, at=at: a[at : at + BATCH], data
            )
        return
    if isinstance(data, keras.utils.PyDataset):
        if data.num_batches is None:
            raise SampleError("`samples` must end: the PyDataset is endless.")
        for number in range(data.num_batches):
            yield data[number]
        return
    if hasattr(data, "cardinality") and int(data.cardinality()) == -1:
        raise SampleError(
            "`samples` must end, but this data set repeats for ever: leave out "
            "repeat()."
        )
    elements = iter(data) if hasattr(data, "__iter__") else data
    if elements is data:
        raise SampleError(
            "`samples` must be a data set that can be walked through again and "
            f"again, or arrays; got {type(data).__name__}."
        )
    yield from elements


def _list_as_array(part: Any) -> np.ndarray | None:
    """Returns a list of numbers or texts as the array that it stands for."""
    if not isinstance(part, list):
        return None
    if not all(map(np.isscalar, keras.tree.flatten(part))):
        return None  # a list of arrays, of several inputs
    try:
        return np.asarray(part)
    except ValueError as error:
        raise SampleError(f"{_SHAPES}; got a list: {error}.") from error


def _parts(element: Any) -> tuple[Any, Any, Any, Any, np.ndarray | None]:
    """Returns x, y, ids, pictures and weights of an element."""
    if isinstance(element, dict):
        if not {"x", "y"} <= set(element) <= _KEYS:
            raise SampleError(f"{_SHAPES}; got keys {sorted(element)}.")
        ids, picture = element.get("id"), element.get("picture")
        return element["x"], element["y"], ids, picture, None
    if not isinstance(element, tuple | list) or len(element) not in (2, 3):
        what = type(element).__name__
        if isinstance(element, tuple | list):
            what += f" of {len(element)}"
        raise SampleError(f"{_SHAPES}; got {what}.")
    x, y, *third = element
    if not third:
        return x, y, None, None, None
    if isinstance(third[0], dict):
        raise SampleError(
            f"{_SHAPES}; got a tuple whose third is a dict with keys "
            f"{sorted(third[0])}."
        )
    found = to_numpy(third[0])
    if found.dtype.kind == "f":
        return x, y, None, None, found
    return x, y, found, None, None


def _batch(
    element: Any,
    output: str | None,
    num_classes: int,
    of_nodes: np.ndarray | None,
    counts: np.ndarray,
) -> Batch:
    x, y, ids, picture, weight = _parts(element)
    y = _target(y, output)
    count = len(y) if y.ndim else 0
    counted = np.ones(count, bool)
    if weight is not None:
        if weight.size != count:
            raise SampleError(
                f"Expected a weight a sample, [{count}], got {weight.shape}."
            )
        counted = weight.reshape(count) != 0
    coarse = 0
    if of_nodes is None:
        labels = _labels(y, counted, num_classes)
    else:
        soft = y.ndim == 2 and y.shape[1] == num_classes > 1
        limit = num_classes if soft else len(of_nodes)
        given = _labels(y, counted, limit)
        counts += labels_to_root(given[counted], num_classes)
        labels = of_nodes[given].astype(np.int64)
        unknown = labels >= num_classes
        coarse = int((counted & unknown).sum())
        counted &= ~unknown
        labels[unknown] = 0
    names = None
    if ids is not None:
        names = as_ids(to_numpy(ids).reshape(-1))
        if len(names) != count:
            raise SampleError(f"Expected {count} ids, got {len(names)}.")
    return Batch(
        keras.tree.map_structure(to_numpy, x),
        labels,
        names,
        None if picture is None else to_numpy(picture),
        counted,
        coarse,
    )


def _target(y: Any, output: str | None) -> np.ndarray:
    """Returns the labels of an output of the model."""
    if isinstance(y, dict):
        if output not in y:
            raise SampleError(
                f"y has targets of {sorted(y)}, but none of the output "
                f"{output!r}."
            )
        y = y[output]
    return to_numpy(y)


def _labels(y: np.ndarray, counted: np.ndarray, num_classes: int) -> np.ndarray:
    """Returns int64 [B] of sparse, one-hot or soft labels.

    Samples that do not count may have any label, such as -1; here they get 0.
    """
    if y.ndim == 2 and y.shape[1] == num_classes and num_classes > 1:
        sums = y.sum(axis=1, dtype=np.float64)
        off = np.flatnonzero(counted & (y.min(axis=1) < 0))
        if off.size:
            raise SampleError(
                "one-hot or soft labels must be 0 or more: those of "
                f"{off.size} samples are not, the first holds "
                f"{y[off[0]].min():.4g}."
            )
        off = np.flatnonzero(counted & ~(abs(sums - 1) <= SUM_TOLERANCE))
        if off.size:
            raise SampleError(
                "one-hot or soft labels must sum to 1, as several classes for "
                f"one sample have no place here: {off.size} do not, the first "
                f"sums to {sums[off[0]]:.4g}."
            )
        y = y.argmax(axis=1)
    elif y.ndim == 2 and y.shape[1] == 1:
        y = y[:, 0]
    if y.ndim == 1 and not counted.all() and y.dtype.kind in "iuf":
        y = np.where(counted, y, 0).astype(y.dtype)
    if y.ndim == 1 and y.dtype.kind == "f" and (y == np.rint(y)).all():
        y = y.astype(np.int64)
    return checked_labels(y, num_classes)
