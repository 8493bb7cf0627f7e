"""Logs what each layer knows while a model trains."""

import os
import warnings
from collections.abc import Iterable
from typing import Any, Literal

import keras

from keras_hier.callbacks.epoch_recorder import is_first_process
from keras_hier.callbacks.retrying_log import Entry, RetryingLog
from keras_hier.callbacks.schedule import Every, Schedule
from keras_hier.features.extraction import FeatureReader
from keras_hier.features.pooling import Pool
from keras_hier.features.untrained import untrained
from keras_hier.hierarchy import Hierarchy, require_hierarchy
from keras_hier.log import kinds, metadata
from keras_hier.plausibility import require_class_names
from keras_hier.probing.features import Features
from keras_hier.probing.probe import FOLDS, probed
from keras_hier.probing.probe_report import ProbeReport

Means = bool | Literal["all"]


class LayersCallback(keras.callbacks.Callback):
    """Logs how far each layer has classes apart as the tree has them.

    At due epochs it reads the layers of some samples of each class, and logs
    their tree alignment: the correlation, over pairs of classes, between
    likeness of mean features and nearness in the tree. It rises where a layer
    learns, epochs before a probe shows it. Untrained networks of the same
    architecture are read once, for comparison. With `probe=True` probes are
    fitted as well, which takes longer than the pass.

    Nothing that happens to it ends a training: it warns once and goes on. A
    layer that has become NaN, or is the same for all samples, is NaN in the
    log. A warning names it, once.

    Args:
        log_dir: folder of the run, that of `BlocksCallback`.
        data: samples that the model is not trained on, with labels, as
            `BlocksCallback` takes them for `samples`, in the same order each
            time. Labels may be any node of the tree: samples known as a group
            of several classes are left out, with a warning.
        hierarchy: the tree over the C classes, not computed from errors.
        layers: names; default as for `kh.analysis.features`.
        every: which epochs, as for `BlocksCallback`: "log" is ten a decade. The
            last one is always logged.
        per_class: samples of each class.
        pool: as for `kh.analysis.features`.
        probe: whether to fit probes.
        means: whether to log class means of the layers and, where the data
            have ids, the strongest samples of their channels: `True` those of
            the last epoch, "all" those of every due one.
        controls: how many untrained networks to compare with.
        split: "train", "validation" or "test": what the data are.
        seed: of the samples, the folds and the untrained networks.

    Raises:
        ValueError: an argument is something else, or, when training starts, no
            such layer.

    Example:
        ```python
        model.fit(
            train,
            validation_data=val,
            epochs=50,
            callbacks=[
                kh.BlocksCallback("runs/plain"),
                kh.LayersCallback("runs/plain", val, hierarchy),
            ],
        )
        ```
    """

    def __init__(
        self,
        log_dir: str | os.PathLike[str],
        data: Any,
        hierarchy: Hierarchy,
        layers: Iterable[str] | None = None,
        every: Every = "log",
        per_class: int = 20,
        pool: Pool = "grid3",
        probe: bool = False,
        means: Means = True,
        controls: int = 3,
        split: str = "validation",
        seed: int = 0,
    ) -> None:
        super().__init__()
        require_hierarchy(hierarchy)
        metadata.check_split(split)
        if type(controls) is not int or controls < 0:
            raise ValueError(
                f"controls must be an integer >= 0, got {controls!r}."
            )
        if means not in (True, False, "all"):
            raise ValueError(
                f"means must be True, False or 'all', got {means!r}."
            )
        if hierarchy.origin is not None and not probe:
            raise ValueError(
                "Tree alignment with a tree that was computed from "
                f"{hierarchy.origin.kind} would be circular. Give a tree from "
                "elsewhere, or probe=True."
            )
        if not probe and (
            hierarchy.num_classes < 4 or len(hierarchy.levels()) < 2
        ):
            warnings.warn(
                "Tree alignment says nothing of a tree without groups, or of "
                "fewer than four classes: LayersCallback logs "
                f"{'means of classes alone' if means else 'nothing'}. "
                "probe=True reads what layers tell apart.",
                stacklevel=2,
            )
        self.log_dir = os.fspath(log_dir)
        self._data, self._hierarchy = data, hierarchy
        self._names = None if layers is None else tuple(layers)
        self._schedule = Schedule("every", every)
        self._per_class, self._pool = per_class, pool
        self._fit, self._count, self._seed = probe, controls, seed
        self._split, self._means = split, means
        self._log = RetryingLog(self.log_dir)
        self._reader: FeatureReader | None = None
        self._controls: list[Features] = []
        self._report: tuple[int, ProbeReport] | None = None
        self._warned = self._told_of_groups = False
        self._told: set[str] = set()
        self._last = self._logged = 0

    def on_train_begin(self, logs: dict[str, float] | None = None) -> None:
        """Reads the untrained networks, before the first epoch."""
        self._last = self._logged = 0
        self._warned = self._told_of_groups = False
        self._told = set()
        self._report = None
        tree = self._hierarchy
        require_class_names(self._data, tree.classes, tree.names, "`data`")
        if not is_first_process():
            return
        self._log.open([self._split])
        self._reader = self._reader_of(self.model, self._names)
        try:
            self._controls = []
            for number in range(self._count):
                reader = self._reader_of(
                    untrained(self.model, self._seed + number),
                    self._reader.layers,
                )
                self._controls.append(self._read(reader))
            # Says now if data do not fit the tree, not an epoch later.
            for each in self._controls[:1]:
                each.labels_in(self._hierarchy)
                each.output_in(self._hierarchy)
        except Exception as error:  # whatever data sets and models raise
            self._warn_once(0, error)
            self._reader = None

    def on_epoch_end(
        self, epoch: int, logs: dict[str, float] | None = None
    ) -> None:
        """Reads the layers at a due epoch."""
        self._last = epoch + 1
        is_last = self._last == (self.params or {}).get("epochs")
        if (
            is_last
            or self.model.stop_training
            or self._schedule.is_due(self._last)
        ):
            self._write()

    def on_train_end(self, logs: dict[str, float] | None = None) -> None:
        """Reads the last epoch if it was not due, and closes the file."""
        if self._logged < self._last:
            self._write()
        # Which epoch is the last one, a callback behind this one may decide.
        if self._means is True and self._report is not None:
            self._add_means(*self._report)
        self._log.close()
        self._controls = []
        self._report = None

    def _reader_of(
        self, model: keras.Model, layers: Iterable[str] | None
    ) -> FeatureReader:
        return FeatureReader(model, layers, self._pool, self._hierarchy)

    def _read(self, reader: FeatureReader) -> Features:
        """Makes a pass, and says once a training what it leaves out."""
        found = reader.read(self._data, self._per_class, seed=self._seed)
        if reader.left_out and not self._told_of_groups:
            self._told_of_groups = True
            warnings.warn(reader.left_out, stacklevel=5)
        return found

    def _write(self) -> None:
        self._logged = step = self._last
        if self._reader is None:
            return
        try:
            found = self._read(self._reader)
            report, warned = probed(
                found,
                self._hierarchy,
                control=self._controls or None,
                folds=FOLDS,
                seed=self._seed,
                fit=self._fit,
            )
        except Exception as error:  # whatever data sets and models raise
            self._warn_once(step, error)
            return
        for text in warned:
            if text not in self._told:
                self._told.add(text)
                warnings.warn(f"Epoch {step}: {text}", stacklevel=3)
        entry = Entry(
            self._split,
            step,
            kinds.tag_of("layers", metadata.CLASS_OUTPUT),
            self._hierarchy,
            8192,
            lambda writer: report.write(writer, step, means=False),
        )
        self._log.add(entry)
        self._report = (step, report)
        if self._means == "all":
            self._add_means(step, report)
        self._log.write()

    def _add_means(self, step: int, report: ProbeReport) -> None:
        entry = Entry(
            self._split,
            step,
            kinds.tag_of("means", metadata.as_output(report.record.layers[0])),
            self._hierarchy,
            sum(each.nbytes for each in report.means.values())
            + sum(2 * few.rows.nbytes for few in report.strongest.values()),
            lambda writer: report.write_means(writer, step),
        )
        self._log.add(entry)

    def _warn_once(self, step: int, error: Exception) -> None:
        if self._warned:
            return
        self._warned = True
        text = " ".join(str(error).split())[:300]
        when = f"Epoch {step} was" if step else "Epochs are"
        warnings.warn(
            f"{when} logged without what its layers know: "
            f"{type(error).__name__}: {text}",
            stacklevel=4,
        )
