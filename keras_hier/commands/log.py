"""`keras-hier log`: predictions of any program into a log."""

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from keras_hier.commands.arguments import (
    HIERARCHY_HELP,
    add_groups_are,
    load_hierarchy,
)
from keras_hier.files.output_files import checked_folder
from keras_hier.log.metadata import (
    CLASS_OUTPUT,
    SPLITS,
    as_output,
    as_step,
    matrix_tag,
)
from keras_hier.log.records.given_labels import as_integers
from keras_hier.quantities import by_number, quantity
from keras_hier.terminal import print_line

if TYPE_CHECKING:
    from keras_hier.hierarchy.hierarchy import Hierarchy
    from keras_hier.hierarchy.labels.node_labels import NodeLabels


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `keras-hier log` to its parser."""
    files = ".npy, .npz (FILE.npz:key) or .csv"
    parser.add_argument(
        "--labels",
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
    predicted.add_argument(
        "--matrix",
        metavar="FILE",
        help="counts [C, C], rows true and columns predicted, where no more is "
        "known, without --labels; the first row of a .csv may be class ids",
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
        "--node-labels",
        action="store_true",
        help="labels may be any node of the tree: the id or name of a group, "
        "or its number as kh.NodeLabels has it; such a sample stands in no "
        "cell, the accuracy of the levels that its label decides counts it",
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
        metavar="imagenet|FILE",
        help=f"{HIERARCHY_HELP}; without the column label --classes gives the "
        "order, unless all files have ids; without a hierarchy the tree that "
        "the run has already, or one that is computed from these errors",
    )
    parser.add_argument(
        "--retree",
        action="store_true",
        help="compute a new tree from these errors, though the run has one",
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
    from keras_hier.commands import array_files, label_kinds, run_tree
    from keras_hier.commands.print_evidence import print_evidence
    from keras_hier.hierarchy.hierarchy import Hierarchy
    from keras_hier.hierarchy.labels.node_labels import NodeLabels
    from keras_hier.log.blocks_writer import BlocksWriter
    from keras_hier.log.predictions import thumbnails
    from keras_hier.log.predictions.counted_predictions import (
        counted_predictions,
    )
    from keras_hier.log.predictions.top_k_predictions import top_k_of_samples

    # The writer checks these too, but only after it has created a file.
    if args.step < 1:
        raise ValueError(
            f"--step must be 1, the first epoch, or more; got {args.step}."
        )
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
    matrix_tag(args.output)
    if not args.logdir.strip():
        raise ValueError("--logdir must be the name of a folder, got none.")
    checked_folder(args.logdir)
    _check_sample_options(args)
    if args.matrix is not None:
        _log_matrix(args)
        return
    sources = array_files.sources_of(args)
    listed = sources[0].classes or sources[1].classes
    # Nothing but the tree needs numbers then.
    by_ids = listed is None and all(source.are_ids for source in sources)
    hierarchy = _given_tree(args, listed, by_ids)
    tree = hierarchy
    if tree is None:
        classes = run_tree.classes_in(*sources)
        tree = Hierarchy.from_paths([(each,) for each in classes])
    nodes = NodeLabels(tree) if args.node_labels else None
    with _under_the_tree_of_the_run(hierarchy, args):
        true, named = label_kinds.labels_and_scores(sources, tree, nodes)
    computed = None
    if hierarchy is None:
        matrix, coarse = counted_predictions(true, named, tree, False)
        computed = run_tree.tree_of_errors(matrix, tree.classes)
        hierarchy = computed.hierarchy
    ids = array_files.read_ids(args.ids) if args.ids else None
    are_named = ids is not None
    exact, scored, ids = _of_classes(true, named, ids, nodes)
    files = _find_pictures(args.images, ids or ()) if args.images else None
    if args.scores is not None:
        # Before anything is written: these find what else can be wrong.
        index, ranked = top_k_of_samples(
            exact,
            scored,
            hierarchy.num_classes,
            ids,
            args.logits,
            "--logits",
            are_named,
        )
    if computed is None:
        matrix, coarse = counted_predictions(
            true, named, hierarchy, args.node_labels
        )
    with BlocksWriter(
        args.logdir, hierarchy, args.split, args.resume
    ) as writer:
        # Before anything is written, as samples come before their matrix.
        writer.check_epoch(args.step, args.output)
        if args.scores is not None:
            writer.ranked(index, ranked, args.step, args.output)
        writer.matrix(
            matrix,
            args.step,
            args.output,
            role=args.role or "class",
            layer=args.layer,
            coarse=coarse,
        )
        if files is not None:
            per_class = args.thumbnails_per_class or thumbnails.PER_CLASS
            writer.pictures(index, files, per_class)
    _print_what_was_logged(
        args, len(true), hierarchy.num_classes, len(true) - len(exact)
    )
    if computed is not None:
        print_evidence(computed, args.logdir)


def _log_matrix(args: argparse.Namespace) -> None:
    """Logs counts alone."""
    from keras_hier.commands import (
        array_files,
        count_files,
        label_kinds,
        run_tree,
    )
    from keras_hier.commands.print_evidence import print_evidence
    from keras_hier.log.blocks_writer import BlocksWriter

    size, ids, read = count_files.counts_in(args.matrix, args.classes)
    classes = ids or array_files.numbers(size)
    hierarchy = _given_tree(args, ids, False)
    if hierarchy is not None and ids is not None:
        ids = label_kinds.own_ids(ids, hierarchy)
    with _under_the_tree_of_the_run(hierarchy, args):
        count_files.check_classes(hierarchy, size, ids, args.matrix)
    matrix, computed = read(), None
    if hierarchy is None:
        computed = run_tree.tree_of_errors(matrix, classes)
        hierarchy = computed.hierarchy
    matrix = count_files.in_order_of(hierarchy, matrix, ids, args.matrix)
    with BlocksWriter(
        args.logdir, hierarchy, args.split, args.resume
    ) as writer:
        writer.matrix(
            matrix,
            args.step,
            args.output,
            role=args.role or "class",
            layer=args.layer,
        )
    _print_what_was_logged(args, int(matrix.sum()), hierarchy.num_classes)
    if computed is not None:
        print_evidence(computed, args.logdir)


def _print_what_was_logged(
    args: argparse.Namespace, samples: int, classes: int, coarse: int = 0
) -> None:
    known = f", {coarse:,} of them known as a group only" if coarse else ""
    if coarse and args.scores is not None:
        known += " and so not among the logged samples"
    print_line(
        f"{args.logdir}: {quantity(samples, 'sample')} of "
        f"{quantity(classes, 'class')}{known}, split {args.split}, "
        f"epoch {args.step}. Look at them with"
    )
    print_line(f"  tensorboard --logdir {args.logdir}")


def _given_tree(
    args: argparse.Namespace, listed: tuple[str, ...] | None, by_ids: bool
) -> "Hierarchy | None":
    """Returns the tree of the arguments, or that of the run, or none.

    Args:
        args: of the command.
        listed: class ids in the order of the numbers, where a file has them.
        by_ids: whether the files have ids alone, so that any order will do.
    """
    from keras_hier.commands import run_tree

    tree = None
    if args.hierarchy is not None:
        if args.retree:
            raise ValueError("--retree goes without --hierarchy.")
        tree = load_hierarchy(
            args.hierarchy,
            listed,
            groups=args.groups_are,
            in_sorted_order=by_ids,
        )
    elif args.groups_are:
        raise ValueError("--groups-are goes with --hierarchy.")
    elif not args.retree:
        # Splits may stand under trees of their own.
        tree = run_tree.tree_of_run(args.logdir, "log", args.split)
        tree = tree or run_tree.tree_of_run(args.logdir, "log")
    if tree is None and args.node_labels:
        raise ValueError(
            "--node-labels goes with --hierarchy: labels name groups of a "
            "tree, and there is none yet."
        )
    if tree is not None and not (listed or by_ids):
        run_tree.check_order(tree)
    return tree


@contextmanager
def _under_the_tree_of_the_run(
    tree: "Hierarchy | None", args: argparse.Namespace
) -> Iterator[None]:
    """Says where a tree is from that was not given, if files do not fit it."""
    try:
        yield
    except ValueError as error:
        if tree is None or args.hierarchy is not None:
            raise
        raise ValueError(
            f"{error} The hierarchy is the one that this run has: log to "
            "another folder, or pass --retree for one of these epochs on."
        ) from error


def _of_classes(
    labels: np.ndarray,
    predictions: np.ndarray,
    ids: tuple[str, ...] | None,
    nodes: "NodeLabels | None",
) -> tuple[np.ndarray, np.ndarray, tuple[str, ...] | None]:
    """Returns labels, predictions and ids of the samples that have a class.

    Raises:
        ValueError: none has; lengths that differ.
    """
    if nodes is None:
        return labels, predictions, ids
    exact = nodes.head_labels(None)[as_integers("labels", labels)]
    kept = np.flatnonzero(exact < nodes.num_classes)
    if not kept.size:
        raise ValueError(
            f"none of {quantity(len(labels), 'sample')} has a label that is a "
            "class: there is no confusion of classes to show."
        )
    if kept.size == len(labels):
        return exact, predictions, ids
    for name, values in (("predictions", predictions), ("ids", ids)):
        if values is not None and len(values) != len(labels):
            raise ValueError(
                f"labels and {name} must have one length, got {len(labels):,} "
                f"and {len(values):,}."
            )
    # Samples are called by their place in the files, not among these.
    names = tuple(ids[row] if ids else f"{row}" for row in kept.tolist())
    return exact[kept], predictions[kept], names


def _check_sample_options(args: argparse.Namespace) -> None:
    if (args.labels is None) == (args.matrix is None):
        raise ValueError(
            "--labels goes with --predictions or --scores, and not with "
            "--matrix."
        )
    if args.matrix is not None and args.node_labels:
        raise ValueError("--node-labels goes with --labels.")
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
    from keras_hier.log.predictions import thumbnails

    files = [thumbnails.find_picture(folder, name) for name in ids]
    missing = files.count(None)
    if missing == len(files):
        raise ValueError(
            f"{folder} holds no picture of any of the {len(ids)} ids."
        )
    if missing:
        print_line(
            f"keras-hier log: {missing:,} of {quantity(len(files), 'sample')} "
            f"{by_number(missing, 'has', 'have')} no picture in {folder}.",
            sys.stderr,
        )
    return files
