"""Reads the matrices of an epoch while the metrics hold them."""

import functools
import warnings
from typing import Literal

import keras
from scipy import sparse

from keras_hier.callbacks.confusion_matrices import (
    confusion_matrices,
    synchronise,
)
from keras_hier.callbacks.retrying_log import Entry
from keras_hier.heads.group_head import ProbeHead
from keras_hier.heads.headed_model import heads_of
from keras_hier.invalid_samples import NotANumberError
from keras_hier.log import kinds, metadata
from keras_hier.log.blocks_writer import BlocksWriter
from keras_hier.scores.coarse_counts import CoarseCounts


class EpochRecorder:
    """Reads confusion matrices, the training part before validation resets it.

    Which epoch is the last is known only once training has stopped, and the
    next epoch resets the metrics. So every epoch is read; `take` returns it.

    Args:
        train: training matrices of which outputs: True for the classes, "all"
            for heads and probes as well, False for none.

    Attributes:
        step: the epoch that is running, counted from 1; None outside of one.
        validated: counts [C, C] or [G, G] of each output, those of the last
            epoch's validation, if it had one.
    """

    def __init__(self, train: bool | Literal["all"]) -> None:
        self.step: int | None = None
        self.validated: dict[str, sparse.csr_array] = {}
        self._train = train
        # Whether the training part of an epoch is still to be read.
        self._unread = False
        self._entries: list[Entry] = []
        # The last validation, until it or a later one is taken.
        self._validation: list[Entry] = []
        self._warned: set[str] = set()

    def reset(self) -> None:
        """Forgets everything: another `fit`, or `evaluate` alone, begins."""
        self.step, self._unread, self._entries = None, False, []
        self._validation = []
        self._warned = set()
        self.validated = {}

    def begin(self, step: int) -> None:
        """Begins an epoch and forgets the one before, but for validation."""
        validation = [
            each for each in self._entries if each.split == "validation"
        ]
        self._validation = validation or self._validation
        self.validated = {}
        self.step, self._unread, self._entries = step, True, []

    def read_training(self, model: keras.Model) -> None:
        """Reads the training part, once an epoch."""
        if self._unread and self._train:
            self._read(model, "train", heads=self._train == "all")
        self._unread = False

    def read_validation(self, model: keras.Model) -> None:
        """Reads the validation part of an epoch, and nothing outside of one."""
        if self.step is not None:
            self._read(model, "validation", heads=True)

    def end(self) -> None:
        """Ends an epoch; what was read of it can still be taken."""
        self.step, self._unread = None, False

    def take(self) -> list[Entry]:
        """Returns what was read of the last epoch and has not been taken."""
        entries, self._entries = self._entries, []
        if any(each.split == "validation" for each in entries):
            self._validation = []
        return entries

    def take_last(self) -> list[Entry]:
        """Returns what `take` does, and the last validation if it is earlier.

        With `validation_freq` the last epoch may have none.
        """
        entries = self.take()
        validation, self._validation = self._validation, []
        return validation + entries

    def _read(self, model: keras.Model, split: str, heads: bool) -> None:
        if not is_first_process():
            return
        step = self.step or 0
        synchronise(model)
        layers = heads_of(model)
        for output, metric in confusion_matrices(model).items():
            layer = layers.get(output)
            if layer is not None and not heads:
                continue
            try:
                matrix = sparse.csr_array(metric.matrix())
            except NotANumberError as error:
                warnings.warn(
                    f"Epoch {step} was logged without a {split} matrix "
                    f"of {output!r}: {error}",
                    stacklevel=5,
                )
                continue
            if split == "validation":
                self.validated[output] = matrix
            coarse = metric.coarse()
            if layer is None and coarse is not None:
                # Under groups that are no cut all coarse labels are its root.
                is_tree = metric.at is None or metric.at.nodes is not None
                self._warn_of_coarse(coarse, matrix.sum(), split, is_tree)
            role: metadata.Role = "class"
            if layer is not None:
                role = "probe" if isinstance(layer, ProbeHead) else "head"
            self._entries.append(
                Entry(
                    split,
                    step,
                    kinds.tag_of("matrix", output),
                    metric.hierarchy,
                    matrix.data.nbytes + matrix.indices.nbytes,
                    functools.partial(
                        BlocksWriter.matrix,
                        matrix=matrix,
                        step=step,
                        output=output,
                        grouping=metric.at,
                        role=role,
                        layer=None if layer is None else layer.layer,
                        coarse=coarse,
                    ),
                )
            )

    def _warn_of_coarse(
        self, coarse: CoarseCounts, exact: int, split: str, is_tree: bool
    ) -> None:
        """Warns, once a training, where labels say too little."""
        if exact or not coarse.samples or split in self._warned:
            return
        self._warned.add(split)
        if is_tree and coarse.roots == coarse.samples:
            what = (
                "the label of the root, which any sample has: they say nothing"
            )
        else:
            what = "labels of groups: no matrix, accuracy or distance"
        warnings.warn(
            f"All {coarse.samples} samples of {split!r} have {what}. Give it "
            "some whose class is known.",
            stacklevel=6,
        )


def is_first_process() -> bool:
    """Tells whether this is process 0, the only one that logs."""
    if keras.backend.backend() != "jax":
        return True
    import jax

    return bool(jax.process_index() == 0)
