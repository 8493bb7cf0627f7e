"""One thread for linear algebra of many small steps."""

import functools
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_lock = threading.Lock()
# How many contexts are open, and the limit that they share.
_inside = 0
_limit: Any = None


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """Returns a context in which NumPy and SciPy use one thread.

    Factoring a matrix of a thousand rows takes many short steps, and threads
    wait for one another after each. If another program has a core, that takes
    ten times as long as one thread.

    The limit is of the whole process. The last of several contexts that are
    open at once gives back the threads.
    """
    global _inside, _limit
    with _lock:
        if not _inside:
            _limit = _libraries().limit(limits=1)
        _inside += 1
    try:
        yield
    finally:
        with _lock:
            _inside -= 1
            if not _inside:
                _limit.restore_original_limits()


@functools.cache
def _libraries() -> Any:
    # Both have a library of their own, that of SciPy loaded by this module.
    import scipy.linalg  # noqa: F401
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController().select(user_api="blas")
