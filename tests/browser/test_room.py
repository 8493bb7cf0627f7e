"""Large numbers, long names and narrow windows; a part that lacks."""

import numpy as np
import pytest
from accessibility import SMALL
from logged import write_epochs
from screen import Screen

import keras_hier as kh
from tests.support.serving import loaded

LONG = "a run whose name takes many words"

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

# Whether the map begins below the bar, in a page of this width. The bar learns
# its width at the end of the next frame.
FITTED = """async (width) => {
  const boxes = () => ["topbar", "map"].map((name) =>
    document.querySelector(`[data-testid=${name}]`).getBoundingClientRect());
  if (boxes()[0].width !== width) return false;
  for (const _ of [1, 2]) await new Promise(requestAnimationFrame);
  const [bar, map] = boxes();
  return bar.width === width && map.top === bar.bottom;
}"""


@pytest.fixture(scope="module")
def crowded(tmp_path_factory):
    """Two runs of millions of samples, one with a long name."""
    folder = tmp_path_factory.mktemp("crowded")
    tree = kh.Hierarchy.from_paths(
        [(f"side {i // 8}", f"group {i // 4}", f"class {i}") for i in range(16)]
    )
    counts = np.random.default_rng(0).integers(0, 90_000, (16, 16))
    for name, right in (("short", 4_000_000), (LONG, 5_000_000)):
        matrix = counts + right * np.eye(16, dtype=np.int64)
        write_epochs(folder / name, tree, matrix)
    with loaded(folder) as server:
        yield server.plugin_url


@pytest.fixture
def small(page):
    """A page of the smaller size."""
    page.set_viewport_size(SMALL)
    return page


class TestRoom:
    def test_counts_of_millions_stay_in_their_columns(self, small, crowded):
        view = {"run": "short/validation", "rows": "side 0"}
        screen = Screen(small, crowded, **view)
        screen.ready().find("parts").wait_for()
        wide, over = screen.frame.evaluate(OVERFLOW)
        assert wide == []
        assert over <= 0

    def test_names_do_not_push_numbers_over_the_edge(self, small, server):
        # A crane and a gondola: an organism and an artifact.
        view = {"rows": "n02012849", "columns": "n03447447"}
        screen = Screen(
            small, server.plugin_url, run="plain/validation", **view
        )
        screen.ready().says("figures", "below it", "organism", "artifact")
        wide, over = screen.frame.evaluate(OVERFLOW)
        assert wide == []
        assert over <= -15

    def test_a_bar_of_two_rows_is_one_again_when_there_is_room(
        self, page, crowded
    ):
        view = {"run": f"{LONG}/validation", "with": "short/validation"}
        screen = Screen(page, crowded, **view).ready()
        screen.find("swap").wait_for()
        heights = []
        # The narrow one is a window of 1440 x 900 at 200 %.
        for width in (1440, 480, 1440):
            page.set_viewport_size({"width": width, "height": 900})
            screen.frame.wait_for_function(FITTED, arg=width)
            high, *ends = screen.frame.evaluate(BOXES)
            heights.append(high)
            assert all(left >= 8 and right <= width - 8 for left, right in ends)
        assert heights[0] == heights[2] < heights[1]


def test_a_part_that_does_not_come_is_named(tab, server):
    tab.route("**/blocks/panel.js", lambda route: route.abort())
    view = {"run": "plain/validation"}
    screen = Screen(tab, server.plugin_url, **view).ready()
    screen.find("incomplete").wait_for()
    tab.unroute("**/blocks/panel.js")
    screen.find("incomplete").get_by_role("button").click()
    screen.find("figures").wait_for()
