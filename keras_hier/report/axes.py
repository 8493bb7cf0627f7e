"""Draws the axes of the matrix: trees, names, ticks and side bars."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from keras_hier.report.canvases.canvas import Canvas
from keras_hier.report.colours import Palette, mix
from keras_hier.report.drawing_numbers import DRAWING
from keras_hier.report.label_placement import Wanted, place
from keras_hier.report.layout import Layout
from keras_hier.report.short_names import cut_computed
from keras_hier.report.subject import Subject

# Lines of names, and how far a name may stand from its row.
_NAMES = DRAWING["names"]
_PITCH = float(_NAMES["pitch"])
_FARTHEST = float(_NAMES["farthestGroup"])
_FARTHEST_CLASS = float(_NAMES["farthestClass"])
_EDGE = float(_NAMES["edge"])
_LINE = 12.0
_SLIVER = 3.0
_TICKS = DRAWING["ticks"]
_BARS = DRAWING["sideBars"]


class Page(NamedTuple):
    """Everything that a part of the picture needs to draw itself.

    Attributes:
        canvas: to draw on.
        palette: colours.
        layout: places.
        subject: what is shown.
        name_of: the name of a node, in letters that the face has.
    """

    canvas: Canvas
    palette: Palette
    layout: Layout
    subject: Subject
    name_of: Callable[[int], str]

    def short_name(self, node: int, room: float) -> str:
        """Returns the name of a node, cut by what tells it from others."""
        name = self.name_of(node)
        return self.subject.short_names.shorten(name, room, self.canvas.measure)


class _Box(NamedTuple):
    """A group in a tree: its columns, one past the last, drawn once."""

    node: int
    first: int
    last: int


def draw_trees(page: Page) -> None:
    """Draws the tree of the actual classes, and that of the predicted ones."""
    drawn = [-_SLIVER] * len(page.subject.columns)
    for box in _boxes(page.subject):
        # Boxes that are nearly too small to see do not all get a line.
        top, _ = page.layout.down(box.node, page.subject)
        is_lined = top - drawn[box.first] >= _SLIVER
        if is_lined:
            drawn[box.first] = top
        _draw_left(page, box, is_lined)
        _draw_top(page, box)


def _boxes(subject: Subject) -> list[_Box]:
    boxes: dict[int, _Box] = {}
    for column, nodes in enumerate(subject.columns):
        for node in nodes.tolist():
            # A single class has its name beside the rows.
            if column and node not in boxes and subject.size(node) == 1:
                continue
            first = boxes[node].first if node in boxes else column
            boxes[node] = _Box(node, first, column + 1)
    return list(boxes.values())


def _draw_left(page: Page, box: _Box, is_lined: bool) -> None:
    canvas, palette, layout, subject, name_of = page
    top, bottom = layout.down(box.node, subject)
    left, right = layout.columns[box.first], layout.columns[box.last]
    is_first = box.first == 0
    if is_first:
        canvas.fill((left, top, right, bottom), palette.fill_first)
    edge = palette.background if is_first else palette.hairline
    at = round(top * 2) / 2
    if is_lined:
        canvas.fill((left, at, right, at + 1), edge)
    if box.first > 1:
        canvas.fill((left, at, left + 1, bottom), edge)
    name = name_of(box.node)
    size = f"{subject.size(box.node):,}"
    middle = (top + bottom) / 2
    if is_first:
        room = bottom - top - 10
        # In a narrow column a computed group loses names; others are whole.
        text = name
        if box.last == 1 and canvas.measure(name) > room:
            text = cut_computed(name, room, canvas.measure) or name
        both = f"{text} · {size}"
        text = both if canvas.measure(both) <= room else text
        if canvas.measure(text) <= room:
            x = layout.columns[0] + 10
            canvas.text(
                x,
                middle,
                text,
                palette.ink,
                align="centre",
                style="strong",
                upright=True,
            )
            return
        if box.last == 1:
            return
    if bottom - top < _LINE:
        return
    wide = right - left
    text = page.short_name(box.node, wide - 12)
    canvas.text(left + 6, middle, text, palette.ink)
    if canvas.measure(name) + canvas.measure(size) + 20 <= wide:
        canvas.text(right - 6, middle, size, palette.muted, align="right")


def _draw_top(page: Page, box: _Box) -> None:
    canvas, palette, layout, subject, name_of = page
    depth = len(layout.rows) - 1
    if box.first >= depth:
        return
    left, right = layout.across(box.node, subject)
    last = min(box.last, depth)
    top, bottom = layout.rows[box.first], layout.rows[last] - 0.5
    is_first = box.first == 0
    fill = palette.fill_first if is_first else palette.fill
    canvas.fill((left, top, right, bottom), fill)
    at = round(left * 2) / 2
    wide = 1.0 if is_first else 0.5
    canvas.fill((at, top, at + wide, bottom), palette.background)
    name = name_of(box.node)
    if canvas.measure(name) + 6 <= right - left:
        canvas.text(
            (left + right) / 2,
            (top + bottom) / 2 + 0.5,
            name,
            palette.ink,
            align="centre",
            style="strong" if is_first else "plain",
        )


def draw_ticks(page: Page) -> None:
    """Draws the extents of the groups that have names beside the matrix."""
    canvas, palette, layout, subject, _ = page
    wide, high = layout.tick
    for index, node in enumerate(layout.named.tolist()):
        alpha = _TICKS["everySecondOpacity"] if index % 2 else 1.0
        top, bottom = layout.down(node, subject)
        bottom = max(bottom - _TICKS["gap"], top + _TICKS["least"])
        x = layout.ticks_x
        canvas.fill((x, top, x + wide, bottom), palette.strong, alpha)
        left, right = layout.across(node, subject)
        right = max(right - _TICKS["gap"], left + _TICKS["least"])
        y = layout.ticks_y
        canvas.fill((left, y, right, y + high), palette.strong, alpha)


def _placed(
    page: Page,
    middle: Callable[[int], float],
    samples: np.ndarray,
    start: float,
) -> tuple[list[tuple[Wanted, float]], bool]:
    """Places names along an axis, those with most errors first.

    Tells as well whether some are names of groups.
    """
    layout, subject = page.layout, page.subject
    has_groups = any(subject.size(n) > 1 for n in layout.named)
    wanted = [
        Wanted(node, middle(node), int(samples[node] - subject.right[node]))
        for node in layout.named.tolist()
    ]
    most = _FARTHEST if has_groups else _FARTHEST_CLASS
    low, high = start + _EDGE, start + layout.size - _EDGE
    return place(wanted, _PITCH, low, high, most), has_groups


def draw_row_names(page: Page) -> None:
    """Names groups beside their rows, those with most errors first."""
    canvas, palette, layout, subject, _ = page
    placed, has_sizes = _placed(
        page,
        lambda node: sum(layout.down(node, subject)) / 2,
        subject.counts.actual,
        layout.y,
    )
    room = layout.sizes - layout.names - (24 if has_sizes else -4)
    end = layout.ticks_x - 1
    recall = subject.counts.recall
    for (node, at, _), y in placed:
        text = page.short_name(node, room)
        canvas.text(layout.names, y, text, palette.ink)
        if has_sizes:
            size = f"{subject.size(node):,}"
            canvas.text(layout.sizes, y, size, palette.muted, align="right")
        share = recall[node]
        text = f"{100 * share:.0f} %" if np.isfinite(share) else "-"
        canvas.text(layout.share, y, text, palette.muted, align="right")
        curve = _curve((layout.leader, y), (end, at))
        canvas.curve(curve, palette.strong, 0.75)
    head = layout.y - 10
    if has_sizes:
        canvas.text(layout.sizes, head, "classes", palette.muted, align="right")
    canvas.text(layout.share, head, "recall", palette.muted, align="right")


def draw_column_names(page: Page) -> None:
    """Names classes or groups above their columns, most errors first."""
    canvas, palette, layout, subject, _ = page
    placed, _ = _placed(
        page,
        lambda node: sum(layout.across(node, subject)) / 2,
        subject.counts.predicted,
        layout.x,
    )
    foot = layout.ticks_y - 16
    room = foot - layout.rows[-1] - 8
    end = layout.ticks_y - 1
    for (node, at, _), x in placed:
        text = page.short_name(node, room)
        canvas.text(x, foot, text, palette.ink, upright=True)
        turned = _curve((foot + 2, x), (end, at))
        canvas.curve([(x, y) for y, x in turned], palette.strong, 0.75)


def draw_side_bars(page: Page) -> None:
    """Draws what is missing to 100 %: recall of rows, precision of columns.

    A pale bar a pixel, a dark line a group.
    """
    canvas, palette, layout, subject, _ = page
    counts = subject.counts
    pale = mix(palette.counts[0], palette.background, _BARS["opacity"])
    dark = palette.counts[3]
    half = _BARS["line"] / 2
    pixels = round(layout.size * canvas.ratio)
    x0, x1 = layout.bars_x
    y0, y1 = layout.bars_y
    for side, samples in enumerate((counts.actual, counts.predicted)):
        base, long = ((x0, x1 - x0), (y0, y1 - y0))[side]
        missing = _missing(subject, samples, pixels)
        colour = np.where(np.isnan(missing)[:, None], palette.fill_first, pale)
        length = np.where(np.isnan(missing), 1, missing) * long * canvas.ratio
        steps = np.arange(round(long * canvas.ratio))
        alpha = np.clip(length[:, None] - steps, 0, 1) * 255
        image = np.empty((*alpha.shape, 4), np.uint8)
        image[..., :3] = colour[:, None]
        image[..., 3] = np.floor(alpha + 0.5)
        if side == 0:
            canvas.paste(image, base, layout.y)
        else:
            canvas.paste(image.transpose(1, 0, 2), layout.x, base)
        for node in layout.named.tolist():
            if not samples[node]:
                continue
            share = 1 - counts.true_positives[node] / samples[node]
            at = base + share * long
            if side == 0:
                top, bottom = layout.down(node, subject)
                canvas.fill((at - half, top, at + half, bottom), dark)
            else:
                left, right = layout.across(node, subject)
                canvas.fill((left, at - half, right, at + half), dark)
    foot, end = layout.y + layout.size, layout.x + layout.size
    canvas.fill((x0, layout.y, x0 + 1, foot), palette.hairline)
    canvas.fill((x1, layout.y, x1 + 1, foot), palette.hairline)
    canvas.fill((layout.x, y1, end, y1 + 1), palette.hairline)
    canvas.text(x1, layout.y - 10, "recall", palette.muted, align="right")
    y = y0 + 8
    canvas.text(layout.x - 8, y, "precision", palette.muted, align="right")
    canvas.text(x0, y, "100", palette.muted)
    canvas.text(x1 + 6, y, "0 %", palette.muted, align="right")


def _missing(subject: Subject, samples: np.ndarray, pixels: int) -> np.ndarray:
    """Returns the share of errors at every pixel of an axis, or NaN."""
    groups = subject.groups
    starts = [subject.span(node)[0] for node in groups]
    edge = np.array([*starts, subject.num_places])
    at = np.linspace(0, subject.num_places, pixels + 1)

    def spread(values: np.ndarray) -> np.ndarray:
        sums = np.concatenate([[0], np.cumsum(values)])
        return np.diff(np.interp(at, edge, sums))

    right = spread(subject.counts.true_positives[groups])
    total = spread(samples[groups])
    empty = total < 1e-9
    return np.where(empty, np.nan, 1 - right / np.where(empty, 1, total))


def draw_axis_names(page: Page) -> None:
    """Writes which axis is actual and which predicted."""
    canvas, palette, layout, *_ = page
    y = layout.y - 10
    canvas.text(layout.columns[0], y, "actual", palette.muted)
    x = layout.columns[0] + canvas.measure("actual") + 7
    _arrow(page, (x, y - 4), (x, y + 4.5))
    y, x = layout.rows[0] + 8, layout.x - 8
    _arrow(page, (x - 9, y), (x, y))
    canvas.text(x - 13, y, "predicted", palette.muted, align="right")


def _arrow(
    page: Page, start: tuple[float, float], end: tuple[float, float]
) -> None:
    canvas, palette, *_ = page
    x, y = end
    along = np.sign(np.subtract(end, start))
    aside = along[::-1]
    wings = [tuple(np.array(end) - 3 * along + s * 3 * aside) for s in (1, -1)]
    canvas.curve([start, (x, y)], palette.muted, 1)
    canvas.curve([wings[0], (x, y), wings[1]], palette.muted, 1)


def _curve(
    start: tuple[float, float], end: tuple[float, float]
) -> list[tuple[float, float]]:
    """Returns a line between two heights that leaves and arrives level."""
    (x0, y0), (x1, y1) = start, end
    t = np.linspace(0, 1, 17)
    bend = float(_NAMES["bend"])
    x = (
        (1 - t) ** 3 * x0
        + 3 * (1 - t) ** 2 * t * (x0 + bend)
        + 3 * (1 - t) * t**2 * (x1 - bend)
        + t**3 * x1
    )
    y = ((1 - t) ** 3 + 3 * (1 - t) ** 2 * t) * y0 + (
        3 * (1 - t) * t**2 + t**3
    ) * y1
    return list(zip(x.tolist(), y.tolist(), strict=True))
