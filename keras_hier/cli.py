"""The command `keras-hier`: every subcommand imports what it needs, late."""

import argparse
import os
import sys
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

from keras_hier import __version__
from keras_hier.log.contract import CLASS_OUTPUT, SPLITS, matrix_tag
from keras_hier.terminal import say, shown
from keras_hier.tree_command import (
    HIERARCHY_HELP,
    add_groups_are,
    load_hierarchy,
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a subcommand.

    Args:
        arguments: the command line, `sys.argv` by default.

    Returns:
        The exit status: 0, or 2 for what the user can put right.
    """
    args = _parse(sys.argv[1:] if arguments is None else arguments)
    try:
        with _warnings_in_a_line(args.command):
            status = int(args.run(args) or 0)
        sys.stdout.flush()
        return status
    except BrokenPipeError:  # a reader such as `head` has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (ValueError, OSError) as error:
        if args.command == "demo":  # its input is its own: a fault of ours
            raise
        message = " ".join(str(error).split())
        say(f"keras-hier {args.command}: {message}", sys.stderr)
        return 2
    except MemoryError as error:
        say(
            f"keras-hier {args.command}: more memory is needed than there is "
            f"({error}).",
            sys.stderr,
        )
        return 2


class _Parser(argparse.ArgumentParser):
    """Says what is wrong with a command line, whatever stands in it."""

    def error(self, message: str) -> NoReturn:
        super().error(shown(message))


@contextmanager
def _warnings_in_a_line(command: str) -> Iterator[None]:
    """Shows warnings as a command says things, without lines of our source."""

    def in_a_line(message: Warning | str, *_: Any, **__: Any) -> str:
        text = " ".join(str(message).split())
        return f"keras-hier {command}: {shown(text)}\n"

    before = warnings.formatwarning
    warnings.formatwarning = in_a_line
    try:
        yield
    finally:
        warnings.formatwarning = before


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = _Parser(
        prog="keras-hier",
        description="Hierarchical confusion of classifiers over many classes.",
    )
    parser.add_argument(
        "--version", action="version", version=f"keras-hier {__version__}"
    )
    commands = parser.add_subparsers(
        dest="command", required=True, metavar="COMMAND"
    )
    for name, help_text in (
        ("demo", "train two networks on drawn shapes and show them"),
        ("records", "turn class folders into TFRecords"),
        ("log", "log predictions, from any program, for TensorBoard"),
        ("tree", "print a tree of classes, or a cut of it"),
        ("report", "draw a logged matrix as a picture, without a browser"),
        ("quality", "list classes and labels at fault, of a logged run"),
    ):
        command = commands.add_parser(
            name,
            help=help_text,
            description=f"{help_text[0].upper()}{help_text[1:]}.",
        )
        # Only the command that is asked for pays for its imports.
        if name == next((a for a in arguments if not a.startswith("-")), None):
            _add_command(name, command)
    return parser.parse_args(arguments)


def _add_command(name: str, parser: argparse.ArgumentParser) -> None:
    if name == "demo":
        from keras_hier import demo

        demo.add_arguments(parser)
        parser.set_defaults(run=demo.run)
    elif name == "records":
        from keras_hier.data import records

        records.add_arguments(parser)
        parser.set_defaults(run=records.run)
    elif name == "report":
        from keras_hier import report

        report.add_arguments(parser)
        parser.set_defaults(run=report.run)
    elif name == "quality":
        from keras_hier.analysis import command

        command.add_arguments(parser)
        parser.set_defaults(run=command.run)
    elif name == "log":
        _add_log_arguments(parser)
        parser.set_defaults(run=_log)
    else:
        from keras_hier import tree_command

        tree_command.add_arguments(parser)
        parser.set_defaults(run=tree_command.run)


def _add_log_arguments(parser: argparse.ArgumentParser) -> None:
    files = ".npy, .npz (FILE.npz:key) or .csv"
    parser.add_argument(
        "--labels",
        required=True,
        metavar="FILE",
        help=f"true classes [N], labels or class ids: {files}",
    )
    predicted = parser.add_mutually_exclusive_group(required=True)
    predicted.add_argument(
        "--predictions",
        metavar="FILE",
        help="predicted classes [N], labels or class ids, or scores [N, C]: "
        "the same kinds of file",
    )
    predicted.add_argument(
        "--scores",
        metavar="FILE",
        help="probabilities [N, C] (see --logits), to log each sample as well, "
        "with its best classes",
    )
    parser.add_argument(
        "--labels-are",
        choices=("ids", "numbers"),
        help="what whole numbers in the files are, where class ids look like "
        "numbers: these ids, or numbers that count the classes from 0",
    )
    parser.add_argument(
        "--predictions-are",
        choices=("ids", "numbers"),
        help="the same for --predictions or --scores alone, default: what "
        "--labels-are says",
    )
    parser.add_argument(
        "--logits",
        action="store_true",
        help="the scores are logits, not probabilities",
    )
    parser.add_argument(
        "--ids",
        metavar="FILE",
        help="with --scores: what the samples are called [N], such as file "
        "names: a text file with one on each line, .npy or .npz:key",
    )
    parser.add_argument(
        "--images",
        metavar="FOLDER",
        help="with --ids: pictures, called by the ids from this folder on, "
        "with or without the suffix; thumbnails of them are logged",
    )
    parser.add_argument(
        "--thumbnails-per-class",
        type=int,
        metavar="K",
        help="of each class the first K pictures at most, and 64 MiB in all "
        "(default: 50)",
    )
    parser.add_argument(
        "--hierarchy",
        required=True,
        metavar="imagenet|FILE",
        help=HIERARCHY_HELP,
    )
    add_groups_are(parser)
    parser.add_argument(
        "--classes",
        metavar="FILE",
        help="class ids in the order of the numbers in the two files, one on "
        "each line, when it is not the order of the hierarchy and the files "
        "do not say it themselves (.npz: `wnids` or `classes`)",
    )
    parser.add_argument("--logdir", required=True, help="folder of the run")
    parser.add_argument(
        "--split",
        default="validation",
        choices=SPLITS,
        help="default: %(default)s",
    )
    parser.add_argument(
        "--step", type=int, default=1, help="epoch, default: %(default)s"
    )
    parser.add_argument(
        "--resume",
        action="store_true",
        help="go on from this epoch, though the folder holds later ones: they "
        "are overtaken, and stay in the files unseen",
    )
    parser.add_argument(
        "--output",
        default=CLASS_OUTPUT,
        help="name of the model's output, default: %(default)s",
    )


def _log(args: argparse.Namespace) -> None:
    from keras_hier.log import arrays, numbering, thumbnails
    from keras_hier.log.ranking import ranked_samples
    from keras_hier.log.writer import BlocksWriter

    # The writer checks these too, but not before it has begun a file.
    if args.step < 1:
        raise ValueError(
            f"--step must be 1, the first epoch, or more; got {args.step}."
        )
    matrix_tag(args.output)
    if not args.logdir.strip():
        raise ValueError("--logdir must be the name of a folder, got none.")
    _check_sample_options(args)
    predicted_are = args.predictions_are or args.labels_are
    labels = arrays.read(args.labels, "labels", args.labels_are)
    predictions = (
        arrays.read(args.predictions, "predictions", predicted_are)
        if args.scores is None
        else arrays.read(args.scores, "scores", predicted_are)
    )
    if args.classes:
        order = arrays.read_classes(args.classes)
        labels, predictions = (
            numbering.numbered(source, order)
            for source in (labels, predictions)
        )
    hierarchy = load_hierarchy(
        args.hierarchy,
        labels.classes or predictions.classes,
        groups=args.groups_are,
    )
    read_true = numbering.to_labels(labels, hierarchy.classes)
    read_named = numbering.to_labels(predictions, hierarchy.classes)
    numbering.check_same_numbers(
        (labels, read_true), (predictions, read_named), hierarchy.classes
    )
    true, named = read_true.values, read_named.values
    ids = arrays.read_ids(args.ids) if args.ids else None
    files = _find_pictures(args.images, ids or ()) if args.images else None
    if args.scores is not None:
        # Before anything is written, because it checks the most.
        index, ranked = ranked_samples(
            true, named, hierarchy.num_classes, ids, args.logits, "--logits"
        )
    with BlocksWriter(
        args.logdir, hierarchy, args.split, args.resume
    ) as writer:
        if args.scores is not None:
            writer.ranked(index, ranked, args.step, args.output)
        writer.predictions(true, named, args.step, args.output)
        if files is not None:
            per_class = args.thumbnails_per_class or thumbnails.PER_CLASS
            writer.pictures(index, files, per_class)
    say(
        f"{args.logdir}: {len(true):,} samples of {hierarchy.num_classes} "
        f"classes, split {args.split}, epoch {args.step}. Look at them with"
    )
    say(f"  tensorboard --logdir {args.logdir}")


def _check_sample_options(args: argparse.Namespace) -> None:
    needs = (
        ("--logits", args.logits, "--scores", args.scores),
        ("--ids", args.ids, "--scores", args.scores),
        ("--images", args.images, "--ids", args.ids),
        (
            "--thumbnails-per-class",
            args.thumbnails_per_class,
            "--images",
            args.images,
        ),
    )
    for option, given, other, other_given in needs:
        if given not in (None, False) and other_given is None:
            raise ValueError(f"{option} goes with {other}.")
    if args.thumbnails_per_class is not None and args.thumbnails_per_class < 1:
        raise ValueError("--thumbnails-per-class must be at least 1.")
    if args.images and not os.path.isdir(args.images):
        raise ValueError(f"there is no folder {args.images!r}.")


def _find_pictures(folder: str, ids: Sequence[str]) -> list[Path | None]:
    from keras_hier.log import thumbnails

    files = [thumbnails.file_of(folder, name) for name in ids]
    missing = files.count(None)
    if missing == len(files):
        raise ValueError(
            f"{folder} holds no picture of any of the {len(ids)} ids."
        )
    if missing:
        say(
            f"keras-hier log: {missing:,} of {len(files):,} samples have no "
            f"picture in {folder}.",
            sys.stderr,
        )
    return files


if __name__ == "__main__":
    sys.exit(main())
