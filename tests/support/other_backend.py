"""Runs the tests marked `any_backend` once more, on another backend."""

import os
import subprocess
import sys
from pathlib import Path

TESTS = Path(__file__).parents[1]


# The variable that names the numbers of TensorFlow, an .npz.
NUMBERS = "KERAS_HIER_TEST_NUMBERS"


def environment(backend: str, numbers: Path) -> dict[str, str]:
    """Returns the variables of a process that runs on a backend."""
    return {
        **os.environ,
        NUMBERS: str(numbers),
        "KERAS_BACKEND": backend,
        # Nearly all the time on JAX goes into compiling what runs for a moment.
        "JAX_DISABLE_MOST_OPTIMIZATIONS": "1",
    }


def check(backend: str, numbers: Path) -> None:
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
        env=environment(backend, numbers),
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
