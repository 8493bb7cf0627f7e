"""The model side on PyTorch."""

import other_backend
import pytest


@pytest.mark.torch
def test_the_model_side_on_pytorch():
    other_backend.check("torch")
