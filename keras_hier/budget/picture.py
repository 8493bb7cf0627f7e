"""Draws error over cost: a line a depth, with its band."""

import math
import os
from typing import NamedTuple

import numpy as np

from keras_hier.report.canvases.canvas import Canvas
from keras_hier.report.canvases.fonts import Face
from keras_hier.report.colours import THEMES, Palette, Rgb, mix, ramp
from keras_hier.report.figure import RATIO
from keras_hier.tensors import FloatArray

_WIDTH, _HEIGHT = 640.0, 400.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 56.0, 120.0, 40.0, 56.0
_LINE = 14.0
_TICKS = 5
_BAND_WIDTH = 4.0


class Lines(NamedTuple):
    """Lines to draw: see `LabelBudget`.

    Attributes:
        texts: sentences below the picture.
        depths: str [D].
        cost: float64 [D, M].
        now: float64 [3].
        error: float64 [D, M, 3].
    """

    texts: tuple[str, ...]
    depths: tuple[str, ...]
    cost: FloatArray
    now: FloatArray
    error: FloatArray


class _Axes(NamedTuple):
    """Where costs and errors stand on the page."""

    most: float
    low: float
    high: float

    def x(self, cost: float) -> float:
        return _LEFT + cost / self.most * (_WIDTH - _LEFT - _RIGHT)

    def y(self, error: float) -> float:
        share = (error - self.low) / (self.high - self.low)
        return _HEIGHT - _BOTTOM - share * (_HEIGHT - _BOTTOM - _TOP)


def compose(
    lines: Lines,
    theme: str = "light",
    font: str | os.PathLike[str] | None = None,
    kind: type[Canvas] = Canvas,
) -> Canvas:
    """Draws lines on a canvas of a kind."""
    if theme not in THEMES:
        raise ValueError(
            f"theme must be one of {tuple(THEMES)}, got {theme!r}."
        )
    palette = THEMES[theme]
    face = Face(font, RATIO)
    height = _HEIGHT + _LINE * len(lines.texts)
    canvas = kind(_WIDTH, height, palette.background, face, RATIO)
    for at, text in enumerate(lines.texts):
        y = _HEIGHT + (at - 0.5) * _LINE
        canvas.text(_LEFT, y, face.spell(text), palette.muted)
    known = lines.error[np.isfinite(lines.error)]
    if not len(known):
        return canvas
    shown = np.array([*known, *lines.now])
    errors = _ticks(float(shown.min()), float(shown.max()))
    is_known = np.isfinite(lines.error[..., 1])
    most = float(lines.cost[is_known].max())
    axes = _Axes(most, errors[0], errors[-1])
    _draw_axes(canvas, palette, axes, errors)
    shades = ramp(palette)
    places = np.linspace(len(shades) - 1, len(shades) / 3, len(lines.depths))
    ends = []
    for depth in range(len(lines.depths)):
        red, green, blue = shades[int(places[depth])].tolist()
        colour = (red, green, blue) if depth else palette.ink
        ends.append(_draw_depth(canvas, palette, axes, lines, depth, colour))
    _draw_names(canvas, palette, lines, ends)
    return canvas


def _ticks(low: float, high: float) -> list[float]:
    """Returns round numbers from below a range to above it."""
    rough = max(high - low, 1e-6) / _TICKS
    power = 10.0 ** math.floor(math.log10(rough))
    step = power * next(n for n in (1, 2, 5, 10) if n * power >= rough)
    first, last = math.floor(low / step), math.ceil(high / step)
    return [step * each for each in range(first, max(last, first + 1) + 1)]


def _draw_axes(
    canvas: Canvas, palette: Palette, axes: _Axes, errors: list[float]
) -> None:
    right, foot = _WIDTH - _RIGHT, _HEIGHT - _BOTTOM
    digits = 0 if (errors[1] - errors[0]) >= 0.00999 else 1
    for error in errors:
        y = axes.y(error)
        canvas.fill((_LEFT, y, right, y + 0.5), palette.hairline)
        text = f"{100 * error:.{digits}f} %"
        canvas.text(_LEFT - 6, y, text, palette.muted, align="right")
    for cost in _ticks(0, axes.most):
        if cost <= axes.most:
            text = f"{cost:,.6g}"
            x = axes.x(cost)
            canvas.text(x, foot + 12, text, palette.muted, align="centre")
    canvas.text(_LEFT, _TOP - 16, "expected error", palette.muted)
    canvas.text(
        right, foot + 28, "cost of more labels", palette.muted, align="right"
    )


def _draw_depth(
    canvas: Canvas,
    palette: Palette,
    axes: _Axes,
    lines: Lines,
    depth: int,
    colour: Rgb,
) -> tuple[float, float]:
    """Draws the line and the bands of a depth, and returns where it ends."""
    bands = [lines.now, *lines.error[depth]]
    costs = [0.0, *lines.cost[depth].tolist()]
    pale = mix(colour, palette.background, 0.4)
    points = []
    for cost, (low, middle, high) in zip(costs, bands, strict=True):
        if np.isnan(middle):
            continue
        x = axes.x(cost)
        # Depths of one cost would hide one another's bands.
        aside = x + (depth * _BAND_WIDTH if cost else -_BAND_WIDTH / 2)
        box = (aside, axes.y(high), aside + _BAND_WIDTH / 2, axes.y(low))
        canvas.fill(box, pale)
        points.append((x, axes.y(middle)))
    canvas.curve(points, colour, 1.5)
    return points[-1]


def _draw_names(
    canvas: Canvas,
    palette: Palette,
    lines: Lines,
    ends: list[tuple[float, float]],
) -> None:
    """Names each line at its end, below one another where they meet."""
    last = -_LINE
    for depth in np.argsort([y for _, y in ends]).tolist():
        x, y = ends[depth]
        last = max(y, last + _LINE)
        name = lines.depths[depth]
        canvas.text(x + 24, last, name, palette.ink, style="halo")
