"""What fit and compile need to train a model with heads."""

import difflib
from collections.abc import Callable, Mapping
from typing import Any, Literal

import keras
import numpy as np

from keras_hier.distillation import DivergenceLoss
from keras_hier.grouping import Grouping, look_up
from keras_hier.heads import (
    PROBE_LOSS_WEIGHT,
    distillation_of,
    heads_of,
    main_output,
    names_outputs,
)
from keras_hier.hierarchy import Hierarchy, require_hierarchy
from keras_hier.logits import changes_in_training, gives_logits
from keras_hier.metrics import ConfusionMatrix
from keras_hier.plausible import SUM_TOLERANCE


def targets(
    model: keras.Model,
    class_weight: Mapping[int, float] | None = None,
) -> Callable[..., tuple[Any, ...]]:
    """Makes the function that turns labels into the targets of all outputs.

    It serves `tf.data.Dataset.map`, NumPy arrays, batch or whole, and the
    `collate_fn` of PyTorch's `DataLoader`, on every backend. Labels of
    classes [N] or [N, 1] become labels of groups; one-hot or soft labels [N, C]
    (label smoothing, mixup) become the summed mass of each group [N, G].

    Args:
        model: from `add_heads`. For a model without heads, functional or a
            built `keras.Sequential`, the labels stay as they are, so that one
            script trains both.
        class_weight: weight by label, 1 for labels left out, as in
            `keras.Model.fit`, which refuses it for several outputs: it becomes
            sample weights. A class of weight 0 is not counted in confusion
            matrices either.

    Returns:
        A function (x, y) or (x, y, sample_weight) -> (x, {output: target}),
        with the sample weights, if any, as a third.

    Raises:
        ValueError: a subclassed model; by the function, labels of another
            shape, or soft labels that do not sum to 1, as those of several
            classes a sample.

    Example:
        >>> import numpy as np
        >>> import keras_hier as kh
        >>> hierarchy = kh.Hierarchy.from_paths(
        ...     [("pet", "cat"), ("pet", "dog"), ("bus",)])
        >>> model = kh.add_heads(
        ...     kh.AlexNet(3, input_shape=(32, 32, 3), width=0.1),
        ...     heads={"conv2": hierarchy.cut(groups=2)})
        >>> images = np.zeros((3, 32, 32, 3))
        >>> _, y = kh.targets(model)(images, np.array([2, 0, 1]))
        >>> y["conv2_groups2"]
        array([1, 0, 0], dtype=int32)
    """
    main_name, main = main_output(model)
    groupings = {name: h.grouping for name, h in heads_of(model).items()}
    distillation = distillation_of(model)
    num_classes = main.shape[-1]
    weights = _class_weights(class_weight, num_classes)

    def apply(x: Any, y: Any, sample_weight: Any = None) -> tuple[Any, ...]:
        y = y if hasattr(y, "shape") else np.asarray(y)
        soft = _is_soft(y, num_classes)
        if soft:
            _check_sums(y)
        if weights is not None:
            by_class = (
                _mass(y, weights[:, None]) if soft else look_up(weights, y)
            )
            if len(by_class.shape) == 2:
                by_class = by_class[:, 0]
            if sample_weight is not None:
                by_class = by_class * _cast(sample_weight, "float32")
            sample_weight = by_class
        outputs: Any = y
        if names_outputs(model):
            outputs = {main_name: y}
            for name, grouping in groupings.items():
                outputs[name] = (
                    _mass(y, _membership(grouping))
                    if soft
                    else grouping.lookup(y)
                )
            if distillation:  # its loss looks at no target, Keras wants one
                outputs[distillation.name] = y
        if sample_weight is None:
            return x, outputs
        return x, outputs, sample_weight

    return apply


def compile_args(
    model: keras.Model,
    hierarchy: Hierarchy,
    loss_weights: Mapping[str, Any] | None = None,
    label_mode: Literal["int", "categorical"] = "int",
    at: Grouping | None = None,
) -> dict[str, Any]:
    """Returns losses, loss weights and metrics for `model.compile`.

    Everything is a plain Keras object in a plain dict: change what you like
    before you pass it on, or write it by hand.

    - losses: crossentropy for each output, from logits or from probabilities
      as the last layer tells, or else the numbers that the model gives for a
      few made-up inputs; `distillation` is its own loss;
    - loss weights: those given, 1 for other outputs, 1e-6 for probes;
    - `weighted_metrics`: `accuracy`, `top5` (of more than 5 classes) and
      `distance`, the `ConfusionMatrix`, on the main output; `accuracy` and
      `distance` on heads and probes.

    Args:
        model: from `add_heads`, or a classifier without heads: functional, or
            a built `keras.Sequential`, whose output is called `class`.
        hierarchy: `Hierarchy` of the C classes.
        loss_weights: weight, a float or a `keras.Variable`, by output name.
        label_mode: `"int"` for class labels, `"categorical"` for one-hot or
            soft ones, as in `keras.utils.image_dataset_from_directory`.
        at: grouping at which the main output's matrix is kept, for more than
            5,000 classes.

    Returns:
        dict of arguments of `keras.Model.compile`.

    Raises:
        ValueError: a subclassed model, an unknown output, another number of
            classes, a weight for a probe, a last layer with a sigmoid, more
            than 5,000 classes without `at`.

    Example:
        >>> import keras
        >>> import keras_hier as kh
        >>> hierarchy = kh.Hierarchy.imagenet()
        >>> model = kh.add_heads(
        ...     kh.AlexNet(1000, input_shape=(64, 64, 3), width=0.1),
        ...     heads={"conv2": hierarchy.cut(groups=4)})
        >>> arguments = kh.compile_args(
        ...     model, hierarchy, loss_weights={"conv2_groups4": 0.3})
        >>> arguments["loss_weights"]
        {'class': 1.0, 'conv2_groups4': 0.3, 'distillation': 1.0}
        >>> model.compile(keras.optimizers.SGD(0.01, momentum=0.9), **arguments)
    """
    if label_mode not in ("int", "categorical"):
        raise ValueError(
            "Expected `label_mode` to be 'int' or 'categorical', got "
            f"{label_mode!r}."
        )
    require_hierarchy(hierarchy)
    main_name, main = main_output(model)
    if main.shape[-1] != hierarchy.num_classes:
        raise ValueError(
            f"The output {main_name!r} has shape {main.shape}, but the "
            f"hierarchy has {hierarchy.num_classes} classes."
        )
    heads = heads_of(model)
    soft = label_mode == "categorical"
    from_logits = gives_logits(main)
    watched = None if changes_in_training(main) else from_logits
    losses = {main_name: _loss(soft, from_logits)}
    collapse = None if at is None else True
    metrics = {
        main_name: [
            *_accuracies(soft, top5=hierarchy.num_classes > 5),
            ConfusionMatrix(
                hierarchy, at, collapse=collapse, from_logits=watched
            ),
        ]
    }
    weights: dict[str, Any] = {main_name: 1.0}
    for name, head in heads.items():
        losses[name] = _loss(soft, from_logits=True)
        metrics[name] = [
            *_accuracies(soft, top5=False),
            ConfusionMatrix(
                hierarchy, head.grouping, collapse=False, from_logits=True
            ),
        ]
        weights[name] = PROBE_LOSS_WEIGHT if head.role == "probe" else 1.0
    if distillation := distillation_of(model):
        losses[distillation.name] = DivergenceLoss()
        weights[distillation.name] = 1.0
    for name, weight in (loss_weights or {}).items():
        if name not in weights:
            close = difflib.get_close_matches(name, weights, n=3, cutoff=0)
            raise ValueError(
                f"The model has no output {name!r} to weigh. Close: "
                f"{', '.join(close)}."
            )
        if name in heads and heads[name].role == "probe":
            raise ValueError(
                f"{name!r} is a probe, its loss weight is always "
                f"{PROBE_LOSS_WEIGHT}. To train through it use heads=."
            )
        weights[name] = weight
    if not names_outputs(model):
        weight = weights[main_name]
        return {
            "loss": losses[main_name],
            # Of a single loss Keras takes no variable, nor an int.
            "loss_weights": weight if isinstance(weight, float) else [weight],
            "weighted_metrics": metrics[main_name],
        }
    return {
        "loss": losses,
        "loss_weights": weights,
        "weighted_metrics": metrics,
    }


def _loss(soft: bool, from_logits: bool) -> keras.losses.Loss:
    if soft:
        return keras.losses.CategoricalCrossentropy(from_logits=from_logits)
    return keras.losses.SparseCategoricalCrossentropy(from_logits=from_logits)


def _accuracies(soft: bool, top5: bool) -> list[keras.metrics.Metric]:
    first, top = (
        (
            keras.metrics.CategoricalAccuracy,
            keras.metrics.TopKCategoricalAccuracy,
        )
        if soft
        else (
            keras.metrics.SparseCategoricalAccuracy,
            keras.metrics.SparseTopKCategoricalAccuracy,
        )
    )
    return [first(name="accuracy"), *([top(5, name="top5")] if top5 else [])]


def _class_weights(
    class_weight: Mapping[int, float] | None, num_classes: int
) -> np.ndarray | None:
    """Returns float32 [C]."""
    if class_weight is None:
        return None
    unknown = set(class_weight) - set(range(num_classes))
    if unknown:
        raise ValueError(
            f"class_weight must be a dict by label 0..{num_classes - 1}, got "
            f"{sorted(unknown, key=str)[:5]}."
        )
    weights = np.ones(num_classes, np.float32)
    for label, weight in class_weight.items():
        weights[label] = weight
    return weights


def _is_soft(y: Any, num_classes: int) -> bool:
    """Tells [N, C] from [N] and [N, 1]."""
    if len(y.shape) == 2 and y.shape[-1] == num_classes:
        return True
    # A batch of one-hot labels would have two axes: this is a single sample.
    single = len(y.shape) == 1 and "float" in _dtype(y)
    if single or len(y.shape) > 2 or y.shape[1:] not in ((), (1,)):
        raise ValueError(
            "Expected labels as integers [N] or [N, 1], or as one-hot or soft "
            f"labels [N, {num_classes}], got {_dtype(y)} of shape "
            f"{tuple(y.shape)}. Batch a data set before this; cast integers "
            "that were read as floats."
        )
    return False


def _check_sums(y: Any) -> None:
    message = (
        "Expected soft labels that sum to 1 for each sample: several classes "
        "for one sample have no place in a hierarchy of exclusive classes."
    )
    library = _library(y)
    if library == "torch":
        y, library = y.detach().cpu().numpy(), "numpy"
    if library == "tensorflow":
        import tensorflow as tf

        sums = tf.reduce_sum(tf.cast(y, tf.float32), axis=-1)
        tf.debugging.assert_near(sums, 1.0, 0.0, SUM_TOLERANCE, message)
    elif library == "numpy":
        sums = y.sum(axis=-1, dtype=np.float64)
        if not np.allclose(sums, 1, rtol=0, atol=SUM_TOLERANCE):
            worst = int(np.argmax(abs(sums - 1)))
            raise ValueError(
                f"{message} Sample {worst} sums to {sums[worst]:.4g}."
            )


def _membership(grouping: Grouping) -> np.ndarray:
    """Returns float32 [C, G], 1 where a class is in a group."""
    return np.eye(grouping.num_groups, dtype=np.float32)[grouping.of_class]


def _mass(y: Any, table: np.ndarray) -> Any:
    """Returns [N, G] from soft labels [N, C] and a table [C, G]."""
    y = _cast(y, "float32")
    if _library(y) == "torch":  # which multiplies no tensor by an array
        import torch

        return y @ torch.as_tensor(table, device=y.device)
    return y @ table


def _cast(x: Any, dtype: str) -> Any:
    library = _library(x)
    if library == "tensorflow":
        import tensorflow as tf

        return tf.cast(x, dtype)
    if library == "torch":
        import torch

        return x.to(getattr(torch, dtype))
    if library == "numpy":
        return np.asarray(x, dtype)
    return keras.ops.cast(x, dtype)


def _dtype(x: Any) -> str:
    return keras.backend.standardize_dtype(x.dtype)


def _library(x: Any) -> str:
    # tf.data hands over TensorFlow's tensors whatever the backend of Keras, a
    # DataLoader PyTorch's.
    library = type(x).__module__.partition(".")[0]
    return "numpy" if library == "builtins" else library
