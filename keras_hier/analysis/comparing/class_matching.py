"""Finds the classes of one matrix among those of another, by their ids."""

from typing import NamedTuple

import numpy as np
from scipy import sparse

from keras_hier.hierarchy.hierarchy import Hierarchy
from keras_hier.hierarchy.tree.grouping import Grouping
from keras_hier.log.records.container import CodecError
from keras_hier.scores.confusion_scores import Counts, node_counts


class Classes(NamedTuple):
    """The classes that the labels of a matrix stand for.

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


def rows_of_classes(whole: Hierarchy, groups: Grouping) -> dict[str, int]:
    """Returns the group that holds each class of a whole tree, by its id."""
    return dict(zip(whole.classes, groups.of_class.tolist(), strict=True))


class Places(NamedTuple):
    """Where the classes of a matrix lie in the tree shown.

    Attributes:
        labels: int64 [D], the label shown of each class, -1 where one of the
            two trees lacks it.
        above: int64 [D], the group of the tree shown that each class is in:
            the nearest one that its own tree knows too, the root if there is
            no other.
    """

    labels: np.ndarray
    above: np.ndarray


class Match(NamedTuple):
    """Where the classes of two trees lie in the one shown.

    Attributes:
        own: those of the tree shown [C]; -1 where the other lacks it.
        places: those of the other [D]; -1 where the tree shown lacks it.
    """

    own: Places
    places: Places

    @property
    def is_whole(self) -> bool:
        """Whether no class is in one of the trees only."""
        return all(bool((each.labels >= 0).all()) for each in self)


def match_classes(shown: Classes, other: Classes) -> Match:
    """Matches the rows of two matrices.

    A class below a class of the tree shown goes into it: so single classes are
    compared with the groups of a head.
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
    groups = {
        name: node
        for node, name in enumerate(tree.node_ids)
        if tree.labels[node] < 0
    }
    above = _labels_from_above(other.tree, groups)[other.tree.leaves]
    return Match(
        Places(own, tree.parents[tree.leaves]),
        Places(places, np.maximum(above, 0)),
    )


def _found_there(
    rows: dict[str, int], other: Classes, places: np.ndarray
) -> np.ndarray:
    """Counts the classes of each row that the other has there, int64 [C]."""
    there = other.rows
    if there is None:
        there = {name: row for row, name in enumerate(other.tree.classes)}
    here = np.fromiter(rows.values(), np.int64, len(rows))
    theirs = np.fromiter((there.get(name, -1) for name in rows), np.int64)
    is_there = (theirs >= 0) & (places[theirs] == here)
    return np.bincount(here[is_there], minlength=int(here.max()) + 1)


def _labels_from_above(tree: Hierarchy, labels: dict[str, int]) -> np.ndarray:
    """Returns the label of each node, or of the nearest above, or -1."""
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
        out: int [C, V], samples of each class that are named one which is not
            shared, by the group that holds what they are named.
    """

    counts: sparse.coo_array
    out: sparse.coo_array

    @property
    def missed(self) -> np.ndarray:
        """Int64 [C], samples of each class that are named out there."""
        return _sums(self.out, 1)


def place_counts(
    matrix: sparse.csr_array, places: Places, tree: Hierarchy
) -> Placed:
    """Moves the cells of a matrix to where their classes are."""
    size = tree.num_classes
    cells = sparse.coo_array(matrix)
    rows, columns = places.labels[cells.row], places.labels[cells.col]
    is_shared = (rows >= 0) & (columns >= 0)
    is_missed = (rows >= 0) & (columns < 0)
    above = places.above[cells.col[is_missed]]
    return Placed(
        sparse.coo_array(
            (cells.data[is_shared], (rows[is_shared], columns[is_shared])),
            (size, size),
        ),
        sparse.coo_array(
            (cells.data[is_missed], (rows[is_missed], above)),
            (size, len(tree.parents)),
        ),
    )


def _sums(counts: sparse.coo_array, axis: int) -> np.ndarray:
    return np.asarray(counts.sum(axis=axis), np.int64).ravel()


def _meeting(
    tree: Hierarchy, labels: np.ndarray, nodes: np.ndarray
) -> np.ndarray:
    """Returns the lowest nodes that hold both a class and a node."""
    rank = tree.rank[labels]
    is_within = (tree.start[nodes] <= rank) & (rank < tree.stop[nodes])
    first = tree.order[tree.start[nodes]]
    found: np.ndarray = np.where(is_within, nodes, tree.lca(labels, first))
    return found


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
    """Counts a matrix by node; what is named outside counts as missed."""
    counts = node_counts(side.counts, tree)
    # Depth first: what is below a node stands behind it.
    first = np.arange(len(tree.parents))
    last = np.searchsorted(tree.start, tree.stop)
    meeting = _meeting(tree, side.out.row, side.out.col)
    inside = np.bincount(meeting, side.out.data, len(first)).astype(np.int64)
    missed = _between(side.missed[tree.order], tree.start, tree.stop)
    return Counts(
        counts.true_positives + _between(inside, first, last),
        counts.actual + missed,
        counts.predicted + _between(_sums(side.out, 0), first, last),
    )


def _between(
    counts: np.ndarray, start: np.ndarray, stop: np.ndarray
) -> np.ndarray:
    sums = np.concatenate([[0], np.cumsum(counts)])
    found: np.ndarray = sums[stop] - sums[start]
    return found


class Cut(NamedTuple):
    """Nodes that hold each class once, as the groups of a level do.

    Attributes:
        groups: how many, G.
        of_class: int64 [C], the group of each class.
        of_node: int64 [V], the group that each node is, or lies in; G for
            those above.
    """

    groups: int
    of_class: np.ndarray
    of_node: np.ndarray


def cut_at(tree: Hierarchy, nodes: np.ndarray) -> Cut:
    """Returns the cut through some nodes, int [G] in display order."""
    groups = len(nodes)
    of_place = np.repeat(
        np.arange(groups), tree.stop[nodes] - tree.start[nodes]
    )
    of_class = np.empty(tree.num_classes, np.int64)
    of_class[tree.order] = of_place
    of_node = of_place[tree.start]
    # Nodes below a node stand behind it, also where both hold one class.
    cut = nodes[of_node]
    is_within = (np.arange(len(of_node)) >= cut) & (tree.stop <= tree.stop[cut])
    return Cut(groups, of_class, np.where(is_within, of_node, groups))


def counts_of_groups(side: Placed, cut: Cut) -> sparse.coo_array:
    """Sums a matrix over groups [G + 1, G + 1]; the last column is no group."""
    cells, out = side.counts, side.out
    rows = cut.of_class[np.concatenate([cells.row, out.row])]
    columns = np.concatenate([cut.of_class[cells.col], cut.of_node[out.col]])
    counts = np.concatenate([cells.data, out.data])
    return sparse.coo_array((counts, (rows, columns)), (cut.groups + 1,) * 2)
