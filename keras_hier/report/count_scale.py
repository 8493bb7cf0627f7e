"""From the count in a cell to its colour, and how many cells have which."""

import math
from typing import NamedTuple

import numpy as np

from keras_hier.report.colours import SHADES
from keras_hier.report.drawing_numbers import DRAWING
from keras_hier.report.subject import Subject

_SCALE = DRAWING["countScale"]
_BINS = DRAWING["bins"]


class Scale(NamedTuple):
    """A logarithmic scale.

    Attributes:
        high: the count of the strongest shade; 1 has the palest.
    """

    high: float

    def shade(self, count: np.ndarray | float) -> np.ndarray:
        """Returns the indices of the shades of counts, int."""
        share = np.log(np.maximum(count, 1)) / np.log(self.high)
        return np.floor(np.clip(share, 0, 1) * (SHADES - 1) + 0.5).astype(int)

    def bins(self) -> np.ndarray:
        """Returns the least counts of bins that widen geometrically, int."""
        growth = _BINS["growth"]
        while True:
            edges = [1]
            while edges[-1] <= self.high:
                # Halves go up, as on the page; `round` would go to even ones.
                wider = math.floor(edges[-1] * growth + 0.5)
                edges.append(max(edges[-1] + 1, wider))
            if len(edges) - 1 <= _BINS["most"]:
                return np.array(edges[:-1])
            growth += _BINS["step"]


def scale_for(subject: Subject) -> Scale:
    """Returns the scale of a matrix.

    The strongest shade stands for four fifths of the samples of the largest
    row, halved while the largest cell still fits. One or two cells that are far
    larger than the third do not count: all others would be pale.
    """
    largest = float(subject.counts.actual[subject.groups].max())
    least = float(_SCALE["leastHigh"])
    high = max(_SCALE["shareOfLargestRow"] * largest, least)
    counts = np.sort(subject.cells.count)[::-1]
    reach = float(counts.max(initial=0))
    if len(counts) > 2:
        reach = min(reach, _SCALE["timesThird"] / 2 * float(counts[2]))
    while high / 2 >= max(reach, least):
        high /= 2
    return Scale(high)


def histogram(edges: np.ndarray, count: np.ndarray) -> np.ndarray:
    """Counts cells [n] in bins, by their least counts [B]; returns int [B].

    The last bin has no upper end.

    Example:
        >>> histogram(np.array([1, 2, 4]), np.array([1, 1, 3, 9])).tolist()
        [2, 1, 1]
    """
    at = np.searchsorted(edges, count, side="right") - 1
    return np.bincount(at, minlength=len(edges))
