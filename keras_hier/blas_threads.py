"""One thread for linear algebra of many small steps."""

import functools
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_lock = threading.Lock()
# What is inside the context, and what gives the threads back.
_inside = 0
_limit: Any = None


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """Returns a context in which NumPy and SciPy use one thread.

    A matrix of a thousand rows is factored in many short steps, after each of
    which threads wait for one another. Where another program has one of the
    cores that takes ten times as long as one thread does alone.

    The limit is of the whole process. Of several that are inside at once, in
    whatever order they leave, the last one gives back what there was.

    Example:
        >>> with one_blas_thread():
        ...     pass
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
