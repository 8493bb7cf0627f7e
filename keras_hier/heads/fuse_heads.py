"""Makes a model to deploy that combines the classes with the heads."""

import warnings
from collections.abc import Iterable, Mapping
from typing import Any

import keras
import numpy as np
from keras import ops

from keras_hier.heads.headed_model import (
    has_dict_outputs,
    heads_of,
    main_output,
)
from keras_hier.heads.logits import gives_logits
from keras_hier.heads.posteriors import of_classes
from keras_hier.hierarchy.labels.node_labels import NodeLabels
from keras_hier.hierarchy.tree.grouping import Grouping
from keras_hier.hierarchy.tree_config import TreeConfig
from keras_hier.losses.node_crossentropy import NodeCrossentropy
from keras_hier.plausibility import are_probabilities
from keras_hier.scores.fusion import IMPOSSIBLE, fusion_weights
from keras_hier.tensors import to_numpy


@keras.saving.register_keras_serializable(package="keras_hier")
class FusedClasses(TreeConfig, keras.layers.Layer):
    """Multiplies the posteriors of the classes and of their groups.

    Called on a list: scores of the classes [N, C], then logits [N, G] of each
    head. `keras_hier.scores.fusion.fuse`, as a layer.

    Args:
        weights: of the classes, then of each head.
        groupings: `Grouping` of each head.
        from_logits: whether the scores of the classes are logits rather than
            probabilities.
        **kwargs: of `keras.layers.Layer`.

    Returns:
        Log-probabilities [N, C], which are logits too.
    """

    _saved = ("groupings", "from_logits")

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
        weight, *weights = self.fusion_weights
        if not self.from_logits:
            classes = ops.log(ops.maximum(classes, keras.config.epsilon()))
        total = weight * _log_posterior(classes)
        for logits, grouping, of_head in zip(
            heads, self.groupings, weights, strict=True
        ):
            by_class = of_classes(_log_posterior(logits), grouping)
            total = total + of_head * by_class
        return ops.log_softmax(total)

    def compute_output_shape(self, input_shape: list[tuple]) -> tuple:
        """Returns (N, C)."""
        return input_shape[0]

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain JSON types."""
        return {**super().get_config(), "weights": self.fusion_weights}


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
            [N] or [N, 1], of classes. If the model is compiled for labels of
            nodes, a group of one class is that class. Sample weights may come
            third: 0 leaves a sample out, any other counts 1. Never pass the
            training set: there the heads are too sure of themselves.

    Returns:
        A functional model, logits [N, C]. Its last layer, called `fused`, has
        the weights as `fusion_weights`. If all are 0, no output is better than
        a blind guess, and a warning says so.

    Raises:
        ValueError: a model without heads, or fused already. No samples, or no
            end of them. Labels that are missing, one-hot, of groups or of
            another number. Weights that are not one a sample.

    Example:
        >>> import numpy as np
        >>> import keras_hier as kh
        >>> hierarchy = kh.Hierarchy.from_paths(
        ...     [("pet", "cat"), ("pet", "dog"), ("bus",)])
        >>> model = kh.add_heads(
        ...     kh.AlexNet(3, input_shape=(32, 32, 3), width=0.1),
        ...     heads={"conv2": hierarchy.cut(groups=2)})
        >>> x = np.random.default_rng(0).random((6, 32, 32, 3))
        >>> y = model.predict(x, verbose=0)["class"].argmax(axis=1)
        >>> fused = kh.fuse_heads(model, (x, y))  # in earnest: held-out samples
        >>> fused.output_shape
        (None, 3)

    Reference:
        study/results.md tells what it brings. Guo et al.: On calibration of
        modern neural networks, arXiv 1706.04599.
    """
    heads = {n: h for n, h in heads_of(model).items() if h.role == "head"}
    if not heads:
        raise ValueError(
            "Expected a model with heads, from add_heads(model, heads=...). "
            f"{model.name!r} has none: there is nothing to fuse."
        )
    name, main = main_output(model)
    if not has_dict_outputs(model):
        raise ValueError(
            f"The heads of {model.name!r} are no outputs of it: it is fused "
            "already, or cut. Pass the model that add_heads returned."
        )
    scores, labels = _predict(model, held_out)
    classes = scores[name]
    from_logits = gives_logits(main) and not are_probabilities(classes)
    if not from_logits:
        classes = np.log(np.maximum(classes, keras.config.epsilon()))
    experts = {n: (scores[n], h.grouping) for n, h in heads.items()}
    tensors = {"class": main, **{n: model.output[n] for n in heads}}
    weights = {
        n: weight
        for n, weight in fusion_weights(classes, experts, labels).items()
        if n == "class" or weight
    }
    if not any(weights.values()):
        warnings.warn(
            f"No output of {model.name!r} says more of these {len(labels):,} "
            "samples than a blind guess: the fused model has no preference. "
            "Is it trained, and do the labels number the classes as its "
            "outputs do?",
            stacklevel=2,
        )
    fused = FusedClasses(
        weights.values(),
        [heads[n].grouping for n in weights if n != "class"],
        from_logits,
        name="fused",
    )([tensors[n] for n in weights])
    return keras.Model(model.input, fused, name=model.name)


def _log_posterior(logits: Any) -> Any:
    """Returns log-probabilities, none of them -inf, as `scores.fuse` does."""
    log_p = ops.log_softmax(logits)
    impossible = ops.isinf(log_p)
    least = ops.min(ops.where(impossible, 0.0, log_p), axis=-1, keepdims=True)
    return ops.where(impossible, ops.minimum(least, IMPOSSIBLE), log_p)


def _predict(
    model: keras.Model, held_out: Any
) -> tuple[Mapping[str, np.ndarray], np.ndarray]:
    """Returns scores by output, and labels [N], of samples with a weight."""
    scores: dict[str, list[np.ndarray]] = {}
    labels = []
    main, output = main_output(model)
    batches = [held_out] if isinstance(held_out, tuple) else held_out
    if hasattr(batches, "cardinality") and int(batches.cardinality()) == -1:
        raise ValueError(
            "Expected held-out samples that end. Got a data set that repeats "
            "for ever: leave out repeat()."
        )
    for batch in batches:
        x, y, weight = keras.utils.unpack_x_y_sample_weight(batch)
        if y is None:
            raise ValueError(
                "Expected held-out images with their labels: a tuple (x, y), "
                "or batches that are such tuples. Got a batch without labels, "
                f"of type {type(batch).__name__}: each entry of a list is one."
            )
        found = _labels(main, y)
        if not (len(found) or any(map(len, keras.tree.flatten(x)))):
            # A filter of classes may empty a batch, on which `predict` fails.
            labels.append(found)
            continue
        weights = weight.get(main) if isinstance(weight, Mapping) else weight
        counted = _counted(weights, len(found))
        # Not predict_on_batch, which asks every replica of a strategy for the
        # whole batch.
        for name, values in model.predict(x, verbose=0).items():
            if len(values) != len(found):
                raise ValueError(
                    "Expected a label for each held-out sample. Got "
                    f"{len(values)} samples and {len(found)} labels."
                )
            scores.setdefault(name, []).append(values[counted])
        labels.append(found[counted])
    if not labels:
        raise ValueError("Expected held-out samples. Got no batches.")
    if not any(map(len, labels)):
        raise ValueError(
            "Expected held-out samples of a weight other than 0. Got none."
        )
    joined = {name: np.concatenate(parts) for name, parts in scores.items()}
    return joined, _classes(model, np.concatenate(labels), output.shape[-1])


def _counted(weights: Any, samples: int) -> np.ndarray:
    """Returns which samples have a weight, bool [N]."""
    if weights is None:
        return np.ones(samples, bool)
    found = to_numpy(weights).reshape(-1)
    if len(found) != samples:
        raise ValueError(
            "Expected a sample weight for each held-out sample. Got "
            f"{len(found)} weights of {samples} samples."
        )
    counted: np.ndarray = found != 0
    return counted


def _classes(
    model: keras.Model, labels: np.ndarray, num_classes: int
) -> np.ndarray:
    """Returns the class of each label [N], which may be a group of one."""
    for loss in keras.tree.flatten(getattr(model, "loss", None)):
        if isinstance(loss, NodeCrossentropy):
            of_node = NodeLabels(loss.hierarchy).head_labels(None)
            node = np.clip(labels, 0, len(of_node) - 1)
            labels = np.where(node == labels, of_node[node], labels)
            break
    if coarse := int((labels >= num_classes).sum()):
        raise ValueError(
            f"Expected held-out labels of the {num_classes} classes, 0 to "
            f"{num_classes - 1}. Got {coarse} of {len(labels)} beyond, the "
            f"largest {labels.max()}. Where these are labels of groups, leave "
            "the samples out, or give them a sample weight of 0: what they say "
            "of the classes is too little to fit weights to."
        )
    return labels


def _labels(main: str, y: Any) -> np.ndarray:
    """Returns [N] from labels, or from what `targets` made of them."""
    if isinstance(y, Mapping):
        if main not in y:
            raise ValueError(
                f"Expected labels of the output {main!r} among those of "
                f"{sorted(y)}."
            )
        y = y[main]
    values = to_numpy(y)
    if not values.ndim:
        raise ValueError(
            "Expected batches of held-out samples, got a label without an "
            "axis of samples. Batch the data set: held_out.batch(64)."
        )
    if values.dtype.kind not in "iu" or values.shape[1:] not in ((), (1,)):
        raise ValueError(
            "Expected labels as integers [N] or [N, 1] to fit fusion weights "
            f"to, got {values.dtype} of shape {values.shape}. Take the argmax "
            "of one-hot ones."
        )
    return values.reshape(-1)
