"""How often the classes of a suspect label take each other's place."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from keras_hier.analysis.data_quality import top_k_input
from keras_hier.hierarchy.hierarchy import Hierarchy

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]


class Crossings(NamedTuple):
    """How often other samples cross between two classes, [n].

    Attributes:
        counts: int64, samples of one class that the network takes for the
            other, in both directions.
        rate: float64, estimated crossings for each sample of the two classes.
    """

    counts: IntArray
    rate: FloatArray


def crossings(
    seen: top_k_input.TopKInput,
    at: IntArray,
    suggested: IntArray,
    hierarchy: Hierarchy | None,
) -> Crossings:
    """Counts the crossings between each label and the suggested class.

    No sample counts for itself. The rate of a pair is a posterior mean. Its
    prior is exponential, with the mean of all pairs that meet as high in the
    tree: it weighs as much as one crossing. Time: O(N log N).

    Args:
        seen: labels and best classes of N samples.
        at: the n samples in question, positions in the labels.
        suggested: int64 [n], another class than the label for each.
        hierarchy: without it the mean is that of all pairs.

    Returns:
        Counts and rates, [n].
    """
    size, labels, best = seen.num_classes, seen.labels, seen.classes[:, 0]
    samples = np.bincount(labels, minlength=size)
    given = labels[at]
    wrong = np.flatnonzero(best != labels)
    pairs, crossed = np.unique(
        _pair(labels[wrong], best[wrong], size), return_counts=True
    )
    asked = _pair(given, suggested, size)
    place = np.minimum(np.searchsorted(pairs, asked), max(len(pairs) - 1, 0))
    own = (best[at] == suggested).astype(np.int64)
    counts = np.zeros(len(at), np.int64)
    if len(pairs):
        counts = np.where(pairs[place] == asked, crossed[place], 0) - own
    height = np.zeros(len(at), np.int64)
    total = np.array([len(wrong)])
    exposed = np.array([(size - 1) * len(labels)])
    if hierarchy is not None:
        height = hierarchy.lca_distance(given, suggested)
        total = np.bincount(
            hierarchy.lca_distance(labels[wrong], best[wrong]),
            minlength=hierarchy.height[0] + 1,
        )
        exposed = _exposed(samples, hierarchy)
    mean = (total[height] - own + 1) / exposed[height]
    return Crossings(
        counts, (counts + 1) / (samples[given] + samples[suggested] + 1 / mean)
    )


def _pair(one: IntArray, other: IntArray, size: int) -> IntArray:
    return np.minimum(one, other) * size + np.maximum(one, other)


def _exposed(samples: IntArray, hierarchy: Hierarchy) -> IntArray:
    """Returns the samples of all pairs that meet at each height, [H + 1]."""
    total = np.append(0, np.cumsum(samples[hierarchy.order]))
    classes = hierarchy.stop - hierarchy.start
    # A sample of a node is in as many pairs as the node has classes, less those
    # that meet below it.
    within = classes * (total[hierarchy.stop] - total[hierarchy.start])
    found = np.zeros(hierarchy.height[0] + 1, np.int64)
    np.add.at(found, hierarchy.height, within)
    np.subtract.at(found, hierarchy.height[hierarchy.parents[1:]], within[1:])
    return found
