"""A tree that was made from the errors on screen never flatters itself."""

import re

import numpy as np
import pytest
from accessibility import SMALL, findings_in_both_themes
from logged import write_epochs
from playwright.sync_api import expect
from screen import Screen, saved

from keras_hier.analysis.trees.misplaced_classes import misplaced_classes
from keras_hier.analysis.trees.planted_moves import planted_moves
from keras_hier.analysis.trees.tree_agreement import tree_agreement
from keras_hier.hierarchy import tree_from_confusions
from tests.support.serving import loaded


@pytest.fixture(scope="module")
def tree(matrix, hierarchy):
    return tree_from_confusions(matrix, hierarchy.classes, bootstrap=8)


@pytest.fixture(scope="module")
def url(tmp_path_factory, matrix, tree, hierarchy):
    """ILSVRC predictions under a tree of their errors, and under WordNet."""
    folder = tmp_path_factory.mktemp("computed")
    for run, each in (("errors", tree.hierarchy), ("wordnet", hierarchy)):
        write_epochs(folder / run, each, matrix)
    with loaded(folder) as server:
        yield server.plugin_url


def percent(share):
    return f"{100 * share:.1f} %"


def test_figures_carry_those_of_errors_it_has_not_seen(page, url, matrix, tree):
    screen = Screen(page, url, run="errors/validation").ready()
    wrong = 1 - np.trace(matrix) / matrix.sum()
    errors = matrix.sum() - np.trace(matrix)
    screen.says("caption", f"tree computed from {errors:,} of these errors")
    said = f"{percent(tree.inside_held_out[0])} of errors it has not seen"
    title = re.compile(re.escape(said) + ".* by chance")
    expect(screen.find("caption")).to_have_attribute("title", title)
    figures = screen.find("figures")
    expect(figures).to_contain_text("errors that did not make this tree")
    rows = figures.locator("tbody tr")
    expect(rows).to_have_count(len(tree.inside_held_out) + 1)
    for at, share in enumerate(tree.inside_held_out):
        cells = rows.nth(at).locator("td")
        right = 100 * (1 - wrong * (1 - share))
        expect(cells.nth(1)).to_have_text(f"{right:.1f}")
        expect(cells.nth(3)).to_have_text(f"{100 * share:.1f}")
        by_chance = 100 * tree.inside_chance[at]
        digits = 1 if by_chance < 1 else 0
        expect(cells.nth(4)).to_have_text(f"{by_chance:.{digits}f}")
    weak = tree.hierarchy.node_ids[int(np.flatnonzero(tree.weak)[0])]
    screen = Screen(page, url, run="errors/validation", rows=weak).ready()
    screen.says("support", "may not come back with other samples")
    screen = Screen(page, url, run="wordnet/validation").ready()
    screen.says("caption", "errors in")
    expect(screen.find("caption")).not_to_contain_text("computed")
    expect(screen.find("figures")).not_to_contain_text("did not make")


def test_what_the_errors_would_move_is_listed(page, url, matrix, hierarchy):
    screen = Screen(page, url, run="wordnet/validation").ready()
    heads = screen.unfold().locator(".asked .head")
    heads.get_by_text("misplaced", exact=True).click()
    rows = screen.find("agreement").locator("tbody tr")
    expect(rows).to_have_count(len(tree_agreement(matrix, hierarchy).groups))
    moved = {
        hierarchy.classes[label]
        for level in hierarchy.levels()[:-1]
        for label in misplaced_classes(matrix, level).classes
    }
    screen.says("misplaced", f"{len(moved)} of 1,000 classes")
    found, planted = planted_moves(matrix, hierarchy.levels()[0])
    shown = f"would show {found} of {planted} at 4 groups, "
    expect(screen.find("moves")).to_contain_text(shown)
    entry = screen.find("misplaced").get_by_role("button", name="pier under")
    expect(entry).to_contain_text("pier under structure")
    expect(entry).to_contain_text("with its own, device · at 31 groups")
    _, rows = saved(screen, "classes")
    assert {row["id"] for row in rows} == moved
    # It stays while one goes through it, and a link opens it again.
    entry.click()
    pier = next(row["id"] for row in rows if row["name"] == "pier")
    screen.link("classes=misplaced", f"rows={pier}")
    expect(entry).to_be_visible()
    page.set_viewport_size(SMALL)
    assert findings_in_both_themes(screen) == []
    panel = screen.find("panel")
    assert panel.evaluate("e => e.scrollWidth <= e.clientWidth")
    # Agreement with a tree of errors is no news.
    view = {"run": "errors/validation", "classes": "misplaced"}
    screen = Screen(page, url, **view).ready()
    screen.says("own-tree", "was computed from errors")
    screen.has_no("agreement")
