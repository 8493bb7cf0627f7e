"""Samples through the writer into event files, and out of them again."""

import errno
import io

import numpy as np
import pytest
from PIL import Image
from reading import TREE, write_blob

import keras_hier as kh
from keras_hier.log import kinds
from keras_hier.log.event_files import storage
from keras_hier.log.event_files.event_reader import LogError
from keras_hier.log.records import picture_codec
from keras_hier.log.records.sample_index import SampleError
from keras_hier.log.run_log import RunLog

LABELS = np.array([2, 0, 2, 1, 3])
NAMES = ["e", "d", "c", "b", "a"]
P = np.array(
    [
        [0.1, 0.2, 0.6, 0.1],
        [0.7, 0.1, 0.1, 0.1],
        [0.4, 0.3, 0.2, 0.1],
        [0.25, 0.25, 0.25, 0.25],
        [0.0, 0.0, 1.0, 0.0],
    ]
)
# By class, then by id.
ORDER = [1, 3, 2, 0, 4]
SAMPLES = kinds.tag_of("samples", "class")
IMAGES = np.full((5, 8, 8, 3), 90, np.uint8)


@pytest.fixture
def run(tmp_path):
    with kh.BlocksWriter(tmp_path, TREE) as log:
        index = log.samples(LABELS, P, 1, ids=NAMES)
        log.samples(LABELS, P[:, ::-1], 4, ids=NAMES)
        log.pictures(index, IMAGES)
    return tmp_path


@pytest.fixture
def in_pieces(tmp_path, monkeypatch):
    """A log of an index of which pictures come in several pieces."""
    monkeypatch.setattr(picture_codec, "PIECE_BYTES", 1000)
    with kh.BlocksWriter(tmp_path, TREE) as log:
        yield log, log.samples(LABELS, P, 1)


class TestRoundTrip:
    def test_samples(self, run):
        log = RunLog(str(run))
        assert log.outputs == ()
        assert log.sample_outputs == ("class",)
        assert log.sample_epochs() == (1, 4)
        read = log.samples(epoch=1)
        assert read.ids == ("d", "b", "c", "e", "a")
        assert read.labels.tolist() == [0, 1, 2, 2, 3]
        assert read.classes[:, 0].tolist() == [0, 0, 0, 2, 2]
        assert read.rank.tolist() == [1, 2, 3, 1, 4]
        np.testing.assert_allclose(
            read.probabilities, -np.sort(-P[ORDER], axis=1), atol=0.002
        )
        np.testing.assert_allclose(
            read.actual, [0.7, 0.25, 0.2, 0.6, 0], atol=8e-4
        )
        assert (read.epoch, read.num_classes, len(read)) == (1, 4, 5)
        assert log.hierarchy(read.hierarchy) == TREE
        assert log.samples().epoch == 4

    def test_only_the_best_known(self, tmp_path):
        with kh.BlocksWriter(tmp_path, TREE, "train") as log:
            log.samples(LABELS, (np.tile([2, 1], (5, 1)), P[:, :2]), 1)
        read = RunLog(str(tmp_path)).samples()
        assert read.rank.tolist() == [0, 2, 2, 1, 0]
        assert np.isnan(read.actual).tolist() == [1, 0, 0, 0, 1]
        assert (read.named, read.ids) == (False, ("1", "3", "0", "2", "4"))

    def test_pictures(self, run):
        log = RunLog(str(run))
        files = log.pictures(log.samples().index)
        assert sorted(files) == [0, 1, 2, 3, 4]
        assert log.pictures("0" * 16) == {}

    def test_pictures_belong_to_the_samples_they_came_with(self, tmp_path):
        images = [np.full((8, 8), 40 * n, np.uint8) for n in range(5)]
        with kh.BlocksWriter(tmp_path, TREE) as log:
            index = log.samples(LABELS, P, 1, ids=NAMES)
            log.pictures(index, images)
        read = RunLog(str(tmp_path))
        files = read.pictures(index.digest)
        for number, name in enumerate(read.samples().ids):
            image = Image.open(io.BytesIO(files[number]))
            assert abs(image.getpixel((4, 4)) - 40 * NAMES.index(name)) < 3

    def test_the_index_is_written_once_and_before_it_is_named(self, run):
        log = RunLog(str(run))
        digest = log.samples().index
        _, (index,) = log._series[kinds.tag_of("sample_index", digest)]
        first = log._series[SAMPLES][1][0]
        assert index.wall_time < first.wall_time

    def test_pictures_are_logged_all_or_not_at_all(
        self, tmp_path, monkeypatch, in_pieces
    ):
        write, room = storage.LocalFile.write, 1500
        log, index = in_pieces

        def on_a_small_disk(file, data):
            nonlocal room
            room -= len(data)
            if room < 0:
                raise OSError(errno.ENOSPC, "no space left")
            write(file, data)

        monkeypatch.setattr(storage.LocalFile, "write", on_a_small_disk)
        with pytest.raises(OSError, match="no space left"):
            log.pictures(index, IMAGES)
        assert not log.has_pictures(index.digest)
        assert not RunLog(str(tmp_path)).pictures(index.digest)
        room = 10**6
        log.pictures(index, IMAGES)
        read = RunLog(str(tmp_path))
        assert len([tag for tag in read._series if "/pictures/" in tag]) > 1
        assert len(read.pictures(index.digest)) == 5

    def test_an_output_may_be_called_samples(self, tmp_path):
        with kh.BlocksWriter(tmp_path, TREE) as log:
            log.predictions(LABELS, P, 1, output="samples")
            log.samples(LABELS, P, 1, output="samples")
        log = RunLog(str(tmp_path))
        assert log.outputs == log.sample_outputs == ("samples",)


class TestWhatIsWrong:
    def test_shapes(self, tmp_path):
        with (
            kh.BlocksWriter(tmp_path, TREE) as log,
            pytest.raises(SampleError, match=r"\[N, 4\], a column a class"),
        ):
            log.samples(LABELS, P[:, :3], 1)

    def test_no_samples_of_an_output(self, tmp_path):
        with kh.BlocksWriter(tmp_path, TREE) as log:
            log.predictions(LABELS, P, 1)
        with pytest.raises(LogError, match="no samples of output 'class'"):
            RunLog(str(tmp_path)).samples()

    def test_a_damaged_epoch_leaves_the_others(self, run):
        write_blob(run / "validation", SAMPLES, b"nothing", 5, "samples")
        log = RunLog(str(run))
        with pytest.raises(LogError, match=r"Epoch 5 .* epochs 1, 4"):
            log.samples()
        assert log.samples(epoch=4).epoch == 4

    def test_a_missing_index(self, run):
        blob = RunLog(str(run))._series[SAMPLES][1][0].blob
        write_blob(run / "test", SAMPLES, blob, 1, "samples")
        with pytest.raises(LogError, match="does not hold"):
            RunLog(str(run), "test").samples()

    def test_an_index_of_other_samples(self, tmp_path, run):
        log = RunLog(str(run))
        digest = log.samples().index
        with kh.BlocksWriter(tmp_path / "other", TREE) as other:
            index = other.samples([0], P[:1], 1)
        tag = kinds.tag_of("sample_index", digest)
        blob = index.to_blob()
        write_blob(run / "validation", tag, blob, 0, "sample_index")
        with pytest.raises(LogError, match="holds something else"):
            RunLog(str(run)).samples()

    def test_a_damaged_piece_leaves_the_others(self, tmp_path, in_pieces):
        log, index = in_pieces
        log.pictures(index, IMAGES)
        tag = kinds.tag_of("pictures", index.digest, 1)
        write_blob(tmp_path / "validation", tag, b"nothing", 0, "pictures")
        files = RunLog(str(tmp_path)).pictures(index.digest)
        assert 0 < len(files) < 5
