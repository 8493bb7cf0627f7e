"""Series of epochs that a resumed run has partly replaced.

A record that the resumed run logs again replaces the earlier ones of its
series. A matrix that it logs again ends the series that go with it: samples of
epoch 10 belong to no epoch 10 that is trained later. Only the writer knows
that. One attempt may log its series in any order, and one of TensorBoard's
loaders drops the traces of another. So the writer puts an `END` where they end.
"""

from collections.abc import Iterable, Sequence
from typing import Protocol, TypeVar

from keras_hier.log import kinds, metadata
from keras_hier.log.records.matrix_codec import MatrixHeader
from keras_hier.quantities import by_number

# In the place of a record: from its step on, the records of the series that
# were written before are overtaken. Not gzip, as all records are.
END = b"KHE1"

# Seconds since 1970, in 2106. Readers and writers take a record with a later
# time for undated.
LATEST = 2.0**32


class Stamped(Protocol):
    """A record of an epoch: its step, and when it was written."""

    @property
    def step(self) -> int:
        """The epoch, counted from 1."""

    @property
    def wall_time(self) -> float:
        """Seconds since 1970."""

    @property
    def blob(self) -> bytes:
        """The stored bytes, or `END`."""


RecordT = TypeVar("RecordT", bound=Stamped)


def written_at(wall_time: float) -> float:
    """Returns the wall time of a record, or 0 if it cannot be right.

    Example:
        >>> [written_at(t) for t in (1.5e9, float("nan"), 2.5e11)]
        [1500000000.0, 0.0, 0.0]
    """
    return wall_time if 0 <= wall_time < LATEST else 0.0


def latest_attempt(records: Iterable[RecordT]) -> list[RecordT]:
    """Drops the records that a resumed run has replaced.

    A run that is resumed at step s writes s again, and later steps of the first
    attempt no longer belong to it. One of TensorBoard's loaders drops them, the
    other keeps them, as files do; after this function all give the same series.
    Wall times decide which record is later: `BlocksWriter` lets them rise from
    file to file even if the clock is set back.

    Returns:
        One record a step, by step; none where all are overtaken.
    """
    kept: list[RecordT] = []
    for record in sorted(
        records, key=lambda r: (written_at(r.wall_time), r.step)
    ):
        while kept and kept[-1].step >= record.step:
            kept.pop()
        kept.append(record)
    return [record for record in kept if record.blob != END]


def goes_with(tag: str, output: str, header: MatrixHeader) -> bool:
    """Tells whether a series ends where matrices of an output are replaced.

    Samples are of one output. Layers and their class means are of the network,
    which no matrix of a head or probe speaks for: these can be logged later.
    Other matrices stay: each output has a series of its own.
    """
    kind = kinds.kind_of_tag(tag)
    matrices = None if kind is None else kinds.KINDS[kind].goes_with
    if matrices == "output":
        return metadata.output_of(tag) == output
    of_classes = header.role == "class" and header.grouping is None
    return matrices == "classes" and of_classes


def spans(steps: Sequence[int]) -> str:
    """Returns ascending epochs as text.

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
    return f"{by_number(len(steps), 'epoch', 'epochs')} {', '.join(words)}"
