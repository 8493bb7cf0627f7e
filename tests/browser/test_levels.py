"""Levels that the tree names, and the names of their groups on both axes."""

import numpy as np
import pytest
from accessibility import SMALL
from logged import write_epochs
from playwright.sync_api import expect
from screen import Screen, touching

import keras_hier as kh
from keras_hier.data import shapes
from tests.support.serving import loaded

pytestmark = pytest.mark.usefixtures("moving")

KINDS = [f"kind {chr(ord('A') + i)}" for i in range(20)]
# Twenty kinds of five classes, as those of CIFAR-100.
NAMED = kh.Hierarchy.from_paths(
    [(kind, f"{kind} {i}") for kind in KINDS for i in range(5)],
    level_names=["superclass"],
)
SHAPES = shapes.hierarchy()
# Eight groups of ten, and sixty classes of their own: 88 % are single.
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
        expect(screen.options("show")).to_contain_text(["within family (12)"])
        screen.says("figures", "group (4)", "family (12)", "48 classes")

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


# Where each name above the columns stands; how far the names are from the bar
# above them, and from the matrix below.
COLUMNS = """() => {
  const names = [...document.querySelectorAll(
    "[data-testid=column-names] text.name")];
  const box = (part) => part.getBoundingClientRect();
  const [bar, matrix] = ["topbar", "cursor"].map(
    (name) => box(document.querySelector(`[data-testid=${name}]`)));
  return {
    at: names.map((text) => Number(/translate\\(([\\d.]+)/.exec(
      text.getAttribute("transform"))[1])),
    above: Math.min(...names.map((text) => box(text).top)) - bar.bottom,
    below: matrix.top - Math.max(...names.map((text) => box(text).bottom)),
  };
}"""


class TestColumns:
    def has_names(self, screen, part, names):
        expect(screen.find(part).locator("text.name")).to_have_text(names)

    def test_every_group_of_the_level_is_named_on_both_axes(self, opened):
        screen = opened("named", level=20)
        self.has_names(screen, "column-names", KINDS)
        self.has_names(screen, "gutter", KINDS)
        screen.settle()
        found = screen.frame.evaluate(COLUMNS)
        assert np.diff(found["at"]).min() >= 10.49
        assert found["above"] >= 0
        assert found["below"] >= 0
        # Of classes there are too many: their groups keep the names.
        buttons(screen).last.click()
        screen.settle()
        self.has_names(screen, "column-names", KINDS)
        expect(screen.find("tree-predicted").locator(".name")).to_have_count(0)
        # A name selects its group.
        buttons(screen).first.click()
        screen.find("column-names").get_by_text("kind C", exact=True).click()
        screen.says("selection", "kind C")
        screen.choose("run", "singles")
        expect(buttons(screen)).to_have_text(["140"])
        # One level has no errors inside, and too many classes no names.
        screen.has_no("errors-inside", "column-names")

    def test_names_follow_a_group_that_is_closed(self, opened):
        screen = opened("shapes", level=12, closed="outlines")
        names = ["outlines", *SHAPES.cut(depth=2).names[3:]]
        self.has_names(screen, "column-names", names)
        # Both of two matrices have names.
        view = {"with": "again/validation", "as": "side", "level": 12}
        screen = opened("shapes", **view)
        second = screen.frame.locator("svg.again .name", has_text="polygons")
        expect(second).to_have_count(1)


class TestRows:
    def names(self, screen):
        names = screen.find("gutter").locator("text.name")
        names.first.wait_for()
        return screen.texts(names)

    def test_small_pages_name_classes_beside_a_shallow_tree(self, page, opened):
        page.set_viewport_size(SMALL)
        screen = opened("uneven")
        assert self.names(screen) == list(UNEVEN.classes)
        # Nothing stands on the names of the tree.
        assert touching(screen, "svg.labels text") == []
        # Where all have no room, the one that is selected has a name.
        named = self.names(opened("singles"))
        assert 20 < len(named) < 30
        unnamed = next(name for name in SINGLES.classes if name not in named)
        assert unnamed in self.names(opened("singles", rows=unnamed))


def legend_of(screen):
    """Returns the numbers at the colours."""
    texts = screen.texts(screen.find("legend").locator("text:not(.title)"))
    return [int(text) for text in texts]


def test_colours_end_where_the_counts_end(opened):
    counts = COUNTS["shapes"][1] - np.diag(np.diag(COUNTS["shapes"][1]))
    other = COUNTS["again"][1] - np.diag(np.diag(COUNTS["again"][1]))
    alone = legend_of(opened("shapes"))
    assert alone[-1] < 2 * max(counts.max(), 2)
    # Two matrices have one scale: groups have larger counts than classes.
    view = {"with": "again/validation", "as": "side"}
    most = max(counts.max(), other.max())
    assert legend_of(opened("shapes", **view))[-1] < 2 * most
    assert legend_of(opened("shapes", level=4))[-1] > alone[-1]
