"""Classes without groups, groups of one class."""

import itertools
import re

import numpy as np
import pytest
from playwright.sync_api import expect
from screen import Screen

import keras_hier as kh
from tests.support.serving import tensorboard

FAMILIES, EACH = 6, 8
SIZE = FAMILIES * EACH
EPOCHS = 3
RNG = np.random.default_rng(0)
# Labels of a family are not side by side.
FAMILY = RNG.permutation(SIZE) % FAMILIES
NAMES = [f"{'abcdef'[f]} {i:02}" for i, f in enumerate(FAMILY)]
FLAT = kh.Hierarchy.from_paths([(name,) for name in NAMES])
GROUPED = kh.Hierarchy.from_paths(
    [(f"family {'abcdef'[f]}", NAMES[i]) for i, f in enumerate(FAMILY)]
)
ALONE = kh.Hierarchy.from_paths(
    [("fruit", "plum", "plum"), ("fruit", "pear", "conference")]
    + [("root", f"root {i}") for i in range(4)]
)


def confused() -> np.ndarray:
    """All confusions are within families."""
    near = (FAMILY[:, None] == FAMILY) * 1.0
    return RNG.multinomial(60, near / near.sum(axis=1, keepdims=True))


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("flat")
    for run, tree in (("flat", FLAT), ("grouped", GROUPED)):
        with kh.BlocksWriter(folder / run, tree) as log:
            for epoch in range(1, EPOCHS + 1):
                log.matrix(confused(), epoch)
    with kh.BlocksWriter(folder / "alone", ALONE) as log:
        log.matrix(RNG.integers(1, 9, (6, 6)), 1)
    with tensorboard(folder, tensorflow=False) as server:
        for run, last in (("flat", EPOCHS), ("grouped", EPOCHS), ("alone", 1)):
            server.wait(f"{run}/validation", last)
        yield server


def opened(page, server, run="flat", **view):
    return Screen(page, server.url, run=f"{run}/validation", **view).ready()


def families(screen):
    """The families of the rows in the order in which they stand."""
    screen.settle()
    screen.draw()
    rows = screen.find("gutter").locator("[role]")
    places = rows.evaluate_all(
        """all => all.map((each) => [
          each.getBoundingClientRect().top,
          each.getAttribute("aria-label")[0],
        ])"""
    )
    return [family for _, family in sorted(places)]


def runs_of(letters):
    """How many times the letter changes, and one."""
    return 1 + sum(a != b for a, b in itertools.pairwise(letters))


def test_classes_without_groups_stand_by_their_confusions(page, server):
    screen = opened(page, server)
    said = screen.says("caption", "by confusion", "as there are no groups")
    assert f"epoch {EPOCHS}" in said
    expect(screen.frame.get_by_label("order of siblings")).to_have_value(
        re.compile("^confusion")
    )
    assert runs_of(families(screen)) == FAMILIES
    # The link says what was chosen: nothing.
    assert "order" not in screen.link("run=flat")


def test_the_order_stays_over_the_epochs(page, server):
    screen = opened(page, server, step=1)
    screen.says("caption", f"order: siblings by confusion, epoch {EPOCHS}")
    before = families(screen)
    screen.press("ArrowRight")
    screen.wait_epoch(2)
    assert families(screen) == before


def test_a_link_may_say_otherwise(page, server):
    screen = opened(page, server, order="tree")
    screen.says("caption", "order: the tree's")
    page.wait_for_timeout(500)  # nothing comes later
    assert "no groups" not in screen.text("caption")
    assert runs_of(families(screen)) > 3 * FAMILIES


def test_the_user_may_say_otherwise(page, server):
    screen = opened(page, server)
    screen.says("caption", "as there are no groups")
    screen.choose("order of siblings", "tree")
    screen.says("caption", "order: the tree's")
    url = screen.link("order=tree")
    again = Screen(page, url).ready()
    again.says("caption", "order: the tree's")
    # Chosen by hand, it needs no reason.
    values = again.frame.get_by_label("order of siblings").evaluate(
        "select => [...select.options].map((option) => option.value)"
    )
    again.choose("order of siblings", values[1])
    said = again.says("caption", "order: siblings by confusion")
    assert "no groups" not in said
    again.link("order=confusion")


def test_a_tree_with_groups_has_its_own_order(page, server):
    screen = opened(page, server, "grouped")
    screen.says("caption", "order: the tree's")
    screen.choose("run", "flat")
    screen.says("caption", "as there are no groups")
    assert runs_of(families(screen)) == FAMILIES
    screen.link("run=flat")
    screen.choose("run", "grouped")
    screen.says("caption", "order: the tree's")
    screen.link("run=grouped")
    page.go_back()
    screen.says("caption", "as there are no groups")


def test_a_selection_is_what_a_link_says(page, server):
    screen = opened(page, server, rows=NAMES[5])
    screen.says("caption", "as there are no groups")
    screen.reads("selection", NAMES[5])


def test_a_group_of_one_class_is_called_as_that(page, server):
    screen = opened(page, server, "alone", rows="plum")
    screen.reads("selection", "plum")
    path = screen.frame.locator(".breadcrumb .path")
    expect(path).to_have_text(re.compile(r"^all › fruit ›\s*$"))
    assert "itself" not in str(screen.frame.locator("body").inner_text())
