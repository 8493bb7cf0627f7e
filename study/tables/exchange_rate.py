"""One exact label is worth how many coarse ones?

    python -m study.tables.exchange_rate runs.jsonl \
        --only view=crops teacher=None --picture exchange.png

Networks of exact labels alone give a curve: the error by images a class, on a
log axis, straight between those that were trained and never rising. Of several
with as many exact labels the best counts, and in the picture of several with as
many of both. A network that has coarse labels too
is as good as one at some place of that curve; what lies between its own exact
labels and that place is what the coarse ones are worth. Intervals hold 95 %,
over images and seeds, the same ones for all networks (`bootstrap`);
nothing is guessed beyond the curve's ends.
"""

import argparse
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from PIL import Image
from scipy.optimize import isotonic_regression

from keras_hier.report.canvases.canvas import Canvas
from keras_hier.report.canvases.fonts import Face
from keras_hier.report.colours import THEMES, Palette
from study.tables.bootstrap import (
    Row,
    drawn_errors,
    draws,
    error_cell,
    matches,
    rows_of,
    same_images,
    wrong,
)
from study.tables.curves import COLOURS, RATIO
from study.tables.lines import asked_about, read_lines
from study.tables.panel import HEIGHT, WIDTH, Panel

# So many seeds that all rows have are enough, whatever more a row has.
_ENOUGH = 3


class Mixed(NamedTuple):
    """A network of exact and coarse labels, and what these are worth.

    `worth` is in exact labels a class, `price` the coarse ones for one exact
    label; each is the value and the bounds of its interval. Infinite where a
    network is beyond the end of the curve, or the coarse labels buy nothing.
    """

    row: Row
    exact: int
    coarse: int
    worth: tuple[float, float, float]
    price: tuple[float, float, float]


def best_of_each(rows: Sequence[Row], split: str) -> list[Row]:
    """Returns for each number of exact labels the row with the least error.

    They are chosen on the images that they are read on, which flatters exact
    labels, if anything.

    Raises:
        SystemExit: rows that were asked about different images.
    """
    refuse_other_images(rows, split)

    def error(row: Row) -> float:
        runs = row.runs.values()
        return np.mean([wrong(run, split, row.reading, 1) for run in runs])

    best: dict[int, Row] = {}
    for row in sorted(rows, key=error):
        best.setdefault(row.settings["exact"], row)
    return [best[exact] for exact in sorted(best)]


def coarse_images(row: Row) -> int:
    """Returns how many images a class are known by their group alone."""
    line = next(iter(row.runs.values()))
    return round(line["train_images"] / line["classes"]) - line["exact"]


def place_of(row: Row) -> tuple[int, int, str]:
    """Returns what labels a row has: exact and coarse ones a class, groups."""
    return row.settings["exact"], coarse_images(row), row.settings["coarse"]


def told_apart(rows: Sequence[Row]) -> list[str]:
    """Returns what each row is called beside others of the same labels."""
    found = []
    for row in rows:
        others = [other for other in rows if place_of(other) == place_of(row)]
        names = [
            f", {name.replace('_', ' ')} {value}"
            for name, value in row.settings.items()
            if any(other.settings[name] != value for other in others)
        ]
        found.append("".join(names))
    return found


def place_on(
    curve: np.ndarray, counts: np.ndarray, errors: np.ndarray
) -> np.ndarray:
    """Returns where a curve has these errors, float [B].

    Args:
        curve: [J, B], the error of each draw by images a class.
        counts: [J], the images, ascending.
        errors: [B], those that are looked for.

    Returns:
        Images a class; infinite, of either sign, beyond the ends of the curve.
    """
    found = np.empty(len(errors))
    for b, error in enumerate(errors):
        # More labels never hurt: what rises is drawn by chance.
        fit = isotonic_regression(curve[:, b], increasing=False).x
        at = np.interp(
            error, fit[::-1], np.log(counts[::-1]), left=np.inf, right=-np.inf
        )
        found[b] = np.exp(at) if at > -np.inf else -np.inf
    return found


def refuse_other_images(rows: Sequence[Row], split: str) -> None:
    """Refuses rows that were asked about different images."""
    if not all(same_images(row, rows[0], split) for row in rows):
        raise SystemExit(
            "These runs were asked about different images: choose those of "
            f"one folder by --only data={rows[0].settings['data']}, and where "
            "folders have one name by images_digest, val_digest or hold_out."
        )


def common_seeds(rows: Sequence[Row]) -> list[int]:
    """Returns the seeds that all rows have; none where that leaves out much.

    Two that all rows have tell less than three of each, which need not be the
    same: what a seed does to one network it need not do to another.
    """
    fewest = min(len(row.runs) for row in rows)
    found = set.intersection(*(set(row.runs) for row in rows))
    return sorted(found) if len(found) >= min(fewest, _ENOUGH) else []


def errors_of(rows: Sequence[Row], split: str, k: int) -> np.ndarray:
    """Returns top-k errors, float [R, 1 + B]: of all images, then of draws.

    Args:
        rows: over the seeds of `common_seeds`; where there are none, each over
            its own.
        split: the images that they are asked about.
        k: how many answers count.

    Raises:
        SystemExit: rows that were asked about different images.
    """
    refuse_other_images(rows, split)
    common = common_seeds(rows)
    errors = [
        np.stack(
            [
                wrong(row.runs[s], split, row.reading, k)
                for s in common or sorted(row.runs)
            ]
        )
        for row in rows
    ]
    # The same images, however many seeds are drawn.
    return np.stack(
        [
            [each.mean(), *drawn_errors(each, *draws(*each.shape))]
            for each in errors
        ]
    )


def exchange(
    alone: Sequence[Row], mixed: Sequence[Row], split: str, k: int
) -> list[Mixed]:
    """Returns what the coarse labels of each row are worth, by top-k error.

    Args:
        alone: rows of exact labels alone, by their number a class.
        mixed: rows of exact and coarse ones.
        split: the images that they are asked about.
        k: how many answers count.
    """
    values = errors_of([*alone, *mixed], split, k)
    counts = np.array([row.settings["exact"] for row in alone])
    found = []
    for row, error in zip(mixed, values[len(alone) :], strict=True):
        exact, coarse = row.settings["exact"], coarse_images(row)
        gained = place_on(values[: len(alone)], counts, error) - exact
        price = np.full(len(gained), np.inf)
        np.divide(coarse, gained, out=price, where=gained > 0)
        found.append(Mixed(row, exact, coarse, bounded(gained), bounded(price)))
    return found


def bounded(values: np.ndarray) -> tuple[float, float, float]:
    """Returns the first value, and what 95 % of the others lie between."""
    # Infinite ones have no quantile between two of them.
    drawn = np.sort(values[1:])
    out = int(0.025 * len(drawn))
    return float(values[0]), float(drawn[out]), float(drawn[-1 - out])


def worth_cell(of: Mixed, most: int, fewest: int) -> str:
    """Returns what coarse labels are worth, in exact ones a class."""

    def say(value: float) -> str:
        if value == np.inf:
            return f"more than {most - of.exact}"
        if value == -np.inf:
            return f"less than {fewest - of.exact}"
        return f"{round(value)}"  # never "-0"

    value, low, high = map(say, of.worth)
    return f"{value} ({low} to {high})"


def price_cell(of: Mixed, most: int) -> str:
    """Returns how many coarse labels are as good as one exact label."""

    def say(value: float) -> str:
        if value == np.inf:
            return "any number"
        if value == 0:
            return f"fewer than {of.coarse / (most - of.exact):.1f}"
        if value > of.coarse:  # all of them are not worth one
            return f"more than {of.coarse}"
        return f"{value:.1f}"

    value, low, high = map(say, of.price)
    return f"{value} ({low} to {high})"


def print_exchange(
    alone: Sequence[Row], mixed: Sequence[Row], split: str
) -> None:
    """Prints a Markdown table by both errors."""
    counts = [row.settings["exact"] for row in alone]
    by = [exchange(alone, mixed, split, k) for k in (1, 5)]
    runs = [run for row in (*alone, *mixed) for run in row.runs.values()]
    print(asked_about(runs, split) + "\n")
    print(
        "| exact a class | coarse a class | groups | top-1 error % "
        "| equivalent exact labels | coarse for an exact one | top-5 error % "
        "| equivalent exact labels | coarse for an exact one |\n"
        + "|---" * 9
        + "|"
    )
    for row in alone:
        first, fifth = (error_cell(row, split, k) for k in (1, 5))
        print(f"| {row.settings['exact']} | | | {first} | | | {fifth} | | |")
    apart = told_apart(mixed)
    for name, *pair in zip(apart, *by, strict=True):
        row = pair[0].row
        cells = [str(pair[0].exact), str(pair[0].coarse)]
        cells.append(f"{row.settings['coarse']}{name}")
        for k, of in zip((1, 5), pair, strict=True):
            cells.append(error_cell(row, split, k))
            cells.append(worth_cell(of, counts[-1], counts[0]))
            cells.append(price_cell(of, counts[-1]))
        print("| " + " | ".join(cells) + " |")


def draw(
    alone: Sequence[Row], mixed: Sequence[Row], split: str, palette: Palette
) -> Image.Image:
    """Draws top-1 errors by the images a class that any label is known of."""
    rows = [*alone, *mixed]
    values = 100 * errors_of(rows, split, 1)
    best: dict[Any, int] = {}
    for at in np.argsort(values[:, 0], kind="stable"):
        best.setdefault(place_of(rows[at]), int(at))
    kept = sorted(best.values())
    rows, values = [rows[at] for at in kept], values[kept]
    counts = [row.settings["exact"] + coarse_images(row) for row in rows]
    canvas = Canvas(WIDTH, HEIGHT, palette.background, Face(ratio=RATIO), RATIO)
    across = min(counts), max(counts)
    ends = values[:, 0].min(), values[:, 0].max()
    panel = Panel(canvas, 0, across, ends, palette, math.log)
    panel.axes(
        "Top-1 error by images a class with a label",
        "exact labels alone, and a few with coarse ones beside them; 95 %",
        counts[: len(alone)],
    )
    lines: dict[tuple[int | None, str], list[tuple[int, int]]] = {}
    exacts = {row.settings["exact"]: at for at, row in enumerate(alone)}
    for at, row in enumerate(rows):
        key = None, "exact alone"
        if row.settings["coarse"] is not None:
            exact = row.settings["exact"]
            coarse = row.settings["coarse"]  # "16", "depth2" or "random16"
            groups = f"{coarse} groups" if coarse.isdigit() else coarse
            key = exact, f"{exact} exact, {groups}"
            if key not in lines and exact in exacts:
                lines[key] = [(exact, exacts[exact])]
        lines.setdefault(key, []).append((counts[at], at))
    names = []
    colours = (palette.ink, *COLOURS)
    if len(lines) > len(colours):
        raise SystemExit(f"A picture has at most {len(colours)} lines: --only.")
    for line, colour in zip(lines.items(), colours, strict=False):
        (_, name), points = line
        points.sort()
        for count, at in points:
            _, low, high = bounded(values[at])
            x = panel.x(count)
            canvas.fill(
                (x - 1, panel.y(high), x + 1, panel.y(low)), colour, 0.5
            )
        canvas.curve(
            [(panel.x(n), panel.y(values[at, 0])) for n, at in points],
            colour,
            1.5,
        )
        names.append((values[points[-1][1], 0], name, colour))
    panel.names(names)
    return canvas.image


def parse_arguments() -> argparse.Namespace:
    """Reads the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("files", type=Path, nargs="+", metavar="JSONL")
    add("--only", nargs="*", default=[], metavar="NAME=VALUE")
    add("--read", choices=("class", "fused"), default="class")
    add("--split", choices=("val", "held_out"), default="held_out")
    add("--picture", type=Path, metavar="PNG", help="draw it, too")
    add("--theme", choices=sorted(THEMES), default="light")
    return parser.parse_args()


def main() -> None:
    """Prints the table of the runs that were asked for."""
    args = parse_arguments()
    lines = read_lines(args.files)
    rows = [
        row
        for row in rows_of(lines, args.split)
        if matches(row, [*args.only, f"read={args.read}"])
        and row.settings["exact"] is not None
    ]
    alone = best_of_each(
        [row for row in rows if row.settings["coarse"] is None], args.split
    )
    counts = [row.settings["exact"] for row in alone]
    with_coarse = [row for row in rows if row.settings["coarse"] is not None]
    # Nothing is known of more exact labels than the curve has.
    most = max(counts, default=0)
    mixed = [row for row in with_coarse if row.settings["exact"] < most]
    if len(counts) < 2 or not mixed:
        raise SystemExit(
            "Wanted: runs of exact labels alone, of two numbers or more, and "
            f"runs with coarse ones. There are {len(mixed)} with coarse ones, "
            f"and alone {', '.join(map(str, counts)) or 'none'}."
        )
    lengths = {
        tuple(row.settings[name] for name in ("epochs", "steps_per_epoch"))
        for row in (*alone, *mixed)
    }
    if len(lengths) > 1:
        raise SystemExit(
            "These runs took different numbers of steps, and would be compared "
            "by these: choose by --only epochs=120."
        )
    print_exchange(alone, mixed, args.split)
    seeds = common_seeds([*alone, *mixed])
    if any(len(row.runs) > len(seeds) for row in (*alone, *mixed)):
        which = (
            f"the seeds that all have: {', '.join(map(str, seeds))}"
            if seeds
            else "each row's own seeds: too few have all of these runs"
        )
        print(
            "\nErrors are means of all seeds of a row. What labels are worth "
            f"is of {which}."
        )
    if beyond := len(with_coarse) - len(mixed):
        print(
            f"\nLeft out: {beyond} with {most} exact labels a class or more, "
            "where the curve ends."
        )
    if args.picture:
        draw(alone, mixed, args.split, THEMES[args.theme]).save(args.picture)


if __name__ == "__main__":
    main()
