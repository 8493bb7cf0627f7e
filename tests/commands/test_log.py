import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from tensorboard.backend.event_processing import event_accumulator

import keras_hier as kh
from keras_hier.cli import main
from keras_hier.log.records import matrix_codec
from keras_hier.log.run_log import RunLog

PREDICTIONS = (
    Path(__file__).parents[3] / "shared/data/imagenet_val_predictions.npz"
)
TREE = {"animal": ["cat", "dog"], "thing": ["car"]}
CLASSES = ["car", "cat", "dog"]  # label order, not display order
LABELS, PREDICTED = [0, 1, 2, 2], [0, 2, 2, 1]
MATRIX = [[1, 0, 0], [0, 0, 1], [0, 1, 1]]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder to work in, with a tree and arrays of every kind."""
    monkeypatch.chdir(tmp_path)
    tree = kh.Hierarchy.from_nested(TREE, classes=CLASSES)
    Path("tree.json").write_text(tree.to_json())
    Path("tree.csv").write_text(
        "class,group1\ncat,animal\ndog,animal\ncar,thing\n"
    )
    Path("labelled.csv").write_text(
        "class,group1,label\ncat,animal,1\ndog,animal,2\ncar,thing,0\n"
    )
    Path("order.txt").write_text("car\ncat\ndog\n")
    Path("reversed.txt").write_text("dog\ncat\ncar\n")
    np.save("y.npy", LABELS)
    np.save("p.npy", PREDICTED)
    np.save("ids.npy", np.array(CLASSES)[PREDICTED])
    np.save("bytes.npy", np.array(CLASSES, "S")[PREDICTED])
    np.save("scores.npy", np.eye(3)[PREDICTED] - 5)
    np.save("whole.npy", np.array(PREDICTED, np.float32))
    np.save("column.npy", np.array(PREDICTED)[:, None])
    np.savez("both.npz", labels=LABELS, predictions=PREDICTED)
    np.savez("with_order.npz", predictions=PREDICTED, wnids=CLASSES)
    np.savez(
        "reordered.npz",
        labels=2 - np.array(LABELS),
        predictions=2 - np.array(PREDICTED),
        classes=CLASSES[::-1],
    )
    np.savez("named.npz", out=PREDICTED, extra=[1])
    np.savez("single.npz", out=PREDICTED)
    Path("p.csv").write_text("prediction\n0\n2\n2\n1\n")
    Path("table.csv").write_text(
        "file,label,prediction\na,car,car\nb,cat,dog\nc,dog,dog\nd,dog,cat\n"
    )
    Path("scores.csv").write_text("0,1,2\n9,0,1\n0,0,1\n0,.1,.9\n1,9,1\n")
    Path("headed.csv").write_text("dog,car,cat\n1,9,0\n2,1,1\n2,0,0\n1,0,2\n")
    return tmp_path


def log(*arguments, hierarchy="tree.json"):
    return main(
        ["log", "--hierarchy", hierarchy, "--logdir", "run", *arguments]
    )


def logged(tag="blocks/class", folder="run/validation"):
    """Returns [(step, matrix)] of what lies in the log."""
    reader = event_accumulator.EventAccumulator(
        folder, size_guidance={"tensors": 0}
    )
    reader.Reload()
    return [
        (
            e.step,
            matrix_codec.decode(e.tensor_proto.string_val[0])[1]
            .toarray()
            .tolist(),
        )
        for e in reader.Tensors(tag)
    ]


def logged_steps(tag):
    """Returns the steps of a tag, as they were written."""
    reader = event_accumulator.EventAccumulator(
        "run/validation", size_guidance={"tensors": 0}
    )
    reader.Reload()
    return [event.step for event in reader.Tensors(tag)]


class TestLog:
    @pytest.mark.parametrize(
        "predictions",
        [
            "p.npy",
            "ids.npy",
            "bytes.npy",
            "scores.npy",
            "whole.npy",
            "column.npy",
            "both.npz",
            "both.npz:predictions",
            "with_order.npz",
            "named.npz:out",
            "single.npz",
            "p.csv",
            "table.csv",
            "scores.csv",
            "headed.csv",
        ],
    )
    def test_every_kind_of_file(self, folder, predictions, capsys):
        assert log("--labels", "y.npy", "--predictions", predictions) == 0
        assert logged() == [(1, MATRIX)]
        assert "4 samples of 3 classes" in capsys.readouterr().out

    def test_labels_as_ids_from_a_table(self, folder):
        assert log("--labels", "table.csv", "--predictions", "table.csv") == 0
        assert logged() == [(1, MATRIX)]

    def test_a_csv_tree_with_labels(self, folder):
        arguments = ("--labels", "y.npy", "--predictions", "p.npy")
        assert log(*arguments, hierarchy="labelled.csv") == 0
        assert logged() == [(1, MATRIX)]

    def test_a_csv_tree_and_the_order_of_the_classes(self, folder):
        arguments = ("--labels", "y.npy", "--predictions", "p.npy")
        order = ("--classes", "order.txt")
        assert log(*arguments, *order, hierarchy="tree.csv") == 0
        assert logged() == [(1, MATRIX)]

    def test_files_of_editors_that_mark_their_encoding(self, folder):
        for name in ("order.txt", "tree.csv", "table.csv"):
            marked = b"\xef\xbb\xbf" + Path(name).read_bytes()
            Path(name).write_bytes(marked.replace(b"\n", b"\r\n"))
        files = ("--labels", "table.csv", "--predictions", "table.csv")
        order = ("--classes", "order.txt")
        assert log(*files, *order, hierarchy="tree.csv") == 0
        assert logged() == [(1, MATRIX)]

    def test_numbers_in_another_order_are_translated(self, folder):
        files = ("--labels", "reordered.npz", "--predictions", "reordered.npz")
        assert log(*files) == 0
        assert logged() == [(1, MATRIX)]

    def test_classes_translate_as_well(self, folder):
        np.save("y2.npy", 2 - np.array(LABELS))
        np.save("p2.npy", np.eye(3)[2 - np.array(PREDICTED)])
        files = ("--labels", "y2.npy", "--predictions", "p2.npy")
        assert log(*files, "--classes", "reversed.txt") == 0
        assert logged() == [(1, MATRIX)]

    def test_split_step_and_output(self, folder):
        files = ("--labels", "y.npy", "--predictions", "p.npy")
        places = ("--split", "test", "--step", "7", "--output", "fine")
        assert log(*files, *places) == 0
        assert logged("blocks/fine", "run/test") == [(7, MATRIX)]

    @pytest.mark.parametrize("source", ["samples", "counts"])
    @pytest.mark.parametrize("role", ["head", "probe"])
    def test_a_probe_of_another_program(self, folder, source, role):
        np.save("counts.npy", MATRIX)
        files = {
            "samples": ("--labels", "y.npy", "--predictions", "p.npy"),
            "counts": ("--matrix", "counts.npy"),
        }[source]
        assert log(*files, "--role", role, "--layer", "top/layer4") == 0
        reader = event_accumulator.EventAccumulator(
            "run/validation", size_guidance={"tensors": 0}
        )
        reader.Reload()
        (event,) = reader.Tensors(f"blocks/top_layer4_{role}")
        header, matrix = matrix_codec.decode(event.tensor_proto.string_val[0])
        assert (header.role, header.layer) == (role, "top/layer4")
        assert matrix.toarray().tolist() == MATRIX

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (("--role", "probe"), "--role and --layer go together"),
            (("--layer", "a"), "--role and --layer go together"),
            (
                ("--role", "head", "--layer", "a", "--output", "class"),
                "is the network's own",
            ),
            (("--role", "probe", "--layer", " "), "--layer must be the name"),
        ],
    )
    def test_a_probe_of_no_layer(self, folder, arguments, message, capsys):
        files = ("--labels", "y.npy", "--predictions", "p.npy")
        assert log(*files, *arguments) == 2
        assert message in capsys.readouterr().err
        assert not Path("run").exists()

    def test_an_epoch_below_the_last_only_when_it_is_said(self, folder, capsys):
        files = ("--labels", "y.npy", "--predictions", "p.npy")
        for step in ("10", "20", "30"):
            assert log(*files, "--step", step) == 0
        tree = kh.Hierarchy.load("tree.json").digest
        # Not at every call.
        assert len(logged_steps(f"blocks/hierarchy/{tree}")) == 1
        assert log(*files, "--step", "20") == 2
        assert "after epoch 30" in capsys.readouterr().err
        assert logged_steps("blocks/class") == [10, 20, 30]
        assert log(*files, "--step", "20", "--resume") == 0
        assert RunLog("run").epochs() == (10, 20)

    def test_the_writer_writes_the_same(self, folder):
        assert log("--labels", "y.npy", "--predictions", "p.npy") == 0
        tree = kh.Hierarchy.load("tree.json")
        with kh.BlocksWriter("other", tree) as writer:
            writer.predictions(LABELS, PREDICTED, step=1)
        assert logged() == logged(folder="other/validation")

    @pytest.mark.skipif(not PREDICTIONS.exists(), reason="no ../shared/data")
    def test_the_real_predictions(self, folder):
        files = (
            "--labels",
            str(PREDICTIONS),
            "--predictions",
            str(PREDICTIONS),
        )
        assert log(*files, hierarchy="imagenet") == 0
        [(_, matrix)] = logged()
        assert np.trace(matrix) / 50_000 == pytest.approx(0.727, abs=5e-4)

    def test_a_tree_without_numbers_where_the_files_have_ids(self, folder):
        np.save("labels.npy", np.array(CLASSES)[LABELS])
        files = ("--labels", "labels.npy", "--predictions", "ids.npy")
        assert log(*files, hierarchy="tree.csv") == 0
        assert logged() == [(1, MATRIX)]


class TestRefuses:
    @pytest.mark.parametrize(
        ("labels", "predictions", "message"),
        [
            ("no.npy", "p.npy", "there is no file 'no.npy'"),
            ("order.txt", "p.npy", "expected .npy, .npz"),
            ("y.npy", "named.npz", "holds out, extra; say which"),
            ("y.npy", "named.npz:nope", "holds out, extra; say which"),
            ("y.npy", "short.npy", "one length, got 4 and 3"),
            (
                "y.npy",
                "large.npy",
                "1 sample is no class of the hierarchy, the first is '3'",
            ),
            ("y.npy", "negative.npy", "the first is '-1' at index 1"),
            ("y.npy", "nan.npy", "the first is 'nan' at index 0"),
            ("y.npy", "half.npy", "the first is '0.5' at index 0"),
            ("y.npy", "nan_scores.npy", "1 rows hold NaN"),
            (
                "y.npy",
                "wide.npy",
                "3 classes of the hierarchy in one column, got 5 columns.",
            ),
            ("y.npy", "unknown.npy", "the first is 'wolf'"),
            ("y.npy", "objects.npy", "of numbers or strings"),
            ("y.npy", "cut.npy", "(4,) of int64, 32 bytes, and holds 31"),
            ("y.npy", "cut.npz", "cut.npz is no readable array"),
            ("y.npy", "worn.npz", "worn.npz:predictions is no readable array"),
            ("y.npy", "latin.csv", "latin.csv, line 2: expected UTF-8, got"),
            ("y.npy", "open.csv", "A quotation mark that nothing closes"),
            ("none.npy", "none.npy", "none.npy is empty: it has shape (0,)"),
            ("y.npy", "header.csv", "header.csv is empty"),
            (
                "y.npy",
                "cube.npy",
                "expected labels [N] or class ids [N], or scores [N, C]",
            ),
            ("y.npy", "bool.npy", "of bool"),
            ("y.npy", "empty.csv", "is empty"),
            ("y.npy", "ragged.csv", "line 2: expected 3 cells"),
            ("y.npy", "again.csv", "one column named 'predictions', got 2"),
            ("y.npy", "words.csv", "a column named 'predictions'"),
            (
                "y.npy",
                "other.npz",
                "1 listed id is no class of the hierarchy, the first is 'x'",
            ),
            (
                "y.npy",
                "twice.npz",
                "got 3 listed ids, of which two are one class.",
            ),
            ("scores.npy", "p.npy", "or class ids [N], got shape (4, 3)"),
            ("y.npy", "reordered.npz", "y.npy does not say how"),
        ],
    )
    def test_in_one_line(self, folder, labels, predictions, message, capsys):
        np.save("short.npy", PREDICTED[:3])
        np.save("large.npy", [0, 1, 2, 3])
        np.save("negative.npy", [0, -1, 2, 1])
        np.save("nan.npy", [np.nan, 1, 2, 0])
        np.save("half.npy", [0.5, 1, 2, 0])
        np.save("nan_scores.npy", [[1, 2, 3]] * 3 + [[1, np.nan, 2]])
        np.save("wide.npy", np.ones((4, 5)))
        np.save("unknown.npy", ["cat", "wolf", "cat", "dog"])
        np.save("objects.npy", np.array([{}, 1], object), allow_pickle=True)
        Path("cut.npy").write_bytes(Path("y.npy").read_bytes()[:-1])
        np.savez("whole.npz", predictions=np.arange(100))
        whole = Path("whole.npz").read_bytes()
        Path("cut.npz").write_bytes(whole[:-30])
        half = len(whole) // 2
        Path("worn.npz").write_bytes(whole[:half] + b"?" + whole[half + 1 :])
        Path("latin.csv").write_bytes(b"predictions\ncaf\xe9\n")
        Path("open.csv").write_text('predictions\n"cat\n' + "dog\n" * 50_000)
        np.save("none.npy", PREDICTED[:0])
        Path("header.csv").write_text("predictions\n")
        np.save("cube.npy", np.ones((4, 2, 2)))
        np.save("bool.npy", [True, False, True, False])
        np.savez("other.npz", predictions=PREDICTED, wnids=["car", "cat", "x"])
        np.savez("twice.npz", predictions=PREDICTED, wnids=["car"] * 3)
        Path("empty.csv").write_text("\n")
        Path("ragged.csv").write_text("1,2,3\n4\n")
        Path("again.csv").write_text("prediction,Predictions\n0,1\n2,2\n")
        Path("words.csv").write_text("a,b,c\nd,e,f\n")
        files = ("--labels", labels, "--predictions", predictions)
        assert log(*files) == 2
        error = capsys.readouterr().err
        assert message in error
        assert error.startswith("keras-hier log: ")
        assert error.count("\n") == 1

    @pytest.mark.parametrize(
        ("hierarchy", "message"),
        [
            ("imagenet2", "must be `imagenet` or the path"),
            ("no.json", "there is no file 'no.json'"),
            ("tree.csv", "does not number the classes: add a column `label`"),
            ("tree.csv", "in that order by --classes."),
            ("broken.json", "Not a hierarchy"),
            ("y.json", "keras-hier/hierarchy"),
        ],
    )
    def test_a_tree_that_is_none(self, folder, hierarchy, message, capsys):
        Path("broken.json").write_text("{")
        Path("y.json").write_text("{}")
        files = ("--labels", "y.npy", "--predictions", "p.npy")
        assert log(*files, hierarchy=hierarchy) == 2
        error = capsys.readouterr().err
        assert message in error
        assert error.count("\n") == 1

    def test_a_list_of_classes_that_contradicts_the_file(self, folder, capsys):
        files = ("--labels", "reordered.npz", "--predictions", "reordered.npz")
        assert log(*files, "--classes", "order.txt") == 2
        assert "brings its own list of classes" in capsys.readouterr().err

    def test_writes_nothing(self, folder):
        np.save("large.npy", [0, 1, 2, 3])
        assert log("--labels", "y.npy", "--predictions", "large.npy") == 2
        assert not Path("run").exists()

    @pytest.mark.parametrize(
        ("place", "message"),
        [
            (
                ("--step", "-1"),
                "--step must be 1, the first epoch, or more; got -1",
            ),
            (
                ("--step", "0"),
                "--step must be 1, the first epoch, or more; got 0",
            ),
            (("--step", "9" * 20), f"got {'9' * 20}"),
            (("--output", "a/b"), "without '/'"),
            (("--output", ""), "non-empty"),
            (("--logdir", ""), "--logdir must be the name of a folder"),
        ],
    )
    def test_a_place_that_is_none(self, folder, place, message, capsys):
        files = ("--labels", "y.npy", "--predictions", "p.npy")
        assert log(*files, *place) == 2
        assert message in capsys.readouterr().err
        assert not Path("run").exists()

    @pytest.mark.parametrize(
        "arguments",
        [
            [],
            ["nope"],
            ["log"],
            ["log", "--split", "val"],
            ["log", "--step", "one"],
            ["tree"],
            ["tree", "imagenet", "--groups", "x"],
        ],
    )
    def test_a_wrong_command_line(self, arguments, capsys):
        with pytest.raises(SystemExit) as exit_:
            main(arguments)
        assert exit_.value.code == 2
        assert "usage: keras-hier" in capsys.readouterr().err


class TestTree:
    def test_prints_a_tree_with_leaf_counts(self, folder, capsys):
        assert main(["tree", "tree.json"]) == 0
        assert capsys.readouterr().out == (
            "all classes 3\n"
            "├─ animal 2\n"
            "│  ├─ cat\n"
            "│  └─ dog\n"
            "└─ thing 1\n"
            "   └─ car\n"
        )

    @pytest.mark.parametrize("file", ["tree.csv", "labelled.csv"])
    def test_prints_a_csv_tree(self, folder, file, capsys):
        assert main(["tree", file]) == 0
        assert "├─ animal 2" in capsys.readouterr().out

    def test_prints_a_cut(self, capsys):
        assert main(["tree", "imagenet", "--groups", "4"]) == 0
        lines = capsys.readouterr().out.splitlines()
        assert lines[-1] == "4 groups of 1,000 classes"
        assert [line.split() for line in lines[:2]] == [
            ["410", "organism"],
            ["522", "artifact"],
        ]

    def test_says_why_there_are_more_groups_than_asked_for(
        self, folder, capsys
    ):
        assert main(["tree", "imagenet", "--groups", "10"]) == 0
        assert capsys.readouterr().out.splitlines()[-1] == (
            "14 groups of 1,000 classes; at least 10 were asked for, and a "
            "group is split into all of its children at once; 4 groups are "
            "single classes"
        )
        assert main(["tree", "tree.json", "--groups", "2"]) == 0
        assert capsys.readouterr().out.splitlines()[-1] == (
            "2 groups of 3 classes; 1 group is a single class"
        )
        assert main(["tree", "tree.json", "--groups", "3"]) == 0
        assert capsys.readouterr().out.splitlines()[-1] == (
            "3 groups of 3 classes"
        )

    def test_columns_of_any_name_are_groups_when_that_is_said(
        self, folder, capsys
    ):
        Path("own.csv").write_text(
            "class,superclass,domain,images\ncat,pet,animal,5\n"
            "dog,pet,animal,7\ncar,,thing,9\n"
        )
        assert main(["tree", "own.csv"]) == 2
        assert "--groups-are" in capsys.readouterr().err
        columns = ("--groups-are", "domain,superclass")
        assert main(["tree", "own.csv", *columns]) == 0
        assert capsys.readouterr().out == (
            "all classes 3\n"
            "├─ animal 2\n"
            "│  └─ pet 2\n"
            "│     ├─ cat\n"
            "│     └─ dog\n"
            "└─ thing 1\n"
            "   └─ car\n"
        )
        assert main(["tree", "own.csv", "--groups-are", ""]) == 0
        assert "pet" not in capsys.readouterr().out
        assert main(["tree", "tree.json", *columns]) == 2
        assert "goes with a .csv" in capsys.readouterr().err

    def test_a_cut_that_cannot_be(self, folder, capsys):
        assert main(["tree", "tree.json", "--groups", "9"]) == 2
        assert capsys.readouterr().err.startswith("keras-hier tree: ")

    def test_a_reader_that_stops_is_no_error(self, folder):
        tree = kh.Hierarchy.from_nested(
            {"g": [f"class {'x' * 60} {i}" for i in range(3000)]},
            classes=[f"class {'x' * 60} {i}" for i in range(3000)],
        )
        Path("long.json").write_text(tree.to_json())
        process = subprocess.Popen(
            [sys.executable, "-m", "keras_hier.cli", "tree", "long.json"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        process.stdout.readline()
        process.stdout.close()
        with process.stderr as stderr:
            assert stderr.read() == b""
        assert process.wait() == 0


class TestHelp:
    def test_tells_its_version(self, capsys):
        with pytest.raises(SystemExit) as exit_:
            main(["--version"])
        assert exit_.value.code == 0
        assert capsys.readouterr().out == f"keras-hier {kh.__version__}\n"

    def test_names_every_command(self, capsys):
        with pytest.raises(SystemExit) as exit_:
            main(["--help"])
        assert exit_.value.code == 0
        out = capsys.readouterr().out
        for name in ("demo", "records", "log", "tree"):
            assert f"\n    {name} " in out

    @pytest.mark.parametrize("command", ["demo", "records", "log", "tree"])
    def test_of_each_command(self, command, capsys):
        with pytest.raises(SystemExit) as exit_:
            main([command, "--help"])
        assert exit_.value.code == 0
        assert f"usage: keras-hier {command}" in capsys.readouterr().out
