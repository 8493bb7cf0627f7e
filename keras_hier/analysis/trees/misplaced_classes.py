"""Classes that a tree has in one group and the errors in another."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from keras_hier.analysis.evidence import null_model
from keras_hier.analysis.evidence.exact_tests import binomial_p
from keras_hier.analysis.evidence.significance import (
    FALSE_DISCOVERIES,
    beyond_chance,
    false_discovery_rates,
    poisson_evidence,
)
from keras_hier.hierarchy.tree.grouping import Grouping
from keras_hier.scores.confusion_scores import cells
from keras_hier.tensors import FloatArray, IntArray

# Draws of the errors of a class.
DRAWS = 200
# The fit of `_rates` settles in so many.
_ITERATIONS = 50


class MisplacedClasses(NamedTuple):
    """Classes whose errors are with another group, the surest first.

    Attributes:
        classes: int64 [n], labels.
        own: int64 [n], the group that the class is in.
        other: int64 [n], the group that its errors are with.
        with_own: int64 [n], errors between it and the rest of its own group, in
            both directions.
        with_other: int64 [n], errors between it and that group.
        p: float64 [n], how likely so many are by chance.
        q: float64 [n], the least rate of false discoveries that lists it.
        support: float64 [n], the share of `DRAWS` draws of its errors in which
            the class is with that group more than with its own and any other.
        tested: how many classes could have been listed.
    """

    classes: IntArray
    own: IntArray
    other: IntArray
    with_own: IntArray
    with_other: IntArray
    p: FloatArray
    q: FloatArray
    support: FloatArray
    tested: int


class _Errors(NamedTuple):
    """True and predicted classes, and how many samples each pair has; [n]."""

    rows: IntArray
    columns: IntArray
    counts: npt.NDArray[np.number]

    def where(self, chosen: npt.NDArray[np.bool_]) -> "_Errors":
        return _Errors(
            self.rows[chosen], self.columns[chosen], self.counts[chosen]
        )


def misplaced_classes(
    matrix: Any,
    grouping: Grouping,
    rate: float = FALSE_DISCOVERIES,
    seed: int = 0,
) -> MisplacedClasses:
    """Lists the classes that the errors would move to another group.

    A class is listed if it is confused with another group more often than with
    the rest of its own, beyond three expectations. These are an even chance;
    errors in proportion to labels and predictions, since groups differ in size;
    and the errors that the group shares with classes from anywhere, since some
    groups are hard. The p allows for all groups and all classes that are tried.
    Groups of a single class have no rest and are left out.

    Example:
        >>> # Class 2 is filed with 3, and confused with 0 and 1.
        >>> matrix = [[9, 9, 9, 0], [9, 9, 9, 0], [9, 9, 9, 0], [0, 0, 0, 9]]
        >>> groups = Grouping(["pets", "cars"], [0, 0, 1, 1])
        >>> found = misplaced_classes(matrix, groups)
        >>> found.classes.tolist(), found.other.tolist()
        ([2], [0])
        >>> found.with_own.tolist(), found.with_other.tolist()
        ([0], [36])
    """
    rows, columns, counts = cells(matrix, grouping.num_classes)
    # SciPy's are int32, and classes times groups may be more.
    rows, columns = rows.astype(np.int64), columns.astype(np.int64)
    size, groups = grouping.num_classes, grouping.num_groups
    of = grouping.of_class.astype(np.int64)
    # How often each class is labelled and predicted.
    weight = null_model.tally(rows, counts, size)
    weight += null_model.tally(columns, counts, size)
    errors = _Errors(rows, columns, counts).where(rows != columns)
    of_pair, with_group, _, shared = _with_groups(errors, of, groups)
    is_own = of[of_pair] == with_group
    own_counts = null_model.tally(of_pair[is_own], shared[is_own], size)
    # The first of each class is the group that it has most errors with.
    others = np.flatnonzero(~is_own)
    others = others[np.lexsort((with_group[others], -shared[others]))]
    labels, first = np.unique(of_pair[others], return_index=True)
    best, best_counts = np.zeros(size, np.int64), np.zeros(size)
    best[labels] = with_group[others[first]]
    best_counts[labels] = shared[others[first]]
    of_group = null_model.tally(of, weight, groups)
    at_own, at_best = of_group[of] - weight, of_group[best]
    with np.errstate(invalid="ignore", divide="ignore"):
        spread = at_best / (at_own + at_best)
    share = np.maximum(np.nan_to_num(spread, nan=0.5), 0.5)
    share = np.maximum(share, _drawn_to(best, of, groups, errors, share))
    trials = own_counts + best_counts
    two_sided = binomial_p(best_counts, trials, np.minimum(share, 1.0))
    is_more = best_counts > share * trials
    # The best of several groups was picked.
    p = np.where(is_more, np.minimum(two_sided * max(groups - 1, 1), 1), 1.0)
    could = (np.bincount(of, minlength=groups)[of] > 1) & (trials > 0)
    p[~could | (groups < 2)] = np.nan
    found = beyond_chance(p, "classes with errors", rate=rate)
    chosen = np.flatnonzero(found.found)
    chosen = chosen[np.argsort(p[chosen], kind="stable")]
    return MisplacedClasses(
        chosen,
        of[chosen],
        best[chosen],
        own_counts[chosen].astype(np.int64),
        best_counts[chosen].astype(np.int64),
        p[chosen],
        found.rates[chosen],
        _support(chosen, best, of_pair, with_group, shared, seed),
        found.tested,
    )


def _with_groups(
    errors: _Errors, of: IntArray, groups: int
) -> tuple[IntArray, IntArray, IntArray, FloatArray]:
    """Counts errors of classes with groups, in both directions.

    Returns class and group of each pair [n] that has errors, the pair of each
    error in either direction, and the counts.
    """
    keys = [
        one * groups + of[other] for one, other in (errors[:2], errors[1::-1])
    ]
    pairs, at = np.unique(np.concatenate(keys), return_inverse=True)
    shared = null_model.tally(at, np.tile(errors.counts, 2), len(pairs))
    one, group = np.divmod(pairs, max(groups, 1))
    return one, group, at, shared


def _drawn_to(
    best: IntArray,
    of: IntArray,
    groups: int,
    errors: _Errors,
    before: FloatArray,
) -> FloatArray:
    """Returns how much of a class's errors a group draws from any class, [C].

    The class's own errors with the group do not count, nor do those of classes
    that are nearer to a group than classes are on average. `before` is the
    share [C] without other evidence.
    """
    # Errors inside a group tell nothing about what it draws.
    errors = errors.where(of[errors.rows] != of[errors.columns])
    one, group, at, shared = _with_groups(errors, of, groups)
    rates = _rates(errors, of, groups)
    expected = sum(
        mine[one] * null_model.tally(of, its, groups)[group]
        for mine, its in (rates, rates[::-1])
    )
    evidence = poisson_evidence(shared, expected)
    order = np.argsort(-evidence, kind="stable")
    near = np.zeros(len(shared), bool)
    near[order] = (
        false_discovery_rates(evidence[order], len(of) * (groups - 1))
        <= FALSE_DISCOVERIES
    )
    first, last = np.split(near[at], 2)
    errors = errors.where(~first & ~last)

    rates = _rates(errors, of, groups)
    with_best = np.zeros((2, len(of)))
    known = np.zeros(len(of))
    for (mine, its), (here, there) in (
        (rates, errors[:2]),
        (rates[::-1], errors[1::-1]),
    ):
        # How often others are taken for the best group, and for the own one.
        is_best = of[there] == best[here]
        own = null_model.tally(here[is_best], errors.counts[is_best], len(of))
        total = null_model.tally(there, errors.counts, len(of))
        found = null_model.tally(of, total, groups)
        rest = mine.sum() - null_model.tally(of, mine, groups)[best]
        rate = null_model.ratio(found[best] - own, found[best])
        rate *= np.where(own > 0, null_model.ratio(rest, rest - mine), 1.0)
        its_group = null_model.tally(of, its, groups)
        with_best += mine * [its_group[best] * rate, its_group[of] - its]
        known += found[best] - own + found[of] - total
    both = with_best.sum(axis=0)
    share = np.where(both > 0, null_model.ratio(with_best[0], both), before)
    # `before` weighs as much as one more error.
    mean: FloatArray = (known * share + before) / (known + 1)
    return mean


def _rates(
    errors: _Errors, of: IntArray, groups: int
) -> tuple[FloatArray, FloatArray]:
    """Fits rates of errors a_i b_j between groups: a and b, float64 [C].

    This is quasi-independence (Goodman, JASA 63, 1968).
    """
    made, taken = (
        null_model.tally(each, errors.counts, len(of)) for each in errors[:2]
    )
    a, b = made, np.ones(len(of))
    for _ in range(_ITERATIONS):
        a = null_model.ratio(
            made, b.sum() - null_model.tally(of, b, groups)[of]
        )
        b = null_model.ratio(
            taken, a.sum() - null_model.tally(of, a, groups)[of]
        )
    return a, b


def _support(
    chosen: IntArray,
    best: IntArray,
    of_pair: IntArray,
    with_group: IntArray,
    shared: FloatArray,
    seed: int,
) -> FloatArray:
    """Draws the errors of each class anew; see `MisplacedClasses`."""
    rng = np.random.default_rng(seed)
    support = np.zeros(len(chosen))
    starts = np.searchsorted(of_pair, chosen)
    stops = np.searchsorted(of_pair, chosen, side="right")
    for row, (start, stop) in enumerate(zip(starts, stops, strict=True)):
        counts = shared[start:stop]
        total = counts.sum()
        drawn = rng.multinomial(int(total), counts / total, DRAWS)
        at = np.flatnonzero(with_group[start:stop] == best[chosen[row]])[0]
        rest = np.delete(drawn, at, axis=1).max(axis=1, initial=0)
        support[row] = (drawn[:, at] > rest).mean()
    return support
