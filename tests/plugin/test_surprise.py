"""The route that tests pairs against the tree, and each way by the other."""

import numpy as np
import pytest
from reading import CLASS, MATRIX, PAIRS, TREE
from scipy import sparse, stats

import keras_hier as kh
from tb_plugin.routes import surprise as surprise_module
from tb_plugin.routes.surprise import MAX_PAIRS, surprises

FIRST = {**CLASS, "step": "1"}
# Two groups of three classes, labels not in the order of the tree.
SIX = kh.Hierarchy.from_paths(
    [(f"group {i % 2}", f"class {i}") for i in range(6)]
)


def listed(tree, found):
    """The pairs by name, with what is counted."""
    names = tree.node_names
    return [
        (names[row], names[column], count)
        for row, column, count in zip(
            found["rows"], found["columns"], found["counts"], strict=True
        )
    ]


def test_groups_of_a_level_are_tested_as_by_hand():
    counts = 50 * np.eye(6, dtype=int)
    counts[0, 1] = counts[2, 3] = counts[4, 5] = 10  # of group 0 as group 1
    counts[1, 0], counts[5, 2] = 4, 6  # back
    counts[0, 2] = 9  # within group 0
    found = surprises(sparse.csr_array(counts), SIX, 0)
    against_tree = found["surprise"]
    assert listed(SIX, against_tree) == [
        ("group 0", "group 1", 30),
        ("group 1", "group 0", 10),
    ]
    # A row of one cell is all that it has; and half of 40 errors is the least.
    assert against_tree["expected"] == pytest.approx([30, 20])
    assert against_tree["p"] == pytest.approx(
        [stats.poisson.sf(29, 30), stats.poisson.sf(9, 20)], rel=1e-5
    )
    assert against_tree["tested"] == against_tree["total"] == 2
    assert against_tree["found"] == 0
    one_way = found["one_way"]
    assert listed(SIX, one_way) == [("group 0", "group 1", 30)]
    assert one_way["back"] == [10]
    # Three classes each, with 189 samples and with 160.
    assert one_way["expected"] == pytest.approx([40 * 189 / 349], rel=1e-5)
    assert one_way["p"] == pytest.approx(
        [2 * stats.binom.sf(29, 40, 189 / 349)], rel=1e-5
    )
    assert one_way["q"] == one_way["p"]
    assert (one_way["tested"], one_way["found"]) == (1, 1)


def test_groups_are_compared_by_a_class_of_each():
    """Group 0 has 800 samples of each class, group 1 has 99 of each."""
    tree = kh.Hierarchy.from_paths(
        [(f"group {i // 4}", f"class {i}") for i in range(6)]
    )
    counts = np.diag([700] * 4 + [59] * 2)
    counts[:4, 4:], counts[4:, :4] = 50, 10
    # Of each class 100 are of the other group: 400 of 3,200, 80 of 198.
    one_way = surprises(sparse.csr_array(counts), tree, 0)["one_way"]
    assert one_way["expected"] == pytest.approx([480 * 99 / 899], rel=1e-5)


def test_an_answer_is_bounded(monkeypatch):
    monkeypatch.setattr(surprise_module, "MAX_PAIRS", 5)
    counts = np.random.default_rng(1).poisson(5, (6, 6))
    found = surprises(sparse.csr_array(counts), SIX, len(SIX.levels()) - 1)
    for kind in found.values():
        assert {len(c) for c in kind.values() if isinstance(c, list)} == {5}
        assert kind["total"] > 5
    assert MAX_PAIRS < 10_000


@pytest.mark.parametrize("level", range(len(TREE.levels())))
def test_without_errors_nothing_is_listed(level):
    found = surprises(sparse.csr_array(5 * np.eye(4, dtype=int)), TREE, level)
    for kind in found.values():
        assert kind["total"] == kind["found"] == 0
        assert kind["rows"] == kind["p"] == []


def test_the_route_names_nodes_of_the_tree(reader):
    level = len(TREE.levels()) - 1
    found = reader.get("surprise", **FIRST, level=level)
    assert sorted(listed(TREE, found["surprise"])) == [
        (TREE.node_names[_leaf(row)], TREE.node_names[_leaf(column)], count)
        for row, column, count in sorted(
            (int(row), int(column), int(MATRIX[row, column]))
            for row, column in np.argwhere(MATRIX)
            if row != column
        )
    ]


def _leaf(label):
    return next(n for n in TREE.leaves if TREE.labels[n] == label)


def test_of_a_head(reader):
    where = {"run": "hier/validation", "output": "conv2_groups2", "step": "1"}
    found = reader.get("surprise", **where, level="0")["one_way"]
    there, back = PAIRS.aggregate(MATRIX)[[0, 1], [1, 0]]
    assert sorted(found["counts"] + found["back"]) == sorted([there, back])
