"""One pass of a network over data: draws samples, and writes their features."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np

from keras_hier.files.numpy_rows import NumpyRows
from keras_hier.files.row_files import RowFile
from keras_hier.plausibility import are_probabilities
from keras_hier.probing.features_folder import OUTPUT, layer_file
from keras_hier.tensors import IntArray
from keras_hier.training.sample_batches import Batch

# Float16 keeps the digits of features whose largest is within these, and at
# least four bits of what a feature varies by.
_LEAST, _MOST = 2.0**-4, 2.0**13
_LEAST_VARIATION = 2.0**-7
# From here on float16 rounds to inf.
_FLOAT16_END = 65520.0
_LEAST_P = 1e-30


class Reservoir:
    """Chooses at most n samples of each class, whatever the order of the data.

    The i-th sample of a class is taken with probability n / i, and takes the
    place of one of those before.

    Attributes:
        size: how many samples have a place.

    Reference:
        Vitter: Random sampling with a reservoir, ACM TOMS 11(1), 1985.
    """

    def __init__(
        self, num_classes: int, per_class: int | None, seed: int
    ) -> None:
        self._most = per_class
        self._rng = np.random.default_rng(seed)
        self._seen = np.zeros(num_classes, np.int64)
        self._places: list[list[int]] = [[] for _ in range(num_classes)]
        self.size = 0

    def places(self, labels: IntArray) -> IntArray:
        """Returns the place of each sample of a batch, -1 for none."""
        if self._most is None:
            found = np.arange(self.size, self.size + len(labels))
            self.size += len(labels)
            return found
        found = np.full(len(labels), -1, np.int64)
        for at, label in enumerate(labels.tolist()):
            self._seen[label] += 1
            places = self._places[label]
            if len(places) < self._most:
                places.append(self.size)
                found[at] = self.size
                self.size += 1
                continue
            drawn = int(self._rng.integers(self._seen[label]))
            if drawn < self._most:
                found[at] = places[drawn]
        return found


class FeaturePass:
    """Runs a model on the samples that are drawn, and writes what it gives."""

    def __init__(
        self,
        reader: keras.Model,
        folder: Path,
        widths: Sequence[int],
        logits: bool | None,
        reservoir: Reservoir,
        max_bytes: int,
    ) -> None:
        self._reader, self._logits = reader, logits
        self._reservoir, self._max_bytes = reservoir, max_bytes
        self._folder = folder
        self._files: list[RowFile] = []
        self._scores = RowFile(folder / OUTPUT, widths[-1], np.float32)
        self._row_bytes = row_bytes(widths[:-1], widths[-1])
        self._labels: dict[int, int] = {}
        self._ids: dict[int, str] = {}
        # Samples that wait for a full batch: each shape is compiled once.
        self._waiting: list[tuple[Any, np.ndarray]] = []
        self._size = self._count = 0

    def take(self, batch: Batch) -> None:
        """Draws from a batch."""
        self._size = max(self._size, len(batch.labels))
        counted = np.flatnonzero(batch.counted)
        places = self._reservoir.places(batch.labels[counted])
        if self._reservoir.size * self._row_bytes > self._max_bytes:
            raise ValueError(too_large(self._max_bytes))
        chosen, places = counted[places >= 0], places[places >= 0]
        if not len(chosen):
            return
        for at, place in zip(chosen.tolist(), places.tolist(), strict=True):
            self._labels[place] = int(batch.labels[at])
            if batch.ids is not None:
                self._ids[place] = batch.ids[at]
        x = batch.x
        if len(chosen) < len(batch.labels):
            x = keras.tree.map_structure(lambda a: a[chosen], x)
        # Batches of padded text, or of images of any size, are not mixed.
        if self._waiting and _shapes(self._waiting[-1][0]) != _shapes(x):
            self._run_first()
        self._waiting.append((x, places))
        self._count += len(chosen)
        while self._count >= self._size:
            self._run_first()

    def flush(self) -> None:
        """Runs the model on the samples that wait."""
        if self._count:
            self._run_first()

    def _run_first(self) -> None:
        """Runs the model on the samples that have waited longest."""
        parts = [x for x, _ in self._waiting]
        places = np.concatenate([each for _, each in self._waiting])
        x = parts[0]
        if len(parts) > 1:
            x = keras.tree.map_structure(
                lambda *each: np.concatenate(each), *parts
            )
        size, count = self._size, len(places)
        self._waiting, self._count = [], max(count - size, 0)
        if count > size:
            rest = keras.tree.map_structure(lambda a: a[size:], x)
            self._waiting = [(rest, places[size:])]
            x = keras.tree.map_structure(lambda a: a[:size], x)
        elif count < size:  # the last batch is filled up
            rows = np.minimum(np.arange(size), count - 1)
            x = keras.tree.map_structure(lambda a: a[rows], x)
        self._run(x, places[:size])

    def labels(self) -> tuple[np.ndarray, list[str] | None]:
        """Returns labels int64 [N] and ids, or None."""
        order = range(len(self._labels))
        labels = np.array([self._labels[place] for place in order], np.int64)
        if len(self._ids) < len(self._labels):
            return labels, None
        return labels, [self._ids[place] for place in order]

    def close(self) -> None:
        """Closes the files."""
        for file in (*self._files, self._scores):
            file.close()

    def _run(self, x: Any, places: np.ndarray) -> None:
        *values, scores = self._reader.predict_on_batch(x)
        # In ascending order, of a place that is taken twice the later one.
        order = np.argsort(places, kind="stable")
        last = np.append(np.diff(places[order]) > 0, True)
        order = order[last]
        values = [np.asarray(value, np.float32) for value in values]
        if not self._files:
            self._open(values)
        for at, value in enumerate(values):
            if self._files[at].dtype == np.float16 and _overflows(value):
                self._widen(at)
            with np.errstate(over="ignore"):
                self._files[at].write(value[order], places[order])
        scores = np.asarray(scores, np.float32)
        if self._logits is None:
            self._logits = not are_probabilities(scores[: len(places)])
        if not self._logits:
            scores = np.log(np.maximum(scores, _LEAST_P))
        self._scores.write(scores[order], places[order])

    def _open(self, values: Sequence[np.ndarray]) -> None:
        """Opens a file for each layer, as fine as its first batch wants it."""
        for at, value in enumerate(values):
            is_fine = _fits_float16(value)
            self._row_bytes += 0 if is_fine else 2 * value.shape[1]
            self._files.append(
                RowFile(
                    self._folder / layer_file(at),
                    value.shape[1],
                    np.float16 if is_fine else np.float32,
                )
            )

    def _widen(self, at: int) -> None:
        """Goes on in float32 with a layer of which a batch is too large."""
        self._files[at].close()
        path = self._folder / layer_file(at)
        narrow = path.rename(path.with_suffix(".float16"))
        rows = NumpyRows(narrow)
        wide = self._files[at] = RowFile(path, rows.shape[1], np.float32)
        wide.extend(rows)
        narrow.unlink()
        self._row_bytes += 2 * wide.width


def _overflows(value: np.ndarray) -> bool:
    """Tells whether finite features [B, F] would be inf in float16."""
    finite = np.isfinite(value)
    most = abs(value).max(where=finite, initial=0)
    return bool(most >= _FLOAT16_END)


def _fits_float16(value: np.ndarray) -> bool:
    """Tells whether features [B, F] lose nothing to speak of in float16."""
    with np.errstate(over="ignore", invalid="ignore"):
        largest = abs(value).max(axis=0, initial=0)
        spread = value.std(axis=0)
    most = largest.max(initial=0)
    if 0 < most < np.inf and not _LEAST <= most <= _MOST:
        return False
    # A feature around 1,000 that varies by 0.5 would have two values.
    return not ((spread > 0) & (spread < _LEAST_VARIATION * largest)).any()


def _shapes(x: Any) -> list[tuple[int, ...]]:
    """Returns what samples of a batch must share to be one batch."""
    return [array.shape[1:] for array in keras.tree.flatten(x)]


def row_bytes(widths: Sequence[int], classes: int) -> int:
    """Returns the bytes of a sample: features in float16, and scores."""
    return 2 * sum(widths) + 4 * classes


def too_large(most: int) -> str:
    """Returns a sentence about features that take too much."""
    return (
        f"The features take more than max_bytes={most:,}. Take fewer of them: "
        "pool='mean' in place of 'grid3', fewer layers=, or fewer samples, "
        "per_class="
    ) + "."
