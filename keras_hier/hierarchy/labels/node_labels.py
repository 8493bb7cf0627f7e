"""Labels that may be any node of a tree: a class, or a group of classes."""

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from keras_hier.hierarchy.labels.label_names import label_names
from keras_hier.hierarchy.labels.proportions import (
    amounts,
    proportional,
    shares_of,
)
from keras_hier.hierarchy.tree import transforms
from keras_hier.hierarchy.tree.cut_tree import CutTree, require_hierarchy
from keras_hier.hierarchy.tree.grouping import Grouping, look_up
from keras_hier.hierarchy.tree.node_table import HierarchyError
from keras_hier.plausibility import require_label_order, require_order
from keras_hier.tensors import to_numpy


class NodeLabels:
    """Numbers the V nodes of a tree so that classes keep their labels.

    Labels 0..C-1 are the classes. C..V-1 are the inner nodes in depth-first
    order, the order in which the tree keeps them (`Hierarchy.to_json`): C is
    the root, which any sample has. So a label means the same as long as the
    tree is the same (`Hierarchy.digest`).

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

    def __init__(self, hierarchy: CutTree) -> None:
        require_hierarchy(hierarchy)
        self.hierarchy = hierarchy
        inner = np.flatnonzero(hierarchy.labels < 0)
        self.nodes = np.concatenate([hierarchy.leaves, inner]).astype(np.int32)
        self.labels = np.argsort(self.nodes).astype(np.int32)
        self.start = hierarchy.start[self.nodes]
        self.stop = hierarchy.stop[self.nodes]
        for array in (self.nodes, self.labels, self.start, self.stop):
            array.setflags(write=False)

    @property
    def num_labels(self) -> int:
        """V."""
        return len(self.nodes)

    @property
    def num_classes(self) -> int:
        """C."""
        return self.hierarchy.num_classes

    def label(self, node: str | int) -> int:
        """Returns the label of a node.

        Args:
            node: its id or display name, see `by_name`; or its number in the
                tree.

        Raises:
            HierarchyError: as `labels_of`; a number outside 0..V-1.
        """
        if isinstance(node, str):
            return int(self.labels_of([node])[0])
        try:
            at = operator.index(node)
        except TypeError:
            at = -1
        if not 0 <= at < self.num_labels:
            raise HierarchyError(
                f"Node {node!r:.80} is neither a name nor one of the numbers "
                f"0..{self.num_labels - 1}."
            )
        return int(self.labels[at])

    @cached_property
    def by_name(self) -> dict[str, int]:
        """The label that each name stands for, in the labels of a data set.

        Names are the ids of nodes, and display names that one node alone has. A
        group that is no class is a coarse label. Where "dog" is both a class
        and a group of several, by id or by display name, "dog (itself)" is the
        class and "dog (group)" the group, and "dog" alone is not among the
        names.
        """
        return label_names(self.hierarchy, self.nodes.tolist())

    def labels_of(self, names: Iterable[str]) -> np.ndarray:
        """Returns the labels that names of classes and groups stand for.

        Args:
            names: str [N], such as a column of a CSV or the names of folders;
                see `by_name`.

        Returns:
            int32 [N].

        Raises:
            HierarchyError: a name of no node or of several, or that is both a
                class and a group; what is no text.

        Example:
            >>> from keras_hier import Hierarchy
            >>> hierarchy = Hierarchy.from_paths(
            ...     [("pet", "cat"), ("pet", "dog"), ("bus",)])
            >>> NodeLabels(hierarchy).labels_of(["dog", "pet", "bus"]).tolist()
            [1, 4, 2]
        """
        if isinstance(names, str):
            raise HierarchyError(
                "Expected a list of names, one for each sample, got the text "
                f"{names!r:.80}."
            )
        if not isinstance(names, Mapping):  # a dict as `by_name` has an order
            require_order("names", names, "the samples", HierarchyError)
        given = list(names)
        for at, name in enumerate(given):
            if not isinstance(name, str):
                raise HierarchyError(
                    "Expected names of classes and groups, got "
                    f"{type(name).__name__} {name!r:.80} at place {at}."
                )
        labels = [self.by_name.get(name, -1) for name in given]
        if -1 in labels:
            raise HierarchyError(self.why_not(given[labels.index(-1)]))
        return np.array(labels, np.int32)

    def why_not(self, name: str) -> str:
        """Returns why a name is not among `by_name`, in a sentence."""
        itself, group = f"{name} (itself)", f"{name} (group)"
        if itself in self.by_name or group in self.by_name:
            # Where several have the name, only an id tells them apart.
            of_class = f"'{itself}'" if itself in self.by_name else "its id"
            of_group = f"'{group}'" if group in self.by_name else "its id"
            return (
                f"{name!r:.80} is both a class and a group of classes: say "
                f"{of_class} for the class, {of_group} where no more than the "
                "group is known."
            )
        try:
            self.hierarchy.find(name)
        except HierarchyError as error:
            return (
                f"{error} A label is a class of the tree, or a group with a "
                "class below it."
            )
        return f"{name!r} is the name of several nodes; use an id."

    def renumber(self, names: Sequence[str]) -> Callable[..., tuple[Any, ...]]:
        """Makes the function that turns numbers of folders into labels.

        For `tf.data.Dataset.map` over what
        `keras.utils.image_dataset_from_directory` reads, whose integers number
        its folders, classes and groups alike; and for arrays.

        Args:
            names: of the folders, as `class_names` of such a data set.

        Returns:
            A function (x, y, ...) -> (x, label, ...).

        Raises:
            HierarchyError: as `labels_of`; by the function, one-hot labels, or
                numbers of no folder.

        Example:
            >>> from keras_hier import Hierarchy
            >>> hierarchy = Hierarchy.from_paths(
            ...     [("pet", "cat"), ("pet", "dog"), ("bus",)])
            >>> known = NodeLabels(hierarchy).renumber(["bus", "pet"])
            >>> known("image", np.array([1, 0]))
            ('image', array([4, 2], dtype=int32))
        """
        table = self.labels_of(names)

        def apply(x: Any, y: Any, *others: Any) -> tuple[Any, ...]:
            if "float" in str(getattr(y, "dtype", "")):
                raise HierarchyError(
                    "Expected the numbers of folders as integers, as "
                    'image_dataset_from_directory(label_mode="int") has them, '
                    "got floats."
                )
            shape: Any = getattr(y, "shape", ())
            # In a map of tf.data neither need be known.
            rank = shape.rank if hasattr(shape, "rank") else len(shape)
            if rank == 2 and shape[1] not in (None, 1):
                raise HierarchyError(
                    "Expected the numbers of folders [N], got one-hot labels, "
                    f"of shape {tuple(shape)}."
                )
            return (x, look_up(table, y), *others)

        return apply

    def name(self, label: int) -> str:
        """Returns the display name of a label's node."""
        return self.hierarchy.node_names[self.nodes[self._checked(label)]]

    def classes(self, label: int) -> np.ndarray:
        """Returns the classes below a label's node, int32, in display order."""
        at = self._checked(label)
        return self.hierarchy.order[self.start[at] : self.stop[at]]

    def within(
        self,
        labels: npt.ArrayLike,
        probabilities: npt.ArrayLike,
        frequencies: npt.ArrayLike | None = None,
    ) -> np.ndarray:
        """Returns what a classifier says of the classes below each label.

        The posterior given the node, p(c | node): probabilities of the classes
        below it by their sum, all others 0. For images of which only a group is
        known, it is the answer to ask for; and what an earlier network believes
        of them is a soft label for the next one (arXiv 1911.04252).

        Args:
            labels: of nodes, integers [N], of any array library.
            probabilities: of the classes, as of a softmax, [N, C], likewise.
                Only the proportions in a row count.
            frequencies: of the classes, [C], such as the counts of samples
                known exactly. Only their proportions below a node count;
                where all of these are 0, its samples keep what is said. A
                class named too often is held back, and one named too seldom
                favoured, until each is named as often as these say, to 1 %,
                over all samples together (Sinkhorn's iteration; distribution
                alignment, arXiv 1911.09785, does it with the mean). Only where
                the samples are known to be so: they come out so in any case,
                but for a class that no sample gives a share, and for shares
                of 0 and 1, which stay. Where these leave no room for it, it is
                approached. Six arrays float64 [N, C] are held meanwhile, three
                without frequencies.

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
        p = amounts(
            probabilities,
            (len(known), self.num_classes),
            "probabilities",
            "of logits take the softmax first",
        )
        for extreme in (known.min(initial=0), known.max(initial=0)):
            self._checked(extreme)
        rank = self.hierarchy.rank
        start, stop = self.start[known, None], self.stop[known, None]
        below = (start <= rank) & (rank < stop)
        shares = shares_of(np.where(below, p, 0.0), below)
        if frequencies is not None:
            given = amounts(
                frequencies, (self.num_classes,), "frequencies", "give counts"
            )
            expected = shares_of(np.where(below, given, 0.0), shares)
            shares = proportional(shares, expected)
        return shares.astype(np.float32)

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
        """Returns what each label is to a head over groups.

        A node inside one group is that group, 0..G-1. Those above several, or
        cut through, follow from G on, in the order of their labels. So what is
        known exactly has the same label as without coarse ones.

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

        A node inside one group touches that group; a node above several, all
        of them; a grouping that is no cut of the tree may cut through a node,
        which touches each group that has a part of it.
        """
        at = self._checked(label)
        ordered = self._ordered(grouping)
        return np.unique(ordered[self.start[at] : self.stop[at]])

    def coarsened(self, grouping: Grouping) -> np.ndarray:
        """Returns the label of the group of each class, int32 [C].

        Args:
            grouping: a cut of this tree. A group that is a class has its label;
                a node with a single class below it has its own, which says the
                same.

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

    def _checked(self, label: Any) -> int:
        try:
            at = operator.index(label)
        except TypeError:
            at = -1
        if not 0 <= at < self.num_labels:
            raise HierarchyError(
                f"Labels of nodes lie in 0..{self.num_labels - 1} "
                f"({self.num_classes} classes, then the inner nodes), got "
                f"{label!s:.80}."
            )
        return at
