"""Fills a disk while a run is logged, and makes room again.

    python -m benchmarks.reliability --only full_disk

A tmpfs of 1 MiB (which takes root) fills with epochs until there is no room.
Epochs that were acknowledged before must be readable then, as must those that
are logged once there is room again. A write that failed leaves nothing behind.
"""

import subprocess
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.reliability.kills import TREE
from keras_hier.log.blocks_writer import BlocksWriter
from keras_hier.log.run_log import RunLog

SIZE = "1m"


def matrix(step: int) -> np.ndarray:
    """Returns counts that do not compress, [60, 60]."""
    return np.random.default_rng(step).integers(1, 10**6, (60, 60))


def fill_once(
    folder: Path, log: BlocksWriter, first: int
) -> tuple[list[int], int]:
    """Logs until the disk is full: what was acknowledged, and the next step."""
    ballast = folder / "ballast"
    acknowledged: list[int] = []
    step = first
    while True:
        try:
            log.matrix(matrix(step), step)
            log.flush()
        except OSError:
            ballast.unlink(missing_ok=True)
            return acknowledged, step
        acknowledged.append(step)
        step += 1


def run(times: int = 20) -> dict[str, Any]:
    """Fills the disk some times and prints a line.

    Returns:
        `times`, `acknowledged` epochs, how many of them were `lost`, and how
        many files a reader found `damaged`; or why it was `skipped`.
    """
    lost: set[int] = set()
    acknowledged: list[int] = []
    damaged = 0
    for number in range(times):
        with tempfile.TemporaryDirectory() as parent:
            command = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs"]
            done = subprocess.run([*command, parent], capture_output=True)
            if done.returncode:
                print("skipped: a small disk cannot be mounted", flush=True)
                return {"skipped": done.stderr.decode().strip()}
            try:
                # Another size each time: the disk fills at another byte.
                filler = np.random.default_rng(number).bytes(
                    20_000 + 997 * number
                )
                (Path(parent) / "ballast").write_bytes(filler)
                with BlocksWriter(f"{parent}/run", TREE) as log:
                    before, step = fill_once(Path(parent), log, 1)
                    # As much room as the ballast took: a few epochs more.
                    after, _ = fill_once(Path(parent), log, step)
                said = [*before, *after]
                read = RunLog(f"{parent}/run")
                damaged += len(read.damage)
                steps = set(read.epochs())
                lost |= {step for step in said if step not in steps}
                acknowledged += said
            finally:
                subprocess.run(["umount", parent], check=True)
    found = {
        "times": times,
        "acknowledged": len(acknowledged),
        "lost": len(lost),
        "damaged": damaged,
    }
    print(
        f"{times} full disks: {len(lost)} of {len(acknowledged):,} "
        f"acknowledged epochs lost, {damaged} damaged files",
        flush=True,
    )
    return found
