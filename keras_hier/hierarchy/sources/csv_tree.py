"""Reads trees from CSV: a line a class, its groups in columns."""

import contextlib
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from keras_hier.files import limits, spreadsheets
from keras_hier.files.text_files import parse_rows, read_text
from keras_hier.hierarchy.tree.node_table import (
    HierarchyError,
    Row,
    quoted,
)


class CsvRows(NamedTuple):
    """What a CSV of classes holds.

    Attributes:
        rows: one a class.
        numbered: class ids by label where there is a `label` column.
        names: display names by id, from columns of names.
        level_names: what the columns of groups are called, the coarsest first.
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
    """Does the same for a text, whose source is named in errors."""
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
    head = [_key(cell) for cell in lines[0]]
    has_header = head[0] in ("class", "id")
    is_said = groups is not None or header
    if not has_header and (is_said or _is_header(head)):
        raise HierarchyError(
            f"{path}: the header must begin with `class`, the column of class "
            f"ids, and name the other columns; got {quoted(lines[0])}."
        )
    columns = head if has_header else ["class"] + ["group"] * (len(head) - 1)
    body = lines[1:] if has_header else lines
    if not body:
        raise HierarchyError(f"{path} has a header and no classes.")
    _check_columns(path, columns)
    called = [_level_name(cell) for cell in lines[0]] if has_header else columns
    if header:
        group_columns = _all_columns(columns, body)
        if order is None:
            group_columns = _by_nesting(path, called, group_columns, body)
    elif groups is None:
        _check_all_are_known(path, columns, body)
        group_columns = [i for i, c in enumerate(columns) if _GROUP.match(c)]
        group_columns = _coarse_to_fine(path, columns, group_columns, order)
    else:
        group_columns = _named_columns(path, columns, called, groups)
    if is_said and _checked_order(order) == "fine_to_coarse":
        group_columns.reverse()

    rows, labels = [], []
    names: dict[str, str] = {}
    named = [
        (i, columns.index(f"{columns[i]} name"))
        for i in group_columns
        if f"{columns[i]} name" in columns
    ]
    classes = {cells[0] for cells in body}
    for cells in body:
        class_id = cells[0]
        # An empty cell means that the class has no group at that level.
        above = tuple(cells[i] for i in group_columns if cells[i])
        rows.append(Row(class_id, above))
        if "label" in columns:
            labels.append((cells[columns.index("label")], class_id))
        for i, j in named:
            if cells[i] and cells[j]:
                # Such a group has this id, the class the other.
                group = cells[i] + " (group)" * (cells[i] in classes)
                _add_name(path, names, group, cells[j])
        if "name" in columns and cells[columns.index("name")]:
            _add_name(path, names, class_id, cells[columns.index("name")])
    _check_each_once(path, rows)
    numbered = _by_label(path, labels) if labels else None
    levels = [called[i] for i in group_columns] if has_header else []
    held = [[cells[i] for i in group_columns] for cells in body]
    return CsvRows(rows, numbered, names, _level_names(levels, held))


def _check_each_once(path: str | Path, rows: Sequence[Row]) -> None:
    counts = Counter(row.class_id for row in rows)
    counts.pop("", None)  # an error of its own
    twice = [class_id for class_id, lines in counts.items() if lines > 1]
    if twice:
        raise HierarchyError(
            f"{path}: the class {twice[0]!r:.80} appears twice. A class has "
            "one line."
        )


def _add_name(
    path: str | Path, names: dict[str, str], key: str, name: str
) -> None:
    if names.setdefault(key, name) != name:
        raise HierarchyError(
            f"{path} calls {key!r} both {names[key]!r} and {name!r}: give it "
            "one name."
        )


def _key(cell: str) -> str:
    """Returns what a column is known by: `group1` of `group1: superclass`."""
    found = _LEVEL.fullmatch(cell)
    return f"group{found[1]}" if found else cell.lower()


def _level_name(cell: str) -> str:
    found = _LEVEL.fullmatch(cell)
    return (found[2] if found else cell).strip()


def _level_names(
    called: Sequence[str], held: Sequence[Sequence[str]]
) -> list[str] | None:
    """Returns the names of the columns of groups, the coarsest first.

    None where `group1` says nothing, or where a class leaves out a coarse
    group and has a finer one: then a column is no depth of the tree; nor where
    they are more or longer than a tree keeps.
    """
    used = [i for i in range(len(called)) if any(cells[i] for cells in held)]
    names = [called[i] for i in used]
    if all(_GROUP.match(name.lower()) for name in names):
        return None
    if len(names) > limits.LEVEL_NAMES or any(
        len(name) > limits.LEVEL_NAME_LENGTH for name in names
    ):
        return None
    for cells in held:
        filled = [bool(cells[i]) for i in used]
        if sorted(filled, reverse=True) != filled:
            return None
    return names


# Names of columns after the first that are not groups.
_SPECIAL = ("label", "name")
_GROUP = re.compile(r"group[ _-]?(\d*)$", re.ASCII)
# A column that names its level, and one of the names of groups.
_LEVEL = re.compile(
    r"group[ _-]?(\d+)\s*:\s*(.+)", re.ASCII | re.IGNORECASE | re.DOTALL
)
_NAMES = re.compile(r"group\d+ name$", re.ASCII)


def _is_special(column: str, columns: Sequence[str]) -> bool:
    """Tells whether a column after the first is known to hold no groups."""
    is_of_group = _NAMES.match(column) and column.split()[0] in columns
    return column in _SPECIAL or bool(is_of_group)


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
    for name in {*_SPECIAL, *filter(_NAMES.match, columns)}:
        if columns.count(name) > 1:
            raise HierarchyError(f"{path} has two columns called {name!r}.")


def _check_all_are_known(
    path: str | Path, columns: Sequence[str], body: Sequence[Sequence[str]]
) -> None:
    """Raises an error about columns that may or may not be groups."""
    values: dict[str, set[str]] = {}
    for i, column in enumerate(columns):
        if i and not _is_special(column, columns):  # two may be called alike
            held = {cells[i] for cells in body} - {""}
            values.setdefault(column, set()).update(held)
    # Spreadsheets leave empty columns at the end.
    others = [
        column
        for column, held in values.items()
        if not _GROUP.match(column) and (column or held)
    ]
    if not others:
        return
    # The fewer values a column has, the coarser are its groups, mostly.
    guess = sorted(filter(None, values), key=lambda name: len(values[name]))
    places = [columns.index(name) for name in guess]
    with contextlib.suppress(HierarchyError):
        nested = _by_nesting(path, columns, places, body)
        guess = [columns[place] for place in nested]
    raise HierarchyError(
        f"{path} has columns that may be groups or not: {quoted(others)}. Name "
        f"those that are, the coarsest first, such as groups={guess}, on the "
        f"command line --groups-are {','.join(guess)}; what that does not name "
        "is left out. If all of them are groups, header=True says so. Columns "
        "`label`, `name`, `group1` (coarsest), `group2`, ... need no naming, "
        "nor `group1: superclass`, which says what its level is called."
    )


def _all_columns(
    columns: Sequence[str], body: Sequence[Sequence[str]]
) -> list[int]:
    """Returns the columns that hold anything and are not known otherwise."""
    return [
        i
        for i, column in enumerate(columns)
        if i
        and not _is_special(column, columns)
        and any(cells[i] for cells in body)
    ]


def _by_nesting(
    path: str | Path,
    called: Sequence[str],
    groups: Sequence[int],
    body: Sequence[Sequence[str]],
) -> list[int]:
    """Puts columns in the one order in which they are a tree, coarse to fine.

    Raises:
        HierarchyError: there is none, or more than one.
    """
    within = dict.fromkeys(groups, 0)
    for at, one in enumerate(groups):
        for other in groups[at + 1 :]:
            is_finer = _lies_within(body, one, other)
            if is_finer == _lies_within(body, other, one):
                raise HierarchyError(
                    f"{path}: the cells do not tell whether {called[one]!r} or "
                    f"{called[other]!r} is the coarser column. Pass groups="
                    "[...], the coarsest first, or order='coarse_to_fine' or "
                    "'fine_to_coarse' if the file has them so."
                )
            within[one if is_finer else other] += 1
    return sorted(groups, key=lambda column: within[column])


def _lies_within(body: Sequence[Sequence[str]], fine: int, coarse: int) -> bool:
    """Tells whether each group of a column lies in one group of the other."""
    above: dict[str, str] = {}
    return all(
        cells[coarse]
        and above.setdefault(cells[fine], cells[coarse]) == cells[coarse]
        for cells in body
        if cells[fine]
    )


def _named_columns(
    path: str | Path,
    columns: Sequence[str],
    called: Sequence[str],
    groups: Sequence[str],
) -> list[int]:
    if isinstance(groups, str):
        raise HierarchyError(
            "groups must be a sequence of names of columns, got the str "
            f"{groups!r}."
        )
    names = [str(name).strip().lower() for name in groups]
    if len(set(names)) != len(names):
        raise HierarchyError(f"groups names a column twice: {quoted(names)}.")
    known: dict[str, set[int]] = {}
    for i, column in enumerate(columns):
        if i and not _is_special(column, columns):
            for name in (column, called[i].lower()):
                known.setdefault(name, set()).add(i)
    missing = [name for name in names if name not in known]
    if missing:
        raise HierarchyError(
            f"{path} has no column of groups called {quoted(missing)}; it has "
            f"{quoted(list(known)) or 'none'}."
        )
    several = [name for name in names if len(known[name]) > 1]
    if several:
        raise HierarchyError(
            f"{path} has {len(known[several[0]])} columns called "
            f"{several[0]!r}: rename all but the one that groups= means."
        )
    return [place for name in names for place in known[name]]


def _coarse_to_fine(
    path: str | Path, columns: list[str], groups: list[int], order: str | None
) -> list[int]:
    if order is None and len(groups) > 1:
        numbers = [
            _number(columns[i].removeprefix("group").lstrip(" _-"))
            for i in groups
        ]
        if min(numbers) < 0 or len(set(numbers)) != len(numbers):
            raise HierarchyError(
                f"{path} has {len(groups)} group columns and does not say "
                "which is the coarsest: name them group1 (coarsest), group2, "
                "... in the header (class,group1,group2); or in Python pass "
                "order='coarse_to_fine' or 'fine_to_coarse'."
            )
        return [i for _, i in sorted(zip(numbers, groups, strict=True))]
    return groups[::-1] if _checked_order(order) == "fine_to_coarse" else groups


def _checked_order(order: str | None) -> str | None:
    if order not in (None, "coarse_to_fine", "fine_to_coarse"):
        raise HierarchyError(
            "order must be 'coarse_to_fine' or 'fine_to_coarse', got "
            f"{order!r}."
        )
    return order


# Python refuses to read numbers of thousands of digits.
_MOST_DIGITS = 20


def _number(text: str) -> int:
    """Returns a number from 0, or -1 for what is none."""
    is_one = text.isdecimal() and len(text) <= _MOST_DIGITS
    return int(text) if is_one else -1


def _by_label(path: str | Path, labels: list[tuple[str, str]]) -> list[str]:
    numbers = sorted(_number(n) for n, _ in labels)
    if numbers != list(range(len(labels))):
        raise HierarchyError(
            f"{path}: the label column must number the {len(labels)} classes "
            f"0..{len(labels) - 1}, each once; it holds "
            f"{quoted([n for n, _ in labels])}."
        )
    return [c for _, c in sorted(labels, key=lambda pair: int(pair[0]))]
