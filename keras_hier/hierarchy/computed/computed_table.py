"""Computes the nodes of trees, from confusions or from class means."""

import warnings
from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
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
    flat_tree,
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
from keras_hier.hierarchy.tree.node_table import NodeTable, unique_ids
from keras_hier.hierarchy.tree.origin import Origin
from keras_hier.plausibility import require_label_order
from keras_hier.quantities import by_number, quantity
from keras_hier.tensors import to_numpy

FloatArray = npt.NDArray[np.float64]

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
    samples = round(float(counts.sum()))
    errors = sparse.coo_array(counts)
    is_error = errors.row != errors.col
    rows, columns = errors.row[is_error], errors.col[is_error]
    weights = np.rint(errors.data[is_error])
    total = int(weights.sum())
    _warn_of_few(total, len(ids))
    (confused,) = np.nonzero(
        np.bincount(rows, weights, len(ids))
        + np.bincount(columns, weights, len(ids))
    )
    place = np.full(len(ids), -1)
    place[confused] = np.arange(len(confused))
    rows, columns = place[rows], place[columns]
    size = len(confused)

    def joined(counts: np.ndarray) -> FloatArray:
        return linked(walk_distances(symmetric(rows, columns, counts, size)))

    if size < 2:
        return _with_origin(
            flat_tree(ids, shown), Origin("confusions", samples, 0)
        )
    apart = walk_distances(symmetric(rows, columns, weights, size))
    tree = condensed(linked(apart), confused, ids, shown, apart)
    tree = _ordered(tree, counts)
    rng = np.random.default_rng(seed)
    shares = weights / weights.sum()
    many, pairs_of_halves = _numbers(bootstrap)
    draws = (joined(rng.multinomial(total, shares)) for _ in range(many))
    parted = (
        (joined(half), joined(weights - half))
        for half in (
            rng.binomial(weights.astype(np.int64), 0.5)
            for _ in range(pairs_of_halves)
        )
    )
    levels = tree.levels()[:-1]
    pairs = (confused[rows], confused[columns])
    inside = tuple(
        inside_share(level.of_class, pairs, weights) for level in levels
    )
    predicted = np.asarray(counts.sum(axis=0)).ravel()
    by_chance = tuple(
        inside_by_chance(level.of_class, pairs, weights, predicted)
        for level in levels
    )
    if not independent:
        origin = Origin("confusions", samples, total)
        origin = origin._replace(inside=inside, inside_chance=by_chance)
        return _with_origin(tree, origin)
    support, chance = support_of(tree, place, draws, rng, parted)
    unseen = []
    for _ in range(HALVES):
        half = rng.binomial(weights.astype(np.int64), 0.5)
        for one, other in ((half, weights - half), (weights - half, half)):
            groups = groups_of_errors(pairs, one, levels)
            unseen.append(
                [
                    (
                        inside_share(of_class, pairs, other),
                        inside_by_chance(of_class, pairs, other, predicted),
                    )
                    for of_class in groups
                ]
            )
    held_out, held_chance = np.mean(unseen, axis=0).reshape(-1, 2).T
    is_known = bool(np.isfinite(held_out).all())
    origin = Origin(
        "confusions",
        samples,
        total,
        support,
        chance,
        inside,
        # None where half of the errors confuses too few classes for a level.
        tuple(held_out.tolist()) if is_known else (),
        # Of the groups of the halves, which are of other sizes.
        tuple(held_chance.tolist()) if is_known else by_chance,
    )
    return _with_origin(tree, origin)


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
        return _with_origin(flat_tree(ids, shown), Origin("means"))
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
    """Raises an error if a tree is not computed of so many classes.

    Raises:
        ValueError: they are more than `MOST_CLASSES`.
    """
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
        "no tree: all classes stand side by side"
        if not errors
        else "a tree that other samples may change: look at `support`"
    )
    warnings.warn(
        f"There {by_number(errors, 'is', 'are')} {quantity(errors, 'error')} "
        f"among {quantity(num_classes, 'class')}, {errors / num_classes:.1f} a "
        f"class. {by_number(errors, 'It makes', 'They make')} {what}.",
        stacklevel=3,
    )
