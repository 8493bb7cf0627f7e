"""Class means, strongest samples and what layers know: bytes and logs."""

import dataclasses
import gzip
import json
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keras_hier.files import limits
from keras_hier.log.blocks_writer import BlocksWriter
from keras_hier.log.records import (
    container,
    layers_codec,
    means_codec,
    strongest_codec,
)
from keras_hier.log.records.container import (
    CodecError,
    decode_text,
    encode_text,
)
from keras_hier.log.records.means_codec import ClassMeans
from keras_hier.log.records.strongest_codec import StrongestSamples
from keras_hier.log.run_log import LogError, RunLog
from keras_hier.probing.alignment.class_correlation import class_correlation
from tests.support import small
from tests.support.layers import layers_record

DIGEST = "0123456789abcdef"
TREE = small.hierarchy()
OWN = {"hierarchy": TREE.digest, "num_classes": TREE.num_classes}
# Odd but possible names of files.
IDS = ("n01/a.jpg", "../../x", '<img src=x onerror="x">', "é\ud800\n", "a" * 9)


def means_of(means, counts=None, **fields):
    means = np.asarray(means, np.float32)
    own = {"layer": "conv/1", "place": 3, "shape": "4", "pool": "grid3"}
    return ClassMeans(
        **{**own, "hierarchy": DIGEST, **fields},
        counts=np.arange(len(means)) + 1 if counts is None else counts,
        means=means,
    )


def strongest_of(features=4, kept=3, **fields):
    rng = np.random.default_rng(features)
    own = {
        "layer": "conv/1",
        "hierarchy": DIGEST,
        "num_classes": 3,
        "ids": IDS,
        "labels": np.arange(len(IDS)) % 3,
        "rows": rng.integers(0, len(IDS), (features, kept)),
        "values": rng.normal(size=(features, kept)).astype(np.float32),
        "means": DIGEST,
    }
    return StrongestSamples(**{**own, **fields})


MEANS = means_of(np.arange(12.0).reshape(3, 4))
STRONGEST = strongest_of(ids=tuple("abcde"))


def assert_same(found, expected):
    for field in dataclasses.fields(expected):
        one, two = (getattr(each, field.name) for each in (found, expected))
        np.testing.assert_array_equal(one, two, field.name)


class TestRoundTrip:
    @given(
        st.sampled_from(["normal", "exponential", "standard_cauchy"]),
        st.integers(4, 60),
        st.integers(400, 800),
        st.integers(0, 2**32 - 1),
    )
    def test_of_means(self, drawn, classes, features, seed):
        rng = np.random.default_rng(seed)
        means = getattr(rng, drawn)(size=(classes, features))
        one = means_of(means.clip(-9, 9))
        found = means_codec.decode(means_codec.encode(one))
        assert_same(found, dataclasses.replace(one, means=found.means))
        reach = np.ptp(one.means.astype(float), axis=0)
        off = abs(found.means.astype(float) - one.means)
        assert (off <= reach / 510 + 2e-6).all()
        before, after = map(class_correlation, (one.means, found.means))
        assert abs(before - after).max() <= 0.003

    def test_classes_without_samples_stay_without(self):
        means = np.random.default_rng(0).normal(size=(6, 40))
        means[[1, 4]] = np.nan
        counts = np.array([3, 0, 1, 1, 0, 9])
        blob = means_codec.encode(means_of(means, counts))
        found = means_codec.decode(blob)
        assert np.isnan(found.means).all(axis=1).tolist() == [
            count == 0 for count in counts
        ]
        assert np.isfinite(found.means[counts > 0]).all()

    def test_a_channel_of_one_value_is_exact_and_so_are_ends(self):
        means = np.array([[7.25, -1e30], [7.25, 0], [7.25, 1e30]])
        found = means_codec.decode(means_codec.encode(means_of(means))).means
        assert np.array_equal(found[:, 0], means[:, 0].astype(np.float32))
        assert np.allclose(found[[0, 2], 1], [-1e30, 1e30])

    @given(st.integers(1, 300), st.integers(1, 6))
    def test_of_strongest(self, features, kept):
        one = strongest_of(features, kept)
        blob = strongest_codec.encode(one)
        assert_same(strongest_codec.decode(blob), one)

    @pytest.mark.parametrize("controls", [0, 3])
    @pytest.mark.parametrize(("layers", "levels"), [(1, 1), (256, 16)])
    def test_of_layers(self, layers, levels, controls):
        record = layers_record(DIGEST, layers, levels, controls)
        assert_same(layers_codec.decode(layers_codec.encode(record)), record)

    def test_the_header_of_means_is_read_alone(self):
        blob = means_codec.encode(MEANS)
        header = means_codec.peek(blob)
        found = header.classes, header.features, header.samples
        assert found == (3, 4, 6)
        with pytest.raises(CodecError, match="truncated"):
            means_codec.peek(blob[:-9])


def changed(codec, record, header, body=lambda body: body):
    """A record with other fields in its header, or with another body."""
    raw = gzip.decompress(codec.encode(record))
    (length,) = struct.unpack_from("<I", raw, 4)
    text = json.dumps({**json.loads(raw[8 : 8 + length]), **header}).encode()
    start = raw[:4] + struct.pack("<I", len(text)) + text
    return gzip.compress(start + body(raw[8 + length :]))


@pytest.mark.parametrize("codec", [means_codec, strongest_codec])
def test_what_is_no_record(codec):
    with pytest.raises(CodecError, match="begins with"):
        codec.decode(gzip.compress(b"KHM1" + bytes(99)))


@pytest.mark.parametrize(
    ("header", "body", "said"),
    [
        ({"version": 2}, None, "has version 2"),
        ({"classes": 4}, None, "has 56 bytes, expected 64"),
        ({"features": 3}, None, "inflates to more than"),
        ({"classes": 0}, None, "invalid"),
        ({"features": True}, None, "invalid"),
        ({"classes": 2**20, "features": 2**12}, None, "are more than"),
        ({"classes": 8, "features": 2**22}, None, "at most 131,072 chan"),
        ({"samples": 7}, None, "6 samples, the header says 7"),
        ({"layer": "x" * 1001}, None, "invalid: layer is"),
        ({"place": 256}, None, "place must be 0 to 255"),
        ({"hierarchy": "../../x"}, None, "invalid: hierarchy is"),
        ({}, lambda b: b[:-1], "expected 56"),
        ({}, lambda b: b + b"x", "inflates to more"),
        ({}, lambda b: b[:12] + b"\0\0\xc0\x7f" + b[16:], "begins above"),
        ({}, lambda b: b[:12] + b[28:44] + b[12:28] + b[44:], "begins above"),
    ],
)
def test_damaged_means(header, body, said):
    blob = changed(means_codec, MEANS, header, body or (lambda b: b))
    with pytest.raises(CodecError, match=said):
        means_codec.decode(blob)


# Values end at byte 48, rows at 96, labels at 116, ids at 145.
@pytest.mark.parametrize(
    ("header", "body", "said"),
    [
        ({"features": 5}, None, "expected 169"),
        ({"features": 3}, None, "inflates to more than"),
        ({"kept": -1}, None, "invalid"),
        ({"text": 2**53}, None, "invalid"),
        ({"features": 2**19}, None, "are more than the 1,048,576"),
        ({"classes": 2**21}, None, "are more than"),
        ({"classes": 2}, None, "of none of the 2 classes"),
        ({"means": None}, None, "invalid: means is"),
        ({}, lambda b: b"\0\0\xc0\x7f" + b[4:], "is not finite"),
        ({}, lambda b: b[:48] + b"\5\0\0\0" + b[52:], "none of the 5 sampl"),
        ({}, lambda b: b[:96] + b"\xff" * 4 + b[100:], "none of the 3 class"),
        ({}, lambda b: b[:-2] + b'"}', "ids of the strongest"),
        ({}, lambda b: b.replace(b'"a"', b"[0]"), "damaged"),
        ({}, lambda b: b.replace(b'"a"', b"123"), "An id has 1 to"),
        ({}, lambda b: b.replace(b'"a","b"', b'"a b c"'), "of 5 samples"),
        ({}, lambda b: b.replace(b"a", b"\xff"), "damaged"),
    ],
)
def test_damaged_strongest(header, body, said):
    blob = changed(strongest_codec, STRONGEST, header, body or (lambda b: b))
    with pytest.raises(CodecError, match=said):
        strongest_codec.decode(blob)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"version": 2}, "has version 2"),
        ({"hierarchy": "../../x"}, "names no tree"),
        ({"layers": []}, "has 0 layers"),
        ({"layers": ["a", "b"]}, "expected 2"),
        ({"layers": ["a", "b", "c" * 201]}, "layers holds"),
        ({"layers": "abc"}, "layers is no list"),
        ({"control_layers": []}, "names no layer of its control"),
        ({"features": [1, 2, -3]}, "features holds -3"),
        ({"right": [0.5] * 5}, "right has 5 entries, expected 3 x 2"),
        ({"over_spread": [5] * 3}, "over_spread has 3 entries, expected 2"),
        ({"right": [0.5] * 5 + ["x"]}, "right holds 'x'"),
        ({"right": [0.5] * 5 + [1e300]}, r"right holds 1e\+300"),
        ({"samples": True}, "samples holds True"),
        ({"groups": [1] * 65}, "at 65 levels"),
        ({"asked": [3]}, "asked names a layer that there is not"),
        ({"asked": [0] * 4}, "it has 3 layers at 2 levels"),
        ({"asked": [0, 1]}, "asked_error has 1 entries, expected 2"),
        ({"right": [[0.5]] * 6}, "damaged"),
        ({"right": [0] * (limits.LAYER_CELLS + 1)}, "damaged"),
    ],
)
def test_damaged_layers(fields, said):
    blob = layers_codec.encode(layers_record(DIGEST, 3, 2, 3))
    text = json.dumps({**json.loads(decode_text(blob)), **fields})
    with pytest.raises(CodecError, match=said):
        layers_codec.decode(encode_text(text))


@pytest.mark.parametrize(
    ("codec", "record", "fields", "said"),
    [
        (means_codec, MEANS, {"means": MEANS.means[0]}, r"means \[C, F\]"),
        (means_codec, MEANS, {"means": MEANS.means + np.inf}, "not finite"),
        (means_codec, MEANS, {"means": np.full((3, 4), 1e300)}, "not finite"),
        (means_codec, MEANS, {"counts": np.zeros(3, int)}, "of no class"),
        (means_codec, MEANS, {"counts": np.ones(4, int)}, "of each class"),
        (means_codec, MEANS, {"layer": "x" * 1001}, "invalid: layer is"),
        (means_codec, MEANS, {"hierarchy": "x"}, "invalid: hierarchy is"),
        *(
            (strongest_codec, STRONGEST, fields, said)
            for fields, said in (
                ({"rows": STRONGEST.rows[0]}, r"rows and values \[F, K\]"),
                ({"rows": STRONGEST.rows + 5}, "names none of the 5"),
                ({"values": STRONGEST.values + np.inf}, "not finite"),
                ({"labels": STRONGEST.labels[:-1]}, "labels of 5 samples"),
                ({"labels": STRONGEST.labels + 1}, "none of the 3 classes"),
                ({"ids": ("a" * 1001, *IDS[1:])}, "An id has 1 to 1000"),
                ({"means": ""}, "invalid: means is"),
            )
        ),
    ],
)
def test_what_no_reader_would_take_is_not_written(codec, record, fields, said):
    with pytest.raises(CodecError, match=said):
        codec.encode(dataclasses.replace(record, **fields))


def test_more_than_is_read_is_not_written(monkeypatch):
    most = limits.LAYER_CELLS // limits.LAYERS
    layers_codec.encode(layers_record(DIGEST, limits.LAYERS, most, 0))
    with pytest.raises(CodecError, match="256 layers at 17 levels"):
        layers_codec.encode(layers_record(DIGEST, limits.LAYERS, most + 1, 0))
    monkeypatch.setattr(limits, "MEANS", 11)
    with pytest.raises(CodecError, match="3 classes times 4 channels are more"):
        means_codec.encode(MEANS)
    monkeypatch.setattr(limits, "STRONGEST", 11)
    with pytest.raises(CodecError, match="3 samples of each of 4 channels"):
        strongest_codec.encode(STRONGEST)


class TestLogs:
    def means(self, step=1):
        drawn = np.random.default_rng(step).normal(size=(TREE.num_classes, 4))
        return means_of(drawn, hierarchy=TREE.digest)

    def test_give_back_what_was_written(self, tmp_path):
        first, second = (
            layers_record(TREE.digest, 3, 2, 3, seed=seed) for seed in (1, 2)
        )
        with BlocksWriter(tmp_path, TREE) as writer:
            writer.layers(first, 2)
            writer.means(self.means(2), 2, strongest_of(**OWN))
            writer.layers(second, 5)
            writer.means(self.means(5), 5)
        log = RunLog(str(tmp_path))
        assert (log.outputs, log.mean_layers) == ((), ("conv_1",))
        assert log.layer_epochs() == (2, 5)
        assert_same(log.layers(epoch=2), first)
        assert_same(log.layers(), second)
        for step, asked in ((2, 2), (5, None)):
            found = log.means("conv/1", asked)
            assert found.layer == "conv/1"
            assert abs(found.means - self.means(step).means).max() < 0.01
        named = container.blob_digest(means_codec.encode(self.means(2)))
        expected = strongest_of(**OWN, means=named)
        assert_same(log.strongest("conv/1"), expected)

    def test_name_what_they_lack(self, tmp_path):
        with BlocksWriter(tmp_path, TREE) as writer:
            writer.means(self.means(), 1)
        log = RunLog(str(tmp_path))
        for read, said in (
            (log.layers, "no layers below output"),
            (log.means, "no class means of layer"),
            (log.strongest, "no strongest samples of layer"),
        ):
            with pytest.raises(LogError, match=f"{said} 'x'"):
                read("x")

    @pytest.mark.parametrize(
        "fields",
        [
            {"layer": "conv1"},
            {"hierarchy": DIGEST},
            {"num_classes": TREE.num_classes + 1},
            {"features": 5},
        ],
    )
    def test_samples_of_other_channels_are_refused(self, tmp_path, fields):
        samples = strongest_of(**{**OWN, **fields})
        with (
            BlocksWriter(tmp_path, TREE) as writer,
            pytest.raises(ValueError, match="Expected samples of 4 channels"),
        ):
            writer.means(self.means(), 1, samples)
        with pytest.raises(LogError, match="holds no log"):
            RunLog(str(tmp_path))

    def test_records_over_another_tree_are_refused(self, tmp_path):
        with BlocksWriter(tmp_path, TREE) as writer:
            with pytest.raises(ValueError, match="under the tree 0123"):
                writer.layers(layers_record(DIGEST, 3, 2, 3), 1)
            for classes, digest in ((0, DIGEST), (1, TREE.digest)):
                means = np.zeros((TREE.num_classes + classes, 3))
                with pytest.raises(ValueError, match="Expected means of"):
                    writer.means(means_of(means, hierarchy=digest), 1)
