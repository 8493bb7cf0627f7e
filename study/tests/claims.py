"""What tests of documented figures share: the documents, and rows of lines."""

import json
import re
from functools import cache

from kept_process import ROOT

from study.tables import bootstrap, recipe

ALIKE = recipe.heads_of(recipe.EPOCHS)
EXACT = (*ALIKE, "exact=25", "coarse=None", "cutmix=0.5")
EVERY = (*ALIKE, "exact=450", "cutmix=0.0")


@cache
def said(path):
    """Returns a document in one line."""
    return " ".join((ROOT / path).read_text().split())


def table_of(heading):
    """Returns the rows of the tables of a chapter of the results."""
    page = (ROOT / "study/results.md").read_text().replace("**", "")
    _, _, chapter = page.partition(f"\n{heading}\n")
    rows = [
        " ".join(text.split())
        for text in re.split(r"\n##+ ", chapter)[0].splitlines()
        if text.startswith("| ")
    ]
    return rows[1:]  # without the titles


@cache
def lines_of(name):
    """Returns the lines of results."""
    path = ROOT / "study/results" / f"{name}.jsonl"
    return [json.loads(text) for text in path.read_text().splitlines()]


def rows(split, *wanted, of="coarse_search"):
    """Returns the rows that match."""
    every = bootstrap.rows_of(lines_of(of), split)
    return [row for row in every if bootstrap.matches(row, wanted)]


def sides(split, read, *wanted, without=None):
    """Returns a row of each, of the seeds that all have, but for one."""
    found = [rows(split, *of, f"read={read}") for of in wanted]
    seeds = sorted(
        set.intersection(*({*row.runs} for (row,) in found)) - {without}
    )
    return [
        row._replace(runs={seed: row.runs[seed] for seed in seeds})
        for (row,) in found
    ]


def change(split, new, old, read, k, without=None):
    """Returns the change and its interval, as apart as docs write them."""
    one, other = sides(split, read, new, old, without=without)
    found, _, bounds = bootstrap.change_cell(one, other, split, k).partition(
        " ("
    )
    return found, f"({bounds}"


def unsigned(found, bounds):
    """Returns a change as sentences have it that say "fewer errors"."""
    low, high = bounds.strip("()").split(" to ")
    return (
        f"{found.strip('-')} ({high.strip('-').split()[0]} to "
        f"{low.strip('-').split()[0]})"
    )
