"""A uniform draw of so many samples of each class, in one pass."""

import numpy as np
import numpy.typing as npt

IntArray = npt.NDArray[np.int64]


class Reservoir:
    """Chooses at most n samples of each class, whatever the order of the data.

    The i-th sample of a class is taken with probability n / i, and takes the
    place of one of those before.

    Args:
        num_classes: C.
        per_class: n, or None for all samples.
        seed: of the draw.

    Attributes:
        size: how many samples have a place.

    Reference:
        Vitter: Random sampling with a reservoir, ACM TOMS 11(1), 1985.
    """

    def __init__(
        self, num_classes: int, per_class: int | None, seed: int
    ) -> None:
        self._most = per_class
        self._rng = np.random.default_rng(seed)
        self._seen = np.zeros(num_classes, np.int64)
        self._places: list[list[int]] = [[] for _ in range(num_classes)]
        self.size = 0

    def places(self, labels: IntArray) -> IntArray:
        """Returns the place of each sample of a batch, -1 for none."""
        if self._most is None:
            found = np.arange(self.size, self.size + len(labels))
            self.size += len(labels)
            return found
        found = np.full(len(labels), -1, np.int64)
        for at, label in enumerate(labels.tolist()):
            self._seen[label] += 1
            places = self._places[label]
            if len(places) < self._most:
                places.append(self.size)
                found[at] = self.size
                self.size += 1
                continue
            drawn = int(self._rng.integers(self._seen[label]))
            if drawn < self._most:
                found[at] = places[drawn]
        return found
