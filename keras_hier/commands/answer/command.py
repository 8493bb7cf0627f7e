"""`keras-hier answer fit` and `keras-hier answer predictions`."""

import argparse
import csv
import io
from collections.abc import Sequence
from typing import Any

import numpy as np

from keras_hier.answers import Answered, Answers
from keras_hier.answers.rules import RULES
from keras_hier.commands.arguments import (
    add_hierarchy,
    add_label_kinds,
    load_hierarchy,
)
from keras_hier.commands.inputs.array_files import (
    read_classes,
    read_ids,
    sources_of,
)
from keras_hier.commands.inputs.label_kinds import labels_and_scores
from keras_hier.files.output_files import checked_target, write_atomically
from keras_hier.files.spreadsheets import guarded
from keras_hier.hierarchy.hierarchy import Hierarchy
from keras_hier.hierarchy.labels.node_labels import NodeLabels
from keras_hier.quantities import percent, quantity
from keras_hier.terminal import print_line

_FILES = ".npy, .npz (FILE.npz:key), .csv"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `keras-hier answer` to its parser."""
    ways = parser.add_subparsers(dest="way", required=True, metavar="WAY")
    fit = _add_fit(ways)
    give = ways.add_parser(
        "predictions", help="answer samples", allow_abbrev=False
    )
    give.add_argument(
        "scores",
        metavar="SCORES",
        help=f"scores [N, C] of the kind that `answer fit` saw: {_FILES}",
    )
    give.add_argument(
        "--labels",
        metavar="FILE",
        help="true classes [N], to say how many answers are right",
    )
    add_label_kinds(give, "SCORES")
    give.add_argument(
        "--answers",
        required=True,
        metavar="FILE.json",
        help="what `answer fit` wrote",
    )
    give.add_argument(
        "--ids",
        metavar="FILE",
        help="what the samples are called [N]: a text file with one on each "
        "line, .npy or .npz:key; default: their numbers from 0",
    )
    for each, ending in ((fit, "json"), (give, "csv")):
        add_hierarchy(each, "")
        each.add_argument(
            "--classes",
            metavar="FILE",
            help="class ids in the order of the columns, one on each line, "
            "where it is not the order of the hierarchy",
        )
        each.add_argument(
            "--out",
            required=True,
            metavar=f"FILE.{ending}",
            help="where to write the answers",
        )


def _add_fit(ways: Any) -> argparse.ArgumentParser:
    fit: argparse.ArgumentParser = ways.add_parser(
        "fit",
        help="choose how sure answers must be, on samples that no training saw",
        allow_abbrev=False,
    )
    fit.add_argument(
        "--scores",
        required=True,
        metavar="FILE",
        help=f"probabilities [N, C] (see --logits): {_FILES}",
    )
    fit.add_argument(
        "--labels",
        required=True,
        metavar="FILE",
        help="true classes [N], or groups of them: labels, ids or names",
    )
    add_label_kinds(fit, "--scores")
    fit.add_argument(
        "--logits", action="store_true", help="the scores are logits"
    )
    fit.add_argument(
        "--accuracy",
        type=float,
        default=0.95,
        metavar="SHARE",
        help="the share of right answers to promise, default: %(default)s",
    )
    fit.add_argument(
        "--confidence",
        type=float,
        metavar="P",
        help="promise it with this probability over calibration sets, default: "
        "on average over them",
    )
    fit.add_argument(
        "--groups",
        type=int,
        metavar="G",
        help="promise it for each of about so many groups of the tree",
    )
    fit.add_argument(
        "--rule",
        choices=RULES,
        default=RULES[0],
        help="default: %(default)s",
    )
    fit.add_argument(
        "--temperature",
        type=float,
        metavar="T",
        help="divide logits by it; 1 leaves them; default: fitted to a fifth "
        "of the samples",
    )
    return fit


def run(args: argparse.Namespace) -> None:
    """Runs `keras-hier answer`."""
    if args.hierarchy is None:
        raise ValueError("name the tree of the classes by --hierarchy.")
    target = checked_target(args.out, ".json" if args.way == "fit" else ".csv")
    listed = read_classes(args.classes) if args.classes else None
    hierarchy = load_hierarchy(args.hierarchy, listed, groups=args.groups_are)
    if args.way == "fit":
        _fit(args, hierarchy)
        return
    scores, *labels = _read(args, hierarchy)
    answers = Answers.load(args.answers, hierarchy)
    ids = read_ids(args.ids) if args.ids else range(len(scores))
    if len(ids) != len(scores):
        raise ValueError(
            f"{args.ids} holds {quantity(len(ids), 'id')}, {args.scores} "
            f"{quantity(len(scores), 'sample')}."
        )
    said = answers(scores)
    score = answers.score(said, labels[0]) if labels else None
    write_atomically(target, _table(said, ids, hierarchy).encode())
    _print_shares(said, hierarchy, args.out)
    if score is not None:
        print_line(
            f"{percent(score.accuracy)} of "
            f"{quantity(score.samples - score.unknown, 'answer')} are right, "
            "as nothing always is; of those that say something "
            f"{percent(score.selective_accuracy)}. The promise is "
            f"{100 * answers.accuracy:g} %, nothing included."
        )


def _read(args: argparse.Namespace, hierarchy: Hierarchy) -> list[np.ndarray]:
    """Returns scores [N, C], and labels [N] of nodes where they are given."""
    args.predictions = None
    args.node_labels = True
    sources = sources_of(args)
    *labels, scores = labels_and_scores(
        sources, hierarchy, NodeLabels(hierarchy)
    )
    if scores.ndim != 2:
        raise ValueError(
            f"{sources[-1].name}: expected scores [N, C], got shape "
            f"{scores.shape}."
        )
    return [scores, *labels]


def _fit(args: argparse.Namespace, hierarchy: Hierarchy) -> None:
    scores, labels = _read(args, hierarchy)
    answers = Answers.fit(
        scores,
        labels,
        hierarchy,
        args.accuracy,
        confidence=args.confidence,
        at=hierarchy.cut(groups=args.groups) if args.groups else None,
        rule=args.rule,
        temperature=args.temperature,
        from_logits=args.logits,
    )
    answers.save(args.out)
    print_line(f"{args.out}: {repr(answers).strip('<>')}.")
    print_line(
        "Measure it on other samples: keras-hier answer predictions SCORES "
        f"--labels LABELS --answers {args.out} --hierarchy {args.hierarchy} "
        "--out answers.csv"
    )


def _table(
    said: Answered, ids: Sequence[str] | range, hierarchy: Hierarchy
) -> str:
    """Returns the text of a CSV: id, label, node, name, classes, confidence."""
    numbering = NodeLabels(hierarchy)
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(("id", "label", "node", "name", "classes", "confidence"))
    sizes = numbering.stop - numbering.start
    for at, label, sure in zip(ids, *map(np.ndarray.tolist, said), strict=True):
        node = numbering.nodes[label]
        table.writerow(
            (
                guarded(str(at)),
                label,
                guarded(hierarchy.node_ids[node]),
                guarded(hierarchy.node_names[node]),
                sizes[label],
                f"{sure:.6f}",
            )
        )
    return text.getvalue()


def _print_shares(said: Answered, hierarchy: Hierarchy, out: str) -> None:
    count, labels = hierarchy.num_classes, said.labels
    by = [labels < count, labels > count, labels == count]
    shares = [f"{100 * each.mean():.1f} %" for each in by]
    print_line(
        f"{out}: {quantity(len(labels), 'sample')}, answered by a class in "
        f"{shares[0]}, by a group in {shares[1]}, by nothing in {shares[2]}."
    )
