"""The table of all classes, and the scatter over it."""

import csv
import io
import re

import numpy as np
import pytest
from accessibility import SMALL, darken, findings
from playwright.sync_api import expect
from scipy import stats
from screen import Screen

import keras_hier as kh
from keras_hier.analysis.evidence import wilson_interval
from tests.support.serving import tensorboard

PLAIN = "plain/validation"


@pytest.fixture(scope="module")
def counts(answers):
    """The confusion matrix of the last epoch, [1000, 1000] by label."""
    flat = answers.labels * 1000 + answers.predictions
    return np.bincount(flat, minlength=1_000_000).reshape(1000, 1000)


def asked(screen, name):
    heads = screen.find("panel").locator(".switch .head, .asked .head")
    heads.get_by_text(name, exact=True).click()


def listed(screen):
    rows = screen.find("classes").locator("[data-row] .at-name")
    return screen.texts(rows)


def exported(screen):
    screen.find("export").click()
    with screen.page.expect_download() as download:
        screen.find("export-classes").click()
    text = download.value.path().read_text(encoding="utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_the_ten_worst_are_a_click_away(screen, counts):
    asked(screen, "ten worst")
    screen.says("classes", "10 of 1,000", "upper end of the recall’s 95 %")
    right, samples = np.diag(counts), counts.sum(axis=1)
    _, high = wilson_interval(right, samples)
    worst = np.sort(high)[:10]
    screen.link("classes=worst")
    rows = exported(screen)
    assert np.allclose([float(row["recall_high"]) for row in rows], worst)
    # What is listed is what is saved.
    assert [name.split(" n0")[0] for name in listed(screen)] == [
        row["name"] for row in rows
    ]
    low = float(rows[0]["recall_low"])
    row = screen.find("classes").locator("[data-row]").first
    expect(row).to_contain_text(f"{100 * low:.0f}–{100 * worst[0]:.0f}")
    screen.find("all-classes").click()
    screen.says("classes", "1,000 classes")


def test_what_is_predicted_too_often_is_tested(screen, counts):
    asked(screen, "most over-predicted")
    errors = counts - np.diag(np.diag(counts))
    to, of = errors.sum(axis=0), errors.sum(axis=1)
    found = np.flatnonzero((to + of > 0) & (0.5 ** (to + of) <= 0.05))
    p = stats.binom.sf(to[found] - 1, to[found] + of[found], 0.5)
    beyond = stats.false_discovery_control(p) <= 0.05
    if not beyond.any():
        screen.says("no-classes", "more often than chance allows")
        return
    screen.says("classes", f"{beyond.sum()} of 1,000")
    sinks = found[beyond]
    ratio = (counts.sum(axis=0) / counts.sum(axis=1))[sinks].max()
    row = screen.find("classes").locator("[data-row] .at-over").first
    expect(row).to_have_text(f"{ratio:.2f} ×")
    expect(row).to_have_class(re.compile("beyond"))


def test_the_table_is_virtual_and_sorts(screen, counts):
    asked(screen, "all classes")
    rows = screen.find("classes").locator("[data-row]")
    rows.first.wait_for()
    assert rows.count() < 60
    heads = screen.find("classes").locator(".heads")
    heads.get_by_role("button", name="pred./act.").click()
    screen.link("classes=over")
    ratio = counts.sum(axis=0) / counts.sum(axis=1)
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


def test_a_rectangle_of_the_scatter_lists_its_classes(screen, counts):
    asked(screen, "all classes")
    scatter = screen.find("scatter")
    mouse = screen.page.mouse
    # What the pointer is at takes the place of the line about all.
    mouse.move(5, 5)
    recall = np.diag(counts) / counts.sum(axis=1)
    overall = np.diag(counts).sum() / counts.sum()
    by = stats.binom(50, overall)
    low, high = by.ppf([0.025, 0.975]) / 50
    # Of 50 samples the band holds more than 95 %.
    chance = by.cdf(50 * low - 1) + by.sf(50 * high)
    screen.says(
        "scatter-says", f"outside the band, chance {100 * chance:.0f} %"
    )
    outside = ((recall < low) | (recall > high)).mean()
    screen.says("scatter-says", f"{100 * outside:.0f} % outside")
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
    runs = {"one": one, "two": two, "more": 2 * two}
    for run, matrix in runs.items():
        with kh.BlocksWriter(folder / run, tree) as log:
            log.matrix(matrix, 1)
    with tensorboard(folder, tensorflow=False) as server:
        for run in runs:
            server.wait(f"{run}/validation", 1)
        yield server


def test_no_samples_are_a_gap_and_two_are_no_news(page, uneven):
    screen = Screen(
        page, uneven.plugin_url, run="one/validation", classes="-samples"
    ).ready()
    assert listed(screen) == ["absent", "<b>rare</b>", "=1+1", "common"]
    rows = screen.find("classes").locator("[data-row]")
    expect(rows.first).to_contain_text("no samples")
    expect(rows.first).to_contain_text("9 : 0")
    expect(rows.first.locator(".at-recall")).to_have_count(0)
    # 60 of 100 are surely fewer than 99 of 100, none of 2 may be 66 %.
    asked(screen, "ten worst")
    screen.says("classes", "3 of 4")
    assert listed(screen) == ["<b>rare</b>", "=1+1", "common"]
    # 42 are taken for common, 10 commons for others.
    asked(screen, "most over-predicted")
    screen.says("classes", "2 of 4")
    assert listed(screen) == ["common", "absent"]
    screen.find("all-classes").click()
    saved = exported(screen)
    assert "'=1+1" in [row["name"] for row in saved]


def test_changes_within_chance_are_grey(page, uneven):
    screen = Screen(
        page,
        uneven.plugin_url,
        run="one/validation",
        classes="-samples",
        **{"with": "two/validation"},
    ).ready()
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


def test_it_is_accessible_in_both_themes_and_small_windows(page, uneven):
    screen = Screen(
        page, uneven.url, run="one/validation", classes="worst"
    ).ready()
    screen.says("classes", "3 of 4 · show all")
    assert findings(screen.frame) == []
    page.set_viewport_size(SMALL)
    darken(screen)
    screen.says("classes", "3 of 4 · all")
    assert findings(screen.frame) == []
    extent = screen.find("all-classes")
    assert extent.evaluate("e => e.scrollWidth <= e.clientWidth")


def test_a_change_of_shares_has_no_count_before_it(page, uneven):
    screen = Screen(
        page,
        uneven.plugin_url,
        run="one/validation",
        **{"with": "more/validation"},
    ).ready()
    # 2 of 2 were taken for common, 2 of 4 are.
    pair = screen.find("confusions").locator(".pair").first
    expect(pair.locator(".number")).to_have_text("100 %")
    expect(pair.locator(".change")).to_have_text("−50.0")
    expect(pair.locator(".about")).to_contain_text("2 errors")
