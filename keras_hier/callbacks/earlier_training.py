"""Warnings about epochs of an earlier training in the folder of a run."""

import warnings
from collections.abc import Callable, Iterable

from keras_hier.log.event_files.folder_contents import FolderContents
from keras_hier.log.event_files.restarts import spans
from keras_hier.quantities import quantity


def warn_of_earlier(
    log_dir: str,
    contents: Iterable[FolderContents],
    first: int,
    restored: bool,
    is_due: Callable[[int], bool],
) -> None:
    """Warns if epochs are overtaken, or missing, by a training that starts."""
    steps = (steps for held in contents for steps in held.steps.values())
    epochs = sorted(set().union(*steps))
    overtaken = [step for step in epochs if step >= first]
    # One epoch is fine: the interrupted one is trained again.
    if len(overtaken) > (first > 1):
        warnings.warn(
            f"{log_dir!r} holds {spans(overtaken)} of an earlier "
            f"training, and this one starts at epoch {first}: what it logs "
            f"takes the place of {quantity(len(overtaken), 'epoch')}, no "
            "longer shown though still in the files. Give each training a "
            "log_dir of its own, or go on from the last epoch with "
            f"fit(initial_epoch={overtaken[-1]}).",
            stacklevel=4,
        )
    elif restored and epochs and epochs[-1] < first - 1 and is_due(first - 1):
        warnings.warn(
            f"Epoch {first - 1} is missing from {log_dir!r}: training "
            "ended between its backup and its log. Put BlocksCallback "
            "before BackupAndRestore in the list of callbacks.",
            stacklevel=4,
        )
