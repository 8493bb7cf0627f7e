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

from keras_hier.features.cut_points import points_of, symbolic
from keras_hier.features.feature_pass import (
    FeaturePass,
    Reservoir,
    row_bytes,
    too_large,
)
from keras_hier.features.labelled import Labelled
from keras_hier.features.pooling import POOLS, Pool, Pooled, pool_of
from keras_hier.features.untrained import adapt
from keras_hier.heads.data_format import as_heads_read
from keras_hier.heads.group_head import positions
from keras_hier.heads.headed_model import input_of, main_output
from keras_hier.heads.logits import expects_logits, gives_logits_by_graph
from keras_hier.hierarchy.hierarchy import Hierarchy
from keras_hier.probing.feature_arguments import check_layers
from keras_hier.probing.features import Features
from keras_hier.probing.features_folder import contents, describe, filled

MAX_BYTES = 2**31


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

    The pass takes nearly all of the time; `kh.analysis.probe` reads its result.
    A layer with positions is averaged over them, by default in cells of a grid.
    The pooling changes a layer as much as layers differ, so compare layers that
    are pooled alike.

    Args:
        model: functional, or a built `keras.Sequential`; models within it are
            entered.
        data: samples that the model was not trained on, with labels: a data
            set or arrays, as `BlocksCallback` takes them for `samples`.
        layers: their names, from the input on: `"backbone/conv1"` within a
            model, `"relu (2)"` for the second use of a layer. By default at
            most 12 tensors between which the model can be cut, one a block, up
            to the block before the output.
        pool: `"grid3"`, cells of at most 3 x 3; `"mean"`, also used for images
            of any size; or `"cls"`, the first position of a sequence.
        per_class: how many samples of each class at most, drawn at random;
            None for all.
        path: a new folder to keep the features in; see `Features.load`. By
            default they are deleted with the returned object.
        seed: of the draw.
        max_bytes: the most that the features may take.
        hierarchy: of the C classes, in the order of the model's scores.
            Required with `path`, since the features keep the class ids. Labels
            may be any node of it (`kh.NodeLabels`): samples known as a group of
            several classes are left out, and a warning says how many.

    Returns:
        Features of each layer, [N, F], on the disk, with labels, ids if the
        data have them, and the scores of the output, float32 [N, C]. Features
        are float16, or float32 where float16 would lose digits or overflow.

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

    Attributes:
        layers: str [D], names.
        left_out: a sentence about samples of the last pass that are known as a
            group only; "" where none are.
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
        logits = gives_logits_by_graph(output)
        if logits is None:
            logits = expects_logits(model, self._name)
        self._logits = logits
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
        if per_class is not None:
            self._check_size(self._classes * per_class, max_bytes)
        samples = Labelled(data, self._name, self._classes, self._hierarchy)
        with filled(path) as folder:
            self._read(samples, per_class, folder, seed, max_bytes)
            self.left_out = samples.left_out()
            made = Features(**contents(folder))
        if path is None:
            weakref.finalize(made, shutil.rmtree, folder, ignore_errors=True)
        return made

    def _check_size(self, rows: int, max_bytes: int) -> None:
        size = rows * row_bytes(self._widths, self._classes)
        if size > max_bytes:
            raise ValueError(
                f"{sum(self._widths):,} features of {rows:,} samples may take "
                f"{size:,} bytes. {too_large(max_bytes)}"
            )

    def _read(
        self,
        samples: Labelled,
        per_class: int | None,
        folder: Path,
        seed: int,
        max_bytes: int,
    ) -> None:
        found = FeaturePass(
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


def _channels_last(shape: Sequence[int | None]) -> tuple[int | None, ...]:
    """Returns the shape of a sample, as who reads the log expects it."""
    axes = positions(tuple(shape))
    channels = 1 if axes[:1] == (2,) else -1
    return (*(shape[axis] for axis in axes), shape[channels])
