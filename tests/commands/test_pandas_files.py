"""Tables as pandas writes them: numbered headers, an index, missing values."""

from pathlib import Path

import numpy as np
import pandas
import pytest

from keras_hier.cli import main
from keras_hier.commands.array_files import read
from keras_hier.commands.label_kinds import to_labels
from keras_hier.log.run_log import RunLog

# Of few errors, some trees are of little worth, which is said.
pytestmark = pytest.mark.filterwarnings("ignore:There (is|are):UserWarning")

N = 120
TRUE = np.arange(N) % 12
# One in ten is wrong, and those that are 0 all right.
NAMED = np.where(np.arange(N) % 10 == 9, (TRUE + 1) % 12, TRUE)
RIGHT = int((TRUE == NAMED).sum())
RNG = np.random.default_rng(0)
LOGITS = RNG.normal(size=(N, 12)) + 9 * np.eye(12)[NAMED]
NAMES = np.array([f"class {letter}" for letter in "abcdefghijkl"])


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_tree(NAMES)
    for name, values in (
        ("y", TRUE),
        ("p", NAMED),
        ("yn", NAMES[TRUE]),
        ("pn", NAMES[NAMED]),
    ):
        np.save(f"{name}.npy", values)
        pandas.Series(values).to_csv(f"{name}.csv", index=False)
        pandas.Series(values, name="label").to_csv(f"{name}_named.csv")
    pandas.DataFrame(LOGITS).to_csv("logits.csv", index=False)
    return tmp_path


def write_tree(ids):
    table = {"class": ids, "label": range(12), "group1": np.arange(12) // 4}
    pandas.DataFrame(table).to_csv("tree.csv", index=False)


def log(labels, option, file, *more):
    return main(
        ["log", "--logdir", "run", "--labels", labels, option, file, *more]
    )


def right():
    header, _ = RunLog("run").matrix()
    return header.correct, header.total


SCORED = [("--predictions",), ("--scores", "--logits")]
TREES = [(), ("--hierarchy", "tree.csv")]


@pytest.mark.parametrize("tree", TREES)
@pytest.mark.parametrize("option", SCORED)
class TestNumberedScores:
    def test_the_header_is_no_sample(self, folder, tree, option):
        how, *more = option
        assert log("y.npy", how, "logits.csv", *more, *tree) == 0
        assert right() == (RIGHT, N)

    def test_nor_where_classes_are_called_so(self, folder, tree, option):
        write_tree(range(12))
        how, *more = option
        assert log("y.npy", how, "logits.csv", *more, *tree) == 0
        assert right() == (RIGHT, N)

    def test_labels_below_a_header_have_one_sample_more(
        self, folder, tree, option, capsys
    ):
        how, *more = option
        assert log("y.csv", how, "logits.csv", *more, *tree) == 2
        said = capsys.readouterr().err
        assert "y.csv has one sample more than the other file" in said
        assert "write 'labels' in its place" in said
        assert said.count("\n") == 1
        assert not Path("run").exists()


@pytest.mark.parametrize("what", ["ids", "numbers"])
def test_numbers_that_are_ids_in_another_order_are_asked_about(folder, what):
    # As folders are sorted: "10" comes before "2".
    ids = np.array(sorted(map(str, range(12))))
    write_tree(ids)
    np.save("y.npy", ids[TRUE])
    scores = LOGITS
    if what == "ids":  # the column called c is that of class c
        scores = LOGITS[:, [ids.tolist().index(str(c)) for c in range(12)]]
    pandas.DataFrame(scores).to_csv("logits.csv", index=False)
    files = ("y.npy", "--predictions", "logits.csv", "--hierarchy", "tree.csv")
    said = "may be a header of class ids, or number the columns"
    with pytest.raises(ValueError, match=said):
        to_labels(read("logits.csv", "scores"), ids.tolist())
    assert log(*files, "--labels-are=ids", f"--predictions-are={what}") == 0
    assert right() == (RIGHT, N)


def test_rows_of_0_and_1_may_be_below_a_header_of_two(folder, capsys):
    np.save("y.npy", TRUE % 2)
    votes = "\n".join("1,0" if each % 2 == 0 else "0,1" for each in NAMED)
    files = ("y.npy", "--predictions", "votes.csv")
    Path("votes.csv").write_text(f"0,1\n{votes}")
    for option in ((), ("--labels-are", "numbers")):
        assert log(*files, *option) == 2
        assert "may be a header or a sample" in capsys.readouterr().err
    Path("ids.txt").write_text("even\nodd")
    Path("votes.csv").write_text(f"even,odd\n{votes}")
    assert log(*files, "--classes", "ids.txt") == 0
    assert right() == (RIGHT, N)
    pandas.DataFrame(np.eye(2)[NAMED % 2] * 0.8 + 0.1).to_csv(
        "shares.csv", index=False
    )
    assert log("y.npy", "--predictions", "shares.csv", "--step", "2") == 0
    assert right() == (RIGHT, N)


class TestLoneColumns:
    @pytest.mark.parametrize(
        ("labels", "predictions"),
        [("yn.csv", "pn.csv"), ("yn.csv", "pn.npy"), ("yn.npy", "pn.csv")],
    )
    def test_a_0_above_names_is_asked_about(
        self, folder, labels, predictions, capsys
    ):
        file, wanted = (
            (labels, "labels")
            if labels.endswith("csv")
            else (predictions, "predictions")
        )
        assert log(labels, "--predictions", predictions) == 2
        said = capsys.readouterr().err
        assert f"{file}: its first cell, '0', stands nowhere else" in said
        assert f"If it is a header, write {wanted!r} in its place" in said
        # Below the ids of a tree it is one of none.
        tree = ("--hierarchy", "tree.csv")
        assert log(labels, "--predictions", predictions, *tree) == 2
        said = capsys.readouterr().err
        assert f"If '0' is a header, call the column {wanted!r}." in said
        for name in ("yn", "pn"):
            text = Path(f"{name}.csv").read_text()
            wanted = "labels" if name == "yn" else "predictions"
            Path(f"{name}.csv").write_text(
                text.replace("0\n", f"{wanted}\n", 1)
            )
        assert log(labels, "--predictions", predictions) == 0
        assert right() == (RIGHT, N)

    @pytest.mark.parametrize("tree", TREES)
    def test_a_0_above_numbers_may_be_a_sample(self, folder, tree, capsys):
        assert log("y.csv", "--predictions", "p.csv", *tree) == 0
        said = capsys.readouterr().err
        assert "y.csv and p.csv begin with 0, which counts as a sample" in said
        assert said.count("\n") == 1
        more = (*tree, "--step", "2")
        assert log("y_named.csv", "--predictions", "p.npy", *more) == 0
        assert "begin with 0" not in capsys.readouterr().err

    def test_a_class_may_be_called_0_among_others(self, folder, capsys):
        Path("t.csv").write_text("class,group\n0,a\nx,a\ny,b\n")
        Path("texts.csv").write_text("0\nx\ny\n0\n")
        Path("named.csv").write_text("0\nx\nx\ny\n")
        tree = ("--hierarchy", "t.csv")
        assert log("texts.csv", "--predictions", "named.csv", *tree) == 0
        assert "begin with 0" not in capsys.readouterr().err
        assert right() == (2, 4)

    def test_nothing_is_said_of_samples_in_the_order_of_classes(
        self, folder, capsys
    ):
        Path("sorted.csv").write_text("0\n0\n1\n2\n")
        Path("named.csv").write_text("0\n2\n1\n1\n")
        assert log("sorted.csv", "--predictions", "named.csv") == 0
        assert "begin with 0" not in capsys.readouterr().err

    @pytest.mark.parametrize(
        ("labels", "predictions", "file"),
        [("y.csv", "p.npy", "y.csv"), ("y.npy", "p.csv", "p.csv")],
    )
    def test_but_not_where_the_other_file_has_one_less(
        self, folder, labels, predictions, file, capsys
    ):
        assert log(labels, "--predictions", predictions) == 2
        said = capsys.readouterr().err
        assert f"{file} has one sample more than the other file" in said


@pytest.mark.parametrize("option", SCORED)
def test_an_index_without_a_name_is_no_class(folder, option, capsys):
    how, *more = option
    for table in (pandas.DataFrame(LOGITS), pandas.Series(NAMES[NAMED])):
        table.to_csv("p.csv")
        assert log("y.npy", how, "p.csv", *more) == 2
        said = capsys.readouterr().err
        assert "p.csv: its first column has no name" in said
        assert "in pandas by index=False" in said


@pytest.mark.parametrize("word", ["NA", "nan", "None", "null"])
@pytest.mark.parametrize("tree", TREES)
class TestNumbersThatAreMissing:
    @pytest.mark.parametrize("both", [True, False])
    def test_are_named_by_their_line(self, folder, tree, word, both, capsys):
        values = TRUE.astype(str).astype(object)
        values[[2, 7]] = word
        table = pandas.DataFrame({"label": values, "prediction": NAMED})
        if both:
            table["prediction"] = values
        table.to_csv("both.csv", index=False)
        table["label"].to_csv("alone.csv", index=False, header=False)
        for file, line in (("both.csv", 4), ("alone.csv", 3)):
            assert log(file, "--predictions", "both.csv", *tree) == 2
            said = capsys.readouterr().err
            assert f"{file}: line {line} has {word!r} among numbers" in said
            assert "Leave out samples without a class, in all files." in said
            assert "header" not in said
        assert not Path("run").exists()

    def test_no_header_is_guessed_below_one(self, folder, tree, word, capsys):
        values = NAMES[TRUE].astype(object)
        values[0] = word
        table = pandas.DataFrame({"label": values, "prediction": values})
        table.to_csv("both.csv", index=False)
        status = log("both.csv", "--predictions", "both.csv", *tree)
        assert status == (2 if tree else 0)  # of names it may be one
        assert "header" not in capsys.readouterr().err
