"""Whether two sets of runs differ by more than their seeds do."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from keras_hier.scores import Counts
from tb_plugin.answers import Json, number, numbers
from tb_plugin.node_tests import NodeTests
from tb_plugin.seeds import pairs_of

# As `keras_hier.analysis.seeds`, which would import scipy.stats at once.
ENOUGH = 3


class Seeds(NamedTuple):
    """The runs of one side.

    Attributes:
        names: of the runs.
        counts: samples of every node of the tree, of each run.
    """

    names: Sequence[str]
    counts: Sequence[Counts]


class SeedTests(NamedTuple):
    """Tests of nodes, by which test, or why there is none."""

    tests: NodeTests
    how: str | None
    why: str | None


def seed_tests(first: Seeds, second: Seeds) -> SeedTests:
    """Compares the recall of every node between two sets of runs.

    Runs whose names have the same number of a seed are paired, if there are
    three such pairs; then the others are left out. Else all runs are compared
    as unrelated. With fewer than three a side nothing is tested: a test over
    the samples of few runs tells these runs apart, not what was changed.

    Args:
        first: the one side.
        second: the other.
    """
    pairs = pairs_of(first.names, second.names)
    if len(pairs.first) >= ENOUGH:
        how = f"paired by seed, t over {len(pairs.first)} seeds"
        one = [first.counts[at] for at in pairs.first]
        two = [second.counts[at] for at in pairs.second]
        return SeedTests(_tests(one, two, is_paired=True), how, None)
    one, two = list(first.counts), list(second.counts)
    sizes = len(one), len(two)
    if min(sizes) >= ENOUGH:
        how = f"t over {sizes[0]} and {sizes[1]} seeds (Welch)"
        return SeedTests(_tests(one, two, is_paired=False), how, None)
    why = (
        f"{sizes[0]} against {sizes[1]} runs: too few to tell from seeds, "
        f"which takes {ENOUGH} a side."
    )
    return SeedTests(_untested(one, two), None, why)


def _tests(
    one: list[Counts], two: list[Counts], *, is_paired: bool
) -> NodeTests:
    from keras_hier.analysis import evidence

    test = evidence.paired_seeds if is_paired else evidence.unpaired_seeds
    recalls = [np.array([c.recall for c in side]) for side in (one, two)]
    found = test(recalls[0], recalls[1])

    def accuracy(nodes: np.ndarray) -> Json:
        whole = test(_accuracy(one, nodes), _accuracy(two, nodes))
        return {
            "low": number(whole.low),
            "high": number(whole.high),
            "p": number(whole.t_p),
        }

    columns = {
        name: numbers(getattr(found, name))
        for name in ("low", "high", "standardised")
    }
    return NodeTests(
        found.t_p,
        np.zeros_like(found.t_p),
        columns,
        [_samples(one), _samples(two)],
        accuracy,
    )


def _untested(one: list[Counts], two: list[Counts]) -> NodeTests:
    # Could not be found: that is within chance, and no p.
    certain = np.ones(len(one[0].actual))
    return NodeTests(
        certain,
        certain,
        {"p": [None] * len(certain)},
        [_samples(one), _samples(two)],
        lambda nodes: {"p": None},
    )


def _accuracy(side: list[Counts], nodes: np.ndarray) -> np.ndarray:
    """Returns the share of right groups of each run, float64 [R]."""
    with np.errstate(invalid="ignore"):
        return np.array(
            [c.true_positives[nodes].sum() / c.actual[0] for c in side]
        )


def _samples(side: list[Counts]) -> int:
    return sum(int(counts.actual[0]) for counts in side)
