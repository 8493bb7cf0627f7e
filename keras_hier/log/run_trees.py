"""The tree of a run that is given none: the run's own, or one of its errors."""

import os
import re
import warnings
from collections.abc import Sequence
from typing import Any

from keras_hier.hierarchy.computed_tree import (
    BOOTSTRAP,
    ComputedTree,
    tree_from_confusions,
)
from keras_hier.hierarchy.hierarchy import Hierarchy
from keras_hier.log.metadata import CLASS_OUTPUT, SPLITS
from keras_hier.log.run_log import DamagedError, LogError, RunLog

# The time of a draw grows with the square of the classes and more.
MANY_CLASSES = 1_000
FEW_DRAWS = 10


def logged_tree(
    folder: str | os.PathLike[str], split: str | None = None
) -> tuple[RunLog, Hierarchy] | tuple[None, None]:
    """Returns a log and the tree of the classes that it stands under, if any.

    Without a split, that of any, validation first as where a run is read.
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
            return log, log.hierarchy(header.hierarchy)
    if damage:
        raise LogError(" ".join(dict.fromkeys(damage)))
    return None, None


def warn_of_one_based(least: int) -> None:
    """Warns where numbers of classes that no tree names do not begin with 0."""
    if least == 1:
        warnings.warn(
            "No sample is of class 0 or was taken for it: numbers of classes "
            "count from 0. If these count from 1, subtract 1.",
            stacklevel=4,
        )


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
    """Computes a tree from counts [C, C] in the order of the classes.

    Without names, those of the ids are taken. Errors are independent where each
    is of another sample.
    """
    if names is None and names_of(classes) != (*classes,):
        names = names_of(classes)
    draws = BOOTSTRAP if len(classes) <= MANY_CLASSES else FEW_DRAWS
    return tree_from_confusions(
        matrix, classes, names, bootstrap=draws, independent=independent
    )
