"""The route that orders siblings by the confusions of an epoch."""

import numpy as np
import pytest
from reading import MATRIX, PAIRS, TREE, Reader

import keras_hier as kh
from keras_hier.files import limits

FLAT = kh.Hierarchy.from_paths([("a",), ("b",), ("c",)])
# Only a and c are confused.
APART = np.array([[5, 0, 2], [0, 7, 0], [2, 1, 4]])
WHERE = {"run": "flat/validation", "output": "class"}


@pytest.fixture
def flat(tmp_path):
    """Three classes side by side; in the second epoch all is right."""
    with kh.BlocksWriter(tmp_path / "flat", FLAT) as log:
        log.matrix(APART, 1)
        log.matrix(np.diag([5, 7, 4]), 2)
    return Reader(tmp_path)


def test_confused_siblings_become_neighbours(flat):
    assert flat.get("order", **WHERE, step=1) == {
        "ids": ["(root)", "a", "c", "b"]
    }


def test_groups_stay_together(reader):
    where = {"run": "plain/validation", "output": "class"}
    found = reader.get("order", **where, step=3)["ids"]
    assert found == list(TREE.ordered_by(MATRIX * 3).node_ids)
    # A group stands right before what it holds.
    inside = found[found.index("animal") + 1 :][:5]
    assert set(inside) == {"pet", "cat", "dog", "wild", "wolf"}


def test_of_a_head(reader):
    head = {"run": "hier/validation", "output": "conv2_groups2"}
    found = reader.get("order", **head, step=1)["ids"]
    assert sorted(found) == sorted(TREE.collapse(PAIRS).node_ids)


def test_siblings_that_would_take_too_long_are_refused(flat, monkeypatch):
    monkeypatch.setattr(limits, "ANALYSED_SIBLINGS", 2)
    status, said = flat.error("order", **WHERE, step=1)
    assert status == 422
    assert "has 3 parts; at most 2 are ordered" in said
