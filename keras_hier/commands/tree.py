"""`keras-hier tree`: a tree of classes as text, as a file, or a cut of it."""

import argparse
import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from keras_hier.commands.arguments import (
    HIERARCHY_HELP,
    add_groups_are,
    load_hierarchy,
)
from keras_hier.files.output_files import checked_target, write_atomically
from keras_hier.log.event_files import storage
from keras_hier.log.metadata import SPLITS
from keras_hier.quantities import by_number, quantity
from keras_hier.terminal import print_line

if TYPE_CHECKING:
    from keras_hier.analysis.trees.tree_agreement import TreeAgreement
    from keras_hier.hierarchy.hierarchy import Hierarchy
    from keras_hier.hierarchy.tree.grouping import Grouping

_SUFFIXES = (".csv", ".json")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `keras-hier tree` to its parser."""
    parser.add_argument(
        "hierarchy",
        metavar="TREE",
        help=f"{HIERARCHY_HELP}, or the folder of a run",
    )
    add_groups_are(parser)
    parser.add_argument(
        "--from-confusions",
        action="store_true",
        help="compute the tree from the errors of the run in that folder, or "
        "of a file of counts [C, C]: .npy, .npz or .csv",
    )
    parser.add_argument(
        "--epochs",
        type=_epochs,
        metavar="N|N-M",
        help="with --from-confusions: of the run, whose errors are added up, "
        "default: the last one",
    )
    parser.add_argument(
        "--split",
        choices=SPLITS,
        help="of a run, default: validation, or what there is",
    )
    parser.add_argument(
        "--output",
        metavar="NAME",
        help="of a run, the network's own for the classes, default: class, or "
        "the only one that it may be",
    )
    parser.add_argument(
        "--classes",
        metavar="FILE",
        help="make the tree of these classes alone, numbered as they come: "
        "class ids, one on each line, or the classes.json of records; with "
        "--from-confusions and a file of counts what its rows are, where it "
        "does not say that",
    )
    parser.add_argument(
        "--errors-of",
        metavar="RUN",
        help="compare the tree with the errors of a run: how many of them lie "
        "inside its groups, and which classes they would move elsewhere",
    )
    parser.add_argument(
        "--out",
        metavar="FILE",
        help="write the tree, as .csv (to edit in a spreadsheet) or .json, and "
        "print no drawing",
    )
    parser.add_argument(
        "--relog",
        metavar="RUN",
        help="with --from-confusions of a run: log its epochs to a new folder, "
        "under the tree that was computed",
    )
    parser.add_argument(
        "--groups",
        type=int,
        metavar="G",
        help="print the cut into at least G groups instead",
    )


def _epochs(text: str) -> tuple[int, int]:
    found = re.fullmatch(r"(\d+)(?:-(\d+))?", text, re.ASCII)
    if found:
        first, last = int(found[1]), int(found[2] or found[1])
        if first <= last:
            return first, last
    raise argparse.ArgumentTypeError(
        "expected an epoch, or the first and the last of several, as in 12 or "
        f"12-15, got {text!r}"
    )


def run(args: argparse.Namespace) -> None:
    """Runs `keras-hier tree`."""
    if args.groups is not None and args.errors_of:
        raise ValueError("Pass --groups or --errors-of: each prints its own.")
    if args.out:
        _check_out(args)
    if args.relog:
        from keras_hier.commands import relog

        relog.check(args.relog)
    hierarchy = _tree(args)
    if args.relog:
        relog.log_again(args.hierarchy, args.relog, hierarchy, args.output)
    if args.out:
        if args.out.endswith(".csv"):
            hierarchy.to_csv(args.out)
        else:
            write_atomically(Path(args.out), hierarchy.to_json().encode())
        print_line(f"{args.out}: {quantity(hierarchy.num_classes, 'class')}")
        if hierarchy.origin is not None and args.out.endswith(".csv"):
            print_line(
                "A .csv does not tell that the tree was computed from "
                f"{hierarchy.origin.kind}, so nobody will say that these fit "
                "it for that reason. A .json does. The column label numbers "
                "the classes in the order of this tree: where its ids came "
                "without one they are sorted, and a network may number them "
                "otherwise."
            )
    if args.groups is not None:
        cut = hierarchy.cut(groups=args.groups)
        width = len(str(cut.sizes.max()))
        for name, size in zip(cut.names, cut.sizes, strict=True):
            print_line(f"{size:{width}}  {name}")
        print_line(_about(cut, args.groups))
    elif args.errors_of:
        _print_errors(hierarchy, args)
    elif not args.out and not args.relog:
        for line in str(hierarchy).split("\n"):
            print_line(line)


def _check_out(args: argparse.Namespace) -> None:
    suffix = Path(args.out).suffix
    if suffix not in _SUFFIXES:
        raise ValueError(f"--out must end in .csv or .json, got {args.out!r}.")
    target = checked_target(args.out, suffix)
    for source in filter(None, (args.hierarchy, args.classes)):
        both_exist = target.exists() and Path(source).exists()
        if both_exist and target.samefile(source):
            raise ValueError(
                f"the tree would be written over {source!r}, and it is made "
                "of that file: give --out another name."
            )


def _tree(args: argparse.Namespace) -> "Hierarchy":
    is_run = storage.is_folder(args.hierarchy)
    if not is_run:
        _check_source(args)
    of_errors = args.from_confusions
    of_run = "--from-confusions and the folder of a run"
    for option, given, fits, wanted in (
        ("--epochs", args.epochs, of_errors and is_run, of_run),
        (
            "--split",
            args.split,
            is_run or args.errors_of,
            "the folder of a run, or with --errors-of",
        ),
        (
            "--output",
            args.output,
            (of_errors and is_run) or args.errors_of,
            f"{of_run}, or with --errors-of",
        ),
        (
            "--classes",
            args.classes,
            not of_errors or not is_run,
            "a tree, or with --from-confusions and a file of counts",
        ),
        (
            "--groups-are",
            args.groups_are,
            not of_errors and not is_run,
            "a .csv hierarchy",
        ),
        ("--relog", args.relog, of_errors and is_run, of_run),
    ):
        if given is not None and not fits:
            raise ValueError(
                f"{option} does not go with {args.hierarchy!r}: it goes with "
                f"{wanted}."
            )
    if not is_run and not args.from_confusions:
        # The order of the lines is for drawings: it is no order of labels.
        try:
            given = load_hierarchy(
                args.hierarchy, in_file_order=True, groups=args.groups_are
            )
        except ValueError as error:
            if not _holds_counts(args.hierarchy):
                raise
            raise ValueError(
                f"{args.hierarchy} holds counts, and no tree: pass "
                "--from-confusions to compute one of its errors."
            ) from error
        if args.classes:
            return _of_these(given, args.classes)
        if args.out:
            _check_numbers(args.hierarchy, args.groups_are)
        return given
    from keras_hier.commands import array_files, count_files, run_tree
    from keras_hier.commands.print_evidence import print_evidence

    if not args.from_confusions:
        tree = run_tree.tree_of_run(args.hierarchy, "tree", args.split)
        if tree is None:
            raise ValueError(
                f"{args.hierarchy!r} is not the folder of a run: it holds no "
                "confusion matrix of classes."
            )
        return _of_these(tree, args.classes) if args.classes else tree
    coarse = [0]
    if is_run:
        matrix, classes, names, coarse = run_tree.counts_of_run(
            args.hierarchy, args.split, args.epochs, args.output
        )
    else:
        counts = count_files.counts_in(args.hierarchy, args.classes)
        count_files.check_classes(None, *counts[:2], args.hierarchy)
        matrix, names = counts.read(), None
        classes = counts.ids or array_files.numbers(counts.size)
    # Epochs are of the same samples.
    found = run_tree.tree_of_errors(matrix, classes, names, len(coarse) == 1)
    print_evidence(found)
    # Of all epochs that are logged again `relog` says it.
    if not args.relog:
        _say_left_out(coarse)
    return found.hierarchy


def _of_these(tree: "Hierarchy", file: str) -> "Hierarchy":
    """Returns the tree of the classes that a file names, in their order."""
    from keras_hier.commands import array_files, label_kinds

    classes = array_files.read_classes(file)
    return tree.subset(label_kinds.own_ids(classes, tree))


def _say_left_out(coarse: Sequence[int]) -> None:
    """Says how many samples of each epoch are known as a group only."""
    if not (most := max(coarse)):
        return
    up_to = "" if min(coarse) == most else "up to "
    each = "" if len(coarse) == 1 else " of each epoch"
    print_line(
        f"Left out, since they stand in no cell: {up_to}"
        f"{quantity(most, 'sample')}{each}, known as a group only."
    )


def _holds_counts(file: str) -> bool:
    from keras_hier.commands import count_files

    try:
        count_files.counts_in(file, None).read()
    except (OSError, ValueError):
        return False
    return True


def _check_source(args: argparse.Namespace) -> None:
    """Raises an error if nothing is where the tree is to come from."""
    source = args.hierarchy
    # An array of an archive is named behind it: counts.npz:matrix.
    if source == "imagenet" or os.path.exists(source) or ".npz:" in source:
        return
    raise ValueError(
        f"there is no folder or file {source!r}: expected "
        + (
            "the folder of a run, or a file of counts."
            if args.from_confusions
            else "`imagenet`, a .json or .csv file, or the folder of a run."
        )
    )


def _check_numbers(source: str, groups: Sequence[str] | None) -> None:
    """Raises an error about a .csv file that does not number its classes."""
    from keras_hier.hierarchy.sources import csv_tree

    if Path(source).suffix != ".csv":
        return
    if csv_tree.csv_rows(source, None, groups).numbered is None:
        raise ValueError(
            f"{source} does not number its classes, and a tree that is written "
            "does: add a column `label`, the numbers from 0 that the data set "
            "gives them (class folders: in the sorted order of their names)."
        )


# Most classes that are listed for each level.
_MOST_LISTED = 20


def _print_errors(hierarchy: "Hierarchy", args: argparse.Namespace) -> None:
    """Says how far the errors of a run agree with a tree, level by level."""
    from keras_hier.analysis.trees.misplaced_classes import misplaced_classes
    from keras_hier.analysis.trees.planted_moves import planted_moves
    from keras_hier.analysis.trees.tree_agreement import tree_agreement
    from keras_hier.commands import count_files, run_tree
    from keras_hier.hierarchy.computed.computed_table import MOST_CLASSES
    from keras_hier.scores.block_confusion import (
        block_confusion_chance,
        block_confusion_ratio,
    )

    matrix, classes, _, coarse = run_tree.counts_of_run(
        args.errors_of, args.split, None, args.output
    )
    matrix = count_files.in_order_of(
        hierarchy, matrix.tocsr(), classes, args.errors_of
    )
    if hierarchy.origin:
        print_line(
            "This tree was computed from errors. Where they are those of the "
            "run, that it agrees with them says nothing."
        )
    if not matrix.sum():
        # A matrix counts classes: a label that names a group is in no cell.
        print_line(
            f"{args.errors_of} has no errors to compare the tree with: its "
            "matrix is empty. Labels that name a group are in no cell of it; "
            "validate with some that name the class."
        )
        return
    _say_left_out(coarse)
    if matrix.sum() == matrix.trace():
        print_line(
            f"{args.errors_of} has no errors to compare the tree with: all of "
            f"its {quantity(int(matrix.sum()), 'sample')} are right."
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
        found = misplaced_classes(matrix, level)
        shown, planted = planted_moves(matrix, level)
        confused = len(found.classes)
        # "0 of 1 class is": of one alone the verb goes with that one.
        verb = by_number(1 if found.tested == 1 else confused, "is", "are")
        print_line(
            f"{quantity(level.num_groups, 'group')}: "
            f"{block_confusion_ratio(matrix, level):.1%} of the errors are "
            f"inside ({block_confusion_chance(level, matrix):.1%} by chance)"
            f"{_beside_errors(both, at) if both else '.'} "
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
                f"{level.names[own]} ({few:,}); so in {back:.0%} of draws"
            )


def _beside_errors(both: "TreeAgreement", at: int) -> str:
    """Says how a level of a tree compares with the groups of the errors."""
    agree, halves, unseen = (
        "unknown" if value != value else f"{value:{form}}"
        for value, form in (
            (both.adjusted_rand[at], ".2f"),
            (both.halves[at], ".2f"),
            (both.errors_unseen[at], ".1%"),
        )
    )
    if agree == "unknown":
        return (
            "; the classes that are confused lie in one of them, or each in "
            "its own, so the errors make no others."
        )
    return (
        f"; of groups that the errors make, {unseen} of those that these have "
        f"not seen ({both.errors_chance[at]:.1%} by chance). Adjusted Rand "
        f"index with them {agree} (0 by chance; of two halves of the errors "
        f"{halves})."
    )


def _about(cut: "Grouping", asked: int) -> str:
    """Returns how many groups there are, and why more than asked for."""
    words = (
        f"{quantity(cut.num_groups, 'group')} of "
        f"{quantity(cut.num_classes, 'class')}"
    )
    if cut.num_groups > asked:
        words += (
            f"; at least {asked} were asked for, and a group is split into all "
            "of its children at once"
        )
    single = int((cut.sizes == 1).sum())
    if 0 < single < cut.num_classes:
        are = by_number(single, "is a single class", "are single classes")
        words += f"; {quantity(single, 'group')} {are}"
    return words
