"""A log with every kind of output."""

import shutil
from pathlib import Path

import pytest
from reading import MATRIX, PAIRS, TREE, Reader, write

import keras_hier as kh


@pytest.fixture(scope="session")
def whole_log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Runs `plain` and `hier` of three epochs, which no test changes."""
    folder = tmp_path_factory.mktemp("whole")
    write(folder / "plain", (1, 2, 3))
    write(folder / "plain", (1, 2, 3), split="train")
    head = {"role": "head", "layer": "conv2"}
    with kh.BlocksWriter(folder / "hier", TREE) as log:
        for step in (1, 2, 3):
            log.matrix(MATRIX, step)
            groups = PAIRS.aggregate(MATRIX)
            log.matrix(groups, step, "conv2_groups2", PAIRS, **head)
    return folder


@pytest.fixture
def logdir(whole_log: Path, tmp_path: Path) -> Path:
    """A copy, to which a test may add."""
    shutil.copytree(whole_log, tmp_path, dirs_exist_ok=True)
    return tmp_path


@pytest.fixture
def reader(logdir: Path) -> Reader:
    """The log of `logdir`."""
    return Reader(logdir)
