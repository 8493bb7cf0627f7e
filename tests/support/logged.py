"""The small runs that the browser is shown beside the large ones."""

from pathlib import Path
from typing import Any

import numpy as np

import keras_hier as kh
from keras_hier.log.event_files import event_writer
from keras_hier.log.records import matrix_codec

PREDICTIONS = (
    Path(__file__).parents[3] / "shared/data/imagenet_val_predictions.npz"
)
EPOCHS = 8

HOSTILE = (
    '<img src=x onerror="window.pwned=1">',
    "</text><script>window.pwned=2</script>",
    '"><svg onload=window.pwned=3>',
    "${window.pwned=4}{{window.pwned=5}}",
    "名前 \u202e reversed \x01\x1b[31m\x7f\x85\ufffe",
    "a" * 300,
)
FEW = np.array(
    [
        [9, 3, 0, 0, 1, 0],
        [2, 8, 0, 0, 0, 0],
        [0, 0, 7, 4, 0, 0],
        [0, 0, 1, 9, 0, 0],
        [0, 0, 0, 0, 6, 2],
        [1, 0, 0, 0, 3, 7],
    ]
)


# Three groups of two classes.
PAIRS = kh.Hierarchy.from_paths(
    [(f"group {i // 2}", f"class {i}") for i in range(6)]
)


def write_epochs(
    folder: Path, tree: kh.Hierarchy, *matrices: Any, split: str = "validation"
) -> None:
    """Logs a run of as many epochs."""
    with kh.BlocksWriter(folder, tree, split) as log:
        for step, matrix in enumerate(matrices, start=1):
            log.matrix(matrix, step)


def write_hostile(folder: Path) -> None:
    """Logs a run whose class and group names try to become markup."""
    groups = ("<b onclick=window.pwned=6>first</b>", "<!-- 2", "&lt;3&gt;")
    tree = kh.Hierarchy.from_paths(
        [(groups[i // 2], name) for i, name in enumerate(HOSTILE)],
        level_names=['<img src=x onerror="window.pwned=7">'],
    )
    write_epochs(folder, tree, FEW)


def write_damaged(folder: Path) -> None:
    """Logs a run of three epochs, the second one cut short."""
    write_epochs(folder, PAIRS, FEW)
    blob = matrix_codec.encode(FEW, hierarchy=PAIRS.digest)
    file = event_writer.EventFile(folder / "validation")
    file.add_blob("blocks/class", "matrix", blob[:-25], 2)
    file.close()
    with kh.BlocksWriter(folder, PAIRS) as log:
        log.matrix(FEW, 3)
