"""Reads labels and predictions from the files that other programs write.

The order of the classes is what matters: a label that means another class than
the tree says would give a wrong picture without any error. So class ids are
taken wherever a file has them, and a file without any must number its classes
as the tree does.
"""

import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from zipfile import BadZipFile

import numpy as np

from keras_hier.texts import read_bytes, read_rows, read_text

# Keys under which an .npz file may say which class each number means.
CLASS_KEYS = ("wnids", "classes", "class_ids")
_NUMPY = (".npy", ".npz")
_KINDS = ".npy, .npz (FILE.npz or FILE.npz:key) or .csv"


class Source(NamedTuple):
    """What a file holds.

    Attributes:
        values: [N] labels or class ids, or [N, C] scores.
        classes: class ids in the order of the file's own numbers, or None.
        name: the file, for messages.
    """

    values: np.ndarray
    classes: tuple[str, ...] | None
    name: str


def read(text: str, wanted: str) -> Source:
    """Reads an array.

    Args:
        text: a path, for .npz with an optional `:key` at the end.
        wanted: "labels", "predictions" or "scores": the key or column to look
            for.

    Raises:
        ValueError: no such file, key or column, or not an array.
    """
    path, key = _path_and_key(text)
    if path.suffix in _NUMPY:
        return _from_numpy(path, key, wanted)
    if path.suffix == ".csv":
        return _from_csv(path, wanted)
    raise ValueError(f"{text}: expected {_KINDS}.")


def read_classes(text: str) -> tuple[str, ...]:
    """Reads class ids: a text file with one on each line, .npy or .npz:key.

    Raises:
        ValueError: no such file, or no list of ids.
    """
    path, key = _path_and_key(text)
    values = _array(path, key, "classes")
    if values is not None:
        if values.ndim != 1 or values.dtype.kind not in "US":
            raise ValueError(
                f"{text}: expected class ids, strings [C], got shape "
                f"{values.shape} of {values.dtype}."
            )
        return tuple(_strings(values).tolist())
    lines = read_text(path).split("\n")
    return tuple(line.strip() for line in lines if line.strip())


def read_ids(text: str) -> tuple[str, ...]:
    """Reads what samples are called: like `read_classes`, or numbers.

    A line may be anything, blanks at its ends included; only the last may be
    empty.

    Raises:
        ValueError: no such file, or no list of ids.
    """
    path, key = _path_and_key(text)
    values = _array(path, key, "ids")
    if values is not None:
        if values.ndim != 1 or values.dtype.kind not in "USiu":
            raise ValueError(
                f"{text}: expected ids, strings or integers [N], got shape "
                f"{values.shape} of {values.dtype}."
            )
        if values.dtype.kind == "S":
            return tuple(
                v.decode("utf-8", "backslashreplace") for v in values.tolist()
            )
        return tuple(map(str, values.tolist()))
    data = read_bytes(path).decode("utf-8-sig", "backslashreplace")
    lines = data.replace("\r\n", "\n").split("\n")
    return tuple(lines[:-1] if lines[-1] == "" else lines)


def numbered(source: Source, classes: tuple[str, ...]) -> Source:
    """Says which class each number of a source means.

    Raises:
        ValueError: the source itself says something else.
    """
    if source.classes not in (None, classes):
        raise ValueError(
            f"{source.name} brings its own list of classes, and it is not the "
            "one of --classes."
        )
    return source._replace(classes=classes)


def check_same_numbers(
    one: Source, other: Source, classes: Sequence[str]
) -> None:
    """Refuses to guess when one source says what its numbers mean and one not.

    Raises:
        ValueError: that is so, and the order is not that of the tree.
    """
    for told, untold in ((one, other), (other, one)):
        if (
            told.classes not in (None, tuple(classes))
            and untold.classes is None
            and untold.values.dtype.kind not in "US"
        ):
            raise ValueError(
                f"{told.name} numbers the classes in another order than the "
                f"hierarchy, {untold.name} does not say how it does: pass "
                "--classes."
            )


def to_labels(source: Source, classes: Sequence[str]) -> np.ndarray:
    """Turns what a file holds into labels of the tree.

    Args:
        source: what was read; its own `classes`, if any, are translated.
        classes: class ids of the tree, in label order.

    Returns:
        Labels, int64 [N], or scores [N, C] with columns in label order.

    Raises:
        ValueError: no sample, an unknown class id, a number that names no
            class, another set of classes, values that are neither ids nor
            numbers.
    """
    values, own, name = source
    if not values.size:
        raise ValueError(f"{name} is empty: it has shape {values.shape}.")
    if own is not None:
        _check_same_classes(own, classes, name)
    if values.ndim == 2 and values.shape[1] == 1:
        values = values[:, 0]
    label_of = {class_id: label for label, class_id in enumerate(classes)}
    if values.ndim == 1 and values.dtype.kind in "US":
        return _labels_of_ids(_strings(values), label_of, name)
    if values.dtype.kind not in "iuf" or values.ndim not in (1, 2):
        raise ValueError(
            f"{name}: expected labels [N], class ids [N] or scores [N, C], got "
            f"shape {values.shape} of {values.dtype}."
        )
    count = len(classes) if own is None else len(own)
    if values.ndim == 2:
        if values.shape[1] != count:
            raise ValueError(
                f"{name}: expected scores [N, {count}], a column a class, got "
                f"shape {values.shape}."
            )
        if own is None:
            return values
        return values[:, np.argsort([label_of[c] for c in own])]
    labels = _whole(values, name)
    outside = np.flatnonzero((labels < 0) | (labels >= count))
    if outside.size:
        raise ValueError(
            f"{name}: labels must lie in 0..{count - 1}; {outside.size} do "
            f"not, the first is {labels[outside[0]]} at index {outside[0]}."
        )
    if own is None:
        return labels
    return np.array([label_of[c] for c in own])[labels]


def _path_and_key(text: str) -> tuple[Path, str | None]:
    path, key = Path(text), None
    if not path.is_file() and ".npz:" in text:
        file, _, key = text.rpartition(":")
        path = Path(file)
    if not path.is_file():
        raise ValueError(f"there is no file {str(path)!r}.")
    return path, key


@contextmanager
def _reading(name: str) -> Iterator[None]:
    try:
        yield
    except (ValueError, OSError, EOFError, BadZipFile, zlib.error):
        # NumPy advises to allow pickles, which run whatever is in them.
        raise ValueError(
            f"{name} is no readable array: expected what np.save or np.savez "
            "writes of numbers or strings, whole and without Python objects."
        ) from None


def _from_numpy(path: Path, key: str | None, wanted: str) -> Source:
    # Opened here, because NumPy leaves a broken .npz open.
    with path.open("rb") as stream:
        with _reading(path.name):
            file = np.load(stream, allow_pickle=False)
        if isinstance(file, np.ndarray):
            return Source(file, None, path.name)
        own = next((k for k in CLASS_KEYS if k in file.files), None)
        if key is None:
            arrays = [k for k in file.files if k != own]
            key = wanted if wanted in arrays else None
            if key is None and len(arrays) == 1:
                key = arrays[0]
        if key is None or key not in file.files:
            raise ValueError(
                f"{path.name}: it holds {', '.join(file.files)}; say which "
                f"with {path.name}:KEY."
            )
        name = f"{path.name}:{key}"
        with _reading(name):
            values, classes = file[key], None
        if own is not None and own != key:
            with _reading(f"{path.name}:{own}"):
                classes = tuple(_strings(file[own]).tolist())
        return Source(values, classes, name)


def _array(path: Path, key: str | None, wanted: str) -> np.ndarray | None:
    """Returns what an .npy or .npz holds; None for other files."""
    if path.suffix in _NUMPY:
        return _from_numpy(path, key, wanted).values
    return None


def _from_csv(path: Path, wanted: str) -> Source:
    rows = read_rows(path)
    if not rows:
        raise ValueError(f"{path.name} is empty.")
    width = len(rows[0])
    for number, row in enumerate(rows, start=1):
        if len(row) != width:
            raise ValueError(
                f"{path.name}: row {number} has {len(row)} cells, the first "
                f"has {width}."
            )
    head = [cell.lower() for cell in rows[0]]
    names = (wanted, wanted.removesuffix("s"))
    column = next((i for i, cell in enumerate(head) if cell in names), None)
    if column is not None:
        cells = [row[column] for row in rows[1:]]
        return Source(_numbers_or_ids(cells), None, path.name)
    if width == 1:
        return Source(
            _numbers_or_ids([row[0] for row in rows]), None, path.name
        )
    # A table of scores: a first row that is not of numbers names the classes.
    ids = None if any(map(_is_number, rows[0])) else np.array(rows.pop(0))
    try:
        scores = np.array(rows, np.float64).reshape(-1, width)
    except ValueError:
        raise ValueError(
            f"{path.name}: expected a column named {wanted!r}, one column "
            "alone, or scores: numbers, a column a class."
        ) from None
    if ids is None:
        return Source(scores, None, path.name)
    if np.isnan(scores).any():
        raise ValueError(f"{path.name}: scores must be numbers, not NaN.")
    if wanted == "scores":
        return Source(scores, tuple(ids.tolist()), path.name)
    return Source(ids[scores.argmax(axis=1)], None, path.name)


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _numbers_or_ids(cells: list[str]) -> np.ndarray:
    if all(map(_is_number, cells)):
        return np.array(cells, np.float64)
    return np.array(cells)


def _strings(values: np.ndarray) -> np.ndarray:
    if values.dtype.kind == "S":
        return np.char.decode(values, "utf-8")
    return values.astype(str)


def _whole(values: np.ndarray, name: str) -> np.ndarray:
    if values.dtype.kind == "f":
        wrong = ~np.isfinite(values)
        wrong[~wrong] = values[~wrong] != np.floor(values[~wrong])
        if wrong.any():
            at = int(np.argmax(wrong))
            raise ValueError(
                f"{name}: labels must be whole numbers, got {values[at]} at "
                f"index {at}. Scores are [N, C]."
            )
    return values.astype(np.int64)


def _labels_of_ids(
    ids: np.ndarray, label_of: dict[str, int], name: str
) -> np.ndarray:
    unknown = sorted(set(ids.tolist()) - set(label_of))
    if unknown:
        raise ValueError(
            f"{name}: {len(unknown)} class ids are not in the hierarchy, the "
            f"first is {unknown[0]!r}; its ids look like "
            f"{next(iter(label_of))!r}."
        )
    return np.array([label_of[i] for i in ids.tolist()], np.int64)


def _check_same_classes(
    own: Sequence[str], classes: Sequence[str], name: str
) -> None:
    if len(set(own)) != len(own):
        raise ValueError(f"{name}: its list of classes names one twice.")
    missing = sorted(set(classes) - set(own))
    surplus = sorted(set(own) - set(classes))
    if missing or surplus:
        raise ValueError(
            f"{name} is about other classes than the hierarchy: "
            f"{len(missing)} are missing{_first(missing)}, {len(surplus)} are "
            f"unknown{_first(surplus)}."
        )


def _first(ids: Sequence[str]) -> str:
    return f" (such as {ids[0]!r})" if ids else ""
