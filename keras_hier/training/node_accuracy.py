"""Accuracy over the samples whose label decides it."""

from typing import Any

import keras
import numpy as np
from keras import ops

from keras_hier.hierarchy import Hierarchy, require_hierarchy
from keras_hier.hierarchy.tree.grouping import Grouping
from keras_hier.hierarchy.tree_config import TreeConfig
from keras_hier.keras_internals import prefer
from keras_hier.training.known_labels import KnownLabels
from keras_hier.training.label_counts import LabelCounts


@keras.saving.register_keras_serializable(package="keras_hier")
class NodeAccuracy(TreeConfig, keras.metrics.Metric):
    """Share of samples whose class is among the k best, where it is known.

    Labels may be any node of the tree. A sample known as a group of several
    classes is neither right nor wrong and is left out. On a head over groups
    it counts if its label lies inside a single group. The result is NaN where
    all samples are left out, and 0 where all have weight 0.

    Args:
        hierarchy: `Hierarchy` of the C classes.
        grouping: `Grouping` that a head predicts; None for the classes.
        k: how many of the best classes may be the right one. Ties count as in
            Keras's own metrics. A class that a logit of -inf masks is never
            among the best.
        name: of the result in the logs.
        dtype: of the result.
        head_labels: with a grouping, True if labels are those that `targets`
            makes for a head, as for `NodeCrossentropy`.
    """

    _saved = ("hierarchy", "grouping", "k", "head_labels")

    def __init__(
        self,
        hierarchy: Hierarchy,
        grouping: Grouping | None = None,
        k: int = 1,
        name: str = "accuracy",
        dtype: Any = None,
        head_labels: bool = False,
    ) -> None:
        super().__init__(name=name, dtype=dtype)
        prefer(self, "up")
        require_hierarchy(hierarchy)
        if head_labels and grouping is None:
            raise ValueError("`head_labels` are those of a `grouping`.")
        self.hierarchy = hierarchy
        self.grouping = grouping
        self.k = k
        self.head_labels = head_labels
        self._known = KnownLabels(hierarchy, grouping)
        self._right = self._total("right")
        self._counted = self._total("counted")
        self._left_out = self._total("left_out")
        self._label_counts = LabelCounts(self, hierarchy)

    def _total(self, name: str) -> Any:
        return self.add_variable(
            (), "zeros", dtype="float32", aggregation="sum", name=name
        )

    def update_state(
        self, y_true: Any, y_pred: Any, sample_weight: Any = None
    ) -> None:
        """Counts a batch; scores are logits or probabilities."""
        y_pred = ops.convert_to_tensor(y_pred)
        if y_pred.shape[0] == 0:  # of nothing there is no largest
            return
        rows = self._known.read(
            ops.convert_to_tensor(y_true), y_pred, not self.head_labels
        )
        decided = ops.logical_and(rows.known, rows.labels < self._known.size)
        labels = ops.where(decided, rows.labels, 0)
        counted = ops.cast(decided, "float32")
        weights = ops.ones_like(counted)
        if sample_weight is not None:
            given = ops.cast(ops.convert_to_tensor(sample_weight), "float32")
            weights = ops.reshape(given, (-1,))
        if not self.head_labels:
            self._label_counts.add(
                rows.given,
                ops.logical_and(rows.known, ops.not_equal(weights, 0)),
            )
        scores = ops.cast(y_pred, "float32")
        usable = ops.logical_not(rows.nan)
        if self.k == 1:  # among the best would be any class of equal scores
            best = ops.cast(ops.argmax(scores, axis=-1), "int32")
            right = ops.equal(best, labels)
        else:
            # Backends differ on masked classes, whose scores are -inf.
            own = ops.take_along_axis(scores, labels[:, None], axis=-1)
            usable = ops.logical_and(usable, ops.isfinite(own[:, 0]))
            scores = ops.maximum(scores, np.finfo(np.float32).min)
            # PyTorch has no five best of three.
            right = ops.in_top_k(labels, scores, min(self.k, scores.shape[-1]))
        right = ops.cast(ops.logical_and(right, usable), "float32")
        self._right.assign_add(ops.sum(weights * counted * right))
        self._counted.assign_add(ops.sum(weights * counted))
        self._left_out.assign_add(ops.sum(weights * (1 - counted)))

    def result(self) -> Any:
        """Returns the share, float32 []; NaN where all are left out."""
        self._label_counts.check()
        counted = self._counted.value
        share = ops.divide_no_nan(self._right.value, counted)
        unknown = ops.logical_and(
            ops.equal(counted, 0), self._left_out.value > 0
        )
        return ops.where(unknown, float("nan"), share)
