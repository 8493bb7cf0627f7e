"""Figures that docs quote in several places are those of the lines."""

import re

import numpy as np
import pytest

from study.tables import bootstrap, exits, labels, recipe
from study.tables.attribution import (
    LEVERS,
    PLAIN,
    _runs,
    cells,
    matching,
)
from study.tests.claims import (
    ALIKE,
    EXACT,
    change,
    lines_of,
    rows,
    said,
    table_of,
)

GROUPS = (*ALIKE, "exact=25", "coarse=16", "cutmix=0.0")
QUARTER = (*ALIKE, "exact=100", "coarse=16", "exact_share=0.25")
HALF = (*ALIKE, "exact=100", "coarse=16", "exact_share=0.5")
NUMBERS = {6: "six", 7: "seven", 8: "eight", 9: "nine"}


def of_25_exact(lines):
    return labels.beside(lines, 25, without=0, least=3)


@pytest.mark.parametrize("table", [labels.first_page, labels.worth])
def test_what_coarse_labels_buy_is_of_the_lines(table):
    rows = table(lines_of("coarse_search"))
    assert " ".join(" ".join(rows).split()) in said("study/results.md")


def test_what_25_exact_labels_reach_is_of_the_lines():
    found = [
        " ".join(row.replace("**", "").split())
        for row in of_25_exact(lines_of("coarse_search"))
    ]
    written = table_of("### 25 exact labels a class")
    assert len(written) == 9
    assert [row for row in written if row not in found] == []


def test_what_coarse_labels_buy():
    alone, coarse = (
        bootstrap.error_cell(row, "val", 1)
        for of in (EXACT, GROUPS)
        for row in rows("val", *of, "read=class")
    )
    quoted = f"top-1 error {coarse[:4]} % (-14 %, 95 % interval 12.5 to 15.5)"
    assert f"{quoted} | {alone[:4]} % |" in said("README.md")
    assert (
        f"The error was {coarse.replace(' (', ' % (')} against "
        f"{alone.replace(' (', ' % (')} of exact labels alone"
    ) in said("docs/how-to/coarse-labels.md")


def test_what_a_hierarchy_buys_is_quoted_as_the_study_has_it():
    buys, study = (
        re.findall(r"\| ([-+][\d.]+ % \(.+?\)) \| ([-+].+?\)) \|", said(page))
        for page in ("docs/why/benefits.md", "study/README.md")
    )
    assert buys == study
    assert len(buys) == 5


def test_averages_are_on_both_sides():
    plain, asked = (
        " ".join(change("val", HALF, QUARTER, read, 1))
        for read in ("class", "fused")
    )
    sentence = f"from a quarter to half by {plain}, averaged {asked}."
    assert sentence in said("study/results.md")


def test_the_equivalent_number_of_exact_labels():
    (row,) = rows("val", *GROUPS, "read=class")
    every = bootstrap.rows_of(lines_of("coarse_search"), "val")
    top1, top5 = (
        NUMBERS[round(labels.worth_of(every, row, k).price[0])] for k in (1, 5)
    )
    assert (
        f"{top1.title()} coarse labels were worth one exact label by top-1 "
        f"error, {top5} by top-5"
    ) in said("docs/how-to/coarse-labels.md")
    assert (
        f"equivalent to about {top1} coarse ones of 16 groups** by top-1 "
        f"error, and to {top5} by top-5"
    ) in said("study/results.md")


def test_what_the_strong_baseline_leaves_of_heads():
    every = rows("val", "epochs=120", of="strong")
    (baseline,) = (r for r in every if r.settings["variant"] == "baseline")
    found = []
    for row in every:
        cells = [bootstrap.error_cell(row, "val", k) for k in (1, 5)]
        if row is not baseline:
            cells += [
                bootstrap.change_cell(row, baseline, "val", k) for k in (1, 5)
            ]
        else:
            cells += ["", ""]
        found.append(cells)
    written = [
        [cell.strip() for cell in text.strip("|").split("|")][2:6]
        for text in table_of("### The baseline, made strong")
    ]
    assert len(written) == 5
    assert [cells for cells in written if cells not in found] == []


@pytest.mark.parametrize(
    ("new", "old", "sentence"),
    [
        ((_runs("classes5-distil"), "class"), (_runs(), "class"),
         "the class output is {0} points of top-1 and {2} of top-5 better"),
        ((_runs("classes5-distil"), "fused"),
         (_runs("classes5-distil"), "class"),
         "gives another {0} and {2} points"),
        ((_runs("heads3-distil", **PLAIN), "class"), (_runs(**PLAIN), "class"),
         "tree's groups have {0} ± {1} points of top-1 and {2} ± {3} of top-5 "
         "error less than the baseline"),
        ((_runs("heads3-distil"), "class"), (_runs("random3-distil"), "class"),
         "tree's groups have {0} ± {1} points of top-1 and {2} ± {3} of top-5 "
         "error less than random groups"),
    ],
)  # fmt: skip
def test_points_are_of_errors_before_they_are_rounded(new, old, sentence):
    sides = [
        (matching(lines_of("final"), settings), read)
        for settings, read in (new, old)
    ]
    figures = []
    for k in (1, 5):
        errors = [
            [
                100 * runs[seed]["val"][read][f"top{k}_error"]
                for seed in sorted(runs)
            ]
            for runs, read in sides
        ]
        better = np.subtract(errors[1], errors[0])
        figures += [f"{better.mean():.1f}", f"{better.std(ddof=1):.1f}"]
    assert sentence.format(*figures) in said("study/results.md")


@pytest.mark.parametrize("lever", LEVERS, ids=lambda lever: lever.name)
def test_what_the_papers_gain_is_made_of(lever):
    # Later lines count: of runs that were repeated those of the final table.
    lines = [*lines_of("attribution"), *lines_of("final")]
    row = " | ".join([lever.name, *cells(lever, lines), lever.public])
    assert " ".join(f"| {row} |".split()) in said("study/results.md")


def test_a_quarter_exact_is_no_gain_on_val_either():
    alone = (*ALIKE, "exact=100", "coarse=None", "cutmix=0.5")
    found, bounds = change("val", QUARTER, alone, "class", 1)
    bounds = bounds.replace("+", "")
    assert (
        f"With a quarter 16 groups add {found.strip('+')} {bounds} to the "
        "top-1 error."
    ) in said("study/results.md")


def rows_of_exits():
    """Returns the table of the exits' own runs, of the lines, on `val`."""
    lines = [*lines_of("attribution"), *lines_of("exits")]
    every = bootstrap.rows_of(lines, "val")

    def row_of(read, **settings):
        wanted = {"optimizer": "sgd", "trunk": "batch", "stem_stride": None}
        (found,) = (
            row
            for row in every
            if row.reading == read
            and (wanted | settings).items() <= row.settings.items()
        )
        return found

    baseline = row_of("class", variant="baseline", epochs=50)
    heads = {"variant": "conv5-distil", "epochs": 100}
    alone = {"variant": "exit-conv5-conv", "epochs": 100}
    whole = {"class": "parameters_without_heads", "fused": "parameters"}
    found = []
    for title, row in (
        ("AlexNet, 50 epochs, where it is best", baseline),
        ("*control*: trunk and one head, alone", row_of("class", **alone)),
        ("five heads: the class output", row_of("class", **heads)),
        ("all outputs averaged", row_of("fused", **heads)),
        ("at most 0.005 nats more", row_of("exits", **heads)),
        (
            "*control*: five heads, trained without the dense layers: "
            "at most 0.005 nats more",
            row_of("exits", variant="exit-conv5-distil", epochs=100),
        ),
    ):
        runs = list(row.runs.values())
        weights = {
            run[whole[row.reading]]
            if row.reading in whole
            else exits.left_of(run, "val", 0.005)[1]
            for run in runs
        }
        (weights,) = weights  # of all seeds alike
        cells = [title, str(len(runs)), f"{weights / 1e6:.2f}"]
        cells += [bootstrap.error_cell(row, "val", k) for k in (1, 5)]
        cells += [
            bootstrap.change_cell(row, baseline, "val", k) for k in (1, 5)
        ]
        found.append(f"| {' | '.join(cells)} |")
    return found


def test_what_the_exits_own_runs_leave():
    rows = rows_of_exits()
    page = said("study/results.md")
    assert " ".join(" ".join(row.split()) for row in rows) in page
    # So do the targets on the first page.
    top1, top5 = rows[-2].strip("| ").split(" | ")[-2:]
    assert f"top-1 error -14 % | at its edge | | {top1} |" in page
    assert f"top-5 error -23 % | yes | | {top5} |" in page


def test_a_row_whose_rival_is_not_trained_yet_has_no_change():
    lines = [
        line
        for line in lines_of("coarse_search")
        if line["exact"] == 25 and line["coarse"] in ("16", "33")
    ]
    rows = of_25_exact(lines)
    assert len(rows) > 4
    for row in rows:
        assert row.strip("| ").split(" | ")[5:7] == ["", ""]


def test_learning_rate_and_penalty_at_25_exact_labels():
    ours = (*recipe.RECIPE, "epochs=120", "teacher=None", recipe.VARIANT)
    alone = (*ours, *recipe.ALONE, "exact=25")
    beside = (*ours, *recipe.QUARTER, "coarse=16", "exact=25")
    for of, setting, k in (
        (alone, "learning_rate=0.02", 1),
        (beside, "l2=0.002", 5),
    ):
        name = f"{setting.partition('=')[0]}="
        new = [each for each in of if not each.startswith(name)]
        told = " ".join(change("held_out", (*new, setting), of, "fused", k))
        assert f"by {told}." in said("study/results.md")


def test_random_groups_beside_those_of_the_tree():
    found = (*ALIKE, "exact=25", "coarse=random16")
    top1, top5 = (
        " ".join(change("val", found, GROUPS, "class", k)) for k in (1, 5)
    )
    assert f"{top1} and {top5} against the tree's 16." in said(
        "study/results.md"
    )
