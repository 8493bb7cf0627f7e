"""The file beside the records that says which class each label means."""

import json
from collections.abc import Sequence
from pathlib import Path

from keras_hier.files.output_files import write_atomically
from keras_hier.files.text_files import read_text

CLASS_LIST = "classes.json"


def read_class_list(path: Path) -> tuple[str, ...]:
    """Reads class ids in label order.

    Raises:
        ValueError: the file holds no list of different strings.
    """
    try:
        ids = json.loads(read_text(path))
    except (ValueError, RecursionError) as error:
        raise _no_list(path, str(error)) from None
    if not isinstance(ids, list) or not all(isinstance(i, str) for i in ids):
        raise _no_list(path, "it holds something else")
    if not ids:
        raise _no_list(path, "it names no class")
    if len(set(ids)) < len(ids):
        twice = next(i for i in ids if ids.count(i) > 1)
        raise _no_list(path, f"{twice!r} is there twice")
    return tuple(ids)


def write_class_list(path: Path, ids: Sequence[str]) -> None:
    """Writes class ids in label order."""
    write_atomically(path, f"{json.dumps(ids, indent=0)}\n".encode())


def _no_list(path: Path, why: str) -> ValueError:
    return ValueError(
        f"{path}: expected a JSON list of the class ids in label order ({why})."
    )
