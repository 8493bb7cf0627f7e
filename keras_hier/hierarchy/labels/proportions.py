"""Shares of classes in samples, and shares with given sums over all of them."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from keras_hier.hierarchy.tree.hierarchy_error import HierarchyError
from keras_hier.tensors import to_numpy

# The tolerance, and when to give up.
PROPORTION = 0.01
MOST_STEPS = 200
# Change of a factor in one step. If the sums are impossible, factors grow at
# each, and 10 ** 200 is still a number.
MOST_CHANGE = 10.0
SMALLEST = 1e-290


def amounts(
    values: npt.ArrayLike, shape: tuple[int, ...], name: str, hint: str
) -> np.ndarray:
    """Returns float64 [..., C], none of them negative, infinite or NaN."""
    if isinstance(values, Mapping):
        raise HierarchyError(
            f"Expected {name} {list(shape)} as numbers in the order of the "
            f"labels, got a {type(values).__name__}: of a dict by label give "
            f"[{name}.get(label, 0) for label in range({shape[-1]})]."
        )
    given = np.asarray(to_numpy(values), np.float64)
    if given.shape != shape:
        raise HierarchyError(
            f"Expected {name} {list(shape)}, of {shape[-1]} classes, got "
            f"{list(given.shape)}."
        )
    if not (np.isfinite(given) & (given >= 0)).all():
        raise HierarchyError(
            f"Expected {name}, of which none is negative, infinite or NaN: "
            f"{hint}."
        )
    return given


def shares_of(values: np.ndarray, otherwise: np.ndarray) -> np.ndarray:
    """Returns rows that sum to 1, of others where a row is all 0, [N, C]."""
    values = np.where(values.any(axis=1, keepdims=True), values, otherwise)
    # Sums of the largest numbers would be infinite.
    values = values / values.max(axis=1, keepdims=True)
    values /= values.sum(axis=1, keepdims=True)
    return values


def proportional(shares: np.ndarray, expected: np.ndarray) -> np.ndarray:
    """Scales columns and rows [N, C] in turn: to the expected sums, and to 1.

    Shares of 0 and of 1 stay. Where the sums cannot be had then, they are
    approached.
    """
    # Scaling gives nothing to a class without shares: the others have its part.
    expected = np.where(shares.any(axis=0), expected, 0.0)
    wanted = shares_of(expected, shares).sum(axis=0)
    del expected  # each takes much room
    possible = np.where(wanted > 0, shares, 0.0)
    free = possible.any(axis=1) & (shares < 1).all(axis=1)
    if not free.any():
        return shares
    fixed = shares[~free].sum(axis=0)
    result = shares
    shares = possible[free]
    del possible
    shares /= shares.sum(axis=1, keepdims=True)
    named = shares.any(axis=0)
    factors = np.ones_like(wanted)
    for _ in range(MOST_STEPS):
        total = fixed + factors * ((1 / (shares @ factors)) @ shares)
        change = np.where(named, wanted / np.maximum(total, SMALLEST), 1.0)
        if (np.abs(change - 1) <= PROPORTION).all():
            break
        factors *= np.clip(change, 1 / MOST_CHANGE, MOST_CHANGE)
    shares *= factors
    result = result.copy()
    result[free] = shares / shares.sum(axis=1, keepdims=True)
    return result


def shares_below(
    below: np.ndarray,
    probabilities: npt.ArrayLike,
    frequencies: npt.ArrayLike | None,
) -> np.ndarray:
    """Returns the shares [N, C] of the classes below nodes, see `within`."""
    p = amounts(
        probabilities,
        below.shape,
        "probabilities",
        "of logits take the softmax first",
    )
    shares = shares_of(np.where(below, p, 0.0), below)
    if frequencies is None:
        return shares
    given = amounts(frequencies, below.shape[1:], "frequencies", "give counts")
    return proportional(shares, shares_of(np.where(below, given, 0.0), shares))
