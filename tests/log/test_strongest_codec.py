import dataclasses
import gzip
import json
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keras_hier.files import limits
from keras_hier.log import kinds
from keras_hier.log.blocks_writer import BlocksWriter
from keras_hier.log.records import container, strongest_codec
from keras_hier.log.records.container import CodecError
from keras_hier.log.records.means_codec import ClassMeans
from keras_hier.log.records.means_codec import encode as encode_means
from keras_hier.log.records.strongest_codec import StrongestSamples
from keras_hier.log.run_log import LogError, RunLog
from tests.support import small

DIGEST = "0123456789abcdef"
# What a file may be called, and what someone may call one.
IDS = ("n01/a.jpg", "../../x", '<img src=x onerror="x">', "é\ud800\n", "a" * 9)


def record(features=4, kept=3, **fields):
    rng = np.random.default_rng(features)
    return StrongestSamples(
        **{
            "layer": "conv/1",
            "hierarchy": DIGEST,
            "num_classes": 3,
            "ids": IDS,
            "labels": np.arange(len(IDS)) % 3,
            "rows": rng.integers(0, len(IDS), (features, kept)),
            "values": rng.normal(size=(features, kept)).astype(np.float32),
            "means": DIGEST,
            **fields,
        }
    )


def assert_same(found, expected):
    for field in dataclasses.fields(expected):
        one, two = (getattr(each, field.name) for each in (found, expected))
        if isinstance(two, np.ndarray):
            assert np.array_equal(one, two), field.name
        else:
            assert one == two, field.name


@given(st.integers(1, 300), st.integers(1, 6))
def test_round_trip(features, kept):
    given_one = record(features, kept)
    blob = strongest_codec.encode(given_one)
    assert_same(strongest_codec.decode(blob), given_one)
    header = strongest_codec.peek(blob)
    assert (header.features, header.kept) == (features, kept)
    assert blob == strongest_codec.encode(given_one)


def changed(header, body=None):
    """A record with other fields in its header, or with another body."""
    raw = gzip.decompress(strongest_codec.encode(record(ids=tuple("abcde"))))
    (length,) = struct.unpack_from("<I", raw, 4)
    fields = {**json.loads(raw[8 : 8 + length]), **header}
    text = json.dumps(fields).encode()
    body = raw[8 + length :] if body is None else body(raw[8 + length :])
    return gzip.compress(raw[:4] + struct.pack("<I", len(text)) + text + body)


# Values end at byte 48, rows at 96, labels at 116, ids at 145.
@pytest.mark.parametrize(
    ("blob", "said"),
    [
        (changed({"version": 2}), "has version 2"),
        (changed({"features": 5}), "expected 169"),
        (changed({"features": 3}), "inflates to more than"),
        (changed({"features": 0}), "one channel"),
        (changed({"kept": -1}), "one channel"),
        (changed({"samples": True}), "one channel"),
        (changed({"classes": "3"}), "one channel"),
        (changed({"text": 2**53}), "one channel"),
        (changed({"features": 2**19}), "are more than the 1,048,576"),
        (changed({"samples": 2**21}), "are more than the 1,048,576"),
        (changed({"text": 2**27}), "are more than"),
        (changed({"classes": 2**21}), "are more than"),
        (changed({"classes": 2}), "of none of the 2 classes"),
        (changed({"layer": 5}), "is no name"),
        (changed({"layer": "x" * 201}), "is no name"),
        (changed({"hierarchy": "../../x"}), "name no tree"),
        (changed({"means": None}), "name no tree, or no means"),
        (changed({}, lambda body: body[:-1]), "expected 145"),
        (changed({}, lambda body: body + b"x"), "inflates to more"),
        (
            changed({}, lambda b: b"\0\0\xc0\x7f" + b[4:]),
            "value of a channel is not finite",
        ),
        (
            changed({}, lambda b: b[:48] + b"\5\0\0\0" + b[52:]),
            "names none of the 5 samples",
        ),
        (
            changed({}, lambda b: b[:96] + b"\xff" * 4 + b[100:]),
            "of none of the 3 classes",
        ),
        (changed({}, lambda b: b[:-1] + b"]"), "ids of the strongest"),
        (changed({}, lambda b: b[:-2] + b'"}'), "ids of the strongest"),
        (changed({}, lambda b: b.replace(b'"a"', b"[0]")), "damaged"),
        (changed({}, lambda b: b.replace(b'"a"', b"123")), "An id has 1 to"),
        (changed({}, lambda b: b.replace(b'"a"', b'"" ')), "An id has 1"),
        (changed({}, lambda b: b.replace(b'"a","b"', b'"a b c"')), "of 5 samp"),
        (changed({}, lambda b: b.replace(b"a", b"\xff")), "damaged"),
        (b"", "truncated"),
        (b"nonsense", "damaged"),
        (gzip.compress(b"KHM1" + bytes(99)), "begins with"),
    ],
)
def test_bad_bytes_give_one_clear_error(blob, said):
    with pytest.raises(CodecError, match=said):
        strongest_codec.decode(blob)


def test_what_no_reader_would_take_is_not_written(monkeypatch):
    good = record()
    for fields, said in (
        ({"rows": good.rows[0]}, r"rows and values \[F, K\]"),
        ({"rows": good.rows + 5}, "names none of the 5 samples"),
        ({"rows": good.rows - 9}, "names none of the 5 samples"),
        ({"values": good.values + np.inf}, "not finite"),
        ({"labels": good.labels[:-1]}, "labels of 5 samples"),
        ({"labels": good.labels + 1}, "none of the 3 classes"),
        ({"ids": ("", *IDS[1:])}, "An id has 1 to 1000"),
        ({"ids": ("a" * 1001, *IDS[1:])}, "An id has 1 to 1000"),
        ({"means": ""}, "name no tree, or no means"),
    ):
        with pytest.raises(CodecError, match=said):
            strongest_codec.encode(dataclasses.replace(good, **fields))
    monkeypatch.setattr(limits, "STRONGEST", 11)
    with pytest.raises(CodecError, match="3 samples of each of 4 channels"):
        strongest_codec.encode(good)


TREE = small.hierarchy()


def means_of(step=1, layer="conv/1", features=4):
    values = np.random.default_rng(step).normal(
        size=(TREE.num_classes, features)
    )
    counts = np.ones(TREE.num_classes, int)
    shown = "1 x 1 x 4", "mean", TREE.digest, counts
    return ClassMeans(layer, 0, *shown, values.astype(np.float32))


def samples_of(**fields):
    own = {"hierarchy": TREE.digest, "num_classes": TREE.num_classes}
    return record(**{**own, **fields})


def test_a_log_gives_back_what_was_written_and_names_its_means(tmp_path):
    with BlocksWriter(tmp_path, TREE) as writer:
        writer.means(means_of(2), 2, samples_of())
        writer.means(means_of(5), 5)
    log = RunLog(str(tmp_path))
    # Means without samples, as older logs have them, are read as before.
    assert log.mean_layers == ("conv_1",)
    assert np.isfinite(log.means("conv/1", 5).means).all()
    found = log.strongest("conv/1")
    named = container.blob_digest(encode_means(means_of(2)))
    assert_same(found, samples_of(means=named))
    for asked in (("conv/1", 5), ("fc",)):
        with pytest.raises(LogError):
            log.strongest(*asked)


@pytest.mark.parametrize(
    "fields",
    [
        {"layer": "conv1"},
        {"hierarchy": DIGEST},
        {"num_classes": TREE.num_classes + 1},
        {"features": 5},
    ],
)
def test_samples_of_other_channels_are_refused(tmp_path, fields):
    with (
        BlocksWriter(tmp_path, TREE) as writer,
        pytest.raises(ValueError, match="Expected samples of 4 channels"),
    ):
        writer.means(means_of(), 1, samples_of(**fields))
    with pytest.raises(LogError, match="holds no log"):
        RunLog(str(tmp_path))


def test_older_pages_see_no_such_kind():
    # What they know is a tag's kind, and what its metadata say.
    tag = kinds.tag_of("strongest", "conv_1")
    assert tag == "blocks/strongest/conv_1"
    assert kinds.kind_of_tag(tag) == "strongest"
    assert kinds.kind_of(kinds.metadata_content("strongest"))
