"""How far the groups of a computed tree can be believed."""

from collections.abc import Iterable, Sequence

import numpy as np

from keras_hier.blas_threads import one_blas_thread
from keras_hier.hierarchy.computed.class_distances import (
    linked,
    symmetric,
    walk_distances,
)
from keras_hier.hierarchy.computed.condensed_tree import members_of
from keras_hier.hierarchy.sources.sources import linkage_table
from keras_hier.hierarchy.tree import cuts
from keras_hier.hierarchy.tree.cut_tree import CutTree
from keras_hier.hierarchy.tree.grouping import Grouping
from keras_hier.tensors import FloatArray


def support_of(
    tree: CutTree,
    place: np.ndarray,
    draws: Iterable[FloatArray],
    rng: np.random.Generator,
    halves: Iterable[tuple[FloatArray, FloatArray]] = (),
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Returns how far groups come back in new trees, and random ones.

    Draws from the same errors share their noise: with errors at random, groups
    of 20 classes come back with 0.6 in draws, but with 0.4 in other errors. Two
    halves share none. The group in the tree of one half that is most like a
    given group is looked for in the tree of the other. Few errors make that
    uncertain. So the support is the mean of this and of the draws, scaled to
    the same total.

    Returns:
        The share in common (Jaccard) of each node and the group most like it,
        averaged; 1 for classes and root. Empty without draws.
    """
    groups = np.flatnonzero((tree.labels < 0) & (tree.parents >= 0))
    size = int((place >= 0).sum())
    inside = np.zeros((len(groups), size), np.float32)
    for row, node in enumerate(groups):
        inside[row, place[tree.order[tree.start[node] : tree.stop[node]]]] = 1
    drawn, by_chance, held_out = np.zeros((3, len(groups)))
    count = looks = 0
    for merged in draws:
        members = members_of(merged)
        drawn += _most_alike(inside, members)[0]
        by_chance += _most_alike(inside[:, rng.permutation(size)], members)[0]
        count += 1
    if not count:
        return (), ()
    support = drawn / count
    for pair in halves:
        one, other = map(members_of, pair)
        for here, there in ((one, other), (other, one)):
            _, alike = _most_alike(inside, here)
            held_out += _most_alike(here[alike], there)[0]
            looks += 1
    if looks and len(groups):
        held_out /= looks
        scaled = support * held_out.mean() / support.mean()
        support = np.minimum((held_out + scaled) / 2, 1)
    found = np.ones((2, len(tree.parents)))
    found[:, groups] = support, by_chance / count
    return tuple(found[0].tolist()), tuple(found[1].tolist())


def _most_alike(
    sets: np.ndarray, others: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Returns how much each set shares with the one most like it, and which."""
    with one_blas_thread():
        shared = sets @ others.T
    whole = sets.sum(axis=1)[:, None] + others.sum(axis=1) - shared
    jaccard = shared / whole
    return jaccard.max(axis=1), jaccard.argmax(axis=1)


def inside_share(
    of_class: np.ndarray,
    pairs: tuple[np.ndarray, np.ndarray],
    counts: np.ndarray,
) -> float:
    """Returns the share of some errors inside the groups, or NaN."""
    one, other = of_class[pairs[0]], of_class[pairs[1]]
    counts = np.where((one >= 0) & (other >= 0), counts, 0)
    total = counts.sum()
    return float(counts[one == other].sum() / total) if total else np.nan


def inside_by_chance(
    of_class: np.ndarray,
    pairs: tuple[np.ndarray, np.ndarray],
    counts: np.ndarray,
    predicted: np.ndarray,
) -> float:
    """Returns that share if each error drew its wrong class anew.

    It draws by how often each class is predicted, as `block_confusion_chance`:
    in unbalanced data most errors are with the large classes.
    """
    one, other = of_class[pairs[0]], of_class[pairs[1]]
    counts = np.where((one >= 0) & (other >= 0), counts, 0)
    mistakes = np.bincount(pairs[0], counts, len(of_class))
    kept = of_class >= 0
    predicted = np.where(kept, predicted, 0)
    of_group = np.bincount(of_class[kept], predicted[kept], 1)
    # A class that is always predicted has no mistakes.
    others = np.maximum(predicted.sum() - predicted, 1)
    inside = (of_group[np.maximum(of_class, 0)] - predicted) / others
    total = mistakes.sum()
    return float(mistakes[kept] @ inside[kept] / total) if total else np.nan


def groups_of_errors(
    pairs: tuple[np.ndarray, np.ndarray],
    counts: np.ndarray,
    levels: Sequence[Grouping],
) -> list[np.ndarray]:
    """Cuts the tree of some errors into as many groups as levels have.

    Both are counted among the classes that these errors confuse: were each
    other class a group, few would be left for the confused ones.

    Returns:
        The group of each class for each level, int [C], -1 for classes that are
        not confused. All are -1 if the confused ones lie in one group of the
        level, or each in its own.
    """
    some = counts > 0
    both = np.concatenate([pair[some] for pair in pairs])
    confused, places = np.unique(both, return_inverse=True)
    found = [np.full(level.num_classes, -1) for level in levels]
    size = len(confused)
    # Two classes lie in one group, or each in its own.
    if not levels or size < 3:
        return found
    rows, columns = np.split(places, 2)
    together = symmetric(rows, columns, counts[some], size)
    merged = linked(walk_distances(together))
    tree = CutTree(*linkage_table(merged, [f"{at}" for at in confused]))
    for level, of_class in zip(levels, found, strict=True):
        wanted = len(np.unique(level.of_class[confused]))
        nodes = cuts.by_groups(tree, wanted) if 1 < wanted < size else ()
        for group, node in enumerate(nodes):
            inside = tree.order[tree.start[node] : tree.stop[node]]
            of_class[confused[inside]] = group
    return found
