"""The tree of those who have none: the run's own, or one of their errors."""

import sys
from collections.abc import Sequence
from typing import Any

import numpy as np

from keras_hier.commands.array_files import Source, number_in
from keras_hier.files import limits
from keras_hier.hierarchy.computed_tree import (
    BOOTSTRAP,
    ComputedTree,
    tree_from_confusions,
)
from keras_hier.hierarchy.hierarchy import Hierarchy
from keras_hier.log.metadata import SPLITS
from keras_hier.log.run_log import LogError, RunLog
from keras_hier.terminal import print_line

# The time of a draw grows with the square of the classes and more.
MANY_CLASSES = 1_000
FEW_DRAWS = 10


def classes_in(labels: Source, predictions: Source) -> tuple[str, ...]:
    """Returns the class ids that two files are about, where no tree says so.

    Class ids in their sorted order; or, where the files number the classes,
    the numbers from 0.

    Raises:
        ValueError: a file has ids and the other numbers; there are too many
            classes, or none.
    """
    listed = labels.classes or predictions.classes
    if listed is not None:
        return listed
    sources = (labels, predictions)
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
        if count > limits.CLASSES:
            raise ValueError(f"There are {count:,} classes: too many.")
        classes = tuple(map(str, range(count)))
    if not classes:
        raise ValueError(f"{labels.name} is empty.")
    return classes


def _are_ids(source: Source) -> bool:
    if source.kind is not None:
        return source.kind == "ids"
    values = source.values
    if isinstance(values, np.ndarray):
        return False
    return any(number_in(text) is None for text in set(values))


def _texts(source: Source) -> set[str]:
    values = source.values
    if isinstance(values, tuple):
        return set(values)
    return {f"{value:g}" for value in np.unique(values).tolist()}


def _by_number(text: str) -> tuple[float, str]:
    number = number_in(text)
    return (np.inf if number is None else number), text


def _count(source: Source) -> int:
    values = source.values
    if isinstance(values, tuple):
        return int(max(number_in(text) or 0 for text in set(values))) + 1
    if values.ndim == 2 and values.shape[1] > 1:
        return int(values.shape[1])
    # Whatever is no label is refused, with a reason, where labels are read.
    usable = values[np.isfinite(values)] if values.dtype.kind in "iuf" else []
    return int(np.max(usable, initial=0)) + 1


def tree_of_run(folder: str) -> Hierarchy | None:
    """Returns the tree of the classes that a run was logged under, if any."""
    for split in SPLITS:
        try:
            log = RunLog(folder, split)
        except LogError:
            continue
        for output in log.outputs:
            header, _ = log.matrix(output)
            if header.grouping is None:
                return log.hierarchy(header.hierarchy)
    return None


def check_classes(tree: Hierarchy, classes: Sequence[str]) -> None:
    """Raises an error if classes are not among those of the run's tree.

    Raises:
        ValueError: some are not.
    """
    unknown = sorted(set(classes) - set(tree.classes))
    if unknown:
        raise ValueError(
            f"{len(unknown)} classes, such as {unknown[0]!r:.80}, are not in "
            "the tree of this run. Log to another folder, or pass --retree for "
            "a tree of these epochs on."
        )


def tree_of_errors(matrix: Any, classes: Sequence[str]) -> ComputedTree:
    """Computes the tree of a run from the errors that are to be logged.

    Args:
        matrix: counts [C, C], in the order of the classes.
        classes: str [C].
    """
    draws = BOOTSTRAP if len(classes) <= MANY_CLASSES else FEW_DRAWS
    return tree_from_confusions(matrix, classes, bootstrap=draws)


def print_evidence(found: ComputedTree, run: str) -> None:
    """Says what a tree was computed from, and how far it can be believed."""
    tree = found.hierarchy
    errors = tree.origin.errors if tree.origin else 0
    if not found.inside.size:
        print_line(
            f"There is no tree: {errors:,} errors make no groups, so all "
            "classes stand side by side."
        )
        return
    sizes = [f"{level.num_groups:,}" for level in tree.levels()[:-1]]
    groups = " and ".join(filter(None, (", ".join(sizes[:-1]), sizes[-1])))
    print_line(
        f"The tree of {groups} groups was computed from these {errors:,} "
        f"errors: {found.inside_held_out[0]:.0%} of errors that it has not "
        f"seen lie inside its {sizes[0]} groups, {found.inside[0]:.0%} of its "
        f"own ({found.inside_chance[0]:.0%} by chance)."
    )
    is_group = (tree.labels < 0) & (tree.parents >= 0)
    if found.support.size and is_group.any():
        weak = int((found.support[is_group] < 0.5).sum())
        print_line(
            f"{weak:,} of its {int(is_group.sum()):,} groups would hardly come "
            "back with other samples (support below 0.5). To edit it: "
            f"keras-hier tree {run} --out tree.csv"
        )
    sys.stdout.flush()
