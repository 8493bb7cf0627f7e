"""Commands say "1 epoch" and "1 sample is", not "1 epochs" and "are"."""

import re

import numpy as np
import pytest

from keras_hier.cli import main

PLURAL = re.compile(r"\b1 \w+s\b")


@pytest.fixture
def say(tmp_path, monkeypatch, capsys):
    """Runs a command in an empty folder and returns what it printed."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tree.csv").write_text(
        "class,label,group1\ncat,0,pet\ndog,1,pet\nbus,2,car\n"
    )

    def run(*arguments):
        assert main(list(arguments)) == 0
        printed = capsys.readouterr()
        return printed.out + printed.err

    return run


def test_a_log_of_one_sample(say):
    np.save("y.npy", [0])
    np.save("p.npy", [1])
    logged = ("--labels", "y.npy", "--predictions", "p.npy")
    out = say("log", *logged, "--hierarchy", "tree.csv", "--logdir", "run")
    assert "run: 1 sample of 3 classes, split validation" in out
    out = say("quality", "run", "--csv", "out.csv")
    assert "1 sample of 3 classes, 0.0% right" in out
    assert not PLURAL.search(out)
    with pytest.warns(UserWarning, match="There is 1 error among 3 classes"):
        out = say("tree", "run", "--from-confusions", "--relog", "new")
    assert "There is no tree: 1 error makes no groups" in out
    assert "new, validation: 1 epoch, 0 with samples" in out


@pytest.mark.parametrize(
    ("groups", "said"),
    [
        ("1", "1 group of 3 classes"),
        ("2", "2 groups of 3 classes; 1 group is a single class"),
    ],
)
def test_a_cut_into_one(say, groups, said):
    assert say("tree", "tree.csv", "--groups", groups).splitlines()[-1] == said


def test_one_class_of_another_group(say):
    np.save("m.npy", [[40, 0, 30], [4, 50, 1], [0, 3, 50]])
    say(
        "log", "--matrix", "m.npy", "--hierarchy", "tree.csv", "--logdir", "run"
    )
    out = say("tree", "tree.csv", "--errors-of", "run")
    assert "1 of 2 classes is shown to be confused with another" in out
    assert "more than with its own" in out
