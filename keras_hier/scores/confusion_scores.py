"""Scores of a classifier over a class hierarchy, from a confusion matrix."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from keras_hier.hierarchy.hierarchy import Hierarchy
from keras_hier.hierarchy.tree.grouping import Grouping
from keras_hier.scores.inputs import cells, class_cells, class_labels, share
from keras_hier.tensors import FloatArray, IntArray

# How many cells are looked up at once.
_PART = 2**21


class Counts(NamedTuple):
    """Samples of every node or group, [V] or [G], int64.

    `true_positives` is a group's diagonal block, `actual` its row band,
    `predicted` its column band. Shares are NaN where they are 0 / 0.
    """

    true_positives: IntArray
    actual: IntArray
    predicted: IntArray

    @property
    def false_negatives(self) -> IntArray:
        """Samples of the group that were named something else."""
        return self.actual - self.true_positives

    @property
    def false_positives(self) -> IntArray:
        """Samples of something else that were named the group."""
        return self.predicted - self.true_positives

    @property
    def recall(self) -> FloatArray:
        """Share of the group's samples that were named the group."""
        return _ratio(self.true_positives, self.actual)

    @property
    def precision(self) -> FloatArray:
        """Share of the samples named the group that belong to it."""
        return _ratio(self.true_positives, self.predicted)

    @property
    def f1(self) -> FloatArray:
        """Harmonic mean of recall and precision."""
        return _ratio(2 * self.true_positives, self.actual + self.predicted)


def confusion_matrix(
    labels: npt.ArrayLike, predictions: npt.ArrayLike, num_classes: int
) -> IntArray:
    """Counts the samples of every pair of true and predicted class.

    Args:
        labels: true classes, integers [N].
        predictions: predicted classes, integers [N].
        num_classes: C, the number of classes.

    Returns:
        The counts, int64 [C, C], rows true, columns predicted.

    Raises:
        ValueError: the lengths differ or a class is not in [0, C).

    Example:
        >>> confusion_matrix([0, 1, 1], [0, 0, 1], num_classes=2)
        array([[1, 0],
               [1, 1]])
    """
    true = class_labels("labels", labels, num_classes)
    named = class_labels("predictions", predictions, num_classes)
    if true.ndim != 1 or true.shape != named.shape:
        raise ValueError(
            "Expected `labels` and `predictions` of one shape [N]. "
            f"Got {true.shape} and {named.shape} instead."
        )
    cells = np.bincount(true * num_classes + named, minlength=num_classes**2)
    return cells.reshape(num_classes, num_classes)


def node_counts(matrix: Any, hierarchy: Hierarchy) -> Counts:
    """Counts true positives, actual and predicted samples of every node.

    A cell counts for the lowest node that holds both of its classes and for
    all nodes above that, so one pass over the nonzero cells serves all blocks.

    Args:
        matrix: counts [C, C], an array or a `scipy.sparse` matrix.
        hierarchy: the tree over the C classes.

    Returns:
        Three int64 [V], indexed like `hierarchy.node_ids`.

    Raises:
        ValueError: the matrix is not [C, C] or not of counts.

    Example:
        >>> tree = Hierarchy.from_paths([("pet", "cat"), ("pet", "dog"),
        ...                              ("car",)])
        >>> counts = node_counts([[1, 1, 0], [0, 2, 0], [0, 1, 3]], tree)
        >>> pet = tree.find("pet")
        >>> int(counts.true_positives[pet]), int(counts.false_positives[pet])
        (4, 1)
    """
    size = hierarchy.num_classes
    rows, columns, samples = class_cells(matrix, hierarchy)
    nodes, rank = len(hierarchy.parents), hierarchy.rank
    lca = np.zeros(nodes, np.int64)
    actual, predicted = np.zeros((2, size), np.int64)
    # In parts, since looking up ancestors takes ten times the memory of cells.
    for at in range(0, len(rows), _PART):
        part = slice(at, at + _PART)
        lowest = hierarchy.lca(rows[part], columns[part])
        lca += _sums(lowest, samples[part], nodes)
        actual += _sums(rank[rows[part]], samples[part], size)
        predicted += _sums(rank[columns[part]], samples[part], size)
    # Depth-first order: the nodes below v are v, v + 1, ... up to the first
    # node whose span starts where v's ends.
    first = np.arange(len(hierarchy.parents))
    last = np.searchsorted(hierarchy.start, hierarchy.stop)
    start, stop = hierarchy.start, hierarchy.stop
    return Counts(
        _between(lca, first, last),
        _between(actual, start, stop),
        _between(predicted, start, stop),
    )


def group_counts(matrix: Any, grouping: Grouping) -> Counts:
    """Counts true positives, actual and predicted samples of every group.

    Args:
        matrix: counts [C, C], an array or a `scipy.sparse` matrix.
        grouping: groups of the C classes, a cut of a tree or any other.

    Returns:
        Three int64 [G].

    Raises:
        ValueError: the matrix is not [C, C] or not of counts.

    Example:
        >>> pets = Grouping(["pet", "car"], [0, 0, 1])
        >>> group_counts([[1, 1, 0], [0, 2, 0], [0, 1, 3]], pets).recall
        array([1.  , 0.75])
    """
    rows, columns, samples = cells(matrix, grouping.num_classes)
    true, named = grouping.of_class[rows], grouping.of_class[columns]
    same = true == named
    size = grouping.num_groups
    return Counts(
        _sums(true[same], samples[same], size),
        _sums(true, samples, size),
        _sums(named, samples, size),
    )


def accuracy(matrix: Any) -> float:
    """Returns the share of samples on the diagonal; NaN without samples.

    Args:
        matrix: counts [n, n] of classes or of groups.

    Returns:
        Top-1 accuracy in [0, 1]. Top-1 error is 1 minus it.

    Example:
        >>> accuracy([[3, 1], [0, 4]])
        0.875
    """
    rows, columns, samples = cells(matrix)
    return share(samples[rows == columns].sum(), samples.sum())


def majority_accuracy(matrix: Any) -> float:
    """Returns the accuracy of always naming the most frequent true class.

    The baseline for every accuracy of groups: of four groups of unlike size,
    half the samples are easily named right.

    Args:
        matrix: counts [n, n] of classes or of groups.

    Returns:
        A share in [0, 1]; NaN without samples.

    Example:
        >>> majority_accuracy([[3, 1], [0, 6]])
        0.6
    """
    rows, _, samples = cells(matrix)
    actual = np.bincount(rows, weights=samples, minlength=1)
    return share(actual.max(), samples.sum())


def group_accuracy(matrix: Any, grouping: Grouping) -> float:
    """Returns the share of samples predicted inside their true group.

    This is the group *of the argmax class*. `summed_group_accuracy` is the
    other meaning: the argmax of the summed class probabilities.

    Args:
        matrix: counts [C, C].
        grouping: groups of the C classes.

    Returns:
        A share in [0, 1]; NaN without samples.

    Example:
        >>> pets = Grouping(["pet", "car"], [0, 0, 1])
        >>> group_accuracy([[1, 1, 0], [0, 2, 0], [0, 1, 3]], pets)
        0.875
    """
    counts = group_counts(matrix, grouping)
    return share(counts.true_positives.sum(), counts.actual.sum())


def distance_at_1(matrix: Any, hierarchy: Hierarchy) -> float:
    """Returns mean d(y, p) over all samples: hierarchical distance@1.

    Args:
        matrix: counts [C, C].
        hierarchy: the tree over the C classes.

    Returns:
        Mean height of the lowest common ancestor; lower is better, NaN without
        samples.

    Example:
        >>> tree = Hierarchy.from_paths([("pet", "cat"), ("pet", "dog"),
        ...                              ("car",)])
        >>> distance_at_1([[1, 1, 0], [0, 2, 0], [0, 1, 3]], tree)
        0.375

    Reference:
        Bertinetto et al., Making Better Mistakes, CVPR 2020, arXiv 1912.09393.
    """
    rows, columns, samples = class_cells(matrix, hierarchy)
    total = samples @ hierarchy.lca_distance(rows, columns)
    return share(total, samples.sum())


def severity(matrix: Any, hierarchy: Hierarchy) -> float:
    """Returns mean d(y, p) over the mistakes: mistake severity.

    Args:
        matrix: counts [C, C].
        hierarchy: the tree over the C classes.

    Returns:
        Mean height of the lowest common ancestor over samples off the
        diagonal; NaN without mistakes.

    Example:
        >>> tree = Hierarchy.from_paths([("pet", "cat"), ("pet", "dog"),
        ...                              ("car",)])
        >>> severity([[1, 1, 0], [0, 2, 0], [0, 1, 3]], tree)
        1.5

    Reference:
        Bertinetto et al., Making Better Mistakes, CVPR 2020, arXiv 1912.09393.
    """
    rows, columns, samples = class_cells(matrix, hierarchy)
    total = samples @ hierarchy.lca_distance(rows, columns)
    return share(total, samples[rows != columns].sum())


class HierarchicalScores(NamedTuple):
    """Hierarchical precision, recall and F, in [0, 1]."""

    precision: float
    recall: float
    f1: float


def hierarchical_scores(
    matrix: Any, hierarchy: Hierarchy
) -> HierarchicalScores:
    """Returns precision, recall and F over classes and their ancestors.

    With anc(c) the class c and its ancestors, root left out:
    `hP = sum |anc(p) & anc(y)| / sum |anc(p)|`, hR likewise over `|anc(y)|`.
    On a tree of even depth H both are 1 - mean d / H.

    Args:
        matrix: counts [C, C].
        hierarchy: the tree over the C classes.

    Returns:
        hP, hR and their harmonic mean hF; NaN without samples.

    Example:
        >>> tree = Hierarchy.from_paths([("pet", "cat"), ("pet", "dog"),
        ...                              ("car",)])
        >>> hierarchical_scores([[0, 1, 0], [0, 0, 1], [0, 0, 0]], tree)
        HierarchicalScores(precision=0.3333333333333333, recall=0.25, f1=0.2857142857142857)

    Reference:
        Kiritchenko et al. 2006; Silla and Freitas 2011.
    """  # noqa: E501
    rows, columns, samples = class_cells(matrix, hierarchy)
    depth = hierarchy.depth
    shared = samples @ depth[hierarchy.lca(rows, columns)]
    named = samples @ depth[hierarchy.leaves[columns]]
    actual = samples @ depth[hierarchy.leaves[rows]]
    return HierarchicalScores(
        share(shared, named),
        share(shared, actual),
        share(2 * shared, named + actual),
    )


def _sums(index: npt.NDArray[Any], samples: IntArray, size: int) -> IntArray:
    # Sums of bincount are float64: exact up to 2^53 samples.
    return np.bincount(index, weights=samples, minlength=size).astype(np.int64)


def _between(
    values: IntArray, start: npt.NDArray[Any], stop: npt.NDArray[Any]
) -> IntArray:
    totals = np.concatenate([[0], np.cumsum(values)])
    return totals[stop] - totals[start]


def _ratio(part: IntArray, whole: IntArray) -> FloatArray:
    out = np.full(np.shape(whole), np.nan)
    return np.divide(part, whole, out=out, where=whole != 0)
