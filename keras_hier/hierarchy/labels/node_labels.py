"""Labels that may be any node of a tree: a class, or a group of classes."""

import numpy as np
import numpy.typing as npt

from keras_hier.hierarchy.labels.named_nodes import NamedNodes
from keras_hier.hierarchy.labels.proportions import shares_below
from keras_hier.hierarchy.tree import transforms
from keras_hier.hierarchy.tree.grouping import Grouping
from keras_hier.hierarchy.tree.hierarchy_error import HierarchyError
from keras_hier.plausibility import require_label_order
from keras_hier.tensors import to_numpy


class NodeLabels(NamedNodes):
    """Numbers the V nodes of a tree so that classes keep their labels.

    Labels 0..C-1 are the classes. C..V-1 are the inner nodes in depth-first
    order, as the tree keeps them (`Hierarchy.to_json`); C is the root. A label
    means the same as long as the tree is the same (`Hierarchy.digest`).

    Args:
        hierarchy: `Hierarchy` of the C classes.

    Attributes:
        nodes: int32 [V], the node of each label.
        labels: int32 [V], the label of each node.
        start: int32 [V], display position of the first class of each label.
        stop: int32 [V], one past its last.

    Example:
        >>> from keras_hier import Hierarchy
        >>> from keras_hier.hierarchy.labels.node_labels import NodeLabels
        >>> hierarchy = Hierarchy.from_paths(
        ...     [("pet", "cat"), ("pet", "dog"), ("bus",)])
        >>> numbering = NodeLabels(hierarchy)
        >>> [numbering.name(label) for label in range(5)]
        ['cat', 'dog', 'bus', 'all classes', 'pet']
        >>> numbering.label("pet")
        4
        >>> numbering.classes(4).tolist()
        [0, 1]
        >>> grouping = hierarchy.cut(nodes=["pet", "bus"])
        >>> numbering.groups(grouping).tolist()  # the root is in neither
        [0, 0, 1, -1, 0]
    """

    def within(
        self,
        labels: npt.ArrayLike,
        probabilities: npt.ArrayLike,
        frequencies: npt.ArrayLike | None = None,
    ) -> np.ndarray:
        """Returns the posterior of the classes below each label.

        The posterior p(c | node) has the probabilities of the classes below a
        node, divided by their sum; all others are 0. An earlier network can so
        give soft labels for images of which only a group is known (arXiv
        1911.04252).

        Args:
            labels: of nodes, integers [N], of any array library.
            probabilities: of the classes, as of a softmax, [N, C], likewise.
                Only the proportions in a row count.
            frequencies: of the classes, [C], such as counts of exactly known
                samples. Only their proportions below a node count; if all of
                these are 0, its samples stay as they are. Shares are scaled
                until each class has, to 1 %, its frequency over all samples
                together (Sinkhorn's iteration; compare distribution alignment,
                arXiv 1911.09785). Pass them only if the samples have these
                frequencies, for they will come out. A class without any share
                has none, shares of 0 and 1 stay, and the frequencies are
                approached as far as that allows. Six arrays float64 [N, C] are
                held meanwhile, three without frequencies.

        Returns:
            float32 [N, C], each row sums to 1. Where all classes below a label
            have 0, they have equal shares.

        Raises:
            HierarchyError: labels that are no labels of nodes, lengths that
                differ, negative or infinite probabilities or frequencies, or
                a dict of them.
            ValueError: tables of pandas that name the classes in another order
                than that of the labels.

        Example:
            >>> from keras_hier import Hierarchy
            >>> hierarchy = Hierarchy.from_paths(
            ...     [("pet", "cat"), ("pet", "dog"), ("bus",)])
            >>> numbering = NodeLabels(hierarchy)
            >>> said = [[0.125, 0.375, 0.5]]
            >>> numbering.within([numbering.label("pet")], said).tolist()
            [[0.25, 0.75, 0.0]]

            Two pets, one a dog and one either, where cats are as frequent:

            >>> pets = numbering.labels_of(["pet", "pet"])
            >>> said = [[0.1, 0.4, 0.5], [0.2, 0.2, 0.6]]
            >>> p = numbering.within(pets, said, frequencies=[1, 1, 1])
            >>> [numbering.name(label) for label in p.argmax(axis=1)]
            ['dog', 'cat']
        """
        known = to_numpy(labels)
        if known.ndim != 1 or known.dtype.kind not in "iu":
            raise HierarchyError(
                "Expected labels of nodes as integers [N], got "
                f"{known.dtype} {list(known.shape)}."
            )
        classes = self.hierarchy.classes
        require_label_order(probabilities, classes, ("columns",))
        require_label_order(frequencies, classes, ("index",))
        for extreme in (known.min(initial=0), known.max(initial=0)):
            self._checked(extreme)
        rank = self.hierarchy.rank
        start, stop = self.start[known, None], self.stop[known, None]
        below = (start <= rank) & (rank < stop)
        return shares_below(below, probabilities, frequencies).astype("float32")

    def groups(self, grouping: Grouping | None) -> np.ndarray:
        """Returns the group that contains each node, by label.

        Args:
            grouping: of the classes, a cut of the tree or not; None for the
                classes themselves, each a group of its own.

        Returns:
            int32 [V], -1 for a node whose classes are in several groups.

        Raises:
            HierarchyError: a grouping of another number of classes.
        """
        ordered = self._ordered(grouping)
        changes = np.concatenate([[0], np.cumsum(np.diff(ordered) != 0)])
        decided = changes[self.start] == changes[self.stop - 1]
        return np.where(decided, ordered[self.start], -1).astype(np.int32)

    def head_labels(self, grouping: Grouping | None) -> np.ndarray:
        """Returns the label that each label has for a head over groups.

        A node inside one group is that group, 0..G-1. Those above several, or
        cut through, follow from G on, in the order of their labels.

        Args:
            grouping: as for `groups`.

        Returns:
            int32 [V].

        Raises:
            HierarchyError: a grouping of another number of classes, or a cut
                of another tree.

        Example:
            >>> from keras_hier import Hierarchy
            >>> hierarchy = Hierarchy.from_paths(
            ...     [("pet", "cat"), ("pet", "dog"), ("bus",)])
            >>> cut = hierarchy.cut(nodes=["pet", "bus"])
            >>> NodeLabels(hierarchy).head_labels(cut).tolist()
            [0, 0, 1, 2, 0]
        """
        labels = self.groups(grouping)
        if grouping is not None:
            # A cut numbers the classes as its tree does.
            transforms.collapsed(self.hierarchy, grouping)
        (undecided,) = np.nonzero(labels < 0)
        size = self.num_classes if grouping is None else grouping.num_groups
        labels[undecided] = size + np.arange(len(undecided))
        return labels

    def touched(self, label: int, grouping: Grouping) -> np.ndarray:
        """Returns the groups with a class below a label's node, ascending.

        A grouping that is no cut of the tree may cut through a node, which
        touches each group that has a part of it.
        """
        at = self._checked(label)
        ordered = self._ordered(grouping)
        return np.unique(ordered[self.start[at] : self.stop[at]])

    def coarsened(self, grouping: Grouping) -> np.ndarray:
        """Returns the label of the group of each class, int32 [C].

        Args:
            grouping: a cut of this tree. A group that is a class has its label.

        Raises:
            HierarchyError: a grouping that is no cut of this tree.
        """
        if grouping.nodes is None:
            raise HierarchyError(
                f"{grouping!r} is no cut of the tree: its groups are no nodes "
                "and have no labels."
            )
        self._ordered(grouping)  # refuses other classes
        transforms.collapsed(self.hierarchy, grouping)  # and another tree's cut
        # By id: a name may be that of a class, too.
        nodes = [self.hierarchy.find(node) for node in grouping.nodes]
        labels = self.labels[nodes]
        return labels[grouping.of_class].astype(np.int32)

    def _ordered(self, grouping: Grouping | None) -> np.ndarray:
        """Returns the groups of the classes in display order, int32 [C]."""
        if grouping is None:
            return self.hierarchy.order
        if grouping.num_classes != self.num_classes:
            raise HierarchyError(
                f"Expected a grouping of {self.num_classes} classes, got one "
                f"of {grouping.num_classes}."
            )
        return grouping.of_class[self.hierarchy.order]
