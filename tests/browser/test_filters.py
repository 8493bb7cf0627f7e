"""Values, filters, what they leave out, and the box that finds classes."""

import re

import numpy as np
import pytest
from logged import EPOCHS, write_epochs
from playwright.sync_api import expect
from screen import Screen

import keras_hier as kh
from tests.support.serving import loaded

PETS = (
    ("animal", "pug"),
    ("animal", "husky"),
    ("thing", "bus"),
    ("thing", "t"),
)
# Notes of every drawing of the matrix how wide it is and how much is marked.
SPY = """(() => {
  window.drawings = [];
  const draw = CanvasRenderingContext2D.prototype.drawImage;
  CanvasRenderingContext2D.prototype.drawImage = function (image, ...rest) {
    if (this.canvas.dataset.testid === "matrix" && image.getContext) {
      const { width, height } = image;
      const { data } = image.getContext("2d")
        .getImageData(0, 0, width, height);
      const marked = data.filter((value, i) => i % 4 === 3 && value).length;
      window.drawings.push(`${width} px, ${marked} marked`);
    }
    return draw.call(this, image, ...rest);
  };
})()"""
# Nobody is called a pug, no bus was shown, and nobody knows of the last.
ABSENT = np.array([[0, 5, 3, 0], [0, 9, 1, 0], [0, 0, 0, 0], [0, 0, 0, 0]])


@pytest.fixture(scope="module")
def errors(matrix, hierarchy):
    """Errors by display position, int [C, C]."""
    errors = matrix[np.ix_(hierarchy.order, hierarchy.order)]
    np.fill_diagonal(errors, 0)
    return errors


@pytest.fixture(scope="module")
def pets(tmp_path_factory):
    """The address of a log of four pets."""
    folder = tmp_path_factory.mktemp("pets")
    write_epochs(folder / "run", kh.Hierarchy.from_paths(PETS), ABSENT)
    with loaded(folder) as server:
        yield server.plugin_url


def leaves_out(screen, rest, total):
    """Waits until so many are left out."""
    screen.says("caption", f"{rest:,} of {total:,}", "left out")


def has_other(screen, rest):
    """Waits until the *other* row and column add up to so many."""
    expect(screen.find("other")).to_have_text(re.compile(rf"\D{rest:,}$"))


def test_values_each_has_its_legend_and_caption(screen):
    legend = screen.find("legend")
    expect(legend).to_have_text(re.compile(r"\d"))
    said = {
        "share": "% of each row",
        "column": "% of each column",
        "excess": "times expected by chance",
    }
    seen = {legend.text_content()}
    ink = screen.ink()
    for value, words in said.items():
        screen.choose("value", value)
        screen.says("caption", words)
        # Colours change, but no error goes missing.
        assert screen.ink().mean() == pytest.approx(ink.mean(), rel=0.1)
        seen.add(legend.text_content())
    assert len(seen) == 4
    images = {screen.image()}
    for scale, words in (("sqrt", "square-root"), ("linear", "linear")):
        screen.choose("scale", scale)
        screen.says("caption", f"{words} colours")
        images.add(screen.image())
    assert len(images) == 3


class TestFilters:
    def test_a_least_count(self, screen, errors, matrix):
        everything = screen.ink().mean()
        screen.choose("least count", "3")
        screen.says("caption", "counts under 3")
        shown = errors[errors >= 3].sum()
        total = errors.sum()
        leaves_out(screen, total - shown, total)
        # Every column's rest is there, so the totals add up.
        has_other(screen, total - shown)
        assert screen.ink().mean() < everything
        # The diagonal is filtered like the rest.
        screen.choose("show", "all")
        screen.choose("least count", "20")
        screen.says("caption", "counts under 20")
        shown = int(matrix[matrix >= 20].sum())
        leaves_out(screen, 50_000 - shown, 50_000)

    def test_errors_of_groups_and_all_cleared_at_once(
        self, screen, errors, hierarchy
    ):
        before = screen.ink()
        screen.has_no("clear-filters")
        of = hierarchy.levels()[0].of_class[hierarchy.order]
        same = of[:, None] == of[None, :]
        for kind, inside in (("within", same), ("between", ~same)):
            screen.choose("show", f"{kind} 4")
            hidden = "between" if kind == "within" else "within"
            screen.says("caption", f"left out: {hidden} 4 groups")
            rest = errors[~inside].sum()
            leaves_out(screen, rest, errors.sum())
            has_other(screen, rest)
        screen.find("clear-filters").click()
        screen.says("caption", "errors in")
        screen.settle()
        np.testing.assert_array_equal(screen.ink(), before)

    def test_the_pins_of_the_legend_and_a_brush(self, screen, errors):
        total = errors.sum()
        pin = screen.find("legend-least")
        pin.press("ArrowRight")
        pin.press("ArrowRight")
        expect(pin).to_have_attribute("aria-valuetext", "3")
        leaves_out(screen, errors[errors < 3].sum(), total)
        most = screen.find("legend-most")
        most.press("ArrowLeft")
        expect(most).to_have_attribute("aria-valuetext", re.compile(r" \d"))
        below = int(most.get_attribute("aria-valuetext").split()[1])
        screen.says("caption", f"under 3 or from {below}")
        shown = errors[(errors >= 3) & (errors < below)].sum()
        leaves_out(screen, total - shown, total)
        # The keys were the pins' alone.
        assert screen.epoch() == EPOCHS
        pin.press("Home")
        most.press("End")
        expect(screen.find("caption")).not_to_contain_text("left out")
        box = screen.find("legend-brush").bounding_box()
        mouse = screen.page.mouse
        y = box["y"] + 20
        mouse.move(box["x"] + 60, y)
        mouse.down()
        mouse.move(box["x"] + 110, y, steps=4)
        mouse.up()
        said = screen.says("caption", f" of {total:,} errors left out")
        rest = re.search(r"([\d,]+) of [\d,]+ errors left out", said)[1]
        assert 0 < int(rest.replace(",", "")) < total
        # The pointer was the legend's alone.
        assert screen.text("selection").startswith("all")
        mouse.dblclick(box["x"] + 60, y)
        expect(screen.find("caption")).not_to_contain_text("left out")


def test_find_a_key_a_name_and_there(screen, hierarchy):
    screen.press("/")
    screen.page.keyboard.type("sib husk")
    found = screen.find("found")
    # Letters of both words: it is the only one.
    expect(found).to_contain_text("Siberian husky")
    screen.page.keyboard.press("Enter")
    screen.says("selection", "Siberian husky")
    # It is in sight: the view has gone to a group of some around it.
    node = hierarchy.find("Siberian husky")
    while hierarchy.stop[node] - hierarchy.start[node] < 8:
        node = hierarchy.parents[node]
    screen.says("caption", f"{hierarchy.node_names[node]}: ")
    screen.has_no("found")
    # Arrows choose, and what nothing answers to is said.
    box = screen.find("find")
    options = found.get_by_role("option")
    box.fill("dalmation")
    expect(options.first).to_contain_text("dalmatian")
    box.fill("terrier")
    expect(options.first).to_contain_text("terrier")
    expect(options.first).to_have_attribute("aria-selected", "true")
    box.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    box.fill("qqqqqq")
    found.get_by_text("Nothing is called so").wait_for()
    box.fill("no samples")
    found.get_by_text("Every class has samples").wait_for()
    box.press("Escape")
    box.press("Escape")
    screen.has_no("found")


def test_classes_that_are_missing_are_marked(page, pets):
    screen = Screen(page, pets, run="run/validation").ready()
    screen.says(
        "caption",
        "1 class never predicted",
        "1 class without samples, yet predicted",
        "1 class without samples",
    )
    gutter = screen.find("gutter")
    expect(gutter.locator(".absent")).to_have_count(3)
    screen.press("/")
    found = screen.find("found").get_by_role("option")
    expect(found.first).to_contain_text("never predicted")
    page.keyboard.press("Enter")
    found.get_by_text("pug").wait_for()
    page.keyboard.press("Shift+Enter")
    # Five pugs are called huskies and three buses.
    screen.says("caption", "1 of 9 errors left out")
    # Their row is alone, and the columns where they go.
    screen.find("column-names").wait_for()
    expect(gutter.locator(".name")).to_have_text(["pug"])
    columns = screen.find("column-names").locator(".name")
    expect(columns).to_have_text(["husky", "bus"])
    screen.settle()
    page.mouse.click(*screen.point(0.75, 0.5))
    screen.reads("selection", "pug → bus")
    # Before any class whose name is merely like it.
    screen.find("find").fill("Neve")
    words = ["never predicted 1 class"]
    expect(found).to_have_text(words, use_inner_text=True)


class TestFirstDrawing:
    """A link that shows classes alone never shows them all."""

    def test_waits_for_the_search(self, new_page, server):
        page = new_page()
        held = []
        page.add_init_script(SPY)
        page.route(
            re.compile(r"/classSearch\.js"), lambda route: held.append(route)
        )
        view = {"run": "plain/validation", "only": "dog"}
        with page.expect_response(re.compile("/blocks/matrix")) as answered:
            screen = Screen(page, server.plugin_url, **view)
        answered.value.finished()
        screen.draw()
        assert not screen.frame.evaluate("window.drawings")
        held[0].continue_()
        screen.ready()
        screen.says("caption", "all but dog")
        screen.settle()
        assert len(set(screen.frame.evaluate("window.drawings"))) == 1

    def test_does_not_wait_for_what_will_not_come(self, tab, server):
        tab.route(re.compile(r"/classSearch\.js"), lambda route: route.abort())
        view = {"run": "plain/validation", "only": "dog"}
        screen = Screen(tab, server.plugin_url, **view).ready()
        screen.find("incomplete").wait_for()
        assert screen.ink().any()


def test_link_keeps_every_choice(screen, page):
    screen.choose("show", "between 4")
    screen.choose("least count", "2")
    screen.choose("value", "column")
    screen.choose("scale", "linear")
    screen.choose("bars", "support")
    screen.find("legend-least").press("ArrowRight")
    box = screen.find("find")
    box.fill("dog")
    box.press("Shift+Enter")
    screen.says("caption", "all but dog")
    link = screen.link(
        *("value=column", "scale=linear", "bars=support", "between=4"),
        *("least=2", "from=", "only=dog"),
    )
    said, ink = screen.text("caption"), screen.ink()
    other = Screen(page, link).ready()
    other.reads("caption", said)
    other.settle()
    other.page.mouse.move(5, 5)
    np.testing.assert_array_equal(other.ink(), ink)
