"""Counts whose size is known to be wrong before they are read."""

import tracemalloc

import numpy as np
import pytest

import keras_hier as kh
from keras_hier.cli import main
from keras_hier.hierarchy.computed import computed_table


@pytest.fixture
def packed(tmp_path, monkeypatch):
    """8 MB of counts in a file of 8 KB, of which no tree is computed."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(computed_table, "MOST_CLASSES", 900)
    tree = kh.Hierarchy.from_paths([("pet", "cat"), ("pet", "dog")])
    tree.to_csv("tree.csv")
    np.savez_compressed("b.npz", np.zeros((1000, 1000)))
    return "b.npz"


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("tree b.npz --from-confusions", "at most 900 classes, got 1,000"),
        ("log --matrix b.npz --logdir run", "at most 900 classes, got 1,000"),
        (
            "log --matrix b.npz --logdir run --hierarchy tree.csv",
            "b.npz has 1,000 classes, the tree 2",
        ),
    ],
)
def test_the_size_is_looked_at_before_the_counts(packed, capsys, command, said):
    main(command.split())  # imports what is needed
    tracemalloc.start()
    assert main(command.split()) == 2
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert said in capsys.readouterr().err
    assert peak < 4 * 2**20


def test_counts_of_another_shape_are_not_read_either(packed, capsys):
    np.savez_compressed("long.npz", np.zeros((2000, 500)))
    assert main(["tree", "long.npz", "--from-confusions"]) == 2
    said = "expected counts [C, C], a row and a column for each class, got "
    assert f"{said}shape (2000, 500)" in capsys.readouterr().err
