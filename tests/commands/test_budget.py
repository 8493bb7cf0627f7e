"""`keras-hier budget`, from files to a table, a picture and JSON."""

import json
from pathlib import Path

import numpy as np
import pytest

import keras_hier as kh

TREE = kh.Hierarchy.from_paths(
    [("a", "x"), ("a", "y"), ("b", "=z"), ("b", "w")]
)
COMMAND = "budget f.npy --labels y.npy --hierarchy tree.json"


@pytest.fixture
def files(run):
    rng = np.random.default_rng(0)
    labels = np.tile(np.arange(4), 10)
    np.save("f.npy", 1.5 * np.eye(4)[labels] + rng.normal(size=(40, 4)))
    np.save("y.npy", labels)
    Path("tree.json").write_text(TREE.to_json())
    return run


def test_from_files_to_a_table_a_picture_and_json(files):
    said = files(
        f"{COMMAND} --cost class=2 --cost 2=0.5 --more 5 --groups 2 "
        "--out b.svg --json b.json"
    )
    assert "40 labels of 4 classes" in said
    told = json.loads(Path("b.json").read_text())
    assert told["cost"] == [[40], [10]]
    assert "expected error" in Path("b.svg").read_text()
    files(f"{COMMAND} --out b.png")
    assert Path("b.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ("--cost dog=1", "'class', 'group' or one of the numbers"),
        ("--more 0", "whole numbers"),
        ("--out b.txt", "ends in .png"),
        ("--json b.csv", "ends in .json"),
        ("--labels few.npy", "a row a sample"),
        ("--hierarchy cifar100 --groups 999", "groups"),
    ],
)
def test_bad_input_is_one_error(files, more, message):
    np.save("few.npy", [0, 1])
    assert message in files.refused(f"{COMMAND} {more}")


def test_a_cost_without_its_depth_is_refused(files, capsys):
    with pytest.raises(SystemExit):
        files(f"{COMMAND} --cost group")
    assert "expected a depth and a cost" in capsys.readouterr().err
