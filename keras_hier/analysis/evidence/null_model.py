"""How often two classes would be confused if no pair were special.

The null model is quasi-independence (Goodman 1968) on a tree: an error of
class a names class c at the rate

    rate(a, c) = alpha_a * beta_c * gamma_h,    h = height of lca(a, c),

alpha_a for how often a is mistaken, beta_c for how often other classes are
taken for c, gamma_h for how much likelier classes are confused that meet at
height h. It is fitted to the errors by iterative proportional scaling, so that
every row, every column and every height sums to what was observed, times the
factors of nodes that follow.

Nodes of one height differ. The factor of a node v is (O_v + kappa) / (X_v +
kappa) with O_v errors observed and X_v expected between classes that meet at v.
It is the posterior mean under a gamma prior of mean 1 and shape kappa, the
likeliest shape (empirical Bayes). A node with few errors is close to the
average of its height. Rates and factors are fitted in turn. Otherwise a group
much confused inside would raise the rates of its classes, and pairs across
groups would seem surprising.

Sums over pairs are sums over nodes, so the whole fit takes O(V + cells).

Reference:
    Goodman, The analysis of cross-classified data: independence, quasi-
    independence, and interactions in contingency tables with or without
    missing entries, JASA 63, 1968.
"""

from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from scipy import optimize, special

from keras_hier.analysis.evidence.aligned_cells import summed
from keras_hier.hierarchy.hierarchy import Hierarchy
from keras_hier.scores.confusion_scores import class_cells
from keras_hier.tensors import FloatArray, IntArray

ITERATIONS = 200
REFITS = 5
TOLERANCE = 1e-6


def tally(index: Any, weights: Any, size: int = 0) -> FloatArray:
    """Sums weights [n] by index [n], float64 [size]."""
    return np.bincount(index, weights, size).astype(np.float64, copy=False)


class Errors(NamedTuple):
    """The nonzero cells off the diagonal, one entry each, in row order.

    Attributes:
        rows: int64 [n], true classes.
        columns: int64 [n], predicted classes.
        counts: float64 [n].
        lca: int64 [n], the lowest common ancestor of the two.
        correct: int64 [C], the diagonal.
    """

    rows: IntArray
    columns: IntArray
    counts: FloatArray
    lca: IntArray
    correct: IntArray


class NullModel(NamedTuple):
    """The fitted null model.

    Attributes:
        row_effect: alpha, float64 [C].
        column_effect: beta, float64 [C].
        height_effect: gamma of each node's height, float64 [V].
        shape: kappa.
        observed: float64 [V], errors between classes that meet at a node.
        expected: float64 [V], the same under alpha, beta and gamma alone.
        factor: float64 [V], of each node, with which these were fitted.
    """

    row_effect: FloatArray
    column_effect: FloatArray
    height_effect: FloatArray
    shape: float
    observed: FloatArray
    expected: FloatArray
    factor: FloatArray

    def rates(self, a: Any, c: Any, lca: Any) -> FloatArray:
        """Returns alpha * beta * gamma of cells."""
        return (
            self.row_effect[a] * self.column_effect[c] * self.height_effect[lca]
        )

    def factors(
        self, lca: Any, observed: FloatArray, expected: FloatArray
    ) -> FloatArray:
        """Returns the factors of nodes, less the errors under test."""
        others = np.maximum(self.expected[lca] - expected, 0.0)
        return (self.observed[lca] - observed + self.shape) / (
            others + self.shape
        )


def errors_of(matrix: Any, hierarchy: Hierarchy) -> Errors:
    """Reads the errors of a confusion matrix [C, C], dense or sparse."""
    size = hierarchy.num_classes
    parts = [class_cells(matrix, hierarchy)]
    rows, columns, (counts,) = summed(parts, size)
    same = rows == columns
    correct = np.zeros(size, np.int64)
    correct[rows[same]] = counts[same]
    rows, columns, counts = rows[~same], columns[~same], counts[~same]
    lca = hierarchy.lca(rows, columns).astype(np.int64)
    return Errors(rows, columns, counts.astype(np.float64), lca, correct)


def fit(errors: Errors, hierarchy: Hierarchy) -> NullModel:
    """Fits the null model to the errors of a matrix."""
    size, nodes = hierarchy.num_classes, len(hierarchy.parents)
    by_row = tally(errors.rows, errors.counts, size)
    by_column = tally(errors.columns, errors.counts, size)
    observed = tally(errors.lca, errors.counts, nodes)
    of_height = tally(hierarchy.height, observed)
    tree = NodeSums(hierarchy)
    row_effect, column_effect = by_row, (by_column > 0).astype(np.float64)
    height_effect = factor = fitted = np.ones(nodes)
    expected, shape = observed, 1.0
    for _ in range(REFITS):
        fitted = factor
        for _ in range(ITERATIONS):
            before = row_effect
            weights = height_effect * factor
            row_effect = ratio(by_row, tree.over_lcas(weights, column_effect))
            column_effect = ratio(
                by_column, tree.over_lcas(weights, row_effect)
            )
            pairs = tree.pairs(row_effect, column_effect)
            summed = tally(hierarchy.height, pairs * factor)
            height_effect = ratio(of_height, summed)[hierarchy.height]
            expected = pairs * height_effect
            if np.allclose(row_effect, before, TOLERANCE, 0):
                break
        shape = _shape(observed, expected)
        factor = (observed + shape) / (expected + shape)
    return NullModel(
        row_effect,
        column_effect,
        height_effect,
        shape,
        observed,
        expected,
        fitted,
    )


class NodeSums:
    """Sums over all pairs of classes, node by node."""

    def __init__(self, tree: Hierarchy) -> None:
        self._tree = tree
        # The places of the nodes by depth, so that a level is a slice.
        self._by_depth = np.argsort(tree.depth, kind="stable")
        places = np.argsort(self._by_depth)
        self._leaves = places[tree.leaves]
        above = places[tree.parents[self._by_depth]]
        ends = np.cumsum(np.bincount(tree.depth)).tolist()
        self._levels = [
            (slice(*ends_of), above[slice(*ends_of)])
            for ends_of in pairwise(ends)
        ]

    def below(self, values: FloatArray) -> FloatArray:
        """Sums values [C] over the classes below each node, [V]."""
        tree = self._tree
        totals = np.concatenate([[0.0], np.cumsum(values[tree.order])])
        return totals[tree.stop] - totals[tree.start]

    def over_lcas(self, weights: FloatArray, values: FloatArray) -> FloatArray:
        """Sums weights[lca(a, c)] * values[c] over c != a, for every a, [C]."""
        tree, sums = self._tree, self.below(values)
        # Rounding may leave a difference just below 0.
        ring = np.maximum(sums[tree.parents] - sums, 0.0)
        added = (weights[tree.parents] * ring)[self._by_depth]
        totals = np.zeros(len(sums))
        for level, above in self._levels:
            totals[level] = totals[above] + added[level]
        return totals[self._leaves]

    def pairs(self, rows: FloatArray, columns: FloatArray) -> FloatArray:
        """Sums rows[a] * columns[c] over the pairs that meet at a node, [V]."""
        tree = self._tree
        both = self.below(rows) * self.below(columns)
        inside = tally(tree.parents[1:], both[1:], len(both))
        sums = np.maximum(both - inside, 0.0)
        sums[tree.leaves] = 0.0
        return sums


def _shape(observed: FloatArray, expected: FloatArray) -> float:
    """Returns the likeliest kappa: counts are negative binomial given it."""
    seen = expected > 0
    n, m = observed[seen], expected[seen]

    def negative_log_likelihood(log_shape: float) -> float:
        k = np.exp(log_shape)
        return -float(
            np.sum(
                special.gammaln(n + k)
                - special.gammaln(k)
                + k * np.log(k / (k + m))
                + n * np.log(m / (k + m))
            )
        )

    found = optimize.minimize_scalar(
        negative_log_likelihood,
        bounds=(np.log(0.1), np.log(1e4)),
        method="bounded",
    )
    return float(np.exp(found.x))


def ratio(part: FloatArray, whole: FloatArray) -> FloatArray:
    """Returns part / whole, float64 [n]; 0 where there is no whole."""
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)
