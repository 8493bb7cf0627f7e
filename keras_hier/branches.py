"""What lies between the features of a layer and the logits of a head."""

from collections.abc import Callable
from typing import Any

import keras

from keras_hier.heads import GRID, ceil, positions

# By how many axes of positions there are: within cells, over everything.
_POOLING = {
    1: (keras.layers.AveragePooling1D, keras.layers.GlobalAveragePooling1D),
    2: (keras.layers.AveragePooling2D, keras.layers.GlobalAveragePooling2D),
    3: (keras.layers.AveragePooling3D, keras.layers.GlobalAveragePooling3D),
}


def hidden(units: int = 128, dropout: float = 0.5) -> Callable[[Any], Any]:
    """Returns the branch of a head with a hidden layer.

    Features are averaged within the cells of a grid of at most 4 x 4, or over
    all positions where their number is not known, then go through a dense layer
    with batch normalization, relu and dropout. A linear
    head asks a layer for groups that lie apart already, which early layers
    cannot give; one with a hidden layer lets them learn what later ones build
    on.

    Args:
        units: of the hidden layer.
        dropout: rate after it, in [0, 1).

    Returns:
        For `add_heads(head=...)`: features [N, height, width, F] or [N, F] ->
        [N, units].

    Example:
        >>> import keras
        >>> keras.config.set_image_data_format("channels_last")
        >>> features = keras.Input((13, 13, 256))
        >>> hidden(64)(features).shape
        (None, 64)

    Reference:
        docs/results.md compares it with linear heads.
    """

    def branch(features: Any) -> Any:
        axes = positions(features.shape)
        sizes = [features.shape[axis] for axis in axes]
        x = features
        if None in sizes:
            x = _POOLING[len(sizes)][1]()(x)
        else:
            cells = tuple(ceil(size, GRID) for size in sizes)
            if any(cell > 1 for cell in cells):
                x = _POOLING[len(cells)][0](cells, padding="same")(x)
            x = keras.layers.Flatten()(x)
        x = keras.layers.Dense(
            units, use_bias=False, kernel_initializer="he_normal"
        )(x)
        x = keras.layers.BatchNormalization(momentum=0.9)(x)
        x = keras.layers.Activation("relu")(x)
        return keras.layers.Dropout(dropout)(x)

    return branch
