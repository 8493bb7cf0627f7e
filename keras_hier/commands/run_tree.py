"""The tree of those who have none: the run's own, or one of their errors."""

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from keras_hier.commands import array_files
from keras_hier.commands.array_files import Source, number_in, text_of
from keras_hier.commands.read_run import read_run
from keras_hier.files import limits
from keras_hier.files.spreadsheets import unguarded
from keras_hier.files.text_files import read_rows
from keras_hier.hierarchy.computed_tree import (
    BOOTSTRAP,
    ComputedTree,
    tree_from_confusions,
)
from keras_hier.hierarchy.hierarchy import Hierarchy
from keras_hier.log.metadata import SPLITS
from keras_hier.log.run_log import LogError, RunLog
from keras_hier.quantities import by_number, quantity

# A number that a class id is and a label is not: "007".
_PADDED = re.compile(r"0\d+")
# The time of a draw grows with the square of the classes and more.
MANY_CLASSES = 1_000
FEW_DRAWS = 10


def classes_in(
    labels: Source, predictions: Source, known: Sequence[str] = ()
) -> tuple[str, ...]:
    """Returns the class ids that two files are about, where no tree says so.

    Class ids in their sorted order; or, where the files number the classes,
    the numbers from 0.

    Args:
        labels: the actual classes.
        predictions: the predicted ones, or scores.
        known: class ids that the run has already.

    Raises:
        ValueError: a file has ids and the other numbers, or a first cell that
            may be a header; there are too many classes, or none.
    """
    listed = labels.classes or predictions.classes
    if listed is not None:
        return listed
    sources = (labels, predictions)
    _check_first_cells(sources, known)
    named = [_are_ids(source) for source in sources]
    if all(named):
        found = {text for source in sources for text in _texts(source)}
        classes = tuple(sorted(found, key=_by_number))
    elif any(named):
        one, other = sources if named[0] else sources[::-1]
        raise ValueError(
            f"{one.name} has class ids and {other.name} numbers: say by "
            "--classes which class each number is."
        )
    else:
        count = max(_count(source) for source in sources)
        _check_are_numbers(sources, count)
        classes = numbers(count)
    if not classes:
        raise ValueError(f"{labels.name} is empty.")
    return classes


def all_ids(sources: Sequence[Source]) -> bool:
    """Tells whether files name every class by its id, and none by a number."""
    return all(map(_are_ids, sources))


def _check_first_cells(sources: Sequence[Source], known: Sequence[str]) -> None:
    # A header would be a class with a sample, and even right if both files
    # have the same. A class that stands once is rare, and easily marked.
    usual = set(known)
    for source in sources:
        if isinstance(source.values, tuple):
            usual.update(source.values[source.is_bare :])
    for source in sources:
        if not source.is_bare or isinstance(source.values, np.ndarray):
            continue
        first = source.values[0]
        if number_in(first) is None and first not in usual:
            raise ValueError(
                f"{source.name}: its first cell, {first!r:.80}, stands nowhere "
                "else in the files. If it is a header, write "
                f"{source.wanted!r} in its place; if it is a class, write "
                f"{source.wanted!r} above it."
            )


def _are_ids(source: Source) -> bool:
    if source.kind is not None:
        return source.kind == "ids"
    values = source.values
    if isinstance(values, np.ndarray):
        return False
    return any(number_in(text) is None for text in set(values))


def _check_are_numbers(sources: Sequence[Source], count: int) -> None:
    """Raises an error where the numbers of a file may well be ids.

    Raises:
        ValueError: cells or strings begin with zeros, or most classes below
            the largest are named nowhere; there are too many classes.
    """
    if count > limits.CLASSES:
        raise ValueError(
            f"There are {count:,} classes: too many. If these whole numbers "
            "are ids of classes, pass --labels-are ids."
        )
    if any(np.ndim(source.values) == 2 for source in sources):
        return  # scores, with a column for each class
    asked = [source for source in sources if source.kind is None]
    texts = [text for source in asked for text in _in_order(source)]
    named = len(set().union(*map(_texts, sources)))
    padded = [text for text in texts if _PADDED.fullmatch(text)]
    if texts and (padded or count > 2 * named):
        raise ValueError(
            f"Whole numbers, such as {(padded or texts)[0]!r:.80}, may be ids "
            f"of {quantity(named, 'class')} here, or count {count:,} classes "
            "from 0. Say which: --labels-are ids, or --labels-are numbers."
        )


def _in_order(source: Source) -> list[str]:
    values = source.values
    if isinstance(values, tuple):
        return list(values)
    return list(map(text_of, np.unique(values).tolist()))


def _texts(source: Source) -> set[str]:
    return set(_in_order(source))


def _by_number(text: str) -> tuple[float, str]:
    number = number_in(text)
    return (np.inf if number is None else number), text


def _count(source: Source) -> int:
    values = source.values
    if isinstance(values, tuple):
        values = np.array([number_in(text) or 0.0 for text in set(values)])
    if values.ndim == 2 and values.shape[1] > 1:
        return int(values.shape[1])
    # Whatever is no label is refused, with a reason, where labels are read.
    if values.dtype.kind not in "iuf":
        return 1
    return int(np.max(values[np.isfinite(values)], initial=0)) + 1


def tree_of_run(folder: str, split: str | None = None) -> Hierarchy | None:
    """Returns the tree of the classes that a run was logged under, if any.

    Args:
        folder: of the run.
        split: of it; None for any, validation first as where a run is read.
    """
    wanted = (None, *SPLITS) if split is None else (split,)
    for name in wanted:
        try:
            log = RunLog(folder, name)
        except LogError:
            continue
        for output in log.outputs:
            header, _ = log.matrix(output)
            if header.grouping is None:
                return log.hierarchy(header.hierarchy)
    return None


def check_classes(tree: Hierarchy, classes: Sequence[str]) -> None:
    """Raises an error if classes are not among those of the run's tree.

    Numbers from 0 count its classes, whatever these are called.

    Raises:
        ValueError: some are not.
    """
    if classes == numbers(min(len(classes), tree.num_classes)):
        return
    unknown = sorted(set(classes) - set(tree.classes))
    if unknown:
        raise ValueError(
            f"{quantity(len(unknown), 'class')}, such as "
            f"{unknown[0]!r:.80}, {by_number(len(unknown), 'is', 'are')} not "
            "in the tree of this run. Log to another folder, or pass --retree "
            "for a tree of these epochs on."
        )


def counts_of_run(
    folder: str,
    split: str | None,
    epochs: tuple[int, int] | None,
    output: str,
) -> tuple[Any, tuple[str, ...], tuple[str, ...]]:
    """Returns the counts of some epochs of a run, added up.

    Args:
        folder: of the run.
        split: of it, None for the first there is.
        epochs: the first and the last one, None for the last of all.
        output: of the model.

    Returns:
        Counts [C, C] as a SciPy sparse array, and the ids and the names of the
        classes.

    Raises:
        LogError: no such run, output or epoch.
        ValueError: epochs of other classes, or of groups.
    """
    log = read_run(folder, split, "tree")
    steps = log.epochs(output)
    first, last = epochs or (steps[-1], steps[-1])
    wanted = [step for step in steps if first <= step <= last]
    if not wanted:
        raise ValueError(
            f"{folder!r} has no epoch from {first} to {last}: it has "
            f"{steps[0]} to {steps[-1]}."
        )
    header, total = log.matrix(output, wanted[0])
    tree = log.hierarchy(header.hierarchy)
    if header.grouping is not None:
        raise ValueError(f"Output {output!r} is about groups, not classes.")
    for step in wanted[1:]:
        header, matrix = log.matrix(output, step)
        if log.hierarchy(header.hierarchy).classes != tree.classes:
            raise ValueError(f"Epoch {step} is about other classes.")
        total = total + matrix
    return total, tree.classes, tree.names


def counts_in(
    file: str, classes: str | None
) -> tuple[np.ndarray, tuple[str, ...] | None]:
    """Reads a file of counts [C, C], and the ids of its classes.

    Args:
        file: .npy, .npz (FILE.npz:key) or .csv; the ids are those of the file,
            or of the first row of a CSV.
        classes: a file of ids, in the order of the rows.

    Returns:
        Counts [C, C], and str [C] or None.

    Raises:
        ValueError: no counts [C, C], more samples than can be counted, or
            another number of ids.
    """
    if file.endswith(".csv"):
        matrix, ids = _counts_of_csv(file)
    else:
        source = array_files.read(file, "matrix")
        matrix, ids = np.asarray(source.values), source.classes
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]:
        raise ValueError(
            f"{file}: expected counts [C, C], a row and a column for each "
            f"class, got shape {matrix.shape}."
        )
    _check_countable(matrix, file)
    if classes is not None:
        ids = array_files.read_classes(classes)
    if ids is not None and len(ids) != len(matrix):
        raise ValueError(
            f"{file} has {quantity(len(matrix), 'row')}, --classes has "
            f"{quantity(len(ids), 'class id')}."
        )
    if ids is not None and len(set(ids)) < len(ids):
        twice = Counter(ids).most_common(1)[0][0]
        raise ValueError(f"{file}: the class {twice!r:.80} is named twice.")
    return matrix, ids


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


def _counts_of_csv(file: str) -> tuple[np.ndarray, tuple[str, ...] | None]:
    """Reads numbers, below a row and beside a column of ids if there are."""
    path = Path(file)
    if not path.is_file():
        raise ValueError(f"there is no file {file!r}.")
    rows = read_rows(path)
    ids: tuple[str, ...] | None = None
    # pandas numbers classes from 0, and leaves the corner empty or out.
    are_ids = rows and (
        any(number_in(cell) is None for cell in rows[0])
        or (len(rows) > 1 and rows[0] == [*numbers(len(rows) - 1)])
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


def in_order_of(
    tree: Hierarchy, matrix: Any, ids: Sequence[str] | None, file: str
) -> Any:
    """Returns counts [C, C] in the label order of a tree.

    Args:
        tree: `Hierarchy` of the C classes.
        matrix: counts in the order of the ids, an array or a sparse one in
            rows, as is what is returned: of 21,841 classes an array takes 3.6
            GB.
        ids: str [C], None for the order of the tree.
        file: where they come from, for messages.

    Raises:
        ValueError: other classes than the tree has.
    """
    size = matrix.shape[0]
    if ids is None and size == tree.num_classes:
        return matrix
    if ids is None or sorted(ids) != sorted(tree.classes):
        raise ValueError(
            f"{file} has {quantity(size, 'class')}, the tree "
            f"{tree.num_classes:,}"
            + (
                ". Pass --classes, or another tree."
                if ids is None
                else ", or others. Give another tree."
            )
        )
    place = {class_id: at for at, class_id in enumerate(ids)}
    rows = [place[class_id] for class_id in tree.classes]
    return matrix[rows][:, rows]


def numbers(count: int) -> tuple[str, ...]:
    """Returns the ids of classes that have none: 0 to C - 1."""
    return tuple(map(str, range(count)))


# Caltech-256's "154.palm-tree", CUB's "001.Black_footed_Albatross".
_NUMBERED = re.compile(r"\d{1,5}[._ -]++(?=.*[^\W\d])")


def names_of(classes: Sequence[str]) -> tuple[str, ...]:
    """Returns the names of classes that are known by their ids.

    Folders are often numbered: where all are, the number is no part of the
    name, unless two would be called the same then.
    """
    found = [_NUMBERED.match(each) for each in classes]
    names = tuple(m.string[m.end() :] for m in found if m)
    return names if len(set(names)) == len(classes) else (*classes,)


def tree_of_errors(
    matrix: Any,
    classes: Sequence[str],
    names: Sequence[str] | None = None,
    independent: bool = True,
) -> ComputedTree:
    """Computes a tree from errors.

    Args:
        matrix: counts [C, C], in the order of the classes.
        classes: str [C].
        names: str [C], for display; by default by their ids.
        independent: whether each error is of another sample.
    """
    if names is None and names_of(classes) != (*classes,):
        names = names_of(classes)
    draws = BOOTSTRAP if len(classes) <= MANY_CLASSES else FEW_DRAWS
    return tree_from_confusions(
        matrix, classes, names, bootstrap=draws, independent=independent
    )
