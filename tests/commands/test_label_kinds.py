"""Strings are ids of classes, and whole numbers count them, or the user says.

A wrong guess here is a permutation of the classes, which nothing else shows.
"""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keras_hier.cli import main
from keras_hier.commands.inputs.array_files import Source
from keras_hier.commands.inputs.label_kinds import labels_and_scores
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
    Path("tree.json").write_text(tree_of(CLASSES).to_json())
    return tmp_path


def tree_of(classes):
    return Hierarchy.from_paths([("a", c) for c in classes])


def labels(values, classes, kind=None, wanted="labels"):
    if isinstance(values, list):
        values = np.array(values)
    source = Source(values, None, "f", wanted, kind)
    return labels_and_scores([source], tree_of(classes))[0]


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


def log(true, named, *options):
    return main(
        [
            *("log", "--hierarchy", "tree.json", "--logdir", "run"),
            *("--labels", true, "--predictions", named, *options),
        ]
    )


def logged():
    return RunLog("run").matrix()[1].toarray().tolist()


def counted(true, named):
    matrix = np.zeros((4, 4), int)
    np.add.at(matrix, (true, named), 1)
    return matrix.tolist()


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
        true, named = (
            [CLASSES.index(str(v)) for v in values] for values in (TRUE, NAMED)
        )
        assert log(*files, "--labels-are", "ids") == 0
        assert logged() == counted(true, named)
        assert log(*files, "--labels-are", "numbers", "--step", "2") == 0
        assert logged() == counted(TRUE, NAMED)
        mixed = ("--labels-are", "ids", "--predictions-are", "numbers")
        assert log(*files, *mixed, "--step", "3") == 0
        assert logged() == counted(true, NAMED)


@pytest.mark.parametrize("ids", [CLASSES[::-1], [1, 3, 2, 10]])
def test_a_list_of_classes_numbers_them(folder, ids, capsys):
    np.savez("own.npz", labels=TRUE, predictions=NAMED, classes=ids)
    np.save("order.npy", ids)
    for step, files in enumerate(
        (("own.npz", "own.npz"), (*write(int), "--classes", "order.npy")), 1
    ):
        assert log(*files) == 2
        assert ASKS in capsys.readouterr().err
        options = ("--labels-are", "numbers", "--step", f"{step}")
        assert log(*files, *options) == 0
        true, named = ([3 - v for v in values] for values in (TRUE, NAMED))
        assert logged() == counted(true, named)


def test_the_first_row_of_scores_is_read_alike(folder, capsys):
    Path("y.csv").write_text("label\n3\n3\n")
    Path("p.csv").write_text("3,1,2,0\n0,0,0,1\n0,1,0,0\n")
    # By id 3, 1, 2, 0 are the labels 3, 2, 0, 1; the label 3 is 3 in any case.
    Path("tree.json").write_text(tree_of("2013").to_json())
    assert log("y.csv", "p.csv") == 2
    said = capsys.readouterr().err
    assert ASKS in said
    assert "Say which: --predictions-are ids, or --predictions-are" in said
    named = ("--predictions-are", "numbers")
    assert log("y.csv", "p.csv", *named) == 0
    assert logged() == counted([3, 3], [0, 1])
    again = ("--predictions-are", "ids", "--step", "2")
    assert log("y.csv", "p.csv", *again) == 0
    assert logged() == counted([3, 3], [1, 2])
    for header, said in (
        ("0,1,1,2", "got 4 columns, of which two are one class"),
        (".1,.7,.1,.1", "the first is '.1' at place 1"),
        ("0,1,2,x", "the first is 'x' at place 4"),
    ):
        Path("p.csv").write_text(f"{header}\n0,0,0,1\n0,1,0,0\n")
        assert log("y.csv", "p.csv", *named, "--step", "4") == 2
        assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("classes", "values", "expected"),
    [
        # Both say the same.
        (("0", "1", "2"), ("2", "0"), [2, 0]),
        (("0", "1", "2"), [2, 0], [2, 0]),
        # 0 is no id.
        (CLASSES, [0, 2, 3], [0, 2, 3]),
        (CLASSES, ("0", "2", "3"), [0, 2, 3]),
        # No id looks like a number.
        (("a", "b", "c"), ("2", "0"), [2, 0]),
        (("a", "b", "c"), ("2.0", "0"), [2, 0]),
        (("a", "b", "c"), ("c", "a"), [2, 0]),
        # What Python takes for a number, and people do not.
        (("1_0", "1_1"), ("1_1", "1_0"), [1, 0]),
        (("nan", "inf"), ("inf", "nan"), [1, 0]),
        # Leading zeros make an id.
        (("002", "001", "000"), ("001", "002"), [1, 0]),
        (("0", "x", "y"), ("x", "0"), [1, 0]),
    ],
)
def test_what_has_one_reading(classes, values, expected):
    found = labels(values, classes)
    assert found.dtype == np.int64
    assert found.tolist() == expected


@pytest.mark.parametrize(
    ("classes", "values"),
    [
        # 10 is no number here, and others may be.
        (CLASSES, [10, 2, 3]),
        (CLASSES, ("10", "2", "3")),
        # Programs drop the zeros before ids.
        (("001", "002", "003"), [1, 2]),
        (("007", "008"), [8, 7]),
    ],
)
def test_ids_that_look_like_numbers_want_the_option(classes, values):
    with pytest.raises(ValueError, match=ASKS):
        labels(values, classes)
    ids = [next(c for c in classes if int(c) == int(v)) for v in values]
    found = labels(values, classes, "ids")
    assert [classes[label] for label in found] == ids


@pytest.mark.parametrize(
    ("classes", "values", "message"),
    [
        (CLASSES, [1, 11], "1 sample is no class of the hierarchy, the first "
         "is '11' at index 1. Expected its class ids, such as '10', or whole "
         "numbers from 0 to 3. If some are groups of the tree, pass --node"),
        (CLASSES, ("1", "x"), "the first is 'x' at index 1"),
        (("a", "b"), ("0.7", "1"), "the first is '0.7' at index 0"),
        (("a", "b"), [1, 0, 0.7], "the first is '0.7' at index 2"),
        (("a", "b"), [1, np.nan], "'nan' at index 1.*Leave out samples"),
        (("a", "b"), [1, -1], "the first is '-1' at index 1"),
        (("a", "b"), ("1", "1e999"), "the first is '1e999' at index 1"),
        (("a", "b"), [1, 1e30], r"the first is '10{3}.* at index 1"),
        # Ids with zeros are none without, where a number is meant by some.
        (("a", "b"), ("00", "01"), "2 samples are no class .* '00' at index 0"),
        (("a", "b", "c"), ("a", "1"), "1 sample is no class .* '1' at index 1"),
        (("01", "1", "x"), [0, 3], "'3' at index 1"),
        (("1", "0"), ("01", "00"), "2 samples are no class"),
    ],
)  # fmt: skip
def test_everything_else_is_one_error(classes, values, message):
    with pytest.raises(ValueError, match=message):
        labels(values, classes)


@given(
    st.lists(st.integers(0, 12), min_size=1, max_size=6, unique=True),
    st.lists(st.integers(0, 12), min_size=1, max_size=6),
    st.sampled_from([int, float, str]),
    st.sampled_from([None, "ids", "numbers"]),
)
def test_never_guesses(ids, cells, kind, told):
    """Against each reading done by hand, for every kind of value."""
    by_id = [ids.index(c) for c in cells] if set(cells) <= set(ids) else None
    by_number = list(cells) if max(cells) < len(ids) else None
    values = [*map(kind, cells)] if kind is not str else (*map(str, cells),)
    expected = by_id if told == "ids" else by_number
    if told is None and by_id is not None and by_id != by_number:
        with pytest.raises(ValueError, match=ASKS):
            labels(values, map(str, ids))
    elif expected is not None:
        assert labels(values, map(str, ids), told).tolist() == expected
    else:
        with pytest.raises(ValueError, match="no class of the hierarchy"):
            labels(values, map(str, ids), told)


def test_long_cells_of_a_csv_take_no_room_in_others(folder, capsys):
    # As an array of text every cell would take as much as the longest.
    Path("y.csv").write_text("label\n" + "x" * 100_000 + "\n" + "1\n" * 10**5)
    assert log("y.csv", "y.csv") == 2
    assert len(capsys.readouterr().err) < 500


def test_more_samples_than_are_read_at_once(monkeypatch):
    monkeypatch.setattr("keras_hier.files.limits.LABELS", 3)
    with pytest.raises(ValueError, match="holds 4 samples, more than 3"):
        labels([0] * 4, CLASSES)
