"""Logs the confusion matrices that a model keeps while it trains."""

import os
from collections.abc import Iterable
from typing import Any, Literal, NamedTuple

import keras
import numpy as np

from keras_hier.heads import ProbeHead, heads_of
from keras_hier.hierarchy import Grouping, Hierarchy
from keras_hier.log import contract
from keras_hier.log.writer import BlocksWriter
from keras_hier.metrics import ConfusionMatrix

# Of `every="log"`: epochs 1 to 6, 8, 10, 13, 16, 20, 25, 32, 40, 50, ...
EPOCHS_A_DECADE = 10


class _Record(NamedTuple):
    """One matrix that may have to be written."""

    split: str
    output: str
    step: int
    matrix: np.ndarray
    hierarchy: Hierarchy
    grouping: Grouping | None
    role: contract.Role
    layer: str | None


class BlocksCallback(keras.callbacks.Callback):
    """Writes confusion matrices to a TensorBoard log, epoch by epoch.

    It makes no pass over the data: it reads the states of the
    `ConfusionMatrix` metrics that the model is compiled with, after the
    training part of an epoch and after its validation part. The training matrix
    is therefore a running total, taken while the weights change and dropout and
    augmentation are at work. The scores that follow from each matrix go beside
    it and show under TensorBoard's Scalars.

    The matrices of the training data go to `<log_dir>/train`, those of the
    validation data to `<log_dir>/validation`: the folders of Keras's own
    `TensorBoard` callback, which may run beside this one. Epochs are counted
    from 1 here, as the progress bar does; Keras's callback counts from 0.
    Training on into the same folder, with `initial_epoch`, continues the
    series.

    Only process 0 of several writes. `evaluate` outside `fit` writes nothing:
    it belongs to no epoch, `BlocksWriter` is for that. A callback that calls
    `evaluate` itself overwrites the metrics: put it after this one.

    Args:
        log_dir: folder of the run.
        every: which epochs to log: an int n (n, 2n, ...), "log" (ten a decade:
            1 to 6, 8, 10, 13, 16, 20, 25, ...), or the epochs themselves,
            counted from 1. The last epoch is always logged.
        train: training matrices of which outputs: True for the classes, "all"
            for heads and probes as well, False for none.

    Raises:
        ValueError: `every` or `train` is something else; or, when training
            starts, the model has no `ConfusionMatrix`.

    Example:
        ```python
        model.compile(
            "adam",
            keras.losses.SparseCategoricalCrossentropy(from_logits=True),
            weighted_metrics=["accuracy", kh.ConfusionMatrix(hierarchy)],
        )
        model.fit(
            x,
            y,
            validation_data=(x_val, y_val),
            epochs=50,
            callbacks=[kh.BlocksCallback("runs/plain")],
        )
        ```
    """

    def __init__(
        self,
        log_dir: str | os.PathLike[str],
        every: int | Literal["log"] | Iterable[int] = 1,
        train: bool | Literal["all"] = True,
    ) -> None:
        super().__init__()
        if train not in (True, False, "all"):
            raise ValueError(
                f"train must be True, False or 'all', got {train!r}."
            )
        self.log_dir = os.fspath(log_dir)
        self.every = every if isinstance(every, int | str) else tuple(every)
        self.train = train
        _check_every(self.every)
        self._writers: dict[tuple[str, str], BlocksWriter] = {}
        self._step: int | None = None
        self._train_read = False
        # The last epoch is known only once training has stopped, and a state is
        # gone with the next epoch: so all are read, and written when due.
        self._pending: list[_Record] = []

    def set_model(self, model: keras.Model) -> None:
        """Starts afresh: Keras calls it for `fit`, and for `evaluate` alone."""
        super().set_model(model)
        self._step = None
        self._pending = []

    def on_train_begin(self, logs: dict[str, float] | None = None) -> None:
        """Checks that there is something to log, before an epoch is spent."""
        _check_model(self.model)

    def on_epoch_begin(
        self, epoch: int, logs: dict[str, float] | None = None
    ) -> None:
        """Notes which epoch it is and forgets the one before."""
        self._step = epoch + 1
        self._train_read = False
        self._pending = []

    def on_test_begin(self, logs: dict[str, float] | None = None) -> None:
        """Reads the training part: validation is about to reset it."""
        self._read_train()

    def on_test_end(self, logs: dict[str, float] | None = None) -> None:
        """Reads the validation part."""
        self._read("validation", heads=True)

    def on_epoch_end(
        self, epoch: int, logs: dict[str, float] | None = None
    ) -> None:
        """Reads the training part unless that is done; writes a due epoch."""
        self._read_train()
        last = epoch + 1 == (self.params or {}).get("epochs")
        if last or _is_due(self.every, epoch + 1):
            self._write()
        self._step = None

    def on_train_end(self, logs: dict[str, float] | None = None) -> None:
        """Writes the last epoch if it was not due, and closes the files."""
        self._write()
        for writer in self._writers.values():
            writer.close()
        self._writers = {}

    def _read_train(self) -> None:
        if not self._train_read and self.train:
            self._read("train", heads=self.train == "all")
        self._train_read = True

    def _read(self, split: str, heads: bool) -> None:
        if self._step is None or not _is_first_process():
            return
        if hasattr(self.model, "jax_state_sync"):
            self.model.jax_state_sync()
        layers = heads_of(self.model)
        for output, metric in _confusion_matrices(self.model).items():
            layer = layers.get(output)
            if layer is not None and not heads:
                continue
            role: contract.Role = "class"
            if layer is not None:
                role = "probe" if isinstance(layer, ProbeHead) else "head"
            self._pending.append(
                _Record(
                    split,
                    output,
                    self._step,
                    metric.matrix(),
                    metric.hierarchy,
                    metric.at,
                    role,
                    None if layer is None else layer.layer,
                )
            )

    def _write(self) -> None:
        for record in self._pending:
            key = (record.split, record.hierarchy.digest)
            if key not in self._writers:
                self._writers[key] = BlocksWriter(
                    self.log_dir, record.hierarchy, record.split
                )
            self._writers[key].matrix(
                record.matrix,
                record.step,
                output=record.output,
                grouping=record.grouping,
                role=record.role,
                layer=record.layer,
            )
        self._pending = []
        for writer in self._writers.values():
            writer.flush()


def _check_every(every: Any) -> None:
    if every == "log" or (type(every) is int and every >= 1):
        return
    if (
        isinstance(every, tuple)
        and every
        and all(isinstance(e, int | np.integer) and e >= 1 for e in every)
    ):
        return
    raise ValueError(
        "every must be an integer >= 1, 'log', or epochs counted from 1, got "
        f"{every!r}."
    )


def _is_due(every: int | str | tuple[int, ...], step: int) -> bool:
    if isinstance(every, int):
        return step % every == 0
    if isinstance(every, tuple):
        return step in every
    place = round(np.log10(step) * EPOCHS_A_DECADE)
    return step == round(10 ** (place / EPOCHS_A_DECADE))


def _check_model(model: keras.Model) -> None:
    compiled = getattr(model, "_compile_metrics", None)
    given = [
        getattr(compiled, "_user_metrics", None),
        getattr(compiled, "_user_weighted_metrics", None),
        model.metrics,
    ]
    if any(isinstance(m, ConfusionMatrix) for m in keras.tree.flatten(given)):
        return
    raise ValueError(
        "BlocksCallback found no ConfusionMatrix among the model's metrics. "
        "Add one: model.compile(..., weighted_metrics=["
        "kh.ConfusionMatrix(hierarchy)]), or for a model with heads "
        "model.compile(..., **kh.compile_args(model, hierarchy))."
    )


def _confusion_matrices(model: keras.Model) -> dict[str, ConfusionMatrix]:
    """Finds the metrics by output; one of a custom train step is the main's."""
    main = (getattr(model, "output_names", None) or [contract.CLASS_OUTPUT])[0]
    # Keras has no public way from a metric to the output that it watches.
    compiled = getattr(model, "_compile_metrics", None)
    pairs: list[tuple[str, Any]] = [(main, m) for m in model.metrics]
    if compiled is not None and compiled.built:
        for group in compiled._flat_metrics + compiled._flat_weighted_metrics:
            pairs += [
                (group.output_name or main, m)
                for m in getattr(group, "metrics", ())
            ]
    found: dict[str, ConfusionMatrix] = {}
    for output, metric in pairs:
        if isinstance(metric, ConfusionMatrix):
            output = output.replace("/", "_")
            if output in found:  # classes and groups of one output
                output = f"{output}_{metric.name}"
            found[output] = metric
    return found


def _is_first_process() -> bool:
    if keras.backend.backend() != "jax":
        return True
    import jax

    return bool(jax.process_index() == 0)
