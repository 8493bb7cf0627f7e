"""A canvas measured in pixels of the page, with antialiased edges."""

from collections.abc import Sequence
from functools import cached_property
from typing import Literal, NamedTuple

import numpy as np
from PIL import Image, ImageDraw

from keras_hier.report.canvases.fonts import Face
from keras_hier.report.colours import Rgb

Align = Literal["left", "centre", "right"]
Style = Literal["plain", "strong", "halo"]
Box = tuple[float, float, float, float]
# From the middle of a line of text down to its base line, in ems.
_MIDDLE_TO_BASE = 0.36
_CURVE_OVERSAMPLING = 4


class Label(NamedTuple):
    """A text on the page, and the box of its letters."""

    text: str
    box: Box


class Canvas:
    """An image and what has been written on it.

    All lengths are in pixels of the page; each is `ratio` x `ratio` pixels of
    the image. Boxes are (left, top, right, bottom).

    Attributes:
        labels: every text, in the order of drawing.
    """

    def __init__(
        self,
        width: float,
        height: float,
        background: Rgb,
        face: Face,
        ratio: int = 2,
    ) -> None:
        self.width, self.height = width, height
        self.ratio = ratio
        self.face = face
        self.background = background
        self.labels: list[Label] = []

    @cached_property
    def image(self) -> Image.Image:
        """The drawing, mode "RGB"."""
        size = (round(self.width * self.ratio), round(self.height * self.ratio))
        return Image.new("RGB", size, self.background)

    def fill(self, box: Box, colour: Rgb, alpha: float = 1.0) -> None:
        """Fills a box; pixels on its edges by the share that it covers."""
        left, top, right, bottom = (side * self.ratio for side in box)
        if right <= left or bottom <= top:
            return
        x, across = _coverage(left, right)
        y, down = _coverage(top, bottom)
        mask = np.outer(down, across) * (255 * alpha)
        covered = Image.fromarray(np.floor(mask + 0.5).astype(np.uint8))
        self.image.paste(colour, (x, y), covered)

    def frame(
        self, box: Box, colour: Rgb, width: float, alpha: float = 1.0
    ) -> None:
        """Outlines a box by a line of some width along its edges."""
        half = width / 2
        left, top, right, bottom = (self._snap(s, width) for s in box)
        for side in (
            (left - half, top - half, right + half, top + half),
            (left - half, bottom - half, right + half, bottom + half),
            (left - half, top + half, left + half, bottom - half),
            (right - half, top + half, right + half, bottom - half),
        ):
            self.fill(side, colour, alpha)

    def dots(
        self, box: Box, colour: Rgb, alpha: float, on: float, off: float
    ) -> None:
        """Fills a thin box with dashes along its longer side."""
        left, top, right, bottom = box
        is_wide = right - left > bottom - top
        start, end = (left, right) if is_wide else (top, bottom)
        for at in np.arange(start, end, on + off):
            stop = min(at + on, end)
            dash = (
                (at, top, stop, bottom) if is_wide else (left, at, right, stop)
            )
            self.fill(dash, colour, alpha)

    def curve(
        self, points: Sequence[tuple[float, float]], colour: Rgb, width: float
    ) -> None:
        """Draws a line through points."""
        xy = np.array(points) * self.ratio
        x, y = np.floor(xy.min(0)).astype(int).tolist()
        pad = int(width * self.ratio) + 2
        x, y = x - pad, y - pad
        wide, high = (np.ceil(xy.max(0)).astype(int) + pad - (x, y)).tolist()
        scale = _CURVE_OVERSAMPLING
        mask = Image.new("L", (wide * scale, high * scale))
        ImageDraw.Draw(mask).line(
            ((xy - (x, y)) * scale).ravel().tolist(),
            fill=255,
            width=max(1, round(width * self.ratio * scale)),
            joint="curve",
        )
        self.image.paste(colour, (x, y), mask.reduce(scale))

    def paste(self, pixels: np.ndarray, x: float, y: float) -> None:
        """Lays pixels of the image over it, uint8 [H, W, 4], RGBA."""
        layer = Image.fromarray(pixels)
        at = (round(x * self.ratio), round(y * self.ratio))
        self.image.paste(layer.convert("RGB"), at, layer.getchannel("A"))

    def measure(self, text: str, size: float = 11.0) -> float:
        """Returns how wide a text is set."""
        return self.face.measure(text, size)

    def text(
        self,
        x: float,
        y: float,
        text: str,
        colour: Rgb,
        *,
        align: Align = "left",
        size: float = 11.0,
        style: Style = "plain",
        upright: bool = False,
    ) -> None:
        """Writes a line.

        Args:
            x: of the left end, the middle or the right end.
            y: of the middle of the line.
            text: in letters that the face has.
            colour: of the letters.
            align: what x, or y of an upright text, is the place of.
            size: in pixels of the page.
            style: "strong" is a little heavier; "halo" clears the background
                around the letters first.
            upright: read from bottom to top; x is the middle of the line then,
                and "left" stands for its lower end.
        """
        if not text:
            return
        length = self.measure(text, size)
        back = {"left": 0.0, "centre": 0.5, "right": 1.0}[align] * length
        base = _MIDDLE_TO_BASE * size
        if upright:
            along, across = y + back, x + base
            ends = (x - size / 2, along - length, x + size / 2, along)
        else:
            along, across = x - back, y + base
            ends = (along, y - size / 2, along + length, y + size / 2)
        origin = (across, along) if upright else (along, across)
        if style == "halo":
            ink = self.background
            self._write(text, size, ink, origin, upright, weight=8)
        weight = 1 if style == "strong" else 0
        self._write(text, size, colour, origin, upright, weight)
        self.labels.append(Label(text, ends))

    def _write(
        self,
        text: str,
        size: float,
        colour: Rgb,
        origin: tuple[float, float],
        upright: bool,
        weight: int,
    ) -> None:
        x, y = origin[0] * self.ratio, origin[1] * self.ratio
        at_x, at_y = int(np.floor(x)), int(np.floor(y))
        if not upright:
            mask, (left, base) = self.face.mask(
                text, size, weight, (x - at_x, y - at_y)
            )
            self.image.paste(colour, (at_x - left, at_y - base), mask)
            return
        # A quarter turn to the left: along becomes up, across becomes right.
        at_y += 1
        mask, (left, base) = self.face.mask(
            text, size, weight, (at_y - y, x - at_x)
        )
        mask = mask.transpose(Image.Transpose.ROTATE_90)
        corner = (at_x - base, at_y + left - mask.height)
        self.image.paste(colour, corner, mask)

    def _snap(self, at: float, width: float) -> float:
        """Moves a line so that its middle, or its edges, meet the pixels."""
        whole = round(width * self.ratio)
        if whole % 2:
            return (np.floor(at * self.ratio) + 0.5) / self.ratio
        return np.floor(at * self.ratio + 0.5) / self.ratio


def _coverage(low: float, high: float) -> tuple[int, np.ndarray]:
    """Returns the first pixel of a span, and how much it covers of each."""
    first = int(np.floor(low + 1e-6))
    last = max(int(np.ceil(high - 1e-6)), first + 1)
    edges = np.arange(first, last + 1)
    inside = np.clip(edges, low, high)
    return first, np.diff(inside)
