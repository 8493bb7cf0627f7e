"""Draws of pilots: what they are told of, and what the page says of them."""

import numpy as np
import pytest
from kept_process import ROOT

import keras_hier as kh
from study.budget.draws import Truth, depths_of, lines_of, ranks
from study.budget.features import EACH, of_each
from study.budget.table import CHECKED, held, of, table
from study.tables.lines import read_lines
from study.tests.claims import said

LINES = read_lines([ROOT / "study/results/label_budget.jsonl"])
TREE = kh.Hierarchy.from_paths([(f"g{c // 3}", f"c{c}") for c in range(18)])


def drawn(each=90, seed=0):
    """Returns features of 18 classes in 6 groups, and labels."""
    rng = np.random.default_rng(seed)
    means = rng.normal(size=(24, 10))
    means = means[:18] + means[18 + np.arange(18) // 3]
    labels = np.arange(18).repeat(each)
    return means[labels] + 1.5 * rng.normal(size=(len(labels), 10)), labels


def test_ranks_count_each_class_by_itself():
    labels = np.array([1, 0, 1, 1, 0])
    found = ranks(labels, np.random.default_rng(0))
    assert sorted(found[labels == 0]) == [0, 1]
    assert sorted(found[labels == 1]) == [0, 1, 2]


def test_as_many_of_each_class_as_there_are_or_are_kept():
    labels = np.array([0] * (EACH + 5) + [1] * 3)
    kept = of_each(labels)
    assert np.bincount(labels[kept]).tolist() == [EACH, 3]
    assert kept.tolist() == sorted(kept)


def test_a_draw_tells_every_purchase_beside_its_truth():
    lines = [*lines_of(*drawn(), TREE, 10, 3)]
    names = [
        "classes",
        *(f"{each.num_groups} groups" for each in depths_of(TREE)),
    ]
    assert [(x["depth"], x["more"]) for x in lines] == [
        (name, more) for name in names for more in (5, 10, 20)
    ]
    for line in lines:
        assert line["read"] == 18 * (90 - 30)
        assert line["gain_true"] == pytest.approx(
            line["now_true"] - line["error_true"], abs=2e-5
        )
    assert lines[2]["gain_true"] > lines[0]["gain_true"] > 0
    # Groups tell less than classes.
    assert lines[5]["gain_true"] < lines[2]["gain_true"]


def test_the_truth_is_read_on_samples_that_no_head_has_seen():
    rows, labels = drawn()
    rows = rows.astype(np.float32)
    rank = ranks(labels, np.random.default_rng(0))
    truth = Truth(rows, labels, rank < 10, rank >= 30, 1.0)
    before = truth.error(truth.head)
    rows[(rank >= 10) & (rank < 30)] = 0
    again = Truth(rows, labels, rank < 10, rank >= 30, 1.0)
    assert again.error(again.head) == before


def test_a_band_is_held_where_it_reaches_the_truth():
    lines = [
        {"gain": [0.1, 0.2, 0.3], "gain_true": true}
        for true in (0.1, 0.31, 0.2, 0.0)
    ]
    assert held(lines, "gain") == 0.5


def test_the_page_has_the_table():
    written = said("study/results.md")
    for row in table(LINES).splitlines():
        assert " ".join(row.split()) in written


def test_what_the_docs_quote():
    for what in ("error", "gain"):
        shares = [
            100 * held(lines, what)
            for data in CHECKED
            for pilot in (10, 20)
            for lines in (of(LINES, data, pilot),)
        ]
        found = f"the {what} in {min(shares):.0f} to {max(shares):.0f} %"
        assert found in said("docs/how-to/label-budget.md")
