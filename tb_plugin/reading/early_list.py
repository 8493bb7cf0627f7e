"""Lists the log before the page asks for it.

TensorBoard's data server takes some 40 ms to list more than two or three tags,
most of which nobody computes: its answer waits for the network. The page needs
the list before anything else, and its script is asked for earlier than that.
"""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

# Within so many the page asks, over a slow network too. Whoever finds an older
# one lists anew: there may be more by now.
_FRESH_SECONDS = 3.0

Listed = dict[str, dict[str, Any]]


class EarlyList:
    """One list at a time, used once, and not when it is old.

    Safe to use from many threads, of which it has one at most.
    """

    def __init__(self, fetch: Callable[[str], Listed]) -> None:
        self._fetch = fetch
        self._lock = threading.Lock()
        self._begun: tuple[str, float, Future[Listed]] | None = None
        self._is_busy = False

    def begin(self, experiment: str) -> None:
        """Begins to list an experiment, unless another list is under way."""
        future: Future[Listed] = Future()
        with self._lock:
            if self._is_busy:
                return
            self._is_busy = True
            self._begun = experiment, time.monotonic(), future
        # As a daemon: what waits for the data server must not keep TensorBoard
        # from ending.
        threading.Thread(
            target=self._run, args=(experiment, future), daemon=True
        ).start()

    def take(self, experiment: str) -> Listed | None:
        """Returns the list that was begun; None if there is none to be had."""
        with self._lock:
            begun, self._begun = self._begun, None
        if begun is None:
            return None
        name, start, future = begun
        if name != experiment or time.monotonic() - start > _FRESH_SECONDS:
            return None
        try:
            return future.result()
        except Exception:  # whoever lists anew is told what is wrong
            return None

    def _run(self, experiment: str, future: "Future[Listed]") -> None:
        try:
            future.set_result(self._fetch(experiment))
        except BaseException as error:
            future.set_exception(error)
        finally:
            with self._lock:
                self._is_busy = False
