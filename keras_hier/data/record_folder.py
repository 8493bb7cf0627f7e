"""The files beside records: which class each label is, and how they were made.

Every call that writes records to a folder must agree with them.
"""

import glob
import hashlib
import json
import os
from collections.abc import Sequence
from pathlib import Path

from keras_hier.files.output_files import write_atomically
from keras_hier.files.text_files import read_text
from keras_hier.hierarchy.hierarchy import Hierarchy

CLASS_LIST = "classes.json"


def read_class_list(path: Path) -> tuple[str, ...]:
    """Reads class ids in label order."""
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


def agree_on_classes(out: Path, found: tuple[str, ...]) -> tuple[str, ...]:
    """Returns the class list in `out`; the first split written makes it."""
    path = out / CLASS_LIST
    if not path.exists():
        write_class_list(path, found)
        return found
    classes = read_class_list(path)
    unknown = sorted(set(found) - set(classes))
    if unknown:
        raise ValueError(
            f"{path} lists {len(classes)} classes, without {unknown[:5]} "
            f"({len(unknown)} in all), which the source has. Write the split "
            "that has every class first, or choose another folder."
        )
    return classes


def agree_on_tree(out: Path, hierarchy: Hierarchy) -> tuple[str, ...]:
    """Returns the classes of the tree, which become the class list in `out`."""
    path = out / CLASS_LIST
    if not path.exists():
        write_class_list(path, hierarchy.classes)
    elif read_class_list(path) != hierarchy.classes:
        raise ValueError(
            f"{path} lists other classes than the hierarchy, or in another "
            "order. Choose another folder."
        )
    return hierarchy.classes


def agree_on_images(
    out: Path,
    split: str,
    shards: int,
    image_size: int | None,
    folder: Path,
    files: Sequence[str],
    hierarchy: Hierarchy | None,
) -> None:
    """Refuses to mix the shards of two sources, sizes, counts or trees."""
    digest = hashlib.sha256()
    for file in files:
        try:
            size = (folder / file).stat().st_size
        except OSError:  # such as that of a broken link: left to `on_error`
            size = -1
        digest.update(os.fsencode(f"{file}\0{size}\n"))
    plan = {
        "images": len(files),
        "shards": shards,
        "image_size": image_size,
        "digest": digest.hexdigest()[:16],
    }
    if hierarchy is not None:
        plan["hierarchy"] = hierarchy.digest
    path = out / f".{split}.plan.json"
    if any(out.glob(f"{glob.escape(split)}-?????-of-?????")):
        try:
            found = json.loads(path.read_text())
        except (OSError, ValueError):
            found = "unknown"
        if found != plan:
            raise ValueError(
                f"{out} already holds {split} shards, made by another plan. "
                f"Expected: {plan}. Found: {found}. Remove them or choose "
                "another folder."
            )
    write_atomically(path, f"{json.dumps(plan)}\n".encode())
