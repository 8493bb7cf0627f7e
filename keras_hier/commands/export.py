"""`keras-hier export`: the tab of a run as one file, to mail."""

import argparse
import sys
from pathlib import Path

from keras_hier.files.output_files import checked_target, write_atomically
from keras_hier.log.metadata import SPLITS
from keras_hier.quantities import quantity
from keras_hier.terminal import print_line

MEGABYTE = 10**6


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `keras-hier export` to its parser."""
    parser.add_argument("folder", metavar="RUN", help="folder of the run")
    parser.add_argument(
        "--out", required=True, metavar="FILE.html", help="the file to write"
    )
    parser.add_argument(
        "--split",
        choices=SPLITS,
        help="of this one alone, default: all that there are",
    )
    parser.add_argument(
        "--max-size",
        type=float,
        default=3.0,
        metavar="MB",
        help="leave out epochs, evenly, until the file is no larger, default: "
        "%(default)s; the last epoch always stays",
    )


def run(args: argparse.Namespace) -> None:
    """Runs `keras-hier export`."""
    from tb_plugin.exporting import exported

    target = checked_target(args.out, ".html")
    if not args.max_size > 0:
        raise ValueError(f"--max-size must be above 0, got {args.max_size}.")
    file = exported(Path(args.folder), args.split, args.max_size * MEGABYTE)
    for sentence in file.damage:
        print_line(f"keras-hier export: {sentence}", sys.stderr)
    write_atomically(target, file.page)
    shown = f"{file.kept} of {file.epochs}"
    print_line(
        f"{args.out}: {len(file.page) / MEGABYTE:.2f} MB, "
        f"{quantity(file.outputs, 'output')}, epochs: "
        f"{shown if file.kept < file.epochs else file.epochs}. Samples, layers "
        "and responses are not in it."
    )
