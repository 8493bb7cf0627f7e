"""What the cells of a file say: apostrophes of spreadsheets, long names."""

from pathlib import Path

import numpy as np
import pytest

import keras_hier as kh
from keras_hier.cli import main
from keras_hier.files.spreadsheets import guarded
from keras_hier.log.run_log import RunLog

# Of the last, the apostrophe is part of the id.
CLASSES = ("=cmd", "pug", "'=cmd")
TREE = kh.Hierarchy.from_paths([("@all", each) for each in CLASSES])
LABELS = [0, 1, 2, 0]
NAMED = [0, 1, 2, 2]
MATRIX = [[1, 0, 1], [0, 1, 0], [0, 0, 1]]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("tree.json").write_text(TREE.to_json())
    TREE.to_csv("tree.csv")
    ids = [guarded(each) for each in CLASSES]
    assert ids == ["'=cmd", "pug", "''=cmd"]
    rows = [
        f"{ids[label]},{ids[named]}\n"
        for label, named in zip(LABELS, NAMED, strict=True)
    ]
    Path("table.csv").write_text("label,prediction\n" + "".join(rows))
    Path("alone.csv").write_text("".join(row.split(",")[1] for row in rows))
    scores = [",".join(map(str, np.eye(3)[each])) for each in NAMED]
    Path("scores.csv").write_text("\n".join([",".join(ids), *scores]))
    Path("order.csv").write_text("\n".join(ids))
    counts = [f"{ids[i]},{','.join(map(str, MATRIX[i]))}" for i in range(3)]
    Path("counts.csv").write_text("\n".join([",".join(["", *ids]), *counts]))
    np.save("y.npy", LABELS)
    return tmp_path


def log(*arguments):
    assert main(["log", "--logdir", "run", *arguments]) == 0
    header, matrix = RunLog("run").matrix()
    tree = RunLog("run").hierarchy(header.hierarchy)
    at = [tree.classes.index(each) for each in CLASSES]
    return matrix.toarray()[np.ix_(at, at)].tolist()


@pytest.mark.parametrize("tree", ["tree.json", "tree.csv"])
@pytest.mark.parametrize(
    "predictions", ["table.csv", "alone.csv", "scores.csv"]
)
def test_the_apostrophe_before_a_formula_is_no_part_of_an_id(
    folder, tree, predictions
):
    arguments = ("--labels", "table.csv", "--predictions", predictions)
    assert log("--hierarchy", tree, *arguments) == MATRIX


def test_it_is_none_where_classes_are_listed_or_counted(folder):
    arguments = ("--labels", "y.npy", "--predictions", "table.csv")
    tree = ("--hierarchy", "tree.json")
    assert log(*tree, *arguments, "--classes", "order.csv") == MATRIX
    assert log(*tree, "--matrix", "counts.csv", "--step", "2") == MATRIX


@pytest.mark.filterwarnings("ignore:There is 1 error")
def test_nor_where_there_is_no_tree(folder):
    arguments = ("--labels", "table.csv", "--predictions", "scores.csv")
    assert log(*arguments) == MATRIX


def test_groups_have_it_too(folder):
    Path("y.csv").write_text("label\n'=cmd\npug\n''=cmd\n'@all\n")
    arguments = ("--labels", "y.csv", "--predictions", "alone.csv")
    log("--node-labels", "--hierarchy", "tree.csv", *arguments)
    assert RunLog("run").matrix()[0].coarse == 1


def test_keys_of_an_archive_are_cut(folder, capsys):
    np.savez("y.npz", **{"k" * 50_000: LABELS, "j" * 50_000: LABELS})
    arguments = ("--labels", "y.npz", "--predictions", "table.csv")
    options = ("--hierarchy", "tree.json", "--logdir", "run")
    assert main(["log", *arguments, *options]) == 2
    said = capsys.readouterr().err
    assert "say which with y.npz:KEY" in said
    assert len(said) < 400


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("label\npug\n\n=cmd\n", 3),
        ("pug\n'=cmd\n  \n\npug\n", 3),
        ("\nlabel\npug\n", 1),
        ("file,label\na,pug\n,\nb,pug\n", 3),
    ],
)
@pytest.mark.parametrize("wanted", ["labels", "predictions"])
def test_a_blank_line_between_samples_is_refused(
    folder, text, line, wanted, capsys
):
    Path("blank.csv").write_text(text.replace("label", wanted))
    files = {"labels": "y.npy", "predictions": "y.npy", wanted: "blank.csv"}
    arguments = [f"--{name}={file}" for name, file in files.items()]
    options = ("--hierarchy", "tree.json", "--logdir", "run")
    assert main(["log", *arguments, *options]) == 2
    said = capsys.readouterr().err
    assert f"blank.csv, line {line}: it is blank" in said
    assert not Path("run").exists()


def test_blank_lines_at_the_end_are_no_samples(folder):
    Path("y.csv").write_text("label\npug\npug\n\n \n\n")
    Path("p.csv").write_text("prediction\npug\n'=cmd\n")
    arguments = ("--labels", "y.csv", "--predictions", "p.csv")
    assert log("--hierarchy", "tree.json", *arguments)[1] == [1, 1, 0]


def test_doubled_ends_of_lines_are_no_blank_lines(folder):
    # Of a csv.writer on Windows, where newline="" was forgotten.
    Path("y.csv").write_bytes(b"label\r\r\npug\r\r\npug\r\r\n")
    arguments = ("--labels", "y.csv", "--predictions", "p.csv")
    Path("p.csv").write_bytes(b"pug\r\r\npug\r\r\n")
    assert log("--hierarchy", "tree.json", *arguments)[1] == [0, 2, 0]
