"""Which epochs are logged."""

from collections.abc import Iterable
from typing import Any, Literal

import numpy as np

# With `every="log"`.
EPOCHS_A_DECADE = 10

Every = int | Literal["log"] | Iterable[int]


class Schedule:
    """Tells which epochs, counted from 1, are due.

    Args:
        name: of the argument, for messages.
        every: an int n (n, 2n, ...), "log" (ten a decade), or the epochs.

    Example:
        >>> [e for e in range(1, 40) if Schedule("every", "log").is_due(e)]
        [1, 2, 3, 4, 5, 6, 8, 10, 13, 16, 20, 25, 32]
    """

    def __init__(self, name: str, every: Any) -> None:
        if isinstance(every, np.integer):
            every = int(every)
        elif isinstance(every, Iterable) and not isinstance(every, str):
            every = tuple(every)
        if not (
            every == "log"
            or (type(every) is int and every >= 1)
            or (isinstance(every, tuple) and every and all(map(_counts, every)))
        ):
            raise ValueError(
                f"{name} must be an integer >= 1, 'log', or epochs counted "
                f"from 1, got {every!r}."
            )
        self.every: int | str | tuple[int, ...] = every

    def is_due(self, step: int) -> bool:
        """Tells whether an epoch is logged."""
        if isinstance(self.every, int):
            return step % self.every == 0
        if isinstance(self.every, tuple):
            return step in self.every
        place = round(np.log10(step) * EPOCHS_A_DECADE)
        return step == round(10 ** (place / EPOCHS_A_DECADE))


def _counts(epoch: Any) -> bool:
    return isinstance(epoch, int | np.integer) and bool(epoch >= 1)
