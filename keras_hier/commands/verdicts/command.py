"""`keras-hier verdicts FILE`: lists verdicts, and corrects labels by them."""

import argparse
import csv
import io
from collections.abc import Sequence

import numpy as np

from keras_hier.analysis.data_quality.verdicts import (
    VERDICTS,
    Row,
    apply_verdicts,
    read_verdicts,
)
from keras_hier.commands.inputs.array_files import (
    is_whole,
    read_classes,
    whole_number_in,
)
from keras_hier.commands.inputs.tables import find_column
from keras_hier.files.output_files import checked_target, write_atomically
from keras_hier.files.spreadsheets import guarded, unguarded
from keras_hier.files.text_files import read_rows
from keras_hier.quantities import quantity
from keras_hier.terminal import print_line

_IDS = ("id", "ids", "sample", "path", "file", "filename", "image")
_LABELS = ("label", "labels", "class", "y_true", "true", "target")
# The title of a list, and a sign between the two names of an entry.
_TITLES = {
    "overlapping": ("Overlapping classes", " | "),
    "suspect": ("Suspect labels", " -> "),
    "two_objects": ("Two objects", " and "),
    "diverse": ("Really two", ": "),
}
_CALLED = dict(zip(VERDICTS, ("to do", "skipped", *VERDICTS[2:]), strict=True))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `keras-hier verdicts` to its parser."""
    parser.add_argument(
        "file",
        metavar="FILE",
        help="what the buttons CSV and JSON of the tab's view Quality saved",
    )
    parser.add_argument(
        "--labels",
        metavar="LABELS.csv",
        help="correct these: a table with a column of ids of samples and one "
        "of labels; without ids, the rows are numbered from 0",
    )
    parser.add_argument(
        "--out",
        metavar="NEW.csv",
        help="write the table with the corrected labels",
    )
    parser.add_argument(
        "--id", metavar="COLUMN", help=f"default: one of {', '.join(_IDS)}"
    )
    parser.add_argument(
        "--label",
        metavar="COLUMN",
        help=f"default: one of {', '.join(_LABELS)}",
    )
    parser.add_argument(
        "--classes",
        metavar="FILE",
        help="where labels are numbers: the ids of the classes in the order of "
        "these, one on each line, or the classes.json of records",
    )
    parser.add_argument(
        "--top",
        type=int,
        default=10,
        metavar="N",
        help="print so many confirmed entries of each list, default: "
        "%(default)s",
    )


def run(args: argparse.Namespace) -> None:
    """Runs `keras-hier verdicts`."""
    if (args.labels is None) != (args.out is None):
        raise ValueError("--labels and --out go together.")
    if args.labels is not None:
        _correct(args)
        return
    rows = read_verdicts(args.file)
    print_line(f"{args.file}: {quantity(len(rows), 'row')}.")
    for name, (title, between) in _TITLES.items():
        _print([r for r in rows if r["list"] == name], title, between, args.top)


def _print(rows: Sequence[Row], title: str, between: str, top: int) -> None:
    counts = ", ".join(
        f"{number:,} {_CALLED[verdict]}"
        for verdict in ("confirmed", "dismissed", "seen", "open")
        if (number := sum(row["verdict"] == verdict for row in rows))
    )
    if not counts:
        return
    confirmed = [row for row in rows if row["verdict"] == "confirmed"]
    print_line()
    print_line(f"{title}: {counts}{':' if confirmed and top > 0 else '.'}")
    for row in confirmed[: max(top, 0)]:
        names = [
            row.get(f"{which}name") or row[f"{which}class"]
            for which in ("", "other_")
        ]
        sample = f"{row['sample']:.60}: " if row["sample"] else ""
        print_line(f"  {sample}{between.join(f'{n:.60}' for n in names)}")
    if len(confirmed) > top > 0:
        print_line(f"  ... and {len(confirmed) - top:,} more")


def _correct(args: argparse.Namespace) -> None:
    target = checked_target(args.out, ".csv")
    head, *rows = read_rows(args.labels, True, same_width=True) or [[]]
    if not rows:
        raise ValueError(
            f"{args.labels} has no rows below the names of its columns."
        )
    head, *rows = [[unguarded(cell) for cell in row] for row in (head, *rows)]
    at = find_column(head, "--label", _LABELS, args.label)
    labels = [row[at] for row in rows]
    ids = None
    if args.id is not None or {*map(str.lower, head)} & {*_IDS}:
        place = find_column(head, "--id", _IDS, args.id)
        ids = [row[place] for row in rows]
    classes = args.classes and read_classes(args.classes)
    are_numbers = classes and all(map(is_whole, labels))
    given = np.array([*map(whole_number_in, labels)] if are_numbers else labels)
    fixed = apply_verdicts(given, args.file, ids=ids, classes=classes)
    changed = np.flatnonzero(fixed != given).tolist()
    for place in changed:
        rows[place][at] = str(fixed[place])
    text = io.StringIO(newline="")
    csv.writer(text).writerows([map(_cell, row) for row in (head, *rows)])
    write_atomically(target, text.getvalue().encode())
    print_line(
        f"{args.out}: {quantity(len(changed), 'label')} of {len(rows):,} "
        "changed."
    )


def _cell(text: str) -> str:
    """Returns a cell that is a number as it is, and others as mere text."""
    try:
        float(text)
    except ValueError:
        return guarded(text)
    return text
