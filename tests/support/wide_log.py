"""A log over 5,000 classes, half a million nonzero cells an epoch.

All of it is drawn: a tree of uneven groups, and errors that come from ever
closer relatives as training goes on. It exists so that the plugin can be timed
beyond a thousand classes.
"""

from pathlib import Path

import numpy as np
from scipy import sparse

import keras_hier as kh
from tests.support.relatives import Relatives

CLASSES = 5_000
NONZEROS = 500_000
EPOCHS = 20
RIGHT_A_CLASS = 400


def draw_hierarchy(classes: int = CLASSES, seed: int = 0) -> kh.Hierarchy:
    """Draws a tree whose groups have two to nine uneven parts."""
    rng = np.random.default_rng(seed)
    paths: list[tuple[str, ...]] = []

    def split(size: int, path: tuple[str, ...]) -> None:
        if size <= 12:
            numbers = range(len(paths), len(paths) + size)
            paths.extend((*path, f"class {number:04}") for number in numbers)
            return
        shares = rng.dirichlet(np.full(rng.integers(2, 10), 2.0))
        ends = np.round(np.cumsum(shares) * size).astype(int)
        sizes = [int(part) for part in np.diff(ends, prepend=0) if part]
        for number, part in enumerate(sizes, 1):
            mark = f"{path[-1]}.{number}" if path else f"group {number}"
            split(part, (*path, mark))

    split(classes, ())
    # Data sets number their classes as they like.
    return kh.Hierarchy.from_paths(
        [paths[label] for label in rng.permutation(len(paths))]
    )


def draw_matrix(
    hierarchy: kh.Hierarchy, progress: float, nonzeros: int, seed: int
) -> sparse.csr_array:
    """Draws counts [C, C] in label order; progress ends at 1."""
    rng = np.random.default_rng(seed)
    classes = hierarchy.num_classes
    relatives = Relatives(hierarchy)
    cells = np.empty(0, np.int64)
    counts = np.empty(0, np.int64)
    while len(cells) < nonzeros:
        rows = rng.integers(0, classes, nonzeros)
        up = rng.random(nonzeros) ** (0.15 + 0.6 * progress)
        columns = hierarchy.order[relatives.places(rows, up, rng)]
        wrong = rows != columns
        found, times = np.unique(
            rows[wrong] * classes + columns[wrong], return_counts=True
        )
        cells, where = np.unique(
            np.concatenate((cells, found)), return_inverse=True
        )
        counts = np.bincount(
            where, np.concatenate((counts, times)), minlength=len(cells)
        ).astype(np.int64)
    kept = np.sort(rng.choice(len(cells), nonzeros, replace=False))
    rows, columns = np.divmod(cells[kept], classes)
    right = rng.poisson(RIGHT_A_CLASS * progress**0.35, classes)
    errors = sparse.coo_array(
        (counts[kept], (rows, columns)), shape=(classes, classes)
    )
    return sparse.csr_array(
        errors.tocsr() + sparse.diags_array(right, dtype=np.int64)
    )


def write_log(
    log_dir: str | Path,
    classes: int = CLASSES,
    nonzeros: int = NONZEROS,
    epochs: int = EPOCHS,
    seed: int = 0,
) -> None:
    """Writes the run `wide`, validation only."""
    hierarchy = draw_hierarchy(classes, seed)
    with kh.BlocksWriter(Path(log_dir) / "wide", hierarchy) as log:
        for step in range(1, epochs + 1):
            matrix = draw_matrix(
                hierarchy, step / epochs, nonzeros, seed + step
            )
            log.matrix(matrix, step)
