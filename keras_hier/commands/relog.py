"""Logs the epochs of a run again, under another tree of the same classes."""

import contextlib
import os

from keras_hier.commands.read_run import read_run
from keras_hier.files.output_files import checked_folder
from keras_hier.hierarchy.hierarchy import Hierarchy
from keras_hier.log.blocks_writer import BlocksWriter
from keras_hier.log.metadata import CLASS_OUTPUT, SPLITS
from keras_hier.log.run_log import LogError, RunLog
from keras_hier.log.sample_codec import TopKPredictions
from keras_hier.quantities import quantity
from keras_hier.terminal import print_line


def check(folder: str) -> None:
    """Raises an error unless a new run can be logged to a folder.

    Raises:
        ValueError: something is in it, or it is a file.
    """
    checked_folder(folder)
    if os.path.isdir(folder) and os.listdir(folder):
        raise ValueError(
            f"{folder!r} is not empty: name a new folder, beside that of the "
            "run."
        )


def log_again(run: str, folder: str, hierarchy: Hierarchy) -> None:
    """Logs matrices, samples and pictures of the classes to a new folder.

    Those of heads and probes are of groups that the new tree need not have, and
    so are labels of groups: samples with such a label are counted and left out.

    Args:
        run: folder of the run.
        folder: of the new one.
        hierarchy: the tree, over the same classes in the same label order.

    Raises:
        ValueError: an epoch has other classes, or numbers them otherwise;
            nothing is logged then.
    """
    logs = []
    for split in SPLITS:
        with contextlib.suppress(LogError):
            logs.append((split, read_run(run, split, "tree")))
    for split, log in logs:
        _check_classes(log, f"{run}, {split}", hierarchy)
    for split, log in logs:
        with BlocksWriter(folder, hierarchy, split) as writer:
            epochs, coarse = _log_matrices(log, writer)
            sampled = _log_samples(log, writer)
        if epochs or sampled:
            print_line(
                f"{folder}, {split}: {quantity(epochs, 'epoch')}, {sampled:,} "
                "with samples"
            )
        if most := max(coarse, default=0):
            print_line(
                "Left out, since the new tree need not have their groups: "
                f"{'' if min(coarse) == most else 'up to '}"
                f"{quantity(most, 'sample')} of each epoch, known as a group "
                "only."
            )


def _check_classes(log: RunLog, name: str, hierarchy: Hierarchy) -> None:
    """Raises an error where a label of an epoch would be another class."""
    trees: dict[str, int] = {}
    if CLASS_OUTPUT in log.outputs:
        for step in log.epochs():
            header, _ = log.matrix(epoch=step)
            trees.setdefault(header.hierarchy, step)
    if CLASS_OUTPUT in log.sample_outputs:
        for step in log.sample_epochs():
            trees.setdefault(log.samples(epoch=step).hierarchy, step)
    for digest, step in trees.items():
        if log.hierarchy(digest).classes != hierarchy.classes:
            raise ValueError(
                f"{name}: epoch {step} has other classes than the new tree, or "
                "numbers them in another order, so that its counts would be "
                "those of others. Log it to a run of its own."
            )


def _log_matrices(log: RunLog, writer: BlocksWriter) -> tuple[int, list[int]]:
    """Returns the number of epochs, and how many samples stand in no cell."""
    if CLASS_OUTPUT not in log.outputs:
        return 0, []
    coarse = []
    for step in log.epochs():
        header, matrix = log.matrix(epoch=step)
        writer.matrix(matrix, step)
        coarse.append(header.coarse)
    return len(coarse), coarse


def _log_samples(log: RunLog, writer: BlocksWriter) -> int:
    if CLASS_OUTPUT not in log.sample_outputs:
        return 0
    steps = log.sample_epochs()
    pictured: set[str] = set()
    for step in steps:
        found = log.samples(epoch=step)
        index = log.index(found.index)
        ranked = TopKPredictions(
            found.classes, found.probabilities, found.actual, found.rank
        )
        writer.ranked(index, ranked, step)
        if found.index not in pictured:
            pictured.add(found.index)
            files = log.pictures(found.index)
            if any(files.values()):
                pictures = [files.get(n) or None for n in range(len(index))]
                # All of them, however many of a class the run was told to log.
                writer.pictures(index, pictures, per_class=len(index))
    return len(steps)
