"""The runs of a side of a comparison, counted in the tree that is shown."""

from typing import NamedTuple

import numpy as np

from keras_hier.analysis.comparing.class_matching import (
    Cut,
    Placed,
    Places,
    counts_of_groups,
    counts_of_nodes,
    place_counts,
    without_right,
)
from keras_hier.hierarchy import Hierarchy
from keras_hier.log.metadata import name_and_split
from tb_plugin.comparing.seed_tests import SeedErrors, Seeds
from tb_plugin.reading.epochs import AnyEpoch, parts_of
from tb_plugin.reading.seeds import run_set


class Runs(NamedTuple):
    """The runs of a side: what they are called, and their matrices."""

    names: tuple[str, ...]
    placed: list[Placed]


def runs_of(run: str, epoch: AnyEpoch, places: Places, tree: Hierarchy) -> Runs:
    """Returns the runs of a set, or the one run that it is."""
    runs = run_set(run)
    names = runs.names if runs else (name_and_split(run)[0],)
    parts = (part for _, part in parts_of(run, epoch))
    return Runs(
        names,
        [place_counts(part.decode()[1], places, tree) for part in parts],
    )


def seeds_of(runs: Runs, tree: Hierarchy) -> Seeds:
    """Counts every node of the tree shown, run by run."""
    return Seeds(
        runs.names, [counts_of_nodes(side, tree) for side in runs.placed]
    )


def errors_of(runs: Runs, cut: Cut) -> SeedErrors:
    """Counts the errors between groups, run by run."""
    samples = []
    for side in runs.placed:
        of_row = np.asarray(side.counts.sum(axis=1)).ravel() + side.missed
        samples.append(np.bincount(cut.of_class, of_row, cut.groups))
    return SeedErrors(
        runs.names,
        [counts_of_groups(without_right(side), cut) for side in runs.placed],
        samples,
    )
