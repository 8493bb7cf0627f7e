"""A class that is an inner node of its source is a leaf of that group."""

import numpy as np
import pytest

import keras_hier as kh
from keras_hier.hierarchy.hierarchy import Hierarchy
from keras_hier.hierarchy.tree.node_table import HierarchyError


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


@pytest.mark.parametrize(
    "row", [("food", "dog (group)"), ("dog (group)", "hot dog")]
)
def test_what_is_called_as_such_a_group_is_named(row):
    dogs = [("animal", "dog"), ("animal", "dog", "pug"), ("food", "soup")]
    said = (
        r"The group 'dog' gets the id 'dog \(group\)' beside the class 'dog'"
        r".*has that id already: rename one of them\."
    )
    with pytest.raises(HierarchyError, match=said):
        Hierarchy.from_paths([*dogs, row])
    # Two may share a name that is made for display alone.
    assert Hierarchy.from_paths([*dogs, ("food", "dog (itself)")]).names == (
        *("dog (itself)", "pug", "soup", "dog (itself)"),
    )


def test_no_class_is_called_as_the_root():
    said = r"Class '\(root\)' is called as the root of all classes is"
    with pytest.raises(HierarchyError, match=said):
        Hierarchy.from_paths([("a", "(root)"), ("a", "b")])


class TestNames:
    """A class and a group of one id may be called differently."""

    def named(self, tree, *ids):
        return [tree.node_names[tree.node_ids.index(each)] for each in ids]

    def test_a_class_elsewhere_gives_a_group_no_name(self, tmp_path):
        file = tmp_path / "tree.csv"
        file.write_text(
            "class,label,name,group1\ndog,0,Hund (Tier),vehicle\nb,1,pug,dog\n"
        )
        tree = Hierarchy.from_csv(file)
        assert self.named(tree, "dog (group)") == ["dog"]

    def test_each_has_its_own_from_a_table(self, tmp_path):
        file = tmp_path / "tree.csv"
        file.write_text(
            "class,label,name,group1,group1 name\npug,0,Mops,dog,Hunde\n"
            "dog,1,Haushund,dog,Hunde\nbus,2,Bus,car,Autos\n"
        )
        tree = Hierarchy.from_csv(file)
        said = self.named(tree, "dog (group)", "dog", "car")
        assert said == ["Hunde", "Haushund (itself)", "Autos"]
        tree.to_csv(tmp_path / "again.csv")
        again = Hierarchy.from_csv(tmp_path / "again.csv")
        assert again.node_names == tree.node_names

    def test_and_by_id(self):
        names = {"dog": "Hund", "dog (group)": "Hunde"}
        nested = {"animal": {"dog": ["pug"]}, "pet": ["dog"]}
        tree = Hierarchy.from_nested(nested, ["pug", "dog"], names=names)
        said = self.named(tree, "dog (group)", "dog")
        assert said == ["Hunde", "Hund (itself)"]

    def test_a_list_is_refused(self):
        with pytest.raises(HierarchyError, match="display names by id"):
            Hierarchy.from_paths([("a", "x"), ("a", "y")], names=["X", "Y"])


def test_a_group_called_as_the_root_is_refused():
    with pytest.raises(HierarchyError, match=r"a group called '\(root\)'"):
        Hierarchy.from_paths([("(root)", "a"), ("(root)", "b")])


@pytest.mark.parametrize(
    ("nodes", "said"),
    [
        ("animal", "a sequence of nodes, got the str"),
        ([None], "ids, names or numbers of nodes"),
        ([1.5, 2], "ids, names or numbers of nodes"),
    ],
)
def test_nodes_of_a_cut_that_are_none(nodes, said):
    tree = Hierarchy.from_paths([("animal", "dog"), ("animal", "cat")])
    with pytest.raises(HierarchyError, match=said):
        tree.cut(nodes=nodes)


def test_numbers_of_folders_are_not_one_hot():
    tree = Hierarchy.from_paths([("pet", "dog"), ("pet", "cat"), ("bus",)])
    known = kh.NodeLabels(tree).renumber(["bus", "pet"])
    with pytest.raises(HierarchyError, match="got one-hot labels"):
        known("x", np.eye(2, dtype=int))
    assert known("x", np.array([[1], [0]]))[1].tolist() == [[4], [2]]


@pytest.mark.parametrize("make", ["from_confusions", "from_means"])
def test_what_is_masked_is_not_counted(make):
    counts = [[50, 300, 1], [200, 50, 3], [1, 2, 30]]
    hidden = np.ma.array(counts, mask=[[0, 1, 0], [1, 0, 0], [0, 0, 0]])
    with pytest.raises(ValueError, match="mask"):
        getattr(Hierarchy, make)(hidden, list("abc"))
