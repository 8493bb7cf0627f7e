"""One thread for linear algebra of many small steps."""

import functools
from contextlib import AbstractContextManager
from typing import Any


def one_blas_thread() -> AbstractContextManager[Any]:
    """Returns a context in which NumPy and SciPy use one thread.

    A matrix of a thousand rows is factored in many short steps, after each of
    which threads wait for one another. Where another program has one of the
    cores that takes ten times as long as one thread does alone.

    Example:
        >>> with one_blas_thread():
        ...     pass
    """
    found: AbstractContextManager[Any] = _libraries().limit(limits=1)
    return found


@functools.cache
def _libraries() -> Any:
    # Both have a library of their own, that of SciPy loaded by this module.
    import scipy.linalg  # noqa: F401
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController().select(user_api="blas")
