"""The whole picture: matrix, trees, names, legend, side bars, caption."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from PIL import Image

from keras_hier.quantities import quantity
from keras_hier.report import axes
from keras_hier.report.axes import Page
from keras_hier.report.canvases.canvas import Canvas, Label
from keras_hier.report.canvases.fonts import Face
from keras_hier.report.cells import rasterise
from keras_hier.report.colours import THEMES, ink_on, ramp
from keras_hier.report.count_scale import Scale, scale_for
from keras_hier.report.drawing_numbers import DRAWING
from keras_hier.report.label_placement import shorten
from keras_hier.report.layout import MARGIN, Layout, layout_for
from keras_hier.report.legend import draw_legend
from keras_hier.report.subject import Subject

RATIO = 2
_OUTLINES = DRAWING["outlines"]
_NUMBERS_FROM: float = DRAWING["numbersFrom"]
_GAPS = tuple(DRAWING["gaps"].values())
_DIAGONAL = DRAWING["diagonal"]
_ABSENCES = DRAWING["absences"]
_CAPTION_LINE = 16.0


class Picture(NamedTuple):
    """A drawn picture.

    Attributes:
        canvas: that it was drawn on.
        layout: where its parts stand.
        labels: every text on it.
        caption: its whole text.
        respelt: names that the face has not all letters of.
    """

    canvas: Canvas
    layout: Layout
    labels: tuple[Label, ...]
    caption: str
    respelt: frozenset[str]

    @property
    def image(self) -> Image.Image:
        """Its pixels, mode "RGB"."""
        return self.canvas.image


def compose(
    subject: Subject,
    theme: str = "light",
    face: Face | None = None,
    title: Sequence[str] = (),
    kind: type[Canvas] = Canvas,
) -> Picture:
    """Draws a picture, whose caption begins with the phrases of a title."""
    if theme not in THEMES:
        raise ValueError(
            f"theme must be one of {tuple(THEMES)}, got {theme!r}."
        )
    palette = THEMES[theme]
    face = face or Face(ratio=RATIO)
    names = _Names(subject, face)
    layout = layout_for(subject, lambda node: face.measure(names.of(node)))
    words = [face.spell(word) for word in title] + _caption(subject, layout)
    lines = _wrap(words, layout.width - 2 * MARGIN, face)
    height = layout.caption + _CAPTION_LINE * len(lines) + MARGIN - 6
    canvas = kind(layout.width, height, palette.background, face, RATIO)
    page = Page(canvas, palette, layout, subject, names.of)
    scale = scale_for(subject)
    axes.draw_trees(page)
    axes.draw_ticks(page)
    _draw_matrix(page, scale)
    _draw_notches(page)
    axes.draw_side_bars(page)
    axes.draw_row_names(page)
    if layout.has_column_names:
        axes.draw_column_names(page)
    axes.draw_axis_names(page)
    draw_legend(canvas, palette, subject, scale, layout.legend)
    for i, line in enumerate(lines):
        y = layout.caption + (i + 0.5) * _CAPTION_LINE
        canvas.text(MARGIN, y, line, palette.muted)
    return Picture(
        canvas,
        layout,
        tuple(canvas.labels),
        " · ".join(words),
        frozenset(names.respelt),
    )


class _Names:
    """Names of nodes in letters that a face has.

    Where it cannot write a name at all, the id may do.
    """

    def __init__(self, subject: Subject, face: Face) -> None:
        self._tree = subject.tree
        self._face = face
        self.respelt: set[str] = set()

    def of(self, node: int) -> str:
        name = self._tree.node_names[node]
        if self._face.can_write(name):
            return self._face.spell(name)
        self.respelt.add(name)
        spelt = self._face.spell(name)
        node_id = self._tree.node_ids[node]
        if "?" in spelt and self._face.can_write(node_id):
            return self._face.spell(node_id)
        return spelt


def _caption(subject: Subject, layout: Layout) -> list[str]:
    """Returns the phrases of the caption: what is shown, and how."""
    cells = len(subject.cells.count)
    phrases = [
        quantity(subject.total, "sample"),
        f"{quantity(subject.errors, 'error')} in {quantity(cells, 'cell')}",
    ]
    if subject.coarse:
        phrases.append(
            f"{quantity(subject.coarse, 'sample')} with coarse labels in no "
            "cell"
        )
    if subject.is_collapsed:
        phrases.append(quantity(len(subject.groups), "group"))
        phrases.append("diagonal: wrong class, right group")
    else:
        phrases.append("diagonal hidden")
    for leaves, what in (
        (subject.never_predicted, "never predicted"),
        (subject.only_predicted, "without samples, yet predicted"),
    ):
        if len(leaves):
            phrases.append(f"{len(leaves):,} {what}")
    smallest = min(np.diff(subject.span(node))[0] for node in subject.groups)
    if layout.place(smallest, subject) < 2:
        phrases.append("marks at least 2 px")
    phrases.append("order: the tree's")
    return phrases


def _wrap(words: Sequence[str], width: float, face: Face) -> list[str]:
    """Joins phrases to lines no wider than the page."""
    lines: list[str] = []
    for word in words:
        word = shorten(word, width, face.measure)
        longer = f"{lines[-1]} · {word}" if lines else ""
        if longer and face.measure(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _draw_matrix(page: Page, scale: Scale) -> None:
    canvas, palette, layout, subject, _ = page
    edge = _edges(subject)
    _draw_absences(page)
    if not subject.is_collapsed:
        _draw_diagonal(page)
    pixels = rasterise(
        subject.cells,
        edge,
        scale,
        ramp(palette),
        palette.background,
        round(layout.size * RATIO),
        RATIO,
    )
    canvas.paste(pixels, layout.x, layout.y)
    _draw_numbers(page, scale)
    is_small = layout.place(1, subject) < _OUTLINES["smallBelow"]
    least = _OUTLINES["leastClasses"]["small" if is_small else "large"]
    drawn = list(zip(subject.outlines, _OUTLINES["lines"], strict=False))
    for nodes, line in reversed(drawn):
        for node in nodes.tolist():
            if subject.size(node) >= least:
                top, bottom = layout.down(node, subject)
                left, right = layout.across(node, subject)
                box = (left, top, right, bottom)
                canvas.frame(box, palette.muted, line["width"], line["opacity"])
    x, y, size = layout.x, layout.y, layout.size
    border = (x - 0.5, y - 0.5, x + size + 0.5, y + size + 0.5)
    canvas.frame(border, palette.strong, 1)


def _edges(subject: Subject) -> np.ndarray:
    starts = [subject.span(node)[0] for node in subject.groups]
    return np.array([*starts, subject.num_places])


def _draw_diagonal(page: Page) -> None:
    """Marks the hidden correct cells: a hairline, or grey cells if large."""
    canvas, palette, layout, subject, _ = page
    x, y, size = layout.x, layout.y, layout.size
    if layout.place(1, subject) < _DIAGONAL["lineBelow"]:
        ends = [(x, y), (x + size, y + size)]
        canvas.curve(ends, palette.hairline, _DIAGONAL["lineWidth"])
        return
    for node in subject.groups.tolist():
        top, bottom = layout.down(node, subject)
        left, right = layout.across(node, subject)
        wide = bottom - top
        gap = next((g["gap"] for g in _GAPS if wide >= g["from"]), 0)
        box = (left, top, right - gap, bottom - gap)
        canvas.fill(box, palette.fill_first)


def _draw_numbers(page: Page, scale: Scale) -> None:
    canvas, palette, layout, subject, _ = page
    cells = subject.cells
    sides = [
        layout.place(high - low, subject)
        for low, high in map(subject.span, subject.groups.tolist())
    ]
    if max(sides) < _NUMBERS_FROM:
        return
    shades = ramp(palette)
    for row, column, count in zip(
        cells.row.tolist(),
        cells.column.tolist(),
        cells.count.tolist(),
        strict=True,
    ):
        if min(sides[row], sides[column]) < _NUMBERS_FROM:
            continue
        text = f"{count:,}"
        if canvas.measure(text) + 3 > sides[column]:
            continue
        red, green, blue = shades[scale.shade(count)].tolist()
        top, bottom = layout.down(int(subject.groups[row]), subject)
        left, right = layout.across(int(subject.groups[column]), subject)
        canvas.text(
            (left + right - 1) / 2,
            (top + bottom - 1) / 2,
            text,
            ink_on((red, green, blue)),
            align="centre",
        )


def _absences(page: Page) -> Iterator[tuple[bool, float]]:
    """Yields rows without samples, columns without predictions: the middles."""
    subject, layout = page.subject, page.layout
    for node in subject.groups.tolist():
        if subject.counts.actual[node] == 0:
            yield True, sum(layout.down(node, subject)) / 2
        if subject.counts.predicted[node] == 0:
            yield False, sum(layout.across(node, subject)) / 2


def _draw_absences(page: Page) -> None:
    """Dots rows without samples, and columns without predictions."""
    x, y, size = page.layout.x, page.layout.y, page.layout.size
    half = _ABSENCES["width"] / 2
    dash = _ABSENCES["opacity"], _ABSENCES["dash"], _ABSENCES["gap"]
    for is_row, at in _absences(page):
        row = (x, at - half, x + size, at + half)
        column = (at - half, y, at + half, y + size)
        page.canvas.dots(row if is_row else column, page.palette.muted, *dash)


def _draw_notches(page: Page) -> None:
    """Marks in the ticks where samples or predictions are missing."""
    x, y = page.layout.ticks_x, page.layout.ticks_y
    wide, high = page.layout.tick
    half = _ABSENCES["notch"] / 2
    for is_row, at in _absences(page):
        row = (x, at - half, x + wide, at + half)
        column = (at - half, y, at + half, y + high)
        page.canvas.fill(row if is_row else column, page.palette.ink)
