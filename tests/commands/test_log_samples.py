"""`keras-hier log --scores`: samples from arrays, with ids and pictures."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import keras_hier as kh
from keras_hier.log.run_log import RunLog
from tests.commands.conftest import logged

CLASSES = ["car", "cat", "dog"]
TREE = kh.Hierarchy.from_nested(
    {"animal": ["cat", "dog"], "thing": ["car"]}, classes=CLASSES
)
LABELS = [0, 1, 2, 2]
SCORES = np.array(
    [[0.8, 0.1, 0.1], [0.2, 0.3, 0.5], [0.1, 0.2, 0.7], [0.3, 0.4, 0.3]]
)
NAMES = ["a.png", "b.png", "cat/c.png", "<b>d</b>"]
LOG = "log --logdir run --hierarchy tree.json --labels y.npy"
SCORED = f"{LOG} --scores scores.npy"
PICTURED = f"{SCORED} --ids ids.txt --images images"


@pytest.fixture(autouse=True)
def written(run):
    Path("tree.json").write_text(TREE.to_json())
    np.save("y.npy", LABELS)
    np.save("scores.npy", SCORES)
    np.save("logits.npy", np.log(SCORES) + 3)
    Path("ids.txt").write_text("\n".join(NAMES) + "\n")
    np.save("ids.npy", NAMES)
    Path("images/cat").mkdir(parents=True)
    for name in NAMES[:3]:
        Image.new("RGB", (90, 90), "teal").save(Path("images") / name)


def pictures():
    log = RunLog("run")
    return log.pictures(log.samples().index)


def test_samples_and_matrix_are_logged(run):
    run(f"{SCORED} --step 7")
    read = RunLog("run").samples()
    assert (read.epoch, read.named, read.ids) == (7, False, tuple("0123"))
    assert read.classes[:, 0].tolist() == [0, 2, 2, 1]
    assert read.rank.tolist() == [1, 2, 1, 3]
    assert logged() == [[1, 0, 0], [0, 0, 1], [0, 1, 1]]


def test_logits_are_taken_for_them_when_that_is_said(run):
    run(f"{LOG} --scores logits.npy --logits")
    np.testing.assert_allclose(
        RunLog("run").samples().actual, [0.8, 0.3, 0.7, 0.3], atol=8e-4
    )


def test_columns_in_another_order_are_translated(run):
    rows = [f"{row[2]},{row[0]},{row[1]}" for row in SCORES]
    Path("scores.csv").write_text("\n".join(["dog,car,cat", *rows]))
    # A file that says what its columns mean, and labels that do not.
    np.save("y.npy", [CLASSES[label] for label in LABELS])
    run(f"{LOG} --scores scores.csv")
    assert RunLog("run").samples().rank.tolist() == [1, 2, 1, 3]


@pytest.mark.parametrize("ids", ["ids.txt", "ids.npy"])
def test_ids_and_pictures(run, ids):
    out = run(f"{SCORED} --ids {ids} --images images")
    assert "1 of 4 samples has no picture" in out
    read = RunLog("run").samples()
    assert read.ids == ("a.png", "b.png", "<b>d</b>", "cat/c.png")
    assert sorted(pictures()) == [0, 1, 3]


def test_fewer_pictures_of_each_class(run):
    Image.new("RGB", (9, 9)).save("images/d.png")
    Path("ids.txt").write_text("a\nb\ncat/c\nd\n")
    run(f"{PICTURED} --thumbnails-per-class 1")
    assert len(pictures()) == 3


def test_nothing_outside_the_folder_is_read(run, tmp_path):
    Image.new("RGB", (9, 9)).save("secret.png")
    outside = ["../secret.png", str(tmp_path / "secret.png"), "../secret"]
    Path("ids.txt").write_text("\n".join(["a.png", *outside]))
    assert "3 of 4 samples" in run(PICTURED)
    assert len(pictures()) == 1


def test_broken_pictures_are_gaps(run):
    Path("images/b.png").write_bytes(b"\x89PNG\r\n\x1a\n broken")
    with pytest.warns(UserWarning, match="left blank"):
        run(PICTURED)
    assert (pictures()[1], len(pictures())) == (b"", 3)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("--ids none.txt", "there is no file 'none.txt'"),
        ("--ids utf16.txt", "expected ids in UTF-8"),
        ("--ids y.npy", "2 are called '2'"),
        ("--ids scores.npy", "expected ids"),
        ("--ids short.txt", "Expected 4 ids, got 1"),
        ("--images images", "--images goes with --ids"),
        ("--ids ids.txt --images no", "there is no folder 'no'"),
        ("--ids other.txt --images images", "holds no picture"),
        ("--thumbnails-per-class 3", "goes with --images"),
        (
            "--ids ids.txt --images images --thumbnails-per-class 0",
            "--thumbnails-per-class must be at least 1.",
        ),
        ("--labels wide.npy", "the first is '3'"),
        ("--scores logits.npy", "sum to 1"),
        ("--scores logits.npy", "Pass --logits for logits."),
        ("--logits", "are probabilities"),
        ("--logits", "leave out --logits."),
    ],
)
def test_arguments_that_do_not_fit_are_one_line(run, arguments, message):
    Path("short.txt").write_text("a.png\n")
    Path("other.txt").write_text("w\nx\ny\nz\n")
    Path("utf16.txt").write_text("a.png\n", "utf-16")
    np.save("wide.npy", [0, 1, 2, 3])
    assert message in run.refused(f"{SCORED} {arguments}")
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
def test_scores_that_are_none(run, scores, message):
    np.save("scores.npy", scores)
    assert message in run.refused(SCORED)
    assert not Path("run").exists()


@pytest.mark.parametrize("option", ["--logits", "--ids=ids.txt"])
def test_options_of_scores_alone(run, option):
    said = run.refused(f"{LOG} --predictions y.npy {option}")
    assert "goes with --scores" in said
