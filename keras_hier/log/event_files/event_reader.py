"""Finds the event files of a folder and reads our records from them."""

import contextlib
import posixpath
import struct
from collections.abc import Iterator
from typing import Any, NamedTuple

from google.protobuf.message import DecodeError
from tensorboard.compat.proto import event_pb2
from tensorboard.compat.proto.types_pb2 import DT_STRING
from tensorboard.compat.tensorflow_stub import errors

from keras_hier.files import limits
from keras_hier.log import kinds, metadata
from keras_hier.log.event_files.checksum import masked_crc32c
from keras_hier.log.event_files.storage import file_system

# Splits by preference: validation is what users look at first.
_BY_INTEREST = ("validation", "test", "train")

# The advice on a folder that is no run.
WANTED = (
    "name the folder of a run, the one that BlocksCallback or `keras-hier log` "
    "wrote to."
)

# The records of a folder: kind and records by tag.
Series = dict[str, tuple[str, list["Record"]]]


class LogError(ValueError):
    """A log that is not there, or that holds something else."""


class DamagedError(LogError):
    """A log of which nothing can be read, since its files are damaged."""


class SkippedError(ValueError):
    """Records of a file that could not be read, among others that could."""


# Errors that reading the events of a file can raise.
UNREADABLE: tuple[type[Exception], ...] = (
    SkippedError,
    errors.OpError,
    OSError,
)


class Record(NamedTuple):
    """A stored record of one epoch.

    Attributes:
        step: the epoch, counted from 1.
        wall_time: seconds since 1970.
        blob: the stored bytes, not yet checked.
    """

    step: int
    wall_time: float
    blob: bytes


def folder_of(run: str, split: str | None) -> tuple[str, tuple[str, ...]]:
    """Returns the folder of a split, which may be the given folder itself.

    A sentence follows for each damaged file in folders that come before it and
    hold nothing that could be read.
    """
    run = run.rstrip("/") or run
    here = metadata.name_and_split(posixpath.basename(run))[1]
    itself = bool(event_files(run)) and split in (None, here)
    if itself and holds_records(run):
        return run, ()
    found = [s for s in _BY_INTEREST if event_files(posixpath.join(run, s))]
    if split in found:
        return posixpath.join(run, split), ()
    if split is not None and not itself:
        raise LogError(
            f"{run!r} has no split {split!r}; it has "
            f"{', '.join(found) or 'none'}."
        )
    if found:
        folders = [posixpath.join(run, name) for name in found]
        chosen = next(filter(holds_records, folders), folders[0])
        before = folders[: folders.index(chosen)]
        return chosen, tuple(
            f"{folder!r} was passed over: {sentence}"
            for folder in [run] * itself + before
            for sentence in read(folder)[1]
        )
    runs = [
        posixpath.join(run, name)
        for name in sorted(file_system(run).listdir(run))
        if any(event_files(posixpath.join(run, name, s)) for s in _BY_INTEREST)
    ]
    if itself and not runs:
        return run, ()
    raise LogError(
        f"{run!r} holds no log"
        + (
            f", but {' and '.join(map(repr, runs))} do."
            if runs
            else f": {WANTED}"
        )
    )


def event_files(folder: str) -> list[str]:
    """Returns the names of the event files in a folder, sorted."""
    files = file_system(folder)
    if not files.isdir(folder):
        return []
    return sorted(name for name in files.listdir(folder) if "tfevents" in name)


def holds_records(folder: str) -> bool:
    """Tells whether a folder holds a confusion matrix, or samples."""
    for file in event_files(folder):
        with contextlib.suppress(*UNREADABLE):
            for event in events_of(posixpath.join(folder, file)):
                for value in event.summary.value:
                    kind = _kind(value)
                    if kind is not None and kinds.KINDS[kind].per_epoch:
                        return True
    return False


def read(folder: str) -> tuple[Series, tuple[str, ...]]:
    """Reads kind and records of each tag, and a sentence per damaged file."""
    series: Series = {}
    damage = []
    for file in event_files(folder):
        try:
            for event in events_of(posixpath.join(folder, file)):
                for tag, kind, record in records_of(event):
                    series.setdefault(tag, (kind, []))[1].append(record)
        except SkippedError as error:
            damage.append(f"{file!r} is damaged: {_words(error)}.")
        except UNREADABLE as error:
            damage.append(
                f"{file!r} is damaged or incomplete, and what follows the "
                f"damage was not read ({_words(error)})."
            )
    return series, tuple(damage)


def records_of(event: Any) -> Iterator[tuple[str, str, Record]]:
    """Yields tag, kind and record for each of our values in an event.

    Steps out of range are left out: they would hide the epochs before them.
    """
    for value in event.summary.value:
        kind = _kind(value)
        if kind is not None and metadata.is_step(event.step):
            blob = _as_bytes(value.tensor)
            yield value.tag, kind, Record(event.step, event.wall_time, blob)


def events_of(path: str) -> Iterator[Any]:
    """Yields the events of a file.

    Raises:
        SkippedError: at the end, if there are records that hold no event.
        DataLossError: the file is damaged, or ends in a record.
        OSError: it cannot be opened, or is a folder.
    """
    skipped: list[str] = []
    for data in _records(path, skipped):
        try:
            event = event_pb2.Event.FromString(data)
        except DecodeError:
            skipped.append("no event is in it")
            continue
        yield event
    if skipped:
        one = len(skipped) == 1
        raise SkippedError(
            f"{len(skipped)} {'record' if one else 'records'} of it could not "
            f"be read ({skipped[0]})"
        )


def _records(path: str, skipped: list[str]) -> Iterator[bytes]:
    """Reads records as TensorBoard does, with a faster checksum."""
    files = file_system(path)
    with files.GFile(path, "rb") as file:
        left = files.stat(path).length
        while left > 0:
            head = file.read(12)
            if len(head) < 12 or _checksum(head[8:]) != masked_crc32c(head[:8]):
                raise errors.DataLossError(None, None, "no record begins there")
            (length,) = struct.unpack("<Q", head[:8])
            left -= length + 16
            if left < 0:
                raise errors.DataLossError(None, None, "it ends in a record")
            if length > limits.RECORD_BYTES:
                raise errors.DataLossError(
                    None,
                    None,
                    f"a record of {length:,} bytes, where at most "
                    f"{limits.RECORD_BYTES:,} are read",
                )
            data = file.read(length)
            if _checksum(file.read(4)) == masked_crc32c(data):
                yield data
            else:
                skipped.append("a checksum is wrong")


def _checksum(data: bytes) -> int:
    return struct.unpack("<I", data)[0] if len(data) == 4 else -1


def _kind(value: Any) -> str | None:
    """Returns the kind of a value; None if it is not ours."""
    data = value.metadata.plugin_data
    if data.plugin_name != metadata.PLUGIN_NAME or not value.HasField("tensor"):
        return None
    if kinds.kind_of(data.content) is None:
        return None
    return kinds.kind_of_tag(value.tag)


def _as_bytes(tensor: Any) -> bytes:
    # Other programs may write tensors of any type and shape under our name:
    # what is not a string becomes a damaged record of this epoch. TensorBoard's
    # `make_ndarray` would allocate memory for any shape that is claimed.
    if tensor.dtype != DT_STRING or len(tensor.string_val) != 1:
        return b""
    return bytes(tensor.string_val[0])


def _words(error: Exception) -> str:
    return str(getattr(error, "message", None) or error).strip(".")
