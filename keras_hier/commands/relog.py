"""Logs the epochs of a run again, under another tree of the same classes."""

import contextlib
import os
import shutil
from collections.abc import Iterator

import numpy as np

from keras_hier.commands.arguments import asked_output, read_run
from keras_hier.files.output_files import checked_folder
from keras_hier.hierarchy.hierarchy import Hierarchy
from keras_hier.log.blocks_writer import BlocksWriter
from keras_hier.log.event_files import storage
from keras_hier.log.metadata import SPLITS
from keras_hier.log.records.sample_codec import TopKPredictions
from keras_hier.log.run_log import DamagedError, LogError, RunLog
from keras_hier.quantities import quantity
from keras_hier.scores.coarse_counts import CoarseCounts
from keras_hier.terminal import print_line


def check(folder: str) -> None:
    """Raises an error unless a new run can be logged to a folder."""
    checked_folder(folder)
    files = storage.file_system(folder)
    if storage.is_folder(folder) and files.listdir(folder):
        raise ValueError(
            f"{folder!r} is not empty: name a new folder, beside that of the "
            "run."
        )


def log_again(
    run: str, folder: str, hierarchy: Hierarchy, output: str | None = None
) -> None:
    """Logs matrices, samples and pictures of the classes to a new folder.

    Heads and probes are left out: the new tree need not have their groups.
    Samples labelled only with a group are counted; no level judges them.
    """
    logs = []
    for split in SPLITS:
        try:
            logs.append((split, read_run(run, split, "tree")))
        except DamagedError:  # the new run would lack the split
            raise
        except LogError:
            continue
    if not logs:  # a folder that is itself a run
        log = read_run(run, None, "tree")
        logs.append((log.split or SPLITS[1], log))
    outputs = {s: asked_output(log, output, "tree") for s, log in logs}
    for split, log in logs:
        _check_classes(log, outputs[split], f"{run}, {split}", hierarchy)
    with _complete(folder) as unfinished:
        _log_splits(logs, outputs, unfinished, folder, hierarchy)


@contextlib.contextmanager
def _complete(folder: str) -> Iterator[str]:
    """Yields a folder to write to, which takes its name once it is whole.

    A killed program leaves a run of another name, an error leaves nothing. A
    service renames no folder: there it is written in its place.
    """
    if not storage.is_local(folder):
        yield folder
        return
    folder = os.path.abspath(folder)
    unfinished = f"{folder}.unfinished-{os.getpid()}"
    os.makedirs(unfinished)
    try:
        yield unfinished
        if os.path.isdir(folder):  # empty, as `check` found
            os.rmdir(folder)
        os.rename(unfinished, folder)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise


def _log_splits(
    logs: list[tuple[str, RunLog]],
    outputs: dict[str, str],
    target: str,
    folder: str,
    hierarchy: Hierarchy,
) -> None:
    """Logs all splits to a target, which will be called `folder`."""
    for split, log in logs:
        with BlocksWriter(target, hierarchy, split) as writer:
            epochs, coarse = _log_matrices(log, outputs[split], writer)
            sampled = _log_samples(log, outputs[split], writer)
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


def _check_classes(
    log: RunLog, output: str, name: str, hierarchy: Hierarchy
) -> None:
    """Raises an error where a label of an epoch would be another class."""
    trees: dict[str, int] = {}
    if output in log.outputs:
        for step in log.epochs(output):
            header, _ = log.matrix(output, step)
            trees.setdefault(header.hierarchy, step)
    if output in log.sample_outputs:
        for step in log.sample_epochs(output):
            trees.setdefault(log.samples(output, step).hierarchy, step)
    for digest, step in trees.items():
        if log.hierarchy(digest).classes != hierarchy.classes:
            raise ValueError(
                f"{name}: epoch {step} has other classes than the new tree, or "
                "numbers them in another order, so that its counts would be "
                "those of others. Log it to a run of its own."
            )


def _log_matrices(
    log: RunLog, output: str, writer: BlocksWriter
) -> tuple[int, list[int]]:
    """Returns the number of epochs, and how many samples stand in no cell."""
    if output not in log.outputs:
        return 0, []
    coarse = []
    for step in log.epochs(output):
        header, matrix = log.matrix(output, step)
        counts = None
        if header.coarse:
            counts = _of_the_root(header.coarse, writer.hierarchy)
        writer.matrix(matrix, step, output, coarse=counts)
        coarse.append(header.coarse)
    return len(coarse), coarse


def _of_the_root(samples: int, tree: Hierarchy) -> CoarseCounts:
    """Counts samples of which a tree knows no group, so that it judges none."""
    by_node = np.zeros(len(tree.parents), np.int64)
    by_node[0] = samples
    return CoarseCounts(tree, by_node, by_node)


def _log_samples(log: RunLog, output: str, writer: BlocksWriter) -> int:
    if output not in log.sample_outputs:
        return 0
    steps = log.sample_epochs(output)
    pictured: set[str] = set()
    for step in steps:
        found = log.samples(output, step)
        index = log.index(found.index)
        ranked = TopKPredictions(
            found.classes, found.probabilities, found.actual, found.rank
        )
        writer.ranked(index, ranked, step, output)
        if found.index not in pictured:
            pictured.add(found.index)
            files = log.pictures(found.index)
            if any(files.values()):
                pictures = [files.get(n) or None for n in range(len(index))]
                # All of them, however many of a class the run was told to log.
                writer.pictures(index, pictures, per_class=len(index))
    return len(steps)
