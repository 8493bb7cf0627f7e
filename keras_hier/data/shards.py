"""Writes the shards of a split, each whole or not at all."""

import glob
import os
import secrets
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from keras_hier.data.examples import read_image, serialised
from keras_hier.data.folders import as_text
from keras_hier.data.workers import in_workers, stop_if_asked


@dataclass(frozen=True)
class Plan:
    """The settings sent to every worker process, so plain values only."""

    folder: str
    classes: tuple[str, ...]
    names: tuple[str, ...]
    image_size: int | None
    on_error: str


@dataclass(frozen=True)
class Shard:
    """The part of the images that goes into one file."""

    path: str
    files: tuple[str, ...]
    labels: tuple[int, ...]


def write_all(
    plan: Plan, todo: Sequence[Shard], workers: int | None
) -> Iterator[tuple[int, list[str]]]:
    """Yields (images, unreadable ones) of each shard as it is finished."""
    workers = min(workers or os.cpu_count() or 1, len(todo))
    if workers <= 1:
        for shard in todo:
            yield len(shard.files), _write_shard(plan, shard)
        return
    calls = [(plan, shard) for shard in todo]
    # Closed at once: its processes end before an error goes on.
    with closing(in_workers(_write_shard, calls, workers)) as results:
        for place, unreadable in results:
            yield len(todo[place].files), unreadable


def _class_id(plan: Plan, file: str, label: int) -> str:
    """Returns the id of a class, however its folder spells it, or a group."""
    if label < len(plan.classes):
        return plan.classes[label]
    return file.split("/")[0]


def _write_shard(plan: Plan, shard: Shard) -> list[str]:
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
                stop_if_asked()
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
