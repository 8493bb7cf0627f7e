"""Whether a model gives logits or probabilities, and what its loss expects.

The graph tells it where the last layer is a softmax or has one as activation.
Where it does not, as for a lambda, a subclassed layer or an average, the scores
of a few made-up inputs do (`plausibility.py`).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

from keras_hier.keras_internals import inner_producer
from keras_hier.plausibility import MIN_ROWS, are_probabilities

# Layers whose activation comes last.
_ACTIVATED = (
    keras.layers.Activation,
    keras.layers.Dense,
    keras.layers.EinsumDense,
)
# Layers and operations that leave values unchanged, dropout at inference.
_UNCHANGED = {"Cast", "Dropout", "Flatten", "Identity", "Reshape"}
_LINEAR = (None, keras.activations.linear)
_SIGMOIDS = (keras.activations.sigmoid, keras.activations.hard_sigmoid)
# Lengths tried for unknown axes: of sequences, then of images.
_LENGTHS = (32, 224)
# How much larger inputs are with which a sigmoid gives nearly 0 and 1, and what
# counts as nearly. One in front may bring them down, as by 255.
_SCALES = (1e3, 1e6)
_END = 0.1
_MAX_INPUT = 2**24  # numbers of all inputs together


def gives_logits(tensor: Any) -> bool:
    """Tells whether scores are logits rather than probabilities.

    Args:
        tensor: output [N, C] of a functional model.

    Returns:
        What the graph tells, or else the scores of made-up inputs; True if
        neither does.

    Raises:
        ValueError: the last layer has a sigmoid.
    """
    found = gives_logits_by_graph(tensor)
    if found is None:
        found = _gives_logits_by_trial(tensor)
    return True if found is None else found


def expects_logits(model: keras.Model, output: str) -> bool | None:
    """Tells whether the loss of a compiled model expects logits of an output.

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
    """Tells whether the loss expects logits, where that holds in training.

    With dropout after a softmax, the scores are no probabilities in training.

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
    kinds = [type(operation).__name__ for operation in _last_operations(tensor)]
    return any("Dropout" in kind or "Noise" in kind for kind in kinds)


def gives_logits_by_graph(tensor: Any) -> bool | None:
    """Tells logits from probabilities by the graph alone; None if it cannot.

    Args:
        tensor: output [N, C] of a functional model.

    Raises:
        ValueError: the last layer has a sigmoid.
    """
    *_, operation = _last_operations(tensor)
    kind = type(operation).__name__
    if kind == "Softmax":  # the layer, or the operation keras.ops.softmax
        return False
    activation = getattr(operation, "activation", None)
    if kind == "Sigmoid":  # the operation
        raise _sigmoid_error(operation)
    if type(operation) not in _ACTIVATED:
        return None
    if activation in _LINEAR:
        return True
    if activation is keras.activations.softmax:
        return False
    values = _activated(activation)
    if activation in _SIGMOIDS or _is_sigmoid(values):
        raise _sigmoid_error(operation)
    if values is not None and are_probabilities(values):
        return False
    return None


def _last_operations(tensor: Any) -> Iterator[Any]:
    """Yields operations from the last to the first that changes values."""
    while True:
        operation, taken = inner_producer(tensor)
        yield operation
        kind = type(operation).__name__
        linear = getattr(operation, "activation", None) in _LINEAR
        if kind not in _UNCHANGED and not (kind == "Activation" and linear):
            return
        tensor = taken[0]


def _sigmoid_error(operation: Any) -> ValueError:
    return ValueError(
        f"The last layer, {operation.name!r}, ends in a sigmoid: one decision "
        "for each class. Classes of a hierarchy exclude each other; end in a "
        "softmax or in logits."
    )


# Of both signs and spread, so that only a softmax makes rows that sum to 1.
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


def _gives_logits_by_trial(tensor: Any) -> bool | None:
    """Runs the model that ends in a tensor on a few made-up inputs."""
    inputs = keras.utils.get_source_inputs(tensor)
    model = keras.Model(inputs, tensor)
    for length in _LENGTHS:
        made_up = _made_up(inputs, length)
        if made_up is None:
            return None
        values = _numbers(lambda x: model(x, training=False), made_up)
        if values is None:
            continue
        if are_probabilities(values):
            return False
        # Means of what a relu lets through lie there too, and others may.
        if ((values > 0) & (values < 1)).all() and any(
            _saturates(model, _scaled(made_up, scale)) for scale in _SCALES
        ):
            operation, _ = inner_producer(tensor)
            raise _sigmoid_error(operation)
        return True
    return None


def _saturates(model: keras.Model, made_up: Sequence[np.ndarray]) -> bool:
    """Tells whether scores lie in [0, 1] and reach both of its ends."""
    values = _numbers(lambda x: model(x, training=False), made_up)
    if values is None or values.min() < 0 or values.max() > 1:
        return False
    return bool(values.min() < _END and values.max() > 1 - _END)


def _scaled(made_up: Sequence[np.ndarray], scale: float) -> list[np.ndarray]:
    """Returns larger inputs, but for those that are indices."""
    return [
        array * np.float32(scale) if array.dtype.kind == "f" else array
        for array in made_up
    ]


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
        # Nearly every vocabulary has the indices 0 and 1.
        else rng.integers(0, 2, shape).astype(dtype)
        for shape, dtype in zip(shapes, dtypes, strict=True)
    ]


def _numbers(compute: Callable[[Any], Any], x: Any) -> np.ndarray | None:
    """Returns float64 [N, C], or None if computing fails or is not finite."""
    try:
        values = ops.convert_to_numpy(ops.cast(compute(x), "float32"))
    except Exception:  # foreign code may raise anything for such inputs
        return None
    if values.ndim != 2 or not np.isfinite(values).all():
        return None
    return values.astype(np.float64)
