"""How far a tree agrees with the one that the errors of a classifier make."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import sparse

from keras_hier.hierarchy.computed.computed_table import MOST_CLASSES
from keras_hier.hierarchy.computed.tree_evidence import (
    groups_of_errors,
    inside_share,
)
from keras_hier.hierarchy.hierarchy import Hierarchy
from keras_hier.hierarchy.tree.grouping import Grouping
from keras_hier.scores.block_confusion import (
    block_confusion_chance,
    block_confusion_ratio,
)
from keras_hier.scores.confusion_scores import class_cells
from keras_hier.scores.grouping_agreement import adjusted_rand
from keras_hier.tensors import FloatArray


class TreeAgreement(NamedTuple):
    """A tree beside one of the errors, at each of its L levels but the last.

    Each level is compared with as many groups of the other tree. Classes that
    are never confused are left out of both, so a level may have fewer groups.
    NaN where the others form one group, or a group each.

    Attributes:
        groups: int64 [L], how many groups the level has of all classes.
        adjusted_rand: float64 [L], of the groups of both: 0 by chance, 1 for
            the same ones.
        halves: float64 [L], the same for the trees of two halves of the errors,
            which differ by chance alone; for classes confused in both.
        inside: float64 [L], the share of the errors inside the tree's groups.
        inside_chance: float64 [L], if each error drew its class by how often
            classes are predicted.
        errors_inside: float64 [L], the share inside the groups that the same
            errors make.
        errors_unseen: float64 [L], the same for trees made from half of the
            errors and read with the other half, between classes of that tree.
            NaN, as are the halves, unless errors are independent.
        errors_chance: float64 [L], as `inside_chance`, for those groups, if
            each error drew one of the classes that are confused.
    """

    groups: npt.NDArray[np.int64]
    adjusted_rand: FloatArray
    halves: FloatArray
    inside: FloatArray
    inside_chance: FloatArray
    errors_inside: FloatArray
    errors_unseen: FloatArray
    errors_chance: FloatArray


def tree_agreement(
    matrix: Any,
    hierarchy: Hierarchy,
    *,
    seed: int = 0,
    independent: bool = True,
) -> TreeAgreement:
    """Compares a tree with the one that the errors of a classifier make.

    The other tree is that of `Hierarchy.from_confusions` with all its groups,
    so it can be cut into as many as any level has. Classes that are never
    confused are not in it. Errors are independent if each is of another sample,
    as they are not in the sum of several epochs. A tree of one level has none
    to compare.

    Example:
        >>> import numpy as np
        >>> matrix = np.diag([90] * 6) + np.kron(
        ...     np.eye(3, dtype=int), [[0, 10], [10, 0]])
        >>> tree = Hierarchy.from_paths(
        ...     [("p", "a"), ("p", "b"), ("q", "c"),
        ...      ("q", "d"), ("r", "e"), ("r", "f")])
        >>> found = tree_agreement(matrix, tree)
        >>> found.groups.tolist(), found.adjusted_rand.tolist()
        ([3], [1.0])
        >>> found.inside.tolist(), found.inside_chance.round(2).tolist()
        ([1.0], [0.2])

    Reference:
        Hubert and Arabie: Comparing partitions, Journal of Classification 2,
        1985.
    """
    if hierarchy.num_classes > MOST_CLASSES:
        raise ValueError(
            f"The tree of errors is computed of at most {MOST_CLASSES:,} "
            f"classes, got {hierarchy.num_classes:,}."
        )
    levels = hierarchy.levels()[:-1]
    rows, columns, counts = class_cells(matrix, hierarchy)
    is_error = rows != columns
    pairs = rows[is_error], columns[is_error]
    errors = counts[is_error]
    made = groups_of_errors(pairs, errors, levels)
    halves = unseen = np.full(len(levels), np.nan)
    if independent:
        half = np.random.default_rng(seed).binomial(errors, 0.5)
        parts = half, errors - half
        one, other = (groups_of_errors(pairs, part, levels) for part in parts)
        halves = _of_each(_agreement, one, other)
        unseen = (
            _of_each(lambda of: inside_share(of, pairs, parts[1]), one)
            + _of_each(lambda of: inside_share(of, pairs, parts[0]), other)
        ) / 2
    given = [level.of_class for level in levels]
    table = rows, columns, counts
    return TreeAgreement(
        np.array([level.num_groups for level in levels], np.int64),
        _of_each(_agreement, given, made),
        halves,
        _of_each(lambda g: block_confusion_ratio(matrix, g), levels),
        _of_each(lambda g: block_confusion_chance(g, matrix), levels),
        _of_each(lambda of: inside_share(of, pairs, errors), made),
        unseen,
        _of_each(lambda of: _inside_by_chance(of, table), made),
    )


def _of_each(score: Any, *groupings: Any) -> FloatArray:
    return np.array([score(*each) for each in zip(*groupings, strict=True)])


def _agreement(one: np.ndarray, other: np.ndarray) -> float:
    """Returns the adjusted Rand index of the classes that are in both."""
    both = (one >= 0) & (other >= 0)
    groupings = [_grouping(of_class[both]) for of_class in (one, other)]
    if not all(1 < each.num_groups < each.num_classes for each in groupings):
        return np.nan
    return adjusted_rand(*groupings)


def _inside_by_chance(
    of_class: np.ndarray, table: tuple[np.ndarray, np.ndarray, np.ndarray]
) -> float:
    """Returns the chance of `block_confusion_chance` of the classes within."""
    (within,) = np.nonzero(of_class >= 0)
    rows, columns, counts = table
    is_within = (of_class[rows] >= 0) & (of_class[columns] >= 0)
    places = (
        np.searchsorted(within, each[is_within]) for each in (rows, columns)
    )
    matrix = sparse.coo_array(
        (counts[is_within], tuple(places)), (len(within), len(within))
    )
    return block_confusion_chance(_grouping(of_class[within]), matrix)


def _grouping(numbers: np.ndarray) -> Grouping:
    """Returns the groups of classes that have the same number."""
    found, of_class = np.unique(numbers, return_inverse=True)
    return Grouping([str(number) for number in found], of_class)
