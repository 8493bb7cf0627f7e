"""`keras-hier budget`: error over cost of more labels, from a pilot."""

import argparse
from pathlib import Path

from keras_hier.commands.arguments import (
    add_hierarchy,
    add_label_kinds,
    load_hierarchy,
)
from keras_hier.commands.inputs.array_files import read_classes, sources_of
from keras_hier.commands.inputs.label_kinds import labels_and_scores
from keras_hier.files.output_files import checked_target, write_atomically
from keras_hier.terminal import print_line


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `keras-hier budget` to its parser."""
    parser.add_argument(
        "features",
        metavar="FEATURES.npy",
        help="features [N, F] of the pilot below the network's last layer, or "
        "its logits",
    )
    parser.add_argument(
        "--labels",
        required=True,
        metavar="FILE",
        help="exact classes [N], ids or numbers: .npy, .npz (FILE.npz:key) or "
        ".csv",
    )
    add_label_kinds(parser, "no file")
    add_hierarchy(parser, "")
    parser.add_argument(
        "--classes",
        metavar="FILE",
        help="class ids in the order of their numbers, one on each line, where "
        "it is not the order of the hierarchy",
    )
    parser.add_argument(
        "--cost",
        type=_cost,
        action="append",
        default=[],
        metavar="DEPTH=COST",
        help="cost of a label: of a `class`, of a `group`, or at a depth named "
        "by its number of groups; may be given again, default: 1",
    )
    parser.add_argument(
        "--more",
        type=int,
        nargs="+",
        metavar="N",
        help="more labels a class; default: half as many, as many, and twice "
        "as many as the pilot has",
    )
    parser.add_argument(
        "--groups",
        type=int,
        nargs="+",
        metavar="G",
        help="depths of about so many groups, default: the levels of the tree",
    )
    parser.add_argument(
        "--seed", type=int, default=0, help="default: %(default)s"
    )
    parser.add_argument(
        "--out",
        metavar="FILE",
        help="draw it, too: .png, .svg or, with fpdf2 installed, .pdf",
    )
    parser.add_argument(
        "--json", metavar="FILE.json", help="the same figures as JSON"
    )


def _cost(text: str) -> tuple[str | int, float]:
    depth, equals, cost = text.partition("=")
    try:
        if equals:
            return int(depth) if depth.isdecimal() else depth, float(cost)
    except ValueError:
        pass
    raise argparse.ArgumentTypeError(
        f"expected a depth and a cost, as in group=0.2, got {text!r:.80}"
    )


def run(args: argparse.Namespace) -> None:
    """Runs `keras-hier budget`."""
    from keras_hier.budget.from_pilot import label_budget
    from keras_hier.budget.result import drawing
    from keras_hier.report.pictures import SUFFIXES, canvas_for, file_of

    if args.hierarchy is None:
        raise ValueError("name the tree of the classes by --hierarchy.")
    target = checked_target(args.out, SUFFIXES) if args.out else None
    listing = checked_target(args.json, ".json") if args.json else None
    if Path(args.features).suffix != ".npy":
        raise ValueError(f"expected an .npy file, got {args.features!r:.80}.")
    listed = read_classes(args.classes) if args.classes else None
    hierarchy = load_hierarchy(args.hierarchy, listed, groups=args.groups_are)
    (labels,) = labels_and_scores(sources_of(args), hierarchy)
    budget = label_budget(
        args.features,
        labels,
        hierarchy,
        costs=dict(args.cost),
        more=args.more,
        at=args.groups and [hierarchy.cut(groups=g) for g in args.groups],
        seed=args.seed,
    )
    for line in str(budget).split("\n"):
        print_line(line)
    if listing:
        write_atomically(listing, f"{budget.to_json()}\n".encode())
        print_line(f"{args.json}: the same figures")
    if target:
        suffix = target.suffix.lower()
        canvas = drawing(budget, kind=canvas_for(suffix))
        write_atomically(target, file_of(canvas, budget.title, suffix))
        print_line(f"{args.out}: error over cost")
