"""Writes trees as CSV, and only what is read as the same tree again."""

import csv
import io

from keras_hier.files import limits, spreadsheets
from keras_hier.hierarchy.csv_tree import parsed_rows
from keras_hier.hierarchy.node_table import HierarchyError, from_rows
from keras_hier.hierarchy.tree import Tree


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
    rows = [
        {"class": keys[leaf], "label": int(label), "name": names[leaf]}
        | {
            name: text
            for at, node in enumerate(_groups_above(tree, leaf), start=1)
            for name, text in (
                (f"group{at}", keys[node]),
                (f"group{at} name", names[node]),
            )
        }
        for label, leaf in zip(
            tree.order, tree.leaves[tree.order].tolist(), strict=True
        )
    ]
    head = {"class": "class", "label": "label"}
    if any(row["name"] != row["class"] for row in rows):
        head["name"] = "name"
    for at in range(1, depth + 1):
        column = f"group{at}"
        level = tree.level_names[at - 1] if tree.level_names else None
        head[column] = f"{column}: {level}" if level else column
        if any(row.get(column) != row.get(f"{column} name") for row in rows):
            head[f"{column} name"] = f"{column} name"
    file = io.StringIO(newline="")
    table = csv.writer(file)
    for row in (head, *rows):
        cells = [str(row.get(column, "")) for column in head]
        table.writerow([spreadsheets.guarded(cell) for cell in cells])
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
