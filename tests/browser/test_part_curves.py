"""The curves of a pair of groups or a rectangle."""

import re

import numpy as np
import pytest
from comparing import HIER, PLAIN, matrix_of
from logged import EPOCHS
from playwright.sync_api import expect
from screen import Screen, members

DOG, BIRD = "n02084071", "n01503061"


@pytest.fixture
def pair(page, server):
    """The tab with dogs named birds selected."""
    view = {"run": PLAIN, "rows": DOG, "columns": BIRD}
    return Screen(page, server.plugin_url, **view).ready()


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
        screen = Screen(tab, server.plugin_url, **view).ready()
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
            screen = Screen(tab, server.plugin_url, **view, with_=HIER).ready()
        screen.says("part-curves", "dog named bird")
        screen.draw()
        screen.has_no("rate-named-beside")


class TestBeside:
    """The curves of the run or the split that stands beside."""

    def test_a_comparison_has_those_of_both(self, page, server, hierarchy):
        dogs, birds = members(hierarchy, "dog"), members(hierarchy, "bird")
        view = {"run": PLAIN, "rows": DOG, "columns": BIRD, "with": HIER}
        screen = Screen(page, server.plugin_url, **view).ready()
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

    def test_without_one_those_of_training_are_paler(self, pair):
        path = pair.find("rate-named-beside")
        path.wait_for(state="attached")
        parent = pair.find("part-curves").locator("g.lines.train")
        expect(parent).to_have_count(1)
        pair.find("other-split").click()
        pair.has_no("rate-named-beside")
