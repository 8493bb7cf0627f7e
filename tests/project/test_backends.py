"""The model side on JAX and PyTorch, and that all backends say the same."""

import os

import backend_numbers
import keras
import numpy as np
import other_backend
import pytest

from keras_hier.serialization import HOMES

BACKEND = keras.backend.backend()

pytestmark = pytest.mark.thorough


@pytest.fixture(scope="module")
def numbers():
    """What every loss, layer and metric says on this backend."""
    return backend_numbers.all_of_them()


def test_nothing_is_left_out(numbers):
    assert {name.partition(" ")[0] for name in numbers} == {*HOMES, "AlexNet"}


@pytest.mark.any_backend
@pytest.mark.skipif(BACKEND == "tensorflow", reason="they are its own")
def test_the_numbers_are_those_of_tensorflow(numbers):
    with np.load(os.environ[other_backend.NUMBERS]) as expected:
        assert set(numbers) == set(expected)
        for name, values in expected.items():
            assert np.isfinite(values).all(), name
            np.testing.assert_allclose(
                numbers[name], values, rtol=1e-4, atol=2e-5, err_msg=name
            )
            assert numbers[name].dtype == values.dtype, name


@pytest.mark.parametrize(
    "backend",
    [
        pytest.param("jax", marks=pytest.mark.jax),
        pytest.param("torch", marks=pytest.mark.torch),
    ],
)
def test_the_model_side_on_another_backend(backend, numbers, tmp_path):
    path = tmp_path / "numbers.npz"
    np.savez(path, **numbers)
    other_backend.check(backend, path)
