"""The table of the study, from its JSON lines."""

import statistics
from collections import defaultdict
from collections.abc import Iterable, Sequence
from math import isnan
from pathlib import Path
from typing import Any

from study.tables.intervals import change, error_bounds, part
from study.tables.lines import (
    digests_that_differ,
    epochs_validated,
    in_two_precisions,
    read_lines,
)
from study.training.arguments import taught_by

Line = dict[str, Any]
# What is told of a setting only where it is not as usual, or not said.
USUAL = {
    "batch_size": 128,
    "image_size": 64,
    "hold_out": 50,
    "steps_per_epoch": None,
}
# Key of a figure, its head in the table, how it is written.
COLUMNS: tuple[tuple[str, str, float, int], ...] = (
    ("top1_error", "top-1 error %", 100, 1),
    ("top5_error", "top-5 error %", 100, 1),
    ("distance1", "distance@1", 1, 2),
    ("distance5", "distance@5", 1, 2),
    ("severity", "severity", 1, 2),
    ("groups4", "4 groups right %", 100, 1),
    ("groups16", "16 groups %", 100, 1),
    ("groups33", "33 groups %", 100, 1),
    ("calibration_error", "ECE %", 100, 1),
    ("parameters", "million weights", 1e-6, 2),
)
TRUNKS = {
    "batch": "batch normalization",
    "none": "no normalization",
    "googlenet": "GoogLeNet-shaped",
}
# What runs of the same images may differ by, of labels at any depth.
OF_LABELS = (
    *("coarse", "coarse_count", "exact_share", "view", "cutmix"),
    *("threshold", "pseudo_weight", "teacher", "even"),
)
# How predictions are made of one trained network.
READINGS = {
    "class": "",
    "crm": " + CRM",
    "fused": " + fusion",
    "fused_crm": " + fusion + CRM",
    "exits": " + exits",
}


def print_table(
    paths: Sequence[Path], split: str, intervals: bool = False
) -> bool:
    """Prints a Markdown table per trunk and size of training set.

    Each row is a variant and a way to read its predictions: mean and sample
    standard deviation over seeds. Changes are relative to the baseline of the
    *same seed*, then averaged; the spread beside them is that of the paired
    changes, so that what a lucky seed gives to both is not counted.

    Args:
        paths: files of JSON lines.
        split: "val" or "held_out".
        intervals: whether errors and their changes have 95 % beside them, over
            seeds and images.

    Returns:
        Whether there are runs that were asked about the split.
    """
    settings = settings_of(paths, split)
    for setting, lines in settings.items():
        print(f"\n### {setting}\n")
        heads = [head for _, head, _, _ in COLUMNS]
        titles = [
            "variant", "seeds", *heads,
            "top-1 against baseline", "top-5", "epochs to baseline",
        ]  # fmt: skip
        print("| " + " | ".join(titles) + " |")
        print("|---" * len(titles) + "|")
        baselines = {
            run_of(line): line
            for line in lines
            if line["variant"] == "baseline"
        }
        for variant in dict.fromkeys(line["variant"] for line in lines):
            runs = [line for line in lines if line["variant"] == variant]
            for reading, suffix in READINGS.items():
                figures = [
                    (line, _figures(line, split, reading))
                    for line in runs
                    if reading in line[split]
                ]
                if figures:
                    row = _row(figures, baselines, split, reading, intervals)
                    print(f"| {variant}{suffix} | {' | '.join(row)} |")
    return bool(settings)


def _figures(line: Line, split: str, reading: str) -> dict[str, float]:
    """Returns the figures of a reading, with the weights that it needs.

    Of a network with heads only what `exits` leaves has been counted.
    """
    figures: dict[str, float] = line[split][reading]
    if "fused" not in line[split] and "parameters" in line:
        figures = {**figures, "parameters": line["parameters"]}
    return figures


def settings_of(paths: Sequence[Path], split: str) -> dict[str, list[Line]]:
    """Returns the runs that may be compared with each other, baseline first.

    Of two runs of one variant, seed and part of the classes the later line
    counts: they are no two seeds.
    """
    for path in paths:
        lines = read_lines([path])
        if any(line.get("exact") is not None for line in lines):
            new = any("new" in line for line in lines)
            raise SystemExit(
                f"{path} has runs of labels at any depth, of which "
                "study.tables.bootstrap prints a table"
                + (
                    ", and of new classes study.tables.new_classes."
                    if new
                    else "."
                )
            )
    settings: dict[str, dict[tuple[Any, ...], Line]] = defaultdict(dict)
    for setting, line in described(paths):
        if split in line:
            settings[setting][(line["variant"], *run_of(line))] = line
    return {
        setting: sorted(
            runs.values(), key=lambda line: line["variant"] != "baseline"
        )
        for setting, runs in sorted(settings.items())
    }


def described(paths: Sequence[Path]) -> list[tuple[str, Line]]:
    """Returns all lines, each with what it shares with those it is held to."""
    lines = read_lines(paths)
    differ = digests_that_differ(lines)
    for line in lines:
        if line.get("head_tree"):
            line["variant"] += f" of {line['head_tree']}"
        line["variant"] += labels_of(line)
    found = [(describe(line, differ), line) for line in lines]
    several = in_two_precisions(
        (setting, (line["variant"], *run_of(line)), line)
        for setting, line in found
    )
    return [
        (describe(line, [*differ, "precision"]), line)
        if setting in several
        else (setting, line)
        for setting, line in found
    ]


def labels_of(line: Line) -> str:
    """Returns what tells runs with labels at any depth apart, in words."""
    if line.get("exact") is None:
        return ""
    usual = {"coarse": None, "view": "crops", "cutmix": 0.0}
    told = [f"{line['exact']} exact"]
    for name in OF_LABELS:
        value = line.get(name)
        if name == "teacher":
            value = taught_by(value)
        if value != usual.get(name):
            told.append(f"{name.replace('_', ' ')} {value}")
    return f", {', '.join(told)}"


def run_of(line: Line) -> tuple[int, str | None]:
    """Returns what a run is paired by: its seed, and its part of classes."""
    return line["seed"], line.get("new_classes")


def describe(line: Line, differ: Sequence[str] = ()) -> str:
    """Returns what runs share that may be compared with each other.

    Args:
        line: of a run.
        differ: what is told beside, see `digests_that_differ`.
    """
    name: str = line["trunk"]
    trunk = TRUNKS.get(name, name)
    if line.get("stem_stride"):
        trunk += f", stem of stride {line['stem_stride']}"
    regular = [
        f"{name.replace('_', ' ')} {line[name]:g}"
        for name in ("weight_decay", "l2", "dropout", "label_smoothing")
        if line.get(name)
    ]
    unusual = [name for name, of in USUAL.items() if line.get(name, of) != of]
    regular += [
        f"{name.replace('_', ' ')} {line.get(name)}"
        for name in (*unusual, *differ)
    ]
    return (
        f"{line['data']}, {trunk}, "
        f"{line['per_class'] or 'all'} images per class, "
        f"{line['epochs']} epochs (width {line['width']:g}, "
        f"{line['crop']} px, {line['optimizer']} "
        f"{line['learning_rate']:g}, {', '.join(regular)})"
    )


def _row(
    figures: Sequence[tuple[Line, dict[str, float]]],
    baselines: dict[tuple[int, str | None], Line],
    split: str,
    reading: str,
    intervals: bool,
) -> list[str]:
    cells = [str(len(figures))]
    runs = [line for line, _ in figures]
    for key, _, factor, digits in COLUMNS:
        # Of a severity without mistakes there is none, or NaN of old.
        told = [f[key] for _, f in figures if f.get(key) is not None]
        values = [value * factor for value in told if not isnan(value)]
        cells.append(_spread(values, digits))
        name = f"scaled_{key}"
        scaled = [f[name] * factor for _, f in figures if name in f]
        if len(scaled) == len(figures):
            cells[-1] += f" (scaled {_spread(scaled, digits)})"
        if intervals and key in ("top1_error", "top5_error"):
            found = error_bounds(runs, int(key[3]), reading, split)
            cells[-1] += _between(found)
    for key in ("top1_error", "top5_error"):
        # Of an error of nothing no share can be told.
        known = {
            run: line
            for run, line in baselines.items()
            if line[split]["class"][key]
        }
        paired = [line for line in runs if run_of(line) in known]
        old = [known[run_of(line)] for line in paired]
        changes = [
            100 * (f[key] / known[run_of(line)][split]["class"][key] - 1)
            for line, f in figures
            if run_of(line) in known
        ]
        cells.append(_spread(changes, 1, sign=True, unit=" %"))
        same = reading == "class" and paired == old
        if intervals and len(paired) > 1 and not same:
            one = part(paired, old, int(key[3]), reading, split)
            cells[-1] += _between(change([one]).both if one else None, "+")
    cells.append("" if reading != "class" else _reached(figures, baselines))
    return cells


def _between(bounds: tuple[float, float] | None, plus: str = "") -> str:
    if bounds is None:
        return ""
    return f" ({bounds[0]:{plus}.1f} to {bounds[1]:{plus}.1f})"


def _reached(
    figures: Iterable[tuple[Line, dict[str, float]]],
    baselines: dict[tuple[int, str | None], Line],
) -> str:
    """Returns the epochs until the baseline's last held-out accuracy.

    Nothing where a line of old does not say which epochs were validated.
    """
    needed, never = [], 0
    for line, _ in figures:
        if run_of(line) not in baselines:
            return ""
        goal = baselines[run_of(line)]["curve"][-1]
        epochs = epochs_validated(line)
        if not epochs:
            return ""
        reached = [
            epoch
            for epoch, right in zip(epochs, line["curve"], strict=True)
            if right >= goal
        ]
        needed += reached[:1]
        never += not reached
    if never:
        return f"never, for {never} of {never + len(needed)}"
    return _spread(needed, 1)


def _spread(
    values: Sequence[float], digits: int, sign: bool = False, unit: str = ""
) -> str:
    if not values:
        return ""
    plus = "+" if sign else ""
    text = f"{statistics.fmean(values):{plus}.{digits}f}"
    if len(values) > 1:
        text += f" ± {statistics.stdev(values):.{digits}f}"
    return text + unit
