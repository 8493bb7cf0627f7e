"""What the paper's gain is made of: one lever at a time, with its interval.

    python -m benchmarks.study.attribution benchmarks/study/results/final.jsonl

Prints a Markdown table of relative changes of the error on val, seed by seed.
A lever without runs is "not run yet". docs/protocol.md says what the intervals
hold.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from scipy import stats

from benchmarks.study.training_arguments import KEY
from benchmarks.study.training_bootstrap import wrong

Line = dict[str, Any]
Settings = dict[str, Any]
SPLIT = "val"


class Lever(NamedTuple):
    """What is changed: runs with it, and runs without, in one or two places."""

    name: str
    pairs: tuple[tuple[Settings, Settings], ...]
    reading: str = "class"


def _runs(variant: str = "baseline", **others: Any) -> Settings:
    return {
        "variant": variant, "classes": 101,
        "trunk": "batch", "width": 0.5, "per_class": 100, "epochs": 50,
        "optimizer": "sgd", "learning_rate": 0.05, "weight_decay": 0.002,
        "stem_stride": None, "exact": None, "new_classes": None, **others,
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
    Lever("normalization, each with its recipe", ((_runs(), _runs(**PLAIN)),)),
    Lever("recipe, of the same network", ((_runs(), _runs(**FIRST)),)),
    Lever("geometry: a stem of stride 1", ((_runs(stem_stride=1), _runs()),)),
    Lever(
        "deep supervision: 5 heads over classes",
        ((_runs("classes5-strong"), _runs()),),
    ),
    Lever("teaching, of these heads", ((FIVE, _runs("classes5-strong")),)),
    Lever("deep supervision and teaching", ((FIVE, _runs()),)),
    Lever("the same, heads asked too", ((FIVE, _runs()),), "fused"),
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
    Lever("scale: GoogLeNet-shaped", ((_runs(trunk="googlenet"), _runs()),)),
    Lever("scale: 4.5 times the images", ((_runs(**ALL), _runs()),)),
)


class Change(NamedTuple):
    """A relative change in per cent, with bounds of 95 %."""

    value: float
    seeds: tuple[float, float]  # of other seeds, asked the same images
    both: tuple[float, float]  # of other seeds and other images
    exact: bool  # whether it is known which images are wrong


class Part(NamedTuple):
    """The logarithm of a ratio of errors, and what it varies by."""

    middle: float
    of_seeds: float  # variances of the mean
    degrees: int
    of_images: float
    exact: bool


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


def part(new: Sequence[Line], old: Sequence[Line], k: int, read: str) -> Part:
    """Compares runs in the same order of seeds.

    What the images vary is known where the lines tell which of them are wrong.
    Elsewhere it is bounded from above: an image is no more than right or wrong,
    and what is hard for one network is not easy for another, so that two errors
    vary no more apart than if they were independent.
    """
    sides = ((new, read), (old, "class"))
    errors = np.array(
        [
            [line[SPLIT][reading][f"top{k}_error"] for line in runs]
            for runs, reading in sides
        ]
    )
    ratios = np.log(errors[0] / errors[1])
    images = min(count_images(line) for line in (*new, *old))
    exact = all(SPLIT in line.get("hits", {}) for line in (*new, *old))
    if exact:
        shares = [
            np.mean([wrong(line, SPLIT, reading, k) for line in runs], axis=0)
            for runs, reading in sides
        ]
        apart = shares[0] / shares[0].mean() - shares[1] / shares[1].mean()
        of_images = float(np.var(apart, ddof=1)) / images
    else:
        p = errors.mean(axis=1)
        of_images = float(((1 - p) / p).sum()) / images
    return Part(
        float(ratios.mean()),
        float(ratios.var(ddof=1)) / len(ratios),
        len(ratios) - 1,
        of_images,
        exact,
    )


def change(parts: Sequence[Part]) -> Change:
    """Returns the mean change of several comparisons, with its bounds.

    Seeds of different comparisons are independent. Their images are the same:
    at most, they err alike on them.
    """
    middle = float(np.mean([one.middle for one in parts]))
    of_seeds = sum(one.of_seeds for one in parts) / len(parts) ** 2
    # Satterthwaite's: the seeds of each are few.
    degrees = of_seeds**2 / sum(
        (one.of_seeds / len(parts) ** 2) ** 2 / one.degrees for one in parts
    )
    of_images = float(np.mean([np.sqrt(one.of_images) for one in parts])) ** 2
    total = of_seeds + of_images
    half = half_width(of_seeds, degrees)
    # The images are many, which adds degrees of freedom.
    wide = half_width(total, degrees * (total / of_seeds) ** 2)
    exact = all(one.exact for one in parts)
    if not exact:
        # A bound of one variance is no reason to trust the other one more.
        wide = max(wide, half)
    return Change(
        float(100 * np.expm1(middle)),
        bounds(middle, half),
        bounds(middle, wide),
        exact,
    )


def half_width(variance: float, degrees: float) -> float:
    """Returns half of 95 %, by Student's distribution."""
    return float(stats.t.ppf(0.975, degrees) * np.sqrt(variance))


def bounds(middle: float, half: float) -> tuple[float, float]:
    """Returns the ends of an interval of logarithms in per cent."""
    return (
        float(100 * np.expm1(middle - half)),
        float(100 * np.expm1(middle + half)),
    )


def count_images(line: Line) -> int:
    """Returns how many images were asked: as many as are held out, of old."""
    hits = line.get("hits", {}).get(SPLIT, {})
    return hits.get("images", line["classes"] * line["hold_out"])


def cells(lever: Lever, lines: Sequence[Line]) -> list[str]:
    """Returns what a row says: seeds, then top-1 and top-5 error."""
    pairs = []
    for sides in lever.pairs:
        new, old = (matching(lines, side) for side in sides)
        common = sorted(new.keys() & old.keys())
        if len(common) < 2:
            return ["", "not run yet", "", "", ""]
        pairs.append(([new[s] for s in common], [old[s] for s in common]))
    row = [" + ".join(str(len(new)) for new, _ in pairs)]
    for k in (1, 5):
        found = change([part(*pair, k, lever.reading) for pair in pairs])
        most = "" if found.exact else "at most "
        row += [
            f"{found.value:+.1f} % ({_span(found.seeds)})",
            most + _span(found.both),
        ]
    return row


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
    lines = [
        json.loads(text)
        for file in args.files
        for text in file.read_text().splitlines()
    ]
    print(
        "| lever | seeds | top-1 error (95 % over seeds) | over images too | "
        "top-5 error (95 % over seeds) | over images too |"
    )
    print("|---" * 6 + "|")
    for lever in LEVERS:
        print("| " + " | ".join([lever.name, *cells(lever, lines)]) + " |")


if __name__ == "__main__":
    main()
