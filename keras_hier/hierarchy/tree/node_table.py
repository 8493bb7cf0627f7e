"""Tables of nodes, and the checks that they are trees."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from keras_hier.files import limits
from keras_hier.hierarchy.tree.hierarchy_error import HierarchyError
from keras_hier.hierarchy.tree.origin import Origin
from keras_hier.plausibility import require_order

JSON_FORMAT = "keras-hier/hierarchy"
ROOT_ID = "(root)"
ROOT_NAME = "all classes"
# The end of a group's id if a class has its name as id.
OF_GROUP = " (group)"


class NodeTable(NamedTuple):
    """V nodes in depth-first order; node 0 is the root.

    Attributes:
        parents: int [V], -1 for the root.
        ids: str [V], unique.
        names: str [V], for display.
        labels: int [V], the label of a leaf, -1 for inner nodes.
        level_names: str [D], of the groups at depths 1, 2, ..., or None; D is
            one less than the height of the tree.
        origin: the source of a computed tree, or None.
    """

    parents: list[int]
    ids: list[str]
    names: list[str]
    labels: list[int]
    level_names: Sequence[str] | None = None
    origin: Origin | None = None


def flat_table(ids: Sequence[str], names: Sequence[str]) -> NodeTable:
    """Returns the tree in which all classes stand side by side."""
    return NodeTable(
        [-1] + [0] * len(ids),
        [ROOT_ID, *ids],
        [ROOT_NAME, *names],
        [-1, *range(len(ids))],
    )


def unique_ids(classes: Iterable[str]) -> list[str]:
    """Returns class ids in label order, none of them empty or repeated."""
    if isinstance(classes, str):
        raise HierarchyError(
            f"classes must be a sequence of class ids, got the str {classes!r}."
        )
    require_order("classes", classes, "the labels", HierarchyError)
    ids = list(classes)
    seen = set()
    for label, class_id in enumerate(ids):
        if not isinstance(class_id, str) or not class_id.strip():
            raise HierarchyError(
                f"Class ids must be non-empty strings; label {label} is "
                f"{class_id!r:.80}."
            )
        if class_id in seen:
            raise HierarchyError(
                f"Class {class_id!r:.80} appears twice (again at label "
                f"{label})."
            )
        seen.add(class_id)
    if not ids:
        raise HierarchyError("A hierarchy needs at least one class, got none.")
    return ids


def check(
    parents: Sequence[int] | np.ndarray,
    ids: Sequence[str],
    names: Sequence[str],
    labels: Sequence[int] | np.ndarray,
) -> None:
    """Raises HierarchyError unless the columns are a depth-first tree."""
    columns = {"parents": parents, "ids": ids, "names": names, "labels": labels}
    for name, column in columns.items():
        check_column(name, column)
    count = len(parents)
    if not count or {len(ids), len(names), len(labels)} != {count}:
        raise HierarchyError(
            "parents, ids, names and labels must have one entry a node, got "
            f"{count}, {len(ids)}, {len(names)} and {len(labels)}."
        )
    if count > limits.NODES:
        raise HierarchyError(
            f"A hierarchy has at most {limits.NODES:,} nodes, got {count:,}."
        )
    above, label = integers("parents", parents), integers("labels", labels)
    _check_node_ids(ids)
    for node, name in enumerate(names):
        if not isinstance(name, str) or not name.strip():
            raise HierarchyError(
                f"Node {ids[node]!r:.80} has an empty name: {name!r:.80}."
            )
    open_nodes: list[int] = []
    for node, parent in enumerate(above.tolist()):
        while open_nodes and open_nodes[-1] != parent:
            open_nodes.pop()
        if bool(open_nodes) != (parent >= 0) or (parent < 0) != (node == 0):
            raise HierarchyError(
                f"Node {ids[node]!r:.80} has parent {parent}: nodes must stand "
                "depth-first, each after its parent, with one root (-1) first."
            )
        open_nodes.append(node)
    is_leaf = np.bincount(above[1:], minlength=count) == 0
    wrong = np.flatnonzero((label >= 0) != is_leaf)
    if len(wrong):
        raise HierarchyError(
            f"Node {ids[wrong[0]]!r:.80} has label {label[wrong[0]]}: leaves "
            "are the classes and have labels from 0, inner nodes have -1."
        )
    found = np.sort(label[is_leaf])
    if len(found) > limits.CLASSES:
        raise HierarchyError(
            f"A hierarchy has at most {limits.CLASSES:,} classes, got "
            f"{len(found):,}."
        )
    if not np.array_equal(found, np.arange(len(found))):
        raise HierarchyError(
            f"The {len(found)} classes must be labelled 0..{len(found) - 1}, "
            f"each once; got {found[:5].tolist()}...{found[-1]}."
        )


def _check_node_ids(ids: Sequence[str]) -> None:
    """Raises HierarchyError on an empty id, or one of two nodes."""
    seen = set()
    for node, node_id in enumerate(ids):
        if not isinstance(node_id, str) or not node_id.strip():
            raise HierarchyError(f"Node {node} has no id: {node_id!r:.80}.")
        if node_id in seen:
            group = node_id.removesuffix(OF_GROUP)
            raise HierarchyError(
                f"The group {group!r:.80} gets the id {node_id!r:.80} beside "
                f"the class {group!r:.80}, and another class or group has that "
                "id already: rename one of them."
                if group != node_id and group in ids
                else f"Node {node_id!r:.80} appears twice."
            )
        seen.add(node_id)


def checked_level_names(
    names: Sequence[str] | None, height: int
) -> tuple[str, ...] | None:
    """Returns the names [D] of the levels of a tree of height D + 1."""
    if names is None or (isinstance(names, list | tuple) and not names):
        return None
    check_column("level_names", names)
    if len(names) != height - 1 or len(names) > limits.LEVEL_NAMES:
        raise HierarchyError(
            "level_names must name each level between the root and the "
            f"classes, the coarsest first, at most {limits.LEVEL_NAMES}: "
            f"expected {height - 1}, got {len(names)}."
        )
    found: list[str] = []
    for name in names:
        if (
            not isinstance(name, str)
            or not name.strip()
            or len(name) > limits.LEVEL_NAME_LENGTH
        ):
            raise HierarchyError(
                "The name of a level must be a text of 1 to "
                f"{limits.LEVEL_NAME_LENGTH} characters, got {name!r:.80}."
            )
        if name.strip() in found:
            raise HierarchyError(f"Two levels are called {name!r:.80}.")
        found.append(name.strip())
    return tuple(found)


def check_column(name: str, column: Any) -> None:
    """Raises HierarchyError unless a column is a list, and not a text."""
    if (
        isinstance(column, str | bytes | Mapping)
        or not hasattr(column, "__len__")
        or getattr(column, "ndim", 1) == 0
    ):
        raise HierarchyError(
            f"{name} must be a list, got {type(column).__name__}."
        )


def integers(name: str, values: Sequence[int] | np.ndarray) -> np.ndarray:
    """Returns a column of integers [n], each of which is checked."""
    if hasattr(values, "__array__"):
        values = np.asarray(values)
    else:
        for value in values:
            if isinstance(value, bool) or not isinstance(
                value, int | np.integer
            ):
                raise HierarchyError(
                    f"{name} must be integers, got {type(value).__name__}."
                )
        values = np.array(values)
    if values.ndim != 1 or values.dtype.kind not in "iu":
        raise HierarchyError(
            f"{name} must be integers, one after another; got {values.dtype} "
            f"of shape {values.shape}."
        )
    return values


def derived_arrays(
    parents: Sequence[int] | np.ndarray, labels: Sequence[int] | np.ndarray
) -> dict[str, np.ndarray]:
    """Returns the read-only arrays that `Hierarchy` has as attributes."""
    parent, label = np.array(parents, np.int32), np.array(labels, np.int32)
    is_leaf = label >= 0
    # Plain lists: twenty times as fast as arrays, one element at a time.
    above = parent.tolist()
    stop = np.cumsum(is_leaf).tolist()
    depth, height = [0] * len(above), [0] * len(above)
    for node in range(1, len(above)):
        depth[node] = depth[above[node]] + 1
    for node in range(len(above) - 1, 0, -1):
        up = above[node]
        height[up] = max(height[up], height[node] + 1)
        stop[up] = max(stop[up], stop[node])
    leaf_nodes = np.flatnonzero(is_leaf)
    order = label[leaf_nodes]
    rank = np.argsort(order)
    arrays: dict[str, np.ndarray] = {
        "parents": parent,
        "labels": label,
        "start": np.cumsum(is_leaf) - is_leaf,
        "stop": np.array(stop),
        "depth": np.array(depth),
        "height": np.array(height),
        "leaves": leaf_nodes[rank],
        "order": order,
        "rank": rank,
    }
    for name, array in arrays.items():
        arrays[name] = array.astype(np.int32)
        arrays[name].setflags(write=False)
    return arrays
