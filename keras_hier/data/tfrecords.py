"""Writes class folders as sharded TFRecords in the inception schema."""

import os
import sys
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tqdm import tqdm

from keras_hier.data.folders import (
    as_text,
    class_folders,
    find_images,
    split_folder,
    without_images,
)
from keras_hier.data.frames import record_spans
from keras_hier.data.record_folder import (
    CLASS_LIST,
    agree_on_classes,
    agree_on_images,
    agree_on_tree,
)
from keras_hier.data.shards import Plan, Shard, write_all
from keras_hier.hierarchy.hierarchy import Hierarchy
from keras_hier.hierarchy.labels.node_labels import NodeLabels
from keras_hier.terminal import escaped

# Files of a split where nothing is said.
MOST_SHARDS = 64


@dataclass(frozen=True)
class Summary:
    """The result of `write_records`.

    Attributes:
        classes: class ids in label order.
        images: images in the source.
        grouped: those of them that are known as a group of several classes.
        records: images in the shards, those that an earlier call had finished
            too: `images` without those that could not be read.
        skipped: images that could not be read, with the reason, of the shards
            written by this call.
        written: shards written by this call.
        kept: shards that an earlier call had already finished.
    """

    classes: tuple[str, ...]
    images: int
    grouped: int
    records: int
    skipped: tuple[str, ...]
    written: int
    kept: int


def write_records(
    source: str | os.PathLike[str],
    out: str | os.PathLike[str],
    split: str = "train",
    shards: int | None = None,
    workers: int | None = None,
    image_size: int | None = None,
    on_error: str = "skip",
    progress: bool = True,
    hierarchy: Hierarchy | None = None,
) -> Summary:
    """Writes class folders as sharded TFRecords, resuming where it stopped.

    A record has the keys of the inception schema: `image/encoded`,
    `image/format`, `image/height`, `image/width`, `image/filename`,
    `image/class/label` (from 1), `image/class/synset` (the class id, which is
    the folder's name, or that of a group) and `image/class/text`.

    Labels follow the sorted class ids. They go beside the records, as a JSON
    list, `classes.json`, and every further split must agree with that list.

    Images are spread over the shards in an order shuffled with a fixed seed.
    JPEG and PNG files pass through byte by byte; other formats, and images that
    `image_size` makes smaller, become JPEGs of quality 95. A shard is renamed
    into place once complete. A second call with the same arguments writes only
    what is missing.

    Args:
        source: folder of class folders, or of splits (`train`, `val`, ...) that
            hold them. Folders inside a class folder belong to that class.
        out: folder for the records.
        split: first part of the shard names and, if `source` has such a
            folder, what to read: "validation" also finds `val`.
        shards: number of files; default: 64, or one an image where there are
            fewer.
        workers: processes; default: one per core. They run nothing of the
            script that calls this, which needs no `__name__ == "__main__"`.
        image_size: shrinks images so that the shorter side has this many
            pixels. Smaller images stay as they are.
        on_error: "skip" names an unreadable image and goes on, "stop" raises.
        progress: whether to show a progress bar.
        hierarchy: of the classes, where a folder may also be named by a group.
            Its images are known as that group only: `image/class/label` is the
            node's label (`NodeLabels`) plus 1. A group with a single class is
            that class. The class list is the tree's, in its order.

    Returns:
        A `Summary`: class ids, images, skipped files, shards.

    Raises:
        ValueError: no classes or images, fewer images than shards, an
            unreadable image under "stop", a URL. The first split has a class
            without images (in others that warns). The folder `out` holds other
            classes or other images.
        OSError: a file cannot be written, or a worker was ended.

    Example:
        >>> import tempfile
        >>> from pathlib import Path
        >>> from PIL import Image
        >>> folder = Path(tempfile.mkdtemp())
        >>> for name in ("crane", "heron"):
        ...     (folder / name).mkdir()
        ...     Image.new("RGB", (9, 9)).save(folder / name / "1.png")
        >>> summary = write_records(
        ...     folder, folder / "out", shards=1, workers=1, progress=False)
        >>> summary.classes, summary.images, summary.written
        (('crane', 'heron'), 2, 1)
    """
    _check_options(on_error, split)
    _check_numbers(shards=shards, workers=workers, image_size=image_size)
    _check_places(source=source, out=out)
    folder = split_folder(Path(source), split)
    out = Path(out)
    is_first = not (out / CLASS_LIST).exists()
    found, files = _images(folder, out, is_first and hierarchy is None)
    shards = min(MOST_SHARDS, len(files)) if shards is None else shards
    if len(files) < shards:
        raise ValueError(
            f"{folder} holds {len(files)} images, fewer than the "
            f"{shards} shards asked for. Ask for fewer shards."
        )
    classes, names, label_of = _labels(out, found, hierarchy)
    agree_on_images(out, split, shards, image_size, folder, files, hierarchy)
    labels = [label_of[file.split("/")[0]] for file in files]
    plan = Plan(str(folder), classes, names, image_size, on_error)
    tasks = _tasks(out / split, files, labels, shards)
    todo = [task for task in tasks if not os.path.exists(task.path)]
    skipped: list[str] = []
    with tqdm(
        desc=escaped(f"{split} records"),
        total=len(files),
        initial=len(files) - sum(len(task.files) for task in todo),
        unit=" images",
        disable=not progress,
    ) as bar:
        try:
            for size, unreadable in write_all(plan, todo, workers):
                for message in unreadable:
                    bar.write(escaped(f"skipped {message}"), file=sys.stderr)
                skipped += unreadable
                bar.update(size)
        except BaseException:
            # Without a shard its classes bind nobody: one may be a mistake.
            if is_first and not any(out.glob("*-?????-of-?????")):
                (out / CLASS_LIST).unlink(missing_ok=True)
            raise
    return Summary(
        classes,
        len(files),
        sum(label >= len(classes) for label in labels),
        sum(sum(1 for _ in record_spans(task.path)) for task in tasks),
        tuple(skipped),
        len(todo),
        len(tasks) - len(todo),
    )


def _check_numbers(**numbers: int | None) -> None:
    for name, value in numbers.items():
        if value is not None and value < 1:
            raise ValueError(
                f"The `{name}` argument must be at least 1. "
                f"Received: {name}={value}"
            )


def _check_options(on_error: str, split: str) -> None:
    if on_error not in ("skip", "stop"):
        raise ValueError(
            "The `on_error` argument must be 'skip' or 'stop'. "
            f"Received: on_error={on_error!r}"
        )
    if split in ("", ".", "..") or Path(split).name != split:
        raise ValueError(
            "The `split` argument must be a name, not a path. "
            f"Received: split={split!r}"
        )


def _check_places(**places: str | os.PathLike[str]) -> None:
    for name, place in places.items():
        if "://" in os.fspath(place):
            raise ValueError(
                f"The `{name}` argument must be a local folder, as images are "
                f"read and records written by local files. Received: {place}"
            )
    out = str(places["out"])
    if as_text(out) != out:
        raise ValueError(
            f"TensorFlow cannot write to {as_text(out)!r}, which is not "
            "named in UTF-8. Choose another folder."
        )


def _images(
    folder: Path, out: Path, strict: bool
) -> tuple[tuple[str, ...], list[str]]:
    """Returns the class folders and the images in them."""
    found = class_folders(folder)
    files = find_images(folder, found)
    shown = {file.partition("/")[0] for file in files}
    found = tuple(
        name
        for name in found
        if name in shown or not _is_for_records(folder / name, out)
    )
    if empty := [name for name in found if name not in shown]:
        lacking = without_images(folder, empty)
        if strict:
            # It would be a class for good that nothing is known of.
            raise ValueError(f"{lacking} Add some or remove the folder.")
        warnings.warn(lacking, stacklevel=3)
    return found, files


def _is_for_records(folder: Path, out: Path) -> bool:
    """Tells whether a folder without images is for records, or was."""
    return out.resolve().is_relative_to(folder.resolve()) or any(
        any(folder.rglob(name)) for name in (CLASS_LIST, ".*.plan.json")
    )


def _labels(
    out: Path, found: Sequence[str], hierarchy: Hierarchy | None
) -> tuple[tuple[str, ...], tuple[str, ...], dict[str, int]]:
    """Returns classes, display names by label, and the label of each folder."""
    if hierarchy is None:
        out.mkdir(parents=True, exist_ok=True)
        classes = agree_on_classes(out, tuple(found))
        label_of = {name: label for label, name in enumerate(classes)}
        return classes, _names(classes), label_of
    # Before a folder is made: a name may be that of no node.
    numbering = NodeLabels(hierarchy)
    labels = numbering.labels_of(found)
    # A group of a single class is that class.
    known = numbering.head_labels(None)[labels]
    labels = np.where(known < numbering.num_classes, known, labels)
    out.mkdir(parents=True, exist_ok=True)
    names = tuple(hierarchy.node_names[node] for node in numbering.nodes)
    label_of = dict(zip(found, labels.tolist(), strict=True))
    return agree_on_tree(out, hierarchy), names, label_of


def _tasks(
    start: Path, files: Sequence[str], labels: Sequence[int], shards: int
) -> list[Shard]:
    """Spreads the images over the shards, in a shuffled order."""
    order = np.random.default_rng(0).permutation(len(files))
    return [
        Shard(
            f"{start}-{index:05d}-of-{shards:05d}",
            tuple(files[i] for i in chosen),
            tuple(labels[i] for i in chosen),
        )
        for index, chosen in enumerate(np.array_split(order, shards))
    ]


def _names(classes: Sequence[str]) -> tuple[str, ...]:
    """Returns display names: those of ILSVRC for its ids, else the ids."""
    ilsvrc = Hierarchy.imagenet()
    known = dict(zip(ilsvrc.classes, ilsvrc.names, strict=True))
    return tuple(known.get(name, name) for name in classes)
