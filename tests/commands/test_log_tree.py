"""`keras-hier log` without a tree, and the order of the classes then."""

from pathlib import Path

import numpy as np
import pytest

import keras_hier as kh
from keras_hier.log import run_trees
from keras_hier.log.run_log import RunLog
from tests.commands.conftest import logged, tree_of
from tests.support.families import FAMILIES, IDS, LABELS, MATRIX, NAMED, groups

# Few errors make trees of little worth, which is said.
pytestmark = pytest.mark.filterwarnings("ignore:There (is|are):UserWarning")

LOG = "log --logdir run"
BY_ID = f"{LOG} --labels yn.npy --predictions pn.npy"
BY_NUMBER = f"{LOG} --labels y.npy --predictions p.npy"


@pytest.fixture(autouse=True)
def written(run):
    np.save("y.npy", LABELS)
    np.save("p.npy", NAMED)
    np.save("yn.npy", IDS[LABELS])
    np.save("pn.npy", IDS[NAMED])
    np.save("scores.npy", np.eye(30)[NAMED])
    np.save("m.npy", MATRIX)
    Path("ids.txt").write_text("\n".join(IDS))


def write_column(file, name, values):
    Path(file).write_text("\n".join([name, *map(str, values)]))


def test_a_tree_is_computed_and_says_so(run):
    out = run(BY_ID)
    errors = int((LABELS != NAMED).sum())
    assert f"{errors} errors make {len(tree_of().parents) - 31} groups" in out
    assert "errors that were held out lie inside one of the" in out
    assert "by chance" in out
    assert "keras-hier tree run --out tree.csv" in out
    tree = tree_of()
    assert tree.classes == tuple(IDS)
    assert tree.origin.errors == errors
    assert groups(tree) >= FAMILIES


def test_scores_say_how_many_classes_there_are(run):
    np.save("y.npy", LABELS % 25)
    run(f"{LOG} --labels y.npy --scores scores.npy")
    assert tree_of().num_classes == 30
    assert len(RunLog("run").samples()) == 3000


def test_ids_and_numbers_want_to_be_told(run):
    files = f"{LOG} --labels yn.npy --predictions p.npy"
    assert "has class ids and p.npy numbers" in run.refused(files)
    run(f"{files} --classes ids.txt")
    assert tree_of().classes == tuple(IDS)


def test_later_epochs_stand_under_the_same_tree(run):
    run(BY_ID)
    np.save("pn.npy", IDS[np.roll(NAMED, 7)])  # other errors
    run(f"{BY_ID} --step 2")
    few = LABELS < 25  # some classes are lacking
    np.save("yn.npy", IDS[LABELS[few]])
    np.save("pn.npy", IDS[NAMED[few]])
    run(f"{BY_ID} --step 3")
    assert tree_of(epoch=3) == tree_of(epoch=2) == tree_of(epoch=1)


def test_other_classes_are_refused_unless_a_new_tree_is_asked_for(run):
    run(BY_ID)
    np.save("yn.npy", np.char.add("x", IDS)[LABELS])
    said = run.refused(f"{BY_ID} --step 2")
    assert "no class of the run, the first is 'xk25' at index 0" in said
    assert "brought its classes: log to another folder, or pass" in said
    shuffled = IDS[np.random.default_rng(1).permutation(30)]
    np.save("yn.npy", shuffled[LABELS])
    np.save("pn.npy", shuffled[NAMED])
    run(f"{BY_ID} --step 2 --retree")
    assert tree_of(epoch=2) != tree_of(epoch=1)


@pytest.mark.parametrize("classes", ["", "--classes ids.txt"])
def test_numbers_count_the_classes_of_a_tree_that_counts_them(run, classes):
    run(f"{BY_NUMBER} {classes}")
    run(f"{LOG} --labels y.npy --scores scores.npy {classes} --step 2")
    assert logged(1) == logged(2) == MATRIX.tolist()
    ids = IDS.tolist() if classes else list(map(str, range(30)))
    assert [*tree_of().classes] == ids


@pytest.mark.parametrize("tree", ["", "--hierarchy tree.json"])
@pytest.mark.parametrize(
    "files", ["--labels y.npy --predictions p.npy", "--matrix m.npy"]
)
def test_they_do_not_count_those_of_a_tree_of_sorted_ids(run, tree, files):
    run(BY_ID)
    run("tree run --out tree.json")
    step2 = f"{LOG} {files} {tree} --step 2"
    said = run.refused(step2)
    assert "an order of their own, 'k00, k01, k02', ...: say by" in said
    assert "say by --classes which class each number" in said
    run(f"{step2} --classes ids.txt")
    assert logged(2) == MATRIX.tolist()


def test_arguments_that_go_with_a_tree_only(run):
    for more, said in (
        ("--node-labels", "--node-labels goes with --hierarchy"),
        ("--groups-are a", "--groups-are goes with --hierarchy"),
    ):
        assert said in run.refused(f"{BY_ID} {more}")
    assert not Path("run").exists()


def test_without_errors_the_tree_is_flat(run):
    with pytest.warns(UserWarning, match="0 errors among 30 classes"):
        out = run(f"{LOG} --labels yn.npy --predictions yn.npy")
    assert "0 errors make no groups of classes" in out
    assert tree_of().depth.max() == 1


def test_files_without_samples_have_no_tree(run):
    Path("none.csv").write_text("label,prediction\n")
    said = run.refused(f"{LOG} --labels none.csv --predictions none.csv")
    assert "none.csv is empty: it has no samples." in said


@pytest.mark.parametrize("kind", ["npy", "csv", int])
@pytest.mark.parametrize("ids", [("1001", "2002", "3003"), ("1", "3", "6")])
def test_numbers_that_may_be_ids_are_asked_about(run, ids, kind):
    true = [*ids] * 20
    named = true[1:] + true[:1]
    np.save("y.npy", np.array(true, kind if kind is int else str))
    np.save("p.npy", np.array(named, kind if kind is int else str))
    write_column("y.csv", "label", true)
    write_column("p.csv", "prediction", named)
    suffix = "csv" if kind == "csv" else "npy"
    files = f"{LOG} --labels y.{suffix} --predictions p.{suffix}"
    said = run.refused(files)
    assert f"may be ids of classes here, or count {int(ids[2]) + 1:,}" in said
    assert "--labels-are ids, or --labels-are numbers" in said
    assert not Path("run").exists()
    run(f"{files} --labels-are ids")
    assert tree_of().classes == ids


def test_numbers_of_which_some_are_missing_are_numbers(run):
    write_column("y.csv", "label", "034" * 20)
    write_column("p.csv", "prediction", "043" * 20)
    run(f"{LOG} --labels y.csv --predictions p.csv")
    assert tree_of().classes == ("0", "1", "2", "3", "4")


@pytest.mark.parametrize("kind", [np.int64, np.float64])
def test_ids_of_a_million_and_more_stay_as_they_are(run, kind):
    ids = np.array([1_000_000, 2_084_071, 123_456_789, 5], kind)
    np.save("y.npy", ids)
    np.save("p.npy", ids[[1, 0, 2, 3]])
    run(f"{BY_NUMBER} --labels-are ids")
    assert tree_of().classes == ("1000000", "123456789", "2084071", "5")


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("1e999", "'1e999' in line 2 stands among whole numbers"),
        ("nan", "'nan' in line 2 stands among whole numbers. Leave out"),
        ("-2", "the first is '-2' in line 2. Expected"),
        ("9" * 18, "1,000,000,000,000,000,000 classes from 0"),
    ],
)
def test_labels_that_number_no_class_are_refused(run, cell, said):
    write_column("y.csv", "label", [cell, 1])
    write_column("p.csv", "prediction", [0, 1])
    files = f"{LOG} --labels y.csv --predictions p.csv"
    assert said in run.refused(files)


def test_classes_that_two_files_do_not_share(run):
    np.save("y.npy", IDS[:3])
    np.save("p.npy", IDS[3:6])
    said = "y.npy and p.npy have no class in common: 'k00' is one of the first"
    assert said in run.refused(BY_NUMBER)


@pytest.mark.parametrize("other", ["{:.1f}", "{:03}"])
def test_one_number_is_not_two_classes(run, other):
    ids = [(100 + 5 * n) % 115 for n in range(120)]
    write_column("y.csv", "labels", map(other.format, ids))
    write_column("p.csv", "predictions", ids)
    rows = [f"{i:03},a" for i in range(0, 115, 5)]
    Path("ids.csv").write_text("\n".join(["class,group1", *rows]))
    files = f"{LOG} --labels y.csv --predictions p.csv --labels-are ids"
    said = run.refused(files)
    assert "are one number: write it alike" in said or "in common" in said
    run(f"{files} --hierarchy ids.csv")
    assert RunLog("run").matrix()[0].correct == 120


def test_columns_of_labels_are_no_scores(run):
    both = [f"{n % 6},{n % 5}" for n in range(120)]
    write_column("sk.csv", "y_true,y_pred", both)
    run(f"{LOG} --labels sk.csv --predictions sk.csv")
    assert RunLog("run").matrix()[0].correct == 20
    assert tree_of().classes == tuple("012345")
    write_column("odd.csv", "truth,answer", both)
    np.save("y.npy", IDS[np.arange(120) % 6])
    files = "log --logdir other --labels y.npy --predictions odd.csv"
    said = "120 samples are no class of the list of classes, the first is 'k00'"
    assert said in run.refused(files)


class TestScoresBesideIds:
    """Labels are ids 1 to 12, of which "10" comes before "2" as text."""

    SCORED = f"{LOG} --labels ids.npy --labels-are ids --scores"
    TRUE = np.arange(120) % 12

    @pytest.fixture(autouse=True)
    def scored(self, run):
        ids = np.arange(1, 13)
        rng = np.random.default_rng(0)
        scores = np.eye(12)[self.TRUE] * 0.5 + rng.random((120, 12)) / 3
        self.scores = scores / scores.sum(axis=1, keepdims=True)
        np.save("ids.npy", ids[self.TRUE])
        np.save("scores.npy", self.scores)
        rows = [",".join(map(str, row)) for row in self.scores]
        write_column("scores.csv", ",".join(map(str, ids)), rows)
        write_column("tree.csv", "class,group1", [f"{c},{c % 3}" for c in ids])
        Path("order.txt").write_text("\n".join(map(str, ids)))

    @pytest.mark.parametrize("tree", ["", "--hierarchy tree.csv"])
    def test_nameless_ones_have_no_order(self, run, tree):
        files = f"{self.SCORED} scores.npy {tree}"
        assert "--classes" in run.refused(files)
        assert not Path("run").exists()
        run(f"{files} --classes order.txt")
        assert RunLog("run").matrix()[0].correct == 120
        run(f"{self.SCORED} scores.csv {tree} --step 2")
        assert RunLog("run").matrix()[0].correct == 120
        assert set(tree_of().classes) == set(map(str, range(1, 13)))

    def test_a_tree_of_the_run_numbers_them_unless_it_was_computed(self, run):
        labels = [(5 * number + 3) % 12 for number in range(12)]
        rows = [f"{c + 1},{label},{c % 3}" for c, label in enumerate(labels)]
        write_column("numbered.csv", "class,label,group1", rows)
        scores = np.empty((120, 12))
        scores[:, labels] = self.scores
        np.save("turned.npy", scores)
        for more in ("--hierarchy numbered.csv", "--step 2"):
            run(f"{self.SCORED} turned.npy {more}")
            assert RunLog("run").matrix()[0].correct == 120
        run(f"{self.SCORED} scores.csv --retree --step 3")
        said = run.refused(f"{self.SCORED} scores.npy --step 4")
        assert "The groups were made of errors, and have the classes in" in said


def test_a_refused_epoch_leaves_no_samples(run):
    run(f"{BY_NUMBER} --step 5")
    said = run.refused(f"{LOG} --labels y.npy --scores scores.npy --step 3")
    assert "Epoch 3 comes after epoch 5" in said
    assert RunLog("run").sample_outputs == ()


def test_the_tree_of_a_damaged_run_is_not_computed_anew(run):
    run(BY_ID)
    (file,) = Path("run/validation").iterdir()
    file.write_bytes(b"?" + file.read_bytes()[1:])
    for command in (f"{BY_ID} --step 2", "tree run"):
        assert f"{file.name}' is damaged" in run.refused(command)
    assert [*Path("run/validation").iterdir()] == [file]
    run(f"{BY_ID} --step 2 --retree")


def test_each_split_has_a_tree_of_its_own(run):
    for split, order in (("train", IDS), ("validation", IDS[::-1])):
        paths = [(f"{split}-{i // 5}", order[i]) for i in range(30)]
        kh.Hierarchy.from_paths(paths).to_csv("tree.csv")
        run(f"{BY_ID} --hierarchy tree.csv --split {split}")
        run(f"{BY_ID} --split {split} --step 2")
        assert f"{split}-0" in str(tree_of(f"run/{split}", 2))
    assert "validation-0" in run("tree run")
    assert "train-0" in run("tree run --split train")


@pytest.mark.parametrize(
    ("ids", "names"),
    [
        (("001.ak47", "002.flag"), ("ak47", "flag")),
        (("1 - cat", "2 - dog"), ("cat", "dog")),
        # Not all are numbered, numbers alone, or two would be called the same.
        (("001.ak47", "flag"), ("001.ak47", "flag")),
        (("1.5", "2.5"), ("1.5", "2.5")),
        (("1.crane", "2.crane"), ("1.crane", "2.crane")),
        # Searched from its beginning alone: this would take half an hour.
        (("1." * 100_000, "2."), ("1." * 100_000, "2.")),
        (("1" + "." * 100_000,), ("1" + "." * 100_000,)),
    ],
)
def test_numbers_of_folders_are_no_names(ids, names):
    assert run_trees.names_of(ids) == names
    if ids == ("001.ak47", "002.flag"):
        tree = run_trees.tree_of_errors([[9, 5], [5, 9]], ids).hierarchy
        assert (tree.classes, tree.names) == (ids, names)
