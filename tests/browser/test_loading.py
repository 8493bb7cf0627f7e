"""Which scripts the page fetches, and when."""

import re

import pytest
from playwright.sync_api import expect
from screen import Screen

from tests.support.page_requests import PageRequests

RUN = "plain/validation"
# The scripts whose bytes tests/plugin/test_frontend.py counts, and the
# sentence, which comes after the matrix.
ALWAYS = {"index.js", "panel.js", "Sentence.js"}
WANTED = {
    "BandCounts.js",
    "FoundClasses.js",
    "SelectionFigures.js",
    "classSearch.js",
    "weakGroups.js",
    "zoomedParts.js",
}


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
