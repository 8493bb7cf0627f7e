"""Rows of features, standardised as they are read."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from keras_hier.files.numpy_rows import Rows
from keras_hier.hierarchy.computed.class_distances import LEAST_SPREAD
from keras_hier.tensors import IntArray

FloatArray = npt.NDArray[np.float32]

# Rows that are in memory as float32 at a time.
CHUNK = 8192
_LARGEST = 1e140
# With a larger spread of all features, float32 holds the inverse of that of any
# live one.
_LEAST = 1e-30


class ConstantFeaturesError(ValueError):
    """Features that are the same for all samples."""


class Standardised:
    """Rows of features with mean 0 and variance 1, dead ones left out."""

    def __init__(self, features: Rows) -> None:
        self._features = features
        # Less the first row, so that a large mean costs no digits.
        self._about = np.asarray(features[0], np.float64)
        total = np.zeros(features.shape[1])
        squares = np.zeros(features.shape[1])
        largest = 0.0
        for start in range(0, len(features), CHUNK):
            chunk = np.asarray(features[start : start + CHUNK], np.float64)
            if not np.isfinite(chunk).all():
                raise ValueError("Expected finite features, got NaN or inf.")
            chunk = chunk - self._about
            largest = max(largest, float(np.abs(chunk).max(initial=0)))
            total += chunk.sum(axis=0)
            with np.errstate(over="ignore"):
                squares += np.einsum("nf,nf->f", chunk, chunk)
        # Larger squares overflow float64, smaller ones vanish.
        if largest > _LARGEST or 0 < largest < 1 / _LARGEST:
            raise ValueError(
                f"Features differ by {largest:.0e}, too "
                f"{'much' if largest > 1 else 'little'} to compute with: "
                "multiply them by a number that brings them near 1."
            )
        mean = total / len(features)
        spread = np.sqrt(np.maximum(squares / len(features) - mean**2, 0))
        # Dead features would be noise of the last digit, blown up.
        self._kept = np.flatnonzero(spread > LEAST_SPREAD * spread.max())
        self.live = len(self._kept)
        if not self.live:
            raise ConstantFeaturesError(
                "These features are the same for all samples."
            )
        # Wide or tiny numbers keep their digits until the mean is taken off.
        narrow = features.dtype.itemsize <= 4 and spread.max() > _LEAST
        kind = np.float32 if narrow else np.float64
        self._centre = (self._about + mean)[self._kept].astype(kind)
        self._scale = (1 / spread[self._kept]).astype(kind)

    def __getitem__(self, rows: IntArray) -> FloatArray:
        found = self._features[rows]
        if self.live < found.shape[1]:
            found = found[:, self._kept]
        standard = np.subtract(found, self._centre, dtype=self._centre.dtype)
        standard *= self._scale
        return standard.astype(np.float32, copy=False)

    def chunks(self, rows: IntArray) -> Iterator[tuple[IntArray, FloatArray]]:
        """Goes through some rows, in order."""
        for start in range(0, len(rows), CHUNK):
            part = rows[start : start + CHUNK]
            yield part, self[part]


def add_rows(
    sums: npt.NDArray[np.floating],
    labels: IntArray,
    chunk: npt.NDArray[np.floating],
) -> None:
    """Adds each row of a chunk [n, F] to that of its label in [C, F]."""
    order = np.argsort(labels, kind="stable")
    present, first = np.unique(labels[order], return_index=True)
    sums[present] += np.add.reduceat(chunk[order], first, axis=0)


def class_sums(
    values: Rows, labels: IntArray, num_classes: int, rows: IntArray
) -> npt.NDArray[np.float64]:
    """Returns the summed features of each class, float64 [C, F]."""
    found = np.zeros((num_classes, values.shape[1]))
    for start in range(0, len(rows), CHUNK):
        part = rows[start : start + CHUNK]
        add_rows(found, labels[part], np.asarray(values[part], np.float64))
    return found
