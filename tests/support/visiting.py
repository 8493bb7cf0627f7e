"""The page of TensorBoard that the browser tests of a process share.

TensorBoard's own page takes seconds of computing to open, and so does a new
window of the browser; what is tested, the plugin's frame in that page, takes a
tenth of it. So a test that needs nothing else is lent the page as it is, and
loads the frame anew under a link of its own. A test with a server or a window
of its own opens what is in the frame by itself, unless TensorBoard's page is in
question: see `Server.plugin_url`.
"""

import contextlib
from collections.abc import Iterator
from typing import Any

from playwright.sync_api import expect

from tests.support.serving import WINDOW, open_blocks

# Generous: only a test that fails waits so long, and others use the machine.
PATIENCE = 60_000
expect.set_options(timeout=PATIENCE)

CLEAN = """() => {
  document.body.classList.remove("dark-mode");
  localStorage.clear();
  sessionStorage.clear();
}"""
GO_TO = """(fragment) => history.replaceState(
  history.state, "", location.pathname + location.search + "#" + fragment)"""


class SharedPage:
    """Lends one page to test after test, as clean as a new one.

    Never give it an init script, which no page forgets: open a page for that.
    """

    def __init__(self, browser: Any) -> None:
        self._browser = browser
        self._page: Any = None

    def lend(self) -> Any:
        """Returns the page: usual size, light, still, with nothing stored."""
        if self._page is None:
            # Most tests ask where a way ends: drawing it frame by frame takes
            # time. Those that ask for the way let the page move.
            context = self._browser.new_context(
                viewport=WINDOW, reduced_motion="reduce"
            )
            context.set_default_timeout(PATIENCE)
            self._page = context.new_page()
        return self._page

    def take_back(self) -> None:
        """Leaves nothing of the test that ends."""
        # A page that cannot be cleaned is lent to nobody.
        page, self._page = self._page, None
        for other in page.context.pages:
            if other is not page:
                other.close()
        page.unroute_all(behavior="ignoreErrors")
        page.context.clear_permissions()
        page.context.clear_cookies()
        page.mouse.move(0, 0)
        page.emulate_media(
            reduced_motion="reduce", forced_colors="null", color_scheme="light"
        )
        if page.viewport_size != WINDOW:
            page.set_viewport_size(WINDOW)
        if page.url != "about:blank":
            if frame := page.query_selector("iframe"):
                # Its pending work would reach the next test.
                frame.content_frame().goto("about:blank")
                page.evaluate(CLEAN)
            else:
                page.evaluate(CLEAN)
                page.goto("about:blank")
        self._page = page

    def close(self) -> None:
        """Closes the page; the next test gets another."""
        if self._page is not None:
            self._page.context.close()
            self._page = None


def visit(page: Any, url: str) -> Any:
    """Shows a link of the Blocks tab, in TensorBoard's page if that is open."""
    address, _, fragment = url.partition("#")
    if "plugin_entry" in address:
        if page.url != "about:blank":
            page.goto("about:blank")
        page.goto(url)
        page.wait_for_selector("body > *", state="attached")
        return page.main_frame
    element = page.query_selector("iframe")
    if page.url.partition("#")[0] != address or element is None:
        return open_blocks(page, url)
    frame = element.content_frame()
    # A page that was taken back is blank already.
    if frame.url != "about:blank":
        frame.goto("about:blank")
    page.evaluate(GO_TO, fragment or "blocks")
    frame.goto(element.get_property("src").json_value())
    # As in a page that is opened: not before the module has run.
    frame.wait_for_selector("body > *", state="attached")
    return frame


@contextlib.contextmanager
def quiet(page: Any, may_fail: bool = False) -> Iterator[Any]:
    """Yields a page, which must be without errors and at home until the end."""
    complaints: list[str] = []
    asked: set[str] = set()
    listeners = {
        "pageerror": lambda error: complaints.append(str(error)),
        "request": lambda request: asked.add(request.url),
    }

    def note(message: Any) -> None:
        # The icon belongs to TensorBoard's page, which may not be around ours.
        icon = message.location["url"].endswith("/favicon.ico")
        if message.type == "error" and not icon:
            complaints.append(message.text)

    if not may_fail:
        listeners["console"] = note
    for event, listener in listeners.items():
        page.on(event, listener)
    yield page
    for event, listener in listeners.items():
        page.remove_listener(event, listener)
    assert complaints == [], complaints
    homes = ("http://127.0.0.1:", "data:", "blob:")
    assert [url for url in asked if not url.startswith(homes)] == []
