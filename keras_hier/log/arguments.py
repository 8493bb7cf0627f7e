"""How a command is told which epoch of a logged run it is about."""

import argparse

from keras_hier.log.contract import CLASS_OUTPUT, SPLITS


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
