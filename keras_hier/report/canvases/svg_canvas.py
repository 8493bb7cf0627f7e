"""A canvas that draws SVG, text as text."""

import base64
import io
import re
from collections.abc import Sequence
from html import escape
from typing import Any

import numpy as np
from PIL import Image

from keras_hier.report.canvases.canvas import Box, Canvas
from keras_hier.report.canvases.fonts import OVERSAMPLING
from keras_hier.report.colours import Rgb

# Whoever lacks the font sees one of these, set as wide.
_FONTS = "Helvetica, Arial, sans-serif"


class SvgCanvas(Canvas):
    """A `Canvas` whose drawing is SVG. Pasted pixels stay pixels."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._parts: list[str] = []
        self.fill((0, 0, self.width, self.height), self.background)

    def svg(self, title: str = "", fonts: str | None = None) -> str:
        """Returns the file, with a title for those who cannot see it."""
        head = _tag(
            "svg",
            xmlns="http://www.w3.org/2000/svg",
            viewBox=f"0 0 {_text(self.width)} {_text(self.height)}",
            width=self.width,
            height=self.height,
            font_family=fonts or f"{_name(self.face.family)}, {_FONTS}",
        )
        parts = [f"<{head}>", *self._parts, "</svg>\n"]
        if title:
            parts.insert(1, f"<title>{_text(title)}</title>")
        return "\n".join(parts)

    def fill(self, box: Box, colour: Rgb, alpha: float = 1.0) -> None:
        """Fills a box."""
        if box[2] > box[0] and box[3] > box[1]:
            self._add("rect", **_sides(box), fill=colour, opacity=alpha)

    def frame(
        self, box: Box, colour: Rgb, width: float, alpha: float = 1.0
    ) -> None:
        """Outlines a box by a line of some width along its edges."""
        left, top, right, bottom = (self._snap(side, width) for side in box)
        sides = _sides((left, top, right, bottom))
        self._line("rect", colour, width, **sides, opacity=alpha)

    def dots(
        self, box: Box, colour: Rgb, alpha: float, on: float, off: float
    ) -> None:
        """Fills a thin box with dashes along its longer side."""
        left, top, right, bottom = box
        x, y = (left + right) / 2, (top + bottom) / 2
        is_wide = right - left > bottom - top
        line = f"M{left:.2f} {y:.2f}H{right:.2f}"
        if not is_wide:
            line = f"M{x:.2f} {top:.2f}V{bottom:.2f}"
        width = bottom - top if is_wide else right - left
        dash = f"{_text(on)} {_text(off)}"
        self._line(
            "path", colour, width, d=line, stroke_dasharray=dash, opacity=alpha
        )

    def curve(
        self, points: Sequence[tuple[float, float]], colour: Rgb, width: float
    ) -> None:
        """Draws a line through points."""
        line = "L".join(f"{x:.2f} {y:.2f}" for x, y in points)
        self._line("path", colour, width, d=f"M{line}")

    def paste(self, pixels: np.ndarray, x: float, y: float) -> None:
        """Lays pixels over the drawing, uint8 [H, W, 4], RGBA."""
        data = io.BytesIO()
        Image.fromarray(pixels).save(data, "PNG", optimize=True)
        file = base64.b64encode(data.getvalue()).decode()
        high, wide = np.array(pixels.shape[:2]) / self.ratio
        self._add(
            "image",
            **_sides((x, y, x + wide, y + high)),
            image_rendering="pixelated",
            href=f"data:image/png;base64,{file}",
        )

    def _write(
        self,
        text: str,
        size: float,
        colour: Rgb,
        origin: tuple[float, float],
        upright: bool,
        weight: int,
    ) -> None:
        if weight > 1:
            return  # a halo, with which the text would be there twice
        x, y = origin
        more: dict[str, Any] = {}
        if upright:
            more["transform"] = f"rotate(-90 {x:.2f} {y:.2f})"
        if weight:
            width = 2 * weight / OVERSAMPLING / self.ratio
            more |= {"stroke": colour, "stroke_width": width}
        self._parts.append(
            f"<{_tag('text', x=x, y=y, font_size=size, fill=colour, **more)} "
            f'textLength="{_text(self.measure(text, size))}" '
            f'lengthAdjust="spacingAndGlyphs">{_text(text)}</text>'
        )

    def _line(
        self, tag: str, colour: Rgb, width: float, /, **more: Any
    ) -> None:
        self._add(tag, fill="none", stroke=colour, stroke_width=width, **more)

    def _add(self, tag: str, **attributes: Any) -> None:
        self._parts.append(f"<{_tag(tag, **attributes)}/>")


def _tag(name: str, **attributes: Any) -> str:
    written = (
        f' {key.replace("_", "-")}="{_text(value)}"'
        for key, value in attributes.items()
        if key != "opacity" or value != 1
    )
    return name + "".join(written)


def _text(value: Any) -> str:
    """Returns a number, a colour or a text as it stands in the file."""
    if isinstance(value, tuple):
        return f"#{bytes(value).hex()}"
    return escape(value if isinstance(value, str) else f"{value:.6g}")


def _name(family: str) -> str:
    return re.sub(r"[^\w -]", "", family)


def _sides(box: Box) -> dict[str, float]:
    left, top, right, bottom = box
    return {"x": left, "y": top, "width": right - left, "height": bottom - top}
