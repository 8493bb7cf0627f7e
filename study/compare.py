r"""Prints the last epoch of several runs as a Markdown table.

    python -m study.compare runs/plain runs/hierarchy \
        [--output class]

It reads the scalars that `BlocksCallback` wrote to the validation split, and
top-5 accuracy where Keras's `TensorBoard` callback wrote it.
"""

import argparse
from pathlib import Path

import numpy as np
from tensorboard.backend.event_processing.event_accumulator import (
    EventAccumulator,
)
from tensorboard.util.tensor_util import make_ndarray


def last_values(folder: Path) -> dict[str, float]:
    """Returns the last value of every scalar below a folder."""
    events = EventAccumulator(str(folder), {"tensors": 0})
    events.Reload()
    values = {}
    for tag in events.Tags()["tensors"]:
        value = make_ndarray(events.Tensors(tag)[-1].tensor_proto)
        if value.size == 1 and np.issubdtype(value.dtype, np.floating):
            values[tag] = value.item()
    return values


def main() -> None:
    """Reads the command line, prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("runs", nargs="+", type=Path)
    parser.add_argument("--output", default="class")
    args = parser.parse_args()
    runs = [last_values(run / "validation") for run in args.runs]
    prefix = f"hierarchy/{args.output}/"
    rows = {
        tag.removeprefix(prefix): [run.get(tag) for run in runs]
        for tag in runs[0]
        if tag.startswith(prefix)
    }
    # A single output has no name of its own in Keras's logs.
    rows["top5"] = [
        run.get(f"epoch_{args.output}_top5", run.get("epoch_top5"))
        for run in runs
    ]
    print(f"| | {' | '.join(run.name for run in args.runs)} |")
    print("|---" * (len(runs) + 1) + "|")
    for name, values in rows.items():
        cells = ["" if v is None else f"{v:.4f}" for v in values]
        print(f"| {name} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
