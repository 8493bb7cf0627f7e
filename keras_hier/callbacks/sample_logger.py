"""What `BlocksCallback` does about samples: when to log them, and what with."""

import os
import re
import warnings
from collections.abc import Callable
from typing import Any

import keras

from keras_hier.callbacks.retrying_log import Entry, RetryingLog
from keras_hier.callbacks.sample_pass import NotANumberError, Sampler
from keras_hier.hierarchy.hierarchy import Hierarchy
from keras_hier.log import metadata
from keras_hier.log.sample_index import SampleError
from keras_hier.log.thumbnails import Thumbnails

# What TensorFlow puts around the words of an error.
_NODE = re.compile(r"{{function_node \S+}} ")
_FRAMES = ("Graph execution error", "Detected at node", "Traceback")


class SampleLogger:
    """Logs the samples of a data set at the end of epochs.

    Args:
        data: the data set; see `BlocksCallback`.
        log_dir: folder of the run.
        split: "train", "validation" or "test": what the data are.
        thumbnails_per_class: how many to log; 0 for none.
        picture_of: makes pictures of a batch of model inputs.

    Raises:
        ValueError: an unknown split, or a number that is none.
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
        # Digests of the indexes whose pictures an earlier training has logged.
        self.there: set[str] = set()
        self._data = data
        self._per_class = thumbnails_per_class
        self._picture_of = picture_of
        self._sampler: Sampler | None = None
        self._hierarchy: Hierarchy | None = None
        self._wanted = False
        self._told: set[str] = set()
        self._index: str | None = None
        self._pictured: str | None = None

    def begin(self, model: keras.Model, hierarchy: Hierarchy) -> None:
        """Looks at model and data, before an epoch is spent.

        Args:
            model: the model that is trained.
            hierarchy: of its classes.

        Raises:
            ValueError: something is not as it should be.
        """
        self._hierarchy = hierarchy
        self._sampler = Sampler(
            model, self._data, hierarchy.num_classes, self._picture_of
        )
        self._wanted = self._sampler.check(pictures=self._per_class > 0)
        self._told = set()
        self._index = self._pictured = None

    def entries(self, step: int, log: RetryingLog) -> list[Entry]:
        """Makes a pass over the data, which may fail in every way.

        Args:
            step: the epoch that has just ended, counted from 1.
            log: where they will be logged.

        Returns:
            What the model says of the samples, and their pictures if they are
            not logged yet; nothing, with a warning, where there is none.
        """
        if self._sampler is None or self._hierarchy is None:
            return []
        thumbnails = None
        if self._wanted and not self._are_there(log):
            thumbnails = Thumbnails(self._per_class)
        try:
            found = self._sampler.run(thumbnails)
        except Exception as error:  # whatever data sets and models raise
            self._tell(step, error)
            return []
        digest = found.samples.digest
        self._watch_index(digest)
        size = sum(array.nbytes for array in vars(found.ranked).values())
        output = self._sampler.output
        entry = Entry(
            self.split,
            step,
            metadata.samples_tag(output),
            self._hierarchy,
            size,
            lambda writer: writer.ranked(
                found.samples, found.ranked, step, output
            ),
        )
        if self._pictured is None and digest in self.there:
            self._pictured = digest
        self.there = set()
        if thumbnails is None:
            return [entry]
        self._pictured = digest
        return [
            entry,
            entry._replace(
                tag=metadata.pictures_tag(digest, 0),
                size=sum(map(len, thumbnails.files().values())),
                write=lambda writer: writer.pictures(found.samples, thumbnails),
            ),
        ]

    def _are_there(self, log: RetryingLog) -> bool:
        """Tells whether pictures are logged, and still are, or likely are."""
        if self._pictured is None:
            return bool(self.there)
        writer = log.writer(self.split)
        return (
            writer is None
            or writer.has_pictures(self._pictured)
            or log.waits(metadata.pictures_tag(self._pictured, 0))
        )

    def _tell(self, step: int, error: Exception) -> None:
        reason = _in_words(error)
        if not isinstance(error, SampleError):
            reason = f"{type(error).__name__}: {reason}"
        elif not isinstance(error, NotANumberError):
            self._sampler = None  # nor would the next pass succeed
        if reason not in self._told:
            self._told.add(reason)
            warnings.warn(
                f"Epoch {step} was logged without its samples: {reason}.",
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


def _in_words(error: Exception) -> str:
    """Returns what an error says without TensorFlow's tracebacks around it."""
    lines = [
        line
        for line in _NODE.sub("", str(error)).splitlines()
        if line.strip() and not line.startswith((" ", "\t", *_FRAMES))
    ]
    return " ".join(lines).rstrip(".")[:300]
