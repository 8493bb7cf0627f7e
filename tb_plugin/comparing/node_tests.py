"""The answer of the route: the tests of a tree's nodes and of its levels."""

from typing import Any

import numpy as np

from keras_hier.analysis.comparing.node_tests import (
    NodeTests,
    beyond_level,
    beyond_levels,
)
from keras_hier.hierarchy import Hierarchy
from tb_plugin.reading.answers import Json, number, numbers
from tb_plugin.reading.display_levels import display_levels


def answer_of(
    test: str, why: str | None, tests: NodeTests, tree: Hierarchy
) -> Json:
    """Returns what the route says: of every node, and of every level."""
    levels = [level.nodes for level in display_levels(tree)]
    accuracies = _accuracies([tests.accuracy(nodes) for nodes in levels])
    columns = {"p": tests.p, **tests.columns}
    return {
        "test": test,
        "why": why,
        "index": None,
        "samples": tests.samples,
        "nodes": {name: _column(values) for name, values in columns.items()},
        "levels": [
            _of_level(tests, nodes) | {"accuracy": accuracy}
            for nodes, accuracy in zip(levels, accuracies, strict=True)
        ],
    }


def _column(values: np.ndarray) -> list[Any]:
    return values.tolist() if values.dtype.kind == "i" else numbers(values)


def _accuracies(tests: list[Json]) -> list[Json]:
    """Adds to each level's test its q, of the p that the answer has."""
    shown = [
        {
            name: number(value) if isinstance(value, float) else value
            for name, value in test.items()
        }
        for test in tests
    ]
    beyond = beyond_levels(shown)
    return [
        {**test, "q": q, "tested": beyond.tested}
        for test, q in zip(shown, numbers(beyond.rates), strict=True)
    ]


def _of_level(tests: NodeTests, nodes: np.ndarray) -> Json:
    beyond = beyond_level(tests, nodes)
    return {
        "groups": len(nodes),
        "family": beyond.family,
        "tested": beyond.tested,
        "rate": beyond.rate,
        "found": int(beyond.found.sum()),
        "q": numbers(beyond.rates),
    }
