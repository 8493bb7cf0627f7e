"""Pseudo-labels: what a network says of one view, it learns from another."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import keras
from keras import ops

import keras_hier as kh
from keras_hier.heads.distillation import OUTPUT
from keras_hier.heads.headed_model import main_output
from keras_hier.hierarchy.labels.node_labels import NodeLabels
from keras_hier.losses.tree_loss import MASKED_LOG_P

# Of `Running`, what a run that goes on must know.
FOLLOWED = {"posterior", "confidence"}


class Pseudo(NamedTuple):
    """How pseudo-labels are made.

    Attributes:
        threshold: of the teacher's confidence, below which it does not teach.
        weight: of this loss, beside that of the labels.
        soft: whether the teacher's whole posterior teaches, without threshold.
        adaptive: whether the threshold is the mean confidence of late, and
            classes that the teacher names too often are held back.
        ramp: steps over which the weight rises from 0, while the moving
            averages of normalization settle and answers mean nothing yet.
    """

    threshold: float = 0.95
    weight: float = 1.0
    soft: bool = False
    adaptive: bool = False
    ramp: int = 0

    def but(self, threshold: float | None, weight: float | None) -> "Pseudo":
        """Returns the same with another threshold or weight, if given."""
        return self._replace(
            threshold=self.threshold if threshold is None else threshold,
            weight=self.weight if weight is None else weight,
        )


class Running(keras.metrics.Metric):
    """The teacher's mean posterior and confidence over the last 100 steps.

    Reference:
        Wang et al.: FreeMatch, arXiv 2205.07246, for the threshold; Berthelot
        et al.: ReMixMatch, arXiv 1911.09785, for the alignment.
    """

    def __init__(self, num_classes: int) -> None:
        super().__init__(name="confidence")
        even = keras.initializers.Constant(1 / num_classes)
        self.posterior = self.add_variable((num_classes,), even)
        self.confidence = self.add_variable((), even)

    def update_state(self, seen: Any, within: Any) -> None:
        """Looks at the posteriors of a batch, over all and within nodes."""
        news = ops.mean(seen, axis=0), ops.mean(ops.max(within, axis=-1))
        for kept, new in zip(
            (self.posterior, self.confidence), news, strict=True
        ):
            kept.assign(0.99 * kept + 0.01 * new)

    def result(self) -> Any:
        """Returns the confidence."""
        return self.confidence

    def reset_state(self) -> None:
        """Goes on over the epochs."""


class PseudoLabelled(keras.Model):
    """A classifier that also learns from its own answers.

    The last M images of a batch are strong views; the network, as it is at
    inference, looks at their weak views. What it says about the classes below
    an image's label is the posterior that it is taught, if it is confident
    enough. Below the root these are all classes: then this is FixMatch. Heads
    are taught what the class output says, and each other on all images.

    Reference:
        Sohn et al.: FixMatch, arXiv 2001.07685.
    """

    def prepare(
        self,
        hierarchy: kh.Hierarchy,
        pseudo: Pseudo,
        arguments: Mapping[str, Any],
    ) -> None:
        """Tells what labels mean and how pseudo-labels are made.

        Args:
            hierarchy: of the labels, V of them.
            pseudo: how pseudo-labels are made.
            arguments: what the model is compiled with; its losses take labels
                of nodes.
        """
        numbering = NodeLabels(hierarchy)
        self._spans = numbering.start, numbering.stop
        self._rank = ops.convert_to_tensor(hierarchy.rank)
        self._main = main_output(self)[0]
        losses = arguments["loss"]
        weights = arguments.get("loss_weights") or {}
        if not isinstance(self.output, dict):
            losses = {self._main: losses}
            # That of an only output stands bare.
            weights = {self._main: weights or 1.0}
        self._weighed = [
            (name, loss, weights.get(name, 1.0))
            for name, loss in losses.items()
        ]
        self._pseudo = pseudo
        self.taught = keras.metrics.Mean("taught")
        if pseudo.adaptive:
            self.running = Running(hierarchy.num_classes)

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Any:
        """Adds the loss of pseudo-labels to that of labels."""
        if not _paired(y):
            return super().compute_loss(x, y, y_pred, sample_weight, training)
        labels, weak = y["labels"], self(y["weak"], training=False)
        first = ops.shape(labels)[0] - ops.shape(y["weak"])[0]
        taught, sure = self._taught(labels[first:], self._by_name(weak))
        share = self._pseudo.weight
        if ramp := self._pseudo.ramp:
            step = ops.cast(self.optimizer.iterations, "float32")
            share = share * ops.minimum(step / ramp, 1.0)
        # The mean over images whose label says something: not the root.
        said = ops.sum(1 - labels[:, self._rank.shape[0]])
        total = 0.0
        outputs = self._by_name(y_pred)
        for name, loss, weight in self._weighed:
            values = outputs[name]
            if name == OUTPUT:
                total += weight * ops.mean(loss.call(labels, values))
                continue
            learned = sure * loss.call(taught, values[first:])
            total += weight * (
                ops.sum(loss.call(labels, values)) / said
                + share * ops.mean(learned)
            )
        return total

    def _taught(self, labels: Any, weak: Mapping[str, Any]) -> tuple[Any, Any]:
        """Returns what weak views say, [M, C], and whether it counts, [M].

        Args:
            labels: of the images, one-hot [M, V].
            weak: scores of their weak views by output, those of the classes
                [M, C].
        """
        seen = ops.cast(weak[self._main], "float32")
        below = self._below(labels)
        threshold = self._pseudo.threshold
        if self._pseudo.adaptive:
            posterior = ops.softmax(seen)
            seen -= ops.log(ops.maximum(self.running.posterior, 1e-6))
        p = ops.stop_gradient(ops.softmax(ops.where(below, seen, MASKED_LOG_P)))
        if self._pseudo.adaptive:
            self.running.update_state(ops.stop_gradient(posterior), p)
            threshold = self.running.confidence
        sure = ops.cast(ops.max(p, axis=-1) >= threshold, "float32")
        if self._pseudo.soft:
            sure = ops.ones_like(sure)
        else:
            p = ops.one_hot(ops.argmax(p, axis=-1), p.shape[-1])
        self.taught.update_state(sure)
        return p, sure

    def _by_name(self, values: Any) -> Mapping[str, Any]:
        """Returns scores by the name of their output."""
        return values if isinstance(values, Mapping) else {self._main: values}

    def save_own_variables(self, store: Any) -> None:
        """Adds what the threshold follows, which a metric would not keep."""
        super().save_own_variables(store)
        if self._pseudo.adaptive:
            for name in FOLLOWED:
                store[name] = getattr(self.running, name).numpy()

    def load_own_variables(self, store: Any) -> None:
        """Takes what `save_own_variables` wrote."""
        super().load_own_variables(
            {name: store[name] for name in store.keys() - FOLLOWED}
        )
        if self._pseudo.adaptive:
            for name in FOLLOWED:
                getattr(self.running, name).assign(store[name])

    def _below(self, labels: Any) -> Any:
        """Returns bool [M, C], the classes below each label's node."""
        labels = ops.argmax(labels, axis=-1)[:, None]
        start, stop = (ops.take(span, labels) for span in self._spans)
        return ops.logical_and(self._rank >= start, self._rank < stop)

    def compute_metrics(
        self, x: Any, y: Any, y_pred: Any, sample_weight: Any = None
    ) -> dict[str, Any]:
        """Looks at the labels alone."""
        if _paired(y):
            y = y["labels"]
            if isinstance(self.output, dict):
                y = dict.fromkeys(self.output, y)
        return super().compute_metrics(x, y, y_pred, sample_weight)


def pseudo_labelled(
    model: keras.Model,
    hierarchy: kh.Hierarchy,
    pseudo: Pseudo,
    arguments: Mapping[str, Any],
) -> PseudoLabelled:
    """Makes a network, which is not compiled yet, learn from its answers."""
    learner = PseudoLabelled(model.input, model.output, name=model.name)
    learner.prepare(hierarchy, pseudo, arguments)
    return learner


def _paired(y: Any) -> bool:
    """Tells whether targets come with weak views, as in training."""
    return isinstance(y, Mapping) and "weak" in y
