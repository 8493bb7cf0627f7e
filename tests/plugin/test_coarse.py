"""Samples that stand in no cell: what the server says of them."""

import numpy as np
from reading import MATRIX, TREE, Reader, log_matrix

import keras_hier as kh
from keras_hier.log.records import matrix_codec
from keras_hier.scores.coarse_counts import CoarseCounts
from tb_plugin.reading.epochs import _summed_levels
from tb_plugin.reading.seeds import RunSet

PET = TREE.find("pet")


def log(folder, pets: int, right: int) -> None:
    labelled, met = np.zeros((2, len(TREE.parents)), np.int64)
    labelled[PET], met[PET], met[0] = pets, right, pets - right
    with kh.BlocksWriter(folder, TREE) as run:
        run.matrix(MATRIX, 1, coarse=CoarseCounts(TREE, labelled, met))
        run.matrix(MATRIX, 2)


def test_epochs_say_how_many_there_are(tmp_path):
    log(tmp_path / "run", 5, 3)
    first, second = Reader(tmp_path).get(
        "epochs", run="run/validation", output="class"
    )["epochs"]
    assert first["coarse"] == 5
    # Two groups at the first level, and the four classes.
    assert first["coarse_levels"] == [[2, 5, 3], [4, 0, 0]]
    assert first["coarse_largest"] == [5, 0]
    assert first["total"] == MATRIX.sum()
    assert "coarse" not in second


def test_curves_are_of_the_cells_and_say_how_many_are_in_none(tmp_path):
    log(tmp_path / "seed1", 5, 3)
    log(tmp_path / "seed2", 6, 6)
    reader = Reader(tmp_path)
    first, second = reader.get(
        "curves", run="seed1/validation", output="class"
    )["epochs"]
    assert first.pop("coarse") == 5
    assert first == second | {"step": 1}
    both = RunSet(("seed1", "seed2"), "validation").key
    first, second = reader.get("curves", run=both, output="class")["epochs"]
    assert first["coarse"] == 11
    assert "coarse" not in second


def test_runs_are_summed(tmp_path):
    log(tmp_path / "seed1", 5, 3)
    log(tmp_path / "seed2", 6, 6)
    log_matrix(tmp_path / "seed3", MATRIX)
    reader = Reader(tmp_path)
    key = RunSet(("seed1", "seed2", "seed3"), "validation").key
    (first,) = reader.get("epochs", run=key, output="class")["epochs"]
    assert first["coarse"] == 11
    assert first["coarse_levels"] == [[2, 11, 9], [4, 0, 0]]
    assert first["coarse_largest"] == [11, 0]
    assert reader.matrix(run=key, output="class", step=1)[0].coarse == 11


def test_what_one_run_does_not_say_is_not_said_of_all():
    def header(judged, right, largest):
        return matrix_codec.MatrixHeader(
            *(4, 4, 4, 4, "0" * 16),
            coarse=judged,
            coarse_levels=[[2, judged, right]],
            coarse_largest=largest,
        )

    known, older = header(5, 3, [4]), header(6, 6, [])
    assert _summed_levels([known, known]) == ([(2, 10, 6)], [8])
    for both in ([known, older], [older, known]):
        assert _summed_levels(both) == ([(2, 11, 9)], [])
