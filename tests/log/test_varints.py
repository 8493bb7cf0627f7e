"""Whole numbers as bytes, there and back, at once and in pieces."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keras_hier.log.records import varints
from keras_hier.log.records.container import CodecError
from keras_hier.log.records.varints import Run

MOST = 2**63 - 1
# As many of each number of bytes.
INTEGERS = st.integers(0, 63).flatmap(lambda bits: st.integers(0, 2**bits - 1))


def byte_by_byte(values):
    """Writes integers as the format says."""
    found = bytearray()
    for value in values:
        while value >= 0x80:
            found.append(value & 0x7F | 0x80)
            value >>= 7
        found.append(value)
    return bytes(found)


def body_of(*runs):
    return np.frombuffer(b"".join(byte_by_byte(run) for run in runs), np.uint8)


def known_of(*runs):
    return [Run(len(run), MOST, np.int64, "too large") for run in runs]


@given(st.lists(INTEGERS, max_size=60))
def test_bytes_are_those_of_the_format(values):
    assert varints.to_bytes(np.array(values, np.int64)) == byte_by_byte(values)


@given(
    st.lists(st.lists(INTEGERS, max_size=20), max_size=4),
    st.sampled_from([9, 11, 64, 2**20]),
)
def test_runs_are_read_exactly_at_once_and_in_pieces(runs, chunk):
    body = body_of(*runs)
    assert varints.count(body) == sum(map(len, runs))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(varints, "_CHUNK", chunk)
        if not body.size:
            return
        found = varints.read_runs(body, *known_of(*runs))
    assert [run.tolist() for run in found] == runs


@pytest.mark.parametrize("chunk", [9, 2**20])
def test_each_run_has_its_own_limit(chunk, monkeypatch):
    monkeypatch.setattr(varints, "_CHUNK", chunk)
    runs = [300, 5, 5], [7] * 9, [2**40, 0]
    body = body_of(*runs)
    limits = [
        Run(3, 300, np.int32, "the first"),
        Run(9, 7, np.int32, "the second"),
        Run(2, 2**40, np.int64, "the third"),
    ]
    found = varints.read_runs(body, *limits)
    assert [run.dtype for run in found] == [np.int32, np.int32, np.int64]
    assert [run.tolist() for run in found] == list(runs)
    for at, name in enumerate(["first", "second", "third"]):
        less = list(limits)
        less[at] = less[at]._replace(most=less[at].most - 1)
        with pytest.raises(CodecError, match=name):
            varints.read_runs(body, *less)


@pytest.mark.parametrize("chunk", [9, 2**20])
@pytest.mark.parametrize("before", [b"", b"\x01\x02"])
def test_of_more_than_nine_bytes(chunk, before, monkeypatch):
    monkeypatch.setattr(varints, "_CHUNK", chunk)
    body = np.frombuffer(before + b"\x80" * 9 + b"\x01" + b"\x05", np.uint8)
    run = Run(len(before) + 2, MOST, np.int64, "")
    with pytest.raises(CodecError, match="63 bits"):
        varints.read_runs(body, run)
