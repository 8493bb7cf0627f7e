"""The tree of those who have none: the run's own, or one of their errors."""

import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from keras_hier.commands import array_files
from keras_hier.commands.array_files import (
    Source,
    number_in,
    numbers,
    text_of,
    whole_number_in,
)
from keras_hier.commands.headers import check_first_cells
from keras_hier.commands.read_run import read_run, say_damage
from keras_hier.files import limits
from keras_hier.hierarchy.computed_tree import (
    BOOTSTRAP,
    ComputedTree,
    tree_from_confusions,
)
from keras_hier.hierarchy.hierarchy import Hierarchy
from keras_hier.log.metadata import CLASS_OUTPUT, SPLITS
from keras_hier.log.run_log import DamagedError, LogError, RunLog
from keras_hier.quantities import by_number, quantity

# A number that a class id is and a label is not: "007".
_PADDED = re.compile(r"0\d+")
# The time of a draw grows with the square of the classes and more.
MANY_CLASSES = 1_000
FEW_DRAWS = 10


def classes_in(
    labels: Source, predictions: Source, tree: Hierarchy | None = None
) -> tuple[str, ...]:
    """Returns the class ids that two files are about, where no tree says so.

    Class ids in their sorted order; or, where the files number the classes,
    the numbers from 0. Where one file has ids and the other numbers, the ids:
    a tree that was given says which class each number is.

    Args:
        labels: the actual classes.
        predictions: the predicted ones, or scores.
        tree: that the run has already.

    Raises:
        ValueError: a file has ids and the other numbers, and no tree was given;
            a first cell may be a header; there are too many classes, or none.
    """
    listed = labels.classes or predictions.classes
    if listed is not None:
        return listed
    sources = (labels, predictions)
    known = tree.classes if tree else ()
    for source in sources:
        array_files.check_none_missing(source, known)
    check_first_cells(sources, known)
    named = [_are_ids(source) for source in sources]
    if all(named):
        true, predicted = map(_texts, sources)
        of_both = set(map(_key, true)) & set(map(_key, predicted))
        if true and predicted and not of_both and not known:
            raise ValueError(
                f"{labels.name} and {predictions.name} have no class in "
                f"common: {min(true)!r:.80} is one of the first, "
                f"{min(predicted)!r:.80} of the second. Of a table call the "
                f"column of {predictions.wanted} {predictions.wanted!r}."
            )
        found = true | predicted
        classes = tuple(sorted(_spelled_once(found), key=_by_number))
    elif any(named):
        one, other = sources if named[0] else sources[::-1]
        # A tree that was computed has its classes in an order of ours.
        if tree is not None and tree.origin is None:
            return tuple(sorted(_texts(one)))
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


def check_list(
    file: str, order: Sequence[str], sources: Sequence[Source]
) -> None:
    """Asks whether a list of classes begins with a header.

    Raises:
        ValueError: it may well: no number in the files is the last class.
    """
    if any(map(_are_ids, sources)) or len(order) < 2:
        return
    used = max(map(_count, sources))
    if used == len(order) - 1 and array_files.first_class_may_be_header(file):
        raise ValueError(
            f"{file} lists {quantity(len(order), 'class')}, and the files have "
            f"none of number {used}. If its first line, {order[0]!r:.80}, is a "
            "header, write 'classes' in its place; if it is a class, write "
            "'classes' above it."
        )


def all_ids(sources: Sequence[Source]) -> bool:
    """Tells whether files name every class by its id, and none by a number."""
    return all(map(_are_ids, sources))


def _are_ids(source: Source) -> bool:
    values = source.values
    if np.ndim(values) == 2 and np.shape(values)[1] > 1:
        return False  # scores, whose columns have no names
    if source.kind is not None:
        return source.kind == "ids"
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


def _key(text: str) -> int | str:
    value = whole_number_in(text)
    return text if value is None else value


def _spelled_once(ids: set[str]) -> set[str]:
    """Returns ids of which none is a whole number that another one is, too.

    Programs that read ids as numbers drop leading zeros, and pandas writes
    "7.0" where some are missing. Two with zeros, "07" and "007", stay two.
    """
    spelled: dict[int, list[str]] = {}
    for each in sorted(ids):
        if (value := whole_number_in(each)) is not None:
            spelled.setdefault(value, []).append(each)
    kept = {each for each in ids if whole_number_in(each) is None}
    for value, alike in spelled.items():
        padded = [each for each in alike if _PADDED.fullmatch(each)]
        kept.update(alike if len(padded) > 1 else padded or [str(value)])
    return kept


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


def tree_of_run(
    folder: str, command: str, split: str | None = None
) -> Hierarchy | None:
    """Returns the tree of the classes that a run was logged under, if any.

    Args:
        folder: of the run.
        command: of `keras-hier`, to say what could not be read.
        split: of it; None for any, validation first as where a run is read.

    Raises:
        LogError: no tree could be read, and files of the run are damaged.
    """
    wanted = (None, *SPLITS) if split is None else (split,)
    damage = []
    for name in wanted:
        try:
            log = RunLog(folder, name)
        except DamagedError as error:
            damage.append(str(error))
            continue
        except LogError:
            continue
        damage += log.damage
        headers = {output: log.matrix(output)[0] for output in log.outputs}
        own = [header for header in headers.values() if header.grouping is None]
        if own:
            # The network's own stands under the tree that the run has last.
            first = headers.get(CLASS_OUTPUT)
            header = min(
                own, key=lambda each: (each is not first, each.role != "class")
            )
            say_damage(log, command)
            return log.hierarchy(header.hierarchy)
    if damage:
        raise LogError(" ".join(dict.fromkeys(damage)))
    return None


def class_output(log: RunLog, wanted: str | None = None) -> str:
    """Returns the output of a run that is the network's own for the classes.

    Args:
        log: of the run.
        wanted: its name, where the user has said so.

    Raises:
        LogError: no such output, or none or several that may be it.
    """
    if wanted is not None or CLASS_OUTPUT in log.outputs:
        name = wanted or CLASS_OUTPUT
        log.epochs(name)
        return name
    headers = {output: log.matrix(output)[0] for output in log.outputs}
    own = [
        output
        for output, header in headers.items()
        if header.role == "class" and header.grouping is None
    ]
    if len(own) != 1:
        raise LogError(
            f"{log.name!r} has no output {CLASS_OUTPUT!r}; say by --output "
            "which of these is the network's own for the classes: "
            f"{', '.join(own or log.outputs) or 'none'}."
        )
    return own[0]


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
    output: str | None,
) -> tuple[Any, tuple[str, ...], tuple[str, ...], list[int]]:
    """Returns the counts of some epochs of a run, added up.

    Args:
        folder: of the run.
        split: of it, None for the first there is.
        epochs: the first and the last one, None for the last of all.
        output: of the model, None for its own for the classes.

    Returns:
        Counts [C, C] as a SciPy sparse array, the ids and the names of the
        classes, and of each epoch how many samples stand in no cell, since
        their label is a group.

    Raises:
        LogError: no such run, output or epoch.
        ValueError: epochs of other classes, or of groups.
    """
    log = read_run(folder, split, "tree")
    output = class_output(log, output)
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
    coarse = [header.coarse]
    for step in wanted[1:]:
        header, matrix = log.matrix(output, step)
        if log.hierarchy(header.hierarchy).classes != tree.classes:
            raise ValueError(f"Epoch {step} is about other classes.")
        total = total + matrix
        coarse.append(header.coarse)
    return total, tree.classes, tree.names, coarse


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
