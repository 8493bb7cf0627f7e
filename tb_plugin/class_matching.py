"""Finds the classes of one matrix among those of another, by their ids."""

from typing import NamedTuple

import numpy as np
from scipy import sparse

from keras_hier.hierarchy import Hierarchy
from keras_hier.log.container import CodecError
from keras_hier.scores import Counts, node_counts


class Classes(NamedTuple):
    """What the labels of a matrix stand for.

    Attributes:
        tree: the tree over the C rows.
        sizes: int [C], how many classes each row holds: more than one where
            the rows are groups of a head.
        key: what the tree and the groups are known by in the log.
        rows: which row holds each class, by its id; None where each row is the
            class of the tree, or nothing is known of them.
    """

    tree: Hierarchy
    sizes: np.ndarray
    key: tuple[str, str | None]
    rows: dict[str, int] | None = None


class Match(NamedTuple):
    """Where the classes of the other tree lie among those of the one shown.

    Attributes:
        own: int64 [C], each label of the tree shown, -1 where the other lacks
            it.
        places: int64 [D], the label shown of each label of the other, -1
            where the tree shown lacks it.
    """

    own: np.ndarray
    places: np.ndarray

    @property
    def is_whole(self) -> bool:
        """Whether no class is in one of the trees only."""
        return bool((self.own >= 0).all() and (self.places >= 0).all())


def match_classes(shown: Classes, other: Classes) -> Match:
    """Matches the rows of two matrices.

    A class below a class of the tree shown goes into it, so that single
    classes can be compared with the groups of a head; groups that hold other
    classes in the two match nothing.

    Raises:
        CodecError: no class is in both, or both have groups that are known by
            their numbers only.
    """
    tree = shown.tree
    if shown.key != other.key and all(map(_is_numbered, (tree, other.tree))):
        raise CodecError(
            "The two matrices are of groups that have numbers only, each of "
            "its own. Only groups of one tree and grouping are tested."
        )
    labels = {name: label for label, name in enumerate(tree.classes)}
    places = _labels_from_above(other.tree, labels)[other.tree.leaves]
    is_placed = places >= 0
    found = np.bincount(
        places[is_placed], other.sizes[is_placed], len(shown.sizes)
    )
    is_own = found == shown.sizes
    rows = shown.rows
    if rows is None and (shown.sizes == 1).all():
        rows = labels
    if rows is not None:
        # As many classes under one name need not be the same ones.
        is_own &= _found_there(rows, other, places) == shown.sizes
    own = np.where(is_own, np.arange(len(found)), -1)
    places = np.where(places >= 0, own[places], -1)
    if (own < 0).all():
        raise CodecError(
            f"The two matrices share no class: of {len(own):,} and "
            f"{len(places):,} none have the same id."
        )
    return Match(own, places)


def _found_there(
    rows: dict[str, int], other: Classes, places: np.ndarray
) -> np.ndarray:
    """Counts the classes of each row that the other has in its place.

    Args:
        rows: of the classes shown, by id.
        other: what stands beside it.
        places: the row shown of each row of the other, -1 for none.

    Returns:
        int64 [C].
    """
    there = other.rows
    if there is None:
        there = {name: row for row, name in enumerate(other.tree.classes)}
    here = np.fromiter(rows.values(), np.int64, len(rows))
    theirs = np.fromiter((there.get(name, -1) for name in rows), np.int64)
    is_there = (theirs >= 0) & (places[theirs] == here)
    return np.bincount(here[is_there], minlength=int(here.max()) + 1)


def _labels_from_above(tree: Hierarchy, labels: dict[str, int]) -> np.ndarray:
    """Returns the label of each node, or else of the nearest node above.

    Args:
        tree: with V nodes.
        labels: of ids.

    Returns:
        int64 [V], -1 where neither has any.
    """
    found: list[int] = []
    # A node stands behind the one above it.
    for name, above in zip(tree.node_ids, tree.parents.tolist(), strict=True):
        inherited = found[above] if above >= 0 else -1
        found.append(labels.get(name, inherited))
    return np.array(found)


def _is_numbered(tree: Hierarchy) -> bool:
    return all(
        name == f"group {label}" for label, name in enumerate(tree.classes)
    )


class Placed(NamedTuple):
    """A matrix in the places of the tree shown.

    Attributes:
        counts: int [C, C], of the shared classes only.
        missed: int64 [C], samples of each class that are named one which is
            not shared.
    """

    counts: sparse.coo_array
    missed: np.ndarray


def place_counts(
    matrix: sparse.csr_array, places: np.ndarray, size: int
) -> Placed:
    """Moves the cells of a matrix to where their classes are.

    Args:
        matrix: counts [D, D].
        places: int64 [D], the new label of each, -1 for none.
        size: C.
    """
    cells = sparse.coo_array(matrix)
    rows, columns = places[cells.row], places[cells.col]
    is_shared = (rows >= 0) & (columns >= 0)
    is_missed = (rows >= 0) & (columns < 0)
    return Placed(
        sparse.coo_array(
            (cells.data[is_shared], (rows[is_shared], columns[is_shared])),
            (size, size),
        ),
        np.bincount(
            rows[is_missed], cells.data[is_missed], minlength=size
        ).astype(np.int64),
    )


def without_right(side: Placed) -> Placed:
    """Returns the errors alone: nothing on the diagonal."""
    cells = side.counts
    wrong = cells.row != cells.col
    return side._replace(
        counts=sparse.coo_array(
            (cells.data[wrong], (cells.row[wrong], cells.col[wrong])),
            cells.shape,
        )
    )


def counts_of_nodes(side: Placed, tree: Hierarchy) -> Counts:
    """Counts a matrix; what is named out there is a sample that was missed."""
    counts = node_counts(side.counts, tree)
    below = np.concatenate([[0], np.cumsum(side.missed[tree.order])])
    missed = below[tree.stop] - below[tree.start]
    return counts._replace(actual=counts.actual + missed)


def counts_of_groups(side: Placed, of_class: np.ndarray) -> sparse.coo_array:
    """Sums a matrix over groups; the last column is what they are missed as."""
    cells, groups = side.counts, int(of_class.max()) + 1
    rows = np.concatenate([of_class[cells.row], of_class])
    outside = np.full(len(of_class), groups)
    columns = np.concatenate([of_class[cells.col], outside])
    counts = np.concatenate([cells.data, side.missed])
    return sparse.coo_array((counts, (rows, columns)), (groups + 1,) * 2)
