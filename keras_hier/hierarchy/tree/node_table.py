"""Tables of nodes: how trees are built and checked.

Every source (`sources.py`) is first turned into rows, one a class in display
order, each with the path of groups above it; `from_rows` makes the table. A
group is known by its name, so a name that turns up under two parents is an
error, not two nodes.
"""

import difflib
import unicodedata
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
# What the id of a group ends in where a class has its name as id.
_OF_GROUP = " (group)"


class NodeTable(NamedTuple):
    """V nodes in depth-first order; node 0 is the root.

    Attributes:
        parents: int [V], -1 for the root.
        ids: str [V], unique.
        names: str [V], for display.
        labels: int [V], the label of a leaf, -1 for inner nodes.
        level_names: str [D], what the groups at depths 1, 2, ... are called,
            or None; D is one less than the height of the tree.
        origin: what the tree was computed from, or None.
    """

    parents: list[int]
    ids: list[str]
    names: list[str]
    labels: list[int]
    level_names: Sequence[str] | None = None
    origin: Origin | None = None


class Row(NamedTuple):
    """One class and the groups above it, coarse to fine, without the root."""

    class_id: str
    path: tuple[str, ...]


def unique_ids(classes: Iterable[str]) -> list[str]:
    """Returns class ids as a list; raises on an empty or repeated one.

    And on a set of them: their order is that of the labels.
    """
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
            group = node_id.removesuffix(_OF_GROUP)
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
    """Returns the names of the levels of a tree, None where there are none.

    Args:
        names: str [D], what the groups at depths 1, 2, ... are called.
        height: of the tree, D + 1.

    Raises:
        HierarchyError: not one for each level between root and classes, too
            many, too long, empty, or one twice.
    """
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
    """Returns a column of integers [n], each of which is checked.

    Raises:
        HierarchyError: another shape, or values that are no 64-bit integers.
    """
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


def from_rows(
    rows: Sequence[Row],
    classes: Sequence[str],
    names: Mapping[str, str] | None = None,
    root: tuple[str, str] = (ROOT_ID, ROOT_NAME),
) -> NodeTable:
    """Builds the table: siblings stand in the order of their first row.

    Args:
        rows: C rows in display order.
        classes: str [C], class ids in label order.
        names: display names by id, of classes and groups; ids by default. Of a
            group that is called as a class by "dog (group)", or, where the
            class lies in it, by the class's.
        root: id and name of the root.

    Raises:
        HierarchyError: a class twice, an empty name, a group with two parents
            or above itself.
    """
    names = {} if names is None else names
    if not isinstance(names, Mapping):
        raise HierarchyError(
            "names must be display names by id, such as {'n02123045': 'tabby'}"
            f", got {names!r:.80}."
        )
    unique_ids(row.class_id for row in rows)
    rows = _inside_their_groups(rows)
    label_of = {class_id: label for label, class_id in enumerate(classes)}
    parent_of: dict[str, str | None] = {}
    children: dict[str | None, list[tuple[str, bool]]] = {None: []}
    for class_id, path in rows:
        if class_id == root[0]:
            raise HierarchyError(
                f"Class {class_id!r:.80} is called as the root of all classes "
                "is: give it another id."
            )
        above: str | None = None
        for group in path:
            if not isinstance(group, str) or not group.strip():
                raise HierarchyError(
                    f"Class {class_id!r} has an empty group name in its path "
                    f"{path!r}, or one that is no text."
                )
            if group == root[0]:
                raise HierarchyError(
                    f"Class {class_id!r:.80} lies in a group called {group!r}, "
                    "as the root of all classes is: give it another id."
                )
            if group not in parent_of:
                parent_of[group] = above
                children[group] = []
                children[above].append((group, False))
            elif parent_of[group] != above:
                raise HierarchyError(_two_parents(group, parent_of, path))
            above = group
        children[above].append((class_id, True))

    within_own = {
        class_id for class_id, path in rows if path[-1:] == (class_id,)
    }
    table = NodeTable([-1], [root[0]], [root[1]], [-1])
    # Depth-first without recursion: linkage trees can be thousands deep.
    stack = [(0, item) for item in reversed(children[None])]
    while stack:
        parent, (key, is_class) = stack.pop()
        node = len(table.parents)
        inner_class = is_class and key in parent_of
        # The class keeps the id, which is a key of the data set.
        taken = not is_class and key in label_of
        node_id = f"{key}{_OF_GROUP}" if taken else key
        # A class elsewhere that is called alike is something else.
        shared = key if not taken or key in within_own else node_id
        name = names.get(node_id, names.get(shared, key))
        table.parents.append(parent)
        table.ids.append(node_id)
        table.names.append(f"{name} (itself)" if inner_class else name)
        table.labels.append(label_of[key] if is_class else -1)
        if not is_class:
            stack.extend((node, item) for item in reversed(children[key]))
    return table


def _inside_their_groups(rows: Sequence[Row]) -> list[Row]:
    """Returns the rows, a class at the place of a group as a leaf of it.

    With ("animal", "dog") and ("animal", "dog", "pug") one node of the source
    is both. Beside its group the class would not be below the group's label.
    """
    parent_of: dict[str, str | None] = {}
    for _, path in rows:
        for above, group in zip((None, *path), path, strict=False):
            if isinstance(group, str):
                parent_of.setdefault(group, above)

    def place(row: Row) -> Row:
        class_id, path = row
        above = path[-1] if path else None
        if class_id in parent_of and parent_of[class_id] == above:
            return Row(class_id, (*path, class_id))
        return row

    return [place(row) for row in rows]


def collapse_chains(table: NodeTable) -> NodeTable:
    """Drops inner nodes with a single child: the child takes their place.

    The root stays; an only child of the root gives way to its own children.
    """
    parents, ids, names, labels, *_ = table
    counts = np.bincount(np.asarray(parents[1:], int), minlength=len(parents))
    # The first child of each: of one alone it is that.
    child_of = {above: at for at, above in reversed([*enumerate(parents)])}
    below_root = [0]
    while counts[below_root[-1]] == 1:  # the chain that starts at the root
        child = child_of[below_root[-1]]
        if labels[child] >= 0:
            break
        below_root.append(child)
    dropped = set(below_root[1:])
    out = NodeTable([], [], [], [])
    new_index: list[int] = []
    for node, parent in enumerate(parents):
        new_parent = new_index[parent] if node else -1
        inner_chain = node > 0 and labels[node] < 0 and counts[node] == 1
        if node in dropped or inner_chain:
            new_index.append(new_parent)
            continue
        new_index.append(len(out.parents))
        out.parents.append(new_parent)
        out.ids.append(ids[node])
        out.names.append(names[node])
        out.labels.append(labels[node])
    return out


def _two_parents(
    group: str, parent_of: dict[str, str | None], path: tuple[str, ...]
) -> str:
    if path.count(group) > 1:
        return f"Group {group!r} lies above itself in the path {path!r}."
    at = path.index(group)
    first = parent_of[group] or "the root"
    again = path[at - 1] if at else "the root"
    return (
        f"Group {group!r} has two parents, {first!r} and {again!r}: groups are "
        "known by their names; rename one of them if they differ."
    )


def suggestion(name: str, known: Iterable[str]) -> str:
    """Returns " Did you mean ...?", or "" without similar names."""
    # The time goes with the length, and nobody mistypes that much.
    close = difflib.get_close_matches(name[:200], set(known), n=3)
    return f" Did you mean {' or '.join(map(repr, close))}?" if close else ""


def quoted(items: Sequence[str], limit: int = 5) -> str:
    """Returns the first few of many names, quoted and cut for an error."""
    shown = ", ".join(f"{item!r:.80}" for item in items[:limit])
    return shown + (f", ... ({len(items)})" if len(items) > limit else "")


def twins_hint(unknown: Iterable[str], known: Iterable[str]) -> str:
    """Returns a sentence about names that look like known ones, or ""."""
    composed = {unicodedata.normalize("NFC", name) for name in known}
    twins = [
        name
        for name in unknown
        if unicodedata.normalize("NFC", name) in composed
    ]
    if not twins:
        return ""
    # As macOS writes the names of folders: letters and their accents apart.
    return (
        f" {quoted(twins)} looks like a known name but is written with other "
        'characters; unicodedata.normalize("NFC", name) makes both the same.'
    )
