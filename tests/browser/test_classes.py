"""The table of all classes, and the scatter over it."""

import re

import numpy as np
import pytest
from accessibility import SMALL, darken, findings
from logged import write_epochs
from playwright.sync_api import expect
from screen import Screen, saved

import keras_hier as kh
from keras_hier.analysis.evidence import wilson_interval
from tests.support.serving import loaded


def asked(screen, name):
    heads = screen.find("panel").locator(".switch .head, .asked .head")
    summary = screen.find("parts").locator("summary")
    expect(heads.first.or_(summary)).to_be_visible()
    if not heads.count():
        summary.click()
    heads.get_by_text(name, exact=True).click()


def listed(screen):
    rows = screen.find("classes").locator("[data-row] .at-name")
    return screen.texts(rows)


def test_the_ten_worst_are_a_click_away(screen, matrix):
    asked(screen, "ten worst")
    screen.says("classes", "10 of 1,000", "upper end of the recall’s 95 %")
    _, high = wilson_interval(np.diag(matrix), matrix.sum(axis=1))
    screen.link("classes=worst")
    _, rows = saved(screen, "classes")
    worst = [float(row["recall_high"]) for row in rows]
    assert np.allclose(worst, np.sort(high)[:10])
    # The file has the listed classes.
    assert [name.split(" n0")[0] for name in listed(screen)] == [
        row["name"] for row in rows
    ]
    screen.find("all-classes").click()
    screen.says("classes", "1,000 classes")


def test_the_table_is_virtual_and_sorts(screen, matrix):
    asked(screen, "all classes")
    rows = screen.find("classes").locator("[data-row]")
    rows.first.wait_for()
    assert rows.count() < 60
    heads = screen.find("classes").locator(".heads")
    heads.get_by_role("button", name="pred./act.").click()
    screen.link("classes=over")
    ratio = matrix.sum(axis=0) / matrix.sum(axis=1)
    expect(rows.first.locator(".at-over")).to_have_text(f"{ratio.max():.2f} ×")
    heads.get_by_role("button", name="name", exact=True).click()
    expect(rows.first.locator(".at-name")).to_contain_text("abacus")
    # The keys of every list.
    rows.first.get_by_role("button").focus()
    screen.press("End")
    screen.frame.wait_for_selector('[data-row="999"] :focus')
    screen.press("Enter")
    screen.reads("selection", "zucchini")
    # The table stays, and Escape leads back.
    screen.says("classes", "1,000 classes")
    screen.press("Escape")
    screen.reads("selection", "all classes")


def test_a_rectangle_of_the_scatter_lists_its_classes(screen, matrix):
    asked(screen, "all classes")
    scatter = screen.find("scatter")
    mouse = screen.page.mouse
    # A pointer over the plot would replace the line about all.
    mouse.move(5, 5)
    screen.says("scatter-says", "no trend can be computed")
    recall = np.diag(matrix) / matrix.sum(axis=1)
    overall = np.diag(matrix).sum() / matrix.sum()
    box = scatter.bounding_box()
    # Half of 50 samples above a share that some class has: no dot is near.
    cut = (np.floor(overall * 50) + 0.5) / 50
    # The plot begins 6 pixels below the top and ends 18 above the bottom.
    edge = box["y"] + 6 + (1 - cut) * (box["height"] - 24)
    mouse.move(box["x"] + 20, box["y"] + box["height"] - 6)
    mouse.down()
    mouse.move(box["x"] + 100, edge + 20)
    # Time enough for the link to have this one first.
    screen.link("scatter=")
    mouse.move(box["x"] + box["width"] - 1, edge)
    mouse.up()
    below = int((recall < cut).sum())
    assert 100 < below < 900
    screen.says("classes", f"{below} of 1,000")
    # The link has the rectangle, whatever the size of the plot.
    url = screen.link("scatter=")
    screen.page.set_viewport_size({"width": 1600, "height": 1000})
    again = Screen(screen.page, url).ready()
    again.says("classes", f"{below} of 1,000")
    again.find("all-classes").click()
    again.says("classes", "1,000 classes")
    again.page.wait_for_function("!location.hash.includes('scatter')")


@pytest.fixture(scope="module")
def uneven(tmp_path_factory):
    """Two runs of four classes: one without samples, one of two."""
    folder = tmp_path_factory.mktemp("uneven")
    names = ("=1+1", "<b>rare</b>", "common", "absent")
    tree = kh.Hierarchy.from_paths(
        [(f"group {i // 2}", name) for i, name in enumerate(names)]
    )
    one = np.array([[60, 0, 40, 0], [0, 0, 2, 0], [0, 1, 990, 9], [0, 0, 0, 0]])
    two = np.array([[95, 0, 5, 0], [1, 0, 1, 0], [0, 1, 991, 8], [0, 0, 0, 0]])
    for run, matrix in (("one", one), ("two", two)):
        write_epochs(folder / run, tree, matrix)
    with loaded(folder) as server:
        yield server.plugin_url


def test_no_samples_are_a_gap_and_two_are_no_news(page, uneven):
    view = {"run": "one/validation", "classes": "-samples"}
    screen = Screen(page, uneven, **view).ready()
    rows = screen.find("classes").locator("[data-row]")
    names = rows.locator(".at-name")
    expect(names).to_have_text(["absent", "<b>rare</b>", "=1+1", "common"])
    expect(rows.first).to_contain_text("no samples")
    expect(rows.first.locator(".at-recall")).to_have_count(0)
    # 42 are taken for common, 10 commons for others.
    asked(screen, "most over-predicted")
    screen.says("classes", "2 of 4")
    expect(names).to_have_text(["common", "absent"])
    screen.find("all-classes").click()
    _, rows = saved(screen, "classes")
    assert "'=1+1" in [row["name"] for row in rows]
    asked(screen, "ten worst")
    screen.says("classes", "3 of 4 · show all")
    assert findings(screen.frame) == []
    page.set_viewport_size(SMALL)
    darken(screen)
    screen.says("classes", "3 of 4 · all")
    assert findings(screen.frame) == []
    extent = screen.find("all-classes")
    assert extent.evaluate("e => e.scrollWidth <= e.clientWidth")


def test_changes_within_chance_are_grey(page, uneven):
    view = {"run": "one/validation", "classes": "-samples"}
    view["with"] = "two/validation"
    screen = Screen(page, uneven, **view).ready()
    # The bars beside the matrix reach to what changed most.
    ends = screen.frame.locator(
        "svg.labels text", has_text=re.compile("^[+−]40$")
    )
    expect(ends).to_have_count(2)
    rows = screen.find("classes").locator("[data-row]")
    better = rows.nth(2).locator(".change")
    expect(better).to_have_text("+35.0")
    expect(better).to_have_class(re.compile("better"))
    within = rows.nth(3).locator(".change")
    expect(within).to_have_text("+0.1")
    expect(within).to_have_class(re.compile("same"))
