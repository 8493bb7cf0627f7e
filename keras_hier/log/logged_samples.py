"""The predictions for the samples of an epoch, as a log is read."""

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np

from keras_hier.log import kinds
from keras_hier.log.event_files.event_reader import Record
from keras_hier.log.records import container, picture_codec


@dataclasses.dataclass(frozen=True)
class Samples:
    """The predictions for N samples at the end of an epoch.

    Samples are numbered by class, those of a class by id.

    Attributes:
        epoch: counted from 1.
        labels: int64 [N], the actual classes, ascending.
        ids: str [N], such as file names; positions in the data if not `named`.
        named: whether the ids were given.
        classes: int64 [N, K], the best classes, best first.
        probabilities: float64 [N, K], to within 0.002.
        actual: float64 [N], probability of the actual class, whose logarithm is
            right to 0.2 %; NaN where it is beyond the K and only those were
            logged.
        rank: int64 [N], place of the actual class from 1; 0 where that is not
            known, see `actual`.
        num_classes: C.
        hierarchy: digest of the hierarchy, for `RunLog.hierarchy`.
        index: digest of the index, for `RunLog.pictures`.
    """

    epoch: int
    labels: np.ndarray
    ids: tuple[str, ...]
    named: bool
    classes: np.ndarray
    probabilities: np.ndarray
    actual: np.ndarray
    rank: np.ndarray
    num_classes: int
    hierarchy: str
    index: str

    def __len__(self) -> int:
        """Returns N."""
        return len(self.ids)


def pictures_in(
    series: Mapping[str, tuple[str, Sequence[Record]]], index: str
) -> dict[int, bytes]:
    """Returns the thumbnails of an index by the number of their sample."""
    found: dict[int, bytes] = {}
    pieces = 1
    place = 0
    while place < pieces:
        tag = kinds.tag_of("pictures", index, place)
        records = series[tag][1] if tag in series else ()
        place += 1
        # A run that was killed may lack some pieces.
        if not records:
            continue
        try:
            header, read = picture_codec.decode(records[-1].blob)
        except container.CodecError:
            continue
        pieces = len(header.firsts)
        if header.index == index:
            found.update(read)
    return found
