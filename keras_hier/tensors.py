"""The types of arrays, and NumPy arrays of tensors of any library."""

from typing import Any

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]


def to_numpy(x: Any) -> np.ndarray:
    """Returns the values of any array or tensor, wherever it lies.

    bfloat16, which NumPy lacks, becomes float32.
    """
    if isinstance(x, list | tuple) and x and _is_of_torch(x[0]):
        # NumPy makes no array of rows with gradients.
        x = [to_numpy(each) for each in x]
    if _is_of_torch(x):
        if x.is_meta:
            raise ValueError(
                "Expected values, got a tensor of PyTorch's device 'meta', "
                "which has none."
            )
        x = x.detach().cpu().to_dense()
        if str(x.dtype) == "torch.bfloat16":
            x = x.float()
    if np.ma.is_masked(x):
        # Values below the mask would pass for others.
        raise ValueError(
            f"Expected values, got {np.ma.count_masked(x)} of {x.size} masked. "
            "Leave these samples out, or say what they are by x.filled(...)."
        )
    try:
        array = x.numpy() if hasattr(x, "numpy") else np.asarray(x)
    except ValueError as error:
        if "inhomogeneous" not in str(error):
            raise
        raise ValueError(
            "Expected rows of one length, got lists of several lengths, or "
            "numbers beside lists."
        ) from None
    if array.dtype.name == "bfloat16":
        array = array.astype(np.float32)
    return array


def _is_of_torch(x: Any) -> bool:
    return type(x).__module__.partition(".")[0] == "torch"
