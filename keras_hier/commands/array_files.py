"""Reads labels and predictions from the files that other programs write.

What a file holds is read here; which classes it means is found out in
`label_kinds.py`.
"""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np

from keras_hier.files.numpy_files import NumpyFile
from keras_hier.files.spreadsheets import unguarded
from keras_hier.files.text_files import read_bytes, read_rows, read_text

# Keys under which an .npz file may say which class each number means.
CLASS_KEYS = ("wnids", "classes", "class_ids")
_CLASS_HEADERS = ("class", "classes", "class_id", "label", "labels")
_ID_HEADERS = ("id", "ids")
# Of no more rows scores may rise by one in each.
_FEW_ROWS = 3
# Names of columns, those of scikit-learn among them.
_COLUMNS = {
    "labels": ("labels", "label", "y_true"),
    "predictions": ("predictions", "prediction", "y_pred"),
}
_NUMPY = (".npy", ".npz")
_KINDS = ".npy, .npz (FILE.npz or FILE.npz:key) or .csv"
# Numbers as they are usually written; `float` takes "1_0" and "nan" as well.
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$", re.I | re.ASCII)
# What programs write where a table has no number.
_MISSING = ("na", "n/a", "nan", "none", "null", "<na>")
_NO_NUMBER = re.compile(r"[+-]?(nan|inf|infinity)$", re.I)

ValueKind = Literal["ids", "numbers"]


class Source(NamedTuple):
    """What a file holds.

    Attributes:
        values: numbers [N] or scores [N, C]; or the text of the file, str [N]:
            class ids, or numbers.
        classes: class ids in the order of the file's own numbers, or None.
        name: the file, for messages.
        wanted: "labels", "predictions" or "scores".
        kind: "ids" if the values are class ids, "numbers" if they are labels,
            None where that is not known yet.
        first_row: str [C], the first row of scores as text, where it may as
            well be a header of class ids.
        is_bare: whether the values are a lone column of a CSV, whose first
            cell may as well be a header.
        takes_groups: whether labels may name groups, by --node-labels.
    """

    values: np.ndarray | tuple[str, ...]
    classes: tuple[str, ...] | None
    name: str
    wanted: str
    kind: ValueKind | None = None
    first_row: tuple[str, ...] | None = None
    is_bare: bool = False
    takes_groups: bool = True


def read(text: str, wanted: str, kind: ValueKind | None = None) -> Source:
    """Reads an array.

    Args:
        text: a path, for .npz with an optional `:key` at the end.
        wanted: "labels", "predictions" or "scores": the key or column to look
            for.
        kind: what whole numbers in it are, where the user has said so.

    Raises:
        ValueError: no such file, key or column, or not an array.
    """
    path, key = _path_and_key(text)
    if path.suffix in _NUMPY:
        source = _from_numpy(path, key, wanted)
    elif path.suffix == ".csv":
        source = _from_csv(path, wanted)
    else:
        raise ValueError(f"{text}: expected {_KINDS}.")
    source = source._replace(kind=source.kind or kind)
    first = source.first_row
    if source.kind != "ids" or first is None or not _are_names(first):
        return source
    scores = np.asarray(source.values)[1:]
    return scores_by_class_id(first, scores, source.name, wanted)


def _are_names(row: Sequence[str]) -> bool:
    """Tells whether a row of numbers may be class ids: whole and different."""
    found = {whole_number_in(cell) for cell in row}
    return None not in found and len(found) == len(row)


def read_classes(text: str) -> tuple[str, ...]:
    """Reads class ids: a text file with one on each line, .npy or .npz:key.

    Or the list that `keras-hier records` writes, classes.json.

    Raises:
        ValueError: no such file, or no list of ids.
    """
    path, key = _path_and_key(text)
    if path.suffix == ".json":  # beside records
        from keras_hier.data.class_list import read_class_list

        return read_class_list(path)
    if path.suffix in _NUMPY:
        source = _from_numpy(path, key, "classes")
        return _as_ids(source.values, source.name)
    if path.suffix == ".csv":
        ids = _column_of_classes(path, text)
        return ids[1:] if ids and _is_header(ids) else ids
    lines = read_text(path).split("\n")
    return tuple(line.strip() for line in lines if line.strip())


def first_class_may_be_header(text: str) -> bool:
    """Tells whether a file of class ids is a column without a usual name."""
    path = Path(text)
    if path.suffix != ".csv":
        return False
    ids = _column_of_classes(path, text)
    return bool(ids) and not _is_header(ids)


def _column_of_classes(path: Path, name: str) -> tuple[str, ...]:
    rows = read_rows(path)
    if any(len(row) != 1 for row in rows):
        raise ValueError(
            f"{name}: expected one class id on each line, in the order of "
            f"their numbers, got {', '.join(rows[0])!r:.80}."
        )
    return tuple(unguarded(row[0]) for row in rows)


def _is_header(ids: Sequence[str]) -> bool:
    """Tells whether a column of class ids has a name, as pandas writes them."""
    if ids[0].lower() in _CLASS_HEADERS:
        return True
    return is_unnamed_series(ids)


def is_unnamed_series(cells: Sequence[str]) -> bool:
    """Tells whether a column has the name 0, which pandas gives a Series."""
    others = set(cells[1:])
    return (
        cells[0] == "0"
        and bool(others)
        and all(number_in(cell) is None for cell in others)
    )


def check_none_missing(source: Source, known: Sequence[str] = ()) -> None:
    """Raises an error where numbers have cells without one among them.

    Args:
        source: what was read.
        known: ids of classes, of which one may be called "none".

    Raises:
        ValueError: all other cells are numbers.
    """
    cells = source.values
    if not isinstance(cells, tuple):
        return
    texts = {cell for cell in set(cells) if number_in(cell) is None}
    if not texts or any(
        text.lower() not in _MISSING or text in known for text in texts
    ):
        return
    at = next(at for at, cell in enumerate(cells) if cell in texts)
    place = f"index {at}"
    if source.name.endswith(".csv"):
        place = f"line {at + (1 if source.is_bare else 2)}"
    raise ValueError(
        f"{source.name}: {place} has {cells[at]!r} among numbers, which is no "
        "class. Leave out samples without a class, in all files."
    )


def read_ids(text: str) -> tuple[str, ...]:
    """Reads ids of samples: a text file with one on each line, .csv or .npy.

    Names of files may hold any bytes: those that are not UTF-8 are escaped.

    Raises:
        ValueError: no such file, or no list of names.
    """
    path, key = _path_and_key(text)
    if path.suffix in _NUMPY:
        values = _from_numpy(path, key, "ids").values
        if isinstance(values, tuple):
            return values
        if values.ndim != 1 or values.dtype.kind not in "iu":
            raise ValueError(
                f"{text}: expected ids, strings or integers [N], got shape "
                f"{values.shape} of {values.dtype}."
            )
        return tuple(map(str, values.tolist()))
    if path.suffix == ".csv":
        rows = read_rows(path, are_samples=True)
        if any(len(row) != 1 for row in rows):
            raise ValueError(
                f"{text}: expected one id on each line, in quotation marks if "
                f"it has a comma, got {', '.join(rows[0])!r:.80}."
            )
        ids = tuple(unguarded(row[0]) for row in rows)
        return ids[1:] if ids and ids[0].lower() in _ID_HEADERS else ids
    raw = read_bytes(path)
    if b"\0" in raw:  # which no name of a file has
        raise ValueError(
            f"{text}: expected ids in UTF-8, one on each line, got zero bytes, "
            "as of UTF-16 or of no text. Save the file as UTF-8."
        )
    data = raw.decode("utf-8-sig", "backslashreplace")
    lines = data.replace("\r\n", "\n").split("\n")
    return tuple(lines[:-1] if lines[-1] == "" else lines)


def number_in(cell: str) -> float | None:
    """Returns the number that a text is, or None."""
    return float(cell) if _NUMBER.match(cell) else None


def text_of(number: float) -> str:
    """Returns a number as ids are written: 7 for 7.0, and no exponent."""
    return str(int(number)) if float(number).is_integer() else str(number)


def whole_number_in(cell: str) -> int | None:
    """Returns the whole number that a text is, or None."""
    value = number_in(cell)
    # Beyond 2^53 a float is not exact.
    if value is None or not value.is_integer() or abs(value) >= 2**53:
        return None
    return int(value)


def numbers(count: int) -> tuple[str, ...]:
    """Returns the ids of classes that have none: 0 to C - 1."""
    return tuple(map(str, range(count)))


def _path_and_key(text: str) -> tuple[Path, str | None]:
    path, key = Path(text), None
    if not path.is_file() and ".npz:" in text:
        file, _, key = text.rpartition(":")
        path = Path(file)
    if not path.is_file():
        raise ValueError(f"there is no file {str(path)!r}.")
    return path, key


def _from_numpy(path: Path, key: str | None, wanted: str) -> Source:
    with path.open("rb") as stream:
        file = NumpyFile(stream, path.name)
        if not file.is_archive:
            values = _values(file.array(), path.name)
            return Source(values, None, path.name, wanted)
        own = next((k for k in CLASS_KEYS if k in file.keys), None)
        if key is None:
            arrays = [k for k in file.keys if k != own]
            key = wanted if wanted in arrays else None
            if key is None and len(arrays) == 1:
                key = arrays[0]
        if key is None or key not in file.keys:
            raise ValueError(
                f"{path.name}: it holds "
                f"{', '.join(file.keys) or 'nothing':.200}; "
                f"say which with {path.name}:KEY."
            )
        name = f"{path.name}:{key}"
        values, classes = _values(file.array(key), name), None
        if own is not None and own != key:
            ids = f"{path.name}:{own}"
            classes = _as_ids(_values(file.array(own), ids), ids)
        return Source(values, classes, name, wanted)


def _values(array: np.ndarray, name: str) -> np.ndarray | tuple[str, ...]:
    if array.dtype.kind not in "US":
        return array
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim != 1:
        raise ValueError(
            f"{name}: expected class ids [N], got shape {array.shape} of "
            f"{array.dtype}."
        )
    if array.dtype.kind == "S":
        return tuple(
            item.decode("utf-8", "backslashreplace") for item in array.tolist()
        )
    return tuple(array.tolist())


def _as_ids(values: np.ndarray | tuple[str, ...], name: str) -> tuple[str, ...]:
    if isinstance(values, tuple):
        return values
    if values.ndim != 1 or values.dtype.kind not in "iu":
        raise ValueError(
            f"{name}: expected class ids, strings or integers [C], got shape "
            f"{values.shape} of {values.dtype}."
        )
    return tuple(map(str, values.tolist()))


def _from_csv(path: Path, wanted: str) -> Source:
    rows = read_rows(path, are_samples=True, same_width=True)
    if not rows:
        raise ValueError(f"{path.name} is empty.")
    width = len(rows[0])
    head = [cell.lower() for cell in rows[0]]
    names = _COLUMNS.get(wanted, (wanted, wanted.removesuffix("s")))
    columns = [i for i, cell in enumerate(head) if cell in names]
    if len(columns) > 1:
        raise ValueError(
            f"{path.name}: expected one column named {wanted!r}, got "
            f"{len(columns)}."
        )
    if columns:
        cells = tuple(unguarded(row[columns[0]]) for row in rows[1:])
        if "" in cells:
            raise ValueError(
                f"{path.name}: line {cells.index('') + 2} has nothing under "
                f"{rows[0][columns[0]]!r}. Leave out samples without a class, "
                "in all files."
            )
        return Source(cells, None, path.name, wanted)
    if width == 1:
        cells = tuple(unguarded(row[0]) for row in rows)
        return Source(cells, None, path.name, wanted, is_bare=True)
    return _scores(rows, path.name, wanted)


def _scores(rows: list[list[str]], name: str, wanted: str) -> Source:
    """Reads a table of scores, whose first row may name the classes."""
    first = tuple(map(unguarded, rows[0]))
    if all(map(_is_score, first)):
        # Class ids may look like scores: `to_labels` knows the ids and decides.
        table = _table(rows, len(first), name, wanted)
        if wanted == "labels":
            _check_one_hot(table[1:], name)
        _check_no_index(table[1:], name, first[0])
        return Source(table, None, name, wanted, first_row=first)
    if "" in first[1:]:
        raise ValueError(f"{name}: the first row has an empty cell.")
    if first[0] == "":
        raise ValueError(
            f"{name}: its first column has no name, as the index of a table, "
            "which is no class. Leave it out, in pandas by index=False."
        )
    table = _table(rows[1:], len(first), name, wanted)
    if wanted == "labels":
        _check_one_hot(table, name)
    return scores_by_class_id(first, table, name, wanted)


def scores_by_class_id(
    ids: tuple[str, ...], scores: np.ndarray, name: str, wanted: str
) -> Source:
    """Returns a source of scores [N, C] whose columns have class ids."""
    _check_no_index(scores, name, ids[0])
    if np.isnan(scores).any():
        raise ValueError(f"{name}: scores must be numbers, not NaN.")
    if wanted == "scores":
        return Source(scores, ids, name, wanted)
    best = scores.argmax(axis=1).tolist() if scores.size else []
    return Source(tuple(ids[i] for i in best), None, name, wanted, "ids")


def _check_one_hot(table: np.ndarray, name: str) -> None:
    """Raises an error about labels that are columns of something else."""
    is_one_hot = np.isin(table, (0, 1)).all() and (table.sum(axis=1) == 1).all()
    if not is_one_hot:
        raise ValueError(
            f"{name}: no column is called 'labels', and they are no one-hot "
            "labels either. Call the column of labels 'labels'."
        )


def _check_no_index(scores: np.ndarray, name: str, first: str) -> None:
    """Raises an error where the first column numbers the rows, as in pandas."""
    column = scores[:, 0]
    if len(column) > _FEW_ROWS and (np.diff(column) == 1).all():
        raise ValueError(
            f"{name}: its first column, {first!r:.80}, numbers the rows and "
            "would be the scores of a class. Leave it out, in pandas by "
            "index=False."
        )


def _is_score(cell: str) -> bool:
    return bool(_NUMBER.match(cell) or _NO_NUMBER.match(cell))


def _table(
    rows: list[list[str]], width: int, name: str, wanted: str
) -> np.ndarray:
    try:
        return np.array(rows, np.float64).reshape(len(rows), width)
    except ValueError:
        parted = any(";" in cell for row in rows for cell in row)
        raise ValueError(
            f"{name}: expected a column named {wanted!r}, one column alone, or "
            "scores: numbers, a column a class."
            + (
                " Semicolons part cells only where there are no commas: save "
                "numbers with decimal points."
                if parted
                else ""
            )
        ) from None
