"""Computes the nodes of trees, from confusions or from class means."""

import warnings
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from scipy import sparse

from keras_hier.hierarchy.computed.class_distances import (
    correlation,
    linked,
    standardised,
    symmetric,
    walk_distances,
)
from keras_hier.hierarchy.computed.condensed_tree import (
    condensed,
    display_names,
)
from keras_hier.hierarchy.computed.tree_evidence import (
    groups_of_errors,
    inside_by_chance,
    inside_share,
    support_of,
)
from keras_hier.hierarchy.orders.sibling_orders import order_siblings
from keras_hier.hierarchy.tree import transforms
from keras_hier.hierarchy.tree.cut_tree import CutTree
from keras_hier.hierarchy.tree.hierarchy_error import HierarchyError
from keras_hier.hierarchy.tree.node_table import (
    NodeTable,
    flat_table,
    unique_ids,
)
from keras_hier.hierarchy.tree.origin import Origin
from keras_hier.plausibility import require_label_order
from keras_hier.quantities import by_number, quantity
from keras_hier.tensors import FloatArray, to_numpy

MOST_CLASSES = 5_000
# Errors a class, below which a tree says little.
FEW_ERRORS = 5
# Random halves of the errors, each used in both directions.
HALVES = 2


def confusions_table(
    matrix: Any,
    classes: Iterable[str],
    names: Iterable[str] | None,
    bootstrap: int,
    seed: int,
    independent: bool = True,
) -> NodeTable:
    """Returns the nodes of `tree_from_confusions`, and their origin."""
    ids = unique_ids(classes)
    shown = display_names(ids, names)
    require_label_order(matrix, ids)
    counts = _counts(matrix, len(ids))
    pairs, weights = _errors(counts)
    total = int(weights.sum())
    _warn_of_few(total, len(ids))
    confused, places = np.unique(np.stack(pairs), return_inverse=True)
    rows, columns = places.reshape(2, -1)
    size = len(confused)
    origin = Origin("confusions", round(float(counts.sum())), total)
    if size < 2:
        return flat_table(ids, shown)._replace(origin=origin)

    def joined(counts: np.ndarray) -> FloatArray:
        return linked(walk_distances(symmetric(rows, columns, counts, size)))

    apart = walk_distances(symmetric(rows, columns, weights, size))
    groups = condensed(linked(apart), confused, ids, shown, apart)
    tree = _ordered(groups, counts)
    levels = tree.levels()[:-1]
    predicted = counts.sum(axis=0)
    of_class = [level.of_class for level in levels]
    inside, chance = _inside(of_class, pairs, weights, predicted)
    origin = origin._replace(inside=inside, inside_chance=chance)
    if not independent:
        return _with_origin(tree, origin)
    rng = np.random.default_rng(seed)
    many, pairs_of_halves = _numbers(bootstrap)
    shares = weights / total
    draws = (joined(rng.multinomial(total, shares)) for _ in range(many))
    parted = (
        (joined(one), joined(two))
        for one, two in _halves(weights, pairs_of_halves, rng)
    )
    place = np.full(len(ids), -1)
    place[confused] = np.arange(size)
    support, chance = support_of(tree, place, draws, rng, parted)
    origin = origin._replace(support=support, support_chance=chance)
    unseen = [
        _inside(groups_of_errors(pairs, part, levels), pairs, other, predicted)
        for one, two in _halves(weights, HALVES, rng)
        for part, other in ((one, two), (two, one))
    ]
    held_out, held_chance = np.mean(unseen, axis=0).tolist()
    # Half of the errors may confuse too few classes for a level.
    if np.isfinite(held_out).all():
        origin = origin._replace(
            inside_held_out=tuple(held_out), inside_chance=tuple(held_chance)
        )
    return _with_origin(tree, origin)


def _errors(
    counts: FloatArray,
) -> tuple[tuple[np.ndarray, np.ndarray], np.ndarray]:
    """Returns rows and columns of the cells off the diagonal, and counts."""
    errors = sparse.coo_array(counts)
    off = errors.row != errors.col
    return (errors.row[off], errors.col[off]), np.rint(errors.data[off])


def _halves(
    counts: np.ndarray, number: int, rng: np.random.Generator
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yields random halves of errors, and the other halves."""
    for _ in range(number):
        half = rng.binomial(counts.astype(np.int64), 0.5)
        yield half, counts - half


def _inside(
    groups: Sequence[np.ndarray],
    pairs: tuple[np.ndarray, np.ndarray],
    counts: np.ndarray,
    predicted: np.ndarray,
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Returns the shares of errors inside the groups of levels, and chance."""
    return (
        tuple(inside_share(each, pairs, counts) for each in groups),
        tuple(
            inside_by_chance(each, pairs, counts, predicted) for each in groups
        ),
    )


def means_table(
    means: Any,
    classes: Iterable[str],
    names: Iterable[str] | None,
    bootstrap: int,
    seed: int,
) -> NodeTable:
    """Returns the nodes of `tree_from_means`, and their origin."""
    ids = unique_ids(classes)
    check_size(len(ids))
    require_label_order(means, ids, ("index",))
    scores = standardised(means, len(ids))
    rng = np.random.default_rng(seed)
    shown = display_names(ids, names)
    everyone = np.arange(len(ids))
    if len(ids) < 3:
        return flat_table(ids, shown)._replace(origin=Origin("means"))
    alike = correlation(scores)
    apart = 1 - alike
    tree = condensed(linked(apart), everyone, ids, shown, apart)
    tree = _ordered(tree, np.where(np.eye(len(ids)), 0, alike + 1))
    features = int(scores.shape[1])

    def joined(chosen: np.ndarray) -> FloatArray:
        return linked(1 - correlation(scores[:, chosen]))

    many, pairs_of_halves = _numbers(bootstrap)
    draws = (
        joined(rng.integers(features, size=(features,))) for _ in range(many)
    )
    # A single feature does not correlate.
    parted = (
        (joined(order[: features // 2]), joined(order[features // 2 :]))
        for order in (
            rng.permutation(features)
            for _ in range(pairs_of_halves if features > 3 else 0)
        )
    )
    support, chance = support_of(tree, everyone, draws, rng, parted)
    return _with_origin(tree, Origin("means", 0, 0, support, chance))


def _numbers(bootstrap: int) -> tuple[int, int]:
    """Returns how many draws there are, and pairs of halves: two trees each."""
    return -(-bootstrap // 2), -(-bootstrap // 4)


def _ordered(tree: CutTree, alike: FloatArray) -> CutTree:
    table = transforms.reordered(tree, order_siblings(tree, alike))
    return CutTree(*table)


def _with_origin(tree: CutTree, origin: Origin) -> NodeTable:
    return NodeTable(
        tree.parents.tolist(),
        list(tree.node_ids),
        list(tree.node_names),
        tree.labels.tolist(),
        None,
        origin,
    )


def check_size(num_classes: int) -> None:
    """Raises an error if a tree is not computed of so many classes."""
    if num_classes > MOST_CLASSES:
        raise ValueError(
            f"A tree is computed of at most {MOST_CLASSES:,} classes, got "
            f"{num_classes:,}: give one, such as Hierarchy.from_csv."
        )


def _counts(matrix: Any, num_classes: int) -> FloatArray:
    if not sparse.issparse(matrix):
        matrix = to_numpy(matrix)
    shape = matrix.shape
    if shape != (num_classes, num_classes):
        raise HierarchyError(
            f"Expected counts [{num_classes}, {num_classes}], a row and a "
            f"column for each class, got shape {shape}."
        )
    check_size(num_classes)
    dense = matrix.toarray() if sparse.issparse(matrix) else matrix
    counts = np.array(dense, np.float64)
    whole = np.isfinite(counts) & (counts >= 0) & (counts == np.rint(counts))
    if not whole.all():
        wrong = counts[~whole][0]
        raise ValueError(
            "Expected counts of samples, whole numbers from 0, got "
            f"{wrong:g}. Shares do not say how many errors there were."
        )
    # First one cell: a sum of the largest numbers would overflow.
    if counts.max(initial=0) >= 2**53 or counts.sum() >= 2**53:
        raise ValueError("Expected counts of fewer than 2^53 samples.")
    return counts


def _warn_of_few(errors: int, num_classes: int) -> None:
    if errors >= FEW_ERRORS * num_classes:
        return
    what = (
        "no groups: all classes stand side by side"
        if not errors
        else "groups that other samples may change"
    )
    warnings.warn(
        f"There {by_number(errors, 'is', 'are')} {quantity(errors, 'error')} "
        f"among {quantity(num_classes, 'class')}, {errors / num_classes:.1f} a "
        f"class. {by_number(errors, 'It makes', 'They make')} {what}.",
        stacklevel=3,
    )
