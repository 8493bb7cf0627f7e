"""The display levels of a tree, and the classes that a matrix row holds."""

from weakref import WeakKeyDictionary

import numpy as np

from keras_hier.hierarchy import Grouping, Hierarchy
from keras_hier.hierarchy.tree import cuts


def sizes_of(tree: Hierarchy, grouping: Grouping | None) -> np.ndarray:
    """Returns how many classes each row of a matrix holds, int [C]."""
    return (
        np.ones(tree.num_classes, int) if grouping is None else grouping.sizes
    )


# Weak references: the cache of the store decides which trees are kept.
_levels: WeakKeyDictionary[Hierarchy, tuple[cuts.Level, ...]]
_levels = WeakKeyDictionary()


def display_levels(tree: Hierarchy) -> tuple[cuts.Level, ...]:
    """Returns the display levels of a tree, coarse to fine."""
    found = _levels.get(tree)
    if found is None:
        found = _levels[tree] = tuple(cuts.levels(tree))
    return found
