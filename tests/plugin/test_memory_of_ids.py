"""What the ids of samples count as in the caches that keep them."""

import sys
from pathlib import Path

import numpy as np
import pytest
from reading import Reader, write_blob

from keras_hier.log import kinds
from keras_hier.log.records.means_codec import ClassMeans
from keras_hier.log.records.sample_index import SampleIndex
from keras_hier.log.records.strongest_codec import StrongestSamples, encode
from tb_plugin.reading.epochs import Epoch
from tb_plugin.reading.samples import SampleStore
from tb_plugin.reading.store import Store
from tb_plugin.routes import channel_samples
from tb_plugin.routes.channel_samples import ChannelSampleStore

# As long as an id may be, and nothing once it is compressed.
LONG = ["a" * 990, "\u732b" * 990, "\U0001f408" * 990]
TREE = "0" * 16


def ids_of(letters: str, number: int) -> list[str]:
    return [f"{i:04}{number}{letters}" for i in range(40)]


def size_of(ids: list[str]) -> int:
    return sum(map(sys.getsizeof, ids))


def log_indexes(folder: Path, letters: str) -> list[str]:
    """Logs three indexes, each in a run of its own."""
    digests = []
    for number in range(3):
        index = SampleIndex(np.zeros(40, int), 1, ids_of(letters, number))
        digests.append(index.digest)
        write_blob(
            folder / f"run{number}",
            kinds.tag_of("sample_index", index.digest),
            index.to_blob(),
            0,
            "sample_index",
        )
    return digests


@pytest.mark.parametrize("letters", LONG)
@pytest.mark.parametrize(("room", "reads"), [(1.5, 6), (4, 3)])
def test_indexes_that_do_not_fit_are_not_kept(
    tmp_path, monkeypatch, letters, room, reads
):
    digests = log_indexes(tmp_path, letters)
    reader = Reader(tmp_path)
    size = int(room * size_of(ids_of(letters, 0)))
    samples = SampleStore(Store(reader.provider), size)
    read = []
    from_blob = SampleIndex.from_blob

    def counted(blob: bytes) -> SampleIndex:
        read.append(blob)
        return from_blob(blob)

    monkeypatch.setattr(SampleIndex, "from_blob", counted)
    for _ in range(2):
        for number, digest in enumerate(digests):
            samples.index_blob(reader.scope, f"run{number}", digest)
    assert len(read) == reads


@pytest.mark.parametrize("letters", LONG)
@pytest.mark.parametrize(("room", "reads"), [(1.5, 6), (4, 3)])
def test_strongest_samples_that_do_not_fit_are_not_kept(
    tmp_path, monkeypatch, letters, room, reads
):
    blobs = []
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
        blobs.append(encode(record))
        tag = kinds.tag_of("strongest", "conv1")
        write_blob(tmp_path / f"run{number}", tag, blobs[-1], 1, "strongest")
    reader = Reader(tmp_path)
    store = Store(reader.provider)
    size = int(room * size_of(ids_of(letters, 0)))
    strongest = ChannelSampleStore(store, SampleStore(store), size)
    read = []
    decode = channel_samples.strongest_codec.decode

    def counted(blob: bytes) -> StrongestSamples:
        read.append(blob)
        return decode(blob)

    monkeypatch.setattr(channel_samples.strongest_codec, "decode", counted)
    means = ClassMeans(
        "conv1", 0, "", "", TREE, np.ones(1, int), np.zeros((1, 40))
    )
    for _ in range(2):
        for number in range(3):
            run = f"run{number}"
            strongest.read(
                reader.scope, run, "conv1", Epoch(1, 0.0, b""), means
            )
    assert len(read) == reads
