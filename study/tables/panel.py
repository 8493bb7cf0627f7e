"""A plot of errors in per cent, of which the study's pictures are made."""

from collections.abc import Callable, Iterable, Sequence

import numpy as np

from keras_hier.report.canvases.canvas import Canvas
from keras_hier.report.colours import Palette, Rgb
from keras_hier.report.label_placement import spread

WIDTH, HEIGHT = 530, 300
LEFT, TOP, RIGHT, BOTTOM = 44, 44, 150, 34
LINE = 15


class Panel:
    """Places values on a canvas, and draws the axes.

    Args:
        canvas: at least `WIDTH` wide.
        top: of the panel on the canvas.
        across: from the first to the last value of the horizontal axis.
        errors: in per cent, between which the vertical axis lies: it goes from
            ten to ten.
        palette: colours of the theme.
        scale: of the horizontal axis, such as `numpy.log`.
    """

    def __init__(
        self,
        canvas: Canvas,
        top: float,
        across: tuple[float, float],
        errors: tuple[float, float],
        palette: Palette,
        scale: Callable[[float], float] = float,
    ) -> None:
        self.canvas = canvas
        self.palette = palette
        self.top = top
        self.foot = top + HEIGHT - BOTTOM
        self.low = 10 * np.floor(errors[0] / 10)
        self.high = min(100.0, 10 * np.ceil(errors[1] / 10))
        self._across = across
        self._scale = scale

    def x(self, value: float) -> float:
        """Returns the place of a value on the horizontal axis."""
        first, last, at = map(self._scale, (*self._across, value))
        return LEFT + (at - first) / (last - first) * (WIDTH - LEFT - RIGHT)

    def y(self, error: float) -> float:
        """Returns the height of an error in per cent."""
        part = (self.high - error) / (self.high - self.low)
        return self.top + TOP + part * (self.foot - self.top - TOP)

    def axes(self, head: str, what: str, ticks: Iterable[float]) -> None:
        """Writes two titles, the errors and the values of the other axis."""
        canvas, palette = self.canvas, self.palette
        canvas.text(LEFT, self.top + 14, head, palette.ink, size=12)
        canvas.text(LEFT, self.top + 29, what, palette.muted)
        right = self.x(self._across[1])
        for tick in np.arange(self.low, self.high + 1, 10):
            line = (LEFT, self.y(tick), right, self.y(tick) + 0.5)
            canvas.fill(line, palette.hairline)
            text = f"{tick:.0f} %"
            canvas.text(
                LEFT - 6, self.y(tick), text, palette.muted, align="right"
            )
        for tick in ticks:
            at = self.x(tick), self.foot + 12
            canvas.text(*at, f"{tick:g}", palette.muted, align="centre")

    def names(self, ends: Sequence[tuple[float, str, Rgb]]) -> None:
        """Writes names beside the ends of lines: error, name and colour."""
        ends = sorted(ends, key=lambda end: -end[0])
        wanted = [self.y(error) for error, _, _ in ends]
        places = spread(wanted, LINE, self.top, self.foot)
        right = self.x(self._across[1]) + 8
        for (error, name, colour), at in zip(ends, places, strict=True):
            self.canvas.text(right, at, f"{error:.1f}  {name}", colour)
