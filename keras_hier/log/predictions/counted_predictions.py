"""Counts predictions into a confusion matrix that may be large and sparse."""

from typing import Any

import numpy as np
from scipy import sparse

from keras_hier.hierarchy.hierarchy import Hierarchy
from keras_hier.hierarchy.labels.node_labels import NodeLabels
from keras_hier.log.records.given_labels import (
    as_integers,
    class_numbers,
    require_within,
)
from keras_hier.plausibility import (
    WHY_NAN,
    labels_to_root,
    one_based_nodes,
    require_label_order,
)
from keras_hier.scores.coarse_counts import CoarseCounts


def counted_predictions(
    labels: Any,
    predictions: Any,
    tree: Hierarchy,
    node_labels: bool,
    counts: Any = None,
) -> tuple[sparse.coo_array, CoarseCounts | None]:
    """Counts samples [N] by true and predicted class, an array [C, C].

    Labels and predictions are integers, ids, or scores [N, C]. With
    `node_labels` labels may be any node: the samples in no cell follow, else
    None.
    """
    classes = tree.num_classes
    require_label_order(predictions, tree.classes, ("columns",))
    predictions = class_numbers(
        "predictions", predictions, tree.classes, are_scores=True
    )
    if predictions.ndim == 2:
        predictions = _best_class(predictions, classes)
    labels = class_numbers("labels", labels, tree.classes)
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
    if counts is None:
        counts = np.ones(len(labels), np.int64)
    else:
        counts = _checked_counts(counts, len(labels), node_labels)
    shape = (classes, classes)
    return sparse.coo_array((counts, (labels, predictions)), shape), coarse


def _checked_counts(given: Any, pairs: int, node_labels: bool) -> np.ndarray:
    counts = as_integers("counts", given).astype(np.int64)
    if node_labels:
        raise ValueError("counts go without node_labels.")
    if len(counts) != pairs or counts.min() < 0:
        raise ValueError(
            f"counts must be {pairs} numbers of samples, one for each pair; "
            f"got {len(counts)}, the least {counts.min()}."
        )
    return counts


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
