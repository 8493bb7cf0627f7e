"""Random views of small images, and mixtures of them."""

from collections.abc import Callable
from typing import Any

import numpy as np
from PIL import Image, ImageEnhance, ImageOps

Generator = np.random.Generator
# One image uint8 [S, S, 3] -> a crop of it, uint8 [crop, crop, 3].
View = Callable[[np.ndarray, int, Generator], np.ndarray]

# Shares of the area and ratios of the sides that a crop may have: Szegedy et
# al., Going deeper with convolutions, arXiv 1409.4842, with a third in place of
# 8 % of the area, for images of 64 pixels have less to lose.
AREA = (0.33, 1.0)
RATIO = (3 / 4, 4 / 3)
GREY = (128, 128, 128)


def shifted(image: np.ndarray, crop: int, rng: Generator) -> np.ndarray:
    """Returns a square at a random place, mirrored half of the time."""
    y, x = rng.integers(image.shape[0] - crop + 1, size=2)
    view = image[y : y + crop, x : x + crop]
    return view[:, ::-1] if rng.random() < 0.5 else view


def resized(image: np.ndarray, crop: int, rng: Generator) -> np.ndarray:
    """Returns a random part, stretched to a square, mirrored half the time."""
    return np.asarray(_part(image, crop, rng))


def strong(image: np.ndarray, crop: int, rng: Generator) -> np.ndarray:
    """Returns a random part, changed twice at random, with a hole in it.

    Reference:
        Cubuk et al.: RandAugment, arXiv 1909.13719, and the hole of Sohn et
        al.: FixMatch, arXiv 2001.07685.
    """
    view = _part(image, crop, rng)
    for change in rng.choice(len(CHANGES), 2):
        view = CHANGES[change](view, rng.uniform(-1, 1))
    pixels = np.array(view)
    side = int(rng.integers(crop // 2 + 1))
    y, x = rng.integers(crop, size=2)
    low = max(0, y - side // 2), max(0, x - side // 2)
    pixels[low[0] : y + side // 2, low[1] : x + side // 2] = GREY
    return pixels


VIEWS: dict[str, View] = {
    "crops": shifted,
    "resized": resized,
    "strong": strong,
}


def _part(image: np.ndarray, crop: int, rng: Generator) -> Image.Image:
    size = image.shape[0]
    area = rng.uniform(*AREA) * size * size
    ratio = np.exp(rng.uniform(*np.log(RATIO)))
    height = min(size, np.sqrt(area / ratio))
    width = min(size, np.sqrt(area * ratio))
    top = rng.uniform(0, size - height)
    left = rng.uniform(0, size - width)
    view = Image.fromarray(image).resize(
        (crop, crop),
        Image.Resampling.BILINEAR,
        box=(left, top, left + width, top + height),
    )
    return ImageOps.mirror(view) if rng.random() < 0.5 else view


def _moved(view: Image.Image, matrix: tuple[float, ...]) -> Image.Image:
    return view.transform(
        view.size,
        Image.Transform.AFFINE,
        matrix,
        Image.Resampling.BILINEAR,
        fillcolor=GREY,
    )


def _enhanced(kind: Any) -> Callable[[Image.Image, float], Image.Image]:
    return lambda view, by: kind(view).enhance(1 + 0.9 * by)


# Each changes a picture by -1 to 1 of the most that it may.
CHANGES: tuple[Callable[[Image.Image, float], Image.Image], ...] = (
    lambda view, by: view,
    lambda view, by: ImageOps.autocontrast(view),
    lambda view, by: ImageOps.equalize(view),
    lambda view, by: ImageOps.posterize(view, 8 - round(4 * abs(by))),
    lambda view, by: ImageOps.solarize(view, 256 - int(256 * abs(by))),
    _enhanced(ImageEnhance.Brightness),
    _enhanced(ImageEnhance.Color),
    _enhanced(ImageEnhance.Contrast),
    _enhanced(ImageEnhance.Sharpness),
    lambda view, by: view.rotate(
        30 * by, Image.Resampling.BILINEAR, fillcolor=GREY
    ),
    lambda view, by: _moved(view, (1, 0.3 * by, 0, 0, 1, 0)),
    lambda view, by: _moved(view, (1, 0, 0, 0.3 * by, 1, 0)),
    lambda view, by: _moved(view, (1, 0, 0.3 * by * view.width, 0, 1, 0)),
    lambda view, by: _moved(view, (1, 0, 0, 0, 1, 0.3 * by * view.height)),
)


def cutmix(
    pixels: np.ndarray, targets: np.ndarray, rng: Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Puts a part of another image of the batch into each.

    Args:
        pixels: uint8 [N, S, S, 3].
        targets: soft labels float32 [N, V], mixed by the shares of the area.
        rng: draws the box, one for the batch, and the partners.

    Returns:
        Pixels and targets, new ones.

    Reference:
        Yun et al.: CutMix, arXiv 1905.04899, with alpha 1.
    """
    size = pixels.shape[1]
    side = size * np.sqrt(1 - rng.random())
    y, x = rng.uniform(0, size, 2)
    top, left = (int(max(0, at - side / 2)) for at in (y, x))
    bottom, right = (int(min(size, at + side / 2)) for at in (y, x))
    partners = rng.permutation(len(pixels))
    mixed = pixels.copy()
    mixed[:, top:bottom, left:right] = pixels[partners, top:bottom, left:right]
    share = np.float32((bottom - top) * (right - left) / size**2)
    return mixed, (1 - share) * targets + share * targets[partners]
