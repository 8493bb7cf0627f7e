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
from keras_hier.log.records import means_codec
from keras_hier.log.records.container import CodecError
from keras_hier.log.records.means_codec import ClassMeans
from keras_hier.log.run_log import LogError, RunLog
from keras_hier.probing.alignment.class_correlation import class_correlation
from tests.support import small

DIGEST = "0123456789abcdef"
# What a rounded mean may be off, of the range of its channel.
HALF_A_CODE = 1 / 510


def record(means, counts=None, **fields):
    means = np.asarray(means, np.float32)
    if counts is None:
        counts = np.arange(len(means)) + 1
    return ClassMeans(
        **{
            "layer": "conv/1",
            "place": 3,
            "shape": "13 x 13 x 128",
            "pool": "grid3",
            "hierarchy": DIGEST,
            **fields,
        },
        counts=np.asarray(counts),
        means=means,
    )


DRAWN = {
    "normal": lambda rng, size: rng.normal(size=size),
    "after a ReLU": lambda rng, size: np.maximum(rng.normal(size=size), 0),
    "long tails": lambda rng, size: rng.exponential(size=size),
    "far from zero": lambda rng, size: 1e3 + rng.normal(size=size),
}


@given(
    st.sampled_from(sorted(DRAWN)),
    st.integers(4, 60),
    st.integers(400, 800),
    st.integers(0, 2**32 - 1),
)
def test_round_trip(kind, classes, features, seed):
    rng = np.random.default_rng(seed)
    means = DRAWN[kind](rng, (classes, features)).astype(np.float32)
    given_one = record(means)
    found = means_codec.decode(means_codec.encode(given_one))
    for field in dataclasses.fields(found):
        if field.name not in ("counts", "means"):
            expected = getattr(given_one, field.name)
            assert getattr(found, field.name) == expected
    assert np.array_equal(found.counts, given_one.counts)
    assert found.means.dtype == np.float32
    off = abs(found.means.astype(float) - means)
    reach = np.ptp(means.astype(float), axis=0)
    rounding = 2e-7 * abs(means).max()
    assert (off <= reach * HALF_A_CODE + rounding).all()
    before, after = class_correlation(means), class_correlation(found.means)
    assert abs(before - after).max() <= 0.003


def test_classes_without_samples_stay_without():
    means = np.random.default_rng(0).normal(size=(6, 40))
    means[[1, 4]] = np.nan
    counts = np.array([3, 0, 1, 1, 0, 9])
    found = means_codec.decode(means_codec.encode(record(means, counts)))
    assert np.isnan(found.means[[1, 4]]).all()
    assert np.isfinite(found.means[counts > 0]).all()
    assert np.array_equal(found.counts, counts)


def test_a_channel_of_one_value_is_exact_and_so_are_the_ends_of_others():
    means = np.array([[7.25, -1e30], [7.25, 0], [7.25, 1e30]])
    found = means_codec.decode(means_codec.encode(record(means))).means
    assert np.array_equal(found[:, 0], means[:, 0])
    assert np.allclose(found[[0, 2], 1], [-1e30, 1e30])


def test_the_header_is_read_alone():
    means = np.zeros((30, 20)) + np.arange(30)[:, None]
    blob = means_codec.encode(record(means))
    header = means_codec.peek(blob)
    assert (header.classes, header.features) == (30, 20)
    assert header.samples == 30 * 31 / 2
    with pytest.raises(CodecError, match="truncated"):
        means_codec.peek(blob[:-9])


def changed(header, body=None):
    """A record with other fields in its header, or with another body."""
    means = np.arange(12.0).reshape(3, 4)
    raw = gzip.decompress(means_codec.encode(record(means)))
    (length,) = struct.unpack_from("<I", raw, 4)
    fields = {**json.loads(raw[8 : 8 + length]), **header}
    text = json.dumps(fields).encode()
    body = raw[8 + length :] if body is None else body(raw[8 + length :])
    return gzip.compress(raw[:4] + struct.pack("<I", len(text)) + text + body)


@pytest.mark.parametrize(
    ("blob", "said"),
    [
        (changed({"version": 2}), "has version 2"),
        (changed({"classes": 4}), "expected 64: 4 classes, 4 channels"),
        (changed({"features": 3}), "inflates to more than"),
        (changed({"classes": 0}), "one class and one channel"),
        (changed({"features": -1}), "one class and one channel"),
        (changed({"features": True}), "one class and one channel"),
        (changed({"features": "4"}), "one class and one channel"),
        (changed({"classes": 2**20, "features": 2**12}), "are more than"),
        (changed({"classes": 1, "features": 2**25}), "are more than"),
        (changed({"classes": 8, "features": 2**22}), "at most 131,072 chan"),
        (changed({"classes": 2**22, "features": 1}), "are more than"),
        (changed({"samples": 7}), "6 samples, the header says 7"),
        (changed({"layer": 5}), "is no name"),
        (changed({"layer": "x" * 201}), "is no name"),
        (changed({"place": 256}), "place must be 0 to 255"),
        (changed({"hierarchy": "../../x"}), "name no tree"),
        (changed({}, lambda body: body[:-1]), "expected 56"),
        (changed({}, lambda body: body + b"x"), "inflates to more"),
        (
            changed({}, lambda b: b[:12] + b"\0\0\xc0\x7f" + b[16:]),
            "begins above its end, or nowhere",
        ),
        (
            changed({}, lambda b: b[:12] + b[28:44] + b[12:28] + b[44:]),
            "begins above its end, or nowhere",
        ),
        (b"", "truncated"),
        (b"nonsense", "damaged"),
        (gzip.compress(b"KHM1" + bytes(99)), "begins with"),
    ],
)
def test_bad_bytes_give_one_clear_error(blob, said):
    with pytest.raises(CodecError, match=said):
        means_codec.decode(blob)


def test_what_is_too_large_or_no_number_is_not_written(monkeypatch):
    means = np.arange(12.0).reshape(3, 4)
    for fields, said in (
        ({"means": means[0]}, r"Expected class means \[C, F\]"),
        ({"means": means + np.inf}, "not finite"),
        ({"means": means * 1e300}, "not finite"),
        ({"counts": np.zeros(3, int)}, "of no class"),
        ({"counts": np.ones(4, int)}, "samples of each class"),
        ({"layer": "x" * 201}, "is no name"),
        ({"hierarchy": "x"}, "name no tree"),
    ):
        with pytest.raises(CodecError, match=said):
            means_codec.encode(dataclasses.replace(record(means), **fields))
    monkeypatch.setattr(limits, "MEANS", 11)
    with pytest.raises(CodecError, match="3 classes times 4 channels are more"):
        means_codec.encode(record(means))


def test_a_log_gives_back_what_was_written(tmp_path):
    tree = small.hierarchy()
    means = np.random.default_rng(0).normal(size=(tree.num_classes, 40))
    with BlocksWriter(tmp_path, tree) as writer:
        for step in (2, 5):
            writer.means(record(step * means, hierarchy=tree.digest), step)
    log = RunLog(str(tmp_path))
    assert (log.outputs, log.mean_layers) == ((), ("conv_1",))
    found = log.means("conv/1")
    assert found.layer == "conv/1"
    assert abs(found.means - 5 * means).max() < 0.1
    assert abs(log.means("conv/1", 2).means - 2 * means).max() < 0.05
    with pytest.raises(LogError, match="no class means of layer 'fc'"):
        log.means("fc")


@pytest.mark.parametrize("classes", [0, 1])
def test_means_over_another_tree_are_refused(tmp_path, classes):
    tree = small.hierarchy()
    means = np.zeros((tree.num_classes + classes, 3))
    digest = tree.digest if classes else DIGEST
    with (
        BlocksWriter(tmp_path, tree) as writer,
        pytest.raises(ValueError, match="Expected means of"),
    ):
        writer.means(record(means, hierarchy=digest), 1)


def test_older_pages_see_no_such_kind():
    # What they know is a tag's kind, and what its metadata say.
    assert kinds.kind_of_tag("blocks/means/conv1") == "means"
    assert kinds.kind_of_tag("blocks/later/conv1") is None
    content = kinds.metadata_content("means").replace(b"means", b"later")
    assert kinds.kind_of(content) is None
