"""The tables of study/results.md on what labels of groups buy, on `val`.

    python -m study.tables.labels \
        study/results/coarse_search.jsonl --without-seed 0 \
        --least-seeds 3

The first is that of the first page. Then there is one for each number of exact
labels a class, without the seed on whose networks everything was chosen, if one
is named, and without rows of fewer seeds than that needs; rows that several
networks taught are not in it, nor of a teacher that was taught or took another
number of epochs. The last has
the equivalent number of exact labels.
Runs of other classes have tables of their own. What was not run, or not by the
recipe of the chapter, is left out.
"""

import argparse
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from study.tables import exchange_rate
from study.tables.bootstrap import (
    Row,
    change_cell,
    error_cell,
    matches,
    rows_of,
)
from study.tables.lines import (
    asked_about,
    digests_that_differ,
    read_lines,
)
from study.tables.recipe import (
    ALONE,
    EPOCHS,
    HALF,
    QUARTER,
    RECIPE,
    SPLIT,
    VARIANT,
    Wanted,
    heads_of,
    most_exact,
    pairs_of,
    share_of,
    sides,
    the_row,
)
from study.training.arguments import MANY_EXACT, has_like_teacher

Line = dict[str, Any]
FIRST_PAGE = (
    *("known exactly", "coarse images by", "top-1 error", "top-5 error"),
    *("averaged with its heads", "equivalent exact labels, top-1", "seeds"),
)
BESIDE = (
    *("", "steps", "seeds", "top-1 error %", "top-5 error %"),
    *("top-1 against exact only", "top-5"),
    *("16 groups right %", "given the true group %"),
)
WORTH = (
    *("known exactly", "coarse images by", "seeds"),
    *("equivalent exact labels, top-1", "coarse ones for one exact"),
    *("equivalent exact labels, top-5", "coarse ones for one exact"),
    "equivalent, averaged with its heads",
)


class Entry(NamedTuple):
    """A row beside some exact labels, and what it is held against."""

    title: str
    wanted: Wanted
    against: Wanted | None


def entries(rows: Sequence[Row], exact: int, epochs: int) -> Iterator[Entry]:
    """Yields the rows that there may be beside so many exact labels."""
    share = share_of(exact)
    cuts = [cut for of, cut in pairs_of(rows, epochs) if of == exact]
    trees = [cut for cut in cuts if cut.isdigit()]
    few = (*RECIPE, f"exact={exact}")
    once = (*few, f"epochs={epochs}", "teacher=None")
    bare = (*once, "variant=baseline", *ALONE)
    alone = (*once, VARIANT, *ALONE)
    taught = (*few, VARIANT, "even=True", "cutmix=0.5", "exact_share=0.25")
    second = (*taught, f"epochs={epochs}")
    twice, four_times = (
        (*few, VARIANT, f"epochs={times * epochs}", "teacher=None")
        for times in (2, 4)
    )
    yield Entry("exact only, without heads", bare, None)
    for cut in trees:
        yield Entry(
            f"coarse images at {cut} groups, without heads",
            (*once, "variant=baseline", f"coarse={cut}", *share),
            bare,
        )
    yield Entry("exact only", alone, None)
    yield Entry("exact only, trained twice as long", (*twice, *ALONE), alone)
    yield Entry(
        "no coarse labels: taught by a first network",
        (*second, "coarse=1"),
        alone,
    )
    yield Entry(
        "the same, both networks trained twice as long",
        (*taught, f"epochs={2 * epochs}", "coarse=1"),
        alone,
    )
    for cut in trees:
        yield Entry(
            f"**coarse images at {cut} groups**",
            (*once, VARIANT, f"coarse={cut}", *share),
            alone,
        )
    for cut in trees:
        yield Entry(
            f"{cut} groups, taught within them by a first network",
            (*second, f"coarse={cut}"),
            alone,
        )
        for longer, said in ((twice, "twice"), (four_times, "four times")):
            yield Entry(
                f"{cut} groups, trained {said} as long",
                (*longer, *share, f"coarse={cut}"),
                alone,
            )
    for cut in cuts:
        if cut.startswith("random"):
            yield Entry(
                f"*{cut.removeprefix('random')} random groups of the same "
                "sizes*",
                (*once, VARIANT, f"coarse={cut}", *share),
                alone,
            )
    for cut in cuts:
        if cut.startswith("depth"):
            depth = cut.removeprefix("depth")
            yield Entry(
                f"coarse images at depth {depth} of the tree",
                (*once, VARIANT, f"coarse={cut}", *share),
                alone,
            )
    if (most := most_exact(rows, epochs)) > exact:
        every = (*heads_of(epochs), f"exact={most}", "coarse=None")
        plain = any(matches(row, (*every, "cutmix=0.0")) for row in rows)
        mixed = "cutmix=0.0" if plain else "cutmix=0.5"
        yield Entry(f"*all {most} exact*", (*every, mixed), alone)


def first_page(lines: Sequence[Line], epochs: int = EPOCHS) -> list[str]:
    """Returns the rows of the first page: what coarse labels buy."""
    rows = rows_of(lines, SPLIT)
    found = []
    for exact, groups in pairs_of(rows, epochs):
        few = (*heads_of(epochs), f"exact={exact}", *ALONE)
        both = (
            *(*heads_of(epochs), f"exact={exact}", f"coarse={groups}"),
            *share_of(exact),
        )
        pairs = [sides(rows, both, few, read) for read in ("class", "fused")]
        if not groups.isdigit() or None in pairs:
            continue
        changes, values = [], []
        for row, alone in filter(None, pairs):
            changes += [change_cell(row, alone, SPLIT, k) for k in (1, 5)]
            values.append(worth_cells(rows, row, 1, epochs)[0])
        asked = [short(cell) for cell in changes[2:]]
        cells = [
            f"{exact} a class",
            f"{groups} groups",
            *changes[:2],
            f"{asked[0].removesuffix(' %')} and {asked[1]}",
            values[0] and f"{values[0]}, averaged {short(values[1])}",
            str(len(row.runs)),
        ]
        found.append(f"| {' | '.join(cells)} |")
    return found


def worth(lines: Sequence[Line], epochs: int = EPOCHS) -> list[str]:
    """Returns the rows of equivalent numbers of exact labels."""
    rows = rows_of(lines, SPLIT)
    found = []
    for exact, coarse in pairs_of(rows, epochs):
        wanted = (
            *(*heads_of(epochs), f"exact={exact}", f"coarse={coarse}"),
            *share_of(exact),
        )
        row, asked = (
            the_row(rows, (*wanted, f"read={read}"))
            for read in ("class", "fused")
        )
        if not row or not asked:
            continue
        cells = [f"{exact} a class", called(coarse), str(len(row.runs))]
        for k in (1, 5):
            cells += worth_cells(rows, row, k, epochs)
        told = [short(worth_cells(rows, asked, k, epochs)[0]) for k in (1, 5)]
        if all(told):
            found.append(f"| {' | '.join([*cells, ' and '.join(told)])} |")
    return found


def called(coarse: str) -> str:
    """Returns what coarse labels are called."""
    kind = coarse.rstrip("0123456789")
    number = coarse.removeprefix(kind)
    if kind == "depth":
        return f"groups at depth {number}"
    return f"{number} {kind} groups" if kind else f"{number} groups"


def worth_cells(
    rows: Sequence[Row], row: Row, k: int, epochs: int
) -> tuple[str, str]:
    """Returns the equivalent number of exact labels, and coarse ones for one.

    Nothing where there is no curve of exact labels alone that goes further.
    """
    read = f"read={row.reading}"
    alone = [
        r for r in rows if matches(r, (*heads_of(epochs), "coarse=None", read))
    ]
    counts = sorted({r.settings["exact"] for r in alone})
    if len(counts) < 2 or row.settings["exact"] >= counts[-1]:
        return "", ""
    of = worth_of(rows, row, k, epochs)
    return (
        exchange_rate.worth_cell(of, counts[-1], counts[0]),
        exchange_rate.price_cell(of, counts[-1]),
    )


def worth_of(
    rows: Sequence[Row], row: Row, k: int, epochs: int = EPOCHS
) -> exchange_rate.Mixed:
    """Returns the equivalent number of exact labels of a row by top-k error."""
    read = f"read={row.reading}"
    alone = [
        r for r in rows if matches(r, (*heads_of(epochs), "coarse=None", read))
    ]
    curve = exchange_rate.best_of_each(alone, SPLIT)
    (of,) = exchange_rate.exchange(curve, [row], SPLIT, k)
    return of


def short(cell: str) -> str:
    """Returns a cell without its interval."""
    return cell.partition(" (")[0]


def beside(
    lines: Sequence[Line],
    exact: int,
    epochs: int = EPOCHS,
    without: int | None = None,
    least: int = 1,
) -> list[str]:
    """Returns the rows of what was trained beside so many exact labels a class.

    Changes are over the seeds that both sides have, outputs and averages with
    heads each against the same of the other side. Empty where there is no
    run yet. The seed `without` is left out, for all was chosen on its
    networks, and then rows of fewer than `least` seeds.
    """
    lines = [line for line in lines if line["seed"] != without]
    rows = [r for r in rows_of(lines, SPLIT) if has_like_teacher(r.settings)]
    found = []
    for entry in entries(rows, exact, epochs):
        for reading, title in (
            ("class", entry.title),
            ("fused", "averaged with its heads"),
        ):
            read = f"read={reading}"
            for row in (r for r in rows if matches(r, (*entry.wanted, read))):
                if len(row.runs) < least:
                    continue
                figures = [run[SPLIT][reading] for run in row.runs.values()]
                cells = [title, f"{steps_of(row):,}", str(len(row.runs))]
                cells += [error_cell(row, SPLIT, k) for k in (1, 5)]
                against = entry.against and the_row(
                    rows, (*entry.against, read)
                )
                cells += [
                    change_cell(row, against, SPLIT, k) if against else ""
                    for k in (1, 5)
                ]
                cells += [
                    f"{100 * np.mean([f[name] for f in figures]):.1f}"
                    for name in ("groups16", "within16")
                ]
                found.append(f"| {' | '.join(cells)} |")
    return found


def steps_of(row: Row) -> int:
    """Returns how many steps a row took, with those of a teacher like it."""
    line = next(iter(row.runs.values()))
    steps = line.get("steps_per_epoch")
    steps = steps or line["train_images"] // line["batch_size"]
    return int(line["epochs"] * steps * (2 if line.get("teacher") else 1))


def apart(lines: Sequence[Line]) -> list[list[Line]]:
    """Returns the lines of each folder's images and tree."""
    names = ("data", "classes", "new_classes", *digests_that_differ(lines))
    found = defaultdict(list)
    for line in lines:
        if SPLIT in line.get("hits", {}) and line.get("exact") is not None:
            found[tuple(line.get(name) for name in names)].append(line)
    return list(found.values())


def print_tables(
    lines: Sequence[Line], epochs: int, without: int | None, least: int
) -> bool:
    """Prints all tables of one folder; tells whether there is a row."""
    numbers = {of for of, _ in pairs_of(rows_of(lines, SPLIT), epochs)}
    tables = [
        (FIRST_PAGE, first_page(lines, epochs)),
        *(
            (
                (f"beside {n} exact", *BESIDE[1:]),
                beside(lines, n, epochs, without, least),
            )
            for n in sorted(numbers)
        ),
        (WORTH, worth(lines, epochs)),
    ]
    print(asked_about(lines, SPLIT) + "\n")
    for titles, rows in tables:
        if rows:
            print("| " + " | ".join(titles) + " |")
            print("|---" * len(titles) + "|")
            print("\n".join(rows) + "\n")
    return bool(numbers)


def main() -> None:
    """Prints the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("files", type=Path, nargs="+", metavar="JSONL")
    add(
        "--epochs",
        type=int,
        default=EPOCHS,
        help="that runs took (%(default)s)",
    )
    add(
        "--without-seed",
        type=int,
        metavar="SEED",
        help="on whose networks all was chosen: not in the tables beside exact "
        "labels",
    )
    add(
        "--least-seeds",
        type=int,
        default=1,
        metavar="N",
        help="that a row of these tables has (%(default)s)",
    )
    args = parser.parse_args()
    parts = apart(read_lines(args.files))
    printed = [
        print_tables(lines, args.epochs, args.without_seed, args.least_seeds)
        for lines in parts
    ]
    if not any(printed):
        share = f"{QUARTER[1]}, or {HALF[1]} from exact={MANY_EXACT} on"
        raise SystemExit(
            f"No run with --final, --exact and --coarse has the recipe of the "
            f"chapter: {' '.join(heads_of(args.epochs))} cutmix=0.0 and {share}"
            ". study.tables.bootstrap prints any runs, and "
            "--epochs those of another length."
        )


if __name__ == "__main__":
    main()
