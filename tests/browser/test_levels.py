"""Levels that the tree names, and the names of their groups on both axes."""

import itertools
import re

import numpy as np
import pytest
from playwright.sync_api import expect
from screen import Screen, group

import keras_hier as kh
from keras_hier import scores
from keras_hier.data import shapes
from tests.support.serving import tensorboard

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

# Three wide groups, whose names the tree has room for.
WIDE = kh.Hierarchy.from_paths(
    [(f"part {i // 40}", f"class {i}") for i in range(120)]
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
    "wide": (WIDE, answers(WIDE, 4)),
    "again": (SHAPES, answers(SHAPES, 5)),
    "flat": (FLAT, answers(FLAT, 6)),
    "merged": (MERGED, answers(MERGED, 7)),
}


@pytest.fixture(scope="module")
def levels_server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("levels")
    for name, (tree, counts) in COUNTS.items():
        with kh.BlocksWriter(folder / name, tree) as log:
            log.matrix(counts, 1)
    with tensorboard(folder, tensorflow=False) as server:
        for name in COUNTS:
            server.wait(f"{name}/validation", 1)
        yield server


@pytest.fixture
def opened(page, levels_server):
    def show(run, **view):
        url = levels_server.plugin_url
        return Screen(page, url, run=f"{run}/validation", **view).ready()

    return show


def buttons(screen):
    return screen.find("levels").get_by_role("button")


class TestChoice:
    def test_levels_have_their_names(self, opened):
        screen = opened("named")
        expect(buttons(screen)).to_have_text(["superclass (20)", "100"])
        expect(buttons(screen).first).to_have_attribute(
            "title", "superclass: 20 groups"
        )
        assert "within superclass (20)" in screen.options("show")

    def test_both_levels_of_the_demo(self, opened):
        screen = opened("shapes")
        expect(buttons(screen)).to_have_text(["group (4)", "family (12)", "48"])

    def test_a_name_beside_a_number_has_no_plural(self, opened):
        screen = opened("shapes")
        screen.says("single", "group (4)", "family (12)", "48 classes")
        rows = screen.find("figures").get_by_role("row")
        expect(rows.first).to_contain_text("group (4)")
        expect(rows.nth(1)).to_contain_text("family (12)")
        assert "within family (12)" in screen.options("show")

    def test_no_level_is_of_single_classes(self, opened):
        # 8 groups and 60 classes of their own: 88 % are single.
        screen = opened("singles")
        expect(buttons(screen)).to_have_text(["140"])

    @pytest.mark.parametrize(
        ("asked", "shown"), [(20, 0), (16, 0), (43, 0), (60, 1), (179, 1)]
    )
    def test_a_link_to_another_number_lands_on_the_nearest(
        self, opened, asked, shown
    ):
        screen = opened("named", level=asked)
        expect(buttons(screen).nth(shown)).to_have_attribute(
            "aria-pressed", "true"
        )

    def test_a_filter_of_another_number_is_one_on_the_nearest(self, opened):
        screen = opened("named", between=31)
        expect(screen.find("topbar")).to_contain_text("between 20")
        tree, counts = COUNTS["named"]
        across = scores.group_counts(counts, tree.cut(depth=1))
        leaving = int((across.actual - across.true_positives).sum())
        errors = int(counts.sum() - np.trace(counts))
        screen.says(
            "caption",
            f"{errors - leaving:,} of {errors:,} errors left out: "
            "within 20 groups",
        )

    def test_markup_is_a_text(self, page, server):
        screen = Screen(page, server.url, run="hostile/validation").ready()
        name = '<img src=x onerror="window.pwned=7">'
        expect(buttons(screen).first).to_have_attribute(
            "title", f"{name}: 3 groups"
        )
        expect(buttons(screen).first).to_contain_text("<img")
        screen.says("errors-inside", "<img")
        assert screen.options("show")[2] == f"within {name} (3)"
        assert screen.frame.evaluate("window.pwned") is None

    @pytest.mark.parametrize("width", [1024, 1250, 1440])
    def test_names_overlap_nothing(self, page, opened, width):
        page.set_viewport_size({"width": width, "height": 800})
        screen = opened("shapes")
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


class TestFigures:
    def test_accuracy_and_errors_inside_against_chance(self, opened):
        screen = opened("shapes")
        tree, counts = COUNTS["shapes"]
        screen.says("figures", "Accuracy by level")
        rows = screen.find("errors-inside").get_by_role("row")
        expect(rows).to_have_count(2)
        for at, level in enumerate(tree.levels()[:2]):
            share = scores.block_confusion_ratio(counts, level)
            chance = scores.block_confusion_chance(level, counts)
            assert share > 2 * chance
            expect(rows.nth(at)).to_have_text(
                re.compile(
                    rf"^{tree.level_names[at]} \({level.num_groups}\)"
                    rf"{100 * share:.1f} %chance {100 * chance:.0f} %$"
                )
            )
            expect(rows.nth(at)).to_have_attribute(
                "title",
                f"{100 * chance:.1f} % if wrong classes were drawn as often as "
                "they are predicted",
            )
            accuracy = scores.group_accuracy(counts, level)
            row = screen.find("figures").get_by_role("row").nth(at)
            expect(row).to_contain_text(f"{100 * accuracy:.1f} %")
            # What guesses in the proportions of all predictions would give.
            grouped = level.aggregate(counts)
            guessed = grouped.sum(1) @ grouped.sum(0) / grouped.sum() ** 2
            expect(row).to_contain_text(f"chance {100 * guessed:.0f} %")

    def test_chance_stays_where_a_comparison_takes_the_room(self, page, opened):
        page.set_viewport_size({"width": 1024, "height": 768})
        screen = opened("shapes", **{"with": "again/validation"})
        row = screen.find("figures").get_by_role("row").first
        expect(row.locator(".change")).to_have_count(1)
        # The figure itself; the heading has the word.
        expect(row).to_have_text(re.compile(r" %25 %\S+\s*$"))
        expect(screen.find("figures").locator("h2")).to_contain_text(
            "chance · change"
        )
        panel = screen.find("figures").bounding_box()
        box = row.bounding_box()
        assert box["x"] + box["width"] <= panel["x"] + panel["width"] + 0.5

    def test_one_level_has_no_errors_inside(self, opened):
        screen = opened("singles")
        screen.says("figures", "Accuracy by level")
        screen.has_no("errors-inside")


class TestOutside:
    def listed(self, screen):
        return screen.texts(screen.find("outside").get_by_role("button"))

    def test_it_lists_groups_of_the_level_on_screen(self, opened):
        screen = opened("shapes", level=12, rows="polygons")
        found = self.listed(screen)
        families = SHAPES.cut(depth=2).names
        assert set(found) <= set(families)
        tree, counts = COUNTS["shapes"]
        grouped = tree.cut(depth=2).aggregate(counts)
        own = families.index("polygons")
        to = np.delete(grouped[own], own)
        most = screen.find("outside").locator(".number").first
        expect(most).to_have_text(str(to.max()))

    def test_a_group_of_a_coarse_level(self, opened):
        screen = opened("shapes", level=4, rows="outlines")
        assert set(self.listed(screen)) <= {"solids", "strokes", "textures"}

    def test_the_rest_of_its_own_group(self, opened):
        screen = opened("shapes", level=4, rows="polygons")
        found = self.listed(screen)
        assert "rest of outlines" in found

    def test_classes_at_the_level_of_classes(self, opened):
        screen = opened("named", rows="kind A")
        found = self.listed(screen)
        assert found
        assert all(re.fullmatch(r"kind [B-T] \d", name) for name in found)

    def test_another_level_changes_the_list(self, opened):
        screen = opened("named", rows="kind A")
        buttons(screen).first.click()
        names = screen.find("outside").get_by_role("button")
        expect(names.first).to_have_text(re.compile(r"^kind [B-T]$"))
        expect(group(screen, "kind A")).to_have_count(1)


# Of the names above the columns: where each stands, its box, whether it is
# whole; the boxes of the tree's names; the foot of the tree, the ticks.
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
    page: [innerWidth, innerHeight],
  };
}"""
CASES = [
    ("named", {"level": 20}),
    ("shapes", {"level": 12}),
    ("shapes", {}),
    ("named", {"level": 20, "window": "0 0 50"}),
    ("shapes", {"level": 12, "closed": "outlines"}),
]
# 48 classes are less than 11 px apart at the small size; at the large one the
# tree has room for twelve names.
WITHOUT = [("shapes", {}, 1024), ("shapes", {"level": 12}, 1920)]


class TestColumns:
    def columns(self, screen):
        screen.find("column-names").locator("text.name").first.wait_for()
        screen.settle()
        return screen.frame.evaluate(COLUMNS)

    def names(self, screen, part):
        return screen.texts(screen.find(part).locator("text.name"))

    def test_every_group_of_the_level_is_named_on_both_axes(self, opened):
        screen = opened("named", level=20)
        assert self.columns(screen)["texts"] == KINDS
        assert self.names(screen, "gutter") == KINDS

    def test_both_first_rows_of_the_demo_are_named(self, opened):
        screen = opened("shapes", level=12)
        groups, families = (SHAPES.cut(depth=depth).names for depth in (1, 2))
        assert self.columns(screen)["texts"] == list(families)
        assert self.names(screen, "tree-predicted") == list(groups)

    @pytest.mark.parametrize("height", [836, 900])
    def test_all_classes_of_the_demo_are(self, page, opened, height):
        page.set_viewport_size({"width": 1440, "height": height + 64})
        screen = opened("shapes")
        found = self.columns(screen)["texts"]
        names = [SHAPES.names[label] for label in SHAPES.order]
        assert len(found) == len(names)
        for text, name in zip(found, names, strict=True):
            assert name.startswith(text.rstrip("…").rstrip())
        assert len(self.names(screen, "gutter")) == len(names)
        above = screen.find("tree-predicted").locator("text.name")
        expected = [
            name for depth in (1, 2) for name in SHAPES.cut(depth=depth).names
        ]
        expect(above).to_have_count(len(expected))
        for each in above.all():
            whole = each.locator("title")
            cut = whole.text_content() if whole.count() else None
            text = each.evaluate("text => text.lastChild.textContent")
            assert (cut or text) in expected
            assert len(text) >= 4

    @pytest.mark.parametrize("size", [(1440, 900), (1024, 768), (1920, 1080)])
    @pytest.mark.parametrize(("run", "view"), CASES)
    def test_names_touch_nothing_and_none_is_clipped(
        self, page, opened, run, view, size
    ):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        screen = opened(run, **view)
        if (run, view, size[0]) in WITHOUT:
            screen.find("figures").wait_for()
            screen.has_no("column-names")
            return
        found = self.columns(screen)
        left, right, top, _ = found["matrix"]
        assert np.diff(found["at"]).min() >= 10.49
        feet = max([bottom for *_, bottom in found["tree"]], default=0)
        for box in found["boxes"]:
            assert left - 8 <= box[0]
            assert box[1] <= right + 8
            assert box[2] >= max(found["bar"][3], feet - 4)
            assert box[3] <= top - 16

    def test_the_matrix_gives_no_more_room_than_names_need(self, opened):
        screen = opened("named", level=20)
        left, right, top, bottom = self.columns(screen)["matrix"]
        height = screen.frame.evaluate("innerHeight")
        assert right - left == pytest.approx(height - 246 - 30, abs=0.5)
        assert bottom - top == pytest.approx(right - left)
        buttons(screen).last.click()
        screen.has_no("column-names")
        screen.settle()
        assert screen.matrix_box()[2] == pytest.approx(height - 246, abs=0.5)
        buttons(screen).first.click()
        screen.find("column-names").wait_for()
        screen.settle()
        assert screen.matrix_box()[2] == pytest.approx(height - 276, abs=0.5)

    @pytest.mark.parametrize(("run", "view"), [("singles", {}), ("wide", {})])
    def test_classes_that_are_too_many_have_none(self, opened, run, view):
        screen = opened(run, **view)
        screen.find("figures").wait_for()
        screen.has_no("column-names")

    def test_what_the_tree_names_is_not_named_twice(self, opened):
        screen = opened("wide", level=3)
        found = self.names(screen, "tree-predicted")
        assert found == ["part 0", "part 1", "part 2"]
        screen.has_no("column-names")

    def test_a_name_selects_its_group(self, opened):
        screen = opened("named", level=20)
        self.columns(screen)
        screen.find("column-names").get_by_text("kind C", exact=True).click()
        screen.says("selection", "kind C")
        screen.says("outside", "Outside kind C")

    def test_of_two_matrices_both_have_names(self, opened):
        screen = opened(
            "shapes", level=12, **{"with": "again/validation", "as": "side"}
        )
        self.columns(screen)
        second = screen.frame.locator("svg.again .name", has_text="polygons")
        second.wait_for()
        expect(second).to_have_count(1)

    def test_names_follow_a_group_that_is_closed(self, opened):
        screen = opened("shapes", level=12, closed="outlines")
        found = self.columns(screen)["texts"]
        assert found == ["outlines", *SHAPES.cut(depth=2).names[3:]]

    def test_a_level_of_another_run_takes_its_own_room(self, opened):
        screen = opened("named", level=20)
        self.columns(screen)
        screen.choose("run", "singles")
        expect(buttons(screen)).to_have_text(["140"])
        screen.has_no("column-names")


class TestTrees:
    def test_a_flat_one_gives_its_room_to_names(self, page, opened):
        page.set_viewport_size({"width": 1440, "height": 900})
        screen = opened("flat")
        names = screen.find("gutter").locator("text.name")
        names.first.wait_for()
        # Nothing is drawn of a tree that has classes only.
        for part in ("tree-actual", "tree-predicted"):
            expect(screen.find(part).locator(".node")).to_have_count(0)
        texts = screen.texts(names)
        assert len(texts) > 40
        assert all(len(text) > len("a class with a nam") for text in texts)

    def test_groups_of_a_linkage_have_names_of_classes(self, opened):
        screen = opened("merged")
        assert "pug, husky +1" in screen.says("tree-actual", "bus, lorry")
