"""Samples that are known as a group only, and what is right about them."""

import dataclasses

import numpy as np

from keras_hier.hierarchy.grouping import Grouping
from keras_hier.hierarchy.hierarchy import Hierarchy
from keras_hier.hierarchy.node_labels import NodeLabels


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
    """

    tree: Hierarchy
    labelled: np.ndarray
    met: np.ndarray

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
            grouping: of the classes of the tree.
        """
        numbering = NodeLabels(self.tree)
        inside = numbering.nodes[numbering.groups(grouping) >= 0]
        return int(self.labelled[inside].sum()), int(self.met[inside].sum())
