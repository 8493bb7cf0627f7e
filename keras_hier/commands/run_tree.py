"""The tree where none is given: that of a run, or one of its errors."""

from typing import Any

import numpy as np

from keras_hier.commands.arguments import asked_output, read_run, say_damage
from keras_hier.commands.inputs.array_files import (
    MISSING,
    Source,
    is_whole,
    numbers,
    text_of,
    whole_number_in,
)
from keras_hier.files import limits
from keras_hier.hierarchy.computed_tree import ComputedTree
from keras_hier.hierarchy.hierarchy import Hierarchy
from keras_hier.log.run_trees import logged_tree, warn_of_one_based
from keras_hier.quantities import by_number, quantity
from keras_hier.terminal import print_line


def classes_in(labels: Source, predictions: Source) -> tuple[str, ...]:
    """Returns the class ids that two files are about, where no tree says so.

    Those that a file lists; or those that they name, in sorted order; or,
    where they number the classes, the numbers from 0.
    """
    sources = (labels, predictions)
    listed = labels.classes or predictions.classes
    if listed is not None:
        return listed
    for source in sources:
        if 0 in np.shape(source.values):
            raise ValueError(f"{source.name} is empty: it has no samples.")
        _check_not_mixed(source)
    if not labels.are_ids and not predictions.are_ids:
        return _numbered(labels, predictions)
    for one, other in (sources, sources[::-1]):
        if not other.are_ids:
            raise ValueError(
                f"{one.name} has class ids and {other.name} numbers: say by "
                "--classes which class each number is."
            )
    if predictions.columns is not None:
        return predictions.columns
    found = sorted({*labels.names, *predictions.names})
    if set(labels.names).isdisjoint(predictions.names):
        raise ValueError(
            f"{labels.name} and {predictions.name} have no class in common: "
            f"{labels.names[0]!r:.80} is one of the first, "
            f"{predictions.names[0]!r:.80} of the second."
        )
    spelled: dict[int, str] = {}
    for each in found:
        value = whole_number_in(each)
        if value is not None and spelled.setdefault(value, each) != each:
            raise ValueError(
                f"{labels.name} and {predictions.name} have the class ids "
                f"{spelled[value]!r:.80} and {each!r:.80}, which are one "
                "number: write it alike everywhere."
            )
    return tuple(found)


def _check_not_mixed(source: Source) -> None:
    """Raises an error about other values among whole numbers."""
    names = set(source.names)
    odd = {name for name in names if not is_whole(name)}
    if source.kind is not None:
        odd = {name for name in odd if name.lower() in MISSING}
    if source.columns is None and odd and odd < names:
        cells = np.ravel(source.values).tolist()
        at = next(at for at, cell in enumerate(cells) if text_of(cell) in odd)
        raise ValueError(
            f"{source.name}: {text_of(cells[at])!r:.80} {source.place(at)} "
            "stands among whole numbers. Leave out samples without a class, in "
            "all files; if the numbers are ids of classes, pass "
            f"{source.option} ids."
        )


def _numbered(labels: Source, predictions: Source) -> tuple[str, ...]:
    """Returns the numbers of the classes that two files count.

    The numbers may be ids where most below the largest are not named, or where
    columns do not begin with 0: then the user is asked.
    """
    if predictions.columns is not None:
        least, count = 0, len(predictions.columns)
        may_be_ids = set(predictions.columns) != {*numbers(count)}
    else:
        named = {*labels.names, *predictions.names}
        found = [whole_number_in(name) or 0 for name in named]
        least = min(found, default=0)
        count = 1 + max(found, default=0)
        may_be_ids = count > 2 * len(named)
    is_said = labels.kind is not None and predictions.kind is not None
    if (may_be_ids and not is_said) or count > limits.CLASSES:
        raise ValueError(
            f"Whole numbers, such as {predictions.names[-1]!r:.80}, may be ids "
            f"of classes here, or count {count:,} classes from 0. Say which: "
            "--labels-are ids, or --labels-are numbers."
        )
    warn_of_one_based(least)
    return numbers(count)


def check_order(tree: Hierarchy, by_name: bool = False) -> None:
    """Refuses numbers of the classes of a tree that was computed of their ids.

    Such a tree has its ids sorted, as text or as numbers, which no file said.
    Another order came from the files.
    """
    own = tree.classes
    is_sorted = list(own) == sorted(own)
    is_ours = is_sorted or all(map(is_whole, own))
    if tree.origin is None or not is_ours:
        return
    if not (is_sorted if by_name else own == numbers(len(own))):
        raise ValueError(
            "The tree was computed of errors, and has the classes in an order "
            f"of its own, {', '.join(own[:3])!r:.80}, ...: say by --classes "
            "which class each number, or column of scores, is."
        )


def tree_of_run(
    folder: str, command: str, split: str | None = None
) -> Hierarchy | None:
    """Returns the tree of the classes that a run was logged under, if any."""
    log, tree = logged_tree(folder, split)
    if log is not None:
        say_damage(log, command)
    return tree


def counts_of_run(
    folder: str,
    split: str | None,
    epochs: tuple[int, int] | None,
    output: str | None,
) -> tuple[Any, tuple[str, ...], tuple[str, ...], list[int]]:
    """Returns the counts [C, C] of some epochs of a run, added up.

    Ids and names of the classes follow, and for each epoch how many samples
    stand in no cell, as their label is a group.
    """
    log = read_run(folder, split, "tree")
    output = asked_output(log, output, "tree")
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


def print_evidence(found: ComputedTree, run: str | None = None) -> None:
    """Prints how far a tree can be believed, and how to edit that of a run."""
    tree = found.hierarchy
    errors = tree.origin.errors if tree.origin else 0
    is_group = (tree.labels < 0) & (tree.parents >= 0)
    groups = int(is_group.sum())
    if not groups:
        print_line(
            f"There is no tree: {quantity(errors, 'error')} "
            f"{by_number(errors, 'makes', 'make')} no groups, so all "
            "classes stand side by side."
        )
        return
    if found.inside.size:
        _print_inside(found, errors)
    else:
        print_line(
            f"The tree of {by_number(errors, 'this', 'these')} "
            f"{quantity(errors, 'error')} has {quantity(groups, 'group')} and "
            "no level of groups: at each most would be single classes."
        )
    if found.support.size:
        weak = int(found.weak[is_group].sum())
        print_line(
            f"{weak:,} of its {quantity(groups, 'group')} "
            f"{by_number(1 if groups == 1 else weak, 'is', 'are')} weak: a "
            "support that is not half of the way from chance to 1. They may "
            "not come back with other samples: 23 to 54 % of such groups did, "
            "of as many classes at random 2 % at most."
            + (f" Edit it: keras-hier tree {run} --out tree.csv" if run else "")
        )


def _print_inside(found: ComputedTree, errors: int) -> None:
    """Prints how many of the errors lie inside the groups of the levels."""
    sizes = [level.num_groups for level in found.hierarchy.levels()[:-1]]
    largest = quantity(sizes[0], "group")
    most = ", ".join(f"{size:,}" for size in sizes[:-1])
    groups = " and ".join(filter(None, (most, quantity(sizes[-1], "group"))))
    # Chance is that of the errors that a tree has not seen.
    chance = f"({found.inside_chance[0]:.0%} by chance)"
    unseen = (
        f"{found.inside_held_out[0]:.0%} of errors that it has not seen lie "
        f"inside its {largest} {chance}, {found.inside[0]:.0%} of its own"
        if found.inside_held_out.size
        else f"{found.inside[0]:.0%} of them lie inside its {largest} "
        f"{chance}, which flatters it"
    )
    print_line(
        f"The tree of {groups} was computed from "
        f"{by_number(errors, 'this', 'these')} {quantity(errors, 'error')}: "
        f"{unseen}."
    )
