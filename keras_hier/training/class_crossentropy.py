"""Crossentropy of labels that must be classes."""

from typing import Any

import keras
import numpy as np
from keras import ops

from keras_hier.hierarchy.tree.grouping import look_up
from keras_hier.training.label_modes import nodes_hint, not_integers


@keras.saving.register_keras_serializable(package="keras_hier")
class ClassCrossentropy(keras.losses.SparseCategoricalCrossentropy):
    """Keras's crossentropy of integer labels, with an error for others.

    Labels of groups lie beyond the classes: without `label_mode="nodes"` they
    are a mistake. In a step that XLA compiles, as on JAX, no error can be
    raised. There `ConfusionMatrix` raises it at the end of the epoch.

    Raises:
        HierarchyError: when called, labels outside 0..C-1;
            `tf.errors.InvalidArgumentError` on TensorFlow.
        ValueError: when called, one-hot or soft labels.
    """

    def __init__(self, **kwargs: Any) -> None:
        # Keras makes floats of labels, and of 257 in bfloat16 256.
        super().__init__(**{"dtype": "float32", **kwargs})

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Returns the loss of each sample, float [N]."""
        size = y_pred.shape[-1]
        if len(y_true.shape) == 2 and (y_true.shape[1] or 1) > 1:
            raise ValueError(not_integers(y_true.shape[1]))
        # Keras has made floats of the labels.
        labels = ops.cast(y_true, "int32")
        labels = look_up(np.arange(size), labels, nodes_hint(size))
        return super().call(labels, y_pred)
