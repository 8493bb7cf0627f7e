"""Crossentropy that discounts each step down the tree."""

from typing import Any

import keras
import numpy as np
from keras import ops

from keras_hier.hierarchy.hierarchy import Hierarchy
from keras_hier.losses.tree_loss import TreeLoss, checked_factor
from keras_hier.losses.tree_ops import (
    NodeReduction,
    segment_logsumexp,
    weighted_sum,
)


@keras.saving.register_keras_serializable(package="keras_hier")
class HierarchicalCrossentropy(TreeLoss):
    """Crossentropy that discounts each step down the tree (HXE).

    The sum of -exp(-alpha h(v)) log p(v | parent of v) over the nodes v from
    below the root to the true class. Here p(v) is the summed probability of the
    classes below v, and h its depth, 1 below the root: coarse mistakes cost
    most. The paper calls h the height, but its text and its
    authors' code use the depth. Unlike in that code the weights are not scaled
    to sum to 1.

    Args:
        hierarchy: `Hierarchy` of the C classes.
        alpha: 0 for crossentropy; the larger, the less do fine distinctions
            count. The authors try 0.1 to 0.9; accuracy falls with it.
        from_logits: False if the output ends in a softmax.
        **kwargs: `name` and `reduction`, of `keras.losses.Loss`.

    Raises:
        ValueError: a negative alpha; when called, predictions or labels of
            another width.

    Example:
        >>> import keras_hier as kh
        >>> hierarchy = kh.Hierarchy.from_paths(
        ...     [("pet", "cat"), ("pet", "dog"), ("bus",)])
        >>> loss = kh.losses.HierarchicalCrossentropy(hierarchy, alpha=1.0)
        >>> logits = [[0.0, 0.0, 0.0]]  # exp(-1) ln 3/2 + exp(-2) ln 2
        >>> round(float(loss([0], logits)), 4)
        0.243

    Reference:
        Bertinetto et al.: Making better mistakes, arXiv 1912.09393.
    """

    _saved = ("hierarchy", "from_logits", "alpha")

    def __init__(
        self,
        hierarchy: Hierarchy,
        alpha: float = 0.1,
        from_logits: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(hierarchy, from_logits, **kwargs)
        self.alpha = checked_factor("alpha", alpha)
        self._nodes = NodeReduction(hierarchy)
        # log p(v | parent) = log p(v) - log p(parent), so that p(v) counts by
        # the weight of v less that of the next node on the path.
        weights = np.exp(-alpha * hierarchy.depth)
        weights[hierarchy.labels < 0] *= -np.expm1(-alpha)
        self._weights = self._nodes.rows(weights)

    def _losses(self, labels: Any, log_p: Any) -> Any:
        masses = self._nodes.reduce(labels, ops.segment_sum)
        log_masses = self._nodes.reduce(log_p, segment_logsumexp)
        return -weighted_sum(self._weights, masses * log_masses)
