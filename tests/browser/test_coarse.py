"""Samples that are known as a group only: the caption says where they are."""

import re

import numpy as np
import pytest
from playwright.sync_api import expect
from screen import Screen

import keras_hier as kh
from benchmarks.speed.serving import tensorboard
from keras_hier.data import shapes
from keras_hier.scores.coarse_counts import CoarseCounts

TREE = shapes.hierarchy()


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    """One run: 1,234 of the first family, of which 1,000 stay in it."""
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
    with tensorboard(folder, tensorflow=False) as server:
        server.wait("mixed/validation", 2)
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
