"""Counts predictions into a confusion matrix that may be large and sparse."""

from typing import Any

import numpy as np
from scipy import sparse

from keras_hier.hierarchy.hierarchy import Hierarchy
from keras_hier.hierarchy.labels.node_labels import NodeLabels
from keras_hier.log.records.given_labels import as_integers, require_within
from keras_hier.plausibility import (
    WHY_NAN,
    labels_to_root,
    one_based_nodes,
    require_label_order,
)
from keras_hier.scores.coarse_counts import CoarseCounts
from keras_hier.tensors import to_numpy


def counted_predictions(
    labels: Any, predictions: Any, tree: Hierarchy, node_labels: bool
) -> tuple[sparse.coo_array, CoarseCounts | None]:
    """Counts samples by true and predicted class.

    Args:
        labels: integers [N], of any array library.
        predictions: integers [N], or scores [N, C]; likewise.
        tree: `Hierarchy` of the C classes.
        node_labels: whether labels may be any of the V nodes of the tree.

    Returns:
        The matrix [C, C], and the samples in none of its cells; None without
        `node_labels`.
    """
    classes = tree.num_classes
    require_label_order(predictions, tree.classes, ("columns",))
    predictions = to_numpy(predictions)
    if predictions.ndim == 2:
        predictions = _best_class(predictions, classes)
    labels = as_integers("labels", labels)
    predictions = as_integers("predictions", predictions)
    coarse = None
    if node_labels:
        numbering = NodeLabels(tree)
        require_within("labels", labels, numbering.num_labels)
        if wrong := one_based_nodes(labels_to_root(labels, classes)):
            raise ValueError(wrong)
    else:
        require_within(
            "labels",
            labels,
            classes,
            f"If those from {classes} on are inner nodes of the tree, pass "
            "node_labels=True.",
        )
    require_within("predictions", predictions, classes)
    if len(labels) != len(predictions):
        raise ValueError(
            f"labels and predictions must have one length, got {len(labels)} "
            f"and {len(predictions)}."
        )
    if node_labels:
        exact = numbering.head_labels(None)[labels]
        is_coarse = exact >= classes
        coarse = CoarseCounts.of(
            tree, numbering.nodes[labels[is_coarse]], predictions[is_coarse]
        )
        labels, predictions = exact[~is_coarse], predictions[~is_coarse]
    ones = np.ones(len(labels), np.int64)
    matrix = sparse.coo_array((ones, (labels, predictions)), (classes, classes))
    return matrix, coarse


def _best_class(predicted: np.ndarray, classes: int) -> np.ndarray:
    if predicted.shape[1] != classes or predicted.dtype.kind not in "iuf":
        raise ValueError(
            f"Scores must be numbers [N, {classes}], a column a class; got "
            f"shape {predicted.shape} of {predicted.dtype}."
        )
    unusable = np.flatnonzero(
        np.isnan(predicted).any(axis=1) | ~np.isfinite(predicted.max(axis=1))
    )
    if unusable.size:
        raise ValueError(
            f"Scores must be numbers: {unusable.size} rows hold NaN, or no "
            f"finite largest ({WHY_NAN}), the first is row "
            f"{unusable[0]}."
        )
    return predicted.argmax(axis=1)
