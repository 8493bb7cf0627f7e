"""The content of a picture: one matrix, cut at a level of its tree."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from scipy import sparse

from keras_hier import scores
from keras_hier.hierarchy.hierarchy import Hierarchy
from keras_hier.hierarchy.tree import cuts
from keras_hier.report.short_names import ShortNames


@dataclass(frozen=True)
class Cells:
    """The nonzero cells that are drawn, n of them, in display order.

    Attributes:
        row: int [n], group of the true class.
        column: int [n], group of the predicted class.
        count: int [n], samples.
    """

    row: np.ndarray
    column: np.ndarray
    count: np.ndarray


class Subject:
    """A confusion matrix over a tree, and what follows from the two.

    A *position* counts leaves in display order, a *place* counts classes: a
    leaf that stands for several classes is as tall as they are.

    Args:
        matrix: counts [n, n], rows true and columns predicted, in label order;
            an array or a SciPy sparse array.
        tree: the tree over the n rows.
        sizes: int [n], the classes that each row stands for; 1 by default.
        groups: how many groups the level to show has; None for the finest.
        coarse: samples that stand in no cell, since only a group of several
            classes is known of them.

    Attributes:
        tree: the tree.
        edge: float [n + 1], the place where each position begins.
        levels: the nodes of every display level, coarse to fine.
        level: index of the level that is shown.
        counts: samples of every node of the tree.
        right: int [V], samples of every node whose very class was named.
        total: how many samples there are.
        errors: how many of them are off the diagonal.

    """

    def __init__(
        self,
        matrix: Any,
        tree: Hierarchy,
        sizes: Sequence[int] | np.ndarray | None = None,
        groups: int | None = None,
        coarse: int = 0,
    ) -> None:
        self.tree = tree
        self.coarse = coarse
        self.counts = scores.node_counts(matrix, tree)
        matrix = sparse.csr_array(matrix)
        self._matrix = matrix
        wide = np.ones(tree.num_classes) if sizes is None else np.array(sizes)
        self.edge = _sums(wide[tree.order])
        self.levels = [level.nodes for level in cuts.levels(tree)]
        self.level = self._index_of(groups)
        right = _sums(matrix.diagonal()[tree.order])
        self.right = (right[tree.stop] - right[tree.start]).astype(np.int64)
        self.total = int(self.counts.actual[0])
        self.errors = self.total - int(self.right[0])

    @property
    def groups(self) -> np.ndarray:
        """The nodes of the level that is shown, [G]."""
        return self.levels[self.level]

    @property
    def is_collapsed(self) -> bool:
        """Whether a cell stands for more than a pair of leaves."""
        return self.level < len(self.levels) - 1

    @property
    def num_places(self) -> int:
        """The number of classes that the whole tree holds."""
        return int(self.edge[-1])

    @cached_property
    def short_names(self) -> ShortNames:
        """Cuts the names of the tree."""
        return ShortNames(self.tree.node_names)

    @cached_property
    def cells(self) -> Cells:
        """The errors of each pair of groups.

        Right answers are left out. A cell of a group with itself holds the
        errors that stay in it: wrong classes of the right group.
        """
        found = self._matrix.tocoo()
        group_of = np.empty(self.tree.num_classes, np.int64)
        for group, node in enumerate(self.groups):
            start, stop = self.tree.start[node], self.tree.stop[node]
            group_of[self.tree.order[start:stop]] = group
        wrong = (found.row != found.col) & (found.data > 0)
        size = len(self.groups)
        pair = group_of[found.row[wrong]] * size + group_of[found.col[wrong]]
        pairs, index = np.unique(pair, return_inverse=True)
        count = np.zeros(len(pairs), np.int64)
        np.add.at(count, index, found.data[wrong].astype(np.int64))
        return Cells(pairs // size, pairs % size, count)

    @cached_property
    def columns(self) -> list[np.ndarray]:
        """Nodes of the columns of the trees: up to three coarse levels.

        Single classes have their names beside the rows.
        """
        return self.levels[:-1][:3]

    @property
    def outlines(self) -> list[np.ndarray]:
        """Nodes to outline, coarse to fine; groups that are cells need none."""
        return self.levels[: self.level]

    def rows_to_name(self, most: int) -> np.ndarray:
        """Returns the nodes of the finest level of at most so many groups."""
        shown = self.levels[: self.level + 1]
        fitting = [nodes for nodes in shown if len(nodes) <= most]
        return fitting[-1] if fitting else shown[0]

    def span(self, node: int) -> tuple[float, float]:
        """Returns the places of a node."""
        tree = self.tree
        return (
            float(self.edge[tree.start[node]]),
            float(self.edge[tree.stop[node]]),
        )

    def size(self, node: int) -> int:
        """Returns how many classes a node holds."""
        low, high = self.span(node)
        return round(high - low)

    @cached_property
    def never_predicted(self) -> np.ndarray:
        """Leaves that have samples and are never predicted."""
        return self._leaves_without(self.counts.predicted, self.counts.actual)

    @cached_property
    def only_predicted(self) -> np.ndarray:
        """Leaves that are predicted and have no samples."""
        return self._leaves_without(self.counts.actual, self.counts.predicted)

    def _leaves_without(self, one: np.ndarray, other: np.ndarray) -> np.ndarray:
        leaves = self.tree.leaves
        return leaves[(one[leaves] == 0) & (other[leaves] > 0)]

    def _index_of(self, groups: int | None) -> int:
        numbers = [len(nodes) for nodes in self.levels]
        if groups is None:
            return len(numbers) - 1
        if groups not in numbers:
            raise ValueError(
                f"There is no level of {groups} groups; the levels of this "
                f"tree have {', '.join(map(str, numbers))}."
            )
        return numbers.index(groups)


def _sums(values: np.ndarray) -> np.ndarray:
    return np.concatenate([[0], np.cumsum(values)])
