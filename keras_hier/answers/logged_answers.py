"""Measures answers on the samples that a log holds.

One half of the samples calibrates, the other is measured: `calibrating` says
which. All follows from the path above the likeliest class of each sample.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from keras_hier.answers.promises import threshold
from keras_hier.answers.rules import chosen, least_thresholds
from keras_hier.hierarchy.hierarchy import Hierarchy
from keras_hier.hierarchy.labels.node_labels import NodeLabels
from keras_hier.log.records.paths_codec import PathSums, calibrating
from keras_hier.scores.paths import Paths

_BINS = 15


class Worth(NamedTuple):
    """Holds what answers are worth at a promise.

    Attributes:
        threshold: above which a node is sure enough; infinity if the promise
            takes more samples.
        right: how many measured samples are answered rightly.
        coverage: how much is said, 1 for a class and 0 for the root.
        classes: the share of answers that are a class.
        groups: the share that are a group.
        nothing: the share that are the root.
    """

    threshold: float
    right: int
    coverage: float
    classes: float
    groups: float
    nothing: float


class Calibration(NamedTuple):
    """How far probabilities lie from how often they are right.

    Attributes:
        error: expected calibration error, over 15 bins of equal width.
        chance: what probabilities show that are exactly right, from as many
            samples.
    """

    error: float
    chance: float


class LoggedAnswers:
    """Answers to samples of which the likeliest class and its path are known.

    Args:
        hierarchy: `Hierarchy` of the C classes.
        labels: true classes [N].
        best: likeliest classes [N].
        sums: of their paths.

    Attributes:
        paths: from each class of the hierarchy to the root.
        labels: true classes [N].
        right: bool [N, D], whether each node of a path holds the true class.
        path: float64 [N, D], how likely it is, after the temperature.
        fits: int [n], the samples that calibrate.
        measured: int [m], the samples that are measured.

    Raises:
        ValueError: paths of another length or of other samples.
    """

    def __init__(
        self,
        hierarchy: Hierarchy,
        labels: np.ndarray,
        best: np.ndarray,
        sums: PathSums,
    ) -> None:
        self.paths = paths = Paths(hierarchy)
        expected = (len(labels), paths.labels.shape[1] - 1)
        if sums.after.shape != expected:
            raise ValueError(
                f"Expected paths of the shape {expected}, got "
                f"{sums.after.shape}."
            )
        self._hierarchy, self._best, self._sums = hierarchy, best, sums
        self.labels = labels
        _, self.fits, self.measured = calibrating(len(labels))
        position = hierarchy.rank[labels][:, None]
        self.right = (paths.start[best] <= position) & (
            position < paths.stop[best]
        )
        self.path = np.ones(self.right.shape)
        self.path[:, :-1] = sums.after

    def thresholds(self, promised: Sequence[float]) -> list[float]:
        """Returns the threshold that keeps each promise on average."""
        some = self.fits
        least = least_thresholds(
            "information", self.path[some], self._bits(some), self.right[some]
        )
        return [threshold(least, each, None) for each in promised]

    def by_tree(self, promised: Sequence[float]) -> list[Worth]:
        """Returns what a class, a group or nothing is worth at each."""
        return [
            self._worth(limit, self.places(limit))
            for limit in self.thresholds(promised)
        ]

    def refusing(self, promised: Sequence[float]) -> list[Worth]:
        """Returns what naming the class, or nothing, is worth."""
        some, last = self.fits, self.path.shape[1] - 1
        least = np.where(self.right[some, 0], 0, self.path[some, 0])
        found = []
        for each in promised:
            limit = threshold(least, each, None)
            sure = self.path[self.measured, 0] > limit
            found.append(self._worth(limit, np.where(sure, 0, last)))
        return found

    def places(self, limit: float) -> np.ndarray:
        """Returns where on its path each measured sample is answered."""
        some = self.measured
        limits = np.full(len(some), limit)
        return chosen("information", self.path[some], self._bits(some), limits)

    def nodes(self, places: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Returns first and last + 1 position of the classes of answers."""
        best = self._best[self.measured]
        return self.paths.start[best, places], self.paths.stop[best, places]

    def answered(self, places: np.ndarray) -> np.ndarray:
        """Returns the nodes that answer measured samples."""
        labels = self.paths.labels[self._best[self.measured], places]
        return np.asarray(NodeLabels(self._hierarchy).nodes[labels])

    def is_right(self, places: np.ndarray) -> np.ndarray:
        """Tells which measured samples are answered rightly."""
        return np.asarray(self.right[self.measured, places])

    def calibration(self, nodes: np.ndarray) -> tuple[Calibration, Calibration]:
        """Returns it at a level of the tree, before and after the temperature.

        Args:
            nodes: of the level, in display order.
        """
        tree, some = self._hierarchy, self.measured
        start, stop = tree.start[nodes], tree.stop[nodes]
        group = np.searchsorted(start, tree.rank, side="right") - 1
        is_it = (self.paths.start == start[group, None]) & (
            self.paths.stop == stop[group, None]
        )
        place = is_it.argmax(axis=1)[self._best[some]]
        right = self.is_right(place)
        before = np.ones((len(some), self.path.shape[1]))
        before[:, :-1] = self._sums.before[some]
        rows = np.arange(len(some))
        return (
            calibration_of(before[rows, place], right),
            calibration_of(self.path[some, place], right),
        )

    def _bits(self, some: np.ndarray) -> np.ndarray:
        return self.paths.bits[self._best[some]]

    def _worth(self, limit: float, places: np.ndarray) -> Worth:
        start, stop = self.nodes(places)
        size, count = stop - start, self._hierarchy.num_classes
        says = 1 - np.log2(size) / np.log2(max(count, 2))
        return Worth(
            limit,
            int(self.is_right(places).sum()),
            float(says.mean()),
            float((size == 1).mean()),
            float(((size > 1) & (size < count)).mean()),
            float((size == count).mean()),
        )


def calibration_of(told: np.ndarray, right: np.ndarray) -> Calibration:
    """Returns the calibration error of probabilities [m].

    Chance gives the mean distance of normal noise. In each bin it is that of
    the sum of so many coins (the standard deviation times sqrt(2 / pi)).
    """
    place = np.minimum((told * _BINS).astype(int), _BINS - 1)
    off = np.bincount(place, told - right, minlength=_BINS)
    spread = np.bincount(place, told * (1 - told), minlength=_BINS)
    return Calibration(
        float(np.abs(off).sum() / len(told)),
        float(np.sqrt(2 * spread.clip(0) / np.pi).sum() / len(told)),
    )
