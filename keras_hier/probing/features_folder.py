"""The folder that features are kept in: whole, or not there."""

import contextlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from keras_hier.files import flat_json, limits
from keras_hier.files.numpy_rows import Rows, read_numpy
from keras_hier.files.row_files import RowFile
from keras_hier.files.text_files import read_text
from keras_hier.log.metadata import VERSION

DESCRIPTION = "features.json"
LABELS = "labels.npy"
OUTPUT = "output.npy"
IDS = "ids.npy"

_FIELDS = ("version", "samples", "layers", "shapes", "pools", "classes")


def describe(
    folder: Path,
    *,
    labels: Any,
    layers: Sequence[str],
    shapes: Sequence[str],
    pools: Sequence[str],
    ids: Sequence[str] | None = None,
    classes: Sequence[str] | None = None,
) -> None:
    """Writes all but the features: last, the description."""
    np.save(folder / LABELS, np.asarray(labels))
    if ids is not None:
        np.save(folder / IDS, np.asarray(ids, np.str_))
    fields: dict[str, Any] = {
        "version": VERSION,
        "samples": len(labels),
        "layers": list(layers),
        "shapes": list(shapes),
        "pools": list(pools),
        **({} if classes is None else {"classes": list(classes)}),
    }
    part = folder / f"{DESCRIPTION}.part"
    part.write_text(json.dumps(fields), "utf-8")
    part.replace(folder / DESCRIPTION)


@contextlib.contextmanager
def filled(path: str | os.PathLike[str] | None) -> Iterator[Path]:
    """Yields an empty folder to fill, and restores it if that fails.

    Without a path it is a temporary one.
    """
    folder = Path(
        tempfile.mkdtemp(prefix="keras-hier-") if path is None else path
    )
    emptied = path is not None and folder.is_dir()
    folder.mkdir(parents=True, exist_ok=True)
    _check_empty(folder)
    try:
        yield folder
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        if emptied:
            folder.mkdir()
        raise


def _check_empty(folder: Path) -> None:
    names = {each.name for each in folder.iterdir()}
    if names and DESCRIPTION not in names and layer_file(0) in names:
        raise FileExistsError(
            f"{str(folder)!r} holds part of the features of a run that was "
            "stopped: delete the folder, or give another one."
        )
    if names:
        raise FileExistsError(
            f"{str(folder)!r} is not empty. Read features that are there by "
            "kh.analysis.Features.load, or give another folder."
        )


def layer_file(place: int) -> str:
    """Returns the name of the file of a layer: no text becomes a path."""
    return f"layer_{place:03}.npy"


def keep(path: Path, rows: Rows) -> None:
    """Writes rows [N, F] to a new .npy file, a part at a time."""
    with RowFile(path, rows.shape[1], rows.dtype) as file:
        file.extend(rows)


def contents(folder: Path) -> dict[str, Any]:
    """Reads the arguments of `Features` from a folder, rows as their paths."""
    text = read_text(folder / DESCRIPTION, limits.TREE_BYTES)
    fields = flat_json.loads(text, _FIELDS, limits.CLASSES)
    layers, shapes, pools = (
        _texts(fields[name]) for name in ("layers", "shapes", "pools")
    )
    classes = fields.get("classes")
    if fields["version"] != VERSION or not (
        len(layers) == len(shapes) == len(pools) == len(set(layers))
    ):
        raise ValueError("it is damaged, or of another version")
    output, ids = folder / OUTPUT, folder / IDS
    return {
        "layers": {
            layer: folder / layer_file(place)
            for place, layer in enumerate(layers)
        },
        "labels": read_numpy(folder / LABELS),
        "output": output if os.path.lexists(output) else None,
        "ids": read_numpy(ids) if os.path.lexists(ids) else None,
        "classes": None if classes is None else _texts(classes),
        "pools": dict(zip(layers, pools, strict=True)),
        "shapes": dict(zip(layers, shapes, strict=True)),
    }


def _texts(given: Any) -> tuple[str, ...]:
    if not isinstance(given, list) or not all(type(x) is str for x in given):
        raise ValueError("Expected lists of names.")
    return tuple(given)
