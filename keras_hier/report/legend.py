"""The legend: a histogram of the cells over the colours they have."""

import numpy as np

from keras_hier.quantities import quantity
from keras_hier.report.canvases.canvas import Canvas
from keras_hier.report.colours import Palette, Rgb, ramp
from keras_hier.report.count_scale import Scale, histogram
from keras_hier.report.drawing_numbers import DRAWING
from keras_hier.report.subject import Subject

_LEGEND = DRAWING["legend"]
_WIDTH = float(_LEGEND["width"])
_BARS = float(_LEGEND["bars"])
_SWATCHES = float(_LEGEND["swatches"])
_GAP = float(_LEGEND["gap"])
_BETWEEN_LABELS = float(_LEGEND["betweenLabels"])


def draw_legend(
    canvas: Canvas,
    palette: Palette,
    subject: Subject,
    scale: Scale,
    corner: tuple[float, float],
) -> None:
    """Draws the legend with its left upper corner at a point."""
    edges = scale.bins()
    cells = histogram(edges, subject.cells.count)
    shades = ramp(palette)
    left, top = corner
    wide = _WIDTH / len(edges)
    highest = np.log1p(max(int(cells.max()), 1))
    free = -np.inf
    for i, (edge, number) in enumerate(zip(edges, cells, strict=True)):
        x = left + i * wide
        high = _BARS * float(np.log1p(number) / highest)
        base = top + _BARS
        bar = (x + 0.5, base - high, x + wide - 0.5, base)
        canvas.fill(bar, palette.fill_first)
        red, green, blue = shades[scale.shade(float(edge))].tolist()
        colour = base + _GAP
        swatch = (x + 0.5, colour, x + wide - 0.5, colour + _SWATCHES)
        shade: Rgb = (red, green, blue)
        canvas.fill(swatch, shade)
        text = f"{edge:,}"
        half = canvas.measure(text) / 2
        middle = x + wide / 2
        if middle - half > free:
            free = middle + half + _BETWEEN_LABELS
            y = base + _SWATCHES + 11
            canvas.text(middle, y, text, palette.muted, align="centre")
    total = len(subject.cells.count)
    canvas.text(
        left + _WIDTH,
        top + 7,
        f"errors per cell, {quantity(total, 'cell')}",
        palette.muted,
        align="right",
        style="halo",
    )
