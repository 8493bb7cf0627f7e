import gzip
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keras_hier.files import limits
from keras_hier.log.records import container
from keras_hier.log.records.container import CodecError
from keras_hier.log.records.sample_index import SampleError, SampleIndex

LABELS = [2, 0, 2, 0]
NAMES = ["d.jpg", "c.jpg", "a.jpg", "b.jpg"]
HOSTILE = [
    "<img src=x onerror=alert(1)>",
    "../../etc/passwd",
    "C:\\a\\b",
    "two\nlines",
    "\x00",
    "\ud800",
    "x" * 1000,
    " ",
]


class TestOrder:
    def test_is_by_class_then_by_id(self):
        index = SampleIndex(LABELS, 3, NAMES)
        assert index.ids == ("b.jpg", "c.jpg", "a.jpg", "d.jpg")
        assert index.labels.tolist() == [0, 0, 2, 2]
        assert index.order.tolist() == [3, 1, 2, 0]

    @given(st.permutations(range(4)))
    def test_does_not_depend_on_that_of_the_data(self, order):
        one = SampleIndex(LABELS, 3, NAMES)
        other = SampleIndex(
            [LABELS[i] for i in order], 3, [NAMES[i] for i in order]
        )
        assert one == other
        assert one.digest == other.digest
        assert [order[i] for i in other.order] == one.order.tolist()

    def test_without_ids_is_by_class_then_by_position(self):
        index = SampleIndex([1] * 11 + [0], 2)
        assert index.ids == ("11", *map(str, range(11)))
        assert not index.named

    def test_other_labels_are_another_index(self):
        one, other = SampleIndex(LABELS, 3), SampleIndex(LABELS[::-1], 3)
        assert one != other
        assert one != SampleIndex(LABELS, 4)


class TestStored:
    def test_is_what_the_module_says(self):
        blob = SampleIndex(LABELS, 3, NAMES).to_blob()
        assert json.loads(gzip.decompress(blob)) == {
            "version": 1,
            "counts": [2, 0, 2],
            "ids": ["b.jpg", "c.jpg", "a.jpg", "d.jpg"],
            "named": True,
        }

    @pytest.mark.parametrize("ids", [NAMES, None, [10, 9, 8, 7], HOSTILE[4:]])
    def test_comes_back(self, ids):
        index = SampleIndex(LABELS, 3, ids)
        read = SampleIndex.from_json(container.decode_text(index.to_blob()))
        assert read == index
        assert (read.ids, read.named) == (index.ids, index.named)
        assert read.labels.tolist() == index.labels.tolist()
        assert read.num_classes == 3

    def test_bytes_that_are_no_text_stay_distinct(self):
        index = SampleIndex([0, 0], 1, [b"\xff.jpg", b"\xfe.jpg"])
        assert index.ids == ("\\xfe.jpg", "\\xff.jpg")

    @pytest.mark.parametrize(
        "fields",
        [
            [],
            {},
            {"counts": [1]},
            {"counts": [2]},
            {"counts": [-1, 2]},
            {"counts": [True]},
            {"counts": "1"},
            {"ids": [5]},
            {"ids": "a"},
            {"ids": []},
            {"ids": ["x" * 1001]},
            {"version": 2},
        ],
    )
    def test_damage_is_named(self, fields):
        whole = {"version": 1, "counts": [1], "ids": ["a"], "named": True}
        if isinstance(fields, dict) and fields and fields != {"counts": [1]}:
            fields = {**whole, **fields}
        with pytest.raises(CodecError, match="index"):
            SampleIndex.from_json(json.dumps(fields))

    def test_nested_without_end(self):
        with pytest.raises(CodecError, match="damaged"):
            SampleIndex.from_json("[" * 100_000)


class TestBadInput:
    @pytest.mark.parametrize(
        ("labels", "ids", "message"),
        [
            ([], None, "no samples"),
            ([0, 3], None, "0..2: 1 do not, the first is 3 at index 1"),
            ([-1, 0], None, "must lie in 0..2"),
            ([1, 3], None, "They look one-based, 1..3: subtract 1"),
            ([0.5, 1.0], None, "must be integers"),
            ([[0], [1]], None, "must be integers"),
            ([0, 1], ["a"], "each of the 2 samples, got 1"),
            ([0, 1], [], "each of the 2 samples, got 0"),
            ([0, 1], ["a", "a"], "2 are called 'a'"),
            ([0, 1], ["a", ""], "that of sample 1 has 0"),
            ([0, 1], ["a", "x" * 10_000], "has 10000. Give shorter ones"),
            ([0, 1], ["a", None], "got NoneType at index 1"),
            ([0, 1], [0.5, 1.5], "got float"),
            ([0, 1], "ab", "a list of strings"),
            ([0, 1], {"a", "b"}, "got a set, which has no order"),
            ([0, 1], {"a": 1, "b": 0}, "pass sorted.ids, key=ids.get"),
        ],
    )
    def test_is_one_clear_error(self, labels, ids, message):
        with pytest.raises(SampleError, match=message):
            SampleIndex(np.array(labels), 3, ids)

    @pytest.mark.parametrize("limit", ["SAMPLES", "CLASSES"])
    def test_more_samples_than_are_read_are_none(self, monkeypatch, limit):
        index = SampleIndex([0] * 20, 20)
        monkeypatch.setattr(limits, limit, 19)
        with pytest.raises(SampleError, match="got 20 of 20"):
            SampleIndex([0] * 20, 20)
        with pytest.raises(CodecError, match="damaged"):
            SampleIndex.from_json(index.to_json())
