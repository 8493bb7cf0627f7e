"""Crossentropy against labels that spread over the classes near by."""

from typing import Any

import keras
import numpy as np
from keras import ops

from keras_hier.hierarchy.hierarchy import Hierarchy
from keras_hier.losses.tree_loss import TreeLoss, checked_factor
from keras_hier.losses.tree_ops import NodeReduction, weighted_sum


@keras.saving.register_keras_serializable(package="keras_hier")
class SoftLabelCrossentropy(TreeLoss):
    """Crossentropy against labels that spread over the classes near by.

    The true class y becomes the distribution over c proportional to
    exp(-beta d(c, y)), d the height of the lowest common ancestor divided by
    that of the tree. Labels that are soft already are spread from each class.

    Args:
        hierarchy: as of `HierarchicalCrossentropy`.
        beta: the larger, the harder the labels, down to crossentropy. The
            authors try 4 to 30.
        from_logits: as of `HierarchicalCrossentropy`.
        **kwargs: as of `HierarchicalCrossentropy`.

    Raises:
        ValueError: as of `HierarchicalCrossentropy`.

    Example:
        >>> import keras_hier as kh
        >>> hierarchy = kh.Hierarchy.from_paths(
        ...     [("pet", "cat"), ("pet", "dog"), ("bus",)])
        >>> loss = kh.losses.SoftLabelCrossentropy(hierarchy, beta=2.0)
        >>> logits = [[0.0, -1.0, -2.0]]  # labels 0.665, 0.245 and 0.090
        >>> round(float(loss([0], logits)), 4)
        0.8324

    Reference:
        Bertinetto et al.: Making better mistakes, arXiv 1912.09393.
    """

    _saved = ("hierarchy", "from_logits", "beta")

    def __init__(
        self,
        hierarchy: Hierarchy,
        beta: float = 10.0,
        from_logits: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(hierarchy, from_logits, **kwargs)
        self.beta = checked_factor("beta", beta)
        self._nodes = NodeReduction(hierarchy)
        # Classes that meet at v share the path down to v: each node on it adds
        # its nearness less that of its parent.
        nearness = np.exp(-beta * hierarchy.height / hierarchy.height[0])
        steps = nearness.copy()
        steps[1:] -= nearness[hierarchy.parents[1:]]
        totals = steps * (hierarchy.stop - hierarchy.start)
        for node in range(1, len(totals)):  # parents come first
            totals[node] += totals[hierarchy.parents[node]]
        self._totals = totals[hierarchy.leaves].astype(np.float32)
        self._steps = self._nodes.rows(steps)

    def _losses(self, labels: Any, log_p: Any) -> Any:
        shares = ops.divide(labels, self._totals)
        masses = self._nodes.reduce(shares, ops.segment_sum)
        sums = self._nodes.reduce(log_p, ops.segment_sum)
        return -weighted_sum(self._steps, masses * sums)
