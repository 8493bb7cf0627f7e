"""Samples that are known as a group only: the caption says where they are."""

import re

import numpy as np
import pytest
from playwright.sync_api import expect
from screen import Screen

import keras_hier as kh
from keras_hier.data import shapes
from keras_hier.scores.coarse_counts import CoarseCounts
from tb_plugin.reading.seeds import RunSet
from tests.support.serving import tensorboard

TREE = shapes.hierarchy()
# 5 families of 3 kinds of 2 classes.
FAMILIES = kh.Hierarchy.from_paths(
    [
        (f"f{f}", f"f{f}k{k}", f"f{f}k{k}s{s}")
        for f in range(5)
        for k in range(3)
        for s in range(2)
    ]
)
LEFT_OUT = "60 samples with coarse labels are in no cell"


def predictions(coarse):
    """90 exact labels, all right, and 60 coarse ones or none.

    35 are known as the first of the 15 kinds: of 20 it is said, of 10 another
    kind of its family, of 5 another family. 25 are known as the second of the 5
    families: of 15 it is said. So the kinds judge 35, of which 20 are right,
    and the families 60, of which 45 are. 35 are of the largest of either.
    """
    exact = np.repeat(np.arange(30), 3)
    if not coarse:
        return exact, exact
    kind, family = kh.NodeLabels(FAMILIES).labels_of(["f0k0", "f1"])
    names = ["f0k0s1", "f0k2s0", "f4k0s0", "f1k0s0", "f4k0s0"]
    said = np.array([FAMILIES.classes.index(name) for name in names])
    labels = np.repeat([kind, family], [35, 25])
    answers = np.repeat(said, [20, 10, 5, 15, 10])
    return np.append(exact, labels), np.append(exact, answers)


def log_families(folder, coarse, epochs=2, split="validation"):
    with kh.BlocksWriter(folder, FAMILIES, split) as log:
        for step in range(1, epochs + 1):
            log.predictions(*predictions(coarse), step, node_labels=True)
        log.samples(np.arange(30), np.eye(30), epochs)


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    """Of one run 1,234 of the first family, of which 1,000 stay in it.

    The others are of 5 families: without coarse labels, with them, with them in
    training only, and for a single epoch.
    """
    folder = tmp_path_factory.mktemp("coarse")
    labelled, met = np.zeros((2, len(TREE.parents)), np.int64)
    family = TREE.find(TREE.cut(groups=12).names[0])
    labelled[family] = 1234
    met[family], met[0] = 1000, 234
    size = TREE.num_classes
    counts = 1000 * (np.ones((size, size), int) + 20 * np.eye(size, dtype=int))
    with kh.BlocksWriter(folder / "mixed", TREE) as log:
        log.matrix(counts, 1)
        log.matrix(counts, 2, coarse=CoarseCounts(TREE, labelled, met))
        log.samples(np.arange(size), np.eye(size), 2)
    log_families(folder / "exact", coarse=False)
    log_families(folder / "coarse-seed1", coarse=True)
    log_families(folder / "coarse-seed2", coarse=True)
    log_families(folder / "taught", coarse=False)
    log_families(folder / "taught", coarse=True, split="train")
    log_families(folder / "once", coarse=True, epochs=1)
    with tensorboard(folder, tensorflow=False) as server:
        for run in ("mixed", "exact", "coarse-seed1", "coarse-seed2", "taught"):
            server.wait(f"{run}/validation", 2)
        server.wait("taught/train", 2)
        server.wait("once/validation", 1)
        yield server.plugin_url


def test_the_caption_says_how_many_are_in_no_cell(page, url):
    screen = Screen(page, url, run="mixed/validation").ready()
    screen.says("caption", "1,234 samples with coarse labels are in no cell")
    expect(screen.find("caption")).to_have_attribute(
        "title",
        re.compile(
            "1,000 of the 1,234 known at 12 groups are in the right one, "
            "1,234 by naming the largest"
        ),
    )
    # Not even the first hint takes the place of that.
    page.set_viewport_size({"width": 1024, "height": 768})
    screen.says("caption", "1,234 samples with coarse labels are in no cell")
    expect(screen.find("hint")).to_have_count(0)
    page.set_viewport_size({"width": 1440, "height": 900})
    screen.find("hint").wait_for()
    screen.press("ArrowLeft")
    screen.wait_epoch(1)
    expect(screen.find("caption")).not_to_contain_text("coarse")


def says_in_title(screen, *phrases):
    """Waits until the title of the caption has all of these parts."""
    for phrase in phrases:
        parts = rf"(^| · ){re.escape(phrase)}( · |$)"
        expect(screen.find("caption")).to_have_attribute(
            "title", re.compile(parts)
        )


def test_what_is_right_of_them_is_of_the_level_on_screen(page, url):
    screen = Screen(page, url, run="coarse-seed1/validation", level=5).ready()
    at_5 = "45 of the 60 known at 5 groups are in the right one"
    at_15 = "20 of the 35 known at 15 groups are in the right one"
    others = "coarse labels right at other levels:"
    by = "35 by naming the largest"
    says_in_title(
        screen, f"{at_5}, {by}", f"{others} 20 of 35 at 15 groups", LEFT_OUT
    )
    # Classes judge none: the finest that is coarser does.
    for level in ("15", "30"):
        screen.frame.get_by_role("button", name=level, exact=True).click()
        says_in_title(
            screen, f"{at_15}, {by}", f"{others} 45 of 60 at 5 groups"
        )


def test_a_comparison_says_it_of_either_run(page, url):
    run, other = "exact/validation", "coarse-seed1/validation"
    beside = "coarse-seed1: 60 with coarse labels in no cell"
    screen = Screen(page, url, run=run, level=5, **{"with": other}).ready()
    screen.says("caption", beside)
    says_in_title(
        screen,
        "coarse-seed1: 45 of the 60 known at 5 groups are in the right one, "
        "35 by naming the largest",
    )
    # Whichever is shown, and beside one another.
    view = {"with": run, "as": "side"}
    screen = Screen(page, url, run=other, **view).ready()
    screen.says("caption", beside)
    expect(screen.find("caption")).not_to_contain_text("are in no cell")
    view = {"with": "coarse-seed2/validation"}
    screen = Screen(page, url, run=other, **view).ready()
    both = "coarse-seed1: 60, coarse-seed2: 60 with coarse labels in no cell"
    screen.says("caption", both)


def test_a_comparison_of_sets_counts_a_run(page, url):
    pair = RunSet(("coarse-seed1", "coarse-seed2"), "validation").key
    view = {"with": "exact/validation"}
    screen = Screen(page, url, run=pair, **view).ready()
    screen.says("caption", ": 60 a run with coarse labels in no cell")


@pytest.mark.parametrize(
    "view", [{"with": "epochs"}, {"view": "samples"}, {"view": "quality"}]
)
def test_whatever_is_open_says_how_many_are_left_out(page, url, view):
    screen = Screen(page, url, run="coarse-seed1/validation", **view)
    screen.says("caption", LEFT_OUT)
    screen = Screen(page, url, run="exact/validation", **view)
    screen.says("caption", " · ")
    expect(screen.find("caption")).not_to_contain_text("coarse")


def test_curves_say_that_they_leave_them_out(page, url):
    words = "coarse labels left out"
    for run in ("coarse-seed1", "taught"):
        screen = Screen(page, url, run=f"{run}/validation").ready()
        screen.says("samples-of-curves", words)
    # Below the axis, clear of the controls.
    note = screen.find("samples-of-curves").bounding_box()
    for part in screen.find("strip").locator(".transport *").all():
        box = part.bounding_box()
        assert not box or box["y"] + box["height"] <= note["y"]
    screen = Screen(page, url, run="exact/validation").ready()
    screen.find("strip").locator(".ends text").first.wait_for()
    screen.has_no("samples-of-curves")
    screen.choose("compare with", "coarse-seed1/validation\nclass")
    screen.says("samples-of-curves", words)
    screen = Screen(page, url, run="once/validation").ready()
    screen.says("single", f"accuracy by level, {words}")
