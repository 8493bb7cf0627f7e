"""A cache of computed values, bounded by their size in bytes."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from typing import Any, TypeVar

T = TypeVar("T")

# Computations hold the interpreter's lock most of the time: more at once
# finish no sooner, take more memory and slow down all other answers.
MAX_CONCURRENT = 2


class Cache:
    """Keeps values up to a number of bytes, the most recently used ones.

    Safe to use from many threads. No more than `max_concurrent` values are
    computed at the same time; others wait for a slot. Values in the cache never
    wait.
    """

    def __init__(
        self, max_bytes: int, max_concurrent: int = MAX_CONCURRENT
    ) -> None:
        self._max_bytes = max_bytes
        self._bytes = 0
        self._entries: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        # Never held while anything is computed.
        self._lock = threading.Lock()
        self._pending: dict[Hashable, Future[Any]] = {}
        self._slots = threading.BoundedSemaphore(max_concurrent)

    def get(self, key: Hashable) -> Any:
        """Returns the value, or None."""
        with self._lock:
            return self._get(key)

    def _get(self, key: Hashable) -> Any:
        if key not in self._entries:
            return None
        self._entries.move_to_end(key)
        return self._entries[key][0]

    def put(self, key: Hashable, value: Any, size: int) -> None:
        """Keeps a value of `size` bytes; the newest value always stays."""
        with self._lock:
            self._bytes += size - self._entries.pop(key, (None, 0))[1]
            self._entries[key] = (value, size)
            while self._bytes > self._max_bytes and len(self._entries) > 1:
                self._bytes -= self._entries.popitem(last=False)[1][1]

    def get_or_compute(
        self,
        key: Hashable,
        compute: Callable[[], T],
        size: Callable[[T], int],
        is_fresh: Callable[[T], bool] = lambda value: True,
    ) -> T:
        """Returns the value, which only one of the calling threads computes.

        The others wait for it, and get its exception if it raises one. The next
        call after an exception computes again. `compute` must not call the same
        cache. A value that is not fresh is computed again.
        """
        while True:
            with self._lock:
                found: T | None = self._get(key)
                if found is not None and is_fresh(found):
                    return found
                future = self._pending.get(key)
                is_first = future is None
                if future is None:
                    future = self._pending[key] = Future()
            if is_first:
                return self._compute(key, compute, size, future)
            value: T = future.result()
            # Its computation may have begun before newer data arrived.
            if is_fresh(value):
                return value

    def _compute(
        self,
        key: Hashable,
        compute: Callable[[], T],
        size: Callable[[T], int],
        future: "Future[T]",
    ) -> T:
        try:
            with self._slots:
                value = compute()
                self.put(key, value, size(value))
        except BaseException as error:
            with self._lock:
                del self._pending[key]
            future.set_exception(error)
            raise
        with self._lock:
            del self._pending[key]
        future.set_result(value)
        return value
