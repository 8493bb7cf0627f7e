"""Distillation among the outputs of one model: the classes and their heads."""

from collections.abc import Iterable
from typing import Any

import keras
from keras import ops

from keras_hier.heads.posteriors import of_classes, of_groups
from keras_hier.hierarchy.tree.grouping import Grouping, require_grouping
from keras_hier.hierarchy.tree_config import TreeConfig
from keras_hier.losses.tree_loss import unmasked

OUTPUT = "distillation"
TEMPERATURE = 3.0


@keras.saving.register_keras_serializable(package="keras_hier")
class Distillation(TreeConfig, keras.layers.Layer):
    """Measures how far outputs are from their joint posterior, the teacher.

    Called on a list: scores of the classes [N, C], then logits [N, G] of each
    head. The teacher is the geometric mean of all their posteriors, softened by
    a temperature T and normalized. A head says nothing about how a group is
    divided: its probability goes to the classes in the proportions of the
    outputs that score classes. The target of a head is the sum of the teacher
    over each of its groups. The divergences of a sample are added,

        T^2 sum_o KL(teacher | o),

    the teacher held constant. `add_heads` makes it the output `distillation`,
    whose value is its own loss (`DivergenceLoss`). It is weighed and logged by
    name like any other, and `without_heads` leaves it behind.

    Args:
        groupings: `Grouping` of each head.
        temperature: T, above 0. Higher ones teach more of what is unlikely.
        from_logits: whether the scores of the classes are logits rather than
            probabilities.
        **kwargs: of `keras.layers.Layer`.

    Returns:
        Divergences, float32 [N].

    Example:
        >>> import keras
        >>> import keras_hier as kh
        >>> pets = kh.Grouping(["pet", "vehicle"], [0, 0, 1])
        >>> apart = kh.Distillation([pets], temperature=1.0)
        >>> classes = keras.ops.log([[0.4, 0.1, 0.5]])
        >>> pet = keras.ops.log([[0.5, 0.5]])       # agrees with the classes
        >>> car = keras.ops.log([[0.2, 0.8]])
        >>> [round(float(apart([classes, head])[0]), 2) for head in (pet, car)]
        [0.0, 0.11]

    Reference:
        Lan, Zhu, Gong: Knowledge distillation by on-the-fly native ensemble,
        arXiv 1806.04606, for branches that all name the classes, with a trained
        gate. study/results.md has its effect.
    """

    _saved = ("groupings", "temperature", "from_logits")

    def __init__(
        self,
        groupings: Iterable[Grouping],
        temperature: float = TEMPERATURE,
        from_logits: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(**{"dtype": "float32", **kwargs})
        if not temperature > 0:
            raise ValueError(
                f"Expected a temperature above 0, got {temperature}. "
                "add_heads(distillation=None) leaves the teaching out."
            )
        self.groupings = list(groupings)
        for grouping in self.groupings:
            require_grouping(grouping)
        self.temperature = float(temperature)
        self.from_logits = from_logits

    def call(self, scores: list[Any]) -> Any:
        """Returns divergences [N]."""
        classes, *heads = scores
        if not self.from_logits:
            classes = ops.log(ops.maximum(classes, keras.config.epsilon()))
        posteriors = [
            unmasked(ops.log_softmax(values / self.temperature))
            for values in (classes, *heads)
        ]
        heads = list(zip(posteriors[1:], self.groupings, strict=True))
        teacher = ops.stop_gradient(_teacher(posteriors[0], heads))
        apart = _divergence(teacher, posteriors[0])
        for posterior, grouping in heads:
            groups = of_groups(teacher, grouping)
            apart = apart + _divergence(groups, posterior)
        return self.temperature**2 * apart

    def compute_output_shape(self, input_shape: list[tuple]) -> tuple:
        """Returns (N,)."""
        return input_shape[0][:1]


@keras.saving.register_keras_serializable(package="keras_hier")
class DivergenceLoss(keras.losses.Loss):
    """Takes an output, such as `Distillation`, as the loss itself.

    Example:
        >>> import keras_hier as kh
        >>> float(kh.heads.DivergenceLoss()([0.0, 0.0], [1.0, 3.0]))
        2.0
    """

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Returns the predictions [N], whatever the targets are."""
        return y_pred


def _teacher(classes: Any, heads: list[tuple[Any, Grouping]]) -> Any:
    """Returns the log of the posteriors' geometric mean [N, C], normalized."""
    named, over_groups = [classes], []
    for posterior, grouping in heads:
        if grouping.num_groups == classes.shape[-1]:
            named.append(of_classes(posterior, grouping))
        else:
            over_groups.append((posterior, grouping))
    mean = ops.log_softmax(sum(named) / len(named))
    # Divided like `mean` within groups, a head differs from `mean` only in the
    # mass of the groups.
    moved = mean
    for posterior, grouping in over_groups:
        by_group = posterior - of_groups(mean, grouping)
        by_class = ops.take(by_group, grouping.of_class, axis=-1)
        # Not +=: PyTorch would add to `mean` itself, which is still needed.
        moved = moved + by_class / (1 + len(heads))
    return ops.log_softmax(moved)


def _divergence(log_p: Any, log_q: Any) -> Any:
    """Returns KL(p | q) of each sample [N]."""
    return ops.sum(ops.exp(log_p) * (log_p - log_q), axis=-1)
