"""What Keras keeps private and this package needs: all of it is here.

Keras has no public way to any of this. A new Keras that breaks it breaks this
module alone; tests/project/test_imports.py sees to it.
"""

from typing import Any

import keras
import numpy as np
from keras.src.backend.common.stateless_scope import in_stateless_scope


def origin(tensor: Any) -> tuple[Any, int, int]:
    """Returns the operation that made a symbolic tensor, node, output."""
    operation, node_index, tensor_index = tensor._keras_history
    return operation, node_index, tensor_index


def initial_epoch(model: keras.Model) -> int | None:
    """Returns the epoch that `BackupAndRestore` goes on from, from 0."""
    return getattr(model, "_initial_epoch", None)


def given_metrics(model: keras.Model) -> list[Any]:
    """Returns metrics as they were given to `compile`, and the model's own.

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


def numbers_of(tensor: Any) -> np.ndarray | None:
    """Returns a tensor's numbers; None while a step is traced, without any.

    Nor are there any inside of Keras's trainer on JAX, compiled or not: it has
    taken the weights out of the model, and an error there loses them.
    """
    if in_stateless_scope():
        return None
    try:
        return keras.ops.convert_to_numpy(tensor)
    except (AttributeError, NotImplementedError, TypeError, ValueError):
        return None
