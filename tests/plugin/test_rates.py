"""The route that counts a part of the matrix over the epochs."""

import numpy as np
import pytest
from reading import (
    CLASS,
    MATRIX,
    OTHER,
    PAIRS,
    RUN,
    TREE,
    Reader,
    log_matrix,
    write,
    write_blob,
)

from keras_hier.log.records import matrix_codec
from tb_plugin.routes.rates import Cells, cells_of, rates


def of(reader, rows, columns, **where):
    """The points of a part, its sides given by the names of groups."""
    rows, columns = (
        ",".join(str(TREE.find(name)) for name in names.split())
        for names in (rows, columns)
    )
    where = {**CLASS, **where}
    return reader.get("rates", **where, rows=rows, columns=columns)["epochs"]


def by_hand(matrix, rows, columns):
    """Errors, samples and the chance of each of them, one cell at a time."""
    total = matrix.sum()
    errors = sum(matrix[r, c] for r in rows for c in columns if r != c)
    samples = sum(matrix[r].sum() for r in rows)
    drawn = sum(
        matrix[r].sum() * matrix[:, c].sum() / total
        for r in rows
        for c in columns
        if r != c
    )
    return {
        "errors": int(errors),
        "samples": int(samples),
        "chance": pytest.approx(drawn / samples) if samples else None,
    }


def labels(names):
    found = []
    for name in names.split():
        node = TREE.find(name)
        found += list(TREE.order[TREE.start[node] : TREE.stop[node]])
    return found


@pytest.mark.parametrize(
    ("rows", "columns"),
    [
        ("cat", "dog"),
        ("animal", "pet"),
        ("pet", "pet"),
        ("cat car", "dog wolf"),
    ],
)
def test_both_directions_are_counted_as_by_hand(reader, rows, columns):
    found = of(reader, rows, columns)
    assert [point["step"] for point in found] == [1, 2, 3]
    for point in found:
        matrix = np.asarray(MATRIX) * point["step"]
        sides = labels(rows), labels(columns)
        assert point["named"] == by_hand(matrix, *sides)
        assert point["reverse"] == by_hand(matrix, *sides[::-1])


def test_random_matrices_are_counted_as_by_hand():
    rng = np.random.default_rng(0)
    for _ in range(50):
        size = int(rng.integers(1, 9))
        matrix = rng.poisson(rng.uniform(0, 3), (size, size))
        cells = cells_of(kh_csr(matrix))
        rows, columns = rng.random((2, size)) < 0.5
        found = rates(cells, rows, columns)
        sides = np.flatnonzero(rows), np.flatnonzero(columns)
        assert found["named"] == by_hand(matrix, *sides)
        assert found["reverse"] == by_hand(matrix, *sides[::-1])


def kh_csr(matrix):
    return matrix_codec.decode(matrix_codec.encode(matrix, hierarchy="0" * 16))[
        1
    ]


def test_hundreds_of_epochs_take_little_memory():
    rng = np.random.default_rng(0)
    matrix = np.zeros((1000, 1000), int)
    matrix[rng.integers(0, 1000, 20_000), rng.integers(0, 1000, 20_000)] = 3
    assert cells_of(kh_csr(matrix)).nbytes < 20_000 * 5 + 2 * 8000 + 1


def test_counts_that_fill_64_bits_do_not_wrap():
    huge = 2**62
    matrix = np.array([[0, huge], [1, 0]])
    found = rates(
        Cells(
            np.array([0, 1]),
            np.array([1, 0]),
            np.array([huge, 1]),
            matrix.sum(axis=1),
            matrix.sum(axis=0),
        ),
        np.array([True, False]),
        np.array([False, True]),
    )
    assert found["named"]["errors"] == huge
    assert 0 <= found["named"]["chance"] <= 1


def test_epochs_under_another_tree_have_none(logdir):
    write(logdir / "plain", (4,), tree=OTHER)
    found = Reader(logdir).get("rates", **CLASS, rows="1", columns="2")
    epochs = found["epochs"]
    assert [e.get("hierarchy") for e in epochs] == [TREE.digest] * 3 + [None]
    assert ["named" in e for e in epochs] == [False] * 3 + [True]


def test_without_samples_there_is_no_chance(logdir):
    log_matrix(logdir / "empty", np.zeros((4, 4)))
    [point] = of(Reader(logdir), "pet", "car", run="empty/validation")
    nothing = {"errors": 0, "samples": 0, "chance": None}
    assert point["named"] == point["reverse"] == nothing


def test_a_damaged_epoch_is_a_gap(logdir):
    whole = matrix_codec.encode(MATRIX, hierarchy=TREE.digest)
    small = matrix_codec.encode(np.eye(3, dtype=int), hierarchy=TREE.digest)
    for step, blob in ((4, whole[:-25]), (5, small)):
        write_blob(logdir / RUN, "blocks/class", blob, step)
    epochs = of(Reader(logdir), "cat", "dog")
    assert ["named" in e for e in epochs] == [True] * 3 + [False] * 2
    assert ["error" in e for e in epochs] == [False] * 3 + [True] * 2
    assert "classes" in epochs[4]["error"]


def test_of_a_head(reader):
    where = {"run": "hier/validation", "output": "conv2_groups2"}
    tree = TREE.collapse(PAIRS)
    rows, columns = (int(leaf) for leaf in tree.leaves)
    found = reader.get("rates", **where, rows=rows, columns=columns)
    first = found["epochs"][0]
    matrix = PAIRS.aggregate(np.asarray(MATRIX))
    sides = [[int(tree.labels[node])] for node in (rows, columns)]
    assert first["named"] == by_hand(matrix, *sides)
