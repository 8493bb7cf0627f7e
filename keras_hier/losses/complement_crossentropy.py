"""Crossentropy that also evens out what the wrong classes get."""

from typing import Any, Self

import keras
import numpy as np
from keras import ops

from keras_hier.hierarchy.grouping import Grouping
from keras_hier.hierarchy.hierarchy import Hierarchy
from keras_hier.losses.tree_loss import MASKED_LOG_P, TreeLoss, checked_factor


@keras.saving.register_keras_serializable(package="keras_hier")
class ComplementCrossentropy(TreeLoss):
    """Crossentropy that also evens out what the wrong classes get (HCOT).

    Crossentropy - weight (H_in / |G| + H_out / C). H_in is the entropy over
    the wrong classes of the true class's group G, H_out that over all classes
    of other groups, the probabilities scaled to sum to 1 in either. The loss
    may be negative.

    The authors step on the crossentropy and on the entropies in turn; this is
    their sum, one objective. The factors 1 / |G| and 1 / C are those of their
    code. Of soft labels the crossentropy takes all, the entropies the largest.

    Args:
        hierarchy: as of `HierarchicalCrossentropy`.
        grouping: `Grouping` of the classes, such as `hierarchy.cut(groups=20)`.
        weight: of the two entropies; 0 for crossentropy.
        from_logits: as of `HierarchicalCrossentropy`.
        **kwargs: as of `HierarchicalCrossentropy`.

    Raises:
        ValueError: as of `HierarchicalCrossentropy`.
        HierarchyError: a grouping that does not fit the hierarchy.

    Example:
        >>> import keras_hier as kh
        >>> hierarchy = kh.Hierarchy.from_paths(
        ...     [("pet", "cat"), ("pet", "dog"), ("bus",), ("van",)])
        >>> pets = kh.Grouping(["pet", "car"], [0, 0, 1, 1])
        >>> loss = kh.losses.ComplementCrossentropy(hierarchy, pets)
        >>> logits = [[0.0, 0.0, 0.0, 0.0]]  # ln 4 - 0 / 2 - ln 2 / 4
        >>> round(float(loss([0], logits)), 4)
        1.213

    Reference:
        Chen et al.: Learning with hierarchical complement objective,
        arXiv 1911.07257.
    """

    def __init__(
        self,
        hierarchy: Hierarchy,
        grouping: Grouping,
        weight: float = 1.0,
        from_logits: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(hierarchy, from_logits, **kwargs)
        hierarchy.collapse(grouping)
        self.grouping = grouping
        self.weight = checked_factor("weight", weight)
        self._sizes = grouping.sizes.astype(np.float32)

    def _losses(self, labels: Any, log_p: Any) -> Any:
        true = ops.argmax(labels, axis=-1)[:, None]
        groups = ops.convert_to_tensor(self.grouping.of_class)
        group = ops.take(groups, true)
        inside = ops.equal(groups, group)
        others = ops.not_equal(
            np.arange(log_p.shape[-1]), ops.cast(true, "int32")
        )
        inner = _entropy(log_p, ops.logical_and(inside, others))
        outer = _entropy(log_p, ops.logical_not(inside))
        sizes = ops.take(self._sizes, group[:, 0])
        entropies = inner / sizes + outer / log_p.shape[-1]
        return -ops.sum(labels * log_p, axis=-1) - self.weight * entropies

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain JSON types."""
        return {
            **super().get_config(),
            "grouping": self.grouping.to_config(),
            "weight": self.weight,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Makes the loss that `get_config` described."""
        grouping = Grouping.from_config(config["grouping"])
        return super().from_config({**config, "grouping": grouping})


def _entropy(log_p: Any, kept: Any) -> Any:
    """Returns [N], the entropy among some classes; 0 if there are none."""
    log_p = ops.log_softmax(ops.where(kept, log_p, MASKED_LOG_P), axis=-1)
    return -ops.sum(ops.where(kept, ops.exp(log_p) * log_p, 0.0), axis=-1)
