"""Numbers for JSON, and the memory that an answer takes."""

import math
import sys
from collections.abc import Iterable
from typing import Any

import numpy as np

Json = dict[str, Any]


def number(value: Any) -> float | None:
    """Returns a number for JSON, which knows no NaN and no infinity."""
    # Six digits say all there is, at half the length.
    return float(f"{float(value):.6g}") if math.isfinite(value) else None


def numbers(values: np.ndarray) -> list[float | None]:
    """Returns the numbers of an array for JSON."""
    return [number(value) for value in values.tolist()]


def memory_of(columns: Iterable[Any]) -> int:
    """Returns how many bytes the lists among some values take, about."""
    # A number in a list takes a place and, mostly, an object.
    return 1024 + 32 * sum(len(c) for c in columns if isinstance(c, list))


def memory_of_names(names: Iterable[str]) -> int:
    """Returns how many bytes strings take, with their places in a list."""
    # Short ones are mostly overhead; letters take up to 4 bytes each.
    return sum(8 + sys.getsizeof(name) for name in names)
