"""Contents of files: names of columns, apostrophes, gaps, long names."""

import os
from pathlib import Path

import numpy as np
import pandas
import pytest

import keras_hier as kh
from keras_hier.commands.inputs import array_files
from keras_hier.data.record_folder import write_class_list
from keras_hier.files.spreadsheets import guarded
from keras_hier.log.run_log import RunLog
from tests.commands.conftest import logged, tree_of

# The apostrophe is part of the last id.
CLASSES = ("=cmd", "pug", "'=cmd")
TREE = kh.Hierarchy.from_paths([("@all", each) for each in CLASSES])
LABELS, NAMED = [0, 1, 2, 0], [0, 1, 2, 2]
MATRIX = [[1, 0, 1], [0, 1, 0], [0, 0, 1]]
LOG = "log --logdir run"
GIVEN = f"{LOG} --hierarchy tree.json"


@pytest.fixture(autouse=True)
def written(run):
    Path("tree.json").write_text(TREE.to_json())
    TREE.to_csv("tree.csv")
    ids = [guarded(each) for each in CLASSES]
    assert ids == ["'=cmd", "pug", "''=cmd"]
    head = ",".join(ids)
    rows = [f"{ids[a]},{ids[b]}" for a, b in zip(LABELS, NAMED, strict=True)]
    scores = [",".join(map(str, np.eye(3)[each])) for each in NAMED]
    counts = [f"{ids[i]},{','.join(map(str, MATRIX[i]))}" for i in range(3)]
    for name, lines in {
        "table": ["label,prediction", *rows],
        "scores": [head, *scores],
        "order": ["class", *ids],
        "counts": [f",{head}", *counts],
    }.items():
        Path(f"{name}.csv").write_text("\n".join(lines))
    np.save("y.npy", LABELS)


@pytest.mark.filterwarnings("ignore:There is 1 error")
@pytest.mark.parametrize(
    "arguments",
    [
        "--labels table.csv --predictions table.csv",
        "--labels table.csv --predictions scores.csv --hierarchy tree.csv",
        "--labels y.npy --predictions table.csv --classes order.csv "
        "--hierarchy tree.json",
        "--matrix counts.csv --hierarchy tree.json",
    ],
)
def test_the_apostrophe_before_a_formula_is_no_part_of_an_id(run, arguments):
    run(f"{LOG} {arguments}")
    at = [tree_of().classes.index(each) for each in CLASSES]
    assert np.array(logged())[np.ix_(at, at)].tolist() == MATRIX


def test_groups_have_it_too(run):
    Path("y.csv").write_text("label\n'=cmd\npug\n''=cmd\n'@all\n")
    run(f"{GIVEN} --labels y.csv --predictions table.csv --node-labels")
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
    ],
)
def test_a_csv_names_its_column_and_has_no_gap(run, text, said):
    Path("y.csv").write_text(text)
    assert said in run.refused(f"{GIVEN} --labels y.csv --predictions y.npy")
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
def test_so_does_one_of_scores(run, text, said):
    Path("p.csv").write_text(text)
    assert said in run.refused(f"{GIVEN} --labels y.npy --predictions p.csv")


def test_ends_of_lines(run):
    Path("p.csv").write_text("prediction\npug\npug\n\n \n\n")
    # As by a csv.writer on Windows, where newline="" was forgotten.
    Path("y.csv").write_bytes(b"label\r\r\npug\r\r\n'=cmd\r\r\n")
    run(f"{GIVEN} --labels y.csv --predictions p.csv")
    assert logged() == [[0, 1, 0], [0, 1, 0], [0, 0, 0]]


@pytest.mark.parametrize("mark", [";", "\t"])
def test_cells_that_semicolons_or_tabs_part(run, mark):
    Path("y.csv").write_text(f'file{mark}label\n"a, b"{mark}pug\nc{mark}pug\n')
    Path("p.csv").write_text("0;1;2\n.1;.6;.2\n1;0;0\n".replace(";", mark))
    run(f"{GIVEN} --labels y.csv --predictions p.csv")
    assert logged() == [[0, 0, 0], [1, 1, 0], [0, 0, 0]]


@pytest.mark.filterwarnings("ignore:There (is|are):UserWarning")
@pytest.mark.parametrize("tree", ["", "--hierarchy letters.csv"])
@pytest.mark.parametrize("option", ["--predictions", "--scores"])
def test_numbered_columns_of_pandas_are_no_sample(run, tree, option):
    kh.Hierarchy.from_paths([("g", c) for c in "fedcba"]).to_csv("letters.csv")
    true = np.arange(120) % 6
    pandas.Series(true, name="label").to_csv("y.csv", index=False)
    scores = np.eye(6)[np.where(np.arange(120) % 10, true, (true + 1) % 6)]
    pandas.DataFrame(scores).to_csv("p.csv", index=False)
    run(f"{LOG} --labels y.csv {option} p.csv {tree}")
    header, _ = RunLog("run").matrix()
    assert (header.correct, header.total) == (108, 120)


def test_keys_of_an_archive_are_cut(run):
    np.savez("y.npz", **{"k" * 50_000: LABELS, "j" * 50_000: LABELS})
    said = run.refused(f"{GIVEN} --labels y.npz --predictions table.csv")
    assert "say which with y.npz:KEY" in said
    assert len(said) < 400


def test_lists_of_classes(run):
    write_class_list(Path("classes.json"), CLASSES)
    for file in ("classes.json", "order.csv"):
        assert array_files.read_classes(file) == CLASSES
    files = f"{LOG} --labels y.npy --predictions y.npy --classes order.csv"
    for text, said in (
        ("pug\nhusky\n", "named 'classes' in the first line"),
        ("class,label\n10,0\n2,1\n", "one class id on each line"),
    ):
        Path("order.csv").write_text(text)
        assert said in run.refused(files)


def test_ids_of_samples_are_read_as_csv_is_written(run):
    names = [f"img, {n}.jpg" for n in range(12)]
    Path("names.csv").write_text("\n".join(["id", *(f'"{n}"' for n in names)]))
    assert array_files.read_ids("names.csv") == tuple(names)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
@pytest.mark.parametrize(
    "command",
    [
        "log --labels a.npy --predictions y.npy --logdir new",
        "log --labels y.npy --predictions a.npz:p --logdir new",
        "log --matrix a.csv --logdir new",
        "tree a.npz --from-confusions",
        "tree a.json",
        "probe --features a.npy --labels y.npy --hierarchy tree.json",
    ],
)
def test_a_pipe_is_not_waited_for(run, command):
    for suffix in ("npy", "npz", "csv", "json"):
        os.mkfifo(f"a.{suffix}")
    assert "a pipe where a file was expected" in run.refused(command)
