"""Logs the samples of a data set for `BlocksCallback`."""

import os
import re
import warnings
from collections.abc import Callable, Mapping
from typing import Any

import keras
import numpy as np
from scipy import sparse

from keras_hier.callbacks.retrying_log import Entry, RetryingLog
from keras_hier.callbacks.sample_pass import (
    NotANumberError,
    PassResult,
    SamplePredictor,
)
from keras_hier.hierarchy.hierarchy import Hierarchy
from keras_hier.hierarchy.labels.node_labels import NodeLabels
from keras_hier.log import kinds, metadata
from keras_hier.log.predictions.path_sums import paths_of
from keras_hier.log.predictions.thumbnails import Thumbnails
from keras_hier.log.records.sample_index import SampleError
from keras_hier.plausibility import require_class_names
from keras_hier.training.confusion_matrix import ConfusionMatrix

# TensorFlow numbers the reasons of several errors, and indents them.
_ROOT = re.compile(r"\s+\(\d+\) ")
# Lines that TensorFlow puts around the message of an error.
_NODE = re.compile(r"{{function_node \S+}} ")
# Share of samples that two passes over the same data may differ by.
_ROUNDING = 0.01
_FRAMES = ("Graph execution error", "Detected at node", "Traceback")


class SampleLogger:
    """Logs the samples of a data set at the end of epochs.

    Arguments are those of `BlocksCallback`.
    """

    def __init__(
        self,
        data: Any,
        log_dir: str | os.PathLike[str],
        split: str,
        thumbnails_per_class: int,
        picture_of: Callable[[Any], Any] | None,
    ) -> None:
        if split not in metadata.SPLITS:
            raise ValueError(
                f"samples_split must be one of {metadata.SPLITS}, got "
                f"{split!r}."
            )
        if type(thumbnails_per_class) is not int or thumbnails_per_class < 0:
            raise ValueError(
                "thumbnails_per_class must be an integer >= 0, got "
                f"{thumbnails_per_class!r}."
            )
        self.split = split
        # Indexes, by digest, whose pictures an earlier training has logged.
        self.logged_pictures: set[str] = set()
        self._data = data
        self._per_class = thumbnails_per_class
        self._picture_of = picture_of
        self._predictor: SamplePredictor | None = None
        self._hierarchy: Hierarchy | None = None
        self._wanted = False
        self._warned: set[str] = set()
        self._index: str | None = None
        self._pictured: str | None = None

    def begin(self, model: keras.Model, metric: ConfusionMatrix) -> None:
        """Checks model and data before the first epoch."""
        self._hierarchy = hierarchy = metric.hierarchy
        require_class_names(
            self._data, hierarchy.classes, hierarchy.names, "`samples`"
        )
        of_nodes = None
        if metric.node_labels:
            of_nodes = NodeLabels(hierarchy).head_labels(None)
        self._predictor = SamplePredictor(
            model,
            self._data,
            hierarchy.num_classes,
            self._picture_of,
            of_nodes,
            paths_of(hierarchy),
        )
        self._wanted = self._predictor.check(pictures=self._per_class > 0)
        self._warned = set()
        self._index = self._pictured = None

    def entries(
        self,
        step: int,
        log: RetryingLog,
        validated: Mapping[str, sparse.csr_array],
    ) -> list[Entry]:
        """Makes a pass over the data; warns and returns none if it fails."""
        if self._predictor is None or self._hierarchy is None:
            return []
        thumbnails = None
        if self._wanted and not self._pictures_are_logged(log):
            thumbnails = Thumbnails(self._per_class)
        try:
            found = self._predictor.run(thumbnails)
        except Exception as error:  # whatever data sets and models raise
            self._warn_once(step, error)
            return []
        digest = found.samples.digest
        self._watch_index(digest)
        size = sum(array.nbytes for array in vars(found.ranked).values())
        if found.sums is not None:
            size += 2 * found.sums.before.nbytes
        output = self._predictor.output
        if output in validated and self.split == "validation":
            self._watch_weights(step, found, validated[output])
        entry = Entry(
            self.split,
            step,
            kinds.tag_of("samples", output),
            self._hierarchy,
            size,
            lambda writer: writer.ranked(
                found.samples, found.ranked, step, output, found.sums
            ),
        )
        if self._pictured is None and digest in self.logged_pictures:
            self._pictured = digest
        self.logged_pictures = set()
        if thumbnails is None:
            return [entry]
        self._pictured = digest
        return [
            entry,
            entry._replace(
                tag=kinds.tag_of("pictures", digest, 0),
                size=sum(map(len, thumbnails.files().values())),
                write=lambda writer: writer.pictures(found.samples, thumbnails),
            ),
        ]

    def _pictures_are_logged(self, log: RetryingLog) -> bool:
        """Tells whether pictures are logged already, or will be shortly."""
        if self._pictured is None:
            return bool(self.logged_pictures)
        writer = log.writer(self.split)
        return (
            writer is None
            or writer.has_pictures(self._pictured)
            or log.waits(kinds.tag_of("pictures", self._pictured, 0))
        )

    def _warn_once(self, step: int, error: Exception) -> None:
        reason = _message_of(error)
        if not isinstance(error, SampleError):
            reason = f"{type(error).__name__}: {reason}"
        elif not isinstance(error, NotANumberError):
            self._predictor = None  # the next pass would fail as well
        if reason not in self._warned:
            self._warned.add(reason)
            warnings.warn(
                f"Epoch {step} was logged without its samples: {reason}.",
                stacklevel=4,
            )

    def _watch_weights(
        self, step: int, found: PassResult, matrix: sparse.csr_array
    ) -> None:
        """Warns, once a training, of samples that the matrix contradicts."""
        labels = found.samples.labels
        classes = np.bincount(labels, minlength=found.samples.num_classes)
        if not np.array_equal(classes, matrix.sum(axis=1)):
            return  # other data, or groups
        right = int((found.ranked.classes[:, 0] == labels).sum())
        counted = int(matrix.trace())
        # Batches of another size round otherwise, so some may change sides.
        is_rounding = abs(right - counted) <= _ROUNDING * len(labels)
        if is_rounding or "weights" in self._warned:
            return
        self._warned.add("weights")
        warnings.warn(
            f"Of the {len(labels)} samples of epoch {step} {right} are "
            f"right, and {counted} of as many of each class in its "
            "validation matrix. If these are the same data, other weights "
            "said them: averaged ones are swapped in for validation alone, "
            "or at the end of training. Give SwapEMAWeights "
            "swap_on_epoch=True and put it before BlocksCallback.",
            stacklevel=4,
        )

    def _watch_index(self, digest: str) -> None:
        if self._index not in (None, digest):
            warnings.warn(
                "The samples of this epoch are not those logged before, or in "
                "another order. To follow a sample over the epochs give ids, "
                "or do not shuffle.",
                stacklevel=4,
            )
        self._index = digest


def _message_of(error: Exception) -> str:
    """Returns the message of an error without TensorFlow's tracebacks."""
    lines = [
        line
        for line in _NODE.sub("", str(error)).splitlines()
        if line.strip()
        and (_ROOT.match(line) or not line.startswith((" ", "\t", *_FRAMES)))
    ]
    return " ".join(lines).rstrip(".")[:300]
