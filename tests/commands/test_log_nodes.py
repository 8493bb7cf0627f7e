"""`keras-hier log --node-labels`: labels that name a group only."""

from pathlib import Path

import numpy as np
import pytest

import keras_hier as kh
from keras_hier.cli import main
from keras_hier.log.run_log import RunLog

TREE = kh.Hierarchy.from_nested(
    {"animal": {"cat": ["tabby", "tiger"], "dog": ["pug"]}, "thing": ["car"]},
    classes=["car", "pug", "tabby", "tiger"],
)
NODES = kh.NodeLabels(TREE)
# Two of these say no class: a cat, an animal. A dog can be nothing but a pug.
NAMES = ["car", "cat", "tiger", "animal", "dog", "tabby", "cat"]
NAMED = [0, 3, 3, 0, 1, 3, 1]
MATRIX = [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 0, 1], [0, 0, 0, 1]]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("tree.json").write_text(TREE.to_json())
    np.save("names.npy", NAMES)
    np.save("numbers.npy", NODES.labels_of(NAMES))
    np.save("p.npy", NAMED)
    np.save("scores.npy", np.eye(4)[NAMED])
    Path("ids.txt").write_text("".join(f"{i}.jpg\n" for i in range(7)))
    return tmp_path


def log(*arguments, labels="names.npy", named=("--predictions", "p.npy")):
    given = ("--hierarchy", "tree.json", "--logdir", "run", *arguments)
    return main(["log", "--node-labels", "--labels", labels, *named, *given])


@pytest.mark.parametrize("labels", ["names.npy", "numbers.npy"])
def test_what_is_known_as_a_group_stands_in_no_cell(folder, labels, capsys):
    assert log(labels=labels) == 0
    assert "7 samples of 4 classes, 3 of them known as a group only, " in (
        capsys.readouterr().out
    )
    header, matrix = RunLog("run").matrix()
    assert matrix.toarray().tolist() == MATRIX
    assert header.coarse == 3
    # Animal or thing: of the three, the animal is called a car. The classes:
    # none of these labels decides.
    assert [list(level) for level in header.coarse_levels] == [
        [2, 3, 2],
        [4, 0, 0],
    ]


def test_samples_are_those_of_which_the_class_is_known(folder, capsys):
    named = ("--scores", "scores.npy")
    assert log(named=named) == 0
    assert (
        "3 of them known as a group only and so not among the logged samples, "
        "split validation" in capsys.readouterr().out
    )
    samples = RunLog("run").samples()
    assert dict(zip(samples.ids, samples.labels.tolist(), strict=True)) == {
        "0": 0, "2": 3, "4": 1, "5": 2
    }  # fmt: skip
    assert samples.classes[:, 0].tolist() == [0, 1, 3, 3]
    # Numbers of a file are no names, by which runs over others would match.
    assert not samples.named


def test_ids_keep_to_their_samples(folder):
    assert log("--ids", "ids.txt", named=("--scores", "scores.npy")) == 0
    samples = RunLog("run").samples()
    assert samples.ids == ("0.jpg", "4.jpg", "5.jpg", "2.jpg")
    assert samples.named


def test_classes_in_another_order_leave_groups_as_they_are(folder):
    # In the file's order tabby is 0, tiger 1, pug 2, car 3; groups go by tree.
    own = ["tabby", "tiger", "pug", "car"]
    numbers = [
        own.index(name) if name in own else NODES.label(name) for name in NAMES
    ]
    np.save("numbers.npy", numbers)
    np.save("p.npy", [own.index(TREE.classes[at]) for at in NAMED])
    Path("order.txt").write_text("\n".join(own))
    assert log("--classes", "order.txt", labels="numbers.npy") == 0
    header, matrix = RunLog("run").matrix()
    assert (matrix.toarray().tolist(), header.coarse) == (MATRIX, 3)


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        (["cat", "dgo"] * 3 + ["pug"], "the first is 'dgo' at index 1"),
        ([9, 0, 0, 0, 0, 0, 0], "the first is '9' at index 0. Expected"),
        (["cat"] * 7, "none of 7 samples has a label that is a class"),
    ],
)
def test_what_cannot_be_is_one_line_and_nothing_is_written(
    folder, labels, said, capsys
):
    np.save("y.npy", labels)
    assert log(labels="y.npy") == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1
    assert not Path("run").exists()


@pytest.mark.parametrize(
    ("labels", "what"),
    [
        (
            "names.npy",
            "4 samples are no class of the hierarchy, the first is 'cat'",
        ),
        ("numbers.npy", "the first is '6' at index 1. Expected its class ids"),
    ],
)
def test_groups_without_node_labels_are_no_classes(
    folder, capsys, labels, what
):
    arguments = ("--labels", labels, "--predictions", "p.npy")
    options = ("--hierarchy", "tree.json", "--logdir", "run")
    assert main(["log", *arguments, *options]) == 2
    said = capsys.readouterr().err
    assert what in said
    assert "pass --node-labels" in said


def test_lengths_that_differ(folder, capsys):
    np.save("p.npy", NAMED[:-1])
    assert log() == 2
    assert "one length, got 7 and 6" in capsys.readouterr().err
    np.save("y.npy", [0, 1])
    files = ("--labels", "y.npy", "--predictions", "p.npy")
    given = ("--hierarchy", "tree.json", "--logdir", "run")
    assert main(["log", *files, *given]) == 2
    assert "one length, got 2 and 6" in capsys.readouterr().err
    assert not Path("run").exists()


def test_the_writer_counts_them_likewise(tmp_path):
    with kh.BlocksWriter(tmp_path / "run", TREE) as log:
        labels = NODES.labels_of(NAMES)
        log.predictions(labels, np.eye(4)[NAMED], 1, node_labels=True)
    header, matrix = RunLog(str(tmp_path / "run")).matrix()
    assert (matrix.toarray().tolist(), header.coarse) == (MATRIX, 3)


def test_the_writer_takes_no_node_unasked(tmp_path):
    with kh.BlocksWriter(tmp_path / "run", TREE) as log:
        with pytest.raises(ValueError, match=r"0\.\.3.* node_labels=True"):
            log.predictions(NODES.labels_of(NAMES), NAMED, 1)
        with pytest.raises(ValueError, match=r"labels must lie in 0\.\.8"):
            log.predictions([9], [0], 1, node_labels=True)


# Ids of classes in the order of text, and of groups: 2 is one of each, as in
# CIFAR-100. Number 2 is the class "10".
COUNTED = kh.Hierarchy.from_paths(
    [(str(int(c) % 4), c) for c in sorted(map(str, range(12)))]
)


def log_counted(labels, *arguments):
    Path("tree.json").write_text(COUNTED.to_json())
    np.save("y.npy", labels)
    np.save("p.npy", [2, 3, 10, 11, 5, 7])
    ids = ("--predictions-are", "ids")
    return log(*ids, *arguments, labels="y.npy")


@pytest.mark.parametrize("kind", [int, str])
def test_an_id_of_a_class_and_of_a_group_is_asked_for(folder, capsys, kind):
    labels = np.array([2, 3, 10, 11, 5, 7]).astype(kind)
    assert log_counted(labels) == 2
    said = capsys.readouterr().err
    assert "'2' is both a class and a group of classes: say '2 (it" in said
    assert "pass --labels-are numbers" in said
    assert log_counted(labels, "--labels-are", "ids") == 2
    said = capsys.readouterr().err
    assert "say '2 (itself)'" in said
    assert "--labels-are" not in said
    assert not Path("run").exists()


def test_what_has_been_said_is_taken(folder):
    # As numbers 4, 5, 2, 3 are the ids 2, 3, 10, 11; 13 is the first group.
    assert log_counted([4, 5, 2, 3, 7, 13], "--labels-are", "numbers") == 0
    header, matrix = RunLog("run").matrix()
    assert (matrix.diagonal().sum(), matrix.sum(), header.coarse) == (5, 5, 1)
    told = ["2 (itself)", "3 (itself)", "10", "11", "5", "3 (group)"]
    assert log_counted(told, "--step", "2") == 0
    header, matrix = RunLog("run").matrix()
    assert (matrix.diagonal().sum(), matrix.sum(), header.coarse) == (5, 5, 1)


DOGS = kh.Hierarchy.from_nested(
    {"dog": ["dog", "pug"], "car": ["bus"]}, classes=["bus", "dog", "pug"]
)
SAID = ["dog (itself)", "pug", "bus", "dog (itself)"]


def test_a_class_is_called_as_in_labels_where_a_group_is_called_so(
    folder, capsys
):
    Path("tree.json").write_text(DOGS.to_json())
    np.save("y.npy", [*SAID[:3], "dog (group)"])
    np.save("classes.npy", ["pug", "bus", "dog (itself)"])
    np.save("numbers.npy", [2, 0, 1, 2])
    Path("p.csv").write_text("\n".join(["prediction", *SAID]))
    Path("s.csv").write_text(
        "pug,dog (itself),bus\n0,1,0\n1,0,0\n0,0,1\n0,1,0\n"
    )
    listed = ("--classes", "classes.npy")
    for step, named in enumerate(
        (
            ("--predictions", "p.csv"),
            ("--predictions", "s.csv"),
            ("--scores", "s.csv"),
            ("--predictions", "numbers.npy", *listed),
        ),
        start=1,
    ):
        assert log("--step", f"{step}", labels="y.npy", named=named) == 0
        header, matrix = RunLog("run").matrix(epoch=step)
        assert matrix.toarray().tolist() == np.eye(3).tolist()
        assert header.coarse == 1
    np.save("y.npy", ["dog", "pug", "bus", "dog (itself)"])
    files = ("--labels", "y.npy", "--predictions", "p.csv")
    given = ("--logdir", "run", "--step", "5")
    assert main(["log", *files, *given]) == 0
    matrix = RunLog("run").matrix()[1]
    assert matrix.diagonal().tolist() == [1, 2, 1]
    Path("m.csv").write_text("pug,dog (itself),bus\n3,0,0\n0,5,1\n0,0,7\n")
    given = ("--hierarchy", "tree.json", "--logdir", "counts")
    assert main(["log", "--matrix", "m.csv", *given]) == 0
    counts = RunLog("counts").matrix()[1].toarray()
    assert counts.tolist() == [[7, 0, 0], [1, 5, 0], [0, 0, 3]]


def test_a_class_of_that_very_name_is_none_but_itself(folder):
    ids = ["dog", "dog (itself)", "pug"]
    tree = kh.Hierarchy.from_nested({"dog": ids}, classes=ids)
    Path("tree.json").write_text(tree.to_json())
    for name in ("y.npy", "p.npy"):
        np.save(name, ids)
    files = ("--labels", "y.npy", "--predictions", "p.npy")
    given = ("--hierarchy", "tree.json", "--logdir", "run")
    assert main(["log", *files, *given]) == 0
    assert RunLog("run").matrix()[1].diagonal().tolist() == [1, 1, 1]


def test_leading_zeros_do_not_hide_that_an_id_is_of_both(folder, capsys):
    tree = kh.Hierarchy.from_paths([("01", "00"), ("01", "01"), ("04", "02")])
    Path("tree.json").write_text(tree.to_json())
    np.save("y.npy", [1, 2, 0])
    np.save("p.npy", [1, 2, 0])
    assert log("--labels-are", "ids", labels="y.npy") == 2
    assert "'01' is both a class and a group" in capsys.readouterr().err


def test_names_for_display_may_be_of_both_as_well(folder, capsys):
    names = {"c": "1", "d": "2", "2": "pets"}
    paths = [("2", "c"), ("2", "d"), ("e",)]
    tree = kh.Hierarchy.from_paths(paths, names=names)
    Path("tree.json").write_text(tree.to_json())
    np.save("y.npy", [1, 2])
    np.save("p.npy", [0, 1])
    assert log(labels="y.npy") == 2
    said = capsys.readouterr().err
    assert "'2' is both a class and a group of classes" in said
    assert "pass --labels-are numbers" in said


def test_long_names_are_cut(folder, capsys):
    name = "y" * 300_000
    tree = kh.Hierarchy.from_paths([(name, name), (name, "a"), ("b",)])
    for text, found in ((name, tree), (name, TREE), (name + "x", tree)):
        Path("tree.json").write_text(found.to_json())
        np.save("y.npy", [text, "a"])
        np.save("p.npy", [0, 1])
        assert log(labels="y.npy") == 2
        assert 100 < len(capsys.readouterr().err) < 500


@pytest.mark.parametrize("labels", ["names.npy", "numbers.npy"])
@pytest.mark.parametrize("named", ["p.npy", "pn.npy", "scores.npy"])
def test_the_tree_that_the_run_has(folder, labels, named):
    np.save("pn.npy", [TREE.classes[at] for at in NAMED])
    assert log() == 0
    arguments = ("--node-labels", "--labels", labels, "--predictions", named)
    assert main(["log", *arguments, "--logdir", "run", "--step", "2"]) == 0
    assert RunLog("run").epochs() == (1, 2)
    header, matrix = RunLog("run").matrix(epoch=2)
    assert header.coarse == 3
    assert matrix.toarray().tolist() == MATRIX


def test_what_is_not_in_the_tree_of_the_run(folder, capsys):
    assert log() == 0
    np.save("names.npy", ["dgo", *NAMES[1:]])
    np.save("numbers.npy", [9] * 7)
    for labels, said in (("names", "'dgo'"), ("numbers", "from 0 to 8")):
        arguments = ("--labels", f"{labels}.npy", "--predictions", "p.npy")
        again = ("--logdir", "run", "--step", "2")
        assert main(["log", "--node-labels", *arguments, *again]) == 2
        assert said in capsys.readouterr().err
    assert RunLog("run").epochs() == (1,)


@pytest.mark.parametrize("kind", [np.int64, np.float64])
def test_one_hot_labels_name_no_node(folder, kind, capsys):
    np.save("one_hot.npy", np.eye(4, dtype=kind)[NAMED])
    assert log(labels="one_hot.npy") == 2
    assert "class ids [N], got shape (7, 4)" in (capsys.readouterr().err)


def test_a_run_of_groups_alone_has_no_errors_to_compare_a_tree_with(
    folder, capsys
):
    with kh.BlocksWriter("run", TREE) as writer:
        writer.predictions(
            [NODES.label("cat")] * 5, [3] * 5, 1, node_labels=True
        )
    capsys.readouterr()
    assert main(["tree", "tree.json", "--errors-of", "run"]) == 0
    assert "its matrix is empty. Labels that name a group" in (
        capsys.readouterr().out
    )
