"""The predictions for the samples of an epoch, as a log is read."""

import dataclasses

import numpy as np


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
