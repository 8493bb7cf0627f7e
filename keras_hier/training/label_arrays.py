"""Labels and weights as arrays of NumPy, TensorFlow, JAX or PyTorch."""

from collections.abc import Mapping
from typing import Any

import keras
import numpy as np

from keras_hier.hierarchy.tree.grouping import Grouping
from keras_hier.keras_internals import concrete_values
from keras_hier.plausibility import SUM_TOLERANCE
from keras_hier.tensors import to_numpy

# Whose tensors stay as they are; what else comes becomes an array of NumPy.
_TENSORS = ("tensorflow", "torch", "jax", "jaxlib", "keras")


def as_labels(y: Any) -> Any:
    """Returns tensors as they are, and other labels as an array of NumPy."""
    if library_of(y) in _TENSORS:
        return y
    labels = to_numpy(y)
    if labels.dtype.kind == "O":  # as pandas has integers that may be missing
        labels = np.asarray(labels.tolist())
    if labels.dtype.kind in "biuf":
        return labels
    values = labels.ravel().tolist()
    found = next((v for v in values if not isinstance(v, int)), values[0])
    what = (
        "Expected labels as numbers, got "
        f"{type(found).__name__} {str(found)!r:.80}."
    )
    if isinstance(found, str):
        what += (
            " kh.NodeLabels(hierarchy).labels_of(names) makes labels of the "
            "names of classes and groups."
        )
    raise ValueError(what)


def as_weights(given: Any, y: Any) -> Any:
    """Returns tensors as they are, and other weights as an array of NumPy."""
    if given is None or library_of(given) in _TENSORS:
        return given
    if isinstance(given, Mapping):
        raise ValueError(
            "Expected sample weights [N], those of all outputs, got a dict."
        )
    weights = to_numpy(given)
    if library_of(y) == "numpy" and weights.shape[:1] != y.shape[:1]:
        raise ValueError(
            f"Expected a sample weight for each of {len(y)} labels, got "
            f"weights of shape {weights.shape}."
        )
    if library_of(y) == "torch":  # which computes with its own tensors alone
        import torch

        return torch.as_tensor(weights, device=y.device)
    return weights


def counted(y: Any, sample_weight: Any, num_labels: int) -> Any:
    """Returns labels [N] or [N, 1], 0 for those outside of weight 0.

    Any label may be there, and Keras's crossentropy fails for one outside.
    """
    if sample_weight is None or "int" not in dtype_of(y):
        return y
    weights = of_rank(len(y.shape), sample_weight)
    # TensorFlow, JAX and PyTorch take 1000 for 232 beside uint8.
    wide = y if "64" in dtype_of(y) else _cast(y, "int32")
    kept = (weights != 0) | ((wide >= 0) & (wide < num_labels))
    return y * _cast(kept, dtype_of(y))


def of_rank(rank: int, weights: Any) -> Any:
    """Returns weights [N] or [N, 1] with as many axes as labels have."""
    weights = _cast(weights, "float32")
    if len(weights.shape) == rank:
        return weights
    if rank == 0:
        return weights[0]
    return weights[:, 0] if rank == 1 else weights[:, None]


def is_soft(y: Any, num_classes: int, num_labels: int) -> bool:
    """Tells [N, C] and [N, V] from [N] and [N, 1]."""
    if getattr(y.shape, "rank", 0) is None:
        raise ValueError(
            "Expected labels whose number of axes is known, as it is not "
            "after tf.py_function or tf.numpy_function: set it before this, "
            "y.set_shape([None]) for integers [N], "
            f"y.set_shape([None, {num_classes}]) for one-hot labels."
        )
    if len(y.shape) == 2 and y.shape[-1] in (num_classes, num_labels):
        return True
    # A batch of one-hot labels would have two axes: this is a single sample.
    single = len(y.shape) == 1 and "float" in dtype_of(y)
    if single or len(y.shape) > 2 or y.shape[1:] not in ((), (1,)):
        raise ValueError(
            "Expected labels as integers [N] or [N, 1], or as one-hot or soft "
            f"labels [N, {num_classes}], got {dtype_of(y)} of shape "
            f"{tuple(y.shape)}. Batch a data set before this; cast integers "
            "that were read as floats."
        )
    return False


def check_sums(y: Any, sample_weight: Any) -> None:
    """Raises where labels that count are negative, or do not sum to 1."""
    message = (
        "Expected soft labels, none below 0, that sum to 1 for each sample: "
        "several classes for one sample have no place in a hierarchy of "
        "exclusive classes."
    )
    weights = True if sample_weight is None else of_rank(1, sample_weight)
    if library_of(y) == "tensorflow":
        import tensorflow as tf

        y = tf.cast(y, tf.float32)
        lowest = tf.reduce_min(y, axis=-1)
        sums = tf.where(lowest < 0, lowest, tf.reduce_sum(y, axis=-1))
        # NaN is an error of any weight: times 0 it is a loss of NaN.
        counted = (weights != 0) | ~tf.math.is_finite(sums)
        sums = tf.where(counted, sums, 1.0)
        tf.debugging.assert_near(sums, 1.0, 0.0, SUM_TOLERANCE, message)
        return
    values, weights = values_of(y), values_of(weights)
    if values is None or weights is None:
        return
    lowest = values.min(axis=-1)
    sums = values.sum(axis=-1, dtype=np.float64)
    sums = np.where(lowest < 0, lowest, sums)
    sums = np.where((weights != 0) | ~np.isfinite(sums), sums, 1)
    if not np.allclose(sums, 1, rtol=0, atol=SUM_TOLERANCE):
        worst = int(np.argmax(abs(sums - 1)))
        does = "holds" if lowest[worst] < 0 else "sums to"
        raise ValueError(f"{message} Sample {worst} {does} {sums[worst]:.4g}.")


def values_of(x: Any) -> np.ndarray | None:
    """Returns labels or weights, of the same shape, None of traced ones."""
    # Also where another library is Keras's backend.
    if library_of(x) == "torch":
        return to_numpy(x)
    return np.asarray(x) if library_of(x) == "numpy" else concrete_values(x)


def group_sums(y: Any, grouping: Grouping) -> Any:
    """Returns [N, G] from soft labels [N, C], without a table [C, G]."""
    y = _cast(y, "float32")
    of_class, groups = grouping.of_class, grouping.num_groups
    library = library_of(y)
    if library == "numpy":
        starts = np.cumsum(grouping.sizes) - grouping.sizes
        order = np.argsort(of_class, kind="stable")
        return np.add.reduceat(y[:, order], starts, axis=1)
    if library == "tensorflow":
        import tensorflow as tf

        sums = tf.math.unsorted_segment_sum(tf.transpose(y), of_class, groups)
        return tf.transpose(sums)
    if library == "torch":
        import torch

        index = torch.tensor(of_class, device=y.device)  # a copy: it is frozen
        return y.new_zeros(len(y), groups).index_add(1, index, y)
    sums = keras.ops.segment_sum(keras.ops.transpose(y), of_class, groups)
    return keras.ops.transpose(sums)


def weighted(y: Any, weights: np.ndarray) -> Any:
    """Returns [N, 1] from soft labels [N, C] and weights [C, 1]."""
    y = _cast(y, "float32")
    if library_of(y) == "torch":  # which multiplies no tensor by an array
        import torch

        return y @ torch.as_tensor(weights, device=y.device)
    return y @ weights


def _cast(x: Any, dtype: str) -> Any:
    library = library_of(x)
    if library == "tensorflow":
        import tensorflow as tf

        return tf.cast(x, dtype)
    if library == "torch":
        import torch

        return x.to(getattr(torch, dtype))
    if library == "numpy":
        return np.asarray(x, dtype)
    return keras.ops.cast(x, dtype)


def dtype_of(x: Any) -> str:
    """Returns the name that Keras has for the type of an array."""
    return keras.backend.standardize_dtype(x.dtype)


def library_of(x: Any) -> str:
    """Returns "numpy", "tensorflow", "jax", "jaxlib", "torch" or "keras"."""
    # tf.data hands over TensorFlow's tensors whatever the backend of Keras, a
    # DataLoader PyTorch's.
    library = type(x).__module__.partition(".")[0]
    return "numpy" if library == "builtins" else library
