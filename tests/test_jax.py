"""The model side on JAX: the tests marked `any_backend`, run once more."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

FILES = (
    "alexnet",
    "distillation",
    "fusing",
    "heads",
    "losses",
    "metrics",
    "node_crossentropy",
    "sampling",
    "targets",
    "weighting",
)


@pytest.mark.jax
def test_the_model_side_on_jax():
    tests = Path(__file__).parent
    result = subprocess.run(
        [sys.executable, "-m", "pytest", "-m", "any_backend", "-rA"]
        + ["-p", "no:cacheprovider"]
        + [tests / f"test_{name}.py" for name in FILES],
        cwd=tests.parent,
        env={**os.environ, "KERAS_BACKEND": "jax"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout
    passed = [
        line for line in result.stdout.splitlines() if line.startswith("PASSED")
    ]
    for name in FILES:
        assert any(f"test_{name}.py" in line for line in passed), name
