"""Classes near others in a tree, for logs that are drawn."""

import numpy as np

import keras_hier as kh


class Relatives:
    """Draws classes below the ancestors of others."""

    def __init__(self, hierarchy: kh.Hierarchy) -> None:
        self._hierarchy = hierarchy
        lines = [hierarchy.ancestors(int(leaf)) for leaf in hierarchy.leaves]
        longest = max(map(len, lines))
        self._above = np.array([a + a[-1:] * (longest - len(a)) for a in lines])
        self._lengths = np.array([len(line) for line in lines])

    def places(
        self, labels: np.ndarray, up: np.ndarray, rng: np.random.Generator
    ) -> np.ndarray:
        """Returns places in display order; with `up` 1 they may be anywhere."""
        node = self._above[labels, (up * self._lengths[labels]).astype(int)]
        start, stop = self._hierarchy.start[node], self._hierarchy.stop[node]
        return (start + rng.random(len(labels)) * (stop - start)).astype(int)
