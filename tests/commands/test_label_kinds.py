"""Whole numbers that may be ids of classes, or count the classes."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keras_hier.cli import main
from keras_hier.commands.array_files import Source
from keras_hier.commands.label_kinds import to_labels
from keras_hier.hierarchy.hierarchy import Hierarchy
from keras_hier.log.run_log import RunLog

# Sorted as text, as folders are: "2" is label 1, and number 2 is "3".
CLASSES = ("10", "2", "3", "1")
TRUE = [1, 2, 3, 1, 2]
NAMED = [1, 3, 3, 2, 2]
ASKS = "whole numbers may be ids of classes here, or count the classes from 0"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    tree = Hierarchy.from_paths([("a", c) for c in CLASSES])
    Path("tree.json").write_text(tree.to_json())
    return tmp_path


def write(kind):
    """Writes the true and named numbers 1 to 3 in files of one kind."""
    if kind == "csv":
        rows = [f"{t},{n}\n" for t, n in zip(TRUE, NAMED, strict=True)]
        Path("y.csv").write_text("label,prediction\n" + "".join(rows))
        return "y.csv", "y.csv"
    if kind == "npz":
        np.savez("y.npz", labels=TRUE, predictions=NAMED)
        return "y.npz", "y.npz"
    for name, values in (("y.npy", TRUE), ("p.npy", NAMED)):
        np.save(name, np.array(values).astype(kind))
    return "y.npy", "p.npy"


def log(labels, predictions, *options):
    return main(
        [
            *("log", "--hierarchy", "tree.json", "--logdir", "run"),
            *("--labels", labels, "--predictions", predictions, *options),
        ]
    )


def logged():
    """The (label, predicted label) pairs in the log, with how often."""
    matrix = RunLog("run").matrix()[1].tocoo()
    cells = zip(matrix.row, matrix.col, matrix.data, strict=True)
    return {(int(row), int(column)): int(n) for row, column, n in cells}


def pairs(true, named):
    result = {}
    for pair in zip(true, named, strict=True):
        result[pair] = result.get(pair, 0) + 1
    return result


@pytest.mark.parametrize("kind", ["csv", "npz", int, float, str, "S"])
class TestAsks:
    def test_in_one_line_that_shows_both_readings(self, folder, kind, capsys):
        assert log(*write(kind)) == 2
        error = capsys.readouterr().err
        assert ASKS in error
        assert "1 is '1' as an id and '2' as a number" in error
        assert "--labels-are ids, or --labels-are numbers" in error
        assert error.count("\n") == 1
        assert not Path("run").exists()

    def test_and_does_what_it_is_told(self, folder, kind):
        files = write(kind)
        of_id = {int(c): label for label, c in enumerate(CLASSES)}
        true, named = ([of_id[v] for v in values] for values in (TRUE, NAMED))
        assert log(*files, "--labels-are", "ids") == 0
        assert logged() == pairs(true, named)
        assert log(*files, "--labels-are", "numbers", "--step", "2") == 0
        assert logged() == pairs(TRUE, NAMED)
        mixed = ("--labels-are", "ids", "--predictions-are", "numbers")
        assert log(*files, *mixed, "--step", "3") == 0
        assert logged() == pairs(true, NAMED)


def test_asks_for_what_lists_of_classes_number_too(folder, capsys):
    np.savez("own.npz", labels=TRUE, predictions=NAMED, classes=CLASSES[::-1])
    assert log("own.npz", "own.npz") == 2
    assert ASKS in capsys.readouterr().err
    assert log("own.npz", "own.npz", "--labels-are", "numbers") == 0
    assert logged() == pairs([3 - v for v in TRUE], [3 - v for v in NAMED])
    # Class ids that were saved as integers, and the option.
    np.savez("ints.npz", labels=TRUE, predictions=NAMED, classes=[1, 3, 2, 10])
    again = ("--labels-are", "numbers", "--step", "2")
    assert log("ints.npz", "ints.npz", *again) == 0
    assert logged() == pairs([3 - v for v in TRUE], [3 - v for v in NAMED])
    np.save("order.npy", [1, 3, 2, 10])
    files = write(int)
    assert log(*files, "--classes", "order.npy") == 2
    assert ASKS in capsys.readouterr().err
    options = ("--classes", "order.npy", "--labels-are", "numbers")
    assert log(*files, *options, "--step", "3") == 0
    assert logged() == pairs([3 - v for v in TRUE], [3 - v for v in NAMED])


def test_a_first_row_of_scores_that_may_be_a_header(folder, capsys):
    Path("y.csv").write_text("label\n0\n3\n")
    Path("p.csv").write_text("3,1,2,10\n0,0,0,1\n0,1,0,0\n")
    assert log("y.csv", "p.csv") == 2
    assert "may be a header of class ids" in capsys.readouterr().err
    assert log("y.csv", "p.csv", "--predictions-are", "ids") == 0
    assert logged() == {(0, 0): 1, (3, 3): 1}
    # As scores the row is a third sample, whose best class is the last.
    Path("y.csv").write_text("label\n0\n0\n3\n")
    options = ("--predictions-are", "numbers", "--step", "2")
    assert log("y.csv", "p.csv", *options) == 0
    assert logged() == {(0, 3): 2, (3, 1): 1}


@pytest.mark.parametrize(
    ("classes", "values", "labels", "kind"),
    [
        # Both say the same.
        (("0", "1", "2"), ("2", "0"), [2, 0], "ids"),
        (("0", "1", "2"), [2, 0], [2, 0], "ids"),
        # 0 is no id; 10 is no number.
        (CLASSES, [0, 2, 3], [0, 2, 3], "numbers"),
        (CLASSES, ("0", "2", "3"), [0, 2, 3], "numbers"),
        (CLASSES, [10, 2, 3], [0, 1, 2], "ids"),
        (CLASSES, ("10", "2", "3"), [0, 1, 2], "ids"),
        (CLASSES, [10.0, 2.0], [0, 1], "ids"),
        # No id looks like a number.
        (("a", "b", "c"), ("2", "0"), [2, 0], "numbers"),
        (("a", "b", "c"), ("2.0", "0e0"), [2, 0], "numbers"),
        (("a", "b", "c"), ("c", "a"), [2, 0], "ids"),
        # What Python takes for a number, and people do not.
        (("1_0", "1_1"), ("1_1", "1_0"), [1, 0], "ids"),
        (("nan", "inf"), ("inf", "nan"), [1, 0], "ids"),
        # Programs drop zeros before ids.
        (("007", "008"), [8, 7], [1, 0], "ids"),
        (("007", "008"), ("8", "007"), [1, 0], "ids"),
    ],
)
def test_goes_on_where_only_one_reading_is_possible(
    classes, values, labels, kind
):
    if isinstance(values, list):
        values = np.array(values)
    reading = to_labels(Source(values, None, "f", "labels"), classes)
    assert reading.values.dtype == np.int64
    assert (reading.values.tolist(), reading.kind) == (labels, kind)


@pytest.mark.parametrize(
    ("classes", "values", "message"),
    [
        (CLASSES, [1, 11], r"must lie in 0\.\.3; 1 do not, the first is 11"),
        (CLASSES, ("1", "x"), "the first is 'x'"),
        (("a", "b"), ("0.7", "1"), "whole numbers, got 0.7 at index 0"),
        (("a", "b"), [1, 0, 0.7], "whole numbers, got 0.7 at index 2"),
        (("a", "b"), ("1", "1e999"), "whole numbers, got 1e999 at index 1"),
        (("a", "b"), ("class", "1", "0"), "If 'class' is a header, call the"),
        (("a", "b"), ("y", "a", "b"), "header, call the column 'labels'"),
    ],
)
def test_where_none_is_possible(classes, values, message):
    if isinstance(values, list):
        values = np.array(values)
    source = Source(values, None, "f", "labels", is_bare=True)
    with pytest.raises(ValueError, match=message):
        to_labels(source, classes)


@given(
    st.lists(st.integers(0, 12), min_size=1, max_size=6, unique=True),
    st.lists(st.integers(0, 12), min_size=1, max_size=6),
    st.sampled_from([int, float, str]),
)
def test_never_guesses(ids, cells, kind):
    """Against each reading done by hand, for every kind of value."""
    classes = tuple(map(str, ids))
    by_id = [ids.index(c) for c in cells] if set(cells) <= set(ids) else None
    by_number = list(cells) if max(cells) < len(ids) else None
    values = (
        tuple(map(str, cells)) if kind is str else np.array(cells).astype(kind)
    )
    source = Source(values, None, "f", "labels")
    possible = [r for r in (by_id, by_number) if r is not None]
    if len(possible) == 2 and by_id != by_number:
        with pytest.raises(ValueError, match=ASKS):
            to_labels(source, classes)
    elif possible:
        assert to_labels(source, classes).values.tolist() == possible[0]
    else:
        with pytest.raises(ValueError, match=r"not in the hierarchy|must lie"):
            to_labels(source, classes)


def test_long_cells_of_a_csv_take_no_room_in_others(folder, capsys):
    # As an array of text every cell would take as much as the longest.
    Path("y.csv").write_text("label\n" + "x" * 100_000 + "\n" + "1\n" * 10**5)
    assert log("y.csv", "y.csv") == 2
    assert len(capsys.readouterr().err) < 400


def test_more_samples_than_are_read_at_once(monkeypatch):
    monkeypatch.setattr("keras_hier.files.limits.LABELS", 3)
    source = Source(np.zeros(4, int), None, "f", "labels")
    with pytest.raises(ValueError, match="holds 4 samples, more than 3"):
        to_labels(source, CLASSES)


@pytest.mark.parametrize("mark", [";", "\t"])
def test_cells_that_semicolons_or_tabs_part(folder, mark):
    rows = ["label,prediction,file", "10,0,a", "2,2,c"]
    text = "\n".join(row.replace(",", mark) for row in rows)
    Path("y.csv").write_text(text.replace("file", '"the, file"'))
    options = ("--predictions-are", "numbers", "--labels-are", "ids")
    assert log("y.csv", "y.csv", *options) == 0
    assert logged() == {(0, 0): 1, (1, 2): 1}
    Path("p.csv").write_text(f".1{mark}.6{mark}.2{mark}.1\n" * 2)
    assert log("y.csv", "p.csv", "--labels-are", "ids", "--step", "2") == 0
    assert logged() == {(0, 1): 1, (1, 1): 1}


def test_decimal_commas_are_named(folder, capsys):
    Path("p.csv").write_text("0,1;0,7;0,1;0,1\n" * 2)
    Path("y.csv").write_text("label\n0\n0\n")
    assert log("y.csv", "p.csv") == 2
    assert "save numbers with decimal points" in capsys.readouterr().err


def test_lists_of_classes_with_columns_are_named(folder, capsys):
    Path("order.csv").write_text("class,label\n10,0\n2,1\n")
    assert log(*write(int), "--classes", "order.csv") == 2
    assert "one class id on each line" in capsys.readouterr().err
