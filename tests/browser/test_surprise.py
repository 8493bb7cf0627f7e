"""Pairs by evidence: against the tree, and one way against the other."""

import csv
import io
import itertools
import re

import numpy as np
import pytest
from comparing import HIER, PLAIN, matrix_of
from playwright.sync_api import expect
from scipy import sparse
from screen import Screen, group

from tb_plugin.comparing.surprise import surprises

NOTE = "pair-tests"


@pytest.fixture(scope="module")
def found(server, hierarchy):
    """Returns the tests of a level of the last epoch."""
    matrix = sparse.csr_array(matrix_of(server, PLAIN))
    return lambda level: surprises(matrix, hierarchy, level)


def name(hierarchy, kind, place):
    names = hierarchy.node_names
    row, column = kind["rows"][place], kind["columns"][place]
    return f"{names[row]} → {names[column]}"


def rows_of(screen):
    return screen.find("confusions").locator(".pair")


def test_surprise_is_chosen_and_kept_by_the_link(
    page, server, hierarchy, found
):
    screen = Screen(page, server.url, run=PLAIN, level=164).ready()
    expected = found(3)["surprise"]
    screen.find("sort").select_option("surprise")
    screen.says(
        NOTE, f"{expected['found']} of {expected['tested']:,} pairs beyond"
    )
    assert "pairs of the level, each way" in (
        screen.find(NOTE).get_attribute("title") or ""
    )
    first = rows_of(screen).first
    for place in range(3):
        text = rows_of(screen).nth(place).locator(".names").inner_text()
        # Ids stand beside names that several nodes bear.
        told = re.sub(r" n\d{8}", "", text)
        assert told == name(hierarchy, expected, place)
    times = expected["counts"][0] / expected["expected"][0]
    expect(first).to_contain_text(f"{times:.0f} times the")
    expect(first).to_contain_text("expected, p < 0.001")
    screen.link("sort=surprise")


def test_of_a_long_list_it_is_said_how_many_have_tests(page, server, found):
    every = found(5)["surprise"]
    assert len(every["rows"]) == 2_000 < every["total"]
    screen = Screen(page, server.url, run=PLAIN, sort="surprise").ready()
    screen.says(NOTE, "beyond chance, the clearest 2,000 with p")


def test_heads_keep_apart_in_a_narrow_panel(page, server):
    page.set_viewport_size({"width": 1024, "height": 768})
    view = {"run": PLAIN, "sort": "surprise", "list": "long"}
    screen = Screen(page, server.url, **view).ready()
    heads = screen.find("confusions").locator(".heads button")
    boxes = [head.bounding_box() for head in heads.all()]
    for one, next_one in itertools.pairwise(boxes):
        if one["y"] == next_one["y"]:
            assert next_one["x"] - one["x"] - one["width"] >= 6


def test_one_way_says_both_ways(page, server, hierarchy, found):
    view = {"run": PLAIN, "sort": "oneway", "list": "long"}
    screen = Screen(page, server.url, **view).ready()
    expected = found(len(hierarchy.levels()) - 1)["one_way"]
    screen.says(NOTE, f"{expected['found']} of {expected['tested']:,} pairs")
    there, back = expected["counts"][0], expected["back"][0]
    expect(rows_of(screen).first).to_contain_text(
        f"{there} against {back} the other way, p < 0.001"
    )
    head = screen.find("confusions").get_by_role("button", name="one-way")
    assert "by how many samples a class there has" in (
        head.get_attribute("title") or ""
    )


def test_what_is_within_chance_is_grey_at_the_end(page, server):
    view = {"run": PLAIN, "level": 4, "sort": "surprise", "list": "long"}
    screen = Screen(page, server.url, **view).ready()
    screen.says(NOTE, "beyond chance")
    # What is within a group is no pair, and was not tested.
    rows = rows_of(screen).filter(has_text="→")
    expect(rows.last).to_have_class(re.compile("chance"))
    chance = [
        "chance" in (row.get_attribute("class") or "") for row in rows.all()
    ]
    assert chance == sorted(chance)
    colour, muted = rows.last.evaluate(
        """(row) => [getComputedStyle(row).color,
          getComputedStyle(row.querySelector(".about")).color]"""
    )
    assert colour == muted


def test_what_was_folded_by_hand_was_not_tested(page, server):
    view = {"run": PLAIN, "level": 31, "sort": "surprise", "list": "long"}
    screen = Screen(page, server.url, **view).ready()
    screen.says(NOTE, "beyond chance")
    group(screen, "organism").click()
    screen.press("c")
    pair = rows_of(screen).filter(has_text="within organism")
    expect(pair).to_contain_text("not tested: no pair of the level")
    expect(pair).not_to_have_class(re.compile("chance"))
    # Of groups of the level is known what they are.
    screen.press("u")
    expect(rows_of(screen).first).to_contain_text("times the")


def test_what_was_tested_is_exported(page, server, found):
    view = {"run": PLAIN, "level": 164, "sort": "surprise"}
    screen = Screen(page, server.url, **view).ready()
    screen.says(NOTE, "beyond chance")
    screen.find("export").click()
    with page.expect_download() as download:
        screen.frame.get_by_text("Confusions of the selection").click()
    text = download.value.path().read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    expected = found(3)["surprise"]
    for row, expects, p in zip(
        rows[:20], expected["expected"], expected["p"], strict=False
    ):
        assert np.isclose(float(row["expected"]), expects)
        assert np.isclose(float(row["p"]), p)


def test_without_the_server_it_says_so(tab, server):
    tab.route(
        "**/blocks/surprise?**",
        lambda route: route.fulfill(
            status=422,
            content_type="application/json",
            body='{"error": "<b>Too</b> many cells."}',
        ),
    )
    view = {"run": PLAIN, "sort": "surprise"}
    screen = Screen(tab, server.url, **view).ready()
    screen.reads(NOTE, "Not tested: <b>Too</b> many cells.")
    rows_of(screen).first.wait_for()


def test_in_a_comparison_it_is_not_offered(page, server):
    view = {"run": PLAIN, "with": HIER, "sort": "surprise"}
    screen = Screen(page, server.url, **view).ready()
    options = screen.find("sort").locator("option")
    expect(options.filter(has_text="fewer errors")).to_have_count(1)
    expect(options.filter(has_text="surprise")).to_have_count(0)
    title = screen.find("sort").get_attribute("title") or ""
    assert "one matrix" in title
    screen.has_no(NOTE)
