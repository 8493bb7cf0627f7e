"""Networks that are compared, and what one image costs them."""

import math
from typing import Any

import keras

import keras_hier as kh
from keras_hier.alexnet import PIXEL_MEAN, PIXEL_SCALE

# Filters of GoogLeNet's modules at full width: 1 x 1; 3 x 3 and what reduces
# its input; 5 x 5 and what reduces its input; 1 x 1 after the pooling.
# Table 1 of arXiv 1409.4842, without 4b and 4d, which look like 4a and 4c.
STAGES = {
    "conv3": ((64, 96, 128, 16, 32, 32), (128, 128, 192, 32, 96, 64)),
    "conv4": (
        (192, 96, 208, 16, 48, 64),
        (128, 128, 256, 24, 64, 64),
        (256, 160, 320, 32, 128, 128),
    ),
    "conv5": ((256, 160, 320, 32, 128, 128), (384, 192, 384, 48, 128, 128)),
}


def make_trunk(
    name: str,
    num_classes: int,
    size: int,
    width: float,
    dropout: float,
    stem_stride: int | None = None,
) -> keras.Model:
    """Builds the network that heads are added to.

    Args:
        name: "batch", "lrn" or "none", the normalization of AlexNet, or
            "googlenet".
        num_classes: C.
        size: of images, in pixels.
        width: factor on the number of filters.
        dropout: before the last dense layer.
        stem_stride: of conv1 of AlexNet; its own by default.
    """
    if name == "googlenet":
        return googlenet(num_classes, size, width, dropout)
    model = kh.AlexNet(
        num_classes,
        (size, size, 3),
        width=width,
        normalization=None if name == "none" else name,
        dropout=dropout,
    )
    if stem_stride is None:
        return model
    try:
        return strided(model, stem_stride)
    except ValueError as error:
        raise SystemExit(
            f"--stem-stride {stem_stride} leaves no place of {size} pixels for "
            "the layers above. Lower it."
        ) from error


def strided(model: keras.Model, stride: int) -> keras.Model:
    """Returns a network like this with another stride of conv1, untrained.

    With stride 1 at 56 pixels, conv2 sees 27 x 27 places, conv3 to conv5 13 x
    13, and 6 x 6 are left after pool5: those of AlexNet at 227 pixels.
    """

    def copied(layer: keras.layers.Layer) -> keras.layers.Layer:
        config: dict[str, Any] = layer.get_config()
        if layer.name == "conv1":
            config["strides"] = (stride, stride)
        return type(layer).from_config(config)

    return keras.models.clone_model(model, clone_function=copied)


def googlenet(
    num_classes: int, size: int, width: float, dropout: float
) -> keras.Model:
    """Builds a network of inception modules for small images.

    GoogLeNet with batch normalization after each convolution, a stem for small
    images as AlexNet's (5 x 5 of stride 2) and seven of its nine modules, which
    at half width and 56 pixels cost about what AlexNet does. `conv1` and
    `conv2` are the stem, `conv3` to `conv5` what the stages of modules put out,
    so that heads find the layers that they find in AlexNet. No auxiliary
    classifiers: those are heads.

    Reference:
        Szegedy et al.: Going deeper with convolutions, arXiv 1409.4842.
    """

    def conv(
        x: Any,
        filters: int,
        kernel: int,
        name: str | None = None,
        **kwargs: Any,
    ) -> Any:
        x = keras.layers.Conv2D(
            max(1, round(filters * width)),
            kernel,
            padding="same",
            activation="relu",
            kernel_initializer="he_normal",
            name=name,
            **kwargs,
        )(x)
        return keras.layers.BatchNormalization(momentum=0.9)(x)

    def pool(x: Any, stride: int = 2) -> Any:
        return keras.layers.MaxPooling2D(3, stride, padding="same")(x)

    image = keras.Input((size, size, 3), name="image")
    x = keras.layers.Rescaling(
        1 / PIXEL_SCALE, offset=-PIXEL_MEAN / PIXEL_SCALE, name="rescale"
    )(image)
    x = pool(conv(x, 64, 5, "conv1", strides=2))
    x = conv(conv(x, 64, 1), 192, 3, "conv2")
    for stage, modules in STAGES.items():
        if stage != "conv3":
            x = pool(x)
        for number, (one, three_in, three, five_in, five, pooled) in enumerate(
            modules, start=1
        ):
            branches = [
                conv(x, one, 1),
                conv(conv(x, three_in, 1), three, 3),
                conv(conv(x, five_in, 1), five, 5),
                conv(pool(x, 1), pooled, 1),
            ]
            last = number == len(modules)
            x = keras.layers.Concatenate(name=stage if last else None)(branches)
    x = keras.layers.GlobalAveragePooling2D(name="pool5")(x)
    x = keras.layers.Dropout(dropout)(x)
    logits = keras.layers.Dense(num_classes, dtype="float32", name="class")(x)
    return keras.Model(image, logits, name="googlenet")


def multiply_adds(model: keras.Model) -> int:
    """Returns those of convolutions and dense layers for one image."""
    count = 0
    for layer in model.layers:
        if isinstance(layer, keras.layers.Conv2D | keras.layers.Dense):
            places = layer.output.shape[1:-1]
            count += math.prod(places) * math.prod(layer.kernel.shape)
    return count
