"""`keras-hier tree`: a tree of classes as text, or a cut of it."""

import argparse
from typing import TYPE_CHECKING

from keras_hier.commands.arguments import (
    HIERARCHY_HELP,
    add_groups_are,
    load_hierarchy,
)
from keras_hier.terminal import print_line

if TYPE_CHECKING:
    from keras_hier.hierarchy.grouping import Grouping


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `keras-hier tree` to its parser."""
    parser.add_argument("hierarchy", help=HIERARCHY_HELP)
    add_groups_are(parser)
    parser.add_argument(
        "--groups",
        type=int,
        metavar="G",
        help="print the cut into at least G groups instead",
    )


def run(args: argparse.Namespace) -> None:
    """Runs `keras-hier tree`."""
    hierarchy = load_hierarchy(
        args.hierarchy, in_file_order=True, groups=args.groups_are
    )
    if args.groups is None:
        for line in str(hierarchy).split("\n"):
            print_line(line)
        return
    cut = hierarchy.cut(groups=args.groups)
    width = len(str(cut.sizes.max()))
    for name, size in zip(cut.names, cut.sizes, strict=True):
        print_line(f"{size:{width}}  {name}")
    print_line(_about(cut, args.groups))


def _about(cut: "Grouping", asked: int) -> str:
    """Returns how many groups there are, and why more than asked for."""
    words = f"{cut.num_groups} groups of {cut.num_classes} classes"
    if cut.num_groups > asked:
        words += (
            f"; at least {asked} were asked for, and a group is split into all "
            "of its children at once"
        )
    single = int((cut.sizes == 1).sum())
    if single == 1:
        words += "; 1 group is a single class"
    elif 1 < single < cut.num_classes:
        words += f"; {single} groups are single classes"
    return words
