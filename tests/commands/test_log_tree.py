"""`keras-hier log` and `keras-hier tree` for those who have no tree."""

import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from scipy import sparse

import keras_hier as kh
from keras_hier.cli import main
from keras_hier.commands.run_tree import names_of, tree_of_errors
from keras_hier.log.run_log import RunLog

# 30 classes in families of five, which a network confuses inside alone.
RNG = np.random.default_rng(0)
LABELS = RNG.integers(0, 30, 3000)
OTHERS = LABELS // 5 * 5 + RNG.integers(0, 5, 3000)
NAMED = np.where(RNG.random(3000) < 0.6, LABELS, OTHERS)
IDS = np.array([f"k{i:02}" for i in range(30)])
FAMILIES = {frozenset(IDS[i : i + 5].tolist()) for i in range(0, 30, 5)}
MATRIX = np.bincount(LABELS * 30 + NAMED, minlength=900).reshape(30, 30)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    np.save("y.npy", LABELS)
    np.save("p.npy", NAMED)
    np.save("yn.npy", IDS[LABELS])
    np.save("pn.npy", IDS[NAMED])
    np.save("scores.npy", np.eye(30)[NAMED])
    np.save("m.npy", MATRIX)
    rows = [",".join(["", *IDS])]
    rows += [
        ",".join([IDS[i], *map(str, MATRIX[i].tolist())]) for i in range(30)
    ]
    Path("m.csv").write_text("\n".join(rows))
    Path("ids.txt").write_text("\n".join(IDS))
    return tmp_path


def log(*arguments, run="run"):
    return main(["log", "--logdir", run, *arguments])


def given(labels="yn.npy", predictions="pn.npy"):
    return ("--labels", labels, "--predictions", predictions)


def tree_of(run="run", step=None):
    read = RunLog(run)
    header, _ = read.matrix(epoch=step)
    return read.hierarchy(header.hierarchy)


def groups(tree):
    return {
        frozenset(
            tree.classes[label]
            for label in tree.order[tree.start[node] : tree.stop[node]]
        )
        for node in np.flatnonzero(tree.labels < 0)
    }


def test_a_tree_is_computed_and_says_so(folder, capsys):
    assert log(*given()) == 0
    out = capsys.readouterr().out
    errors = int((LABELS != NAMED).sum())
    assert f"was computed from these {errors} errors" in out
    assert "of errors that it has not seen" in out
    assert "by chance" in out
    assert "keras-hier tree run --out tree.csv" in out
    tree = tree_of()
    assert tree.classes == tuple(IDS)
    assert tree.origin.errors == errors
    assert groups(tree) >= FAMILIES


def test_numbers_count_the_classes(folder):
    assert log(*given("y.npy", "p.npy")) == 0
    assert tree_of().classes == tuple(map(str, range(30)))


def test_scores_say_how_many_classes_there_are(folder):
    np.save("y.npy", LABELS % 25)
    assert log("--labels", "y.npy", "--scores", "scores.npy") == 0
    assert tree_of().num_classes == 30
    assert len(RunLog("run").samples()) == 3000


def test_ids_and_numbers_want_to_be_told(folder, capsys):
    assert log(*given("yn.npy", "p.npy")) == 2
    assert "has class ids and p.npy numbers" in capsys.readouterr().err
    assert log(*given("yn.npy", "p.npy"), "--classes", "ids.txt") == 0
    assert tree_of().classes == tuple(IDS)


def test_later_epochs_stand_under_the_same_tree(folder):
    log(*given())
    np.save("pn.npy", IDS[np.roll(NAMED, 7)])  # other errors
    log(*given(), "--step", "2")
    assert tree_of(step=2) == tree_of(step=1)


def test_so_do_those_that_lack_a_class(folder):
    log(*given())
    few = LABELS < 25
    np.save("yn.npy", IDS[LABELS[few]])
    np.save("pn.npy", IDS[NAMED[few]])
    assert log(*given(), "--step", "2") == 0
    assert tree_of(step=2).num_classes == 30


def test_numbers_count_the_classes_of_a_tree_that_counts_them(folder, capsys):
    for labels, named, more in (
        ("y.npy", "p.npy", ()),
        ("y.npy", "p.npy", ("--classes", "ids.txt")),
    ):
        run = f"run{len(more)}"
        assert log(*given(labels, named), *more, run=run) == 0
        again = ("--labels", "y.npy", "--scores", "scores.npy", *more)
        assert log(*again, "--step", "2", run=run) == 0
        read = RunLog(run)
        for epoch in (1, 2):
            assert (read.matrix(epoch=epoch)[1] != MATRIX).sum() == 0
    # Which class a number is was never said here.
    log(*given())
    for step, files in (
        ("2", given("y.npy", "p.npy")),
        ("3", ("--matrix", "m.npy")),
    ):
        assert log(*files, "--step", step) == 2
        said = capsys.readouterr().err
        assert "an order of its own, 'k00, k01, k02', ...: say by" in said
        assert "say by --classes which class each number" in said
        classes = ("--classes", "ids.txt", "--step", step)
        assert log(*files, *classes) == 0
        assert (RunLog("run").matrix()[1] != MATRIX).sum() == 0


def test_nor_do_numbers_count_those_of_a_computed_tree_in_a_file(
    folder, capsys
):
    log(*given())
    assert main(["tree", "run", "--out", "tree.json"]) == 0
    for run, files in (
        ("labels", given("y.npy", "p.npy")),
        ("counts", ("--matrix", "m.npy")),
    ):
        tree = (*files, "--hierarchy", "tree.json")
        assert log(*tree, run=run) == 2
        assert "say by --classes which class" in capsys.readouterr().err
        assert log(*tree, "--classes", "ids.txt", run=run) == 0
        assert (RunLog(run).matrix()[1] != MATRIX).sum() == 0


def test_other_classes_are_refused(folder, capsys):
    log(*given())
    np.save("yn.npy", np.char.add("x", IDS)[LABELS])
    assert log(*given(), "--step", "2") == 2
    said = capsys.readouterr().err
    assert "no class of the hierarchy, the first is 'xk25' at index 0" in said
    assert "the one that this run has: log to another folder, or pass" in said


def test_a_new_tree_if_asked_for(folder):
    log(*given())
    shuffled = np.random.default_rng(1).permutation(30)
    np.save("yn.npy", IDS[shuffled[LABELS]])
    np.save("pn.npy", IDS[shuffled[NAMED]])
    assert log(*given(), "--step", "2", "--retree") == 0
    assert tree_of(step=2) != tree_of(step=1)


def test_what_goes_with_a_tree_only(folder, capsys):
    assert log(*given(), "--node-labels") == 2
    assert "--node-labels goes with --hierarchy" in capsys.readouterr().err
    assert log(*given(), "--groups-are", "a") == 2
    assert "--groups-are goes with --hierarchy" in capsys.readouterr().err
    assert log(*given(), "--retree", "--hierarchy", "imagenet") == 2
    assert not Path("run").exists()


def test_without_errors_the_tree_is_flat(folder, capsys):
    with pytest.warns(UserWarning, match="0 errors among 30 classes"):
        assert log(*given("yn.npy", "yn.npy")) == 0
    said = "There is no tree: 0 errors make no groups"
    assert said in capsys.readouterr().out
    assert tree_of().depth.max() == 1


@pytest.mark.parametrize(
    ("arguments", "classes"),
    [
        (("--matrix", "m.csv"), tuple(IDS)),
        (("--matrix", "m.npy"), tuple(map(str, range(30)))),
        (("--matrix", "m.npy", "--classes", "ids.txt"), tuple(IDS)),
    ],
)
def test_counts_alone(folder, arguments, classes):
    assert log(*arguments) == 0
    tree = tree_of()
    assert tree.classes == classes
    assert RunLog("run").matrix()[1].toarray().tolist() == MATRIX.tolist()
    assert len(groups(tree)) > 6


def test_counts_in_another_order_than_the_tree(folder):
    tree = kh.Hierarchy.from_paths([("all", i) for i in IDS[::-1]])
    Path("tree.json").write_text(tree.to_json())
    assert log("--matrix", "m.csv", "--hierarchy", "tree.json") == 0
    logged = RunLog("run").matrix()[1].toarray()
    assert logged.tolist() == MATRIX[::-1, ::-1].tolist()


def test_groups_that_are_too_few_for_a_level(folder, capsys):
    # Three pairs of 40 classes, and all six: most others are single classes.
    counts = 9 * np.eye(40, dtype=int)
    for first in (0, 2, 4):
        counts[first, first + 1] = counts[first + 1, first] = 50
    np.save("few.npy", counts)
    assert log("--matrix", "few.npy") == 0
    out = capsys.readouterr().out
    assert "The tree of these 300 errors has 4 groups and no level" in out
    assert "There is no tree" not in out
    assert "0 of its 4 groups are weak" in out
    # "Not shown" is not "no": many of them do.
    assert "may not come back with other samples: 23 to 54 % of such" in out
    tree = tree_of()
    assert len(tree.parents) == 1 + 4 + tree.num_classes


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1,2\n3\n", "expected counts"),
        ("1,2,3\n4,5,6\n", r"got shape (2, 3)"),
        (",a,b\nb,1,2\na,3,4\n", "rows are in another order"),
        ("a,b\n1,-2\n3,4\n", "whole numbers from 0, got -2"),
        ("1,0.5\n3,4\n", "whole numbers from 0, got 0.5. Shares do not say"),
        ("a,b,b\n1,2,3\n4,5,6\n7,8,9\n", "'b' is named twice"),
    ],
)
def test_what_is_no_matrix(folder, text, message, capsys):
    Path("m.csv").write_text(text)
    assert log("--matrix", "m.csv") == 2
    assert message in capsys.readouterr().err
    tree = kh.Hierarchy.from_paths([("all", "a"), ("all", "b")])
    Path("tree.json").write_text(tree.to_json())
    assert log("--matrix", "m.csv", "--hierarchy", "tree.json") == 2
    assert message in capsys.readouterr().err
    assert not Path("run").exists()


@pytest.mark.parametrize("file", ["none.csv", "folder.csv", "none.npy"])
def test_a_matrix_that_is_not_there(folder, file, capsys):
    Path("folder.csv").mkdir()
    assert log("--matrix", file) == 2
    said = capsys.readouterr().err
    wrong = f"there is no file {file!r}."
    if file == "folder.csv":
        wrong = f"{file}: it is a folder where a file was expected."
    assert said == f"keras-hier log: {wrong}\n"


def test_labels_or_counts(folder, capsys):
    assert log("--predictions", "pn.npy") == 2
    assert "--labels goes with" in capsys.readouterr().err
    assert log("--matrix", "m.npy", "--labels", "yn.npy") == 2


class TestTree:
    def test_of_a_run_to_edit_and_to_use_again(self, folder, capsys):
        log(*given())
        capsys.readouterr()
        assert main(["tree", "run", "--out", "tree.json"]) == 0
        assert "computed from" not in capsys.readouterr().out
        assert main(["tree", "run", "--out", "tree.csv"]) == 0
        said = "A .csv does not tell that the tree was computed from confusions"
        printed = capsys.readouterr().out
        assert said in printed
        assert "a network may number them otherwise" in printed
        assert kh.Hierarchy.from_csv("tree.csv") == tree_of()
        assert log(*given(), "--hierarchy", "tree.csv", run="other") == 0
        assert tree_of("other") == tree_of()

    def test_from_the_errors_of_a_run(self, folder, capsys):
        flat = kh.Hierarchy.from_paths([(i,) for i in IDS])
        with kh.BlocksWriter("run", flat) as writer:
            writer.matrix(MATRIX, 1)
            writer.matrix(MATRIX, 2)
        command = ("tree", "run", "--from-confusions", "--out", "tree.json")
        assert main(command) == 0
        assert groups(kh.Hierarchy.load("tree.json")) >= FAMILIES
        assert "has not seen" in capsys.readouterr().out

    def test_several_epochs_have_no_held_out_share(self, folder, capsys):
        # They are of the same samples: half of their errors are not others.
        log(*given())
        log(*given(), "--step", "2")
        capsys.readouterr()
        command = ("tree", "run", "--from-confusions", "--epochs", "1-2")
        assert main((*command, "--out", "tree.json")) == 0
        out = capsys.readouterr().out
        assert "which flatters it" in out
        assert "has not seen" not in out
        origin = kh.Hierarchy.load("tree.json").origin
        assert (origin.support, origin.inside_held_out) == ((), ())

    @pytest.mark.parametrize("file", ["m.csv", "m.npy"])
    def test_from_a_file(self, folder, file, capsys):
        assert main(["tree", file, "--from-confusions"]) == 0
        assert "was computed from these" in capsys.readouterr().out

    @pytest.mark.parametrize("index", [True, False])
    def test_from_numbered_classes_of_pandas(self, folder, index, capsys):
        counts = [
            [90, 20, 0, 1],
            [30, 80, 1, 0],
            [0, 1, 90, 30],
            [1, 0, 20, 90],
        ]
        rows = [[0, 1, 2, 3], *counts]
        beside = ["", 0, 1, 2, 3]
        lines = [
            ",".join(map(str, [b, *row] if index else row))
            for b, row in zip(beside, rows, strict=True)
        ]
        Path("pandas.csv").write_text("\n".join(lines))
        Path("bare.csv").write_text("\n".join(lines[1:]).replace("\n,", "\n"))
        assert main(["tree", "pandas.csv", "--from-confusions"]) == 0
        read = capsys.readouterr().out
        np.save("bare.npy", counts)
        assert main(["tree", "bare.npy", "--from-confusions"]) == 0
        assert capsys.readouterr().out == read

    def test_a_run_under_some_of_its_classes(self, folder, capsys):
        log(*given())
        some = IDS[20:5:-1]
        Path("some.txt").write_text("\n".join(some))
        options = ["--classes", "some.txt", "--out", "some.json"]
        assert main(["tree", "run", *options]) == 0
        assert "some.json: 15 classes" in capsys.readouterr().out
        assert kh.Hierarchy.load("some.json").classes == tuple(some)
        Path("some.txt").write_text("k01\nno such class")
        assert main(["tree", "run", "--classes", "some.txt"]) == 2
        assert "no such class" in capsys.readouterr().err

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (
                ("m.npy", "--groups", "2", "--errors-of", "run"),
                "Pass --groups or --errors-of",
            ),
            (("m.csv", "--from-confusions", "--epochs", "1"), "--epochs"),
            (
                ("run", "--from-confusions", "--classes", "ids.txt"),
                "--classes does not go with",
            ),
            (("empty",), "is not the folder of a run"),
            (("m.npy", "--from-confusions", "--out", "t.txt"), ".csv or .json"),
            (
                ("run", "--from-confusions", "--epochs", "7-9"),
                "no epoch from 7",
            ),
            (
                ("rnu", "--out", "tree.csv"),
                "there is no folder or file 'rnu': expected `imagenet`, a "
                ".json or .csv file, or the folder of a run.",
            ),
            (
                ("rnu", "--from-confusions", "--epochs", "1"),
                "there is no folder or file 'rnu': expected the folder of a "
                "run, or a file of counts.",
            ),
            (("none.npz:m", "--from-confusions"), "no file 'none.npz'"),
            (
                ("run", "--relog", "new"),
                "goes with --from-confusions and the folder of a run.",
            ),
            (("run", "--groups-are", "a"), "goes with a .csv hierarchy."),
        ],
    )
    def test_what_does_not_fit(self, folder, arguments, message, capsys):
        log(*given())
        Path("empty").mkdir()
        assert main(["tree", *arguments]) == 2
        assert message in capsys.readouterr().err

    @pytest.mark.parametrize("epochs", ["x", "5-2", "-3", "1-", "1,2"])
    def test_what_is_no_range_of_epochs(self, folder, epochs, capsys):
        command = ["tree", "run", "--from-confusions", f"--epochs={epochs}"]
        with pytest.raises(SystemExit):
            main(command)
        message = f"as in 12 or 12-15, got {epochs!r}"
        assert message in capsys.readouterr().err


def test_a_tree_beside_the_errors_of_a_run(folder, capsys):
    log(*given())
    # k07 is filed with the last family.
    families = [(f"f{i // 5}", IDS[i]) for i in range(30)]
    families[7] = ("f5", "k07")
    kh.Hierarchy.from_paths(families).to_csv("tree.csv")
    capsys.readouterr()
    assert main(["tree", "tree.csv", "--errors-of", "run"]) == 0
    first, second, *_ = capsys.readouterr().out.splitlines()
    assert first.startswith("6 groups: ")
    assert "(0 by chance; of two halves of the errors " in first
    assert "1 of 30 classes" in first
    errors = MATRIX + MATRIX.T
    many = errors[7, [5, 6, 8, 9]].sum()
    assert second == f"  k07 with f1 ({many}), not f5 (0); so in 100% of draws"


def test_a_run_without_errors_says_nothing_of_a_tree(folder, capsys):
    families = [(f"f{i // 5}", IDS[i]) for i in range(30)]
    kh.Hierarchy.from_paths(families).to_csv("tree.csv")
    log(*given("yn.npy", "yn.npy"), "--hierarchy", "tree.csv")
    capsys.readouterr()
    assert main(["tree", "tree.csv", "--errors-of", "run"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("run has no errors to compare the tree with: all")
    assert "nan" not in out


@pytest.mark.parametrize("kind", ["npy", "csv", int])
@pytest.mark.parametrize("ids", [("1001", "2002", "3003"), ("1", "30", "99")])
def test_numbers_that_may_be_ids_are_asked_about(folder, ids, kind, capsys):
    true = [*ids] * 20
    for file, header, named in (
        ("y", "label", true),
        ("p", "prediction", true[1:] + true[:1]),
    ):
        np.save(f"{file}.npy", np.array(named, kind if kind is int else str))
        Path(f"{file}.csv").write_text("\n".join([header, *named]))
    suffix = "csv" if kind == "csv" else "npy"
    files = given(f"y.{suffix}", f"p.{suffix}")
    assert log(*files) == 2
    said = capsys.readouterr().err
    assert f"may be ids of classes here, or count {int(ids[2]) + 1:,}" in said
    assert "--labels-are ids, or --labels-are numbers" in said
    assert not Path("run").exists()
    assert log(*files, "--labels-are", "ids") == 0
    assert tree_of().classes == ids


def test_numbers_of_which_some_are_missing_are_numbers(folder):
    Path("y.csv").write_text("\n".join(["label", *"034" * 20]))
    Path("p.csv").write_text("\n".join(["prediction", *"043" * 20]))
    assert log(*given("y.csv", "p.csv")) == 0
    assert tree_of().classes == ("0", "1", "2", "3", "4")


def test_each_split_has_a_tree_of_its_own(folder, capsys):
    for split, order in (("train", IDS), ("validation", IDS[::-1])):
        families = [(f"{split}-{i // 5}", order[i]) for i in range(30)]
        kh.Hierarchy.from_paths(families).to_csv("tree.csv")
        one = ("--hierarchy", "tree.csv", "--split", split)
        assert log(*given(), *one) == 0
    capsys.readouterr()
    for options, split in (
        ((), "validation"),
        (("--split", "validation"), "validation"),
        (("--split", "train"), "train"),
    ):
        assert main(["tree", "run", *options]) == 0
        assert f"{split}-0" in capsys.readouterr().out
    # The next epoch of each stands under its own.
    for split in ("train", "validation"):
        assert log(*given(), "--split", split, "--step", "2") == 0
        assert f"{split}-0" in str(tree_of(f"run/{split}", 2))


def test_the_tree_of_a_damaged_run_is_not_computed_anew(folder, capsys):
    assert log(*given()) == 0
    (file,) = Path("run/validation").iterdir()
    file.write_bytes(b"?" + file.read_bytes()[1:])
    capsys.readouterr()
    for command in (
        ["log", "--logdir", "run", *given(), "--step", "2"],
        ["tree", "run"],
    ):
        assert main(command) == 2
        assert f"{file.name}' is damaged" in capsys.readouterr().err
    assert [*Path("run/validation").iterdir()] == [file]
    assert log(*given(), "--step", "2", "--retree") == 0


def test_a_tree_without_groups_beside_errors(folder, capsys):
    log(*given())
    flat = kh.Hierarchy.from_paths([(name,) for name in IDS])
    flat.to_csv("flat.csv")
    capsys.readouterr()
    assert main(["tree", "flat.csv", "--errors-of", "run"]) == 0
    assert capsys.readouterr().out.startswith("The tree has no groups")


def errors_beside_families(families, matrix, capsys):
    """Prints how families of the 30 classes stand beside errors."""
    tree = kh.Hierarchy.from_paths(zip(families, IDS, strict=True))
    with kh.BlocksWriter("counts", tree) as writer:
        writer.matrix(matrix, 1)
    tree.to_csv("tree.csv")
    assert main(["tree", "tree.csv", "--errors-of", "counts"]) == 0
    return capsys.readouterr().out.splitlines()[0]


def test_what_the_errors_make_stands_beside_chance(folder, capsys):
    """Five families of six classes, of which one each is never confused.

    An error draws one of 24 others of the 25: 4 of these are of its family.
    """
    family = np.arange(30) // 6
    matrix = np.where(family[:, None] == family, 10, 0)
    matrix[::6] = matrix[:, ::6] = 0
    np.fill_diagonal(matrix, 50)
    matrix[::6, ::6] = np.diag([90] * 5)
    said = errors_beside_families([f"f{i}" for i in family], matrix, capsys)
    assert "100.0% of those that these have not seen (16.7% by chance)" in said
    assert (
        "with them 1.00 (0 by chance; of two halves of the errors 1.0" in said
    )


def test_of_one_class_the_verb_is_that_of_one(folder, capsys):
    """k00 is mistaken once, for k01, which is a family of its own."""
    matrix = np.diag([50] * 30)
    matrix[0, 1] = 1
    families = ["f0", "f6"] + [f"f{i // 5}" for i in range(2, 30)]
    said = errors_beside_families(families, matrix, capsys)
    assert "0 of 1 class is shown to be confused" in said


def test_errors_of_a_single_group_make_no_others(folder, capsys):
    matrix = np.diag([50] * 30)
    matrix[:5, :5] = 10
    said = errors_beside_families(
        [f"f{i // 5}" for i in range(30)], matrix, capsys
    )
    assert "confused lie in one of them, or each in its own" in said
    assert "nan" not in said


def test_of_too_many_classes_for_a_tree_of_errors(folder, capsys):
    """Each class is confused with the one beside it, in 200 groups of 50.

    Their counts would take 800 MB as an array, which nothing may make of them.
    """
    count = 10_000
    at = np.arange(count)
    ids = [f"c{i:05}" for i in at]
    tree = kh.Hierarchy.from_paths(
        [(f"g{i // 50:03}", class_id) for i, class_id in enumerate(ids)]
    )
    matrix = sparse.coo_array(
        (np.full(2 * count, 3), (np.r_[at, at], np.r_[at, at ^ 1])),
        (count, count),
    )
    with kh.BlocksWriter("many", tree) as writer:
        writer.matrix(matrix, 1)
    tree.to_csv("many.csv")
    tracemalloc.start()
    assert main(["tree", "many.csv", "--errors-of", "many"]) == 0
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 200e6
    first, second, *_ = capsys.readouterr().out.splitlines()
    assert first == (
        "There are 10,000 classes: no tree of the errors stands beside this "
        "one, as it is computed of at most 5,000."
    )
    assert second.startswith("200 groups: 100.0% of the errors are inside (0.5")
    assert "0 of 10,000 classes are shown to be confused" in second


def test_other_classes_than_those_of_the_tree(folder, capsys):
    log(*given())
    assert main(["tree", "imagenet", "--errors-of", "run"]) == 2
    assert "run has 30 classes, the tree 1,000" in capsys.readouterr().err


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
    assert names_of(ids) == names
    if ids == ("001.ak47", "002.flag"):
        tree = tree_of_errors(np.array([[9, 5], [5, 9]]), ids).hierarchy
        assert (tree.classes, tree.names) == (ids, names)


def test_a_tree_of_the_errors_beside_them_is_said_to_be(folder, capsys):
    log(*given())
    assert main(["tree", "run", "--errors-of", "run"]) == 0
    out = capsys.readouterr().out
    assert "that it agrees with them says nothing" in out
    assert "0 of 30 classes are shown to be confused with another group" in out
    assert "with their own.\n" in out


@pytest.mark.filterwarnings("ignore:There (is|are) . error")
@pytest.mark.parametrize("kind", [np.int64, np.float64])
def test_ids_of_a_million_and_more_stay_as_they_are(folder, kind):
    ids = np.array([1_000_000, 2_084_071, 123_456_789, 5], kind)
    np.save("y.npy", ids[[0, 1, 2, 3]])
    np.save("p.npy", ids[[1, 0, 2, 3]])
    assert log(*given("y.npy", "p.npy"), "--labels-are", "ids") == 0
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
def test_labels_that_number_no_class_are_refused(folder, cell, said, capsys):
    Path("y.csv").write_text(f"label\n{cell}\n1\n")
    Path("p.csv").write_text("prediction\n0\n1\n")
    assert log(*given("y.csv", "p.csv")) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("cell", ["1e30", "1e308", "1e999", "5e15"])
@pytest.mark.parametrize("kind", ["csv", "npy"])
@pytest.mark.parametrize("command", ["log", "log to a tree", "tree"])
def test_counts_beyond_2_to_the_53_are_refused(
    folder, cell, kind, command, capsys
):
    np.save("m.npy", np.array([[1, float(cell)], [float(cell), 3]]))
    Path("m.csv").write_text(f"1,{cell}\n{cell},3\n")
    kh.Hierarchy.from_paths([("a", "0"), ("a", "1")]).to_csv("tree.csv")
    file = f"m.{kind}"
    arguments = {
        "log": ["log", "--logdir", "run", "--matrix", file],
        "tree": ["tree", file, "--from-confusions"],
    }[command.split()[0]]
    if command == "log to a tree":
        arguments += ["--hierarchy", "tree.csv"]
    assert main(arguments) == 2
    said = capsys.readouterr().err
    assert f"{file}: expected counts of fewer than 2^53 samples, got" in said
    assert not Path("run").exists()


def test_no_tree_is_computed_of_more_errors_than_can_be_counted():
    for counts in ([[0, 1e30], [1, 0]], [[0, 5e15], [5e15, 0]]):
        with pytest.raises(ValueError, match="fewer than 2\\^53"):
            kh.Hierarchy.from_confusions(np.array(counts), ["a", "b"])
