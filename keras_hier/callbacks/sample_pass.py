"""One pass of a model over a data set that keeps the best classes only.

`model.predict` would hold [N, C] scores. Here a wrapper model returns the K
best classes and the rank of the actual one, so that `predict` holds [N, K], on
every backend and under every distribution strategy.
"""

import contextlib
import warnings
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import keras
import numpy as np
from keras import ops

from keras_hier.callbacks.confusion_matrices import output_of_samples
from keras_hier.callbacks.top_k_model import TEMPERATURES, TopKModel
from keras_hier.heads.headed_model import main_output
from keras_hier.heads.logits import expects_logits, gives_logits_by_graph
from keras_hier.keras_internals import overrides_call
from keras_hier.log.predictions.thumbnails import Thumbnails, as_pictures
from keras_hier.log.predictions.top_k_predictions import TopKCollector
from keras_hier.log.records.paths_codec import PathSums, calibrating, fits
from keras_hier.log.records.sample_codec import TopKPredictions
from keras_hier.log.records.sample_index import SampleError, SampleIndex
from keras_hier.plausibility import (
    NOT_LOGITS,
    NOT_PROBABILITIES,
    are_probabilities,
)
from keras_hier.scores.paths import Paths
from keras_hier.tensors import to_numpy
from keras_hier.training.sample_batches import Batch, batches

# How many samples are needed to tell logits from probabilities.
_FIRST_SAMPLES = 32
# As in `fitted_temperature`: one label that was deemed impossible is not all.
_MOST_SURPRISE = -np.log(1e-12)
_HINT = (
    "Give pictures as they are shown: as elements {'x': ..., 'y': ..., "
    "'picture': ...} of `samples`, or by picture_of=, a function of x. "
    "thumbnails_per_class=0 logs none."
)


class NotANumberError(SampleError):
    """A model whose scores are NaN: training has diverged."""


class PassResult(NamedTuple):
    """The samples, predictions and paths in the index's order, and pictures."""

    samples: SampleIndex
    ranked: TopKPredictions
    thumbnails: Thumbnails | None
    sums: PathSums | None


class SamplePredictor:
    """Predicts the best classes of every sample of a data set.

    Attributes:
        output: name of the output of the classes, as in tags.
    """

    def __init__(
        self,
        model: keras.Model,
        data: Any,
        num_classes: int,
        picture_of: Callable[[Any], Any] | None = None,
        of_nodes: np.ndarray | None = None,
        paths: Paths | None = None,
    ) -> None:
        name, logits = _main(model)
        self.output = name.replace("/", "_")
        self.num_classes = num_classes
        self._model = model
        self._name = name
        self._data = data
        self._picture_of = picture_of
        self._of_nodes = of_nodes
        self._warned_of_pictures = self._warned_of_coarse = False
        strategy = getattr(model, "distribute_strategy", None)
        with strategy.scope() if strategy else contextlib.nullcontext():
            self._top_k_model = TopKModel(
                model, name, logits, num_classes, paths
            )
        self._logits = logits

    def check(self, pictures: bool) -> bool:
        """Checks the first batch; returns whether there will be thumbnails.

        If they are wanted and cannot be, a warning says why.
        """
        batch = next(self._batches(), None)
        if batch is None:
            raise SampleError("`samples` holds no samples.")
        ranking = TopKCollector(self.num_classes)
        ranking.add(batch.labels, _placeholder(len(batch.labels)), batch.ids)
        ranking.finish()
        self._top_k_model.from_logits = self._gives_logits(batch)
        if not pictures:
            return False
        try:
            self._pictures(batch, np.arange(len(batch.labels)), first=True)
        except SampleError as error:
            if batch.picture is not None or self._picture_of is not None:
                raise SampleError(
                    "Pictures must be [N, H, W, 1] or [N, H, W, 3], uint8 or "
                    f"floats on a scale of 0 to 255: {error}."
                ) from error
            warnings.warn(
                "The samples are logged without thumbnails: the inputs of the "
                f"model are no pictures on a scale of 0 to 255, {error}. "
                f"{_HINT}",
                stacklevel=4,
            )
            return False
        return True

    def run(self, thumbnails: Thumbnails | None = None) -> PassResult:
        """Makes the pass, and collects pictures in `thumbnails`."""
        seen: list[Batch] = []
        failed: list[Exception] = []
        whole = False

        # Keras may call it from a thread, which raises other errors for ours.
        def inputs() -> Iterator[tuple[dict[str, Any]]]:
            nonlocal whole
            position = 0
            try:
                for batch in self._batches():
                    if thumbnails is not None:
                        self._collect(thumbnails, batch, position)
                    position += len(batch.labels)
                    seen.append(batch._replace(x=None, picture=None))
                    x = keras.tree.map_structure(_as_tensor_of_text, batch.x)
                    yield ({"x": x, "label": batch.labels.astype("int32")},)
                whole = True
            except Exception as error:
                failed.append(error)

        if hasattr(self._model, "jax_state_sync"):
            self._model.jax_state_sync()
        try:
            with warnings.catch_warnings():
                # This generator is meant to end.
                warnings.filterwarnings("ignore", "Your input ran out of data")
                found = self._top_k_model.predict(inputs(), verbose=0)
        except Exception:
            if failed:
                raise failed[0] from None
            if whole and not seen:
                raise SampleError(
                    "`samples` held no samples this time: it must be a data "
                    "set that can be walked through again and again."
                ) from None
            raise
        finally:
            # On JAX `predict` takes the weights out of the variables, and does
            # not put them back when it fails.
            if hasattr(self._top_k_model, "jax_state_sync"):
                self._top_k_model.jax_state_sync()
        if failed:
            raise failed[0]
        self._warn_of_coarse(seen)
        index, ranked = self._ranked(seen, found)
        sums = _sums(index, found) if "path" in found else None
        return PassResult(index, ranked, thumbnails, sums)

    def _gives_logits(self, batch: Batch) -> bool:
        """Tells whether scores are logits, by the loss and the numbers."""
        x = keras.tree.map_structure(lambda a: a[:_FIRST_SAMPLES], batch.x)
        scores = self._top_k_model.scores(x)
        found = are_probabilities(ops.convert_to_numpy(scores))
        if self._logits is None:
            if found is None:
                raise ValueError(
                    "It is unclear whether the model returns logits or "
                    "probabilities. Compile it with a loss that says so, as "
                    "keras.losses.SparseCategoricalCrossentropy("
                    "from_logits=True)."
                )
            return not found
        if self._logits and found:
            raise ValueError(f"The scores of the first samples {NOT_LOGITS}")
        if not self._logits and found is False:
            raise ValueError(
                f"The scores of the first samples {NOT_PROBABILITIES}"
            )
        return self._logits

    def _batches(self) -> Iterator[Batch]:
        return batches(self._data, self._name, self.num_classes, self._of_nodes)

    def _ranked(
        self, seen: list[Batch], found: dict[str, np.ndarray]
    ) -> tuple[SampleIndex, TopKPredictions]:
        counted = np.concatenate([batch.counted for batch in seen])
        wrong = np.isnan(found["total"]) & counted
        if wrong.any():
            raise NotANumberError(
                f"The scores of {wrong.sum()} samples are NaN or infinite: has "
                "training diverged?"
            )
        ranked = TopKPredictions(
            classes=found["classes"].astype(np.int64),
            probabilities=np.exp(-found["loss"].astype(np.float64)),
            actual=np.exp(-found["own"].astype(np.float64)),
            rank=found["rank"].astype(np.int64),
        )
        labels = np.concatenate([batch.labels for batch in seen])
        ids: Any = None
        if any(batch.ids is not None for batch in seen):
            ids = [name for batch in seen for name in batch.ids or ()]
            if len(ids) < len(labels):
                raise SampleError("Give ids for all samples or for none.")
            ids = [n for n, c in zip(ids, counted, strict=True) if c]
        ranking = TopKCollector(self.num_classes)
        (kept,) = np.nonzero(counted)
        if ids is None and len(kept) < len(labels):
            ids = kept
        ranking.add(labels[kept], ranked.take(kept), ids)
        index, ranked = ranking.finish()
        # Positions count the samples that were left out, too.
        index.order = kept[index.order]
        return index, ranked

    def _warn_of_coarse(self, seen: list[Batch]) -> None:
        coarse = sum(batch.coarse for batch in seen)
        if not coarse or self._warned_of_coarse:
            return
        self._warned_of_coarse = True
        total = sum(len(batch.labels) for batch in seen)
        if not any(batch.counted.any() for batch in seen):
            raise SampleError(
                f"of its {total} samples none has a label that is a class"
            )
        warnings.warn(
            f"{coarse} of {total} samples are known as a group of classes "
            "only: they are not among the samples that are logged.",
            stacklevel=5,
        )

    def _collect(
        self, thumbnails: Thumbnails, batch: Batch, position: int
    ) -> None:
        rows = np.array(
            [
                row
                for row, label in enumerate(batch.labels.tolist())
                if batch.counted[row] and thumbnails.wants(label)
            ],
            np.int64,
        )
        if not rows.size:
            return
        try:
            pictures = self._pictures(batch, rows)
        except Exception as error:  # whatever picture_of raises
            if not self._warned_of_pictures:
                self._warned_of_pictures = True
                warnings.warn(
                    f"Some samples have no thumbnails: {error!s:.300}. {_HINT}",
                    stacklevel=2,
                )
            return
        for row, picture in zip(rows.tolist(), pictures, strict=True):
            thumbnails.add(int(batch.labels[row]), position + row, picture)

    def _pictures(
        self, batch: Batch, rows: np.ndarray, first: bool = False
    ) -> np.ndarray:
        source = batch.picture
        if source is None:
            source = batch.x
            if self._picture_of is not None:
                source = to_numpy(self._picture_of(source))
        if not hasattr(source, "shape"):
            raise SampleError("there are several inputs")
        if len(source) != len(batch.labels):
            raise SampleError(
                f"there are {len(source)} for {len(batch.labels)} samples"
            )
        # Pictures, unlike inputs, always have their channels last.
        is_input = batch.picture is None and self._picture_of is None
        channels_first = (
            is_input and keras.config.image_data_format() == "channels_first"
        )
        return as_pictures(source[rows], channels_first, dark=not first)


def _sums(index: SampleIndex, found: dict[str, np.ndarray]) -> PathSums | None:
    """Returns paths before and after the likeliest temperature."""
    if not fits(len(index), found["path"].shape[2]):
        return None
    heat = TEMPERATURES.index(1)
    if len(chosen := calibrating(len(index))[0]):
        losses = found["label"][index.order[chosen]].clip(max=_MOST_SURPRISE)
        heat = int(losses.mean(axis=0).argmin())
    before, after = (
        np.exp(-found["path"][index.order, at].astype(np.float32))
        for at in (TEMPERATURES.index(1), heat)
    )
    return PathSums(TEMPERATURES[heat], before, after)


def _as_tensor_of_text(array: np.ndarray) -> Any:
    """Returns text as a tensor, since Keras takes no arrays of it."""
    if array.dtype.kind not in "OSU":
        return array
    return ops.convert_to_tensor(array, dtype="string")


def _main(model: keras.Model) -> tuple[str, bool | None]:
    """Returns the name of the classes' output, and if it is logits."""
    if not getattr(model, "outputs", None):
        name = output_of_samples(model)
        return name, expects_logits(model, name)
    name, tensor = main_output(model)
    declared = expects_logits(model, name)
    if declared is None and not overrides_call(model):
        declared = gives_logits_by_graph(tensor)
    return name, declared


def _placeholder(samples: int) -> TopKPredictions:
    zeros = np.zeros((samples, 1))
    return TopKPredictions(zeros, zeros, zeros[:, 0], zeros[:, 0])
