"""Where a command cannot write a folder: a file, a name that is no text."""

from pathlib import Path

import numpy as np
import pytest

from keras_hier.cli import main

COUNTS = ("log", "--matrix", "counts.npy", "--logdir")
MODEL = ("probe", "m.keras", "--data", ".", "--hierarchy", "tree.csv")

COMMANDS = [
    COUNTS,
    (*MODEL, "--logdir"),
    (*MODEL, "--keep"),
    ("records", "."),
    ("demo", "--logdir"),
    ("tree", "run", "--from-confusions", "--relog"),
]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("notes").write_text("here")
    Path("tree.csv").write_text("class,label,group1\na,0,g\nb,1,g\n")
    np.save("counts.npy", [[9, 1], [1, 9]])
    return tmp_path


@pytest.mark.filterwarnings("ignore:There (is|are)")
@pytest.mark.parametrize("name", ["notes", "notes/run"])
@pytest.mark.parametrize("command", COMMANDS)
def test_a_file_in_place_of_a_folder(folder, capsys, command, name):
    assert main([*COUNTS, "run"]) == 0
    capsys.readouterr()
    before = set(folder.rglob("*"))
    assert main([*command, name]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""  # before anything is computed
    assert printed.err == (
        f"keras-hier {command[0]}: Expected a folder, or the name of a new "
        f"one, got {name!r}: 'notes' is a file.\n"
    )
    assert set(folder.rglob("*")) == before


@pytest.mark.filterwarnings("ignore:There (is|are)")
@pytest.mark.parametrize("command", COMMANDS)
def test_a_name_of_other_bytes_than_utf_8(folder, capsys, command):
    assert main([*COUNTS, "run"]) == 0
    capsys.readouterr()
    assert main([*command, "r\udcfcn"]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    said = r"Expected a folder whose name is UTF-8, got 'r\udcfcn'"
    assert said in printed.err
    assert not Path("r\udcfcn").exists()
