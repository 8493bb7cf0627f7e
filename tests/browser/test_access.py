"""The Blocks tab without a mouse, without sight of it, and under fingers."""

import re

import numpy as np
import pytest
from accessibility import SMALL, darken, findings, findings_in_both_themes
from logged import EPOCHS
from playwright.sync_api import expect
from screen import Screen, group, touching

from tests.support.serving import WINDOW

DOG = "n02084071"

# The name of the element that has the keyboard, and whether it is seen.
FOCUSED = """() => {
  const at = document.activeElement;
  if (!document.hasFocus() || at === document.body) return null;
  const ring = (e) => e && getComputedStyle(e).outlineStyle !== "none"
    && parseFloat(getComputedStyle(e).outlineWidth) >= 1;
  const stroked = (e) => e && getComputedStyle(e).stroke !== "none";
  return {
    what: at.outerHTML.slice(0, 120),
    name: at.getAttribute("aria-label") || at.textContent.trim(),
    seen: ring(at) || ring(at.closest("label"))
      || [...at.children].some(stroked),
  };
}"""


class TestAxe:
    @pytest.mark.parametrize(
        ("view", "size", "part"),
        [
            ({"rows": DOG}, SMALL, "g.lines path.curve"),
            ({"with": "hier/validation"}, WINDOW, "g.lines path.curve"),
            ({"run": "damaged/validation", "step": 2}, WINDOW, ".notice"),
        ],
        ids=["selection", "comparison", "damage"],
    )
    def test_finds_nothing_serious(self, page, server, view, size, part):
        view = {"run": "plain/validation", **view}
        screen = Screen(page, server.plugin_url, size=size, **view)
        screen.frame.wait_for_selector(part)
        assert findings_in_both_themes(screen) == []

    def test_nor_in_a_dialog(self, page, server):
        view = {"run": "plain/validation"}
        screen = Screen(page, server.plugin_url, size=SMALL, **view).ready()
        darken(screen)
        for name in ("help", "several-runs"):
            if name == "help":
                screen.press("?")
            else:
                screen.choose("run", "\n")
            dialog = screen.find(name)
            dialog.wait_for()
            # Whatever can be done in it is in sight.
            for button in dialog.get_by_role("button").all():
                expect(button).to_be_in_viewport(ratio=1)
            if name == "several-runs":
                # With three runs ticked every button is enabled.
                dialog.get_by_role("checkbox").nth(1).check()
                dialog.get_by_role("checkbox").nth(2).check()
                expect(
                    dialog.get_by_role("button", name="Compare with")
                ).to_be_enabled()
            assert findings(screen.frame) == []
            dialog.get_by_role("button", name="Close").click()
            screen.has_no(name)


class TestKeyboard:
    def test_works_once_the_tab_is_shown_unless_one_types(
        self, new_page, server
    ):
        page = new_page()
        screen = Screen(page, server.url, run="plain/validation").ready()
        # No click and no focus() before.
        screen.page.keyboard.press("ArrowLeft")
        screen.wait_epoch(EPOCHS - 1)
        screen.link(f"step={EPOCHS - 1}")
        tabs = screen.page.get_by_role("tab")
        tabs.filter(has_text="Scalars").click()
        tabs.filter(has_text="Blocks").click()
        screen.find("slider").wait_for()
        screen.frame.wait_for_function("document.hasFocus()")
        screen.page.keyboard.press("ArrowLeft")
        screen.wait_epoch(EPOCHS - 2)
        page.evaluate(
            """() => {
              const box = document.body.appendChild(
                document.createElement("input"));
              box.id = "typing";
              box.style.cssText = "position: fixed; top: 0; z-index: 99";
              box.focus();
              const shown = document.querySelector("iframe").style;
              shown.visibility = "hidden";
              shown.display = "none";
              requestAnimationFrame(() => requestAnimationFrame(() => {
                shown.display = "";
                shown.visibility = "";
              }));
            }"""
        )
        # The frame hears that it is shown before it is drawn again.
        screen.frame.wait_for_function("innerWidth > 0")
        screen.draw()
        page.keyboard.type("dog")
        expect(page.locator("#typing")).to_have_value("dog")
        assert screen.epoch() == EPOCHS - 2

    def test_every_stop_is_named_and_seen(self, screen):
        for part in ("threshold", "confusions"):
            screen.find(part).wait_for()
        stops = []
        for _ in range(150):
            screen.page.keyboard.press("Tab")
            stop = screen.frame.evaluate(FOCUSED)
            if stop is None:
                break
            stops.append(stop)
        assert 20 < len(stops) < 100
        assert [s for s in stops if not s["name"]] == []
        assert [s for s in stops if not s["seen"]] == []
        names = " ".join(s["name"] for s in stops)
        for part in ("Cells of the matrix", "epoch", "Play", "separable"):
            assert part in names

    def test_a_tree_is_one_stop_walked_depth_first(self, screen):
        tree = screen.find("tree-actual")
        stops = tree.locator('.node[tabindex="0"]')
        expect(stops).to_have_count(1)
        nodes = tree.locator(".node").evaluate_all(
            "all => all.map(({ dataset }) => Number(dataset.node))"
            ".sort((a, b) => a - b)"
        )
        stops.focus()
        for key, at in zip(
            ("ArrowRight", "ArrowDown", "ArrowDown", "ArrowUp"),
            (1, 2, 3, 2),
            strict=True,
        ):
            screen.page.keyboard.press(key)
            expect(stops).to_have_attribute("data-node", str(nodes[at]))
            expect(stops).to_be_focused()
        expect(stops).not_to_have_attribute("aria-level", "1")
        # Left goes up, to the top, where it ends.
        for _ in range(5):
            screen.page.keyboard.press("ArrowLeft")
        expect(stops).to_have_attribute("data-node", str(nodes[0]))
        expect(stops).to_have_attribute("aria-level", "1")
        # Enter chooses a group, once more it zooms to it.
        name = stops.get_attribute("aria-label").split(",")[0]
        screen.page.keyboard.press("Enter")
        expect(stops).to_have_attribute("aria-selected", "true")
        screen.says("said", f"selected: {name}")
        screen.page.keyboard.press("Enter")
        screen.says("caption", f"{name}: ")

    def test_what_is_chosen_is_said_however_it_is_chosen(self, screen):
        link = screen.unfold().locator("button.link").first
        name = link.inner_text()
        link.focus()
        screen.page.keyboard.press("Enter")
        screen.reads("said", f"selected: {name}")
        screen.page.keyboard.press("Escape")
        screen.reads("said", "selected: all classes")
        pair = screen.find("confusions").locator("button.pair").first
        named = pair.locator(".names")
        before = named.inner_text()
        group(screen, "dog").click()
        screen.reads("said", "selected: dog")
        expect(named).not_to_have_text(before, use_inner_text=True)
        names = named.inner_text()
        pair.click()
        screen.reads("said", f"selected: {names}")
        screen.press("ArrowLeft", "ArrowLeft")
        words = screen.says("said", f"Epoch {EPOCHS - 2} of {EPOCHS}: ")
        assert words.endswith(" % right")

    def test_a_control_keeps_its_keys_and_the_browser_its_own(self, screen):
        handle = screen.find("threshold")
        handle.focus()
        for key, value in (("Home", 1), ("End", 100)):
            screen.page.keyboard.press(key)
            expect(handle).to_have_attribute("aria-valuenow", str(value))
        stop = screen.find("tree-actual").locator('.node[tabindex="0"]')
        cursor = screen.find("cursor")
        for part in (stop, handle, cursor):
            part.focus()
            screen.says("said", " named " if part is cursor else "")
            held = part.get_attribute("data-node")
            said = screen.find("said").text_content()
            for key in ("Alt+ArrowRight", "Control+ArrowDown", "Meta+c"):
                screen.page.keyboard.press(key)
            expect(part).to_be_focused()
            assert part.get_attribute("data-node") == held
            assert handle.get_attribute("aria-valuenow") == "100"
            assert screen.find("said").text_content() == said
        assert screen.epoch() == EPOCHS

    def test_the_focus_stays_where_what_had_it_goes(self, screen):
        pairs = screen.find("confusions")
        last = pairs.locator("button.pair").last
        name = last.get_attribute("title")
        last.focus()
        screen.page.keyboard.press("Home")
        expect(pairs.get_by_title(name)).to_have_count(0)
        expect(pairs).to_be_focused()
        # The next stop is in it.
        screen.page.keyboard.press("Tab")
        expect(screen.find("sort")).to_be_focused()
        parts = screen.unfold()
        link = parts.locator("button.link").first
        link.focus()
        screen.page.keyboard.press("Enter")
        expect(parts).to_be_focused()
        expect(parts).to_have_css("outline-style", "solid")
        parts.locator("button.link").first.click()
        expect(parts).to_be_focused()
        expect(parts).to_have_css("outline-style", "none")
        # Who left it by a press on nothing is not called back.
        link = parts.locator("button.link").first.element_handle()
        link.focus()
        screen.find("caption").click()
        screen.press("Escape")
        screen.frame.wait_for_function("(link) => !link.isConnected", arg=link)
        assert screen.frame.evaluate("document.activeElement.tagName") == "BODY"


class TestSight:
    def test_what_is_chosen_is_seen_in_forced_colours(self, screen):
        screen.page.emulate_media(forced_colors="active")
        level = screen.find("levels").get_by_role("button")
        expect(level).to_have_count(6)
        *others, chosen, tab = (
            each.evaluate("it => getComputedStyle(it).backgroundColor")
            for each in (*level.all(), screen.find("tab-errors"))
        )
        assert len(set(others)) == 1
        assert chosen == tab != others[0]

    def test_ramps_keep_their_shades_in_forced_colours(self, page, server):
        view = {"run": "plain/validation", "with": "epochs"}
        screen = Screen(page, server.plugin_url, **view)
        page.emulate_media(forced_colors="active")
        ramps = screen.frame.locator("[style*=gradient]")
        shown = re.compile("gradient")
        expect(ramps.first).to_have_css("background-image", shown)

    def test_choices_say_what_they_are_in_a_small_window(self, page, server):
        view = {"with": "hier/validation", "as": "side"}
        screen = Screen(
            page, server.plugin_url, size=SMALL, run="plain/validation", **view
        )
        bar = screen.find("topbar")
        labels = bar.locator(".choice .label, legend.label")
        expect(bar.locator(".levels button")).to_have_count(6)
        # The choices of how to compare come with the comparison.
        expect(bar.locator('[aria-label$="as"]')).to_have_count(1)
        said = screen.texts(labels)
        assert said[:4] == ["run", "split", "epoch", "compare with"]
        assert touching(screen, "[data-testid=topbar] .label") == []
        over = bar.evaluate("bar => bar.scrollWidth - bar.clientWidth")
        assert over <= 0


def test_cells_the_keyboard_goes_through_cells_told_in_words(
    screen, answers, hierarchy
):
    wrong = answers.labels != answers.predictions
    pairs = answers.labels[wrong] * 1000 + answers.predictions[wrong]
    most = int(np.bincount(pairs).max())
    screen.find("cursor").focus()
    words = screen.says("said", " named ")
    # It begins where most errors are.
    assert f": {most} of 50, {2 * most} %" in words
    assert "common group: " in words
    actual = words.split(" named ")[0]
    screen.says("tooltip", actual.split(" (n")[0])
    # Enter selects with the numbers, then zooms; Escape goes back.
    screen.page.keyboard.press("Enter")
    said = f"^selected: {re.escape(actual)} named .+: .+ of "
    expect(screen.find("said")).to_have_text(re.compile(said))
    screen.says("selection", actual)
    screen.page.keyboard.press("Enter")
    expect(screen.find("caption")).not_to_contain_text(" cells")
    screen.page.keyboard.press("Escape")
    screen.notes("50,000 samples")
    seen = [words]
    for key in ("ArrowDown", "ArrowRight", "ArrowUp", "Home", "End"):
        screen.page.keyboard.press(key)
        screen.draw()
        seen.append(screen.text("said"))
    assert len(set(seen)) >= 4
    names = [words.split(" named ")[0].split(",")[0] for words in seen]
    assert names[0] != names[1] == names[2]
    assert screen.epoch() == EPOCHS


def test_fingers_tap_and_slide(new_page, server):
    page = new_page(viewport=SMALL, has_touch=True, is_mobile=True)
    screen = Screen(page, server.plugin_url, run="plain/validation").ready()
    name = screen.find("tree-actual").get_by_role("treeitem").nth(1)
    name.tap()
    label = name.get_attribute("aria-label").split(",")[0]
    screen.says("selection", label)
    slider = screen.find("slider")
    box = slider.bounding_box()
    slider.tap(position={"x": 9, "y": box["height"] / 2})
    screen.wait_epoch(1)
    small = screen.frame.evaluate(
        """() => [...document.querySelectorAll(
            "button, select, .threshold")]
          .map((e) => [e.textContent.slice(0, 20) || e.ariaLabel,
            e.getBoundingClientRect()])
          .filter(([, { width, height }]) => width > 0 && height < 24)
          .map(([name]) => name)"""
    )
    assert small == []


def test_a_zoom_glides_for_everybody_else(new_page, server):
    page = new_page()
    view = {"run": "plain/validation", "rows": DOG}
    screen = Screen(page, server.plugin_url, **view).ready()
    page.clock.install()
    # As much of the left edge as the dogs take.
    dogs = group(screen, "dog").locator(".hit").first
    page.clock.pause_at(page.evaluate("Date.now() + 1000"))

    def height():
        return dogs.bounding_box()["height"]

    heights = [height()]
    screen.press("Enter")
    for milliseconds in (50, 50, 1000):
        page.clock.run_for(milliseconds)
        heights.append(height())
    # There are frames in between, and the end is that of who wants none.
    assert len(set(heights)) == 4
    page.emulate_media(reduced_motion="reduce")
    screen.press("0")
    assert height() == heights[0]
    screen.press("Enter")
    assert height() == heights[-1]
