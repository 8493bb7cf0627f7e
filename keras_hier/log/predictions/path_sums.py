"""Sums scores along the path above the likeliest class of each sample."""

from typing import Any

import numpy as np

from keras_hier.hierarchy.hierarchy import Hierarchy
from keras_hier.log.records.paths_codec import PathSums, calibrating, fits
from keras_hier.log.records.sample_codec import TopKPredictions
from keras_hier.log.records.sample_index import SampleIndex
from keras_hier.scores.paths import Paths
from keras_hier.scores.temperature import fitted_temperature
from keras_hier.tensors import to_numpy

# Scores that are held as float32: 16 MiB.
_AT_ONCE = 2**22


def paths_of(hierarchy: Hierarchy) -> Paths | None:
    """Returns the paths of a tree that has groups, if they are not too long."""
    if hierarchy.height[0] < 2:
        return None
    try:
        return Paths(hierarchy)
    except ValueError:  # more places than are held
        return None


def path_sums(
    hierarchy: Hierarchy,
    index: SampleIndex,
    ranked: TopKPredictions,
    scores: Any,
    from_logits: bool,
) -> PathSums | None:
    """Returns how likely the nodes of each path are, in the index's order.

    Args:
        hierarchy: `Hierarchy` of the C classes.
        index: of the N samples.
        ranked: their likeliest classes, in the index's order.
        scores: [N, C], as they were given to the index, and checked; or a
            tuple, the best classes alone.
        from_logits: whether they are logits.

    Returns:
        The sums; None without all scores or groups, or for more than is stored.
    """
    paths = None if isinstance(scores, tuple) else paths_of(hierarchy)
    if paths is None or not fits(len(index), paths.labels.shape[1] - 1):
        return None
    values, best = to_numpy(scores), ranked.classes[:, 0]
    rows = max(1, _AT_ONCE // hierarchy.num_classes)
    heat = _temperature(index, values, from_logits, rows)
    before, after = (
        np.empty((len(index), paths.labels.shape[1] - 1)) for _ in range(2)
    )
    for at in range(0, len(index), rows):
        some = slice(at, at + rows)
        logits = _logits(values[index.order[some]], from_logits)
        logits = logits[:, paths.order]
        before[some] = _upwards(paths, best[some], logits)
        after[some] = _upwards(paths, best[some], logits / np.float32(heat))
    return PathSums(heat, before, after)


def _upwards(paths: Paths, best: np.ndarray, logits: np.ndarray) -> np.ndarray:
    """Returns the path of each sample; columns are in display order."""
    p = np.exp(logits)
    # Sums between the ends of groups, of which there are fewer than classes.
    ends = np.unique([paths.start[:, 1:], paths.stop[:, 1:]])
    sums = np.zeros((len(p), len(ends)))
    np.cumsum(np.add.reduceat(p, ends[:-1], axis=1), axis=1, out=sums[:, 1:])
    start, stop = (
        np.searchsorted(ends, each[best, 1:-1])
        for each in (paths.start, paths.stop)
    )
    path = np.empty((len(p), paths.labels.shape[1] - 1))
    path[:, 0] = p[np.arange(len(p)), paths.start[best, 0]]
    path[:, 1:] = np.take_along_axis(sums, stop, axis=1)
    path[:, 1:] -= np.take_along_axis(sums, start, axis=1)
    return np.asarray((path / sums[:, -1:]).clip(0, 1))


def _logits(scores: np.ndarray, from_logits: bool) -> np.ndarray:
    """Returns float32 [n, C], 0 at most."""
    values = scores.astype(np.float32)
    if not from_logits:
        return np.log(values.clip(1e-30, 1))
    return values - values.max(axis=1, keepdims=True)


def _temperature(
    index: SampleIndex, values: np.ndarray, from_logits: bool, most: int
) -> float:
    chosen = calibrating(len(index))[0][:most]
    if not len(chosen):
        return 1.0
    right = np.zeros((len(chosen), index.num_classes), bool)
    right[np.arange(len(chosen)), index.labels[chosen]] = True
    some = _logits(values[index.order[chosen]], from_logits)
    return fitted_temperature(some, right, from_logits=True)
