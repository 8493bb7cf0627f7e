"""Writes trees as CSV, and only what is read as the same tree again."""

import csv
import io
from collections.abc import Iterator

import numpy as np

from keras_hier.files import limits, spreadsheets
from keras_hier.hierarchy.sources.csv_tree import parsed_rows
from keras_hier.hierarchy.tree.hierarchy_error import HierarchyError
from keras_hier.hierarchy.tree.node_table import OF_GROUP
from keras_hier.hierarchy.tree.rows import from_rows
from keras_hier.hierarchy.tree.tree import Tree


def text_of(tree: Tree) -> str:
    """Writes a tree as CSV that `csv_rows` reads without being told more."""
    depth = int(tree.height[0]) - 1
    if tree.num_classes * depth > limits.PATHS:
        raise HierarchyError(
            f"A CSV has a column for each of the {depth:,} levels, too many "
            f"for {tree.num_classes:,} classes. to_json() holds the tree."
        )
    keys, names = _keys_and_names(tree)
    renamed = [key != name for key, name in zip(keys, names, strict=True)]
    has_name = any(renamed[leaf] for leaf in tree.leaves.tolist())
    groups = np.flatnonzero(tree.labels < 0)[1:]
    with_names = {int(tree.depth[node]) for node in groups if renamed[node]}
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
        above = tree.ancestors(leaf)[-2::-1]  # the coarsest first, no root
        for at in range(1, depth + 1):
            node = above[at - 1] if at <= len(above) else None
            yield "" if node is None else keys[node]
            if at in with_names:
                yield "" if node is None else names[node]

    file = io.StringIO(newline="")
    table = csv.writer(file)
    table.writerow(map(spreadsheets.guarded, head))
    for label in tree.order.tolist():
        cells = row(label, int(tree.leaves[label]))
        table.writerow(map(spreadsheets.guarded, cells))
    text = file.getvalue()
    if not _holds(text, tree):
        raise HierarchyError(
            "A CSV does not hold all of this tree: blanks around a name, or a "
            "root or a group with a name of its own that another has. "
            "to_json() does."
        )
    return text


def _keys_and_names(tree: Tree) -> tuple[list[str], list[str]]:
    """Returns ids and names without the endings that `from_rows` adds."""
    classes = set(tree.classes)
    keys = [
        short
        if (short := node_id.removesuffix(OF_GROUP)) in classes
        else node_id
        for node_id in tree.node_ids
    ]
    labels = tree.labels.tolist()
    groups = {key for key, label in zip(keys, labels, strict=True) if label < 0}
    names = [
        name.removesuffix(" (itself)") if label >= 0 and key in groups else name
        for name, key, label in zip(tree.node_names, keys, labels, strict=True)
    ]
    return keys, names


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
