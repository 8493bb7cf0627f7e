"""The curves of a pair of groups or a rectangle; a tree that changes."""

import re

import numpy as np
import pytest
from comparing import HIER, PLAIN, matrix_of
from logged import EPOCHS, FEW
from playwright.sync_api import expect
from screen import Screen, members

import keras_hier as kh
from tests.support.serving import loaded

DOG, BIRD = "n02084071", "n01503061"


@pytest.fixture
def pair(page, server):
    """The tab with dogs named birds selected."""
    view = {"run": PLAIN, "rows": DOG, "columns": BIRD}
    return Screen(page, server.url, **view).ready()


def rate(matrix, rows, columns):
    return matrix[np.ix_(rows, columns)].sum() / matrix[rows].sum()


class TestPair:
    def test_has_a_curve_each_way_with_chance(self, pair, server, hierarchy):
        dogs, birds = members(hierarchy, "dog"), members(hierarchy, "bird")
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
        pair.choose("epoch", "1")
        early = rate(matrix_of(server, PLAIN, 1), dogs, birds)
        pair.says("part-curves", f"dog named bird {100 * early:.2f} %")
        # They give way to the curves of a group.
        pair.has_no("threshold")
        pair.press("u")
        pair.find("threshold").wait_for()
        pair.has_no("part-curves")

    def test_without_the_server_the_levels_stay(self, tab, server):
        tab.route("**/blocks/rates?**", lambda route: route.abort())
        view = {"run": PLAIN, "rows": DOG, "columns": BIRD}
        screen = Screen(tab, server.url, **view).ready()
        screen.find("threshold").wait_for()
        expect(screen.find("strip").locator("g.ends").first).to_contain_text(
            "1,000 classes"
        )
        screen.has_no("part-curves")
        tab.unroute("**/blocks/rates?**")
        # An answer that does not come leaves one's own.
        tab.route("**/blocks/rates?*run=hier*", lambda route: route.abort())
        with tab.expect_event(
            "requestfailed", lambda request: "rates?" in request.url
        ):
            screen = Screen(tab, server.url, **view, with_=HIER).ready()
        screen.says("part-curves", "dog named bird")
        screen.draw()
        screen.has_no("rate-named-beside")


class TestBeside:
    """The curves of the run or the split that stands beside."""

    def test_a_comparison_has_those_of_both(self, page, server, hierarchy):
        dogs, birds = members(hierarchy, "dog"), members(hierarchy, "bird")
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
        self.has_the_colours_of_the_lines(screen)

    def test_without_one_those_of_training_are_paler(self, pair):
        path = pair.find("rate-named-beside")
        path.wait_for(state="attached")
        parent = pair.find("part-curves").locator("g.lines.train")
        expect(parent).to_have_count(1)
        self.has_the_colours_of_the_lines(pair)
        pair.find("other-split").click()
        pair.has_no("rate-named-beside")

    def has_the_colours_of_the_lines(self, screen):
        """Checks that the key shows what the lines are."""
        assert [
            screen.find(name)
            .locator("css=:scope.curve, :scope .curve")
            .evaluate("line => getComputedStyle(line).stroke")
            for name in ("rate-named", "rate-named-beside")
        ] == screen.find("strip").locator(".swatch").evaluate_all(
            """all => all.map((each) =>
              getComputedStyle(each, "::before").borderTopColor)"""
        )


def test_another_tree_is_marked_and_no_line_joins_the_two(page, tmp_path):
    """Three epochs of three groups, then three of two."""
    names = [f"class {i}" for i in range(6)]
    for size, steps in ((2, (1, 2, 3)), (3, (4, 5, 6))):
        tree = kh.Hierarchy.from_paths(
            [(f"group {i // size}", name) for i, name in enumerate(names)]
        )
        with kh.BlocksWriter(tmp_path / "run", tree, resume=size > 2) as log:
            for step in steps:
                log.matrix(FEW * step, step)
    with loaded(tmp_path) as server:
        screen = Screen(page, server.plugin_url).ready()
        marks = screen.find("tree-changes").locator("text")
        expect(marks).to_have_text(["new tree"])
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
