"""Runs with means of classes: 36 classes at three levels, 18 features."""

from pathlib import Path
from typing import Any

import numpy as np
from reading import RUN

import keras_hier as kh
from keras_hier.log.records.means_codec import ClassMeans

TREE = kh.Hierarchy.from_paths(
    [
        (f"s{a}", f"g{a}{b}", f"c{a}{b}{c}")
        for a in range(3)
        for b in range(3)
        for c in range(4)
    ]
)
CONV = {"run": RUN, "layer": "conv1", "step": 1}
HOSTILE = '<img src=x onerror="alert(1)">'


def node_of(name: str, tree: kh.Hierarchy = TREE) -> int:
    """Returns the node of a name or id."""
    return int(tree.find(name))


GROUP = {**CONV, "node": node_of("s1")}


def means_of(
    layer: str, seed: int = 0, tree: kh.Hierarchy = TREE, **fields: Any
) -> ClassMeans:
    """Returns means that are alike within groups of each level."""
    rng = np.random.default_rng(seed)
    means = rng.normal(size=(tree.num_classes, 18)).astype(np.float32)
    for level in tree.levels()[:-1]:
        means += rng.normal(size=(level.num_groups, 18))[level.of_class]
    known = {"place": 0, "shape": "6 x 6 x 2", "pool": "grid3", "means": means}
    counts = np.full(tree.num_classes, 5)
    known |= {"hierarchy": tree.digest, "counts": counts, **fields}
    return ClassMeans(layer=layer, **known)


def log(
    folder: Path, *records: ClassMeans, step: int = 1, tree: kh.Hierarchy = TREE
) -> None:
    """Logs a matrix and means of layers."""
    with kh.BlocksWriter(folder / "plain", tree, resume=True) as writer:
        writer.matrix(np.eye(tree.num_classes), step)
        for record in records:
            writer.means(record, step)
