"""Losses that the study holds the heads against; they bought nothing."""

from collections.abc import Sequence
from typing import Any, Self

import keras
import numpy as np
from keras import ops

from keras_hier.hierarchy.hierarchy import Hierarchy
from keras_hier.hierarchy.tree.grouping import Grouping
from keras_hier.losses.tree_loss import MASKED_LOG_P, TreeLoss, checked_factor
from keras_hier.losses.tree_ops import segment_logsumexp


@keras.saving.register_keras_serializable(package="keras_hier_study")
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
        >>> loss = TreeMarginalCrossentropy(
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


@keras.saving.register_keras_serializable(package="keras_hier_study")
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
        >>> loss = ComplementCrossentropy(hierarchy, pets)
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
