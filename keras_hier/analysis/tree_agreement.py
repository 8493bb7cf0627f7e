"""How far a tree agrees with the one that the errors of a classifier make."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from keras_hier.hierarchy.class_distances import (
    linked,
    symmetric,
    walk_distances,
)
from keras_hier.hierarchy.grouping import Grouping
from keras_hier.hierarchy.hierarchy import Hierarchy
from keras_hier.hierarchy.tree_evidence import groups_of_linkage, inside_share
from keras_hier.scores.block_confusion import (
    block_confusion_chance,
    block_confusion_ratio,
)
from keras_hier.scores.confusion_scores import cells
from keras_hier.scores.grouping_agreement import adjusted_rand

FloatArray = npt.NDArray[np.float64]


class TreeAgreement(NamedTuple):
    """A tree beside one of the errors, at each of its L levels but the last.

    Each level is looked at beside as many groups of the other tree: shares of
    the errors that lie inside groups are compared only for as many groups.

    Attributes:
        groups: int64 [L], how many there are.
        adjusted_rand: float64 [L], of the groups of both: 0 by chance, 1 for
            the same ones.
        halves: float64 [L], the same for the trees of two halves of the errors:
            what can be expected of two trees that differ by chance alone.
        inside: float64 [L], the share of the errors inside the tree's groups.
        inside_chance: float64 [L], if each error drew its class by how often
            classes are predicted.
        errors_inside: float64 [L], the share inside the groups that the errors
            make: these were made to have them inside.
        errors_unseen: float64 [L], the same for trees made from half of the
            errors and looked at with the other half. NaN where errors are not
            of samples of their own, as are the halves then.
        errors_chance: float64 [L], as `inside_chance`, for those groups.
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

    The other tree is that of `Hierarchy.from_confusions`, before groups are
    left out of it: so it can be cut into as many groups as any level has.
    Classes that are never confused are groups of their own in it.

    Args:
        matrix: counts [C, C], rows true and columns predicted, in label order:
            an array or a SciPy sparse array.
        hierarchy: the tree over the C classes.
        seed: of the draw that halves the errors.
        independent: whether each error is of another sample. Where the counts
            of several epochs were added up it is not.

    Returns:
        The levels, coarse to fine. Of a tree with one level there are none.

    Raises:
        ValueError: no counts [C, C].

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
    levels = hierarchy.levels()[:-1]
    wanted = [level.num_groups for level in levels]
    rows, columns, counts = cells(matrix, hierarchy.num_classes)
    is_error = rows != columns
    pairs = rows[is_error], columns[is_error]
    errors = counts[is_error]
    made = _groups_of_errors(pairs, errors, hierarchy.num_classes, wanted)
    halves = unseen = np.full(len(levels), np.nan)
    if independent:
        half = np.random.default_rng(seed).binomial(errors, 0.5)
        parts = half, errors - half
        one, other = (
            _groups_of_errors(pairs, part, hierarchy.num_classes, wanted)
            for part in parts
        )
        halves = _of_each(adjusted_rand, one, other)
        unseen = (
            _of_each(lambda g: inside_share(g.of_class, pairs, parts[1]), one)
            + _of_each(
                lambda g: inside_share(g.of_class, pairs, parts[0]), other
            )
        ) / 2
    return TreeAgreement(
        np.array(wanted, np.int64),
        _of_each(adjusted_rand, levels, made),
        halves,
        _of_each(lambda g: block_confusion_ratio(matrix, g), levels),
        _of_each(lambda g: block_confusion_chance(g, matrix), levels),
        _of_each(lambda g: inside_share(g.of_class, pairs, errors), made),
        unseen,
        _of_each(lambda g: block_confusion_chance(g, matrix), made),
    )


def _of_each(score: Any, *groupings: Any) -> FloatArray:
    return np.array([score(*each) for each in zip(*groupings, strict=True)])


def _groups_of_errors(
    pairs: tuple[np.ndarray, np.ndarray],
    counts: np.ndarray,
    size: int,
    wanted: list[int],
) -> list[Grouping]:
    """Returns cuts of the tree of some errors into as many groups as wanted."""
    confused = np.unique(np.concatenate(pairs))
    if len(confused) < 2:
        cuts = [np.arange(size)] * len(wanted)
    else:
        place = np.full(size, -1)
        place[confused] = np.arange(len(confused))
        rows, columns = place[pairs[0]], place[pairs[1]]
        together = symmetric(rows, columns, counts, len(confused))
        merged = linked(walk_distances(together))
        cuts = groups_of_linkage(merged, confused, size, wanted)
    return [
        Grouping([str(at) for at in range(of_class.max() + 1)], of_class)
        for of_class in cuts
    ]
