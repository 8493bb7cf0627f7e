"""How often probes that trained along were right. A line of JSON a network.

    python -m study.training --data tiny-imagenet --per-class 100 \
        --variant probes --epochs 50 --keep-at 15 25 --final \
        --keep kept/batch-100-50 ...
    python -m study.layers.along kept/batch-100-50/*-val.npz \
        --out along.jsonl

`study.layers.table` prints them beside those fitted afterwards.
"""

import argparse
import json
from pathlib import Path

import numpy as np

from study.layers.networks import name_of


def main() -> None:
    """Reads the scores that runs have kept."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("scores", type=Path, nargs="+", help="NAME-val.npz")
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    for path in args.scores:
        line = {"network": name_of(path), "right": right_along(path)}
        with args.out.open("a") as file:
            file.write(json.dumps(line) + "\n")


def right_along(path: Path) -> dict[str, float]:
    """Returns by layer, and of `class`, the share of images that are right.

    Args:
        path: scores of outputs that name classes, one class a group.
    """
    with path.open("rb") as file, np.load(file) as kept:
        labels = kept["labels"]
        found = {"class": kept["class"].argmax(axis=1) == labels}
        for name in kept.files:
            if f"{name}.groups" in kept:
                wanted = kept[f"{name}.groups"][labels]
                layer = name.split("_")[0]
                found[layer] = kept[name].argmax(axis=1) == wanted
    return {
        name: round(float(right.mean()), 5) for name, right in found.items()
    }


if __name__ == "__main__":
    main()
