"""The tree of classes: its order, its distances, its cuts."""

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np

from keras_hier.files import limits
from keras_hier.files.output_files import checked_target, write_atomically
from keras_hier.files.text_files import read_text
from keras_hier.hierarchy.labels.node_labels import NodeLabels
from keras_hier.hierarchy.sources import csv_text, csv_tree, sources
from keras_hier.hierarchy.tree import node_table, transforms
from keras_hier.hierarchy.tree.cut_tree import CutTree
from keras_hier.hierarchy.tree.grouping import (
    Grouping,
    require_grouping,
)
from keras_hier.hierarchy.tree.node_table import HierarchyError


class Hierarchy(CutTree):
    """An immutable tree whose C leaves are the classes of a data set.

    A class keeps the integer label that the data set gives it; its place on the
    screen is its position in the depth-first *display order*. Make one with
    `from_nested`, `from_paths`, `from_csv`, `from_wordnet`, `from_confusions`,
    `from_means`, `from_linkage`, `from_json`, `load` or `imagenet`.

    Its arrays are those of `Tree`. `origin` is None, or what it was computed
    from.

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

    # Sources

    @classmethod
    def from_nested(
        cls,
        tree: Any,
        classes: Iterable[str] | None = None,
        names: Mapping[str, str] | None = None,
        level_names: Sequence[str] | None = None,
    ) -> Self:
        """Makes a tree from dicts and lists.

        Args:
            tree: dict of group -> what lies below; lists hold class ids.
            classes: str [C], class ids in label order. Required.
            names: display names by id; the ids themselves by default.
            level_names: what the groups of each level are called, the coarsest
                first, such as ["superclass", "family"]: one for each level
                between the root and the classes. A class that lies higher
                stands for itself at the levels below it.

        Raises:
            HierarchyError: `classes` is missing or differs from the tree's, a
                class twice, a group with two parents, a cycle, an empty name,
                or not one name for each level.
        """
        rows = sources.nested_rows(tree)
        ids = sources.label_order(rows, classes, "the nested tree")
        table = node_table.from_rows(rows, ids, names)
        return cls(*table._replace(level_names=level_names))

    @classmethod
    def from_paths(
        cls,
        paths: Iterable[Sequence[str]],
        names: Mapping[str, str] | None = None,
        level_names: Sequence[str] | None = None,
    ) -> Self:
        """Makes a tree from one path a class, in label order.

        Args:
            paths: C tuples of names, the coarsest group first, the class last.
            names: display names by id; the ids themselves by default.
            level_names: what the groups of each level are called, as for
                `from_nested`.

        Raises:
            HierarchyError: a class twice, a group with two parents or above
                itself, an empty name, or not one name for each level.

        Example:
            >>> Hierarchy.from_paths([("pet", "cat"), ("pet", "dog")]).names
            ('cat', 'dog')
        """
        rows = sources.path_rows(paths)
        classes = node_table.unique_ids(row.class_id for row in rows)
        table = node_table.from_rows(rows, classes, names)
        return cls(*table._replace(level_names=level_names))

    @classmethod
    def from_csv(
        cls,
        path: str | Path,
        classes: Iterable[str] | None = None,
        order: str | None = None,
        groups: Sequence[str] | None = None,
        header: bool = False,
    ) -> Self:
        """Makes a tree from a CSV file: a line a class, then its groups.

        Args:
            path: UTF-8 file. A header starts with `class` and names the other
                columns: `label` (the label), `name` (for display),
                and groups, `group1` the coarsest. `group1: superclass` names
                the level, `group1 name` the groups, for display. An empty
                group cell: the class has no group at that level.
            classes: str [C], class ids in label order; required unless the file
                has a `label` column. "dog (itself)" is the class "dog" of a
                group "dog", as `NodeLabels` has it.
            order: "coarse_to_fine" or "fine_to_coarse", required when there
                are several group columns and neither a header nor `groups`
                puts them in order.
            groups: names of the group columns, the coarsest first, if they are
                called otherwise, such as ["domain", "superclass"]; all others
                but `label` and `name` are ignored then. They name the levels
                of the tree, unless a class has a group below an empty cell.
            header: that all columns but `label` and `name` are groups, which
                name the levels as `groups` does. Which is the coarsest is told
                by the cells, or by `order`.

        Raises:
            HierarchyError: as `from_nested`; a line of another length; labels
                that do not number the classes; a column that is neither known
                nor named; with `header`, columns of which several orders, or
                none, make a tree.

        Example:
            ```python
            # class,label,family,superclass
            Hierarchy.from_csv("classes.csv", header=True).level_names
            # ("superclass", "family")
            ```
        """
        rows, numbered, names, levels = csv_tree.csv_rows(
            path, order, groups, header
        )
        ids = sources.label_order(
            rows, numbered if classes is None else classes, str(path)
        )
        if numbered is not None and numbered != ids:
            raise HierarchyError(
                f"classes= and the label column of {path} order the classes "
                "differently: pass one of them, the one your data set uses."
            )
        table = node_table.from_rows(rows, ids, names)
        return cls(*table._replace(level_names=levels))

    @classmethod
    def from_wordnet(
        cls,
        wnids: Iterable[str],
        overrides: Mapping[str, str] | None = None,
    ) -> Self:
        """Makes the WordNet 3.0 tree above some synsets.

        WordNet is a directed acyclic graph: sources/wordnet.py says which
        parent each synset gets. Chains of single children are collapsed.

        Args:
            wnids: str [C], ids such as "n02084071", in label order.
            overrides: parent wnid by wnid, instead of the rule's choice.

        Raises:
            HierarchyError: an id that WordNet 3.0 does not have, or one twice.
        """
        from keras_hier.hierarchy.sources import wordnet

        return cls(*wordnet.table(wnids, overrides))

    @classmethod
    def from_confusions(
        cls,
        matrix: Any,
        classes: Iterable[str],
        names: Iterable[str] | None = None,
        seed: int = 0,
        bootstrap: int = 0,
    ) -> Self:
        """Makes the tree that the errors make: confused classes are near.

        `keras_hier.hierarchy.tree_from_confusions` says how, and how sure each
        group is; the tree keeps that as its `origin`. 1,000 classes take half a
        second, 40 draws three more.

        Args:
            matrix: counts [C, C], rows true, columns predicted, in label order:
                an array or a SciPy sparse array.
            classes: str [C], class ids in label order.
            names: str [C], for display; by default the ids.
            seed: of the draws.
            bootstrap: how many trees of other draws of the errors say how sure
                each group is; 40 will do.

        Raises:
            HierarchyError: another number of classes or names.
            ValueError: no matrix of counts, or more than 5,000 classes.

        Example:
            >>> from keras_hier import Hierarchy
            >>> confusion = np.diag([90] * 6) + np.kron(
            ...     np.eye(3, dtype=int), [[0, 10], [10, 0]])
            >>> print(Hierarchy.from_confusions(confusion, list("abcdef")))
            all classes 6
            ├─ a, b 2
            │  ├─ a
            │  └─ b
            ├─ c, d 2
            │  ├─ c
            │  └─ d
            └─ e, f 2
               ├─ e
               └─ f
        """
        from keras_hier.hierarchy.computed.computed_table import (
            confusions_table,
        )

        return cls(*confusions_table(matrix, classes, names, bootstrap, seed))

    @classmethod
    def from_means(
        cls,
        means: Any,
        classes: Iterable[str],
        names: Iterable[str] | None = None,
        seed: int = 0,
        bootstrap: int = 0,
    ) -> Self:
        """Makes the tree of classes whose mean features are alike.

        Needs no errors and is stabler than `from_confusions`, where a network's
        mean logits or features of each class are at hand.

        Args:
            means: float [C, F], a row a class.
            classes: as for `from_confusions`; so are `names` and `seed`.
            names: str [C].
            seed: of the draws, of features.
            bootstrap: how many of these.

        Raises:
            HierarchyError: another number of classes or names.
            ValueError: no finite numbers [C, F], or the same for all classes.
        """
        from keras_hier.hierarchy.computed.computed_table import means_table

        return cls(*means_table(means, classes, names, bootstrap, seed))

    @classmethod
    def from_linkage(cls, linkage: np.ndarray, classes: Iterable[str]) -> Self:
        """Makes the binary tree of a SciPy linkage.

        A group is named by the two classes in it that merged first.

        Args:
            linkage: float [C - 1, 4], from `scipy.cluster.hierarchy.linkage`
                over the classes in label order.
            classes: str [C], class ids in label order.
        """
        ids = node_table.unique_ids(classes)
        return cls(*sources.linkage_table(linkage, ids))

    @classmethod
    def imagenet(cls) -> Self:
        """Returns the tree of the 1000 ILSVRC-2012 classes.

        Labels follow the sorted WordNet ids, as almost every reader of the data
        set has them. The first level is organism, artifact, food and rest, as
        in Blocks; siblings are ordered so that confused ones are neighbours.

        Reference:
            Alsallakh et al., "Do Convolutional Neural Networks Learn Class
            Hierarchy?", arXiv 1710.06501.
        """
        return cls(*sources.imagenet_table())

    @classmethod
    def from_json(cls, source: str | bytes | Mapping[str, Any]) -> Self:
        """Reads what `to_json` wrote: the text, or its parsed content.

        A text is never used as the name of a file: `load` reads files.

        Raises:
            HierarchyError: another format, or a tree that is not one.
        """
        return cls(*sources.json_table(source))

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Self:
        """Reads a file that holds what `to_json` wrote.

        Args:
            path: UTF-8 file.

        Raises:
            HierarchyError: the file holds something else.
            OSError: no such file, or an unreadable one.

        Example:
            ```python
            Path("tree.json").write_text(hierarchy.to_json())
            Hierarchy.load("tree.json") == hierarchy  # True
            ```
        """
        try:
            text = read_text(Path(path), limits.TREE_BYTES)
        except ValueError as error:
            raise HierarchyError(f"Not a hierarchy: {error}") from error
        return cls.from_json(text)

    def to_csv(self, path: str | os.PathLike[str]) -> None:
        """Writes a CSV file that `from_csv` reads without further arguments.

        Its header names the levels. What a spreadsheet would take for a
        formula gets an apostrophe before it, which `from_csv` leaves out.

        Args:
            path: whose name ends in ".csv".

        Raises:
            HierarchyError: what a CSV does not hold: use `to_json`.
            ValueError: another ending, or no such folder.

        Example:
            ```python
            hierarchy.to_csv("tree.csv")
            Hierarchy.from_csv("tree.csv") == hierarchy  # True
            ```
        """
        target = checked_target(path, ".csv")
        # As it is: the ends of lines within names are part of them.
        write_atomically(target, csv_text.text_of(self).encode())

    # Other trees from this one

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
        table = transforms.subset(self, node_table.unique_ids(classes))
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

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (
            self.parents,
            self.node_ids,
            self.node_names,
            self.labels,
            self.level_names,
            self.origin,
        )
