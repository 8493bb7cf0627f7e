"""What is left of networks by how much they may lose, and how right that is.

    python -m study.tables.exits runs.jsonl --split val \
        --only view=crops

For each setting the class output, all outputs averaged, and of these as few as
held-out images allow (`training/exits.py`): million weights, least to most over
seeds where these differ, and the mean top-1 and top-5 error in per cent. The
limits are in nats of the held-out log loss.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from study.tables.bootstrap import (
    Row,
    matches,
    rows_of,
    shared_and_varied,
)
from study.tables.lines import asked_about, read_lines

Line = dict[str, Any]


def limits_of(rows: Sequence[Row]) -> list[float]:
    """Returns the limits that all runs with heads have, ascending."""
    found = [
        {kept["max_loss"] for kept in run["exits"]}
        for row in rows
        for run in row.runs.values()
        if run.get("exits")
    ]
    return sorted(set.intersection(*found)) if found else []


def left_of(run: Line, split: str, limit: float) -> tuple[Line, int]:
    """Returns the figures and the weights of what a limit leaves of a run."""
    (kept,) = (k for k in run["exits"] if k["max_loss"] == limit)
    return kept[split], kept["parameters"]


def cells(readings: Sequence[tuple[Line, int]]) -> list[str]:
    """Returns the weights and the errors of runs, one a seed."""
    few, many = (
        f"{of(weights for _, weights in readings) / 1e6:.2f}"
        for of in (min, max)
    )
    errors = (
        f"{100 * np.mean([figures[name] for figures, _ in readings]):.1f}"
        for name in ("top1_error", "top5_error")
    )
    return [few if few == many else f"{few} to {many}", " / ".join(errors)]


def print_exits(rows: Sequence[Row], split: str) -> None:
    """Prints a Markdown table, a row a setting.

    Args:
        rows: of `rows_of` that read the class output.
        split: of the errors.
    """
    limits = limits_of(rows)
    shared, varied = shared_and_varied(rows)
    every = [run for row in rows for run in row.runs.values()]
    print(shared + "\n\n" + asked_about(every, split) + "\n")
    titles = [name.replace("_", " ") for name in varied] + ["seeds"]
    for what in ("class", "averaged", *(f"at most {x:g}" for x in limits)):
        titles += [f"{what}: weights", "errors"]
    print("| " + " | ".join(titles) + " |")
    print("|---" * len(titles) + "|")
    for row in rows:
        runs = list(row.runs.values())
        found = [str(row.settings[name] or "") for name in varied]
        found.append(str(len(runs)))
        found += cells(
            [(r[split]["class"], r["parameters_without_heads"]) for r in runs]
        )
        if all(run.get("exits") for run in runs):
            found += cells([(r[split]["fused"], r["parameters"]) for r in runs])
            for limit in limits:
                found += cells([left_of(run, split, limit) for run in runs])
        found += [""] * (len(titles) - len(found))
        print("| " + " | ".join(found) + " |")


def main() -> None:
    """Prints the table of the runs that were asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("files", type=Path, nargs="+", metavar="JSONL")
    add("--split", choices=("val", "held_out"), default="val")
    add("--only", nargs="*", default=[], metavar="NAME=VALUE")
    args = parser.parse_args()
    lines = read_lines(args.files)
    rows = [
        row
        for row in rows_of(lines, args.split)
        if matches(row, [*args.only, "read=class"])
    ]
    if not rows:
        parser.error("No line has that.")
    print_exits(rows, args.split)


if __name__ == "__main__":
    main()
