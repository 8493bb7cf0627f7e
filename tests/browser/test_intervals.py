"""Between what recall and precision lie: panel, tooltip, strip."""

import re

import numpy as np
import pytest
from playwright.sync_api import expect
from screen import Screen, group

from keras_hier.analysis.evidence import wilson_interval

DOG = "n02084071"


@pytest.fixture(scope="module")
def dogs(answers, hierarchy):
    """Right, actual and predicted samples of the dogs at the last epoch."""
    node = hierarchy.find("dog")
    inside = hierarchy.order[hierarchy.start[node] : hierarchy.stop[node]]
    actual = np.isin(answers.labels, inside)
    named = np.isin(answers.predictions, inside)
    return (actual & named).sum(), actual.sum(), named.sum()


@pytest.fixture
def dog(page, server):
    return Screen(page, server.url, run="plain/validation", rows=DOG).ready()


def within(right, samples, digits=0):
    low, high = (100 * float(end) for end in wilson_interval(right, samples))
    if f"{low:.0f}" == f"{high:.0f}":
        digits = 1
    return f"{100 * right / samples:.1f} % ({low:.{digits}f}–{high:.{digits}f})"


def test_the_panel_says_it_where_there_is_room(dog, dogs):
    right, actual, named = dogs
    scores = dog.find("figures").locator(".scores > div")
    expect(scores.nth(0)).to_contain_text(within(right, actual))
    expect(scores.nth(0)).to_have_attribute(
        "title", re.compile(rf"interval \(Wilson\), of {actual:,} samples")
    )
    expect(scores.nth(1)).to_contain_text(within(right, named))
    heights = scores.evaluate_all("all => all.map((each) => each.offsetHeight)")
    assert len(set(heights)) == 1
    dog.page.set_viewport_size({"width": 1024, "height": 768})
    expect(scores.nth(0).locator(".within")).to_have_count(0)
    expect(scores.nth(0)).to_have_attribute(
        "title", re.compile(re.escape(within(right, actual)))
    )


def test_a_band_has_its_own(dog, dogs):
    right, actual, _ = dogs
    dog.find("select-row-band").click()
    dog.says("figures", "right class", within(right, actual))


def test_bars_of_the_parts_end_in_a_whisker(dog):
    bars = dog.find("parts").locator("td.bar > .bar")
    bars.first.wait_for()
    shares = bars.evaluate_all(
        """bars => bars.map((bar) => {
          const [fill, whisker] = bar.children;
          const number = (text) => parseFloat(text);
          return [number(fill.style.width), number(whisker.style.left),
            number(whisker.style.width)];
        })"""
    )
    assert len(shares) > 3
    for share, low, width in shares:
        assert low < share < low + width
    # The fewer the samples, the wider.
    titles = dog.find("parts").locator("tbody tr")
    expect(titles.first).to_have_attribute(
        "title", re.compile(r"recall [\d.]+ % \([\d.]+–[\d.]+\), precision")
    )


def test_the_tooltip_says_it(screen, dogs):
    right, actual, named = dogs
    group(screen, "dog").hover()
    screen.says("tooltip", within(right, actual), within(right, named))


def test_the_curves_of_a_group_have_bands(dog):
    bands = dog.frame.locator("g.lines:not(.train) path.band")
    expect(bands).to_have_count(2)
    # Of recall and precision, none of levels.
    drawn = bands.evaluate_all(
        "all => all.map((each) => each.getAttribute('d'))"
    )
    for path in drawn:
        points = [
            [float(part) for part in point.split()]
            for point in path.strip("MZ").split("L")
        ]
        count = len(points) // 2
        high, low = points[:count], points[count:][::-1]
        assert [x for x, _ in high] == [x for x, _ in low]
        assert all(
            up < down for (_, up), (_, down) in zip(high, low, strict=True)
        )
