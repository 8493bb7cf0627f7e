"""AlexNet for Keras 3, at the size of the paper and down to 32 pixels."""

from typing import Any

import keras
import numpy as np
from keras import ops

# Pixels are mapped to (x - 128) / 64: about zero mean and unit variance.
PIXEL_MEAN, PIXEL_SCALE = 128.0, 64.0


@keras.saving.register_keras_serializable(package="keras_hier")
class LocalResponseNormalization(keras.layers.Layer):
    """Divides each activation by the energy of neighbouring channels.

    `y[c] = x[c] / (bias + alpha * sum(x[i]**2))**0.75`, summed over the `depth`
    channels centred on `c`.

    Args:
        depth: odd number of channels in the sum.
        bias: added to the sum; the paper's k.
        alpha: factor of the sum. The paper's 1e-4 is meant for activations
            that stem from pixels in [0, 255].
        **kwargs: of `keras.layers.Layer`.

    Reference:
        Krizhevsky, Sutskever, Hinton: ImageNet classification with deep
        convolutional neural networks, NeurIPS 2012, section 3.3.
    """

    def __init__(
        self,
        depth: int = 5,
        bias: float = 2.0,
        alpha: float = 1e-4,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if depth < 1 or depth % 2 == 0:
            raise ValueError(f"Expected an odd `depth` >= 1, got {depth}.")
        self.depth = depth
        self.bias = bias
        self.alpha = alpha

    def call(self, x: Any) -> Any:
        """Normalizes [..., channels]."""
        # Squares of half-precision activations overflow beyond 255.
        energy = ops.square(ops.cast(x, "float32"))
        # One product with a banded matrix is 6 times as fast as shifted sums,
        # and faster than TensorFlow's own kernel.
        channel = np.arange(x.shape[-1])
        band = abs(channel[:, None] - channel) <= self.depth // 2
        energy = ops.matmul(energy, band.astype("float32"))
        inverse_root = ops.rsqrt(self.bias + self.alpha * energy)
        factor = inverse_root * ops.sqrt(inverse_root)
        return x * ops.cast(factor, x.dtype)

    def compute_output_shape(self, input_shape: tuple) -> tuple:
        """Returns `input_shape`."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        return {
            **super().get_config(),
            "depth": self.depth,
            "bias": self.bias,
            "alpha": self.alpha,
        }


def AlexNet(  # noqa: N802 - named as keras.applications names its models
    num_classes: int,
    input_shape: tuple[int, int, int] = (227, 227, 3),
    width: float = 1.0,
    normalization: str | None = "lrn",
    dropout: float = 0.5,
    name: str = "alexnet",
) -> keras.Model:
    """Builds AlexNet: five convolutions, two dense layers, logits.

    Layers: `conv1`..`conv5` (with their ReLU), `norm1`.. (if normalized),
    `pool1`, `pool2`, `pool5`, `fc6`, `fc7` (with their ReLU) and `class`.

    At 227 pixels, `width=1` and 1,000 classes it has the 62,378,344 parameters
    of the single-tower network: the paper's layers on one device. The paper's
    grouped convolutions split conv2, conv4 and conv5 between two GPUs
    (60,965,224 parameters). Torchvision calls a slimmer network of 2014 AlexNet
    (61,100,840).

    The model takes raw pixels in [0, 255], uint8 or float; its first layer
    scales them, so that a saved model needs nothing beside it. Small images
    get a small stem in the place of the 11 x 11 convolution of stride 4:
    5 x 5 of stride 2 below 112 pixels, of stride 1 below 48.

    Weights start from He's distribution rather than the paper's N(0, 0.01),
    which leaves the loss flat for the first thousands of steps. The L2 penalty
    of the paper, 5e-4, belongs to the optimizer: `keras.optimizers.SGD(0.01,
    momentum=0.9, weight_decay=5e-3)`. Keras decays the weights beside the
    gradient, the paper through it, where momentum makes 1 / (1 - 0.9) of it.
    `optimizer.exclude_from_weight_decay(var_names=["gamma", "beta", "bias"])`
    keeps scales, shifts and biases out of it.

    Args:
        num_classes: C, at least 2.
        input_shape: (height, width, channels), at least 32 x 32; channels come
            last whatever is configured.
        width: factor on the number of channels of every hidden layer.
        normalization: `"lrn"`, the paper's local response normalization of
            conv1 and conv2; `"batch"`, batch normalization after each
            convolution, which trains faster; or None.
        dropout: rate after fc6 and fc7.
        name: of the model.

    Returns:
        A functional model, [N, height, width, channels] -> float32 logits
        [N, C], also under mixed precision.

    Raises:
        ValueError: an argument out of range.

    Example:
        >>> import keras_hier as kh
        >>> kh.AlexNet(num_classes=1000).count_params()
        62378344
        >>> small = kh.AlexNet(101, input_shape=(64, 64, 3), width=0.5)
        >>> small.get_layer("pool5").output.shape
        (None, 3, 3, 128)

    Reference:
        Krizhevsky, Sutskever, Hinton: ImageNet classification with deep
        convolutional neural networks, NeurIPS 2012.
        He, Zhang, Ren, Sun: Delving deep into rectifiers, arXiv 1502.01852.
        Loshchilov, Hutter: Decoupled weight decay regularization,
        arXiv 1711.05101.
    """
    _check(num_classes, input_shape, width, normalization)

    def channels(count: int) -> int:
        return max(1, round(count * width))

    def convolution(
        x: Any, index: int, filters: int, kernel_size: int, **kwargs: Any
    ) -> Any:
        x = keras.layers.Conv2D(
            channels(filters),
            kernel_size,
            activation="relu",
            kernel_initializer="he_normal",
            data_format="channels_last",
            name=f"conv{index}",
            **{"padding": "same", **kwargs},
        )(x)
        return _normalized(x, index, normalization)

    def pool(x: Any, index: int) -> Any:
        return keras.layers.MaxPooling2D(
            3, 2, data_format="channels_last", name=f"pool{index}"
        )(x)

    def dense(x: Any, index: int) -> Any:
        x = keras.layers.Dense(
            channels(4096),
            activation="relu",
            kernel_initializer="he_normal",
            name=f"fc{index}",
        )(x)
        return keras.layers.Dropout(dropout, name=f"dropout{index}")(x)

    size = min(input_shape[:2])
    stem: dict[str, Any] = {"kernel_size": 11, "strides": 4, "padding": "valid"}
    if size < 112:
        stem = {"kernel_size": 5, "strides": 2 if size >= 48 else 1}

    image = keras.Input(input_shape, name="image")
    x = keras.layers.Rescaling(
        1 / PIXEL_SCALE, offset=-PIXEL_MEAN / PIXEL_SCALE, name="rescale"
    )(image)
    x = pool(convolution(x, 1, 96, **stem), 1)
    x = pool(convolution(x, 2, 256, kernel_size=5), 2)
    x = convolution(x, 3, 384, kernel_size=3)
    x = convolution(x, 4, 384, kernel_size=3)
    x = pool(convolution(x, 5, 256, kernel_size=3), 5)
    x = keras.layers.Flatten("channels_last", name="flatten")(x)
    x = dense(dense(x, 6), 7)
    logits = keras.layers.Dense(num_classes, dtype="float32", name="class")(x)
    return keras.Model(image, logits, name=name)


def _check(
    num_classes: int,
    input_shape: tuple[int, int, int],
    width: float,
    normalization: str | None,
) -> None:
    """Raises an error about an argument of `AlexNet` that is out of range."""
    if num_classes < 2:
        raise ValueError(
            f"Expected `num_classes` >= 2, one logit per class, got "
            f"{num_classes}."
        )
    # The first dense layer has weights for each place of the image.
    if (
        len(input_shape) != 3
        or None in input_shape
        or min(input_shape[:2]) < 32
    ):
        raise ValueError(
            "Expected `input_shape` (height, width, channels), all of them "
            f"known, of at least 32 x 32 pixels, got {input_shape}."
        )
    if normalization not in ("lrn", "batch", None):
        raise ValueError(
            "Expected `normalization` to be 'lrn', 'batch' or None, got "
            f"{normalization!r}."
        )
    if width <= 0:
        raise ValueError(f"Expected `width` > 0, got {width}.")


def _normalized(x: Any, index: int, normalization: str | None) -> Any:
    """Returns what follows a convolution, or its output alone."""
    if normalization == "batch":
        # Averages over ten steps, not a hundred, keep up from epoch 1 on.
        return keras.layers.BatchNormalization(
            momentum=0.9, name=f"norm{index}"
        )(x)
    if normalization == "lrn" and index <= 2:
        # The activations are 1 / PIXEL_SCALE of the paper's, hence alpha.
        return LocalResponseNormalization(
            alpha=1e-4 * PIXEL_SCALE**2, name=f"norm{index}"
        )(x)
    return x
