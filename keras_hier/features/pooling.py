"""Makes features [N, F] of what a layer gives for each position."""

from collections.abc import Sequence
from typing import Any, Literal

import keras
import numpy as np
from keras import ops

from keras_hier.heads.group_head import mean_over

Pool = Literal["mean", "grid3", "cls"]
POOLS: tuple[Pool, ...] = ("mean", "grid3", "cls")
_CELLS = 3


class Pooled(keras.layers.Layer):
    """Averages the positions of a layer, all of them or a grid of 3 x 3.

    Images [N, H, W, F] become [N, F] or [N, 9 F], with fewer cells for fewer
    than three rows or columns. Sequences [N, T, F] become their mean without
    masked positions, or their first position; [N, F] stays.
    """

    def __init__(self, pool: Pool, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.pool = pool
        self.supports_masking = True

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> None:
        """Returns None: features have no positions left to leave out."""

    def call(self, x: Any, mask: Any = None) -> Any:
        """Returns features, float32 [N, F]."""
        x = ops.cast(x, "float32")
        rank = len(x.shape)
        if rank == 2:
            return x
        first = keras.config.image_data_format() == "channels_first"
        if rank == 3:
            return x[:, 0] if self.pool == "cls" else mean_over(x, (1,), mask)
        if first:
            x = ops.moveaxis(x, 1, -1)
        if self.pool != "grid3" or rank != 4:
            return ops.mean(x, axis=tuple(range(1, rank - 1)))
        height, width, channels = x.shape[1:]
        rows, columns = _averaging(height), _averaging(width)
        # Rows first: neither product needs a transposed copy.
        x = ops.matmul(rows, ops.reshape(x, (-1, height, width * channels)))
        x = ops.reshape(x, (-1, len(rows), width, channels))
        x = ops.matmul(columns, x)
        return ops.reshape(x, (-1, len(rows) * len(columns) * channels))

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        return {**super().get_config(), "pool": self.pool}


def _averaging(size: int) -> np.ndarray:
    """Returns weights [cells, size] that average a line into cells.

    A position on the border of two cells counts in part for both.
    """
    cells = min(size, _CELLS)
    edges = np.arange(cells + 1) * size / cells
    begin, end = edges[:-1, None], edges[1:, None]
    place = np.arange(size)
    covered = np.minimum(place + 1, end) - np.maximum(place, begin)
    weights = np.clip(covered, 0, None)
    return (weights / weights.sum(axis=1, keepdims=True)).astype("float32")


def pool_of(pool: Pool, shape: Sequence[int | None]) -> Pool | Literal[""]:
    """Returns the pooling that a tensor of a shape gets.

    Images of unknown size have no grid, whose number of features would be
    unknown too.
    """
    if len(shape) == 1:
        return ""
    if len(shape) == 2:
        return "cls" if pool == "cls" else "mean"
    has_grid = pool == "grid3" and len(shape) == 3 and None not in shape
    return "grid3" if has_grid else "mean"
