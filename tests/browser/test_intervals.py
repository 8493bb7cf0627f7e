"""The 95 % intervals of recall and precision: panel, tooltip, strip."""

import re

import numpy as np
import pytest
from accessibility import SMALL
from playwright.sync_api import expect
from screen import Screen, group, members

from keras_hier.analysis.evidence import wilson_interval
from tests.support.serving import WINDOW


@pytest.fixture
def dog(page, server):
    view = {"run": "plain/validation", "rows": "n02084071"}
    return Screen(page, server.plugin_url, **view).ready()


def within(right, samples):
    low, high = (100 * float(end) for end in wilson_interval(right, samples))
    digits = 1 if f"{low:.0f}" == f"{high:.0f}" else 0
    return f"{100 * right / samples:.1f} % ({low:.{digits}f}–{high:.{digits}f})"


def test_panel_and_tooltip_say_it_where_there_is_room(dog, matrix, hierarchy):
    inside = members(hierarchy, "dog")
    right = matrix[np.ix_(inside, inside)].sum()
    actual, named = matrix[inside].sum(), matrix[:, inside].sum()
    said = within(right, actual), within(right, named)
    scores = dog.find("figures").locator(".scores > div")
    expect(scores.nth(0)).to_contain_text(said[0])
    expect(scores.nth(0)).to_have_attribute(
        "title", re.compile(rf"interval \(Wilson\), of {actual:,} samples")
    )
    expect(scores.nth(1)).to_contain_text(said[1])
    group(dog, "dog").hover()
    dog.says("tooltip", *said)
    dog.page.set_viewport_size(SMALL)
    expect(scores.nth(0).locator(".within")).to_have_count(0)
    title = re.compile(re.escape(said[0]))
    expect(scores.nth(0)).to_have_attribute("title", title)
    dog.page.set_viewport_size(WINDOW)
    dog.find("select-row-band").click()
    dog.says("figures", "right class", said[0])


def test_bars_and_curves_of_a_group_have_theirs(dog):
    bars = dog.find("parts").locator("td.bar > .bar")
    bars.first.wait_for()
    shares = bars.evaluate_all(
        """bars => bars.map(({ children: [fill, whisker] }) =>
          [fill.style.width, whisker.style.left, whisker.style.width]
            .map(parseFloat))"""
    )
    assert len(shares) > 3
    assert all(low < share < low + width for share, low, width in shares)
    # Recall and precision have a band each, levels none.
    bands = dog.frame.locator("g.lines:not(.train) path.band")
    expect(bands).to_have_count(2)
