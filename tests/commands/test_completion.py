"""`keras-hier --print-completion SHELL`."""

import subprocess
import sys

import pytest

from keras_hier.cli import main

# What bash does where the user presses tab, after the last of the words.
PRESS = """
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _shtab_keras_hier 2>/dev/null
echo "${COMPREPLY[@]}"
"""


def test_without_shtab_it_says_what_to_install(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "shtab", None)
    with pytest.raises(SystemExit) as ended:
        main(["--print-completion", "bash"])
    assert ended.value.code == 2
    assert capsys.readouterr().err.endswith("pip install shtab\n")


def printed(shell, capsys):
    pytest.importorskip("shtab")
    with pytest.raises(SystemExit) as ended:
        main(["--print-completion", shell])
    assert ended.value.code == 0
    return capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "completed"),
    [
        ("ver", "verdicts"),
        ("log --spl", "--split"),
        ("log --split val", "validation"),
        ("tree --classes an", "answers.csv"),
        ("quality ru", "run"),
        ("--print-completion z", "zsh"),
    ],
)
def test_bash_completes(words, completed, tmp_path, capsys):
    script = printed("bash", capsys) + PRESS
    (tmp_path / "answers.csv").touch()
    (tmp_path / "run").mkdir()
    done = subprocess.run(
        ["bash", "-c", script, "bash", "keras-hier", *words.split()],
        capture_output=True,
        text=True,
        cwd=tmp_path,
    )
    assert done.stdout.split() == [completed]


def test_zsh_is_told_the_same(capsys):
    script = printed("zsh", capsys)
    assert script.startswith("#compdef keras-hier")
    assert "verdicts:" in script
