"""Levels that the tree names: the choice, figures, lists beside them."""

import itertools
import re

import numpy as np
import pytest
from playwright.sync_api import expect
from screen import Screen, group

import keras_hier as kh
from benchmarks.speed.serving import tensorboard
from keras_hier import scores
from keras_hier.data import shapes

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
        url = levels_server.url
        return Screen(page, url, run=f"{run}/validation", **view).ready()

    return show


def buttons(screen):
    return screen.find("levels").get_by_role("button")


class TestChoice:
    def test_levels_have_their_names(self, opened):
        screen = opened("named")
        expect(buttons(screen)).to_have_text(["superclass 20", "100"])
        expect(buttons(screen).first).to_have_attribute(
            "title", "superclass: 20 groups"
        )
        assert "within superclass (20)" in screen.options("show")

    def test_both_levels_of_the_demo(self, opened):
        screen = opened("shapes")
        expect(buttons(screen)).to_have_text(["group 4", "family 12", "48"])

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
                    rf"^{tree.level_names[at]} {level.num_groups}"
                    rf"{100 * share:.1f} %chance {100 * chance:.0f} %$"
                )
            )
            expect(rows.nth(at)).to_have_attribute(
                "title",
                re.compile(f"stay inside their {tree.level_names[at]}; "),
            )
            accuracy = scores.group_accuracy(counts, level)
            row = screen.find("figures").get_by_role("row").nth(at)
            expect(row).to_contain_text(f"{100 * accuracy:.1f} %")

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
        assert screen.find("outside").locator(".number").first.inner_text() == (
            str(to.max())
        )

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
        assert group(screen, "kind A").count() == 1
