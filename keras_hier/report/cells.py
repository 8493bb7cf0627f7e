"""Draws the cells as pixels, so that even the smallest can be seen."""

import numpy as np

from keras_hier.report.colours import SHADES, Rgb, mix
from keras_hier.report.count_scale import Scale
from keras_hier.report.drawing_numbers import DRAWING
from keras_hier.report.subject import Cells

# Least side of a mark in pixels of the page, and from which count it is larger.
MARK = float(DRAWING["marks"]["least"])
STRONG_MARK: float = MARK + DRAWING["marks"]["strongExtra"]
STRONG: int = DRAWING["marks"]["strongFrom"]
# Where a single count of 1 lies, so that clusters of ones read denser.
_FAINT: float = DRAWING["marks"]["singleOpacity"]
_LARGE, _SMALL = DRAWING["gaps"]["large"], DRAWING["gaps"]["small"]
_CHUNK = 2**18


def spans(
    edge: np.ndarray, side: int, ratio: int, least: float
) -> tuple[np.ndarray, np.ndarray]:
    """Returns first pixels of rows or columns, and one past the last, int [G].

    Edges are the first place of each group, and one past the last, [G + 1]. A
    cell of less than MARK gets a mark of at least so many pixels of the page;
    larger cells keep a gap between them.
    """
    place = edge * (side / edge[-1])
    start, stop = place[:-1], place[1:]
    width = stop - start
    low, high = _round(start), _round(stop)
    wide = width / ratio
    gap = np.where(
        wide >= _LARGE["from"],
        round(_LARGE["gap"] * ratio),
        np.where(wide >= _SMALL["from"], max(1, int(_SMALL["gap"] * ratio)), 0),
    )
    high = high - gap
    small = wide < MARK
    mark = _round(least * ratio)
    at = _round((start + stop - least * ratio) / 2)
    at = np.clip(at, 0, side - mark)
    return (
        np.where(small, at, low).astype(int),
        np.where(small, at + mark, high).astype(int),
    )


def rasterise(
    cells: Cells,
    edge: np.ndarray,
    scale: Scale,
    shades: np.ndarray,
    background: Rgb,
    side: int,
    ratio: int,
) -> np.ndarray:
    """Draws all cells, the strongest on top.

    Args:
        cells: the nonzero ones.
        edge: first place of each group, and one past the last, [G + 1].
        scale: of the counts.
        shades: uint8 [SHADES, 3].
        background: single counts of 1 are mixed with it.
        side: pixels of the matrix, S.
        ratio: pixels of the image to a pixel of the page.

    Returns:
        uint8 [S, S, 4], RGBA, transparent where there is no cell.
    """
    usual = spans(edge, side, ratio, MARK)
    larger = spans(edge, side, ratio, STRONG_MARK)
    top = np.zeros(side * side, np.int64)
    ones = np.zeros(side * side, np.int64)
    for at in range(0, len(cells.count), _CHUNK):
        chunk = slice(at, at + _CHUNK)
        count = cells.count[chunk]
        strong = count >= STRONG
        row, column = cells.row[chunk], cells.column[chunk]
        y0, y1 = (
            np.where(strong, b[row], a[row])
            for a, b in zip(usual, larger, strict=True)
        )
        x0, x1 = (
            np.where(strong, b[column], a[column])
            for a, b in zip(usual, larger, strict=True)
        )
        cell, pixel = _pixels(y0, y1, x0, x1, side)
        np.maximum.at(top, pixel, count[cell])
        ones += np.bincount(pixel[count[cell] == 1], minlength=side * side)
    opaque = np.full((SHADES, 1), 255, np.uint8)
    colours = np.concatenate([shades, opaque], 1)
    image = np.zeros((side * side, 4), np.uint8)
    drawn = top > 0
    image[drawn] = colours[scale.shade(top[drawn])]
    red, green, blue = shades[0].tolist()
    faint = mix((red, green, blue), background, _FAINT)
    image[(top == 1) & (ones == 1)] = (*faint, 255)
    return image.reshape(side, side, 4)


def _pixels(
    y0: np.ndarray,
    y1: np.ndarray,
    x0: np.ndarray,
    x1: np.ndarray,
    side: int,
) -> tuple[np.ndarray, np.ndarray]:
    """Returns the cell and the place of every pixel of some boxes."""
    wide = x1 - x0
    area = (y1 - y0) * wide
    cell = np.repeat(np.arange(len(area)), area)
    first = np.cumsum(area) - area
    within = np.arange(len(cell)) - first[cell]
    y, x = np.divmod(within, wide[cell])
    return cell, (y0[cell] + y) * side + x0[cell] + x


def _round(values: np.ndarray | float) -> np.ndarray:
    return np.floor(np.asarray(values) + 0.5)
