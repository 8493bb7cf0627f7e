"""Layers between the features of a layer and the logits of its head."""

from collections.abc import Callable
from typing import Any

import keras

from keras_hier.heads.cell_means import MOST_AXES, CellMeans
from keras_hier.heads.group_head import GRID, ceil, data_format, positions
from keras_hier.keras_internals import BatchNormalization

# By the number of axes of positions.
_CONVOLUTION = {
    1: keras.layers.Conv1D,
    2: keras.layers.Conv2D,
    3: keras.layers.Conv3D,
}
# By the same number, over all positions.
_POOLING = {
    1: keras.layers.GlobalAveragePooling1D,
    2: keras.layers.GlobalAveragePooling2D,
    3: keras.layers.GlobalAveragePooling3D,
}


def hidden(units: int = 128, dropout: float = 0.5) -> Callable[[Any], Any]:
    """Returns the branch of a head with a hidden layer.

    Features are averaged within the cells of a grid of at most 4 x 4. Where
    their number of positions is unknown, they are averaged over all of them. A
    dense layer with batch normalization, relu and dropout follows. A linear
    head needs groups that lie apart already, which early layers cannot give. A
    hidden layer lets them learn what later layers build on.

    Args:
        units: of the hidden layer.
        dropout: rate after it, in [0, 1).

    Returns:
        For `add_heads(head=...)`: features [N, height, width, F], of at most 3
        axes of positions, or [N, F] -> [N, units].

    Raises:
        ValueError: by the function, features of more axes.

    Example:
        >>> import keras
        >>> keras.config.set_image_data_format("channels_last")
        >>> features = keras.Input((13, 13, 256))
        >>> hidden(64)(features).shape
        (None, 64)

    Reference:
        study/results.md compares it with linear heads.
    """

    def branch(features: Any) -> Any:
        axes = positions(features.shape)
        if len(axes) > MOST_AXES:
            raise ValueError(
                f"Expected features of at most {MOST_AXES} axes of "
                f"positions to average, got shape {features.shape}. Use "
                "head='pool' at this layer."
            )
        sizes = [features.shape[axis] for axis in axes]
        x = features
        if None in sizes:
            x = _POOLING[len(sizes)](data_format=data_format(axes))(x)
        else:
            cells = tuple(ceil(size, GRID) for size in sizes)
            if any(cell > 1 for cell in cells):
                x = CellMeans(cells, data_format(axes))(x)
            x = keras.layers.Flatten()(x)
        x = keras.layers.Dense(
            units, use_bias=False, kernel_initializer="he_normal"
        )(x)
        x = BatchNormalization(momentum=0.9)(x)
        x = keras.layers.Activation("relu")(x)
        return keras.layers.Dropout(dropout)(x)

    return branch


def convolved(
    filters: int = 128, units: int = 256, dropout: float = 0.5
) -> Callable[[Any], Any]:
    """Returns the branch of a head with a convolution of its own.

    A convolution of size 3 with batch normalization and relu, then `hidden`. It
    takes every second position where there are more than 8 along each axis. Its
    weights and time are those of a convolution of the network: it pays if the
    heads are used at inference, see `fuse_heads`.

    Args:
        filters: of the convolution.
        units: of the hidden layer.
        dropout: rate after that, in [0, 1).

    Returns:
        For `add_heads(head=...)`: features [N, height, width, F], of 1 to 3
        axes of positions -> [N, units].

    Raises:
        ValueError: by the function, features [N, F] without positions.

    Example:
        >>> import keras
        >>> keras.config.set_image_data_format("channels_last")
        >>> convolved(32, 64)(keras.Input((13, 13, 256))).shape
        (None, 64)

    Reference:
        study/results.md compares it with `hidden`.
    """
    read = hidden(units, dropout)

    def branch(features: Any) -> Any:
        axes = positions(features.shape)
        if len(axes) not in _CONVOLUTION:
            raise ValueError(
                "Expected features [N, positions..., F] with 1 to 3 axes of "
                f"positions to convolve, got shape {features.shape}. Use "
                f"head={'pool' if axes else 'hidden'!r} at this layer."
            )
        sizes = [features.shape[axis] for axis in axes]
        far = all(size and size > 2 * GRID for size in sizes)
        x = _CONVOLUTION[len(axes)](
            filters,
            3,
            strides=2 if far else 1,
            padding="same",
            data_format=data_format(axes),
            use_bias=False,
            kernel_initializer="he_normal",
        )(features)
        channels = 1 if data_format(axes) == "channels_first" else -1
        x = BatchNormalization(channels, momentum=0.9)(x)
        return read(keras.layers.Activation("relu")(x))

    return branch


BRANCHES: dict[str, Callable[[], Callable[[Any], Any]]] = {
    "hidden": hidden,
    "convolved": convolved,
}
