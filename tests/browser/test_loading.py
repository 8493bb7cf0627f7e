"""Which scripts the page fetches, and when; the line for the first minute."""

import re

import pytest
from playwright.sync_api import expect
from screen import Screen, group

from tests.support.page_requests import PageRequests

RUN = "plain/validation"
# The scripts whose bytes tests/plugin/test_frontend.py counts, and the line of
# the first minute until it was read.
ALWAYS = {"index.js", "panel.js", "Hint.js"}
WANTED = {
    "BandCounts.js",
    "FoundClasses.js",
    "SelectionFigures.js",
    "classSearch.js",
    "weakGroups.js",
    "zoomedParts.js",
}
# Pages in a frame may be refused their storage.
NO_STORAGE = """Object.defineProperty(window, "localStorage", {
  get() { throw new DOMException("no storage", "SecurityError"); },
});"""


def scripts(requests):
    """The names of the plugin's scripts that were fetched."""
    found = re.compile(r"/plugin/blocks/(\w+\.js)").search
    return {match[1] for match in map(found, requests.urls) if match}


def test_scripts_come_when_they_are_asked_for(new_page, server):
    page = new_page()
    requests = PageRequests(page)
    screen = Screen(page, server.plugin_url, run=RUN).ready()
    screen.find("confusions").wait_for()
    requests.settle()
    assert scripts(requests) == ALWAYS
    held = []
    page.route(
        re.compile(r"/FoundClasses\.js"), lambda route: held.append(route)
    )
    with page.expect_request(re.compile(r"/FoundClasses\.js")):
        screen.press("/")
    # Before the list has come, Enter waits for it.
    page.keyboard.type("Siberian husky")
    page.keyboard.press("Enter")
    screen.draw()
    screen.has_no("found")
    held[0].continue_()
    screen.find("selection").get_by_text("Siberian husky").wait_for()
    screen.find("figures").get_by_text("recall").wait_for()
    screen.find("locator").wait_for()
    requests.settle()
    assert scripts(requests) == ALWAYS | WANTED
    # Nothing is missing, and the keys are the page's again.
    screen.has_no("incomplete")
    expect(screen.find("find")).not_to_be_focused()


class TestHint:
    def test_is_said_until_it_is_read(self, screen, server):
        hint = screen.find("hint")
        expect(hint).to_contain_text("Click a group or cell, double-click zoom")
        # Nothing was logged of samples here.
        expect(hint).not_to_contain_text("pictures")
        # It gives way to what is selected.
        group(screen, "dog").click()
        screen.has_no("hint")
        screen.press("Escape")
        hint.get_by_role("button").focus()
        screen.press("Enter")
        screen.has_no("hint")
        expect(screen.find("caption")).to_be_focused()
        again = Screen(screen.page, server.plugin_url, run=RUN, step=3).ready()
        again.has_no("hint")
        again.says("caption", "samples")

    def test_without_storage_is_read_for_this_page(self, new_page, server):
        page = new_page()
        page.add_init_script(NO_STORAGE)
        screen = Screen(page, server.plugin_url, run=RUN).ready()
        screen.find("hint").get_by_role("button").click()
        screen.has_no("hint")
        group(screen, "dog").click()
        screen.reads("selection", "dog")
        screen.press("Escape")
        screen.reads("selection", "all classes")
        screen.has_no("hint")


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
def test_escape_leaves_the_selection_then_several_matrices(
    page, server, view, part, words
):
    view = {"run": RUN, "rows": "n02084071", **view}
    screen = Screen(page, server.plugin_url, **view)
    expect(screen.find(part).first).to_contain_text(words)
    screen.press("Escape")
    expect(screen.find(part).first).not_to_contain_text(words)
    screen.press("Escape")
    screen.has_no(part)
    screen.find("matrix").wait_for()
