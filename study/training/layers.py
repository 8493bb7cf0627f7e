"""What some variants of the study add to a network with heads."""

from collections.abc import Iterable
from typing import Any

import keras
import numpy as np
from keras import ops

from keras_hier.heads.group_head import GroupHead
from keras_hier.heads.headed_model import HeadedModel, heads_of, main_output
from keras_hier.heads.posteriors import of_classes
from keras_hier.hierarchy.tree.grouping import Grouping


def membership(grouping: Grouping) -> np.ndarray:
    """Returns float32 [C, G], 1 where a class is in a group."""
    return np.eye(grouping.num_groups, dtype=np.float32)[grouping.of_class]


class Agreement(keras.layers.Layer):
    """Pulls a head and the class posterior, summed over its groups, together.

    The loss is the symmetric divergence, each side learning from the other as
    it is: KL(sg(p) | q) + KL(sg(q) | p).

    Reference:
        Sun, Yao, Zhou, Zhao: Deeply-supervised knowledge synergy, arXiv
        1906.00675.
    """

    def __init__(self, grouping: Grouping, weight: float, **kwargs: Any):
        super().__init__(dtype="float32", **kwargs)
        self.grouping = grouping
        self.weight = weight

    def call(self, logits: Any, head_logits: Any) -> Any:
        """Returns the logits of the classes as they are."""
        p = ops.softmax(logits) @ membership(self.grouping)
        log_p = ops.log(ops.maximum(p, 1e-7))
        log_q = ops.log_softmax(head_logits)
        q = ops.exp(log_q)
        apart = ops.stop_gradient(p) * (ops.stop_gradient(log_p) - log_q)
        apart += ops.stop_gradient(q) * (ops.stop_gradient(log_q) - log_p)
        self.add_loss(self.weight * ops.mean(ops.sum(apart, axis=-1)))
        return logits


class Refine(keras.layers.Layer):
    """Adds what a head says about the groups to the logits of the classes.

    `z(c) + w z_head(group of c)`, the weight trained: the product of experts
    of `keras_hier.scores.fusion`, but trained end to end.
    """

    def __init__(self, grouping: Grouping, **kwargs: Any):
        super().__init__(dtype="float32", **kwargs)
        self.grouping = grouping

    def build(self, *shapes: Any) -> None:
        """Creates the weight."""
        self.weight = self.add_weight((), "ones", name="weight")

    def call(self, logits: Any, head_logits: Any) -> Any:
        """Returns logits [N, C]."""
        opinion = of_classes(ops.log_softmax(head_logits), self.grouping)
        return logits + self.weight * opinion


class TreeLogits(keras.layers.Layer):
    """Adds to each class's logit one for each of its groups.

    A class's weights are those of its own plus those of its groups, so that
    classes with few images borrow from their siblings. In the end it is one
    linear layer like any other: the sums can be written into it.

    Reference:
        Srivastava, Salakhutdinov: Discriminative transfer learning with
        tree-based priors, NeurIPS 2013.
    """

    def __init__(self, groupings: Iterable[Grouping], **kwargs: Any):
        super().__init__(dtype="float32", **kwargs)
        self.groupings = tuple(groupings)

    def build(self, logits_shape: Any, features_shape: Any) -> None:
        """Creates a kernel [F, G] of each grouping."""
        self.kernels = [
            self.add_weight(
                (features_shape[-1], grouping.num_groups),
                "zeros",
                name=f"kernel_{i}",
            )
            for i, grouping in enumerate(self.groupings)
        ]

    def call(self, logits: Any, features: Any) -> Any:
        """Returns logits [N, C]."""
        features = ops.cast(features, "float32")
        for kernel, grouping in zip(self.kernels, self.groupings, strict=True):
            logits += features @ (kernel @ membership(grouping).T)
        return logits


class TreeHead(GroupHead):
    """A head over the classes with weights for their groups too."""

    def __init__(
        self, grouping: Grouping, layer: str, groupings: Iterable[Grouping],
        **kwargs: Any,
    ):  # fmt: skip
        super().__init__(grouping, layer, **kwargs)
        order = np.argsort(grouping.of_class)  # of outputs: groups of one class
        self.tree = TreeLogits(
            [Grouping(g.names, g.of_class[order]) for g in groupings]
        )

    def call(self, x: Any, mask: Any = None) -> Any:
        """Returns logits [N, G]."""
        return self.tree(super().call(x, mask), x)


def with_main(model: keras.Model, main: Any) -> keras.Model:
    """Returns the model with another output for the classes."""
    name, _ = main_output(model)
    outputs = {**model.output, name: main}
    del outputs[name]
    return HeadedModel(
        model.input, {main._keras_history[0].name: main, **outputs}
    )


def agreeing(model: keras.Model, weight: float) -> keras.Model:
    """Adds `Agreement` between the classes and every head."""
    _, main = main_output(model)
    for name, head in heads_of(model).items():
        layer = Agreement(head.grouping, weight, name=f"class_agrees_{name}")
        main = layer(main, model.output[name])
    return with_main(model, main)


def borrowing(model: keras.Model, groupings: Iterable[Grouping]) -> keras.Model:
    """Gives the classes' logits weights of their groups."""
    name, main = main_output(model)
    features = model.get_layer(name).input
    layer = TreeLogits(groupings, name="class_borrows")
    return with_main(model, layer(main, features))


def refined(model: keras.Model) -> keras.Model:
    """Adds the heads to the logits of the classes."""
    _, main = main_output(model)
    for name, head in heads_of(model).items():
        layer = Refine(head.grouping, name=f"class_refined_{name}")
        main = layer(main, model.output[name])
    return with_main(model, main)


class Uncertainty(keras.layers.Layer):
    """Holds the log-variance s of each output's loss, for `Weighed` to use.

    Reference:
        Kendall, Gal, Cipolla: Multi-task learning using uncertainty to weigh
        losses for scene geometry and semantics, arXiv 1705.07115.
    """

    def __init__(self, outputs: Iterable[str], **kwargs: Any):
        super().__init__(dtype="float32", **kwargs)
        self.outputs = tuple(outputs)

    def build(self, _: Any) -> None:
        """Creates the log-variances."""
        self.log_variances = {
            name: self.add_weight((), "zeros", name=f"{name}_log_variance")
            for name in self.outputs
        }

    def call(self, logits: Any) -> Any:
        """Returns the logits of the classes as they are."""
        return logits


class Weighed(keras.losses.Loss):
    """A loss under a learned weight: exp(-s) loss + s / 2."""

    def __init__(self, loss: keras.losses.Loss, log_variance: Any):
        super().__init__()
        self.loss = loss
        self.log_variance = log_variance

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Returns the loss of each sample [N]."""
        s = ops.convert_to_tensor(self.log_variance)
        return ops.exp(-s) * self.loss.call(y_true, y_pred) + s / 2


def uncertain(model: keras.Model) -> keras.Model:
    """Adds log-variances for every output."""
    _, main = main_output(model)
    names = ["class_uncertain", *heads_of(model)]
    layer = Uncertainty(names, name=names[0])
    return with_main(model, layer(main))
