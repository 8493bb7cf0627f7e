"""What a terminal would obey is escaped, in every command."""

import ast
import io
import os
import subprocess
import sys
import unicodedata
import warnings
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from keras_hier import terminal
from keras_hier.cli import main
from keras_hier.commands import tree
from keras_hier.hierarchy.hierarchy import Hierarchy
from keras_hier.log.blocks_writer import BlocksWriter
from keras_hier.terminal import escaped, print_line

# Clears the screen, sets the title, turns the direction of writing, and breaks
# the line in four ways; C1 controls and DEL as well.
HOSTILE = "e\x1b[2J\x1b]0;t\x07\x9b1m\x7f\u202ev\u2066i\u2028l\x85\n\r!"
EVERYTHING = "".join(map(chr, range(sys.maxunicode + 1)))


def is_harmless(line):
    return all(
        unicodedata.category(c) not in ("Cc", "Cs", "Zl", "Zp")
        and unicodedata.bidirectional(c)
        not in ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")
        for c in line
    )


def test_of_all_characters_no_control_is_left():
    assert is_harmless(escaped(EVERYTHING))
    assert not is_harmless(EVERYTHING)


def test_escapes_are_those_of_python():
    assert escaped("a\x1b[1m\n\u202e\U000e0041\udcff") == (
        "a\\x1b[1m\\n\\u202e\\U000e0041\\udcff"
    )


@pytest.mark.parametrize(
    "text",
    ["pug", "Dünenkatze", "柴犬", "کتاب‌ها", "👩‍🚀 ok", r"C:\x1b", "├─ a"],
)
def test_other_text_stays(text):
    assert escaped(text) == text


def test_what_a_stream_cannot_encode_is_escaped():
    file = io.TextIOWrapper(io.BytesIO(), "ascii", newline="\n")
    print_line("柴犬\x1b", file)
    file.flush()
    assert file.buffer.getvalue() == b"\\u67f4\\u72ac\\x1b\n"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A run and a tree in which every name is hostile, the folder's too."""
    monkeypatch.chdir(tmp_path)
    classes = [f"{i}{HOSTILE}" for i in range(6)]
    groups = [f"g{i}{HOSTILE}" for i in range(2)]
    tree = Hierarchy.from_paths(
        [(groups[i // 3], name) for i, name in enumerate(classes)]
    )
    (tmp_path / "tree.json").write_text(tree.to_json())
    rng = np.random.default_rng(0)
    labels = np.arange(600) % 6
    p = rng.dirichlet(np.full(6, 0.3), 600) * 0.2
    p[np.arange(600), (labels + (rng.random(600) < 0.1)) % 6] += 0.8
    given = labels.copy()
    given[:12] = (given[:12] + 3) % 6
    np.save("y.npy", given)
    np.save("p.npy", p)
    names = [f"{i}{HOSTILE}\udcff.png" for i in range(600)]
    with BlocksWriter(HOSTILE, tree) as log:
        log.predictions(labels, p.argmax(axis=1), 1)
        log.samples(given, p, 1, ids=names)
    return tmp_path


LOG = ("log", "--labels", "y.npy", "--predictions", "p.npy", "--step", "2")


@pytest.mark.parametrize(
    ("arguments", "status", "phrase"),
    [
        (["tree", "tree.json"], 0, "0e\\x1b[2J"),
        (["tree", "tree.json", "--groups", "2"], 0, "3  g0e\\x1b[2J"),
        (["tree", f"{HOSTILE}.json"], 2, "no folder or file"),
        (["quality", HOSTILE], 0, "e\\x1b[2J"),
        (["quality", HOSTILE, "--csv", "o.csv", "--json", "o.json"], 0, "rows"),
        (["quality", HOSTILE, "--csv", f"no{HOSTILE}/o.csv"], 2, "no folder"),
        (["quality", HOSTILE, "--output", HOSTILE], 2, "no output"),
        (["report", HOSTILE, "--out", f"{HOSTILE}.png"], 0, "pixels"),
        (["report", f"no{HOSTILE}", "--out", "o.png"], 2, "no folder"),
        ([*LOG, "--hierarchy", "tree.json", "--logdir", HOSTILE], 0, "epoch 2"),
        ([*LOG, "--hierarchy", HOSTILE, "--logdir", "x"], 2, "must be"),
        (["records", HOSTILE, "out"], 2, "e\\x1b[2J"),
        (["demo", "--no-serve", "--logdir", "."], 0, "holds runs already"),
        (["demo", "--epochs", "0", "--logdir", HOSTILE], 2, "--epochs"),
    ],
)
def test_commands_print_no_control(folder, arguments, status, phrase, capsys):
    assert main(arguments) == status
    out, err = capsys.readouterr()
    assert phrase in out + err
    for line in (out + err).split("\n"):
        assert is_harmless(line), line


def test_names_of_pictures_that_are_none(folder, capfd):
    images = folder / f"images{HOSTILE}"
    (images / HOSTILE).mkdir(parents=True)
    (images / HOSTILE / f"{HOSTILE}.png").write_bytes(b"none")
    Image.new("RGB", (9, 9)).save(images / HOSTILE / "a.png")
    out = str(folder / f"out{HOSTILE}")
    assert main(["records", images.name, out, "--shards", "1"]) == 0
    text = "".join(capfd.readouterr())
    assert "skipped" in text
    # The bar moves the cursor itself, by these.
    text = text.replace("\x1b[A", "").replace("\r", "").replace("\n", "")
    assert is_harmless(text), text


@pytest.mark.parametrize(
    "arguments",
    [[HOSTILE], ["tree", "tree.json", HOSTILE], ["tree", "--" + HOSTILE]],
)
def test_a_wrong_command_line(folder, arguments, capsys):
    with pytest.raises(SystemExit):
        main(arguments)
    for line in capsys.readouterr().err.split("\n"):
        assert is_harmless(line), line


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_a_reader_that_has_gone_keeps_no_file_from_being_written(
    folder, stream, monkeypatch
):
    with BlocksWriter(HOSTILE, Hierarchy.load("tree.json"), "train") as log:
        log.predictions([0, 1], [1, 1], 1)  # which is said on stderr
    end, other = os.pipe()
    os.close(end)
    # Whose line breaks are written at once.
    with os.fdopen(other, "w", 1) as pipe:
        monkeypatch.setattr(sys, stream, pipe)
        for command in (
            ["quality", HOSTILE, "--split", "train", "--csv", "o.csv"],
            ["tree", HOSTILE, "--from-confusions", "--relog", "new"],
            ["tree", HOSTILE, "--out", "o.json"],
        ):
            assert main(command) == 0
    assert {"o.csv", "o.json", "new"} <= set(os.listdir())


def test_what_the_user_stops_is_a_line(monkeypatch, capsys):
    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(tree, "run", stop)
    assert main(["tree", "imagenet"]) == 130
    assert capsys.readouterr().err == "keras-hier tree: stopped.\n"


def test_a_stream_that_is_closed_takes_no_line(monkeypatch):
    monkeypatch.setattr(sys, "stdout", None)
    assert main(["tree", "imagenet", "--groups", "2"]) == 0


def test_warnings_are_lines_like_all_others(folder):
    code = (
        "import sys, warnings\n"
        "from keras_hier import cli\n"
        "from keras_hier.commands import report\n"
        "report.run = lambda args: warnings.warn(args.folder)\n"
        "sys.exit(cli.main(['report', sys.argv[1], '--out', 'o.png']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, HOSTILE], capture_output=True, text=True
    )
    assert done.returncode == 0
    assert done.stderr.startswith("keras-hier report: e\\x1b[2J")
    assert done.stderr.count("\n") == 1
    assert is_harmless(done.stderr[:-1])


def test_warnings_of_others_look_as_before():
    before = warnings.formatwarning
    assert main(["tree", "imagenet", "--groups", "1"]) == 0
    assert warnings.formatwarning is before


def test_nothing_is_printed_in_another_way():
    folder = Path(terminal.__file__).parent
    prints = {
        file.name
        for file in folder.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func)
        in ("print", "sys.stdout.write", "sys.stderr.write")
    }
    assert prints == {"terminal.py"}
