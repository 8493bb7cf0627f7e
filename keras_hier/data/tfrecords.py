"""Writes class folders as sharded TFRecords in the inception schema."""

import glob
import hashlib
import json
import os
import secrets
import sys
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tqdm import tqdm

from keras_hier.data.class_list import (
    CLASS_LIST,
    read_class_list,
    write_class_list,
)
from keras_hier.data.examples import read_image, serialised
from keras_hier.data.folders import (
    as_text,
    class_folders,
    find_images,
    split_folder,
    without_images,
)
from keras_hier.data.frames import record_spans
from keras_hier.data.workers import in_workers
from keras_hier.files.output_files import write_atomically
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


@dataclass(frozen=True)
class _Plan:
    """The settings sent to every worker process, so plain values only."""

    folder: str
    classes: tuple[str, ...]
    names: tuple[str, ...]
    image_size: int | None
    on_error: str


@dataclass(frozen=True)
class _Shard:
    """The part of the images that goes into one file."""

    path: str
    files: tuple[str, ...]
    labels: tuple[int, ...]


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
    into place once complete, so one that has its name is whole: a second
    call with the same arguments writes only what is missing.

    Args:
        source: folder of class folders, or of splits (`train`, `val`, ...) that
            hold them. Folders inside a class folder belong to that class.
        out: folder for the records.
        split: first part of the shard names and, if `source` has such a
            folder, what to read: "validation" also finds `val`.
        shards: number of files; default: 64, or one an image where there are
            fewer.
        workers: processes; default: one per core. They run nothing of the
            script that calls this, which wants no `__name__ == "__main__"`.
        image_size: shrinks images so that the shorter side has this many
            pixels. Smaller images stay as they are.
        on_error: "skip" names an unreadable image and goes on, "stop" raises.
        progress: whether to show a progress bar.
        hierarchy: of the classes, where a folder may also be named by a group
            of it: its images are known as that group only, and
            `image/class/label` is the node's label (`NodeLabels`) plus 1. A
            group with a single class below it is that class. The class list is
            the tree's, in its order.

    Returns:
        A `Summary`: class ids, images, skipped files, shards.

    Raises:
        ValueError: no classes or images, a class without images in the split
            that makes the class list (a warning in others), fewer images than
            shards, an unreadable image under "stop", or a folder `out` that
            holds other classes or other images; a URL.
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
    if on_error not in ("skip", "stop"):
        raise ValueError(
            "The `on_error` argument must be 'skip' or 'stop'. "
            f"Received: on_error={on_error!r}"
        )
    for name, value in (
        ("shards", shards),
        ("workers", workers),
        ("image_size", image_size),
    ):
        if value is not None and value < 1:
            raise ValueError(
                f"The `{name}` argument must be at least 1. "
                f"Received: {name}={value}"
            )
    if split in ("", ".", "..") or Path(split).name != split:
        raise ValueError(
            "The `split` argument must be a name, not a path. "
            f"Received: split={split!r}"
        )
    for name, place in (("source", source), ("out", out)):
        if "://" in os.fspath(place):
            raise ValueError(
                f"The `{name}` argument must be a local folder, as images are "
                f"read and records written by local files. Received: {place}"
            )
    folder = split_folder(Path(source), split)
    out = Path(out)
    if as_text(str(out)) != str(out):
        raise ValueError(
            f"TensorFlow cannot write to {as_text(str(out))!r}, which is not "
            "named in UTF-8. Choose another folder."
        )
    found = class_folders(folder)
    files = find_images(folder, found)
    shown = {file.partition("/")[0] for file in files}
    found = tuple(
        name
        for name in found
        if name in shown or not _is_for_records(folder / name, out)
    )
    shards = min(MOST_SHARDS, len(files)) if shards is None else shards
    if len(files) < shards:
        raise ValueError(
            f"{folder} holds {len(files)} images, fewer than the "
            f"{shards} shards asked for. Ask for fewer shards."
        )
    is_first = not (out / CLASS_LIST).exists()
    if empty := [name for name in found if name not in shown]:
        lacking = without_images(folder, empty)
        if is_first and hierarchy is None:
            # It would be a class for good that nothing is known of.
            raise ValueError(f"{lacking} Add some or remove the folder.")
        warnings.warn(lacking, stacklevel=2)
    if hierarchy is not None:
        # Before a folder is made: a name may be that of no node.
        numbering = NodeLabels(hierarchy)
        labels = _exact(numbering, numbering.labels_of(found))
    out.mkdir(parents=True, exist_ok=True)
    if hierarchy is None:
        classes = _agree_on_classes(out, found)
        label_of = {name: label for label, name in enumerate(classes)}
        names = _names(classes)
    else:
        label_of = dict(zip(found, labels.tolist(), strict=True))
        classes = _agree_on_tree(out, hierarchy)
        names = tuple(hierarchy.node_names[node] for node in numbering.nodes)
    _agree_on_images(out, split, shards, image_size, folder, files, hierarchy)

    plan = _Plan(str(folder), classes, names, image_size, on_error)
    tasks = [
        _Shard(
            str(out / f"{split}-{index:05d}-of-{shards:05d}"),
            tuple(files[i] for i in chosen),
            tuple(label_of[files[i].split("/")[0]] for i in chosen),
        )
        for index, chosen in enumerate(
            np.array_split(
                np.random.default_rng(0).permutation(len(files)), shards
            )
        )
    ]
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
            for size, unreadable in _write_all(plan, todo, workers):
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
        sum(label_of[file.split("/")[0]] >= len(classes) for file in files),
        sum(sum(1 for _ in record_spans(task.path)) for task in tasks),
        tuple(skipped),
        len(todo),
        len(tasks) - len(todo),
    )


def _exact(numbering: NodeLabels, labels: np.ndarray) -> np.ndarray:
    """Returns labels in which a group of a single class is that class."""
    known = numbering.head_labels(None)[labels]
    return np.where(known < numbering.num_classes, known, labels)


def _is_for_records(folder: Path, out: Path) -> bool:
    """Tells whether a folder without images is where records go, or went.

    An interrupted run may have left a plan, and no class list.
    """
    return out.resolve().is_relative_to(folder.resolve()) or any(
        any(folder.rglob(name)) for name in (CLASS_LIST, ".*.plan.json")
    )


def _agree_on_classes(out: Path, found: tuple[str, ...]) -> tuple[str, ...]:
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


def _agree_on_tree(out: Path, hierarchy: Hierarchy) -> tuple[str, ...]:
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


def _agree_on_images(
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


def _names(classes: Sequence[str]) -> tuple[str, ...]:
    """Returns display names: those of ILSVRC for its ids, else the ids."""
    ilsvrc = Hierarchy.imagenet()
    known = dict(zip(ilsvrc.classes, ilsvrc.names, strict=True))
    return tuple(known.get(name, name) for name in classes)


def _write_all(
    plan: _Plan, todo: Sequence[_Shard], workers: int | None
) -> Iterator[tuple[int, list[str]]]:
    """Yields (images, unreadable ones) of each shard as it is finished."""
    workers = min(workers or os.cpu_count() or 1, len(todo))
    if workers <= 1:
        for shard in todo:
            yield len(shard.files), _write_shard(plan, shard)
        return
    calls = [(plan, shard) for shard in todo]
    for place, unreadable in in_workers(_write_shard, calls, workers):
        yield len(todo[place].files), unreadable


def _class_id(plan: _Plan, file: str, label: int) -> str:
    """Returns the id of a class, however its folder spells it, or a group."""
    if label < len(plan.classes):
        return plan.classes[label]
    return file.split("/")[0]


def _write_shard(plan: _Plan, shard: _Shard) -> list[str]:
    """Writes one file and returns the images that could not be read."""
    import tensorflow as tf

    folder, path = Path(plan.folder), Path(shard.path)
    # Two runs may write it at once, on two machines.
    own = secrets.token_hex(4)
    unfinished = path.with_name(f".{path.name}.{own}.unfinished")
    unreadable = []
    try:
        with tf.io.TFRecordWriter(str(unfinished)) as writer:
            for file, label in zip(shard.files, shard.labels, strict=True):
                try:
                    image = read_image(folder / file, plan.image_size)
                # Pillow raises whatever the decoder of the format raises.
                except Exception as error:
                    message = f"{folder / file}: not a whole image ({error})"
                    if plan.on_error == "stop":
                        raise ValueError(message) from error
                    unreadable.append(message)
                    continue
                features = {
                    **image,
                    "image/filename": as_text(file),
                    "image/class/label": label + 1,
                    "image/class/synset": _class_id(plan, file, label),
                    "image/class/text": plan.names[label],
                }
                writer.write(serialised(features))
        try:
            unfinished.replace(path)
        except FileNotFoundError:
            if not path.exists():
                raise
        # Those of runs that were killed, or that go on to write the same: they
        # find it done.
        for left in path.parent.glob(f".{glob.escape(path.name)}.*unfinished"):
            left.unlink(missing_ok=True)
    except tf.errors.OpError as error:  # which is no OSError
        raise OSError(
            f"{path} cannot be written: {error.message}. The same command "
            "again writes what is missing."
        ) from None
    finally:
        unfinished.unlink(missing_ok=True)
    return unreadable
