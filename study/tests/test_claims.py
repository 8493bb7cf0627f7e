"""Figures that docs quote in several places are those of the lines."""

import re

import numpy as np
import pytest
from kept_process import ROOT

from study.tables import bootstrap, exits, labels, recipe
from study.tables.attribution import (
    LEVERS,
    PLAIN,
    _runs,
    cells,
    matching,
)
from study.tests.claims import ALIKE, EXACT, change, lines_of, rows, said

GROUPS = (*ALIKE, "exact=25", "coarse=16", "cutmix=0.0")
QUARTER = (*ALIKE, "exact=100", "coarse=16", "exact_share=0.25")
HALF = (*ALIKE, "exact=100", "coarse=16", "exact_share=0.5")
NUMBERS = {6: "six", 7: "seven", 8: "eight", 9: "nine"}


def of_25_exact(lines):
    return labels.beside(lines, 25, without=0, least=3)


@pytest.mark.parametrize(
    "table", [labels.first_page, of_25_exact, labels.worth]
)
def test_what_coarse_labels_buy_is_of_the_lines(table):
    rows = table(lines_of("coarse_search"))
    assert " ".join(" ".join(rows).split()) in said("study/results.md")


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


@pytest.mark.parametrize(
    ("view", "heading"),
    [("crops", "### What was chosen"), ("resized", "### Random parts")],
)
def test_what_was_tried_is_of_the_lines(view, heading):
    # Seeds stand where rows have several.
    page = (ROOT / "study/results.md").read_text().replace("**", "")
    _, _, chapter = page.partition(heading)
    table = chapter.partition("\n\n`python -m")[0]
    written = [
        re.findall(r"\d+\.\d \(\d+\.\d to \d+\.\d\)", text)
        for text in table.splitlines()
        if text.startswith("|")
    ]
    found = [
        [bootstrap.error_cell(row, "held_out", k) for k in (1, 5)]
        for row in rows("held_out", f"view={view}", "read=class,fused")
    ]
    assert [cells for cells in written if cells and cells not in found] == []
    outputs = [
        [bootstrap.error_cell(row, "held_out", k) for k in (1, 5)]
        for row in rows("held_out", f"view={view}", "read=class")
    ]
    assert [cells for cells in outputs if cells not in written] == []


def test_heads_are_asked_on_both_sides():
    plain, asked = (
        " ".join(change("val", HALF, QUARTER, read, 1))
        for read in ("class", "fused")
    )
    sentence = f"from a quarter to half {plain}, asked {asked}."
    assert sentence in said("study/results.md")


def test_what_coarse_labels_are_worth():
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
        f"worth about {top1} coarse ones of 16 groups**, by top-1 error, and "
        f"{top5} by top-5"
    ) in said("study/results.md")


def test_what_the_strong_baseline_leaves_of_heads():
    every = rows("val", "epochs=120", of="strong")
    (baseline,) = (r for r in every if r.settings["variant"] == "baseline")
    written = said("study/results.md").replace("**", "")
    for row in every:
        if row.reading not in ("class", "fused"):
            continue
        cells = [bootstrap.error_cell(row, "val", k) for k in (1, 5)]
        if row is not baseline:
            cells += [
                bootstrap.change_cell(row, baseline, "val", k) for k in (1, 5)
            ]
        assert f"| {' | '.join(cells)} |" in written, row.settings["variant"]


@pytest.mark.parametrize(
    ("new", "old", "sentence"),
    [
        ((_runs("classes5-distil"), "class"), (_runs(), "class"),
         "the class output is {0} points of top-1 and {2} of top-5 better"),
        ((_runs("classes5-distil"), "fused"),
         (_runs("classes5-distil"), "class"),
         "gives another {0} and {2} points"),
        ((_runs("heads3-distil", **PLAIN), "class"), (_runs(**PLAIN), "class"),
         "tree's groups: {0} ± {1} points of top-1 and {2} ± {3} of top-5"),
        ((_runs("heads3-distil", **PLAIN), "class"),
         (_runs("random3-distil", **PLAIN), "class"),
         "groups have {0} ± {1} points of top-1 and {2} ± {3} of top-5 error"),
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
        ("all outputs asked", row_of("fused", **heads)),
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
    # So do the bars on the first page.
    top1, top5 = rows[-2].strip("| ").split(" | ")[-2:]
    assert f"without these layers are | | {top1} |" in page
    assert f"and 23 % fewer top-5 errors | yes | | {top5} |" in page


def test_what_limits_leave_of_networks_is_of_the_lines():
    page = (ROOT / "study/results.md").read_text()
    _, _, chapter = page.partition("| exact labels a class | the rest known")
    written = [
        [cell.strip() for cell in text.strip("|").split("|")][2:]
        for text in chapter.partition("\n\n")[0].splitlines()[2:]
    ]
    lines = [*lines_of("coarse_search"), *lines_of("strong")]
    found = []
    for row in bootstrap.rows_of(lines, "val"):
        runs = list(row.runs.values())
        if row.reading != "class" or not all(run.get("exits") for run in runs):
            continue
        parts = [
            [(r["val"]["class"], r["parameters_without_heads"]) for r in runs],
            [(r["val"]["fused"], r["parameters"]) for r in runs],
            *(
                [exits.left_of(run, "val", limit) for run in runs]
                for limit in (0.005, 0.02)
            ),
        ]
        told = [cell for part in parts for cell in exits.cells(part)]
        found.append([str(len(runs)), *told])
    assert len(written) > 20
    assert [cells for cells in written if cells not in found] == []


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


def test_how_little_the_penalty_matters():
    lines = [*lines_of("coarse_search"), *lines_of("strong")]
    every = bootstrap.rows_of(lines, "held_out")
    alike = tuple(name for name in ALIKE if not name.startswith("l2="))
    told = []
    for of in (
        ("exact=100", "coarse=None", "cutmix=0.5"),
        ("exact=100", "coarse=33", "exact_share=0.5", "cutmix=0.0"),
        ("exact=450", "coarse=None", "cutmix=0.0"),
    ):
        new, old = recipe.sides(
            every,
            (*alike, *of, "l2=0.002"),
            (*alike, *of, "l2=0.0005"),
            "class",
        )
        told.append(bootstrap.change_cell(new, old, "held_out", 1))
    alone, groups, everything = told
    assert (
        f"{alone[:-1]}; three seeds), of 33 groups by {groups} and of all "
        f"exact by {everything[:-1]}; one seed each)"
    ) in said("study/results.md")


def test_learning_rate_and_penalty_at_25_exact_labels():
    ours = (*recipe.RECIPE, "epochs=120", "teacher=None", recipe.VARIANT)
    alone, beside = (*recipe.ALONE, "exact=25"), ("coarse=16", "exact=25")

    def against(label, setting, k, of=alone):
        new = [each for each in ours if not each.startswith(f"{label}=")]
        share = () if of is alone else recipe.QUARTER
        return change(
            "held_out",
            (*new, *of, *share, f"{label}={setting}"),
            (*ours, *of, *share),
            "fused",
            k,
        )

    page = said("study/results.md")
    slow, fast = (against("learning_rate", rate, 1) for rate in (0.02, 0.1))
    strong = against("l2", 0.002, 1)
    assert against("l2", 0.005, 1) == ("+0.5 %", "(-0.9 to +1.8)")
    assert against("dropout", 0.2, 1) == ("-0.1 %", "(-1.5 to +1.1)")
    groups = [against("l2", 0.002, k, beside) for k in (1, 5)]
    for text in (
        "0.02 in place of 0.05 adds 1.9 % (0.6 to 3.3) to the top-1 error, "
        "0.1 adds 0.7 % (0.6 fewer to 2.0 more)",
        "takes 0.3 % (1.6 fewer to 1.0 more) off, of 5e-3 adds 0.5 % "
        "(0.9 fewer to 1.8 more)",
        "takes 0.1 % (1.5 fewer to 1.1 more) off",
        "adds 1.1 % (0.5 fewer to 2.8 more) and 4.8 % (1.9 to 7.8)",
    ):
        assert text in page
    assert slow == ("+1.9 %", "(+0.6 to +3.3)")
    assert fast == ("+0.7 %", "(-0.6 to +2.0)")
    assert strong == ("-0.3 %", "(-1.6 to +1.0)")
    assert groups == [
        ("+1.1 %", "(-0.5 to +2.8)"),
        ("+4.8 %", "(+1.9 to +7.8)"),
    ]


def test_random_groups_beside_those_of_the_tree():
    found = (*ALIKE, "exact=25", "coarse=random16")
    told = [
        change("val", found, GROUPS, read, k)
        for read in ("class", "fused")
        for k in (1, 5)
    ]
    top1, top5 = (" ".join(each) for each in told[:2])
    asked1, asked5 = (each[0] for each in told[2:])
    assert (
        f"{top1} and {top5} against the tree's 16, heads asked "
        f"{asked1.removesuffix(' %')} and {asked5} (`val`, three seeds)"
    ) in said("study/results.md")
