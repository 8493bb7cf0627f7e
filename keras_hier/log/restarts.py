"""What is left of a series that a resumed run has written over."""

from collections.abc import Iterable, Sequence
from typing import Protocol, TypeVar

# Seconds since 1970, in 2106. What claims to have been written later is taken
# for undated, by whoever reads and by whoever writes on.
LATEST = 2.0**32


class Stamped(Protocol):
    """A record of an epoch: its step, and when it was written."""

    @property
    def step(self) -> int:
        """The epoch, counted from 1."""

    @property
    def wall_time(self) -> float:
        """Seconds since 1970."""


RecordT = TypeVar("RecordT", bound=Stamped)


def written_at(wall_time: float) -> float:
    """Returns when a record was written, 0 if it says nothing believable.

    Example:
        >>> [written_at(t) for t in (1.5e9, float("nan"), 2.5e11)]
        [1500000000.0, 0.0, 0.0]
    """
    return wall_time if 0 <= wall_time < LATEST else 0.0


def latest_attempt(records: Iterable[RecordT]) -> list[RecordT]:
    """Drops what a resumed run has overtaken.

    A run that is resumed at step s writes s again, and later steps of the first
    attempt no longer belong to it. One of TensorBoard's loaders drops them, the
    other keeps them, as files do; here all come out the same. What was written
    later is told by the wall times, which `BlocksWriter` lets rise from file to
    file, whatever the clock says.

    Args:
        records: of one series, in any order.

    Returns:
        One record a step, by step.
    """
    kept: list[RecordT] = []
    for record in sorted(
        records, key=lambda r: (written_at(r.wall_time), r.step)
    ):
        while kept and kept[-1].step >= record.step:
            kept.pop()
        kept.append(record)
    return kept


def spans(steps: Sequence[int]) -> str:
    """Writes ascending epochs.

    Example:
        >>> spans([1, 2, 3, 5, 9])
        'epochs 1 to 3, 5, 9'
    """
    found: list[list[int]] = []
    for step in steps:
        if found and found[-1][1] == step - 1:
            found[-1][1] = step
        else:
            found.append([step, step])
    words = [str(a) if a == b else f"{a} to {b}" for a, b in found]
    if len(words) > 8:
        return f"{len(steps)} epochs, {steps[0]} to {steps[-1]}"
    return f"{'epoch' if len(steps) == 1 else 'epochs'} {', '.join(words)}"
