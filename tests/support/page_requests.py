"""The requests of a page."""

import time
from typing import Any

QUIET = 0.5
# Only what is broken takes so long, whatever else the machine does.
PATIENCE = 180


class PageRequests:
    """Notes the addresses that a page asks for from now on.

    Playwright's "networkidle" does not come where it has lost count of the
    requests of a frame, which it does on a busy machine.

    Attributes:
        urls: the addresses, in the order in which they were asked for.
    """

    def __init__(self, page: Any) -> None:
        self.urls: list[str] = []
        self._page = page
        self._under_way: set[Any] = set()
        self._changed = time.monotonic()
        page.on("request", self._begin)
        page.on("requestfinished", self._end)
        page.on("requestfailed", self._end)

    def settle(self) -> None:
        """Waits until nothing has been under way for half a second."""
        begin = time.monotonic()
        while self._under_way or time.monotonic() < self._changed + QUIET:
            if time.monotonic() > begin + PATIENCE:
                urls = [each.url for each in self._under_way]
                raise TimeoutError(f"Under way: {urls or 'one after another'}")
            self._page.wait_for_timeout(50)

    def _begin(self, request: Any) -> None:
        self.urls.append(request.url)
        self._under_way.add(request)
        self._changed = time.monotonic()

    def _end(self, request: Any) -> None:
        self._under_way.discard(request)
        self._changed = time.monotonic()
