"""Files whose order of classes is easily taken for another one."""

from pathlib import Path

import numpy as np
import pytest

import keras_hier as kh
from keras_hier.cli import main
from keras_hier.commands import run_tree
from keras_hier.log.run_log import RunLog

# Few errors make trees of little worth, which is said.
pytestmark = pytest.mark.filterwarnings("ignore:There (is|are):UserWarning")

N = 120
# Sorted as texts, "10" comes before "2".
IDS = np.arange(1, 13)
TRUE = np.arange(N) % 12
NAMES = ("cat", "dog", "pug", "car", "bus", "van")
COUNTS = np.diag([66, 70, 61, 69, 79, 86]) + np.eye(6, k=1, dtype=int)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(0)
    np.save("ids.npy", IDS[TRUE])
    scores = np.eye(12)[TRUE] * 0.5 + rng.random((N, 12)) / 3
    scores /= scores.sum(axis=1, keepdims=True)
    np.save("scores.npy", scores)
    save("scores.csv", scores, IDS)
    Path("tree.csv").write_text(
        "class,group1\n" + "\n".join(f"{c},{c % 3}" for c in IDS)
    )
    Path("ids.csv").write_text(
        "class,group1\n" + "\n".join(f"{i:03},a" for i in range(0, 115, 5))
    )
    Path("order.txt").write_text("\n".join(map(str, IDS)))
    return tmp_path


def save(file, rows, header):
    lines = [",".join(map(str, row)) for row in [header, *np.asarray(rows)]]
    Path(file).write_text("\n".join(lines))


def log(*arguments):
    return main(["log", "--logdir", "run", *map(str, arguments)])


def right():
    header, _ = RunLog("run").matrix()
    return header.correct, header.total


def classes():
    log = RunLog("run")
    return log.hierarchy(log.matrix()[0].hierarchy).classes


SCORED = ("--labels", "ids.npy", "--labels-are", "ids", "--scores")


def test_nameless_scores_have_no_order_where_labels_are_ids(folder, capsys):
    for tree in ((), ("--hierarchy", "tree.csv")):
        assert log(*SCORED, "scores.npy", *tree) == 2
        assert "--classes" in capsys.readouterr().err
    assert not Path("run").exists()
    assert log(*SCORED, "scores.npy", "--classes", "order.txt", *tree) == 0
    assert right() == (N, N)
    probe = ["probe", "--features", "scores.npy", *SCORED, "scores.npy"]
    assert main([*probe, *tree, "--csv", "t.csv"]) == 2
    assert "--classes" in capsys.readouterr().err


def test_a_tree_that_the_run_was_given_numbers_the_scores_beside_ids(folder):
    # In an order that is no sorted one.
    labels = [(5 * number + 3) % 12 for number in range(12)]
    lines = [
        f"{c},{label},{c % 3}" for c, label in zip(IDS, labels, strict=True)
    ]
    Path("numbered.csv").write_text("\n".join(["class,label,group1", *lines]))
    scores = np.empty((N, 12))
    scores[:, labels] = np.load("scores.npy")
    np.save("scores.npy", scores)
    tree = ("--hierarchy", "numbered.csv")
    for step, more in ((1, tree), (2, ())):
        assert log(*SCORED, "scores.npy", *more, "--step", step) == 0
        assert right() == (N, N)
    np.save("ids.npy", IDS[TRUE] + 1)  # of which one is no class
    assert log(*SCORED, "scores.npy", "--step", 3) == 2


def test_one_that_was_computed_does_not(folder, capsys):
    assert log(*SCORED, "scores.csv") == 0
    assert log(*SCORED, "scores.npy", "--step", 2) == 2
    said = capsys.readouterr().err
    assert "The tree was computed of errors, and has the classes in an" in said
    assert "say by --classes which class each number" in said


@pytest.mark.parametrize(
    ("ids", "by_number", "by_name"),
    [
        (("ant", "bee", "cat"), False, True),
        (("10", "2", "3"), False, True),
        (("2", "3", "10"), False, False),
        (tuple(map(str, range(3))), True, True),
        # As text "10" comes before "2".
        (tuple(map(str, range(11))), True, False),
        # No order of ours: the files had it.
        (("cat", "ant", "bee"), True, True),
    ],
)
def test_an_order_of_ours_is_nobody_s(ids, by_number, by_name):
    size = len(ids)
    counts = 9 * np.eye(size, dtype=int) + np.eye(size, k=1, dtype=int)
    computed = run_tree.tree_of_errors(counts, ids).hierarchy
    for tree, is_name, fits in (
        (computed, False, by_number),
        (computed, True, by_name),
        (kh.Hierarchy.from_paths([(each,) for each in ids]), False, True),
    ):
        if fits:
            run_tree.check_order(tree, is_name)
        else:
            with pytest.raises(ValueError, match="say by --classes"):
                run_tree.check_order(tree, is_name)


@pytest.mark.parametrize("tree", [(), ("--hierarchy", "tree.csv")])
def test_a_header_of_numbers_names_the_scores_where_these_are_ids(folder, tree):
    assert log(*SCORED, "scores.csv", *tree) == 0
    assert right() == (N, N)
    assert set(classes()) == set(map(str, IDS))


def test_counts_that_name_their_classes_are_given_no_others(folder, capsys):
    save("m.csv", COUNTS, NAMES)
    np.savez("m.npz", matrix=COUNTS, classes=np.array(NAMES))
    Path("sorted.txt").write_text("\n".join(sorted(NAMES)))
    Path("same.txt").write_text("\n".join(NAMES))
    for file in ("m.csv", "m.npz"):
        assert log("--matrix", file, "--classes", "sorted.txt") == 2
        assert "not as --classes does" in capsys.readouterr().err
        command = ["tree", file, "--from-confusions", "--classes", "sorted.txt"]
        assert main(command) == 2
        assert "not as --classes does" in capsys.readouterr().err
    assert log("--matrix", "m.csv", "--classes", "same.txt") == 0
    assert classes() == NAMES


def test_numbers_that_pandas_writes_are_no_names(folder):
    save("m.csv", COUNTS, range(6))
    Path("names.txt").write_text("\n".join(NAMES))
    assert log("--matrix", "m.csv", "--classes", "names.txt") == 0
    assert classes() == NAMES


def test_sums_beside_counts_are_no_class(folder, capsys):
    with_sums = np.block(
        [
            [COUNTS, COUNTS.sum(1, keepdims=True)],
            [COUNTS.sum(0), COUNTS.sum()],
        ]
    )
    save("m.csv", with_sums, (*NAMES, "All"))
    assert log("--matrix", "m.csv") == 2
    assert "margins=False" in capsys.readouterr().err
    # No class at all was right or wrong here: these are no sums.
    save("zero.csv", np.zeros((6, 6), int), NAMES)
    log("--matrix", "zero.csv")
    assert "margins" not in capsys.readouterr().err


@pytest.mark.parametrize("header", [NAMES, range(6)])
def test_counts_are_no_tree(folder, capsys, header):
    save("m.csv", COUNTS, header)
    assert main(["tree", "m.csv"]) == 2
    assert "pass --from-confusions" in capsys.readouterr().err


@pytest.mark.parametrize("other", ["{:.1f}", "{:03}"])
def test_one_number_is_not_two_classes(folder, other, capsys):
    ids = [(100 + 5 * t) % 115 for t in TRUE]
    Path("y.csv").write_text("\n".join(["labels", *map(other.format, ids)]))
    Path("p.csv").write_text("\n".join(["predictions", *map(str, ids)]))
    files = ("--labels", "y.csv", "--predictions", "p.csv")
    assert log(*files, "--labels-are", "ids") == 2
    said = capsys.readouterr().err
    assert "are one number: write it alike" in said or "in common" in said
    assert log(*files, "--labels-are", "ids", "--hierarchy", "ids.csv") == 0
    assert right() == (N, N)


def test_columns_of_labels_are_no_scores(folder, capsys):
    both = np.column_stack([np.arange(N) % 6, np.arange(N) % 5])
    save("sk.csv", both, ("y_true", "y_pred"))
    files = ("--labels", "sk.csv", "--predictions", "sk.csv")
    assert log(*files) == 0
    assert right() == (int((both[:, 0] == both[:, 1]).sum()), N)
    assert classes() == tuple("012345")
    save("odd.csv", both, ("truth", "answer"))
    np.save("names.npy", np.array(NAMES)[both[:, 0]])
    files = ("--labels", "names.npy", "--predictions", "odd.csv")
    assert main(["log", "--logdir", "other", *files]) == 2
    said = "120 samples are no class of the hierarchy, the first is 'cat'"
    assert said in capsys.readouterr().err


def test_classes_that_two_files_do_not_share(folder, capsys):
    np.save("y.npy", np.array(NAMES)[TRUE % 3])
    np.save("p.npy", np.array(NAMES)[TRUE % 3 + 3])
    assert log("--labels", "y.npy", "--predictions", "p.npy") == 2
    said = "y.npy and p.npy have no class in common: 'cat' is one of the first"
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("votes", [np.eye(6, dtype=int), 9 * np.eye(6) + 1])
def test_votes_are_scores(folder, votes):
    names = np.array(NAMES)[np.arange(N) % 6]
    np.save("y.npy", names)
    save("votes.csv", votes[np.arange(N) % 6], NAMES)
    assert log("--labels", "y.npy", "--predictions", "votes.csv") == 0
    assert right() == (N, N)


def test_a_refused_epoch_leaves_no_samples(folder, capsys):
    np.save("y.npy", TRUE)
    files = ("--labels", "y.npy", "--labels-are", "numbers")
    assert log(*files, "--predictions", "y.npy", "--step", 5) == 0
    assert log(*files, "--scores", "scores.npy", "--step", 3) == 2
    assert "Epoch 3 of 'class' comes after epoch 5" in capsys.readouterr().err
    assert RunLog("run").sample_outputs == ()


class TestOutputs:
    @pytest.fixture
    def tree(self, folder):
        return kh.Hierarchy.from_paths(
            [("pet", c) for c in NAMES[:3]] + [("car", c) for c in NAMES[3:]]
        )

    @pytest.mark.parametrize("split", ["validation", ""])
    def test_the_network_s_own_is_found_by_what_it_is(
        self, tree, capsys, split
    ):
        with kh.BlocksWriter("run", tree) as writer:
            writer.matrix(COUNTS, 1, "predictions")
            writer.matrix(COUNTS, 1, "a_head", role="head", layer="a")
        command = ["tree", f"run/{split}", "--from-confusions"]
        assert main([*command, "--relog", "new"]) == 0
        new = RunLog("new", "validation")
        assert new.outputs == ("predictions",)
        np.testing.assert_array_equal(
            new.matrix("predictions")[1].toarray(), COUNTS
        )
        tree.to_csv("own.csv")
        assert main(["tree", "own.csv", "--errors-of", "run"]) == 0

    def test_of_two_one_is_asked_for(self, tree, capsys):
        with kh.BlocksWriter("run", tree) as writer:
            for name in ("left", "right"):
                writer.matrix(COUNTS, 1, name)
        command = ["tree", "run", "--from-confusions"]
        assert main(command) == 2
        said = "say by --output which of these is the network's own"
        assert said in capsys.readouterr().err
        assert main([*command, "--output", "left"]) == 0
        assert main([*command, "--output", "middle"]) == 2
        assert "'middle'" in capsys.readouterr().err

    def test_the_tree_of_a_run_is_that_of_its_own_output(self, tree):
        matrix = ("--matrix", "m.csv")
        save("m.csv", COUNTS, NAMES)
        other = kh.Hierarchy.from_paths([(c,) for c in NAMES])
        with kh.BlocksWriter("run", other) as writer:
            writer.matrix(COUNTS, 1)
            writer.matrix(COUNTS, 1, "a_probe", role="probe", layer="a")
        with kh.BlocksWriter("run", tree) as writer:
            writer.matrix(COUNTS, 2)
        assert log(*matrix, "--step", 3) == 0
        read = RunLog("run")
        trees = [
            read.hierarchy(read.matrix("class", step)[0].hierarchy)
            for step in (1, 2, 3)
        ]
        assert trees == [other, tree, tree]
