"""Strings are ids of classes, and whole numbers count them, or the user says.

A wrong guess here is a permutation of the classes, which nothing else shows.
"""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keras_hier.commands.inputs.array_files import Source
from keras_hier.commands.inputs.label_kinds import labels_and_scores
from keras_hier.hierarchy.hierarchy import Hierarchy
from tests.commands.conftest import logged

# Sorted as text, as folders are: "2" is label 1, and number 2 is "3".
CLASSES = ("10", "2", "3", "1")
TRUE = [1, 2, 3, 1, 2]
NAMED = [1, 3, 3, 2, 2]
ASKS = "whole numbers may be ids of classes here, or count the classes from 0"


LOG = "log --hierarchy tree.json --logdir run"


@pytest.fixture
def written(run):
    Path("tree.json").write_text(tree_of(CLASSES).to_json())


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


def counted(true, named):
    matrix = np.zeros((4, 4), int)
    np.add.at(matrix, (true, named), 1)
    return matrix.tolist()


@pytest.mark.parametrize("kind", ["csv", "npz", int, float, str, "S"])
def test_both_readings_are_shown_and_the_said_one_is_done(run, written, kind):
    labels, predictions = write(kind)
    files = f"{LOG} --labels {labels} --predictions {predictions}"
    error = run.refused(files)
    assert ASKS in error
    assert "1 is '1' as an id and '2' as a number" in error
    assert "--labels-are ids, or --labels-are numbers" in error
    assert not Path("run").exists()
    true, named = (
        [CLASSES.index(str(v)) for v in values] for values in (TRUE, NAMED)
    )
    run(f"{files} --labels-are ids")
    assert logged() == counted(true, named)
    run(f"{files} --labels-are numbers --step 2")
    assert logged() == counted(TRUE, NAMED)
    run(f"{files} --labels-are ids --predictions-are numbers --step 3")
    assert logged() == counted(true, NAMED)


@pytest.mark.parametrize("ids", [CLASSES[::-1], [1, 3, 2, 10]])
def test_a_list_of_classes_numbers_them(run, written, ids):
    np.savez("own.npz", labels=TRUE, predictions=NAMED, classes=ids)
    np.save("order.npy", ids)
    write(int)
    for step, files in enumerate(
        (
            "--labels own.npz --predictions own.npz",
            "--labels y.npy --predictions p.npy --classes order.npy",
        ),
        start=1,
    ):
        assert ASKS in run.refused(f"{LOG} {files}")
        run(f"{LOG} {files} --labels-are numbers --step {step}")
        true, named = ([3 - v for v in values] for values in (TRUE, NAMED))
        assert logged() == counted(true, named)


def test_the_first_row_of_scores_is_read_alike(run):
    Path("y.csv").write_text("label\n3\n3\n")
    Path("p.csv").write_text("3,1,2,0\n0,0,0,1\n0,1,0,0\n")
    # By id 3, 1, 2, 0 are the labels 3, 2, 0, 1; the label 3 is 3 in any case.
    Path("tree.json").write_text(tree_of("2013").to_json())
    files = f"{LOG} --labels y.csv --predictions p.csv"
    said = run.refused(files)
    assert ASKS in said
    assert "Say which: --predictions-are ids, or --predictions-are" in said
    numbers = f"{files} --predictions-are numbers"
    run(numbers)
    assert logged() == counted([3, 3], [0, 1])
    run(f"{files} --predictions-are ids --step 2")
    assert logged() == counted([3, 3], [1, 2])
    for header, said in (
        ("0,1,1,2", "got 4 columns, of which two are one class"),
        (".1,.7,.1,.1", "the first is '.1' at place 1"),
        ("0,1,2,x", "the first is 'x' at place 4"),
    ):
        Path("p.csv").write_text(f"{header}\n0,0,0,1\n0,1,0,0\n")
        assert said in run.refused(numbers)


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


def test_long_cells_of_a_csv_take_no_room_in_others(run, written):
    # As an array of text every cell would take as much as the longest.
    Path("y.csv").write_text("label\n" + "x" * 100_000 + "\n" + "1\n" * 10**5)
    said = run.refused(f"{LOG} --labels y.csv --predictions y.csv")
    assert len(said) < 500


def test_more_samples_than_are_read_at_once(monkeypatch):
    monkeypatch.setattr("keras_hier.files.limits.LABELS", 3)
    with pytest.raises(ValueError, match="holds 4 samples, more than 3"):
        labels([0] * 4, CLASSES)
