"""Counts alone: `keras-hier log --matrix`, `tree FILE --from-confusions`."""

import tracemalloc
from pathlib import Path

import numpy as np
import pytest

import keras_hier as kh
from keras_hier.hierarchy.computed import computed_table
from tests.commands.conftest import logged, tree_of
from tests.support.families import IDS, MATRIX, groups

pytestmark = pytest.mark.filterwarnings("ignore:There (is|are):UserWarning")

LOG = "log --logdir run --matrix"
NAMES = ("cat", "dog", "pug", "car", "bus", "van")
COUNTS = np.diag([66, 70, 61, 69, 79, 86]) + np.eye(6, k=1, dtype=int)


def save(file, rows, header=(), beside=()):
    lines = [",".join(map(str, row)) for row in [header, *np.asarray(rows)]]
    if beside:
        lines = [f"{b},{line}" for b, line in zip(beside, lines, strict=True)]
    Path(file).write_text("\n".join(lines[0 if header else 1 :]))


@pytest.fixture(autouse=True)
def written(run):
    np.save("m.npy", MATRIX)
    save("m.csv", MATRIX, IDS.tolist(), ["", *IDS])
    Path("ids.txt").write_text("\n".join(IDS))


@pytest.mark.parametrize(
    ("arguments", "classes"),
    [
        ("m.csv", tuple(IDS)),
        ("m.npy", tuple(map(str, range(30)))),
        ("m.npy --classes ids.txt", tuple(IDS)),
    ],
)
def test_counts_make_a_tree(run, arguments, classes):
    run(f"{LOG} {arguments}")
    assert tree_of().classes == classes
    assert logged() == MATRIX.tolist()
    assert len(groups(tree_of())) > 6


def test_counts_in_another_order_than_the_tree(run):
    tree = kh.Hierarchy.from_paths([("all", i) for i in IDS[::-1]])
    Path("tree.json").write_text(tree.to_json())
    run(f"{LOG} m.csv --hierarchy tree.json")
    assert logged() == MATRIX[::-1, ::-1].tolist()


def test_groups_that_are_too_few_for_a_level(run):
    # Three pairs of 40 classes, and all six: most others are single classes.
    counts = 9 * np.eye(40, dtype=int)
    for first in (0, 2, 4):
        counts[first, first + 1] = counts[first + 1, first] = 50
    np.save("few.npy", counts)
    out = run(f"{LOG} few.npy")
    assert "300 errors make 4 groups of classes, and leave most" in out
    assert "weak" not in out
    assert len(tree_of().parents) == 1 + 4 + 40


@pytest.mark.parametrize("index", [True, False])
def test_numbered_classes_of_pandas(run, index):
    counts = [[90, 20, 0, 1], [30, 80, 1, 0], [0, 1, 90, 30], [1, 0, 20, 90]]
    save("pandas.csv", counts, range(4), ["", *range(4)] if index else ())
    np.save("bare.npy", counts)
    said = run("tree pandas.csv --from-confusions")
    assert "errors make 2 groups of classes" in said
    assert run("tree bare.npy --from-confusions") == said


def test_numbers_that_pandas_writes_are_no_names(run):
    save("m.csv", COUNTS, range(6))
    Path("names.txt").write_text("\n".join(NAMES))
    run(f"{LOG} m.csv --classes names.txt")
    assert tree_of().classes == NAMES


def test_counts_that_name_their_classes_are_given_no_others(run):
    save("m.csv", COUNTS, NAMES)
    np.savez("m.npz", matrix=COUNTS, classes=np.array(NAMES))
    Path("sorted.txt").write_text("\n".join(sorted(NAMES)))
    Path("same.txt").write_text("\n".join(NAMES))
    for command in (
        f"{LOG} m.csv",
        f"{LOG} m.npz",
        "tree m.csv --from-confusions",
    ):
        said = run.refused(f"{command} --classes sorted.txt")
        assert "not as --classes does" in said
    run(f"{LOG} m.csv --classes same.txt")
    assert tree_of().classes == NAMES


@pytest.mark.parametrize("header", [NAMES, range(6)])
def test_counts_are_no_tree(run, header):
    save("m.csv", COUNTS, header)
    assert "pass --from-confusions" in run.refused("tree m.csv")


def test_sums_beside_counts_are_no_class(run):
    sums = COUNTS.sum(1, keepdims=True)
    with_sums = np.block([[COUNTS, sums], [COUNTS.sum(0), COUNTS.sum()]])
    save("m.csv", with_sums, (*NAMES, "All"))
    assert "margins=False" in run.refused(f"{LOG} m.csv")
    # No class at all was right or wrong here: these are no sums.
    save("zero.csv", np.zeros((6, 6), int), NAMES)
    run(f"{LOG} zero.csv")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1,2\n3\n", "expected counts"),
        ("1,2,3\n4,5,6\n", "got shape (2, 3)"),
        (",a,b\nb,1,2\na,3,4\n", "rows are in another order"),
        ("a,b\n1,-2\n3,4\n", "whole numbers from 0, got -2"),
        ("1,0.5\n3,4\n", "whole numbers from 0, got 0.5. Shares do not say"),
        ("a,b,b\n1,2,3\n4,5,6\n7,8,9\n", "'b' is named twice"),
        *[
            (f"1,{cell}\n{cell},3\n", "counts of fewer than 2^53 samples, got")
            for cell in ("1e30", "1e308", "1e999", "5e15")
        ],
    ],
)
def test_files_that_are_no_matrix(run, text, message):
    Path("m.csv").write_text(text)
    kh.Hierarchy.from_paths([("all", "a"), ("all", "b")]).to_csv("tree.csv")
    for command in (
        f"{LOG} m.csv",
        f"{LOG} m.csv --hierarchy tree.csv",
        "tree m.csv --from-confusions",
    ):
        assert message in run.refused(command)
    assert not Path("run").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("none.csv", "there is no file 'none.csv'."),
        ("none.npy", "there is no file 'none.npy'."),
        ("folder.csv", "folder.csv: it is a folder where a file was expected."),
        ("complex.npy", "expected counts of samples, got complex128."),
        ("m.npy --labels y.npy", "--labels goes with"),
        ("m.npy --node-labels", "--node-labels goes with --labels."),
        ("m.npy --classes short.txt", "30 rows, --classes has 1 class id."),
    ],
)
def test_arguments_that_will_not_do(run, arguments, said):
    Path("folder.csv").mkdir()
    Path("short.txt").write_text("k00\n")
    np.save("complex.npy", 1j * COUNTS)
    assert said in run.refused(f"{LOG} {arguments}")


class TestSizes:
    """8 MB of counts in a file of 8 KB, of which no tree is computed."""

    @pytest.fixture(autouse=True)
    def packed(self, monkeypatch):
        monkeypatch.setattr(computed_table, "MOST_CLASSES", 900)
        kh.Hierarchy.from_paths([("pet", "a"), ("pet", "b")]).to_csv("tree.csv")
        np.savez_compressed("b.npz", np.zeros((1000, 1000)))
        np.savez_compressed("long.npz", np.zeros((2000, 500)))

    @pytest.mark.parametrize(
        ("command", "said"),
        [
            ("tree b.npz --from-confusions", "at most 900 classes, got 1,000"),
            (f"{LOG} b.npz", "at most 900 classes, got 1,000"),
            (f"{LOG} b.npz --hierarchy tree.csv", "classes, the hierarchy 2"),
            ("tree long.npz --from-confusions", "got shape (2000, 500)"),
        ],
    )
    def test_are_looked_at_before_the_counts(self, run, command, said):
        run.refused(command)  # imports what is needed
        tracemalloc.start()
        assert said in run.refused(command)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 4 * 2**20
