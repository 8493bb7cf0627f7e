from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import (
    hierarchies,
    hierarchies_with_counts,
    naive_ancestors,
    naive_height,
    naive_lca,
)

from keras_hier.hierarchy import Grouping, Hierarchy, HierarchyError
from keras_hier.hierarchy.tree.node_table import NodeTable
from keras_hier.hierarchy.tree.rows import collapse_chains

# Labels: 0 bus, 1 husky, 2 pug, 3 tabby. Nodes depth-first: 0 root, 1 animal,
# 2 dog, 3 pug, 4 husky, 5 tabby, 6 vehicle, 7 bus.
PETS = Hierarchy.from_nested(
    {"animal": [{"dog": ["pug", "husky"]}, "tabby"], "vehicle": ["bus"]},
    classes=["bus", "husky", "pug", "tabby"],
)


def groups_of(grouping):
    """The partition, whatever the groups are called or numbered."""
    return {
        frozenset(np.flatnonzero(grouping.of_class == g).tolist())
        for g in range(grouping.num_groups)
    }


def test_columns_by_hand():
    assert PETS.node_ids == (
        *("(root)", "animal", "dog", "pug", "husky", "tabby"),
        *("vehicle", "bus"),
    )
    assert PETS.parents.tolist() == [-1, 0, 1, 2, 2, 1, 0, 6]
    assert PETS.labels.tolist() == [-1, -1, -1, 2, 1, 3, -1, 0]
    assert PETS.start.tolist() == [0, 0, 0, 0, 1, 2, 3, 3]
    assert PETS.stop.tolist() == [4, 3, 2, 1, 2, 3, 4, 4]
    assert PETS.depth.tolist() == [0, 1, 2, 3, 3, 2, 1, 2]
    assert PETS.height.tolist() == [3, 2, 1, 0, 0, 0, 1, 0]
    assert PETS.leaves.tolist() == [7, 4, 3, 5]
    assert PETS.order.tolist() == [2, 1, 3, 0]
    assert PETS.rank.tolist() == [3, 1, 0, 2]
    assert PETS.classes == PETS.names == ("bus", "husky", "pug", "tabby")
    assert PETS.num_classes == 4
    for column in ("parents", "labels", "start", "depth", "order", "rank"):
        assert getattr(PETS, column).dtype == np.int32


def test_a_notebook_shows_the_levels():
    text = Hierarchy.from_nested(
        {"<i>": [f"class {n}" for n in range(20)], "b": ["x"]},
        classes=[*(f"class {n}" for n in range(20)), "x"],
        level_names=["<kind>"],
    )._repr_html_()
    assert "Hierarchy of 21 classes, 24 nodes, height 2, digest" in text
    assert "&lt;kind&gt;, 2 groups</th>" in text
    assert "&#x27;&lt;i&gt;&#x27;, &#x27;b&#x27;</td>" in text
    assert "21 classes</th>" in text
    assert "... (21)</td>" in text


def test_looking_around_by_hand():
    assert PETS.children(0).tolist() == [1, 6]
    assert PETS.children(2).tolist() == [3, 4]
    assert PETS.children(3).tolist() == []
    assert PETS.ancestors(4) == (2, 1, 0)
    assert PETS.ancestors(0) == ()
    assert PETS.find("dog") == 2
    assert PETS.lca_distance().tolist() == [
        [0, 3, 3, 3],
        [3, 0, 1, 2],
        [3, 1, 0, 2],
        [3, 2, 2, 0],
    ]
    assert PETS.lca([1, 1, 0], [2, 1, 3]).tolist() == [2, 4, 0]


def test_cuts_by_hand():
    assert PETS.cut(groups=1).names == ("all classes",)
    assert PETS.cut(groups=2).names == ("animal", "vehicle")
    assert PETS.cut(groups=2).of_class.tolist() == [1, 0, 0, 0]
    assert PETS.cut(groups=3).names == ("dog", "tabby", "vehicle")
    assert PETS.cut(max_size=2).names == ("dog", "tabby", "vehicle")
    assert PETS.cut(max_size=1).names == ("pug", "husky", "tabby", "bus")
    assert PETS.cut(depth=1).nodes == ("animal", "vehicle")
    assert PETS.cut(depth=2).names == ("dog", "tabby", "bus")
    assert PETS.cut(depth=9).num_groups == 4
    assert PETS.cut(nodes=["vehicle", 5, "dog"]).names == (
        *("dog", "tabby", "vehicle"),
    )


@given(hierarchies())
def test_display_order_is_a_permutation_and_spans_nest(tree):
    size, nodes = tree.num_classes, len(tree.parents)
    assert sorted(tree.order.tolist()) == list(range(size))
    assert tree.rank[tree.order].tolist() == list(range(size))
    assert tree.labels[tree.leaves].tolist() == list(range(size))
    assert (tree.start[tree.leaves] == tree.rank).all()
    assert (tree.start[0], tree.stop[0]) == (0, size)
    for node in range(nodes):
        children = tree.children(node).tolist()
        if tree.labels[node] >= 0:
            assert not children
            assert tree.stop[node] == tree.start[node] + 1
            continue
        # Children share their parent's span out, in order.
        edges = [tree.start[node], *tree.stop[children]]
        assert edges[:-1] == tree.start[children].tolist()
        assert edges[-1] == tree.stop[node]
        assert (tree.parents[children] == node).all()


@given(hierarchies())
@settings(max_examples=50)
def test_depth_and_height_equal_a_walk(tree):
    for node in range(len(tree.parents)):
        walked = naive_ancestors(tree, node)
        assert tree.depth[node] == len(walked) - 1
        assert tree.ancestors(node) == tuple(walked[1:])
        assert tree.height[node] == naive_height(tree, node)


@given(hierarchies())
@settings(max_examples=50)
def test_distance_is_an_ultrametric_and_equals_a_walk(tree):
    size = tree.num_classes
    labels = np.arange(size)
    distance = tree.lca_distance()
    assert distance.dtype == np.int32
    np.testing.assert_array_equal(
        distance, tree.lca_distance(labels[:, None], labels)
    )
    assert ((distance == 0) == np.eye(size, dtype=bool)).all()
    assert (distance == distance.T).all()
    largest = np.maximum(distance[:, :, None], distance[None])
    assert (distance[:, None] <= largest.swapaxes(1, 2)).all()
    nodes = tree.lca(labels[:, None], labels)
    for a, b in np.ndindex(size, size):
        assert nodes[a, b] == naive_lca(tree, a, b)
        assert distance[a, b] == naive_height(tree, nodes[a, b])


@given(hierarchies(), st.data())
def test_cut_by_groups_splits_the_largest_first(tree, data):
    wanted = data.draw(st.integers(1, tree.num_classes))
    nodes = [0]
    while len(nodes) < wanted:  # the definition, word by word
        largest = max(
            (n for n in nodes if tree.labels[n] < 0),
            key=lambda n: (tree.stop[n] - tree.start[n], -tree.start[n]),
        )
        at = nodes.index(largest)
        nodes[at : at + 1] = tree.children(largest).tolist()
    cut = tree.cut(groups=wanted)
    assert cut.num_groups >= wanted
    assert cut.nodes == tuple(tree.node_ids[n] for n in nodes)


@given(hierarchies(), st.integers(1, 12), st.integers(1, 6))
def test_cuts_partition_the_classes(tree, max_size, depth):
    small, level = tree.cut(max_size=max_size), tree.cut(depth=depth)
    for cut in (small, level, *tree.levels()):
        assert cut.sizes.sum() == tree.num_classes
        for group, node_id in enumerate(cut.nodes):
            node = tree.find(node_id)
            span = tree.order[tree.start[node] : tree.stop[node]]
            assert (cut.of_class[span] == group).all()
            assert cut.sizes[group] == len(span)
        assert tree.cut(nodes=cut.nodes) == cut
    assert small.sizes.max() <= max_size
    for node_id in level.nodes:
        node = tree.find(node_id)
        assert tree.depth[node] == depth or (
            tree.depth[node] < depth and tree.labels[node] >= 0
        )


@given(hierarchies())
def test_each_level_refines_the_one_before(tree):
    levels = tree.levels()
    for coarse, fine in pairwise(levels):
        assert coarse.num_groups < fine.num_groups
        for group in range(fine.num_groups):
            assert len(set(coarse.of_class[fine.of_class == group])) == 1
    assert levels[-1].nodes == tree.cut(max_size=1).nodes


@given(hierarchies_with_counts())
@settings(max_examples=50)
def test_collapsing_makes_groups_the_classes(drawn):
    tree, matrix = drawn
    for cut in tree.levels():
        small = tree.collapse(cut)
        assert small.classes == cut.nodes
        assert small.names == cut.names
        assert small.order.tolist() == list(range(cut.num_groups))
        assert small.num_classes == len(cut.aggregate(matrix))
        for a, b in combinations(range(cut.num_groups), 2):
            ones = np.flatnonzero(cut.of_class == a)
            others = np.flatnonzero(cut.of_class == b)
            met = tree.node_ids[tree.lca(ones[0], others[0])]
            assert small.node_ids[small.lca(a, b)] == met


def test_collapsing_a_foreign_grouping_makes_a_flat_tree():
    flat = PETS.collapse(Grouping(["odd", "even"], [1, 0, 1, 0]))
    assert flat.names == ("odd", "even")
    assert flat.parents.tolist() == [-1, 0, 0]


@given(hierarchies(), st.data())
def test_a_subset_keeps_who_is_nearer(tree, data):
    kept = data.draw(
        st.lists(st.sampled_from(tree.classes), min_size=1, unique=True)
    )
    part = tree.subset(kept)
    assert part.classes == tuple(kept)
    label = {class_id: at for at, class_id in enumerate(tree.classes)}
    shown = [tree.rank[label[part.classes[c]]] for c in part.order]
    assert shown == sorted(shown)
    for node in range(1, len(part.parents)):
        assert len(part.children(node)) != 1
    for a, b in combinations(range(len(kept)), 2):
        met = part.lca(a, b)
        before = tree.lca(label[kept[a]], label[kept[b]])
        # The root takes the place of a chain of only children below it.
        assert met == 0 or part.node_ids[met] == tree.node_ids[before]


def test_a_chain_below_the_root_collapses_at_once():
    # Link by link from the root, searched from the top: that took hours.
    links = 200_000
    table = NodeTable(
        [-1, *range(links), links, links],
        [f"n{node}" for node in range(links + 3)],
        [f"n{node}" for node in range(links + 3)],
        [*([-1] * (links + 1)), 0, 1],
    )
    found = collapse_chains(table)
    assert (found.parents, found.labels) == ([-1, 0, 0], [-1, 0, 1])


@given(hierarchies_with_counts())
@settings(max_examples=50)
def test_ordering_siblings_keeps_labels_and_groups(drawn):
    tree, matrix = drawn
    ordered = tree.ordered_by(matrix)
    assert ordered.classes == tree.classes
    assert ordered.names == tree.names
    np.testing.assert_array_equal(ordered.lca_distance(), tree.lca_distance())
    for cut in tree.levels():
        again = ordered.cut(nodes=cut.nodes)
        assert groups_of(again) == groups_of(cut)
        assert set(again.nodes) == set(cut.nodes)


def test_a_hierarchy_cannot_be_changed():
    with pytest.raises(AttributeError, match="immutable"):
        PETS.classes = ()
    with pytest.raises(ValueError, match="read-only"):
        PETS.parents[0] = 3


def test_a_single_class_is_a_tree():
    tree = Hierarchy.from_paths([("only",)])
    assert tree.lca_distance().tolist() == [[0]]
    assert [level.names for level in tree.levels()] == [("only",)]
    assert tree.cut(groups=1).num_groups == 1


def test_deep_trees_need_no_recursion():
    paths = [(*map("g{}".format, range(n)), f"c{n}") for n in range(1100)]
    tree = Hierarchy.from_paths(paths)
    assert tree.height[0] == 1100
    assert tree.lca_distance(0, 1099) == tree.height[0]
    assert Hierarchy.from_json(tree.to_json()) == tree
    lines = str(tree).splitlines()
    assert len(lines) == len(tree.parents)
    assert max(map(len, lines)) < 320


def test_names_of_several_nodes_are_not_guessed():
    tree = Hierarchy.from_paths(
        [("bird", "n1"), ("machine", "n2")],
        names={"n1": "crane", "n2": "crane"},
    )
    assert tree.names == ("crane", "crane")
    with pytest.raises(HierarchyError, match=r"n1.*bird.*n2.*machine"):
        tree.find("crane")
    assert tree.node_names[tree.find("n2")] == "crane"
    with pytest.raises(HierarchyError, match="Did you mean 'machine'"):
        tree.find("mashine")


def test_few_of_many_nodes_of_a_long_name_are_named():
    name = "y" * 300_000
    paths = [(f"g{n}", f"n{n}") for n in range(50)]
    tree = Hierarchy.from_paths(paths, names={n: name for _, n in paths})
    with pytest.raises(
        HierarchyError, match=r"50 nodes.*'n4'.*, \.\.\."
    ) as caught:
        tree.find(name)
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: PETS.cut(), "exactly one"),
        (lambda: PETS.cut(groups=2, depth=1), "exactly one"),
        (lambda: PETS.cut(groups=5), "5.*4"),
        (lambda: PETS.cut(groups=0), "at least 1.*0"),
        (lambda: PETS.cut(max_size=1.5), "1.5"),
        (lambda: PETS.cut(nodes=["dog", "vehicle"]), "leave out.*tabby"),
        (lambda: PETS.cut(nodes=["animal", "dog", "bus"]), "dog.*overlap"),
        (lambda: PETS.cut(nodes=["animal", 99]), "Node 99"),
        (lambda: PETS.cut(nodes=["cat"]), "'cat'"),
        (lambda: PETS.subset(["pug", "poodle"]), "poodle"),
        (lambda: PETS.subset(["pug", "pug"]), "'pug' appears twice"),
        (lambda: PETS.subset([]), "at least one"),
        (lambda: PETS.lca([0.5], [1]), "integer"),
        (lambda: PETS.lca([4], [1]), r"0\.\.3"),
        (lambda: PETS.lca_distance([1]), "both a and b"),
        (lambda: PETS.collapse(Grouping(["a"], [0, 0])), "2 classes.*4"),
        (
            lambda: PETS.collapse(
                Grouping(["a", "b"], [0, 1, 1, 1], nodes=["animal", "vehicle"])
            ),
            "another tree",
        ),
    ],
)
def test_bad_arguments_are_named(call, message):
    with pytest.raises(HierarchyError, match=message):
        call()
