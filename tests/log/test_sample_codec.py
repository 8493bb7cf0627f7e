import gzip
import json
import struct
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small import softmax

from keras_hier.files import limits
from keras_hier.log.predictions.top_k_predictions import top_k_of_scores
from keras_hier.log.records.container import CodecError
from keras_hier.log.records.sample_codec import (
    SUM_ERROR,
    SamplesHeader,
    TopKPredictions,
    decode,
    encode,
    to_predictions,
)

DIGESTS = {"hierarchy": "0123456789abcdef", "index": "fedcba9876543210"}


def round_trip(
    found: TopKPredictions, labels, num_classes: int
) -> TopKPredictions:
    labels = np.asarray(labels)
    blob = encode(found, labels, num_classes=num_classes, **DIGESTS)
    header, planes = decode(blob)
    assert header == SamplesHeader(
        len(labels), num_classes, found.classes.shape[1], **DIGESTS
    )
    return to_predictions(header, planes, labels)


def best_of(classes, probabilities, actual, rank=1) -> TopKPredictions:
    """The best of a sample or of several, all of one rank."""
    classes, probabilities = map(np.atleast_2d, (classes, probabilities))
    rows = len(classes)
    actual = np.broadcast_to(actual, rows)
    return TopKPredictions(classes, probabilities, actual, np.full(rows, rank))


class TestFormat:
    def test_is_what_the_module_says(self):
        # Two samples of 300 classes, the two best of each. p = 1 / e has
        # surprise 1 and code 4096; e^-e has surprise e and code 4096 + 256.
        found = TopKPredictions(
            classes=np.array([[258, 3], [1, 256]]),
            probabilities=np.array([[np.exp(-1), np.exp(-1) / 4]] * 2),
            actual=np.array([np.exp(-1), np.exp(-np.e)]),
            rank=np.array([1, 7]),
        )
        labels = np.array([258, 7])
        raw = gzip.decompress(encode(found, labels, num_classes=300, **DIGESTS))
        (length,) = struct.unpack_from("<I", raw, 4)
        assert raw[:4] == b"KHS1"
        assert json.loads(raw[8 : 8 + length]) == {
            "version": 1,
            "samples": 2,
            "classes": 300,
            "top": 2,
            **DIGESTS,
        }
        planes = np.frombuffer(raw, np.uint8, offset=8 + length).reshape(-1, 2)
        assert planes.tolist() == [
            [2, 1],  # best class, low byte
            [1, 0],  # 258 = 2 + 1 * 256
            [3, 0],
            [0, 1],  # second class
            [0, 0],
            [16, 16],  # 4096 = 16 * 256
            [128, 128],  # sqrt(1 / 4) of 255, rounded to even
            [0, 0],
            [0, 17],  # 4096 + 256; the best class is not repeated
            [0, 6],  # six classes above the actual one
            [0, 0],
        ]

    @pytest.mark.parametrize("num_classes", [2, 256, 257, 65_536, 65_537])
    def test_classes_of_every_width(self, num_classes):
        last = num_classes - 1
        found = best_of([last, 0], [0.5, 0.25], 0.5)
        read = round_trip(found, [last], num_classes)
        assert read.classes.tolist() == [[last, 0]]
        assert read.rank.tolist() == [1]

    def test_the_last_place_of_256_classes_fits_a_byte(self):
        p = np.full((1, 256), 1 / 256)
        found = top_k_of_scores([255], p)
        assert found.rank.tolist() == [256]
        assert round_trip(found, [255], 256).rank.tolist() == [256]


class TestPrecision:
    @pytest.mark.parametrize("scale", [0.01, 1.0, 4.0, 20.0])
    def test_is_what_the_module_promises(self, scale):
        rng = np.random.default_rng(1)
        p = softmax(rng.normal(0, scale, (4000, 40)))
        labels = rng.integers(0, 40, 4000)
        exact = top_k_of_scores(labels, p)
        read = round_trip(exact, labels, 40)
        np.testing.assert_array_equal(read.classes, exact.classes)
        np.testing.assert_array_equal(read.rank, exact.rank)
        assert abs(read.probabilities - exact.probabilities).max() <= 0.002
        assert abs(read.probabilities - exact.probabilities)[:, 0].max() < 8e-4
        assert (np.diff(read.probabilities) <= 0).all()
        loss = -np.log(exact.actual)
        seen = loss > 1.2e-7
        np.testing.assert_allclose(
            -np.log(read.actual[seen]), loss[seen], rtol=0.002
        )

    @given(st.floats(0, 1))
    def test_of_a_single_probability(self, p):
        read = round_trip(best_of([0], [p], p), [0], 2)
        assert abs(read.probabilities[0, 0] - p) <= 8e-4
        assert (read.actual[0] == 0) == (p == 0)

    def test_the_worst_second_probability(self):
        p = np.linspace(0, 0.5, 1001)
        for first in (0.5, 0.4999, 0.37):
            both = np.column_stack([np.full_like(p, first), p.clip(0, first)])
            found = best_of(np.tile([0, 1], (len(p), 1)), both, both[:, 0])
            read = round_trip(found, np.zeros(len(p), int), 2)
            assert abs(read.probabilities - both).max() <= 0.002

    @pytest.mark.parametrize("top", [1, 2, 5, 100])
    def test_of_a_sum(self, top):
        # One class ahead of others that are alike: the most rounding.
        p = np.full((2000, top), 1.0)
        p[:, 0] = np.linspace(1, 2 * top, 2000)
        p /= p.sum(axis=1, keepdims=True)
        found = best_of(np.tile(np.arange(top), (2000, 1)), p, p[:, 0])
        read = round_trip(found, np.zeros(2000, int), 100)
        off = read.probabilities.sum(axis=1) - p.sum(axis=1)
        assert abs(off).max() <= SUM_ERROR

    def test_beyond_the_known_is_unknown(self):
        found = best_of([4, 5], [0.6, 0.2], np.nan, rank=0)
        read = round_trip(found, [1], 9)
        assert np.isnan(read.actual).all()
        assert read.rank.tolist() == [0]

    @pytest.mark.parametrize("label", [5, 1])
    def test_of_a_class_that_is_as_likely_as_the_best(self, label):
        read = round_trip(best_of([4, 5], [0.2, 0.2], 0.2), [label], 9)
        assert read.actual.tolist() == pytest.approx([0.2], abs=8e-4)


def record(header=None, body=b"\0" * 8, magic=b"KHS1"):
    """A record of one sample of two classes: six planes, one class each."""
    fields = {
        "version": 1,
        "samples": 1,
        "classes": 2,
        "top": 1,
        **DIGESTS,
        **(header or {}),
    }
    text = json.dumps(fields).encode()
    return gzip.compress(magic + struct.pack("<I", len(text)) + text + body)


class TestDamage:
    def test_another_writers_record(self):
        # top 1, width 1: 1 class, 2 + 0 + 2 of probabilities, 1 of rank.
        header, planes = decode(record({"later": 1}, b"\0" * 6))
        assert (header.samples, planes.shape) == (1, (6, 1))

    @pytest.mark.parametrize(
        ("blob", "message"),
        [
            (record(magic=b"KHM1"), "begins with"),
            (record({"version": 2}), "Update keras-hier"),
            (record(body=b"\0" * 5), "has 5 bytes, expected 6"),
            (record(body=b"\0" * 7), "inflates to more than 128 bytes"),
            (record(body=b"\2" + b"\0" * 5), "outside 0..1"),
            (record({"samples": 0}), "invalid"),
            (record(body=b"\0" * 5 + b"\2"), "outside 0..1"),
            (record(body=b"\0\xfe\xff\0\0\0"), "best class is not there"),
            (record({"samples": 2**22 + 1}), "at most 4,194,304 samples"),
            (record({"samples": 2**22}), "expected 25,165,824"),
            (record({"samples": 10**9}), "at most 4,194,304 samples"),
            (record({"classes": 2**20 + 1}), "1,048,576 classes"),
            (record({"classes": 10**6, "top": 101}), "100 for a sample"),
            (record({"samples": 2**22, "classes": 9, "top": 9}), "in all"),
            (record({"hierarchy": "../x"}), "invalid"),
            (record({"top": 3}), "invalid"),
            (record({"index": 5}), "invalid"),
        ],
    )
    def test_is_named(self, blob, message):
        with pytest.raises(CodecError, match=message):
            decode(blob)

    def test_an_index_of_other_samples(self):
        header, planes = decode(record(body=b"\0" * 6))
        with pytest.raises(CodecError, match="about 1 samples, its index"):
            to_predictions(header, planes, np.array([0, 1]))

    def test_shapes_that_do_not_fit(self):
        labels = np.array([0, 1])
        found = top_k_of_scores(labels, np.array([[0.5, 0.5], [0.1, 0.9]]))
        fewer = replace(found, probabilities=found.probabilities[:1])
        with pytest.raises(CodecError, match="Expected classes"):
            encode(fewer, labels, num_classes=2, **DIGESTS)
        with pytest.raises(CodecError, match=r"labels \[N\].* and \(3,\)"):
            encode(found, np.array([0, 1, 1]), num_classes=2, **DIGESTS)

    def test_more_than_is_read_is_not_written(self, monkeypatch):
        monkeypatch.setattr(limits, "SAMPLES", 500)
        p, labels = np.full((501, 4), 0.25), np.zeros(501, int)
        with pytest.raises(CodecError, match="at most 500 samples"):
            encode(top_k_of_scores(labels, p), labels, num_classes=4, **DIGESTS)
