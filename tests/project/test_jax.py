"""The model side on JAX."""

import other_backend
import pytest


@pytest.mark.jax
def test_the_model_side_on_jax():
    other_backend.check("jax")
