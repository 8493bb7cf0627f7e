"""What the caches of samples count their ids and thumbnails as."""

import sys

import numpy as np
import pytest
from reading import Reader, calls_of, write_blob

from keras_hier.log import kinds
from keras_hier.log.records import picture_codec, strongest_codec
from keras_hier.log.records.means_codec import ClassMeans
from keras_hier.log.records.sample_index import SampleIndex
from keras_hier.log.records.strongest_codec import StrongestSamples
from tb_plugin.reading.channel_samples import ChannelSampleStore
from tb_plugin.reading.epochs import Epoch
from tb_plugin.reading.samples import SampleStore
from tb_plugin.reading.store import Store

# As long as an id may be, and nothing once it is compressed.
LONG = ["a" * 990, "\u732b" * 990, "\U0001f408" * 990]
TREE = "0" * 16
PICTURES = 1000
RUNS = range(3)

each_size = pytest.mark.parametrize(("room", "reads"), [(1.5, 6), (4, 3)])


def ids_of(letters: str, number: int) -> list[str]:
    return [f"{i:04}{number}{letters}" for i in range(40)]


def room_of(room: float, letters: str) -> int:
    return int(room * sum(map(sys.getsizeof, ids_of(letters, 0))))


def log_index(folder, number: int, ids: list[str]) -> str:
    """Logs an index of samples of one class in a run, returns its digest."""
    index = SampleIndex(np.zeros(len(ids), int), 1, ids)
    tag = kinds.tag_of("sample_index", index.digest)
    write_blob(folder / f"run{number}", tag, index.to_blob(), 0, "sample_index")
    return index.digest


@pytest.mark.parametrize("letters", LONG)
@each_size
def test_indexes_that_do_not_fit_are_not_kept(
    tmp_path, monkeypatch, letters, room, reads
):
    digests = [log_index(tmp_path, n, ids_of(letters, n)) for n in RUNS]
    reader = Reader(tmp_path)
    samples = SampleStore(Store(reader.provider), room_of(room, letters))
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
    for number in RUNS:
        record = StrongestSamples(
            *("conv1", TREE, 1, tuple(ids_of(letters, number))),
            np.zeros(40, int),
            np.arange(40)[:, None],
            np.ones((40, 1), np.float32),
            TREE,
        )
        blob = strongest_codec.encode(record)
        write_blob(tmp_path / f"run{number}", tag, blob, 1, "strongest")
    reader = Reader(tmp_path)
    store = Store(reader.provider)
    size = room_of(room, letters)
    strongest = ChannelSampleStore(store, SampleStore(store), size)
    read = calls_of(monkeypatch, strongest_codec, "decode")
    means = ClassMeans(
        "conv1", 0, "", "", TREE, np.ones(1, int), np.zeros((1, 40))
    )
    epoch = Epoch(1, 0.0, b"")
    for number in [*RUNS] * 2:
        strongest.read(reader.scope, f"run{number}", "conv1", epoch, means)
    assert len(read) == reads


# An entry takes 80 bytes at least: a slot of a dictionary and a number.
@pytest.mark.parametrize(("room", "reads"), [(1.5 * 80, 6), (4 * 250, 3)])
def test_pictures_of_no_bytes_take_room_all_the_same(
    tmp_path, monkeypatch, room, reads
):
    digests = []
    for number in RUNS:
        ids = [f"{number} {i}" for i in range(PICTURES)]
        digests.append(log_index(tmp_path, number, ids))
        none = dict.fromkeys(range(PICTURES), b"")
        (piece,) = picture_codec.encode(none, index=digests[-1], size=64)
        tag = kinds.tag_of("pictures", digests[-1], 0)
        write_blob(tmp_path / f"run{number}", tag, piece, 0, "pictures")
    reader = Reader(tmp_path)
    samples = SampleStore(Store(reader.provider), int(room * PICTURES))
    read = calls_of(monkeypatch, picture_codec, "decode")
    for number, digest in [*enumerate(digests)] * 2:
        samples.pictures(reader.scope, f"run{number}", digest, [0])
    assert len(read) == reads
