"""`keras-hier log --scores`: samples from arrays, with ids and pictures."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import keras_hier as kh
from keras_hier.cli import main
from keras_hier.log.run_log import RunLog

CLASSES = ["car", "cat", "dog"]
TREE = kh.Hierarchy.from_nested(
    {"animal": ["cat", "dog"], "thing": ["car"]}, classes=CLASSES
)
LABELS = [0, 1, 2, 2]
SCORES = np.array(
    [[0.8, 0.1, 0.1], [0.2, 0.3, 0.5], [0.1, 0.2, 0.7], [0.3, 0.4, 0.3]]
)
NAMES = ["a.png", "b.png", "cat/c.png", "<b>d</b>"]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("tree.json").write_text(TREE.to_json())
    np.save("y.npy", LABELS)
    np.save("scores.npy", SCORES)
    np.save("logits.npy", np.log(SCORES) + 3)
    Path("ids.txt").write_text("\n".join(NAMES) + "\n")
    np.save("ids.npy", NAMES)
    Path("images/cat").mkdir(parents=True)
    for name in NAMES[:3]:
        Image.new("RGB", (90, 90), "teal").save(Path("images") / name)
    return tmp_path


def log(*arguments, scores="scores.npy"):
    return main(
        [
            *("log", "--hierarchy", "tree.json", "--logdir", "run"),
            *("--labels", "y.npy", "--scores", scores, *arguments),
        ]
    )


def test_samples_and_matrix_are_logged(folder):
    assert log("--step", "7") == 0
    run = RunLog("run")
    read = run.samples()
    assert (read.epoch, read.named, read.ids) == (7, False, tuple("0123"))
    assert read.classes[:, 0].tolist() == [0, 2, 2, 1]
    assert read.rank.tolist() == [1, 2, 1, 3]
    assert run.matrix()[1].toarray().tolist() == [
        [1, 0, 0],
        [0, 0, 1],
        [0, 1, 1],
    ]


def test_logits_are_taken_for_them_when_that_is_said(folder, capsys):
    assert log("--logits", scores="logits.npy") == 0
    np.testing.assert_allclose(
        RunLog("run").samples().actual, [0.8, 0.3, 0.7, 0.3], atol=8e-4
    )
    assert log(scores="logits.npy") == 2
    error = capsys.readouterr().err
    assert "must sum to 1" in error
    assert "Pass --logits for logits." in error


def test_probabilities_that_are_said_to_be_logits(folder, capsys):
    assert log("--logits") == 2
    error = capsys.readouterr().err
    assert "are probabilities" in error
    assert "leave out --logits." in error
    assert not Path("run").exists()


def test_columns_in_another_order_are_translated(folder):
    rows = [[row[2], row[0], row[1]] for row in SCORES]
    lines = ["dog,car,cat", *(",".join(map(str, row)) for row in rows)]
    Path("scores.csv").write_text("\n".join(lines))
    # A file that says what its columns mean, and labels that do not.
    np.save("y.npy", [CLASSES[label] for label in LABELS])
    assert log(scores="scores.csv") == 0
    assert RunLog("run").samples().rank.tolist() == [1, 2, 1, 3]


@pytest.mark.parametrize("ids", ["ids.txt", "ids.npy"])
def test_ids_and_pictures(folder, ids, capsys):
    assert log("--ids", ids, "--images", "images") == 0
    run = RunLog("run")
    read = run.samples()
    assert read.ids == ("a.png", "b.png", "<b>d</b>", "cat/c.png")
    assert sorted(run.pictures(read.index)) == [0, 1, 3]
    assert "1 of 4 samples has no picture" in capsys.readouterr().err


def test_fewer_pictures_of_each_class(folder):
    options = ("--thumbnails-per-class", "1")
    Image.new("RGB", (9, 9)).save("images/d.png")
    Path("ids.txt").write_text("a\nb\ncat/c\nd\n")
    assert log("--ids", "ids.txt", "--images", "images", *options) == 0
    run = RunLog("run")
    files = run.pictures(run.samples().index)
    assert len(files) == 3


def test_nothing_outside_the_folder_is_read(folder, capsys):
    Image.new("RGB", (9, 9)).save("secret.png")
    secret = str(folder / "secret.png")
    Path("ids.txt").write_text(f"a.png\n../secret.png\n{secret}\n../secret\n")
    assert log("--ids", "ids.txt", "--images", "images") == 0
    run = RunLog("run")
    assert len(run.pictures(run.samples().index)) == 1
    assert "3 of 4 samples" in capsys.readouterr().err


def test_broken_pictures_are_gaps(folder):
    Path("images/b.png").write_bytes(b"\x89PNG\r\n\x1a\n broken")
    with pytest.warns(UserWarning, match="left blank"):
        assert log("--ids", "ids.txt", "--images", "images") == 0
    run = RunLog("run")
    files = run.pictures(run.samples().index)
    assert (files[1], len(files)) == (b"", 3)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--ids", "none.txt"), "there is no file 'none.txt'"),
        (("--ids", "utf16.txt"), "expected ids in UTF-8"),
        (("--ids", "y.npy"), "2 are called '2'"),
        (("--ids", "scores.npy"), "expected ids"),
        (("--ids", "short.txt"), "Expected 4 ids, got 1"),
        (("--images", "images"), "--images goes with --ids"),
        (("--ids", "ids.txt", "--images", "no"), "there is no folder 'no'"),
        (("--ids", "other.txt", "--images", "images"), "holds no picture"),
        (("--thumbnails-per-class", "3"), "goes with --images"),
        (("--labels", "wide.npy"), "the first is '3'"),
    ],
)
def test_what_does_not_fit_is_one_line_and_nothing_is_written(
    folder, arguments, message, capsys
):
    Path("short.txt").write_text("a.png\n")
    Path("other.txt").write_text("w\nx\ny\nz\n")
    Path("utf16.txt").write_text("a.png\n", "utf-16")
    np.save("wide.npy", [0, 1, 2, 3])
    assert log(*arguments) == 2
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1
    assert not Path("run").exists()


@pytest.mark.parametrize(
    ("scores", "message"),
    [
        (SCORES * [1, 1, np.nan], "not NaN"),
        (SCORES - 0.2, "not be negative"),
        (SCORES * 2, "must sum to 1"),
        (SCORES[:, :2], "in one column, got 2 columns"),
        (SCORES[:3], "got 4 and 3"),
        (np.array(LABELS), "column a class"),
    ],
)
def test_scores_that_are_none(folder, scores, message, capsys):
    np.save("bad.npy", scores)
    assert log(scores="bad.npy") == 2
    assert message in capsys.readouterr().err
    assert not Path("run").exists()


@pytest.mark.parametrize("option", ["--logits", "--ids=ids.txt"])
def test_options_of_scores_alone(folder, option, capsys):
    arguments = ["--labels", "y.npy", "--predictions", "y.npy", option]
    assert (
        main(["log", "--hierarchy", "tree.json", "--logdir", "run", *arguments])
        == 2
    )
    assert "goes with --scores" in capsys.readouterr().err
