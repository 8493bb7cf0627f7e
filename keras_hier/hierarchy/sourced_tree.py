"""Constructors of trees, one for each source."""

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np

from keras_hier.files import limits
from keras_hier.files.text_files import read_text
from keras_hier.hierarchy.sources import cifar100, csv_tree, sources
from keras_hier.hierarchy.tree.cut_tree import CutTree
from keras_hier.hierarchy.tree.hierarchy_error import HierarchyError
from keras_hier.hierarchy.tree.node_table import NodeTable, unique_ids
from keras_hier.hierarchy.tree.rows import Row, from_rows


class SourcedTree(CutTree):
    """A `CutTree` with a constructor for each source; see `Hierarchy`."""

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
            level_names: of the levels of groups, the coarsest first, such as
                ["superclass", "family"]: one for each level between the root
                and the classes. A class that lies higher stands for itself at
                the levels below it.

        Raises:
            HierarchyError: `classes` is missing or differs from the tree's, a
                class twice, a group with two parents, a cycle, an empty name,
                or not one name for each level.
        """
        rows = sources.nested_rows(tree)
        ids = sources.label_order(rows, classes, "the nested tree")
        return cls(*_named(rows, ids, names, level_names))

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
            level_names: as for `from_nested`.

        Raises:
            HierarchyError: a class twice, a group with two parents or above
                itself, an empty name, or not one name for each level.

        Example:
            >>> from keras_hier import Hierarchy
            >>> Hierarchy.from_paths([("pet", "cat"), ("pet", "dog")]).names
            ('cat', 'dog')
        """
        rows = sources.path_rows(paths)
        classes = unique_ids(row.class_id for row in rows)
        return cls(*_named(rows, classes, names, level_names))

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
            groups: other names of the group columns, the coarsest first, such
                as ["domain", "superclass"]. They name the levels of the tree,
                unless a class has a group below an empty cell. All others but
                `label` and `name` are ignored then.
            header: whether all columns but `label` and `name` are groups, which
                name the levels as `groups` does. Their cells or `order` tell
                which is the coarsest.

        Raises:
            HierarchyError: as `from_nested`. A line of another length; labels
                that do not number the classes; a column that is neither known
                nor named; with `header`, columns that make a tree in several
                orders, or in none.

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
        return cls(*_named(rows, ids, names, levels))

    @classmethod
    def from_wordnet(
        cls,
        wnids: Iterable[str],
        overrides: Mapping[str, str] | None = None,
        senses: Mapping[str, str] | str | os.PathLike[str] | None = None,
    ) -> Self:
        """Makes the WordNet 3.0 tree above some nouns.

        WordNet is a directed acyclic graph: sources/wordnet.py says which
        parent each synset gets. Chains of single children are collapsed.

        Args:
            wnids: str [C], ids such as "n02084071" or names such as "fire
                truck" in label order. They are the ids of the classes.
            overrides: parent wnid by wnid, instead of the rule's choice.
            senses: wnid by name, for names that mean several things; or a CSV
                file with the columns `name` and `synset`. Where there is no
                such file, it is written with all that the names may mean.

        Raises:
            HierarchyError: an id or a name that WordNet 3.0 does not have, or
                one twice; names that mean several things, which it lists.
            OSError: the file cannot be read or written.

        Example:
            >>> from keras_hier import Hierarchy
            >>> print(Hierarchy.from_wordnet(["lion", "zebra", "fire truck"],
            ...     senses={"lion": "n02129165"}))
            all classes 3
            ├─ placental 2
            │  ├─ lion
            │  └─ zebra
            └─ fire truck
        """
        from keras_hier.hierarchy.sources import wordnet_names

        return cls(*wordnet_names.table(wnids, overrides, senses))

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

        `keras_hier.hierarchy.tree_from_confusions` says how, and gives the
        evidence for each group, which the tree keeps as its `origin`. 1,000
        classes take half a second, 40 draws three more.

        Args:
            matrix: counts [C, C], rows true, columns predicted, in label order:
                an array or a SciPy sparse array.
            classes: str [C], class ids in label order.
            names: str [C], for display; by default the ids.
            seed: of the draws.
            bootstrap: number of trees from other draws of the errors, which
                show how sure each group is; 40 will do.

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
            classes: as for `from_confusions`.
            names: as for `from_confusions`.
            seed: of the draws, of features.
            bootstrap: their number.

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
        ids = unique_ids(classes)
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
    def cifar100(cls) -> Self:
        """Returns the tree of CIFAR-100: 20 superclasses of 5 classes each.

        Labels are Keras's own: both classes and superclasses are numbered in
        alphabetical order.

        Example:
            >>> from keras_hier import Hierarchy
            >>> tree = Hierarchy.cifar100()
            >>> tree.classes[:2], tree.cut(depth=1).names[:2]
            (('apple', 'aquarium_fish'), ('aquatic mammals', 'fish'))

        Reference:
            Krizhevsky, "Learning Multiple Layers of Features from Tiny Images",
            2009.
        """
        tree = {
            group: names.split()
            for group, names in cifar100.SUPERCLASSES.items()
        }
        classes = sorted(each for below in tree.values() for each in below)
        names = {each: each.replace("_", " ") for each in [*tree, *classes]}
        return cls.from_nested(tree, classes, names, ["superclass"])

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


def _named(
    rows: Sequence[Row],
    classes: Sequence[str],
    names: Mapping[str, str] | None,
    level_names: Sequence[str] | None,
) -> NodeTable:
    return from_rows(rows, classes, names)._replace(level_names=level_names)
