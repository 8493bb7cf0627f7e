"""Command-line arguments that several commands share, and what they name."""

import argparse
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from keras_hier.hierarchy.hierarchy import Hierarchy
from keras_hier.hierarchy.sources import csv_tree
from keras_hier.log.metadata import CLASS_OUTPUT, SPLITS
from keras_hier.log.run_log import RunLog
from keras_hier.terminal import print_line

HIERARCHY_HELP = (
    "the tree of the classes: `imagenet`, `cifar100`, a .json file "
    "(Hierarchy.to_json) or a .csv file (class,label,group1,group2: label is "
    "the number of the class from 0, group1 the coarsest)"
)
READY = {"imagenet": Hierarchy.imagenet, "cifar100": Hierarchy.cifar100}
# For a tree that has more classes than the files.
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
) -> Hierarchy:
    """Reads a tree: one of `READY`, or the path of a .json or .csv file."""
    path = Path(source)
    if groups is not None and path.suffix != ".csv":
        raise ValueError("--groups-are goes with a .csv hierarchy.")
    if source in READY:
        return READY[source]()
    if path.suffix not in (".json", ".csv"):
        raise ValueError(
            "the hierarchy must be `imagenet`, `cifar100` or the path of a "
            f".json or .csv file, got {source!r}."
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


def read_run(folder: str, split: str | None, command: str) -> RunLog:
    """Opens the log of a run, and prints which of its files are damaged."""
    log = RunLog(folder, split)
    say_damage(log, command)
    return log


def asked_output(log: RunLog, wanted: str | None, command: str) -> str:
    """Returns the output that is meant, and prints which of several it is."""
    kind = "matrix" if log.outputs else "samples"
    output = log.default_output(kind) if wanted is None else wanted
    others = [name for name in log.names(kind) if name != output]
    if wanted is None and output != CLASS_OUTPUT and others:
        print_line(
            f"keras-hier {command}: this is output {output!r}. Choose "
            f"{' or '.join(map(repr, others))} by --output.",
            sys.stderr,
        )
    return output


def say_damage(log: RunLog, command: str) -> None:
    """Prints which files of a run are damaged."""
    for sentence in log.damage:
        print_line(f"keras-hier {command}: {sentence}", sys.stderr)


def check_step(step: int | None) -> None:
    """Raises an error about an epoch below 1."""
    if step is not None and step < 1:
        raise ValueError(
            f"--epoch must be 1, the first epoch, or more; got {step}."
        )


def add_hierarchy(
    parser: argparse.ArgumentParser, more: str, metavar: str = "imagenet|FILE"
) -> None:
    """Adds `--hierarchy` and `--groups-are`, which `load_hierarchy` takes."""
    parser.add_argument(
        "--hierarchy", metavar=metavar, help=f"{HIERARCHY_HELP}{more}"
    )
    add_groups_are(parser)


def add_groups_are(parser: argparse.ArgumentParser) -> None:
    """Adds `--groups-are`."""
    parser.add_argument(
        "--groups-are",
        type=lambda text: [c for c in text.split(",") if c.strip()],
        metavar="COLUMN,COLUMN",
        help="of a .csv hierarchy: the columns that are groups, the coarsest "
        "first, where they are not called group1, group2, ...; columns that "
        "are not named are left out",
    )


def add_label_kinds(parser: argparse._ActionsContainer, files: str) -> None:
    """Adds `--labels-are`, and `--predictions-are` for some other files."""
    parser.add_argument(
        "--labels-are",
        choices=("ids", "numbers"),
        help="what whole numbers in the files are, where class ids look like "
        "numbers: these ids, or numbers that count the classes from 0",
    )
    parser.add_argument(
        "--predictions-are",
        choices=("ids", "numbers"),
        help=f"the same for {files} alone, default: what --labels-are says",
    )


def add_run(parser: argparse.ArgumentParser) -> None:
    """Adds the folder of a run, and `--epoch`, `--split` and `--output`."""
    parser.add_argument(
        "folder",
        metavar="RUN",
        help="folder of the run, the one that BlocksCallback or `keras-hier "
        "log` wrote to",
    )
    add_epoch(parser)


def add_epoch(parser: argparse.ArgumentParser) -> None:
    """Adds `--epoch`, `--split` and `--output`."""
    parser.add_argument(
        "--epoch",
        type=int,
        metavar="N",
        help="counted from 1, default: the last one",
    )
    parser.add_argument(
        "--split", choices=SPLITS, help="default: validation, or what there is"
    )
    parser.add_argument(
        "--output",
        help=f"name of the model's output, default: {CLASS_OUTPUT}, or the "
        "network's own for the classes",
    )


def epoch_range(text: str) -> tuple[int, int]:
    """Returns the first and the last of `12` or `12-15`."""
    found = re.fullmatch(r"(\d+)(?:-(\d+))?", text, re.ASCII)
    if found:
        first, last = int(found[1]), int(found[2] or found[1])
        if first <= last:
            return first, last
    raise argparse.ArgumentTypeError(
        "expected an epoch, or the first and the last of several, as in 12 or "
        f"12-15, got {text!r}"
    )
