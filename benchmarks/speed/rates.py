"""Times the curve of a part of the matrix over many epochs.

The server does this when a pair of groups is selected. For the first one it
decodes every epoch, for all others it counts in the decoded ones. In
milliseconds, through TensorBoard as the page asks for it.

Example:
    python -m benchmarks.speed.rates
    python -m benchmarks.speed.rates --epochs 50 --classes 1000
"""

import argparse
import platform
import statistics
import tempfile
import time
from pathlib import Path

import numpy as np

import keras_hier as kh
from tests.support.serving import Server, tensorboard

RUN = {"run": "many/validation", "output": "class"}
SAMPLES = 50_000
SELECTIONS = 20


def main() -> None:
    """Reads the command line, prints a line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--classes", type=int, default=1000)
    parser.add_argument("--epochs", type=int, default=300)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        tree = write(Path(folder), args.classes, args.epochs)
        with tensorboard(Path(folder), tensorflow=False) as server:
            server.wait(RUN["run"], args.epochs, 600)
            server.get("epochs", **RUN)
            before = server.memory()
            first, *others = times(server, tree)
            grown = (server.memory() - before) / 2**20
    print(
        f"{platform.machine()}, {args.classes:,} classes, "
        f"{args.epochs} epochs: first {first:.0f} ms, "
        f"others {statistics.median(others):.0f} ms "
        f"(longest {max(others):.0f}), {grown:.0f} MB kept"
    )


def write(folder: Path, classes: int, epochs: int) -> kh.Hierarchy:
    """Logs a network that gets better, its errors drawn anew each epoch."""
    width = max(round(classes**0.5), 1)
    tree = kh.Hierarchy.from_paths(
        [(f"group {i // width}", f"class {i}") for i in range(classes)]
    )
    rng = np.random.default_rng(0)
    labels = np.arange(SAMPLES) % classes
    with kh.BlocksWriter(folder / "many", tree) as log:
        for epoch in range(1, epochs + 1):
            wrong = rng.random(SAMPLES) < 0.25 + 0.6 / epoch
            named = np.where(wrong, rng.integers(0, classes, SAMPLES), labels)
            flat = np.bincount(labels * classes + named, minlength=classes**2)
            log.matrix(flat.reshape(classes, classes), epoch)
    return tree


def times(server: Server, tree: kh.Hierarchy) -> list[float]:
    """Returns the milliseconds of each selection, the first one included."""
    rng = np.random.default_rng(1)
    found = []
    for _ in range(SELECTIONS):
        rows, columns = rng.choice(len(tree.parents), 2, replace=False)
        start = time.perf_counter()
        server.get("rates", **RUN, rows=rows, columns=columns)
        found.append(1e3 * (time.perf_counter() - start))
    return found


if __name__ == "__main__":
    main()
