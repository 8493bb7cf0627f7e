"""Back and Forward of the browser, links that are followed, changes of run."""

import urllib.parse

import pytest
from playwright.sync_api import expect
from screen import Screen, group

pytestmark = pytest.mark.usefixtures("moving")

DOG = "n02084071"
RUN = "plain/validation"


def fragment(**view):
    state = urllib.parse.quote(urllib.parse.urlencode(view), safe="")
    return f"#blocks&p.blocks.s={state}"


def chosen(screen, label):
    """Returns an assertion on a select of the top bar."""
    return expect(screen.choice(label))


def follow(page, link):
    page.evaluate("(hash) => { location.hash = hash }", link)


class TestBackAndForward:
    def test_undo_and_redo_selection_zoom_view_and_run(self, framed, page):
        started = framed.link("output=class")
        group(framed, "dog").click()
        framed.link(f"rows={DOG}")
        framed.press("Enter")
        framed.link("window=")
        framed.settle()
        framed.find("tab-quality").click()
        framed.link("view=quality")
        framed.choose("run", "hier")
        last = framed.link("run=hier", "view=")
        # To another tab of TensorBoard, and back.
        follow(page, "#scalars")
        page.go_back()
        framed.find("quality").wait_for()
        page.wait_for_url(last)
        page.go_back()
        chosen(framed, "run").to_have_value("plain")
        framed.find("quality").wait_for()
        expect(framed.find("tab-quality")).to_have_attribute(
            "aria-selected", "true"
        )
        page.go_back()
        expect(framed.find("tab-errors")).to_have_attribute(
            "aria-selected", "true"
        )
        framed.says("caption", "dog: ")
        framed.reads("selection", "dog")
        page.go_back()
        framed.notes("50,000 samples")
        framed.reads("selection", "dog")
        page.go_back()
        framed.reads("selection", "all classes")
        page.wait_for_url(started)
        for _ in range(4):
            page.go_forward()
        chosen(framed, "run").to_have_value("hier")
        expect(framed.find("tab-quality")).to_have_attribute(
            "aria-selected", "true"
        )
        framed.link("run=hier", f"rows={DOG}", "window=", "view=quality")

    def test_epochs_and_what_is_gone_over_quickly_are_no_steps(
        self, new_page, server
    ):
        # A page of its own: Chromium counts no more than 50 steps of a page.
        page = new_page()
        screen = Screen(page, server.plugin_url, run=RUN).ready()
        group(screen, "dog").click()
        screen.link(f"rows={DOG}")
        steps = page.evaluate("history.length")
        screen.choose("epoch", "6")
        screen.choose("value", "share")
        link = screen.link("step=6", "value=share")
        assert page.evaluate("history.length") == steps
        page.go_back()
        screen.reads("selection", "all classes")
        page.go_forward()
        screen.reads("selection", "dog")
        screen.wait_epoch(6)
        page.wait_for_url(link)
        # In one task: between two of them a busy machine may pause, and what
        # one pauses over is a step of its own.
        screen.frame.evaluate(
            """() => {
              for (const key of ["u", "u", "u", "Escape"]) {
                document.body.dispatchEvent(
                  new KeyboardEvent("keydown", { key, bubbles: true }));
              }
            }"""
        )
        screen.reads("selection", "all classes")
        screen.page.wait_for_function(
            "() => !decodeURIComponent(location.hash).includes('rows=')"
        )
        assert page.evaluate("history.length") == steps + 1


class TestLinks:
    def test_in_the_open_tab_are_followed(self, framed, page):
        page.evaluate("window.opened = document.querySelector('iframe')")
        view = {"run": "hier/validation", "step": 3, "rows": DOG}
        follow(page, fragment(**view, order="label", value="share"))
        framed.wait_epoch(3)
        chosen(framed, "run").to_have_value("hier")
        chosen(framed, "value").to_have_value("share")
        framed.says("caption", "order: siblings by label")
        framed.reads("selection", "dog")
        # Choices that a link leaves out are as usual again.
        follow(page, fragment(run=RUN))
        chosen(framed, "run").to_have_value("plain")
        chosen(framed, "value").to_have_value("count")
        framed.reads("selection", "all classes")
        assert page.evaluate(
            "document.querySelector('iframe') === window.opened"
        )
        follow(page, fragment(run="none/validation", step=5))
        framed.says(
            "absent", "no run none/validation", "Shown is plain/validation"
        )
        framed.link("run=plain")
        framed.wait_epoch(8)
        framed.find("absent").get_by_role("button").click()
        framed.has_no("absent")

    def test_are_not_written_over_by_what_was_done_just_before(
        self, framed, page
    ):
        group(framed, "dog").click()
        framed.link(f"rows={DOG}")
        link = fragment(run=RUN, step=3, rows=DOG)
        # The address is written a moment after what changes it. Here both that
        # and the user's step elsewhere are due, the latter first.
        framed.frame.evaluate(
            """(hash) => {
              setTimeout(() => { parent.location.hash = hash; });
              document.body.dispatchEvent(
                new KeyboardEvent("keydown", { key: "u", bubbles: true }));
              const end = performance.now() + 600;
              while (performance.now() < end) continue;
            }""",
            link,
        )
        framed.wait_epoch(3)
        framed.reads("selection", "dog")
        framed.link("step=3", f"rows={DOG}")
