"""The log of one split: the event file that goes on from what is there."""

import contextlib
import errno
import os
import warnings

from keras_hier.log import metadata
from keras_hier.log.event_writer import EventFile
from keras_hier.log.folder_contents import digest_of, read_folder_contents
from keras_hier.log.metadata import Kind


class SplitLog:
    """Adds to the folder of a split, in groups of records that belong together.

    A group begins with `begin` and ends with `commit`: all of it is in the file
    then, or nothing. A file that was deleted, moved or damaged is followed by a
    new one, which holds again what the folder no longer does.

    Args:
        folder: of the split.
        resume: whether the steps may begin below those that are there, which
            overtakes them.

    Raises:
        OSError: the folder cannot be made or written to.
    """

    def __init__(self, folder: str, resume: bool) -> None:
        self._folder = folder
        self._resume = resume
        held = read_folder_contents(folder)
        self._held = {tag: steps[-1] for tag, steps in held.steps.items()}
        self._digests = held.digests
        self._file = EventFile(folder, held.latest)
        # The last step of each tag, and what is known to be there once: as of
        # now, as of the last commit, and as of the last flush.
        self._steps: dict[str, int] = {}
        self._flushed: dict[str, int] = {}
        self._new_steps: dict[str, int] = {}
        self._new_digests: dict[str, bytes] = {}
        self._warned = False

    def begin(self) -> None:
        """Begins a group, if need be in a new file.

        Raises:
            OSError: there can be none.
        """
        self._forget()
        if self._file.usable and self._file.is_there():
            return
        gone = self._file.usable
        held = read_folder_contents(self._folder)
        file = EventFile(
            self._folder,
            max(held.latest, self._file.latest),
            self._file.number,
        )
        with contextlib.suppress(Exception):
            self._file.close()
        path, self._file = self._file.path, file
        self._digests = held.digests
        if gone:
            warnings.warn(
                f"The event file {path!r} was deleted or moved. Logging goes "
                "on in a new one, without what was in it.",
                stacklevel=3,
            )

    def check(self, tag: str, step: int) -> None:
        """Makes sure that a step is not below the last one of its tag.

        Raises:
            ValueError: it is.
        """
        last = self._steps.get(tag)
        mine = last is not None
        if last is None and not self._resume:
            last = self._held.get(tag)
        if last is None or step > last:
            return
        output = metadata.output_of(tag)
        if step < last:
            raise ValueError(
                f"Epoch {step} of {output!r} comes after epoch {last} in "
                f"{self._folder!r}, and would overtake it. Log epochs in "
                "ascending order, and each training or fold in a log_dir of "
                "its own"
                + (
                    "."
                    if mine
                    else "; or say that this one goes on from an earlier epoch "
                    "with resume=True (`keras-hier log --resume`)."
                )
            )
        if not self._warned:
            self._warned = True
            warnings.warn(
                f"Epoch {step} of {output!r} was in {self._folder!r} already, "
                "and what is logged now takes its place. Trainings and folds "
                "need a log_dir of their own each.",
                stacklevel=3,
            )

    def add(self, tag: str, kind: Kind, blob: bytes, step: int) -> None:
        """Adds a record of an epoch."""
        self._file.add_blob(tag, kind, blob, step)
        self._new_steps[tag] = step

    def add_once(self, tag: str, kind: Kind, blob: bytes) -> None:
        """Adds what has no epochs, unless it is there."""
        digest = digest_of(blob)
        if digest != self._new_digests.get(tag, self._digests.get(tag)):
            self._file.add_blob(tag, kind, blob, step=0)
            self._new_digests[tag] = digest

    def holds(self, tag: str) -> bool:
        """Tells whether what has no epochs is there."""
        return tag in self._digests

    def add_scalar(self, tag: str, value: float, step: int) -> None:
        """Adds a scalar."""
        self._file.add_scalar(tag, value, step)

    def commit(self) -> None:
        """Ends a group: it is in the file.

        Raises:
            OSError: it is not, nor is a part of it.
        """
        try:
            self._file.write()
            self._steps.update(self._new_steps)
            self._digests.update(self._new_digests)
        finally:
            self._forget()

    def flush(self) -> None:
        """Returns once all groups are on the disk.

        Raises:
            OSError: they may not be. What was added since the last flush may
                be added again.
        """
        try:
            self._file.flush()
            if not self._file.is_there():
                raise FileNotFoundError(
                    errno.ENOENT, os.strerror(errno.ENOENT), self._file.path
                )
        except BaseException:
            self._steps = dict(self._flushed)
            raise
        self._flushed = dict(self._steps)

    def close(self) -> None:
        """Flushes and closes the file; one that holds nothing is removed."""
        self._file.close()

    def _forget(self) -> None:
        self._file.forget()
        self._new_steps = {}
        self._new_digests = {}
