"""Confusions that the tree would not lead one to expect, and one-way ones."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from keras_hier.analysis.evidence import null_model
from keras_hier.analysis.evidence.exact_tests import binomial_p, least_p
from keras_hier.analysis.evidence.significance import (
    BeyondChance,
    beyond_chance,
    false_discovery_rates,
    poisson_evidence,
)
from keras_hier.hierarchy.hierarchy import Hierarchy
from keras_hier.scores.confusion_scores import cells
from keras_hier.tensors import FloatArray, IntArray


class Surprises(NamedTuple):
    """Cells off the diagonal, the most surprising first; arrays [n].

    Attributes:
        rows: int64, true classes.
        columns: int64, predicted classes.
        counts: int64, samples.
        expected: float64, what the tree leads one to expect.
        evidence: float64, -log10 p, by which they are sorted; 10^-evidence is
            the chance of so many or more.
        rates: float64, the share of chance findings among this cell and all
            above it, corrected for all C(C-1) cells.
        distance: int64, height at which the two classes meet.
    """

    rows: IntArray
    columns: IntArray
    counts: IntArray
    expected: FloatArray
    evidence: FloatArray
    rates: FloatArray
    distance: IntArray

    @property
    def p(self) -> FloatArray:
        """The chance of so many samples or more, float64 [n]."""
        return 10.0**-self.evidence


def surprising_confusions(
    matrix: Any, hierarchy: Hierarchy, top: int | None = None
) -> Surprises:
    """Sorts confusions by evidence against what the tree leads one to expect.

    The expectation is that of null_model.py: how often a is mistaken, how often
    others are taken for c, and how close the two meet in the tree. Other pairs
    that meet at the same node may raise it; the pair's own errors do not.
    Nothing is expected less often than if errors fell anywhere alike.
    Otherwise single confusions of far classes would lead the list.

    Time and memory: O(V + n log n) for n nonzero cells.

    Args:
        matrix: counts [C, C], an array or a `scipy.sparse` matrix.
        hierarchy: the tree over the C classes.
        top: how many to return, None for all.

    Returns:
        The nonzero cells off the diagonal in order of evidence; of equal
        evidence, the most samples first.

    Raises:
        ValueError: the matrix is not [C, C] or not of counts.

    Example:
        >>> tree = Hierarchy.from_paths([(g, g + str(i)) for g in "abcd"
        ...                              for i in range(4)])
        >>> counts = 50 * np.eye(16, dtype=int)
        >>> counts[:4, :4] += 3
        >>> counts[0, 9] = 8
        >>> found = surprising_confusions(counts, tree, top=1)
        >>> int(found.rows[0]), int(found.columns[0]), int(found.distance[0])
        (0, 9, 2)

    Reference:
        Goodman, JASA 63, 1968 (quasi-independence); Benjamini and Hochberg,
        JRSS B 57, 1995.
    """
    errors = null_model.errors_of(matrix, hierarchy)
    a, c, counts, _, _ = errors
    size = hierarchy.num_classes
    expected = np.zeros(0)
    if len(a):
        null = null_model.fit(errors, hierarchy)
        expected = null.rates(a, c, errors.lca)
        both = counts + _reverse(a, c, counts, size)
        foreseen = expected + null.rates(c, a, errors.lca)
        factors = null.factors(errors.lca, both, foreseen)
        blind = counts.sum() / (size * (size - 1))
        expected = np.maximum(expected * np.maximum(factors, 1.0), blind)
    evidence = poisson_evidence(counts, expected)
    order = np.lexsort((c, a, -counts, -evidence))
    rates = false_discovery_rates(evidence[order], size * (size - 1))
    order, rates = order[:top], rates[:top]
    return Surprises(
        a[order],
        c[order],
        counts[order].astype(np.int64),
        expected[order],
        evidence[order],
        rates,
        hierarchy.height[errors.lca[order]].astype(np.int64),
    )


class OneWay(NamedTuple):
    """Pairs of classes whose confusions go one way; the clearest first, [n].

    Attributes:
        a: int64, the class that is named the other more often than expected.
        b: int64, the other one.
        a_as_b: int64, samples of a named b.
        b_as_a: int64, samples of b named a.
        expected: float64, how many of both would be a named b if both rates
            were one.
        p: float64, of as lopsided a pair then.
        beyond: which are beyond chance, of the pairs that could be.
    """

    a: IntArray
    b: IntArray
    a_as_b: IntArray
    b_as_a: IntArray
    expected: FloatArray
    p: FloatArray
    beyond: BeyondChance


def one_way_confusions(
    matrix: Any,
    top: int | None = None,
    *,
    sizes: npt.ArrayLike | None = None,
) -> OneWay:
    """Sorts pairs of classes by how one-sided their confusions are.

    A network that cannot tell two classes apart confuses them both ways, in
    proportion to their samples. Where one way prevails, one class is often
    contained in the other, rare in training, or has wrong labels. The test is
    exact: given a_as_b + b_as_a, a coin with the bias of the samples.

    A large group has more samples, but also more names to be taken for. So
    groups count with the samples of one class.

    Args:
        matrix: counts [C, C], an array or a `scipy.sparse` matrix.
        top: how many to return, None for all. The rates allow for all.
        sizes: numbers [C], how many classes each row stands for; by default
            one.

    Returns:
        Pairs that were confused at all, in order of p; of equal p, those with
        more samples first.

    Raises:
        ValueError: the matrix is not [C, C] or not of counts, or the sizes
            are not C numbers of 1 or more.

    Example:
        >>> found = one_way_confusions([[80, 20, 0], [2, 98, 0], [0, 1, 99]])
        >>> found.a, found.b, found.p.round(5)
        (array([0, 2]), array([1, 1]), array([1.2e-04, 1.0e+00]))
    """
    rows, columns, counts = cells(matrix)
    size = int(np.shape(matrix)[0])
    actual = null_model.tally(rows, counts, size)
    if sizes is not None:
        classes = np.asarray(sizes, np.float64)
        if classes.shape != (size,) or not (classes >= 1).all():
            raise ValueError(
                f"Expected `sizes` to be {size} numbers of classes, 1 or more "
                f"each. Got {sizes!r:.80}."
            )
        actual = actual / classes
    wrong = rows != columns
    rows, columns = rows[wrong].astype(np.int64), columns[wrong]
    low, high = np.minimum(rows, columns), np.maximum(rows, columns)
    keys, of_pair = np.unique(low * size + high, return_inverse=True)
    forward = rows < columns
    sums = [
        null_model.tally(of_pair[way], counts[wrong][way], len(keys))
        for way in (forward, ~forward)
    ]
    some = sums[0] + sums[1] > 0
    low, high = np.divmod(keys[some], size)
    up, down = sums[0][some], sums[1][some]
    total = actual[low] + actual[high]
    share = np.divide(
        actual[low], total, out=np.full(len(low), 0.5), where=total > 0
    )
    # A class without samples has nothing to compare.
    is_measured = (actual[low] > 0) & (actual[high] > 0)
    p = np.where(is_measured, binomial_p(up, up + down, share), 1.0)
    least = np.where(is_measured, least_p(up + down, share), 1.0)
    order = np.lexsort((high, low, -(up + down), p))
    found = beyond_chance(
        p[order], "pairs confused often enough", least=least[order]
    )
    order = order[:top]
    due = ((up + down) * share)[order]
    turned = up[order] < due
    a, b = low[order], high[order]
    a_as_b = up[order].astype(np.int64)
    b_as_a = down[order].astype(np.int64)
    return OneWay(
        np.where(turned, b, a),
        np.where(turned, a, b),
        np.where(turned, b_as_a, a_as_b),
        np.where(turned, a_as_b, b_as_a),
        np.where(turned, a_as_b + b_as_a - due, due),
        p[order],
        found._replace(found=found.found[:top], rates=found.rates[:top]),
    )


def _reverse(
    a: IntArray, c: IntArray, counts: FloatArray, size: int
) -> FloatArray:
    """Returns the counts of the mirrored cells; the cells are in row order."""
    keys, mirrored = a * size + c, c * size + a
    at = np.minimum(np.searchsorted(keys, mirrored), len(keys) - 1)
    return np.where(keys[at] == mirrored, counts[at], 0.0)
