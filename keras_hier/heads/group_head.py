"""Heads: named outputs that predict a grouping from a layer of a model."""

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import keras
from keras import ops

from keras_hier.heads.cell_means import MOST_AXES, cell_means
from keras_hier.hierarchy.tree.grouping import Grouping, require_grouping
from keras_hier.hierarchy.tree_config import TreeConfig
from keras_hier.keras_internals import BatchNormalization

# So small that `loss` stays the same: a probe adds a millionth of its loss.
PROBE_LOSS_WEIGHT = 1e-6
GRID = 4
CHANNELS_FIRST = "channels_first"


class Shape(NamedTuple):
    """How a head makes a vector of features [N, positions..., F].

    Attributes:
        read: takes the features, their axes of positions and a mask, and
            returns features with fewer positions.
        left: takes the size of an axis, None if unknown, and returns its size
            after `read`.
        masks: whether `read` leaves out what a mask does. If not, Keras warns.
        most_axes: of positions.
    """

    read: Callable[[Any, tuple[int, ...], Any], Any]
    left: Callable[[int | None], int | None]
    masks: bool = False
    most_axes: float = math.inf


def positions(
    shape: tuple[int | None, ...], data_format: str | None = None
) -> tuple[int, ...]:
    """Returns the axes between samples and channels."""
    first = (data_format or keras.config.image_data_format()) == CHANNELS_FIRST
    if first and len(shape) > 3:
        return tuple(range(2, len(shape)))
    return tuple(range(1, len(shape) - 1))


def mean_over(x: Any, axes: tuple[int, ...], mask: Any = None) -> Any:
    """Returns the mean over positions, without those that a mask leaves out.

    The mask is bool [N, length], false where a sequence is padded; other
    features ignore it. A sample without positions is 0.
    """
    if mask is None or len(x.shape) != 3:
        return ops.mean(x, axis=axes) if axes else x
    kept = ops.expand_dims(ops.cast(mask, "bool"), -1)
    # Not a product: padding may be anything, NaN too.
    total = ops.sum(ops.where(kept, x, 0), axis=axes)
    count = ops.sum(ops.cast(kept, x.dtype), axis=axes)
    return total / ops.maximum(count, 1)


def data_format(axes: tuple[int, ...]) -> str:
    """Returns the data format of features with these axes of positions."""
    # Sequences [N, length, F] always have channels last, images may not.
    return CHANNELS_FIRST if axes[:1] == (2,) else "channels_last"


def ceil(a: int, b: int) -> int:
    """Returns a / b, rounded up."""
    return -(-a // b)


def _grid(x: Any, axes: tuple[int, ...], mask: Any) -> Any:
    cells = tuple(ceil(x.shape[axis], GRID) for axis in axes)
    return cell_means(x, cells, data_format(axes)) if axes else x


# The linear heads. Another shape is another row.
HEADS = {
    "pool": Shape(mean_over, lambda size: 1, masks=True),
    "grid": Shape(
        _grid,
        lambda size: size and ceil(size, ceil(size, GRID)),
        most_axes=MOST_AXES,
    ),
    "dense": Shape(lambda x, axes, mask: x, lambda size: size),
}


@keras.saving.register_keras_serializable(package="keras_hier")
class GroupHead(TreeConfig, keras.layers.Layer):
    """Predicts the group of a sample from a layer's features, linearly.

    Its loss trains the layers below: they learn to tell the groups apart.
    `add_heads` makes and connects them.

    Args:
        grouping: `Grouping` of the classes into G groups.
        layer: name of the layer that the features come from.
        head: how features [N, height, width, F] become a vector. `"pool"`
            averages over the positions that no mask leaves out: F numbers.
            `"grid"` averages within the cells of a grid of at most 4 x 4: up to
            16 F numbers. `"dense"` flattens. Features [N, F] stay as they are.
        dtype: of weights and logits; float32 also under mixed precision.
        data_format: of the features, `"channels_last"` or `"channels_first"`;
            that of `keras.config.image_data_format()` by default. Sequences
            [N, length, F] always have channels last.
        **kwargs: of `keras.layers.Layer`.

    Returns:
        Logits [N, G].

    Example:
        >>> import keras
        >>> import keras_hier as kh
        >>> grouping = kh.Grouping(["pet", "vehicle"], [0, 0, 1])
        >>> head = kh.GroupHead(grouping, layer="conv2")
        >>> head(keras.ops.ones((8, 13, 13, 256))).shape
        TensorShape([8, 2])

    Reference:
        Alsallakh et al.: Do convolutional neural networks learn class
        hierarchy?, arXiv 1710.06501.
    """

    _saved = ("grouping", "layer", "head", "data_format")

    role = "head"

    def __init__(
        self,
        grouping: Grouping,
        layer: str,
        head: str = "pool",
        dtype: Any = "float32",
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(dtype=dtype, **kwargs)
        require_grouping(grouping)
        if head not in HEADS:
            raise ValueError(
                f"Expected `head` to be one of {(*HEADS,)}, got {head!r}."
            )
        self.grouping = grouping
        self.layer = layer
        self.head = head
        # Kept, as Keras's layers do: a model may be loaded where another is
        # configured.
        self.data_format = data_format or keras.config.image_data_format()
        self.supports_masking = HEADS[head].masks

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Creates the kernel [F, G] and the bias [G]."""
        shape = HEADS[self.head]
        axes = positions(input_shape, self.data_format)
        if len(axes) > shape.most_axes:
            raise ValueError(
                f"{self.name}: a {self.head!r} head averages over at most "
                f"{shape.most_axes} axes of positions, got shape {input_shape} "
                f"from {self.layer!r}. Use head='pool'."
            )
        left = [
            shape.left(size) if axis in axes else size
            for axis, size in enumerate(input_shape[1:], 1)
        ]
        known = [size for size in left if size is not None]
        if len(known) < len(left):
            raise ValueError(
                f"{self.name}: a {self.head!r} head needs features of known "
                f"size, got {input_shape} from {self.layer!r}. Give the "
                "model's Input a full shape, or use head='pool'."
            )
        groups = self.grouping.num_groups
        self.kernel = self.add_weight(
            (math.prod(known), groups), "glorot_uniform", name="kernel"
        )
        self.bias = self.add_weight((groups,), "zeros", name="bias")

    def call(self, x: Any, mask: Any = None) -> Any:
        """Returns logits [N, G]."""
        return self._logits(self._vector(x, mask))

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> None:
        """Returns None: logits have no positions left to leave out."""

    def _logits(self, vector: Any) -> Any:
        return ops.matmul(vector, self.kernel) + self.bias

    def _vector(self, x: Any, mask: Any) -> Any:
        axes = positions(x.shape, self.data_format)
        x = HEADS[self.head].read(x, axes, mask)
        return ops.reshape(x, (-1, self.kernel.shape[0]))

    def compute_output_shape(
        self, input_shape: tuple[int | None, ...]
    ) -> tuple[int | None, int]:
        """Returns (N, G)."""
        return (input_shape[0], self.grouping.num_groups)


@keras.saving.register_keras_serializable(package="keras_hier")
class ProbeHead(GroupHead):
    """Predicts the group from a layer's features and trains only itself.

    A linear probe that runs while the model trains: it shows how well a layer
    separates the groups, at every epoch. Gradients stop at its features. Each
    feature is standardized by its running mean and variance, so that probes
    learn at the same pace whatever the scale of their layer.

    Train it under `ProbeHead.loss_weight`, 1e-6, which keeps its loss out of
    `loss` and `val_loss`: it amplifies its own gradient by as much.

    Args:
        grouping: as of `GroupHead`; `hierarchy.cut(max_size=1)` for classes.
        layer: as of `GroupHead`.
        head: as of `GroupHead`.
        dtype: as of `GroupHead`.
        data_format: as of `GroupHead`.
        **kwargs: of `keras.layers.Layer`.

    Reference:
        Alain, Bengio: Understanding intermediate layers using linear classifier
        probes, arXiv 1610.01644.
    """

    role = "probe"
    loss_weight = PROBE_LOSS_WEIGHT

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Creates the kernel, the bias and the running moments [F]."""
        super().build(input_shape)
        self.standardize = BatchNormalization(
            center=False,
            scale=False,
            momentum=0.9,
            dtype=self.dtype_policy,
            name="standardize",
        )
        self.standardize.build((None, self.kernel.shape[0]))

    def call(
        self, x: Any, mask: Any = None, training: bool | None = None
    ) -> Any:
        """Returns logits [N, G]."""
        vector = self._vector(ops.stop_gradient(x), mask)
        logits = self._logits(self.standardize(vector, training=training))
        value = ops.stop_gradient(logits)
        return value + (logits - value) / self.loss_weight
