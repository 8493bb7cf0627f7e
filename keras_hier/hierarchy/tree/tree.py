"""The arrays of a tree of classes, and queries on them."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np

from keras_hier.hierarchy.tree.grouping import canonical_json, digest_of
from keras_hier.hierarchy.tree.hierarchy_error import (
    HierarchyError,
    suggestion,
    twins_hint,
)
from keras_hier.hierarchy.tree.node_table import (
    JSON_FORMAT,
    check,
    checked_level_names,
    derived_arrays,
)
from keras_hier.hierarchy.tree.origin import Origin

# How many nodes of one name an error message tells apart.
MOST_NAMED = 5


class Tree:
    """An immutable tree whose C leaves are the classes of a data set.

    Cuts, transforms and seriation work on this base. `Hierarchy` adds the
    sources of trees, and other trees made from one.

    The V nodes are numbered depth-first from the root, 0.

    Args:
        parents: int [V], the node above each node, -1 for the root.
        node_ids: str [V].
        node_names: str [V].
        labels: int [V], the label of a leaf, -1 for inner nodes.
        level_names: str [D], of the groups at depths 1, 2, ...; D is one less
            than the height of the tree.
        origin: the source of a computed tree.

    Attributes:
        parents: int32 [V], -1 for the root.
        node_ids: str [V], unique; the id of a leaf is the class id.
        node_names: str [V], for display; need not be unique.
        labels: int32 [V], the label of a leaf, -1 for inner nodes.
        start: int32 [V], display position of a node's first class.
        stop: int32 [V], one past its last; `stop - start` counts its classes.
        depth: int32 [V], edges up to the root.
        height: int32 [V], edges on the longest path down to a leaf.
        leaves: int32 [C], the node of each label.
        order: int32 [C], labels in display order.
        rank: int32 [C], display position of each label.
        classes: str [C], class ids in label order.
        names: str [C], display names in label order.
        level_names: str [D], or None where the levels have no names.
        origin: the source of a computed tree, or None.

    Raises:
        HierarchyError: nodes that are no tree, labels that do not number the
            leaves, or names that are not one for each level.
    """

    parents: np.ndarray
    node_ids: tuple[str, ...]
    node_names: tuple[str, ...]
    labels: np.ndarray
    start: np.ndarray
    stop: np.ndarray
    depth: np.ndarray
    height: np.ndarray
    leaves: np.ndarray
    order: np.ndarray
    rank: np.ndarray
    classes: tuple[str, ...]
    names: tuple[str, ...]
    level_names: tuple[str, ...] | None
    origin: Origin | None

    def __init__(
        self,
        parents: Sequence[int] | np.ndarray,
        node_ids: Sequence[str],
        node_names: Sequence[str],
        labels: Sequence[int] | np.ndarray,
        level_names: Sequence[str] | None = None,
        origin: Origin | None = None,
    ) -> None:
        check(parents, node_ids, node_names, labels)
        arrays = derived_arrays(parents, labels)
        leaves = arrays["leaves"]
        height = int(arrays["height"][0])
        self.__dict__.update(
            arrays,
            node_ids=tuple(node_ids),
            node_names=tuple(node_names),
            classes=tuple(node_ids[node] for node in leaves),
            names=tuple(node_names[node] for node in leaves),
            level_names=checked_level_names(level_names, height),
            origin=origin.checked(len(parents)) if origin else None,
        )

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(
            f"A {type(self).__name__} is immutable: cannot set {name!r}. Make "
            "another one."
        )

    # Identity

    def to_json(self) -> str:
        """Returns a JSON text: `canonical_text`, and `origin` where known."""
        if self.origin is None:
            return self.canonical_text()
        return canonical_json({**self._content(), **self.origin.to_fields()})

    def canonical_text(self) -> str:
        """Returns the text that `digest` is made from, without `origin`."""
        return canonical_json(self._content())

    def _content(self) -> dict[str, Any]:
        content = {
            "format": JSON_FORMAT,
            "version": 1,
            "parents": self.parents.tolist(),
            "ids": self.node_ids,
            "names": self.node_names,
            "labels": self.labels.tolist(),
        }
        if self.level_names is not None:
            content["level_names"] = self.level_names
        return content

    @cached_property
    def digest(self) -> str:
        """16 hex digits that identify the tree, its order and all its names."""
        return digest_of(self.canonical_text())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Tree) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    # Nodes and their relatives

    @property
    def num_classes(self) -> int:
        """C."""
        return len(self.classes)

    @cached_property
    def _children(self) -> tuple[np.ndarray, np.ndarray]:
        by_parent = np.argsort(self.parents, kind="stable").astype(np.int32)
        counts = np.bincount(self.parents[1:], minlength=len(self.parents))
        return by_parent[1:], np.concatenate([[0], np.cumsum(counts)])

    def children(self, node: int) -> np.ndarray:
        """Returns the nodes below a node, int32 [n], in display order."""
        nodes, offsets = self._children
        return nodes[offsets[node] : offsets[node + 1]]

    def ancestors(self, node: int) -> tuple[int, ...]:
        """Returns the nodes above a node: its parent first, the root last."""
        above = []
        while (node := int(self.parents[node])) >= 0:
            above.append(node)
        return tuple(above)

    @cached_property
    def _nodes_by_id(self) -> dict[str, int]:
        return {node_id: node for node, node_id in enumerate(self.node_ids)}

    def find(self, name: str) -> int:
        """Returns the node of that id, or else of that display name.

        Raises:
            HierarchyError: nothing, or several nodes, of that name.
        """
        if name in self._nodes_by_id:
            return self._nodes_by_id[name]
        found = [n for n, other in enumerate(self.node_names) if other == name]
        if len(found) == 1:
            return found[0]
        if found:
            options = ", ".join(
                f"{self.node_ids[n]!r:.80} ("
                + (
                    f"in {self.node_names[self.parents[n]]!r:.80}"
                    if n
                    else "root"
                )
                + ")"
                for n in found[:MOST_NAMED]
            )
            raise HierarchyError(
                f"{name!r:.80} is the name of {len(found)} nodes; use an id: "
                f"{options}{', ...' if len(found) > MOST_NAMED else ''}."
            )
        known = (*self.node_names, *self.node_ids)
        raise HierarchyError(
            f"No node has the id or name {name!r:.80}."
            + (twins_hint([name], known) or suggestion(name, known))
        )

    # Distances

    @cached_property
    def _meetings(self) -> np.ndarray:
        """The shallowest node at which 2^k neighbours meet, [log2 C, C - 1].

        A sparse table: row k holds it for every run in display order.
        """
        lowest = np.zeros(max(self.num_classes - 1, 0), np.int32)
        above = self.parents[1:]
        not_last = self.stop[1:] < self.stop[above]
        lowest[self.stop[1:][not_last] - 1] = above[not_last]
        table, width = [lowest], 1
        while 2 * width <= len(lowest):
            last = table[-1]
            # Depth-first numbers grow downwards: the least node is shallowest.
            shallowest = last.copy()
            shallowest[:-width] = np.minimum(last[:-width], last[width:])
            table.append(shallowest)
            width *= 2
        return np.stack(table)

    def lca(self, a: Any, b: Any) -> np.ndarray:
        """Returns the lowest common ancestors of labels.

        Args:
            a: integer labels of any shape.
            b: integer labels that broadcast with `a`.

        Returns:
            int32 nodes; the leaf itself where a equals b. O(1) a pair.

        Reference:
            Bender & Farach-Colton, "The LCA Problem Revisited", LATIN 2000.
        """
        a, b = np.broadcast_arrays(self._as_labels(a), self._as_labels(b))
        first = np.minimum(self.rank[a], self.rank[b])
        span = np.maximum(self.rank[a], self.rank[b]) - first
        differ = span > 0
        nodes = np.array(self.leaves[a])
        first, span = first[differ], span[differ]
        level = np.frexp(span)[1] - 1  # floor(log2(span))
        left = self._meetings[level, first]
        right = self._meetings[level, first + span - (1 << level)]
        nodes[differ] = np.minimum(left, right)
        return nodes

    def lca_distance(self, a: Any = None, b: Any = None) -> np.ndarray:
        """Returns the height of the lowest common ancestor of two classes.

        Args:
            a: integer labels of any shape; None, with `b`, for all pairs.
            b: integer labels that broadcast with `a`.

        Returns:
            int32, 0 exactly where a equals b. For all pairs [C, C] in label
            order, 4 * C * C bytes (1.9 GB at 21,841 classes).

        Reference:
            Bertinetto et al., "Making Better Mistakes", arXiv 1912.09393.
        """
        if a is not None and b is not None:
            return self.height[self.lca(a, b)]
        if a is not None or b is not None:
            raise HierarchyError(
                "Pass labels for both a and b, or for neither."
            )
        distance = np.empty((self.num_classes,) * 2, np.int32)
        for node in range(len(self.parents)):  # children overwrite parents
            span = slice(self.start[node], self.stop[node])
            distance[span, span] = self.height[node]
        return distance[np.ix_(self.rank, self.rank)]

    def _as_labels(self, labels: Any) -> np.ndarray:
        array = np.asarray(labels)
        if array.dtype.kind not in "iu":
            raise HierarchyError(
                f"Expected integer labels, got dtype {array.dtype}."
            )
        if array.size and (array.min() < 0 or array.max() >= self.num_classes):
            raise HierarchyError(
                f"Labels must lie in 0..{self.num_classes - 1}, got "
                f"{array.min()}..{array.max()}."
            )
        return array
