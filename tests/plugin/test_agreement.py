"""The route that holds a tree against the errors of an epoch."""

import numpy as np
import pytest
from reading import CLASS, Reader
from scipy import sparse

import keras_hier as kh
from keras_hier.analysis.trees.misplaced_classes import misplaced_classes
from keras_hier.analysis.trees.tree_agreement import tree_agreement
from keras_hier.files import limits
from tb_plugin.routes.agreement import agreement

# By its errors class 7 is of family 4, not of family 1; both of order 0 and 1.
FAMILY = np.repeat(np.arange(6), 5)
TREE = kh.Hierarchy.from_paths(
    [(f"o{i // 15}", f"f{i // 5}", f"c{i}") for i in range(30)]
)


def confusions():
    of = FAMILY.copy()
    of[7] = 4
    rates = np.where(of[:, None] == of, 4.0, 0.2)
    np.fill_diagonal(rates, 60)
    return np.random.default_rng(0).poisson(rates)


def test_a_planted_class_is_listed_once_where_it_is_moved_farthest():
    matrix = confusions()
    found = agreement(sparse.csr_array(matrix), TREE)
    (move,) = found["moves"]
    names = TREE.node_names
    assert (move["class"], names[move["own"]], names[move["other"]]) == (
        7,
        "o0",
        "o1",
    )
    assert move["levels"] == [0, 1]
    of_orders = misplaced_classes(matrix, TREE.levels()[0])
    assert move["with_other"] == of_orders.with_other[0]
    assert move["support"] == 1
    for level in found["levels"]:
        assert (level["tested"], level["found"]) == (30, 1)
        assert 0 < level["planted_found"] <= level["planted"] == 30
    assert found["total"] == 1


def test_its_figures_are_those_of_the_library():
    found = agreement(sparse.csr_array(confusions()), TREE)
    expected = tree_agreement(confusions(), TREE)
    assert found["why"] is None
    assert found["agreement"].keys() == set(expected._fields)
    for name, values in expected._asdict().items():
        assert found["agreement"][name] == pytest.approx(values, rel=1e-5)


def test_of_too_many_classes_there_is_the_list_alone(monkeypatch):
    monkeypatch.setattr(limits, "ANALYSED_TREE", 29)
    found = agreement(sparse.csr_array(confusions()), TREE)
    assert found["agreement"] is None
    assert found["why"].startswith("There are 30 classes: of at most 29 ")
    assert len(found["moves"]) == 1


def test_the_route_answers_for_one_run(tmp_path):
    with kh.BlocksWriter(tmp_path / "plain", TREE) as log:
        log.matrix(confusions(), 1)
    answer = Reader(tmp_path).get("agreement", **CLASS, step=1)
    assert [move["class"] for move in answer["moves"]] == [7]
