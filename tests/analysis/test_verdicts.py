"""Labels that people judged in the view Quality, corrected by its file."""

import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch

import keras_hier as kh
from keras_hier.files.spreadsheets import text_of_rows

# Rows as the page saves them, which the page's own tests hold it to.
GOLDEN = json.loads(
    (Path(__file__).parents[1] / "golden" / "quality.json").read_text()
)
CLASSES = ("cat", "dog", "=cmd")
LABELS = ["cat", "dog", "dog", "=cmd"]
IDS = ["a.jpg", "+b.jpg", "c,d.jpg", 'e"f.jpg']


def row(sample, given, other, verdict="confirmed", **more):
    return {
        "list": "suspect",
        "verdict": verdict,
        "sample": sample,
        "class": given,
        "other_class": other,
    } | more


JUDGED = [
    row("+b.jpg", "dog", "=cmd"),
    row("c,d.jpg", "dog", "cat", "dismissed"),
    row('e"f.jpg', "=cmd", "dog"),
    row("a.jpg", "cat", "dog", "seen"),
    row("a.jpg", "cat", "dog", "open"),
]


@pytest.fixture
def saved(tmp_path):
    """Saves rows as the page does, and returns the file."""

    def save(rows, kind="csv"):
        file = tmp_path / f"verdicts.{kind}"
        columns = GOLDEN["columns"]
        file.write_text(
            json.dumps(rows)
            if kind == "json"
            else "\ufeff" + text_of_rows(columns, rows),
            newline="",
        )
        return file

    return save


@pytest.mark.parametrize("kind", ["csv", "json"])
def test_confirmed_labels_become_what_they_look_like(saved, kind):
    file = saved(JUDGED, kind)
    before = [*LABELS]
    fixed = kh.apply_verdicts(before, file, ids=IDS)
    assert fixed.tolist() == ["cat", "=cmd", "dog", "dog"]
    assert before == LABELS


@pytest.mark.parametrize("of", [np.array, torch.tensor, pd.Series, list])
def test_numbers_stay_numbers(saved, of):
    numbers = of([CLASSES.index(each) for each in LABELS])
    file = saved(JUDGED)
    fixed = kh.apply_verdicts(numbers, file, ids=IDS, classes=CLASSES)
    assert fixed.tolist() == [0, 2, 1, 1]
    assert np.asarray(numbers).tolist() == [0, 1, 1, 2]


def test_without_ids_and_classes_both_are_numbers(saved):
    file = saved([row("2", "7", "11")])
    assert kh.apply_verdicts([0, 7, 7], file).tolist() == [0, 7, 11]


def test_a_longer_id_is_not_cut(saved):
    file = saved([row("0", "a", "a longer one")])
    for labels in (["a", "b"], pd.Series(["a", "b"])):
        fixed = kh.apply_verdicts(labels, file)
        assert fixed.tolist() == ["a longer one", "b"]


@pytest.mark.parametrize("kind", ["csv", "json"])
def test_what_decides_no_label_is_counted(saved, kind):
    """The page's own rows: 9 pairs, a class, 2 samples of two objects."""
    rows = [
        each | {"verdict": "confirmed", "list": name}
        for name, found in GOLDEN["rows"].items()
        for each in found
    ]
    [suspect] = GOLDEN["rows"]["suspect"]
    labels = {
        each["sample"]: each["class"]
        for name in ("suspect", "two_objects")
        for each in GOLDEN["rows"][name]
    }
    with pytest.warns(UserWarning, match="decide no label") as caught:
        fixed = kh.apply_verdicts(
            [*labels.values()], saved(rows, kind), ids=[*labels]
        )
    [said] = [str(each.message) for each in caught]
    assert said.endswith(
        "no label: 9 pairs of classes, 2 samples of two objects, 1 class that "
        "is two."
    )
    labels[suspect["sample"]] = suspect["other_class"]
    assert fixed.tolist() == [*labels.values()]


def test_samples_that_are_not_there_are_said(saved):
    rows = [*JUDGED, row("x", "dog", "cat"), row("y", "dog", "cat")]
    with pytest.warns(UserWarning, match="2 samples that are judged .* 'x'"):
        fixed = kh.apply_verdicts(LABELS, saved(rows), ids=IDS)
    assert fixed.tolist() == ["cat", "=cmd", "dog", "dog"]


@pytest.mark.parametrize(
    ("rows", "more", "message"),
    [
        ([row("a.jpg", "dog", "cat")], {}, "'a.jpg' was 'dog' .* is 'cat'"),
        ([row("a.jpg", "dog", "cat", "dismissed")], {}, "'a.jpg' was 'dog'"),
        ([row("a.jpg", "dog", "cat", list="two_objects")], {}, "was 'dog'"),
        (
            [row("a.jpg", "cat", "dog"), row("a.jpg", "cat", "cow")],
            {},
            "'a.jpg' was confirmed to be 'dog' and 'cow'",
        ),
        ([row("x", "cat", "dog")], {}, "none of the 1 sample.*'x'.*'a.jpg'"),
        (
            [row("a", "cat", "dog")],
            {"ids": list("abca")},
            "'a' was judged.*sev",
        ),
        ([row("a", "cat", "dog")], {"ids": ["a"]}, "as many ids .* 1 and 4"),
        ([row("a.jpg", "cat", "dog", "wrong")], {}, "row 1: 'wrong' is no ver"),
        (
            [row("a.jpg", "cat", "dog")],
            {"labels": [0, 1, 1, 2]},
            "'cat' .* '0' here: if it is a number: Say by classes",
        ),
        (
            [row("a.jpg", "cat", "cow")],
            {"labels": [0, 1, 1, 2], "classes": CLASSES},
            "other_class: 'cow' at index 0 is none of the 3 classes",
        ),
        (
            [row("a.jpg", "0", "cow")],
            {"labels": [0, 1, 1, 2]},
            "'cow' is the id of a class, and the labels are numbers",
        ),
        ([], {"labels": [0.5]}, "must be integers"),
        ([], {"labels": [3], "classes": CLASSES}, "must lie in 0..2"),
    ],
)
def test_bad_input_is_one_error(saved, rows, more, message):
    arguments = {"labels": LABELS, "ids": IDS} | more
    if len(arguments["labels"]) == 1:
        arguments["ids"] = None
    with pytest.raises(ValueError, match=message):
        kh.apply_verdicts(arguments.pop("labels"), saved(rows), **arguments)


@pytest.mark.parametrize(
    ("kind", "text", "message"),
    [
        ("csv", "list,sample,class,other_class\n", "'verdict' is missing"),
        ("csv", "", "'list' is missing"),
        ("json", '[{"list": "suspect"}]', "'verdict' is missing"),
        ("json", "{}", "JSON list of objects"),
        ("json", "[1]", "JSON list of objects"),
        ("json", "[" * 200_000, "JSON list of objects"),
    ],
)
def test_a_file_of_something_else_is_refused(tmp_path, kind, text, message):
    file = tmp_path / f"v.{kind}"
    file.write_text(text)
    with pytest.raises(ValueError, match=re.escape(str(file)) + ".*" + message):
        kh.apply_verdicts(LABELS, file)
