"""Reads labels and predictions from the files that other programs write.

The first line of a .csv names its columns. `label_kinds.py` finds which classes
the values mean.
"""

import argparse
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np

from keras_hier.files.numpy_files import NumpyFile
from keras_hier.files.regular_files import open_named
from keras_hier.files.spreadsheets import unguarded
from keras_hier.files.text_files import read_bytes, read_rows, read_text

# In so few rows, scores may happen to rise by one in each.
_FEW_ROWS = 3
# Names of columns, those of scikit-learn among them.
_COLUMNS = {
    "labels": ("labels", "label", "y_true"),
    "predictions": ("predictions", "prediction", "y_pred"),
    "classes": ("classes", "class", "class_id", "labels", "label"),
    "ids": ("ids", "id"),
}
# Keys under which an .npz file may say which class each number means.
_CLASS_KEYS = ("wnids", "classes", "class_ids")
# Programs write these where a table has no value.
MISSING = ("na", "n/a", "nan", "none", "null", "<na>")
_NUMPY = (".npy", ".npz")
_KINDS = ".npy, .npz (FILE.npz or FILE.npz:key) or .csv"
# "7", and the "7.0" of pandas; more digits than these number no class.
_WHOLE = re.compile(r"(-?\d{1,18})(\.0*)?", re.ASCII)

ValueKind = Literal["ids", "numbers"]
Values = np.ndarray | tuple[str, ...]


class Source(NamedTuple):
    """The content of a file.

    Attributes:
        values: numbers [N] or scores [N, C]; or text, str [N].
        classes: class ids in the order of the file's own numbers, or None.
        name: the file, for messages.
        wanted: "labels", "predictions" or "scores".
        kind: what whole numbers in it are, class "ids" or "numbers" of them,
            where that was said.
        columns: str [C], the names of the columns of scores.
        takes_groups: whether labels may name groups, by --node-labels.
    """

    values: Values
    classes: tuple[str, ...] | None
    name: str
    wanted: str
    kind: ValueKind | None = None
    columns: tuple[str, ...] | None = None
    takes_groups: bool = True

    @property
    def names(self) -> tuple[str, ...]:
        """The names of classes in it."""
        if self.columns or isinstance(self.values, tuple):
            return (*(self.columns or self.values),)
        are_numbers = self.values.dtype.kind in "iuf"
        found = np.unique(self.values).tolist() if are_numbers else ()
        return tuple(map(text_of, found))

    @property
    def are_ids(self) -> bool:
        """Whether it names classes by their ids, and not by numbers."""
        if self.kind is not None:
            return self.kind == "ids"
        are_texts = self.columns or isinstance(self.values, tuple)
        return bool(are_texts) and not all(map(is_whole, set(self.names)))

    @property
    def option(self) -> str:
        """The option that says what whole numbers are."""
        of_labels = self.wanted == "labels"
        return "--labels-are" if of_labels else "--predictions-are"

    def place(self, at: int) -> str:
        """Returns where the value of a sample stands."""
        is_csv = self.name.endswith(".csv")
        return f"in line {at + 2}" if is_csv else f"at index {at}"


def sources_of(args: argparse.Namespace) -> list[Source]:
    """Reads the labels of a command, its predictions and scores, if any."""
    sources = []
    if args.labels is not None:
        labels = read(args.labels, "labels", args.labels_are)
        takes_groups = hasattr(args, "node_labels")
        sources.append(labels._replace(takes_groups=takes_groups))
    for wanted in ("predictions", "scores"):
        if file := getattr(args, wanted, None):
            kind = args.predictions_are or args.labels_are
            sources.append(read(file, wanted, kind))
    if args.classes is None:
        return sources
    order = read_classes(args.classes)
    for source in sources:
        if source.classes not in (None, order):
            raise ValueError(
                f"{source.name} brings its own list of classes, and it is not "
                "the one of --classes."
            )
    return [source._replace(classes=order) for source in sources]


def read(text: str, wanted: str, kind: ValueKind | None = None) -> Source:
    """Reads a file, for .npz with an optional `:key` at its end."""
    if Path(text).suffix == ".csv":
        return _from_csv(_path_and_key(text)[0], wanted)._replace(kind=kind)
    source = _from_numpy(text, wanted)
    shape = np.shape(source.values)
    if len(shape) < 2 or shape[1] == 1:
        return source._replace(kind=kind)
    # Columns of an array are in the order of numbers.
    return source._replace(kind="numbers", columns=numbers(shape[1]))


def read_classes(text: str) -> tuple[str, ...]:
    """Reads class ids in the order of their numbers, one on each line.

    Or those of a .csv, .npy, .npz:key, or the classes.json beside records.
    """
    path, _ = _path_and_key(text)
    if path.suffix == ".json":
        from keras_hier.data.record_folder import read_class_list

        return read_class_list(path)
    if path.suffix in _NUMPY:
        source = _from_numpy(text, "classes")
        return _as_ids(source.values, source.name)
    if path.suffix == ".csv":
        rows = read_rows(path)
        if any(len(row) != 1 for row in rows):
            raise ValueError(
                f"{text}: expected one class id on each line, in the order of "
                f"their numbers, got {', '.join(rows[0])!r:.80}."
            )
        return _column(rows, path, "classes")
    lines = read_text(path).split("\n")
    return tuple(line.strip() for line in lines if line.strip())


def read_ids(text: str) -> tuple[str, ...]:
    """Reads ids of samples: a text file with one on each line, .csv or .npy.

    Names of files may hold any bytes: those that are not UTF-8 are escaped.
    """
    path, _ = _path_and_key(text)
    if path.suffix in _NUMPY:
        source = _from_numpy(text, "ids")
        return _as_ids(source.values, source.name)
    if path.suffix == ".csv":
        rows = read_rows(path, are_samples=True, same_width=True)
        return _column(rows, path, "ids")
    raw = read_bytes(path)
    if b"\0" in raw:  # which no name of a file has
        raise ValueError(
            f"{text}: expected ids in UTF-8, one on each line, got zero bytes, "
            "as of UTF-16 or of no text. Save the file as UTF-8."
        )
    data = raw.decode("utf-8-sig", "backslashreplace")
    lines = data.replace("\r\n", "\n").split("\n")
    return tuple(lines[:-1] if lines[-1] == "" else lines)


def whole_number_in(cell: str) -> int | None:
    """Returns the whole number that a text is, or None."""
    found = _WHOLE.fullmatch(cell)
    return int(found[1]) if found else None


def is_whole(cell: str) -> bool:
    """Tells whether a text is a whole number, and not an id such as "007"."""
    padded = cell[:1] == "0" and cell[1:2].isdigit()
    return not padded and whole_number_in(cell) is not None


def text_of(number: float | str) -> str:
    """Returns a number as ids are written: 7 for 7.0, and no exponent."""
    if isinstance(number, str):
        return number
    return str(int(number)) if float(number).is_integer() else str(number)


def numbers(count: int) -> tuple[str, ...]:
    """Returns the ids of classes that have none: 0 to C - 1."""
    return tuple(map(str, range(count)))


def _path_and_key(text: str) -> tuple[Path, str | None]:
    path, key = Path(text), None
    if not path.exists() and ".npz:" in text:
        file, _, key = text.rpartition(":")
        path = Path(file)
    if not path.exists():
        raise ValueError(f"there is no file {str(path)!r}.")
    return path, key


def shape_and_classes(
    text: str, wanted: str
) -> tuple[tuple[int, ...], tuple[str, ...] | None]:
    """Returns the shape of an array, unread, and the class ids beside it."""
    with _opened(text, wanted) as (file, key, name):
        return file.shape(key), _listed(file, key, name)


def _from_numpy(text: str, wanted: str) -> Source:
    with _opened(text, wanted) as (file, key, name):
        values = _values(file.array(key), name)
        classes = _listed(file, key, name)
        return Source(values, classes, name, wanted)


@contextmanager
def _opened(
    text: str, wanted: str
) -> Iterator[tuple[NumpyFile, str | None, str]]:
    """Yields an open .npy or .npz, the key that is wanted, and their name."""
    path, key = _path_and_key(text)
    if path.suffix not in _NUMPY:
        raise ValueError(f"{text}: expected {_KINDS}.")
    name = path.name
    with open_named(path) as stream:
        file = NumpyFile(stream, name)
        if not file.is_archive:
            yield file, None, name
            return
        arrays = [each for each in file.keys if each != _class_key(file)]
        if key is None and (wanted in arrays or len(arrays) == 1):
            key = wanted if wanted in arrays else arrays[0]
        if key is None or key not in file.keys:
            raise ValueError(
                f"{name}: it holds {', '.join(file.keys) or 'nothing':.200}; "
                f"say which with {name}:KEY."
            )
        yield file, key, f"{name}:{key}"


def _class_key(file: NumpyFile) -> str | None:
    return next((key for key in _CLASS_KEYS if key in file.keys), None)


def _listed(
    file: NumpyFile, key: str | None, name: str
) -> tuple[str, ...] | None:
    """Reads the class ids beside an array, if the file has any."""
    own = _class_key(file)
    if key is None or own in (None, key):
        return None
    name = f"{name.removesuffix(key)}{own}"
    return _as_ids(_values(file.array(own), name), name)


def _as_ids(values: Values, name: str) -> tuple[str, ...]:
    if isinstance(values, tuple):
        return values
    if values.ndim != 1 or values.dtype.kind not in "iu":
        raise ValueError(
            f"{name}: expected ids, strings or integers in one row, got "
            f"shape {values.shape} of {values.dtype}."
        )
    return tuple(map(str, values.tolist()))


def _values(array: np.ndarray, name: str) -> Values:
    """Returns numbers of any shape, or text [N]."""
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


def _from_csv(path: Path, wanted: str) -> Source:
    rows = read_rows(path, are_samples=True, same_width=True)
    head = [cell.lower() for cell in rows[0]] if rows else []
    is_scores = wanted != "labels" and len(head) > 1
    if not is_scores or not set(head).isdisjoint(_COLUMNS.get(wanted, ())):
        return Source(_column(rows, path, wanted), None, path.name, wanted)
    if "" in head:
        raise ValueError(
            f"{path.name}: column {head.index('') + 1} has no name, as the "
            "index of a table, which is no class. Leave it out, in pandas by "
            "index=False."
        )
    try:
        scores = np.array(rows[1:], np.float64).reshape(-1, len(head))
    except ValueError:
        raise ValueError(
            f"{path.name}: expected a column named {wanted!r}, or scores: "
            "numbers with decimal points, a column a class."
        ) from None
    if len(scores) > _FEW_ROWS and (np.diff(scores[:, 0]) == 1).all():
        raise ValueError(
            f"{path.name}: its first column, {rows[0][0]!r:.80}, numbers the "
            "rows and would be the scores of a class. Leave it out, in pandas "
            "by index=False."
        )
    columns = tuple(map(unguarded, rows[0]))
    return Source(scores, None, path.name, wanted, columns=columns)


def _column(
    rows: Sequence[Sequence[str]], path: Path, wanted: str
) -> tuple[str, ...]:
    """Returns the cells below the name of what is wanted."""
    if not rows:
        raise ValueError(f"{path.name} is empty.")
    names = _COLUMNS.get(wanted, (wanted,))
    found = [i for i, cell in enumerate(rows[0]) if cell.lower() in names]
    if len(found) > 1:
        raise ValueError(
            f"{path.name}: expected one column named {wanted!r}, got "
            f"{len(found)}."
        )
    if not found:
        raise ValueError(
            f"{path.name}: expected a column named {wanted!r} in the first "
            f"line, got {', '.join(rows[0])!r:.80}. If that is a name, write "
            f"{wanted!r} in its place; if not, write {wanted!r} above it."
        )
    cells = tuple(unguarded(row[found[0]]) for row in rows[1:])
    if "" in cells:
        raise ValueError(
            f"{path.name}: line {cells.index('') + 2} has nothing under "
            f"{rows[0][found[0]]!r:.80}. Leave out such samples, in all files."
        )
    return cells
