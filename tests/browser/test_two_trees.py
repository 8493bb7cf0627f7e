"""Two runs over the same classes, each with a tree of its own."""

import numpy as np
import pytest
from logged import write_epochs
from playwright.sync_api import expect
from screen import Screen

import keras_hier as kh
from tests.support.serving import loaded

KINDS, BRANDS = ("milk", "juice", "cream"), ("north", "south")
NAMES = [f"{kind} {brand}" for kind in KINDS for brand in BRANDS]


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    """A log of one matrix, by kind and by brand."""
    folder = tmp_path_factory.mktemp("trees")
    by_kind = [(name.split()[0], name) for name in NAMES]
    by_brand = [(name.split()[1], name) for name in NAMES]
    matrix = np.diag([20] * len(NAMES))
    # North and south milk are taken for one another: 7 errors.
    matrix[0, 1], matrix[1, 0], matrix[0, 4] = 4, 3, 2
    write_epochs(folder / "kind", kh.Hierarchy.from_paths(by_kind), matrix)
    # The classes are numbered anew: pairs are found by id.
    order = [NAMES.index(name) for _, name in sorted(by_brand)]
    brands = kh.Hierarchy.from_paths(sorted(by_brand))
    assert [NAMES[at] for at in order] == list(brands.classes)
    write_epochs(folder / "brand", brands, matrix[np.ix_(order, order)])
    with loaded(folder) as server:
        yield server.plugin_url


def test_what_differs_by_brand_alone_is_listed(page, url):
    view = {"run": "kind/validation", "with": "brand/validation"}
    screen = Screen(page, url, **view).ready()
    pairs = screen.find("tree-pairs")
    expect(pairs).to_contain_text("3 pairs")
    expect(pairs).to_contain_text("78 % of errors (chance ")
    rows = pairs.locator("li")
    expect(rows).to_have_count(len(KINDS))
    expect(rows.first).to_contain_text("milk north and milk south7")
    rows.first.get_by_role("button").click()
    screen.reads("selection", "milk north → milk south")


def test_one_tree_twice_has_no_such_list(page, url):
    view = {"run": "kind/validation", "with": "kind/validation"}
    screen = Screen(page, url, **view).ready()
    screen.find("topbar").wait_for()
    screen.has_no("tree-pairs")
