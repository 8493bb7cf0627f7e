"""Runs the tests marked `any_backend` once more, on another backend."""

import os
import subprocess
import sys
from pathlib import Path

TESTS = Path(__file__).parents[1]


def environment(backend: str, name: str) -> dict[str, str]:
    """Returns the variables of a process that runs on a backend.

    What JAX compiled is kept by the name: processes that run at the same time
    have one each.
    """
    return {
        **os.environ,
        "KERAS_BACKEND": backend,
        # Several threads that wait for each other pay for no network here, and
        # cost the other processes of a test run their time.
        "OMP_NUM_THREADS": "1",
        # Nearly all the time on JAX goes into compiling what runs for a moment:
        # the same step in many tests, and in the next run of them.
        "JAX_DISABLE_MOST_OPTIMIZATIONS": "1",
        "JAX_COMPILATION_CACHE_DIR": str(TESTS.parent / ".pytest_cache" / name),
        "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0",
        "JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES": "-1",
    }


def check(backend: str) -> None:
    """Fails unless tests of every file that has some passed on a backend."""
    files = sorted(
        path
        for path in TESTS.rglob("test_*.py")
        if "pytest.mark.any_backend" in path.read_text(encoding="utf-8")
    )
    result = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-m", "any_backend", "-rA"),
            *("-p", "no:cacheprovider"),
            *files,
        ],
        cwd=TESTS.parent,
        env=environment(backend, "jax_tests"),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert result.returncode == 0, f"exit {result.returncode}: {result.stdout}"
    passed = [
        line for line in result.stdout.splitlines() if line.startswith("PASSED")
    ]
    assert files
    for path in files:
        assert any(path.name in line for line in passed), path.name
