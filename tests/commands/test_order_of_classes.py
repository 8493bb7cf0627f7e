"""Files whose order of classes is easily taken for another one."""

from pathlib import Path

import numpy as np
import pytest

import keras_hier as kh
from keras_hier.cli import main
from keras_hier.commands import array_files
from keras_hier.data.class_list import write_class_list
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
    said = "ids.npy has class ids and scores.npy numbers: say by --classes"
    assert said in capsys.readouterr().err


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


@pytest.mark.parametrize("header", ["class", "0", "Classes", "label"])
def test_the_name_of_a_column_of_classes_is_none(folder, header):
    np.save("y.npy", np.arange(N) % 6)
    Path("classes.csv").write_text("\n".join([header, *NAMES]))
    assert array_files.read_classes("classes.csv") == NAMES
    log("--labels", "y.npy", "--predictions", "y.npy", "--classes",
        "classes.csv")  # fmt: skip
    assert classes() == NAMES


def test_a_name_that_may_be_a_class_is_asked_about(folder, capsys):
    np.save("y.npy", np.arange(N) % 6)
    files = ("--labels", "y.npy", "--predictions", "y.npy", "--classes")
    Path("classes.csv").write_text("\n".join(["species", *NAMES]))
    assert log(*files, "classes.csv") == 2
    error = capsys.readouterr().err
    assert "its first line, 'species', is a header" in error
    assert not Path("run").exists()
    # It is a class: the last one has no samples.
    Path("classes.csv").write_text("\n".join(["classes", "species", *NAMES]))
    assert log(*files, "classes.csv") == 0
    assert classes() == ("species", *NAMES)


def test_zero_is_a_class_among_numbers(folder):
    Path("classes.csv").write_text("0\n1\n2")
    assert array_files.read_classes("classes.csv") == ("0", "1", "2")


@pytest.mark.parametrize("header", [("id", *NAMES), ("7", *map(str, IDS[:6]))])
def test_an_index_beside_scores_is_no_class(folder, capsys, header):
    np.save("y.npy", np.array(NAMES)[np.arange(N) % 6])
    scores = np.column_stack([np.arange(N), np.eye(6)[np.arange(N) % 6]])
    save("p.csv", scores, header)
    assert log("--labels", "y.npy", "--predictions", "p.csv") == 2
    assert "numbers the rows" in capsys.readouterr().err


@pytest.mark.parametrize("other", ["{:.1f}", "{}", "{:03}"])
def test_one_number_is_one_class_however_it_is_spelled(folder, other):
    ids = [(100 + 5 * t) % 115 for t in TRUE]
    Path("y.csv").write_text("\n".join(["labels", *map(other.format, ids)]))
    Path("p.csv").write_text("\n".join(["predictions", *map(str, ids)]))
    files = ("--labels", "y.csv", "--predictions", "p.csv")
    assert log(*files, "--labels-are", "ids") == 0
    assert right() == (N, N)
    number = "{:03}" if other == "{:03}" else "{}"
    assert set(classes()) == set(map(number.format, ids))


def test_columns_of_labels_are_no_scores(folder, capsys):
    both = np.column_stack([np.arange(N) % 6, np.arange(N) % 5])
    save("sk.csv", both, ("y_true", "y_pred"))
    files = ("--labels", "sk.csv", "--predictions", "sk.csv")
    assert log(*files) == 0
    assert right() == (int((both[:, 0] == both[:, 1]).sum()), N)
    assert classes() == tuple("012345")
    save("odd.csv", both, ("truth", "answer"))
    np.save("names.npy", np.array(NAMES)[both[:, 0]])
    for true, named, said in (
        ("odd.csv", "sk.csv", "odd.csv: no column is called 'labels'"),
        ("names.npy", "odd.csv", "names.npy and odd.csv have no class in"),
    ):
        files = ("--labels", true, "--predictions", named)
        assert main(["log", "--logdir", "other", *files]) == 2
        error = capsys.readouterr().err
        assert error.startswith(f"keras-hier log: {said}")
        assert error.count("\n") == 1


@pytest.mark.parametrize("votes", [np.eye(6, dtype=int), 9 * np.eye(6) + 1])
def test_votes_are_scores(folder, votes):
    names = np.array(NAMES)[np.arange(N) % 6]
    np.save("y.npy", names)
    save("votes.csv", votes[np.arange(N) % 6], NAMES)
    assert log("--labels", "y.npy", "--predictions", "votes.csv") == 0
    assert right() == (N, N)


def test_one_hot_labels_are_read_from_a_table(folder):
    save("hot.csv", np.eye(6, dtype=int)[np.arange(N) % 6], NAMES)
    np.save("p.npy", np.array(NAMES)[np.arange(N) % 6])
    assert log("--labels", "hot.csv", "--predictions", "p.npy") == 0
    assert right() == (N, N)


def test_an_empty_cell_is_named(folder, capsys):
    Path("gap.csv").write_text("label,prediction\n0,0\n1,\n1,0\n")
    assert log("--labels", "gap.csv", "--predictions", "gap.csv") == 2
    said = "gap.csv: line 3 has nothing under 'prediction'"
    assert said in capsys.readouterr().err


def test_the_list_beside_records_is_a_list_of_classes(folder):
    write_class_list(Path("classes.json"), NAMES)
    assert array_files.read_classes("classes.json") == NAMES


def test_ids_of_samples_are_read_as_csv_is_written(folder):
    names = [f"img, {n}.jpg" for n in range(N)]
    quoted = [f'"{name}"' for name in names]
    Path("names.csv").write_text("\n".join(["id", *quoted]))
    assert array_files.read_ids("names.csv") == tuple(names)
    Path("names.csv").write_text("\n".join(quoted[1:]))
    assert array_files.read_ids("names.csv") == tuple(names[1:])


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
