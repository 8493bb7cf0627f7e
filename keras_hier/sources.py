"""What hierarchies are read from, turned into one row a class."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from keras_hier.texts import read_rows
from keras_hier.trees import (
    ROOT_ID,
    ROOT_NAME,
    HierarchyError,
    NodeTable,
    Row,
    some,
    unique_ids,
)


def label_order(
    rows: Sequence[Row], classes: Iterable[str] | None, source: str
) -> list[str]:
    """Checks that `classes` and the rows name the same classes."""
    found = [row.class_id for row in rows]
    if classes is None:
        raise HierarchyError(
            f"{source} does not number the classes: pass classes=[...], the "
            "class ids in the label order of the data set (for class folders: "
            f"sorted(names)). It holds {len(found)} classes, "
            f"{some(found)}."
        )
    classes = unique_ids(classes)
    missing = sorted(set(classes) - set(found))
    surplus = sorted(set(found) - set(classes))
    if missing or surplus:
        parts = []
        if missing:
            parts.append(f"not in the tree: {some(missing)}")
        if surplus:
            parts.append(f"in the tree but not in classes=: {some(surplus)}")
        raise HierarchyError(
            f"classes= and {source} must name the same classes; "
            + "; ".join(parts)
            + ". Use .subset(classes) to keep a part of a tree."
        )
    return classes


def nested_rows(tree: Any) -> list[Row]:
    """Rows of a dict of dicts and lists; a list's strings are classes."""
    rows: list[Row] = []
    open_containers: set[int] = set()

    def walk(item: Any, path: tuple[str, ...]) -> None:
        if isinstance(item, str):
            rows.append(Row(item, path))
            return
        if id(item) in open_containers:
            raise HierarchyError(
                f"The tree contains itself: a cycle below {'/'.join(path)!r}."
            )
        open_containers.add(id(item))
        if isinstance(item, Mapping):
            for group, below in item.items():
                walk(below, (*path, group))
        elif isinstance(item, Sequence):
            for below in item:
                walk(below, path)
        else:
            above = "/".join(map(str, path)) or "the root"
            raise HierarchyError(
                "A nested tree is made of dicts (group -> below), lists and "
                f"class ids (str); below {above!r} came {type(item).__name__}."
            )
        open_containers.remove(id(item))

    walk(tree, ())
    return rows


def path_rows(paths: Iterable[Sequence[str]]) -> list[Row]:
    """Rows of tuples that run from the coarsest group to the class."""
    rows = []
    for label, path in enumerate(paths):
        if isinstance(path, str) or not path:
            raise HierarchyError(
                "Each path must be a sequence of names from the coarsest group "
                f"to the class; path {label} is {path!r}."
            )
        rows.append(Row(path[-1], tuple(path[:-1])))
    return rows


def csv_rows(
    path: str | Path, order: str | None
) -> tuple[list[Row], list[str] | None, dict[str, str]]:
    """Reads a CSV of classes and their groups.

    Returns:
        The rows; class ids by label when there is a `label` column, else None;
        display names by class id from a `name` column.
    """
    try:
        lines = read_rows(path)
    except ValueError as error:
        raise HierarchyError(str(error)) from None
    if not lines:
        raise HierarchyError(
            f"{path} is empty: expected class,group,... lines."
        )
    head = [cell.lower() for cell in lines[0]]
    has_header = head[0] in ("class", "id")
    columns = head if has_header else ["class"] + ["group"] * (len(head) - 1)
    body = lines[1:] if has_header else lines
    special = ("class", "id", "label", "name")
    group_columns = [i for i, c in enumerate(columns) if c not in special]
    group_columns = _coarse_to_fine(path, columns, group_columns, order)

    rows, labels, names = [], [], {}
    for number, cells in enumerate(body, start=2 if has_header else 1):
        if len(cells) != len(columns):
            raise HierarchyError(
                f"{path}, line {number}: expected {len(columns)} cells, got "
                f"{len(cells)}."
            )
        class_id = cells[0]
        # An empty cell means that the class has no group at that level.
        groups = tuple(cells[i] for i in group_columns if cells[i])
        rows.append(Row(class_id, groups))
        if "label" in columns:
            labels.append((cells[columns.index("label")], class_id))
        if "name" in columns and cells[columns.index("name")]:
            names[class_id] = cells[columns.index("name")]
    return rows, _by_label(path, labels) if labels else None, names


def _coarse_to_fine(
    path: str | Path, columns: list[str], groups: list[int], order: str | None
) -> list[int]:
    numbers = [columns[i].removeprefix("group") for i in groups]
    if order is None and len(groups) > 1:
        if not all(n.isdecimal() for n in numbers) or len(set(numbers)) != len(
            numbers
        ):
            raise HierarchyError(
                f"{path} has {len(groups)} group columns and does not say "
                "which is the coarsest: name them group1 (coarsest), group2, "
                "... in the header (class,group1,group2), or pass "
                "order='coarse_to_fine' or 'fine_to_coarse'."
            )
        return [
            i for _, i in sorted(zip(map(int, numbers), groups, strict=True))
        ]
    if order not in (None, "coarse_to_fine", "fine_to_coarse"):
        raise HierarchyError(
            "order must be 'coarse_to_fine' or 'fine_to_coarse', got "
            f"{order!r}."
        )
    return groups[::-1] if order == "fine_to_coarse" else groups


def _by_label(path: str | Path, labels: list[tuple[str, str]]) -> list[str]:
    numbers = sorted(int(n) if n.isdecimal() else -1 for n, _ in labels)
    if numbers != list(range(len(labels))):
        raise HierarchyError(
            f"{path}: the label column must number the {len(labels)} classes "
            f"0..{len(labels) - 1}, each once; it holds "
            f"{some([n for n, _ in labels])}."
        )
    return [c for _, c in sorted(labels, key=lambda pair: int(pair[0]))]


def linkage_table(linkage: np.ndarray, classes: Sequence[str]) -> NodeTable:
    """Builds the tree of a SciPy linkage matrix [C - 1, 4], left before right.

    Groups are called `cluster 0` (the first merge) to `cluster C-3`; the last
    merge is the root.
    """
    from scipy.cluster.hierarchy import is_valid_linkage

    linkage = np.asarray(linkage, float)
    num_classes = len(classes)
    if linkage.shape != (num_classes - 1, 4) or not is_valid_linkage(linkage):
        raise HierarchyError(
            f"Expected a valid SciPy linkage [C - 1, 4] for C={num_classes} "
            f"classes, got shape {linkage.shape}."
        )
    merged = linkage[:, :2].astype(int).tolist()
    table = NodeTable([], [], [], [])
    # Not through rows: in a chain of merges their paths grow with C squared.
    stack = [(2 * num_classes - 2, -1)]
    while stack:
        item, parent = stack.pop()
        merge = item - num_classes
        if merge < 0:
            name = classes[item]
        else:
            name = f"cluster {merge}"
            left, right = merged[merge]
            node = len(table.parents)
            stack += [(right, node), (left, node)]
        table.parents.append(parent)
        table.ids.append(name if parent >= 0 else ROOT_ID)
        table.names.append(name if parent >= 0 else ROOT_NAME)
        table.labels.append(item if merge < 0 else -1)
    return table
