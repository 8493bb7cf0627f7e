"""Writes records of any kind of `kinds.py` for one split of one run."""

import os
from types import TracebackType
from typing import Any, Self

from keras_hier.hierarchy.hierarchy import Hierarchy
from keras_hier.hierarchy.tree.grouping import Grouping
from keras_hier.log import kinds, metadata
from keras_hier.log.event_files.split_log import SplitLog


class RecordWriter:
    """Writes records of any kind; `BlocksWriter` has methods for ours.

    Args:
        log_dir: folder of the run.
        hierarchy: the tree over the C classes.
        split: "train", "validation" or "test": the sub-run.
        resume: whether epochs in the folder may be replaced.

    Raises:
        ValueError: an unknown split.
        OSError: the folder cannot be made, or not be written to.
    """

    def __init__(
        self,
        log_dir: str | os.PathLike[str],
        hierarchy: Hierarchy,
        split: str = "validation",
        resume: bool = False,
    ) -> None:
        if not isinstance(hierarchy, Hierarchy):
            raise TypeError(
                "hierarchy must be a keras_hier.Hierarchy, got "
                f"{hierarchy!r:.80}. Hierarchy.imagenet(), from_nested and "
                "others make one."
            )
        metadata.check_split(split)
        self.hierarchy = hierarchy
        self._log = SplitLog(os.path.join(os.fspath(log_dir), split), resume)

    def check_epoch(
        self, step: int, output: str = metadata.CLASS_OUTPUT
    ) -> None:
        """Raises an error if the matrix of an epoch would be refused.

        Args:
            step: the epoch, counted from 1.
            output: name of the model's output.

        Raises:
            ValueError: it comes before one that the folder holds.
        """
        tag = kinds.tag_of("matrix", output)
        self._log.check(tag, metadata.as_step(step))

    def record(
        self,
        kind: str,
        record: Any,
        step: int,
        name: str = metadata.CLASS_OUTPUT,
    ) -> None:
        """Logs a record of a kind that has no method of its own.

        Args:
            kind: its name in `keras_hier.log.kinds.KINDS`, of one an epoch.
            record: what its codec encodes.
            step: the epoch that has just ended, counted from 1.
            name: the output or the layer that it is of.

        Raises:
            ValueError: what its codec refuses.
        """
        blob = kinds.encode(kind, record)
        self._log.add_epoch(step, [(kind, name, blob)], self.named_trees())

    def flush(self) -> None:
        """Returns once everything logged so far would survive a power cut.

        Raises:
            OSError: what was logged since the last flush may be lost; it may be
                logged again.
        """
        self._log.flush()

    def close(self) -> None:
        """Flushes and closes the event file; a second time does nothing."""
        self._log.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def named_trees(
        self, grouping: Grouping | None = None
    ) -> list[tuple[str, Any]]:
        """Returns the trees that a record names, with their kinds."""
        groups = [] if grouping is None else [("grouping", grouping)]
        return [("hierarchy", self.hierarchy), *groups]
