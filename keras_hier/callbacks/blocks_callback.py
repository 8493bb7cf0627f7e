"""Logs matrices and samples of a model while it trains."""

import os
from collections.abc import Callable
from typing import Any, Literal

import keras

from keras_hier.callbacks.confusion_matrices import (
    check_model,
    confusion_matrices,
    metric_of_samples,
    synchronise,
)
from keras_hier.callbacks.earlier_training import warn_of_earlier
from keras_hier.callbacks.epoch_recorder import EpochRecorder, is_first_process
from keras_hier.callbacks.retrying_log import Entry, RetryingLog
from keras_hier.callbacks.sample_logger import SampleLogger
from keras_hier.callbacks.schedule import Every, Schedule
from keras_hier.heads.logits import expected_in_training
from keras_hier.keras_internals import initial_epoch, validation_data
from keras_hier.log.event_files.folder_contents import FolderContents
from keras_hier.log.predictions.thumbnails import PER_CLASS
from keras_hier.plausibility import require_class_names


class BlocksCallback(keras.callbacks.Callback):
    """Writes confusion matrices to a TensorBoard log, epoch by epoch.

    It reads the `ConfusionMatrix` metrics that the model is compiled with,
    after the training part of an epoch and after its validation part. So
    matrices take no pass over the data. The training matrix is a running total:
    weights change meanwhile, and dropout and augmentation are at work. Scores
    that follow from each matrix show under TensorBoard's Scalars.

    Matrices go to `<log_dir>/train` and `<log_dir>/validation`, the folders of
    Keras's own `TensorBoard` callback, which may run beside this one. Epochs
    are counted from 1, as the progress bar does. Training on into the same
    folder, with `initial_epoch`, continues the series.

    With `label_mode="nodes"` samples known as a group of several classes stand
    in no cell. Their number is logged with every matrix, and a split that has
    no others warns.

    With `samples` it also logs each sample of a data set: the five best
    classes, their probabilities, and the rank of the actual class. This is an
    extra pass over these data. Thumbnails are logged with the first such epoch.
    If the weights of this pass are not those of the validation matrix, a
    warning says so. Put `keras.callbacks.SwapEMAWeights` before this callback
    then, with `swap_on_epoch=True`.

    Trouble with the log never ends a training: a full disk, a folder that is
    moved or deleted, a service that does not answer. It warns once, and tries
    again with the next epoch. A training that starts below the last epoch in
    the folder replaces the later epochs there, also with a warning.

    Put it before `keras.callbacks.BackupAndRestore` in the list. Otherwise a
    process that is killed between the two may have the epoch in its backup and
    not in its log.

    Only process 0 of several writes. `evaluate` outside `fit` writes nothing:
    use `BlocksWriter`. A callback that calls `evaluate` itself overwrites the
    metrics: put it after this one.

    Args:
        log_dir: folder of the run.
        every: which epochs to log: an int n (n, 2n, ...), "log" (ten a decade:
            1 to 6, 8, 10, 13, 16, 20, 25, ...), or the epochs themselves,
            counted from 1. The last epoch and the last validation are always
            logged.
        train: training matrices of which outputs: True for the classes, "all"
            for heads and probes as well, False for none.
        samples: data of which every sample is logged: a `tf.data.Dataset`, a
            `keras.utils.PyDataset` or another iterable of batches that can be
            walked through again and again; or arrays. Batches are (x, y),
            (x, y, id), with ids as strings or integers, all different, or
            {"x": ..., "y": ..., "id": ..., "picture": ...}. The last two may be
            left out. y are labels [N], [N, 1] or one-hot [N, C], also as the
            dict that `targets` makes. Without ids the samples are numbered, and
            must come in the same order each time. A third element of floats
            holds sample weights: samples of weight 0 are left out.
        samples_every: which epochs to log them of, as `every`. The last is
            always logged.
        samples_split: "train", "validation" or "test".
        thumbnails_per_class: how many pictures of each class to log, the first
            ones; 0 for none. They take 64 MiB at most: if needed fewer of each
            class are logged, with a warning.
        picture_of: function of a batch x that returns pictures as they are
            shown, [N, H, W, 1 or 3], uint8 or floats on a scale of 0 to 255.
            By default x itself if it is on that scale.

    Raises:
        ValueError: an argument is something else. When training starts: the
            model has no `ConfusionMatrix`, or the first batch of `samples` is
            invalid. After the first batch: invalid labels or scores. Invalid
            samples in later batches only warn.
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
        every: Every = 1,
        train: bool | Literal["all"] = True,
        samples: Any = None,
        samples_every: Every = 5,
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
        self._schedule = Schedule("every", every)
        self._samples_schedule = Schedule("samples_every", samples_every)
        self.every = self._schedule.every
        self.train = train
        self.samples_every = self._samples_schedule.every
        self._samples: SampleLogger | None = None
        if samples is not None:
            self._samples = SampleLogger(
                samples,
                self.log_dir,
                samples_split,
                thumbnails_per_class,
                picture_of,
            )
        self._log = RetryingLog(self.log_dir)
        self._recorder = EpochRecorder(train)
        self._contents: dict[str, FolderContents] = {}
        self._last_epoch = 0
        self._last_sampled = 0

    def set_model(self, model: keras.Model) -> None:
        """Starts afresh: Keras calls it for `fit`, and for `evaluate` alone."""
        super().set_model(model)
        self._recorder.reset()

    def on_train_begin(self, logs: dict[str, float] | None = None) -> None:
        """Checks the model and the log folder before training."""
        check_model(self.model)
        self._last_epoch = self._last_sampled = 0
        if self._samples is not None:
            self._samples.begin(self.model, metric_of_samples(self.model))
        if is_first_process():
            self._contents = self._log.open(self._splits())
            if self._samples is not None:
                held = self._contents[self._samples.split]
                self._samples.logged_pictures = held.pictured

    def on_epoch_begin(
        self, epoch: int, logs: dict[str, float] | None = None
    ) -> None:
        """Notes which epoch it is and forgets the one before."""
        if not self._last_epoch:
            self._start(epoch)
        self._recorder.begin(epoch + 1)

    # Not at the end of batches: Keras would fetch numbers from the device, and
    # wait for them, after every batch.
    def on_train_batch_begin(
        self, batch: int, logs: dict[str, float] | None = None
    ) -> None:
        """Ends training if labels or scores of the batches before are wrong.

        After 1, 2, 4, ... batches, since some faults show in several alone.
        """
        if batch and not batch & (batch - 1):
            self._check_numbers()

    def on_test_begin(self, logs: dict[str, float] | None = None) -> None:
        """Reads the training part: validation is about to reset it."""
        self._check_numbers()
        self._check_names()
        self._recorder.read_training(self.model)

    def on_test_end(self, logs: dict[str, float] | None = None) -> None:
        """Reads the validation part; writes a due epoch.

        `BackupAndRestore`, which acts at the end of epochs, finds it logged.
        """
        self._recorder.read_validation(self.model)
        step = self._recorder.step
        if step is not None and self._is_due(step):
            self._write(self._recorder.take())

    def on_epoch_end(
        self, epoch: int, logs: dict[str, float] | None = None
    ) -> None:
        """Reads the training part unless that is done; writes a due epoch."""
        self._check_numbers()
        self._recorder.read_training(self.model)
        if self._is_due(epoch + 1):
            self._write(self._recorder.take())
        self._recorder.end()
        self._last_epoch = epoch + 1
        # An earlier callback may have stopped training, and a later one may
        # restore the weights of another epoch.
        last = self._is_last(epoch + 1) or self.model.stop_training
        if last or self._samples_schedule.is_due(epoch + 1):
            self._write_samples()

    def on_train_end(self, logs: dict[str, float] | None = None) -> None:
        """Writes the last epoch and validation, and closes the files."""
        self._write(self._recorder.take_last())
        if self._last_sampled < self._last_epoch:
            self._write_samples()
        self._log.close()

    def _splits(self) -> list[str]:
        """Returns the splits that are likely to be logged."""
        splits = ["validation"]
        if self.train:
            splits.insert(0, "train")
        if self._samples is not None and self._samples.split not in splits:
            splits.append(self._samples.split)
        return splits

    def _start(self, epoch: int) -> None:
        restored = epoch > 0 and initial_epoch(self.model) == epoch
        held, self._contents = self._contents.values(), {}
        warn_of_earlier(self.log_dir, held, epoch + 1, restored, self._is_due)
        if epoch == 0 and self._samples is not None:
            self._samples.logged_pictures = set()

    def _is_last(self, step: int) -> bool:
        return step == (self.params or {}).get("epochs")

    def _is_due(self, step: int) -> bool:
        return self._is_last(step) or self._schedule.is_due(step)

    def _check_numbers(self) -> None:
        if self._recorder.step is None:
            return
        synchronise(self.model)
        for output, metric in confusion_matrices(self.model).items():
            expected = expected_in_training(self.model, output)
            if expected is not None:
                metric.from_logits = expected
            metric.check()

    def _check_names(self) -> None:
        """Ends training if validation data number other classes."""
        for metric in confusion_matrices(self.model).values():
            tree = metric.hierarchy
            if not metric.node_labels and metric.at is None:
                require_class_names(
                    validation_data(self.model),
                    tree.classes,
                    tree.names,
                    "`validation_data`",
                )

    def _write(self, entries: list[Entry]) -> None:
        for entry in entries:
            self._log.add(entry)
        self._log.write()

    def _write_samples(self) -> None:
        self._last_sampled = self._last_epoch
        if self._samples is not None and is_first_process():
            for entry in self._samples.entries(
                self._last_epoch, self._log, self._recorder.validated
            ):
                self._log.add(entry)
            self._log.write()
