"""The share of the mistakes that stay inside their group, against chance."""

from typing import Any

import numpy as np

from keras_hier.hierarchy.tree.grouping import Grouping
from keras_hier.scores.inputs import cells, share


def block_confusion_ratio(matrix: Any, grouping: Grouping) -> float:
    """Returns the share of the mistakes that stay inside their block.

    Compare it with `block_confusion_chance`.

    Args:
        matrix: counts [C, C].
        grouping: groups of the C classes.

    Returns:
        Off-diagonal samples inside blocks over all off-diagonal samples; NaN
        without mistakes.

    Example:
        >>> pets = Grouping(["pet", "car"], [0, 0, 1])
        >>> block_confusion_ratio([[1, 1, 0], [0, 2, 0], [0, 1, 3]], pets)
        0.5
    """
    rows, columns, samples = cells(matrix, grouping.num_classes)
    wrong = rows != columns
    inside = grouping.of_class[rows] == grouping.of_class[columns]
    return share(samples[wrong & inside].sum(), samples[wrong].sum())


def block_confusion_chance(grouping: Grouping, matrix: Any = None) -> float:
    """Returns the share of mistakes inside blocks expected by chance.

    Without a matrix every wrong class is equally likely. With one, each of its
    mistakes draws its wrong class anew, by how often each class is predicted. A
    mistake about class i lands on class j with the chance q_j / (1 - q_i), q_j
    the share of column j in all samples. So a network that predicts few
    classes, or classes of few groups, is not praised for it.

    Args:
        grouping: groups of C classes, of sizes n_g.
        matrix: counts [C, C], rows true and columns predicted.

    Returns:
        sum n_g (n_g - 1) / (C (C - 1)), NaN for a single class. With a matrix
        sum e_i (Q_i - q_i) / (1 - q_i) / sum e_i. Here e_i are the mistakes
        about class i, Q_i is the share of all columns of its group. NaN without
        mistakes.

    Raises:
        ValueError: a matrix of another size, or not of counts.

    Example:
        >>> pets = Grouping(["pet", "car"], [0, 0, 1, 1])
        >>> block_confusion_chance(pets)
        0.3333333333333333
        >>> counts = [[4, 2, 0, 0], [0, 2, 0, 0], [0, 0, 2, 0], [0, 0, 0, 2]]
        >>> block_confusion_chance(pets, counts)  # q = 1/3, 1/3, 1/6, 1/6
        0.5
    """
    if matrix is None:
        sizes = np.asarray(grouping.sizes, np.int64)
        classes = int(sizes.sum())
        return share((sizes * (sizes - 1)).sum(), classes * (classes - 1))
    rows, columns, samples = cells(matrix, grouping.num_classes)
    wrong = rows != columns
    size = grouping.num_classes
    mistakes = np.bincount(rows[wrong], samples[wrong], size)
    predicted = np.bincount(columns, samples, size)
    of_group = np.bincount(grouping.of_class, predicted, grouping.num_groups)
    # A class that is always predicted has no mistakes.
    others = np.maximum(predicted.sum() - predicted, 1)
    inside = (of_group[grouping.of_class] - predicted) / others
    return share(float(mistakes @ inside), float(mistakes.sum()))
