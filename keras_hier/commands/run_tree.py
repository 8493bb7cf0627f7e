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
from keras_hier.quantities import by_number, percent, quantity
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
            "The groups were made of errors, and have the classes in an order "
            f"of their own, {', '.join(own[:3])!r:.80}, ...: say by --classes "
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
    made = (
        f"{quantity(errors, 'error')} {by_number(errors, 'makes', 'make')} "
        f"{groups or 'no'} {by_number(groups, 'group', 'groups')} of classes"
    )
    if not groups:
        print_line(f"{made}: all stand side by side.")
        return
    if found.inside.size:
        largest = found.hierarchy.levels()[0].num_groups
        nested = ", one within another" if groups > largest else ""
        print_line(f"{made}{nested}. {_inside(found, largest)}")
    else:
        print_line(f"{made}, and leave most classes alone.")
    weak = int(found.weak[is_group].sum()) if found.support.size else 0
    if weak:
        print_line(
            f"{weak:,} of them {by_number(weak, 'is', 'are')} weak, and may "
            "not come back with other samples: 23 to 54 % of such groups did, "
            "of random ones at most 2 %. The tab shows their names in grey "
            "italics."
        )
    if run:
        print_line(
            f"See the groups: keras-hier tree {run}. Edit them: keras-hier "
            f"tree {run} --out tree.csv"
        )


def _inside(found: ComputedTree, largest: int) -> str:
    """Says how many errors lie inside the groups of the coarsest level."""
    inside = f"lie inside one of the {quantity(largest, 'largest group')}"
    # Chance is that of the errors that a tree has not seen.
    chance = f"{percent(found.inside_chance[0], 0)} by chance"
    if found.inside_held_out.size:
        share = percent(found.inside_held_out[0], 0)
        return f"{share} of errors that were held out {inside} ({chance})."
    return (
        f"{percent(found.inside[0], 0)} of them {inside} ({chance}), which "
        "flatters the groups: they were made of them."
    )
