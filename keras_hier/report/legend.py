"""The legend: a histogram of the cells over the colours they have."""

import numpy as np

from keras_hier.report.canvas import Canvas
from keras_hier.report.colours import Palette, Rgb, ramp
from keras_hier.report.count_scale import Scale, histogram
from keras_hier.report.subject import Subject

WIDTH = 180.0
_BARS = 24.0
_SWATCHES = 7.0


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
    wide = WIDTH / len(edges)
    highest = np.log1p(max(int(cells.max()), 1))
    free = -np.inf
    for i, (edge, number) in enumerate(zip(edges, cells, strict=True)):
        x = left + i * wide
        high = _BARS * float(np.log1p(number) / highest)
        base = top + _BARS
        bar = (x + 0.5, base - high, x + wide - 0.5, base)
        canvas.fill(bar, palette.fill_first)
        red, green, blue = shades[scale.shade(float(edge))].tolist()
        swatch = (x + 0.5, base + 2, x + wide - 0.5, base + 2 + _SWATCHES)
        shade: Rgb = (red, green, blue)
        canvas.fill(swatch, shade)
        text = f"{edge:,}"
        half = canvas.measure(text) / 2
        middle = x + wide / 2
        if middle - half > free:
            free = middle + half + 5
            y = base + _SWATCHES + 11
            canvas.text(middle, y, text, palette.muted, align="centre")
    total = len(subject.cells.count)
    canvas.text(
        left + WIDTH,
        top + 7,
        f"errors per cell, {total:,} {'cell' if total == 1 else 'cells'}",
        palette.muted,
        align="right",
        halo=True,
    )
