"""The columns of a CSV of classes: which are groups, the coarsest first."""

import contextlib
import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from keras_hier.hierarchy.tree.hierarchy_error import HierarchyError, quoted

# Columns that are not groups, besides those of the names of groups.
_SPECIAL = ("class", "id", "label", "name")
_GROUP = re.compile(r"group[ _-]?(\d*)$", re.ASCII)
# A column that names its level, and one of the names of groups.
_LEVEL = re.compile(
    r"group[ _-]?(\d+)\s*:\s*(.+)", re.ASCII | re.IGNORECASE | re.DOTALL
)
_NAMES = re.compile(r"group\d+ name$", re.ASCII)
# Python refuses to read numbers of thousands of digits.
_MOST_DIGITS = 20


class Table(NamedTuple):
    """The cells of a CSV of classes.

    Attributes:
        path: of the file, for messages.
        columns: their keys, `group1` for `group1: superclass`.
        called: their names, `superclass` for `group1: superclass`.
        body: a line a class.
    """

    path: str | Path
    columns: list[str]
    called: list[str]
    body: list[list[str]]

    def special(self, column: str) -> bool:
        """Tells whether a column is known to hold no groups."""
        is_of_group = _NAMES.match(column) and column.split()[0] in self.columns
        return column in _SPECIAL or bool(is_of_group)


def table_of(
    path: str | Path, lines: list[list[str]], header_is_needed: bool
) -> Table:
    """Splits the lines of a CSV into header and body, and checks the header."""
    head = [_key(cell) for cell in lines[0]]
    if head[0] not in ("class", "id"):
        if header_is_needed or any(
            cell in ("class", "label") or re.match(r"group[ _-]?\d", cell)
            for cell in head
        ):
            raise HierarchyError(
                f"{path}: the header must begin with `class`, the column of "
                "class ids, and name the other columns; got "
                f"{quoted(lines[0])}."
            )
        head = ["class"] + ["group"] * (len(head) - 1)
        return Table(path, head, head, lines)
    if len(lines) == 1:
        raise HierarchyError(f"{path} has a header and no classes.")
    ids = [c for c in head if c in ("class", "id")]
    if len(ids) > 1:
        raise HierarchyError(
            f"{path} has {len(ids)} columns of class ids, {quoted(ids)}: keep "
            "the first, with the ids that your data set uses, and call "
            "another `name` if it is for display."
        )
    for name in {"label", "name", *filter(_NAMES.match, head)}:
        if head.count(name) > 1:
            raise HierarchyError(f"{path} has two columns called {name!r}.")
    called = [
        (found[2] if (found := _LEVEL.fullmatch(cell)) else cell).strip()
        for cell in lines[0]
    ]
    return Table(path, head, called, lines[1:])


def _key(cell: str) -> str:
    found = _LEVEL.fullmatch(cell)
    return f"group{found[1]}" if found else cell.lower()


def is_numbered(name: str) -> bool:
    """Tells whether a column is called `group`, `group1`, ..."""
    return bool(_GROUP.match(name.lower()))


def number(text: str) -> int:
    """Returns a number from 0, or -1 for other texts."""
    is_one = text.isdecimal() and len(text) <= _MOST_DIGITS
    return int(text) if is_one else -1


def group_columns(
    table: Table, order: str | None, groups: Sequence[str] | None, header: bool
) -> list[int]:
    """Returns the places of the columns of groups, the coarsest first."""
    if order not in (None, "coarse_to_fine", "fine_to_coarse"):
        raise HierarchyError(
            "order must be 'coarse_to_fine' or 'fine_to_coarse', got "
            f"{order!r}."
        )
    if header:
        found = [
            i
            for i, column in enumerate(table.columns)
            if not table.special(column)
            and any(cells[i] for cells in table.body)
        ]
        if order is None:
            found = _by_nesting(table, found)
    elif groups is not None:
        found = _named(table, groups)
    else:
        _check_all_are_known(table)
        found = [i for i, c in enumerate(table.columns) if _GROUP.match(c)]
        if order is None and len(found) > 1:
            found = _by_number(table, found)
    return found[::-1] if order == "fine_to_coarse" else found


def _check_all_are_known(table: Table) -> None:
    """Raises an error about columns that may or may not be groups."""
    values: dict[str, set[str]] = {}
    for i, column in enumerate(table.columns):
        if not table.special(column):  # two may be called alike
            held = {cells[i] for cells in table.body} - {""}
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
    places = [table.columns.index(name) for name in guess]
    with contextlib.suppress(HierarchyError):
        nested = _by_nesting(table, places)
        guess = [table.columns[place] for place in nested]
    raise HierarchyError(
        f"{table.path} has columns that may be groups or not: {quoted(others)}."
        f" Name those that are, the coarsest first, such as groups={guess}, on "
        f"the command line --groups-are {','.join(guess)}; what that does not "
        "name is left out. If all of them are groups, header=True says so. "
        "Columns `label`, `name`, `group1` (coarsest), `group2`, ... need no "
        "naming, nor `group1: superclass`, which says what its level is called."
    )


def _by_nesting(table: Table, groups: Sequence[int]) -> list[int]:
    """Puts columns in the only order that is a tree, coarse to fine."""
    within = dict.fromkeys(groups, 0)
    for at, one in enumerate(groups):
        for other in groups[at + 1 :]:
            is_finer = _lies_within(table.body, one, other)
            if is_finer == _lies_within(table.body, other, one):
                raise HierarchyError(
                    f"{table.path}: the cells do not tell whether "
                    f"{table.called[one]!r} or {table.called[other]!r} is the "
                    "coarser column. Pass groups=[...], the coarsest first, or "
                    "order='coarse_to_fine' or 'fine_to_coarse' if the file "
                    "has them so."
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


def _named(table: Table, groups: Sequence[str]) -> list[int]:
    if isinstance(groups, str):
        raise HierarchyError(
            "groups must be a sequence of names of columns, got the str "
            f"{groups!r}."
        )
    names = [str(name).strip().lower() for name in groups]
    if len(set(names)) != len(names):
        raise HierarchyError(f"groups names a column twice: {quoted(names)}.")
    known: dict[str, set[int]] = {}
    for i, column in enumerate(table.columns):
        if not table.special(column):
            for name in (column, table.called[i].lower()):
                known.setdefault(name, set()).add(i)
    missing = [name for name in names if name not in known]
    if missing:
        raise HierarchyError(
            f"{table.path} has no column of groups called {quoted(missing)}; "
            f"it has {quoted(list(known)) or 'none'}."
        )
    several = [name for name in names if len(known[name]) > 1]
    if several:
        raise HierarchyError(
            f"{table.path} has {len(known[several[0]])} columns called "
            f"{several[0]!r}: rename all but the one that groups= means."
        )
    return [place for name in names for place in known[name]]


def _by_number(table: Table, groups: Sequence[int]) -> list[int]:
    numbers = [
        number(table.columns[i].removeprefix("group").lstrip(" _-"))
        for i in groups
    ]
    if min(numbers) < 0 or len(set(numbers)) != len(numbers):
        raise HierarchyError(
            f"{table.path} has {len(groups)} group columns and does not say "
            "which is the coarsest: name them group1 (coarsest), group2, ... "
            "in the header (class,group1,group2); or in Python pass "
            "order='coarse_to_fine' or 'fine_to_coarse'."
        )
    return [i for _, i in sorted(zip(numbers, groups, strict=True))]
