"""Which scripts the page fetches, and when."""

import gzip
import re
from typing import Any

import pytest
from screen import Screen
from serving import Server

# As in tests/plugin/test_frontend.py.
ALWAYS = {"index.js", "panel.js"}
BUDGET = 60 * 1024


@pytest.fixture
def scripts(page: Any) -> dict[str, int]:
    """Collects the plugin's scripts by name, with their bytes compressed."""
    found: dict[str, int] = {}

    def note(response: Any) -> None:
        if match := re.search(r"/plugin/blocks/(\w+\.js)", response.url):
            found[match.group(1)] = len(gzip.compress(response.body(), 9))

    page.on("response", note)
    return found


def settled(screen: Screen) -> None:
    """Waits for curves, neighbouring epochs, and the curves of train."""
    screen.page.wait_for_load_state("networkidle")
    screen.page.wait_for_timeout(1000)


class TestScripts:
    def test_a_visit_fetches_what_is_needed_and_no_more(
        self, page: Any, server: Server, scripts: dict[str, int]
    ) -> None:
        settled(Screen(page, server.url, run="plain/validation").ready())
        assert scripts.keys() == ALWAYS
        assert sum(scripts.values()) <= BUDGET

    def test_the_rest_comes_when_it_is_asked_for(
        self, page: Any, server: Server, scripts: dict[str, int]
    ) -> None:
        screen = Screen(page, server.url, run="plain/validation").ready()
        settled(screen)
        screen.press("/")
        # Before the list has come, Enter waits for it.
        page.keyboard.type("Siberian husky")
        page.keyboard.press("Enter")
        chosen = screen.find("selection").get_by_text("Siberian husky")
        chosen.wait_for()
        screen.find("figures").get_by_text("recall").wait_for()
        screen.find("locator").wait_for()
        wanted = {"found.js", "find.js", "selected.js", "partial.js"}
        assert scripts.keys() == ALWAYS | wanted
        # And nothing is missing: the keys are the page's again.
        assert screen.find("incomplete").count() == 0
        assert not page.evaluate(
            "document.activeElement.matches('input[data-testid=find]')"
        )

    def test_enter_is_not_lost_while_the_list_is_on_its_way(
        self, page: Any, server: Server
    ) -> None:
        def late(route: Any, _request: Any) -> None:
            page.wait_for_timeout(700)
            route.continue_()

        screen = Screen(page, server.url, run="plain/validation").ready()
        settled(screen)
        page.route(re.compile(r"/found\.js"), late)
        screen.press("/")
        page.keyboard.type("Siberian husky")
        page.keyboard.press("Enter")
        assert screen.find("found").count() == 0
        screen.find("selection").get_by_text("Siberian husky").wait_for()
