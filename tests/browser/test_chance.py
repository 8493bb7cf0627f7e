"""Comparisons of which the differences are noise, and of which they are not."""

import re

import numpy as np
import pytest
from logged import write_epochs
from playwright.sync_api import expect
from screen import Screen, members

from tests.support.serving import loaded

DOG, BIRD = "n02084071", "n01503061"

# Shares of the matrix's pixels that are teal or brown, and that are grey.
COLOURED = """([left, top, width, height]) => {
  const canvas = document.querySelector('[data-testid="matrix"]');
  const scale = canvas.width / canvas.getBoundingClientRect().width;
  const [x, y, across, down] = [left, top, width, height].map(
    (each) => Math.round(each * scale));
  const { data } = canvas.getContext("2d").getImageData(x, y, across, down);
  let [coloured, grey] = [0, 0];
  for (let i = 0; i < data.length; i += 4) {
    if (data[i + 3] < 100) continue;
    const shades = [data[i], data[i + 1], data[i + 2]];
    const by = Math.max(...shades) - Math.min(...shades);
    if (by > 45) coloured++;
    else if (Math.min(...shades) < 235) grey++;
  }
  return { coloured: coloured / across / down, grey: grey / across / down };
}"""


# Runs of black pixels in one colour, above and below as well.
SIGNS = """([left, top, width, height]) => {
  const canvas = document.querySelector('[data-testid="matrix"]');
  const scale = canvas.width / canvas.getBoundingClientRect().width;
  const [x, y, across, down] = [left, top, width, height].map(
    (each) => Math.round(each * scale));
  const { data } = canvas.getContext("2d").getImageData(x, y, across, down);
  const pixels = new Uint32Array(data.buffer);
  const black = 0xff000000;
  let signs = 0;
  for (let i = across; i < pixels.length - across; i++) {
    if (pixels[i] !== black || pixels[i - 1] === black) continue;
    const ground = pixels[i - 1];
    let end = i;
    const isIn = (at) => pixels[at - across] === ground
      && pixels[at + across] === ground;
    while (pixels[end] === black && isIn(end)) end++;
    const [red, green] = [ground & 255, (ground >> 8) & 255];
    if ([3, 5].includes(end - i) && pixels[end] === ground
        && green - red > 30) signs++;
  }
  return signs;
}"""


# Changes, and of these the ones whose weight does not say what they are.
WEIGHTS = """() => {
  // The row that is pointed at is heavy as a whole.
  const all = [...document.querySelectorAll(".change")]
    .filter((each) => !each.closest(".strong"));
  const isNews = (each) => each.matches(".better, .worse");
  const isHeavy = (each) => getComputedStyle(each).fontWeight >= 600;
  return [all.length, all.filter((each) => isNews(each) !== isHeavy(each))
    .map((each) => each.parentElement.outerHTML)];
}"""


@pytest.fixture(scope="module")
def url(tmp_path_factory, hierarchy, matrix):
    """Two seeds of one network, and one that knows dogs better."""
    folder = tmp_path_factory.mktemp("chance")
    # Each class has 50 samples; what one network says of them is one draw.
    rates = (matrix + 0.001) / (matrix + 0.001).sum(axis=1, keepdims=True)
    rng = np.random.default_rng(0)
    one, two = (rng.multinomial(50, rates) for _ in range(2))
    better = two.copy()
    dogs = members(hierarchy, "dog")
    wrong = better[dogs]
    wrong[np.arange(len(dogs)), dogs] = 0
    kept = wrong // 4
    better[dogs] = kept
    better[dogs, dogs] = 50 - kept.sum(axis=1)
    runs = {"seed0": one, "seed1": two, "better": better}
    for run, counts in runs.items():
        write_epochs(folder / run, hierarchy, counts)
    with loaded(folder) as server:
        yield server.plugin_url


def compared(page, url, other, **view):
    view |= {"run": "seed0/validation", "with": f"{other}/validation"}
    screen = Screen(page, url, **view).ready()
    screen.says("caption", "beyond chance")
    return screen


def inside(screen):
    """The box of the matrix without its edges."""
    left, top, size = screen.matrix_box()
    return [left + 8, top + 8, size - 16, size - 16]


def colours(screen):
    screen.draw()
    return screen.frame.evaluate(COLOURED, inside(screen))


def found_in(screen):
    said = screen.says("caption", "beyond chance")
    return int(
        re.search(r"([\d,]+) of [\d,]+ cells?", said)[1].replace(",", "")
    )


def is_neutral(screen, *parts):
    """Waits for changes in these parts, of which none is good or bad."""
    for part in parts:
        changes = screen.find(part).locator(".change")
        changes.first.wait_for(state="attached")
        expect(screen.find(part).locator(".better, .worse")).to_have_count(0)


def test_two_seeds_of_one_network_are_grey(page, url):
    screen = compared(page, url, "seed1", level=31)
    assert found_in(screen) == 0
    shown = colours(screen)
    assert shown["coloured"] < 1e-4
    assert shown["grey"] > 1e-3
    levels = screen.find("figures").locator("table").first
    rows = levels.locator("tr[title]")
    rows.first.wait_for()  # once the tests have come
    for row in rows.all():
        expect(row).to_have_attribute("title", re.compile(" points, p = "))
    is_neutral(screen, "figures", "gains", "confusions", "parts")
    screen = compared(page, url, "seed1", level=31, rows=DOG)
    screen.says("group-test", " points, p = 0.")
    is_neutral(screen, "figures", "parts")
    screen = compared(page, url, "seed1", level=31, rows=DOG, columns=BIRD)
    change = screen.find("figures").locator(".change")
    expect(change).to_have_class(re.compile("same"))
    # Bars of precision, below the matrix.
    screen = compared(page, url, "seed1", level=164)
    screen.draw()
    left, top, size = screen.matrix_box()
    below = [left, top + size + 4, size, 20]
    assert screen.frame.evaluate(COLOURED, below)["coloured"] == 0
    screen = compared(page, url, "better", level=164)
    screen.frame.wait_for_function(
        f"(box) => ({COLOURED})(box).coloured > 0", arg=below
    )


def test_what_is_beyond_chance_stands_out(page, url):
    screen = compared(page, url, "better", level=31)
    assert found_in(screen) >= 3
    for part in ("figures", "parts"):
        screen.find(part).locator(".better").first.wait_for(state="attached")
    screen.find("more-pairs").click()
    changes = screen.find("confusions").locator(".change")
    changes.nth(10).wait_for()
    classes = changes.evaluate_all(
        "all => all.map((each) => each.className.split(' ').at(-1))"
    )
    assert {"better", "same"} <= set(classes)
    # Everywhere it has weight: not everybody tells teal from grey.
    found, wrong = screen.frame.evaluate(WEIGHTS)
    assert found > 40
    assert wrong == []
    both = colours(screen)
    assert both["coloured"] > 1e-3
    # So have cells: where no number fits, a sign.
    screen = compared(page, url, "better", level=164)
    screen.draw()
    screen.frame.wait_for_function(
        f"(box) => ({SIGNS})(box) > 3", arg=inside(screen)
    )
    screen = compared(page, url, "seed1", level=164)
    screen.draw()
    assert screen.frame.evaluate(SIGNS, inside(screen)) == 0
    screen = compared(page, url, "better", level=31)
    screen.choose("least count", "beyond")
    screen.says("caption", "the others hidden")
    screen.frame.wait_for_function(
        f"([box, most]) => ({COLOURED})(box).grey < most",
        arg=[inside(screen), both["grey"] / 2],
    )
    alone = colours(screen)
    assert alone["coloured"] == pytest.approx(both["coloured"], rel=0.2)
    # The link hides them as well.
    again = Screen(page, screen.link("changes=beyond")).ready()
    again.says("caption", "the others hidden")
    screen = compared(page, url, "better", level=31, rows=DOG)
    screen.says("group-test", " points, p < 0.001")
