"""The tables of docs/results.md on what labels of groups buy, on `val`.

    python -m benchmarks.study.tables.labels \
        benchmarks/study/results/coarse_search.jsonl

The first is that of the first page. The second is of 25 exact labels a class,
without seed 0, on whose networks everything was chosen. The third says what
coarse labels are worth in exact ones.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from benchmarks.study.tables import exchange_rate
from benchmarks.study.tables.bootstrap import (
    Row,
    change_cell,
    error_cell,
    matches,
    rows_of,
)
from benchmarks.study.tables.lines import read_lines

Line = dict[str, Any]
Wanted = tuple[str, ...]
SPLIT = "val"
RECIPE = ("view=crops", "l2=0.0005", "coarse_count=None")
ONCE = (*RECIPE, "epochs=120", "teacher=None")
HEADS = (*ONCE, "variant=classes5-distil")
PLAIN = (*ONCE, "variant=baseline")
# Exact labels alone want CutMix, beside coarse ones they do not.
ALONE = ("coarse=None", "cutmix=0.5")
QUARTER = ("cutmix=0.0", "exact_share=0.25")
HALF = ("cutmix=0.0", "exact_share=0.5")
FIRST_PAGE = (
    *("known exactly", "the rest by", "top-1 error", "top-5 error"),
    *("heads asked too", "worth, by top-1 error", "seeds"),
)
OF_25_EXACT = (
    *("", "steps", "seeds", "top-1 error %", "top-5 error %"),
    *("top-1 against exact only", "top-5"),
    *("16 groups right %", "told the group %"),
)
WORTH = (
    *("known exactly", "the rest by", "seeds", "worth, by top-1 error"),
    *("coarse ones for one exact", "worth, by top-5 error"),
    *("coarse ones for one exact", "heads asked, worth"),
)


class Entry(NamedTuple):
    """A row of the table of 25 exact labels, and what it is held against."""

    title: str
    wanted: Wanted
    against: Wanted | None
    steps: int = 12_000


_FEW = "exact=25"
_EXACT = (*HEADS, _FEW, *ALONE)
_BARE = (*PLAIN, _FEW, *ALONE)
_SECOND = (
    *RECIPE,
    *("variant=classes5-distil", "epochs=120", "even=True"),
    *(_FEW, "cutmix=0.5", "exact_share=0.25"),
)
ENTRIES = (
    Entry("exact only, without heads", _BARE, None),
    Entry(
        "the rest at 16 groups, without heads",
        (*PLAIN, _FEW, "coarse=16", *QUARTER),
        _BARE,
    ),
    Entry("exact only", _EXACT, None),
    Entry(
        "no coarse labels: what a first network said of the rest",
        (*_SECOND, "coarse=1"),
        _EXACT,
        24_000,
    ),
    Entry(
        "**the rest at 16 groups**",
        (*HEADS, _FEW, "coarse=16", *QUARTER),
        _EXACT,
    ),
    Entry(
        "**the rest at 33 groups**",
        (*HEADS, _FEW, "coarse=33", *QUARTER),
        _EXACT,
    ),
    Entry(
        "33 groups, what a first network said within them",
        (*_SECOND, "coarse=33"),
        _EXACT,
        24_000,
    ),
    Entry(
        "33 groups, trained twice as long",
        (
            *RECIPE,
            *("variant=classes5-distil", "epochs=240", "teacher=None"),
            *(_FEW, "coarse=33", *QUARTER),
        ),
        _EXACT,
        24_000,
    ),
    Entry(
        "*16 random groups of the same sizes*",
        (*HEADS, _FEW, "coarse=random16", *QUARTER),
        _EXACT,
    ),
    Entry(
        "*all 450 exact*",
        (*HEADS, "exact=450", "coarse=None", "cutmix=0.0"),
        _EXACT,
    ),
)


def first_page(lines: Sequence[Line]) -> list[str]:
    """Returns the rows of the first page: what coarse labels buy, and worth."""
    rows = rows_of(lines, SPLIT)
    found = []
    for exact, groups, share in (
        (10, 16, QUARTER),
        (25, 16, QUARTER),
        (25, 33, QUARTER),
        (100, 16, HALF),
        (100, 33, HALF),
    ):
        few = (*HEADS, f"exact={exact}", *ALONE)
        both = (*HEADS, f"exact={exact}", f"coarse={groups}", *share)
        changes, values = [], []
        for reading in ("class", "fused"):
            row, alone = sides(rows, both, few, reading)
            changes += [change_cell(row, alone, SPLIT, k) for k in (1, 5)]
            of = worth_of(rows, row, 1)
            values.append(exchange_rate.worth_cell(of, 450, 10))
        asked = [short(cell) for cell in changes[2:]]
        cells = [
            f"{exact} a class",
            f"{groups} groups",
            *changes[:2],
            f"{asked[0].removesuffix(' %')} and {asked[1]}",
            f"{values[0]}, asked {short(values[1])}",
            str(len(row.runs)),
        ]
        found.append(f"| {' | '.join(cells)} |")
    return found


def worth(lines: Sequence[Line]) -> list[str]:
    """Returns the rows of what coarse labels are worth in exact ones."""
    rows = rows_of(lines, SPLIT)
    found = []
    for exact, groups, wanted in (
        (10, "16 groups", ("coarse=16", *QUARTER)),
        (25, "13 groups, those at depth 2", ("coarse=depth2", *QUARTER)),
        (25, "16 groups", ("coarse=16", *QUARTER)),
        (25, "16 random groups", ("coarse=random16", *QUARTER)),
        (25, "33 groups", ("coarse=33", *QUARTER)),
        (100, "16 groups", ("coarse=16", *HALF)),
        (100, "33 groups", ("coarse=33", *HALF)),
    ):
        row, asked = (
            r
            for r in rows
            if matches(r, (*HEADS, f"exact={exact}", *wanted))
            and r.reading in ("class", "fused")
        )
        cells = [f"{exact} a class", groups, str(len(row.runs))]
        for k in (1, 5):
            of = worth_of(rows, row, k)
            cells.append(exchange_rate.worth_cell(of, 450, 10))
            cells.append(exchange_rate.price_cell(of, 450))
        told = [
            short(exchange_rate.worth_cell(worth_of(rows, asked, k), 450, 10))
            for k in (1, 5)
        ]
        found.append(f"| {' | '.join([*cells, ' and '.join(told)])} |")
    return found


def worth_of(rows: Sequence[Row], row: Row, k: int) -> exchange_rate.Mixed:
    """Returns what the coarse labels of a row are worth by top-k error."""
    read = f"read={row.reading}"
    alone = [r for r in rows if matches(r, (*HEADS, "coarse=None", read))]
    curve = exchange_rate.best_of_each(alone, SPLIT)
    (of,) = exchange_rate.exchange(curve, [row], SPLIT, k)
    return of


def short(cell: str) -> str:
    """Returns a cell without its interval."""
    return cell.partition(" (")[0]


def of_25_exact(lines: Sequence[Line]) -> list[str]:
    """Returns the rows of what was trained beside 25 exact labels a class.

    Changes are over the seeds that both sides have, outputs and heads asked
    each against the same of the other side. Empty where there is no run yet.
    """
    rows = rows_of([line for line in lines if line["seed"] != 0], SPLIT)
    found = []
    for entry in ENTRIES:
        for reading, title in (
            ("class", entry.title),
            ("fused", "its heads asked too"),
        ):
            read = f"read={reading}"
            for row in (r for r in rows if matches(r, (*entry.wanted, read))):
                figures = [run[SPLIT][reading] for run in row.runs.values()]
                cells = [title, f"{entry.steps:,}", str(len(row.runs))]
                cells += [error_cell(row, SPLIT, k) for k in (1, 5)]
                against = [
                    r
                    for r in rows
                    if entry.against and matches(r, (*entry.against, read))
                ]
                cells += [
                    change_cell(row, against[0], SPLIT, k) if against else ""
                    for k in (1, 5)
                ]
                cells += [
                    f"{100 * np.mean([f[name] for f in figures]):.1f}"
                    for name in ("groups16", "within16")
                ]
                found.append(f"| {' | '.join(cells)} |")
    return found


def sides(
    rows: Sequence[Row], new: Wanted, old: Wanted, reading: str
) -> tuple[Row, Row]:
    """Returns the two rows that are named, of the seeds that both have."""
    (one,), (other,) = (
        [r for r in rows if matches(r, (*wanted, f"read={reading}"))]
        for wanted in (new, old)
    )
    seeds = sorted(one.runs.keys() & other.runs.keys())
    first, second = (
        row._replace(runs={seed: row.runs[seed] for seed in seeds})
        for row in (one, other)
    )
    return first, second


def main() -> None:
    """Prints the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("files", type=Path, nargs="+", metavar="JSONL")
    lines = read_lines(parser.parse_args().files)
    for titles, rows in (
        (FIRST_PAGE, first_page(lines)),
        (OF_25_EXACT, of_25_exact(lines)),
        (WORTH, worth(lines)),
    ):
        print("| " + " | ".join(titles) + " |\n" + "|---" * len(titles) + "|")
        print("\n".join(rows) + "\n")


if __name__ == "__main__":
    main()
