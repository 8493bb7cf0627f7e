"""The run that a command reads, and what of it could not be read."""

import sys

from keras_hier.log.run_log import RunLog
from keras_hier.terminal import print_line


def read_run(folder: str, split: str | None, command: str) -> RunLog:
    """Opens the log of a run, and says which of its files are damaged.

    Args:
        folder: of the run.
        split: of it, None for the first there is.
        command: of `keras-hier`, for the message.

    Raises:
        LogError: no such run, or none of it can be read.
    """
    log = RunLog(folder, split)
    say_damage(log, command)
    return log


def say_damage(log: RunLog, command: str) -> None:
    """Says which files of a run are damaged."""
    for sentence in log.damage:
        print_line(f"keras-hier {command}: {sentence}", sys.stderr)
