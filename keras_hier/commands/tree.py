"""`keras-hier tree`: a tree of classes as text, as a file, or a cut of it."""

import argparse
import os
from collections.abc import Sequence
from pathlib import Path

from keras_hier.commands import relog, run_tree
from keras_hier.commands.arguments import (
    HIERARCHY_HELP,
    READY,
    add_groups_are,
    epoch_range,
    load_hierarchy,
)
from keras_hier.commands.inputs import array_files, count_files, label_kinds
from keras_hier.commands.tree_errors import print_errors, print_left_out
from keras_hier.files.output_files import checked_target, write_atomically
from keras_hier.hierarchy.hierarchy import Hierarchy
from keras_hier.hierarchy.sources import csv_tree
from keras_hier.hierarchy.tree.grouping import Grouping
from keras_hier.log.event_files import storage
from keras_hier.log.metadata import SPLITS
from keras_hier.log.run_trees import tree_of_errors
from keras_hier.quantities import by_number, quantity
from keras_hier.terminal import print_line

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
        type=epoch_range,
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
    _add_output(parser)


def _add_output(parser: argparse.ArgumentParser) -> None:
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


def run(args: argparse.Namespace) -> None:
    """Runs `keras-hier tree`."""
    if args.groups is not None and args.errors_of:
        raise ValueError("Pass --groups or --errors-of: each prints its own.")
    if args.out:
        _check_out(args)
    if args.relog:
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
        print_errors(hierarchy, args.errors_of, args.split, args.output)
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


def _tree(args: argparse.Namespace) -> Hierarchy:
    is_run = storage.is_folder(args.hierarchy)
    _check_source(args, is_run)
    if args.from_confusions:
        return _tree_of_errors(args, is_run)
    if not is_run:
        return _tree_of_file(args)
    tree = run_tree.tree_of_run(args.hierarchy, "tree", args.split)
    if tree is None:
        raise ValueError(
            f"{args.hierarchy!r} is not the folder of a run: it holds no "
            "confusion matrix of classes."
        )
    return _of_these(tree, args.classes) if args.classes else tree


def _check_source(args: argparse.Namespace, is_run: bool) -> None:
    """Checks that a tree can come from there, and with these options."""
    source, of_errors = args.hierarchy, args.from_confusions
    # An array of an archive is named behind it: counts.npz:matrix.
    is_there = is_run or os.path.exists(source) or ".npz:" in source
    if not is_there and source not in READY:
        raise ValueError(
            f"there is no folder or file {source!r}: expected "
            + (
                "the folder of a run, or a file of counts."
                if of_errors
                else "`imagenet`, `cifar100`, a .json or .csv file, or the "
                "folder of a run."
            )
        )
    errors_of_run = of_errors and is_run
    of_run = "--from-confusions and the folder of a run"
    for option, fits, wanted in (
        ("epochs", errors_of_run, of_run),
        (
            "split",
            is_run or args.errors_of,
            "the folder of a run, or with --errors-of",
        ),
        (
            "output",
            errors_of_run or args.errors_of,
            f"{of_run}, or with --errors-of",
        ),
        (
            "classes",
            not errors_of_run,
            "a tree, or with --from-confusions and a file of counts",
        ),
        ("groups_are", not of_errors and not is_run, "a .csv hierarchy"),
        ("relog", errors_of_run, of_run),
    ):
        if getattr(args, option) is not None and not fits:
            raise ValueError(
                f"--{option.replace('_', '-')} does not go with {source!r}: it "
                f"goes with {wanted}."
            )


def _tree_of_file(args: argparse.Namespace) -> Hierarchy:
    source = args.hierarchy
    # The order of the lines is for drawings: it is no order of labels.
    try:
        tree = load_hierarchy(
            source, in_file_order=True, groups=args.groups_are
        )
    except ValueError as error:
        if not _holds_counts(source):
            raise
        raise ValueError(
            f"{source} holds counts, and no tree: pass --from-confusions to "
            "compute one of its errors."
        ) from error
    if args.classes:
        return _of_these(tree, args.classes)
    if args.out and Path(source).suffix == ".csv":
        _check_numbers(source, args.groups_are)
    return tree


def _tree_of_errors(args: argparse.Namespace, is_run: bool) -> Hierarchy:
    coarse, names = [0], None
    if is_run:
        matrix, classes, names, coarse = run_tree.counts_of_run(
            args.hierarchy, args.split, args.epochs, args.output
        )
    else:
        counts = count_files.counts_in(args.hierarchy, args.classes)
        count_files.check_classes(None, *counts[:2], args.hierarchy)
        matrix = counts.read()
        classes = counts.ids or array_files.numbers(counts.size)
    # Epochs are of the same samples.
    found = tree_of_errors(matrix, classes, names, len(coarse) == 1)
    run_tree.print_evidence(found)
    # `relog` prints it for all epochs that are logged again.
    if not args.relog:
        print_left_out(coarse)
    return found.hierarchy


def _of_these(tree: Hierarchy, file: str) -> Hierarchy:
    """Returns the tree of the classes that a file names, in their order."""
    classes = array_files.read_classes(file)
    return tree.subset(label_kinds.own_ids(classes, tree))


def _holds_counts(file: str) -> bool:
    try:
        count_files.counts_in(file, None).read()
    except (OSError, ValueError):
        return False
    return True


def _check_numbers(source: str, groups: Sequence[str] | None) -> None:
    """Raises an error about a .csv file that does not number its classes."""
    if csv_tree.csv_rows(source, None, groups).numbered is None:
        raise ValueError(
            f"{source} does not number its classes, and a tree that is written "
            "does: add a column `label`, the numbers from 0 that the data set "
            "gives them (class folders: in the sorted order of their names)."
        )


def _about(cut: Grouping, asked: int) -> str:
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
