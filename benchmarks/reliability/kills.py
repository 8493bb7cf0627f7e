"""Kills a program that logs, a hundred times, and looks for what is lost.

    python -m benchmarks.reliability --only kills

A process logs epochs into one folder and says of each that `flush` returned.
It is killed (SIGKILL) at a random moment, and another goes on where the log
ends. Every epoch that was acknowledged must be there and right, after every
kill; what was being written may be there as a whole, or not at all.
"""

import os
import select
import signal
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from keras_hier.hierarchy import Hierarchy
from keras_hier.log.blocks_writer import BlocksWriter
from keras_hier.log.event_files.event_reader import LogError
from keras_hier.log.run_log import RunLog

CLASSES = 60
TREE = Hierarchy.from_nested(
    {
        f"group {g}": [f"class {10 * g + i}" for i in range(10)]
        for g in range(6)
    },
    classes=[f"class {i}" for i in range(CLASSES)],
)
# A killed process has logged for this long at most.
MOST_SECONDS = 0.25


def matrix(step: int) -> np.ndarray:
    """Returns the counts of an epoch, [60, 60]: others for each."""
    return np.random.default_rng(step).integers(0, 1000, (CLASSES, CLASSES))


def log_without_end(folder: str, first: int, pipe: int) -> None:
    """Logs epochs and says of each that it is on the disk."""
    with BlocksWriter(folder, TREE) as log:
        for step in range(first, first + 10**6):
            log.matrix(matrix(step), step)
            log.flush()
            os.write(pipe, f"{step}\n".encode())


def log_and_kill(folder: str, first: int, seconds: float) -> int:
    """Returns the last epoch that was acknowledged, `first` - 1 if none was."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        try:
            log_without_end(folder, first, writer)
        finally:
            os._exit(1)
    os.close(writer)
    select.select([reader], [], [], 10)  # until the first is acknowledged
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with os.fdopen(reader, "rb") as file:
        said = file.read().split()
    return int(said[-1]) if said else first - 1


def lost(folder: str, acknowledged: int) -> tuple[list[int], int]:
    """Returns the acknowledged epochs that are lost, and the last one there."""
    try:
        log = RunLog(folder)
        steps = log.epochs()
    except LogError:
        return list(range(1, acknowledged + 1)), 0
    missing = [s for s in range(1, acknowledged + 1) if s not in steps]
    # The newest are the ones that a kill may have hurt.
    for step in steps[-20:]:
        _, found = log.matrix(epoch=step)
        if not np.array_equal(found.toarray(), matrix(step)):
            missing.append(step)
    return missing, steps[-1]


def run(kills: int = 100, seed: int = 0) -> dict[str, Any]:
    """Kills and looks, and prints a line.

    Args:
        kills: how many.
        seed: of the moments.

    Returns:
        `kills`, `acknowledged` epochs, how many of them were `lost`, `unsaid`
        ones that are there whole although nobody said so, and `seconds`.
    """
    rng = np.random.default_rng(seed)
    start = time.perf_counter()
    failed: set[int] = set()
    last = acknowledged = unsaid = 0
    with tempfile.TemporaryDirectory() as parent:
        folder = str(Path(parent) / "run")
        for _ in range(kills):
            said = log_and_kill(
                folder, last + 1, float(rng.uniform(0, MOST_SECONDS))
            )
            acknowledged = max(acknowledged, said)
            missing, last = lost(folder, acknowledged)
            failed |= set(missing)
            unsaid += last > said
    found = {
        "kills": kills,
        "acknowledged": acknowledged,
        "lost": len(failed),
        "unsaid": unsaid,
        "seconds": round(time.perf_counter() - start, 1),
    }
    print(
        f"{kills:,} kills: {len(failed)} of {acknowledged:,} acknowledged "
        f"epochs lost; {unsaid} that nobody acknowledged are there whole",
        flush=True,
    )
    return found
