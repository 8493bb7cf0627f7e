"""A class that is an inner node of its source is a leaf of that group."""

import numpy as np
import pytest

import keras_hier as kh
from keras_hier.hierarchy.hierarchy import Hierarchy
from keras_hier.hierarchy.node_table import HierarchyError


@pytest.mark.parametrize(
    "paths",
    [
        [("animal", "dog"), ("animal", "dog", "pug"), ("animal", "cat")],
        [("animal", "dog", "pug"), ("animal", "dog"), ("animal", "cat")],
        [("dog",), ("cat",), ("dog", "pug")],
    ],
)
def test_a_class_at_the_place_of_a_group_is_below_it(paths):
    tree = Hierarchy.from_paths(paths)
    dog, pug = (tree.classes.index(name) for name in ("dog", "pug"))
    assert tree.lca_distance(dog, pug) == 1
    group = tree.node_ids.index("dog (group)")
    below = tree.order[tree.start[group] : tree.stop[group]]
    # In the order of the lines.
    assert below.tolist() == sorted([dog, pug])


def test_a_label_of_the_group_counts_the_class(tmp_path):
    file = tmp_path / "tree.csv"
    file.write_text(
        "class,group1,group2\ndog,animal,\npug,animal,dog\ncat,animal,\nbus,,\n"
    )
    tree = Hierarchy.from_csv(file, classes=["bus", "cat", "dog", "pug"])
    numbering = kh.NodeLabels(tree)
    label = numbering.label("dog (group)")
    assert numbering.classes(label).tolist() == [2, 3]
    p = [[0.4, 0.3, 0.2, 0.1]]
    said = numbering.within(np.array([label]), p)
    np.testing.assert_allclose(said, [[0, 0, 2 / 3, 1 / 3]])
    # And read again.
    tree.to_csv(tmp_path / "again.csv")
    assert Hierarchy.from_csv(tmp_path / "again.csv") == tree


def test_classes_may_be_spelled_as_labels_are(tmp_path):
    file = tmp_path / "tree.csv"
    file.write_text("class,group1\ndog,dog\npug,dog\ncat,\n")
    folders = ["cat", "dog (itself)", "pug"]
    tree = Hierarchy.from_csv(file, classes=folders)
    assert tree == Hierarchy.from_csv(file, classes=["cat", "dog", "pug"])
    assert kh.NodeLabels(tree).labels_of(folders).tolist() == [0, 1, 2]
    with pytest.raises(HierarchyError, match="'dog' appears twice"):
        Hierarchy.from_csv(file, classes=[*folders, "dog"])
    # A class of that very name is none but itself, nor is one of no group.
    nested = {"dog": ["dog (itself)", "pug"]}
    assert Hierarchy.from_nested(nested, ["dog (itself)", "pug"]).classes == (
        "dog (itself)",
        "pug",
    )
    with pytest.raises(HierarchyError, match="not in the tree: 'cat "):
        Hierarchy.from_csv(file, classes=["cat (itself)", "dog", "pug"])


def test_a_class_elsewhere_is_another_thing_than_a_group_of_its_name():
    tree = Hierarchy.from_paths(
        [("colour", "orange"), ("fruit", "orange", "navel"), ("fruit", "fig")]
    )
    assert tree.lca_distance(0, 1) == 3
    assert tree.names == ("orange (itself)", "navel", "fig")
