"""Crossentropy of the classes and of their groups."""

from collections.abc import Sequence
from typing import Any, Self

import keras
from keras import ops

from keras_hier.hierarchy.grouping import Grouping
from keras_hier.hierarchy.hierarchy import Hierarchy
from keras_hier.losses.tree_loss import TreeLoss, checked_factor
from keras_hier.losses.tree_ops import segment_logsumexp


@keras.saving.register_keras_serializable(package="keras_hier")
class TreeMarginalCrossentropy(TreeLoss):
    """Crossentropy of the classes and of their groups.

    The probability of a group is the sum over its classes: one output answers
    at every level, and a mistake within the group costs nothing there.

    Args:
        hierarchy: as of `HierarchicalCrossentropy`.
        groupings: `Grouping`s of the classes; those of `hierarchy.levels()` by
            default.
        weights: of the crossentropy of each grouping, beside 1 for the classes;
            one number for all or one each.
        from_logits: as of `HierarchicalCrossentropy`.
        **kwargs: as of `HierarchicalCrossentropy`.

    Raises:
        ValueError: as of `HierarchicalCrossentropy`; another number of weights.
        HierarchyError: a grouping that does not fit the hierarchy.

    Example:
        >>> import keras_hier as kh
        >>> hierarchy = kh.Hierarchy.from_paths(
        ...     [("pet", "cat"), ("pet", "dog"), ("bus",)])
        >>> loss = kh.losses.TreeMarginalCrossentropy(
        ...     hierarchy, [hierarchy.cut(groups=2)], weights=0.5)
        >>> logits = [[0.0, 0.0, 0.0]]  # ln 3 + 0.5 ln 3/2
        >>> round(float(loss([0], logits)), 4)
        1.3013

    Reference:
        Dhall et al.: Hierarchical image classification using entailment cone
        embeddings (the marginalization classifier), arXiv 2004.03459.
    """

    def __init__(
        self,
        hierarchy: Hierarchy,
        groupings: Sequence[Grouping] | None = None,
        weights: float | Sequence[float] = 1.0,
        from_logits: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(hierarchy, from_logits, **kwargs)
        if groupings is None:
            groupings = hierarchy.levels()[:-1]  # the last are the classes
        for grouping in groupings:
            hierarchy.collapse(grouping)
        if isinstance(weights, int | float):
            weights = [weights] * len(groupings)
        if len(weights) != len(groupings):
            raise ValueError(
                f"Expected a weight for each of the {len(groupings)} "
                f"groupings, got {len(weights)}. The classes have weight 1 and "
                "need none."
            )
        self.groupings = list(groupings)
        self.weights = [checked_factor("weights", weight) for weight in weights]

    def _losses(self, labels: Any, log_p: Any) -> Any:
        losses = -ops.sum(labels * log_p, axis=-1)
        labels, log_p = ops.transpose(labels), ops.transpose(log_p)
        for grouping, weight in zip(self.groupings, self.weights, strict=True):
            groups = grouping.of_class, grouping.num_groups
            masses = ops.segment_sum(labels, *groups)
            log_masses = segment_logsumexp(log_p, *groups)
            losses = losses - weight * ops.sum(masses * log_masses, axis=0)
        return losses

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain JSON types."""
        return {
            **super().get_config(),
            "groupings": [grouping.to_config() for grouping in self.groupings],
            "weights": self.weights,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Makes the loss that `get_config` described."""
        groupings = [Grouping.from_config(g) for g in config["groupings"]]
        return super().from_config({**config, "groupings": groupings})
