"""Processes that read images and write records, beside the one that asks."""

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from types import ModuleType
from typing import Any, TypeVar

ResultT = TypeVar("ResultT")

_starting = threading.Lock()


def in_workers(
    function: Callable[..., ResultT],
    calls: Sequence[tuple[Any, ...]],
    workers: int,
) -> Iterator[tuple[int, ResultT]]:
    """Calls a function in processes; yields a call's place and its result."""
    if sys.platform == "linux":
        # TensorFlow takes seconds to import: once, in the server that the
        # workers are forked from.
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["tensorflow"])
    else:
        context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=_begin)
    try:
        with _without_script():
            places = {
                pool.submit(function, *call): place
                for place, call in enumerate(calls)
            }
        for future in as_completed(places):
            yield places[future], future.result()
    except BrokenProcessPool as error:
        raise OSError(
            "A worker process was ended, perhaps because there was no memory "
            "left. The same call again does what is missing; fewer workers "
            "take less memory."
        ) from error
    finally:
        # Waits for calls that are running, and begins no other.
        pool.shutdown(cancel_futures=True)


@contextmanager
def _without_script() -> Iterator[None]:
    """Hides the user's script from processes that are started meanwhile.

    Each would run it first, and start workers of its own.
    """
    with _starting:
        script = sys.modules["__main__"]
        sys.modules["__main__"] = ModuleType("__main__")
        try:
            yield
        finally:
            sys.modules["__main__"] = script


def _begin() -> None:
    """Leaves the GPU, which decodes no image, to others; ends in time."""
    # Ctrl-C reaches all processes, and the one that began them tells of it. The
    # pool would print an exit from here, so none comes before the end.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _end_with_parent()
    import tensorflow as tf

    # Otherwise each worker would take the memory of all GPUs.
    tf.config.set_visible_devices([], "GPU")
    signal.signal(signal.SIGINT, lambda *_: sys.exit(130))


def _end_with_parent() -> None:
    """Ends this worker as soon as the process that began it is gone.

    A parent that is killed cannot stop its workers.
    """
    parent = multiprocessing.parent_process()

    def watch() -> None:
        if parent is not None:
            parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
