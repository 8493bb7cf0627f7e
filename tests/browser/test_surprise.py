"""Pairs by evidence: against the tree, and one way against the other."""

import re

import numpy as np
import pytest
from comparing import PLAIN
from playwright.sync_api import expect
from scipy import sparse
from screen import Screen, saved

from tb_plugin.routes.surprise import surprises

NOTE = "pair-tests"


@pytest.fixture(scope="module")
def found(matrix, hierarchy):
    """Returns the tests of a level of the last epoch."""
    return lambda level: surprises(sparse.csr_array(matrix), hierarchy, level)


def rows_of(screen):
    return screen.find("confusions").locator(".pair")


def test_surprise_is_chosen_kept_by_the_link_and_exported(
    page, server, hierarchy, found
):
    screen = Screen(page, server.plugin_url, run=PLAIN, level=164).ready()
    expected = found(3)["surprise"]
    screen.find("sort").select_option("surprise")
    screen.says(
        NOTE, f"{expected['found']} of {expected['tested']:,} pairs beyond"
    )
    names = hierarchy.node_names
    for place in range(3):
        # Ids stand beside names that several nodes bear.
        told = r" → ".join(
            re.escape(names[expected[of][place]]) + r"( n\d{8})?"
            for of in ("rows", "columns")
        )
        expect(rows_of(screen).nth(place).locator(".names")).to_have_text(
            re.compile(f"^{told}$"), use_inner_text=True
        )
    times = expected["counts"][0] / expected["expected"][0]
    first = rows_of(screen).first
    expect(first).to_contain_text(f"{times:.0f} times the")
    expect(first).to_contain_text("expected, p < 0.001")
    screen.link("sort=surprise")
    _, rows = saved(screen, "confusions")
    for row, expects, p in zip(
        rows[:20], expected["expected"], expected["p"], strict=False
    ):
        assert np.isclose(float(row["expected"]), expects)
        assert np.isclose(float(row["p"]), p)


def test_one_way_says_both_ways(page, server, hierarchy, found):
    view = {"run": PLAIN, "sort": "oneway", "list": "long"}
    screen = Screen(page, server.plugin_url, **view).ready()
    expected = found(len(hierarchy.levels()) - 1)["one_way"]
    screen.says(NOTE, f"{expected['found']} of {expected['tested']:,} pairs")
    there, back = expected["counts"][0], expected["back"][0]
    expect(rows_of(screen).first).to_contain_text(
        f"{there} against {back} the other way, p < 0.001"
    )


def test_what_is_within_chance_is_grey_at_the_end(page, server):
    view = {"run": PLAIN, "level": 4, "sort": "surprise", "list": "long"}
    screen = Screen(page, server.plugin_url, **view).ready()
    screen.says(NOTE, "beyond chance")
    # Errors within a group are no pair, and not tested.
    rows = rows_of(screen).filter(has_text="→")
    expect(rows.last).to_have_class(re.compile("chance"))
    chance = rows.evaluate_all(
        "all => all.map((each) => each.classList.contains('chance'))"
    )
    assert chance == sorted(chance)
    colour, muted = rows.last.evaluate(
        """(row) => [getComputedStyle(row).color,
          getComputedStyle(row.querySelector(".about")).color]"""
    )
    assert colour == muted
