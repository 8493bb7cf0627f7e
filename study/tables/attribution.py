r"""What the paper's gain is made of: one lever at a time, with its interval.

    python -m study.tables.attribution \
        study/results/final.jsonl

Prints a Markdown table of relative changes of the error on val, seed by seed.
A lever without runs is "not run yet"; of one seed there is no interval but that
over images. study/protocol.md says what the intervals hold.
"""

import argparse
import math
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from study.tables.intervals import (
    Part,
    bounds,
    change,
    half_width,
    part,
)
from study.tables.lines import (
    digests_that_differ,
    in_two_precisions,
    read_lines,
)
from study.training.arguments import KEY, key

Line = dict[str, Any]
Settings = dict[str, Any]
SPLIT = "val"


class Lever(NamedTuple):
    """What is changed: runs with it, and runs without, in one or two places."""

    name: str
    pairs: tuple[tuple[Settings, Settings], ...]
    reading: str = "class"
    # What networks of ILSVRC say of it: errors of top 1 and top 5, relatively.
    public: str = ""


def _runs(variant: str = "baseline", **others: Any) -> Settings:
    return {
        "variant": variant, "trunk": "batch", "width": 0.5,
        "per_class": 100, "epochs": 50,
        "optimizer": "sgd", "learning_rate": 0.05, "weight_decay": 0.002,
        "stem_stride": None, "exact": None, "new_classes": None,
        "head_tree": None, "l2": None, "label_smoothing": 0.0,
        "dropout": 0.5, "batch_size": 128, "image_size": 64, "crop": 56,
        "hold_out": 50, "steps_per_epoch": None, **others,
    }  # fmt: skip


# Without normalization, as tuned for it; the first recipe that was tried; all
# images, as tuned for them.
PLAIN: Settings = {
    "trunk": "none", "optimizer": "adam", "learning_rate": 5e-4,
    "weight_decay": 0.0, "epochs": 60,
}  # fmt: skip
FIRST: Settings = {
    "optimizer": "adam", "learning_rate": 1e-3, "weight_decay": 0.0,
    "epochs": 30,
}  # fmt: skip
ALL: Settings = {"per_class": None, "epochs": 20, "weight_decay": 0.001}
TREE = (_runs("heads3-distil"), _runs("random3-distil"))
PLAIN_TREE = (
    _runs("heads3-distil", **PLAIN),
    _runs("random3-distil", **PLAIN),
)
FIVE = _runs("classes5-distil")
LEVERS = (
    Lever(
        "normalization, each with its recipe",
        ((_runs(), _runs(**PLAIN)),),
        public="AlexNet of MatConvNet -2 / -2 %, of arXiv 1612.01452 with "
        "its recipe -6 / -8 %",
    ),
    Lever(
        "recipe, of the same network",
        ((_runs(), _runs(**FIRST)),),
        public="AlexNet of CNTK, another recipe at least, -6 / -10 %",
    ),
    Lever(
        "geometry: a stem of stride 1",
        ((_runs(stem_stride=1), _runs()),),
        public="VGG-M, finer and wider, -13 / -21 %",
    ),
    Lever(
        "deep supervision: 5 heads over classes",
        ((_runs("classes5-strong"), _runs()),),
    ),
    Lever("teaching, of these heads", ((FIVE, _runs("classes5-strong")),)),
    Lever(
        "deep supervision and teaching",
        ((FIVE, _runs()),),
        public="ResNet-18 of DKS (arXiv 1906.00675) -8 / -14 %",
    ),
    Lever("the same, averaged with its heads", ((FIVE, _runs()),), "fused"),
    Lever(
        "deep supervision and teaching, without normalization",
        ((_runs("classes5-distil", **PLAIN), _runs(**PLAIN)),),
    ),
    Lever(
        "teaching, of 3 heads over groups",
        ((_runs("heads3-distil"), _runs("heads3-strong")),),
    ),
    Lever("tree: its groups, not random ones", (TREE,)),
    Lever("tree, without normalization", (PLAIN_TREE,)),
    Lever("tree, mean of both", (TREE, PLAIN_TREE)),
    Lever(
        "scale: GoogLeNet-shaped, about the same cost",
        ((_runs(trunk="googlenet"), _runs()),),
        public="GoogLeNet of MatConvNet -20 / -34 %",
    ),
    Lever("scale: 4.5 times the images", ((_runs(**ALL), _runs()),)),
)
# What others report of a hierarchy against their own baselines, as far as we
# could read it ourselves.
OTHERS = (
    (
        "HD-CNN (arXiv 1410.0736): a network for each group of classes",
        "top-1 error lower by 2.65 %, 3.1 % and 1.1 % for three networks on "
        "CIFAR-100 and ILSVRC, by its abstract",
    ),
    (
        "Blockout (arXiv 1512.05246): a learned hierarchy of units",
        "better on CIFAR and ILSVRC, by its abstract, without a number",
    ),
    (
        "hyper-class augmentation (Xie et al., CVPR 2015): further images "
        "known by their group alone",
        "better on Stanford Dogs and Cars, by its abstract, without a number",
    ),
)


def matching(lines: Sequence[Line], wanted: Settings) -> dict[int, Line]:
    """Returns the runs of some settings by seed; later lines count."""
    return {
        line["seed"]: line
        for line in lines
        if SPLIT in line
        and all(
            line.get(name, KEY.get(name)) == value
            for name, value in wanted.items()
        )
    }


def cells(lever: Lever, lines: Sequence[Line]) -> list[str]:
    """Returns what a row says: seeds, then top-1 and top-5 error.

    Nothing of an error where a run has none: no ratio can be told.
    """
    pairs = []
    for sides in lever.pairs:
        new, old = (matching(lines, side) for side in sides)
        common = sorted(new.keys() & old.keys())
        if not common:
            return ["", "not run yet", "", "", ""]
        pairs.append(([new[s] for s in common], [old[s] for s in common]))
    row = [" + ".join(str(len(new)) for new, _ in pairs)]
    for k in (1, 5):
        found = [part(*pair, k, lever.reading) for pair in pairs]
        parts = [one for one in found if one]
        if len(parts) < len(found):
            row += ["", ""]
            continue
        if any(math.isnan(one.of_seeds) for one in parts):
            row += _of_one_seed(parts[0]) if len(parts) == 1 else ["", ""]
            continue
        whole = change(parts)
        most = "" if whole.exact else "at most "
        row += [
            f"{whole.value:+.1f} % ({_span(whole.seeds)})",
            most + _span(whole.both),
        ]
    return row


def _of_one_seed(one: Part) -> list[str]:
    most = "" if one.exact else "at most "
    images = bounds(one.middle, half_width(one.of_images, np.inf))
    return [
        f"{100 * math.expm1(one.middle):+.1f} %",
        f"of images alone {most}{_span(images)}",
    ]


def _span(pair: tuple[float, float]) -> str:
    return f"{pair[0]:+.1f} to {pair[1]:+.1f}"


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("files", type=Path, nargs="+", metavar="JSONL")
    args = parser.parse_args()
    every = read_lines(args.files)
    differ = digests_that_differ(every)
    # Of one run in two precisions the later would take the other's place.
    if in_two_precisions(
        (tuple(line.get(name) for name in differ), key(line), line)
        for line in every
        if SPLIT in line
    ):
        differ.append("precision")
    parts = defaultdict(list)
    for line in every:
        names = ("data", "classes", *differ)
        parts[tuple(line.get(name) for name in names)].append(line)
    for (data, classes, *digests), lines in parts.items():
        if len(parts) > 1:
            told = [
                f", {name.replace('_', ' ')} {digest}"
                for name, digest in zip(differ, digests, strict=True)
            ]
            print(f"\n{data}, {classes} classes{''.join(told)}\n")
        print_levers(lines)


def print_levers(lines: Sequence[Line]) -> None:
    """Prints the table of runs on the same images."""
    print(
        "| lever | seeds | top-1 error (95 % over seeds) | over images too | "
        "top-5 error (95 % over seeds) | over images too | public networks |"
    )
    print("|---" * 7 + "|")
    for lever in LEVERS:
        row = [lever.name, *cells(lever, lines), lever.public]
        print("| " + " | ".join(row) + " |")
    for name, told in OTHERS:
        print("| " + " | ".join([name, *[""] * 5, told]) + " |")


if __name__ == "__main__":
    main()
