"""`keras-hier log --node-labels`: labels that name a group only."""

from pathlib import Path

import numpy as np
import pytest

import keras_hier as kh
from keras_hier.log.run_log import RunLog
from tests.commands.conftest import logged

TREE = kh.Hierarchy.from_nested(
    {"animal": {"cat": ["tabby", "tiger"], "dog": ["pug"]}, "thing": ["car"]},
    classes=["car", "pug", "tabby", "tiger"],
)
NODES = kh.NodeLabels(TREE)
# Two of these say no class: a cat, an animal. A dog can be nothing but a pug.
NAMES = ["car", "cat", "tiger", "animal", "dog", "tabby", "cat"]
NAMED = [0, 3, 3, 0, 1, 3, 1]
MATRIX = [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 0, 1], [0, 0, 0, 1]]
LOG = "log --logdir run --hierarchy tree.json"
NODE_LOG = f"{LOG} --node-labels"
FILES = "--labels names.npy --predictions p.npy"


@pytest.fixture(autouse=True)
def written(run):
    Path("tree.json").write_text(TREE.to_json())
    for name, values in {
        "names": NAMES,
        "numbers": NODES.labels_of(NAMES),
        "p": NAMED,
        "pn": [TREE.classes[at] for at in NAMED],
        "scores": np.eye(4)[NAMED],
    }.items():
        np.save(f"{name}.npy", values)
    Path("ids.txt").write_text("".join(f"{i}.jpg\n" for i in range(7)))


def found():
    """Returns the counts of the last epoch, and the samples in no cell."""
    header, matrix = RunLog("run").matrix()
    return matrix.toarray().tolist(), header.coarse


@pytest.mark.parametrize("labels", ["names.npy", "numbers.npy"])
def test_samples_known_as_a_group_stand_in_no_cell(run, labels):
    out = run(f"{NODE_LOG} --labels {labels} --predictions p.npy")
    assert "7 samples of 4 classes, 3 of them known as a group only, " in out
    assert found() == (MATRIX, 3)
    # Animal or thing: of the three, the animal is called a car. The classes:
    # none of these labels decides.
    header, _ = RunLog("run").matrix()
    assert np.transpose(header.coarse_levels).tolist() == [
        [2, 4], [3, 0], [2, 0]
    ]  # fmt: skip


def test_samples_are_those_of_which_the_class_is_known(run):
    files = "--labels names.npy --scores scores.npy"
    out = run(f"{NODE_LOG} {files}")
    assert "and so not among the logged samples, split validation" in out
    samples = RunLog("run").samples()
    assert dict(zip(samples.ids, samples.labels.tolist(), strict=True)) == {
        "0": 0, "2": 3, "4": 1, "5": 2
    }  # fmt: skip
    assert samples.classes[:, 0].tolist() == [0, 1, 3, 3]
    # Numbers of a file are no names, by which runs over others would match.
    assert not samples.named
    run(f"{NODE_LOG} {files} --ids ids.txt --step 2")
    samples = RunLog("run").samples()
    assert samples.ids == ("0.jpg", "4.jpg", "5.jpg", "2.jpg")
    assert samples.named


def test_classes_in_another_order_leave_groups_as_they_are(run):
    # In the file's order tabby is 0, tiger 1, pug 2, car 3; groups go by tree.
    own = ["tabby", "tiger", "pug", "car"]
    numbers = [
        own.index(name) if name in own else NODES.label(name) for name in NAMES
    ]
    np.save("numbers.npy", numbers)
    np.save("p.npy", [own.index(TREE.classes[at]) for at in NAMED])
    Path("order.txt").write_text("\n".join(own))
    files = "--labels numbers.npy --predictions p.npy --classes order.txt"
    run(f"{NODE_LOG} {files}")
    assert found() == (MATRIX, 3)


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        (["cat", "dgo"] * 3 + ["pug"], "the first is 'dgo' at index 1"),
        ([9, 0, 0, 0, 0, 0, 0], "the first is '9' at index 0. Expected"),
        (["cat"] * 7, "none of 7 samples has a label that is a class"),
        (NAMES[:-1], "one length, got 6 and 7"),
        (np.eye(4, dtype=int)[NAMED], "class ids [N], got shape (7, 4)"),
        (np.eye(4)[NAMED], "class ids [N], got shape (7, 4)"),
    ],
)
def test_labels_that_cannot_be_are_one_line_and_nothing_is_written(
    run, labels, said
):
    np.save("names.npy", labels)
    assert said in run.refused(f"{NODE_LOG} {FILES}")
    assert not Path("run").exists()


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        (
            "names",
            "4 samples are no class of the hierarchy, the first is 'cat'",
        ),
        ("numbers", "the first is '6' at index 1. Expected its class ids"),
    ],
)
def test_groups_without_node_labels_are_no_classes(run, labels, said):
    line = run.refused(f"{LOG} --labels {labels}.npy --predictions p.npy")
    assert said in line
    assert "pass --node-labels" in line


def test_the_writer_counts_them_likewise(run):
    with kh.BlocksWriter("run", TREE) as log:
        with pytest.raises(ValueError, match=r"0\.\.3.* node_labels=True"):
            log.predictions(NODES.labels_of(NAMES), NAMED, 1)
        with pytest.raises(ValueError, match=r"labels must lie in 0\.\.8"):
            log.predictions([9], [0], 1, node_labels=True)
        labels = NODES.labels_of(NAMES)
        log.predictions(labels, np.eye(4)[NAMED], 1, node_labels=True)
    assert found() == (MATRIX, 3)


# Ids of classes in the order of text, and of groups: 2 is one of each, as in
# CIFAR-100. Number 2 is the class "10".
COUNTED = kh.Hierarchy.from_paths(
    [(str(int(c) % 4), c) for c in sorted(map(str, range(12)))]
)
COUNTED_LOG = f"{NODE_LOG} {FILES} --predictions-are ids"


@pytest.fixture
def counted():
    Path("tree.json").write_text(COUNTED.to_json())
    np.save("p.npy", [2, 3, 10, 11, 5, 7])


@pytest.mark.parametrize("kind", [int, str])
def test_an_id_of_a_class_and_of_a_group_is_asked_for(run, counted, kind):
    np.save("names.npy", np.array([2, 3, 10, 11, 5, 7]).astype(kind))
    said = run.refused(COUNTED_LOG)
    assert "'2' is both a class and a group of classes: say '2 (it" in said
    assert "pass --labels-are numbers" in said
    said = run.refused(f"{COUNTED_LOG} --labels-are ids")
    assert "say '2 (itself)'" in said
    assert "--labels-are" not in said
    assert not Path("run").exists()


@pytest.mark.parametrize(
    ("labels", "more"),
    [
        # As numbers 4, 5, 2, 3 are the ids 2, 3, 10, 11; 13 is the first group.
        ([4, 5, 2, 3, 7, 13], "--labels-are numbers"),
        (["2 (itself)", "3 (itself)", "10", "11", "5", "3 (group)"], ""),
    ],
)
def test_a_reading_that_was_said_is_taken(run, counted, labels, more):
    np.save("names.npy", labels)
    run(f"{COUNTED_LOG} {more}")
    header, matrix = RunLog("run").matrix()
    assert (matrix.diagonal().sum(), matrix.sum(), header.coarse) == (5, 5, 1)


def test_a_class_is_called_as_in_labels_where_a_group_is_called_so(run):
    tree = kh.Hierarchy.from_nested(
        {"dog": ["dog", "pug"], "car": ["bus"]}, classes=["bus", "dog", "pug"]
    )
    Path("tree.json").write_text(tree.to_json())
    said = ["dog (itself)", "pug", "bus", "dog (itself)"]
    np.save("names.npy", [*said[:3], "dog (group)"])
    np.save("classes.npy", ["pug", "bus", "dog (itself)"])
    np.save("numbers.npy", [2, 0, 1, 2])
    Path("p.csv").write_text("\n".join(["prediction", *said]))
    Path("s.csv").write_text(
        "pug,dog (itself),bus\n0,1,0\n1,0,0\n0,0,1\n0,1,0\n"
    )
    for step, named in enumerate(
        (
            "--predictions p.csv",
            "--predictions s.csv",
            "--scores s.csv",
            "--predictions numbers.npy --classes classes.npy",
        ),
        start=1,
    ):
        run(f"{NODE_LOG} --labels names.npy {named} --step {step}")
        assert found() == (np.eye(3).tolist(), 1)
    np.save("names.npy", ["dog", "pug", "bus", "dog (itself)"])
    run("log --logdir run --labels names.npy --predictions p.csv --step 5")
    assert np.diagonal(logged()).tolist() == [1, 2, 1]
    Path("m.csv").write_text("pug,dog (itself),bus\n3,0,0\n0,5,1\n0,0,7\n")
    run(f"{LOG} --matrix m.csv --step 6")
    assert logged() == [[7, 0, 0], [1, 5, 0], [0, 0, 3]]


def test_a_class_of_that_very_name_is_none_but_itself(run):
    ids = ["dog", "dog (itself)", "pug"]
    tree = kh.Hierarchy.from_nested({"dog": ids}, classes=ids)
    Path("tree.json").write_text(tree.to_json())
    np.save("names.npy", ids)
    np.save("p.npy", ids)
    run(f"{LOG} {FILES}")
    assert np.diagonal(logged()).tolist() == [1, 1, 1]


@pytest.mark.parametrize(
    ("paths", "names", "labels", "said"),
    [
        # Leading zeros do not hide that an id is of both.
        ([("01", "00"), ("01", "01"), ("04", "02")], {}, [1, 2, 0], "'01' is"),
        # Names for display may be of both as well.
        ([("2", "c"), ("2", "d"), ("e",)], {"c": "1", "d": "2", "2": "pets"},
         [1, 2, 1], "'2' is both a class and a group of classes"),
    ],
)  # fmt: skip
def test_a_name_of_both_is_found_however_it_is_spelled(
    run, paths, names, labels, said
):
    tree = kh.Hierarchy.from_paths(paths, names=names)
    Path("tree.json").write_text(tree.to_json())
    np.save("names.npy", labels)
    np.save("p.npy", [0, 1, 2])
    line = run.refused(
        f"{NODE_LOG} {FILES}" + ("" if names else " --labels-are ids")
    )
    assert said in line
    assert ("pass --labels-are numbers" in line) == bool(names)


def test_long_names_are_cut(run):
    name = "y" * 300_000
    tree = kh.Hierarchy.from_paths([(name, name), (name, "a"), ("b",)])
    for text, named in ((name, tree), (name, TREE), (name + "x", tree)):
        Path("tree.json").write_text(named.to_json())
        np.save("names.npy", [text, "a"])
        np.save("p.npy", [0, 1])
        assert 100 < len(run.refused(f"{NODE_LOG} {FILES}")) < 500


@pytest.mark.parametrize("labels", ["names.npy", "numbers.npy"])
@pytest.mark.parametrize("named", ["p.npy", "pn.npy", "scores.npy"])
def test_the_tree_that_the_run_has(run, labels, named):
    run(f"{NODE_LOG} {FILES}")
    again = "log --node-labels --logdir run --step 2"
    run(f"{again} --labels {labels} --predictions {named}")
    assert RunLog("run").epochs() == (1, 2)
    assert found() == (MATRIX, 3)
    np.save("names.npy", ["dgo", *NAMES[1:]])
    np.save("numbers.npy", [9] * 7)
    said = {"names.npy": "'dgo'", "numbers.npy": "from 0 to 8"}[labels]
    again = "log --node-labels --logdir run --step 3"
    line = run.refused(f"{again} --labels {labels} --predictions {named}")
    assert said in line
