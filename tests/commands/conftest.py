"""Commands in an empty folder, and what they log there."""

import numpy as np
import pytest
from compared_runs import counts, log
from probed_files import write_features

from keras_hier.cli import main
from keras_hier.log.run_log import RunLog


class Commands:
    """Runs `keras-hier`: words of a string, then arguments as they are."""

    def __init__(self, capsys):
        self._capsys = capsys

    def __call__(self, command, *more):
        """Returns what a command prints that does what it is told."""
        self._capsys.readouterr()
        status = main([*command.split(), *map(str, more)])
        out, err = self._capsys.readouterr()
        assert status == 0, err
        return out + err

    def failed(self, command, *more):
        """Returns what a command prints that ends with an error."""
        self._capsys.readouterr()
        assert main([*command.split(), *map(str, more)]) == 2
        return self._capsys.readouterr()

    def refused(self, command, *more):
        """Returns the line of a command that does nothing else."""
        out, err = self.failed(command, *more)
        assert err.startswith(f"keras-hier {command.split()[0]}: ")
        assert (out, err.count("\n")) == ("", 1)
        return err


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    return Commands(capsys)


@pytest.fixture
def worse(run):
    """All classes at 90 of 100; then 80 in the three classes of g1."""
    before = [90] * 12
    after = [90] * 3 + [80] * 3 + [90] * 6
    log("a", counts(before))
    log("b", counts(after))
    return run


@pytest.fixture
def folder(run):
    """Files of features, labels and scores, and a tree."""
    write_features()
    return run


def logged(epoch=None, run="run", output="class"):
    """Returns the counts of an epoch as lists, by default of the last one."""
    matrix = RunLog(run).matrix(output, epoch)[1]
    return np.asarray(matrix.toarray()).astype(int).tolist()


def tree_of(run="run", epoch=None):
    """Returns the tree that an epoch stands under."""
    log = RunLog(run)
    return log.hierarchy(log.matrix(epoch=epoch)[0].hierarchy)
