"""Decodes images to crops: AlexNet's augmentation and the centre crop."""

from typing import Any

from keras_hier.files.image_files import MAX_PIXELS

# AlexNet takes crops of 224 from images whose shorter side is 256.
CROP_SHARE = 224 / 256
# Powers of two that a JPEG can be shrunk by while it is decoded.
JPEG_RATIOS = (1, 2, 4, 8)


def crop(
    encoded: Any, image_size: int, crop_share: float, draws: Any | None = None
) -> Any:
    """Returns a square from an image, float32 [S, S, 3] in [0, 255].

    The paper shrinks an image until its shorter side has 256 pixels, keeps the
    square in the middle and takes a random 224 x 224 of that. This is the same
    geometry in one step: only the square that the crop covers is decoded, then
    resized.

    JPEG and PNG are read by content; grey and CMYK become RGB. The orientation
    that EXIF may ask for is ignored. Other files, damaged ones and more than
    2^26 pixels raise `InvalidArgumentError`.

    Args:
        encoded: scalar string tensor, the file.
        image_size: side of the result, S.
        crop_share: side of the crop over the image's shorter side.
        draws: float32 [3] in [0, 1): how far down and to the right the crop
            lies in the middle square, and whether it is flipped (below 0.5).
            None takes the centre.

    Reference:
        Krizhevsky et al. 2012, ImageNet classification with deep convolutional
        neural networks, section 4.1.
    """
    import tensorflow as tf

    pixels = decode_window(encoded, image_size, crop_share, draws)
    if draws is not None:
        # Before resizing, while a pixel has three bytes. Slicing by [::-1] is
        # far slower.
        pixels = tf.cond(
            draws[2] < 0.5, lambda: tf.reverse(pixels, [1]), lambda: pixels
        )
    # The kernel for float32 is the faster one, with the same result.
    image = tf.image.resize(
        tf.cast(pixels, tf.float32), [image_size, image_size]
    )
    image.set_shape([image_size, image_size, 3])
    return image


def decode_window(
    encoded: Any, image_size: int, crop_share: float, draws: Any | None = None
) -> Any:
    """Decodes the part of an image that `crop` resizes, uint8 [side, side, 3].

    A side is less than twice `image_size`, unless the decoder cannot shrink it.
    """
    import tensorflow as tf

    # A branch that is not taken costs time by its number of nodes: here one.
    @tf.function(experimental_attributes={"_noinline": True})
    def png() -> Any:
        return _png_window(encoded, image_size, crop_share, draws)

    # Only JPEGs can be decoded in part; the fast path raises on anything else.
    return tf.cond(
        tf.io.is_jpeg(encoded),
        lambda: _jpeg_window(encoded, image_size, crop_share, draws),
        png,
    )


def _window(shape: Any, crop_share: float, draws: Any | None) -> Any:
    """Returns int32 [3]: top, left and side of the crop in [H, W, ...]."""
    import tensorflow as tf

    size = tf.cast(shape[:2], tf.float32)
    shorter = tf.reduce_min(size)
    side = tf.round(shorter * crop_share)
    middle = tf.floor((size - shorter) / 2)
    room = shorter - side
    if draws is None:
        offset = tf.floor(tf.stack([room, room]) / 2)
    else:
        offset = tf.floor(draws[:2] * (room + 1))
    return tf.cast(tf.concat([middle + offset, [side]], 0), tf.int32)


def _jpeg_window(
    encoded: Any, image_size: int, crop_share: float, draws: Any | None
) -> Any:
    import tensorflow as tf

    shape, fine = _jpeg_shape(encoded)
    window = _window(shape, crop_share, draws)
    # Bilinear resizing skips pixels beyond a factor of 2. The decoder takes out
    # whole factors of 2 by averaging, and saves time at it.
    step = tf.searchsorted(
        tf.constant(JPEG_RATIOS[1:]), window[2:] // image_size, "right"
    )[0]
    # Top, left, height and width, of which the last two are the same.
    part = tf.gather(window, [0, 1, 2, 2]) // tf.gather(JPEG_RATIOS, step)

    def decode(ratio: int) -> Any:
        return tf.io.decode_and_crop_jpeg(
            encoded, part, channels=3, ratio=ratio
        )

    def refuse() -> Any:
        check = tf.debugging.Assert(
            False, [f"Expected at most {MAX_PIXELS} pixels. Received:", shape]
        )
        with tf.control_dependencies([check]):
            return tf.zeros([1, 1, 3], tf.uint8)

    # Refusing in a branch costs less than a separate check.
    branches = [lambda ratio=ratio: decode(ratio) for ratio in JPEG_RATIOS]
    return tf.switch_case(
        tf.where(fine, step, len(branches)), [*branches, refuse]
    )


def _png_window(
    encoded: Any, image_size: int, crop_share: float, draws: Any | None
) -> Any:
    import tensorflow as tf

    image = tf.io.decode_png(_checked_png(encoded), channels=3)
    top, left, side = tf.unstack(_window(tf.shape(image), crop_share, draws))
    pixels = tf.slice(image, [top, left, 0], [side, side, 3])
    # The JPEG decoder does this by itself.
    smaller = tf.image.resize(pixels, [image_size, image_size], antialias=True)
    return tf.cast(tf.round(smaller), tf.uint8)


# A few hundred bytes can claim gigabytes of pixels, and TensorFlow's decoders
# allocate what is claimed: sizes are read first.
def _jpeg_shape(encoded: Any) -> tuple[Any, Any]:
    """Returns int32 [height, width, channels], and whether they are allowed."""
    import tensorflow as tf

    shape = tf.io.extract_jpeg_shape(encoded)
    # Sides have 16 bits, their product has 32.
    fine = tf.reduce_prod(tf.cast(shape[:2], tf.int64)) <= MAX_PIXELS
    return shape, fine


def _checked_png(encoded: Any) -> Any:
    """Returns a PNG; raises about other files, and about too many pixels."""
    import tensorflow as tf

    # The first chunk begins with the sides, the high bytes first.
    data = tf.io.decode_raw(tf.strings.substr(encoded, 16, 8), tf.uint8)
    data = tf.reshape(tf.cast(data, tf.int64), [2, 4])
    sides = tf.reduce_sum(data * [2**24, 2**16, 2**8, 1], axis=1)
    # They have 31 bits. With more, the product could overflow.
    pixels = tf.reduce_prod(tf.minimum(sides, 2**31))
    checks = [
        tf.debugging.Assert(
            tf.strings.substr(encoded, 0, 4) == b"\x89PNG",
            ["Expected the content of a JPEG or PNG."],
        ),
        tf.debugging.Assert(
            pixels <= MAX_PIXELS,
            [f"Expected at most {MAX_PIXELS} pixels. Received:", sides],
        ),
    ]
    with tf.control_dependencies(checks):
        return tf.identity(encoded)
