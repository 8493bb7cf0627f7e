"""A log with every kind of output."""

from pathlib import Path

import pytest
from reading import MATRIX, PAIRS, TREE, Reader, write

import keras_hier as kh


@pytest.fixture
def logdir(tmp_path: Path) -> Path:
    """Runs `plain` and `hier` of three epochs."""
    write(tmp_path / "plain", (1, 2, 3))
    write(tmp_path / "plain", (1, 2, 3), split="train")
    with kh.BlocksWriter(tmp_path / "hier", TREE) as log:
        for step in (1, 2, 3):
            log.matrix(MATRIX, step)
            log.matrix(
                PAIRS.aggregate(MATRIX),
                step,
                output="conv2_groups2",
                grouping=PAIRS,
                role="head",
                layer="conv2",
            )
    return tmp_path


@pytest.fixture
def reader(logdir: Path) -> Reader:
    """The log of `logdir`."""
    return Reader(logdir)
