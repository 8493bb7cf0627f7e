"""Reads records of any kind of `kinds.py` from one split of one run."""

import os
from typing import Any

import numpy as np

from keras_hier.hierarchy.tree.node_table import HierarchyError
from keras_hier.log import kinds, metadata
from keras_hier.log.event_files import event_reader
from keras_hier.log.event_files.event_reader import (
    DamagedError,
    LogError,
    Record,
)
from keras_hier.log.event_files.restarts import latest_attempt, spans
from keras_hier.log.event_files.storage import file_system
from keras_hier.log.records import container


class RecordReader:
    """Reads records of any kind; `RunLog` has methods for ours.

    Args:
        run: folder of the run, or of one of its splits.
        split: "train", "validation" or "test"; by default the first of
            validation, test and train that is there.

    Raises:
        LogError: no such folder or split, or none with records of epochs.
    """

    def __init__(
        self, run: str | os.PathLike[str], split: str | None = None
    ) -> None:
        run = os.fspath(run)
        if split is not None:
            metadata.check_split(split, LogError)
        if not file_system(run).isdir(run):
            raise LogError(f"There is no folder {run!r}: {event_reader.WANTED}")
        folder, passed_over = event_reader.folder_of(run, split)
        self._folder = folder
        self._series, damage = event_reader.read(folder)
        self.damage = (*passed_over, *damage)
        series = [k for k, row in kinds.KINDS.items() if row.per_epoch]
        if not any(map(self.names, series)):
            none = f"{folder!r} holds no confusion matrices."
            if self.damage:
                raise DamagedError(
                    f"{none} {' '.join(self.damage)} Copy what is damaged "
                    "anew, or move it away to go on without it."
                )
            raise LogError(none)
        self.name, self.split = metadata.name_and_split(_last_two(folder))

    def record_epochs(self, kind: str, name: str) -> tuple[int, ...]:
        """Returns the epochs of a kind of record, ascending.

        Args:
            kind: its name in `keras_hier.log.kinds.KINDS`, of one an epoch.
            name: the output or the layer that the records are of.

        Raises:
            LogError: no such output or layer.
        """
        return tuple(record.step for record in self._epochs(kind, name))

    def record(self, kind: str, name: str, epoch: int | None = None) -> Any:
        """Returns what a codec decodes of an epoch.

        Args:
            kind: its name in `keras_hier.log.kinds.KINDS`, of one an epoch.
            name: the output or the layer that the record is of.
            epoch: counted from 1; None for the last one logged.

        Raises:
            LogError: no such output, layer or epoch, or a damaged one.
        """
        return self.epoch_of(kind, name, epoch)[1]

    def names(self, kind: str) -> tuple[str, ...]:
        """Returns the outputs or layers that have records of a kind."""
        return tuple(
            sorted(
                metadata.output_of(tag)
                for tag, (found, records) in self._series.items()
                if found == kind and latest_attempt(records)
            )
        )

    def _epochs(self, kind: str, name: str) -> list[Record]:
        names = self.names(kind)
        if name not in names:
            raise LogError(
                f"{self._folder!r} has {kinds.KINDS[kind].missing} {name!r}; "
                f"it has {', '.join(map(repr, names)) or 'none'}."
            )
        return latest_attempt(self._series[kinds.tag_of(kind, name)][1])

    def epoch_of(
        self, kind: str, name: str, epoch: int | None
    ) -> tuple[int, Any]:
        """Returns the number of an epoch and what its record says."""
        records = {r.step: r for r in self._epochs(kind, name)}
        steps = list(records)
        step = steps[-1] if epoch is None else epoch
        if step not in records:
            if not isinstance(step, int | np.integer):
                raise LogError(f"epoch must be an integer, got {step!r:.40}.")
            raise LogError(
                f"{self._folder!r} has no epoch {step} of {name!r}; it has "
                f"{spans(steps)}."
                + "".join(f" {sentence}" for sentence in self.damage)
            )
        try:
            return step, kinds.KINDS[kind].decode(records[step].blob)
        except container.CodecError as error:
            others = [other for other in steps if other != step]
            raise LogError(
                f"Epoch {step} of {name!r} in {self._folder!r} cannot be "
                f"read: {error}"
                + (f" Other epochs: {spans(others)}." if others else "")
            ) from error

    def named(self, kind: str, digest: str) -> Any:
        """Returns the tree, grouping or index that records name."""
        tag = kinds.tag_of(kind, digest)
        records = self._series.get(tag, (None, []))[1]
        if not records:
            raise LogError(
                f"{self._folder!r} does not hold {tag!r}, which its records "
                "name. Were all event files copied?"
            )
        try:
            found = kinds.KINDS[kind].decode(records[-1].blob)
        except (container.CodecError, HierarchyError) as error:
            raise LogError(
                f"{tag!r} in {self._folder!r} cannot be read: {error}"
            ) from error
        if found.digest != digest:
            raise LogError(
                f"{tag!r} in {self._folder!r} holds something else, "
                f"{found.digest!r}."
            )
        return found


def _last_two(folder: str) -> str:
    parts = [part for part in folder.split("/") if part not in ("", ".")]
    return "/".join(parts[-2:])
