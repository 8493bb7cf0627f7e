"""`keras-hier tree`: drawings, cuts, files, trees of runs and of errors."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import keras_hier as kh
from keras_hier.cli import main
from keras_hier.log.run_log import RunLog
from tests.commands.conftest import tree_of
from tests.support.families import FAMILIES, IDS, LABELS, MATRIX, NAMED, groups

pytestmark = pytest.mark.filterwarnings("ignore:There (is|are):UserWarning")

NAMES = ("pug", "tabby", "husky")
TREE = kh.Hierarchy.from_paths(
    [("dog", "husky"), ("dog", "pug"), ("cat", "tabby")]
)


@pytest.fixture(autouse=True)
def written(run):
    """Trees with and without labels, counts, and a run of one epoch."""
    Path("classes.csv").write_text(
        "class,group1\npug,dog\ntabby,cat\nhusky,dog\n"
    )
    TREE.to_csv("tree.csv")
    Path("tree.json").write_text(TREE.to_json())
    Path("counts.csv").write_text("pug,tabby,husky\n9,1,5\n1,9,0\n6,0,9\n")
    np.save("counts.npy", np.full((3, 3), 5))
    Path("ids.csv").write_text("class\npug\ntabby\nhusky\n")


@pytest.fixture
def families(run):
    """A run whose tree was computed of its errors."""
    np.save("y.npy", IDS[LABELS])
    np.save("p.npy", IDS[NAMED])
    return run("log --logdir run --labels y.npy --predictions p.npy")


def test_a_drawing_has_leaf_counts(run):
    drawing = (
        "all classes 3\n"
        "├─ dog 2\n"
        "│  ├─ husky\n"
        "│  └─ pug\n"
        "└─ cat 1\n"
        "   └─ tabby\n"
    )
    assert run("tree tree.json") == run("tree tree.csv") == drawing
    assert "├─ dog 2" in run("tree classes.csv")


@pytest.mark.parametrize(
    ("file", "size", "last"),
    [
        ("imagenet", 4, "4 groups of 1,000 classes"),
        (
            *("imagenet", 10),
            "14 groups of 1,000 classes; at least 10 were asked for, and a "
            "group is split into all of its children at once; 4 groups are "
            "single classes",
        ),
        ("tree.json", 1, "1 group of 3 classes"),
        ("tree.json", 2, "2 groups of 3 classes; 1 group is a single class"),
        ("tree.json", 3, "3 groups of 3 classes"),
    ],
)
def test_a_cut_says_its_size_and_why_it_is_larger(run, file, size, last):
    lines = run(f"tree {file} --groups {size}").splitlines()
    assert lines[-1] == last
    if size == 4:
        assert lines[0].split() == ["410", "organism"]


def test_columns_of_any_name_are_groups_when_that_is_said(run):
    Path("own.csv").write_text(
        "class,superclass,domain,images\ncat,pet,animal,5\n"
        "dog,pet,animal,7\ncar,,thing,9\n"
    )
    assert "--groups-are" in run.refused("tree own.csv")
    assert run("tree own.csv --groups-are domain,superclass") == (
        "all classes 3\n"
        "├─ animal 2\n"
        "│  └─ pet 2\n"
        "│     ├─ cat\n"
        "│     └─ dog\n"
        "└─ thing 1\n"
        "   └─ car\n"
    )
    assert "pet" not in run("tree own.csv --groups-are=")


def test_a_reader_that_stops_is_no_error(run):
    names = [f"class {'x' * 60} {i}" for i in range(3000)]
    tree = kh.Hierarchy.from_nested({"g": names}, classes=names)
    Path("long.json").write_text(tree.to_json())
    with subprocess.Popen(
        [sys.executable, "-m", "keras_hier.cli", "tree", "long.json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0


@pytest.mark.parametrize("out", ["out.csv", "out.json"])
class TestOut:
    def test_classes_that_nothing_numbers_are_not_written(self, run, out):
        said = run.refused(f"tree classes.csv --out {out}")
        assert "classes.csv does not number its classes" in said
        assert "a column `label`" in said
        assert not Path(out).exists()

    def test_those_that_a_column_numbers_keep_their_labels(self, run, out):
        Path("tree.csv").write_text(
            "class,label,group1\npug,1,dog\ntabby,2,cat\nhusky,0,dog\n"
        )
        run(f"tree tree.csv --out {out}")
        read = {".csv": kh.Hierarchy.from_csv, ".json": kh.Hierarchy.load}
        tree = read[Path(out).suffix](out)
        assert tree.classes == ("husky", "pug", "tabby")

    def test_a_file_that_is_there_stays_whole_where_writing_fails(
        self, run, out, tmp_path, monkeypatch
    ):
        Path(out).write_text("old")
        before = set(tmp_path.iterdir())
        write = Path.write_bytes

        def half(path, data):
            write(path, data[: len(data) // 2])
            raise OSError("no space left")

        monkeypatch.setattr(Path, "write_bytes", half)
        run.refused(f"tree tree.csv --out {out}")
        assert Path(out).read_text() == "old"
        assert set(tmp_path.iterdir()) == before


@pytest.mark.parametrize(
    ("arguments", "file"),
    [
        ("counts.csv --from-confusions", "counts.csv"),
        ("tree.csv", "./tree.csv"),
        ("tree.json", "tree.json"),
        ("counts.npy --from-confusions --classes ids.csv", "ids.csv"),
    ],
)
def test_no_file_is_written_over_one_that_it_is_made_of(run, arguments, file):
    before = Path(file).read_bytes()
    said = run.refused(f"tree {arguments} --out {file}")
    assert "it is made of that file" in said
    assert Path(file).read_bytes() == before


def test_that_of_a_run_to_edit_and_to_use_again(run, families):
    assert "computed from" not in run("tree run --out tree.json")
    said = run("tree run --out tree.csv")
    assert "A .csv does not tell that the tree was computed from conf" in said
    assert "a network may number them otherwise" in said
    assert kh.Hierarchy.from_csv("tree.csv") == tree_of()
    files = "--labels y.npy --predictions p.npy --hierarchy tree.csv"
    run(f"log --logdir other {files}")
    assert tree_of("other") == tree_of()


def test_that_of_the_errors_of_a_run(run):
    flat = kh.Hierarchy.from_paths([(i,) for i in IDS])
    with kh.BlocksWriter("run", flat) as writer:
        writer.matrix(MATRIX, 2)
        writer.matrix(MATRIX, 3)
    command = "tree run --from-confusions --out tree.json"
    said = [
        run(f"{command} {epochs}")
        for epochs in ("", "--epochs 3", "--epochs 3-9", "--epochs 2-3")
    ]
    assert said[0] == said[1] == said[2]
    assert "errors that were held out lie inside" in said[0]
    # Epochs are of the same samples: half of their errors are not others.
    assert "held out" not in said[3]
    assert "which flatters the groups" in said[3]
    tree = kh.Hierarchy.load("tree.json")
    assert groups(tree) >= FAMILIES
    assert (tree.origin.support, tree.origin.inside_held_out) == ((), ())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("m.npy --groups 2 --errors-of run", "Pass --groups or --errors-of"),
        ("tree.json --groups 9", "9"),
        ("tree.json --groups-are a", "goes with a .csv"),
        ("counts.csv --from-confusions --epochs 1", "--epochs"),
        ("run --from-confusions --classes ids.csv", "--classes does not go"),
        ("empty", "is not the folder of a run"),
        ("counts.npy --from-confusions --out t.txt", ".csv or .json"),
        ("tree.csv --out none/t.csv", "There is no folder 'none'"),
        ("run --from-confusions --epochs 7-9", "no epoch from 7"),
        (
            "rnu --out tree.csv",
            "no folder or file 'rnu': expected `imagenet`, `cifar100`, a "
            ".json or .csv file, or the folder of a run.",
        ),
        (
            "rnu --from-confusions --epochs 1",
            "there is no folder or file 'rnu': expected the folder of a run, "
            "or a file of counts.",
        ),
        ("none.npz:m --from-confusions", "no file 'none.npz'"),
        ("run --relog new", "goes with --from-confusions and the folder of"),
        ("run --groups-are a", "goes with a .csv hierarchy."),
        ("tree.csv --split test", "--split does not go with 'tree.csv'"),
    ],
)
def test_arguments_that_will_not_do(run, arguments, message):
    with kh.BlocksWriter("run", TREE) as writer:
        writer.matrix(np.eye(3, dtype=int), 1)
    Path("empty").mkdir()
    assert message in run.refused(f"tree {arguments}")


@pytest.mark.parametrize("epochs", ["x", "5-2", "-3", "1-", "1,2"])
def test_texts_that_are_no_range_of_epochs(epochs, capsys):
    with pytest.raises(SystemExit):
        main(["tree", "run", "--from-confusions", f"--epochs={epochs}"])
    assert f"as in 12 or 12-15, got {epochs!r}" in capsys.readouterr().err


@pytest.mark.parametrize("more", ["", "--from-confusions"])
def test_a_run_behind_a_url_is_read(run, tmp_path, more):
    pytest.importorskip("fsspec")
    url = f"file://{tmp_path}/run"
    said = run(f"log --matrix counts.csv --logdir {url}")
    # As the command says.
    assert f"keras-hier tree {url} --out tree.csv" in said
    for place in ("run", url):
        run(f"tree {place} {more} --out tree.json")
        assert kh.Hierarchy.load("tree.json").classes == NAMES
    said = run.refused(f"tree file://{tmp_path}/none {more}")
    assert "there is no folder or file" in said


def log_coarse(*epochs):
    """Logs epochs, each with so many samples that are some dog."""
    exact = np.tile(np.arange(3), 30)
    named = np.where(np.arange(90) % 4, exact, (exact + 1) % 3)
    with kh.BlocksWriter("run", TREE) as log:
        for epoch, coarse in enumerate(epochs, 1):
            true = [*exact, *[TREE.node_label("dog")] * coarse]
            given = [*named, *[1] * coarse]
            log.predictions(true, given, epoch, node_labels=True)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("run --from-confusions --epochs 1", "no cell: 5 samples, known as a"),
        ("run --from-confusions --epochs 2", None),
        (
            "run --from-confusions --epochs 1-2",
            "no cell: up to 5 samples of each epoch, known as a group",
        ),
        ("tree.csv --errors-of run --split validation", None),
        ("tree.csv --errors-of coarse", "no cell: 5 samples, known as a group"),
    ],
)
def test_samples_that_stand_in_no_cell_are_said(run, arguments, said):
    log_coarse(5)
    Path("run").rename("coarse")
    log_coarse(5, 0)
    out = run(f"tree {arguments}")
    assert said in out if said else "Left out" not in out


class TestSomeOfTheClasses:
    HINT = "keras-hier tree TREE --classes FILE --out NEW.json"

    @pytest.fixture(autouse=True)
    def some(self):
        Path("some.txt").write_text("tabby\npug\n")
        Path("classes.json").write_text('["tabby", "pug"]')
        Path("wolf.txt").write_text("tabby\nwolf\n")

    @pytest.mark.parametrize("file", ["some.txt", "classes.json"])
    @pytest.mark.parametrize("source", ["tree.csv", "classes.csv", "run"])
    def test_they_have_a_tree_in_their_order(self, run, source, file):
        with kh.BlocksWriter("run", TREE) as writer:
            writer.matrix(np.eye(3, dtype=int), 1)
        run(f"tree {source} --classes {file} --out new.json")
        found = kh.Hierarchy.load("new.json")
        assert found.digest == TREE.subset(["tabby", "pug"]).digest
        assert found.classes == ("tabby", "pug")

    def test_a_class_that_the_tree_lacks_is_named(self, run):
        said = run.refused("tree tree.csv --classes wolf.txt --out new.json")
        assert "does not have: 'wolf'" in said
        assert not Path("new.json").exists()
        np.save("y.npy", ["tabby", "wolf"])
        files = "--labels y.npy --predictions y.npy --classes wolf.txt"
        said = run.refused(f"log --logdir new --hierarchy tree.csv {files}")
        assert self.HINT not in said

    def test_files_about_fewer_classes_say_how_to_make_it(self, run):
        np.save("y.npy", [0, 1, 1])
        np.save("scores.npy", np.eye(2)[[0, 1, 0]])
        np.save("counts2.npy", np.full((2, 2), 5))
        np.save("layer.npy", np.ones((3, 4)))
        files = "--labels y.npy --scores scores.npy"
        for command in (
            f"log {files} --logdir new",
            f"log {files} --logdir new --classes some.txt",
            "log --matrix counts2.npy --logdir new",
            "log --matrix counts2.npy --logdir new --classes some.txt",
            f"probe --features layer.npy {files}",
        ):
            said = run.refused(f"{command} --hierarchy tree.csv")
            assert self.HINT in said, said
        assert not Path("new").exists()
        run("tree tree.csv --classes some.txt --out new.json")
        run(f"log {files} --logdir new --hierarchy new.json")
        assert RunLog("new").matrix()[0].total == 3
