"""The view of answers at a promised accuracy, over numbers worked by hand.

Of 400 samples 244 are of class 0, surely named. The others are of class 3 and
are named class 2, its sibling: only their pair is sure.
"""

import re

import numpy as np
import pytest
from logged import PAIRS
from playwright.sync_api import expect
from screen import Screen

import keras_hier as kh
from keras_hier.log.records.paths_codec import calibrating
from tests.support.serving import loaded

COUNT = 400
LABELS = np.repeat([0, 3], [244, 156])
SURE = [0.95, 0.01, 0.01, 0.01, 0.01, 0.01]
PAIR = [0.01, 0.01, 0.7, 0.26, 0.01, 0.01]
SCORES = np.array([SURE, PAIR])[(LABELS == 3).astype(int)]
OTHERS = calibrating(COUNT)[2]
SURELY = int((OTHERS < 244).sum())


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    folder = tmp_path_factory.mktemp("answers")
    for run, scores in (
        ("all", SCORES),
        ("best", (SCORES.argsort()[:, :-3:-1], -np.sort(-SCORES)[:, :2])),
    ):
        with kh.BlocksWriter(folder / run, PAIRS) as log:
            log.predictions(LABELS, SCORES.argmax(axis=1), 1)
            log.samples(LABELS, scores, 1)
    with loaded(folder) as server:
        yield server.plugin_url


def test_a_promise_is_chosen_and_its_errors_are_opened(page, url):
    screen = Screen(page, url, run="all/validation").ready()
    screen.find("tab-answers").click()
    classes = round(100 * SURELY / len(OTHERS))
    screen.says(
        "answers-sentence",
        f"To be right in 95 %, it names the class in {classes} % of samples, "
        f"a group in {100 - classes} %, nothing in 0 %.",
    )
    rows = screen.find("bars").locator(".bar-row")
    # Empty bars would say that classes which never occur are left unanswered.
    expect(rows).to_have_count(2)
    screen.says("bars", "4 of 6 have no samples here.")
    expect(rows.nth(0).locator(".share")).to_have_text("100 %")
    expect(screen.find("panel").locator(".wrong-row")).to_have_count(0)
    slider = screen.find("promise")
    expect(slider).to_have_attribute("aria-valuenow", "95")
    slider.focus()
    # As little as half: the class is right often enough.
    slider.press("Home")
    expect(slider).to_have_attribute("aria-valuenow", "50")
    expect(page).to_have_url(re.compile("promise%3D50"))
    screen.says("answers-sentence", "names the class in 100 % of samples")
    wrong = screen.find("panel").locator(".wrong-row")
    expect(wrong.first).to_contain_text("class 3")
    expect(wrong.first).to_contain_text("answered class 2")
    screen.says("panel", f"{len(OTHERS) - SURELY} of {len(OTHERS)}")
    wrong.first.click()
    screen.says("grid-title", "156 errors")


def test_samples_without_all_scores_are_refused_in_a_sentence(tab, url):
    screen = Screen(tab, url, run="best/validation", view="answers")
    screen.says("no-answers", "give all scores [N, C] of the classes")
