"""`keras-hier quality RUN`: classes and labels at fault, of a logged run."""

import argparse
import json
import math
import sys
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from keras_hier.analysis.data_quality.diverse_classes import diverse_classes
from keras_hier.analysis.data_quality.label_issues import (
    SuspectLabels,
    suspect_labels,
)
from keras_hier.analysis.data_quality.overlapping_classes import (
    overlapping_classes,
)
from keras_hier.commands import quality_tables
from keras_hier.commands.arguments import add_run, asked_output, read_run
from keras_hier.files.output_files import checked_target, write_atomically
from keras_hier.files.spreadsheets import text_of_rows
from keras_hier.log.run_log import RunLog, Samples
from keras_hier.quantities import by_number, percent, quantity
from keras_hier.scores.confusion_scores import confusion_matrix
from keras_hier.terminal import print_line


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `keras-hier quality` to its parser."""
    add_run(parser)
    parser.add_argument(
        "--top",
        type=int,
        default=10,
        metavar="N",
        help="print so many of each list, default: %(default)s",
    )
    parser.add_argument(
        "--csv",
        metavar="FILE.csv",
        help="write all lists, also what is no evidence (column `listed`)",
    )
    parser.add_argument(
        "--json", metavar="FILE.json", help="the same as a list of objects"
    )


def run(args: argparse.Namespace) -> None:
    """Runs `keras-hier quality`."""
    for path, suffix in ((args.csv, ".csv"), (args.json, ".json")):
        if path is not None:
            checked_target(path, suffix)
    log = read_run(args.folder, args.split, "quality")
    if log.split == "train":
        print_line(
            "keras-hier quality: these samples were trained on. A network "
            "repeats the wrong labels it has learned: use another split.",
            sys.stderr,
        )
    args.output = asked_output(log, args.output, "quality")
    rows: list[quality_tables.Row] = []
    samples = _samples(log, args.output, args.epoch)
    rows += _classes(log, args, samples)
    rows += _labels(log, args, samples)
    _write(rows, args)


def _samples(log: RunLog, output: str, epoch: int | None) -> Samples | None:
    if output not in log.sample_outputs:
        return None
    # Matrices are logged every epoch, samples every few epochs.
    if epoch is not None and epoch not in log.sample_epochs(output):
        return None
    return log.samples(output, epoch)


def _classes(
    log: RunLog, args: argparse.Namespace, samples: Samples | None
) -> list[quality_tables.Row]:
    left_out = ""
    if args.output in log.outputs or samples is None:
        header, matrix = log.matrix(args.output, args.epoch)
        tree, _ = log.tree(header)
        epoch = args.epoch
        if epoch is None:
            epoch = log.epochs(args.output)[-1]
        if header.coarse:
            left_out = (
                f" Beside them {header.coarse:,} with coarse labels, which "
                "stand in no cell."
            )
    else:
        tree, epoch = log.hierarchy(samples.hierarchy), samples.epoch
        matrix = confusion_matrix(
            samples.labels, samples.classes[:, 0], samples.num_classes
        )
    overlaps = overlapping_classes(matrix, tree)
    diverse = diverse_classes(matrix, tree)
    pairs = list(quality_tables.overlap_rows(overlaps, tree))
    cliques = list(quality_tables.clique_rows(overlaps, tree))
    two = list(quality_tables.diverse_rows(diverse, tree))
    where = " ".join(part for part in (log.name, log.split) if part != ".")
    print_line(
        f"{where}, {args.output}, epoch {epoch}: "
        f"{quantity(int(matrix.sum()), 'sample')} of "
        f"{quantity(tree.num_classes, 'class')}"
        + (f", {percent(overlaps.accuracy)} right." if matrix.sum() else ".")
        + left_out
    )
    if overlaps.is_weak:
        for title, of in (
            ("Overlapping classes", "classes that overlap"),
            ("Really two", "classes that are two"),
        ):
            _print(_not_listed(title, of, overlaps.accuracy), [], args.top)
        return pairs + two
    _print(
        f"Overlapping classes: {overlaps.listed} of "
        f"{quantity(overlaps.tested, 'pair')} "
        f"{by_number(overlaps.listed, 'is', 'are')} shown to cross more than "
        f"{by_number(overlaps.listed, 'its', 'their')} siblings do; "
        f"{overlaps.hardly_told_apart} of these are hardly told apart",
        pairs[: overlaps.listed],
        args.top,
    )
    _print(f"Cliques of these: {len(cliques)}", cliques, args.top)
    _print(
        f"Really two: {diverse.listed} of "
        f"{quantity(tree.num_classes, 'class')} "
        f"{by_number(diverse.listed, 'is', 'are')} shown to err into two "
        f"groups more than {by_number(diverse.listed, 'its', 'their')} "
        "siblings do",
        two[: diverse.listed],
        args.top,
    )
    return pairs + cliques + two


def _labels(
    log: RunLog, args: argparse.Namespace, samples: Samples | None
) -> list[quality_tables.Row]:
    if samples is None:
        has = args.output in log.sample_outputs
        other = (
            "epochs with them: "
            + ", ".join(map(str, log.sample_epochs(args.output)))
            if has
            else "samples were not logged (`BlocksCallback(samples=)`, "
            "`keras-hier log --scores`)"
        )
        print_line()
        print_line(f"Suspect labels: not without samples; {other}.")
        return []
    tree = log.hierarchy(samples.hierarchy)
    found = suspect_labels(
        samples.labels,
        samples.probabilities,
        tree,
        classes=samples.classes,
        given=samples.actual,
    )
    rows = list(quality_tables.suspect_rows(found, tree, samples.ids))
    two = list(quality_tables.two_object_rows(found, tree, samples.ids))
    shown = rows[: found.listed]
    if found.only_predictions and not found.is_weak:
        shown = rows
    _print(_verdict(found, samples), shown, args.top)
    hint = f"Two objects, perhaps: {len(two):,}, a hint without evidence"
    if found.is_weak:
        hint = _not_listed("Two objects", "two objects", found.accuracy)
    _print(hint, two, args.top)
    return rows + two


def _not_listed(title: str, of: str, accuracy: float) -> str:
    return (
        f"{title}: not listed. At {percent(accuracy)} right the network cannot "
        f"tell {of} from its own errors"
    )


def _verdict(found: SuspectLabels, samples: Samples) -> str:
    if found.is_weak:
        title = f"Suspect labels, epoch {samples.epoch}"
        return _not_listed(title, "wrong labels", found.accuracy)
    head = (
        f"Suspect labels, epoch {samples.epoch}: {found.listed} of "
        f"{len(samples):,}"
    )
    if found.only_predictions:
        return (
            f"{head}: the log has no probabilities. All is an order by how "
            "often the two classes cross in other samples, and how low in the "
            "tree they meet"
        )
    if np.isnan(samples.actual).any():
        return (
            f"{head}: the log lacks the probabilities of labels beyond the "
            f"{samples.classes.shape[1]} best, so the order is all there is"
        )
    weaker = len(found.suspects.sample) - found.listed
    if not found.listed:
        return (
            f"{head}. At {percent(found.accuracy)} right, the network's own "
            f"errors may explain {by_number(weaker, 'the', 'all')} "
            f"{quantity(weaker, 'candidate')}"
        )
    return (
        f"{head} {by_number(found.listed, 'is', 'are')} likelier wrong than "
        f"right; about {percent(found.expected_precision, 0)} of these are if "
        "mistakes fall on any sample, real ones fall on hard ones. "
        f"{weaker:,} more {by_number(weaker, 'is', 'are')} likelier "
        f"{by_number(weaker, 'an error', 'errors')} of the network. The order "
        "is by P(wrong) and by how often the two classes cross in other samples"
    )


def _print(head: str, rows: list[quality_tables.Row], top: int) -> None:
    print_line()
    print_line(f"{head}{':' if rows and top > 0 else '.'}")
    for row in rows[: max(top, 0)]:
        print_line(f"  {quality_tables.line(row)}")
    if len(rows) > top > 0:
        print_line(f"  ... and {len(rows) - top:,} more")


def _write(
    rows: Iterable[quality_tables.Row], args: argparse.Namespace
) -> None:
    rows = list(rows)
    if args.csv:
        _save(args.csv, text_of_rows(quality_tables.COLUMNS, rows))
        print_line()
        print_line(f"{args.csv}: {quantity(len(rows), 'row')}")
    if args.json:
        finite = [
            {
                key: None
                if isinstance(v, float) and not math.isfinite(v)
                else v
                for key, v in row.items()
            }
            for row in rows
        ]
        _save(args.json, json.dumps(finite, ensure_ascii=False, indent=1))
        print_line()
        print_line(f"{args.json}: {quantity(len(rows), 'row')}")


def _save(path: str, text: str) -> None:
    # Ids may hold halves of surrogate pairs, from names of files.
    write_atomically(Path(path), text.encode(errors="replace"))
