"""`keras-hier log TABLE`: true and predicted classes in one file."""

import io
import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from keras_hier.log.run_log import RunLog

NAMES = ["bike", "bus", "pug", "tabby"]
TRUE = np.tile([0, 0, 1, 1, 2, 2, 3, 3, 3], 20)
NAMED = np.tile([0, 1, 1, 1, 2, 3, 3, 3, 2], 20)
COUNTS = [[20, 20, 0, 0], [0, 40, 0, 0], [0, 0, 20, 20], [0, 0, 20, 40]]


def table(true="label", named="prediction"):
    names = np.array(NAMES)
    return pd.DataFrame(
        {"file": range(len(TRUE)), true: names[TRUE], named: names[NAMED]}
    )


def counts():
    log = RunLog("run")
    header, matrix = log.matrix()
    ids = log.hierarchy(header.hierarchy).classes
    places = [ids.index(name) for name in NAMES]
    return matrix.toarray()[np.ix_(places, places)].tolist()


def write(frame, name):
    path = Path(name)
    if path.suffix == ".parquet":
        frame.to_parquet(path)
    elif path.suffix == ".jsonl":
        frame.to_json(path, orient="records", lines=True)
    else:
        mark = "\t" if path.suffix == ".tsv" else ","
        frame.to_csv(path, index=False, sep=mark)


@pytest.mark.parametrize("kind", ["csv", "tsv", "jsonl", "parquet"])
def test_columns_of_any_name(run, kind):
    write(table("Truth", "guess"), f"t.{kind}")
    said = run(f"log t.{kind} --true Truth --pred guess --logdir run")
    assert "180 samples of 4 classes" in said
    assert counts() == COUNTS


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        ("csv", ("label", "prediction")),
        ("jsonl", ("y_true", "y_pred")),
        ("parquet", ("Target", "Pred")),
        ("csv", ("Actual", "Predicted")),
    ],
)
def test_names_that_programs_give_need_not_be_said(run, kind, names):
    write(table(*names), f"t.{kind}")
    run(f"log t.{kind} --logdir run --epoch 3")
    assert RunLog("run").epochs() == (3,)
    assert counts() == COUNTS


@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet"])
def test_pairs_with_counts(run, kind):
    pairs = table()[["label", "prediction"]].value_counts().reset_index()
    write(pairs, f"t.{kind}")
    said = run(f"log t.{kind} --count count --logdir run")
    assert "180 samples of 4 classes" in said
    assert counts() == COUNTS


@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet"])
def test_numbers_are_those_of_the_classes(run, kind):
    write(pd.DataFrame({"label": TRUE, "prediction": NAMED}), f"t.{kind}")
    Path("names.txt").write_text("\n".join(NAMES))
    run(f"log t.{kind} --classes names.txt --logdir run")
    assert counts() == COUNTS


def test_numbers_from_1_are_noticed(run):
    write(pd.DataFrame({"label": TRUE + 1, "pred": NAMED + 1}), "t.csv")
    with pytest.warns(UserWarning, match="If these count from 1, subtract 1"):
        run("log t.csv --logdir run")


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_the_standard_input(run, kind, monkeypatch):
    write(table(), f"t.{kind}")
    text = io.TextIOWrapper(io.BytesIO(Path(f"t.{kind}").read_bytes()))
    monkeypatch.setattr(sys, "stdin", text)
    run("log - --logdir run")
    assert counts() == COUNTS


def test_a_table_of_many_batches_is_counted_as_it_is_read(run):
    frame = pd.concat([table()[["label", "prediction"]]] * 10_000)
    write(frame, "t.parquet")
    run("log t.parquet --logdir run")
    assert counts() == (np.array(COUNTS) * 10_000).tolist()


@pytest.mark.parametrize(
    ("content", "more", "message"),
    [
        ("pug,bus\nbus,bus\n", "", "name it by --true. If the first"),
        ("pug,bus\nbus,bus\n", "", "write names above it"),
        ("label,pred\npug,bus\n", "--true x", "column 'x' among the columns"),
        ("label,target,pred\na,b,c\n", "", "name it by --true"),
        ("label,pred\n", "", "no rows below the names"),
        ("", "", "no rows below the names"),
        ("label,pred\npug,\n", "", "'' in the column of --pred names no class"),
        ("label,pred,n\npug,bus,x\n", "--count n", "whole numbers of samples"),
        ("label,pred,n\npug,bus,-1\n", "--count n", "whole numbers of samples"),
        ("label,pred\npug,bus\n", "--labels y.npy", "TABLE goes without"),
    ],
)
def test_bad_tables_are_one_error(run, content, more, message):
    Path("t.csv").write_text(content)
    said = run.refused(f"log t.csv --logdir run {more}")
    assert message in said
    assert not Path("run").exists()


@pytest.mark.parametrize("kind", ["jsonl", "parquet"])
def test_whole_numbers_may_be_floats(run, kind):
    numbers = pd.DataFrame({"label": TRUE, "pred": NAMED}).astype(float)
    write(numbers, f"t.{kind}")
    Path("names.txt").write_text("\n".join(NAMES))
    run(f"log t.{kind} --classes names.txt --logdir run")
    assert counts() == COUNTS


@pytest.mark.parametrize("value", [10**30, 0.5, float("nan"), True, None, [1]])
def test_what_names_no_class_is_an_error(run, value):
    Path("t.jsonl").write_text(json.dumps({"label": value, "pred": 1}))
    said = run.refused("log t.jsonl --logdir run")
    assert "in the column of --true names no class" in said


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ("--ids ids.txt", "--ids goes with --scores"),
        ("--logits", "--logits goes with --scores"),
        ("--node-labels --count n", "--node-labels goes without --count"),
        ("--node-labels", "--node-labels goes with --hierarchy"),
    ],
)
def test_options_that_a_table_cannot_have(run, more, message):
    write(table().assign(n=1), "t.csv")
    assert message in run.refused(f"log t.csv --logdir run {more}")


@pytest.mark.parametrize("counts", [[1.5], [-1], ["x"], [None]])
def test_counts_of_parquet_are_whole_numbers(run, counts):
    frame = pd.DataFrame({"label": ["a"], "pred": ["b"], "n": counts})
    frame.to_parquet("t.parquet")
    assert "t.parquet: " in run.refused("log t.parquet --count n --logdir run")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("t.jsonl", "{}\n{", "line 2: expected an object"),
        ("t.jsonl", "[1]", "line 1: expected an object"),
        ("t.jsonl", '{"label": 1, "pred": 1}\n{"label": 1}', "'pred' is miss"),
        ("t.parquet", "PAR1 no more", "t.parquet: "),
        ("t.xlsx", "x", "expected .csv, .tsv, .jsonl or .parquet"),
    ],
)
def test_damaged_files_are_one_error(run, name, content, message):
    Path(name).write_text(content)
    assert message in run.refused(f"log {name} --logdir run")
    assert "no file" in run.refused("log gone.parquet --logdir run")
    assert "name a TABLE" in run.refused("log --logdir run")
    assert "--true goes with TABLE" in run.refused(
        "log --true a --labels y.npy --predictions p.npy --logdir run"
    )
