"""What is left of a series that a resumed run has written over."""

from collections.abc import Iterable
from typing import Protocol, TypeVar


class Stamped(Protocol):
    """A record of an epoch: its step, and when it was written."""

    @property
    def step(self) -> int:
        """The epoch, counted from 1."""

    @property
    def wall_time(self) -> float:
        """Seconds since 1970."""


RecordT = TypeVar("RecordT", bound=Stamped)


def latest_attempt(records: Iterable[RecordT]) -> list[RecordT]:
    """Drops what a resumed run has overtaken.

    A run that is resumed at step s writes s again, and later steps of the first
    attempt no longer belong to it. One of TensorBoard's loaders drops them, the
    other keeps them, as files do; here all come out the same.

    Args:
        records: of one series, in any order.

    Returns:
        One record a step, by step.
    """
    kept: list[RecordT] = []
    for record in sorted(records, key=lambda r: (r.wall_time, r.step)):
        while kept and kept[-1].step >= record.step:
            kept.pop()
        kept.append(record)
    return kept
