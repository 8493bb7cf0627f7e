"""What `BlocksCallback` does about samples: when to log them, and what with."""

import os
import warnings
from collections.abc import Callable
from typing import Any

import keras

from keras_hier.hierarchy import Hierarchy
from keras_hier.log import codec, contract, files, pictures
from keras_hier.log.index import SampleError
from keras_hier.log.thumbnails import Thumbnails
from keras_hier.log.writer import BlocksWriter
from keras_hier.sampling import NotANumberError, Sampler


class SampleLogging:
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
        if split not in contract.SPLITS:
            raise ValueError(
                f"samples_split must be one of {contract.SPLITS}, got "
                f"{split!r}."
            )
        if type(thumbnails_per_class) is not int or thumbnails_per_class < 0:
            raise ValueError(
                "thumbnails_per_class must be an integer >= 0, got "
                f"{thumbnails_per_class!r}."
            )
        self.split = split
        self._data = data
        self._folder = os.path.join(os.fspath(log_dir), split)
        self._per_class = thumbnails_per_class
        self._picture_of = picture_of
        self._sampler: Sampler | None = None
        self._hierarchy: Hierarchy | None = None
        self._pictured = False
        # Digests of the indexes whose pictures an earlier training has logged.
        self._there: set[str] = set()
        self._index: str | None = None

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
        wanted = self._sampler.check(pictures=self._per_class > 0)
        self._pictured = not wanted
        self._index = None

    def resume(self) -> None:
        """Finds out which pictures need not be logged again."""
        if not self._pictured:
            self._there = _pictured(self._folder)

    def log(
        self, step: int, writer_of: Callable[[str, Hierarchy], BlocksWriter]
    ) -> None:
        """Makes a pass over the data and logs what the model says.

        Args:
            step: the epoch that has just ended, counted from 1.
            writer_of: gives the writer of a split and a tree.
        """
        if self._sampler is None or self._hierarchy is None:
            return
        thumbnails = None
        if not self._pictured and not self._there:
            thumbnails = Thumbnails(self._per_class)
        try:
            found = self._sampler.run(thumbnails)
            writer = writer_of(self.split, self._hierarchy)
            writer.ranked(
                found.samples, found.ranked, step, self._sampler.output
            )
        except (SampleError, codec.CodecError) as error:
            warnings.warn(
                f"Epoch {step} was logged without its samples: {error}",
                stacklevel=3,
            )
            if not isinstance(error, NotANumberError):
                self._sampler = None  # nor would the next pass succeed
            return
        self._watch_index(found.samples.digest)
        if found.samples.digest in self._there:
            self._pictured = True
        self._there = set()
        if thumbnails is not None:
            writer.pictures(found.samples, thumbnails)
            self._pictured = True

    def _watch_index(self, digest: str) -> None:
        if self._index not in (None, digest):
            warnings.warn(
                "The samples of this epoch are not those logged before, or in "
                "another order. To follow a sample over the epochs give ids, "
                "or do not shuffle.",
                stacklevel=4,
            )
        self._index = digest


def _pictured(folder: str) -> set[str]:
    """Returns digests of the indexes of which all pictures are in a folder."""
    series, _ = files.read(folder)
    found = set()
    for tag, (kind, records) in series.items():
        if kind != "pictures" or not tag.endswith("/0"):
            continue
        try:
            header, _ = pictures.decode(records[-1].blob)
        except codec.CodecError:
            continue
        tags = {
            contract.pictures_tag(header.index, piece)
            for piece in range(len(header.firsts))
        }
        if tags <= set(series):
            found.add(header.index)
    return found
