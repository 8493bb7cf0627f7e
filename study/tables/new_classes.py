"""The table of new classes: are they put into their groups?

    python -m study.tables.new_classes runs.jsonl

`training --table` prints it too, of runs without --exact.
"""

import argparse
from collections import defaultdict
from collections.abc import Callable, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np

from study.tables.variants import described
from study.training.new_classes import (
    CONSTANT,
    LARGEST,
    interval,
    shares,
)
from study.training.scores import CUTS

Line = dict[str, Any]
# The runs of a variant: by seed, and by which classes are new.
Runs = dict[tuple[int, str], Line]
# Which reading of these runs is taken at a cut.
Choice = Callable[[Runs, int], str]
CLASSES, FUSED, HEAD = "class", "fused", "head"
LABELS = {
    CLASSES: "classes, summed",
    FUSED: "all fused, summed",
    HEAD: "the head over these groups",
}


def print_new_classes(paths: Sequence[Path]) -> bool:
    """Prints Markdown tables: accuracies of groups, then their differences.

    Intervals hold 95 % over new classes; in differences a class is compared
    with itself. Returns whether there are such runs.
    """
    settings: dict[str, dict[str, Runs]] = defaultdict(dict)
    asked = [pair for pair in described(paths) if "new" in pair[1]]
    several = asked_several_times([line for _, line in asked])
    for setting, line in asked:
        if line.get("images_digest") in several:
            setting += f", of {line['new_classes']}"
        runs = settings[setting].setdefault(line["variant"], {})
        runs[line["seed"], line["new_classes"]] = line
    for setting, variants in sorted(settings.items()):
        print(f"\n### New classes: {setting}\n")
        print_accuracies(variants)
        print("\nDifferences in points:\n")
        print_differences(variants)
    return bool(settings)


def asked_several_times(lines: Sequence[Line]) -> set[str]:
    """Returns the images that were trained on and asked about several folders.

    Parts of the classes, of which each has images of its own, are one table
    together. Other folders of new classes are other questions.
    """
    folders = defaultdict(set)
    for line in lines:
        if line.get("images_digest"):
            folders[line["images_digest"]].add(line["new_classes"])
    return {images for images, found in folders.items() if len(found) > 1}


def counts(line: Line, cut: int, reading: str) -> dict[str, tuple[int, int]]:
    """Returns how many images of each new class are right, and how many are.

    Of several heads over the groups of a cut, the deepest is read.
    """
    found = line["new"]["cuts"][str(cut)]
    right = found["right"]
    if reading == HEAD:
        heads = [
            name
            for name in right
            if name not in (CLASSES, FUSED, LARGEST, CONSTANT)
        ]
        reading = heads[-1] if heads else HEAD
    if reading not in right:
        return {}
    return dict(
        zip(
            found["classes"],
            zip(right[reading], found["images"], strict=True),
            strict=True,
        )
    )


def cell(
    many: Sequence[dict[str, tuple[int, int]]],
    than: Sequence[dict[str, tuple[int, int]]] | None = None,
) -> str:
    """Returns a share in per cent, or a difference in points.

    Args:
        many: what `counts` says of each network.
        than: the same of what it is compared with, network by network.
    """
    classes = sorted({name for one in many for name in one})
    if not classes or not all(many) or (than and not all(than)):
        return ""
    table = np.array(
        [[one.get(name, (0, 0)) for name in classes] for one in many]
    )
    right, images = table[..., 0].astype(float), table[..., 1]
    if than:
        other = np.array(
            [[one.get(name, (0, 0)) for name in classes] for one in than]
        )
        if (other[..., 1] != images).any():
            return ""  # A class is compared with itself, and its images.
        right -= other[..., 0]
    value = 100 * right.sum() / images.sum()
    bounds = interval(100 * shares(right, images), len(classes))
    sign = "+" if than else ""
    text = f"{value:{sign}.1f}"
    if bounds:
        text += f" ({bounds[0]:{sign}.1f} to {bounds[1]:{sign}.1f})"
    return text


def print_accuracies(variants: dict[str, Runs]) -> None:
    """Prints what is right of the new classes, and of known ones beside."""
    every = [line for runs in variants.values() for line in runs.values()]
    first = {line["new_classes"]: line for line in every}
    ids = {
        name
        for line in first.values()
        for cut in line["new"]["cuts"].values()
        for name in (*cut["classes"], *cut["left_out"])
    }
    cuts = [
        [line["new"]["cuts"][str(cut)] for line in first.values()]
        for cut in CUTS
    ]
    left = ", ".join(
        f"{sum(len(one['left_out']) for one in found)} at {cut}"
        for cut, found in zip(CUTS, cuts, strict=True)
    )
    print(
        f"{len(ids)} new classes. Left out, for no group holds all known "
        f"classes that are nearest: {left} groups.{made_of(cuts)}\n"
    )
    heads = [f"{cut} groups right %" for cut in CUTS]
    known = [f"{cut}, known classes" for cut in CUTS]
    print_row(["variant", "read", "runs", *heads, *known])
    print("|---" * (3 + 2 * len(CUTS)) + "|")
    uniform = [
        f"{100 * np.mean([one['uniform'] for one in found]):.1f}"
        for found in cuts
    ]
    print_row(["any group, at random", "", "", *uniform, *[""] * len(CUTS)])
    for name in (LARGEST, CONSTANT):
        cells = [
            cell([counts(one, cut, name) for one in first.values()])
            for cut in CUTS
        ]
        print_row([f"always the {name}", "", "", *cells, *[""] * len(CUTS)])
    for variant, runs in variants.items():
        for reading, label in LABELS.items():
            cells = [
                cell([counts(one, cut, reading) for one in runs.values()])
                for cut in CUTS
            ]
            if any(cells):
                held = [known_share(runs, cut, reading) for cut in CUTS]
                beside = ["" if s is None else f"{s:.1f}" for s in held]
                print_row([variant, label, str(len(runs)), *cells, *beside])


def made_of(cuts: Sequence[Sequence[Line]]) -> str:
    """Returns how many groups the cuts have, where that is not their name."""
    found = []
    for cut, several in zip(CUTS, cuts, strict=True):
        made = sorted({one["groups"] for one in several})
        if made != [cut]:
            found.append(f"{' or '.join(map(str, made))} for {cut}")
    return f" The tree makes {', '.join(found)} of them." if found else ""


def known_share(runs: Runs, cut: int, reading: str) -> float | None:
    """Returns what is right of held-out images of known classes, per cent."""
    found = []
    for line in runs.values():
        held = line["new"]["cuts"][str(cut)]["held_out"]
        heads = [name for name in held if name not in (CLASSES, FUSED)]
        name = heads[-1] if reading == HEAD and heads else reading
        if name in held:
            found.append(100 * held[name])
    return float(np.mean(found)) if found else None


def best_known(runs: Runs, cut: int) -> str:
    """Returns the reading that is best on known classes."""
    return max(LABELS, key=lambda name: known_share(runs, cut, name) or 0.0)


def print_differences(variants: dict[str, Runs]) -> None:
    """Prints readings against each other, and variants."""
    print_row(["", "runs", *(f"{cut} groups" for cut in CUTS)])
    print("|---" * (2 + len(CUTS)) + "|")
    base = variants.get("baseline", {})
    for variant, runs in variants.items():
        for reading in (HEAD, FUSED):
            print_difference(
                f"{variant}: {LABELS[reading]} - {LABELS[CLASSES]}",
                (runs, always(reading)),
                (runs, always(CLASSES)),
            )
        if runs is not base:
            for reading, label in LABELS.items():
                print_difference(
                    f"{variant}, {label} - baseline",
                    (runs, always(reading)),
                    (base, always(CLASSES)),
                )
    for one, other in combinations([v for v in variants if v != "baseline"], 2):
        print_difference(
            f"{one} - {other}, each at its best on known classes",
            (variants[one], best_known),
            (variants[other], best_known),
        )


def always(reading: str) -> Choice:
    """Returns the choice of one reading at every cut."""
    return lambda _runs, _cut: reading


def print_difference(
    label: str, new: tuple[Runs, Choice], old: tuple[Runs, Choice]
) -> None:
    """Prints a row over the runs that both have, if they have any."""
    common = sorted(new[0].keys() & old[0].keys())

    def read(of: tuple[Runs, Choice], cut: int) -> list[dict]:
        runs = {run: of[0][run] for run in common}
        reading = of[1](runs, cut)
        return [counts(line, cut, reading) for line in runs.values()]

    cells = [cell(read(new, cut), read(old, cut)) for cut in CUTS]
    if any(cells):
        print_row([label, str(len(common)), *cells])


def print_row(cells: Sequence[str]) -> None:
    """Prints a row of a Markdown table."""
    print("| " + " | ".join(cells) + " |")


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", type=Path, nargs="+", metavar="JSONL")
    args = parser.parse_args()
    if not print_new_classes(args.files):
        parser.error("No line has new classes: train with --new-classes.")


if __name__ == "__main__":
    main()
