"""Prints in how many draws the bands held, of lines that `draws` wrote.

python -m study.budget.table study/results/label_budget.jsonl
"""

import argparse
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from study.tables.lines import read_lines

Line = dict[str, Any]
# Widths of bands were chosen on the first two, and checked on the others.
CHOSEN = {"glosses22": "glosses, 22 classes", "lite0-128": "Lite0, 128 px"}
CHECKED = {"glosses102": "glosses, 102 classes", "lite0-64": "Lite0, 64 px"}


def main() -> None:
    """Reads the command line, prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("lines", type=Path, nargs="+")
    print(table(read_lines(parser.parse_args().lines)))


def table(lines: list[Line]) -> str:
    """Returns a row for each data set and size of pilot."""
    titles = ["features", "pilot", "error, true", "band", "of the error"]
    titles += ["after classes", "after groups", "of the gain: classes"]
    titles += ["groups", "half as many classes take off"]
    rows = [titles, ["---"] * len(titles)]
    for data, name in (CHOSEN | CHECKED).items():
        for pilot in sorted({line["pilot"] for line in of(lines, data=data)}):
            rows.append([name, str(pilot), *_cells(of(lines, data, pilot))])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def of(
    lines: Iterable[Line], data: str, pilot: int | None = None
) -> list[Line]:
    """Returns the lines of a data set and, if given, a size of pilot."""
    return [
        line
        for line in lines
        if line["data"] == data and pilot in (None, line["pilot"])
    ]


def held(lines: Iterable[Line], what: str) -> float:
    """Returns in which share of lines the band holds the truth.

    Args:
        lines: of draws.
        what: "now", "error" or "gain".
    """
    return float(
        np.mean(
            [
                line[what][0] <= line[f"{what}_true"] <= line[what][2]
                for line in lines
            ]
        )
    )


def _cells(lines: list[Line]) -> list[str]:
    classes = [line for line in lines if line["depth"] == "classes"]
    groups = [line for line in lines if line["depth"] != "classes"]
    first = [line for line in classes if line["more"] == line["pilot"] // 2]
    low, middle, high = np.mean([line["now"] for line in first], axis=0)
    gain = np.mean([line["gain"] for line in first], axis=0)
    true = np.mean([line["gain_true"] for line in first])
    return [
        f"{100 * np.mean([line['now_true'] for line in first]):.1f}",
        f"{100 * middle:.1f} ({100 * low:.1f} to {100 * high:.1f})",
        *(
            f"{100 * held(part, what):.0f}"
            for part, what in (
                (first, "now"),
                (classes, "error"),
                (groups, "error"),
                (classes, "gain"),
                (groups, "gain"),
            )
        ),
        "{:.1f} ({:.1f} to {:.1f}), true {:.1f}".format(
            *(100 * each for each in (gain[1], gain[0], gain[2], true))
        ),
    ]


if __name__ == "__main__":
    main()
