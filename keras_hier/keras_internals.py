"""Access to what Keras keeps private and this package needs.

Keras has no public way to any of this. A new Keras that breaks it breaks this
module alone; tests/project/test_rooms.py sees to it.
"""

from typing import Any, Literal

import keras
import numpy as np
from keras import ops
from keras.src.backend.common.stateless_scope import in_stateless_scope


def origin(tensor: Any) -> tuple[Any, int, int]:
    """Returns operation, node index and output index of a symbolic tensor."""
    operation, node_index, tensor_index = tensor._keras_history
    return operation, node_index, tensor_index


def inner_producer(tensor: Any) -> tuple[Any, list[Any]]:
    """Returns the operation that a symbolic tensor comes from, and its inputs.

    It looks into functional models, not into those with a `call` of their own.
    """
    while True:
        operation, node_index, tensor_index = origin(tensor)
        outputs = getattr(operation, "outputs", None)
        if not (
            isinstance(operation, keras.Model) and outputs
        ) or overrides_call(operation):
            node = operation._inbound_nodes[node_index]
            return operation, list(node.input_tensors)
        tensor = outputs[tensor_index]


def producer(tensor: Any) -> tuple[Any, list[Any], list[Any]]:
    """Returns the operation of a symbolic tensor, with inputs and outputs."""
    operation, node_index, _ = tensor._keras_history
    node = operation._inbound_nodes[node_index]
    return operation, list(node.input_tensors), list(node.output_tensors)


def call_inputs(tensor: Any) -> Any:
    """Returns the inputs that the model of a symbolic tensor was called on."""
    operation, node_index, _ = origin(tensor)
    arguments = operation._inbound_nodes[node_index].arguments
    return arguments.args[0] if arguments.args else arguments.kwargs["inputs"]


def all_layers(model: keras.Model) -> list[keras.layers.Layer]:
    """Returns the layers of a model, and those within them."""
    return list(model._flatten_layers(include_self=False, recursive=True))


def overrides_call(model: keras.Model) -> bool:
    """Tells whether a model may compute otherwise than its graph says.

    Such a model has a class with a `call` of its own.
    """
    owner = next(each for each in type(model).__mro__ if "call" in vars(each))
    return owner.__module__.partition(".")[0] != "keras"


def initial_epoch(model: keras.Model) -> int | None:
    """Returns the epoch that `BackupAndRestore` goes on from, from 0."""
    return getattr(model, "_initial_epoch", None)


def validation_data(model: keras.Model) -> Any:
    """Returns the data set that `fit` validates on, or None."""
    iterator = getattr(model, "_eval_epoch_iterator", None)
    adapter = getattr(iterator, "data_adapter", None)
    return getattr(adapter, "_dataset", None)


def compile_arguments(model: keras.Model) -> dict[str, Any]:
    """Returns the arguments of `compile`, none of a model not compiled."""
    given = getattr(model, "_compile_config", None)
    return dict(given.config) if model.compiled and given else {}


def given_metrics(model: keras.Model) -> list[Any]:
    """Returns the metrics given to `compile`, and those of the model.

    Before the first batch Keras has not yet matched metrics and outputs.
    """
    compiled = getattr(model, "_compile_metrics", None)
    return [
        getattr(compiled, "_user_metrics", None),
        getattr(compiled, "_user_weighted_metrics", None),
        model.metrics,
    ]


def metrics_by_output(model: keras.Model) -> list[tuple[str | None, Any]]:
    """Returns (output, metric) of all metrics, None for a metric of no output.

    Complete once the model has seen a batch.
    """
    pairs: list[tuple[str | None, Any]] = [(None, m) for m in model.metrics]
    compiled = getattr(model, "_compile_metrics", None)
    if compiled is not None and compiled.built:
        for group in compiled._flat_metrics + compiled._flat_weighted_metrics:
            pairs += [
                (group.output_name, metric)
                for metric in getattr(group, "metrics", ())
            ]
    return pairs


def prefer(metric: keras.metrics.Metric, way: Literal["up", "down"]) -> None:
    """Tells `EarlyStopping` and its like which values of a metric are better.

    They refuse to watch a metric without that, unless they have `mode=`.
    """
    metric._direction = way


def concrete_values(tensor: Any) -> np.ndarray | None:
    """Returns the values of a tensor, or None while a step is traced.

    None also inside Keras's trainer on JAX, compiled or not: an error there
    would lose the weights, which are not in the model then.
    """
    if in_stateless_scope():
        return None
    try:
        return ops.convert_to_numpy(tensor)
    except (AttributeError, NotImplementedError, TypeError, ValueError):
        return None


# Files of weights know a layer by the name of its class: it is that of Keras's.
@keras.saving.register_keras_serializable(package="keras_hier")
class BatchNormalization(keras.layers.BatchNormalization):
    """Batch normalization on which a batch without samples has no effect.

    A data set may yield an empty batch, or leave a replica of
    `MirroredStrategy` without a sample. Keras's layer takes the mean of
    nothing, NaN, into its moving statistics for good. This one takes the moving
    statistics for such a batch.

    Its arguments are those of `keras.layers.BatchNormalization`.
    """

    def _moments(self, inputs: Any, mask: Any) -> tuple[Any, Any]:
        mean, variance = super()._moments(inputs, mask)
        # TensorFlow compiles for batches of any size: known when it runs.
        is_empty = ops.equal(ops.shape(inputs)[0], 0)
        return (
            ops.where(is_empty, ops.cast(self.moving_mean, mean.dtype), mean),
            ops.where(
                is_empty,
                ops.cast(self.moving_variance, variance.dtype),
                variance,
            ),
        )
