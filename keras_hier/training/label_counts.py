"""Counts of classes and the root as labels, which tell one-based ones."""

from typing import Any

import keras
from keras import ops

from keras_hier.hierarchy.hierarchy import Hierarchy
from keras_hier.keras_internals import concrete_values
from keras_hier.plausibility import one_based_nodes


class LabelCounts:
    """Counts labels of nodes inside a metric, and refuses one-based ones."""

    def __init__(
        self, metric: keras.metrics.Metric, hierarchy: Hierarchy
    ) -> None:
        self._metric = metric.name
        self._size = hierarchy.num_classes + 1
        self._counts = metric.add_variable(
            (self._size,),
            "zeros",
            dtype="float32",
            aggregation="sum",
            name="label_counts",
        )
        self._more_may_come = False

    def add(self, labels: Any, counted: Any) -> None:
        """Counts a batch of labels of nodes, int32 [N]."""
        inside = ops.logical_and(counted, labels < self._size)
        counts = ops.segment_sum(
            ops.cast(inside, "float32"),
            ops.where(inside, labels, 0),
            self._size,
        )
        self._counts.assign_add(counts)
        # Where steps are compiled this is code of the step, not of the batch.
        self._more_may_come = concrete_values(counts[:1]) is not None

    def check(self) -> None:
        """Raises where labels so far look one-based, unless a step is traced.

        Keras asks for the result after each batch where steps are not
        compiled, and once more at the end: then no labels follow.
        """
        more_may_come, self._more_may_come = self._more_may_come, False
        self._raise(more_may_come)

    def check_early(self) -> None:
        """As `check`, while batches follow."""
        self._raise(more_may_come=True)

    def _raise(self, more_may_come: bool) -> None:
        counts = concrete_values(self._counts.value)
        if counts is None:
            return
        if wrong := one_based_nodes(counts, more_may_come):
            raise ValueError(f"{self._metric!r}: {wrong}")
