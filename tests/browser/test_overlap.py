"""Comparisons of other trees, other orders of labels, other classes."""

import itertools
import re

import numpy as np
import pytest
from logged import write_epochs
from playwright.sync_api import expect
from screen import Screen, saved

import keras_hier as kh
from tests.support.serving import loaded

KINDS = {
    "fruit": ["apple", "pear", "plum"],
    "drink": ["juice", "milk", "tea"],
    "bread": ["bun", "roll", "toast"],
    "spice": ["mint", "salt", "thyme"],
}
BRANDS = {
    "north": ["thyme", "milk", "apple", "bun", "salt", "toast"],
    "south": ["tea", "plum", "roll", "mint", "pear", "juice"],
}
CLASSES = [name for names in KINDS.values() for name in names]
# Without bread and thyme, but with meat.
OTHERS = {
    "food": ["apple", "pear", "plum", "mint", "salt"],
    "drink": ["juice", "milk", "tea"],
    "meat": ["beef", "ham"],
}
EACH = 60


def counts(seed: int, size: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    rates = np.full((size, size), 0.25 / (size - 1))
    np.fill_diagonal(rates, 0.75)
    return rng.multinomial(EACH, rates)


def by_name(tree: kh.Hierarchy, matrix: np.ndarray) -> dict:
    """Cells by the names of their classes."""
    names = tree.classes
    cells = itertools.product(names, names)
    return dict(zip(cells, matrix.ravel().tolist(), strict=True))


ONE = kh.Hierarchy.from_nested(KINDS, classes=CLASSES)
TREES = {
    "one": ONE,
    "two": kh.Hierarchy.from_nested(BRANDS, classes=sorted(CLASSES)[::-1]),
    "meat": kh.Hierarchy.from_nested(
        OTHERS, classes=sorted(itertools.chain(*OTHERS.values()))
    ),
}
MATRICES = {
    name: counts(seed, tree.num_classes)
    for seed, (name, tree) in enumerate(TREES.items())
}
SHARED = [name for name in CLASSES if name in TREES["meat"].classes]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("overlap")
    # The same answers under the other tree, in its order of labels, once with
    # all bread right.
    cells = by_name(ONE, MATRICES["one"])
    for name in KINDS["bread"]:
        for other in CLASSES:
            cells[name, other] = EACH if name == other else 0
    names = TREES["two"].classes
    MATRICES["two"] = np.array([[cells[i, j] for j in names] for i in names])
    for name, tree in TREES.items():
        write_epochs(folder / name, tree, MATRICES[name], MATRICES[name])
    with loaded(folder) as server:
        yield server


@pytest.fixture(scope="module")
def runs():
    """Cells of both runs by the names of their classes."""
    return [by_name(TREES[name], MATRICES[name]) for name in ("one", "meat")]


def wrong(cells, inside=lambda name: True):
    """Errors of shared classes that are named as one of these."""
    return sum(
        count
        for (row, column), count in cells.items()
        if row in SHARED and row != column and inside(column)
    )


def open_screen(page, server, other, shown="one", **view):
    view |= {"run": f"{shown}/validation", "with": f"{other}/validation"}
    return Screen(page, server.plugin_url, **view)


def test_two_trees_over_the_same_classes(page, server):
    screen = open_screen(page, server, "two", rows="bread").ready()
    errors = [m.sum() - np.trace(m) for m in map(MATRICES.get, ("one", "two"))]
    said = screen.says(
        "caption", "two − one", f"errors: one {errors[0]}, two {errors[1]}"
    )
    assert "shared" not in said
    # Under the tree that is shown: groups by kind.
    tree = screen.find("tree-actual")
    expect(tree.locator('[aria-label^="bread, "]')).to_have_count(1)
    screen.has_no("mismatch")
    # Tested by the server, which finds the classes by their ids.
    screen.says("group-test", "points, p < 0.001")


def test_sets_that_overlap(page, server, runs):
    screen = open_screen(page, server, "meat").ready()
    here, there = map(wrong, runs)
    screen.says(
        "caption",
        "8 of 12 classes shared; 4 only here, 2 only there",
        f"errors: one {here}, meat {there}",
    )
    # Answers out there are in no cell, and counted.
    here, there = (wrong(each, lambda n: n not in SHARED) for each in runs)
    title = rf"left out: one {here}, meat {there} \(classes not shared\)"
    caption = screen.find("caption")
    expect(caption).to_have_attribute("title", re.compile(title))
    screen.says("other", "other")
    screen.has_no("mismatch")
    name, rows = saved(screen, "classes")
    assert name.endswith("-classes-shared.csv")
    assert sorted(row["id"] for row in rows) == sorted(SHARED)
    assert {row["samples"] for row in rows} == {str(EACH)}
    name, rows = saved(screen, "scores")
    assert name.endswith("-scores-shared.csv")
    known = {row["id"] for row in rows}
    assert known & set(CLASSES) == set(SHARED)
    # No bread is shared, and of the spices one is not.
    assert known & set(KINDS) == {"fruit", "drink", "spice"}
    screen.find("swap").click()
    screen.says(
        "caption",
        "one − meat",
        "8 of 10 classes shared; 2 only here, 4 only there",
    )


def test_a_class_that_is_not_shared_is_said_to_be_so(page, server):
    screen = open_screen(page, server, "meat").ready()
    screen.says("caption", "8 of 12 classes shared")
    screen.find("cursor").focus()
    heard = set()
    for key in ("ArrowUp", "ArrowDown"):
        for _ in CLASSES:
            page.keyboard.press(key)
            screen.draw()
            heard.add(screen.text("said"))
    told = {words for words in heard if "not in" in words}
    away = set(CLASSES) - set(SHARED)
    assert told == {f"{name}: not in meat" for name in away}
    assert not any("no samples" in words for words in heard)
    # No bread is shared: its samples give no figure.
    screen.find("tree-actual").locator('[aria-label^="bread, "]').hover()
    tooltip = screen.says("tooltip", "its classes are not in meat")
    assert "precision" not in tooltip
    # Every class has samples: what is left out is no class without.
    screen.find("find").fill("no samples")
    screen.find("found").get_by_text("Every class has samples").wait_for()


def test_the_strip_is_of_all_classes_and_a_part_of_the_shared(
    page, server, runs
):
    words = "over all classes of each run"
    screen = open_screen(page, server, "meat").ready()
    screen.says("classes-of-curves", words)
    # Neither better nor worse, where they are of other classes.
    change = screen.find("strip").locator(".ends .change")
    expect(change.first).to_contain_text("→")
    expect(screen.find("strip").locator(".better, .worse")).to_have_count(0)
    screen.choose("compare with", "")
    screen.has_no("classes-of-curves")
    # A part of shared classes has both curves.
    view = {"rows": "drink", "columns": "salt"}
    screen = open_screen(page, server, "meat", **view).ready()
    shares = [
        100 * sum(cells[name, "salt"] for name in KINDS["drink"]) / 3 / EACH
        for cells in runs
    ]
    said = [f"{share:.{2 if share < 10 else 1}f}" for share in shares]
    screen.says("part-curves", f"{said[0]}→ {said[1]}")
    # The other run has no bread.
    view = {"rows": "drink", "columns": "bread"}
    screen = open_screen(page, server, "meat", **view).ready()
    screen.says("part-curves", "drink named bread")
    screen.has_no("rate-named-beside")
