"""The log of one split: a new event file that continues the earlier ones."""

import contextlib
import errno
import math
import os
import warnings
import weakref
from collections.abc import Iterable, Mapping
from typing import Any

from keras_hier.log import kinds, metadata
from keras_hier.log.event_files import storage
from keras_hier.log.event_files.event_writer import EventFile
from keras_hier.log.event_files.folder_contents import (
    digest_of,
    read_folder_contents,
)
from keras_hier.log.event_files.restarts import END, goes_with
from keras_hier.log.records import matrix_codec

# TensorBoard keeps all epochs of a series in memory, and reads them at once.
SERIES_BUDGET = 64 * 2**20

# Callbacks of one training have a log each, of the same folder.
_open_logs: "weakref.WeakSet[SplitLog]" = weakref.WeakSet()


class SplitLog:
    """Adds records to the folder of a split, in transactions.

    A transaction begins with `begin` and ends with `commit`: then all of it is
    in the file. After an error nothing of it is. When the file was deleted,
    moved or damaged a new one is begun. It repeats the trees and indexes that
    the folder has lost. Only with `resume` may steps begin below those in the
    folder: these are replaced.
    """

    def __init__(self, folder: str, resume: bool) -> None:
        self._folder = folder = storage.absolute(folder)
        # One folder has many names, by links.
        self._place = (
            os.path.realpath(folder) if storage.is_local(folder) else folder
        )
        self._resume = resume
        contents = read_folder_contents(folder)
        self._steps_in_folder = {
            tag: steps[-1] for tag, steps in contents.steps.items()
        }
        self._digests = contents.digests
        self._file = EventFile(folder, contents.latest)
        # The last step of each tag: committed, flushed, and of the open
        # transaction, with the digests of what it adds.
        self._steps: dict[str, int] = {}
        self._flushed: dict[str, int] = {}
        self._new_steps: dict[str, int] = {}
        self._new_digests: dict[str, bytes] = {}
        # Tags that this log has written to, flushed or not.
        self._begun: set[str] = set()
        # Bytes of each series that this writer has committed.
        self._sizes: dict[str, int] = {}
        self._new_sizes: dict[str, int] = {}
        # Blobs of trees, groupings and indexes by tag: encoded once.
        self._named: dict[str, bytes] = {}
        self._warned = False
        self._closed = False
        _open_logs.add(self)

    def add_epoch(
        self,
        step: Any,
        records: Iterable[tuple[str, str, bytes]],
        named: Iterable[tuple[str, Any]],
        scalars: Mapping[str, float] | None = None,
    ) -> None:
        """Adds records of an epoch, and what they name, in a transaction."""
        step = metadata.as_step(step)
        tagged = [
            (kinds.tag_of(kind, name), kind, blob)
            for kind, name, blob in records
        ]
        for tag, _, _ in tagged:
            self.check(tag, step)
        self.begin()
        for kind, content in named:
            self.add_named(kind, content)
        for tag, kind, blob in tagged:
            self.add(tag, kind, blob, step)
        for tag, value in (scalars or {}).items():
            if math.isfinite(value):  # no sample, no score
                self._file.add_scalar(tag, value, step)
        self.commit()

    def begin(self) -> None:
        """Begins a transaction, if need be in a new file."""
        if self._closed:
            raise ValueError(
                f"The log in {self._folder!r} is closed. Log before close(), "
                "inside of the `with` block, or make another writer."
            )
        self._discard()
        if self._file.usable and self._file.exists():
            return
        was_removed = self._file.usable
        contents = read_folder_contents(self._folder)
        file = EventFile(
            self._folder,
            max(contents.latest, self._file.latest),
            self._file.number,
        )
        with contextlib.suppress(Exception):
            self._file.close()
        path, self._file = self._file.path, file
        self._digests = contents.digests
        if was_removed:
            warnings.warn(
                f"The event file {path!r} was deleted or moved. Logging goes "
                "on in a new one, without what was in it.",
                stacklevel=4,
            )

    def check(self, tag: str, step: int) -> None:
        """Checks that a step is not below the last one of its tag."""
        last = self._steps.get(tag)
        is_own = last is not None
        if last is None and not self._resume:
            last = self._steps_in_folder.get(tag)
        if last is None or step > last:
            return
        output = metadata.output_of(tag)
        what = f"Epoch {step}"
        if output != metadata.CLASS_OUTPUT:
            what += f" of {output!r}"
        if step < last:
            raise ValueError(
                f"{what} comes after epoch {last} in "
                f"{self._folder!r}, and would overtake it. Log epochs in "
                "ascending order, and each training or fold in a folder of "
                "its own"
                + (
                    "."
                    if is_own
                    else "; or say that this one goes on from an earlier epoch "
                    "with resume=True (`keras-hier log --resume`)."
                )
            )
        if not self._warned:
            self._warned = True
            warnings.warn(
                f"{what} was in {self._folder!r} already, and what is logged "
                "now takes its place. Trainings and folds need a folder of "
                "their own each.",
                stacklevel=4,
            )

    def add(self, tag: str, kind: str, blob: bytes, step: int) -> None:
        """Adds a record of an epoch.

        The first matrix of a log that takes the place of another ends the
        series that go with those which it replaces.
        """
        last = self._steps_in_folder.get(tag, -1)
        is_first = tag not in self._begun
        if kind == "matrix" and is_first and step <= last:
            self._end_series(tag, step, blob)
        self._file.add_blob(tag, kind, blob, step)
        self._new_steps[tag] = step
        self._new_sizes[tag] = len(blob)

    def add_named(self, kind: str, content: Any) -> None:
        """Adds a tree, a grouping or an index, unless the folder has it."""
        tag = kinds.tag_of(kind, content.digest)
        if tag not in self._named:
            self._named[tag] = kinds.encode(kind, content)
        self.add_once(tag, kind, self._named[tag])

    def add_once(self, tag: str, kind: str, blob: bytes) -> None:
        """Adds a record without epochs, unless the folder has it."""
        digest = digest_of(blob)
        if digest != self._new_digests.get(tag, self._digests.get(tag)):
            self._file.add_blob(tag, kind, blob, step=0)
            self._new_digests[tag] = digest

    def holds(self, tag: str) -> bool:
        """Tells whether the folder has a record without epochs."""
        return tag in self._digests

    def commit(self) -> None:
        """Ends a transaction: all of it is in the file then."""
        try:
            self._file.write()
            self._steps.update(self._new_steps)
            self._begun.update(self._new_steps)
            self._digests.update(self._new_digests)
            self._watch_sizes()
        finally:
            self._discard()

    def flush(self) -> None:
        """Returns once all transactions are on the disk."""
        self._discard()
        if self._closed:
            return
        try:
            self._file.flush()
            if not self._file.exists():
                raise FileNotFoundError(
                    errno.ENOENT, os.strerror(errno.ENOENT), self._file.path
                )
        except BaseException:
            self._steps = dict(self._flushed)
            raise
        self._flushed = dict(self._steps)

    def close(self) -> None:
        """Flushes and closes the file; one that holds nothing is removed."""
        if self._closed:
            return
        self._closed = True
        self._discard()
        _open_logs.discard(self)
        self._file.close()

    def _end_series(self, matrix_tag: str, step: int, blob: bytes) -> None:
        """Ends the series that go with matrices which are replaced now."""
        header = matrix_codec.peek(blob)
        output = metadata.output_of(matrix_tag)
        begun = self._begun_in_attempt(matrix_tag)
        for tag, last in self._steps_in_folder.items():
            kind = kinds.kind_of_tag(tag)
            is_older = last >= step and tag not in begun
            if kind and is_older and goes_with(tag, output, header):
                self._file.add_blob(tag, kind, END, step)

    def _begun_in_attempt(self, matrix_tag: str) -> set[str]:
        """Returns the tags that this log and others beside it have written to.

        A log that was never closed and has these matrices is of an attempt
        before.
        """
        found: set[str] = set()
        for log in list(_open_logs):
            if log._place == self._place and matrix_tag not in log._begun:
                found |= log._begun
        return found

    def _discard(self) -> None:
        self._file.discard()
        self._new_steps = {}
        self._new_digests = {}
        self._new_sizes = {}

    def _watch_sizes(self) -> None:
        for tag, size in self._new_sizes.items():
            before = self._sizes.get(tag, 0)
            self._sizes[tag] = before + size
            if before <= SERIES_BUDGET < before + size:
                warnings.warn(
                    f"The epochs logged under {tag!r} take more than "
                    f"{SERIES_BUDGET >> 20} MiB, and TensorBoard holds all of "
                    "them in memory. Log fewer of them: "
                    "BlocksCallback(every=..., samples_every=...).",
                    stacklevel=5,
                )
