"""Does the hierarchy train better networks? One run, or the table of many.

    python -m study.training --data tiny-imagenet --variant heads3 \
        --seed 0 --epochs 40 --per-class 100 --final --out runs.jsonl
    python -m study.training --table runs.jsonl

A run appends one line of JSON, and is skipped if its line is there already, so
that a list of commands may be interrupted and started again; a run that was
interrupted goes on after its last whole epoch. study/protocol.md tells what is
compared and why.
"""

import json
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

from study.tables.lines import read_lines
from study.tables.new_classes import print_new_classes
from study.tables.variants import print_table
from study.training.arguments import is_same, parse_arguments
from study.training.run import run, task_of


def main() -> None:
    """Trains, or prints the table."""
    args = parse_arguments(__doc__)
    if args.table:
        printed = print_table(args.table, args.split, args.intervals)
        if not print_new_classes(args.table) and not printed:
            raise SystemExit(
                "No run was asked about val (--final); --split held_out prints "
                "what is held out."
                if args.split == "val"
                else "No run was asked about held_out."
            )
        return
    task = task_of(args)
    done = read_lines([args.out]) if args.out.exists() else []
    if any(is_same(line, task.wanted) for line in done):
        print("This run is done already:", args.out)
        return
    print(json.dumps(run(args, task)))


if __name__ == "__main__":
    main()
