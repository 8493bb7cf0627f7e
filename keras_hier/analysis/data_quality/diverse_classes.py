"""Classes that may be two in one: their errors fall into separate groups."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from keras_hier.analysis.data_quality.weak_networks import is_weak
from keras_hier.analysis.evidence import null_model
from keras_hier.analysis.evidence.significance import (
    FALSE_DISCOVERIES,
    false_discovery_rates,
    poisson_evidence,
)
from keras_hier.hierarchy.hierarchy import Hierarchy
from keras_hier.hierarchy.tree.grouping import Grouping

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]


class Diverse(NamedTuple):
    """Classes whose errors fall into two groups: those listed, then the others.

    Each by their evidence, the most first.

    Attributes:
        classes: int64 [n].
        errors: int64 [n], errors of the class in all.
        groups: int64 [n, 2], the two groups in which it has most evidence.
        counts: int64 [n, 2], its errors there.
        expected: float64 [n, 2], errors expected there by the null model.
        evidence: float64 [n], -log10 p of the hypothesis that at most one group
            has more errors than expected.
        false_discoveries: float64 [n], the share of chance findings among this
            class and all of more evidence, over all C classes.
        listed: how many, from the first, are evidence at 5 % and have half of
            their errors in the two groups; 0 where the network is too weak to
            tell (weak_networks.py).
        grouping: the groups.
    """

    classes: IntArray
    errors: IntArray
    groups: IntArray
    counts: IntArray
    expected: FloatArray
    evidence: FloatArray
    false_discoveries: FloatArray
    listed: int
    grouping: Grouping


def diverse_classes(
    matrix: Any, hierarchy: Hierarchy, grouping: Grouping | None = None
) -> Diverse:
    """Finds classes whose errors fall into two groups, both beyond chance.

    A crane (bird) and a crane (machine) under one label would be taken for
    other birds and for other machines. The errors of a class in a group are
    judged by the upper Poisson tail of the null model of `overlapping_classes`;
    for the class's own group the siblings' errors count too. The hypothesis is
    that *at most one* group has more than expected. Its p is (G - 1) times the
    second smallest of G tails (partial conjunction, Benjamini and Heller), then
    corrected over the C classes by Benjamini and Hochberg. A listed class has
    half of its errors in the two groups. A network that is right on fewer than
    60 % lists none (docs/why/quality.md).

    Time and memory: O(V + n log n) for n nonzero cells.

    Args:
        matrix: counts [C, C], rows true, columns predicted, in label order; an
            array or a SciPy sparse array.
        hierarchy: the tree over the C classes.
        grouping: a cut of it; by default the groups of at most an eighth of the
            classes.

    Returns:
        Every class with errors in two groups, in ranked order, and how many of
        them are evidence.

    Raises:
        ValueError: the matrix is not [C, C] or not of counts, or the
            grouping is not a cut of this tree.

    Example:
        >>> import numpy as np
        >>> tree = Hierarchy.from_nested(
        ...     [{g: [g + str(i) for i in range(4)]} for g in "abcdefgh"],
        ...     classes=[g + str(i) for g in "abcdefgh" for i in range(4)])
        >>> counts = np.ones((32, 32), int) + 50 * np.eye(32, dtype=int)
        >>> counts[0, 4:12] += 6   # a0 is taken for any b and any c
        >>> found = diverse_classes(counts, tree, tree.cut(depth=1))
        >>> found.listed, int(found.classes[0]), found.groups[0].tolist()
        (1, 0, [1, 2])

    Reference:
        Benjamini and Heller, Screening for partial conjunction hypotheses,
        Biometrics 64, 2008.
    """
    if grouping is None:
        grouping = hierarchy.cut(max_size=max(hierarchy.num_classes // 8, 1))
    nodes = _nodes(hierarchy, grouping)
    errors = null_model.errors_of(matrix, hierarchy)
    many = grouping.num_groups
    keys, part = np.unique(
        errors.rows * many + grouping.of_class[errors.columns],
        return_inverse=True,
    )
    a, group = np.divmod(keys, many)
    counts = null_model.tally(part, errors.counts, len(keys))
    means = _means(errors, hierarchy, grouping, nodes, a, group, counts)
    evidence = poisson_evidence(counts, means)

    # The two best groups of each class stand first in its run.
    order = np.lexsort((group, -counts, -evidence, a))
    first = np.flatnonzero(np.diff(a[order], prepend=-1))
    length = np.diff(np.append(first, len(order)))
    two = first[length >= 2]
    best = np.stack([order[two], order[two + 1]], axis=1)
    least = np.maximum(evidence[best[:, 1]] - np.log10(max(many - 1, 1)), 0.0)
    classes = a[best[:, 0]]
    rank = np.lexsort((classes, -counts[best].sum(axis=1), -least))
    best, least, classes = best[rank], least[rank], classes[rank]
    rates = false_discovery_rates(least, hierarchy.num_classes)
    of_class = null_model.tally(
        errors.rows, errors.counts, hierarchy.num_classes
    )
    found = rates <= FALSE_DISCOVERIES
    # The errors of two in one fall into two groups, not into many.
    found &= 2 * counts[best].sum(axis=1) >= of_class[classes]
    right = errors.correct.sum()
    if len(found) and is_weak(float(right / (right + errors.counts.sum()))):
        found[:] = False
    listed = int(found.sum())
    rank = np.argsort(~found, kind="stable")
    best, least, classes = best[rank], least[rank], classes[rank]
    return Diverse(
        classes,
        of_class[classes].astype(np.int64),
        group[best],
        counts[best].astype(np.int64),
        means[best],
        least,
        rates[rank],
        listed,
        grouping,
    )


def _nodes(hierarchy: Hierarchy, grouping: Grouping) -> IntArray:
    """Returns the node of each group; raises if it is no cut of the tree."""
    if grouping.nodes is not None:
        try:
            nodes = [hierarchy.find(name) for name in grouping.nodes]
        except ValueError:
            nodes = []
        if nodes and hierarchy.cut(nodes=nodes) == grouping:
            return np.array(nodes, np.int64)
    raise ValueError(
        "Expected `grouping` to be a cut of this hierarchy, from "
        "`hierarchy.cut(...)`. Got groups of something else."
    )


def _means(
    errors: null_model.Errors,
    hierarchy: Hierarchy,
    grouping: Grouping,
    nodes: IntArray,
    a: IntArray,
    group: IntArray,
    counts: FloatArray,
) -> FloatArray:
    if not len(a):
        return np.zeros(0)
    null = null_model.fit(errors, hierarchy)
    below = null_model.tally(
        grouping.of_class, null.column_effect, grouping.num_groups
    )
    own = grouping.of_class[a] == group
    # All classes of another group meet class a at one and the same node.
    lca = hierarchy.lca(a, hierarchy.order[hierarchy.start[nodes[group]]])
    means = null.row_effect[a] * below[group] * null.height_effect[lca]
    factors = null.factors(lca, counts, means)
    means *= np.maximum(factors, 1.0)
    if own.any():
        means[own] = _at_home(null, hierarchy, grouping, nodes)[a[own]]
    return means


def _at_home(
    null: null_model.NullModel,
    hierarchy: Hierarchy,
    grouping: Grouping,
    nodes: IntArray,
) -> FloatArray:
    """Returns the errors expected inside each class's own group, [C]."""
    inner = np.zeros(len(hierarchy.parents), bool)
    inner[nodes] = True
    for node in range(1, len(inner)):  # parents come first
        inner[node] |= inner[hierarchy.parents[node]]
    factor = (null.observed + null.shape) / (null.expected + null.shape)
    weights = np.where(inner, null.height_effect * np.maximum(factor, 1.0), 0.0)
    sums = null_model.NodeSums(hierarchy).over_lcas(weights, null.column_effect)
    return null.row_effect * sums
