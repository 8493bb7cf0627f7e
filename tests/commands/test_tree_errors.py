"""`keras-hier tree TREE --errors-of RUN`: a tree beside the errors of a run."""

import tracemalloc

import numpy as np
import pytest
from scipy import sparse

import keras_hier as kh
from tests.support.families import IDS, MATRIX

FIVES = [f"f{i // 5}" for i in range(30)]


@pytest.fixture
def beside(run):
    """Prints how families of the 30 classes stand beside errors."""

    def lines(families, matrix, epoch=1):
        paths = zip(families, IDS, strict=True) if families else zip(IDS)
        tree = kh.Hierarchy.from_paths(paths)
        with kh.BlocksWriter("run", tree) as writer:
            writer.matrix(matrix, epoch)
        tree.to_csv("tree.csv")
        out = run("tree tree.csv --errors-of run")
        assert "nan" not in out
        return out.splitlines()

    return lines


def test_a_class_that_is_filed_elsewhere(beside):
    families = [*FIVES]
    families[7] = "f5"
    first, second, *_ = beside(families, MATRIX)
    assert first.startswith("6 groups: ")
    assert "(0 by chance; of two halves of the errors " in first
    assert "1 of 30 classes" in first
    many = (MATRIX + MATRIX.T)[7, [5, 6, 8, 9]].sum()
    assert second == f"  k07 with f1 ({many}), not f5 (0); so in 100 % of draws"


def test_errors_that_stand_beside_chance(beside):
    """Five families of six classes, of which one each is never confused.

    An error draws one of 24 others of the 25: 4 of these are of its family.
    """
    family = np.arange(30) // 6
    matrix = np.where(family[:, None] == family, 10, 0)
    matrix[::6] = matrix[:, ::6] = 0
    np.fill_diagonal(matrix, 50)
    matrix[::6, ::6] = np.diag([90] * 5)
    said = beside([f"f{i}" for i in family], matrix)[0]
    assert (
        "100.0 % of those that these have not seen (16.7 % by chance)" in said
    )
    assert "1.00 (0 by chance; of two halves of the errors 1.0" in said


def test_a_single_class_has_the_verb_of_one(beside):
    """k00 is mistaken once, for k01, which is a family of its own."""
    matrix = np.diag([50] * 30)
    matrix[0, 1] = 1
    said = beside(["f0", "f6", *FIVES[2:]], matrix)[0]
    assert "0 of 1 class is shown to be confused" in said


def test_one_class_of_two(run):
    tree = kh.Hierarchy.from_paths([("pet", "a"), ("pet", "b"), ("car", "c")])
    with kh.BlocksWriter("run", tree) as writer:
        writer.matrix([[40, 0, 30], [4, 50, 1], [0, 3, 50]], 1)
    tree.to_csv("tree.csv")
    out = run("tree tree.csv --errors-of run")
    assert "1 of 2 classes is shown to be confused with another" in out
    assert "more than with its own" in out


def test_errors_of_a_single_group_make_no_others(beside):
    matrix = np.diag([50] * 30)
    matrix[:5, :5] = 10
    said = beside(FIVES, matrix)[0]
    assert "confused lie in one of them, or each in its own" in said


def test_runs_and_trees_with_nothing_to_compare(run, beside):
    assert beside(FIVES, np.diag([9] * 30))[0].startswith(
        "run has no errors to compare the tree with: all of its 270 samples"
    )
    assert beside([], MATRIX, 2)[0].startswith("The tree has no groups")
    said = run.refused("tree imagenet --errors-of run")
    assert "run has 30 classes, the hierarchy 1,000" in said
    tree = kh.Hierarchy.from_paths([("pet", "a"), ("pet", "b"), ("car", "c")])
    with kh.BlocksWriter("coarse", tree) as writer:
        labels = [tree.node_label("pet")] * 5
        writer.predictions(labels, [1] * 5, 1, node_labels=True)
    tree.to_csv("tree.csv")
    assert "its matrix is empty. Labels that name a group" in (
        run("tree tree.csv --errors-of coarse")
    )


def test_a_tree_of_the_errors_beside_them_is_said_to_be(run):
    np.save("m.npy", MATRIX)
    run("log --matrix m.npy --logdir run")
    out = run("tree run --errors-of run")
    assert "that it agrees with them says nothing" in out
    assert "0 of 30 classes are shown to be confused with another group" in out
    assert "with their own.\n" in out


def test_too_many_classes_for_a_tree_of_errors(run):
    """Each class is confused with the one beside it, in 200 groups of 50.

    Their counts would take 800 MB as an array, which nothing may make of them.
    """
    count = 10_000
    at = np.arange(count)
    tree = kh.Hierarchy.from_paths(
        [(f"g{i // 50:03}", f"c{i:05}") for i in range(count)]
    )
    matrix = sparse.coo_array(
        (np.full(2 * count, 3), (np.r_[at, at], np.r_[at, at ^ 1])),
        (count, count),
    )
    with kh.BlocksWriter("many", tree) as writer:
        writer.matrix(matrix, 1)
    tree.to_csv("many.csv")
    tracemalloc.start()
    first, second, *_ = run("tree many.csv --errors-of many").splitlines()
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 200e6
    assert first == (
        "There are 10,000 classes: no tree of the errors stands beside this "
        "one, as it is computed of at most 5,000."
    )
    assert second.startswith(
        "200 groups: 100.0 % of the errors are inside (0.5"
    )
    assert "0 of 10,000 classes are shown to be confused" in second


class TestOutputs:
    """The network's own output for the classes, whatever its name."""

    TREE = kh.Hierarchy.from_paths(zip(FIVES, IDS, strict=True))

    @pytest.mark.parametrize("split", ["validation", ""])
    def test_is_found_by_its_role(self, run, split):
        with kh.BlocksWriter("run", self.TREE) as writer:
            writer.matrix(MATRIX, 1, "predictions")
            writer.matrix(MATRIX, 1, "a_head", role="head", layer="a")
        run(f"tree run/{split} --from-confusions --relog new")
        new = kh.RunLog("new", "validation")
        assert new.outputs == ("predictions",)
        assert (new.matrix("predictions")[1] != MATRIX).sum() == 0
        self.TREE.to_csv("own.csv")
        run("tree own.csv --errors-of run")

    def test_is_said_where_two_may_be_it(self, run):
        with kh.BlocksWriter("run", self.TREE) as writer:
            for name in ("left", "right"):
                writer.matrix(MATRIX, 1, name)
        command = "tree run --from-confusions"
        said = "this is output 'left'. Choose 'right' by --output."
        assert said in run(command)
        assert said not in run(f"{command} --output left")
        assert "'middle'" in run.refused(f"{command} --output middle")

    def test_has_the_tree_of_the_run(self, run):
        np.savez("m.npz", matrix=MATRIX, classes=IDS)
        other = kh.Hierarchy.from_paths(zip(IDS))
        with kh.BlocksWriter("run", other) as writer:
            writer.matrix(MATRIX, 1)
            writer.matrix(MATRIX, 1, "a_probe", role="probe", layer="a")
        with kh.BlocksWriter("run", self.TREE) as writer:
            writer.matrix(MATRIX, 2)
        run("log --matrix m.npz --logdir run --step 3")
        read = kh.RunLog("run")
        trees = [
            read.hierarchy(read.matrix("class", step)[0].hierarchy)
            for step in (1, 2, 3)
        ]
        assert trees == [other, self.TREE, self.TREE]
