"""Every loss, layer and metric says the same on all backends of Keras."""

import subprocess
import sys

import numpy as np
import other_backend
import pytest

from keras_hier.serialization import HOMES

BACKENDS = ("tensorflow", "jax", "torch")


@pytest.fixture(scope="module")
def numbers(tmp_path_factory):
    """What backend_numbers.py writes, by backend."""
    folder = tmp_path_factory.mktemp("numbers")
    found = {}
    for backend in BACKENDS:
        path = folder / f"{backend}.npz"
        result = subprocess.run(
            [
                sys.executable,
                other_backend.TESTS / "support/backend_numbers.py",
                path,
            ],
            cwd=other_backend.TESTS.parent,
            env=other_backend.environment(backend, "jax_numbers"),
            capture_output=True,
            text=True,
            check=False,
        )
        assert result.returncode == 0, result.stderr
        with np.load(path) as arrays:
            found[backend] = dict(arrays)
    return found


def test_nothing_is_left_out(numbers):
    seen = {name.partition(" ")[0] for name in numbers["tensorflow"]}
    assert seen == {*HOMES, "AlexNet"}


@pytest.mark.parametrize("backend", BACKENDS[1:])
def test_the_numbers_are_those_of_tensorflow(numbers, backend):
    expected = numbers["tensorflow"]
    assert set(numbers[backend]) == set(expected)
    for name, values in expected.items():
        assert np.isfinite(values).all(), name
        np.testing.assert_allclose(
            numbers[backend][name], values, rtol=1e-4, atol=2e-5, err_msg=name
        )
        assert numbers[backend][name].dtype == values.dtype, name
