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
        with pytest.raises(
            kh.HierarchyError, match="neither a name nor one of"
        ):
            NUMBERING.label(wrong)
    with pytest.raises(kh.HierarchyError, match="got -1"):
        NUMBERING.classes(-1)
    with pytest.raises(kh.HierarchyError, match="nor one of the numbers 0"):
        NUMBERING.label(12)
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


def test_a_posterior_below_a_label():
    said = np.tile([0.1, 0.2, 0.1, 0.1, 0.3, 0.2], (4, 1))
    said[3] = [0.5, 0, 0, 0.5, 0, 0]
    got = NUMBERING.within([DOG, ROOT, PIE, DOG], said)
    assert got.dtype == np.float32
    expected = np.zeros((4, 6))
    expected[0, [PUG, HUSKY]] = 0.5
    expected[1] = said[1]
    expected[2, PIE] = 1
    expected[3, [PUG, HUSKY]] = 0.5  # nothing is said of dogs
    np.testing.assert_allclose(got, expected, atol=1e-7)


def test_tensors_with_gradients_are_taken():
    torch = pytest.importorskip("torch")
    said = torch.tensor([[0.1, 0.2, 0.1, 0.1, 0.3, 0.2]], requires_grad=True)
    labels = torch.tensor([DOG])
    for dtype in (torch.float32, torch.bfloat16):
        got = NUMBERING.within(labels, said.to(dtype), torch.ones(6))
        np.testing.assert_allclose(got[0, [PUG, HUSKY]], 0.5, rtol=1e-2)


def test_frequencies_hold_back_what_is_named_too_often():
    dogs = np.zeros((3, 6))
    dogs[:, PUG], dogs[:, HUSKY] = (0.4, 0.6, 0.8), (0.6, 0.4, 0.2)
    labels = [DOG] * 3
    even = NUMBERING.within(labels, dogs, np.ones(6))
    np.testing.assert_allclose(even.sum(axis=1), 1, rtol=1e-6)
    np.testing.assert_allclose(even.sum(axis=0)[[PUG, HUSKY]], 1.5, rtol=1e-2)
    # By one factor for all: odds keep their proportions.
    odds = even[:, PUG] / even[:, HUSKY]
    np.testing.assert_allclose(odds / odds[0], [1, 2.25, 6], rtol=1e-5)
    counts = np.zeros(6)
    counts[[PUG, HUSKY]] = 20, 10
    twice = NUMBERING.within(labels, dogs, counts)
    np.testing.assert_allclose(twice.sum(axis=0)[PUG], 2, rtol=1e-2)
    # Nothing is left of a class that never occurs, not even by default.
    counts[HUSKY] = 0
    only = [[1 if c == PUG else 0 for c in range(6)]] * 3
    assert NUMBERING.within(labels, dogs, counts).tolist() == only
    # No sample gives a tabby a share: dogs have its part.
    animals = NUMBERING.within([ANIMAL] * 3, dogs, np.ones(6))
    np.testing.assert_allclose(
        animals.sum(axis=0)[[PUG, HUSKY, TABBY]], [1.5, 1.5, 0], rtol=1e-2
    )
    # Where none below occurs nothing is known, and what is said stays.
    none = NUMBERING.within(labels, dogs, np.zeros(6))
    np.testing.assert_array_equal(none, NUMBERING.within(labels, dogs))
    # Where nobody names one, they are alike.
    unsaid = NUMBERING.within([DOG], np.zeros((1, 6)), counts + 1)
    assert unsaid[0, PUG] == pytest.approx(21 / 22)


@given(hierarchies(), st.integers(0, 2**32 - 1))
def test_frequencies_hold_over_all_labels_together(tree, seed):
    numbering = NodeLabels(tree)
    rng = np.random.default_rng(seed)
    labels = rng.integers(numbering.num_labels, size=20)
    said = rng.random((20, tree.num_classes)) + 0.1
    counts = rng.integers(1, 4, tree.num_classes)
    got = numbering.within(labels, said, counts)
    np.testing.assert_allclose(got.sum(axis=1), 1, rtol=1e-5)
    believed = numbering.within(labels, np.tile(counts, (20, 1)))
    np.testing.assert_allclose(
        got.sum(axis=0), believed.sum(axis=0), rtol=0.011, atol=1e-5
    )
    # Shares that are so already stay.
    again = numbering.within(labels, got, counts)
    np.testing.assert_allclose(again, got, rtol=1e-5, atol=1e-6)


DOGS = kh.Hierarchy.from_paths([("dog", "pug"), ("dog", "husky"), ("bus",)])


def of_dogs(said, frequencies):
    numbering = NodeLabels(DOGS)
    labels = np.full(len(said), numbering.label("dog"))
    return numbering.within(labels, said, frequencies)


def test_certain_answers_stay_whatever_the_frequencies():
    # Wanted are 50 and 50, and not to be had.
    said = np.tile([1.0, 0, 0], (100, 1))
    said[0] = [0, 1, 0]
    np.testing.assert_array_equal(of_dogs(said, [1, 1, 1]), said)
    two = np.array([[1.0, 0, 0], [0, 1, 0]])
    np.testing.assert_array_equal(of_dogs(two, [1e6, 1, 1]), two)
    # Nor does a share of 0 grow where nothing else occurs.
    np.testing.assert_array_equal(of_dogs(two, [1, 0, 1]), two)
    dust = np.array([[1.0, 1e-30, 0], [0, 1, 0]])
    np.testing.assert_allclose(of_dogs(dust, [1, 1e6, 1]), two, atol=1e-20)


def test_what_is_uncertain_comes_as_near_as_it_can():
    # 5 of 10 dogs shall be huskies; 8 are pugs, so both others are huskies.
    said = np.tile([1.0, 0, 0], (10, 1))
    said[:2] = [0.7, 0.3, 0]
    got = of_dogs(said, [1, 1, 1])
    np.testing.assert_array_equal(got[2:], said[2:])
    np.testing.assert_allclose(got[:2], [[0, 1, 0]] * 2, atol=1e-6)
    # With 6 certain pugs, 7.5 and 2.5 can be had.
    said[:4] = [0.7, 0.3, 0]
    got = of_dogs(said, [3, 1, 0])
    np.testing.assert_allclose(got.sum(axis=0), [7.5, 2.5, 0], rtol=1e-2)


POWERS = st.integers(-307, 307).map(lambda power: 10.0**power)
AMOUNTS = st.one_of(st.just(0.0), st.just(5e-324), st.just(1.0), POWERS)


@given(hierarchies(), st.data())
def test_any_amounts_give_shares(tree, data):
    numbering = NodeLabels(tree)
    size = tree.num_classes

    def draw(count, values):
        each = st.lists(values, min_size=count, max_size=count)
        return np.array(data.draw(each))

    labels = draw(4, st.integers(0, numbering.num_labels - 1))
    said = draw(4 * size, AMOUNTS).reshape(4, size)
    plain = numbering.within(labels, said)
    got = numbering.within(labels, said, draw(size, AMOUNTS))
    for shares in (plain, got):
        assert np.isfinite(shares).all()
        np.testing.assert_allclose(shares.sum(axis=1), 1, rtol=1e-5)
    for label, row, shares in zip(labels, said, got, strict=True):
        below = numbering.classes(label)
        named = below[row[below] > 0]
        # 0 and 1 stay, but where nothing is said of these classes.
        if len(named):
            assert np.delete(shares, named).sum() == 0
        if len(named) == 1:
            assert shares[named] == 1


@pytest.mark.parametrize(
    ("frequencies", "message"),
    [
        (np.ones(5), r"Expected frequencies \[6\].*got \[5\]"),
        (np.full(6, np.inf), "give counts"),
        (np.full(6, -1), "give counts"),
    ],
)
def test_no_frequencies(frequencies, message):
    with pytest.raises(kh.HierarchyError, match=message):
        NUMBERING.within([DOG], np.ones((1, 6)), frequencies)


@pytest.mark.parametrize(
    ("labels", "probabilities", "message"),
    [
        ([12], np.ones((1, 6)), r"lie in 0\.\.11 .*got 12"),
        ([-1], np.ones((1, 6)), "got -1"),
        ([0.0], np.ones((1, 6)), r"integers \[N\], got float64"),
        ([[0]], np.ones((1, 6)), r"integers \[N\], got int64 \[1, 1\]"),
        ([0], np.ones((1, 5)), r"Expected probabilities \[1, 6\]"),
        ([0, 1], np.ones((1, 6)), r"Expected probabilities \[2, 6\]"),
        ([0], np.full((1, 6), -1.0), "take the softmax first"),
        ([0], np.full((1, 6), np.nan), "take the softmax first"),
    ],
)
def test_no_posterior(labels, probabilities, message):
    with pytest.raises(kh.HierarchyError, match=message):
        NUMBERING.within(labels, probabilities)
