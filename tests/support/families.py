"""30 classes in families of five, which a network confuses inside alone."""

import numpy as np

from keras_hier.hierarchy import Hierarchy

_RNG = np.random.default_rng(0)
LABELS = _RNG.integers(0, 30, 3000)
_OTHERS = LABELS // 5 * 5 + _RNG.integers(0, 5, 3000)
NAMED = np.where(_RNG.random(3000) < 0.6, LABELS, _OTHERS)
IDS = np.array([f"k{i:02}" for i in range(30)])
FAMILIES = {frozenset(IDS[i : i + 5].tolist()) for i in range(0, 30, 5)}
MATRIX = np.bincount(LABELS * 30 + NAMED, minlength=900).reshape(30, 30)


def groups(tree: Hierarchy) -> set[frozenset[str]]:
    """Returns the classes of each group of a tree."""
    return {
        frozenset(
            tree.classes[label]
            for label in tree.order[tree.start[node] : tree.stop[node]]
        )
        for node in np.flatnonzero(tree.labels < 0)
    }
