"""The strongest samples of the channels of a layer, as the log holds them."""

from bisect import bisect_left
from typing import NamedTuple

import numpy as np
from tensorboard import errors

from keras_hier.log.records import strongest_codec
from keras_hier.log.records.container import CodecError, blob_digest
from keras_hier.log.records.means_codec import ClassMeans
from keras_hier.log.records.sample_index import SampleIndex
from keras_hier.log.records.strongest_codec import StrongestSamples
from tb_plugin.reading.answers import Json, memory_of_names, number
from tb_plugin.reading.cache import Cache
from tb_plugin.reading.epochs import Epoch
from tb_plugin.reading.samples import SampleStore
from tb_plugin.reading.store import Scope, Store, epoch_key

CACHE_BYTES = 64 * 2**20


class ChannelSamples(NamedTuple):
    """The strongest samples of a layer, and the index that may name them.

    Attributes:
        found: the samples.
        digest: of the index of the samples that the run has logged, or None.
        named: that index.
    """

    found: StrongestSamples
    digest: str | None
    named: SampleIndex | None

    def of_channel(self, channel: int) -> list[Json]:
        """Returns the samples of a channel, the strongest first.

        `number` is that of the sample in the index, None where the index has
        none of this id and class.
        """
        found = self.found
        return [
            {
                "id": found.ids[row],
                "label": int(found.labels[row]),
                "value": number(value),
                "number": self._number(found.ids[row], int(found.labels[row])),
            }
            for row, value in zip(
                found.rows[channel].tolist(),
                found.values[channel].tolist(),
                strict=True,
            )
        ]

    def _number(self, name: str, label: int) -> int | None:
        if self.named is None:
            return None
        ids = self.named.ids
        first, end = np.searchsorted(self.named.labels, [label, label + 1])
        # The samples of a class stand by their ids.
        at = bisect_left(ids, name, int(first), int(end))
        return at if at < end and ids[at] == name else None


class ChannelSampleStore:
    """Reads the strongest samples of channels through the store.

    Safe to use from many threads.
    """

    def __init__(
        self,
        store: Store,
        samples: SampleStore,
        cache_bytes: int = CACHE_BYTES,
    ) -> None:
        self._store, self._samples = store, samples
        self._cache = Cache(cache_bytes)

    def read_or_why(
        self, scope: Scope, run: str, layer: str, epoch: Epoch, of: ClassMeans
    ) -> tuple[ChannelSamples | None, str | None]:
        """Returns the samples, or why they cannot be read."""
        try:
            return self.read(scope, run, layer, epoch, of), None
        except CodecError as error:
            return None, str(error)

    def read(
        self, scope: Scope, run: str, layer: str, epoch: Epoch, of: ClassMeans
    ) -> ChannelSamples | None:
        """Returns the samples that were logged with class means, if any."""
        try:
            epochs = self._store.strongest_epochs(scope, run, layer)
        except errors.NotFoundError:
            return None
        own = next((each for each in epochs if each.step == epoch.step), None)
        if own is None:
            return None
        found: StrongestSamples = self._cache.get_or_compute(
            epoch_key(scope, run, layer, own),
            lambda: strongest_codec.decode(own.blob),
            _size,
        )
        if (
            found.means != blob_digest(epoch.blob)
            or found.hierarchy != of.hierarchy
            or (found.num_classes, len(found.rows)) != of.means.shape
        ):
            return None
        named = self._samples.named_index(
            scope, run, found.hierarchy, epoch.step
        )
        if named is None or named[1].num_classes != found.num_classes:
            return ChannelSamples(found, None, None)
        return ChannelSamples(found, *named)


def _size(found: StrongestSamples) -> int:
    arrays = (found.labels, found.rows, found.values)
    return memory_of_names(found.ids) + sum(each.nbytes for each in arrays)
