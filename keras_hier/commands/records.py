"""`keras-hier records`: writes class folders as TFRecords."""

import argparse
import os

from keras_hier.commands.arguments import add_hierarchy, load_hierarchy
from keras_hier.data.examples import JPEG_QUALITY
from keras_hier.data.tfrecords import write_records
from keras_hier.files.output_files import checked_folder
from keras_hier.quantities import quantity
from keras_hier.terminal import print_line


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `keras-hier records` to its parser."""
    parser.add_argument(
        "source",
        help="folder of class folders, or of splits (train, val) holding them",
    )
    parser.add_argument("out", help="folder for the records")
    parser.add_argument(
        "--split", default="train", help="what to write (default: train)"
    )
    parser.add_argument(
        "--shards",
        type=int,
        help="number of files (default: 64, or one an image where there are "
        "fewer)",
    )
    parser.add_argument(
        "--workers", type=int, help="processes (default: one per core)"
    )
    parser.add_argument(
        "--image-size",
        type=int,
        metavar="S",
        help="shrink images to S pixels on the shorter side, as JPEGs of "
        f"quality {JPEG_QUALITY} (default: files pass through untouched)",
    )
    add_hierarchy(
        parser,
        ". A folder may then also be named by a group: its images are known as "
        "no more than that. A .csv without a label column numbers its classes "
        "by their sorted ids",
        "TREE",
    )
    parser.add_argument(
        "--on-error",
        choices=("skip", "stop"),
        default="skip",
        help="what to do about an unreadable image (default: skip, and name "
        "it)",
    )


def run(args: argparse.Namespace) -> int:
    """Runs `keras-hier records` and returns the exit status, 0."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    checked_folder(args.out)
    hierarchy = None
    if args.hierarchy is not None:
        hierarchy = load_hierarchy(
            args.hierarchy, in_sorted_order=True, groups=args.groups_are
        )
    summary = write_records(
        args.source,
        args.out,
        args.split,
        args.shards,
        args.workers,
        args.image_size,
        args.on_error,
        hierarchy=hierarchy,
    )
    shards = quantity(summary.written + summary.kept, "shard")
    grouped = ""
    if summary.grouped:
        grouped = (
            f"; of the {quantity(summary.images, 'image')} in folders "
            f"{summary.grouped:,} known as a group only"
        )
    print_line(
        f"{args.out}: {args.split}, {quantity(summary.records, 'image')} of "
        f"{quantity(len(summary.classes), 'class')} in "
        f"{shards} ({summary.written} written, {summary.kept} already there), "
        f"{quantity(summary.images - summary.records, 'image')} skipped"
        f"{grouped}"
    )
    return 0
