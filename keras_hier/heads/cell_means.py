"""Means within the cells of a grid over the positions of features."""

from typing import Any

import keras
import numpy as np
from keras import ops

# Axes of positions that Keras averages over.
MOST_AXES = 3


def cell_means(x: Any, cells: tuple[int, ...], data_format: str) -> Any:
    """Returns the means of features within the cells of a grid.

    Where the positions do not fill the cells, those at both ends are smaller:
    as average pooling with `padding="same"` has it on TensorFlow and JAX. On
    PyTorch Keras (3.15) repeats what lies at the edge, and counts it. There are
    1 to 3 axes of positions, before or after the channels.
    """
    first = 2 if data_format == "channels_first" else 1
    padding = [(0, 0)] * len(x.shape)
    for axis, cell in enumerate(cells, first):
        missing = -x.shape[axis] % cell
        padding[axis] = (missing // 2, missing - missing // 2)
    even = all(before == after for before, after in padding)
    if keras.backend.backend() != "torch" or even:
        return ops.average_pool(
            x, cells, strides=cells, padding="same", data_format=data_format
        )
    means = ops.average_pool(
        ops.pad(x, padding),
        cells,
        strides=cells,
        padding="valid",
        data_format=data_format,
    )
    for axis, cell in enumerate(cells, first):
        there = np.pad(np.ones(x.shape[axis], np.float32), padding[axis])
        shape = [1] * len(x.shape)
        shape[axis] = -1
        share = there.reshape(-1, cell).mean(axis=1).reshape(shape)
        means = means / ops.convert_to_tensor(share, means.dtype)
    return means


@keras.saving.register_keras_serializable(package="keras_hier")
class CellMeans(keras.layers.Layer):
    """Averages features within the cells of a grid, see `cell_means`.

    Args:
        cells: positions of a cell along each axis of positions.
        data_format: of the features; that of
            `keras.config.image_data_format()` by default.
        **kwargs: of `keras.layers.Layer`.
    """

    def __init__(
        self,
        cells: tuple[int, ...],
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.cells = tuple(cells)
        # Kept, as Keras's layers do: a model may be loaded where another is
        # configured.
        self.data_format = data_format or keras.config.image_data_format()

    def call(self, x: Any) -> Any:
        """Returns the means of the cells, with the axes of the features."""
        return cell_means(x, self.cells, self.data_format)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments as plain JSON types."""
        return {
            **super().get_config(),
            "cells": list(self.cells),
            "data_format": self.data_format,
        }
