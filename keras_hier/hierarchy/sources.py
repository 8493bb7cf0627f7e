"""Readers of the sources of hierarchies; most return one row a class."""

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from keras_hier.files import flat_json, limits
from keras_hier.files.text_files import read_rows
from keras_hier.hierarchy.node_table import (
    ROOT_ID,
    ROOT_NAME,
    HierarchyError,
    NodeTable,
    Row,
    quoted,
    unique_ids,
)

JSON_FORMAT = "keras-hier/hierarchy"


class CsvRows(NamedTuple):
    """What a CSV of classes holds.

    Attributes:
        rows: one a class.
        numbered: class ids by label where there is a `label` column.
        names: display names by class id, from a `name` column.
        level_names: what the columns of groups are called, the coarsest first.
    """

    rows: list[Row]
    numbered: list[str] | None
    names: dict[str, str]
    level_names: list[str] | None


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
            f"{quoted(found)}."
        )
    classes = unique_ids(classes)
    missing = sorted(set(classes) - set(found))
    surplus = sorted(set(found) - set(classes))
    if missing or surplus:
        parts = []
        if missing:
            parts.append(f"not in the tree: {quoted(missing)}")
        if surplus:
            parts.append(f"in the tree but not in classes=: {quoted(surplus)}")
        raise HierarchyError(
            f"classes= and {source} must name the same classes; "
            + "; ".join(parts)
            + ". Use .subset(classes) to keep a part of a tree."
        )
    return classes


def nested_rows(tree: Any) -> list[Row]:
    """Returns the rows of dicts and lists; the strings in lists are classes."""
    rows: list[Row] = []
    ids = _Ids()
    open_containers: set[int] = set()

    def walk(item: Any, path: tuple[str, ...]) -> None:
        if isinstance(item, str):
            rows.append(Row(ids.add(item), path))
            return
        if id(item) in open_containers:
            raise HierarchyError(
                f"The tree contains itself: a cycle below {'/'.join(path)!r}."
            )
        open_containers.add(id(item))
        if isinstance(item, Mapping):
            for group, below in item.items():
                walk(below, (*path, _stripped(group)))
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
    """Returns the rows of paths that run from the coarsest group to a class."""
    rows = []
    ids = _Ids()
    for label, path in enumerate(paths):
        if isinstance(path, str) or not path:
            raise HierarchyError(
                "Each path must be a sequence of names from the coarsest group "
                f"to the class; path {label} is {path!r}."
            )
        rows.append(Row(ids.add(path[-1]), tuple(map(_stripped, path[:-1]))))
    return rows


def _stripped(group: Any) -> Any:
    """Returns the name of a group without blanks around it."""
    return group.strip() if isinstance(group, str) else group


class _Ids:
    """Refuses class ids that differ only in blanks around them.

    Ids are the keys of the data set, so their blanks are not stripped.
    """

    def __init__(self) -> None:
        self._seen: dict[str, str] = {}

    def add(self, class_id: Any) -> Any:
        if isinstance(class_id, str):
            other = self._seen.setdefault(class_id.strip(), class_id)
            if other != class_id:
                raise HierarchyError(
                    f"The classes {other!r} and {class_id!r} differ in blanks "
                    "only: give them one id, or two that can be told apart."
                )
        return class_id


def csv_rows(
    path: str | Path,
    order: str | None,
    groups: Sequence[str] | None = None,
) -> CsvRows:
    """Reads a CSV of classes and their groups.

    Args:
        path: of the file.
        order: "coarse_to_fine" or "fine_to_coarse".
        groups: the columns that are groups; by default those called `group`,
            `group1`, `group2`, ...
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
    if not has_header and (groups is not None or _is_header(head)):
        raise HierarchyError(
            f"{path}: the header must begin with `class`, the column of class "
            f"ids, and name the other columns; got {quoted(lines[0])}."
        )
    columns = head if has_header else ["class"] + ["group"] * (len(head) - 1)
    body = lines[1:] if has_header else lines
    for number, cells in enumerate(body, start=2 if has_header else 1):
        if len(cells) != len(columns):
            raise HierarchyError(
                f"{path}, line {number}: expected {len(columns)} cells, got "
                f"{len(cells)}."
            )
    if not body:
        raise HierarchyError(f"{path} has a header and no classes.")
    _check_columns(path, columns)
    if groups is None:
        _check_all_are_known(path, columns, body)
        group_columns = [i for i, c in enumerate(columns) if _GROUP.match(c)]
        group_columns = _coarse_to_fine(path, columns, group_columns, order)
    else:
        group_columns = _named_columns(path, columns, groups)
        if _checked_order(order) == "fine_to_coarse":
            group_columns.reverse()

    rows, labels, names = [], [], {}
    for cells in body:
        class_id = cells[0]
        # An empty cell means that the class has no group at that level.
        above = tuple(cells[i] for i in group_columns if cells[i])
        rows.append(Row(class_id, above))
        if "label" in columns:
            labels.append((cells[columns.index("label")], class_id))
        if "name" in columns and cells[columns.index("name")]:
            names[class_id] = cells[columns.index("name")]
    numbered = _by_label(path, labels) if labels else None
    called = [lines[0][i].strip() for i in group_columns] if has_header else []
    held = [[cells[i] for i in group_columns] for cells in body]
    return CsvRows(rows, numbered, names, _level_names(called, held))


def _level_names(
    called: Sequence[str], held: Sequence[Sequence[str]]
) -> list[str] | None:
    """Returns the names of the columns of groups, the coarsest first.

    None where `group1` says nothing, or where a class leaves out a coarse
    group and has a finer one: then a column is no depth of the tree.
    """
    used = [i for i in range(len(called)) if any(cells[i] for cells in held)]
    names = [called[i] for i in used]
    if all(_GROUP.match(name.lower()) for name in names):
        return None
    for cells in held:
        filled = [bool(cells[i]) for i in used]
        if sorted(filled, reverse=True) != filled:
            return None
    return names


# Names of columns after the first that are not groups.
_SPECIAL = ("label", "name")
_GROUP = re.compile(r"group[ _-]?(\d*)$", re.ASCII)


def _is_header(cells: Sequence[str]) -> bool:
    return any(
        cell in ("class", "label") or re.match(r"group[ _-]?\d", cell)
        for cell in cells
    )


def _check_columns(path: str | Path, columns: Sequence[str]) -> None:
    ids = [c for c in columns if c in ("class", "id")]
    if len(ids) > 1:
        raise HierarchyError(
            f"{path} has {len(ids)} columns of class ids, {quoted(ids)}: keep "
            "the first, with the ids that your data set uses, and call "
            "another `name` if it is for display."
        )
    for name in _SPECIAL:
        if columns.count(name) > 1:
            raise HierarchyError(f"{path} has two columns called {name!r}.")


def _check_all_are_known(
    path: str | Path, columns: Sequence[str], body: Sequence[Sequence[str]]
) -> None:
    """Raises an error about columns that may or may not be groups."""
    values = {
        column: {cells[i] for cells in body} - {""}
        for i, column in enumerate(columns)
        if i and column not in _SPECIAL
    }
    # Spreadsheets leave empty columns at the end.
    others = [
        column
        for column, held in values.items()
        if not _GROUP.match(column) and (column or held)
    ]
    if not others:
        return
    # The fewer values a column has, the coarser are its groups.
    guess = sorted(filter(None, values), key=lambda name: len(values[name]))
    raise HierarchyError(
        f"{path} has columns that may be groups or not: {quoted(others)}. Name "
        f"those that are, the coarsest first, such as groups={guess}, on the "
        f"command line --groups-are {','.join(guess)}; what that does not name "
        "is left out. Columns `label`, `name`, `group1` (coarsest), `group2`, "
        "... need no naming."
    )


def _named_columns(
    path: str | Path, columns: Sequence[str], groups: Sequence[str]
) -> list[int]:
    if isinstance(groups, str):
        raise HierarchyError(
            "groups must be a sequence of names of columns, got the str "
            f"{groups!r}."
        )
    names = [str(name).strip().lower() for name in groups]
    if len(set(names)) != len(names):
        raise HierarchyError(f"groups names a column twice: {quoted(names)}.")
    known = {
        column: i
        for i, column in enumerate(columns)
        if i and column not in _SPECIAL
    }
    missing = [name for name in names if name not in known]
    if missing:
        raise HierarchyError(
            f"{path} has no column of groups called {quoted(missing)}; it has "
            f"{quoted(list(known)) or 'none'}."
        )
    return [known[name] for name in names]


def _coarse_to_fine(
    path: str | Path, columns: list[str], groups: list[int], order: str | None
) -> list[int]:
    numbers = [columns[i].removeprefix("group").lstrip(" _-") for i in groups]
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
    return groups[::-1] if _checked_order(order) == "fine_to_coarse" else groups


def _checked_order(order: str | None) -> str | None:
    if order not in (None, "coarse_to_fine", "fine_to_coarse"):
        raise HierarchyError(
            "order must be 'coarse_to_fine' or 'fine_to_coarse', got "
            f"{order!r}."
        )
    return order


def _by_label(path: str | Path, labels: list[tuple[str, str]]) -> list[str]:
    numbers = sorted(int(n) if n.isdecimal() else -1 for n, _ in labels)
    if numbers != list(range(len(labels))):
        raise HierarchyError(
            f"{path}: the label column must number the {len(labels)} classes "
            f"0..{len(labels) - 1}, each once; it holds "
            f"{quoted([n for n, _ in labels])}."
        )
    return [c for _, c in sorted(labels, key=lambda pair: int(pair[0]))]


def linkage_table(linkage: np.ndarray, classes: Sequence[str]) -> NodeTable:
    """Builds the tree of a SciPy linkage matrix [C - 1, 4], left before right.

    The ids of groups are `cluster 0` (the first merge) to `cluster C-3`, their
    names the two members that merged first, and how many more there are; the
    last merge is the root.
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
    group_names = _group_names(merged, classes)
    table = NodeTable([], [], [], [])
    # Without rows, whose paths grow with C squared in a chain of merges.
    stack = [(2 * num_classes - 2, -1)]
    while stack:
        item, parent = stack.pop()
        merge = item - num_classes
        if merge < 0:
            node_id = name = classes[item]
        else:
            node_id, name = f"cluster {merge}", group_names[merge]
            left, right = merged[merge]
            node = len(table.parents)
            stack += [(right, node), (left, node)]
        table.parents.append(parent)
        table.ids.append(node_id if parent >= 0 else ROOT_ID)
        table.names.append(name if parent >= 0 else ROOT_NAME)
        table.labels.append(item if merge < 0 else -1)
    return table


def _group_names(
    merged: Sequence[Sequence[int]], classes: Sequence[str]
) -> list[str]:
    """Names each merge [C - 1] by its nearest two members."""
    first: list[int] = []
    size: list[int] = []
    names = []
    for merge, pair in enumerate(merged):
        inside = [item - len(classes) for item in pair if item >= len(classes)]
        # Whatever merged first below are two classes.
        first.append(min([merge, *(first[each] for each in inside)]))
        size.append(2 - len(inside) + sum(size[each] for each in inside))
        near = ", ".join(classes[item] for item in merged[first[-1]])
        rest = size[-1] - 2
        names.append(f"{near} +{rest}" if rest else near)
    return names


def json_table(source: str | bytes | Mapping[str, Any]) -> NodeTable:
    """Reads what `Hierarchy.to_json` wrote: a text, or its parsed content."""
    if isinstance(source, Mapping):
        content: Mapping[str, Any] = source
    else:
        content = _json_fields(source)
    if content.get("format") != JSON_FORMAT or content.get("version") != 1:
        raise HierarchyError(
            f"Expected a JSON object of format {JSON_FORMAT!r}, version 1; got "
            f"format {content.get('format')!r:.80}, version "
            f"{content.get('version')!r:.80}. Hierarchy.to_json() writes it."
        )
    missing = set(NodeTable._fields) - {"level_names"} - set(content)
    if missing:
        raise HierarchyError(f"The hierarchy lacks {sorted(missing)}.")
    columns: list[Any] = [content.get(name) for name in NodeTable._fields]
    return NodeTable(*columns)


def _json_fields(source: Any) -> dict[str, Any]:
    # The text may come from anyone. Above all it is never used as a file name.
    if not isinstance(source, str | bytes):
        raise HierarchyError(
            "Expected the JSON text that Hierarchy.to_json() writes, or its "
            f"parsed content, got {type(source).__name__}. To read a file, use "
            "Hierarchy.load(path)."
        )
    if len(source) > limits.TREE_BYTES:
        raise HierarchyError(
            f"The JSON of a hierarchy takes at most {limits.TREE_BYTES:,} "
            f"bytes, got {len(source):,}."
        )
    try:
        text = source.decode() if isinstance(source, bytes) else source
        if not text.lstrip().startswith("{"):
            raise ValueError(
                "expected the JSON text that Hierarchy.to_json() writes, which "
                f"begins with '{{', got {text[:40]!r}. To read a file, use "
                "Hierarchy.load(path)."
            )
        return flat_json.loads(
            text, ("format", "version", *NodeTable._fields), limits.NODES
        )
    except ValueError as error:
        raise HierarchyError(f"Not a hierarchy: {error}") from error
