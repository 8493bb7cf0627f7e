"""Classes without groups stand by their confusions."""

import itertools
import re

import numpy as np
import pytest
from logged import write_epochs
from playwright.sync_api import expect
from screen import Screen

import keras_hier as kh
from tests.support.serving import loaded

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


def confused() -> np.ndarray:
    """All confusions are within families."""
    near = (FAMILY[:, None] == FAMILY) * 1.0
    return RNG.multinomial(60, near / near.sum(axis=1, keepdims=True))


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    folder = tmp_path_factory.mktemp("flat")
    for run, tree in (("flat", FLAT), ("grouped", GROUPED)):
        write_epochs(folder / run, tree, *(confused() for _ in range(EPOCHS)))
    with loaded(folder) as server:
        yield server.plugin_url


def opened(page, url, run="flat", **view):
    return Screen(page, url, run=f"{run}/validation", **view).ready()


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


def test_classes_without_groups_stand_by_their_confusions(page, url):
    screen = opened(page, url, rows=NAMES[5])
    said = screen.says("caption", "by confusion", "as there are no groups")
    assert f"epoch {EPOCHS}" in said
    expect(screen.choice("order of siblings")).to_have_value(
        re.compile("^confusion")
    )
    screen.find("view").click()
    before = families(screen)
    assert runs_of(before) == FAMILIES
    screen.reads("selection", NAMES[5])
    # The link says what was chosen: nothing.
    assert "order" not in screen.link("run=flat")
    # The order stays over the epochs.
    screen.press("ArrowLeft")
    screen.wait_epoch(EPOCHS - 1)
    screen.says("caption", f"order: siblings by confusion, epoch {EPOCHS}")
    assert families(screen) == before


def test_the_user_and_a_link_may_say_otherwise(page, url):
    screen = opened(page, url)
    screen.says("caption", "as there are no groups")
    screen.choose("order of siblings", "tree")
    screen.says("caption", "order: the tree's")
    again = Screen(page, screen.link("order=tree")).ready()
    assert "no groups" not in again.says("caption", "order: the tree's")
    assert runs_of(families(again)) > 3 * FAMILIES
    # Chosen by hand, it needs no reason.
    order = again.choice("order of siblings")
    order.select_option(index=1)
    said = again.says("caption", "order: siblings by confusion")
    assert "no groups" not in said
    again.link("order=confusion")


def test_a_tree_with_groups_has_its_own_order(page, url):
    screen = opened(page, url, "grouped")
    screen.notes("order: the tree's")
    screen.choose("run", "flat")
    screen.says("caption", "as there are no groups")
    assert runs_of(families(screen)) == FAMILIES
    screen.link("run=flat")
    screen.choose("run", "grouped")
    screen.notes("order: the tree's")
    screen.link("run=grouped")
    page.go_back()
    screen.says("caption", "as there are no groups")
