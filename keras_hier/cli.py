"""The command `keras-hier`: every subcommand imports what it needs, late."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from keras_hier.log.contract import CLASS_OUTPUT, SPLITS

if TYPE_CHECKING:
    from keras_hier.hierarchy import Hierarchy

HIERARCHY_HELP = (
    "the tree of the classes: `imagenet`, a .json file (Hierarchy.to_json) or "
    "a .csv file (class,group1,group2 with group1 the coarsest)"
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
        print(f"keras-hier {args.command}: {message}", file=sys.stderr)
        return 2


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="keras-hier",
        description="Hierarchical confusion of classifiers over many classes.",
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
    elif name == "log":
        _add_log_arguments(parser)
        parser.set_defaults(run=_log)
    else:
        parser.add_argument("hierarchy", help=HIERARCHY_HELP)
        parser.add_argument(
            "--groups",
            type=int,
            metavar="G",
            help="print the cut into at least G groups instead",
        )
        parser.set_defaults(run=_tree)


def _add_log_arguments(parser: argparse.ArgumentParser) -> None:
    files = ".npy, .npz (FILE.npz:key) or .csv"
    parser.add_argument(
        "--labels",
        required=True,
        metavar="FILE",
        help=f"true classes [N], labels or class ids: {files}",
    )
    parser.add_argument(
        "--predictions",
        required=True,
        metavar="FILE",
        help="predicted classes [N], labels or class ids, or scores [N, C]: "
        "the same kinds of file",
    )
    parser.add_argument(
        "--hierarchy",
        required=True,
        metavar="imagenet|FILE",
        help=HIERARCHY_HELP,
    )
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
        "--output",
        default=CLASS_OUTPUT,
        help="name of the model's output, default: %(default)s",
    )


def _log(args: argparse.Namespace) -> None:
    from keras_hier.log import arrays
    from keras_hier.log.writer import BlocksWriter

    labels = arrays.read(args.labels, "labels")
    predictions = arrays.read(args.predictions, "predictions")
    if args.classes:
        order = arrays.read_classes(args.classes)
        labels, predictions = (
            arrays.numbered(source, order) for source in (labels, predictions)
        )
    hierarchy = load_hierarchy(
        args.hierarchy, labels.classes or predictions.classes
    )
    true = arrays.to_labels(labels, hierarchy.classes)
    named = arrays.to_labels(predictions, hierarchy.classes)
    arrays.check_same_numbers(labels, predictions, hierarchy.classes)
    with BlocksWriter(args.logdir, hierarchy, args.split) as writer:
        writer.predictions(true, named, args.step, args.output)
    print(
        f"{args.logdir}: {len(true):,} samples of {hierarchy.num_classes} "
        f"classes, split {args.split}, epoch {args.step}. Look at them with\n"
        f"  tensorboard --logdir {args.logdir}"
    )


def _tree(args: argparse.Namespace) -> None:
    hierarchy = load_hierarchy(args.hierarchy, in_file_order=True)
    if args.groups is None:
        print(hierarchy)
        return
    cut = hierarchy.cut(groups=args.groups)
    width = len(str(cut.sizes.max()))
    for name, size in zip(cut.names, cut.sizes, strict=True):
        print(f"{size:{width}}  {name}")
    print(f"{cut.num_groups} groups of {cut.num_classes} classes")


def load_hierarchy(
    source: str,
    classes: Sequence[str] | None = None,
    in_file_order: bool = False,
) -> "Hierarchy":
    """Reads a tree named on the command line.

    Args:
        source: `imagenet`, or the path of a .json or .csv file.
        classes: class ids in label order, for a .csv file without labels.
        in_file_order: number the classes of such a file as they come.

    Raises:
        ValueError: neither of these, or the file is not there.
        HierarchyError: the file holds no tree.
    """
    from keras_hier import sources
    from keras_hier.hierarchy import Hierarchy

    if source == "imagenet":
        return Hierarchy.imagenet()
    path = Path(source)
    if path.suffix not in (".json", ".csv"):
        raise ValueError(
            "the hierarchy must be `imagenet` or the path of a .json or .csv "
            f"file, got {source!r}."
        )
    if not path.is_file():
        raise ValueError(f"there is no file {source!r}.")
    if path.suffix == ".json":
        return Hierarchy.from_json(path)
    rows, labelled, _ = sources.csv_rows(path, None)
    if labelled is not None:
        return Hierarchy.from_csv(path)
    if in_file_order:
        classes = [row.class_id for row in rows]
    return Hierarchy.from_csv(path, classes=classes)


if __name__ == "__main__":
    sys.exit(main())
