"""How far the groups of a computed tree can be believed."""

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from keras_hier.hierarchy import cuts
from keras_hier.hierarchy.condensed_tree import members_of
from keras_hier.hierarchy.cut_tree import CutTree
from keras_hier.hierarchy.grouping import Grouping
from keras_hier.hierarchy.sources import linkage_table

FloatArray = npt.NDArray[np.float64]


def support_of(
    tree: CutTree,
    place: np.ndarray,
    draws: Iterable[FloatArray],
    rng: np.random.Generator,
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Returns how far groups come back in new trees, and random ones.

    Args:
        tree: of C classes, V nodes.
        place: int [C], the place of each class in the linkages, -1 if it has
            none.
        draws: linkages of n places.
        rng: draws the random groups.
    """
    groups = np.flatnonzero((tree.labels < 0) & (tree.parents >= 0))
    size = int((place >= 0).sum())
    inside = np.zeros((len(groups), size), np.float32)
    for row, node in enumerate(groups):
        inside[row, place[tree.order[tree.start[node] : tree.stop[node]]]] = 1
    best = np.zeros((2, len(groups)))
    count = 0
    for merged in draws:
        members = members_of(merged)
        for row, sets in enumerate((inside, inside[:, rng.permutation(size)])):
            shared = sets @ members.T
            whole = sets.sum(axis=1)[:, None] + members.sum(axis=1) - shared
            best[row] += (shared / whole).max(axis=1)
        count += 1
    if not count:
        return (), ()
    found = np.ones((2, len(tree.parents)))
    found[:, groups] = best / count
    return tuple(found[0].tolist()), tuple(found[1].tolist())


def inside_share(
    of_class: np.ndarray,
    pairs: tuple[np.ndarray, np.ndarray],
    counts: np.ndarray,
) -> float:
    """Returns the share of some errors that is inside the groups."""
    same = of_class[pairs[0]] == of_class[pairs[1]]
    total = counts.sum()
    return float(counts[same].sum() / total) if total else 0.0


def inside_by_chance(level: Grouping) -> float:
    """Returns the share of pairs of classes that are in one group."""
    sizes = np.bincount(level.of_class).astype(float)
    total = sizes.sum()
    return float((sizes * (sizes - 1)).sum() / (total * (total - 1)))


def groups_of_linkage(
    merged: FloatArray, of_place: np.ndarray, size: int, wanted: Sequence[int]
) -> list[np.ndarray]:
    """Returns the groups of the classes in cuts of a linkage.

    Args:
        merged: linkage of n places.
        of_place: int [n], the class at each place.
        size: how many classes there are; those at no place are groups of
            their own.
        wanted: how many groups each cut has, those included.

    Returns:
        For each cut the number of the group of each class, int [C].
    """
    tree = CutTree(*linkage_table(merged, [f"{at}" for at in of_place]))
    alone = np.setdiff1d(np.arange(size), of_place)
    found = []
    for groups in wanted:
        of_class = np.empty(size, np.int64)
        nodes = cuts.by_groups(tree, max(groups - len(alone), 1))
        for group, node in enumerate(nodes):
            labels = tree.order[tree.start[node] : tree.stop[node]]
            of_class[of_place[labels]] = group
        of_class[alone] = len(nodes) + np.arange(len(alone))
        found.append(of_class)
    return found
