"""Counts of a confusion matrix where labels are any nodes of a tree."""

from typing import Any

import keras
import numpy as np
from keras import ops

from keras_hier.hierarchy.hierarchy import Hierarchy
from keras_hier.scores.coarse_counts import CoarseCounts
from keras_hier.training.known_labels import KnownLabels
from keras_hier.training.root_paths import meeting, root_paths


class CoarseTotals:
    """Counts samples that stand in no cell, as their label is a group.

    The metric holds the counts, resets them and sums them over replicas.
    """

    def __init__(
        self,
        metric: keras.metrics.Metric,
        tree: Hierarchy,
        known: KnownLabels,
    ) -> None:
        self._tree = tree
        self._size = tree.num_classes
        self._nodes = known.nodes
        self._paths = root_paths(tree, self._nodes)
        # By node: samples with that label; samples whose label and answer
        # meet there.
        self._counts = metric.add_variable(
            (2, len(tree.parents)),
            "zeros",
            dtype="float32",
            aggregation="sum",
            name="coarse",
        )

    def add(self, counted: Any, labels: Any, answers: Any) -> None:
        """Counts a batch; `answers` [N, D] are paths to what is predicted."""
        if not len(self._paths):  # no node has several classes
            return
        rows = ops.clip(labels - self._size, 0, len(self._paths) - 1)
        own = ops.take(self._nodes, rows)
        met = meeting(ops.take(self._paths, rows, axis=0), answers)
        size = len(self._tree.parents)
        sums = [ops.segment_sum(counted, each, size) for each in (own, met)]
        self._counts.assign_add(ops.stack(sums))

    def samples(self) -> Any:
        """Returns how many there are, float32 []."""
        return ops.sum(self._counts.value[0])

    def read(self) -> CoarseCounts:
        """Returns the counts over the tree."""
        counts = np.rint(ops.convert_to_numpy(self._counts)).astype(np.int64)
        return CoarseCounts(self._tree, *counts)
