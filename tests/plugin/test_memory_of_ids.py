"""What the ids of samples count as in the caches that keep them."""

import sys

import numpy as np
import pytest
from reading import Reader, calls_of, write_blob

from keras_hier.log import kinds
from keras_hier.log.records.means_codec import ClassMeans
from keras_hier.log.records.sample_index import SampleIndex
from keras_hier.log.records.strongest_codec import StrongestSamples, encode
from tb_plugin.reading import channel_samples
from tb_plugin.reading.channel_samples import ChannelSampleStore
from tb_plugin.reading.epochs import Epoch
from tb_plugin.reading.samples import SampleStore
from tb_plugin.reading.store import Store

# As long as an id may be, and nothing once it is compressed.
LONG = ["a" * 990, "\u732b" * 990, "\U0001f408" * 990]
TREE = "0" * 16


def ids_of(letters: str, number: int) -> list[str]:
    return [f"{i:04}{number}{letters}" for i in range(40)]


def size_of(ids: list[str]) -> int:
    return sum(map(sys.getsizeof, ids))


each_size = pytest.mark.parametrize(("room", "reads"), [(1.5, 6), (4, 3)])


@pytest.mark.parametrize("letters", LONG)
@each_size
def test_indexes_that_do_not_fit_are_not_kept(
    tmp_path, monkeypatch, letters, room, reads
):
    digests = []
    for number in range(3):
        index = SampleIndex(np.zeros(40, int), 1, ids_of(letters, number))
        digests.append(index.digest)
        tag = kinds.tag_of("sample_index", index.digest)
        folder = tmp_path / f"run{number}"
        write_blob(folder, tag, index.to_blob(), 0, "sample_index")
    reader = Reader(tmp_path)
    size = int(room * size_of(ids_of(letters, 0)))
    samples = SampleStore(Store(reader.provider), size)
    read = calls_of(monkeypatch, SampleIndex, "from_blob")
    for number, digest in [*enumerate(digests)] * 2:
        samples.index_blob(reader.scope, f"run{number}", digest)
    assert len(read) == reads


@pytest.mark.parametrize("letters", LONG)
@each_size
def test_strongest_samples_that_do_not_fit_are_not_kept(
    tmp_path, monkeypatch, letters, room, reads
):
    tag = kinds.tag_of("strongest", "conv1")
    for number in range(3):
        record = StrongestSamples(
            "conv1",
            TREE,
            1,
            tuple(ids_of(letters, number)),
            np.zeros(40, int),
            np.arange(40)[:, None],
            np.ones((40, 1), np.float32),
            TREE,
        )
        folder = tmp_path / f"run{number}"
        write_blob(folder, tag, encode(record), 1, "strongest")
    reader = Reader(tmp_path)
    store = Store(reader.provider)
    size = int(room * size_of(ids_of(letters, 0)))
    strongest = ChannelSampleStore(store, SampleStore(store), size)
    read = calls_of(monkeypatch, channel_samples.strongest_codec, "decode")
    means = ClassMeans(
        "conv1", 0, "", "", TREE, np.ones(1, int), np.zeros((1, 40))
    )
    epoch = Epoch(1, 0.0, b"")
    for number in [*range(3)] * 2:
        strongest.read(reader.scope, f"run{number}", "conv1", epoch, means)
    assert len(read) == reads
