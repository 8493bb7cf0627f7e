"""Colours of the page, light and dark: blue is error, all else is grey."""

from typing import NamedTuple

import numpy as np

Rgb = tuple[int, int, int]

SHADES = 256


class Palette(NamedTuple):
    """The colours of one theme, the same as the page's.

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
    value = int(text, 16)
    return value >> 16, value >> 8 & 255, value & 255


def _palette(colours: str, counts: str) -> Palette:
    stops = tuple(map(_rgb, counts.split()))
    background, ink, muted, hairline, strong, fill_first, fill = map(
        _rgb, colours.split()
    )
    return Palette(
        background, ink, muted, hairline, strong, fill_first, fill, stops
    )


THEMES = {
    "light": _palette(
        "ffffff 1b1f24 5a636e dfe3e8 bcc3cc e9ecf0 f5f6f8",
        "8fadde 6a90cf 4670b6 274d92 0d2a63",
    ),
    "dark": _palette(
        "1c1f23 e8eaed a3abb6 333940 525a65 2d3239 24282d",
        "4d75b3 6a91cf 8fb0e6 bbd1f4 eef4ff",
    ),
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
