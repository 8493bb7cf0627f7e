"""The samples at which each channel of a layer is strongest."""

import numpy as np
import numpy.typing as npt

from keras_hier.files import limits
from keras_hier.files.numpy_rows import Rows
from keras_hier.log.records.sample_index import MAX_ID
from keras_hier.log.records.strongest_codec import StrongestSamples, text_of
from keras_hier.probing.fits.standardised import CHUNK
from keras_hier.probing.probe_data import ProbeData
from keras_hier.tensors import IntArray

# Samples that are kept of each channel.
KEPT = 6


def strongest_samples(data: ProbeData, layer: str) -> StrongestSamples | None:
    """Returns the samples at which each channel of a layer is strongest.

    None where the samples have no ids that a log could hold, or there are too
    many channels.
    """
    ids, values = data.features.ids, data.features.rows(layer)
    if ids is None or min(KEPT, len(ids)) * values.shape[1] > limits.STRONGEST:
        return None
    rows, largest = largest_of(values, KEPT)
    used, places = np.unique(rows, return_inverse=True)
    names = tuple(ids[row] for row in used.tolist())
    if not all(0 < len(name) <= MAX_ID for name in names):
        return None
    if len(text_of(names)) > limits.TREE_BYTES:
        return None
    return StrongestSamples(
        layer,
        data.tree,
        data.num_classes,
        names,
        data.labels[used],
        places.reshape(rows.shape),
        largest,
    )


def largest_of(
    values: Rows, kept: int
) -> tuple[IntArray, npt.NDArray[np.float32]]:
    """Finds the largest values of each column, and their rows, both [F, K]."""
    kept = min(kept, len(values))
    width = values.shape[1]
    every = np.arange(width)
    rows = np.zeros((width, 0), np.int64)
    found = np.zeros((width, 0), np.float32)
    for start in range(0, len(values), CHUNK):
        part = np.asarray(values[start : start + CHUNK], np.float32).T
        # Channel by channel, those found before first: they stand above.
        among = np.ascontiguousarray(np.concatenate([found, part], axis=1))
        before, count = found.shape[1], min(kept, among.shape[1])
        at = np.empty((width, count), np.int64)
        largest = np.empty((width, count), np.float32)
        for place in range(count):
            at[:, place] = among.argmax(axis=1)
            largest[:, place] = among[every, at[:, place]]
            among[every, at[:, place]] = -np.inf
        is_new = at >= before
        moved = start + at - before
        if before:
            old = np.take_along_axis(rows, np.minimum(at, before - 1), 1)
            moved = np.where(is_new, moved, old)
        rows, found = moved, largest
    return rows, found
