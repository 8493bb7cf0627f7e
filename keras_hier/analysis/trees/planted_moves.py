"""The power of a list of misplaced classes, by planting some."""

from typing import Any

import numpy as np

from keras_hier.analysis.trees.misplaced_classes import misplaced_classes
from keras_hier.hierarchy.tree.grouping import Grouping

# Classes that are moved, in as many runs at most.
MOVES = 100
RUNS = 10


def planted_moves(
    matrix: Any, grouping: Grouping, seed: int = 0
) -> tuple[int, int]:
    """Puts classes into a wrong group, and counts those that are listed.

    An empty list shows nothing. The same errors tell what it could have shown:
    a tenth of the classes at a time is put into another group at random, and
    looked for. If the groups are right, the list has as many of the misplaced.

    Returns:
        How many of them `misplaced_classes` lists as of their former group, and
        how many were moved; none where no group has another class to spare.

    Example:
        >>> matrix = np.kron(np.eye(2, dtype=int), np.full((3, 3), 90))
        >>> pets_and_cars = Grouping(["pets", "cars"], [0, 0, 0, 1, 1, 1])
        >>> planted_moves(matrix, pets_and_cars)
        (10, 10)
        >>> planted_moves(np.eye(6, dtype=int), pets_and_cars)
        (0, 10)
    """
    rng = np.random.default_rng(seed)
    of = grouping.of_class
    found = moved = 0
    each_run = max(grouping.num_classes // 10, 1)
    for _ in range(RUNS):
        planted = of.copy()
        left = grouping.sizes.copy()
        chosen: list[int] = []
        for label in rng.permutation(grouping.num_classes).tolist():
            if len(chosen) == min(each_run, MOVES - moved):
                break
            # No group is emptied.
            if left[of[label]] > 1 and grouping.num_groups > 1:
                left[of[label]] -= 1
                to = rng.integers(grouping.num_groups - 1)
                planted[label] = to + (to >= of[label])
                chosen.append(label)
        if not chosen:
            break
        listed = misplaced_classes(
            matrix, Grouping(grouping.names, planted), seed=seed
        )
        other = np.full(grouping.num_classes, -1)
        other[listed.classes] = listed.other
        found += int((other[chosen] == of[chosen]).sum())
        moved += len(chosen)
    return found, moved
