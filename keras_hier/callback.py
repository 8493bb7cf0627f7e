"""Logs matrices and samples of a model while it trains."""

import functools
import os
import warnings
from collections.abc import Callable, Iterable
from typing import Any, Literal

import keras
import numpy as np
from scipy import sparse

from keras_hier.earlier_training import EarlierTraining
from keras_hier.heads import ProbeHead, heads_of, main_output
from keras_hier.hierarchy import Hierarchy
from keras_hier.log import contract
from keras_hier.log.thumbnails import PER_CLASS
from keras_hier.log.writer import BlocksWriter
from keras_hier.logits import expected_in_training
from keras_hier.metrics import ConfusionMatrix
from keras_hier.miscounts import NotANumberError
from keras_hier.patient_log import Entry, PatientLog
from keras_hier.sample_logging import SampleLogging

# Of `every="log"`: epochs 1 to 6, 8, 10, 13, 16, 20, 25, 32, 40, 50, ...
EPOCHS_A_DECADE = 10


class BlocksCallback(keras.callbacks.Callback):
    """Writes confusion matrices to a TensorBoard log, epoch by epoch.

    For matrices it makes no pass over the data: it reads the states of the
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

    With `samples` it also logs what the model says of every sample of a data
    set: the five best classes, their probabilities, and the rank of the actual
    class. That takes a pass of its own over these data, of which nothing else
    is kept. Thumbnails go with the first such epoch.

    What happens to the log ends no training: a full disk, a folder that is
    moved or deleted, a service that does not answer. A warning says so, once,
    and what could not be written is tried again with the next epoch. A training
    that starts below the last epoch of the folder overtakes what is there,
    which a warning says too.

    Put it before `keras.callbacks.BackupAndRestore` in the list: a process that
    is killed between the two has the epoch in its backup then, but not in its
    log. (With validation data the matrices are safe in either order, as they
    are written before epochs end; training matrices alone and samples are not.)

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
        samples: data of which every sample is logged: a `tf.data.Dataset`, a
            `keras.utils.PyDataset` or another iterable of batches that can be
            walked through again and again; or arrays. Batches are (x, y) or
            (x, y, id), with ids as strings or integers, all different; or
            {"x": ..., "y": ..., "id": ..., "picture": ...}, of which the last
            two may be left out. y are labels [N], [N, 1] or one-hot [N, C],
            also as the dict that `targets` makes of them. Without ids the
            samples are numbered, and must come in the same order each time. A
            third element of floats is taken for sample weights: samples of
            weight 0 are left out.
        samples_every: which epochs to log them of, as `every`. The last is
            always logged.
        samples_split: "train", "validation" or "test": what the data are.
        thumbnails_per_class: how many pictures of each class to log, the first
            ones; 0 for none. They take 64 MiB at most: where that does not
            hold so many, fewer of each class are logged, with a warning.
        picture_of: function of a batch x that returns pictures as they are
            shown, [N, H, W, 1 or 3], uint8 or floats on a scale of 0 to 255.
            By default x itself if it is on that scale; preprocessed inputs are
            never shown.

    Raises:
        ValueError: an argument is something else; or, when training starts, the
            model has no `ConfusionMatrix`, or the first batch of `samples` is
            not as it should be; after the first batch, labels or scores that
            cannot be right. What is wrong with samples later ends no
            training: a warning says why they are not logged.
        OSError: when training starts, the folder cannot be written to.

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
        samples: Any = None,
        samples_every: int | Literal["log"] | Iterable[int] = 5,
        samples_split: str = "validation",
        thumbnails_per_class: int = PER_CLASS,
        picture_of: Callable[[Any], Any] | None = None,
    ) -> None:
        super().__init__()
        if train not in (True, False, "all"):
            raise ValueError(
                f"train must be True, False or 'all', got {train!r}."
            )
        self.log_dir = os.fspath(log_dir)
        self.every = _checked_every("every", every)
        self.train = train
        self.samples_every = _checked_every("samples_every", samples_every)
        self._samples: SampleLogging | None = None
        if samples is not None:
            self._samples = SampleLogging(
                samples,
                self.log_dir,
                samples_split,
                thumbnails_per_class,
                picture_of,
            )
        self._sampled = 0
        self._ended = 0
        self._log = PatientLog(self.log_dir)
        self._earlier: EarlierTraining | None = None
        self._first = True
        self._step: int | None = None
        self._train_read = False
        # The last epoch is known only once training has stopped, and a state is
        # gone with the next epoch: so all are read, and written when due.
        self._pending: list[Entry] = []

    def set_model(self, model: keras.Model) -> None:
        """Starts afresh: Keras calls it for `fit`, and for `evaluate` alone."""
        super().set_model(model)
        self._step = None
        self._pending = []

    def on_train_begin(self, logs: dict[str, float] | None = None) -> None:
        """Checks that there is something to log, and where, beforehand."""
        _check_model(self.model)
        self._sampled = self._ended = 0
        self._first = True
        if self._samples is not None:
            self._samples.begin(self.model, _hierarchy_of_samples(self.model))
        if _is_first_process():
            held = self._log.open(self._splits())
            self._earlier = EarlierTraining(self.log_dir, held)
            if self._samples is not None:
                self._samples.there = held[self._samples.split].pictured

    def on_epoch_begin(
        self, epoch: int, logs: dict[str, float] | None = None
    ) -> None:
        """Notes which epoch it is and forgets the one before."""
        if not self._ended:
            self._start(epoch)
        self._step = epoch + 1
        self._train_read = False
        self._pending = []

    def on_train_batch_end(
        self, batch: int, logs: dict[str, float] | None = None
    ) -> None:
        """Ends training after its first batch if numbers cannot be right."""
        if self._first:
            self._first = False
            self._check_numbers()

    def on_test_begin(self, logs: dict[str, float] | None = None) -> None:
        """Reads the training part: validation is about to reset it."""
        self._read_train()

    def on_test_end(self, logs: dict[str, float] | None = None) -> None:
        """Reads the validation part; writes a due epoch before it ends.

        Whoever acts on the end of epochs, such as `BackupAndRestore`, finds it
        in the log.
        """
        self._read("validation", heads=True)
        if self._step is not None and self._is_due(self._step):
            self._write()

    def on_epoch_end(
        self, epoch: int, logs: dict[str, float] | None = None
    ) -> None:
        """Reads the training part unless that is done; writes a due epoch."""
        self._read_train()
        if self._is_due(epoch + 1):
            self._write()
        self._step = None
        self._ended = epoch + 1
        # An earlier callback may have ended training; what follows may bring
        # back the weights of another epoch.
        last = self._is_last(epoch + 1) or self.model.stop_training
        if last or _is_due(self.samples_every, epoch + 1):
            self._write_samples()

    def on_train_end(self, logs: dict[str, float] | None = None) -> None:
        """Writes the last epoch if it was not due, and closes the files."""
        self._write()
        if self._sampled < self._ended:
            self._write_samples()
        self._log.close()
        if self._earlier is not None:
            self._earlier.end(self._log.first_steps)
            self._earlier = None

    def _splits(self) -> list[str]:
        """Returns the splits that are likely to be logged."""
        splits = ["validation"]
        if self.train:
            splits.insert(0, "train")
        if self._samples is not None and self._samples.split not in splits:
            splits.append(self._samples.split)
        return splits

    def _start(self, epoch: int) -> None:
        if self._earlier is not None:
            # Only Keras's callback sets it, and only in this private place.
            restored = getattr(self.model, "_initial_epoch", None) == epoch
            self._earlier.start(epoch + 1, restored and epoch > 0, self._is_due)
        if epoch == 0 and self._samples is not None:
            self._samples.there = set()

    def _is_last(self, step: int) -> bool:
        return step == (self.params or {}).get("epochs")

    def _is_due(self, step: int) -> bool:
        return self._is_last(step) or _is_due(self.every, step)

    def _read_train(self) -> None:
        if not self._train_read and self.train:
            self._read("train", heads=self.train == "all")
        self._train_read = True

    def _check_numbers(self) -> None:
        if hasattr(self.model, "jax_state_sync"):
            self.model.jax_state_sync()
        for output, metric in _confusion_matrices(self.model).items():
            expected = expected_in_training(self.model, output)
            if expected is not None:
                metric.from_logits = expected
            metric.check()

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
            try:
                matrix = sparse.csr_array(metric.matrix())
            except NotANumberError as error:
                warnings.warn(
                    f"Epoch {self._step} was logged without a {split} matrix "
                    f"of {output!r}: {error}",
                    stacklevel=4,
                )
                continue
            role: contract.Role = "class"
            if layer is not None:
                role = "probe" if isinstance(layer, ProbeHead) else "head"
            self._pending.append(
                Entry(
                    split,
                    self._step,
                    contract.matrix_tag(output),
                    metric.hierarchy,
                    matrix.data.nbytes + matrix.indices.nbytes,
                    functools.partial(
                        BlocksWriter.matrix,
                        matrix=matrix,
                        step=self._step,
                        output=output,
                        grouping=metric.at,
                        role=role,
                        layer=None if layer is None else layer.layer,
                    ),
                )
            )

    def _write(self) -> None:
        for entry in self._pending:
            self._log.add(entry)
        self._pending = []
        self._log.write()

    def _write_samples(self) -> None:
        self._sampled = self._ended
        if self._samples is not None and _is_first_process():
            for entry in self._samples.entries(self._ended, self._log):
                self._log.add(entry)
            self._log.write()


def _checked_every(name: str, every: Any) -> int | str | tuple[int, ...]:
    if not isinstance(every, int | str):
        every = tuple(every)
    if every == "log" or (type(every) is int and every >= 1):
        return every
    if (
        isinstance(every, tuple)
        and every
        and all(isinstance(e, int | np.integer) and e >= 1 for e in every)
    ):
        return every
    raise ValueError(
        f"{name} must be an integer >= 1, 'log', or epochs counted from 1, got "
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
    given = keras.tree.flatten(_given(model))
    if any(isinstance(metric, ConfusionMatrix) for metric in given):
        return
    raise ValueError(
        "BlocksCallback found no ConfusionMatrix among the model's metrics. "
        "Add one: model.compile(..., weighted_metrics=["
        "kh.ConfusionMatrix(hierarchy)]), or for a model with heads "
        "model.compile(..., **kh.compile_args(model, hierarchy))."
    )


def _given(model: keras.Model) -> list[Any]:
    """Returns metrics as they were given to compile, and those of the model."""
    compiled = getattr(model, "_compile_metrics", None)
    return [
        getattr(compiled, "_user_metrics", None),
        getattr(compiled, "_user_weighted_metrics", None),
        model.metrics,
    ]


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


def _hierarchy_of_samples(model: keras.Model) -> Hierarchy:
    """Returns the tree of the classes that samples are about."""
    if keras.backend.backend() == "jax":
        import jax

        if jax.process_count() > 1:
            raise ValueError(
                "samples= needs one process, as a pass over the data is not "
                f"split among them; there are {jax.process_count()}."
            )
    main = contract.CLASS_OUTPUT
    if getattr(model, "outputs", None):
        main = main_output(model)[0]
    # Before the first batch Keras has not yet matched metrics and outputs.
    given = [g.get(main) if isinstance(g, dict) else g for g in _given(model)]
    for metric in keras.tree.flatten(given):
        if isinstance(metric, ConfusionMatrix):
            return metric.hierarchy
    raise ValueError(
        f"samples= needs a ConfusionMatrix on the output {main!r}, whose "
        "hierarchy says what its classes are."
    )


def _is_first_process() -> bool:
    if keras.backend.backend() != "jax":
        return True
    import jax

    return bool(jax.process_index() == 0)
