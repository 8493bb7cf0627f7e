"""Labels of nodes: their numbers, what they hold and what they decide."""

import json

import numpy as np
import pytest
import small
from hypothesis import given
from hypothesis import strategies as st
from strategies import hierarchies, naive_ancestors

import keras_hier as kh
from keras_hier.hierarchy.labels.node_labels import NodeLabels

BIKE, PUG, PIE, TABBY, BUS, HUSKY = range(6)
TREE = small.hierarchy()
NUMBERING = NodeLabels(TREE)
# Inner nodes depth-first, after the six classes.
ROOT, ANIMAL, DOG, CAT, VEHICLE, FOOD = range(6, 12)


def foreign():
    """Three groups that cut through animal, dog and vehicle."""
    return kh.Grouping(["x", "y", "z"], [0, 0, 2, 1, 1, 1])


def test_classes_keep_their_labels_and_inner_nodes_follow_depth_first():
    names = [NUMBERING.name(label) for label in range(NUMBERING.num_labels)]
    assert names == [
        *("bike", "pug", "pie", "tabby", "bus", "husky"),
        *("all classes", "animal", "dog", "cat", "vehicle", "food"),
    ]
    assert NUMBERING.num_classes == 6
    assert [NUMBERING.label(name) for name in names[:6]] == list(range(6))
    assert NUMBERING.label("dog") == DOG
    assert NUMBERING.label(TREE.find("dog")) == DOG
    assert NUMBERING.nodes[NUMBERING.labels].tolist() == list(range(12))


def test_a_tree_tells_the_label_of_a_node():
    assert [TREE.node_label(name) for name in ("dog", "pug")] == [DOG, PUG]
    again = kh.Hierarchy.from_json(TREE.to_json())
    assert NodeLabels(again).name(again.node_label("food")) == "food"
    with pytest.raises(kh.HierarchyError, match="wolf"):
        TREE.node_label("wolf")


def test_what_a_label_decides():
    cut = TREE.cut(depth=1)  # animal, vehicle, food
    assert NUMBERING.groups(cut).tolist() == [
        *(1, 0, 2, 0, 1, 0),
        *(-1, 0, 0, 0, 1, 2),
    ]
    assert NUMBERING.groups(foreign()).tolist() == [
        *(0, 0, 2, 1, 1, 1),
        *(-1, -1, -1, 1, -1, 2),
    ]


def test_the_groups_that_a_label_touches():
    fine = TREE.cut(nodes=["dog", "cat", "vehicle", "food"])
    assert NUMBERING.touched(PUG, fine).tolist() == [0]  # below a group
    assert NUMBERING.touched(DOG, fine).tolist() == [0]  # a group itself
    assert NUMBERING.touched(ANIMAL, fine).tolist() == [0, 1]  # above two
    assert NUMBERING.touched(DOG, foreign()).tolist() == [0, 1]  # cut through
    assert NUMBERING.touched(ROOT, foreign()).tolist() == [0, 1, 2]


def test_classes_become_their_groups():
    fine = TREE.cut(nodes=["dog", "tabby", "vehicle", "food"])
    coarse = NUMBERING.coarsened(fine)
    assert coarse.tolist() == [VEHICLE, DOG, FOOD, TABBY, VEHICLE, DOG]
    # A cat can be a tabby alone, which its label decides.
    nodes = NUMBERING.coarsened(
        TREE.cut(nodes=["dog", "cat", "vehicle", "pie"])
    )
    assert nodes.tolist() == [VEHICLE, DOG, PIE, CAT, VEHICLE, DOG]
    assert NUMBERING.head_labels(None)[CAT] == TABBY
    with pytest.raises(kh.HierarchyError, match="no cut of the tree"):
        NUMBERING.coarsened(foreign())
    other = kh.Hierarchy.from_paths([(name, name * 2) for name in "abcdef"])
    with pytest.raises(kh.HierarchyError, match="cut of another tree"):
        NUMBERING.coarsened(other.cut(depth=1))
    # A group may be called as a class is.
    tree = kh.Hierarchy.from_paths(
        [("dog", "n0"), ("dog", "n1"), ("pet", "n2"), ("pet", "n3")],
        names={"n0": "dog"},
    )
    labels = NodeLabels(tree).coarsened(tree.cut(depth=1))
    assert labels.tolist() == [5, 5, 6, 6]  # 4 is the root


def test_what_is_no_label_is_refused():
    with pytest.raises(kh.HierarchyError, match=r"0\.\.11 \(6 classes, then"):
        NUMBERING.name(12)
    for wrong in ("dog", None, 1.5, [1]):
        with pytest.raises(kh.HierarchyError, match=r"lie in 0\.\.11 .*got "):
            NUMBERING.name(wrong)
    for wrong in (None, 1.5, 12):
        said = "neither a name nor one of the numbers 0"
        with pytest.raises(kh.HierarchyError, match=said):
            NUMBERING.label(wrong)
    with pytest.raises(kh.HierarchyError, match="got -1"):
        NUMBERING.classes(-1)
    with pytest.raises(kh.HierarchyError, match="No node has"):
        NUMBERING.label("unicorn")
    three = kh.Grouping(["a", "b"], [0, 1, 1])
    with pytest.raises(kh.HierarchyError, match="grouping of 6 classes"):
        NUMBERING.groups(three)


@given(hierarchies(), st.randoms(use_true_random=False))
def test_against_sets_of_classes(tree, random):
    numbering = NodeLabels(tree)
    size = tree.num_classes
    assert numbering.num_labels == len(tree.parents)
    of_class = [random.randrange(3) for _ in range(size)]
    used = sorted(set(of_class))
    of_class = np.array([used.index(group) for group in of_class])
    grouping = kh.Grouping([f"g{g}" for g in range(len(used))], of_class)
    decided = numbering.groups(grouping)
    for label in range(numbering.num_labels):
        node = numbering.nodes[label]
        assert numbering.labels[node] == label
        below = {
            c
            for c in range(size)
            if node == tree.leaves[c]
            or node in naive_ancestors(tree, tree.leaves[c])
        }
        assert set(numbering.classes(label).tolist()) == below
        touched = sorted({int(of_class[c]) for c in below})
        assert numbering.touched(label, grouping).tolist() == touched
        expected = touched[0] if len(touched) == 1 else -1
        assert decided[label] == expected


def test_names_of_classes_and_groups():
    assert NUMBERING.labels_of(["husky", "dog", "all classes"]).tolist() == [
        *(HUSKY, DOG, ROOT)
    ]
    assert NUMBERING.labels_of([]).tolist() == []
    with pytest.raises(kh.HierarchyError, match=r"'dgo'.*'dog'.*class below"):
        NUMBERING.labels_of(["husky", "dgo"])


def test_a_class_that_is_a_group_as_well_has_two_names():
    tree = kh.Hierarchy.from_paths(
        [("dog", "pug"), ("dog", "dog"), ("pie", "pie")]
    )
    numbering = NodeLabels(tree)
    assert numbering.labels_of(["dog (itself)", "dog (group)"]).tolist() == [
        *(1, 4)
    ]
    message = r"say 'dog \(itself\)' for the class, 'dog \(group\)'"
    with pytest.raises(kh.HierarchyError, match=message):
        numbering.labels_of(["dog"])
    # A group whose only class it is means the same.
    assert numbering.labels_of(["pie"]).tolist() == [2]

    assert numbering.label("dog (itself)") == 1
    with pytest.raises(kh.HierarchyError, match=message):
        numbering.label("dog")


CRANE = r"'crane' is both a class and .* say {} for the class, {} where no more"
ITSELF, GROUP = r"'crane \(itself\)'", r"'crane \(group\)'"


def of_csv(tmp_path, text):
    (tmp_path / "tree.csv").write_text(text)
    tree = kh.Hierarchy.from_csv(tmp_path / "tree.csv", ["n1", "n2", "n3"])
    return NodeLabels(tree)


@pytest.mark.parametrize(
    ("second", "said", "names", "labels"),
    [
        (
            "heron",
            (ITSELF, GROUP),
            ["crane (itself)", "crane (group)", "n1", "heron", "thing"],
            [0, 4, 0, 1, 5],
        ),
        # Two classes are called so: only an id tells them apart.
        ("crane", ("its id", GROUP), ["crane (group)", "n2"], [4, 1]),
    ],
)
def test_a_class_shown_as_a_group(tmp_path, second, said, names, labels):
    numbering = of_csv(
        tmp_path,
        "class,name,group1\nn1,crane,crane\n"
        f"n2,{second},crane\nn3,truck,thing\n",
    )
    with pytest.raises(kh.HierarchyError, match=CRANE.format(*said)):
        numbering.labels_of(["n1", "crane"])
    assert numbering.labels_of(names).tolist() == labels


def test_two_groups_shown_as_a_class():
    groups = {"bird": ["crane", "heron"], "tools": ["lift", "winch"]}
    tree = kh.Hierarchy.from_nested(
        groups, classes=["crane", "heron", "lift", "winch"]
    )
    config = json.loads(tree.to_json())
    config["names"] = [
        "crane" if name in groups else name for name in config["names"]
    ]
    tree = kh.Hierarchy.from_json(json.dumps(config))
    numbering = NodeLabels(tree)
    with pytest.raises(kh.HierarchyError, match=CRANE.format(ITSELF, "its id")):
        numbering.labels_of(["crane"])
    names = ["crane (itself)", "bird", "tools"]
    assert numbering.labels_of(names).tolist() == [0, 5, 6]


def test_a_class_and_a_group_of_one_display_name():
    numbering = NodeLabels(kh.Hierarchy.imagenet())
    names = ["pot (itself)", "pot (group)"]  # a flowerpot, and pots to cook in
    assert numbering.labels_of(names).tolist() == [738, 1274]
    with pytest.raises(kh.HierarchyError, match="'pot' is both a class and"):
        numbering.labels_of(["pot"])


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ([float("nan")], "names of classes and groups, got float nan at place"),
        (["dog", None], "got NoneType None at place 1"),
        ([3], "got int 3 at place 0"),
        ("dog", "a list of names, one for each sample, got the text 'dog'"),
    ],
)
def test_what_is_no_name(names, message):
    with pytest.raises(kh.HierarchyError, match=message):
        NUMBERING.labels_of(names)


def test_a_name_in_other_characters_is_told_from_its_twin():
    # As folders on macOS may be named: the accent is a character of its own.
    tree = kh.Hierarchy.from_paths([("bird", "caf\u00e9"), ("bus",)])
    with pytest.raises(kh.HierarchyError, match=r"normalize\(\"NFC\"") as error:
        NodeLabels(tree).labels_of(["cafe\u0301"])
    assert "Did you mean" not in str(error.value)


def test_a_name_of_several_nodes_is_no_label():
    tree = kh.Hierarchy.from_nested(
        {"bird": ["b1", "b2"], "machine": ["m1"]},
        classes=["b1", "b2", "m1"],
        names={"b1": "crane", "m1": "crane"},
    )
    numbering = NodeLabels(tree)
    with pytest.raises(kh.HierarchyError, match="2 nodes; use an id"):
        numbering.labels_of(["crane"])
    assert numbering.labels_of(["m1", "bird"]).tolist() == [2, 4]


@given(hierarchies())
def test_every_node_has_a_name(tree):
    numbering = NodeLabels(tree)
    assert set(numbering.by_name.values()) == set(range(numbering.num_labels))
    assert numbering.labels_of(numbering.by_name).tolist() == [
        *numbering.by_name.values()
    ]


def test_numbers_of_folders_become_labels():
    known = NUMBERING.renumber(["dog", "husky", "pie"])
    x, labels, weight = known("x", np.array([[0], [2]]), "w")
    assert (x, weight) == ("x", "w")
    assert labels.tolist() == [[DOG], [PIE]]
    with pytest.raises(kh.HierarchyError, match=r"0\.\.2, got 3"):
        known("x", np.array([3]))
    with pytest.raises(kh.HierarchyError, match=r"integers.*label_mode=.int"):
        known("x", np.eye(3, dtype="float32"))
