"""Samples that stand in no cell, in the header of a matrix and its scalars."""

import dataclasses
import gzip
import json

import numpy as np
import pytest
import small

import keras_hier as kh
from keras_hier.log.records import matrix_codec
from keras_hier.log.records.container import CodecError
from keras_hier.log.run_log import RunLog
from keras_hier.scores.coarse_counts import CoarseCounts

TREE = small.hierarchy()
DIGEST = "0" * 16


def counts(**by_node):
    """A count of samples by node of their label, all of them right."""
    labelled = np.zeros(len(TREE.parents), np.int64)
    for name, count in by_node.items():
        labelled[TREE.find(name)] = count
    return CoarseCounts(TREE, labelled, labelled)


def fields_of(blob):
    raw = gzip.decompress(blob)
    return json.loads(raw[8 : 8 + int.from_bytes(raw[4:8], "little")])


def with_fields(blob, **changed):
    """The blob of a matrix with other fields in its header."""
    raw = gzip.decompress(blob)
    length = int.from_bytes(raw[4:8], "little")
    text = json.dumps({**fields_of(blob), **changed}).encode()
    return gzip.compress(
        raw[:4] + len(text).to_bytes(4, "little") + text + raw[8 + length :]
    )


def test_without_coarse_labels_the_bytes_are_what_they_were():
    blob = matrix_codec.encode(small.MATRIX, hierarchy=DIGEST)
    assert set(fields_of(blob)) == {
        *("version", "size", "nonzeros", "total", "correct"),
        *("hierarchy", "grouping", "role", "layer"),
    }


def test_a_reader_that_does_not_know_them_reads_the_rest():
    blob = matrix_codec.encode(
        small.MATRIX, hierarchy=DIGEST, coarse=5, coarse_levels=[(3, 5, 4)]
    )
    older = {
        f.name
        for f in dataclasses.fields(matrix_codec.MatrixHeader)
        if not f.name.startswith(("coarse", "probe"))
    }
    # What such a reader does: version 1, and the fields that it knows.
    fields = fields_of(blob)
    assert fields["version"] == 1
    plain = matrix_codec.read_header(
        matrix_codec.encode(small.MATRIX, hierarchy=DIGEST)
    )
    assert {k: v for k, v in fields.items() if k in older} == {
        name: getattr(plain, name) for name in older
    }
    header, matrix = matrix_codec.decode(blob)
    assert header.coarse == 5
    assert header.coarse_levels == [[3, 5, 4]]
    np.testing.assert_array_equal(matrix.toarray(), small.MATRIX)


@pytest.mark.parametrize(
    "changed",
    [
        {"coarse": -1},
        {"coarse": 1.5},
        {"coarse": True},
        {"coarse": "5"},
        {"coarse": 2**60},
        {"coarse_levels": 3},
        {"coarse_levels": [3]},
        {"coarse_levels": [[3, 5]]},
        {"coarse_levels": [[3, 6, 1]]},  # more than there are
        {"coarse_levels": [[3, 4, 5]]},  # more right than judged
        {"coarse_levels": [[7, 4, 3]]},  # more groups than classes
        {"coarse_levels": [[3, 4, "x"]]},
        {"coarse_levels": [[3, 5, 4]] * 65},
        {"coarse_largest": [6]},  # more than are judged
        {"coarse_largest": [-1]},
        {"coarse_largest": [1, 1]},
        {"coarse_largest": ["1"]},
        {"coarse_largest": 1},
    ],
)
def test_figures_that_cannot_be_right_are_refused(changed):
    blob = matrix_codec.encode(
        small.MATRIX, hierarchy=DIGEST, coarse=5, coarse_levels=[(3, 5, 4)]
    )
    with pytest.raises(CodecError, match="invalid"):
        matrix_codec.peek(with_fields(blob, **changed))


def test_levels_count_what_they_can_judge(tmp_path):
    with kh.BlocksWriter(tmp_path, TREE) as log:
        log.matrix(
            small.MATRIX,
            1,
            coarse=counts(dog=7, animal=2, vehicle=4, **{"all classes": 1}),
        )
        log.matrix(small.MATRIX, 2)
    log = RunLog(str(tmp_path))
    header, _ = log.matrix("class", 1)
    assert header.coarse == 14
    judged = {groups: n for groups, n, _ in header.coarse_levels}
    assert judged == {3: 13, 6: 0}
    # Nine are animals: so many are right by naming animals each time.
    assert header.coarse_largest == [9, 0]
    assert log.matrix("class", 2)[0].coarse == 0


def test_counts_of_another_tree_are_refused(tmp_path):
    three = np.eye(3, dtype=int)
    cut = TREE.cut(depth=1)
    with (
        kh.BlocksWriter(tmp_path, TREE) as log,
        pytest.raises(ValueError, match="another tree"),
    ):
        log.matrix(three, 1, grouping=cut, coarse=counts(dog=1))
