"""Paths above the likeliest classes: their sums, and the bytes of a record."""

import gzip
import json
import struct

import numpy as np
import pytest
import small
from small import softmax

import keras_hier as kh
from keras_hier.log.predictions import path_sums
from keras_hier.log.records.container import CodecError, blob_digest
from keras_hier.log.records.paths_codec import (
    PathSums,
    calibrating,
    decode,
    encode,
)
from keras_hier.log.run_log import RunLog
from keras_hier.scores.paths import Paths
from keras_hier.scores.temperature import tempered

DIGEST = "0123456789abcdef"
TREE = small.hierarchy()
E = np.exp(-1)


class TestFormat:
    def test_is_what_the_module_says(self):
        # p = 1 / e has code 4096 = 16 * 256, e^-e has 4096 + 256.
        before = np.array([[np.exp(-np.e), E], [E, 1]])
        after = np.array([[0, E], [E, E]])
        raw = gzip.decompress(encode(PathSums(1.5, before, after, DIGEST)))
        (length,) = struct.unpack_from("<I", raw, 4)
        assert raw[:4] == b"KHA1"
        assert json.loads(raw[8 : 8 + length]) == {
            "version": 1,
            "samples": 2,
            "places": 2,
            "temperature": 1.5,
            "record": DIGEST,
        }
        planes = np.frombuffer(raw, np.uint8, offset=8 + length).reshape(-1, 2)
        assert planes.tolist() == [
            [0, 0],  # before: the class, low byte
            [17, 16],
            [0, 0],  # its parent, which the second sample lacks
            [16, 0],
            [255, 0],  # after: 65535 is 0
            [255, 16],
            [0, 0],
            [16, 16],
        ]

    def test_reads_what_was_written(self):
        rng = np.random.default_rng(0)
        before = np.sort(rng.random((500, 3)), axis=1)
        read = decode(encode(PathSums(0.5, before, before**2, DIGEST)))
        assert (read.temperature, read.record) == (0.5, DIGEST)
        for found, given in ((read.before, before), (read.after, before**2)):
            np.testing.assert_allclose(found, given, atol=8e-4)
            assert (np.diff(found) >= 0).all()
        assert encode(read) == encode(PathSums(0.5, before, before**2, DIGEST))

    def test_near_1_the_order_stays(self):
        sure = 1 - np.logspace(-6, -2, 300)[:, None]
        read = decode(encode(PathSums(1, sure, sure, DIGEST)))
        assert (np.diff(1 - read.before[:, 0]) > -1e-7).all()
        np.testing.assert_allclose(1 - read.before, 1 - sure, rtol=0.05)

    def test_halves(self):
        for samples in (1, 2, 9, 41, 50_000):
            parts = calibrating(samples)
            together = np.sort(np.concatenate(parts))
            np.testing.assert_array_equal(together, np.arange(samples))
            assert len(parts[2]) == samples - samples // 2
            assert len(parts[0]) == min(samples // 2 // 5, 2000)
        # Readers and writers of all times must agree.
        assert [p.tolist() for p in calibrating(10)] == [
            [2],
            [8, 4, 9, 1],
            [6, 7, 3, 0, 5],
        ]


def record(header=None, body=b"\0" * 8, magic=b"KHA1"):
    """A record of one sample with a path of two nodes."""
    sizes = {"samples": 1, "places": 2, "temperature": 1.5}
    fields = {"version": 1, **sizes, "record": DIGEST, **(header or {})}
    text = json.dumps(fields).encode()
    return gzip.compress(magic + struct.pack("<I", len(text)) + text + body)


class TestDamage:
    def test_another_writers_record(self):
        read = decode(record({"later": 1, "temperature": 2}))
        assert read.temperature == 2
        np.testing.assert_allclose(read.before, [[1, 1]], atol=1e-6)

    @pytest.mark.parametrize(
        ("blob", "message"),
        [
            (record()[:-9], "truncated"),
            (record(magic=b"KHS1"), "begins with"),
            (record({"version": 2}), "Update keras-hier"),
            (record(body=b"\0" * 7), "has 7 bytes, expected 8"),
            (record(body=b"\0" * 99), "inflates to more than"),
            (record(body=b"\xfe\xff" * 4), "is not there"),
            (record(body=b"\0\0\xfe\xff" + b"\0" * 4), "is not there"),
            (record({"samples": 0}), "samples is 0"),
            (record({"places": 0}), "places is 0"),
            (record({"samples": 2**22 + 1}), "at most 4,194,304 samples"),
            (record({"samples": 2**22, "places": 6}), "20,971,520 nodes"),
            (record({"temperature": 0}), "temperature is 0"),
            (record({"temperature": True}), "temperature is True"),
            (record({"temperature": "1"}), "temperature is '1'"),
            (record({"temperature": float("inf")}), "temperature is inf"),
            (record({"temperature": float("nan")}), "temperature is nan"),
            (record({"record": "../x"}), "record is '../x'"),
        ],
    )
    def test_is_named(self, blob, message):
        with pytest.raises(CodecError, match=message):
            decode(blob)

    def test_what_is_not_written(self):
        two = np.full((3, 2), 0.5)
        with pytest.raises(CodecError, match=r"\(3, 2\) and \(2, 2\)"):
            encode(PathSums(1, two, two[:2], DIGEST))
        with pytest.raises(CodecError, match="NaN"):
            encode(PathSums(1, two, two * np.nan, DIGEST))
        with pytest.raises(CodecError, match="temperature"):
            encode(PathSums(0, two, two, DIGEST))


def drawn():
    """Labels, and logits twice as sure as they should be."""
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 6, 600)
    logits = rng.normal(0, 1, (600, 6))
    logits[np.arange(600), labels] += 1.5
    return labels, 3 * logits


class TestSums:
    """What `BlocksWriter.samples` logs beside the best classes."""

    def log(self, folder, labels, scores, **options):
        tree = options.pop("tree", TREE)
        with kh.BlocksWriter(folder, tree) as log:
            index = log.samples(labels, scores, 1, **options)
        return index, RunLog(folder)

    @pytest.mark.parametrize("from_logits", [True, False])
    def test_are_those_that_answers_climb(self, tmp_path, from_logits):
        labels, logits = drawn()
        scores = logits if from_logits else softmax(logits)
        index, log = self.log(tmp_path, labels, scores, from_logits=from_logits)
        read = log.record("paths", "class")
        for found, heat in ((read.before, 1), (read.after, read.temperature)):
            told = tempered(softmax(logits[index.order]), False, heat)
            _, path = Paths(TREE).upwards(told)
            np.testing.assert_allclose(found, path[:, :-1], atol=8e-4)

    def test_the_temperature_is_fitted_on_its_samples_only(self, tmp_path):
        labels, logits = drawn()
        index, log = self.log(tmp_path, labels, logits, from_logits=True)
        heat = log.record("paths", "class").temperature
        assert heat == pytest.approx(2, rel=0.4)
        others = index.order[np.concatenate(calibrating(600)[1:])]
        logits = logits.copy()
        logits[others] *= 9
        _, log = self.log(tmp_path / "b", labels, logits, from_logits=True)
        assert log.record("paths", "class").temperature == heat

    def test_belong_to_the_samples(self, tmp_path):
        _, log = self.log(tmp_path, *drawn(), from_logits=True)
        blob = log._series["blocks/samples/class"][1][-1].blob
        assert log.record("paths", "class").record == blob_digest(blob)

    def test_extreme_scores(self, tmp_path):
        logits = np.array([[-np.inf] * 5 + [0], [1e30, 0, 0, 0, 0, -1e30]])
        _, log = self.log(tmp_path, [5, 3], logits, from_logits=True)
        read = log.record("paths", "class")
        assert read.temperature == 1
        np.testing.assert_allclose(read.before, np.ones((2, 3)), atol=1e-6)

    @pytest.mark.parametrize("why", ["few classes", "flat", "large"])
    def test_where_there_are_none(self, tmp_path, monkeypatch, why):
        tree, scores = TREE, np.full((4, 6), 1 / 6)
        if why == "few classes":
            scores = np.tile([0, 1], (4, 1)), np.full((4, 2), 0.4)
        elif why == "flat":
            tree = kh.Hierarchy.from_paths([(c,) for c in TREE.classes])
        else:
            monkeypatch.setattr(path_sums, "fits", lambda *sizes: False)
        _, log = self.log(tmp_path, [0, 1, 2, 3], scores, tree=tree)
        assert log.sample_epochs() == (1,)
        assert log.names("paths") == ()
