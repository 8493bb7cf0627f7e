"""Converts tensors of any library to NumPy arrays."""

from typing import Any

import numpy as np


def to_numpy(x: Any) -> np.ndarray:
    """Returns the values of an array, or of a tensor wherever it lies.

    Args:
        x: NumPy, TensorFlow, JAX or PyTorch (on any device, with or without
            gradients), a variable of Keras, or what `np.asarray` takes.

    Returns:
        An array of the same values; bfloat16, which NumPy lacks, as float32.

    Example:
        >>> to_numpy([[1, 2]])
        array([[1, 2]])
    """
    if type(x).__module__.partition(".")[0] == "torch":
        x = x.detach().cpu()
        if str(x.dtype) == "torch.bfloat16":
            x = x.float()
    array = x.numpy() if hasattr(x, "numpy") else np.asarray(x)
    if array.dtype.name == "bfloat16":
        array = array.astype(np.float32)
    return array
