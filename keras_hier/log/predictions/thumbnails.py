"""Thumbnails from arrays and files, within a budget of bytes.

Pillow is imported when the first picture comes.
"""

import io
import os
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from keras_hier.files.image_files import eight_bits, open_image
from keras_hier.log.records import picture_codec
from keras_hier.log.records.picture_codec import BUDGET
from keras_hier.log.records.sample_index import SampleError, SampleIndex
from keras_hier.tensors import to_numpy

SIZE = 64
PER_CLASS = 50
_QUALITY = 85
# A float picture with a lower maximum is assumed to be on another scale, such
# as [0, 1]: on a scale of 0 to 255 it would be black.
_DARKEST = 2
_SUFFIXES = (".JPEG", ".jpg", ".jpeg", ".png", ".JPG", ".PNG", ".webp", ".bmp")


class Thumbnails:
    """Collects thumbnails: the first k of each class, within a byte budget.

    Where the budget does not hold k of each class, fewer of each are kept, with
    one warning.

    Attributes:
        unreadable: how many pictures could not be read; they are gaps.
    """

    def __init__(
        self, per_class: int = PER_CLASS, budget: int = BUDGET
    ) -> None:
        self.per_class = per_class
        self.unreadable = 0
        self._budget = budget
        self._bytes = 0
        self._warned = False
        self._of_class: dict[int, int] = {}
        # The first of every class, the second of every class, ...
        self._layers: list[list[tuple[int, bytes]]] = []

    def wants(self, label: int) -> bool:
        """Tells whether one more picture of this class would be kept."""
        return self._of_class.get(label, 0) < self.per_class

    def add(self, label: int, sample: int, picture: Any) -> None:
        """Adds a picture, unless there are enough of its class.

        It is uint8 or float [H, W], [H, W, 1] or [H, W, 3] within 0 to 255, an
        encoded file as bytes, or a path.
        """
        if not self.wants(label):
            return
        try:
            file = thumbnail(picture)
        except Exception as error:  # a damaged file can raise anything
            self.unreadable += 1
            if self.unreadable == 1:
                warnings.warn(
                    f"The picture of sample {sample} cannot be shown "
                    f"({error!s:.200}). It and others like it are left blank.",
                    stacklevel=2,
                )
            file = b""
        place = self._of_class.get(label, 0)
        self._of_class[label] = place + 1
        if place == len(self._layers):
            self._layers.append([])
        self._layers[place].append((sample, file))
        self._bytes += len(file)
        while self._bytes > self._budget and self._layers:
            self._keep_fewer()

    def files(self) -> dict[int, bytes]:
        """Returns the JPEG files by sample; empty ones are gaps."""
        return {
            sample: file for layer in self._layers for sample, file in layer
        }

    def pieces(self, index: SampleIndex) -> list[bytes]:
        """Returns records of the files, numbered as an index does it."""
        numbers = {at: n for n, at in enumerate(index.order.tolist())}
        files = {numbers[at]: file for at, file in self.files().items()}
        return picture_codec.encode(files, index=index.digest, size=SIZE)

    def _keep_fewer(self) -> None:
        if not self._warned:
            warnings.warn(
                f"{self.per_class} thumbnails of each class take more than "
                f"{self._budget / 2**20:.3g} MiB, and TensorBoard holds all of "
                "them in memory: fewer of each class are kept. Ask for fewer "
                "(thumbnails_per_class).",
                stacklevel=3,
            )
            self._warned = True
        dropped = self._layers.pop()
        self._bytes -= sum(len(file) for _, file in dropped)
        self.per_class = len(self._layers)


def thumbnail(picture: Any) -> bytes:
    """Makes a JPEG file whose longer side has at most 64 pixels."""
    from PIL import Image

    if isinstance(picture, bytes | str | os.PathLike):
        with open_image(picture) as image:
            # A JPEG decoder can shrink on the way.
            image.draft("RGB", (2 * SIZE, 2 * SIZE))
            return _shrink(image)
    array = to_numpy(picture)
    if array.ndim == 3 and array.shape[2] == 1:
        array = array[..., 0]
    if (
        array.ndim not in (2, 3)
        or (array.ndim == 3 and array.shape[2] != 3)
        or not array.size
        or array.dtype.kind not in "uif"
    ):
        raise ValueError(
            f"expected [H, W, 1] or [H, W, 3], got {array.dtype} {array.shape}"
        )
    if array.dtype != np.uint8:
        if not ((array >= -0.5) & (array <= 255.5)).all():
            raise ValueError("its values do not lie within 0 to 255")
        high = float(array.max())
        if array.dtype.kind == "f" and 0 < high < _DARKEST:
            raise ValueError(
                f"its values lie within 0 to {high:.4g}, expected 0 to 255: "
                "multiply by 255 what is on a scale of 1"
            )
        array = np.rint(array).clip(0, 255).astype(np.uint8)
    return _shrink(Image.fromarray(array))


def _shrink(image: Any) -> bytes:
    from PIL import Image

    image = eight_bits(image)
    if image.mode in ("P", "PA", "LA") or "transparency" in image.info:
        image = image.convert("RGBA")
    elif image.mode not in ("L", "RGB", "RGBA"):
        image = image.convert("L" if image.mode == "1" else "RGB")
    image.thumbnail((SIZE, SIZE), Image.Resampling.BOX, reducing_gap=2)
    if image.mode == "RGBA":
        # White, like the page: colours of transparent pixels are arbitrary.
        ground = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(ground, image).convert("RGB")
    out = io.BytesIO()
    image.save(out, "JPEG", quality=_QUALITY, optimize=True)
    return out.getvalue()


def find_picture(folder: str | os.PathLike[str], sample_id: str) -> Path | None:
    """Finds the picture of a sample in a folder, never outside it, or None."""
    root = Path(folder).resolve()
    for suffix in ("", *_SUFFIXES):
        try:
            path = (root / f"{sample_id}{suffix}").resolve()
            if path.is_relative_to(root) and path.is_file():
                return path
        except (OSError, ValueError, RuntimeError):  # too long, NUL, a loop
            return None
    return None


def as_pictures(
    x: Any, channels_first: bool = False, dark: bool = False
) -> np.ndarray:
    """Returns a batch [B, H, W, 1 or 3] of model inputs as pictures, uint8.

    Without `dark`, floats that are all below 32 are assumed to be on another
    scale, such as [0, 1].

    Raises:
        SampleError: another shape, or values that are not those of pictures on
            a scale of 0 to 255. Preprocessed inputs would make wrong pictures.
    """
    array = np.asarray(x)
    if channels_first and array.ndim == 4:
        array = np.moveaxis(array, 1, -1)
    if array.ndim != 4 or array.shape[-1] not in (1, 3) or not array.size:
        raise SampleError(f"their shape is {array.shape}")
    if array.dtype == np.uint8:
        return array
    values = array.astype(np.float32)
    low, high = float(values.min()), float(values.max())
    if not (low >= -0.5 and (0 if dark else 32) <= high <= 255.5):
        raise SampleError(f"their values lie within {low:.4g} to {high:.4g}")
    return np.rint(values).clip(0, 255).astype(np.uint8)


def collect(
    labels: Iterable[int], pictures: Iterable[Any], per_class: int, budget: int
) -> Thumbnails:
    """Makes thumbnails of pictures that come one by one; None is skipped."""
    found = Thumbnails(per_class, budget)
    samples = [int(label) for label in labels]
    sample = -1
    for sample, picture in enumerate(pictures):
        if sample >= len(samples):
            break
        if picture is not None:
            found.add(samples[sample], sample, picture)
    if sample + 1 != len(samples):
        raise ValueError(
            "Expected a picture, or None, for each of the "
            f"{len(samples):,} samples, got "
            + ("more." if sample + 1 > len(samples) else f"{sample + 1:,}.")
        )
    return found
