"""Tests of two epochs of single runs: by the same samples, or by counts."""

from typing import Any, NamedTuple

import numpy as np

from keras_hier.hierarchy import Hierarchy
from keras_hier.log.records.container import CodecError
from keras_hier.log.records.sample_index import SampleIndex
from tb_plugin.comparing.class_matching import (
    Cut,
    Placed,
    counts_of_groups,
    counts_of_nodes,
)
from tb_plugin.comparing.node_tests import NodeTests
from tb_plugin.reading.answers import Json, number, numbers

CELLS = "cells of this level that could differ"
# More cannot be seen at once; a level of 1,000 classes has some 10,000 in all.
MAX_CELLS = 20_000

Sides = tuple[Placed, Placed]


class Paired(NamedTuple):
    """The answers of both sides for the same samples, int64 [N] each."""

    digest: str
    labels: np.ndarray
    first: np.ndarray
    second: np.ndarray


DIFFERENT = "The two runs logged different samples."


def same_samples(
    one: tuple[str, SampleIndex], two: tuple[str, SampleIndex]
) -> np.ndarray:
    """Returns where the second index has each sample of the first, int64 [N].

    Samples are numbered class by class, so that one data set has two indexes
    under two orders of labels: then they are found by their ids.
    """
    (digest, index), (other_digest, others) = one, two
    if len(index) != len(others):
        raise CodecError(DIFFERENT)
    if digest == other_digest:
        return np.arange(len(index))
    if not (index.named and others.named):
        raise CodecError(DIFFERENT)
    place = {name: at for at, name in enumerate(others.ids)}
    found = [place.get(name, -1) for name in index.ids]
    if min(found) < 0:
        raise CodecError(DIFFERENT)
    return np.array(found)


# TensorBoard shall not wait for scipy.stats before it is asked for: what needs
# it is imported where it is used.


def by_samples(paired: Paired, tree: Hierarchy) -> NodeTests:
    """Tests every node by the samples that both sides answered."""
    from keras_hier.analysis import evidence

    found = evidence.paired_nodes(
        paired.labels, paired.first, paired.second, tree
    )

    def accuracy(nodes: np.ndarray) -> Json:
        whole = evidence.mcnemar(
            found.fixed[nodes].sum(), found.broken[nodes].sum()
        )
        return {
            "fixed": int(whole.fixed),
            "broken": int(whole.broken),
            "p": number(whole.p),
        }

    columns = {
        "fixed": found.fixed.tolist(),
        "broken": found.broken.tolist(),
        "standardised": numbers(found.standardised),
    }
    samples = [len(paired.labels)] * 2
    return NodeTests(found.p, found.least, columns, samples, accuracy)


def by_counts(sides: Sides, tree: Hierarchy) -> NodeTests:
    """Tests every node by how many samples were right on either side."""
    from keras_hier.analysis import evidence

    # Both by the tree shown: what is compared are its groups.
    first, second = (counts_of_nodes(side, tree) for side in sides)
    recall = evidence.group_differences(first, second).recall
    samples = [int(counts.actual[0]) for counts in (first, second)]
    # A node without samples on one side cannot be tested.
    is_known = (first.actual > 0) & (second.actual > 0)
    found = type(recall)(*(np.where(is_known, of, np.nan) for of in recall))

    def accuracy(nodes: np.ndarray) -> Json:
        right = [
            int(counts.true_positives[nodes].sum())
            for counts in (first, second)
        ]
        whole = evidence.share_differences(
            right[0], samples[0], right[1], samples[1]
        )
        return {
            "right": right,
            **{
                name: number(getattr(whole, name)) if all(samples) else None
                for name in ("low", "high", "p")
            },
        }

    columns = {
        name: numbers(getattr(found, name))
        for name in ("low", "high", "standardised")
    }
    return NodeTests(found.p, found.least, columns, samples, accuracy)


def cells_of(sides: Sides | None, paired: Paired | None, cut: Cut) -> Json:
    """Tests the cells of a level, by counts if there are `sides`."""
    from keras_hier.analysis import evidence

    found: Any
    if sides is not None:
        both = (counts_of_groups(side, cut) for side in sides)
        found = evidence.cell_differences(*both)
        # Shares are of all samples of a row; what is no cell is not tested.
        inside = found.columns < cut.groups
        found = type(found)(*(column[inside] for column in found))
    elif paired is not None:
        found = evidence.paired_cells(
            cut.of_class[paired.labels],
            cut.of_class[paired.first],
            cut.of_class[paired.second],
            cut.groups,
        )
    beyond = evidence.beyond_chance(found.p, CELLS, least=found.least)
    places = np.flatnonzero(beyond.found)
    places = places[np.argsort(found.p[places], kind="stable")][:MAX_CELLS]
    return {
        "family": beyond.family,
        "tested": beyond.tested,
        "rate": beyond.rate,
        "total": len(found.p),
        "found": int(beyond.found.sum()),
        "rows": found.rows[places].tolist(),
        "columns": found.columns[places].tolist(),
        "shown": found.first[places].tolist(),
        "other": found.second[places].tolist(),
        "p": numbers(found.p[places]),
        "q": numbers(beyond.rates[places]),
        "standardised": numbers(found.standardised[places]),
    }
