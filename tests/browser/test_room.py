"""What needs more room than most, and what is shown when something lacks."""

import itertools
import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import expect
from screen import Screen

import keras_hier as kh
from tests.support.serving import Server, tensorboard

SIZES = [(1440, 900), (1024, 768)]
LONG = "a run whose name takes many words"
LATE = (100_000_000, 200_000_000)

# The numbers of the panel that are wider than their cells, and how far the
# panel's tables reach over its edge.
OVERFLOW = """() => {
  const panel = document.querySelector('[data-testid="panel"]');
  const range = document.createRange();
  const wide = [...panel.querySelectorAll("td.number")].filter((cell) => {
    range.selectNodeContents(cell);
    return range.getBoundingClientRect().width > cell.clientWidth + 0.5;
  });
  const edge = panel.getBoundingClientRect().right;
  const tables = [...panel.querySelectorAll("table, li")];
  const over = tables.map((t) => t.getBoundingClientRect().right - edge);
  return [wide.map((cell) => cell.textContent), Math.max(...over)];
}"""

# How far the numbers beside bars keep from them.
GAPS = """() => {
  const range = document.createRange();
  const bars = [...document.querySelectorAll(".parts td.bar")];
  return bars.map((bar) => {
    range.selectNodeContents(bar.nextElementSibling);
    return range.getBoundingClientRect().left
      - bar.querySelector(".bar > span").getBoundingClientRect().right;
  });
}"""

# How far the end of the legend keeps from the name of the axis beside it.
APART = """() => {
  const axis = [...document.querySelectorAll("*")].findLast(
    (each) => each.textContent.trim() === "predicted →");
  const more = document.querySelector("[data-testid=change-legend] .more");
  return axis.getBoundingClientRect().left - more.getBoundingClientRect().right;
}"""

# Where the bar of choices ends, and where all that stands in it does.
BOXES = """() => {
  const bar = document.querySelector("[data-testid=topbar]");
  const parts = bar.querySelectorAll(".value, button:not(.menu *), input");
  return [
    bar.getBoundingClientRect().bottom,
    ...[...parts].map((part) => {
      const { left, right } = part.getBoundingClientRect();
      return [left, right];
    }),
  ];
}"""

# Whether the map begins below the bar, in a page of this width. The bar is told
# of its width at the end of the next frame, and as high as before until then.
FITTED = """async (width) => {
  const boxes = () => ["topbar", "map"].map((name) =>
    document.querySelector(`[data-testid=${name}]`).getBoundingClientRect());
  if (boxes()[0].width !== width) return false;
  for (const _ of [1, 2]) await new Promise(requestAnimationFrame);
  const [bar, map] = boxes();
  return bar.width === width && map.top === bar.bottom;
}"""

# How far the rule over a list keeps from what is said in its place.
CLEAR = """() => [...document.querySelectorAll(".list .why")].map((why) => {
  const list = why.parentElement;
  const { display, top } = getComputedStyle(list, "::after");
  const rule = list.getBoundingClientRect().top + Number.parseFloat(top);
  return display === "none" || why.getBoundingClientRect().bottom <= rule;
})"""


@pytest.fixture(scope="module")
def crowded(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Server]:
    """Two runs of millions of samples, one with a long name; all right."""
    folder = tmp_path_factory.mktemp("crowded")
    tree = kh.Hierarchy.from_paths(
        [(f"side {i // 8}", f"group {i // 4}", f"class {i}") for i in range(16)]
    )
    counts = np.random.default_rng(0).integers(0, 90_000, (16, 16))
    for name, right in (("short", 4_000_000), (LONG, 5_000_000)):
        with kh.BlocksWriter(folder / name, tree) as log:
            log.matrix(counts + right * np.eye(16, dtype=np.int64), 1)
    with kh.BlocksWriter(folder / "right", tree) as log:
        log.matrix(9 * np.eye(16, dtype=np.int64), 1)
    with kh.BlocksWriter(folder / "sure", tree) as log:
        labels = np.arange(320) % 16
        named = np.where(np.arange(320) < 160, labels, (labels + 1) % 16)
        scores = 0.99 * np.eye(16)[named] + 0.01 / 16
        log.predictions(labels, scores, 1)
        log.samples(labels, scores, 1)
    with kh.BlocksWriter(folder / "late", tree) as log:
        for step, right in zip(LATE, (0, 4_000_000), strict=True):
            log.matrix(counts + right * np.eye(16, dtype=np.int64), step)
    many = kh.Hierarchy.from_paths(
        [(f"side {i // 200}", f"group {i // 20}", str(i)) for i in range(1000)],
        level_names=["superclass", "family"],
    )
    errors = np.random.default_rng(1).integers(0, 8, (1000, 1000)) == 0
    for name, right in (("many", 10), ("more", 40)):
        with kh.BlocksWriter(folder / name, many) as log:
            log.matrix(errors + right * np.eye(1000, dtype=np.int64), 1)
    with tensorboard(folder, tensorflow=False) as server:
        server.wait("short/validation", 1)
        server.wait(f"{LONG}/validation", 1)
        for name in ("right", "sure", "many", "more"):
            server.wait(f"{name}/validation", 1)
        server.wait("late/validation", LATE[-1])
        yield server


@pytest.fixture(params=SIZES, ids=lambda size: str(size[0]))
def narrow(request: pytest.FixtureRequest, page: Any) -> Any:
    """A page of the sizes that the screen is made for."""
    width, height = request.param
    page.set_viewport_size({"width": width, "height": height})
    return page


class TestRoom:
    @pytest.mark.parametrize("rows", [None, "side 0"])
    def test_counts_of_millions_stay_in_their_columns(
        self, narrow, crowded, rows
    ):
        view = {"rows": rows} if rows else {}
        screen = Screen(
            narrow, crowded.plugin_url, run="short/validation", **view
        )
        screen.ready().find("parts").wait_for()
        wide, over = screen.frame.evaluate(OVERFLOW)
        assert wide == []
        assert over <= 0

    def test_names_do_not_push_numbers_over_the_edge(self, narrow, server):
        # A crane and a gondola: an organism and an artifact.
        view = {"rows": "n02012849", "columns": "n03447447"}
        screen = Screen(narrow, server.url, run="plain/validation", **view)
        screen.ready().says("figures", "below it", "organism", "artifact")
        wide, over = screen.frame.evaluate(OVERFLOW)
        assert wide == []
        assert over <= -15

    def test_steps_of_hundreds_of_millions_keep_off_the_axis(
        self, narrow, crowded
    ):
        screen = Screen(narrow, crowded.url, run="late/validation").ready()
        said = screen.find("epoch")
        expect(said).to_have_text(f"Epoch {LATE[1]} of {LATE[1]}")
        words = said.bounding_box()
        axis = screen.find("strip").locator(".grid text.end").all()
        assert len(axis) == 3
        for number in (each.bounding_box() for each in axis):
            is_left = words["x"] + words["width"] < number["x"]
            assert is_left or words["y"] > number["y"] + number["height"]

    def test_what_is_said_of_a_pair_names_both_ways(self, narrow, crowded):
        view = {"rows": "side 0", "columns": "side 1"}
        run = "late/validation"
        screen = Screen(narrow, crowded.url, run=run, **view).ready()
        screen.says("part-curves", f"from epoch {LATE[1]}")
        said = screen.find("part-curves").locator("text.chosen[y='13']")
        expect(said.first).to_contain_text("side 1")
        expect(said.last).to_contain_text("side 0")

    def test_shares_of_100_keep_clear_of_their_bars(self, narrow, crowded):
        screen = Screen(narrow, crowded.plugin_url, run="right/validation")
        screen.ready().find("parts").wait_for()
        expect(screen.frame.locator(".parts td.bar")).to_have_count(2)
        gaps = screen.frame.evaluate(GAPS)
        assert len(gaps) == 2
        assert min(gaps) >= 4

    def test_a_comparison_of_a_thousand_classes(self, narrow, crowded):
        view = {"run": "many/validation", "with": "more/validation"}
        screen = Screen(narrow, crowded.plugin_url, **view).ready()
        expect(screen.find("figures").locator("tr").last).to_contain_text("+")
        _, over = screen.frame.evaluate(OVERFLOW)
        # The panel has 16 px beside what it holds.
        assert over <= -16
        assert screen.frame.evaluate(APART) >= 4

    @pytest.mark.parametrize("width", [1920, 1280, 1024])
    def test_what_is_wrong_with_probabilities_is_whole(
        self, page, crowded, width
    ):
        page.set_viewport_size({"width": width, "height": 800})
        view = {"run": "sure/validation", "view": "samples"}
        screen = Screen(page, crowded.plugin_url, **view)
        assert "49" in screen.says("calibration", "too sure")
        right, edge = screen.frame.evaluate(
            """() => [".calibration .how", ".rail"].map((part) =>
              document.querySelector(part).getBoundingClientRect().right)"""
        )
        assert right <= edge

    def test_quality_without_samples(self, narrow, crowded):
        view = {"run": "many/validation", "view": "quality"}
        screen = Screen(narrow, crowded.plugin_url, **view)
        names = screen.frame.locator(".sides .name:not(.both)")
        names.first.wait_for()
        said = names.all_inner_texts()
        assert said
        assert all(re.fullmatch(r"→ group \d+", name) for name in said), said
        assert screen.frame.evaluate(CLEAR) == [True]

    def test_lists_that_would_be_narrow_stand_one_below_the_other(
        self, page, crowded
    ):
        page.set_viewport_size({"width": 720, "height": 450})
        view = {"run": "sure/validation", "view": "quality"}
        screen = Screen(page, crowded.plugin_url, **view)
        screen.find("labels-suspect").wait_for()
        names = ["overlapping", "suspect", "diverse"]
        boxes = [screen.find(f"list-{name}").bounding_box() for name in names]
        for one, other in itertools.pairwise(boxes):
            assert one["y"] + one["height"] <= other["y"]
        title = screen.find("list-suspect").locator("h2")
        right = title.evaluate(
            """(title) => {
              const range = document.createRange();
              range.selectNodeContents(title);
              return range.getBoundingClientRect().right;
            }"""
        )
        assert right < screen.find("labels-suspect").bounding_box()["x"]
        # Keys bring the list into sight that they lead to.
        screen.press("ArrowRight")
        told = screen.find("list-suspect").locator(".told > .whole")
        expect(told).to_be_in_viewport()

    @pytest.mark.parametrize("as_", ["difference", "side"])
    def test_a_comparison_leaves_the_bar_its_end(self, narrow, crowded, as_):
        view = {"run": f"{LONG}/validation", "with": "short/validation"}
        screen = Screen(
            narrow, crowded.plugin_url, **view, **{"as": as_}
        ).ready()
        screen.find("swap").wait_for()
        end = screen.frame.evaluate(
            "innerWidth - document.querySelector('[data-testid=help-button]')"
            ".getBoundingClientRect().right"
        )
        assert end >= 8

    @pytest.mark.parametrize("size", [(1366, 768), (1280, 800), (720, 450)])
    @pytest.mark.parametrize("other", [None, "hier/validation"])
    def test_six_levels_leave_the_bar_its_end(self, page, server, size, other):
        """720 x 450 is what a window of 1440 x 900 holds at 200 %."""
        page.set_viewport_size({"width": size[0], "height": size[1]})
        view = {"run": "plain/validation", "between": "4", "value": "share"}
        if other:
            view["with"] = other
        screen = Screen(page, server.plugin_url, **view).ready()
        if other:
            screen.find("swap").wait_for()
        screen.frame.wait_for_function(FITTED, arg=size[0])
        _, *ends = screen.frame.evaluate(BOXES)
        assert len(ends) >= 15
        assert all(left >= 8 and right <= size[0] - 8 for left, right in ends)

    def test_a_bar_of_two_rows_is_one_again_when_there_is_room(
        self, page, server
    ):
        screen = Screen(page, server.plugin_url, run="plain/validation").ready()
        heights = []
        for width in (1440, 720, 1440):
            page.set_viewport_size({"width": width, "height": 900})
            screen.frame.wait_for_function(FITTED, arg=width)
            heights.append(screen.frame.evaluate(BOXES)[0])
        assert heights[0] == heights[2] == 36
        assert 60 <= heights[1] <= 72

    def test_choices_without_their_labels_have_titles(self, page, crowded):
        """Under 1200 px there is no room for "order", "value", "show"."""
        page.set_viewport_size({"width": 1024, "height": 768})
        screen = Screen(page, crowded.url, run="short/validation").ready()
        found = (
            screen.find("topbar")
            .locator(".choice")
            .evaluate_all(
                """all => all.map((each) => [
              each.title, each.querySelector("select").ariaLabel,
              each.querySelector(".value").textContent,
            ])"""
            )
        )
        assert len(found) >= 8
        for title, name, value in found:
            assert title.startswith(f"{name}: ")
            assert value
        assert {"run", "order of siblings"} <= {name for _, name, _ in found}


class TestLacking:
    def test_a_link_to_an_unreadable_epoch_shows_its_trees(self, page, server):
        screen = Screen(page, server.url, run="damaged/validation", step=2)
        screen.find("notice").wait_for()
        screen.find("gutter").get_by_text("class 5").wait_for()
        screen.says("map", "group 1")

    def test_a_part_that_does_not_come_is_named(self, new_page, server):
        page = new_page(may_fail=True)
        page.route("**/blocks/panel.js", lambda route: route.abort())
        screen = Screen(page, server.url, run="plain/validation").ready()
        screen.find("incomplete").wait_for()
        page.unroute("**/blocks/panel.js")
        screen.find("incomplete").get_by_role("button").click()
        screen.find("figures").wait_for()
