"""Samples that are known as a group only: the caption says where they are."""

import re

import numpy as np
import pytest
from accessibility import SMALL
from playwright.sync_api import expect
from screen import Screen

import keras_hier as kh
from tests.support.serving import loaded

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
IN_CURVES = "coarse labels left out"


def predictions(coarse):
    """90 exact labels, all right, and 60 coarse ones or none.

    35 are known as the first of the 15 kinds: 20 are called that, 10 another
    kind of its family, 5 another family. 25 are known as the second of the 5
    families, and 15 are called that. So the families judge 60 and find 45
    right; the largest family has 35.
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


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    """Runs with coarse labels, without, in training only, for one epoch."""
    folder = tmp_path_factory.mktemp("coarse")
    for run, split, steps, coarse in (
        ("exact", "validation", (1, 2), False),
        ("coarse", "validation", (1, 2), True),
        ("taught", "validation", (1, 2), False),
        ("taught", "train", (1, 2), True),
        ("once", "validation", (1,), True),
    ):
        with kh.BlocksWriter(folder / run, FAMILIES, split) as log:
            for step in steps:
                log.predictions(*predictions(coarse), step, node_labels=True)
            log.samples(np.arange(30), np.eye(30), steps[-1])
    with loaded(folder) as server:
        yield server.plugin_url


def test_the_caption_says_how_many_are_in_no_cell(page, url):
    screen = Screen(
        page, url, size=SMALL, run="coarse/validation", level=5
    ).ready()
    screen.says("caption", LEFT_OUT)
    said = "45 of the 60 known at 5 groups are in the right one, 35 by naming"
    expect(screen.find("caption")).to_have_attribute("title", re.compile(said))
    screen.find("tab-quality").click()
    screen.says("caption", LEFT_OUT)
    # A comparison says it of the run that has them.
    view = {"with": "coarse/validation"}
    screen = Screen(page, url, run="exact/validation", **view).ready()
    screen.says("caption", "coarse: 60 with coarse labels in no cell")


def test_curves_say_that_they_leave_them_out(page, url):
    screen = Screen(page, url, run="taught/validation").ready()
    screen.says("samples-of-curves", IN_CURVES)
    screen = Screen(page, url, run="exact/validation").ready()
    screen.find("strip").locator(".ends text").first.wait_for()
    screen.has_no("samples-of-curves")
    screen.choose("compare with", "coarse/validation\nclass")
    screen.says("samples-of-curves", IN_CURVES)
    screen = Screen(page, url, run="once/validation").ready()
    screen.says("single", f"accuracy by level, {IN_CURVES}")
