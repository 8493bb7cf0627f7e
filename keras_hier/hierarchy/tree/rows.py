"""Builds tables of nodes from rows: a class each, and the groups above it.

A group is known by its name. A name that turns up under two parents is an
error, not two nodes.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from keras_hier.hierarchy.tree.hierarchy_error import HierarchyError
from keras_hier.hierarchy.tree.node_table import (
    OF_GROUP,
    ROOT_ID,
    ROOT_NAME,
    NodeTable,
    unique_ids,
)


class Row(NamedTuple):
    """One class and the groups above it, coarse to fine, without the root."""

    class_id: str
    path: tuple[str, ...]


def from_rows(
    rows: Sequence[Row],
    classes: Sequence[str],
    names: Mapping[str, str] | None = None,
) -> NodeTable:
    """Builds the table: siblings stand in the order of their first row.

    If the class "dog" and a group share that id, the group has its display name
    at "dog (group)". A group that holds the class takes its name, too.
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
    children = _children(rows)
    within_own = {
        class_id for class_id, path in rows if path[-1:] == (class_id,)
    }
    table = NodeTable([-1], [ROOT_ID], [ROOT_NAME], [-1])
    # Depth-first without recursion: linkage trees can be thousands deep.
    stack = [(0, item) for item in reversed(children[None])]
    while stack:
        parent, (key, is_class) = stack.pop()
        node = len(table.parents)
        inner_class = is_class and key in children
        # The class keeps the id, which is a key of the data set.
        taken = not is_class and key in label_of
        node_id = f"{key}{OF_GROUP}" if taken else key
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


def _children(
    rows: Sequence[Row],
) -> dict[str | None, list[tuple[str, bool]]]:
    """Returns what lies below each group: ids, and whether they are classes.

    The root is None.
    """
    parent_of: dict[str, str | None] = {}
    children: dict[str | None, list[tuple[str, bool]]] = {None: []}
    for class_id, path in rows:
        if class_id == ROOT_ID:
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
            if group == ROOT_ID:
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
    return children


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
