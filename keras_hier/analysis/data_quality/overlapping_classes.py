"""Classes that the network cannot tell apart."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.cluster import hierarchy as clustering
from scipy.sparse import csgraph
from scipy.spatial.distance import squareform

from keras_hier.analysis.data_quality.weak_networks import is_weak
from keras_hier.analysis.evidence import null_model
from keras_hier.analysis.evidence.exact_tests import binomial_p
from keras_hier.analysis.evidence.significance import (
    FALSE_DISCOVERIES,
    false_discovery_rates,
    poisson_evidence,
)
from keras_hier.hierarchy.hierarchy import Hierarchy

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]

# Classes of one tangle that are searched for cliques, in 400 MiB.
MAX_TANGLE = 5000
# Listed pairs below this Youden's J are nearly all one class
# (docs/why/quality.md).
HARDLY = 0.5


class Pairs(NamedTuple):
    """Pairs of classes, the most evidence first; arrays [n].

    Attributes:
        a: int64, a class; it stands before `b` in label order.
        b: int64, the other one.
        a_as_b: int64, samples of a named b.
        b_as_a: int64, samples of b named a.
        expected: float64, what both would add up to if the pair were like its
            siblings.
        evidence: float64, -log10 of the chance of so many or more then.
        false_discoveries: float64, the share of chance findings among this
            pair and all above it (Benjamini and Hochberg), over all C(C-1)/2
            pairs.
        told_apart: float64 in [-1, 1], recall of a plus recall of b minus 1,
            among their samples that were named one of the two. In
            Youden's J 0 is no better than guessing. NaN if one has none.
        merged_accuracy: float64, top-1 accuracy if the two were one class.
        inside: int64, the class that seems to be contained in the other, by
            confusions that go one way; -1 for neither.
        distance: int64, height at which they meet in the tree.
    """

    a: IntArray
    b: IntArray
    a_as_b: IntArray
    b_as_a: IntArray
    expected: FloatArray
    evidence: FloatArray
    false_discoveries: FloatArray
    told_apart: FloatArray
    merged_accuracy: FloatArray
    inside: IntArray
    distance: IntArray


class Clique(NamedTuple):
    """Three classes or more of which every pair is listed.

    Attributes:
        classes: int, ascending labels.
        crossed: samples of one of them that were named another.
        expected: what that would be if they were like their siblings.
        merged_accuracy: top-1 accuracy if they were one class.
    """

    classes: tuple[int, ...]
    crossed: int
    expected: float
    merged_accuracy: float


class Overlaps(NamedTuple):
    """The result of `overlapping_classes`.

    Attributes:
        pairs: every pair that was confused at all, in ranked order.
        listed: how many of them, from the first, are evidence at a rate of
            false discoveries of 5 %; 0 where the network is too weak to tell
            (weak_networks.py).
        tested: number of pairs, C(C-1)/2.
        cliques: the most crossed first; no class is in two.
        accuracy: top-1 accuracy as it is.
    """

    pairs: Pairs
    listed: int
    tested: int
    cliques: tuple[Clique, ...]
    accuracy: float

    @property
    def is_weak(self) -> bool:
        """Whether the network errs too often to tell overlapping classes."""
        return is_weak(self.accuracy)

    @property
    def hardly_told_apart(self) -> int:
        """How many of those listed are nearer to guessing than to right."""
        return int((self.pairs.told_apart[: self.listed] < HARDLY).sum())


def overlapping_classes(matrix: Any, hierarchy: Hierarchy) -> Overlaps:
    """Finds classes that are confused far more than their siblings are.

    The null model (evidence/null_model.py) spreads the errors of a class over
    the others by how often these are named by mistake, and by how close they
    are in the tree. Other pairs that meet at the same node may raise the
    expectation, so a pair must stand out from its own siblings. Both directions
    are summed and judged by the upper Poisson tail, corrected for all C(C-1)/2
    pairs by Benjamini and Hochberg. A network that is right on fewer than 60 %
    lists none (docs/why/quality.md).

    The list does not prove that labels are wrong, or that merging is right.
    `told_apart` tells how far the network can tell the two.

    A class counts as contained in another if the confusions of a listed pair go
    one way. The test is a two-sided binomial test against the shares of their
    samples, corrected over the listed pairs at 5 %.

    Time and memory: O(V + n log n) for n nonzero cells, and m^2 for cliques
    among m classes that listed pairs connect. Beyond 5,000 of them only pairs
    of most evidence make cliques.

    Args:
        matrix: counts [C, C], rows true, columns predicted, in label order; an
            array or a SciPy sparse array.
        hierarchy: the tree over the C classes.

    Returns:
        Pairs in ranked order, how many of them are evidence, and cliques.

    Raises:
        ValueError: the matrix is not [C, C] or not of counts.

    Example:
        >>> import numpy as np
        >>> tree = Hierarchy.from_paths([(name,) for name in "abcdefgh"])
        >>> counts = np.full((8, 8), 1) + 50 * np.eye(8, dtype=int)
        >>> counts[2, 5] = counts[5, 2] = 20
        >>> found = overlapping_classes(counts, tree)
        >>> found.listed, int(found.pairs.a[0]), int(found.pairs.b[0])
        (1, 2, 5)

    Reference:
        Goodman, JASA 63, 1968 (quasi-independence); Benjamini and Hochberg,
        JRSS B 57, 1995; Northcutt et al., Confident Learning, arXiv 1911.00068,
        section 5, for overlapping classes of ImageNet.
    """
    errors = null_model.errors_of(matrix, hierarchy)
    size = hierarchy.num_classes
    # A class per row, in one order for both directions of a pair.
    low = np.minimum(errors.rows, errors.columns)
    high = np.maximum(errors.rows, errors.columns)
    keys, of_pair = np.unique(low * size + high, return_inverse=True)
    a, b = np.divmod(keys, size)
    forward = errors.rows < errors.columns
    a_as_b = _sums(of_pair[forward], errors.counts[forward], len(keys))
    b_as_a = _sums(of_pair[~forward], errors.counts[~forward], len(keys))
    lca = hierarchy.lca(a, b)
    means = _means(errors, hierarchy, a, b, a_as_b + b_as_a, lca)
    evidence = poisson_evidence(a_as_b + b_as_a, means)
    order = np.lexsort((b, a, -(a_as_b + b_as_a), -evidence))
    tested = size * (size - 1) // 2
    rates = false_discovery_rates(evidence[order], tested)
    total = errors.counts.sum() + errors.correct.sum()
    right = errors.correct.sum()
    accuracy = float(right / total) if total else float("nan")
    listed = int(np.searchsorted(rates, FALSE_DISCOVERIES, side="right"))
    if is_weak(accuracy):
        listed = 0
    wrong = null_model.tally(errors.rows, errors.counts, size)
    actual = errors.correct + wrong.astype(np.int64)
    with np.errstate(invalid="ignore", divide="ignore"):
        youden_j = errors.correct[a] / (errors.correct[a] + a_as_b)
        youden_j = (
            youden_j + errors.correct[b] / (errors.correct[b] + b_as_a) - 1
        )
    pairs = Pairs(
        a[order],
        b[order],
        a_as_b[order],
        b_as_a[order],
        means[order],
        evidence[order],
        rates,
        youden_j[order],
        (right + a_as_b + b_as_a)[order] / max(total, 1),
        np.full(len(a), -1),
        hierarchy.height[lca][order].astype(np.int64),
    )
    _mark_contained(pairs, listed, actual)
    return Overlaps(
        pairs,
        listed,
        tested,
        _cliques(pairs, listed, int(right), int(total)),
        accuracy,
    )


def _means(
    errors: null_model.Errors,
    hierarchy: Hierarchy,
    a: IntArray,
    b: IntArray,
    crossed: IntArray,
    lca: IntArray,
) -> FloatArray:
    if not len(a):
        return np.zeros(0)
    null = null_model.fit(errors, hierarchy)
    means = null.rates(a, b, lca) + null.rates(b, a, lca)
    factors = null.factors(lca, crossed.astype(np.float64), means)
    return means * np.maximum(factors, 1.0)


def _mark_contained(pairs: Pairs, listed: int, actual: IntArray) -> None:
    """Sets `inside` of the listed pairs whose confusions go one way."""
    ab, ba = pairs.a_as_b[:listed], pairs.b_as_a[:listed]
    samples_a, samples_b = actual[pairs.a[:listed]], actual[pairs.b[:listed]]
    share = samples_a / np.maximum(samples_a + samples_b, 1)
    evidence = -np.log10(binomial_p(ab, ab + ba, share))
    order = np.argsort(-evidence, kind="stable")
    rates = false_discovery_rates(evidence[order], listed)
    chosen = order[rates <= FALSE_DISCOVERIES]
    more_a = ab > (ab + ba) * share
    pairs.inside[chosen] = np.where(more_a, pairs.a[:listed], pairs.b[:listed])[
        chosen
    ]


def _cliques(
    pairs: Pairs, listed: int, right: int, total: int
) -> tuple[Clique, ...]:
    """Joins listed pairs by complete linkage: every pair of a clique is."""
    a, b = pairs.a[:listed], pairs.b[:listed]
    classes, ends = np.unique(np.concatenate([a, b]), return_inverse=True)
    if len(classes) < 3:
        return ()
    one, other = ends[:listed], ends[listed:]
    found = []
    for members, inside in _tangles(one, other, len(classes)):
        # The least evidence between two sets decides whether they join.
        far = np.full((len(members),) * 2, 2.0)
        np.fill_diagonal(far, 0.0)
        i = np.searchsorted(members, one[inside])
        j = np.searchsorted(members, other[inside])
        far[i, j] = far[j, i] = 1 / (1 + pairs.evidence[inside])
        links = clustering.linkage(squareform(far), "complete")
        group = clustering.fcluster(links, 1.5, "distance")
        for number in range(1, group.max() + 1):
            chosen = members[group == number]
            if len(chosen) < 3:
                continue
            both = np.isin(one, chosen) & np.isin(other, chosen)
            crossed = int(
                (pairs.a_as_b[:listed] + pairs.b_as_a[:listed])[both].sum()
            )
            found.append(
                Clique(
                    tuple(classes[chosen].tolist()),
                    crossed,
                    float(pairs.expected[:listed][both].sum()),
                    (right + crossed) / max(total, 1),
                )
            )
    return tuple(sorted(found, key=lambda c: (-c.crossed, c.classes)))


def _tangles(
    one: IntArray, other: IntArray, size: int
) -> Iterator[tuple[IntArray, IntArray]]:
    """Yields three or more classes that pairs connect, and these pairs.

    A part too large to be searched loses the weaker half of its pairs, until it
    falls apart. Pairs come in the order of their evidence.
    """
    waiting = [np.arange(len(one))]
    while waiting:
        pairs = waiting.pop()
        graph = sparse.coo_array(
            (np.ones(len(pairs)), (one[pairs], other[pairs])), (size, size)
        )
        _, part_of = csgraph.connected_components(graph, directed=False)
        order = np.argsort(part_of[one[pairs]], kind="stable")
        parts = part_of[one[pairs[order]]]
        for inside in np.split(
            pairs[order], np.flatnonzero(np.diff(parts)) + 1
        ):
            members = np.unique(np.concatenate([one[inside], other[inside]]))
            if len(members) > MAX_TANGLE:
                waiting.append(inside[: len(inside) // 2])
            elif len(members) >= 3:
                yield members, inside


def _sums(index: IntArray, counts: FloatArray, size: int) -> IntArray:
    return null_model.tally(index, counts, size).astype(np.int64)
