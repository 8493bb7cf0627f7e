"""The page that the tests share: each gets it as if it were new."""

import pytest
from accessibility import SMALL, darken
from screen import Screen
from visiting import SharedPage

from tests.support.serving import WINDOW

RUN = "plain/validation"


@pytest.fixture
def own(browser):
    """A shared page that no other test has had."""
    own = SharedPage(browser)
    yield own
    own.close()


def test_nothing_of_a_test_is_left_to_the_next(own, server):
    page = own.lend()
    page.route("**/blocks/none*", lambda route: route.abort())
    page.set_viewport_size(SMALL)
    page.emulate_media(reduced_motion="no-preference")
    page.context.grant_permissions(["clipboard-read"])
    screen = Screen(page, server.url, run=RUN, rows="n02084071").ready()
    darken(screen)
    screen.frame.evaluate("localStorage.setItem('one', sessionStorage.two = 1)")
    page.context.new_page()
    page.mouse.move(*screen.point(0.5, 0.5))
    own.take_back()

    again = own.lend()
    assert again is page
    assert again.viewport_size == WINDOW
    assert again.context.pages == [again]
    screen = Screen(again, server.url, run=RUN).ready()
    screen.reads("selection", "all classes")
    screen.draw()
    left = screen.frame.evaluate(
        """async () => [
          document.documentElement.style.colorScheme,
          localStorage.length + sessionStorage.length,
          document.querySelectorAll(":hover").length,
          matchMedia("(prefers-reduced-motion: reduce)").matches,
          (await navigator.permissions.query({ name: "clipboard-read" })).state,
        ]"""
    )
    assert left == ["light", 0, 0, True, "prompt"]
    status = screen.frame.evaluate(
        "fetch('/data/plugin/blocks/none').then(({ status }) => status)"
    )
    assert status == 404


def test_a_link_is_followed_in_the_page_that_is_open(page, server):
    screen = Screen(page, server.url, run=RUN, step=2).ready()
    screen.wait_epoch(2)
    tensorboard = page.evaluate_handle("window.opened = document.body")
    screen = Screen(page, server.url, run="hier/validation", step=3).ready()
    screen.wait_epoch(3)
    screen.link("run=hier", "step=3")
    # Not one page after another: the same.
    assert page.evaluate("body => window.opened === body", tensorboard)
