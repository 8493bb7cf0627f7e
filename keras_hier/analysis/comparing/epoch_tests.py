"""Tests of two epochs of single runs: by the same samples, or by counts."""

from typing import Any, NamedTuple

import numpy as np

from keras_hier.analysis import evidence
from keras_hier.analysis.comparing.class_matching import (
    Match,
    Placed,
    counts_of_nodes,
)
from keras_hier.analysis.comparing.node_tests import NodeTests
from keras_hier.hierarchy.hierarchy import Hierarchy
from keras_hier.log.logged_samples import Samples
from keras_hier.log.records.container import CodecError
from keras_hier.log.records.sample_index import SampleIndex

Sides = tuple[Placed, Placed]
DIFFERENT = "The two runs logged different samples."


class Said(NamedTuple):
    """The answers of a side: the digest of its index, that, int64 [N]."""

    digest: str
    samples: SampleIndex | Samples
    answers: np.ndarray


class Paired(NamedTuple):
    """The answers of both sides for the same samples, int64 [N] each."""

    digest: str
    labels: np.ndarray
    first: np.ndarray
    second: np.ndarray


def same_samples(one: Said, two: Said) -> np.ndarray:
    """Returns where the second side has each sample of the first, int64 [N].

    Under two orders of labels one data set has two indexes: ids find its
    samples.
    """
    first, second = one.samples, two.samples
    if len(first) != len(second):
        raise CodecError(DIFFERENT)
    if one.digest == two.digest:
        return np.arange(len(first))
    if not (first.named and second.named):
        raise CodecError(DIFFERENT)
    place = {name: at for at, name in enumerate(second.ids)}
    found = [place.get(name, -1) for name in first.ids]
    if min(found) < 0:
        raise CodecError(DIFFERENT)
    return np.array(found)


def check_is_whole(match: Match) -> None:
    """Raises an error about classes of one side only."""
    if not match.is_whole:
        own, there = (each.labels for each in match)
        raise CodecError(
            f"Of {len(own):,} and {len(there):,} classes "
            f"{(own >= 0).sum():,} are in both: only these are tested, by "
            "their counts."
        )


def pair_samples(match: Match, one: Said, two: Said) -> Paired:
    """Returns what both sides say of the same samples."""
    at = same_samples(one, two)
    labels = match.places.labels
    if (labels[two.samples.labels[at]] != one.samples.labels).any():
        raise CodecError(DIFFERENT)
    second = labels[two.answers[at]]
    return Paired(one.digest, one.samples.labels, one.answers, second)


def by_samples(paired: Paired, tree: Hierarchy) -> NodeTests:
    """Tests every node by the samples that both sides answered."""
    found = evidence.paired_nodes(
        paired.labels, paired.first, paired.second, tree
    )

    def accuracy(nodes: np.ndarray) -> dict[str, Any]:
        whole = evidence.mcnemar(
            found.fixed[nodes].sum(), found.broken[nodes].sum()
        )
        return {
            "fixed": int(whole.fixed),
            "broken": int(whole.broken),
            "p": float(whole.p),
        }

    columns = {
        "fixed": found.fixed,
        "broken": found.broken,
        "standardised": found.standardised,
    }
    samples = [len(paired.labels)] * 2
    return NodeTests(found.p, found.least, columns, samples, accuracy)


def by_counts(sides: Sides, tree: Hierarchy) -> NodeTests:
    """Tests every node by how many samples were right on either side."""
    # Both by the tree shown: what is compared are its groups.
    first, second = (counts_of_nodes(side, tree) for side in sides)
    recall = evidence.group_differences(first, second).recall
    samples = [int(counts.actual[0]) for counts in (first, second)]
    # A node without samples on one side cannot be tested.
    is_known = (first.actual > 0) & (second.actual > 0)
    found = type(recall)(*(np.where(is_known, of, np.nan) for of in recall))

    def accuracy(nodes: np.ndarray) -> dict[str, Any]:
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
                name: float(getattr(whole, name)) if all(samples) else np.nan
                for name in ("low", "high", "p")
            },
        }

    columns = {
        name: getattr(found, name) for name in ("low", "high", "standardised")
    }
    return NodeTests(found.p, found.least, columns, samples, accuracy)
