"""Command-line arguments that several commands share."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from keras_hier.hierarchy.hierarchy import Hierarchy
from keras_hier.log.metadata import CLASS_OUTPUT, SPLITS

HIERARCHY_HELP = (
    "the tree of the classes: `imagenet`, a .json file (Hierarchy.to_json) or "
    "a .csv file (class,label,group1,group2: label is the number of the class "
    "from 0, group1 the coarsest)"
)
# Where a tree has more classes than what it is to order.
PART_OF_A_TREE = (
    " For a part of its classes: `keras-hier tree TREE --classes FILE --out "
    "NEW.json`."
)


def load_hierarchy(
    source: str,
    classes: Sequence[str] | None = None,
    in_file_order: bool = False,
    groups: Sequence[str] | None = None,
    in_sorted_order: bool = False,
) -> "Hierarchy":
    """Reads a tree named on the command line.

    Args:
        source: `imagenet`, or the path of a .json or .csv file.
        classes: class ids in label order, for a .csv file without labels.
        in_file_order: number the classes of such a file as they come.
        groups: the columns of a .csv file that are groups, where that needs
            saying.
        in_sorted_order: number the classes of such a file by their sorted ids.

    Raises:
        ValueError: neither of these, or the file is not there.
        HierarchyError: the file holds no tree.
    """
    from keras_hier.hierarchy.hierarchy import Hierarchy
    from keras_hier.hierarchy.sources import csv_tree

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
    if not path.exists():
        raise ValueError(f"there is no file {source!r}.")
    if path.suffix == ".json":
        return Hierarchy.load(path)
    rows, numbered, *_ = csv_tree.csv_rows(path, None, groups)
    if numbered is not None:
        classes = None
    elif in_file_order:
        classes = [row.class_id for row in rows]
    elif in_sorted_order:
        classes = sorted(row.class_id for row in rows)
    elif classes is None:
        raise ValueError(
            f"{source} does not number the classes: add a column `label`, the "
            "numbers from 0 that the data set gives them (class folders: in "
            "the sorted order of their names), or name a file of the ids in "
            "that order by --classes."
        )
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


def add_epoch_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds `--epoch`, `--split` and `--output`."""
    parser.add_argument(
        "--epoch",
        type=int,
        metavar="N",
        help="counted from 1, default: the last one",
    )
    parser.add_argument(
        "--split",
        choices=SPLITS,
        help="default: validation, or what there is",
    )
    parser.add_argument(
        "--output",
        default=CLASS_OUTPUT,
        help="name of the model's output, default: %(default)s",
    )
