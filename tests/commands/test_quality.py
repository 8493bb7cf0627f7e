"""`keras-hier quality` over logs with and without samples."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from keras_hier.cli import main
from keras_hier.commands.quality_tables import line
from keras_hier.files.spreadsheets import unguarded
from keras_hier.hierarchy.hierarchy import Hierarchy
from keras_hier.hierarchy.labels.node_labels import NodeLabels
from keras_hier.log.blocks_writer import BlocksWriter
from keras_hier.scores.coarse_counts import CoarseCounts


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


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A run with two epochs of matrices, and samples of the second."""
    monkeypatch.chdir(tmp_path)
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


def test_epoch_0_is_an_epoch(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    labels, _ = said()
    with BlocksWriter("run", tree()) as log:
        log.predictions(labels, labels[::-1], 0)
        log.predictions(labels, labels, 1)
    for epoch, right in ((0, "0.0"), (1, "100.0")):
        assert main(["quality", "run", "--epoch", str(epoch)]) == 0
        assert (
            f"epoch {epoch}: 600 samples of 12 classes, {right}% right."
        ) in capsys.readouterr().out


def test_an_epoch_of_coarse_labels_alone_has_no_share(folder, capsys):
    group = NodeLabels(tree()).label("g0")
    with BlocksWriter("coarse", tree()) as log:
        log.predictions([group] * 5, [0] * 5, 1, node_labels=True)
    assert main(["quality", "coarse"]) == 0
    out = capsys.readouterr().out
    assert "epoch 1: 0 samples of 12 classes. Beside them 5 with" in out
    assert "nan" not in out


def test_prints_the_lists(folder, capsys):
    assert main(["quality", "run"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert out.startswith(
        "run validation, class, epoch 2: 600 samples of 12 classes, "
    )
    assert "Overlapping classes: " in out
    assert "Really two: " in out
    assert "Suspect labels, epoch 2: " in out
    assert "\x1b" not in out
    assert "P(wrong) >0.99" in out
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
    row = {
        "list": "clique", "name": "cat", "count": 9, "expected": 1e-5,
    }  # fmt: skip
    assert line(row) == "cat: 9 crossed, <0.01 expected"


def test_says_how_many_samples_are_in_no_cell(folder, capsys):
    hierarchy = tree()
    labelled = np.zeros(len(hierarchy.parents), np.int64)
    labelled[hierarchy.find("g1")] = 1234
    counts = CoarseCounts(hierarchy, labelled, labelled)
    with BlocksWriter("coarse", hierarchy) as log:
        log.matrix(np.eye(12, dtype=int), 1, coarse=counts)
    assert main(["quality", "coarse"]) == 0
    out = capsys.readouterr().out
    assert "Beside them 1,234 with coarse labels" in out.splitlines()[0]


def test_a_weak_network_lists_nothing_and_says_why(folder, capsys):
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
    assert main(["quality", "weak", "--json", "weak.json"]) == 0
    lines = capsys.readouterr().out.splitlines()
    for title, of in (
        ("Overlapping classes", "classes that overlap"),
        ("Really two", "classes that are two"),
        ("Suspect labels, epoch 1", "wrong labels"),
        ("Two objects", "two objects"),
    ):
        [line] = [line for line in lines if line.startswith(title)]
        assert line == (
            f"{title}: not listed. At 37.5% right the network cannot tell {of} "
            "from its own errors."
        )
    rows = json.loads(Path("weak.json").read_text(encoding="utf-8"))
    assert {row["list"] for row in rows} == {
        "overlapping",
        "diverse",
        "suspect",
    }
    assert not any(row["listed"] for row in rows)


def test_writes_them(folder, capsys):
    command = ["quality", "run", "--csv", "out.csv", "--json", "out.json"]
    assert main(command) == 0
    with open("out.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    content = json.loads((folder / "out.json").read_text("utf-8"))
    assert len(rows) == len(content)
    assert {row["list"] for row in rows} >= {"overlapping", "suspect"}
    suspects = [row for row in rows if row["list"] == "suspect"]
    first = suspects[:12]
    assert "a\n\x1b[31mred, <b>,=1+1" in {row["sample"] for row in suspects}
    wrong = {f"pictures/{i}.jpg" for i in range(1, 12)}
    assert len(wrong & {row["sample"] for row in first}) >= 11
    assert [int(row["rank"]) for row in suspects] == list(
        range(1, len(suspects) + 1)
    )
    listed = [row["listed"] for row in suspects]
    assert listed == sorted(listed, reverse=True)
    assert first[0]["listed"] == "1"


def test_files_that_are_there_stay_whole_where_writing_fails(
    folder, monkeypatch
):
    write = Path.write_bytes

    def half(path, data):
        write(path, data[: len(data) // 2])
        raise OSError("no space left")

    monkeypatch.setattr(Path, "write_bytes", half)
    for option, file in (("--csv", "out.csv"), ("--json", "out.json")):
        with open(file, "w") as old:
            old.write("old")
        before = set(folder.iterdir())
        assert main(["quality", "run", option, file]) == 2
        assert (folder / file).read_text() == "old"
        assert set(folder.iterdir()) == before


def test_names_are_no_formulas_in_a_spreadsheet(folder, capsys):
    names = ["=1+1", "+2", "-3", "@sum(a1)", "\t=4", " =5", '"=6', "pug"]
    formulas = Hierarchy.from_paths(
        [(f"={i // 4}", f"{name}{i}") for i, name in enumerate(names)]
    )
    labels, p = np.arange(800) % 8, np.full((800, 8), 0.02)
    seen = (labels + (np.arange(800) % 7 == 0)) % 8
    p[np.arange(800), seen] = 0.86
    with BlocksWriter("sums", formulas) as log:
        log.samples(labels, p, 1, ids=[f"-{i}" for i in range(800)])
    files = ["--csv", "out.csv", "--json", "out.json"]
    assert main(["quality", "sums", *files]) == 0
    with open("out.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    content = json.loads((folder / "out.json").read_text("utf-8"))
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


def test_an_epoch_without_samples_says_which_have_them(folder, capsys):
    assert main(["quality", "run", "--epoch", "1"]) == 0
    assert "epochs with them: 2" in capsys.readouterr().out


def test_a_log_without_samples(folder, capsys):
    assert main(["quality", "bare", "--csv", "out.csv"]) == 0
    assert "`keras-hier log --scores`" in capsys.readouterr().out
    with open("out.csv", newline="", encoding="utf-8") as file:
        assert {row["list"] for row in csv.DictReader(file)} <= {
            "overlapping",
            "clique",
            "diverse",
        }


def test_samples_without_a_matrix(folder, capsys):
    labels, p = said()
    with BlocksWriter("alone", tree()) as log:
        log.samples(labels, p, 3)
    assert main(["quality", "alone"]) == 0
    assert "epoch 3: 600 samples" in capsys.readouterr().out


def test_samples_that_were_trained_on(folder, capsys):
    labels, p = said()
    with BlocksWriter("run", tree(), "train") as log:
        log.samples(labels, p, 2)
    assert main(["quality", "run", "--split", "train"]) == 0
    assert "were trained on" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere"], "no folder 'nowhere'"),
        (["run", "--epoch", "9"], "no epoch 9"),
        (["run", "--output", "other"], "no output 'other'"),
        (["run", "--csv", "out.txt"], "ends in .csv"),
        (["run", "--csv", "no/out.csv"], "no folder 'no'"),
    ],
)
def test_bad_input(folder, arguments, message, capsys):
    assert main(["quality", *arguments]) == 2
    assert message in capsys.readouterr().err
