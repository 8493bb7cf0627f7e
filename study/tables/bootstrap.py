"""Tables of runs with labels at any depth, with bootstrapped intervals.

    python -m study.tables.bootstrap runs.jsonl --only exact=25 \
        --against coarse=1 threshold=0.7

`--toward` names a third row, and asks how far the others go to it from that
of `--against`: 0 % is no change, 100 % an error as low.

Images and seeds are drawn anew together, with replacement, the same ones for
both rows of a difference: what a lucky seed or an easy image gives to both is
not counted. Intervals hold 95 %.
"""

import argparse
import base64
import json
from collections import defaultdict
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from keras_hier.data.folders import (
    class_folders,
    find_images,
    split_folder,
)
from study.tables.lines import (
    asked_about,
    digests_that_differ,
    images_asked,
    in_two_precisions,
    read_lines,
)
from study.training.arguments import KEY, taught_by
from study.training.labels import cut_into, read_trees

Line = dict[str, Any]
# What a row is told apart by, beside the seed.
SETTINGS = [name for name in KEY if name not in ("seed", "final")]
DRAWS = 2000


class Row(NamedTuple):
    """The runs of one setting by seed, how they are read, on which images."""

    settings: dict[str, Any]
    reading: str
    runs: dict[int, Line]
    among: slice | np.ndarray = slice(None)


def rows_of(lines: Sequence[Line], split: str) -> list[Row]:
    """Returns rows in the order of their first line; later lines count.

    `precision` is a setting of those that have a seed in several.
    """
    rows: dict[str, Row] = {}
    names = [*SETTINGS, *digests_that_differ(lines)]
    asked = [line for line in lines if split in line.get("hits", {})]
    shared = []
    for line in asked:
        settings = {n: line.get(n, KEY.get(n)) for n in names}
        settings["teacher"] = taught_by(settings["teacher"])
        shared.append(settings)
    alike = [json.dumps(settings) for settings in shared]
    seeds = [line["seed"] for line in asked]
    several = in_two_precisions(zip(alike, seeds, asked, strict=True))
    for line, settings, row_of in zip(asked, shared, alike, strict=True):
        precision = line.get("precision") if row_of in several else None
        settings["precision"] = precision
        for reading in line["hits"][split]:
            if reading == "images":
                continue
            row = rows.setdefault(
                json.dumps([settings, reading]), Row(settings, reading, {})
            )
            row.runs[line["seed"]] = line
    return list(rows.values())


def wrong(line: Line, split: str, reading: str, k: int) -> np.ndarray:
    """Returns bool [N], which images of a run are wrong among k answers."""
    text = line["hits"][split][reading][f"top{k}"]
    bits = np.frombuffer(base64.b64decode(text), np.uint8)
    return np.unpackbits(bits)[: images_asked(line, split)] == 0


def drawn_errors(
    errors: np.ndarray, seeds: np.ndarray, images: np.ndarray
) -> np.ndarray:
    """Returns the error of each draw, float [B].

    Args:
        errors: bool [S, N], by seed and image.
        seeds: int [B, S], the seeds of each draw.
        images: [B, N], how often each image is drawn.
    """
    by_seed = images @ errors.T.astype(np.float32) / errors.shape[1]
    return np.take_along_axis(by_seed, seeds, axis=1).mean(axis=1)


@cache
def draws(seeds: int, images: int) -> tuple[np.ndarray, np.ndarray]:
    """Returns what `drawn_errors` needs, the same for the same sizes."""
    rng = np.random.default_rng(20171023)
    counts = rng.multinomial(images, np.full(images, 1 / images), DRAWS)
    return rng.integers(seeds, size=(DRAWS, seeds)), counts.astype(np.float32)


def interval(values: np.ndarray) -> tuple[float, float]:
    """Returns the bounds between which 95 % of the draws lie."""
    low, high = np.quantile(values, (0.025, 0.975))
    return float(low), float(high)


def error_cell(row: Row, split: str, k: int) -> str:
    """Returns the mean error in per cent and its interval."""
    errors = errors_of(row, split, k)
    low, high = interval(100 * drawn_errors(errors, *draws(*errors.shape)))
    return f"{100 * errors.mean():.1f} ({low:.1f} to {high:.1f})"


def errors_of(
    row: Row, split: str, k: int, seeds: Sequence[int] | None = None
) -> np.ndarray:
    """Returns bool [S, N], which images are wrong by each of some seeds."""
    runs = [row.runs[seed] for seed in (row.runs if seeds is None else seeds)]
    found = [wrong(run, split, row.reading, k) for run in runs]
    return np.stack(found)[:, row.among]


def same_images(one: Row, other: Row, split: str) -> bool:
    """Tells whether two rows were asked about the same images.

    The folders' names tell little, and older lines say no more.
    """
    rows = one, other
    lines = [line for row in rows for line in row.runs.values()]
    held = split == "held_out"
    names = ["data", *(["hold_out"] if held else [])]
    folders = {tuple(line.get(name) for name in names) for line in lines}
    return len(folders) == 1 and all(
        len({row.settings.get(digest) for row in rows}) == 1
        and len({line.get(digest) for line in lines} - {None}) < 2
        for digest in ("images_digest", *([] if held else ["val_digest"]))
    )


def pair_of(
    row: Row, against: Row, split: str, k: int
) -> tuple[np.ndarray, np.ndarray] | None:
    """Returns what both got wrong by their common seeds, each bool [S, N].

    None where other images were asked, which cannot be paired.
    """
    common = sorted(row.runs.keys() & against.runs.keys())
    if row is against or not common or not same_images(row, against, split):
        return None
    return errors_of(row, split, k, common), errors_of(
        against, split, k, common
    )


def change_cell(row: Row, against: Row, split: str, k: int) -> str:
    """Returns the relative change in per cent over the common seeds.

    Nothing where other images were asked, which cannot be paired, and no
    interval where so few are wrong that a draw may have none of them.
    """
    pair = pair_of(row, against, split, k)
    if pair is None:
        return ""
    new, old = pair
    # Of an error of nothing no share can be told.
    if not old.any():
        return ""
    sample = draws(*new.shape)
    drawn, before = (drawn_errors(errors, *sample) for errors in pair)
    cell = f"{100 * (new.mean() / old.mean() - 1):+.1f} %"
    if before.all():
        low, high = interval(100 * (drawn / before - 1))
        cell += f" ({low:+.1f} to {high:+.1f})"
    if len(new) < len(row.runs):
        cell += f", {len(new)} of {len(row.runs)} seeds"
    return cell


def way_cell(row: Row, against: Row, toward: Row, split: str, k: int) -> str:
    """Returns how far a row goes from one to another, in per cent.

    Row and start are of their common seeds, which are drawn together; the end
    is of all of its own. Nothing where they cannot be paired, or where start
    and end are alike; no interval where they are so in a draw.
    """
    pair = pair_of(row, against, split, k)
    if pair is None or row is toward or not same_images(row, toward, split):
        return ""
    now, start, end = (
        np.array([of.mean(), *drawn_errors(of, *draws(*of.shape))])
        for of in (*pair, errors_of(toward, split, k, sorted(toward.runs)))
    )
    apart = start - end
    if not apart[0]:
        return ""
    way = 100 * (start - now) / np.where(apart, apart, np.nan)
    cell = f"{way[0]:.0f} %"
    if apart.all():
        low, high = interval(way[1:])
        cell += f" ({low:.0f} to {high:.0f})"
    return cell


def shared_and_varied(rows: Sequence[Row]) -> tuple[str, list[str]]:
    """Returns what all rows share, in words, and the settings that differ."""
    values: dict[str, set[Any]] = defaultdict(set)
    for row in rows:
        for name, value in row.settings.items():
            values[name].add(value)
    shared = [
        f"{name.replace('_', ' ')} {only}"
        for name, (only, *others) in values.items()
        if not others and only not in (None, 0.0)
    ]
    varied = [name for name, found in values.items() if len(found) > 1]
    return ", ".join(shared), varied


def print_rows(
    rows: Sequence[Row],
    split: str,
    against: Row | None = None,
    toward: Row | None = None,
) -> None:
    """Prints a Markdown table; what all rows share stands above it."""
    shared, varied = shared_and_varied(rows)
    runs = [run for row in rows for run in row.runs.values()]
    print(shared + "\n\n" + asked_about(runs, split) + "\n")
    titles = [
        *(name.replace("_", " ") for name in varied),
        *("read", "seeds", "top-1 error %", "top-5 error %", "16 groups %"),
        "given the true group %",
        *(("top-1 against", "top-5 against") if against else ()),
        *(("way by top-1", "way by top-5") if toward else ()),
        "core minutes",
    ]
    print("| " + " | ".join(titles) + " |")
    print("|---" * len(titles) + "|")
    for row in rows:
        figures = [run[split][row.reading] for run in row.runs.values()]
        groups, told = (
            np.mean([100 * f.get(name, np.nan) for f in figures])
            for name in ("groups16", "within16")
        )
        cost = np.mean([run["cpu_seconds"] / 60 for run in row.runs.values()])
        cells = [str(row.settings[name] or "") for name in varied]
        cells += [row.reading, str(len(row.runs))]
        cells += [error_cell(row, split, k) for k in (1, 5)]
        # Lines have these of all images alone.
        some = isinstance(row.among, np.ndarray)
        cells += [
            "" if some or np.isnan(share) else f"{share:.1f}"
            for share in (groups, told)
        ]
        if against:
            cells += [change_cell(row, against, split, k) for k in (1, 5)]
        if against and toward:
            cells += [way_cell(row, against, toward, split, k) for k in (1, 5)]
        print("| " + " | ".join([*cells, f"{cost:.0f}"]) + " |")


def main() -> None:
    """Prints the table of the runs that were asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("files", type=Path, nargs="+", metavar="JSONL")
    add("--split", choices=("val", "held_out"), default="held_out")
    add("--only", nargs="*", default=[], metavar="NAME=VALUE")
    add("--against", nargs="*", default=[], metavar="NAME=VALUE")
    add("--toward", nargs="*", default=[], metavar="NAME=VALUE",
        help="with --against: how far from that to this")  # fmt: skip
    add("--others", type=int, metavar="G",
        help="errors over classes that share a group of this cut")  # fmt: skip
    add("--data", type=Path, help="of --others, the folder of the classes")
    add("--hierarchy", default="imagenet", help="of --others, as of training")
    args = parser.parse_args()
    if args.others and args.data is None:
        parser.error("--others wants --data.")
    if args.toward and not args.against:
        parser.error("--toward wants --against, where the way begins.")
    lines = read_lines(args.files)
    rows = [r for r in rows_of(lines, args.split) if matches(r, args.only)]
    if args.others:
        rows = [r._replace(among=others(r, args)) for r in rows]
    if not rows:
        parser.error("No line has that, and what was right image by image.")
    if args.others:
        images = errors_of(rows[0], args.split, 1).shape[1]
        print(
            f"Errors over the {images:,} images of classes that share a group "
            f"of {args.others}.\n"
        )
    against, toward = (
        the_row(parser, rows, f"--{name}", wanted) if wanted else None
        for name, wanted in (("against", args.against), ("toward", args.toward))
    )
    print_rows(rows, args.split, against, toward)


def the_row(
    parser: argparse.ArgumentParser,
    rows: Sequence[Row],
    option: str,
    wanted: Sequence[str],
) -> Row:
    """Returns the one row that an option names."""
    found = [row for row in rows if matches(row, wanted)]
    if len(found) != 1:
        parser.error(f"{option} fits {len(found)} rows; it wants one.")
    return found[0]


def others(row: Row, args: argparse.Namespace) -> np.ndarray:
    """Returns bool [N], the images of classes that share a group."""
    try:
        classes = class_folders(split_folder(args.data, "train"))
        if args.split == "val":
            val = split_folder(args.data, "validation")
    except ValueError as error:
        raise SystemExit(f"--data: {error}") from error
    tree = read_trees(args.hierarchy, classes)[0]
    of_class = cut_into(tree, args.others, "--others").of_class
    shared = np.bincount(of_class)[of_class] > 1
    if args.split == "held_out":
        labels = np.repeat(np.arange(len(classes)), row.settings["hold_out"])
    else:
        files = find_images(val, class_folders(val))
        labels = np.searchsorted(classes, [f.partition("/")[0] for f in files])
    asked = next(iter(row.runs.values()))["hits"][args.split]
    if len(labels) != (images := asked.get("images", len(labels))):
        raise SystemExit(
            f"The runs were asked about {images} images, and {args.data} has "
            f"{len(labels)}: give --data the folder of the runs."
        )
    return shared[labels]


def matches(row: Row, wanted: Sequence[str]) -> bool:
    """Tells whether a row has settings such as "exact=25" or "exact=10,25"."""
    settings = {**row.settings, "read": row.reading}
    pairs = (text.partition("=") for text in wanted)
    return all(
        str(settings.get(name)) in values.split(",")
        for name, _, values in pairs
    )


if __name__ == "__main__":
    main()
