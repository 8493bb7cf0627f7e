"""Levels that the tree names, and the names of their groups on both axes."""

import itertools

import numpy as np
import pytest
from accessibility import SMALL
from logged import write_epochs
from playwright.sync_api import expect
from screen import Screen

import keras_hier as kh
from keras_hier.data import shapes
from tests.support.serving import WINDOW, loaded

pytestmark = pytest.mark.usefixtures("moving")

KINDS = [f"kind {chr(ord('A') + i)}" for i in range(20)]
# Twenty kinds of five classes, as those of CIFAR-100.
NAMED = kh.Hierarchy.from_paths(
    [(kind, f"{kind} {i}") for kind in KINDS for i in range(5)],
    level_names=["superclass"],
)
SHAPES = shapes.hierarchy()
# Eight groups of ten, and sixty classes of their own.
SINGLES = kh.Hierarchy.from_paths(
    [(f"group {i // 10}", f"class {i}") for i in range(80)]
    + [(f"own {i}",) for i in range(60)]
)

# Two groups of four; sixteen of one class, which keep their level's name.
UNEVEN = kh.Hierarchy.from_paths(
    [
        path
        for aisle, group in (("fruit", "apple"), ("packages", "milk"))
        for path in (
            *((aisle, group, f"{group} {i}") for i in range(4)),
            *((aisle, f"{aisle} {i}", f"{aisle} {i} fresh") for i in range(8)),
        )
    ],
    level_names=["aisle", "coarse"],
)


# Without groups, and with groups that have no names of their own.
FLAT = kh.Hierarchy.from_paths(
    [(f"a class with a name of some length {i}",) for i in range(80)]
)
MERGED = kh.Hierarchy.from_linkage(
    np.array([[0, 1, 1, 2], [2, 3, 2, 2], [5, 4, 3, 3], [7, 6, 4, 5]]),
    ["pug", "husky", "bus", "lorry", "tabby"],
)


def answers(tree: kh.Hierarchy, seed: int) -> np.ndarray:
    """Draws counts whose errors mostly stay near."""
    rng = np.random.default_rng(seed)
    near = tree.lca_distance() <= 1
    size = tree.num_classes
    counts = rng.poisson(np.where(near, 1.0, 0.06))
    counts[np.arange(size), np.arange(size)] = rng.integers(8, 20, size)
    return counts


COUNTS = {
    "named": (NAMED, answers(NAMED, 1)),
    "shapes": (SHAPES, answers(SHAPES, 2)),
    "singles": (SINGLES, answers(SINGLES, 3)),
    "again": (SHAPES, answers(SHAPES, 5)),
    "uneven": (UNEVEN, answers(UNEVEN, 8)),
    "flat": (FLAT, answers(FLAT, 6)),
    "merged": (MERGED, answers(MERGED, 7)),
}


@pytest.fixture(scope="module")
def levels_url(tmp_path_factory):
    folder = tmp_path_factory.mktemp("levels")
    for name, (tree, counts) in COUNTS.items():
        write_epochs(folder / name, tree, counts)
    with loaded(folder) as server:
        yield server.plugin_url


@pytest.fixture
def opened(page, levels_url):
    def show(run, **view):
        return Screen(page, levels_url, run=f"{run}/validation", **view).ready()

    return show


def buttons(screen):
    return screen.find("levels").get_by_role("button")


class TestChoice:
    def test_levels_have_their_names(self, opened):
        screen = opened("shapes")
        expect(buttons(screen)).to_have_text(["group (4)", "family (12)", "48"])
        expect(buttons(screen).first).to_have_attribute(
            "title", "group: 4 groups"
        )
        assert "within family (12)" in screen.options("show")
        screen.says("single", "group (4)", "family (12)", "48 classes")
        rows = screen.find("figures").get_by_role("row")
        expect(rows.nth(1)).to_contain_text("family (12)")
        # Names overlap nothing.
        boxes = screen.find("topbar").evaluate(
            """(bar) => [...bar.querySelectorAll(
                ":scope > .choice, .levels > button, .tail > *")]
              .filter((part) => !part.matches("[popover]"))
              .map((part) => part.getBoundingClientRect())
              .filter(({ width }) => width > 1)
              .map(({ left, right }) => [left, right])"""
        )
        boxes.sort()
        for (_, right), (left, _) in itertools.pairwise(boxes):
            assert left >= right - 0.5

    def test_no_level_is_of_single_classes(self, opened):
        # 8 groups and 60 classes of their own: 88 % are single.
        screen = opened("singles")
        expect(buttons(screen)).to_have_text(["140"])
        screen.says("figures", "Accuracy by level")
        # One level has no errors inside, and too many classes no names.
        screen.has_no("errors-inside", "column-names")

    def test_a_level_with_a_name_stays_whatever_its_groups(self, opened):
        screen = opened("uneven")
        expect(buttons(screen)).to_have_text(["aisle (2)", "coarse (18)", "24"])
        # Single classes have their names beside the rows, and no box here.
        names = screen.find("tree-actual").locator("text.name")
        expect(names).to_have_text(
            ["fruit · 12", "packages · 12", "apple", "milk"]
        )
        # All of its groups are rows where it is chosen.
        buttons(screen).nth(1).click()
        expect(screen.find("gutter").locator("text.name")).to_have_count(18)

    def test_a_link_to_another_number_lands_on_the_nearest(self, opened):
        for asked, shown in ((43, 0), (60, 1)):
            screen = opened("named", level=asked)
            expect(buttons(screen).nth(shown)).to_have_attribute(
                "aria-pressed", "true"
            )
        screen = opened("named", between=31)
        expect(screen.find("topbar")).to_contain_text("between 20")
        screen.says("caption", "errors left out: within 20 groups")


# The boxes of the names above the columns and where each stands; the boxes of
# the tree's names, the matrix and the bar.
COLUMNS = """() => {
  const box = (part) => {
    const { left, right, top, bottom } = part.getBoundingClientRect();
    return [left, right, top, bottom];
  };
  const names = [...document.querySelectorAll(
    "svg.labels:not(.again) [data-testid=column-names] text.name")];
  const tree = [...document.querySelectorAll(
    "svg.labels:not(.again) [data-testid=tree-predicted] text")];
  const at = (text) => Number(/translate\\(([\\d.]+)/.exec(
    text.getAttribute("transform"))[1]);
  return {
    at: names.map(at),
    boxes: names.map(box),
    texts: names.map((text) => text.textContent),
    tree: tree.map(box),
    matrix: box(document.querySelector("[data-testid=cursor]")),
    bar: box(document.querySelector("[data-testid=topbar]")),
  };
}"""


class TestColumns:
    def columns(self, screen):
        screen.find("column-names").locator("text.name").first.wait_for()
        screen.settle()
        return screen.frame.evaluate(COLUMNS)

    def names(self, screen, part):
        return screen.texts(screen.find(part).locator("text.name"))

    def test_every_group_of_the_level_is_named_on_both_axes(self, opened):
        screen = opened("named", level=20)
        found = self.columns(screen)
        assert found["texts"] == KINDS
        assert self.names(screen, "gutter") == KINDS
        # The matrix gives no more room than names need.
        left, right, top, bottom = found["matrix"]
        height = screen.frame.evaluate("innerHeight")
        assert right - left == pytest.approx(height - 246 - 30, abs=0.5)
        assert bottom - top == pytest.approx(right - left)
        buttons(screen).last.click()
        screen.has_no("column-names")
        screen.settle()
        assert screen.matrix_box()[2] == pytest.approx(height - 246, abs=0.5)
        # A name selects its group.
        buttons(screen).first.click()
        screen.find("column-names").get_by_text("kind C", exact=True).click()
        screen.says("selection", "kind C")
        screen.choose("run", "singles")
        expect(buttons(screen)).to_have_text(["140"])
        screen.has_no("column-names")

    @pytest.mark.parametrize(
        ("size", "run", "view"),
        [
            (WINDOW, "shapes", {}),
            (SMALL, "named", {"level": 20}),
            (WINDOW, "named", {"level": 20, "window": "0 0 50"}),
        ],
        ids=str,
    )
    def test_names_touch_nothing_and_none_is_clipped(
        self, page, opened, size, run, view
    ):
        page.set_viewport_size(size)
        found = self.columns(opened(run, **view))
        left, right, top, _ = found["matrix"]
        assert np.diff(found["at"]).min() >= 10.49
        feet = max([bottom for *_, bottom in found["tree"]], default=0)
        for box in found["boxes"]:
            assert left - 8 <= box[0]
            assert box[1] <= right + 8
            assert box[2] >= max(found["bar"][3], feet - 4)
            assert box[3] <= top - 16

    def test_names_follow_a_group_that_is_closed(self, opened):
        screen = opened("shapes", level=12, closed="outlines")
        found = self.columns(screen)["texts"]
        assert found == ["outlines", *SHAPES.cut(depth=2).names[3:]]
        # Both of two matrices have names.
        view = {"with": "again/validation", "as": "side", "level": 12}
        screen = opened("shapes", **view)
        second = screen.frame.locator("svg.again .name", has_text="polygons")
        expect(second).to_have_count(1)


def test_flat_trees_and_those_of_a_linkage(opened):
    screen = opened("flat")
    names = screen.find("gutter").locator("text.name")
    names.first.wait_for()
    # Nothing is drawn of a tree that has classes only: names have its room.
    for part in ("tree-actual", "tree-predicted"):
        expect(screen.find(part).locator(".node")).to_have_count(0)
    texts = screen.texts(names)
    assert len(texts) > 40
    assert all(len(text) > len("a class with a nam") for text in texts)
    # Groups of a linkage are named after their classes.
    screen = opened("merged")
    assert "pug, husky +1" in screen.says("tree-actual", "bus, lorry")
