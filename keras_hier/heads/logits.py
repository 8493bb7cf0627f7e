"""Whether a model gives logits or probabilities, and what its loss expects.

The graph says it where the last layer is a softmax or has an activation that is
one. What it does not say, of a lambda, a subclassed layer or an average, the
numbers of a few made-up inputs do, see `plausible.py`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

from keras_hier.keras_internals import origin
from keras_hier.plausibility import MIN_ROWS, are_probabilities

# Their activation is the last thing they compute.
_ACTIVATED = (
    keras.layers.Activation,
    keras.layers.Dense,
    keras.layers.EinsumDense,
)
# By layer or by operation; they leave values as they are, but for dropout,
# which does at inference.
_UNCHANGED = {"Cast", "Dropout", "Flatten", "Identity", "Reshape"}
_LINEAR = (None, keras.activations.linear)
_SIGMOIDS = (keras.activations.sigmoid, keras.activations.hard_sigmoid)
# What axes of unknown length are tried with: sequences, then images.
_LENGTHS = (32, 224)
_MAX_INPUT = 2**24  # numbers of all inputs together


def gives_logits(tensor: Any) -> bool:
    """Tells whether scores are logits rather than probabilities.

    Args:
        tensor: output [N, C] of a functional model.

    Returns:
        What the graph says, or else the numbers; true if neither does.

    Raises:
        ValueError: the last layer has a sigmoid.
    """
    found = by_graph(tensor)
    if found is None:
        found = _by_trial(tensor)
    return True if found is None else found


def expects_logits(model: keras.Model, output: str) -> bool | None:
    """Tells what the loss that a model is compiled with takes an output for.

    Args:
        model: a compiled model.
        output: name of one of its outputs.

    Returns:
        None if that cannot be told, as of a function of the user's own.
    """
    loss = getattr(model, "loss", None)
    if isinstance(loss, Mapping):
        loss = loss.get(output)
    elif isinstance(loss, list | tuple):
        names = getattr(model, "output_names", [output])
        loss = dict(zip(names, loss, strict=False)).get(output)
    if isinstance(loss, str):
        loss = keras.losses.get(loss)
    declared = getattr(loss, "from_logits", None)
    if loss in (
        keras.losses.categorical_crossentropy,
        keras.losses.sparse_categorical_crossentropy,
    ):
        declared = False
    return declared if isinstance(declared, bool) else None


def expected_in_training(model: keras.Model, output: str) -> bool | None:
    """Tells what the loss takes an output for, if that holds in training.

    Behind a softmax with dropout there are no probabilities then.

    Args:
        model: a compiled model.
        output: name of one of its outputs.
    """
    expected = expects_logits(model, output)
    if expected is False and getattr(model, "outputs", None):
        # A Sequential has no names of outputs, and one output.
        names = getattr(model, "output_names", [output])
        tensors = dict(zip(names, model.outputs, strict=False))
        if output in tensors and changes_in_training(tensors[output]):
            return None
    return expected


def changes_in_training(tensor: Any) -> bool:
    """Tells whether dropout or noise comes after all else, in training alone.

    Probabilities do not sum to 1 then.
    """
    kinds = [type(operation).__name__ for operation in _endings(tensor)]
    return any("Dropout" in kind or "Noise" in kind for kind in kinds)


def by_graph(tensor: Any) -> bool | None:
    """Tells logits from probabilities as far as the graph says it.

    Args:
        tensor: output [N, C] of a functional model.

    Raises:
        ValueError: the last layer has a sigmoid.
    """
    *_, operation = _endings(tensor)
    kind = type(operation).__name__
    if kind == "Softmax":  # the layer, or the operation keras.ops.softmax
        return False
    activation = getattr(operation, "activation", None)
    if kind == "Sigmoid":  # the operation
        raise _one_by_one(operation)
    if type(operation) not in _ACTIVATED:
        return None
    if activation in _LINEAR:
        return True
    if activation is keras.activations.softmax:
        return False
    values = _activated(activation)
    if activation in _SIGMOIDS or _is_sigmoid(values):
        raise _one_by_one(operation)
    if values is not None and are_probabilities(values):
        return False
    return None


def _endings(tensor: Any) -> Iterator[Any]:
    """Yields operations from the last to the first that changes values."""
    while True:
        operation, node_index, tensor_index = origin(tensor)
        # The outputs of a subclassed model are known to its code alone.
        if isinstance(operation, keras.Model) and getattr(
            operation, "outputs", None
        ):
            tensor = operation.outputs[tensor_index]
            continue
        yield operation
        kind = type(operation).__name__
        linear = getattr(operation, "activation", None) in _LINEAR
        if kind not in _UNCHANGED and not (kind == "Activation" and linear):
            return
        tensor = operation._inbound_nodes[node_index].input_tensors[0]


def _one_by_one(operation: Any) -> ValueError:
    return ValueError(
        f"The last layer, {operation.name!r}, ends in a sigmoid: one decision "
        "for each class. Classes of a hierarchy exclude each other; end in a "
        "softmax or in logits."
    )


# Of both signs, and spread so that what is no softmax does not sum to 1.
_SAMPLE = np.random.default_rng(0).normal(0, 2, (2 * MIN_ROWS, 6))


def _is_sigmoid(values: np.ndarray | None) -> bool:
    return values is not None and np.allclose(
        values, 1 / (1 + np.exp(-_SAMPLE)), atol=1e-3
    )


def _activated(activation: Any) -> np.ndarray | None:
    """Returns what a function makes of `_SAMPLE`, if it is one of [N, C]."""
    # A layer may hold weights, of the width of the model.
    if not callable(activation) or isinstance(activation, keras.layers.Layer):
        return None
    return _numbers(activation, ops.convert_to_tensor(_SAMPLE, "float32"))


def _by_trial(tensor: Any) -> bool | None:
    """Runs the model that ends in a tensor on a few made-up inputs."""
    inputs = keras.utils.get_source_inputs(tensor)
    model = keras.Model(inputs, tensor)
    for length in _LENGTHS:
        made_up = _made_up(inputs, length)
        if made_up is None:
            return None
        values = _numbers(lambda x: model(x, training=False), made_up)
        if values is not None:
            return not are_probabilities(values)
    return None


def _made_up(inputs: Sequence[Any], length: int) -> list[np.ndarray] | None:
    """Returns an array for each input, unless there are none, or too large."""
    rng = np.random.default_rng(0)
    shapes = [
        tuple(
            size or (2 * MIN_ROWS if axis == 0 else length)
            for axis, size in enumerate(tensor.shape)
        )
        for tensor in inputs
    ]
    dtypes = [keras.backend.standardize_dtype(t.dtype) for t in inputs]
    if "string" in dtypes or sum(map(np.prod, shapes)) > _MAX_INPUT:
        return None
    return [
        rng.normal(size=shape).astype("float32")
        if "float" in dtype
        # Few vocabularies are so small that they have no 1.
        else rng.integers(0, 2, shape).astype(dtype)
        for shape, dtype in zip(shapes, dtypes, strict=True)
    ]


def _numbers(compute: Callable[[Any], Any], x: Any) -> np.ndarray | None:
    """Returns float64 [N, C], or None if it does not come to that."""
    try:
        values = ops.convert_to_numpy(ops.cast(compute(x), "float32"))
    except Exception:  # whatever foreign code makes of made-up inputs
        return None
    if values.ndim != 2 or not np.isfinite(values).all():
        return None
    return values.astype(np.float64)
