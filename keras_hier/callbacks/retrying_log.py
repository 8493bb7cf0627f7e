"""A log that never ends a training: failed writes are tried again later."""

import itertools
import os
import tempfile
import warnings
from collections.abc import Callable, Iterable
from typing import NamedTuple

from keras_hier.hierarchy.hierarchy import Hierarchy
from keras_hier.log.blocks_writer import BlocksWriter
from keras_hier.log.event_files import storage
from keras_hier.log.event_files.event_writer import EventFile
from keras_hier.log.event_files.folder_contents import (
    FolderContents,
    read_folder_contents,
)
from keras_hier.log.event_files.restarts import spans

# Most bytes that wait in memory. A matrix of 1,000 classes takes some 300 KB.
KEPT_BYTES = 64 * 2**20


class Entry(NamedTuple):
    """A matrix or samples of an epoch, to be logged."""

    split: str
    step: int
    tag: str
    hierarchy: Hierarchy
    size: int
    write: Callable[[BlocksWriter], None]


class _Queue:
    """The entries of a split that are not on the disk yet."""

    def __init__(self) -> None:
        self.writer: BlocksWriter | None = None
        self.pending: list[Entry] = []
        self.written: list[Entry] = []


class RetryingLog:
    """Logs the epochs of a training, each as soon as that is possible.

    It warns once about a full disk, a deleted folder and the like. Entries that
    could not be written are kept and tried again with the next epoch, in order.
    When they take too much memory the oldest are dropped; a warning at the end
    names their epochs.
    """

    def __init__(self, log_dir: str) -> None:
        self._dir = storage.absolute(log_dir)
        self._queues: dict[str, _Queue] = {}
        self._lost: dict[str, set[int]] = {}
        self._warned = False

    def open(self, splits: Iterable[str]) -> dict[str, FolderContents]:
        """Returns the contents of the splits' folders, if they take a log."""
        self.close()
        self._lost = {}
        self._warned = False
        try:
            storage.make_folder(self._dir)
            contents = {
                split: read_folder_contents(self._folder(split))
                for split in splits
            }
            if storage.is_local(self._dir):
                for folder in (self._dir, *map(self._folder, contents)):
                    if folder == self._dir or os.path.lexists(folder):
                        _try_to_write(folder)
            else:
                EventFile(self._folder(next(iter(contents)))).close()
        except Exception as error:  # what a service raises is its own
            kind = ValueError if isinstance(error, ValueError) else OSError
            raise kind(
                f"BlocksCallback cannot write to {self._dir!r}: "
                f"{_reason(error)}. Give it a log_dir that can be written to."
            ) from error
        return contents

    def add(self, entry: Entry) -> None:
        """Adds an entry, which `write` writes."""
        self._queues.setdefault(entry.split, _Queue()).pending.append(entry)

    def writer(self, split: str) -> BlocksWriter | None:
        """Returns the writer of a split, if there is one."""
        queue = self._queues.get(split)
        return None if queue is None else queue.writer

    def waits(self, tag: str) -> bool:
        """Tells whether an entry of this tag is not written yet."""
        pending = itertools.chain(*(q.pending for q in self._queues.values()))
        return any(entry.tag == tag for entry in pending)

    def write(self) -> None:
        """Writes all entries; those that cannot be written are kept."""
        for split, queue in self._queues.items():
            error = self._write(split, queue)
            # The file was deleted meanwhile: the next try makes a new one.
            if isinstance(error, FileNotFoundError):
                error = self._write(split, queue)
            if error is not None:
                self._warn_once(queue.pending, error)
        self._drop()

    def close(self) -> None:
        """Writes all entries, closes the files and warns of lost entries."""
        self.write()
        for split, queue in self._queues.items():
            for entry in queue.pending:
                self._lost.setdefault(split, set()).add(entry.step)
            if queue.writer is not None:
                try:
                    queue.writer.close()
                except Exception as error:
                    self._warn_once(queue.pending, error)
        self._queues = {}
        missing = [
            f"{spans(sorted(steps))} of {split!r}"
            for split, steps in self._lost.items()
        ]
        if missing:
            self._lost = {}
            warnings.warn(
                f"The log in {self._dir!r} lacks {' and '.join(missing)}, "
                "wholly or in part: they could not be written.",
                stacklevel=2,
            )

    def _folder(self, split: str) -> str:
        return os.path.join(self._dir, split)

    def _write(self, split: str, queue: _Queue) -> Exception | None:
        failure: Exception | None = None
        try:
            while queue.pending:
                self._write_one(split, queue, queue.pending[0])
                queue.written.append(queue.pending.pop(0))
        except Exception as error:
            failure = error
        if queue.written and queue.writer is not None:
            try:
                queue.writer.flush()
            except Exception as error:
                failure = failure or error
                queue.pending = queue.written + queue.pending
            queue.written = []
        return failure

    def _write_one(self, split: str, queue: _Queue, entry: Entry) -> None:
        if queue.writer is None:
            queue.writer = BlocksWriter(
                self._dir, entry.hierarchy, split, resume=True
            )
        queue.writer.hierarchy = entry.hierarchy
        try:
            entry.write(queue.writer)
        except ValueError as error:  # another try would fail as well
            self._lost.setdefault(split, set()).add(entry.step)
            warnings.warn(
                f"Epoch {entry.step} was logged without {entry.tag!r}: {error}",
                stacklevel=5,
            )

    def _warn_once(self, pending: list[Entry], error: Exception) -> None:
        if not self._warned:
            self._warned = True
            which = f"epoch {pending[0].step}" if pending else "the last epoch"
            warnings.warn(
                f"The log in {self._dir!r} could not take {which}: "
                f"{_reason(error)}. Training goes on, and so does the log when "
                "it can.",
                stacklevel=4,
            )

    def _drop(self) -> None:
        """Drops the oldest entries if they take too much memory."""
        pending = sorted(
            (
                entry
                for queue in self._queues.values()
                for entry in queue.pending
            ),
            key=lambda entry: entry.step,
        )
        size = sum(entry.size for entry in pending)
        while size > KEPT_BYTES and pending:
            entry = pending.pop(0)
            size -= entry.size
            self._queues[entry.split].pending.remove(entry)
            self._lost.setdefault(entry.split, set()).add(entry.step)


def _try_to_write(folder: str) -> None:
    with tempfile.TemporaryFile(dir=folder, buffering=0) as file:
        file.write(bytes(4096))


def _reason(error: Exception) -> str:
    text = str(getattr(error, "message", None) or error).strip().rstrip(".")
    return text[:300] or type(error).__name__
