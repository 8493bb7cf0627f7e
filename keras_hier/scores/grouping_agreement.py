"""How far two groupings of the same classes agree."""

import numpy as np

from keras_hier.hierarchy.tree.grouping import Grouping


def adjusted_rand(one: Grouping, other: Grouping) -> float:
    """Returns the adjusted Rand index of two groupings of the same classes.

    It counts the pairs of classes that are together in both groupings or in
    neither, corrected for chance. At random the index is 0 on average, for the
    same groups 1.

    Args:
        one: groups of the C classes.
        other: groups of the same C classes, in the same label order.

    Returns:
        At most 1. Two groupings that have all classes in one group, or each in
        its own, agree: 1.

    Raises:
        ValueError: groupings of another number of classes.

    Example:
        >>> kinds = Grouping(["pet", "car"], [0, 0, 1, 1])
        >>> adjusted_rand(kinds, Grouping(["a", "b"], [1, 1, 0, 0]))
        1.0
        >>> round(adjusted_rand(kinds, Grouping(["a", "b"], [0, 1, 0, 1])), 3)
        -0.5

    Reference:
        Hubert and Arabie: Comparing partitions, Journal of Classification 2,
        1985.
    """
    if one.num_classes != other.num_classes:
        raise ValueError(
            f"Expected groupings of the same classes, got {one.num_classes} "
            f"and {other.num_classes}."
        )
    shared = one.of_class.astype(np.int64) * other.num_groups + other.of_class
    both, first, second = (
        _pairs(np.unique(groups, return_counts=True)[1])
        for groups in (shared, one.of_class, other.of_class)
    )
    total = _pairs(np.array([one.num_classes]))
    by_chance = first * second / total if total else 0.0
    most = (first + second) / 2
    if most == by_chance:  # all in one group in both, or each in its own
        return 1.0
    return float((both - by_chance) / (most - by_chance))


def _pairs(sizes: np.ndarray) -> float:
    return float((sizes * (sizes - 1.0) / 2).sum())
