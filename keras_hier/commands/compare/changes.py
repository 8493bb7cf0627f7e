"""The changes that are shown: accuracies and groups of some levels."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from keras_hier.analysis.comparing.run_comparison import (
    Comparison,
    Level,
    points,
)
from keras_hier.analysis.evidence.significance import FALSE_DISCOVERIES


class Change(NamedTuple):
    """A group on both sides.

    Attributes:
        groups: how many its level has.
        id: its id.
        name: its name.
        right: samples that were named the group, of A and of B.
        samples: how many it has, in A and in B.
        change: of its recall in points of percent, NaN without samples.
        p: of the test, NaN where nothing was tested.
        q: p corrected for all groups of the level.
        verdict: -1 for worse beyond chance, 1 for better, 0 for neither.
    """

    groups: int
    id: str
    name: str
    right: tuple[int, int]
    samples: tuple[int, int]
    change: float
    p: float
    q: float
    verdict: int


class ShownLevel(NamedTuple):
    """A level that is looked at.

    Attributes:
        groups: how many it has.
        right: samples whose group was named, in A and in B.
        samples: how many there are, in A and in B.
        change: of the accuracy in points of percent.
        p: of its test.
        q: p corrected for all levels of the tree.
        verdict: on the accuracy, as of a group.
        changes: its groups, in the order of the tree.
    """

    groups: int
    right: tuple[int, int]
    samples: tuple[int, int]
    change: float
    p: float
    q: float
    verdict: int
    changes: list[Change]


def shown_levels(found: Comparison, groups: int | None) -> list[ShownLevel]:
    """Returns the level of so many groups, or all of the tree."""
    levels = found.levels if groups is None else [found.level(groups)]
    return [shown_level(found, level, len(levels)) for level in levels]


def shown_level(
    found: Comparison, level: Level, looked_at: int = 1
) -> ShownLevel:
    """Returns the changes of a level, one of so many that are looked at."""
    right, samples, p, q = level.accuracy
    change = points(right, samples)
    # The q of accuracies allows for all levels already.
    is_beyond = q <= FALSE_DISCOVERIES
    return ShownLevel(
        len(level.nodes),
        right,
        samples,
        change,
        p,
        q,
        int(np.sign(change)) if is_beyond else 0,
        list(_changes(found, level, looked_at)),
    )


def _changes(
    found: Comparison, level: Level, looked_at: int
) -> Iterator[Change]:
    first, second = found.counts
    for node, q in zip(level.nodes.tolist(), level.q.tolist(), strict=True):
        right = (
            int(first.true_positives[node]),
            int(second.true_positives[node]),
        )
        samples = int(first.actual[node]), int(second.actual[node])
        yield Change(
            len(level.nodes),
            found.tree.node_ids[node],
            found.tree.node_names[node],
            right,
            samples,
            points(right, samples),
            float(found.tests.p[node]),
            q,
            found.verdict(node, q, looked_at),
        )
