"""What has been computed once, kept while there is room."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from typing import Any, TypeVar

T = TypeVar("T")

# What is computed here holds the interpreter's lock most of the time: more at
# once finish no sooner, take more memory and slow down all other answers.
AT_ONCE = 2


class Cache:
    """Forgets what was used longest ago when it holds too many bytes.

    Safe to use from many threads.

    Args:
        max_bytes: how much to keep.
        at_once: how many values `once` computes at the same time; further
            ones wait for their turn, values that are kept never do.
    """

    def __init__(self, max_bytes: int, at_once: int = AT_ONCE) -> None:
        self._max_bytes = max_bytes
        self._bytes = 0
        self._entries: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        # Never held while anything is computed.
        self._lock = threading.Lock()
        self._under_way: dict[Hashable, Future[Any]] = {}
        self._turns = threading.BoundedSemaphore(at_once)

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

    def once(
        self,
        key: Hashable,
        compute: Callable[[], T],
        size: Callable[[T], int],
        is_fresh: Callable[[T], bool] = lambda value: True,
    ) -> T:
        """Returns the value, computed by one of those who ask for it.

        Who asks while it is computed waits for that one, and gets its
        exception if there is one; the next who asks tries again.

        Args:
            key: of the value.
            compute: returns the value, never None. It must not ask the same
                cache for another one.
            size: returns how many bytes a value takes.
            is_fresh: whether a value that is kept still holds; another is
                computed again.
        """
        while True:
            with self._lock:
                found: T | None = self._get(key)
                if found is not None and is_fresh(found):
                    return found
                future = self._under_way.get(key)
                is_mine = future is None
                if future is None:
                    future = self._under_way[key] = Future()
            if is_mine:
                return self._compute(key, compute, size, future)
            value: T = future.result()
            # It may have begun before that came which made it stale.
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
            with self._turns:
                value = compute()
                self.put(key, value, size(value))
        except BaseException as error:
            with self._lock:
                del self._under_way[key]
            future.set_exception(error)
            raise
        with self._lock:
            del self._under_way[key]
        future.set_result(value)
        return value
