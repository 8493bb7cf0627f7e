"""Goes on with a run on a machine whose clock is behind: what do readers show?

    python -m benchmarks.reliability --only clock

A run logs epochs 1 to 6. Another writer, whose clock is an hour behind, goes
on from epoch 4 and ends at 8. Our reader and both of TensorBoard's loaders
must show epochs 1 to 3 of the first and 4 to 8 of the second.
"""

import gzip
import tempfile
import time
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np

from benchmarks.reliability.kills import TREE
from keras_hier.log.blocks_writer import BlocksWriter
from keras_hier.log.records import matrix_codec
from keras_hier.log.run_log import RunLog
from tests.support.serving import tensorboard

HOUR = 3600.0
FIRST = range(1, 7)
SECOND = range(4, 9)
LOADERS = {"Rust": (), "Python": ("--load_fast", "false")}


def matrix(attempt: int, step: int) -> np.ndarray:
    """Returns counts that tell attempts and epochs apart, [60, 60]."""
    counts = np.eye(TREE.num_classes, dtype=int)
    counts[0, 1] = 100 * attempt + step
    return counts


def log(folder: str, attempt: int, steps: range, behind: float) -> None:
    """Logs epochs by a clock that is some seconds behind."""
    real = time.time

    def late() -> float:
        return real() - behind

    with (
        mock.patch("time.time", late),
        BlocksWriter(folder, TREE, resume=True) as writer,
    ):
        for step in steps:
            writer.matrix(matrix(attempt, step), step)
            writer.flush()


def run() -> dict[str, Any]:
    """Logs, reads, and prints a line.

    Returns:
        By reader, whether it shows what it must.
    """
    wanted = {step: 100 + step for step in FIRST if step < SECOND[0]}
    wanted |= {step: 200 + step for step in SECOND}
    found: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as parent:
        folder = str(Path(parent) / "run")
        log(folder, 1, FIRST, behind=0)
        log(folder, 2, SECOND, behind=HOUR)
        read = RunLog(folder)
        found["RunLog"] = wanted == {
            step: int(read.matrix(epoch=step)[1].toarray()[0, 1])
            for step in read.epochs()
        }
        for name, flags in LOADERS.items():
            with tensorboard(Path(parent), *flags) as server:
                server.wait("run/validation", len(wanted), 120)
                shown = {}
                for step in wanted:
                    status, blob = server.fetch(
                        "data/plugin/blocks/matrix",
                        run="run/validation",
                        output="class",
                        step=str(step),
                    )
                    if status == 200:
                        # It comes inflated, as browsers get it.
                        _, counts = matrix_codec.decode(gzip.compress(blob))
                        shown[step] = int(counts.toarray()[0, 1])
                found[name] = shown == wanted
    for name, right in found.items():
        print(f"{name:8} {'right' if right else 'WRONG'}", flush=True)
    return found
