"""A log that never ends a training: what cannot be written waits its turn."""

import itertools
import os
import tempfile
import warnings
from collections.abc import Callable, Iterable
from typing import NamedTuple

from keras_hier.hierarchy.hierarchy import Hierarchy
from keras_hier.log import storage
from keras_hier.log.blocks_writer import BlocksWriter
from keras_hier.log.event_writer import EventFile
from keras_hier.log.folder_contents import FolderContents, read_folder_contents
from keras_hier.log.restarts import spans

# What waits in memory. A matrix of 1,000 classes takes some 300 KB.
KEPT_BYTES = 64 * 2**20


class Entry(NamedTuple):
    """Something to be logged of an epoch.

    Attributes:
        split: "train", "validation" or "test".
        step: the epoch, counted from 1.
        tag: under which it is logged.
        hierarchy: of its classes.
        size: bytes that it takes while it waits.
        write: logs it.
    """

    split: str
    step: int
    tag: str
    hierarchy: Hierarchy
    size: int
    write: Callable[[BlocksWriter], None]


class _Queue:
    """What has to be written of a split, and what is not yet on the disk."""

    def __init__(self) -> None:
        self.writer: BlocksWriter | None = None
        self.waiting: list[Entry] = []
        self.written: list[Entry] = []


class RetryingLog:
    """Logs the epochs of a training, each as soon as that is possible.

    A full disk, a folder that was deleted and the like are said once. What
    could not be written waits and is tried again with the next epoch, in its
    order; when too much waits, the oldest is lost, which is said at the end.

    Args:
        log_dir: folder of the run.

    Attributes:
        first_steps: of what was to be logged, by split and tag.
    """

    def __init__(self, log_dir: str) -> None:
        self._dir = log_dir
        self._queues: dict[str, _Queue] = {}
        self._lost: dict[str, set[int]] = {}
        self._told = False
        self.first_steps: dict[tuple[str, str], int] = {}

    def open(self, splits: Iterable[str]) -> dict[str, FolderContents]:
        """Makes sure that there can be a log, before an epoch is spent.

        Args:
            splits: that are likely to be logged.

        Returns:
            What their folders hold.

        Raises:
            OSError: nothing can be written there.
            ValueError: nobody knows the scheme of a URL.
        """
        self.close()
        self._lost = {}
        self._told = False
        self.first_steps = {}
        try:
            storage.make_folder(self._dir)
            held = {
                split: read_folder_contents(self._folder(split))
                for split in splits
            }
            if storage.is_local(self._dir):
                for folder in (self._dir, *map(self._folder, held)):
                    if folder == self._dir or os.path.lexists(folder):
                        _try_to_write(folder)
            else:
                EventFile(self._folder(next(iter(held)))).close()
        except Exception as error:  # what a service raises is its own
            kind = ValueError if isinstance(error, ValueError) else OSError
            raise kind(
                f"BlocksCallback cannot write to {self._dir!r}: "
                f"{_reason(error)}. Give it a log_dir that can be written to."
            ) from error
        return held

    def add(self, entry: Entry) -> None:
        """Adds something that is to be logged."""
        self._queues.setdefault(entry.split, _Queue()).waiting.append(entry)
        self.first_steps.setdefault((entry.split, entry.tag), entry.step)

    def writer(self, split: str) -> BlocksWriter | None:
        """Returns the writer of a split, if there is one."""
        queue = self._queues.get(split)
        return None if queue is None else queue.writer

    def waits(self, tag: str) -> bool:
        """Tells whether something is to be logged that is not yet."""
        waiting = itertools.chain(*(q.waiting for q in self._queues.values()))
        return any(entry.tag == tag for entry in waiting)

    def write(self) -> None:
        """Writes what waits, and returns once it is on the disk or waits on."""
        for split, queue in self._queues.items():
            error = self._write(split, queue)
            # It was deleted under our hands: the next try makes it anew.
            if isinstance(error, FileNotFoundError):
                error = self._write(split, queue)
            if error is not None:
                self._tell(queue.waiting, error)
        self._drop()

    def close(self) -> None:
        """Writes what waits, closes the files, and says what is missing."""
        self.write()
        for split, queue in self._queues.items():
            for entry in queue.waiting:
                self._lost.setdefault(split, set()).add(entry.step)
            if queue.writer is not None:
                try:
                    queue.writer.close()
                except Exception as error:
                    self._tell(queue.waiting, error)
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
            while queue.waiting:
                self._write_one(split, queue, queue.waiting[0])
                queue.written.append(queue.waiting.pop(0))
        except Exception as error:
            failure = error
        if queue.written and queue.writer is not None:
            try:
                queue.writer.flush()
            except Exception as error:
                failure = failure or error
                queue.waiting = queue.written + queue.waiting
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
        except ValueError as error:  # no other try would succeed
            self._lost.setdefault(split, set()).add(entry.step)
            warnings.warn(
                f"Epoch {entry.step} was logged without {entry.tag!r}: {error}",
                stacklevel=5,
            )

    def _tell(self, waiting: list[Entry], error: Exception) -> None:
        if not self._told:
            self._told = True
            which = f"epoch {waiting[0].step}" if waiting else "the last epoch"
            warnings.warn(
                f"The log in {self._dir!r} could not take {which}: "
                f"{_reason(error)}. Training goes on, and so does the log when "
                "it can.",
                stacklevel=4,
            )

    def _drop(self) -> None:
        """Forgets the oldest of what waits if it is too much."""
        waiting = sorted(
            (
                entry
                for queue in self._queues.values()
                for entry in queue.waiting
            ),
            key=lambda entry: entry.step,
        )
        size = sum(entry.size for entry in waiting)
        while size > KEPT_BYTES and waiting:
            entry = waiting.pop(0)
            size -= entry.size
            self._queues[entry.split].waiting.remove(entry)
            self._lost.setdefault(entry.split, set()).add(entry.step)


def _try_to_write(folder: str) -> None:
    with tempfile.TemporaryFile(dir=folder, buffering=0) as file:
        file.write(bytes(4096))


def _reason(error: Exception) -> str:
    text = str(getattr(error, "message", None) or error).strip().rstrip(".")
    return text[:300] or type(error).__name__
