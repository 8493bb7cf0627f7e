r"""Draws how the networks of the study learn, from the study's JSON lines.

    python -m study.tables.curves runs.jsonl \
        --out convergence.png --variants baseline heads3-strong classes5-strong

A panel per setting; a line is the mean over seeds of the held-out top-1 error
of the class output, its band from the worst seed to the best. The dotted line
is where the baseline ends, the squares are where others get there.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from keras_hier.report.canvases.canvas import Canvas
from keras_hier.report.canvases.fonts import Face
from keras_hier.report.colours import THEMES, Palette, Rgb
from study.tables.lines import epochs_validated
from study.tables.panel import HEIGHT, WIDTH, Panel
from study.tables.variants import settings_of

RATIO = 2
# The baseline has the colour of ink.
COLOURS = (
    (70, 112, 182),
    (200, 80, 20),
    (20, 140, 130),
    (140, 100, 50),
    (160, 80, 160),
    (120, 130, 30),
)


class Curve(NamedTuple):
    """Held-out errors of a variant, float [seeds, E], in percent.

    They are those of `epochs`, int [E], from 1.
    """

    variant: str
    epochs: np.ndarray
    errors: np.ndarray
    colour: Rgb


def parse_arguments() -> argparse.Namespace:
    """Reads the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("lines", type=Path, nargs="+", metavar="JSONL")
    add("--variants", nargs="+", default=["baseline"], metavar="VARIANT")
    add("--split", choices=("val", "held_out"), default="held_out")
    add("--theme", choices=sorted(THEMES), default="light")
    add("--out", type=Path, required=True)
    args = parser.parse_args()
    if len(args.variants) > len(COLOURS) + 1:
        parser.error(f"Give at most {len(COLOURS) + 1} variants.")
    return args


def read(args: argparse.Namespace, ink: Rgb) -> dict[str, list[Curve]]:
    """Returns the curves of each setting that has all the variants."""
    colours = dict(zip(args.variants, (ink, *COLOURS), strict=False))
    found = {}
    for setting, lines in settings_of(args.lines, args.split).items():
        lines = [r for r in lines if r["variant"] in colours]
        if {run["variant"] for run in lines} != {*colours}:
            continue
        epochs = epochs_of(setting, lines)
        found[setting] = [
            Curve(
                variant,
                epochs,
                100 - 100 * np.array([line["curve"] for line in runs]),
                colour,
            )
            for variant, colour in colours.items()
            if (runs := [r for r in lines if r["variant"] == variant])
        ]
    if not found:
        raise SystemExit(
            f"No setting in {', '.join(map(str, args.lines))} has runs of all "
            f"of {', '.join(args.variants)}."
        )
    return found


def epochs_of(setting: str, lines: Sequence[dict[str, Any]]) -> np.ndarray:
    """Returns the epochs of which all runs have errors, int [E], two or more.

    Raises:
        SystemExit: runs that cannot be drawn in one panel.
    """
    every = {tuple(epochs_validated(line)) for line in lines}
    first = min(every)
    if len(every) > 1 or len(first) < 2:
        points = sorted({len(line["curve"]) for line in lines})
        raise SystemExit(
            f"{setting}: expected runs that were validated after the same "
            "epochs, two or more, and say so (--validate-every); got curves of "
            f"{' and '.join(map(str, points))} for {lines[0]['epochs']} epochs."
        )
    return np.array(first)


def draw(
    canvas: Canvas, top: float, title: str, curves: Sequence[Curve],
    palette: Palette,
) -> None:  # fmt: skip
    """Draws one panel."""
    epochs = int(curves[0].epochs[-1])
    values = np.concatenate([curve.errors.mean(0)[1:] for curve in curves])
    panel = Panel(
        canvas, top, (1, epochs), (values.min(), values.max()), palette
    )
    x, y, high = panel.x, panel.y, panel.high
    head, _, rest = title.partition(" (")
    what = f"held-out top-1 error by epoch: {rest.rstrip(')')}"
    panel.axes(head, what, (1, *range(10, epochs + 1, 10)))
    goal = curves[0].errors.mean(0)[-1]
    canvas.dots(
        (x(1), y(goal) - 0.5, x(epochs), y(goal) + 0.5), palette.strong, 1, 2, 2
    )
    for curve in curves:
        mean = np.minimum(curve.errors.mean(0), high)
        places = np.array([x(epoch) for epoch in curve.epochs])
        # A band goes halfway to the next epoch, the last one as far beyond.
        edges = (places[1:] + places[:-1]) / 2
        edges = np.append(edges, 2 * places[-1] - edges[-1])
        for epoch in range(1, len(mean)):
            worst, best = (
                min(high, end[epoch])
                for end in (curve.errors.max(0), curve.errors.min(0))
            )
            canvas.fill(
                (edges[epoch - 1], y(worst), edges[epoch], y(best)),
                curve.colour, 0.15,
            )  # fmt: skip
        points = [(at, y(v)) for at, v in zip(places, mean, strict=True)]
        canvas.curve(points, curve.colour, 1.5)
        reached = np.flatnonzero(mean <= goal + 1e-9)
        if curve is not curves[0] and reached.size:
            at, height = points[reached[0]]
            canvas.fill((at - 3, height - 3, at + 3, height + 3), curve.colour)
    panel.names([(c.errors.mean(0)[-1], c.variant, c.colour) for c in curves])


def main() -> None:
    """Draws all panels into one picture."""
    args = parse_arguments()
    palette = THEMES[args.theme]
    panels = read(args, palette.ink)
    canvas = Canvas(
        WIDTH,
        HEIGHT * len(panels),
        palette.background,
        Face(ratio=RATIO),
        RATIO,
    )
    for place, (setting, curves) in enumerate(panels.items()):
        draw(canvas, HEIGHT * place, setting, curves, palette)
    canvas.image.save(args.out)
    print(json.dumps({s: len(c[0].errors) for s, c in panels.items()}))


if __name__ == "__main__":
    main()
