"""Makes a model to deploy that combines the classes with the heads."""

from collections.abc import Iterable, Mapping
from typing import Any, Self

import keras
import numpy as np
from keras import ops

from keras_hier.heads.headed_model import heads_of, main_output
from keras_hier.heads.logits import gives_logits
from keras_hier.heads.posteriors import of_classes
from keras_hier.hierarchy.grouping import Grouping
from keras_hier.plausibility import are_probabilities
from keras_hier.scores.fusion import fusion_weights
from keras_hier.tensors import to_numpy

# A smaller weight changes no probability noticeably.
NEGLIGIBLE = 1e-3


@keras.saving.register_keras_serializable(package="keras_hier")
class FusedClasses(keras.layers.Layer):
    """Multiplies the posteriors of the classes and of their groups.

    Called on a list: scores of the classes [N, C], then logits [N, G] of each
    head. `keras_hier.fusion.fuse`, as a layer.

    Args:
        weights: of the classes, then of each head.
        groupings: `Grouping` of each head.
        from_logits: whether the scores of the classes are logits rather than
            probabilities.
        **kwargs: of `keras.layers.Layer`.

    Returns:
        Log-probabilities [N, C], which are logits too.
    """

    def __init__(
        self,
        weights: Iterable[float],
        groupings: Iterable[Grouping],
        from_logits: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(**{"dtype": "float32", **kwargs})
        self.fusion_weights = [float(weight) for weight in weights]
        self.groupings = list(groupings)
        self.from_logits = from_logits

    def call(self, scores: list[Any]) -> Any:
        """Returns log-probabilities [N, C]."""
        classes, *heads = scores
        if not self.from_logits:
            classes = ops.log(ops.maximum(classes, keras.config.epsilon()))
        weight, *weights = self.fusion_weights
        total = weight * ops.log_softmax(classes)
        for logits, grouping, of_head in zip(
            heads, self.groupings, weights, strict=True
        ):
            by_class = of_classes(ops.log_softmax(logits), grouping)
            total = total + of_head * by_class
        return ops.log_softmax(total)

    def compute_output_shape(self, input_shape: list[tuple]) -> tuple:
        """Returns (N, C)."""
        return input_shape[0]

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain JSON types."""
        return {
            **super().get_config(),
            "weights": self.fusion_weights,
            "groupings": [g.to_config() for g in self.groupings],
            "from_logits": self.from_logits,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Makes the layer that `get_config` described."""
        groupings = [Grouping.from_config(g) for g in config["groupings"]]
        return cls(**{**config, "groupings": groupings})


def fuse_heads(model: keras.Model, held_out: Any) -> keras.Model:
    """Makes the model to deploy whose classes are fused with its heads.

    The heads that `without_heads` removes can improve the prediction: each is a
    second opinion from an earlier layer. The weight of each is fitted to
    samples that were not trained on, a convex problem of a few numbers. A head
    that adds nothing gets weight 0 and is left out. This also calibrates the
    probabilities (temperature scaling).

    Args:
        model: from `add_heads`, trained.
        held_out: images and labels, (x, y), or batches of them such as a
            `tf.data.Dataset`, before or after `targets`. Labels are integers
            [N] or [N, 1]. Never the training set: there the heads are too sure
            of themselves.

    Returns:
        A functional model, logits [N, C]. Its last layer, called `fused`, has
        the weights as `fusion_weights`.

    Raises:
        ValueError: the model has no heads, there are no samples, or labels are
            one-hot.

    Example:
        >>> import numpy as np
        >>> import keras_hier as kh
        >>> hierarchy = kh.Hierarchy.from_paths(
        ...     [("pet", "cat"), ("pet", "dog"), ("bus",)])
        >>> model = kh.add_heads(
        ...     kh.AlexNet(3, input_shape=(32, 32, 3), width=0.1),
        ...     heads={"conv2": hierarchy.cut(groups=2)})
        >>> x, y = np.zeros((6, 32, 32, 3)), np.array([0, 1, 2, 0, 1, 2])
        >>> fused = kh.fuse_heads(model, (x, y))  # in earnest: held-out samples
        >>> fused.output_shape
        (None, 3)

    Reference:
        docs/results.md tells what it brings. Guo et al.: On calibration of
        modern neural networks, arXiv 1706.04599.
    """
    heads = {n: h for n, h in heads_of(model).items() if h.role == "head"}
    if not heads:
        raise ValueError(
            "Expected a model with heads, from add_heads(model, heads=...). "
            f"{model.name!r} has none: there is nothing to fuse."
        )
    name, main = main_output(model)
    scores, labels = _predict(model, held_out)
    classes = scores[name]
    from_logits = gives_logits(main) and not are_probabilities(classes)
    if not from_logits:
        classes = np.log(np.maximum(classes, keras.config.epsilon()))
    weights = fusion_weights(
        classes, {n: (scores[n], h.grouping) for n, h in heads.items()}, labels
    )
    used = {n: h for n, h in heads.items() if weights[n] > NEGLIGIBLE}
    outputs = model.output
    fused = FusedClasses(
        [weights["class"], *(weights[n] for n in used)],
        [h.grouping for h in used.values()],
        from_logits,
        name="fused",
    )([main, *(outputs[n] for n in used)])
    return keras.Model(model.input, fused, name=model.name)


def _predict(
    model: keras.Model, held_out: Any
) -> tuple[Mapping[str, np.ndarray], np.ndarray]:
    """Returns scores by output, and the labels [N]."""
    if isinstance(held_out, tuple):
        x, y = held_out
        return model.predict(x, verbose=0), _labels(model, y)
    scores: dict[str, list[np.ndarray]] = {}
    labels = []
    for x, y, *_ in held_out:
        # Not predict_on_batch, which asks every replica of a strategy for the
        # whole batch.
        for name, values in model.predict(x, verbose=0).items():
            scores.setdefault(name, []).append(values)
        labels.append(_labels(model, y))
    if not labels:
        raise ValueError("Expected held-out samples. Got no batches.")
    joined = {name: np.concatenate(parts) for name, parts in scores.items()}
    return joined, np.concatenate(labels)


def _labels(model: keras.Model, y: Any) -> np.ndarray:
    """Returns [N] from labels, or from what `targets` made of them."""
    if isinstance(y, Mapping):
        y = y[main_output(model)[0]]
    values = to_numpy(y)
    if values.ndim > 2 or (values.ndim == 2 and values.shape[1] != 1):
        raise ValueError(
            "Expected labels as integers [N] or [N, 1] to fit fusion weights "
            f"to, got shape {values.shape}. Take the argmax of one-hot ones."
        )
    return values.reshape(-1)
