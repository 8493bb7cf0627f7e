"""Samples that are known as a group only, and what is right about them."""

import dataclasses
from typing import Self

import numpy as np

from keras_hier.hierarchy.hierarchy import Hierarchy
from keras_hier.hierarchy.labels.node_labels import NodeLabels
from keras_hier.hierarchy.tree.grouping import Grouping
from keras_hier.hierarchy.tree.hierarchy_error import HierarchyError


@dataclasses.dataclass(frozen=True)
class CoarseCounts:
    """Counts of samples whose label is an inner node of a tree.

    They stand in no cell of a confusion matrix. Where a label lies inside one
    group of a level, it decides whether the answer is right at that level.

    Args:
        tree: `Hierarchy` whose classes are the rows of the matrix.
        labelled: int64 [V], samples by the node of their label.
        met: int64 [V], the same samples by the lowest node that holds both
            their label and the class that was predicted.

    Example:
        >>> import numpy as np
        >>> from keras_hier import Hierarchy
        >>> tree = Hierarchy.from_paths(
        ...     [("pet", "cat"), ("pet", "dog"), ("bus",)])
        >>> pet, root = tree.find("pet"), 0
        >>> labelled, met = np.zeros((2, len(tree.parents)), np.int64)
        >>> labelled[pet], met[pet], met[root] = 3, 2, 1  # a bus was predicted
        >>> counts = CoarseCounts(tree, labelled, met)
        >>> counts.samples
        3
        >>> counts.at(tree.cut(nodes=["pet", "bus"]))
        (3, 2)
        >>> counts.at(tree.cut(max_size=1))
        (0, 0)
        >>> counts.largest(tree.cut(nodes=["pet", "bus"]))
        3
    """

    tree: Hierarchy
    labelled: np.ndarray
    met: np.ndarray

    @classmethod
    def of(
        cls, tree: Hierarchy, nodes: np.ndarray, predictions: np.ndarray
    ) -> Self:
        """Counts predictions for samples of which a node is known.

        Args:
            tree: `Hierarchy` of the C classes.
            nodes: integers [N], the node of each label.
            predictions: integers [N], labels of the predicted classes.

        Example:
            >>> from keras_hier import Hierarchy
            >>> tree = Hierarchy.from_paths(
            ...     [("pet", "cat"), ("pet", "dog"), ("bus",)])
            >>> pet = tree.find("pet")
            >>> counts = CoarseCounts.of(
            ...     tree, np.array([pet, pet, pet]), np.array([0, 1, 2]))
            >>> counts.at(tree.cut(nodes=["pet", "bus"]))
            (3, 2)
        """
        place = tree.rank[predictions]
        is_below = (tree.start[nodes] <= place) & (place < tree.stop[nodes])
        # A class outside meets a node where it meets each class below it.
        first = tree.order[tree.start[nodes]]
        met = np.where(is_below, nodes, tree.lca(first, predictions))
        size = len(tree.parents)
        return cls(
            tree,
            np.bincount(nodes, minlength=size),
            np.bincount(met, minlength=size),
        )

    @property
    def samples(self) -> int:
        """How many there are."""
        return int(self.labelled.sum())

    @property
    def roots(self) -> int:
        """How many are known as anything at all, which says nothing."""
        return int(self.labelled[0])

    def at(self, grouping: Grouping) -> tuple[int, int]:
        """Returns how many samples a grouping judges, and how many rightly.

        Args:
            grouping: a cut of the tree.

        Raises:
            HierarchyError: a grouping that is no cut: where label and answer
                meet does not tell whether they are in one group of it.
        """
        _, inside = self._judged(grouping)
        return int(self.labelled[inside].sum()), int(self.met[inside].sum())

    def largest(self, grouping: Grouping) -> int:
        """Returns how many samples are of the group that has the most.

        So many would be right by chance: by naming this group each time.

        Args:
            grouping: as in `at`.
        """
        groups, inside = self._judged(grouping)
        samples = np.zeros(grouping.num_groups, np.int64)
        np.add.at(samples, groups, self.labelled[inside])
        return int(samples.max())

    def _judged(self, grouping: Grouping) -> tuple[np.ndarray, np.ndarray]:
        """Returns groups that hold nodes, and these nodes, int [n] each."""
        if grouping.nodes is None:
            raise HierarchyError(
                f"Expected a cut of the tree, got {grouping!r}: nodes where "
                "label and answer meet do not tell whether they are in one "
                "of its groups. kh.ConfusionMatrix(hierarchy, at=grouping, "
                "node_labels=True) counts them."
            )
        numbering = NodeLabels(self.tree)
        groups = numbering.groups(grouping)
        return groups[groups >= 0], numbering.nodes[groups >= 0]
