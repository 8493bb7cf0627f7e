"""Scores of ranked predictions: the k best classes, groups and risks.

Labels are integers [N], `top` the best classes [N, K] that `top_k` picks from
scores [N, C]. `keras_hier.scores` has these beside those from a matrix.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from keras_hier.hierarchy.hierarchy import Hierarchy
from keras_hier.hierarchy.tree.grouping import Grouping
from keras_hier.plausibility import SUM_TOLERANCE, require_label_order
from keras_hier.scores.inputs import (
    checked_probabilities,
    class_labels,
    ranking,
    share,
)
from keras_hier.tensors import IntArray, to_numpy


def top_k(scores: npt.ArrayLike, k: int) -> IntArray:
    """Picks the k classes of highest score, best first.

    Args:
        scores: logits or probabilities [N, C], without NaN.
        k: K, in [1, C].

    Returns:
        Classes, int64 [N, K]. Equal scores inside the k are in label order.

    Raises:
        ValueError: the shape or k does not fit, or a score is NaN.

    Example:
        >>> top_k([[0.1, 0.6, 0.3]], k=2)
        array([[1, 2]])
    """
    values = to_numpy(scores)
    if values.ndim != 2:
        raise ValueError(
            f"Expected `scores` of shape [N, C]. Got shape {values.shape}."
        )
    if not 1 <= k <= values.shape[1]:
        raise ValueError(
            f"Expected `k` in [1, {values.shape[1]}], the number of classes. "
            f"Got k={k}."
        )
    if np.isnan(values).any():
        raise ValueError(
            "Expected `scores` without NaN. Got NaN in row "
            f"{int(np.isnan(values).any(axis=1).argmax())}: has training "
            "diverged?"
        )
    if k == 1:
        return values.argmax(axis=1)[:, None].astype(np.int64)
    best = np.argpartition(values, -k, axis=1)[:, -k:]
    best.sort(axis=1)
    ascending = np.take_along_axis(values, best, axis=1)
    # Reversed twice, because a stable descending order keeps labels ascending.
    ranked = k - 1 - np.argsort(ascending[:, ::-1], axis=1, kind="stable")
    return np.take_along_axis(best, ranked[:, ::-1], axis=1).astype(np.int64)


def top_k_accuracy(labels: npt.ArrayLike, top: npt.ArrayLike) -> float:
    """Returns the share of samples whose true class is among the k best.

    Args:
        labels: true classes, integers [N].
        top: best classes, integers [N, K], from `top_k`.

    Returns:
        A share in [0, 1]; NaN without samples.

    Example:
        >>> top_k_accuracy([0, 1], [[1, 0], [0, 2]])
        0.5
    """
    true, best = ranking(labels, top)
    return share((best == true).any(axis=1).sum(), len(true))


def group_accuracy_at_k(
    labels: npt.ArrayLike, top: npt.ArrayLike, grouping: Grouping
) -> float:
    """Returns the share of samples whose true group has one of the k best.

    The first meaning of group accuracy; see `group_accuracy`.

    Args:
        labels: true classes, integers [N].
        top: best classes, integers [N, K], from `top_k`.
        grouping: groups of the C classes.

    Returns:
        A share in [0, 1]; NaN without samples.

    Example:
        >>> pets = Grouping(["pet", "car"], [0, 0, 1])
        >>> group_accuracy_at_k([0, 2], [[1, 2], [1, 0]], pets)
        0.5
    """
    true, best = ranking(labels, top, grouping.num_classes)
    hit = grouping.of_class[best] == grouping.of_class[true]
    return share(hit.any(axis=1).sum(), len(true))


def group_probabilities(
    probabilities: npt.ArrayLike, grouping: Grouping
) -> npt.NDArray[Any]:
    """Sums class probabilities over each group.

    Args:
        probabilities: probabilities [N, C] (not logits).
        grouping: groups of the C classes.

    Returns:
        Probabilities [N, G], of the same float type, float32 at least.

    Raises:
        ValueError: the shape does not fit or a value is negative.

    Example:
        >>> pets = Grouping(["pet", "car"], [0, 0, 1])
        >>> group_probabilities([[0.25, 0.25, 0.5]], pets)
        array([[0.5, 0.5]])
    """
    values = checked_probabilities(probabilities, grouping.num_classes)
    # In float16 sums of thousands of terms are far too small.
    wide = np.result_type(values.dtype, np.float32)
    sums = np.zeros((len(values), grouping.num_groups), wide)
    for group in range(grouping.num_groups):
        inside = values[:, grouping.of_class == group]
        sums[:, group] = inside.sum(axis=1, dtype=wide)
    return sums


def summed_group_accuracy(
    labels: npt.ArrayLike,
    probabilities: npt.ArrayLike,
    grouping: Grouping,
    k: int = 1,
) -> float:
    """Returns the share of samples whose true group is among the k likeliest.

    The second meaning of group accuracy: class probabilities are summed over
    each group first. `group_accuracy` is the first.

    Args:
        labels: true classes, integers [N].
        probabilities: probabilities [N, C] (not logits).
        grouping: groups of the C classes.
        k: how many groups may be named, in [1, G].

    Returns:
        A share in [0, 1]; NaN without samples.

    Example:
        >>> pets = Grouping(["pet", "car"], [0, 0, 1])
        >>> summed_group_accuracy([0], [[0.3, 0.3, 0.4]], pets)
        1.0
    """
    masses = group_probabilities(probabilities, grouping)
    true = class_labels("labels", labels, grouping.num_classes)
    return top_k_accuracy(grouping.of_class[true], top_k(masses, k))


def distance_at_k(
    labels: npt.ArrayLike, top: npt.ArrayLike, hierarchy: Hierarchy
) -> float:
    """Returns mean d over the k best classes: hierarchical distance@k.

    Args:
        labels: true classes, integers [N].
        top: best classes, integers [N, K], from `top_k`.
        hierarchy: the tree over the C classes.

    Returns:
        A mean height; lower is better, NaN without samples.

    Example:
        >>> tree = Hierarchy.from_paths([("pet", "cat"), ("pet", "dog"),
        ...                              ("car",)])
        >>> distance_at_k([0], [[1, 2]], tree)
        1.5

    Reference:
        Bertinetto et al., Making Better Mistakes, CVPR 2020, arXiv 1912.09393.
    """
    true, best = ranking(labels, top, hierarchy.num_classes)
    return share(hierarchy.lca_distance(true, best).sum(), best.size)


def best_at_k(
    labels: npt.ArrayLike, top: npt.ArrayLike, hierarchy: Hierarchy
) -> float:
    """Returns the mean of the least d among the k best classes.

    Args:
        labels: true classes, integers [N].
        top: best classes, integers [N, K], from `top_k`.
        hierarchy: the tree over the C classes.

    Returns:
        A mean height; lower is better, NaN without samples.

    Example:
        >>> tree = Hierarchy.from_paths([("pet", "cat"), ("pet", "dog"),
        ...                              ("car",)])
        >>> best_at_k([0], [[1, 2]], tree)
        1.0

    Reference:
        Bertinetto et al., Making Better Mistakes, CVPR 2020, arXiv 1912.09393.
    """
    true, best = ranking(labels, top, hierarchy.num_classes)
    nearest = hierarchy.lca_distance(true, best).min(axis=1)
    return share(nearest.sum(), len(true))


def conditional_risk(
    probabilities: npt.ArrayLike, hierarchy: Hierarchy
) -> npt.NDArray[Any]:
    """Returns the expected distance of each class: sum_j p_j d(k, j).

    `top_k(-conditional_risk(p, tree), k)` ranks classes for distance@k.

    Args:
        probabilities: probabilities [N, C] (not logits).
        hierarchy: the tree over the C classes.

    Returns:
        Expected heights [N, C], of the same float type, float32 at least.

    Raises:
        ValueError: the shape does not fit or a value is negative.

    Example:
        >>> tree = Hierarchy.from_paths([("pet", "cat"), ("pet", "dog"),
        ...                              ("car",)])
        >>> conditional_risk([[0.25, 0.25, 0.5]], tree)
        array([[1.25, 1.25, 1.  ]])

    Reference:
        Karthik et al., No Cost Likelihood Manipulation at Test Time for Making
        Better Mistakes in Deep Networks, ICLR 2021, arXiv 2104.00795.
    """
    require_label_order(probabilities, hierarchy.classes, ("columns",))
    values = checked_probabilities(probabilities, hierarchy.num_classes)
    # In float16 sums of a thousand terms name another class.
    values = values.astype(np.result_type(values.dtype, np.float32), copy=False)
    return values @ hierarchy.lca_distance().astype(values.dtype)


def crm_predictions(
    probabilities: npt.ArrayLike, hierarchy: Hierarchy
) -> IntArray:
    """Names the class of least expected distance (conditional risk).

    A baseline that costs no training: compare every hierarchy-aware model
    with a plain one whose predictions were made like this.

    Args:
        probabilities: probabilities [N, C] (not logits).
        hierarchy: the tree over the C classes.

    Returns:
        Predicted classes, int64 [N].

    Raises:
        ValueError: the shape does not fit or a value is negative.

    Example:
        >>> tree = Hierarchy.from_paths([("pet", "cat"), ("pet", "dog"),
        ...                              ("car",)])
        >>> crm_predictions([[0.35, 0.25, 0.4]], tree)
        array([0])

    Reference:
        Karthik et al., No Cost Likelihood Manipulation at Test Time for Making
        Better Mistakes in Deep Networks, ICLR 2021, arXiv 2104.00795.
    """
    risk = conditional_risk(probabilities, hierarchy)
    return risk.argmin(axis=1).astype(np.int64)


def expected_calibration_error(
    labels: npt.ArrayLike, probabilities: npt.ArrayLike, bins: int = 15
) -> float:
    """Returns the mean gap between confidence and accuracy, over bins.

    Samples are binned by the probability of their best class; each bin counts
    by its samples. Bins are (0, 1/B], (1/B, 2/B] and so on.

    Args:
        labels: true classes, integers [N].
        probabilities: probabilities [N, C] (not logits).
        bins: B, of equal width.

    Returns:
        A gap in [0, 1], lower is better; NaN without samples.

    Raises:
        ValueError: shapes that do not fit, or values that are below 0, above 1
            or NaN.

    Example:
        >>> expected_calibration_error([0, 0, 1, 1], [[0.75, 0.25]] * 4)
        0.25

    Reference:
        Guo, Pleiss, Sun, Weinberger, On calibration of modern neural networks,
        ICML 2017, arXiv 1706.04599.
    """
    if bins < 1:
        raise ValueError(f"Expected `bins` >= 1. Got {bins}.")
    values = to_numpy(probabilities)
    values = checked_probabilities(
        values, values.shape[-1] if values.ndim else 0
    )
    true, best = ranking(labels, top_k(values, 1), values.shape[1])
    confidence = values[np.arange(len(best)), best[:, 0]].astype(np.float64)
    if confidence.max(initial=0) > 1 + SUM_TOLERANCE:
        raise ValueError(
            "Expected `probabilities` of 1 or less: apply softmax to logits, "
            f"divide percentages by 100. Got {confidence.max()}."
        )
    surplus = confidence - (true == best)[:, 0]
    bin_of = np.clip(np.ceil(confidence * bins), 1, bins).astype(np.int64) - 1
    gaps = np.bincount(bin_of, weights=surplus, minlength=bins)
    return share(abs(gaps).sum(), len(best))
