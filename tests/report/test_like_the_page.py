"""Pictures look like the page: the same results from the same input.

`tests/golden/drawing.json` has input and results. The page's code is held to
them by `tb_plugin/frontend/test/likeTheReport.test.ts`. Numbers and colours are
of one file, so neither can have others.
"""

import itertools
import json
from pathlib import Path

import numpy as np
import pytest

from keras_hier.hierarchy.hierarchy import Hierarchy
from keras_hier.report import axes, cells, count_scale
from keras_hier.report.colours import THEMES, ink_on, ramp
from keras_hier.report.count_scale import Scale, scale_for
from keras_hier.report.label_placement import Wanted, place, shorten, spread
from keras_hier.report.layout import layout_for
from keras_hier.report.subject import Subject

FILE = Path(__file__).parents[1] / "golden" / "drawing.json"
GOLDEN = json.loads(FILE.read_text(encoding="utf-8"))


def each(name):
    """Runs a test on every case of one kind."""
    return pytest.mark.parametrize("case", GOLDEN[name])


def each_level():
    """Runs a test on every display level of every matrix."""
    levels = [
        (case, level) for case in GOLDEN["matrices"] for level in case["levels"]
    ]
    ids = [f"{case['name']}, {level['groups']}" for case, level in levels]
    return pytest.mark.parametrize(("case", "level"), levels, ids=ids)


def subject_of(case, groups=None):
    """A matrix over its tree, as the page is given them."""
    tree = Hierarchy.from_json(case["tree"])
    matrix = np.zeros((tree.num_classes, tree.num_classes), int)
    for row, column, count in case["cells"]:
        matrix[row, column] = count
    return Subject(matrix, tree, case["tree"]["sizes"], groups)


class TestColours:
    @each("ramps")
    def test_shades_of_counts(self, case):
        shades = ramp(THEMES[case["theme"]])
        found = [
            [index, f"#{bytes(shades[index]).hex()}"]
            for index, _ in case["shades"]
        ]
        assert found == case["shades"]

    def test_numbers_in_cells_are_black_or_white(self):
        names = {(0, 0, 0): "#000", (255, 255, 255): "#fff"}
        for colour, ink in GOLDEN["inks"]:
            red, green, blue = bytes.fromhex(colour[1:])
            assert names[ink_on((red, green, blue))] == ink, colour


class TestScale:
    @each("shades")
    def test_shades_follow_counts(self, case):
        found = Scale(case["high"]).shade(np.array(case["counts"]))
        assert found.tolist() == case["shades"]

    @each("bins")
    def test_bins_widen(self, case):
        assert Scale(case["high"]).bins().tolist() == case["from"]

    @each_level()
    def test_the_largest_row_settles_the_scale(self, case, level):
        scale = scale_for(subject_of(case, level["groups"]))
        assert scale.high == pytest.approx(level["high"], rel=1e-12)

    @each_level()
    def test_the_legend_counts_cells(self, case, level):
        subject = subject_of(case, level["groups"])
        edges = scale_for(subject).bins()
        found = count_scale.histogram(edges, subject.cells.count)
        assert np.stack([edges, found], 1).tolist() == level["histogram"]


class TestSubject:
    @each("matrices")
    def test_sums_of_nodes(self, case):
        subject = subject_of(case)
        assert subject.counts.actual.tolist() == case["actual"]
        assert subject.counts.predicted.tolist() == case["predicted"]
        assert subject.counts.true_positives.tolist() == case["truePositives"]
        assert subject.right.tolist() == case["right"]

    @each("matrices")
    def test_display_levels(self, case):
        levels = [nodes.tolist() for nodes in subject_of(case).levels]
        assert levels == [level["nodes"] for level in case["tree"]["levels"]]

    @each_level()
    def test_cells_of_groups(self, case, level):
        subject = subject_of(case, level["groups"])
        found = subject.cells
        stacked = np.stack([found.row, found.column, found.count], 1)
        assert stacked.tolist() == level["cells"]
        ends = [subject.span(node)[1] for node in subject.groups]
        assert [0, *ends] == level["edge"]

    @each("matrices")
    def test_boxes_of_the_trees(self, case):
        subject = subject_of(case)
        found = [
            [box.node, box.first, box.last, *subject.span(box.node)]
            for box in axes._boxes(subject)
        ]
        assert found == case["boxes"]


@each("spans")
@pytest.mark.parametrize("strength", ["weak", "strong"])
def test_marks_pixels_of_rows(case, strength):
    least = {"weak": cells.MARK, "strong": cells.STRONG_MARK}[strength]
    found = cells.spans(
        np.array(case["edge"]), case["side"], case["ratio"], least
    )
    assert np.stack(found, 1).tolist() == case[strength]


class TestNames:
    @each("spread")
    def test_are_spread(self, case):
        bounds = case["pitch"], case["low"], case["high"]
        found = spread(case["wanted"], *bounds)
        assert found.tolist() == pytest.approx(case["at"])

    @each("place")
    def test_are_placed(self, case):
        wanted = [Wanted(i, *pair) for i, pair in enumerate(case["wanted"])]
        bounds = case["pitch"], case["low"], case["high"]
        found = place(wanted, *bounds, case["most"])
        assert [item.node for item, _ in found] == [
            i for i, _ in case["placed"]
        ]
        assert [at for _, at in found] == pytest.approx(
            [at for _, at in case["placed"]], abs=1e-6
        )

    def test_are_cut(self):
        for text, width, cut in GOLDEN["shorten"]:
            assert shorten(text, width, len) == cut


def test_what_stands_around_the_matrix():
    deep = max(GOLDEN["matrices"], key=lambda case: len(case["levels"]))
    drawn = layout_for(subject_of(deep), lambda _: 50.0)
    right, bottom = drawn.x + drawn.size, drawn.y + drawn.size
    (x0, x1), (y0, y1) = drawn.bars_x, drawn.bars_y
    rows = itertools.pairwise(drawn.rows)
    assert GOLDEN["layout"] == {
        "rightBars": {"gap": x0 - right, "width": x1 - x0},
        "lowerBars": {"gap": y0 - bottom, "height": y1 - y0},
        "ticks": {
            "left": drawn.x - drawn.ticks_x,
            "above": drawn.y - drawn.ticks_y,
            "width": drawn.tick[0],
            "height": drawn.tick[1],
        },
        "firstColumn": drawn.columns[1] - drawn.columns[0],
        "rows": [low - high for high, low in rows],
        "names": drawn.names - drawn.columns[-1],
        "recallToLeader": drawn.leader - drawn.share,
        "leader": drawn.x - drawn.leader,
    }
