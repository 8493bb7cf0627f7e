"""Makes features of a Keras model, in one pass over data with labels."""

import contextlib
import os
import shutil
import warnings
import weakref
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np

from keras_hier.features.cut_points import points_of, symbolic
from keras_hier.features.labelled import Labelled
from keras_hier.features.pooling import POOLS, Pool, Pooled, pool_of
from keras_hier.features.reservoir import Reservoir
from keras_hier.features.untrained import adapt
from keras_hier.files.numpy_rows import NumpyRows
from keras_hier.files.row_files import RowFile
from keras_hier.heads.data_format import as_heads_read
from keras_hier.heads.group_head import positions
from keras_hier.heads.headed_model import input_of, main_output
from keras_hier.heads.logits import expects_logits, gives_logits_by_graph
from keras_hier.hierarchy.hierarchy import Hierarchy
from keras_hier.plausibility import are_probabilities
from keras_hier.probing.feature_arguments import check_layers
from keras_hier.probing.features import Features
from keras_hier.probing.features_folder import (
    OUTPUT,
    contents,
    describe,
    filled,
    layer_file,
)
from keras_hier.training.sample_batches import Batch

MAX_BYTES = 2**31
# What float16 holds with digits to spare: the largest feature of a layer within
# these, and four bits or more of what a feature varies by.
_LEAST, _MOST = 2.0**-4, 2.0**13
_LEAST_VARIATION = 2.0**-7
# From here on float16 rounds to inf.
_FLOAT16_END = 65520.0
_LEAST_P = 1e-30


def features(
    model: keras.Model,
    data: Any,
    layers: Iterable[str] | None = None,
    pool: Pool = "grid3",
    per_class: int | None = 50,
    path: str | os.PathLike[str] | None = None,
    seed: int = 0,
    max_bytes: int = MAX_BYTES,
    hierarchy: Hierarchy | None = None,
) -> Features:
    """Makes the features of a model at some layers, in one pass over data.

    The pass is what costs; `kh.analysis.probe` and all else reads what it left.
    Any layer with positions is averaged over them, in cells of a grid: that
    moves a layer by as much as layers differ, so compare like with like.

    Args:
        model: functional, or a built `keras.Sequential`; models within it are
            entered.
        data: samples that the model was not trained on, with labels: a data
            set or arrays, as `BlocksCallback` takes them for `samples`.
        layers: their names, from the input on, `"backbone/conv1"` for one of a
            model within. By default the tensors between which the model can be
            cut, one a block, at most 12, the last that of the block before the
            output; of a layer that is used twice, `"relu (2)"`.
        pool: `"grid3"`, cells of at most 3 x 3; `"mean"`, which it is as well
            where the model takes images of any size; or `"cls"`, the first
            position of a sequence.
        per_class: how many samples of each class at most, drawn at random;
            None for all.
        path: a new folder to keep the features in; see `Features.load`. By
            default they are gone when they are let go.
        seed: of the draw.
        max_bytes: that the features may take.
        hierarchy: of the C classes, in the order of the model's scores. The
            features keep their ids, so `path` wants it. Labels may be any node
            of it (`kh.NodeLabels`): samples known as a group of several classes
            are left out, and a warning says how many.

    Returns:
        Features of each layer, [N, F], on the disk, in float16, or in float32
        where those of the first batch want it, or of a later one are too large
        for float16; labels, ids where the data have
        them, and the scores of the output, float32 [N, C].

    Raises:
        ValueError: no such layer, features that do not fit, labels that are no
            classes, data without samples, `path` without `hierarchy`.
        FileExistsError: the folder is not empty.

    Example:
        ```python
        found = kh.analysis.features(
            model, val, path="feats", hierarchy=hierarchy
        )
        print(kh.analysis.probe(found, hierarchy))
        ```
    """
    reader = FeatureReader(model, layers, pool, hierarchy)
    found = reader.read(data, per_class, path, seed, max_bytes)
    if reader.left_out:
        warnings.warn(reader.left_out, stacklevel=2)
    return found


class FeatureReader:
    """Reads features of a model at some layers, again and again.

    Args:
        model: as for `features`; it may be trained between two passes.
        layers: as for `features`.
        pool: as for `features`.
        hierarchy: as for `features`.

    Attributes:
        layers: str [D], names.
        left_out: how many samples of the last pass are known as a group only,
            in a sentence; "" where none are.

    Raises:
        ValueError: no such layer or pooling.
    """

    def __init__(
        self,
        model: keras.Model,
        layers: Iterable[str] | None = None,
        pool: Pool = "grid3",
        hierarchy: Hierarchy | None = None,
    ) -> None:
        if pool not in POOLS:
            raise ValueError(f"pool must be one of {POOLS}, got {pool!r}.")
        points = points_of(model, layers)
        self.layers = tuple(point.name for point in points)
        if len(set(self.layers)) < len(points):
            raise ValueError(f"Expected each layer once, got {self.layers}.")
        check_layers(self.layers)
        self._model = model
        self._name, output = main_output(model)
        self._logits = _gives_logits(model, self._name, output)
        strategy = getattr(model, "distribute_strategy", None)
        with strategy.scope() if strategy else contextlib.nullcontext():
            tensors = symbolic(points)
            tensors = [
                as_heads_read(tensor, f"features{at}")
                for at, tensor in enumerate(tensors)
            ]
            shapes = [_channels_last(tensor.shape) for tensor in tensors]
            self._pools = [pool_of(pool, shape) for shape in shapes]
            pooled = [
                Pooled(done or pool, dtype="float32")(tensor)
                for tensor, done in zip(tensors, self._pools, strict=True)
            ]
            self._reader = keras.Model(input_of(model), [*pooled, output])
        self._widths = [tensor.shape[-1] for tensor in pooled]
        if None in self._widths:
            unknown = self.layers[self._widths.index(None)]
            raise ValueError(
                f"The number of features of {unknown!r} is not known."
            )
        self._shapes = [
            " x ".join("?" if size is None else str(size) for size in shape)
            for shape in shapes
        ]
        self._classes = int(output.shape[-1])
        self._hierarchy, self.left_out = hierarchy, ""

    def read(
        self,
        data: Any,
        per_class: int | None = 50,
        path: str | os.PathLike[str] | None = None,
        seed: int = 0,
        max_bytes: int = MAX_BYTES,
    ) -> Features:
        """Makes a pass over data; see `features`."""
        if path is not None and self._hierarchy is None:
            raise ValueError(
                "Features that are kept say which classes their numbers are: "
                "pass hierarchy=, with the classes in the order that the model "
                "scores them."
            )
        if per_class is not None and (
            type(per_class) is not int or per_class < 2
        ):
            raise ValueError(
                "per_class must be an integer >= 2, or None, got "
                f"{per_class!r}."
            )
        _check_size(self._widths, self._classes, per_class, max_bytes)
        samples = Labelled(data, self._name, self._classes, self._hierarchy)
        with filled(path) as folder:
            self._read(samples, per_class, folder, seed, max_bytes)
            self.left_out = samples.left_out()
            made = Features(**contents(folder))
        if path is None:
            weakref.finalize(made, shutil.rmtree, folder, ignore_errors=True)
        return made

    def _read(
        self,
        samples: Labelled,
        per_class: int | None,
        folder: Path,
        seed: int,
        max_bytes: int,
    ) -> None:
        found = _Pass(
            self._reader,
            folder,
            [*self._widths, self._classes],
            self._logits,
            Reservoir(self._classes, per_class, seed),
            max_bytes,
        )
        # While `fit` runs, JAX has the weights outside the variables.
        if hasattr(self._model, "jax_state_sync"):
            self._model.jax_state_sync()
        try:
            with contextlib.closing(found):
                for batch in samples:
                    adapt(self._model, batch.x)
                    found.take(batch)
                found.flush()
        finally:
            if hasattr(self._reader, "jax_state_sync"):
                self._reader.jax_state_sync()
        labels, ids = found.labels()
        if not len(labels):
            raise ValueError(samples.without_any())
        describe(
            folder,
            labels=labels,
            layers=self.layers,
            shapes=self._shapes,
            pools=self._pools,
            ids=ids,
            classes=None
            if self._hierarchy is None
            else self._hierarchy.classes,
        )


class _Pass:
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
        self._row_bytes = _row_bytes(widths[:-1], widths[-1])
        self._labels: dict[int, int] = {}
        self._ids: dict[int, str] = {}
        # Samples that wait for a batch to be full: one shape is compiled once.
        self._waiting: list[tuple[Any, np.ndarray]] = []
        self._size = self._count = 0

    def take(self, batch: Batch) -> None:
        """Draws from a batch."""
        self._size = max(self._size, len(batch.labels))
        counted = np.flatnonzero(batch.counted)
        places = self._reservoir.places(batch.labels[counted])
        if self._reservoir.size * self._row_bytes > self._max_bytes:
            raise ValueError(_too_large(self._max_bytes))
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


def _channels_last(shape: Sequence[int | None]) -> tuple[int | None, ...]:
    """Returns the shape of a sample, as who reads the log expects it."""
    axes = positions(tuple(shape))
    channels = 1 if axes[:1] == (2,) else -1
    return (*(shape[axis] for axis in axes), shape[channels])


def _gives_logits(model: keras.Model, name: str, output: Any) -> bool | None:
    found = gives_logits_by_graph(output)
    return expects_logits(model, name) if found is None else found


def _shapes(x: Any) -> list[tuple[int, ...]]:
    """Returns what samples of a batch must share to be one batch."""
    return [array.shape[1:] for array in keras.tree.flatten(x)]


def _row_bytes(widths: Sequence[int], classes: int) -> int:
    return 2 * sum(widths) + 4 * classes


def _check_size(
    widths: Sequence[int], classes: int, per_class: int | None, most: int
) -> None:
    """Refuses features of which even two samples a class do not fit."""
    rows = classes * (per_class or 2)
    if rows * _row_bytes(widths, classes) <= most or per_class is None:
        return
    raise ValueError(
        f"{sum(widths):,} features of {rows:,} samples may take "
        f"{rows * _row_bytes(widths, classes):,} bytes. {_too_large(most)}"
    )


def _too_large(most: int) -> str:
    return (
        f"The features take more than max_bytes={most:,}. Take fewer of them: "
        "pool='mean' in place of 'grid3', fewer layers=, or fewer samples, "
        "per_class="
    ) + "."
