"""Places labels without overlaps, and shortens them."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from scipy.optimize import isotonic_regression


class Wanted(NamedTuple):
    """A label to be placed.

    Attributes:
        node: whose name it is.
        at: where it would stand best.
        weight: the larger, the earlier it gets its place.
    """

    node: int
    at: float
    weight: float


def spread(
    wanted: Sequence[float], pitch: float, low: float, high: float
) -> np.ndarray:
    """Moves positions apart, as little as possible.

    Subtracting i * pitch turns "at least the pitch apart" into "does not
    decrease", which isotonic regression solves exactly.

    Wanted positions [n] ascend. Returns float [n], at least the pitch apart and
    within bounds, nearest to the wanted ones in the least squares sense.

    Example:
        >>> spread([10, 11], pitch=5, low=0, high=100).tolist()
        [8.0, 13.0]
    """
    steps = pitch * np.arange(len(wanted))
    if not len(wanted):
        return steps
    moved = isotonic_regression(np.asarray(wanted, float) - steps).x
    return np.clip(moved, low, high - steps[-1]) + steps


def place(
    candidates: Sequence[Wanted],
    pitch: float,
    low: float,
    high: float,
    most: float,
) -> list[tuple[Wanted, float]]:
    """Places labels, the heaviest first, as long as none moves too far.

    They keep the pitch between them, stay within bounds, and stand at most so
    far from their best positions. Returns labels and positions, ascending.
    """
    room = int((high - low) // pitch) + 1
    kept: list[Wanted] = []
    at: list[float] = []
    for item in sorted(candidates, key=lambda c: -c.weight):
        if len(kept) >= room:
            break
        index = sum(other.at <= item.at for other in kept)
        trial = [*kept[:index], item, *kept[index:]]
        asked = [other.at for other in trial]
        moved = spread(asked, pitch, low, high)
        if np.abs(moved - asked).max() <= most:
            kept, at = trial, moved.tolist()
    return list(zip(kept, at, strict=True))


def shorten(text: str, width: float, measure: Callable[[str], float]) -> str:
    """Cuts a text at a letter so that it fits, with an ellipsis.

    Example:
        >>> shorten("sporting dog", 9, len)
        'sporting…'
        >>> shorten("sporting dog", 12, len)
        'sporting dog'
    """
    if measure(text) <= width:
        return text
    for length in range(len(text) - 1, 0, -1):
        cut = f"{text[:length].rstrip()}…"
        if measure(cut) <= width:
            return cut
    return ""
