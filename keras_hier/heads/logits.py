"""Whether a model gives logits or probabilities, and what its loss expects.

The graph tells it where the last layer is a softmax or has one as activation.
Other scores count as logits: the first batch tells if they are not.
"""

from collections.abc import Iterator, Mapping
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
# Both signs, and spread: only a softmax makes rows of it that sum to 1.
_SAMPLE = np.random.default_rng(0).normal(0, 2, (2 * MIN_ROWS, 6))


def gives_logits(tensor: Any) -> bool:
    """Tells logits from probabilities; True if the graph says nothing."""
    return gives_logits_by_graph(tensor) is not False


def expects_logits(model: keras.Model, output: str) -> bool | None:
    """Tells whether the loss of an output expects logits; None if unknown."""
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
    """Tells logits from probabilities by the graph alone; None if it cannot."""
    *_, operation = _last_operations(tensor)
    kind = type(operation).__name__
    if kind == "Softmax":  # the layer, or the operation keras.ops.softmax
        return False
    activation = getattr(operation, "activation", None)
    if type(operation) in _ACTIVATED:
        if activation in _LINEAR:
            return True
        if activation is keras.activations.softmax or isinstance(
            activation, keras.layers.Softmax
        ):
            return False
        values = _activated(activation)
        if activation in _SIGMOIDS or _is_sigmoid(values):
            kind = "Sigmoid"
        elif values is not None and are_probabilities(values):
            return False
    if kind == "Sigmoid":  # else the operation keras.ops.sigmoid
        raise ValueError(
            f"The last layer, {operation.name!r}, ends in a sigmoid: one "
            "decision for each class. Classes of a hierarchy exclude each "
            "other; end in a softmax or in logits."
        )
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


def _is_sigmoid(values: np.ndarray | None) -> bool:
    return values is not None and np.allclose(
        values, 1 / (1 + np.exp(-_SAMPLE)), atol=1e-3
    )


def _activated(activation: Any) -> np.ndarray | None:
    """Returns what a function makes of `_SAMPLE`, [N, C], if it is one."""
    # A layer may hold weights, of the width of the model.
    if not callable(activation) or isinstance(activation, keras.layers.Layer):
        return None
    try:
        values = activation(ops.convert_to_tensor(_SAMPLE, "float32"))
        found = ops.convert_to_numpy(ops.cast(values, "float32"))
    except Exception:  # foreign code may raise anything
        return None
    return found if np.isfinite(found).all() else None
