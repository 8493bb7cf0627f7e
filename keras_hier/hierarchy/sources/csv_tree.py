"""Reads trees from CSV: a line a class, its groups in columns."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from keras_hier.files import limits, spreadsheets
from keras_hier.files.text_files import parse_rows, read_text
from keras_hier.hierarchy.sources.csv_columns import (
    Table,
    group_columns,
    is_numbered,
    number,
    table_of,
)
from keras_hier.hierarchy.tree.hierarchy_error import HierarchyError, quoted
from keras_hier.hierarchy.tree.node_table import OF_GROUP
from keras_hier.hierarchy.tree.rows import Row


class CsvRows(NamedTuple):
    """The content of a CSV of classes.

    Attributes:
        rows: one a class.
        numbered: class ids by label where there is a `label` column.
        names: display names by id, from columns of names.
        level_names: of the columns of groups, the coarsest first.
    """

    rows: list[Row]
    numbered: list[str] | None
    names: dict[str, str]
    level_names: list[str] | None


def csv_rows(
    path: str | Path,
    order: str | None,
    groups: Sequence[str] | None = None,
    header: bool = False,
) -> CsvRows:
    """Reads a CSV of classes and their groups.

    Args:
        path: of the file.
        order: "coarse_to_fine" or "fine_to_coarse".
        groups: the columns that are groups; by default those called `group`,
            `group1`, `group2`, ...
        header: whether all columns are groups that are not known otherwise.
    """
    try:
        text = read_text(path)
    except ValueError as error:
        raise HierarchyError(str(error)) from None
    return parsed_rows(text, path, order, groups, header)


def parsed_rows(
    text: str,
    path: str | Path,
    order: str | None = None,
    groups: Sequence[str] | None = None,
    header: bool = False,
) -> CsvRows:
    """Does the same for a text; errors name `path` as its source."""
    if header and groups is not None:
        raise HierarchyError(
            "header=True takes all columns for groups, groups= those that it "
            "names: pass one of the two."
        )
    try:
        lines = parse_rows(text, path, same_width=True)
    except ValueError as error:
        raise HierarchyError(str(error)) from None
    if not lines:
        raise HierarchyError(
            f"{path} is empty: expected class,group,... lines."
        )
    lines = [[spreadsheets.unguarded(cell) for cell in line] for line in lines]
    table = table_of(path, lines, groups is not None or header)
    places = group_columns(table, order, groups, header)
    # An empty cell means that the class has no group at that level.
    rows = [
        Row(cells[0], tuple(cells[i] for i in places if cells[i]))
        for cells in table.body
    ]
    counts = Counter(row.class_id for row in rows if row.class_id)
    twice = [class_id for class_id, lines in counts.items() if lines > 1]
    if twice:
        raise HierarchyError(
            f"{path}: the class {twice[0]!r:.80} appears twice. A class has "
            "one line."
        )
    return CsvRows(
        rows,
        _by_label(table),
        _names(table, places),
        _level_names(table, places),
    )


def _names(table: Table, groups: Sequence[int]) -> dict[str, str]:
    """Returns display names by id, from the columns of names."""
    names: dict[str, str] = {}
    columns = table.columns
    classes = {cells[0] for cells in table.body}
    for i, column in [
        (0, "name"),
        *((i, f"{columns[i]} name") for i in groups),
    ]:
        if column not in columns:
            continue
        j = columns.index(column)
        for cells in table.body:
            key, name = cells[i], cells[j]
            if not key or not name:
                continue
            if i and key in classes:
                key += OF_GROUP  # the class has the other id
            if names.setdefault(key, name) != name:
                raise HierarchyError(
                    f"{table.path} calls {key!r} both {names[key]!r} and "
                    f"{name!r}: give it one name."
                )
    return names


def _level_names(table: Table, groups: Sequence[int]) -> list[str] | None:
    """Returns the names of the columns of groups, the coarsest first.

    There are none if the columns are called `group1`, ..., or if the names are
    more or longer than a tree keeps. Nor if a class has a group below an empty
    cell: then a column is no depth of the tree.
    """
    used = [i for i in groups if any(cells[i] for cells in table.body)]
    names = [table.called[i] for i in used]
    if all(map(is_numbered, names)) or len(names) > limits.LEVEL_NAMES:
        return None
    if any(len(name) > limits.LEVEL_NAME_LENGTH for name in names):
        return None
    for cells in table.body:
        filled = [bool(cells[i]) for i in used]
        if sorted(filled, reverse=True) != filled:
            return None
    return names


def _by_label(table: Table) -> list[str] | None:
    """Returns class ids by label, None without a column of labels."""
    if "label" not in table.columns:
        return None
    place = table.columns.index("label")
    given = [cells[place] for cells in table.body]
    labels = [number(label) for label in given]
    if sorted(labels) != list(range(len(labels))):
        raise HierarchyError(
            f"{table.path}: the label column must number the {len(labels)} "
            f"classes 0..{len(labels) - 1}, each once; it holds "
            f"{quoted(given)}."
        )
    of_label = dict(zip(labels, table.body, strict=True))
    return [of_label[label][0] for label in range(len(labels))]
