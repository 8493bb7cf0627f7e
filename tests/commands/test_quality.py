"""`keras-hier quality` over logs with and without samples."""

import csv
import json
import re
from pathlib import Path

import numpy as np
import pytest

from keras_hier.commands.quality_tables import line
from keras_hier.files.spreadsheets import unguarded
from keras_hier.hierarchy.hierarchy import Hierarchy
from keras_hier.hierarchy.labels.node_labels import NodeLabels
from keras_hier.log.blocks_writer import BlocksWriter


def tree():
    return Hierarchy.from_paths(
        [(f"g{g}", f"g{g}c{i}") for g in range(4) for i in range(3)]
    )


def said(samples=600, seed=0):
    """Labels, and probabilities of a network that is 80 % sure and right."""
    rng = np.random.default_rng(seed)
    labels = np.arange(samples) % 12
    p = rng.dirichlet(np.full(12, 0.3), samples) * 0.2
    seen = np.where(rng.random(samples) < 0.9, labels, (labels + 5) % 12)
    p[np.arange(samples), seen] += 0.8
    return labels, p


def rows_of(file):
    with open(file, newline="", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


@pytest.fixture
def folder(run, tmp_path):
    """A run with two epochs of matrices, and samples of the second."""
    labels, p = said()
    ids = [f"pictures/{i}.jpg" for i in range(len(labels))]
    ids[0] = "a\n\x1b[31mred, <b>,=1+1"
    with BlocksWriter("run", tree()) as log:
        for epoch in (1, 2):
            log.predictions(labels, p.argmax(axis=1), epoch)
        given = labels.copy()
        given[:12] = (given[:12] + 7) % 12  # wrong labels
        p[:12] = 1e-9
        p[np.arange(12), labels[:12]] = 1 - 11e-9
        log.samples(given, p, 2, ids=ids)
    with BlocksWriter("bare", tree()) as log:
        log.predictions(labels, p.argmax(axis=1), 1)
    return tmp_path


def test_epoch_0_is_an_epoch(run):
    labels, _ = said()
    with BlocksWriter("run", tree()) as log:
        log.predictions(labels, labels[::-1], 0)
        log.predictions(labels, labels, 1)
    for epoch, right in ((0, "0.0"), (1, "100.0")):
        line = f"epoch {epoch}: 600 samples of 12 classes, {right} % right."
        assert line in run(f"quality run --epoch {epoch}")


def test_samples_in_no_cell_are_said(run):
    group = NodeLabels(tree()).label("g0")
    with BlocksWriter("coarse", tree()) as log:
        log.predictions([group] * 5, [0] * 5, 1, node_labels=True)
    out = run("quality coarse")
    assert "epoch 1: 0 samples of 12 classes. Beside them 5 with coarse" in out
    assert "nan" not in out


def test_prints_the_lists(run, folder):
    out = run("quality run")
    assert out.startswith(
        "run validation, class, epoch 2: 600 samples of 12 classes, "
    )
    for text in (
        *("Overlapping classes: ", "Really two: ", "Suspect labels, epoch 2: "),
        "P(wrong) >0.99",
    ):
        assert text in out
    assert "\x1b" not in out
    assert "cannot tell" not in out


@pytest.mark.parametrize(
    ("trust", "said"),
    [(0, "<0.01"), (1e-76, "<0.01"), (0.0049, "<0.01"), (0.005, "0.01"),
     (0.256, "0.26"), (0.9949, "0.99"), (0.995, ">0.99"), (1, ">0.99")],
)  # fmt: skip
def test_no_label_is_surely_right_nor_wrong(trust, said):
    row = {
        "list": "suspect_labels", "sample": "1.jpg", "name": "cat",
        "other_name": "dog", "probability": 0.1, "other_probability": 0.9,
        "trust": trust,
    }  # fmt: skip
    assert line(row) == (
        f"1.jpg: cat 0.100, looks like dog 0.900, P(wrong) {said}"
    )


def test_less_than_a_hundredth_is_expected_of_chance():
    row = {"list": "clique", "name": "cat", "count": 9, "expected": 1e-5}
    assert line(row) == "cat: 9 crossed, <0.01 expected"


def test_a_weak_network_lists_nothing_and_says_why(run):
    labels = np.arange(600) % 12
    p = np.full((600, 12), 0.03)
    # Right on 240 of 600, sure of 12 labels that are wrong, else of nothing;
    # 24 samples seem to show two objects.
    seen = np.where(np.arange(600) % 5 < 2, labels, (labels + 5) % 12)
    p[np.arange(600), seen] = 0.4
    p[:12] = 1e-9
    p[np.arange(12), (labels[:12] + 7) % 12] = 1
    p[12:36, :] = 0.01
    p[np.arange(12, 36), labels[12:36]] = 0.44
    p[np.arange(12, 36), (labels[12:36] + 5) % 12] = 0.46
    with BlocksWriter("weak", tree()) as log:
        log.samples(labels, p / p.sum(axis=1, keepdims=True), 1)
    lines = run("quality weak --json weak.json").splitlines()
    for title, of in (
        ("Overlapping classes", "classes that overlap"),
        ("Really two", "classes that are two"),
        ("Suspect labels, epoch 1", "wrong labels"),
        ("Two objects", "two objects"),
    ):
        [line] = [line for line in lines if line.startswith(title)]
        assert line == (
            f"{title}: not listed. At 37.5 % right the network cannot tell "
            f"{of} from its own errors."
        )
    rows = json.loads(Path("weak.json").read_text(encoding="utf-8"))
    lists = {"overlapping", "diverse", "suspect"}
    assert {row["list"] for row in rows} == lists
    assert not any(row["listed"] for row in rows)


def test_writes_them(run, folder):
    run("quality run --csv out.csv --json out.json")
    rows = rows_of("out.csv")
    content = json.loads((folder / "out.json").read_text("utf-8"))
    assert len(rows) == len(content)
    assert {row["list"] for row in rows} >= {"overlapping", "suspect"}
    suspects = [row for row in rows if row["list"] == "suspect"]
    first = suspects[:12]
    assert "a\n\x1b[31mred, <b>,=1+1" in {row["sample"] for row in suspects}
    wrong = {f"pictures/{i}.jpg" for i in range(1, 12)}
    assert len(wrong & {row["sample"] for row in first}) >= 11
    ranks = [int(row["rank"]) for row in suspects]
    assert ranks == [*range(1, len(suspects) + 1)]
    listed = [row["listed"] for row in suspects]
    assert listed == sorted(listed, reverse=True)
    assert first[0]["listed"] == "1"


def test_names_are_no_formulas_in_a_spreadsheet(run):
    names = ["=1+1", "+2", "-3", "@sum(a1)", "\t=4", " =5", '"=6', "pug"]
    formulas = Hierarchy.from_paths(
        [(f"={i // 4}", f"{name}{i}") for i, name in enumerate(names)]
    )
    labels, p = np.arange(800) % 8, np.full((800, 8), 0.02)
    seen = (labels + (np.arange(800) % 7 == 0)) % 8
    p[np.arange(800), seen] = 0.86
    with BlocksWriter("sums", formulas) as log:
        log.samples(labels, p, 1, ids=[f"-{i}" for i in range(800)])
    run("quality sums --csv out.csv --json out.json")
    rows = rows_of("out.csv")
    content = json.loads(Path("out.json").read_text("utf-8"))
    texts = ("sample", "class", "name", "other_class", "other_name")
    seen_texts = 0
    for row, entry in zip(rows, content, strict=True):
        for key, cell in row.items():
            value = entry.get(key)
            if isinstance(value, str):
                assert not cell.lstrip().startswith(("=", "+", "-", "@"))
                assert unguarded(cell) == value
                seen_texts += key in texts
            else:
                assert cell == ("" if value is None else str(value))
    assert seen_texts > 50


def test_an_epoch_without_samples_says_which_have_them(run, folder):
    assert "epochs with them: 2" in run("quality run --epoch 1")


def test_a_log_without_samples(run, folder):
    assert "`keras-hier log --scores`" in run("quality bare --csv out.csv")
    lists = {row["list"] for row in rows_of("out.csv")}
    assert lists <= {"overlapping", "clique", "diverse"}


def test_samples_of_predictions_are_an_order_only(run):
    labels, p = said()
    best = p.argmax(axis=1)[:, None]
    with BlocksWriter("told", tree()) as log:
        log.samples(labels, (best, np.ones((len(best), 1))), 1)
    out = run("quality told --top 1 --json told.json --csv told.csv")
    assert "0 of 600: the log has no probabilities. All is an order by" in out
    wrong = int((best[:, 0] != labels).sum())
    assert re.search(r": g\dc\d, looks like g\dc\d, \d+ others cross\n", out)
    assert f"... and {wrong - 1} more" in out
    assert "P(wrong)" not in out
    assert "nan" not in out
    rows = json.loads(Path("told.json").read_text("utf-8"))
    suspects = [row for row in rows if row["list"] == "suspect"]
    assert len(suspects) == wrong
    assert not any(row["listed"] for row in suspects)
    assert {row["trust"] for row in suspects} == {None}
    told = [row for row in rows_of("told.csv") if row["list"] == "suspect"]
    expected = [str(row["count"]) for row in suspects]
    assert [row["count"] for row in told] == expected


def test_samples_without_a_matrix_and_of_training(run):
    with BlocksWriter("alone", tree(), "train") as log:
        log.samples(*said(), 3)
    out = run("quality alone --split train")
    assert "epoch 3: 600 samples" in out
    assert "were trained on" in out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("nowhere", "no folder 'nowhere'"),
        ("run --epoch 9", "no epoch 9"),
        ("run --output other", "no output 'other'"),
        ("run --csv out.txt", "ends in .csv"),
        ("run --csv no/out.csv", "no folder 'no'"),
    ],
)
def test_bad_input(run, folder, arguments, message):
    assert message in run.refused(f"quality {arguments}")
