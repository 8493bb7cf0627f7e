"""The tests of a tree's nodes, and what they say of its levels."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from keras_hier.hierarchy import Hierarchy
from tb_plugin.reading.answers import Json, numbers
from tb_plugin.reading.display_levels import display_levels

FAMILY = "groups of this level that could differ"
LEVELS = "accuracies of the levels"


class NodeTests(NamedTuple):
    """The tests of every node, and how to test the accuracy of a level.

    Attributes:
        p: float64 [V], NaN where nothing was tested.
        least: float64 [V], how small each p could have become.
        columns: what else the answer says of every node.
        samples: of the two sides.
        accuracy: tests the accuracy of a level, given its nodes.
    """

    p: np.ndarray
    least: np.ndarray
    columns: Json
    samples: list[int]
    accuracy: Callable[[np.ndarray], Json]


def answer_of(
    test: str, why: str | None, tests: NodeTests, tree: Hierarchy
) -> Json:
    """Returns what the route says: of every node, and of every level."""
    levels = [level.nodes for level in display_levels(tree)]
    accuracies = _accuracies([tests.accuracy(nodes) for nodes in levels])
    return {
        "test": test,
        "why": why,
        "index": None,
        "samples": tests.samples,
        "nodes": {"p": numbers(tests.p), **tests.columns},
        "levels": [
            _of_level(tests, nodes) | {"accuracy": accuracy}
            for nodes, accuracy in zip(levels, accuracies, strict=True)
        ],
    }


def _accuracies(tests: list[Json]) -> list[Json]:
    """Adds to each level's test its q: all are read at one glance."""
    # TensorBoard shall not wait for scipy.stats before it is asked for.
    from keras_hier.analysis import evidence

    p = np.array([test["p"] for test in tests], np.float64)
    beyond = evidence.beyond_chance(p, LEVELS)
    return [
        {**test, "q": q, "tested": beyond.tested}
        for test, q in zip(tests, numbers(beyond.rates), strict=True)
    ]


def _of_level(tests: NodeTests, nodes: np.ndarray) -> Json:
    """Returns which groups of a level differ, all of them considered."""
    from keras_hier.analysis import evidence

    beyond = evidence.beyond_chance(
        tests.p[nodes], FAMILY, least=tests.least[nodes]
    )
    return {
        "groups": len(nodes),
        "family": beyond.family,
        "tested": beyond.tested,
        "rate": beyond.rate,
        "found": int(beyond.found.sum()),
        "q": numbers(beyond.rates),
    }
