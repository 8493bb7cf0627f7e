"""Numbers of the nodes of a tree, and the names that stand for them."""

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from keras_hier.hierarchy.labels.label_names import label_names
from keras_hier.hierarchy.tree.cut_tree import CutTree, require_hierarchy
from keras_hier.hierarchy.tree.grouping import look_up
from keras_hier.hierarchy.tree.hierarchy_error import HierarchyError
from keras_hier.plausibility import require_order


class NamedNodes:
    """The numbers and names of `NodeLabels`, which says how nodes are numbered.

    Args:
        hierarchy: `Hierarchy` of the C classes.
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
        what = (
            f"Node {node!r:.80} is neither a name nor one of the numbers "
            f"0..{self.num_labels - 1}."
        )
        return int(self.labels[self._checked(node, what)])

    @cached_property
    def by_name(self) -> dict[str, int]:
        """The label that each name stands for, in the labels of a data set.

        Names are the ids of nodes, and display names that one node alone has.
        If "dog" is both a class and a group of several, "dog (itself)" is the
        class, "dog (group)" the group, and "dog" alone is no name.
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
            >>> from keras_hier import Hierarchy, NodeLabels
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

        Use it in `tf.data.Dataset.map` over the data set that
        `keras.utils.image_dataset_from_directory` reads, or on arrays. The
        integers number the folders, of classes and groups alike.

        Args:
            names: of the folders, as `class_names` of such a data set.

        Returns:
            A function (x, y, ...) -> (x, label, ...).

        Raises:
            HierarchyError: as `labels_of`; by the function, one-hot labels, or
                numbers of no folder.

        Example:
            >>> from keras_hier import Hierarchy, NodeLabels
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

    def _checked(self, label: Any, message: str = "") -> int:
        try:
            at = operator.index(label)
        except TypeError:
            at = -1
        if not 0 <= at < self.num_labels:
            raise HierarchyError(
                message
                or f"Labels of nodes lie in 0..{self.num_labels - 1} "
                f"({self.num_classes} classes, then the inner nodes), got "
                f"{label!s:.80}."
            )
        return at
