"""Verdicts on labels from the view Quality of the tab, as a file."""

import json
import os
import warnings
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from keras_hier.files import limits
from keras_hier.files.spreadsheets import unguarded
from keras_hier.files.text_files import parse_rows, read_text
from keras_hier.log.records.given_labels import (
    are_texts,
    as_integers,
    class_numbers,
    require_within,
    texts_of,
)
from keras_hier.quantities import by_number, quantity
from keras_hier.tensors import to_numpy

VERDICTS = ("open", "seen", "confirmed", "dismissed")
_COLUMNS = ("list", "verdict", "sample", "class", "other_class")
# Verdicts on classes, or on a sample of two, decide no label.
_UNDECIDED = {
    "overlapping": ("pair of classes", "pairs of classes"),
    "clique": ("clique of classes", "cliques of classes"),
    "diverse": ("class that is two", "classes that are two"),
    "two_objects": ("sample of two objects", "samples of two objects"),
}
_OTHER = ("row of another list", "rows of other lists")

_SAY = "Say by classes which class each number is."

Row = dict[str, str]


def apply_verdicts(
    labels: Any,
    file: str | os.PathLike[str],
    *,
    ids: Iterable[Any] | None = None,
    classes: Iterable[str] | None = None,
) -> np.ndarray:
    r"""Corrects the labels that people confirmed to be wrong.

    The file is what the buttons *CSV* and *JSON* of the tab's view *Quality*
    save. A confirmed suspect label becomes the class that it looks like. Other
    verdicts change no label: a warning counts those that were confirmed.

    Args:
        labels: class ids or numbers [N], of any array library.
        file: a .csv or .json with the columns `list`, `verdict`, `sample`,
            `class` and `other_class`.
        ids: str [N], the samples' ids as they were logged; by default their
            places, "0" to "N - 1".
        classes: str [C], class ids in the order of the numbers; by default
            the numbers themselves.

    Returns:
        The labels [N] as they should be, numbers or ids as they came.

    Raises:
        ValueError: a file of other columns or verdicts, a sample whose label
            was another one when it was judged, two ids that are alike, or no
            judged sample among the ids.
        OSError: no such file.

    Example:
        >>> import pathlib, tempfile
        >>> file = pathlib.Path(tempfile.mkdtemp(), "quality.csv")
        >>> _ = file.write_text(
        ...     "list,verdict,sample,class,other_class\n"
        ...     "suspect,confirmed,b.jpg,dog,cat\n")
        >>> apply_verdicts(["dog", "dog"], file, ids=["a.jpg", "b.jpg"])
        array(['dog', 'cat'], dtype='<U3')
    """
    rows = read_verdicts(file)
    given = to_numpy(labels)
    order = None if classes is None else [*map(str, classes)]
    names = _names(given, order)
    places = _places(ids, len(names))
    fixes = _fixes(rows, names, places, os.fspath(file))
    for at, name in fixes.items():
        names[at] = name
    if are_texts(given):
        return np.array(names, object if given.dtype.kind == "O" else None)
    fixed = np.array(given)
    if fixes:
        fixed[[*fixes]] = _numbers([*fixes.values()], order)
    return fixed


def read_verdicts(file: str | os.PathLike[str]) -> list[Row]:
    """Reads the rows of a file that the view Quality saved.

    Raises:
        ValueError: other columns, or verdicts that there are not.
        OSError: no such file.
    """
    text = read_text(Path(file), limits.TREE_BYTES)
    if Path(file).suffix == ".json":
        head, table = _of_json(text, file)
    else:
        head, *lines = parse_rows(text, Path(file), same_width=True) or [[]]
        table = [
            dict(zip(head, map(unguarded, each), strict=True)) for each in lines
        ]
    missing = [name for name in _COLUMNS if name not in head]
    if missing:
        raise ValueError(
            f"{file}: expected the columns {', '.join(_COLUMNS)}, "
            f"{missing[0]!r} is missing. The tab's view Quality saves them, "
            "by its buttons CSV and JSON; `keras-hier quality` knows no "
            "verdicts."
        )
    for number, row in enumerate(table, 1):
        row["verdict"] = row["verdict"] or "open"
        if row["verdict"] not in VERDICTS:
            raise ValueError(
                f"{file}, row {number}: {row['verdict']!r:.80} is no verdict. "
                f"Expected {', '.join(VERDICTS)}."
            )
    return table


def _of_json(
    text: str, file: str | os.PathLike[str]
) -> tuple[Sequence[str], list[Row]]:
    try:
        rows = json.loads(text)
    except (ValueError, RecursionError):
        rows = None
    if not isinstance(rows, list) or not all(isinstance(r, dict) for r in rows):
        raise ValueError(f"{file}: expected a JSON list of objects.")
    # Rows leave out what they do not have.
    head = [
        *({*_COLUMNS} if not rows else {key for row in rows for key in row})
    ]
    values = ({key: row.get(key) for key in {*_COLUMNS, *head}} for row in rows)
    return head, [
        {key: "" if v is None else str(v).strip() for key, v in each.items()}
        for each in values
    ]


def _names(given: np.ndarray, order: Sequence[str] | None) -> list[str]:
    """Returns the class id of each label."""
    if given.ndim == 1 and are_texts(given):
        return [str(text).strip() for text in texts_of(given)]
    numbers = as_integers("labels", given)
    if order is None:
        return [*map(str, numbers.tolist())]
    require_within("labels", numbers, len(order))
    return [order[number] for number in numbers.tolist()]


def _numbers(names: Sequence[str], order: Sequence[str] | None) -> np.ndarray:
    """Returns the numbers of classes by their ids."""
    if order is not None:
        return class_numbers("other_class", names, order)
    if wrong := [name for name in names if not name.isdecimal()]:
        raise ValueError(
            f"{wrong[0]!r:.80} is the id of a class, and the labels are "
            f"numbers. {_SAY}"
        )
    return np.array([*map(int, names)])


def _places(ids: Iterable[Any] | None, count: int) -> dict[str, int]:
    """Returns the place of each id, -1 where several are alike."""
    names = [
        *map(str, range(count) if ids is None else texts_of(to_numpy(ids)))
    ]
    if len(names) != count:
        raise ValueError(
            f"Expected as many ids as labels, got {len(names):,} and {count:,}."
        )
    places: dict[str, int] = {}
    for at, name in enumerate(names):
        places[name.strip()] = -1 if name.strip() in places else at
    return places


def _fixes(
    rows: Iterable[Row], names: Sequence[str], places: dict[str, int], file: str
) -> dict[int, str]:
    """Returns the class that each wrong label is to be, by its place."""
    fixes: dict[int, str] = {}
    undecided: Counter[tuple[str, str]] = Counter()
    judged, absent = 0, []
    for row in rows:
        if row["verdict"] not in ("confirmed", "dismissed"):
            continue
        is_confirmed = row["verdict"] == "confirmed"
        if is_confirmed and row["list"] != "suspect":
            undecided[_UNDECIDED.get(row["list"], _OTHER)] += 1
        if row["list"] not in ("suspect", "two_objects"):
            continue
        judged += 1
        at = places.get(row["sample"])
        if at is None:
            absent.append(row["sample"])
            continue
        _check(row, at, names, file)
        if not is_confirmed or row["list"] != "suspect":
            continue
        if fixes.setdefault(at, row["other_class"]) != row["other_class"]:
            raise ValueError(
                f"{file}: {row['sample']!r:.80} was confirmed to be "
                f"{fixes[at]!r:.80} and {row['other_class']!r:.80}."
            )
    if judged and len(absent) == judged:
        raise ValueError(
            f"{file}: none of the {quantity(judged, 'sample')} that were "
            f"judged, such as {absent[0]!r:.80}, is among the ids of the "
            f"labels, such as {next(iter(places), '')!r:.80}."
        )
    _warn(undecided, absent, file)
    return fixes


def _check(row: Row, at: int, names: Sequence[str], file: str) -> None:
    """Raises an error about a label that is not the one that was judged."""
    sample = f"{row['sample']!r:.80}"
    if at < 0:
        raise ValueError(
            f"{file}: {sample} was judged, and several samples have this id."
        )
    if names[at] == row["class"]:
        return
    hint = "another file, or labels that were corrected already?"
    if names[at].isdecimal() and not row["class"].isdecimal():
        hint = f"if it is a number: {_SAY}"
    raise ValueError(
        f"{file}: the label of {sample} was {row['class']!r:.80} when it was "
        f"judged, and is {names[at]!r:.80} here: {hint}"
    )


def _warn(
    undecided: Counter[tuple[str, str]], absent: Sequence[str], file: str
) -> None:
    """Says which verdicts change no label."""
    if undecided:
        what = ", ".join(
            f"{n:,} {by_number(n, *nouns)}" for nouns, n in undecided.items()
        )
        warnings.warn(
            f"{file}: some confirmed verdicts decide no label: {what}.",
            stacklevel=4,
        )
    if absent:
        are = by_number(len(absent), "is", "are")
        warnings.warn(
            f"{file}: {quantity(len(absent), 'sample')} that {are} judged "
            f"{are} not among the ids of the labels, the first is "
            f"{absent[0]!r:.80}.",
            stacklevel=4,
        )
