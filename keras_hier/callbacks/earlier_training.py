"""Warnings about the epochs of an earlier training in the folder of a run."""

import warnings
from collections.abc import Callable, Mapping

from keras_hier.log import kinds, metadata
from keras_hier.log.event_files.folder_contents import FolderContents
from keras_hier.log.event_files.restarts import spans
from keras_hier.quantities import quantity


class EarlierTraining:
    """Warns of what becomes of epochs that a folder already holds.

    Args:
        log_dir: folder of the run.
        contents: what the folder of each split holds.
    """

    def __init__(
        self, log_dir: str, contents: Mapping[str, FolderContents]
    ) -> None:
        self._dir = log_dir
        self._first = 1
        self._series = {
            (split, tag): steps
            for split, held in contents.items()
            for tag, steps in held.steps.items()
        }

    def start(
        self, first: int, restored: bool, is_due: Callable[[int], bool]
    ) -> None:
        """Warns if epochs are overtaken, or missing, by a training that starts.

        Args:
            first: its first epoch, counted from 1.
            restored: whether `BackupAndRestore` has restored that epoch.
            is_due: tells whether matrices of an epoch are logged.
        """
        self._first = first
        epochs = sorted({s for steps in self._series.values() for s in steps})
        overtaken = [step for step in epochs if step >= first]
        # One epoch is fine: the interrupted one is trained again.
        if len(overtaken) > (first > 1):
            warnings.warn(
                f"{self._dir!r} holds {spans(overtaken)} of an earlier "
                f"training, and this one starts at epoch {first}: what it logs "
                "takes the place of "
                f"{quantity(len(overtaken), 'epoch')}, no longer shown "
                "though still in the files. Give each training a log_dir of "
                "its own, or go on from the last epoch with "
                f"fit(initial_epoch={overtaken[-1]}).",
                stacklevel=3,
            )
        elif (
            restored and epochs and epochs[-1] < first - 1 and is_due(first - 1)
        ):
            warnings.warn(
                f"Epoch {first - 1} is missing from {self._dir!r}: training "
                "ended between its backup and its log. Put BlocksCallback "
                "before BackupAndRestore in the list of callbacks.",
                stacklevel=3,
            )

    def end(self, first_steps: Mapping[tuple[str, str], int]) -> None:
        """Warns if epochs of an earlier training are shown beside the new ones.

        Args:
            first_steps: the first step logged, by split and tag.
        """
        if not first_steps:
            return
        left = []
        for (split, tag), steps in self._series.items():
            output = metadata.output_of(tag)
            # What `LayersCallback` logs beside this training is not known here.
            if kinds.kind_of_tag(tag) not in (
                "matrix",
                "samples",
            ) or metadata.is_linear(output):
                continue
            ends = [
                step
                for (other, logged), step in first_steps.items()
                if other == split and _ends(logged, tag)
            ]
            until = min(ends, default=max(steps) + 1)
            shown = [step for step in steps if self._first <= step < until]
            if shown:
                kind = "samples of " if "/samples/" in tag else ""
                left.append(f"{spans(shown)} of {kind}{output!r} in {split}")
        if left:
            warnings.warn(
                f"{self._dir!r} still shows {', '.join(left)} of an earlier "
                "training, which this one did not log. Give each training a "
                "log_dir of its own.",
                stacklevel=3,
            )


def _ends(logged: str, tag: str) -> bool:
    """Tells whether a series is overtaken where another one is logged anew.

    What goes with matrices is, by them; those of the classes, which layers go
    with, are logged whenever any are.
    """
    if logged == tag:
        return True
    pair = kinds.kind_of_tag(logged), kinds.kind_of_tag(tag)
    if pair == ("matrix", "samples"):
        return metadata.output_of(logged) == metadata.output_of(tag)
    return pair[0] == "matrix" and pair[1] != "matrix"
