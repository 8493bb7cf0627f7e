"""The *other* row and column of two matrices that are compared."""

import re

import numpy as np
import pytest
from comparing import HIER, PLAIN, blocks_of, matrix_of, open_screen
from playwright.sync_api import expect
from screen import members

from keras_hier.hierarchy.tree.cuts import levels


@pytest.fixture(scope="module")
def nodes(hierarchy):
    """The nodes of the coarsest level: 4 groups."""
    return levels(hierarchy)[0].nodes


@pytest.fixture
def blocks(server, hierarchy, nodes):
    """Errors between the groups, here and there, int [4, 4] each."""
    return [
        blocks_of(hierarchy, matrix_of(server, run), nodes)
        for run in (PLAIN, HIER)
    ]


def changed(by):
    """A number with its sign, as the page writes it."""
    return f"{by:+,}".replace("-", "−")


def adds_up_to(screen, total, name="other"):
    """Waits until what is left out below the matrix adds up to this."""
    below = screen.find(name).locator("text").last
    expect(below).to_have_text(re.compile(rf"\s{re.escape(total)}$"))


def has_sums(screen, own):
    """Waits until the tooltip says this of a row and of its column."""
    said = re.compile(rf"row {own}\s+·\s+column {own}(?![\d,])")
    expect(screen.find("tooltip")).to_contain_text(said, use_inner_text=True)


def beside(screen, hierarchy, node, right=0.0):
    """A place in the *other* column, in the middle of the row of a group."""
    # The room for it opens on a short way.
    screen.settle()
    x, y = screen.point(
        1, (hierarchy.start[node] + hierarchy.stop[node]) / 2 / 1000
    )
    return x + right + 8, y


def test_changes_that_are_drawn_and_that_are_not_add_up(
    page, server, hierarchy, nodes, blocks
):
    screen = open_screen(page, server, against=HIER, level=4, between=4)
    screen.says("caption", "hier − plain", "within 4 groups")
    by = blocks[1] - blocks[0]
    adds_up_to(screen, changed(np.trace(by)))
    for at in (0, 1):
        page.mouse.move(*beside(screen, hierarchy, nodes[at]))
        has_sums(screen, re.escape(changed(by[at, at])))
    # The caption says it of each.
    here, there = (f"{np.trace(each):,}" for each in blocks)
    screen.says("caption", f"left out: plain {here}, hier {there}")
    # A window leaves out all that lies outside of it.
    dogs = members(hierarchy, "dog")
    start = hierarchy.rank[dogs[0]]
    window = f"{start} {start} {len(dogs)}"
    screen = open_screen(page, server, against=HIER, window=window)
    screen.says("caption", "hier − plain", "(outside the window)")
    here, there = (
        matrix[:, dogs].sum() - matrix[np.ix_(dogs, dogs)].sum()
        for matrix in (matrix_of(server, run) for run in (PLAIN, HIER))
    )
    adds_up_to(screen, changed(there - here))
    screen.press("0")
    screen.find("other").wait_for(state="detached")


def test_each_side_has_its_own(page, server, hierarchy, nodes, blocks):
    view = {"as": "side", "level": 4, "between": 4}
    screen = open_screen(page, server, against=HIER, **view)
    screen.says("caption", "plain, hier", "within 4 groups")
    here, there = (np.diag(each) for each in blocks)
    adds_up_to(screen, f"{here.sum():,}")
    adds_up_to(screen, f"{there.sum():,}", "twin-other")
    screen.settle()
    first, second = screen.find("twin-title").evaluate_all(
        "all => all.map((each) => each.getBoundingClientRect().left)"
    )
    for at, right in ((0, 0), (1, second - first)):
        place = beside(screen, hierarchy, nodes[at], right)
        page.mouse.move(*place)
        for own in (here[at], there[at]):
            has_sums(screen, f"{own:,}")
        # A click on it selects the band of its row.
        page.mouse.click(*place)
        screen.link(f"rows={hierarchy.node_ids[nodes[at]]}", "columns=")
