"""Times the statistics over whole confusion matrices.

Two networks over the same samples, at ILSVRC's size and at ImageNet-21k's:
every cell tested, from the counts and from the samples, and what else the
screen asks for. Every figure is the best of several runs, in milliseconds of
CPU.

Example:
    python -m benchmarks.speed.significance
    python -m benchmarks.speed.significance --sizes 1000:100000
"""

import argparse
import platform
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import sparse

from benchmarks.measuring import best_ms
from keras_hier.analysis import evidence
from keras_hier.hierarchy import Hierarchy
from keras_hier.scores import node_counts

SIZES = ((1000, 100_000), (21_841, 500_000))
SEEDS = 10
# The share of wrong samples, as a network of 60 % has it.
WRONG = 0.4
# Errors that fill one cell, on average.
EACH = 1.15


def main() -> None:
    """Reads the command line, prints a table a size."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--sizes",
        nargs="+",
        default=[f"{c}:{n}" for c, n in SIZES],
        help="classes:nonzero cells",
    )
    parser.add_argument("--repeats", type=int, default=5)
    args = parser.parse_args()
    print(f"{platform.machine()}, NumPy {np.__version__}")
    for size in args.sizes:
        classes, nonzeros = map(int, size.split(":"))
        measure(classes, nonzeros, args.repeats)


def measure(classes: int, nonzeros: int, repeats: int) -> None:
    """Prints how long each statistic takes."""
    tree = tree_of(classes)
    labels, first, second = predictions(classes, nonzeros)
    matrices = [counts(labels, each, classes) for each in (first, second)]
    runs = [
        counts(labels, predictions(classes, nonzeros, seed)[1], classes)
        for seed in range(SEEDS)
    ]
    nodes = [node_counts(matrix, tree) for matrix in matrices]
    level = tree.levels()[0]
    aligned = evidence.align_cells(runs).counts
    half = SEEDS // 2
    print(
        f"\n{classes:,} classes, {len(labels):,} samples, "
        f"{matrices[0].nnz:,} nonzero cells, {len(nodes[0].actual):,} nodes, "
        f"{aligned.shape[1]:,} cells in {SEEDS} seeds"
    )

    def found(cells: Any) -> Any:
        return evidence.beyond_chance(cells.p, "cells", least=cells.least)

    tasks: dict[str, Callable[[], Any]] = {
        "every cell, by counts, and which are beyond chance": lambda: found(
            evidence.cell_differences(*matrices)
        ),
        "every cell, by samples, and which are beyond chance": lambda: found(
            evidence.paired_cells(labels, first, second, classes)
        ),
        "every class, by samples": lambda: evidence.paired_groups(
            labels, first, second, classes
        ),
        "every node, by counts, with intervals": (
            lambda: evidence.group_differences(nodes[0], nodes[1])
        ),
        "Wilson intervals of every node": lambda: evidence.intervals_of_counts(
            nodes[0]
        ),
        "kappa of a level": lambda: evidence.kappa(matrices[0], level),
        "surprise of every cell": lambda: evidence.surprising_confusions(
            matrices[0], tree
        ),
        "one-way pairs": lambda: evidence.one_way_confusions(matrices[0]),
        f"{SEEDS} seeds, lined up": lambda: evidence.align_cells(runs),
        f"{SEEDS} seeds, spread of every cell": lambda: evidence.spread(
            aligned
        ),
        f"{half} seeds against {half}, paired": lambda: evidence.paired_seeds(
            aligned[:half], aligned[half:]
        ),
        f"{half} seeds against {half}, Welch": lambda: evidence.unpaired_seeds(
            aligned[:half], aligned[half:]
        ),
    }
    for name, task in tasks.items():
        print(
            f"| {name} | {best_ms(task, repeats, time.process_time):,.0f} ms |"
        )


def tree_of(classes: int) -> Hierarchy:
    """Returns a tree of three levels, groups of twenty."""
    return Hierarchy.from_paths(
        [(f"a{k // 400}", f"g{k // 20}", f"c{k}") for k in range(classes)]
    )


def predictions(
    classes: int, nonzeros: int, seed: int = 0
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Draws labels and what two networks say, [N] each."""
    rng = np.random.default_rng(seed)
    samples = int(nonzeros * EACH / WRONG)
    labels = np.arange(samples) % classes
    near = rng.geometric(0.02, (2, samples)) * rng.choice([-1, 1], (2, samples))
    wrong = rng.random((2, samples)) < WRONG
    named = np.where(wrong, (labels + near) % classes, labels)
    return labels, named[0], named[1]


def counts(labels: Any, named: Any, classes: int) -> sparse.csr_array:
    """Counts cells, sparse [C, C]."""
    ones = np.ones(len(labels), np.int64)
    return sparse.coo_array((ones, (labels, named)), (classes, classes)).tocsr()


if __name__ == "__main__":
    main()
