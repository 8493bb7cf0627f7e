"""`keras-hier export`: the tab of a run as one file, to mail."""

import argparse
import sys
from pathlib import Path

from keras_hier.commands.arguments import epoch_range
from keras_hier.files.output_files import checked_target, write_atomically
from keras_hier.log.metadata import SPLITS
from keras_hier.quantities import quantity
from keras_hier.terminal import print_line

MEGABYTE = 10**6
_DEFAULT_SIZE, _WITH_SAMPLES = 3.0, 20.0


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
        "--output",
        metavar="NAME",
        help="of the model, this one alone, default: all",
    )
    parser.add_argument(
        "--epochs",
        type=epoch_range,
        metavar="N|N-M",
        help="these alone, default: all",
    )
    parser.add_argument(
        "--samples",
        action="store_true",
        help="put in the samples of the last epoch that has some: their ids, "
        "answers and logged thumbnails",
    )
    parser.add_argument(
        "--max-size",
        type=float,
        metavar="MB",
        help="leave out epochs, evenly, and thumbnails until the file is no "
        f"larger, default: {_DEFAULT_SIZE:g}, with samples "
        f"{_WITH_SAMPLES:g}; the last epoch always stays",
    )


def run(args: argparse.Namespace) -> None:
    """Runs `keras-hier export`."""
    from tb_plugin.exporting import Wanted, exported

    target = checked_target(args.out, ".html")
    most = args.max_size
    if most is None:
        most = _WITH_SAMPLES if args.samples else _DEFAULT_SIZE
    if not most > 0:
        raise ValueError(f"--max-size must be above 0, got {most}.")
    wanted = Wanted(args.split, args.output, args.epochs)
    file = exported(Path(args.folder), wanted, most * MEGABYTE, args.samples)
    for sentence in file.damage:
        print_line(f"keras-hier export: {sentence}", sys.stderr)
    write_atomically(target, file.page)
    epochs = _of(file.kept, file.epochs)
    left_out = "Samples, answers, layers"
    if args.samples:
        thumbnails = _of(file.thumbnails, file.all_thumbnails)
        epochs, left_out = (
            f"{epochs}, thumbnails: {thumbnails}",
            "Answers, layers",
        )
    print_line(
        f"{args.out}: {len(file.page) / MEGABYTE:.2f} MB, "
        f"{quantity(file.outputs, 'output')}, epochs: {epochs}. {left_out} and "
        "responses are not in it."
    )


def _of(kept: int, there: int) -> str:
    return f"{there:,}" if kept == there else f"{kept:,} of {there:,}"
