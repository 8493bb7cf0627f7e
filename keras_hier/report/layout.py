"""The layout of the picture, in pixels of the page."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from keras_hier.report.drawing_numbers import DRAWING
from keras_hier.report.subject import Subject

MARGIN = 16.0
# Side of the matrix, smaller where there are few classes.
_MATRIX = (280.0, 654.0)
_MOST_PER_CLASS = 40.0
# Names are chosen from some times as many groups as there is room for.
_NAMED: float = DRAWING["names"]["sizePerName"]
# From this distance on all columns have names, as on the page.
_NAMED_PITCH = 11.0
# Free width left and right of a name in a box of the top tree.
_EDGES = 6.0
# Widths of the columns of the left tree, and height of a row of the top one.
_TREE = (float(DRAWING["tree"]["firstColumn"]), 88.0, 76.0)
_ROW = float(DRAWING["tree"]["row"])
# Beside the rows: names and sizes, a gap, the share, leader lines, ticks.
_NAMES = 136.0
_FLAT_NAMES = 190.0
_SHARE = 40.0
_AFTER_TREE = float(DRAWING["names"]["afterTree"])
_RECALL_TO_LEADER = float(DRAWING["names"]["recallToLeader"])
_LEADER = float(DRAWING["names"]["leader"])
_TICKS = DRAWING["ticks"]
# Above the matrix: names of columns, with what is around them; and what stands
# in the corner, below the name of the axis if that would come too near.
_COLUMN_NAMES = 132.0
_AROUND_NAMES = 24.0
_CORNER = 55.0
_CORNER_BESIDE_NAMES = 92.0
_LEGEND = 70.0
_BARS = DRAWING["sideBars"]


@dataclass(frozen=True)
class Layout:
    """Places of the parts of a picture.

    Attributes:
        columns: edges of the columns of the left tree.
        rows: edges of the rows of the top tree.
        names: left edge of the names beside the rows.
        sizes: right edge of the numbers of classes.
        share: right edge of the recall.
        leader: left end of the leader lines.
        x: left edge of the matrix.
        y: upper edge of the matrix.
        size: side of the matrix.
        named: the nodes whose names may stand beside rows.
        has_column_names: whether they stand above columns, too.
        legend: left upper corner of the legend.
    """

    columns: tuple[float, ...]
    rows: tuple[float, ...]
    names: float
    sizes: float
    share: float
    leader: float
    x: float
    y: float
    size: float
    named: np.ndarray
    has_column_names: bool
    legend: tuple[float, float]

    @property
    def ticks_x(self) -> float:
        """Left edge of the ticks beside the rows."""
        return self.x - float(_TICKS["left"])

    @property
    def ticks_y(self) -> float:
        """Upper edge of the ticks above the columns."""
        return self.y - float(_TICKS["above"])

    @property
    def tick(self) -> tuple[float, float]:
        """Width of the ticks beside the rows, height of those above."""
        return float(_TICKS["width"]), float(_TICKS["height"])

    @property
    def bars_x(self) -> tuple[float, float]:
        """The side bars right of the matrix."""
        left = self.x + self.size + _BARS["rightGap"]
        return left, left + _BARS["width"]

    @property
    def bars_y(self) -> tuple[float, float]:
        """The side bars below the matrix."""
        top = self.y + self.size + _BARS["belowGap"]
        return top, top + _BARS["height"]

    @property
    def width(self) -> float:
        """The width of the page."""
        return self.bars_x[1] + MARGIN + 4

    @property
    def caption(self) -> float:
        """Top of the caption."""
        return self.bars_y[1] + 14

    def place(self, place: float, subject: Subject) -> float:
        """Returns how far along the matrix a place lies."""
        return self.size * place / subject.num_places

    def down(self, node: int, subject: Subject) -> tuple[float, float]:
        """Returns the upper and lower edge of a node's rows."""
        low, high = subject.span(node)
        return (
            self.y + self.place(low, subject),
            self.y + self.place(high, subject),
        )

    def across(self, node: int, subject: Subject) -> tuple[float, float]:
        """Returns the left and right edge of a node's columns."""
        low, high = subject.span(node)
        return (
            self.x + self.place(low, subject),
            self.x + self.place(high, subject),
        )


def layout_for(subject: Subject, measure: Callable[[int], float]) -> Layout:
    """Lays out a page; measures how wide the name of a node is set."""
    size = min(
        max(_MATRIX[0], _MOST_PER_CLASS * subject.num_places), _MATRIX[1]
    )
    named = subject.rows_to_name(int(size / _NAMED))
    has_column_names = _has_column_names(subject, named, size, measure)
    depth = len(subject.columns)
    # The tree above names of columns keeps what is coarser than these.
    rows_above = (
        sum(len(nodes) < len(named) for nodes in subject.columns)
        if has_column_names
        else depth
    )
    columns = [MARGIN]
    for width in _TREE[:depth]:
        columns.append(columns[-1] + width)
    rows = [MARGIN + _ROW * row for row in range(rows_above + 1)]
    names = columns[-1] + (_AFTER_TREE if depth else 0)
    sizes = names + (_NAMES if depth else _FLAT_NAMES)
    share = sizes + _SHARE
    leader = share + _RECALL_TO_LEADER
    y = MARGIN + max(_CORNER, _ROW * depth + 10)
    legend = (MARGIN + 62, MARGIN + 2)
    if has_column_names:
        longest = min(max(map(measure, named.tolist())), _COLUMN_NAMES)
        above = _ROW * rows_above + 10 + longest + _AROUND_NAMES
        y = MARGIN + max(_CORNER_BESIDE_NAMES, math.ceil(above))
        legend = (MARGIN, y - _LEGEND)
    return Layout(
        columns=tuple(columns),
        rows=tuple(rows),
        names=names,
        sizes=sizes,
        share=share,
        leader=leader,
        x=leader + _LEADER + _TICKS["left"],
        y=y,
        size=size,
        named=named,
        has_column_names=has_column_names,
        legend=legend,
    )


def _has_column_names(
    subject: Subject,
    named: np.ndarray,
    size: float,
    measure: Callable[[int], float],
) -> bool:
    """Tells whether names stand above columns, not in the tree alone."""
    if len(named) == len(subject.levels[-1]):
        return True
    if len(named) * _NAMED_PITCH > size:
        return False
    per_place = size / subject.num_places
    is_in_tree = any(len(nodes) == len(named) for nodes in subject.columns)
    return not is_in_tree or any(
        measure(node) + _EDGES > per_place * subject.size(node)
        for node in named.tolist()
    )
