"""Processes that read images and write records, beside the one that asks."""

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from types import ModuleType
from typing import Any, TypeVar

ResultT = TypeVar("ResultT")

_starting = threading.Lock()


class Stopped(Exception):  # noqa: N818 (the user's wish)
    """Ctrl-C has come: the call ends as soon as it has put things in order."""


class _CtrlC:
    """Ctrl-C, noted until it is asked for.

    A `KeyboardInterrupt` may be raised while a lock of the pool is held; then
    each process waits for another for ever.
    """

    def __init__(self) -> None:
        self.has_come = False
        self._before: Any = None

    def note(self, *_: object) -> None:
        self.has_come = True

    def note_once(self, *_: object) -> None:
        """Notes it; whoever asks again is not kept waiting."""
        self.note()
        self.forget()

    def watch(self) -> None:
        """Notes it from now on; only the main thread is ever told."""
        if threading.current_thread() is threading.main_thread():
            self._before = signal.signal(signal.SIGINT, self.note_once)

    def forget(self) -> None:
        """Leaves it to whoever was told before."""
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)
            self._before = None


_in_worker = _CtrlC()


def stop_if_asked() -> None:
    """Raises `Stopped` in a worker that Ctrl-C has reached."""
    if _in_worker.has_come:
        raise Stopped


def in_workers(
    function: Callable[..., ResultT],
    calls: Sequence[tuple[Any, ...]],
    workers: int,
) -> Generator[tuple[int, ResultT]]:
    """Calls a function in processes; yields a call's place and its result.

    The function calls `stop_if_asked` now and then.

    Raises:
        KeyboardInterrupt: after Ctrl-C, once the calls that run have ended.
        OSError: if a process is gone.
    """
    if sys.platform == "linux":
        # TensorFlow takes seconds to import: once, in the server that the
        # workers are forked from.
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["tensorflow"])
    else:
        context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=_begin)
    ctrl_c = _CtrlC()
    ctrl_c.watch()
    try:
        with _without_script():
            places = {
                pool.submit(function, *call): place
                for place, call in enumerate(calls)
            }
        for future in as_completed(places):
            result = future.result()
            if ctrl_c.has_come:
                raise KeyboardInterrupt
            yield places[future], result
        if ctrl_c.has_come:
            raise KeyboardInterrupt
    except Stopped:
        raise KeyboardInterrupt from None
    except BrokenProcessPool as error:
        if ctrl_c.has_come:
            raise KeyboardInterrupt from None
        raise OSError(
            "A worker process was ended, perhaps because there was no memory "
            "left. The same call again does what is missing; fewer workers "
            "take less memory."
        ) from error
    finally:
        # Waits for calls that are running, and begins no other.
        pool.shutdown(cancel_futures=True)
        ctrl_c.forget()


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
    # Ctrl-C reaches all processes, and the one that began them tells of it.
    signal.signal(signal.SIGINT, _in_worker.note)
    _end_with_parent()
    import tensorflow as tf

    # Otherwise each worker would take the memory of all GPUs.
    tf.config.set_visible_devices([], "GPU")


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
