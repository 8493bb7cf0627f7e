"""What stands in files: names of columns, apostrophes, gaps, long names."""

import os
from pathlib import Path

import numpy as np
import pandas
import pytest

import keras_hier as kh
from keras_hier.cli import main
from keras_hier.commands import array_files
from keras_hier.data.class_list import write_class_list
from keras_hier.files.spreadsheets import guarded
from keras_hier.log.run_log import RunLog

# Of the last, the apostrophe is part of the id.
CLASSES = ("=cmd", "pug", "'=cmd")
TREE = kh.Hierarchy.from_paths([("@all", each) for each in CLASSES])
LABELS = [0, 1, 2, 0]
NAMED = [0, 1, 2, 2]
MATRIX = [[1, 0, 1], [0, 1, 0], [0, 0, 1]]
GIVEN = ("--hierarchy", "tree.json")


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
    scores = [",".join(map(str, np.eye(3)[each])) for each in NAMED]
    Path("scores.csv").write_text("\n".join([",".join(ids), *scores]))
    Path("order.csv").write_text("\n".join(["class", *ids]))
    counts = [f"{ids[i]},{','.join(map(str, MATRIX[i]))}" for i in range(3)]
    Path("counts.csv").write_text("\n".join([",".join(["", *ids]), *counts]))
    np.save("y.npy", LABELS)
    return tmp_path


def log(labels, predictions, *more):
    files = ("--labels", labels, "--predictions", predictions)
    return main(["log", "--logdir", "run", *files, *more])


def logged():
    header, matrix = RunLog("run").matrix()
    tree = RunLog("run").hierarchy(header.hierarchy)
    at = [tree.classes.index(each) for each in CLASSES]
    return matrix.toarray()[np.ix_(at, at)].tolist()


@pytest.mark.filterwarnings("ignore:There is 1 error")
@pytest.mark.parametrize("tree", [(), GIVEN, ("--hierarchy", "tree.csv")])
@pytest.mark.parametrize("predictions", ["table.csv", "scores.csv"])
def test_the_apostrophe_before_a_formula_is_no_part_of_an_id(
    folder, tree, predictions
):
    assert log("table.csv", predictions, *tree) == 0
    assert logged() == MATRIX


def test_it_is_none_where_classes_are_listed_or_counted(folder):
    assert log("y.npy", "table.csv", *GIVEN, "--classes", "order.csv") == 0
    assert logged() == MATRIX
    counts = ["log", "--logdir", "run", "--matrix", "counts.csv", *GIVEN]
    assert main([*counts, "--step", "2"]) == 0
    assert logged() == MATRIX


def test_groups_have_it_too(folder):
    Path("y.csv").write_text("label\n'=cmd\npug\n''=cmd\n'@all\n")
    assert log("y.csv", "table.csv", "--node-labels", *GIVEN) == 0
    assert RunLog("run").matrix()[0].coarse == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("label\npug\n\n=cmd\n", "line 3: it is blank"),
        ("file,label\na,pug\n,\nb,pug\n", "line 3: it is blank"),
        ("file,label\na,pug\nb,\n", "line 3 has nothing under 'label'"),
        ("label\npug\nNA\n", "'NA' in line 3. Expected its class ids"),
        ("label\npug\nNA\n", "Leave out samples without a class, in all"),
        ("y_true,label\n0,1\n", "one column named 'labels', got 2"),
        # No first line, or another: never a sample, and never a header.
        ("pug\n=cmd\n", "named 'labels' in the first line, got 'pug'. If that"),
        ("0\n1\n1\n", "If that is a name, write 'labels' in its place; if not"),
        (",0\n0,1\n1,1\n", "named 'labels' in the first line, got ', 0'"),
        ("a,b\n1,0\n0,1\n", "named 'labels' in the first line, got 'a, b'"),
    ],
)
def test_a_csv_names_its_column_and_has_no_gap(folder, text, said, capsys):
    Path("y.csv").write_text(text)
    assert log("y.csv", "y.npy", *GIVEN) == 2
    error = capsys.readouterr().err
    assert f"y.csv, {said}" in error or said in error
    assert error.count("\n") == 1
    assert not Path("run").exists()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("0\n2\n2\n1\n", "named 'predictions' in the first line, got '0'"),
        (".1,.8,.1\n.2,.2,.6\n", "the first is '.1' at place 1. Expected"),
        (",pug,=cmd\n0,1,0\n", "column 1 has no name, as the index of a table"),
        ("a,b,c\nd,e,f\n", "numbers with decimal points, a column a class"),
        ("0,1;0,7\n0,1;0,7\n", "numbers with decimal points, a column a class"),
        ("id,a,b\n7,0,1\n8,1,0\n9,1,0\n10,1,0\n", "'id', numbers the rows"),
    ],
)
def test_so_does_one_of_scores(folder, text, said, capsys):
    Path("p.csv").write_text(text)
    assert log("y.npy", "p.csv", *GIVEN) == 2
    assert said in capsys.readouterr().err


def test_ends_of_lines(folder):
    Path("p.csv").write_text("prediction\npug\npug\n\n \n\n")
    # Of a csv.writer on Windows, where newline="" was forgotten.
    Path("y.csv").write_bytes(b"label\r\r\npug\r\r\n'=cmd\r\r\n")
    assert log("y.csv", "p.csv", *GIVEN) == 0
    assert logged() == [[0, 1, 0], [0, 1, 0], [0, 0, 0]]


@pytest.mark.parametrize("mark", [";", "\t"])
def test_cells_that_semicolons_or_tabs_part(folder, mark):
    Path("y.csv").write_text(f'file{mark}label\n"a, b"{mark}pug\nc{mark}pug\n')
    Path("p.csv").write_text(
        f"0{mark}1{mark}2\n.1{mark}.6{mark}.2\n1{mark}0{mark}0\n"
    )
    assert log("y.csv", "p.csv", *GIVEN) == 0
    assert logged() == [[0, 0, 0], [1, 1, 0], [0, 0, 0]]


@pytest.mark.filterwarnings("ignore:There (is|are):UserWarning")
@pytest.mark.parametrize("tree", [(), ("--hierarchy", "letters.csv")])
@pytest.mark.parametrize("option", ["--predictions", "--scores"])
def test_numbered_columns_of_pandas_are_no_sample(folder, tree, option):
    kh.Hierarchy.from_paths([("g", c) for c in "fedcba"]).to_csv("letters.csv")
    true = np.arange(120) % 6
    pandas.Series(true, name="label").to_csv("y.csv", index=False)
    scores = np.eye(6)[np.where(np.arange(120) % 10, true, (true + 1) % 6)]
    pandas.DataFrame(scores).to_csv("p.csv", index=False)
    files = ("--labels", "y.csv", option, "p.csv")
    assert main(["log", "--logdir", "run", *files, *tree]) == 0
    header, _ = RunLog("run").matrix()
    assert (header.correct, header.total) == (108, 120)


def test_keys_of_an_archive_are_cut(folder, capsys):
    np.savez("y.npz", **{"k" * 50_000: LABELS, "j" * 50_000: LABELS})
    assert log("y.npz", "table.csv", *GIVEN) == 2
    said = capsys.readouterr().err
    assert "say which with y.npz:KEY" in said
    assert len(said) < 400


def test_lists_of_classes(folder, capsys):
    write_class_list(Path("classes.json"), CLASSES)
    for file in ("classes.json", "order.csv"):
        assert array_files.read_classes(file) == CLASSES
    Path("order.csv").write_text("pug\nhusky\n")
    assert log("y.npy", "y.npy", "--classes", "order.csv") == 2
    assert "named 'classes' in the first line" in capsys.readouterr().err
    Path("order.csv").write_text("class,label\n10,0\n2,1\n")
    assert log("y.npy", "y.npy", "--classes", "order.csv") == 2
    assert "one class id on each line" in capsys.readouterr().err


def test_ids_of_samples_are_read_as_csv_is_written(folder):
    names = [f"img, {n}.jpg" for n in range(12)]
    Path("names.csv").write_text("\n".join(["id", *(f'"{n}"' for n in names)]))
    assert array_files.read_ids("names.csv") == tuple(names)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
@pytest.mark.parametrize(
    "command",
    [
        "log --labels a.npy --predictions y.npy --logdir new",
        "log --labels y.npy --predictions a.npz:p --logdir new",
        "log --matrix a.npy --logdir new",
        "log --matrix a.csv --logdir new",
        "tree a.npz --from-confusions",
        "tree a.csv",
        "tree a.json",
        "probe --features y.npy --labels a.npy --hierarchy tree.json",
        "probe --features a.npy --labels y.npy --hierarchy tree.json",
    ],
)
def test_a_pipe_is_not_waited_for(folder, capsys, command):
    for suffix in ("npy", "npz", "csv", "json"):
        os.mkfifo(f"a.{suffix}")
    assert main(command.split()) == 2
    assert "a pipe where a file was expected" in capsys.readouterr().err
