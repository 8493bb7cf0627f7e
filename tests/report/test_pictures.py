"""The command and the library draw the same; bad input is one error."""

import resource

import numpy as np
import pytest
from PIL import Image
from small import MATRIX, hierarchy

import keras_hier as kh
from keras_hier import report
from keras_hier.cli import main
from keras_hier.scores.coarse_counts import CoarseCounts


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Three epochs of a run, whose folder is `run`."""
    monkeypatch.chdir(tmp_path)
    tree = hierarchy()
    with kh.BlocksWriter("run", tree) as log:
        for epoch in (1, 2, 4):
            log.matrix(MATRIX * epoch, epoch)
        cut = tree.cut(groups=3)
        head = {"role": "head", "layer": "conv2"}
        log.matrix(cut.aggregate(MATRIX), 4, "conv2_groups3", cut, **head)
    with kh.BlocksWriter("run", tree, "train") as log:
        log.matrix(MATRIX, 4)
    return tmp_path


def draw(*arguments, run="run", out="blocks.png"):
    return main(["report", run, "--out", out, *arguments])


class TestCommand:
    def test_draws_the_last_epoch(self, run, capsys):
        assert draw() == 0
        out, err = capsys.readouterr()
        assert err == ""
        assert out.splitlines()[1].startswith(
            "run · validation · epoch 4 of 4 · 240 samples · 72 errors in 7 "
        )
        with Image.open("blocks.png") as image:
            assert image.format == "PNG"
            assert image.mode == "RGB"
            assert image.text["Description"] == out.splitlines()[1]
            assert round(image.info["dpi"][0]) == 300
            assert f"{image.size[0]} x {image.size[1]}" in out
        assert [p.name for p in run.iterdir() if p.is_file()] == ["blocks.png"]

    def test_says_how_many_samples_are_in_no_cell(self, run, capsys):
        tree = hierarchy()
        labelled = np.zeros(len(tree.parents), np.int64)
        labelled[tree.find("dog")] = 1234
        with kh.BlocksWriter("coarse", tree) as log:
            log.matrix(MATRIX, 1, coarse=CoarseCounts(tree, labelled, labelled))
        assert draw(run="coarse") == 0
        out = capsys.readouterr().out
        assert "1,234 samples with coarse labels in no cell" in out
        assert draw() == 0
        assert "coarse" not in capsys.readouterr().out

    @pytest.mark.parametrize(
        ("arguments", "caption"),
        [
            (["--epoch", "2"], "run · validation · epoch 2 of 4 · 120 samples"),
            (["--split", "train"], "run · train · epoch 4 of 4 · counted"),
            (
                ["--output", "conv2_groups3"],
                "run · validation · head at conv2 · epoch 4 of 4 · 60 samples "
                "· 1 error in 1 cell",
            ),
            (["--level", "3"], "run · validation · epoch 4 of 4 · 240"),
            (["--theme", "dark"], "run · validation"),
        ],
    )
    def test_options(self, run, arguments, caption, capsys):
        assert draw(*arguments) == 0
        assert capsys.readouterr().out.splitlines()[1].startswith(caption)

    def test_says_which_of_several_outputs_it_draws(self, run, capsys):
        with kh.BlocksWriter("several", hierarchy()) as log:
            log.matrix(MATRIX, 1, output="b")
            assert draw(run="several") == 0
            assert capsys.readouterr().err == ""
            log.matrix(MATRIX, 1, output="a")
        assert draw(run="several") == 0
        out, err = capsys.readouterr()
        assert err == (
            "keras-hier report: this is output 'a'. Choose 'b' by --output.\n"
        )
        assert "several · validation · a · epoch 1" in out

    def test_is_what_the_library_draws(self, run):
        assert draw("--epoch", "2") == 0
        first = (run / "blocks.png").read_bytes()
        assert draw("--epoch", "2") == 0
        assert (run / "blocks.png").read_bytes() == first
        image = report.draw_run(run / "run", epoch=2)
        with Image.open("blocks.png") as drawn:
            assert drawn.tobytes() == image.tobytes()
        title = ["run", "validation", "epoch 2 of 4"]
        alike = report.draw_matrix(2 * MATRIX, hierarchy(), title=title)
        assert alike.tobytes() == image.tobytes()

    def test_says_which_names_it_cannot_write(self, run, capsys):
        tree = kh.Hierarchy.from_nested({"g": ["é", "b"]}, classes=["é", "b"])
        with kh.BlocksWriter("accents", tree) as log:
            log.matrix([[1, 2], [3, 4]], 1)
        assert draw(run="accents") == 0
        error = capsys.readouterr().err
        assert "lacks letters of 1 name, such as 'é'" in error
        assert "--font" in error

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ({"run": "nowhere"}, "There is no folder 'nowhere'"),
            ({"run": "empty"}, "'empty' holds no log: name the folder"),
            ({"run": "."}, "'.' holds no log, but './run' do"),
            ({"run": "text"}, "holds no confusion matrices"),
            ({"a": ["--epoch", "3"]}, "no epoch 3 of 'class'; it has epochs 1"),
            ({"a": ["--epoch", "0"]}, "epochs 1 to 2, 4"),
            ({"a": ["--output", "x"]}, "no output 'x'; it has 'class', 'conv2"),
            ({"a": ["--split", "test"]}, "no split 'test'; it has validation"),
            ({"a": ["--level", "5"]}, "no level of 5 groups; the levels of"),
            ({"a": ["--font", "no.ttf"]}, "'no.ttf' is no font"),
            ({"a": ["--font", "tree.txt"]}, "'tree.txt' is no font"),
            ({"out": "missing/b.png"}, "There is no folder 'missing'"),
            ({"out": "blocks.gif"}, "ends in .png or .svg or .pdf"),
            ({"out": "blocks"}, "ends in .png"),
            ({"out": "folder.png"}, "is a folder"),
        ],
    )
    def test_bad_input_is_one_clear_error(
        self, run, arguments, message, capsys
    ):
        (run / "empty").mkdir()
        (run / "folder.png").mkdir()
        (run / "text").mkdir()
        (run / "text" / "events.out.tfevents.1").write_text("not an event file")
        (run / "tree.txt").write_text("no font")
        (run / "blocks.png").write_text("what was there before")
        before = {p: p.stat().st_mtime_ns for p in run.rglob("*")}
        more = arguments.pop("a", [])
        assert draw(*more, **arguments) == 2
        out, err = capsys.readouterr()
        assert out == ""
        assert err.startswith("keras-hier report: ")
        assert err.count("\n") == 1
        assert message in err
        assert {p: p.stat().st_mtime_ns for p in run.rglob("*")} == before
        assert (run / "blocks.png").read_text() == "what was there before"

    def test_a_full_disk_leaves_what_was_there(self, run, capsys):
        (run / "blocks.png").write_text("what was there before")
        # The system's own limit on the size of a file.
        limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (5000, limits[1]))
        try:
            status = draw()
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        assert status == 2
        assert "keras-hier report: " in capsys.readouterr().err
        assert (run / "blocks.png").read_text() == "what was there before"
        assert {p.name for p in run.iterdir()} == {"blocks.png", "run"}

    def test_a_log_that_ends_in_the_middle_is_drawn_up_to_there(
        self, run, capsys
    ):
        (file,) = (run / "run" / "validation").iterdir()
        data = file.read_bytes()
        file.write_bytes(data[:-20])
        assert draw() == 0
        out, err = capsys.readouterr()
        assert err.count("\n") == 1
        assert "damaged or incomplete" in err
        assert "epoch 4 of 4" in out


class TestLibrary:
    def test_a_grouping_is_drawn_as_its_head_is(self, run):
        cut = hierarchy().cut(groups=3)
        title = ["run", "validation", "head at conv2", "epoch 4 of 4"]
        image = report.draw_matrix(
            cut.aggregate(MATRIX), hierarchy(), grouping=cut, title=title
        )
        logged = report.draw_run("run", output="conv2_groups3")
        assert image.tobytes() == logged.tobytes()

    def test_a_sparse_matrix_and_floats_are_counts_as_well(self):
        from scipy import sparse

        image = report.draw_matrix(MATRIX, hierarchy()).tobytes()
        for same in (sparse.csr_array(MATRIX), MATRIX.astype(np.float32)):
            assert report.draw_matrix(same, hierarchy()).tobytes() == image

    @pytest.mark.parametrize(
        "wrong",
        [np.ones((5, 5)), np.ones(6), -MATRIX, MATRIX / 7.0],
    )
    def test_bad_input(self, wrong):
        with pytest.raises(ValueError, match=r"."):
            report.draw_matrix(wrong, hierarchy())
        with pytest.raises(ValueError, match="theme must be one of"):
            report.draw_matrix(MATRIX, hierarchy(), theme="sepia")

    def test_names_of_any_characters(self, tmp_path):
        names = [
            "".join(map(chr, range(1, 32))),
            "a\0b",
            "\x7f\x80\x9b1m",
            "\ud800",
            "Größe · 60 samples",
            "\u202eb\u2028",
            "\uffff\U0010ffff",
            "e\u0301" * 300,
        ]
        tree = kh.Hierarchy.from_paths(
            [(f"g{name}", f"{at}{name}") for name in names for at in "ab"]
        )
        image = report.draw_matrix(np.full((16, 16), 7), tree, title=names)
        title = f"title {names}" + "".join(names)
        report.save(image, tmp_path / "a.png", title)
        with Image.open(tmp_path / "a.png") as read:
            assert read.tobytes() == image.tobytes()
            assert read.text["Description"].startswith("title ")
            assert "\0" not in read.text["Description"]
