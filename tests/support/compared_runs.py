"""Pairs of runs for `keras-hier compare`, and the command."""

import json

import numpy as np

from keras_hier.cli import main
from keras_hier.hierarchy.hierarchy import Hierarchy
from keras_hier.log.blocks_writer import BlocksWriter
from keras_hier.scores import confusion_matrix


def tree(groups=4, each=3):
    """Returns groups g0, g1 and so on of classes such as g0c1."""
    return Hierarchy.from_paths(
        [(f"g{g}", f"g{g}c{i}") for g in range(groups) for i in range(each)]
    )


def log(run, counts, of=None, split="validation", epoch=1):
    """Logs a matrix."""
    with BlocksWriter(run, of or tree(), split=split) as writer:
        writer.matrix(np.asarray(counts), epoch)


def log_samples(run, labels, answers, of):
    """Logs an epoch with samples whose answers are sure."""
    scores = np.full((len(labels), of.num_classes), 0.1 / of.num_classes)
    scores[np.arange(len(labels)), answers] += 0.9
    with BlocksWriter(run, of) as writer:
        size = of.num_classes
        writer.matrix(confusion_matrix(labels, answers, size), 1)
        writer.samples(labels, scores, 1)


def answers(rng, labels, right, classes):
    """Names the label with probability `right` [N], else any class."""
    return np.where(
        rng.random(len(labels)) < right,
        labels,
        rng.integers(0, classes, len(labels)),
    )


def counts(right, samples=100, move=1):
    """Returns [12, 12]: so many right a class, others in another group."""
    matrix = np.zeros((12, 12), int)
    for label in range(12):
        matrix[label, label] = right[label]
        matrix[label, (label + 3 * move) % 12] = samples - right[label]
    return matrix


def status(*words):
    """Returns the exit status of the command."""
    return main(["compare", *map(str, words)])


def as_json(run, *words):
    """Returns what the command tells as JSON."""
    return json.loads(run("compare", *words, "--json", "-"))
