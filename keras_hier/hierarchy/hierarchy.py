"""The tree of classes: its order, its distances, its cuts."""

import os
from collections.abc import Iterable
from typing import Any

import numpy as np

from keras_hier.files.html_tables import html_table
from keras_hier.files.output_files import checked_target, write_atomically
from keras_hier.hierarchy.labels.node_labels import NodeLabels
from keras_hier.hierarchy.sourced_tree import SourcedTree
from keras_hier.hierarchy.sources import csv_text
from keras_hier.hierarchy.tree import cuts, transforms
from keras_hier.hierarchy.tree.grouping import Grouping, require_grouping
from keras_hier.hierarchy.tree.hierarchy_error import HierarchyError, quoted
from keras_hier.hierarchy.tree.node_table import unique_ids
from keras_hier.quantities import quantity


class Hierarchy(SourcedTree):
    """An immutable tree whose C leaves are the classes of a data set.

    A class keeps the integer label that the data set gives it; its place on the
    screen is its position in the depth-first *display order*. Make one with
    `from_nested`, `from_paths`, `from_csv`, `from_wordnet`, `from_confusions`,
    `from_means`, `from_linkage`, `from_json`, `load`, `imagenet` or `cifar100`.

    Its arrays are those of `Tree`. `origin` is the source of a computed tree,
    or None.

    Example:
        >>> from keras_hier import Hierarchy
        >>> hierarchy = Hierarchy.from_nested(
        ...     {"animal": {"dog": ["pug", "husky"], "cat": ["tabby"]},
        ...      "vehicle": ["bus"]},
        ...     classes=["bus", "husky", "pug", "tabby"])
        >>> print(hierarchy)
        all classes 4
        ├─ animal 3
        │  ├─ dog 2
        │  │  ├─ pug
        │  │  └─ husky
        │  └─ cat 1
        │     └─ tabby
        └─ vehicle 1
           └─ bus
        >>> hierarchy.order.tolist()
        [2, 1, 3, 0]
        >>> int(hierarchy.lca_distance(1, 3))  # husky and tabby meet at animal
        2
        >>> hierarchy.cut(groups=2).names
        ('animal', 'vehicle')
    """

    def to_csv(self, path: str | os.PathLike[str]) -> None:
        """Writes a CSV file that `from_csv` reads without further arguments.

        Its header names the levels. A cell that looks like a formula gets an
        apostrophe before it, which `from_csv` leaves out.

        Args:
            path: whose name ends in ".csv".

        Raises:
            HierarchyError: a tree that no CSV holds: use `to_json`.
            ValueError: another ending, or no such folder.

        Example:
            ```python
            hierarchy.to_csv("tree.csv")
            Hierarchy.from_csv("tree.csv") == hierarchy  # True
            ```
        """
        target = checked_target(path, ".csv")
        # In bytes: the ends of lines within names are part of them.
        write_atomically(target, csv_text.text_of(self).encode())

    def collapse(self, grouping: Grouping) -> "Hierarchy":
        """Returns the tree whose classes are the groups: label g is group g.

        A grouping that is no cut of a tree gives a flat one.

        Raises:
            HierarchyError: a grouping of other classes, or a cut of another
                tree.
        """
        require_grouping(grouping)
        if grouping.num_classes != self.num_classes:
            raise HierarchyError(
                f"The grouping has {grouping.num_classes} classes, the "
                f"hierarchy {self.num_classes}."
            )
        table = transforms.collapsed(self, grouping)
        return Hierarchy(*table[:-1], transforms.bare(self.origin))

    def subset(self, classes: Iterable[str]) -> "Hierarchy":
        """Returns the tree of some of the classes.

        Args:
            classes: str [n], class ids in the label order of the new tree.

        Returns:
            A hierarchy without the emptied groups; groups left with a single
            child give way to it.

        Raises:
            HierarchyError: an unknown class, or one twice.
        """
        table = transforms.subset(self, unique_ids(classes))
        return Hierarchy(*table[:-1], transforms.bare(self.origin))

    def ordered_by(self, matrix: np.ndarray) -> "Hierarchy":
        """Returns the tree with siblings permuted: confused ones neighbours.

        Args:
            matrix: [C, C] counts in label order, rows true, columns predicted.
        """
        from keras_hier.hierarchy.orders.sibling_orders import order_siblings

        siblings = order_siblings(self, matrix)
        return Hierarchy(*transforms.reordered(self, siblings))

    def node_label(self, name: str) -> int:
        """Returns the label, 0..V-1, of a class or group by its id or name.

        `NodeLabels` has the labels of all nodes, and `name` to go back.

        Raises:
            HierarchyError: no node, or several, are called so.
        """
        return int(NodeLabels(self).labels_of([name])[0])

    def __str__(self) -> str:
        return transforms.drawing(self)

    def __repr__(self) -> str:
        return (
            f"<Hierarchy of {self.num_classes} classes, {len(self.parents)} "
            f"nodes, height {self.height[0]}, digest {self.digest}>"
        )

    def _repr_html_(self) -> str:
        rows = []
        for level in cuts.levels(self)[:-1]:
            groups = quantity(len(level.nodes), "group")
            named = f"{level.name}, {groups}" if level.name else groups
            names = [self.node_names[node] for node in level.nodes]
            rows.append((named, quoted(names)))
        rows.append((quantity(self.num_classes, "class"), quoted(self.names)))
        return html_table(repr(self).strip("<>"), rows)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (
            self.parents,
            self.node_ids,
            self.node_names,
            self.labels,
            self.level_names,
            self.origin,
        )
