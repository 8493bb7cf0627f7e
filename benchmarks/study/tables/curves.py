r"""Draws how the networks of the study learn, from the study's JSON lines.

    python -m benchmarks.study.tables.curves runs.jsonl \
        --out convergence.png --variants baseline heads3-strong classes5-strong

A panel per setting; a line is the mean over seeds of the held-out top-1 error
of the class output, its band from the worst seed to the best. The dotted line
is where the baseline ends, the squares are where others get there.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from benchmarks.study.tables.panel import HEIGHT, WIDTH, Panel
from benchmarks.study.tables.variants import settings_of
from keras_hier.report.canvas import Canvas
from keras_hier.report.colours import THEMES, Palette, Rgb
from keras_hier.report.fonts import Face

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
    """Held-out errors of a variant, float [seeds, epochs], in percent."""

    variant: str
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
        curves = [
            Curve(
                variant,
                100 - 100 * np.array([line["curve"] for line in runs]),
                colour,
            )
            for variant, colour in colours.items()
            if (runs := [r for r in lines if r["variant"] == variant])
        ]
        if len(curves) == len(colours):
            found[setting] = curves
    if not found:
        raise SystemExit(
            f"No setting in {', '.join(map(str, args.lines))} has runs of all "
            f"of {', '.join(args.variants)}."
        )
    return found


def draw(
    canvas: Canvas, top: float, title: str, curves: Sequence[Curve],
    palette: Palette,
) -> None:  # fmt: skip
    """Draws one panel."""
    epochs = max(curve.errors.shape[1] for curve in curves)
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
        for epoch in range(1, len(mean)):
            worst, best = (
                min(high, end[epoch])
                for end in (curve.errors.max(0), curve.errors.min(0))
            )
            half = (x(2) - x(1)) / 2
            canvas.fill(
                (x(epoch + 1) - half, y(worst), x(epoch + 1) + half, y(best)),
                curve.colour, 0.15,
            )  # fmt: skip
        points = [(x(e), y(value)) for e, value in enumerate(mean, 1)]
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
