"""Reads logits or probabilities batch by batch, as calibrated probabilities."""

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from keras_hier.plausibility import (
    WHY_NAN,
    are_probabilities,
    on_simplex,
    require_label_order,
)
from keras_hier.scores.temperature import tempered
from keras_hier.tensors import to_numpy

# Values that are held as float64 at a time: 32 MiB.
_AT_ONCE = 2**22


def batches_of(scores: Any, classes: tuple[str, ...]) -> Iterator[np.ndarray]:
    """Yields scores [n, C] of an array, or of an iterable of such batches.

    Raises:
        ValueError: another shape, values that are not finite, or columns in
            another order.
    """
    for batch in _parts(scores):
        require_label_order(batch, classes, ("columns",))
        values = to_numpy(batch)
        if values.ndim != 2 or values.shape[1] != len(classes):
            raise ValueError(
                f"Expected scores of shape [N, {len(classes)}], a column for "
                f"each class of the tree. Got shape {values.shape}."
            )
        if values.dtype.kind not in "fiu":
            raise ValueError(f"Expected scores as floats, got {values.dtype}.")
        size = max(1, _AT_ONCE // len(classes))
        for at in range(0, len(values), size):
            part = np.asarray(values[at : at + size], np.float64)
            if not np.isfinite(part).all():
                raise ValueError(
                    f"Expected finite scores, got {part[~np.isfinite(part)][0]}"
                    f" among samples {at} to {at + len(part) - 1}: {WHY_NAN}"
                )
            yield part


def _parts(scores: Any) -> Iterable[Any]:
    if hasattr(scores, "shape"):
        return (scores,)
    if isinstance(scores, list | tuple):
        are_batches = bool(scores) and np.ndim(to_numpy(scores[0])) == 2
        return scores if are_batches else (to_numpy(scores),)
    if not isinstance(scores, Iterable):
        raise ValueError(
            "Expected scores [N, C], or batches of them, got "
            f"{type(scores).__name__}."
        )
    if iter(scores) is scores:
        raise ValueError(
            "Expected an array or batches that can be read twice, got an "
            f"iterator ({type(scores).__name__}): pass a list of its batches."
        )
    return scores


def as_probabilities(
    scores: np.ndarray, from_logits: bool, temperature: float
) -> np.ndarray:
    """Returns softmax(logits / T), float64 [n, C].

    Raises:
        ValueError: logits that are probabilities already, or the reverse.
    """
    if from_logits:
        if are_probabilities(scores):
            raise ValueError(
                "Expected logits, got probabilities (none below 0, sums of 1): "
                "fit the answers with from_logits=False (`answer fit` without "
                "--logits)."
            )
    elif not on_simplex(scores).all():
        odd = scores[~on_simplex(scores)][0]
        raise ValueError(
            "Expected probabilities: none below 0, sums of 1. Got a sample "
            f"with a least value of {odd.min():.4g} and a sum of "
            f"{odd.sum():.4g}. If these are logits, fit the answers with "
            "from_logits=True (`answer fit --logits`)."
        )
    return tempered(scores, from_logits, temperature)
