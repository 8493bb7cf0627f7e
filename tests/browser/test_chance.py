"""Comparisons of which the differences are noise, and of which they are not."""

import re

import numpy as np
import pytest
from playwright.sync_api import expect
from screen import Screen

import keras_hier as kh
from tests.support.serving import tensorboard

DOG, BIRD = "n02084071", "n01503061"

# Pixels of the matrix that are teal or brown, not grey: a share of all.
COLOURED = """([left, top, size]) => {
  const canvas = document.querySelector('[data-testid="matrix"]');
  const scale = canvas.width / canvas.getBoundingClientRect().width;
  const side = Math.floor(size * scale);
  const { data } = canvas.getContext("2d").getImageData(
    Math.round(left * scale), Math.round(top * scale), side, side);
  let [coloured, grey] = [0, 0];
  for (let i = 0; i < data.length; i += 4) {
    if (data[i + 3] < 100) continue;
    const shades = [data[i], data[i + 1], data[i + 2]];
    const by = Math.max(...shades) - Math.min(...shades);
    if (by > 45) coloured++;
    else if (Math.min(...shades) < 235) grey++;
  }
  return { coloured: coloured / side ** 2, grey: grey / side ** 2 };
}"""


@pytest.fixture(scope="module")
def server(tmp_path_factory, hierarchy, answers):
    """Two seeds of one network, and one that knows dogs better."""
    folder = tmp_path_factory.mktemp("chance")
    size = hierarchy.num_classes
    matrix = np.bincount(
        answers.labels * size + answers.predictions, minlength=size**2
    ).reshape(size, size)
    # Each class has 50 samples; what one network says of them is one draw.
    rates = (matrix + 0.001) / (matrix + 0.001).sum(axis=1, keepdims=True)
    rng = np.random.default_rng(0)
    one, two = (rng.multinomial(50, rates) for _ in range(2))
    better = two.copy()
    node = hierarchy.node_ids.index(DOG)
    dogs = hierarchy.order[hierarchy.start[node] : hierarchy.stop[node]]
    wrong = better[dogs]
    wrong[np.arange(len(dogs)), dogs] = 0
    kept = wrong // 4
    better[dogs] = kept
    better[dogs, dogs] = 50 - kept.sum(axis=1)
    runs = {"seed0": one, "seed1": two, "better": better}
    runs["classes"] = mended(one, hierarchy, 290)
    for run, counts in runs.items():
        with kh.BlocksWriter(folder / run, hierarchy) as log:
            log.matrix(counts, 1)
    with tensorboard(folder, tensorflow=False) as server:
        for run in runs:
            server.wait(f"{run}/validation", 1)
        yield server


def mended(counts, hierarchy, samples):
    """Names the right class of some samples, of which the group was right."""
    counts = counts.copy()
    group = hierarchy.parents[hierarchy.leaves]
    for row, column in np.argwhere(group[:, None] == group):
        moved = min(counts[row, column], samples) * (row != column)
        counts[row, column] -= moved
        counts[row, row] += moved
        samples -= moved
    assert samples == 0
    return counts


def compared(page, server, other, **view):
    screen = Screen(
        page,
        server.plugin_url,
        run="seed0/validation",
        **{"with": f"{other}/validation"},
        **view,
    ).ready()
    screen.says("caption", "beyond chance")
    return screen


def inside(screen):
    """Left, top and side of the matrix without its edges."""
    left, top, size = screen.matrix_box()
    return [left + 8, top + 8, size - 16]


def colours(screen):
    return screen.frame.evaluate(COLOURED, inside(screen))


def found_in(screen):
    said = screen.says("caption", "beyond chance")
    return int(
        re.search(r"([\d,]+) of [\d,]+ cells?", said)[1].replace(",", "")
    )


@pytest.mark.parametrize("level", [4, 31, 1000])
def test_two_seeds_of_one_network_are_grey(page, server, level):
    screen = compared(page, server, "seed1", level=level)
    assert found_in(screen) == 0
    shown = colours(screen)
    assert shown["coloured"] < 1e-4
    assert shown["grey"] > 1e-3


def test_what_is_beyond_chance_stands_out(page, server):
    screen = compared(page, server, "better", level=31)
    assert found_in(screen) >= 3
    both = colours(screen)
    assert both["coloured"] > 1e-3
    screen.choose("least count", "beyond")
    screen.says("caption", "the others hidden")
    screen.frame.wait_for_function(
        f"([box, most]) => ({COLOURED})(box).grey < most",
        arg=[inside(screen), both["grey"] / 2],
    )
    alone = colours(screen)
    assert alone["coloured"] == pytest.approx(both["coloured"], rel=0.2)
    assert screen.link("changes=beyond")


def test_a_link_hides_what_is_chance(page, server):
    screen = compared(page, server, "seed1", level=31, changes="beyond")
    screen.says("caption", "the others hidden")
    shown = colours(screen)
    assert shown["coloured"] < 1e-4


def test_the_panel_calls_neither_good_nor_bad_what_is_chance(page, server):
    screen = compared(page, server, "seed1", level=31)
    levels = screen.find("figures").locator("table").first
    rows = levels.locator("tr[title]")
    rows.first.wait_for()  # once the tests have come
    for row in rows.all():
        expect(row).to_have_attribute("title", re.compile(" points, p = "))
    for part in ("figures", "gains", "confusions", "parts"):
        changes = screen.find(part).locator(".change")
        changes.first.wait_for(state="attached")
        expect(screen.find(part).locator(".better, .worse")).to_have_count(0)


def test_levels_are_judged_together(page, server):
    screen = compared(page, server, "classes", level=31)
    levels = screen.find("figures").locator("table").first
    row = levels.locator("tr[title]").last
    said = re.compile(r"points, p = (\S+) alone, (\S+) as one of \d levels")
    expect(row).to_have_attribute("title", said)
    title = row.get_attribute("title")
    alone, together = map(float, said.search(title).groups())
    assert alone < 0.05 < together
    # By its p alone it would be the one finding of the list.
    expect(row.locator(".change")).to_have_text("+0.6")
    expect(screen.find("figures").locator(".better, .worse")).to_have_count(0)


def test_nor_does_the_panel_of_a_group_or_a_block(page, server):
    screen = compared(page, server, "seed1", level=31, rows=DOG)
    screen.says("group-test", " points, p = 0.")
    for part in ("figures", "parts"):
        changes = screen.find(part).locator(".change")
        changes.first.wait_for(state="attached")
        expect(screen.find(part).locator(".better, .worse")).to_have_count(0)
    screen = compared(page, server, "seed1", level=31, rows=DOG, columns=BIRD)
    change = screen.find("figures").locator(".change")
    expect(change).to_have_class(re.compile("same"))


def test_what_is_beyond_chance_is_coloured_wherever_it_stands(page, server):
    screen = compared(page, server, "better", level=31)
    for part in ("figures", "parts"):
        screen.find(part).locator(".better").first.wait_for(state="attached")


def test_the_panel_says_how_sure_a_change_is(page, server):
    screen = compared(page, server, "better", level=31, rows=DOG)
    screen.says("group-test", " points, p < 0.001")
    screen = compared(page, server, "seed1", level=31, rows=DOG)
    screen.says("group-test", " points, p = 0.")


# Pixels of the bars of precision, below the matrix, that are teal or brown.
PRECISION = """([left, top, size]) => {
  const canvas = document.querySelector('[data-testid="matrix"]');
  const scale = canvas.width / canvas.getBoundingClientRect().width;
  const [x, y] = [left, top + size + 4].map((at) => Math.round(at * scale));
  const { data } = canvas.getContext("2d").getImageData(
    x, y, Math.floor(size * scale), Math.round(20 * scale));
  let [coloured, grey] = [0, 0];
  for (let i = 0; i < data.length; i += 4) {
    if (data[i + 3] < 100) continue;
    const shades = [data[i], data[i + 1], data[i + 2]];
    const by = Math.max(...shades) - Math.min(...shades);
    if (by > 45) coloured++;
    else if (Math.min(...shades) < 250) grey++;
  }
  return { coloured, grey };
}"""


def test_bars_of_precision_are_grey_by_chance(page, server):
    screen = compared(page, server, "seed1", level=164)
    screen.draw()
    shown = screen.frame.evaluate(PRECISION, list(screen.matrix_box()))
    assert shown["grey"] > 0
    assert shown["coloured"] == 0
    screen = compared(page, server, "better", level=164)
    screen.frame.wait_for_function(
        f"(box) => ({PRECISION})(box).coloured > 0",
        arg=list(screen.matrix_box()),
    )


def test_the_list_says_of_each_pair_whether_it_is_chance(page, server):
    screen = compared(page, server, "better", level=31)
    pairs = screen.find("confusions").locator(".pair")
    pairs.first.wait_for()
    screen.find("more-pairs").click()
    changes = screen.find("confusions").locator(".change")
    changes.nth(10).wait_for()
    classes = changes.evaluate_all(
        "all => all.map((each) => each.className.split(' ').at(-1))"
    )
    assert {"better", "same"} <= set(classes)
