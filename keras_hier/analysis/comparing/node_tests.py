"""The tests of a tree's nodes, and what they say of its levels."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from keras_hier.analysis import evidence
from keras_hier.analysis.evidence.significance import BeyondChance

FAMILY = "groups of this level that could differ"
LEVELS = "accuracies of the levels"


class NodeTests(NamedTuple):
    """The tests of every node, and how to test the accuracy of a level.

    Attributes:
        p: float64 [V], NaN where nothing was tested.
        least: float64 [V], how small each p could have become.
        columns: arrays [V] of what else is known of every node.
        samples: of the two sides.
        accuracy: tests the accuracy of a level, given its nodes. Its `p` is NaN
            where nothing was tested.
    """

    p: np.ndarray
    least: np.ndarray
    columns: dict[str, np.ndarray]
    samples: list[int]
    accuracy: Callable[[np.ndarray], dict[str, Any]]


def beyond_level(tests: NodeTests, nodes: np.ndarray) -> BeyondChance:
    """Returns which groups of a level differ, all of them considered."""
    return evidence.beyond_chance(
        tests.p[nodes], FAMILY, least=tests.least[nodes]
    )


def beyond_levels(accuracies: Sequence[dict[str, Any]]) -> BeyondChance:
    """Returns which levels' accuracies differ: all are read at one glance."""
    p = np.array([each["p"] for each in accuracies], np.float64)
    return evidence.beyond_chance(p, LEVELS)
