"""Arguments of `keras-hier compare`, and what it prints and writes."""

import argparse
import sys

from keras_hier.analysis.comparing.run_comparison import (
    RunSide,
    compare_runs,
    read_side,
)
from keras_hier.commands.arguments import (
    add_epoch,
    asked_output,
    check_step,
    read_run,
)
from keras_hier.commands.compare import tables
from keras_hier.commands.compare.changes import shown_levels
from keras_hier.commands.compare.gates import outcome_of, parse_gate
from keras_hier.files.output_files import checked_target, write_atomically
from keras_hier.terminal import print_line

FAILED = 3
STDOUT = "-"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `keras-hier compare` to its parser."""
    for name, text in (("a", "to compare with"), ("b", "that may be worse")):
        parser.add_argument(
            name, metavar=name.upper(), help=f"folder of the run {text}"
        )
    add_epoch(parser)
    parser.add_argument(
        "--level",
        type=int,
        metavar="G",
        help="look at the level of G groups alone, default: at all levels",
    )
    parser.add_argument(
        "--fail-if",
        action="append",
        default=[],
        metavar="CONDITION",
        help="exit with 3 if it holds: `worse` (a group or an accuracy, beyond "
        "chance), `accuracy@16 < -1` (of the level of 16 groups, by more than "
        "a point of percent), `recall@16 < -10` (of any group); may be "
        "repeated, default: never",
    )
    parser.add_argument(
        "--json",
        metavar="FILE.json",
        help="write all levels and groups, - for the standard output",
    )
    parser.add_argument(
        "--markdown",
        metavar="FILE",
        help="write what is printed as Markdown, - for the standard output",
    )


def run(args: argparse.Namespace) -> int:
    """Runs `keras-hier compare`."""
    gates = [parse_gate(text) for text in args.fail_if]
    check_step(args.epoch)
    files = {args.json: ".json", args.markdown: None}
    if args.json is not None and args.json == args.markdown:
        raise ValueError(
            f"--json and --markdown cannot both write to {args.json!r}."
        )
    for path, suffix in files.items():
        if path not in (None, STDOUT):
            checked_target(path, suffix)
    sides = _side(args.a, args), _side(args.b, args)
    splits = [side.log.split for side in sides]
    if splits[0] != splits[1]:
        print_line(
            f"keras-hier compare: A is {splits[0] or 'no'} split and B "
            f"{splits[1] or 'no'} split. Choose one by --split.",
            sys.stderr,
        )
    found = compare_runs(*sides)
    levels = shown_levels(found, args.level)
    outcomes = [outcome_of(gate, found, levels) for gate in gates]
    report = tables.Report((args.a, args.b), sides, found, levels, outcomes)
    _write(report, args)
    return FAILED if any(each.is_failed for each in outcomes) else 0


def _side(folder: str, args: argparse.Namespace) -> RunSide:
    log = read_run(folder, args.split, "compare")
    output = asked_output(log, args.output, "compare")
    return read_side(log, output, args.epoch)


def _write(report: tables.Report, args: argparse.Namespace) -> None:
    """Writes the files, and prints what is for the standard output."""
    lines = list(tables.lines_of(report))
    for path, text_of in (
        (args.json, tables.json_of),
        (args.markdown, tables.markdown_of),
    ):
        if path == STDOUT:
            lines = text_of(report).split("\n")
        elif path is not None:
            text = text_of(report) + "\n"
            target = checked_target(path, None)
            write_atomically(target, text.encode(errors="replace"))
    for line in lines:
        print_line(line)
    if STDOUT in (args.json, args.markdown):
        # A pipeline that keeps the output in a file still says why it fails.
        for outcome in report.outcomes:
            if outcome.is_failed:
                print_line(
                    f"keras-hier compare: {tables.gate_line(outcome)}",
                    sys.stderr,
                )
