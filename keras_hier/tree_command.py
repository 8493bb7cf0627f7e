"""`keras-hier tree`, and how any command is told which tree it is about."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from keras_hier.terminal import say

if TYPE_CHECKING:
    from keras_hier.hierarchy import Grouping, Hierarchy

HIERARCHY_HELP = (
    "the tree of the classes: `imagenet`, a .json file (Hierarchy.to_json) or "
    "a .csv file (class,group1,group2 with group1 the coarsest)"
)


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
            say(line)
        return
    cut = hierarchy.cut(groups=args.groups)
    width = len(str(cut.sizes.max()))
    for name, size in zip(cut.names, cut.sizes, strict=True):
        say(f"{size:{width}}  {name}")
    say(_about(cut, args.groups))


def _about(cut: "Grouping", asked: int) -> str:
    """Says how many groups there are, and why more than one asked for."""
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


def load_hierarchy(
    source: str,
    classes: Sequence[str] | None = None,
    in_file_order: bool = False,
    groups: Sequence[str] | None = None,
) -> "Hierarchy":
    """Reads a tree named on the command line.

    Args:
        source: `imagenet`, or the path of a .json or .csv file.
        classes: class ids in label order, for a .csv file without labels.
        in_file_order: number the classes of such a file as they come.
        groups: the columns of a .csv file that are groups, where that needs
            saying.

    Raises:
        ValueError: neither of these, or the file is not there.
        HierarchyError: the file holds no tree.
    """
    from keras_hier import sources
    from keras_hier.hierarchy import Hierarchy

    path = Path(source)
    if groups is not None and path.suffix != ".csv":
        raise ValueError("--groups-are goes with a .csv hierarchy.")
    if source == "imagenet":
        return Hierarchy.imagenet()
    if path.suffix not in (".json", ".csv"):
        raise ValueError(
            "the hierarchy must be `imagenet` or the path of a .json or .csv "
            f"file, got {source!r}."
        )
    if not path.is_file():
        raise ValueError(f"there is no file {source!r}.")
    if path.suffix == ".json":
        return Hierarchy.load(path)
    rows, labelled, _ = sources.csv_rows(path, None, groups)
    if labelled is not None:
        classes = None
    elif in_file_order:
        classes = [row.class_id for row in rows]
    return Hierarchy.from_csv(path, classes=classes, groups=groups)


def add_groups_are(parser: argparse.ArgumentParser) -> None:
    """Adds `--groups-are`, which `load_hierarchy` takes."""
    parser.add_argument(
        "--groups-are",
        type=lambda text: [c for c in text.split(",") if c.strip()],
        metavar="COLUMN,COLUMN",
        help="of a .csv hierarchy: the columns that are groups, the coarsest "
        "first, where they are not called group1, group2, ...; columns that "
        "are not named are left out",
    )
