"""Colours of the page, light and dark: blue is error, all else is grey."""

from typing import Any, NamedTuple

import numpy as np

from keras_hier.report.drawing_numbers import DRAWING, read_shared

Rgb = tuple[int, int, int]

SHADES: int = DRAWING["shades"]


class Palette(NamedTuple):
    """The colours of one theme that a picture takes of the page's.

    Attributes:
        background: of everything.
        ink: names.
        muted: numbers, heads, outlines.
        hairline: thin lines.
        strong: lines that must be seen, ticks.
        fill_first: boxes of the first level.
        fill: boxes of the other levels.
        counts: few to many, the stops of a ramp.
    """

    background: Rgb
    ink: Rgb
    muted: Rgb
    hairline: Rgb
    strong: Rgb
    fill_first: Rgb
    fill: Rgb
    counts: tuple[Rgb, ...]


def _rgb(text: str) -> Rgb:
    red, green, blue = bytes.fromhex(text.removeprefix("#"))
    return red, green, blue


def _palette(theme: dict[str, Any]) -> Palette:
    return Palette(
        background=_rgb(theme["background"]),
        ink=_rgb(theme["ink"]),
        muted=_rgb(theme["muted"]),
        hairline=_rgb(theme["hairline"]),
        strong=_rgb(theme["strong"]),
        fill_first=_rgb(theme["fillFirst"]),
        fill=_rgb(theme["fill"]),
        counts=tuple(map(_rgb, theme["counts"])),
    )


THEMES = {
    name: _palette(theme) for name, theme in read_shared("palette.json").items()
}


def ramp(palette: Palette) -> np.ndarray:
    """Returns the shades of counts, few to many, uint8 [SHADES, 3]."""
    stops = np.array(palette.counts, float)
    at = np.linspace(0, len(stops) - 1, SHADES)
    channels = [np.interp(at, np.arange(len(stops)), c) for c in stops.T]
    return np.floor(np.stack(channels, 1) + 0.5).astype(np.uint8)


def mix(colour: Rgb, background: Rgb, alpha: float) -> Rgb:
    """Returns a colour as it looks at some opacity over another one."""
    mixed = alpha * np.array(colour) + (1 - alpha) * np.array(background)
    red, green, blue = np.floor(mixed + 0.5).astype(int).tolist()
    return red, green, blue


def luminance(colour: Rgb) -> float:
    """Returns the relative luminance of a colour, in [0, 1] (WCAG 2)."""
    value = np.array(colour) / 255
    linear = np.where(
        value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4
    )
    return float(linear @ (0.2126, 0.7152, 0.0722))


def ink_on(colour: Rgb) -> Rgb:
    """Returns black or white, whichever is stronger on a colour."""
    return (0, 0, 0) if luminance(colour) > 0.179 else (255, 255, 255)
