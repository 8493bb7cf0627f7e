"""Runs scripts one after another in one process, apart from the tests' own.

Importing TensorFlow takes longer than the scripts of a test. Arguments, output
and status are as in a process of its own; a test that kills one needs one.
"""

import contextlib
import io
import os
import runpy
import subprocess
import sys
import traceback
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest
import tf_data

ROOT = Path(__file__).parents[2]


class KeptProcess:
    """A process that imports Keras once and runs scripts in the root folder."""

    def __init__(self) -> None:
        self._pool = ProcessPoolExecutor(
            1, mp_context=get_context("spawn"), initializer=_start
        )

    def run(
        self, script: str, *arguments: object
    ) -> subprocess.CompletedProcess:
        """Runs a file (`.py`) or a module and returns it as if finished."""
        given = [script, *map(str, arguments)]
        return self._pool.submit(_run, given).result()

    def refused(self, script: str, *arguments: object) -> str:
        """Returns the last line of a script that will not do it."""
        done = self.run(script, *arguments)
        assert done.returncode in (1, 2)
        assert "Traceback" not in done.stderr
        return str(done.stderr).splitlines()[-1]

    def __enter__(self) -> "KeptProcess":
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown()


@pytest.fixture(scope="session")
def kept() -> Iterator[KeptProcess]:
    """Yields a process in which scripts run one after another."""
    with KeptProcess() as process:
        yield process


def _start() -> None:
    os.chdir(ROOT)
    os.environ["COLUMNS"] = "80"
    tf_data.without_autotuning()
    tf_data.without_xla()


def _run(given: list[str]) -> subprocess.CompletedProcess:
    import keras

    keras.utils.clear_session()
    script = given[0]
    out, error = io.StringIO(), io.StringIO()
    sys.argv = list(given)
    status = 0
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(error):
        try:
            if script.endswith(".py"):
                # As Python does: its neighbours can be imported.
                sys.path.insert(0, str(Path(script).resolve().parent))
                runpy.run_path(script, run_name="__main__")
            else:
                runpy.run_module(script, run_name="__main__", alter_sys=True)
        except SystemExit as end:
            # As Python does: a number is the status, all else is printed.
            status = end.code if isinstance(end.code, int) else 0
            if end.code is not None and not isinstance(end.code, int):
                print(end.code, file=sys.stderr)
                status = 1
        except BaseException:
            traceback.print_exc()
            status = 1
    return subprocess.CompletedProcess(
        given, status, out.getvalue(), error.getvalue()
    )
