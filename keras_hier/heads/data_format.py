"""Brings features into the data format that heads read.

A layer may have another than `keras.config.image_data_format()`, by its own
argument. A convolution of sequences follows the configuration, while all other
layers of sequences have channels last.
"""

from typing import Any

import keras

from keras_hier.heads.group_head import data_format, positions
from keras_hier.keras_internals import inner_producer

# Operations that may move channels from one axis to another.
_MOVES = {"Moveaxis", "Permute", "Reshape", "Swapaxes", "Transpose"}


def as_heads_read(features: Any, name: str) -> Any:
    """Returns features as floats, channels where heads look for them."""
    dtype = keras.backend.standardize_dtype(features.dtype)
    if dtype == "string":
        raise ValueError(
            f"Expected features as numbers for {name!r}, got texts. Choose a "
            "layer after the one that makes numbers of them."
        )
    if not keras.backend.is_float_dtype(dtype):
        features = keras.ops.cast(features, keras.config.floatx())
    expected = data_format(positions(features.shape))
    found = _found(features)
    if len(features.shape) < 3 or found in (None, expected):
        return features
    axes = list(range(1, len(features.shape)))
    axes = (
        axes[1:] + axes[:1]
        if found == "channels_first"
        else (axes[-1:] + axes[:-1])
    )
    return keras.layers.Permute(axes, name=f"{name}_{expected}")(features)


def _found(features: Any) -> str | None:
    """Returns the data format of the last layer that has one, if it is known.

    Layers after it, such as an activation, leave the axes where they are.
    """
    tensor = features
    while True:
        operation, taken = inner_producer(tensor)
        known = getattr(operation, "data_format", None)
        if known in ("channels_first", "channels_last"):
            return str(known)
        if (
            not taken
            or type(operation).__name__ in _MOVES
            or len(taken[0].shape) != len(features.shape)
        ):
            return None
        tensor = taken[0]
