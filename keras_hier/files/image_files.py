"""Image files from users, read within limits.

Pillow is imported when the first one is read.
"""

import io
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np

from keras_hier.files.regular_files import open_regular, size_of

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

# A header may claim any number of pixels: no more than these are decoded.
MAX_PIXELS = 2**26
# The bytes of so many pixels, uncompressed and with transparency.
MAX_BYTES = 4 * MAX_PIXELS
# Not all that Pillow knows: it runs other programs for some formats, such as
# Ghostscript.
FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "GIF", "TIFF", "PPM")


def read_bytes(path: str | os.PathLike[str]) -> bytes:
    """Reads a file that may hold an image; links are followed."""
    with open_regular(path) as file:
        size = size_of(file)
        if size > MAX_BYTES:
            raise ValueError(f"it has {size:,} bytes, more than {MAX_BYTES:,}")
        return file.read(size)


@contextmanager
def open_image(source: bytes | str | os.PathLike[str]) -> Iterator["Picture"]:
    """Opens an image, whose pixels are decoded when they are asked for.

    Args:
        source: an encoded file, or the path of one.

    Raises:
        ValueError: more pixels than 2^26, or what `read_bytes` raises.
        OSError: a missing file, or one of another format than `FORMATS`.
            Damaged ones can raise anything, here and while they are decoded.
    """
    from PIL import Image, UnidentifiedImageError

    data = source if isinstance(source, bytes) else read_bytes(source)
    with warnings.catch_warnings():
        # Pillow warns at a limit of its own; ours, below, is an error.
        warnings.simplefilter("ignore")
        try:
            image = Image.open(io.BytesIO(data), formats=FORMATS)
        except Image.DecompressionBombError as error:
            raise ValueError(f"it has more than {MAX_PIXELS:,} pixels") from (
                error
            )
        except UnidentifiedImageError as error:
            raise OSError(
                f"it is none of {', '.join(FORMATS)}, or its header is damaged"
            ) from error
        with image:
            if image.width * image.height > MAX_PIXELS:
                raise ValueError(
                    f"it has {image.width} x {image.height} pixels, more than "
                    f"{MAX_PIXELS:,}"
                )
            yield image


def eight_bits(image: "Picture") -> "Picture":
    """Returns an image, greys of 16 bits as their upper 8 (mode "L").

    Pillow's `convert` clips such greys, which are white then.
    """
    from PIL import Image

    # As "I" Pillow opens such a PGM, whose greys it brings to 65,535, and did
    # such a PNG before version 11.
    is_16 = image.mode == "I" and image.format in ("PNG", "PPM")
    if image.mode in ("I", "F") and not is_16:
        raise ValueError(
            f"it has pixels of 32 bits (mode {image.mode}), whose range is "
            "not known"
        )
    if not is_16 and not image.mode.startswith("I;16"):
        return image
    return Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
