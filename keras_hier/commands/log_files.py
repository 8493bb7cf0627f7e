"""Logs the predictions or the counts of files, for `keras-hier log`."""

import argparse
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from keras_hier.commands import run_tree
from keras_hier.commands.arguments import (
    load_hierarchy,
)
from keras_hier.commands.inputs import (
    array_files,
    count_files,
    label_kinds,
    tables,
)
from keras_hier.hierarchy.computed_tree import ComputedTree
from keras_hier.hierarchy.hierarchy import Hierarchy
from keras_hier.hierarchy.labels.node_labels import NodeLabels
from keras_hier.log.blocks_writer import BlocksWriter
from keras_hier.log.predictions import thumbnails
from keras_hier.log.predictions.counted_predictions import counted_predictions
from keras_hier.log.predictions.top_k_predictions import top_k_of_samples
from keras_hier.log.records.given_labels import as_integers
from keras_hier.log.run_trees import tree_of_errors
from keras_hier.quantities import by_number, quantity
from keras_hier.terminal import print_line


def log_predictions(args: argparse.Namespace) -> None:
    """Logs predictions, and each sample as well where there are scores."""
    counts = None
    if args.table is None:
        sources = array_files.sources_of(args)
    else:
        sources, counts = tables.read_table(args)
    listed = sources[0].classes or sources[1].classes
    # Nothing but the tree needs numbers then.
    by_ids = listed is None and all(source.are_ids for source in sources)
    hierarchy = tree = _given_tree(args, listed, by_ids)
    if tree is None:
        classes = run_tree.classes_in(*sources)
        tree = Hierarchy.from_paths([(each,) for each in classes])
    nodes = NodeLabels(tree) if args.node_labels else None
    with _under_the_tree_of_the_run(hierarchy, args):
        known = _known_from(args, hierarchy)
        true, named = label_kinds.labels_and_scores(sources, tree, nodes, known)
    computed = None
    if hierarchy is None:
        matrix, _ = counted_predictions(true, named, tree, False, counts)
        computed = tree_of_errors(matrix, tree.classes)
        hierarchy = computed.hierarchy
    ids = array_files.read_ids(args.ids) if args.ids else None
    is_named = ids is not None
    exact, scored, ids = _of_classes(true, named, ids, nodes)
    files = _find_pictures(args.images, ids or ()) if args.images else None
    ranked = None
    if args.scores is not None:
        # Before anything is written: these find what else can be wrong.
        ranked = top_k_of_samples(
            exact,
            scored,
            hierarchy.num_classes,
            ids,
            args.logits,
            "--logits",
            is_named,
        )
    matrix, coarse = counted_predictions(
        true, named, hierarchy, args.node_labels, counts
    )
    with _writer(args, hierarchy) as writer:
        # Before anything is written, as samples come before their matrix.
        writer.check_epoch(args.step, args.output)
        if ranked is not None:
            writer.ranked(*ranked, args.step, args.output)
        _write_matrix(writer, args, matrix, coarse)
        if files is not None and ranked is not None:
            per_class = args.thumbnails_per_class or thumbnails.PER_CLASS
            writer.pictures(ranked[0], files, per_class)
    samples = len(true) if counts is None else int(counts.sum())
    _print_what_was_logged(
        args, samples, hierarchy, computed, len(true) - len(exact)
    )


def log_matrix(args: argparse.Namespace) -> None:
    """Logs counts alone."""
    size, ids, read = count_files.counts_in(args.matrix, args.classes)
    hierarchy = _given_tree(args, ids, False)
    if hierarchy is not None and ids is not None:
        ids = label_kinds.own_ids(ids, hierarchy)
    with _under_the_tree_of_the_run(hierarchy, args):
        known = _known_from(args, hierarchy)
        count_files.check_classes(hierarchy, size, ids, args.matrix, known)
    matrix, computed = read(), None
    if hierarchy is None:
        classes = ids or array_files.numbers(size)
        computed = tree_of_errors(matrix, classes)
        hierarchy = computed.hierarchy
    matrix = count_files.in_order_of(hierarchy, matrix, ids, args.matrix)
    with _writer(args, hierarchy) as writer:
        _write_matrix(writer, args, matrix)
    _print_what_was_logged(args, int(matrix.sum()), hierarchy, computed)


def _writer(args: argparse.Namespace, hierarchy: Hierarchy) -> BlocksWriter:
    return BlocksWriter(args.logdir, hierarchy, args.split, args.resume)


def _write_matrix(
    writer: BlocksWriter,
    args: argparse.Namespace,
    matrix: Any,
    coarse: Any = None,
) -> None:
    writer.matrix(
        matrix,
        args.step,
        args.output,
        role=args.role or "class",
        layer=args.layer,
        coarse=coarse,
    )


def _print_what_was_logged(
    args: argparse.Namespace,
    samples: int,
    hierarchy: Hierarchy,
    computed: ComputedTree | None,
    coarse: int = 0,
) -> None:
    known = f", {coarse:,} of them known as a group only" if coarse else ""
    if coarse and args.scores is not None:
        known += " and so not among the logged samples"
    print_line(
        f"{args.logdir}: {quantity(samples, 'sample')} of "
        f"{quantity(hierarchy.num_classes, 'class')}{known}, split "
        f"{args.split}, epoch {args.step}. Look at them with"
    )
    print_line(f"  tensorboard --logdir {args.logdir}")
    if computed is not None:
        run_tree.print_evidence(computed, args.logdir)


def _given_tree(
    args: argparse.Namespace, listed: tuple[str, ...] | None, by_ids: bool
) -> Hierarchy | None:
    """Returns the tree of the arguments, or that of the run, or none."""
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


def _known_from(args: argparse.Namespace, tree: Hierarchy | None) -> str:
    """Returns where the classes are known from, as errors say it."""
    if args.hierarchy is not None:
        return label_kinds.HIERARCHY
    return label_kinds.LIST if tree is None else label_kinds.RUN


@contextmanager
def _under_the_tree_of_the_run(
    tree: Hierarchy | None, args: argparse.Namespace
) -> Iterator[None]:
    """Says where a tree is from that was not given, if files do not fit it."""
    try:
        yield
    except ValueError as error:
        if tree is None or args.hierarchy is not None:
            raise
        raise ValueError(
            f"{error} Earlier epochs of this run brought its classes: log to "
            "another folder, or pass --retree to take these from now on."
        ) from error


def _of_classes(
    labels: np.ndarray,
    predictions: np.ndarray,
    ids: tuple[str, ...] | None,
    nodes: NodeLabels | None,
) -> tuple[np.ndarray, np.ndarray, tuple[str, ...] | None]:
    """Returns labels, predictions and ids of the samples that have a class."""
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


def _find_pictures(folder: str, ids: Sequence[str]) -> list[Path | None]:
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
