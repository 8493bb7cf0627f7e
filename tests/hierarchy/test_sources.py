"""The constructors of Hierarchy: the same tree from every source."""

import csv
import unicodedata

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.cluster.hierarchy import linkage
from strategies import nested_trees

from keras_hier.hierarchy import Hierarchy, HierarchyError
from keras_hier.hierarchy.labels.node_labels import NodeLabels

TREE = Hierarchy.from_paths([("animal", "pug"), ("vehicle", "bus")])


@given(nested_trees())
@settings(max_examples=50)
def test_the_label_order_survives_every_constructor(tmp_path_factory, drawn):
    tree, classes = drawn
    first = Hierarchy.from_nested(tree, classes=classes)
    paths = [
        (
            *(first.node_ids[n] for n in first.ancestors(leaf)[-2::-1]),
            first.node_ids[leaf],
        )
        for leaf in first.leaves
    ]
    file = tmp_path_factory.mktemp("csv") / "classes.csv"
    depth = max(map(len, paths))
    with file.open("w", newline="") as out:
        writer = csv.writer(out)
        groups = [f"group{n}" for n in range(1, depth)]
        writer.writerow(["class", "label", *groups])
        for label, path in reversed(list(enumerate(paths))):
            blanks = [""] * (depth - len(path))
            writer.writerow([path[-1], label, *path[:-1], *blanks])
    again = [
        Hierarchy.from_paths(paths),
        Hierarchy.from_csv(file),
        Hierarchy.from_json(first.to_json()),
        first.subset(classes),
        first.ordered_by(np.eye(len(classes), dtype=int)),
    ]
    if len(classes) > 1:
        z = linkage(np.arange(len(classes))[:, None])
        again.append(Hierarchy.from_linkage(z, classes))
    for other in again:
        assert other.classes == tuple(classes)
    np.testing.assert_array_equal(again[0].lca_distance(), first.lca_distance())
    np.testing.assert_array_equal(again[1].lca_distance(), first.lca_distance())


def test_nested_sources_must_be_told_the_label_order():
    tree = {"animal": {"dog": ["pug", "husky"]}, "vehicle": ["bus"]}
    with pytest.raises(HierarchyError, match=r"classes=.*label order"):
        Hierarchy.from_nested(tree)
    one = Hierarchy.from_nested(tree, classes=["bus", "husky", "pug"])
    other = Hierarchy.from_nested(tree, classes=["pug", "husky", "bus"])
    assert one.classes == ("bus", "husky", "pug")
    assert other.classes == ("pug", "husky", "bus")
    assert one.order.tolist() == [2, 1, 0]
    assert other.order.tolist() == [0, 1, 2]
    assert one != other


def test_a_nested_tree_may_be_deeper_than_python_calls():
    depth = 5_000
    tree = ["pug"]
    for level in range(depth):
        tree = {f"g{level}": tree}
    found = Hierarchy.from_nested([tree, "bus"], classes=["bus", "pug"])
    assert found.depth[found.leaves].tolist() == [1, depth + 1]
    assert found.node_ids[1:3] == (f"g{depth - 1}", f"g{depth - 2}")


def cycle():
    below = ["pug"]
    below.append({"dog": below})
    return below


@pytest.mark.parametrize(
    ("tree", "classes", "message"),
    [
        (cycle(), ["pug"], "cycle below 'dog'"),
        ({"a": {"b": ["x"]}, "c": {"b": ["y"]}}, "xy", "'b' has two parents"),
        ({"a": {"b": {"a": ["x"]}}}, ["x"], "'a' lies above itself"),
        ({"a": ["x", "x"]}, ["x"], "'x' appears twice"),
        ({"a": ["x", ""]}, ["x", ""], "non-empty.*''"),
        ({"": ["x"]}, ["x"], "empty group name.*'x'|'x'.*empty group name"),
        ({1: ["x"]}, ["x"], r"\(1,\), or one that is no text"),
        ({"a": ["x", "y"]}, ["x"], r"in the tree but not in classes=: 'y'"),
        ({"a": ["x"]}, ["x", "y"], "not in the tree: 'y'"),
        ({"a": ["x"]}, ["x", "x"], "'x' appears twice"),
        ({"a": ["x"]}, "x", "sequence of class ids"),
        ({"a": 3}, ["x"], "'a' came int"),
        ({}, [], "at least one class"),
    ],
)
def test_bad_nested_trees_are_named(tree, classes, message):
    classes = list(classes) if len(classes) > 1 else classes
    with pytest.raises(HierarchyError, match=message):
        Hierarchy.from_nested(tree, classes=classes)


@pytest.mark.parametrize(
    ("paths", "message"),
    [
        (["animal"], "path 0 is 'animal'"),
        ([("x",), ()], r"path 1 is \(\)"),
        (np.array(["animal"]), "path 0 is 'animal'"),
        (np.zeros((1, 0), str), r"path 0 is \[\]"),
        ([{"animal", "x"}], "must be a sequence"),
        ([("a", "b", "x"), ("b", "y")], "'b' has two parents"),
        ([("a", "a", "x")], "above itself"),
        ([("a", "x"), ("b", "x")], "'x' appears twice"),
        ([("a", "")], "non-empty"),
        ([("", "x")], "empty group name"),
        ([], "at least one class"),
    ],
)
def test_bad_paths_are_named(paths, message):
    with pytest.raises(HierarchyError, match=message):
        Hierarchy.from_paths(paths)


def test_rows_of_an_array_are_paths():
    rows = [("animal", "pug"), ("animal", "tabby"), ("vehicle", "bus")]
    tree = Hierarchy.from_paths(np.array(rows))
    assert tree == Hierarchy.from_paths(rows)
    assert {type(name) for name in tree.names} == {str}


def test_blanks_around_a_group_are_no_part_of_it():
    nested = Hierarchy.from_nested(
        {"a ": ["x"], "b": {"c": ["y"], " c": ["z"]}}, classes=["x", "y", "z"]
    )
    paths = Hierarchy.from_paths(
        [(" a", "x"), ("b", "c", "y"), ("b ", "c\t", "z")]
    )
    for tree in (nested, paths):
        assert tree.node_names == ("all classes", "a", "x", "b", "c", "y", "z")


def test_classes_that_look_alike_are_refused():
    with pytest.raises(HierarchyError, match="'x' and 'x ' differ in blanks"):
        Hierarchy.from_nested({"a": ["x", "x "]}, classes=["x", "x "])
    with pytest.raises(HierarchyError, match="'x' and ' x' differ in blanks"):
        Hierarchy.from_paths([("a", "x"), ("b", " x")])
    # Names of folders may be like this: the data set has them so too.
    assert Hierarchy.from_paths([("a", "x ")]).classes == ("x ",)


def test_a_byte_order_mark_is_no_part_of_a_file(tmp_path):
    file = tmp_path / "tree.json"
    file.write_text(TREE.to_json(), "utf-8-sig")
    assert Hierarchy.load(file) == TREE


@given(st.integers(2, 30), st.integers(0, 2**32 - 1))
@settings(max_examples=30)
def test_linkages_keep_who_merges_first(size, seed):
    points = np.random.default_rng(seed).normal(size=(size, 2))
    z = linkage(points, "average")
    classes = [f"class {c}" for c in range(size)]
    tree = Hierarchy.from_linkage(z, classes)
    assert tree.classes == tuple(classes)
    assert len(tree.parents) == 2 * size - 1
    assert tree.node_names[0] == "all classes"
    members = [{c} for c in range(size)]
    for merge, (left, right) in enumerate(z[:, :2].astype(int)):
        members.append(members[left] | members[right])
        if merge == size - 2:
            break
        node = tree.find(f"cluster {merge}")
        span = tree.order[tree.start[node] : tree.stop[node]]
        assert set(span.tolist()) == members[-1]
        # Left stands before right.
        first = tree.children(node)[0]
        shown = tree.order[tree.start[first] : tree.stop[first]]
        assert set(shown.tolist()) == members[left]
        # The nearest two of its members, and how many more.
        near, _, rest = tree.node_names[node].partition(" +")
        pair = {classes.index(name) for name in near.split(", ")}
        assert pair <= members[-1]
        assert int(rest or 0) == len(members[-1]) - 2
        within = [
            merge
            for merge, both in enumerate(z[:, :2].astype(int).tolist())
            if set(both) <= members[-1]
        ]
        assert set(z[within[0], :2].astype(int).tolist()) == pair


@pytest.mark.parametrize("kind", [set, frozenset])
@pytest.mark.parametrize(
    "make",
    [
        lambda some: Hierarchy.from_nested({"a": ["x", "y"]}, classes=some),
        lambda some: Hierarchy.from_paths(some),
        lambda some: Hierarchy.from_confusions(np.eye(2, dtype=int), some),
        lambda some: Hierarchy.from_confusions(
            np.eye(2, dtype=int), ["x", "y"], names=some
        ),
        lambda some: Hierarchy.imagenet().subset(some),
        lambda some: NodeLabels(TREE).labels_of(some),
    ],
)
def test_a_set_has_no_order_of_labels(make, kind):
    with pytest.raises(HierarchyError, match=r"got a \w*set, which has no"):
        make(kind(["x", "y"]))


def test_groups_of_a_linkage_are_called_as_no_class():
    z = np.array([[0, 1, 1.0, 2], [3, 2, 2.0, 3]])
    classes = ["cluster 0", "cluster 1", "merged cluster 0"]
    tree = Hierarchy.from_linkage(z, classes)
    assert tree.classes == tuple(classes)
    assert tree.node_ids[1] == "merged merged cluster 0"
    classes[2] = "clusters"
    assert Hierarchy.from_linkage(z, classes).node_ids[1] == "merged cluster 0"


@pytest.mark.parametrize(
    ("z", "classes"),
    [
        (np.zeros((2, 3)), "abc"),
        (np.full((2, 4), np.nan), "abc"),
        (linkage(np.arange(4)[:, None]), "abc"),
        (np.array([[0, 0, 1.0, 2], [1, 3, 2.0, 3]]), "abc"),
    ],
)
def test_bad_linkages_are_named(z, classes):
    with pytest.raises(HierarchyError, match=r"linkage \[C - 1, 4\].*C=3"):
        Hierarchy.from_linkage(z, list(classes))


def test_names_that_only_look_alike_are_told(tmp_path):
    composed, apart = (
        unicodedata.normalize(f, "caf\u00e9") for f in ("NFC", "NFD")
    )
    assert composed != apart
    file = tmp_path / "tree.csv"
    file.write_text(f"class,group1\n{composed},drink\ntea,drink\n", "utf-8")
    hint = rf"'{apart}' looks like a known name .* unicodedata"
    with pytest.raises(HierarchyError, match=hint):
        Hierarchy.from_csv(file, classes=[apart, "tea"])
    tree = Hierarchy.from_csv(file, classes=[composed, "tea"])
    with pytest.raises(HierarchyError, match=hint):
        tree.subset([apart])
    with pytest.raises(HierarchyError) as raised:
        tree.subset(["cafe"])
    assert "looks like" not in str(raised.value)


def test_cifar100_is_numbered_as_keras_numbers_it():
    tree = Hierarchy.cifar100()
    groups = tree.cut(depth=1)
    assert groups.num_groups == 20
    assert groups.sizes.tolist() == [5] * 20
    assert sorted(tree.classes) == list(tree.classes)
    assert sorted(groups.nodes) == list(groups.nodes)
    assert tree.level_names == ("superclass",)
    # The coarse labels of the data set's first fine labels, and of its last.
    assert groups.of_class[:10].tolist() == [4, 1, 14, 8, 0, 6, 7, 7, 18, 3]
    assert groups.of_class[-10:].tolist() == [18, 1, 2, 15, 6, 0, 17, 8, 14, 13]
