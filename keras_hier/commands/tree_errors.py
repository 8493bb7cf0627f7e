"""Prints how far the errors of a run agree with a tree, level by level."""

from collections.abc import Sequence
from typing import Any

from keras_hier.analysis.trees.misplaced_classes import misplaced_classes
from keras_hier.analysis.trees.planted_moves import planted_moves
from keras_hier.analysis.trees.tree_agreement import (
    TreeAgreement,
    tree_agreement,
)
from keras_hier.commands import run_tree
from keras_hier.commands.inputs import count_files
from keras_hier.hierarchy.computed.computed_table import MOST_CLASSES
from keras_hier.hierarchy.hierarchy import Hierarchy
from keras_hier.hierarchy.tree.grouping import Grouping
from keras_hier.quantities import by_number, percent, quantity
from keras_hier.scores.block_confusion import (
    block_confusion_chance,
    block_confusion_ratio,
)
from keras_hier.terminal import print_line

# At most so many classes are listed for each level.
_MOST_LISTED = 20


def print_errors(
    hierarchy: Hierarchy, run: str, split: str | None, output: str | None
) -> None:
    """Prints how far the errors of a run agree with a tree."""
    matrix, classes, _, coarse = run_tree.counts_of_run(
        run, split, None, output
    )
    matrix = count_files.in_order_of(hierarchy, matrix.tocsr(), classes, run)
    if hierarchy.origin:
        print_line(
            "This tree was computed from errors. Where they are those of the "
            "run, that it agrees with them says nothing."
        )
    if not matrix.sum():
        # A matrix counts classes: a label that names a group is in no cell.
        print_line(
            f"{run} has no errors to compare the tree with: its matrix is "
            "empty. Labels that name a group are in no cell of it; validate "
            "with some that name the class."
        )
        return
    print_left_out(coarse)
    if matrix.sum() == matrix.trace():
        print_line(
            f"{run} has no errors to compare the tree with: all of its "
            f"{quantity(int(matrix.sum()), 'sample')} are right."
        )
        return
    both = None
    if hierarchy.num_classes <= MOST_CLASSES:
        both = tree_agreement(matrix, hierarchy)
    else:
        print_line(
            f"There are {hierarchy.num_classes:,} classes: no tree of the "
            "errors stands beside this one, as it is computed of at most "
            f"{MOST_CLASSES:,}."
        )
    levels = hierarchy.levels()[:-1]
    if not levels:
        print_line(
            "The tree has no groups: there is nothing that errors could lie "
            "inside of."
        )
    for at, level in enumerate(levels):
        beside = _beside_errors(both, at) if both else "."
        _print_level(hierarchy, level, matrix, beside)


def print_left_out(coarse: Sequence[int]) -> None:
    """Prints how many samples of each epoch are known as a group only."""
    if not (most := max(coarse)):
        return
    up_to = "" if min(coarse) == most else "up to "
    each = "" if len(coarse) == 1 else " of each epoch"
    print_line(
        f"Left out, since they stand in no cell: {up_to}"
        f"{quantity(most, 'sample')}{each}, known as a group only."
    )


def _print_level(
    hierarchy: Hierarchy, level: Grouping, matrix: Any, beside: str
) -> None:
    found = misplaced_classes(matrix, level)
    shown, planted = planted_moves(matrix, level)
    confused = len(found.classes)
    # "0 of 1 class is": after a single class the verb goes with that one.
    verb = by_number(1 if found.tested == 1 else confused, "is", "are")
    print_line(
        f"{quantity(level.num_groups, 'group')}: "
        f"{percent(block_confusion_ratio(matrix, level))} of the errors are "
        f"inside ({percent(block_confusion_chance(level, matrix))} by chance)"
        f"{beside} "
        f"Of {quantity(planted, 'class')} put into a wrong group these "
        f"errors would show {shown}. "
        f"{confused} of {quantity(found.tested, 'class')} "
        f"{verb} shown to be confused with another group "
        f"more than with {by_number(confused, 'its', 'their')} own"
        f"{':' if confused else '.'}"
    )
    names = hierarchy.names
    rows = zip(*found[:5], found.support, strict=True)
    for label, own, other, few, many, back in list(rows)[:_MOST_LISTED]:
        print_line(
            f"  {names[label]} with {level.names[other]} ({many:,}), not "
            f"{level.names[own]} ({few:,}); so in {percent(back, 0)} of draws"
        )


def _beside_errors(both: TreeAgreement, at: int) -> str:
    """Returns how a level of a tree compares with the groups of the errors."""
    agree, halves = (
        "unknown" if value != value else f"{value:.2f}"
        for value in (both.adjusted_rand[at], both.halves[at])
    )
    unseen = both.errors_unseen[at]
    shown = "unknown" if unseen != unseen else percent(unseen)
    if agree == "unknown":
        return (
            "; the classes that are confused lie in one of them, or each in "
            "its own, so the errors make no others."
        )
    return (
        f"; of groups that the errors make, {shown} of those that these have "
        f"not seen ({percent(both.errors_chance[at])} by chance). Adjusted "
        f"Rand index with them {agree} (0 by chance; of two halves of the "
        f"errors {halves})."
    )
