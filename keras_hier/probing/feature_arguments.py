"""Checks what `Features` is given."""

import os
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from keras_hier.files.numpy_rows import NumpyRows, Rows
from keras_hier.log.metadata import UNTRAINED, as_output, linear_output
from keras_hier.log.records.layers_codec import MAX_NAME
from keras_hier.plausibility import require_order
from keras_hier.tensors import to_numpy


def check_layers(layers: Sequence[Any]) -> None:
    """Refuses names of layers that a log cannot hold or would confuse."""
    names: dict[str, str] = {}
    for layer in layers:
        if not isinstance(layer, str) or not 0 < len(layer) <= MAX_NAME:
            raise ValueError(
                f"A layer's name has 1 to {MAX_NAME} characters, got "
                f"{layer!r:.80}."
            )
        if linear_output(layer) == UNTRAINED:
            raise ValueError(
                f"A layer is called {layer!r}, which is what the log calls the "
                "best layer of an untrained network: rename it."
            )
        other = names.setdefault(as_output(layer), layer)
        if other != layer:
            raise ValueError(
                f"Layers {other!r:.80} and {layer!r:.80} are one in the log, "
                "where '/' is '_': leave one of them out, or rename it."
            )


def checked_classes(
    given: Sequence[str], output: Rows | None
) -> tuple[str, ...]:
    """Returns class ids, one for each column of the output."""
    require_order("classes", given, "the labels")
    classes = tuple(map(str, given))
    if len(set(classes)) < len(classes):
        twice = Counter(classes).most_common(1)[0][0]
        raise ValueError(
            f"Expected each class once in `classes`, got {twice!r:.80} twice."
        )
    if output is not None and output.shape[1] != len(classes):
        raise ValueError(
            f"Expected a column of `output` for each of the {len(classes)} "
            f"`classes`, got {output.shape[1]}."
        )
    return classes


def checked_labels(given: Any) -> Any:
    """Returns labels int64 [N], or class ids as a tuple."""
    values = to_numpy(given)
    if values.ndim != 1 or not len(values):
        raise ValueError(
            "Expected labels [N], integers or class ids, got shape "
            f"{values.shape}."
        )
    if values.dtype.kind in "iu":
        return values.astype(np.int64)
    if values.dtype.kind in "US" or all(
        isinstance(each, str) for each in values.tolist()
    ):
        return tuple(map(_text, values.tolist()))
    raise ValueError(
        f"Labels must be integers or class ids, got {values.dtype}."
    )


def checked_ids(given: Sequence[Any], count: int) -> tuple[str, ...]:
    """Returns a text for each of so many samples."""
    if len(given) != count:
        raise ValueError(
            f"Expected an id for each of the {count} samples, got {len(given)}."
        )
    texts = str | bytes | os.PathLike | int | np.integer
    for each in given:
        # A row of numbers would become a text, too. Times are integers.
        if not isinstance(each, texts) or isinstance(each, np.timedelta64):
            raise ValueError(f"Expected ids as texts, got {str(each)!r:.50}.")
    return tuple(map(_text, given))


def _text(value: Any) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    return str(value)


def checked_rows(what: str, given: Any, count: int) -> Rows:
    """Returns floats [N, F] of any array or file."""
    if isinstance(given, str | os.PathLike):
        given = NumpyRows(given)
    values = given if isinstance(given, NumpyRows) else to_numpy(given)
    if values.ndim != 2 or len(values) != count or not values.shape[1]:
        raise ValueError(
            f"Expected {what} as [{count}, n], a row a sample, got shape "
            f"{values.shape}."
            + (
                " Average the positions first: features [N, F]."
                if values.ndim > 2
                else ""
            )
        )
    if values.dtype.kind not in "fiu":
        raise ValueError(f"Expected {what} as numbers, got {values.dtype}.")
    if values.dtype.kind == "f":
        return values
    return np.asarray(values, np.float32)
