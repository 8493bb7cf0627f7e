"""The changes from an epoch of one logged run to one of another."""

from typing import Any, NamedTuple

import numpy as np

from keras_hier.analysis.comparing.class_matching import (
    Classes,
    Match,
    counts_of_nodes,
    match_classes,
    place_counts,
    rows_of_classes,
)
from keras_hier.analysis.comparing.epoch_tests import (
    Said,
    by_counts,
    by_samples,
    check_is_whole,
    pair_samples,
)
from keras_hier.analysis.comparing.node_tests import (
    NodeTests,
    beyond_level,
    beyond_levels,
)
from keras_hier.analysis.evidence.significance import FALSE_DISCOVERIES
from keras_hier.hierarchy.hierarchy import Hierarchy
from keras_hier.hierarchy.tree import cuts
from keras_hier.log.records.container import CodecError
from keras_hier.log.run_log import LogError, RunLog
from keras_hier.scores.confusion_scores import Counts


class RunSide(NamedTuple):
    """An epoch of an output of a run.

    Attributes:
        coarse: samples that stand in no cell, as their label is a group.
        matrix: counts [n, n], a sparse array.
        classes: what the rows stand for.
    """

    log: RunLog
    output: str
    epoch: int
    coarse: int
    matrix: Any
    classes: Classes


class LeftOut(NamedTuple):
    """How many classes a side has alone, and how many samples of these."""

    classes: int
    samples: int


class Accuracy(NamedTuple):
    """Right groups of a level on both sides, among how many; its p and q."""

    right: tuple[int, int]
    samples: tuple[int, int]
    p: float
    q: float


class Level(NamedTuple):
    """A level of the tree of the first run.

    Attributes:
        nodes: int [G], its groups.
        q: float64 [G], as on the page: NaN where nothing was tested.
        accuracy: that of the level.
    """

    nodes: np.ndarray
    q: np.ndarray
    accuracy: Accuracy


class Comparison(NamedTuple):
    """The changes from one epoch to another.

    Attributes:
        tree: that of the first run, whose groups are compared.
        left_out: of either side.
        why: a sentence on why the samples are not compared one by one, or None.
        tests: of every node.
        counts: of every node, on either side.
        levels: from coarse to fine.
    """

    tree: Hierarchy
    left_out: tuple[LeftOut, LeftOut]
    why: str | None
    tests: NodeTests
    counts: tuple[Counts, Counts]
    levels: list[Level]

    @property
    def shared(self) -> int:
        """The number of classes that are in both."""
        return self.tree.num_classes - self.left_out[0].classes

    def level(self, groups: int | None) -> Level:
        """Returns the level of so many groups; None: the finest."""
        sizes = [len(level.nodes) for level in self.levels]
        if groups is not None and groups not in sizes:
            raise ValueError(
                f"There is no level of {groups} groups; the levels of this "
                f"tree have {', '.join(map(str, sizes))}."
            )
        return self.levels[-1 if groups is None else sizes.index(groups)]

    def verdict(self, node: int, q: float, looked_at: int = 1) -> int:
        """Returns -1 for worse beyond chance, 1 for better, 0 for neither.

        Levels that are looked at share the false discoveries.
        """
        if not q <= FALSE_DISCOVERIES / looked_at:
            return 0
        return int(np.sign(self.tests.columns["standardised"][node]))


def points(right: tuple[int, int], samples: tuple[int, int]) -> float:
    """Returns the change of a share in points of percent, NaN if unknown.

    The division is the only rounding, so 80 against 79 of 100 are -1.
    """
    if not all(samples):
        return float("nan")
    (x1, x2), (n1, n2) = right, samples
    return 100 * (x2 * n1 - x1 * n2) / (n1 * n2)


def read_side(log: RunLog, output: str, epoch: int | None) -> RunSide:
    """Reads an epoch of an output; None: the last one."""
    step = log.epochs(output)[-1] if epoch is None else epoch
    header, matrix = log.matrix(output, step)
    tree, groups = log.tree(header)
    rows, sizes = None, np.ones(tree.num_classes, int)
    if groups is not None:
        rows = rows_of_classes(log.hierarchy(header.hierarchy), groups)
        sizes = groups.sizes
    classes = Classes(tree, sizes, (header.hierarchy, header.grouping), rows)
    return RunSide(log, output, step, header.coarse, matrix, classes)


def compare_runs(one: RunSide, two: RunSide) -> Comparison:
    """Compares two epochs by the groups of the tree of the first.

    Classes are matched by their ids. Where both runs logged the same samples
    at these epochs, McNemar's test compares these. Otherwise Fisher's test
    compares counts.
    """
    tree = one.classes.tree
    match = match_classes(one.classes, two.classes)
    sides = (
        place_counts(one.matrix, match.own, tree),
        place_counts(two.matrix, match.places, tree),
    )
    first, second = (counts_of_nodes(side, tree) for side in sides)
    for name, counts in zip("AB", (first, second), strict=True):
        if not counts.actual[0]:
            raise ValueError(
                f"Run {name} has no sample of a class that both runs have, so "
                "there is nothing to compare."
            )
    try:
        check_is_whole(match)
        paired, why = pair_samples(match, _said(one), _said(two)), None
    except (CodecError, LogError) as error:
        paired, why = None, str(error)
    tests = (
        by_counts(sides, tree) if paired is None else by_samples(paired, tree)
    )
    return Comparison(
        tree,
        _left_out((one, two), match, (first, second)),
        why,
        tests,
        (first, second),
        _levels(tree, tests, (first, second)),
    )


def _said(side: RunSide) -> Said:
    output, epoch = side.output, side.epoch
    if output not in side.log.sample_outputs or (
        epoch not in side.log.sample_epochs(output)
    ):
        raise CodecError(
            f"No samples of {output!r:.100} in run {side.log.name!r:.100} were "
            f"logged at epoch {epoch}."
        )
    samples = side.log.samples(output, epoch)
    own = side.log.hierarchy(samples.hierarchy)
    if own.classes != side.classes.tree.classes:
        raise CodecError(
            f"The samples of epoch {epoch} are of other classes than the "
            "matrix."
        )
    return Said(samples.index, samples, samples.classes[:, 0])


def _left_out(
    sides: tuple[RunSide, RunSide],
    match: Match,
    counts: tuple[Counts, Counts],
) -> tuple[LeftOut, LeftOut]:
    one, two = (
        LeftOut(
            int((places.labels < 0).sum()),
            int(side.matrix.sum()) - int(found.actual[0]),
        )
        for side, places, found in zip(sides, match, counts, strict=True)
    )
    return one, two


def _levels(
    tree: Hierarchy, tests: NodeTests, counts: tuple[Counts, Counts]
) -> list[Level]:
    nodes = [level.nodes for level in cuts.levels(tree)]
    accuracies = [tests.accuracy(each) for each in nodes]
    q = beyond_levels(accuracies).rates
    first, second = counts
    samples = int(first.actual[0]), int(second.actual[0])
    return [
        Level(
            each,
            beyond_level(tests, each).rates,
            Accuracy(
                (
                    int(first.true_positives[each].sum()),
                    int(second.true_positives[each].sum()),
                ),
                samples,
                accuracies[at]["p"],
                float(q[at]),
            ),
        )
        for at, each in enumerate(nodes)
    ]
