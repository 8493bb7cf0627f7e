"""What `keras-hier tree --out` writes, and what it does not."""

from pathlib import Path

import numpy as np
import pytest

import keras_hier as kh
from keras_hier.cli import main
from keras_hier.log.run_log import RunLog

COUNTS = "pug,tabby,husky\n9,1,5\n1,9,0\n6,0,9\n"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("classes.csv").write_text(
        "class,group1\npug,dog\ntabby,cat\nhusky,dog\n"
    )
    Path("tree.csv").write_text(
        "class,label,group1\npug,1,dog\ntabby,2,cat\nhusky,0,dog\n"
    )
    Path("counts.csv").write_text(COUNTS)
    np.save("counts.npy", np.full((3, 3), 5))
    Path("ids.csv").write_text("class\npug\ntabby\nhusky\n")
    return tmp_path


@pytest.mark.parametrize("out", ["out.csv", "out.json"])
class TestOut:
    def test_classes_that_nothing_numbers_are_not_written(
        self, folder, out, capsys
    ):
        assert main(["tree", "classes.csv", "--out", out]) == 2
        said = capsys.readouterr().err
        assert "classes.csv does not number its classes" in said
        assert "a column `label`" in said
        assert said.count("\n") == 1
        assert not Path(out).exists()
        assert main(["tree", "classes.csv"]) == 0
        assert "pug" in capsys.readouterr().out

    def test_those_that_a_column_numbers_keep_their_labels(self, folder, out):
        assert main(["tree", "tree.csv", "--out", out]) == 0
        read = {".csv": kh.Hierarchy.from_csv, ".json": kh.Hierarchy.load}
        tree = read[Path(out).suffix](out)
        assert tree.classes == ("husky", "pug", "tabby")

    def test_a_file_that_is_there_stays_whole_where_writing_fails(
        self, folder, out, monkeypatch
    ):
        Path(out).write_text("old")
        before = set(folder.iterdir())
        write = Path.write_bytes

        def half(path, data):
            write(path, data[: len(data) // 2])
            raise OSError("no space left")

        monkeypatch.setattr(Path, "write_bytes", half)
        assert main(["tree", "tree.csv", "--out", out]) == 2
        assert Path(out).read_text() == "old"
        assert set(folder.iterdir()) == before

    def test_a_folder_that_is_not_there_is_said(self, folder, out, capsys):
        assert main(["tree", "tree.csv", "--out", f"none/{out}"]) == 2
        assert "There is no folder 'none'" in capsys.readouterr().err


@pytest.mark.filterwarnings("ignore:There (is|are)")
@pytest.mark.parametrize(
    ("arguments", "file"),
    [
        (("counts.csv", "--from-confusions"), "counts.csv"),
        (("tree.csv",), "./tree.csv"),
        (("tree.json",), "tree.json"),
        (
            ("counts.npy", "--from-confusions", "--classes", "ids.csv"),
            "ids.csv",
        ),
    ],
)
def test_no_file_is_written_over_one_that_it_is_made_of(
    folder, arguments, file, capsys
):
    tree = kh.Hierarchy.from_csv("tree.csv")
    Path("tree.json").write_text(tree.to_json())
    before = Path(file).read_bytes()
    assert main(["tree", *arguments, "--out", file]) == 2
    assert "it is made of that file" in capsys.readouterr().err
    assert Path(file).read_bytes() == before


def test_epochs_of_which_one_is_there_are_one(folder, capsys):
    # Of several the errors are of the same samples, and hold none out.
    tree = kh.Hierarchy.from_csv("tree.csv")
    with kh.BlocksWriter("run", tree) as writer:
        writer.matrix(np.full((3, 3), 90), 2)
    said = []
    for epochs in ((), ("--epochs", "2"), ("--epochs", "1-3")):
        assert main(["tree", "run", "--from-confusions", *epochs]) == 0
        said.append(capsys.readouterr().out)
    assert said[0] == said[1] == said[2]
    assert "has not seen" in said[0]


@pytest.mark.filterwarnings("ignore:There (is|are)")
@pytest.mark.parametrize("more", [(), ("--from-confusions",)])
def test_a_run_behind_a_url_is_read(folder, more, capsys):
    pytest.importorskip("fsspec")
    url = f"file://{folder}/run"
    assert main(["log", "--matrix", "counts.csv", "--logdir", url]) == 0
    # As the command says.
    assert f"keras-hier tree {url} --out tree.csv" in capsys.readouterr().out
    for run in ("run", url):
        assert main(["tree", run, *more, "--out", "tree.json"]) == 0
        assert kh.Hierarchy.load("tree.json").classes == (
            "pug", "tabby", "husky",
        )  # fmt: skip
    assert main(["tree", f"file://{folder}/none", *more]) == 2
    assert "there is no folder or file" in capsys.readouterr().err


@pytest.mark.filterwarnings("ignore:There (is|are)")
def test_a_new_run_behind_a_url_is_logged_once(folder, capsys):
    pytest.importorskip("fsspec")
    assert main(["log", "--matrix", "counts.csv", "--logdir", "run"]) == 0
    command = ["tree", f"file://{folder}/run", "--from-confusions", "--relog"]
    assert main([*command, f"file://{folder}/new"]) == 0
    assert RunLog("new").matrix()[0].total == 40
    capsys.readouterr()
    assert main([*command, f"file://{folder}/new"]) == 2
    assert "is not empty: name a new folder" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("epochs", "said"),
    [
        (["1"], "no cell: 5 samples, known as a group only."),
        (["2"], None),
        (["1-2"], "no cell: up to 5 samples of each epoch, known as a group"),
    ],
)
def test_samples_that_no_error_of_a_tree_is_of_are_said(
    tmp_path, capsys, epochs, said
):
    tree = kh.Hierarchy.from_paths(
        [("dog", "husky"), ("dog", "pug"), ("cat", "tabby")]
    )
    dog = tree.node_label("dog")
    exact = np.tile(np.arange(3), 30)
    named = np.where(np.arange(90) % 4, exact, (exact + 1) % 3)
    with kh.BlocksWriter(tmp_path / "run", tree) as log:
        for epoch, coarse in ((1, 5), (2, 0)):
            true = [*exact, *[dog] * coarse]
            given = [*named, *[1] * coarse]
            log.predictions(true, given, epoch, node_labels=True)
    command = ["tree", str(tmp_path / "run"), "--from-confusions", "--epochs"]
    assert main([*command, *epochs, "--out", str(tmp_path / "t.json")]) == 0
    out = capsys.readouterr().out
    assert said in out if said else "Left out" not in out


@pytest.mark.parametrize(
    ("coarse", "said"),
    [(5, "no cell: 5 samples, known as a group only."), (0, None)],
)
def test_samples_left_out_are_said_beside_a_tree_that_was_given(
    tmp_path, capsys, coarse, said
):
    tree = kh.Hierarchy.from_paths(
        [("dog", "husky"), ("dog", "pug"), ("cat", "tabby")]
    )
    with kh.BlocksWriter(tmp_path / "run", tree) as log:
        true = [0, 1, 2, *[tree.node_label("dog")] * coarse]
        log.predictions(true, [1, 1, 2, *[2] * coarse], 1, node_labels=True)
    run = str(tmp_path / "run")
    assert main(["tree", run, "--errors-of", run]) == 0
    out = capsys.readouterr().out
    # The one error is inside of a group, what is said of the others is none.
    assert "100.0% of the errors are inside" in out
    assert said in out if said else "Left out" not in out


class TestSomeOfTheClasses:
    HINT = "keras-hier tree TREE --classes FILE --out NEW.json"

    @pytest.fixture(autouse=True)
    def some(self, folder):
        Path("some.txt").write_text("tabby\npug\n")
        Path("classes.json").write_text('["tabby", "pug"]')

    @pytest.mark.parametrize("file", ["some.txt", "classes.json"])
    @pytest.mark.parametrize("source", ["tree.csv", "classes.csv", "run"])
    def test_they_have_a_tree_in_their_order(self, source, file):
        tree = kh.Hierarchy.from_csv("tree.csv")
        with kh.BlocksWriter("run", tree) as writer:
            writer.matrix(np.eye(3, dtype=int), 1)
        command = ["tree", source, "--classes", file, "--out", "new.json"]
        assert main(command) == 0
        found = kh.Hierarchy.load("new.json")
        assert found.digest == tree.subset(["tabby", "pug"]).digest
        assert found.classes == ("tabby", "pug")

    def test_a_class_that_the_tree_lacks_is_named(self, capsys):
        Path("some.txt").write_text("tabby\nwolf\n")
        command = ["tree", "tree.csv", "--classes", "some.txt"]
        assert main([*command, "--out", "new.json"]) == 2
        assert "does not have: 'wolf'" in capsys.readouterr().err
        assert not Path("new.json").exists()

    def test_files_about_fewer_classes_say_how_to_make_it(self, capsys):
        np.save("y.npy", [0, 1, 1])
        np.save("scores.npy", np.eye(2)[[0, 1, 0]])
        np.save("counts2.npy", np.full((2, 2), 5))
        np.save("layer.npy", np.ones((3, 4)))
        log = ("log", "--logdir", "new", "--hierarchy", "tree.csv")
        files = ("--labels", "y.npy", "--scores", "scores.npy")
        for command in (
            (*log, *files),
            (*log, *files, "--classes", "some.txt"),
            (*log, "--matrix", "counts2.npy"),
            (*log, "--matrix", "counts2.npy", "--classes", "some.txt"),
            ("probe", "--features", "layer.npy", *files, *log[3:]),
        ):
            assert main(command) == 2
            said = capsys.readouterr().err
            assert self.HINT in said, said
        assert not Path("new").exists()

        tree = ["tree", "tree.csv", "--classes", "some.txt"]
        assert main([*tree, "--out", "new.json"]) == 0
        assert main([*log[:3], "--hierarchy", "new.json", *files]) == 0
        assert RunLog("new").matrix()[0].total == 3

    def test_unknown_ones_are_no_part_of_a_tree(self, capsys):
        np.save("y.npy", ["tabby", "wolf"])
        Path("some.txt").write_text("tabby\nwolf\n")
        command = ["log", "--labels", "y.npy", "--predictions", "y.npy"]
        more = ["--hierarchy", "tree.csv", "--classes", "some.txt"]
        assert main([*command, *more, "--logdir", "new"]) == 2
        assert self.HINT not in capsys.readouterr().err
