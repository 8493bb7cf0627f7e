"""Converts image files to the records of TFRecords, `tf.train.Example`."""

import io
import math
from pathlib import Path
from typing import Any

from PIL import Image

from keras_hier.files.image_files import eight_bits, open_image, read_bytes

JPEG_QUALITY = 95
# Formats, as Pillow names them, that TensorFlow's JPEG decoder reads as they
# are. MPO is a JPEG followed by further pictures.
PASSED_THROUGH = {"JPEG": "JPEG", "MPO": "JPEG", "PNG": "PNG"}


def read_image(
    path: Path, image_size: int | None
) -> dict[str, bytes | str | int]:
    """Returns an image's fields, its shorter side shrunk to `image_size`."""
    encoded = read_bytes(path)
    # The orientation that EXIF may ask for is ignored, as TensorFlow does.
    with open_image(encoded) as image:
        image.load()
        width, height = image.size
        scale = min(1.0, (image_size or math.inf) / min(width, height))
        kind = PASSED_THROUGH.get(image.format or "")
        if scale < 1 or kind is None:
            width, height = round(width * scale), round(height * scale)
            smaller = (
                eight_bits(image)
                .convert("RGB")
                .resize((width, height), Image.Resampling.BICUBIC)
            )
            buffer = io.BytesIO()
            smaller.save(buffer, "JPEG", quality=JPEG_QUALITY)
            encoded, kind = buffer.getvalue(), "JPEG"
        elif kind == "PNG":
            _check_png(encoded)
    return {
        "image/encoded": encoded,
        "image/format": kind,
        "image/height": height,
        "image/width": width,
    }


def _check_png(encoded: bytes) -> None:
    """Raises ValueError about a PNG that would end the training.

    Pillow takes one whose tail is missing, or whose checksums are wrong.
    """
    import tensorflow as tf

    try:
        tf.io.decode_png(encoded, channels=3)
    except tf.errors.InvalidArgumentError as error:
        raise ValueError("damaged PNG that TensorFlow refuses") from error


def serialised(features: dict[str, bytes | str | int]) -> bytes:
    """Encodes a record: integers as int64, the rest as bytes."""
    import tensorflow as tf

    def feature(value: bytes | str | int) -> Any:
        if isinstance(value, int):
            numbers = tf.train.Int64List(value=[value])
            return tf.train.Feature(int64_list=numbers)
        encoded = value.encode() if isinstance(value, str) else value
        return tf.train.Feature(bytes_list=tf.train.BytesList(value=[encoded]))

    example = tf.train.Example(
        features=tf.train.Features(
            feature={key: feature(value) for key, value in features.items()}
        )
    )
    return example.SerializeToString(deterministic=True)
