"""What a computed tree carries with it: names of groups, and its origin."""

import json
import pickle

import numpy as np
import pytest
from families import IDS, MATRIX

import keras_hier as kh
from keras_hier.hierarchy import tree_from_confusions
from keras_hier.hierarchy.computed.condensed_tree import typical


@pytest.fixture(scope="module")
def found():
    return tree_from_confusions(MATRIX, IDS.tolist()).hierarchy


def test_two_names_whatever_the_scale_of_distances():
    # 0 is nearest to 1 and 2; what that is far from is 3.
    apart = np.array(
        [
            [0, 1, 1, 9, 9],
            [1, 0, 2, 9, 9],
            [1, 2, 0, 9, 9],
            [9, 9, 9, 0, 3],
            [9, 9, 9, 3, 0],
        ],
        float,
    )
    group = np.array([1, 3, 0, 2, 4])
    for shift in (0, -20):
        assert typical(apart + shift, group) == [0, 3]
    # All are alike: the first ones.
    assert typical(np.zeros((4, 4)), np.array([3, 1, 2])) == [3, 1]


def test_groups_of_wordnet_have_their_name():
    whole = kh.Hierarchy.imagenet()
    node = whole.find("poodle")
    poodles = whole.order[whole.start[node] : whole.stop[node]].tolist()
    cars = ["n02930766", "n03100240"]  # cab, convertible: not all of "car"
    chosen = [whole.classes[label] for label in poodles] + cars
    matrix = np.diag([9] * len(chosen))
    matrix[: len(poodles), : len(poodles)] += 9
    matrix[-2:, -2:] += 9
    tree = kh.Hierarchy.from_confusions(matrix, chosen)
    # "car" has these two of the classes and no other: so it covers them.
    assert set(tree.levels()[0].names) == {"poodle", "car"}
    assert tree.names[0] == whole.names[poodles[0]]


class TestOrigin:
    def test_it_is_no_part_of_what_a_tree_is(self, found):
        bare = kh.Hierarchy.from_json(found.canonical_text())
        assert bare == found
        assert (bare.origin, found.origin.kind) == (None, "confusions")
        assert found.canonical_text() == bare.to_json()

    def test_it_is_there_and_back(self, found):
        again = kh.Hierarchy.from_json(found.to_json())
        assert again.origin.errors == MATRIX.sum() - np.trace(MATRIX)
        assert again.origin.support == pytest.approx(
            found.origin.support, abs=1e-4
        )
        assert again.to_json() == found.to_json()
        copied = pickle.loads(pickle.dumps(found))
        assert copied.origin == found.origin

    def test_support_moves_with_its_nodes(self, found):
        rng = np.random.default_rng(3)
        other = found.ordered_by(rng.integers(0, 9, (30, 30)))
        assert other.node_ids != found.node_ids
        support = dict(zip(found.node_ids, found.origin.support, strict=True))
        assert other.origin.support == tuple(support[i] for i in other.node_ids)

    def test_trees_made_of_it_keep_the_kind_alone(self, found):
        part = found.subset(IDS[:20].tolist())
        assert part.origin.kind == "confusions"
        assert part.origin.support == ()
        level = found.levels()[0]
        assert found.collapse(level).origin.kind == "confusions"

    @pytest.mark.parametrize(
        ("fields", "message"),
        [
            ({"origin": 3}, "origin of a hierarchy must be"),
            ({"origin": "x" * 99}, "origin of a hierarchy must be"),
            ({"origin": "means", "origin_errors": -1}, "must be counts"),
            ({"origin": "means", "origin_errors": True}, "must be counts"),
            ({"origin": "means", "support": [0.5]}, "one entry a node, 3"),
            (
                {"origin": "means", "support": [0, 1, 2]},
                "shares, 0 to 1, got 2",
            ),
            ({"origin": "means", "support": "abc"}, "shares, 0 to 1"),
            ({"origin": "means", "inside": [0.5] * 99}, "one entry a level"),
        ],
    )
    def test_a_damaged_one_is_an_error(self, fields, message):
        tree = kh.Hierarchy.from_paths([("a",), ("b",)])
        content = {**json.loads(tree.to_json()), **fields}
        with pytest.raises(kh.HierarchyError, match=message):
            kh.Hierarchy.from_json(json.dumps(content))
