"""From labels of classes to the targets of all outputs of a model."""

from collections.abc import Callable, Mapping
from typing import Any

import keras
import numpy as np

from keras_hier.heads.headed_model import (
    distillation_of,
    has_dict_outputs,
    heads_of,
    main_output,
)
from keras_hier.hierarchy.grouping import Grouping, look_up
from keras_hier.plausibility import SUM_TOLERANCE


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
        if has_dict_outputs(model):
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
