"""Files of counts [C, C], and the order of their classes."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from keras_hier.commands.arguments import PART_OF_A_TREE
from keras_hier.commands.inputs import array_files
from keras_hier.commands.inputs.label_kinds import HIERARCHY
from keras_hier.files.spreadsheets import unguarded
from keras_hier.files.text_files import read_rows
from keras_hier.hierarchy.computed.computed_table import check_size
from keras_hier.hierarchy.hierarchy import Hierarchy
from keras_hier.quantities import quantity

# Numbers as they are usually written; `float` takes "1_0" and "nan" as well.
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.I | re.ASCII)


class Counts(NamedTuple):
    """Counts [C, C] in a file, read once their size is known to do.

    Attributes:
        size: C.
        ids: str [C] of the rows, or None.
        read: returns the counts, and raises ValueError where they are none.
    """

    size: int
    ids: tuple[str, ...] | None
    read: Callable[[], np.ndarray]


def counts_in(file: str, classes: str | None) -> Counts:
    """Opens a file of counts [C, C], and reads the ids of its classes."""
    if file.endswith(".csv"):
        matrix, ids = _counts_of_csv(file)
        shape = matrix.shape
    else:
        shape, ids = array_files.shape_and_classes(file, "matrix")
        matrix = None
    if len(shape) != 2 or shape[0] != shape[1]:
        raise ValueError(
            f"{file}: expected counts [C, C], a row and a column for each "
            f"class, got shape {shape}."
        )
    size = shape[0]
    if classes is not None:
        given = array_files.read_classes(classes)
        # pandas numbers rows that have no ids.
        if ids not in (None, given, array_files.numbers(size)):
            raise ValueError(
                f"{file} names its classes itself, and not as --classes does: "
                "leave out --classes."
            )
        ids = given
    if ids is not None and len(ids) != size:
        raise ValueError(
            f"{file} has {quantity(size, 'row')}, --classes has "
            f"{quantity(len(ids), 'class id')}."
        )
    if ids is not None and len(set(ids)) < len(ids):
        twice = Counter(ids).most_common(1)[0][0]
        raise ValueError(f"{file}: the class {twice!r:.80} is named twice.")
    return Counts(size, ids, lambda: _checked(matrix, file))


def _checked(matrix: np.ndarray | None, file: str) -> np.ndarray:
    if matrix is None:
        matrix = np.asarray(array_files.read(file, "matrix").values)
    _check_countable(matrix, file)
    _check_no_sums(matrix, file)
    return matrix


def _check_countable(matrix: np.ndarray, file: str) -> None:
    if matrix.dtype.kind not in "biuf":
        raise ValueError(
            f"{file}: expected counts of samples, got {matrix.dtype}."
        )
    most = matrix.max(initial=0)  # NaN if there is one
    # First one cell: a sum of the largest numbers would overflow.
    if most < 2**53:
        most = matrix.sum(dtype=np.float64)
    if not most < 2**53:
        raise ValueError(
            f"{file}: expected counts of fewer than 2^53 samples, got {most:g}."
        )
    wrong = matrix[(matrix < 0) | (matrix != np.rint(matrix))]
    if wrong.size:
        raise ValueError(
            f"{file}: expected counts of samples, whole numbers from 0, got "
            f"{wrong[0]:g}. Shares do not say how many errors there were."
        )


def _check_no_sums(matrix: np.ndarray, file: str) -> None:
    inner = matrix[:-1, :-1]
    if (
        len(inner) > 1
        and inner.any()
        and np.array_equal(matrix[:-1, -1], inner.sum(axis=1))
        and np.array_equal(matrix[-1], matrix[:-1].sum(axis=0))
    ):
        raise ValueError(
            f"{file}: its last row and column are the sums of the others, no "
            "class. Leave them out, in pandas.crosstab by margins=False."
        )


def _counts_of_csv(file: str) -> tuple[np.ndarray, tuple[str, ...] | None]:
    """Reads numbers, below a row and beside a column of ids if there are."""
    path = Path(file)
    if not path.exists():
        raise ValueError(f"there is no file {file!r}.")
    rows = read_rows(path)
    ids: tuple[str, ...] | None = None
    # pandas numbers classes from 0, and leaves the corner empty or out.
    are_ids = rows and (
        not all(map(_NUMBER.fullmatch, rows[0]))
        or (len(rows) > 1 and rows[0] == [*array_files.numbers(len(rows) - 1)])
    )
    if are_ids:
        ids = tuple(map(unguarded, rows[0]))
        rows = rows[1:]
        if ids and rows and len(rows) == len(ids) - 1:  # a column of ids, too
            ids = ids[1:]
            beside = tuple(unguarded(row[0]) for row in rows if row)
            if beside != ids:
                raise ValueError(
                    f"{path.name}: its rows are in another order than its "
                    "columns, or of other classes."
                )
            rows = [row[1:] for row in rows]
    try:
        matrix = np.array(rows, np.float64)
    except ValueError:
        raise ValueError(
            f"{path.name}: expected counts [C, C], as many numbers in each row "
            "as there are rows; a first row and a first column may be class "
            "ids."
        ) from None
    return matrix, ids


def check_classes(
    tree: Hierarchy | None,
    size: int,
    ids: Sequence[str] | None,
    file: str,
    known: str = HIERARCHY,
) -> None:
    """Raises an error unless counts are about the classes of a tree.

    Without a tree, the counts have to be few enough to compute one. Ids are of
    the rows, None for the order of the tree. Errors say where the classes are
    known from.
    """
    if tree is None:
        check_size(size)
        return
    if ids is None and size == tree.num_classes:
        return
    if ids is None or sorted(ids) != sorted(tree.classes):
        do = ""
        if known == HIERARCHY:
            by_order = (
                "Pass --classes, or another" if ids is None else "Give another"
            )
            part = PART_OF_A_TREE if size < tree.num_classes else ""
            do = f" {by_order} tree.{part}"
        raise ValueError(
            f"{file} has {quantity(size, 'class')}, {known} "
            f"{tree.num_classes:,}{'' if ids is None else ', or others'}.{do}"
        )


def in_order_of(
    tree: Hierarchy, matrix: Any, ids: Sequence[str] | None, file: str
) -> Any:
    """Returns counts [C, C] in the label order of a tree.

    A sparse matrix stays sparse: of 21,841 classes an array takes 3.6 GB.
    """
    check_classes(tree, matrix.shape[0], ids, file)
    if ids is None:
        return matrix
    place = {class_id: at for at, class_id in enumerate(ids)}
    rows = [place[class_id] for class_id in tree.classes]
    return matrix[rows][:, rows]
