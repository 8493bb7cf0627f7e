"""`keras-hier report`: a logged matrix as a picture."""

import argparse
import sys

from keras_hier.commands.arguments import add_run, asked_output, read_run
from keras_hier.files.output_files import checked_target, write_atomically
from keras_hier.quantities import quantity
from keras_hier.report.colours import THEMES
from keras_hier.report.pictures import SUFFIXES, canvas_for, draw_epoch, file_of
from keras_hier.terminal import print_line


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `keras-hier report` to its parser."""
    add_run(parser)
    parser.add_argument(
        "--out",
        required=True,
        metavar="FILE",
        help="the picture to write: .png, .svg or, with fpdf2 installed, .pdf",
    )
    parser.add_argument(
        "--level",
        type=int,
        metavar="G",
        help="collapse to the display level of G groups, default: the classes",
    )
    parser.add_argument(
        "--theme",
        default="light",
        choices=tuple(THEMES),
        help="default: %(default)s",
    )
    parser.add_argument(
        "--font",
        metavar="FILE",
        help="a .ttf or .otf file for the labels, where names have other "
        "letters than English, default: the font that Pillow brings along",
    )


def run(args: argparse.Namespace) -> None:
    """Runs `keras-hier report`."""
    target = checked_target(args.out, SUFFIXES)
    suffix = target.suffix.lower()
    log = read_run(args.folder, args.split, "report")
    output = asked_output(log, args.output, "report")
    picture = draw_epoch(
        log,
        args.epoch,
        output,
        args.level,
        args.theme,
        args.font,
        canvas_for(suffix),
    )
    data = file_of(picture.canvas, picture.caption, suffix)
    write_atomically(target, data)
    if picture.respelt:
        print_line(
            "keras-hier report: the font lacks letters of "
            f"{quantity(len(picture.respelt), 'name')}, such as "
            f"{min(picture.respelt)!r:.60}, so other letters stand for them: "
            "choose one that has them by --font.",
            sys.stderr,
        )
    size = (
        "{} x {} pixels".format(*picture.image.size)
        if suffix == ".png"
        else f"{len(data) / 1000:.0f} kB"
    )
    print_line(f"{args.out}: {size}")
    print_line(picture.caption)
