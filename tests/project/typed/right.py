"""A user's program in which a strict type checker finds nothing."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

import keras_hier as kh
from keras_hier.analysis import quality
from keras_hier.hierarchy import HierarchyError, tree_from_confusions

tree = kh.Hierarchy.from_nested(
    {"pet": ["cat", "dog"], "car": ["bus"]}, classes=["cat", "dog", "bus"]
)
size: int = tree.num_classes
classes: tuple[str, ...] = tree.classes
cut: kh.Grouping = tree.cut(groups=2)
groups: np.ndarray = cut.lookup([0, 1, 2])
levels: list[int] = [level.num_groups for level in tree.levels()]
numbering: kh.NodeLabels = kh.NodeLabels(tree)


def read(path: Path) -> kh.Hierarchy:
    """Reads a tree, or makes one."""
    try:
        return kh.Hierarchy.load(path)
    except HierarchyError:
        return kh.Hierarchy.cifar100()


def train(model: Any, x: np.ndarray, y: np.ndarray) -> None:
    """Trains with heads."""
    headed = kh.add_heads(model, heads={"conv2": cut, "conv3": [cut]})
    arguments: dict[str, Any] = kh.compile_args(headed, tree)
    headed.compile("adam", **arguments)
    targets: Callable[..., tuple[Any, ...]] = kh.targets(headed)
    logged = kh.BlocksCallback("runs/mine", samples=(x, y), every="log")
    headed.fit(*targets(x, y), callbacks=[logged])
    metric = kh.ConfusionMatrix(tree, at=cut)
    counts: Any = metric.matrix()
    kh.show(counts, classes=cut.names)
    kh.losses.HierarchicalCrossentropy(tree, alpha=0.5)


def log(run: Path, labels: list[str], named: np.ndarray) -> kh.Hierarchy:
    """Logs from any program."""
    with kh.BlocksWriter(run, tree, split="test") as writer:
        writer.predictions(labels, named, step=1)
        writer.pictures(writer.samples(labels, named, step=1), ["a.png"])
    found = kh.log_predictions(run, labels, named, counts=[1, 2], epoch=2)
    run_log = kh.RunLog(run, "test")
    epochs: tuple[int, ...] = run_log.epochs()
    header, matrix = run_log.matrix(epoch=epochs[-1])
    above, grouping = run_log.tree(header)
    ids: tuple[str, ...] = above.classes if grouping is None else grouping.names
    accuracy: np.ndarray = run_log.scores()["accuracy_groups3"]
    samples = run_log.samples()
    kh.report.save(kh.report.draw_run(run, level=2), f"{len(ids)}.png")
    kh.apply_verdicts(labels, "verdicts.csv", ids=samples.ids)
    print(accuracy, kh.Hierarchy.from_wordnet(["lion"], senses="senses.csv"))
    quality.suspect_labels(samples.labels, matrix, found)
    return tree_from_confusions(matrix, found.classes).hierarchy


x, y = kh.data.shapes.load(4, size=32)
confusion: np.ndarray = kh.scores.confusion_matrix(y, y, num_classes=48)
