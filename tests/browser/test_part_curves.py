"""The curves of a pair of groups or a rectangle; a tree that changes."""

import re
import urllib.parse

import numpy as np
import pytest
from comparing import HIER, PLAIN, matrix_of
from logged import EPOCHS, FEW
from playwright.sync_api import expect
from screen import Screen

import keras_hier as kh
from tests.support.serving import tensorboard

DOG, BIRD = "n02084071", "n01503061"


def members(hierarchy, node_id):
    node = hierarchy.node_ids.index(node_id)
    return hierarchy.order[hierarchy.start[node] : hierarchy.stop[node]]


@pytest.fixture
def pair(page, server):
    """The tab with dogs named birds selected."""
    view = {"run": PLAIN, "rows": DOG, "columns": BIRD}
    return Screen(page, server.url, **view).ready()


def rate(matrix, rows, columns):
    return matrix[np.ix_(rows, columns)].sum() / matrix[rows].sum()


class TestPair:
    def test_has_a_curve_each_way_with_chance(self, pair, server, hierarchy):
        dogs, birds = members(hierarchy, DOG), members(hierarchy, BIRD)
        matrix = matrix_of(server, PLAIN)
        there, back = rate(matrix, dogs, birds), rate(matrix, birds, dogs)
        chance = matrix[:, birds].sum() / matrix.sum()
        pair.says(
            "part-curves",
            f"dog named bird {100 * there:.2f} %",
            f"bird named dog {100 * back:.2f} %",
            f"below chance ({100 * chance:.2f} %)",
            "by chance",
        )
        for side in ("named", "reverse"):
            lines = pair.find(f"rate-{side}")
            for kind in ("curve", "chance", "band"):
                path = lines.locator(f"path.{kind}")
                lines_drawn = re.compile(f"(L.*){{{EPOCHS - 1}}}")
                expect(path).to_have_attribute("d", lines_drawn)

    def test_says_the_rate_of_the_epoch_on_screen(
        self, pair, server, hierarchy
    ):
        dogs, birds = members(hierarchy, DOG), members(hierarchy, BIRD)
        pair.find("part-curves").wait_for(state="attached")
        pair.choose("epoch", "1")
        early = rate(matrix_of(server, PLAIN, 1), dogs, birds)
        pair.says("part-curves", f"dog named bird {100 * early:.2f} %")

    def test_gives_way_to_the_curves_of_a_group(self, pair):
        pair.find("part-curves").wait_for(state="attached")
        pair.has_no("threshold")
        pair.press("u")
        pair.find("threshold").wait_for()
        pair.has_no("part-curves")
        expect(pair.find("strip").locator("g.ends").first).to_contain_text(
            "1,000 classes"
        )

    def test_in_another_order_is_the_same(self, page, server, pair):
        said = pair.says("part-curves", "dog named bird")
        view = {"run": PLAIN, "rows": DOG, "columns": BIRD, "order": "label"}
        screen = Screen(page, server.url, **view).ready()
        assert screen.says("part-curves", "dog named bird") == said

    def test_without_the_server_the_levels_stay(self, tab, server):
        tab.route("**/blocks/rates?**", lambda route: route.abort())
        view = {"run": PLAIN, "rows": DOG, "columns": BIRD}
        screen = Screen(tab, server.url, **view).ready()
        screen.find("threshold").wait_for()
        expect(screen.find("strip").locator("g.ends").first).to_contain_text(
            "1,000 classes"
        )
        screen.has_no("part-curves")


class TestBeside:
    """The curves of the run or the split that stands beside."""

    def test_a_comparison_has_those_of_both(self, page, server, hierarchy):
        dogs, birds = members(hierarchy, DOG), members(hierarchy, BIRD)
        view = {"run": PLAIN, "rows": DOG, "columns": BIRD, "with": HIER}
        screen = Screen(page, server.url, **view).ready()
        here, there = (
            rate(matrix_of(server, run), birds, dogs) for run in (PLAIN, HIER)
        )
        assert here != there
        ends = screen.find("part-curves").locator(".ends")
        expect(ends).to_contain_text(f"{100 * here:.2f}→ {100 * there:.2f}")
        whole = re.compile(f"(L.*){{{EPOCHS - 1}}}")
        for side in ("named", "reverse"):
            path = screen.find(f"rate-{side}-beside")
            expect(path).to_have_attribute("d", whole)
            own = screen.find(f"rate-{side}").locator("path.curve")
            assert path.get_attribute("d") != own.get_attribute("d")
        # As those of levels they have the colour of the other run.
        lines = screen.find("part-curves").locator("g.lines.compared")
        expect(lines).to_have_count(1)

    def test_without_one_those_of_training_are_paler(self, pair):
        path = pair.find("rate-named-beside")
        path.wait_for(state="attached")
        parent = pair.find("part-curves").locator("g.lines.train")
        expect(parent).to_have_count(1)
        pair.find("other-split").click()
        pair.has_no("rate-named-beside")
        pair.find("other-split").click()
        path.wait_for(state="attached")

    def test_an_answer_that_does_not_come_leaves_ones_own(self, tab, server):
        tab.route("**/blocks/rates?*run=hier*", lambda route: route.abort())
        view = {"run": PLAIN, "rows": DOG, "columns": BIRD, "with": HIER}
        with tab.expect_event(
            "requestfailed", lambda request: "rates?" in request.url
        ):
            screen = Screen(tab, server.url, **view).ready()
        screen.says("part-curves", "dog named bird")
        screen.draw()
        screen.has_no("rate-named-beside")

    @pytest.mark.parametrize("other", [{}, {"with": HIER}], ids=str)
    def test_the_key_has_the_colours_of_the_lines(self, page, server, other):
        view = {"run": PLAIN, "rows": DOG, "columns": BIRD, **other}
        screen = Screen(page, server.url, **view).ready()
        screen.find("rate-named-beside").wait_for(state="attached")
        lines = ("rate-named", "rate-named-beside")
        assert [
            screen.find(name)
            .locator("css=:scope.curve, :scope .curve")
            .evaluate("line => getComputedStyle(line).stroke")
            for name in lines
        ] == screen.find("strip").locator(".swatch").evaluate_all(
            """all => all.map((each) =>
              getComputedStyle(each, "::before").borderTopColor)"""
        )
        # Those of levels are black once more.
        screen.press("u")
        screen.find("threshold").wait_for()
        key = screen.find("strip").locator(".swatch").first
        colours = key.evaluate(
            """each => [getComputedStyle(each, "::before").borderTopColor,
              getComputedStyle(document.body).color]"""
        )
        assert colours[0] == colours[1]


class TestRectangle:
    def test_has_a_curve_each_way(self, page, server, hierarchy):
        # The corners are labels of the first and the last class.
        order = hierarchy.order
        corners = (order[3], order[40], order[100], order[260])
        box = " ".join(str(int(label)) for label in corners)
        screen = Screen(page, server.url, run=PLAIN, box=box).ready()
        screen.reads("selection", "rectangle of 38 × 161 classes")
        rows, columns = order[3:41], order[100:261]
        matrix = matrix_of(server, PLAIN)
        there, back = rate(matrix, rows, columns), rate(matrix, columns, rows)
        screen.says(
            "part-curves",
            f"rows named columns {100 * there:.2f} %",
            f"columns named rows {100 * back:.2f} %",
        )


class TestOtherTree:
    @pytest.fixture
    def changed(self, tmp_path_factory):
        """Three epochs of six groups of classes, then three of two."""
        folder = tmp_path_factory.mktemp("changed")
        names = [f"class {i}" for i in range(6)]
        trees = [
            kh.Hierarchy.from_paths(
                [(f"group {i // size}", name) for i, name in enumerate(names)]
            )
            for size in (2, 3)
        ]
        for tree, steps in zip(trees, ((1, 2, 3), (4, 5, 6)), strict=True):
            with kh.BlocksWriter(folder / "run", tree, resume=True) as log:
                for step in steps:
                    log.matrix(FEW * step, step)
        with tensorboard(folder, tensorflow=False) as server:
            server.wait("run/validation", 6)
            yield server

    def test_is_marked_and_no_line_joins_the_two(self, page, changed):
        screen = Screen(page, changed.plugin_url).ready()
        marks = screen.find("tree-changes").locator("text")
        expect(marks).to_have_count(1)
        expect(marks).to_have_text("new tree")
        line = screen.find("strip").locator("g.lines path.curve").last
        # The line is there before its points have come.
        expect(line).to_have_attribute("d", re.compile("M.*L"))
        drawn = line.get_attribute("d")
        starts = re.findall(r"M[\d.]+ [\d.]+", drawn)
        assert len(starts) == 2
        assert drawn.count("L") == 4
        # The mark stands where the new tree begins.
        at = screen.find("tree-changes").locator("path").get_attribute("d")
        assert at.startswith(starts[1].split()[0])

    def test_a_run_of_one_tree_has_no_mark(self, screen):
        screen.find("strip").locator("path.curve").first.wait_for(
            state="attached"
        )
        expect(screen.find("tree-changes").locator("text")).to_have_count(0)


def test_names_that_are_markup_stay_text(tab, tmp_path):
    names = [f"<img src=x onerror=window.pwned={i}>" for i in range(4)]
    tree = kh.Hierarchy.from_paths(
        [
            (f"<b onclick=window.pwned=9>{i // 2}", n)
            for i, n in enumerate(names)
        ]
    )
    with kh.BlocksWriter(tmp_path / "run", tree) as log:
        for step in (1, 2):
            log.matrix(np.full((4, 4), 9) * step, step)
    with tensorboard(tmp_path, tensorflow=False) as server:
        server.wait("run/validation", 2)
        view = {
            "run": "run/validation",
            "rows": tree.node_ids[int(tree.leaves[0])],
            "columns": tree.node_ids[int(tree.leaves[2])],
        }
        screen = Screen(tab, server.plugin_url, **view).ready()
        screen.says("part-curves", "named")
        expect(screen.find("strip").locator("img, b")).to_have_count(0)
        assert screen.frame.evaluate("window.pwned") is None
        assert urllib.parse.unquote(tab.url)


def test_what_is_said_of_both_has_room(page, server):
    page.set_viewport_size({"width": 1024, "height": 768})
    view = {"run": PLAIN, "rows": DOG, "columns": BIRD}
    screen = Screen(page, server.url, **view).ready()
    screen.says("part-curves", "named bird", "named dog", "chance")
    texts = screen.find("part-curves").locator("text.chosen[y='13']")
    expect(texts).to_have_count(2)
    boxes = [text.bounding_box() for text in texts.all()]
    assert boxes[0]["x"] + boxes[0]["width"] < boxes[1]["x"]
    panel = screen.find("panel").bounding_box()
    assert boxes[1]["x"] + boxes[1]["width"] <= panel["x"] - 100
