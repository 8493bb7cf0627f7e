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
    return expect(screen.frame.get_by_label(label, exact=True).first)


def follow(page, link):
    page.evaluate("(hash) => { location.hash = hash }", link)


def fresh(new_page, server):
    """A page of its own: Chromium counts no more than 50 steps of a page."""
    return Screen(new_page(), server.plugin_url, run="plain/validation").ready()


class TestBackAndForward:
    def test_undo_and_redo_selection_zoom_view_and_run(self, screen, page):
        started = screen.link("output=class")
        group(screen, "dog").click()
        screen.link(f"rows={DOG}")
        screen.press("Enter")
        screen.link("window=")
        screen.settle()
        screen.find("tab-quality").click()
        screen.link("view=quality")
        screen.choose("run", "hier")
        last = screen.link("run=hier")
        # To another tab of TensorBoard, and back.
        follow(page, "#scalars")
        page.go_back()
        screen.find("quality").wait_for()
        assert page.url == last

        page.go_back()
        chosen(screen, "run").to_have_value("plain")
        screen.find("quality").wait_for()
        expect(screen.find("tab-quality")).to_have_attribute(
            "aria-selected", "true"
        )
        page.go_back()
        expect(screen.find("tab-errors")).to_have_attribute(
            "aria-selected", "true"
        )
        screen.says("caption", "dog: ")
        screen.reads("selection", "dog")
        page.go_back()
        screen.says("caption", "50,000 samples")
        screen.reads("selection", "dog")
        page.go_back()
        screen.reads("selection", "all classes")
        assert page.url == started

        for _ in range(4):
            page.go_forward()
        chosen(screen, "run").to_have_value("hier")
        expect(screen.find("tab-quality")).to_have_attribute(
            "aria-selected", "true"
        )
        screen.link("run=hier", f"rows={DOG}", "window=", "view=quality")

    def test_epochs_and_choices_are_no_steps(self, new_page, server):
        screen = fresh(new_page, server)
        page = screen.page
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
        assert page.url == link

    def test_what_was_gone_over_quickly_is_one_step(self, new_page, server):
        screen = fresh(new_page, server)
        page = screen.page
        screen.link("run=plain")
        steps = page.evaluate("history.length")
        group(screen, "dog").click()
        screen.link(f"rows={DOG}")
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
        assert page.evaluate("history.length") == steps + 2


class TestLinks:
    def test_in_the_open_tab_are_followed(self, screen, page):
        page.evaluate("window.opened = document.querySelector('iframe')")
        view = {"run": "hier/validation", "step": 3, "rows": DOG}
        follow(page, fragment(**view, order="label", value="share"))
        screen.wait_epoch(3)
        chosen(screen, "run").to_have_value("hier")
        chosen(screen, "value").to_have_value("share")
        screen.says("caption", "order: siblings by label")
        screen.reads("selection", "dog")
        # Choices that a link leaves out are as usual again.
        follow(page, fragment(run=RUN))
        chosen(screen, "run").to_have_value("plain")
        chosen(screen, "value").to_have_value("count")
        screen.reads("selection", "all classes")
        assert page.evaluate(
            "document.querySelector('iframe') === window.opened"
        )
        follow(page, fragment(run="none/validation", step=5))
        screen.says(
            "absent", "no run none/validation", "Shown is plain/validation"
        )
        screen.link("run=plain")
        screen.wait_epoch(8)
        screen.find("absent").get_by_role("button").click()
        screen.has_no("absent")
        # Nonsense changes nothing.
        group(screen, "dog").click()
        screen.link(f"rows={DOG}")
        for hash in ("#blocks&p.blocks.s=", "#blocks&x", "#blocks"):
            follow(page, hash)
        screen.draw()
        screen.reads("selection", "dog")
        follow(page, fragment(step="x"))
        screen.reads("selection", "all classes")
        screen.wait_epoch(8)

    def test_are_not_written_over_by_what_was_done_just_before(
        self, screen, page
    ):
        group(screen, "dog").click()
        screen.link(f"rows={DOG}")
        link = fragment(run=RUN, step=3, rows=DOG)
        # The address is written a moment after what changes it. Here both that
        # and the user's step elsewhere are due, the latter first.
        screen.frame.evaluate(
            """(hash) => {
              setTimeout(() => { parent.location.hash = hash; });
              document.body.dispatchEvent(
                new KeyboardEvent("keydown", { key: "u", bubbles: true }));
              const end = performance.now() + 600;
              while (performance.now() < end) continue;
            }""",
            link,
        )
        screen.wait_epoch(3)
        screen.reads("selection", "dog")
        screen.link("step=3", f"rows={DOG}")
