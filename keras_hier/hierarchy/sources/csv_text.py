"""Writes trees as CSV, and only what is read as the same tree again."""

import csv
import io
from collections.abc import Iterator

from keras_hier.files import limits, spreadsheets
from keras_hier.hierarchy.sources.csv_tree import parsed_rows
from keras_hier.hierarchy.tree.node_table import HierarchyError, from_rows
from keras_hier.hierarchy.tree.tree import Tree


def text_of(tree: Tree) -> str:
    """Writes a tree as CSV that `csv_rows` reads without being told more.

    Raises:
        HierarchyError: a tree that a CSV does not hold.
    """
    classes = set(tree.classes)
    keys = [
        # As `from_rows` makes the id of a group that is a class as well.
        node_id.removesuffix(" (group)")
        if node_id.removesuffix(" (group)") in classes
        else node_id
        for node_id in tree.node_ids
    ]
    is_group = tree.labels < 0
    groups = {key for key, inner in zip(keys, is_group, strict=True) if inner}
    names = [
        name.removesuffix(" (itself)") if label >= 0 and key in groups else name
        for name, key, label in zip(
            tree.node_names, keys, tree.labels.tolist(), strict=True
        )
    ]
    depth = int(tree.height[0]) - 1
    if tree.num_classes * depth > limits.PATHS:
        raise HierarchyError(
            f"A CSV has a column for each of the {depth:,} levels, too many "
            f"for {tree.num_classes:,} classes. to_json() holds the tree."
        )
    renamed = [key != name for key, name in zip(keys, names, strict=True)]
    with_names = {
        int(tree.depth[node])
        for node in range(1, len(keys))
        if renamed[node] and is_group[node]
    }
    has_name = any(renamed[leaf] for leaf in tree.leaves.tolist())
    head = ["class", "label", *(["name"] if has_name else [])]
    for at in range(1, depth + 1):
        level = tree.level_names[at - 1] if tree.level_names else None
        head.append(f"group{at}: {level}" if level else f"group{at}")
        if at in with_names:
            head.append(f"group{at} name")

    def row(label: int, leaf: int) -> Iterator[str]:
        yield from (keys[leaf], str(label))
        if has_name:
            yield names[leaf]
        above = _groups_above(tree, leaf)
        for at in range(1, depth + 1):
            node = above[at - 1] if at <= len(above) else None
            yield "" if node is None else keys[node]
            if at in with_names:
                yield "" if node is None else names[node]

    file = io.StringIO(newline="")
    table = csv.writer(file)
    table.writerow(map(spreadsheets.guarded, head))
    for label, leaf in zip(
        tree.order.tolist(), tree.leaves[tree.order].tolist(), strict=True
    ):
        table.writerow(map(spreadsheets.guarded, row(label, leaf)))
    text = file.getvalue()
    if not _holds(text, tree):
        raise HierarchyError(
            "A CSV does not hold all of this tree: blanks around a name, or a "
            "root or a group with a name of its own that another has. "
            "to_json() does."
        )
    return text


def _groups_above(tree: Tree, leaf: int) -> list[int]:
    """Returns the groups of a class, the coarsest first."""
    above = []
    node = int(tree.parents[leaf])
    while node > 0:
        above.append(node)
        node = int(tree.parents[node])
    return above[::-1]


def _holds(text: str, tree: Tree) -> bool:
    """Tells whether a text is read as a tree again."""
    try:
        if len(text.encode()) > limits.FILE_BYTES:
            return False
        rows, numbered, names, levels = parsed_rows(text, "the CSV")
        table = from_rows(rows, numbered or [], names)
    except (HierarchyError, UnicodeEncodeError):
        return False
    return (
        table.parents == tree.parents.tolist()
        and table.ids == list(tree.node_ids)
        and table.names == list(tree.node_names)
        and table.labels == tree.labels.tolist()
        and tuple(levels or ()) == tuple(tree.level_names or ())
    )
