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

from keras_hier.log.metadata import VERSION

DESCRIPTION = "features.json"
LABELS = "labels.npy"
OUTPUT = "output.npy"
IDS = "ids.npy"


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
    """Writes what is not numbers of layers, and last what names them all."""
    np.save(folder / LABELS, np.asarray(labels))
    if ids is not None:
        np.save(folder / IDS, np.asarray(ids, np.str_))
    fields = {
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
    """Yields an empty folder to fill, which is as it was if that fails.

    Args:
        path: of the folder, or None for a temporary one.

    Raises:
        FileExistsError: something is in it.
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
