"""The line for the first minute, and what Escape leaves."""

import pytest
from playwright.sync_api import expect
from screen import Screen, group

RUN = "plain/validation"
SAID = "Click a group or cell, double-click zooms"
# Pages in a frame may be refused their storage.
NO_STORAGE = """if (window !== top) {
  Object.defineProperty(window, "localStorage", {
    get() { throw new DOMException("no storage", "SecurityError"); },
  });
}"""


class TestHint:
    def test_is_said_until_it_is_read(self, screen, server):
        hint = screen.find("hint")
        expect(hint).to_contain_text(SAID)
        # Nothing was logged of samples here.
        expect(hint).not_to_contain_text("pictures")
        hint.get_by_role("button").click()
        screen.has_no("hint")
        again = Screen(screen.page, server.url, run=RUN, step=3).ready()
        again.has_no("hint")
        again.says("caption", "samples")

    def test_leaves_the_focus_beside_it(self, screen):
        screen.find("hint").get_by_role("button").focus()
        screen.press("Enter")
        screen.has_no("hint")
        expect(screen.find("caption")).to_be_focused()

    @pytest.mark.parametrize("size", [(1440, 900), (1024, 768)], ids=str)
    def test_leaves_the_caption_its_room(self, page, server, size):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        screen = Screen(page, server.url, run=RUN).ready()
        screen.find("hint").wait_for()
        caption, hint = (
            screen.find(name).bounding_box() for name in ("caption", "hint")
        )
        assert caption["x"] + caption["width"] <= hint["x"]
        panel = screen.find("panel").bounding_box()
        assert hint["x"] + hint["width"] <= panel["x"]
        widths = screen.find("caption").evaluate(
            "(c) => [c.scrollWidth, c.clientWidth]"
        )
        assert widths[0] <= widths[1]
        screen.says("caption", "50,000 samples", "errors")

    def test_gives_way_to_what_is_chosen(self, screen):
        screen.find("hint").wait_for()
        group(screen, "dog").click()
        screen.has_no("hint")

    def test_without_storage_is_read_for_this_page(self, new_page, server):
        page = new_page()
        page.add_init_script(NO_STORAGE)
        screen = Screen(page, server.url, run=RUN).ready()
        screen.find("hint").get_by_role("button").click()
        screen.has_no("hint")
        group(screen, "dog").click()
        screen.reads("selection", "dog")
        screen.press("Escape")
        screen.reads("selection", "all classes")
        screen.has_no("hint")


class TestEscape:
    @pytest.mark.parametrize(
        ("view", "part", "words"),
        [
            (
                {"with": "hier/validation", "as": "side"},
                "twin-title",
                "dog: recall",
            ),
            ({"with": "epochs"}, "multiples", "dog outlined"),
        ],
        ids=["side by side", "several epochs"],
    )
    def test_leaves_the_selection_then_several_matrices(
        self, page, server, view, part, words
    ):
        view = {"run": RUN, "rows": "n02084071", **view}
        screen = Screen(page, server.url, **view)
        expect(screen.find(part).first).to_contain_text(words)
        screen.press("Escape")
        expect(screen.find(part).first).not_to_contain_text(words)
        screen.press("Escape")
        screen.has_no(part)
        screen.find("matrix").wait_for()
