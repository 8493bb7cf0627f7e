"""Values, filters, what they leave out, and the box that finds classes."""

import re
import time

import numpy as np
import pytest
from logged import EPOCHS
from playwright.sync_api import expect
from screen import Screen

import keras_hier as kh
from tests.support.serving import tensorboard

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
def errors(answers, hierarchy):
    """Errors by display position, int [C, C]."""
    matrix = kh.scores.confusion_matrix(*answers, hierarchy.num_classes)
    matrix = np.array(matrix)[np.ix_(hierarchy.order, hierarchy.order)]
    np.fill_diagonal(matrix, 0)
    return matrix


def left_out(screen):
    """Returns how many are left out, of how many."""
    text = screen.says("caption", "left out")
    found = re.search(r"([\d,]+) of ([\d,]+) \w+ left out", text)
    return tuple(int(n.replace(",", "")) for n in found.groups())


def in_other(screen):
    """Returns the sum of the *other* row, once labels are in place."""
    screen.find("other").wait_for()
    screen.settle()
    text = screen.find("other").text_content()
    return int(re.search(r"([\d,]+)$", text).group(1).replace(",", ""))


class TestValues:
    def test_each_has_its_legend_and_caption(self, screen):
        said = {
            "share": "% of each row",
            "column": "% of each column",
            "excess": "times expected by chance",
        }
        seen = {screen.find("legend").text_content()}
        ink = screen.ink()
        for value, words in said.items():
            screen.choose("value", value)
            screen.says("caption", words)
            seen.add(screen.find("legend").text_content())
            # Colours change, but no error goes missing.
            assert screen.ink().mean() == pytest.approx(ink.mean(), rel=0.1)
        assert len(seen) == 4

    def test_scales_change_colours_alone(self, screen):
        picture = """() => document.querySelector('[data-testid=matrix]')
          .toDataURL()"""
        seen = {screen.frame.evaluate(picture)}
        for scale, words in (("sqrt", "square-root"), ("linear", "linear")):
            screen.choose("scale", scale)
            screen.says("caption", f"{words} colours")
            screen.ink()
            seen.add(screen.frame.evaluate(picture))
        assert len(seen) == 3

    def test_bars_of_support(self, screen, answers):
        screen.choose("bars", "support")
        most = np.bincount(answers.labels).max()
        names = screen.frame.locator("svg.labels .axes")
        names.get_by_text("predicted", exact=True).wait_for()
        expect(names).to_contain_text(str(most))


class TestFilters:
    def test_a_least_count(self, screen, errors):
        everything = screen.ink().mean()
        screen.choose("least count", "3")
        screen.says("caption", "counts under 3")
        shown = errors[errors >= 3].sum()
        total = errors.sum()
        assert left_out(screen) == (total - shown, total)
        screen.says("caption", "counts under 3")
        # Every column's rest is there, so the totals add up.
        assert in_other(screen) == total - shown
        assert screen.ink().mean() < everything

    @pytest.mark.parametrize("kind", ["within", "between"])
    def test_errors_of_groups(self, screen, errors, hierarchy, kind):
        groups = screen.options("show")[2].split()[1]
        assert groups == "4"
        screen.choose("show", f"{kind} {groups}")
        of = hierarchy.levels()[0].of_class[hierarchy.order]
        same = of[:, None] == of[None, :]
        shown = errors[same if kind == "within" else ~same].sum()
        assert left_out(screen) == (errors.sum() - shown, errors.sum())
        assert in_other(screen) == errors.sum() - shown

    def test_the_diagonal_too_is_filtered(self, screen, answers):
        matrix = kh.scores.confusion_matrix(*answers, 1000)
        screen.choose("show", "all")
        screen.choose("least count", "20")
        shown = int(matrix[matrix >= 20].sum())
        assert left_out(screen) == (50_000 - shown, 50_000)

    def test_the_keys_of_the_legends_pins(self, screen, errors):
        pin = screen.find("legend-least")
        pin.press("ArrowRight")
        pin.press("ArrowRight")
        expect(pin).to_have_attribute("aria-valuetext", "3")
        shown = errors[errors >= 3].sum()
        assert left_out(screen)[0] == errors.sum() - shown
        most = screen.find("legend-most")
        most.press("ArrowLeft")
        expect(most).to_have_attribute("aria-valuetext", re.compile(r" \d"))
        below = int(most.get_attribute("aria-valuetext").split()[1])
        screen.says("caption", f"under 3 or from {below}")
        shown = errors[(errors >= 3) & (errors < below)].sum()
        assert left_out(screen)[0] == errors.sum() - shown
        # The keys were the pins' alone.
        assert screen.epoch() == EPOCHS
        pin.press("Home")
        most.press("End")
        expect(screen.find("caption")).not_to_contain_text("left out")

    def test_brushing_the_legend(self, screen, errors):
        box = screen.find("legend-brush").bounding_box()
        mouse = screen.page.mouse
        y = box["y"] + 20
        mouse.move(box["x"] + 60, y)
        mouse.down()
        mouse.move(box["x"] + 110, y, steps=4)
        mouse.up()
        rest, total = left_out(screen)
        assert total == errors.sum()
        assert 0 < rest < total
        assert in_other(screen) == rest
        # The pointer was the legend's alone.
        assert screen.text("selection").startswith("all")
        mouse.dblclick(box["x"] + 60, y)
        expect(screen.find("caption")).not_to_contain_text("left out")

    def test_all_are_cleared_at_once(self, screen):
        before = screen.ink()
        expect(screen.find("clear-filters")).to_have_count(0)
        screen.choose("least count", "5")
        screen.choose("show", "within 4")
        screen.says("caption", "between 4 groups")
        screen.find("clear-filters").click()
        screen.says("caption", "errors in")
        screen.settle()
        np.testing.assert_array_equal(screen.ink(), before)


class TestOther:
    def test_of_a_zoomed_group(self, page, server, errors, hierarchy):
        node = hierarchy.find("dog")
        start, stop = hierarchy.start[node], hierarchy.stop[node]
        window = f"{start} {start} {stop - start}"
        view = {"run": "plain/validation", "window": window}
        screen = Screen(page, server.url, **view).ready()
        into = (
            errors[:, start:stop].sum() - errors[start:stop, start:stop].sum()
        )
        assert in_other(screen) == into
        # Pointing at the column tells what is in it.
        page.mouse.move(*beside(screen, 0.5))
        expect(screen.find("tooltip")).to_contain_text(
            re.compile(r"row \d+\s+·\s+column \d+")
        )

    def test_goes_when_all_is_shown(self, page, server):
        view = {"run": "plain/validation", "window": "122 122 118"}
        screen = Screen(page, server.url, **view).ready()
        screen.find("other").wait_for()
        screen.press("0")
        screen.find("other").wait_for(state="detached")


def beside(screen, share):
    """Page coordinates in the *other* column, a share down the matrix."""
    box = screen.find("other").locator("text").first.bounding_box()
    bottom = screen.find("other").locator("text").last.bounding_box()
    top, low = box["y"] + 20, bottom["y"] - 8
    return box["x"] + box["width"] - 6, top + share * (low - top)


class TestFind:
    def test_a_key_a_name_and_there(self, screen, hierarchy):
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

    def test_what_is_mistyped_is_found(self, screen):
        screen.find("find").fill("dalmation")
        names = screen.find("found").get_by_role("option")
        expect(names.first).to_contain_text("dalmatian")

    def test_arrows_choose_and_nothing_is_said(self, screen):
        box = screen.find("find")
        box.fill("terrier")
        options = screen.find("found").get_by_role("option")
        expect(options.first).to_have_attribute("aria-selected", "true")
        box.press("ArrowDown")
        expect(options.nth(1)).to_have_attribute("aria-selected", "true")
        box.fill("qqqqqq")
        screen.find("found").get_by_text("Nothing is called so").wait_for()
        box.fill("no samples")
        screen.find("found").get_by_text("Every class has samples").wait_for()
        box.press("Escape")
        box.press("Escape")
        screen.has_no("found")

    def test_only_some_classes(self, screen, errors, hierarchy):
        box = screen.find("find")
        box.fill("dog")
        box.press("Shift+Enter")
        screen.says("caption", "all but dog")
        node = hierarchy.find("dog")
        wanted = np.array(
            ["dog" in hierarchy.names[c].split() for c in hierarchy.order]
        )
        wanted[hierarchy.start[node] : hierarchy.stop[node]] = True
        rest, _ = left_out(screen)
        # At least the group; "hotdog" and the like are named so, too.
        most = errors.sum() - errors[wanted].sum()
        most -= errors[:, wanted].sum() - errors[wanted][:, wanted].sum()
        assert 0 < rest <= most
        assert most - rest < 300
        expect(box).to_have_value("dog")
        screen.find("clear-filters").click()
        screen.says("caption", "errors in")
        expect(box).to_have_value("")


class TestAbsent:
    def test_classes_that_are_missing_are_marked(self, page, tmp_path):
        tree = kh.Hierarchy.from_paths(list(PETS))
        with kh.BlocksWriter(tmp_path / "run", tree) as log:
            log.matrix(ABSENT, 1)
        with tensorboard(tmp_path, tensorflow=False) as server:
            server.wait("run/validation", 1)
            screen = Screen(
                page, server.plugin_url, run="run/validation"
            ).ready()
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
            # Of pugs: five huskies and three buses.
            screen.says("caption", "1 of 9 errors left out")
            # Their row is alone, and the columns where they go.
            screen.find("column-names").wait_for()
            expect(gutter.locator(".name")).to_have_text(["pug"])
            columns = screen.find("column-names").locator(".name")
            expect(columns).to_have_text(["husky", "bus"])
            box = screen.find("cursor").bounding_box()
            page.mouse.click(
                box["x"] + 0.75 * box["width"], box["y"] + 0.5 * box["height"]
            )
            screen.reads("selection", "pug → bus")
            # Before any class whose name is merely like it.
            screen.find("find").fill("Neve")
            expect(found).to_have_text(
                ["never predicted 1 class"], use_inner_text=True
            )


class TestFirstDrawing:
    """A link that shows classes alone never shows them all."""

    def test_waits_for_the_search(self, new_page, server):
        page = new_page()

        def late(route, _request):
            time.sleep(1)
            route.continue_()

        page.add_init_script(SPY)
        page.route(re.compile(r"/classSearch\.js"), late)
        view = {"run": "plain/validation", "only": "dog"}
        screen = Screen(page, server.url, **view).ready()
        screen.says("caption", "all but dog")
        page.wait_for_timeout(1000)
        drawings = screen.frame.evaluate("window.drawings")
        assert len(set(drawings)) == 1

    def test_has_its_room_at_once(self, new_page, tmp_path):
        tree = kh.Hierarchy.from_paths(list(PETS))
        with kh.BlocksWriter(tmp_path / "run", tree) as log:
            log.matrix(ABSENT, 1)
        with tensorboard(tmp_path, tensorflow=False) as server:
            server.wait("run/validation", 1)
            page = new_page()
            page.add_init_script(SPY)
            view = {"run": "run/validation", "only": "never predicted"}
            screen = Screen(page, server.plugin_url, **view).ready()
            screen.find("column-names").wait_for()
            page.wait_for_timeout(1000)
            drawings = screen.frame.evaluate("window.drawings")
            assert len(set(drawings)) == 1

    def test_does_not_wait_for_what_will_not_come(self, new_page, server):
        page = new_page(may_fail=True)
        page.route(re.compile(r"/classSearch\.js"), lambda route: route.abort())
        view = {"run": "plain/validation", "only": "dog"}
        screen = Screen(page, server.url, **view).ready()
        screen.find("incomplete").wait_for()
        assert screen.ink().any()


class TestLink:
    def test_keeps_every_choice(self, screen, page):
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
        assert other.says("caption", "all but dog") == said
        other.settle()
        other.page.mouse.move(5, 5)
        np.testing.assert_array_equal(other.ink(), ink)
