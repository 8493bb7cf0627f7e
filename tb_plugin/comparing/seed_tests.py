"""Whether two sets of runs differ by more than their seeds do."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from scipy import sparse

from keras_hier.analysis.comparing.node_tests import NodeTests
from keras_hier.scores import Counts
from tb_plugin.reading.answers import Json, numbers
from tb_plugin.reading.seeds import pairs_of

# As analysis/evidence/seeds.py, which would import scipy.stats at once.
ENOUGH = 3
CELLS = "errors of this level that could differ"
RATE = 0.05


class Seeds(NamedTuple):
    """Runs of one side, with the samples of every node in each."""

    names: Sequence[str]
    counts: Sequence[Counts]


class _Paired(NamedTuple):
    """Which runs are compared, and how; `how` is None if none can be."""

    first: list[int]
    second: list[int]
    is_paired: bool
    how: str | None
    why: str | None


def _paired(first: Sequence[str], second: Sequence[str]) -> _Paired:
    how: str | None
    pairs = pairs_of(first, second)
    if len(pairs.first) >= ENOUGH:
        how = f"paired by seed, t over {len(pairs.first)} seeds"
        return _Paired(pairs.first, pairs.second, True, how, None)
    one, two = len(first), len(second)
    how = f"t over {one} and {two} seeds (Welch)"
    why = None
    if min(one, two) < ENOUGH:
        how = None
        why = (
            f"{one} against {two} runs: too few to tell from seeds, which "
            f"takes {ENOUGH} a side."
        )
    return _Paired(list(range(one)), list(range(two)), False, how, why)


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
    """
    found = _paired(first.names, second.names)
    one = [first.counts[at] for at in found.first]
    two = [second.counts[at] for at in found.second]
    tests = (
        _tests(one, two, is_paired=found.is_paired)
        if found.how
        else _untested(one, two)
    )
    return SeedTests(tests, found.how, found.why)


class SeedErrors(NamedTuple):
    """The runs of one side, cell by cell.

    Attributes:
        names: of the runs.
        errors: wrong answers between G groups, [G + 1, G + 1] of each run; the
            last column is what is no group.
        samples: float64 [G] of each run and group.
    """

    names: Sequence[str]
    errors: Sequence[sparse.coo_array]
    samples: Sequence[np.ndarray]


def seed_cells(first: SeedErrors, second: SeedErrors, most: int) -> Json:
    """Compares the share of a group's samples in every cell, run by run.

    Right answers are no part of it: on the diagonal are wrong classes of the
    right group. Too few runs are not tested.
    """
    from keras_hier.analysis import evidence

    how = _paired(first.names, second.names)
    sides = [
        [(side.errors[at], side.samples[at]) for at in places]
        for side, places in ((first, how.first), (second, how.second))
    ]
    runs = sides[0] + sides[1]
    cells = evidence.align_cells([errors for errors, _ in runs])
    # The last column is no cell: its samples count in the shares only.
    inside = cells.columns < len(first.samples[0])
    rows, columns = cells.rows[inside], cells.columns[inside]
    counts = cells.counts[:, inside]
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = counts / np.array([samples[rows] for _, samples in runs])
    middle = len(sides[0])
    found = beyond = None
    chosen = np.zeros(0, np.int64)
    if how.how:
        test = _test(how.is_paired)
        found = test(shares[:middle], shares[middle:])
        least = evidence.least_p(counts.sum(axis=0), len(sides[1]) / len(runs))
        beyond = evidence.beyond_chance(found.t_p, CELLS, least=least)
        chosen = np.flatnonzero(beyond.found)
        order = np.argsort(found.t_p[chosen], kind="stable")
        chosen = chosen[order][:most]
    return {
        "family": CELLS,
        "tested": beyond.tested if beyond else 0,
        "rate": beyond.rate if beyond else RATE,
        "total": len(rows),
        "found": int(beyond.found.sum()) if beyond else 0,
        "rows": rows[chosen].tolist(),
        "columns": columns[chosen].tolist(),
        "shown": numbers(counts[:middle, chosen].mean(axis=0)),
        "other": numbers(counts[middle:, chosen].mean(axis=0)),
        "p": numbers(found.t_p[chosen]) if found else [],
        "q": numbers(beyond.rates[chosen]) if beyond else [],
        "standardised": numbers(found.standardised[chosen]) if found else [],
    }


def _test(is_paired: bool) -> Any:
    from keras_hier.analysis import evidence

    return evidence.paired_seeds if is_paired else evidence.unpaired_seeds


def _tests(
    one: list[Counts], two: list[Counts], *, is_paired: bool
) -> NodeTests:
    test = _test(is_paired)
    recalls = [np.array([c.recall for c in side]) for side in (one, two)]
    found = test(recalls[0], recalls[1])

    def accuracy(nodes: np.ndarray) -> dict[str, Any]:
        whole = test(_accuracy(one, nodes), _accuracy(two, nodes))
        return {
            "low": float(whole.low),
            "high": float(whole.high),
            "p": float(whole.t_p),
        }

    columns = {
        name: getattr(found, name) for name in ("low", "high", "standardised")
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
        {"p": np.full(len(certain), np.nan)},
        [_samples(one), _samples(two)],
        lambda nodes: {"p": np.nan},
    )


def _accuracy(side: list[Counts], nodes: np.ndarray) -> np.ndarray:
    """Returns the share of right groups of each run, float64 [R]."""
    with np.errstate(invalid="ignore"):
        return np.array(
            [c.true_positives[nodes].sum() / c.actual[0] for c in side]
        )


def _samples(side: list[Counts]) -> int:
    return sum(int(counts.actual[0]) for counts in side)
