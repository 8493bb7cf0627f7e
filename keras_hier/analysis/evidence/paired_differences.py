"""Changes between two networks over the same samples.

McNemar's test looks only at samples that one network gets right and the other
wrong. If neither network is better, these are tosses of a fair coin.
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from keras_hier.analysis.evidence.exact_tests import binomial_p, least_p
from keras_hier.analysis.evidence.intervals import checked_counts
from keras_hier.hierarchy.hierarchy import Hierarchy
from keras_hier.hierarchy.tree.grouping import Grouping
from keras_hier.scores.top_k_scores import class_labels
from keras_hier.tensors import FloatArray, IntArray


class Paired(NamedTuple):
    """Samples that changed sides, of one group or many; arrays [...].

    Attributes:
        fixed: int64, wrong in the first and right in the second.
        broken: int64, right in the first and wrong in the second.
        p: float64, of as large a difference if both are as good.
        least: float64, how small p could have become with so many changes.
        standardised: float64, (fixed - broken) in standard errors; 0 without
            changes.
    """

    fixed: IntArray
    broken: IntArray
    p: FloatArray
    least: FloatArray
    standardised: FloatArray


def mcnemar(fixed: npt.ArrayLike, broken: npt.ArrayLike) -> Paired:
    """Tests whether more samples were fixed than broken: McNemar, exact.

    `standardised` is the normal approximation, (fixed - broken) / sqrt(fixed +
    broken), which is too sure of few samples: 4 against 0 are 2 standard
    errors, and p is 0.125.

    Args:
        fixed: counts of any shape.
        broken: counts that fit that shape.

    Raises:
        ValueError: counts are no counts.

    Example:
        >>> round(float(mcnemar(61, 88).p), 4)
        0.0328

    Reference:
        McNemar, Note on the sampling error of the difference between
        correlated proportions or percentages, Psychometrika 12, 1947;
        Dietterich, Approximate statistical tests for comparing supervised
        classification learning algorithms, Neural Computation 10, 1998.
    """
    won, lost = np.broadcast_arrays(
        checked_counts("fixed", fixed), checked_counts("broken", broken)
    )
    changed = won + lost
    return Paired(
        won.astype(np.int64),
        lost.astype(np.int64),
        binomial_p(won, changed),
        least_p(changed),
        (won - lost) / np.sqrt(np.maximum(changed, 1)),
    )


def paired_groups(
    labels: npt.ArrayLike,
    first: npt.ArrayLike,
    second: npt.ArrayLike,
    groups: Grouping | int,
) -> Paired:
    """Tests each group's recall over the same samples.

    A sample is right where its predicted class lies in its group. The sums of
    `fixed` and `broken`, given to `mcnemar`, test the accuracy of the level.

    Args:
        labels: true classes, integers [N].
        first: classes that the first network predicts, integers [N].
        second: the same of the second network, for the same samples.
        groups: G groups of the C classes, or C: each class by itself.

    Returns:
        Arrays [G] or [C].

    Raises:
        ValueError: the lengths differ or a class is not in [0, C).

    Example:
        >>> pets = Grouping(["pet", "car"], [0, 0, 1])
        >>> found = paired_groups([0, 1, 2, 2], [2, 0, 2, 0], [1, 2, 2, 2],
        ...                       pets)
        >>> found.fixed, found.broken
        (array([1, 1]), array([1, 0]))
    """
    true, one, other, size = _grouped(labels, first, second, groups)
    was_right, is_right = one == true, other == true
    fixed = np.bincount(true[is_right & ~was_right], minlength=size)
    broken = np.bincount(true[was_right & ~is_right], minlength=size)
    return mcnemar(fixed, broken)


def paired_nodes(
    labels: npt.ArrayLike,
    first: npt.ArrayLike,
    second: npt.ArrayLike,
    hierarchy: Hierarchy,
) -> Paired:
    """Tests the recall of every node of a tree over the same samples.

    One pass gives what `paired_groups` gives for each cut. A prediction is
    right for the nodes above where it meets the label, so a sample is fixed for
    the nodes between its two meetings.

    Args:
        labels: true classes, integers [N].
        first: classes that the first network predicts, integers [N].
        second: the same of the second network, for the same samples.
        hierarchy: the tree over the C classes, of V nodes.

    Returns:
        Arrays [V], indexed like `hierarchy.node_ids`.

    Raises:
        ValueError: the lengths differ or a class is not in [0, C).

    Example:
        >>> tree = Hierarchy.from_paths([("pet", "cat"), ("pet", "dog"),
        ...                              ("car",)])
        >>> found = paired_nodes([0, 1, 2, 2], [2, 0, 2, 0], [1, 2, 2, 2], tree)
        >>> pet = tree.find("pet")
        >>> int(found.fixed[pet]), int(found.broken[pet])
        (1, 1)
    """
    true, one, other = _checked(labels, first, second, hierarchy.num_classes)
    moved = one != other
    true, one, other = true[moved], one[moved], other[moved]
    before, after = hierarchy.lca(true, one), hierarchy.lca(true, other)
    deeper = hierarchy.depth[after] > hierarchy.depth[before]
    shallower = hierarchy.depth[after] < hierarchy.depth[before]
    size = len(hierarchy.parents)
    # Depth-first order: the nodes below v are v, v + 1, ... up to the first
    # node whose span starts where v's ends.
    last = np.searchsorted(hierarchy.start, hierarchy.stop)

    def passed(is_in: Any, low: Any, high: Any) -> IntArray:
        ends = np.bincount(low[is_in], minlength=size)
        ends -= np.bincount(high[is_in], minlength=size)
        totals = np.concatenate([[0], np.cumsum(ends)])
        return totals[last] - totals[:-1]

    return mcnemar(
        passed(deeper, after, before), passed(shallower, before, after)
    )


class PairedCells(NamedTuple):
    """Cells [n] that either network has samples in, in row order.

    Attributes:
        rows: int64, true classes or groups.
        columns: int64, predicted ones.
        first: int64, samples of the cell in the first network.
        second: int64, in the second.
        left: int64, samples of the first that are elsewhere in the second.
        joined: int64, samples of the second that were elsewhere in the first.
        p: float64, of as large a difference if both networks fill the cell
            alike.
        least: float64, how small p could have become with so many changes.
        standardised: float64, (second - first) in standard errors.
    """

    rows: IntArray
    columns: IntArray
    first: IntArray
    second: IntArray
    left: IntArray
    joined: IntArray
    p: FloatArray
    least: FloatArray
    standardised: FloatArray


def paired_cells(
    labels: npt.ArrayLike,
    first: npt.ArrayLike,
    second: npt.ArrayLike,
    groups: Grouping | int,
) -> PairedCells:
    """Tests each cell of two matrices over the same samples.

    McNemar's test compares the samples that left a cell with those that joined
    it. Time and memory grow with N.

    Args:
        labels: true classes, integers [N].
        first: classes that the first network predicts, integers [N].
        second: the same of the second network, for the same samples.
        groups: G groups of the C classes, or C: the cells of classes.

    Raises:
        ValueError: the lengths differ or a class is not in [0, C).

    Example:
        >>> found = paired_cells([0, 0, 0], [1, 1, 0], [1, 0, 0], 2)
        >>> found.columns, found.left, found.joined
        (array([0, 1]), array([0, 1]), array([1, 0]))
    """
    true, one, other, size = _grouped(labels, first, second, groups)
    before = true.astype(np.int64) * size + one
    after = true.astype(np.int64) * size + other
    keys, of_cell = np.unique(
        np.concatenate([before, after]), return_inverse=True
    )
    was, now = of_cell[: len(before)], of_cell[len(before) :]
    moved = was != now
    left = np.bincount(was[moved], minlength=len(keys))
    joined = np.bincount(now[moved], minlength=len(keys))
    test = mcnemar(joined, left)
    rows, columns = np.divmod(keys, size)
    return PairedCells(
        rows,
        columns,
        np.bincount(was, minlength=len(keys)),
        np.bincount(now, minlength=len(keys)),
        left,
        joined,
        test.p,
        test.least,
        test.standardised,
    )


def _grouped(
    labels: Any, first: Any, second: Any, groups: Grouping | int
) -> tuple[IntArray, IntArray, IntArray, int]:
    """Returns groups of labels and predictions, and how many there are."""
    if not isinstance(groups, Grouping):
        return *_checked(labels, first, second, groups), groups
    of_class = groups.of_class
    true, one, other = _checked(labels, first, second, groups.num_classes)
    return of_class[true], of_class[one], of_class[other], groups.num_groups


def _checked(
    labels: Any, first: Any, second: Any, size: int
) -> tuple[IntArray, IntArray, IntArray]:
    true = class_labels("labels", labels, size)
    one = class_labels("first", first, size)
    other = class_labels("second", second, size)
    if true.ndim != 1 or not true.shape == one.shape == other.shape:
        raise ValueError(
            "Expected `labels`, `first` and `second` of one shape [N], a "
            f"prediction of each network a sample. Got {true.shape}, "
            f"{one.shape} and {other.shape} instead."
        )
    return true, one, other
