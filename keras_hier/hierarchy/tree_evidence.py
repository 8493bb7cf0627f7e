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


def inside_held_out(
    merged: FloatArray,
    of_place: np.ndarray,
    ids: Sequence[str],
    levels: Sequence[Grouping],
    pairs: tuple[np.ndarray, np.ndarray],
    counts: np.ndarray,
) -> FloatArray:
    """Returns the share of other errors inside as many groups of this tree."""
    table = linkage_table(merged, [ids[label] for label in of_place.tolist()])
    tree = CutTree(*table)
    alone = len(ids) - len(of_place)
    shares = []
    for level in levels:
        of_class = np.full(len(ids), -1)
        groups = max(level.num_groups - alone, 1)
        for group, node in enumerate(cuts.by_groups(tree, groups)):
            labels = tree.order[tree.start[node] : tree.stop[node]]
            of_class[of_place[labels]] = group
        shares.append(inside_share(of_class, pairs, counts))
    return np.array(shares)
