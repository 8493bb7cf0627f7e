"""Which scripts the page fetches, and when."""

import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect
from screen import Screen

from tests.support.serving import Server

# Those whose bytes tests/plugin/test_frontend.py counts; and, once a matrix is
# there, the line of the first minute, until it was read.
ALWAYS = {"index.js", "panel.js", "Hint.js"}


@pytest.fixture
def page(new_page: Callable[..., Any]) -> Any:
    """A page that has no script from an earlier visit."""
    return new_page()


@pytest.fixture
def scripts(page: Any) -> set[str]:
    """Collects the names of the plugin's scripts."""
    found: set[str] = set()

    def note(request: Any) -> None:
        if match := re.search(r"/plugin/blocks/(\w+\.js)", request.url):
            found.add(match.group(1))

    page.on("request", note)
    return found


def settled(screen: Screen) -> None:
    """Waits for the panel, and for what follows by itself."""
    screen.find("confusions").wait_for()
    screen.page.wait_for_timeout(2000)


class TestScripts:
    def test_a_visit_fetches_what_is_needed_and_no_more(
        self, page: Any, server: Server, scripts: set[str]
    ) -> None:
        settled(Screen(page, server.plugin_url, run="plain/validation").ready())
        assert scripts == ALWAYS

    def test_the_rest_comes_when_it_is_asked_for(
        self, page: Any, server: Server, scripts: set[str]
    ) -> None:
        screen = Screen(page, server.plugin_url, run="plain/validation").ready()
        settled(screen)
        screen.press("/")
        # Before the list has come, Enter waits for it.
        page.keyboard.type("Siberian husky")
        page.keyboard.press("Enter")
        chosen = screen.find("selection").get_by_text("Siberian husky")
        chosen.wait_for()
        screen.find("figures").get_by_text("recall").wait_for()
        screen.find("locator").wait_for()
        wanted = {
            "BandCounts.js",
            "FoundClasses.js",
            "SelectionFigures.js",
            "classSearch.js",
            "weakGroups.js",
            "zoomedParts.js",
        }
        assert scripts == ALWAYS | wanted
        # And nothing is missing: the keys are the page's again.
        screen.has_no("incomplete")
        expect(screen.find("find")).not_to_be_focused()

    def test_enter_is_not_lost_while_the_list_is_on_its_way(
        self, page: Any, server: Server
    ) -> None:
        def late(route: Any, _request: Any) -> None:
            time.sleep(0.7)
            route.continue_()

        screen = Screen(page, server.plugin_url, run="plain/validation").ready()
        screen.find("confusions").wait_for()
        page.route(re.compile(r"/FoundClasses\.js"), late)
        screen.press("/")
        page.keyboard.type("Siberian husky")
        page.keyboard.press("Enter")
        expect(screen.find("found")).to_have_count(0)
        screen.find("selection").get_by_text("Siberian husky").wait_for()
