"""`keras-hier log`: predictions of any program into a log."""

import argparse
import os

from keras_hier.commands import log_files
from keras_hier.commands.arguments import (
    add_hierarchy,
    add_label_kinds,
    check_step,
)
from keras_hier.files.output_files import checked_folder
from keras_hier.log.metadata import CLASS_OUTPUT, SPLITS, as_output, as_step


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `keras-hier log` to its parser."""
    _add_predictions(parser)
    _add_samples(parser)
    add_hierarchy(
        parser,
        "; without the column label --classes gives the order, unless all "
        "files have ids; without a hierarchy the tree that the run has "
        "already, or one that is computed from these errors",
    )
    parser.add_argument(
        "--retree",
        action="store_true",
        help="compute a new tree from these errors, though the run has one",
    )
    parser.add_argument(
        "--classes",
        metavar="FILE",
        help="class ids in the order of the numbers in the two files, one on "
        "each line, when it is not the order of the hierarchy and the files "
        "do not say it themselves (.npz: `wnids` or `classes`)",
    )
    _add_place(parser)


def _add_predictions(parser: argparse.ArgumentParser) -> None:
    files = ".npy, .npz (FILE.npz:key) or .csv"
    parser.add_argument(
        "table",
        nargs="?",
        metavar="TABLE",
        help="one table of true and predicted classes, a sample or a pair with "
        "a count on each row: .csv, .tsv, .jsonl, .parquet (needs pyarrow), or "
        "- for the standard input",
    )
    parser.add_argument(
        "--true",
        metavar="COLUMN",
        help="of TABLE: the true classes, default: label, y_true, target, ...",
    )
    parser.add_argument(
        "--pred",
        metavar="COLUMN",
        help="of TABLE: the predicted classes, default: prediction, y_pred, "
        "pred, ...",
    )
    parser.add_argument(
        "--count",
        metavar="COLUMN",
        help="of TABLE: how many samples each row stands for, default: one",
    )
    parser.add_argument(
        "--labels",
        metavar="FILE",
        help=f"true classes [N], labels or class ids: {files}",
    )
    predicted = parser.add_mutually_exclusive_group()
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
    predicted.add_argument(
        "--matrix",
        metavar="FILE",
        help="counts [C, C], rows true and columns predicted, where no more is "
        "known, without --labels; the first row of a .csv may be class ids",
    )
    add_label_kinds(parser, "--predictions or --scores")
    parser.add_argument(
        "--node-labels",
        action="store_true",
        help="labels may be any node of the tree: the id or name of a group, "
        "or its number as kh.NodeLabels has it; such a sample stands in no "
        "cell, the accuracy of the levels that its label decides counts it",
    )


def _add_samples(parser: argparse.ArgumentParser) -> None:
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


def _add_place(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--logdir", required=True, help="folder of the run")
    parser.add_argument(
        "--split",
        default="validation",
        choices=SPLITS,
        help="default: %(default)s",
    )
    parser.add_argument(
        "--epoch",
        "--step",
        dest="step",
        type=int,
        default=1,
        metavar="N",
        help="counted from 1, default: %(default)s",
    )
    parser.add_argument(
        "--resume",
        action="store_true",
        help="go on from this epoch, though the folder holds later ones: they "
        "are overtaken, and stay in the files unseen",
    )
    parser.add_argument(
        "--output",
        help=f"name of the model's output, default: {CLASS_OUTPUT}, or with "
        "--role NAME_probe or NAME_head, of the layer",
    )
    parser.add_argument(
        "--role",
        choices=("head", "probe"),
        help="what predicted, if not the network's own output: a head that was "
        "trained with it, or a probe that was fitted to it",
    )
    parser.add_argument(
        "--layer", metavar="NAME", help="that the head or probe reads"
    )


def run(args: argparse.Namespace) -> None:
    """Runs `keras-hier log`."""
    _check_place(args)
    _check_files(args)
    if args.matrix is not None:
        log_files.log_matrix(args)
    else:
        log_files.log_predictions(args)


def _check_place(args: argparse.Namespace) -> None:
    """Checks what the writer would only find once it has created a file."""
    check_step(args.step)
    as_step(args.step)
    if (args.role is None) != (args.layer is None):
        raise ValueError("--role and --layer go together.")
    if args.layer is not None and not args.layer.strip():
        raise ValueError("--layer must be the name of a layer, got none.")
    if args.output is None:
        args.output = (
            f"{as_output(args.layer)}_{args.role}"
            if args.role
            else CLASS_OUTPUT
        )
    elif args.role and args.output == CLASS_OUTPUT:
        raise ValueError(f"--output {CLASS_OUTPUT} is the network's own.")
    from keras_hier.log.kinds import tag_of

    tag_of("matrix", args.output)  # its name is checked
    if not args.logdir.strip():
        raise ValueError("--logdir must be the name of a folder, got none.")
    checked_folder(args.logdir)


def _check_files(args: argparse.Namespace) -> None:
    predicted = args.predictions or args.scores or args.matrix
    if args.table is None and predicted is None:
        raise ValueError(
            "name a TABLE of true and predicted classes, or files by --labels "
            "and --predictions, or --matrix."
        )
    if args.table is not None and (args.labels or predicted):
        raise ValueError(
            "TABLE goes without --labels, --predictions, --scores and "
            "--matrix: it holds true and predicted classes."
        )
    counted = args.count is not None or str(args.table).endswith(".parquet")
    if args.node_labels and counted:
        raise ValueError("--node-labels goes without --count and .parquet.")
    if args.table is None and (args.labels is None) == (args.matrix is None):
        raise ValueError(
            "--labels goes with --predictions or --scores, and not with "
            "--matrix."
        )
    labels = args.table or args.labels
    per_class = args.thumbnails_per_class
    for option, is_given, other, is_there in (
        ("--true", args.true, "TABLE", args.table),
        ("--pred", args.pred, "TABLE", args.table),
        ("--count", args.count, "TABLE", args.table),
        ("--node-labels", args.node_labels, "--labels", labels),
        ("--logits", args.logits, "--scores", args.scores),
        ("--ids", args.ids, "--scores", args.scores),
        ("--images", args.images, "--ids", args.ids),
        ("--thumbnails-per-class", per_class, "--images", args.images),
    ):
        if is_given not in (None, False) and is_there is None:
            raise ValueError(f"{option} goes with {other}.")
    if per_class is not None and per_class < 1:
        raise ValueError("--thumbnails-per-class must be at least 1.")
    if args.images and not os.path.isdir(args.images):
        raise ValueError(f"there is no folder {args.images!r}.")
