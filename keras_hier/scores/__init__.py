"""Scores of a classifier over a class hierarchy, from counts or predictions.

Most scores take the confusion matrix [C, C] (rows true, columns predicted),
which `confusion_matrix` makes from labels and predictions. Scores of the k best
classes take labels
[N] and the best classes [N, K] that `top_k` picks from scores [N, C].

d(y, p) below is the distance between true class y and prediction p: the height
of their lowest common ancestor, 0 if and only if they are equal.

Never read severity alone: it falls when a network makes *more*, milder mistakes
(Karthik et al. 2021, arXiv 2104.00795). Show top-1 error and `distance_at_1`
beside it.
"""

from keras_hier.scores.block_confusion import (
    block_confusion_chance,
    block_confusion_ratio,
)
from keras_hier.scores.coarse_counts import CoarseCounts
from keras_hier.scores.confusion_scores import (
    Counts,
    HierarchicalScores,
    accuracy,
    confusion_matrix,
    distance_at_1,
    group_accuracy,
    group_counts,
    hierarchical_scores,
    majority_accuracy,
    node_counts,
    severity,
)
from keras_hier.scores.grouping_agreement import adjusted_rand
from keras_hier.scores.top_k_scores import (
    best_at_k,
    conditional_risk,
    crm_predictions,
    distance_at_k,
    expected_calibration_error,
    group_accuracy_at_k,
    group_probabilities,
    summed_group_accuracy,
    top_k,
    top_k_accuracy,
)

__all__ = [
    "CoarseCounts",
    "Counts",
    "HierarchicalScores",
    "accuracy",
    "adjusted_rand",
    "best_at_k",
    "block_confusion_chance",
    "block_confusion_ratio",
    "conditional_risk",
    "confusion_matrix",
    "crm_predictions",
    "distance_at_1",
    "distance_at_k",
    "expected_calibration_error",
    "group_accuracy",
    "group_accuracy_at_k",
    "group_counts",
    "group_probabilities",
    "hierarchical_scores",
    "majority_accuracy",
    "node_counts",
    "severity",
    "summed_group_accuracy",
    "top_k",
    "top_k_accuracy",
]
