"""Losses on the output of the classes that know their tree.

Each takes the place of a crossentropy in `model.compile`, and reads labels
[N] or [N, 1], or one-hot or soft labels [N, C]. Labels outside 0..C-1, soft
ones that do not sum to 1, and scores that contradict `from_logits` are errors.
In a compiled step none can be raised: the loss of such a sample is NaN there,
and its gradient 0. Everything is computed in float32, also under mixed
precision.

A step costs O(N V), V the nodes of the tree: sums go up it level by level, and
no table [C, C] is made. A grouping costs O(N C). A tensor [N, C] takes 1 MB at
1,000 classes and a batch of 256, 22 MB at 21,841; a loss holds ten to twenty of
that size until the gradients are known.
"""

import math
from collections.abc import Sequence
from typing import Any, Self

import keras
import numpy as np
from keras import ops

from keras_hier import miscounts
from keras_hier.hierarchy import Grouping, Hierarchy, require_hierarchy
from keras_hier.nodes import Nodes, segment_logsumexp
from keras_hier.plausible import MIN_ROWS

# Less than any log-probability, and finite: infinities turn gradients to NaN.
FAR = -1e30


class TreeLoss(keras.losses.Loss):
    """What the losses below share: a tree, labels and scores of its classes."""

    def __init__(
        self,
        hierarchy: Hierarchy,
        from_logits: bool = True,
        **kwargs: Any,
    ) -> None:
        dtype = kwargs.pop("dtype", None) or "float32"
        if getattr(dtype, "name", dtype) != "float32":
            raise ValueError(
                "These losses are computed in float32, also under mixed "
                f"precision, got dtype={dtype!r}. Leave it out."
            )
        super().__init__(dtype="float32", **kwargs)
        require_hierarchy(hierarchy)
        self.hierarchy = hierarchy
        self.from_logits = from_logits

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Returns the loss of each sample, float32 [N].

        Args:
            y_true: labels [N] or [N, 1], or one-hot or soft [N, C].
            y_pred: logits, or probabilities, [N, C].

        Raises:
            ValueError: other shapes; outside of a compiled step, labels or
                scores that cannot be right.
        """
        size = self.hierarchy.num_classes
        scores = ops.cast(y_pred, "float32")
        if len(scores.shape) != 2 or scores.shape[-1] != size:
            raise ValueError(
                f"Expected predictions [N, {size}], one score for each class, "
                f"got shape {tuple(scores.shape)}. Use this loss for the "
                "output of the classes, a crossentropy for heads and probes."
            )
        labels = ops.convert_to_tensor(y_true)
        rows = miscounts.look_at(labels, scores)
        self._check(rows, size)
        if not self.from_logits:
            scores = ops.log(ops.maximum(scores, keras.config.epsilon()))
        log_p = ops.log_softmax(scores, axis=-1)
        if len(labels.shape) == 2 and labels.shape[-1] > 1:
            distributions = ops.cast(labels, "float32")
        else:
            distributions = ops.one_hot(rows.labels, size, dtype="float32")
        losses = self._losses(distributions, log_p)
        return ops.where(self._plausible(rows, size), losses, math.nan)

    def _check(self, rows: miscounts.Rows, size: int) -> None:
        counted = ops.ones_like(rows.numbers)
        sums = miscounts.numbers_of(miscounts.tally(rows, size, counted))
        if sums is None:
            return
        outside = miscounts.numbers_of(miscounts.extremes(rows, size, counted))
        wrong = miscounts.complaint(
            miscounts.Tally(*sums.tolist()),
            size,
            self.from_logits,
            () if outside is None else outside.tolist(),
        )
        if wrong:
            raise ValueError(f"{self.name!r}: {wrong}")

    def _plausible(self, rows: miscounts.Rows, size: int) -> Any:
        """Returns bool [N]: samples of which nothing contradicts the loss."""
        if not self.from_logits:
            return ops.logical_and(rows.known, rows.simplex)
        if size == 1:
            return rows.known
        look_so = ops.all(ops.logical_or(rows.simplex, rows.nan))
        count = ops.sum(ops.cast(rows.simplex, "int32"))
        probabilities = ops.logical_and(look_so, count >= MIN_ROWS)
        return ops.logical_and(rows.known, ops.logical_not(probabilities))

    def _losses(self, labels: Any, log_p: Any) -> Any:
        """Returns [N] from label distributions and log p, both [N, C]."""
        raise NotImplementedError

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain JSON types."""
        return {
            **super().get_config(),
            "hierarchy": self.hierarchy.to_json(),
            "from_logits": self.from_logits,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Makes the loss that `get_config` described."""
        hierarchy = Hierarchy.from_json(config["hierarchy"])
        return cls(**{**config, "hierarchy": hierarchy})


@keras.saving.register_keras_serializable(package="keras_hier")
class HierarchicalCrossentropy(TreeLoss):
    """Crossentropy that discounts each step down the tree (HXE).

    The sum over the nodes v from below the root to the true class of
    -exp(-alpha h(v)) log p(v | parent of v), where p(v) is the summed
    probability of the classes below v. h is the depth of v, 1 below the root:
    the paper calls h the height, but its text and its authors' code discount
    by the distance from the root, so that coarse mistakes cost most. Unlike in
    that code the weights are not scaled to sum to 1.

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

    def __init__(
        self,
        hierarchy: Hierarchy,
        alpha: float = 0.1,
        from_logits: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(hierarchy, from_logits, **kwargs)
        self.alpha = _factor("alpha", alpha)
        self._nodes = Nodes(hierarchy)
        # log p(v | parent) = log p(v) - log p(parent), so that p(v) counts by
        # the weight of v less that of the next node on the path.
        weights = np.exp(-alpha * hierarchy.depth)
        weights[hierarchy.labels < 0] *= -np.expm1(-alpha)
        self._weights = self._nodes.rows(weights)

    def _losses(self, labels: Any, log_p: Any) -> Any:
        masses = self._nodes.reduce(labels, ops.segment_sum)
        log_masses = self._nodes.reduce(log_p, segment_logsumexp)
        return -_weighted_sum(self._weights, masses * log_masses)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain JSON types."""
        return {**super().get_config(), "alpha": self.alpha}


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

    def __init__(
        self,
        hierarchy: Hierarchy,
        beta: float = 10.0,
        from_logits: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(hierarchy, from_logits, **kwargs)
        self.beta = _factor("beta", beta)
        self._nodes = Nodes(hierarchy)
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
        return -_weighted_sum(self._steps, masses * sums)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain JSON types."""
        return {**super().get_config(), "beta": self.beta}


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
        self.weights = [_factor("weights", weight) for weight in weights]

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
        self.weight = _factor("weight", weight)
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


def _weighted_sum(weights: np.ndarray, values: Any) -> Any:
    """Returns [N] from weights [V, 1] and values [V, N] of the nodes."""
    return ops.sum(ops.multiply(weights, values), axis=0)


def _entropy(log_p: Any, kept: Any) -> Any:
    """Returns [N], the entropy among some classes; 0 if there are none."""
    log_p = ops.log_softmax(ops.where(kept, log_p, FAR), axis=-1)
    return -ops.sum(ops.where(kept, ops.exp(log_p) * log_p, 0.0), axis=-1)


def _factor(name: str, value: float) -> float:
    if not 0 <= value < math.inf:
        raise ValueError(
            f"Expected `{name}` to be a finite number of 0 or more, got "
            f"{value!r}."
        )
    return float(value)
