"""Labels of any node, read as labels of one output of a model."""

from typing import Any

import numpy as np
from keras import ops

from keras_hier import invalid_samples
from keras_hier.hierarchy.hierarchy import Hierarchy
from keras_hier.hierarchy.labels.node_labels import NodeLabels
from keras_hier.hierarchy.tree.grouping import Grouping
from keras_hier.invalid_samples import Rows
from keras_hier.losses.label_widths import by_width


class KnownLabels:
    """Reads labels of nodes as labels of the n classes or groups of an output.

    0..n-1 are the classes or groups. Labels from n on are nodes that lie in
    none of them (`NodeLabels.head_labels`).

    Attributes:
        size: n.
        nodes: int32, the node of each label from n on in the tree of the
            output's classes: the root if the grouping is no cut of the tree.
    """

    def __init__(self, hierarchy: Hierarchy, grouping: Grouping | None) -> None:
        numbering = NodeLabels(hierarchy)
        tree = hierarchy
        self.size = hierarchy.num_classes
        if grouping is not None:
            tree = hierarchy.collapse(grouping)
            self.size = grouping.num_groups
        self._num_classes = numbering.num_classes
        self._num_nodes = numbering.num_labels
        self._table = numbering.head_labels(grouping)
        self._num_labels = max(int(self._table.max()) + 1, self.size)
        (several,) = np.nonzero(self._table >= self.size)
        if grouping is not None and grouping.nodes is None:
            self.nodes = np.zeros(len(several), np.int32)
        else:
            ids = (hierarchy.node_ids[n] for n in numbering.nodes[several])
            self.nodes = np.array([tree.find(i) for i in ids], np.int32)

    def limit(self, of_nodes: bool) -> int:
        """Returns the number of integer labels, of nodes or of a head."""
        return self._num_nodes if of_nodes else self._num_labels

    def read(self, y_true: Any, scores: Any, of_nodes: bool) -> Rows:
        """Returns samples and their faults, labels being those of the output.

        One-hot or soft labels are over the nodes [N, V], the classes [N, C] or
        groups [N, n]. Labels are of nodes, or those from `targets`.
        """
        narrow = self._num_classes if of_nodes else self.size

        def of_known_width(labels: Any) -> Rows:
            rows = invalid_samples.inspect(
                labels, scores, self.limit(of_nodes), (narrow, self._num_nodes)
            )
            soft = (
                len(labels.shape) == 2 and labels.shape[-1] == self._num_nodes
            )
            if of_nodes or soft:
                of_output = ops.take(self._table, rows.labels)
                rows = rows._replace(labels=of_output)
            return rows

        return by_width(
            y_true,
            (1, narrow, self._num_nodes),
            of_known_width,
            otherwise=lambda rows: rows._replace(
                known=ops.zeros_like(rows.known),
                wrong_sum=ops.ones_like(rows.wrong_sum),
            ),
        )
