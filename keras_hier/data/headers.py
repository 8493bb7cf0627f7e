"""Reads the size of an encoded image before it is decoded.

A few hundred bytes can claim gigabytes of pixels, and TensorFlow's decoders
allocate what is claimed. All of this runs inside a graph.
"""

from typing import Any

from keras_hier.files.image_files import MAX_PIXELS


def jpeg_shape(encoded: Any) -> tuple[Any, Any]:
    """Reads the size of a JPEG.

    Args:
        encoded: scalar string tensor, the file.

    Returns:
        int32 [3], height, width and channels; and a scalar bool, whether there
        are few enough pixels to decode them.
    """
    import tensorflow as tf

    shape = tf.io.extract_jpeg_shape(encoded)
    # Sides have 16 bits, their product has 32.
    fine = tf.reduce_prod(tf.cast(shape[:2], tf.int64)) <= MAX_PIXELS
    return shape, fine


def checked(encoded: Any) -> Any:
    """Returns a PNG, BMP or GIF, or raises if it has too many pixels.

    Args:
        encoded: scalar string tensor, the file.

    Returns:
        The file; of a GIF, as much as shows the first picture, since TensorFlow
        decodes all of them and returns that one. What is none of the three, a
        BMP with a palette of colours, or too large, raises
        `InvalidArgumentError`.
    """
    import tensorflow as tf

    def refuse() -> tuple[Any, Any, Any]:
        check = tf.debugging.Assert(
            False, ["Expected the content of a JPEG, PNG, BMP or GIF."]
        )
        with tf.control_dependencies([check]):
            nothing = tf.identity(tf.constant(0, tf.int64))
        return encoded, nothing, nothing

    start = tf.strings.substr(encoded, 0, 4)
    file, width, height = tf.case(
        [
            (start == b"\x89PNG", lambda: _png(encoded)),
            (start == b"GIF8", lambda: _gif(encoded)),
            (tf.strings.substr(start, 0, 2) == b"BM", lambda: _bmp(encoded)),
        ],
        refuse,
    )
    check = tf.debugging.Assert(
        width * height <= MAX_PIXELS,
        [f"Expected at most {MAX_PIXELS} pixels. Received:", width, height],
    )
    with tf.control_dependencies([check]):
        return tf.identity(file)


def _png(encoded: Any) -> tuple[Any, Any, Any]:
    import tensorflow as tf

    # Its first chunk begins with the sides, the high bytes first.
    data = _bytes(encoded, 16, 8)[::-1]
    height, width = _number(data[:4]), _number(data[4:])
    # They have 31 bits. With more, the product could overflow.
    return encoded, tf.minimum(width, 2**31), tf.minimum(height, 2**31)


def _bmp(encoded: Any) -> tuple[Any, Any, Any]:
    import tensorflow as tf

    data = _bytes(encoded, 14, 36)
    width, height = _number(data[4:8]), _number(data[8:12])
    # Below zero, the rows begin at the top.
    height = tf.where(height < 2**31, height, 2**32 - height)

    def is_grey() -> Any:
        colours = _number(data[32:])
        most = tf.constant(256, tf.int64)
        # None stands for all.
        colours = tf.where((colours > 0) & (colours < most), colours, most)
        start = 14 + _number(data[:4])
        palette = _bytes(encoded, start, 4 * colours)
        palette = tf.reshape(palette, [-1, 4])[:, :3]
        greys = tf.range(colours)[:, None]
        return tf.reduce_all(tf.equal(palette, greys))

    # TensorFlow takes the numbers of colours for greys.
    check = tf.debugging.Assert(
        tf.cond(tf.equal(data[14], 8), is_grey, lambda: True),
        ["Expected a BMP without a palette of colours."],
    )
    with tf.control_dependencies([check]):
        width = tf.minimum(width, 2**31)
    return encoded, width, height


def _gif(encoded: Any) -> tuple[Any, Any, Any]:
    """Returns the file up to the end of its first picture, and its canvas."""
    import tensorflow as tf

    data = tf.cast(tf.io.decode_raw(encoded, tf.uint8), tf.int32)

    def colours(flags: Any) -> Any:
        size = tf.bitwise.left_shift(6, flags & 7)
        return tf.where(flags & 0x80 > 0, size, 0)

    def after_blocks(at: Any) -> Any:
        (at,) = tf.while_loop(
            lambda at: data[at] > 0, lambda at: (at + data[at] + 1,), (at,)
        )
        return at + 1

    # A header, a table of colours, extensions (comments, delays), the picture.
    at = 13 + colours(data[10])
    (at,) = tf.while_loop(
        lambda at: tf.equal(data[at], 0x21),
        lambda at: (after_blocks(at + 2),),
        (at,),
    )
    check = tf.debugging.Assert(
        tf.equal(data[at], 0x2C), ["Expected a picture in the GIF."]
    )
    with tf.control_dependencies([check]):
        flags = data[at + 9]
    end = after_blocks(at + 10 + colours(flags) + 1)
    # Left, top, width and height within the canvas, which grows to hold them.
    place = data[at + 1 : at + 9 : 2] + 256 * data[at + 2 : at + 10 : 2]
    canvas = data[6:10:2] + 256 * data[7:11:2]
    canvas = tf.cast(tf.maximum(canvas, place[:2] + place[2:]), tf.int64)
    first = tf.strings.substr(encoded, 0, end) + b";"
    return first, canvas[0], canvas[1]


def _bytes(encoded: Any, start: Any, length: Any) -> Any:
    """Returns the bytes, int64 [length]; raises if the file is shorter."""
    import tensorflow as tf

    part = tf.strings.substr(encoded, start, length)
    data = tf.cast(tf.io.decode_raw(part, tf.uint8), tf.int64)
    return tf.reshape(data, [length])


def _number(data: Any) -> Any:
    """Returns the number that little-endian bytes stand for."""
    import tensorflow as tf

    return tf.reduce_sum(data * [1, 2**8, 2**16, 2**24])
