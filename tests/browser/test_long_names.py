"""Long names that begin alike, numbers at edges: nothing lies on anything."""

import re

import numpy as np
import pytest
from playwright.sync_api import expect
from screen import Screen

import keras_hier as kh
from tests.support.serving import tensorboard

BRANDS = ["Arla", "Garant", "Oatly", "Yoggi", "Valio"]
KINDS = [
    "Mild-Vanilla-Yoghurt",
    "Mild-Natural-Yoghurt",
    "Vanilla-Yoghurt-Low-Fat",
    "Vanilla-Yoghurt-Low-Sugar",
    "Ecological-Medium-Fat-Milk",
    "Ecological-Standard-Milk",
]
PATHS = [
    ("Packages", f"Dairy-of-{brand}", f"{brand}-{kind}")
    for brand in BRANDS
    for kind in KINDS
]
PATHS += [
    ("Fruit", fruit, f"{fruit}-{kind}")
    for fruit in ("Apple", "Pear", "Melon", "Citrus")
    for kind in ("Golden-Delicious", "Granny-Smith", "Pink-Lady", "Royal-Gala")
]
PATHS += [("Fruit", "Satsumas", "Satsumas"), ("Herbs", "Roots", "Ginger")]
TREE = kh.Hierarchy.from_paths(PATHS)
EPOCHS = 3


def matrix(seed: int, right: float) -> np.ndarray:
    """Nine in ten of the errors are of a sibling."""
    rng = np.random.default_rng(seed)
    size = TREE.num_classes
    near = np.exp(-1.2 * TREE.lca_distance()) * (1 - np.eye(size))
    near /= near.sum(axis=1, keepdims=True)
    rates = (1 - right) * near + right * np.eye(size)
    return rng.multinomial(300, rates / rates.sum(axis=1, keepdims=True))


def log_samples(folder) -> None:
    """Eight samples of each class, half of them named as a sibling is."""
    rng = np.random.default_rng(0)
    size = TREE.num_classes
    labels = np.repeat(np.arange(size), 8)
    scores = np.exp(-1.2 * TREE.lca_distance())[labels]
    scores *= rng.gamma(1, size=scores.shape)
    scores /= scores.sum(axis=1, keepdims=True)
    with kh.BlocksWriter(folder, TREE) as log:
        log.predictions(labels, scores, EPOCHS)
        log.samples(labels, scores, EPOCHS)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """Two runs, of which one ends with all groups of the first level right."""
    folder = tmp_path_factory.mktemp("names")
    group = TREE.levels()[0].of_class
    is_inside = group[:, None] == group
    for seed, run in enumerate(("one", "two")):
        with kh.BlocksWriter(folder / run, TREE) as log:
            for epoch in range(1, EPOCHS + 1):
                counts = matrix(10 * seed + epoch, 0.3 + 0.1 * epoch)
                if run == "two" and epoch == EPOCHS:
                    counts = np.where(is_inside, counts, 0)
                log.matrix(counts, epoch)
    # All herbs are named fruit: a change of 100 points.
    row = TREE.classes.index("Ginger")
    counts[row] = 0
    counts[row, TREE.classes.index("Satsumas")] = 300
    with kh.BlocksWriter(folder / "herbs", TREE) as log:
        log.matrix(counts, EPOCHS)
    log_samples(folder / "sampled")
    with tensorboard(folder, tensorflow=False) as server:
        for run in ("one", "two", "herbs", "sampled"):
            server.wait(f"{run}/validation", EPOCHS)
        yield server


def opened(page, server, **view):
    screen = Screen(page, server.url, run="one/validation", **view).ready()
    screen.settle()
    return screen


# Pairs of texts that lie on one another by more than a pixel.
TOUCHING = """(selector) => {
  const boxes = [...document.querySelectorAll(selector)]
    .filter((each) => each.textContent.trim())
    .map((each) => [each.textContent, each.getBoundingClientRect()]);
  const found = [];
  boxes.forEach(([text, a], i) => {
    for (const [other, b] of boxes.slice(i + 1)) {
      const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      // Boxes of text are taller than its letters.
      const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (across > -2 && down > 4) found.push([text, other]);
    }
  });
  return found;
}"""


def test_ends_of_compared_curves_keep_apart(page, server):
    screen = opened(page, server, **{"with": "two/validation"})
    ends = screen.find("strip").locator(".ends")
    expect(ends).to_contain_text("→ 100.0", use_inner_text=False)
    assert screen.frame.evaluate(TOUCHING, ".ends text") == []


@pytest.mark.parametrize("size", [(1440, 900), (1024, 768)], ids=str)
@pytest.mark.parametrize("level", [3, 49])
def test_the_scale_of_changes_keeps_off_the_axes(page, server, size, level):
    page.set_viewport_size({"width": size[0], "height": size[1]})
    screen = Screen(
        page,
        server.url,
        run="two/validation",
        level=level,
        **{"with": "herbs/validation", "value": "share"},
    ).ready()
    screen.settle()
    legend = screen.find("change-legend")
    expect(legend).to_contain_text("−100%", use_inner_text=False)
    found = screen.frame.evaluate(
        TOUCHING, "[data-testid=change-legend] text, .axes > text"
    )
    assert found == []
    lefts = legend.locator("text").evaluate_all(
        "all => all.map((each) => each.getBoundingClientRect().left)"
    )
    assert min(lefts) >= 2


# The texts that are written on the canvas, with their places, as it is drawn.
WRITTEN = """() => {
  const { prototype } = CanvasRenderingContext2D;
  const { fillText } = prototype;
  window.written = [];
  prototype.fillText = function (text, x, y) {
    window.written.push([text, x, y, this.measureText(text).width]);
    return fillText.call(this, text, x, y);
  };
}"""


@pytest.mark.parametrize("against", [None, "two/validation"])
def test_no_half_numbers_at_the_edge_of_a_window(page, server, against):
    view = {"with": against} if against else {}
    screen = opened(page, server, window="3.45 3.45 9.2", **view)
    if against:
        screen.says("caption", "beyond chance")
    screen.frame.evaluate(WRITTEN)
    page.set_viewport_size({"width": 1438, "height": 900})
    screen.settle()
    screen.draw()
    left, top, size = screen.matrix_box()
    top += 36
    written = screen.frame.evaluate("window.written")
    within = [
        (text, x, y, width)
        for text, x, y, width in written
        if re.fullmatch(r"[+−]?[\d.,]+", text)
        and left <= x <= left + size
        and top <= y <= top + size
    ]
    assert len(within) > 20
    for text, x, y, width in within:
        assert x - width / 2 >= left, text
        assert x + width / 2 <= left + size, text
        assert y - 5 >= top, text
        assert y + 5 <= top + size, text


def test_counts_of_bands_keep_off_the_numbers_of_cells(page, server):
    # Cells of some 34 px: each has a number in its middle.
    screen = opened(page, server, window="0 0 16", rows=f"Arla-{KINDS[0]}")
    screen.find("figures").wait_for()
    expect(screen.find("band-counts").locator("text")).to_have_count(0)
    # Cells without numbers leave the room.
    screen = opened(page, server, rows="Dairy-of-Arla")
    expect(screen.find("band-counts").locator("text").first).to_contain_text(
        "FN"
    )


@pytest.mark.parametrize("rows", ["Dairy-of-Garant", "Pear", "Fruit"])
@pytest.mark.parametrize("view", [{"level": 12}, {"window": "0 0 30"}])
def test_counts_of_bands_lie_on_no_number(page, server, rows, view):
    screen = opened(page, server, rows=rows, **view)
    screen.frame.evaluate(WRITTEN)
    page.set_viewport_size({"width": 1438, "height": 900})
    screen.settle()
    screen.draw()
    written = screen.frame.evaluate("window.written")
    around = screen.find("map").bounding_box()
    for text in screen.find("band-counts").locator("text").all():
        box = text.bounding_box()
        # Boxes of text are taller than its digits.
        left, top = box["x"] - around["x"], box["y"] - around["y"] + 36 + 2
        for number, x, y, width in written:
            apart = (
                abs(x - left - box["width"] / 2) > (width + box["width"]) / 2
                or abs(y - top - box["height"] / 2 + 2) > 9
            )
            assert apart, (text.text_content(), number)


# Of all names that are read somewhere: what stands there, and of what; and
# those that are cut once more by their place.
NAMES = """(selector) => {
  const cut = [];
  for (const each of document.querySelectorAll(selector)) {
    const box = each.closest(".names, .link, .at-name") ?? each;
    if (box.scrollWidth > box.clientWidth + 1 && box.clientWidth) {
      cut.push(each.textContent);
    }
  }
  return cut;
}"""


def shown_names(labels):
    """What stands for each name: by the label of its node."""
    return labels.evaluate_all(
        """all => all.map((each) => [
          each.getAttribute("aria-label").replace(/, [\\d,]+ class(es)?$/, ""),
          each.querySelector("text").textContent,
        ])"""
    )


@pytest.mark.parametrize("size", [(1440, 900), (1024, 768)], ids=str)
@pytest.mark.parametrize("level", [3, 12, 49])
def test_no_two_names_look_alike(page, server, size, level):
    page.set_viewport_size({"width": size[0], "height": size[1]})
    screen = opened(page, server, level=level)
    for part in ("gutter", "column-names", "tree-actual", "tree-predicted"):
        labels = screen.find(part).locator("[role][aria-label]")
        seen = {}
        for name, text in shown_names(labels):
            assert text, name
            assert seen.setdefault(text, name) == name
        if part == "gutter" and size[0] > 1100 and level == 49:
            assert len(seen) > 45


@pytest.mark.parametrize("size", [(1440, 900), (1024, 768)], ids=str)
@pytest.mark.parametrize("against", [None, "two/validation"])
def test_no_answer_is_lost_in_a_list(page, server, size, against):
    page.set_viewport_size({"width": size[0], "height": size[1]})
    view = {"with": against} if against else {}
    screen = opened(page, server, rows="Dairy-of-Garant", **view)
    if against:
        screen.find("gains").locator("li").first.wait_for()
    pairs = screen.find("confusions").locator(".pair")
    pairs.first.wait_for()
    rows = pairs.evaluate_all(
        "all => all.map((each) => [each.title.split('\\n')[0],"
        " each.querySelector('.names').textContent])"
    )
    seen = {}
    for title, text in rows:
        assert seen.setdefault(text, title) == title
        before, after = text.split("→")
        # A letter of both at least, and no mark in place of the answer.
        assert before.strip("…· ")
        assert after.strip("…· ")
    for selector in (".pair .names", ".outside .link", ".gains .link"):
        assert screen.frame.evaluate(NAMES, selector) == []
    outside = screen.find("outside").locator("div > div")
    for column in outside.all():
        texts = column.locator(".link").all_inner_texts()
        assert len(set(texts)) == len(texts)


@pytest.mark.parametrize("size", [(1440, 900), (1024, 768)], ids=str)
def test_no_two_names_of_quality_look_alike(page, server, size):
    page.set_viewport_size({"width": size[0], "height": size[1]})
    screen = opened(page, server)
    screen.find("tab-quality").click()
    pairs = screen.find("list-overlapping").locator("[data-entry]")
    pairs.first.wait_for()
    read = """all => all.map((each) => [each.title,
        each.querySelector(".strong").textContent])"""
    # The room of a name is known once it is there.
    expect(pairs.locator(".strong").filter(has_text="…").first).to_be_visible()
    for part in ("list-overlapping", "list-diverse"):
        seen = {}
        entries = screen.find(part).locator("[data-entry]")
        for title, text in entries.evaluate_all(read):
            assert text.strip("…· ⇄"), title
            if size[0] > 1100:
                assert seen.setdefault(text, title) == title
    overflowing = screen.frame.evaluate(
        """() => [...document.querySelectorAll(".entry .name")]
          .filter((each) => each.clientWidth > 40)
          .flatMap((each) => each.childElementCount
            ? [...each.querySelectorAll("span")] : [each])
          .filter((each) => each.scrollWidth > each.clientWidth + 1)
          .map((each) => each.textContent)"""
    )
    assert overflowing == []


# Names of the view of samples, with what they stand for; those that their place
# cuts once more, and what stands outside of the panel.
IN_SAMPLES = """() => {
  const all = [...document.querySelectorAll(".cell .name")].map((each) => [
    each.closest(".cell").ariaLabel.replace(/^.* named |,.*$/g, ""), each]);
  const panel = document.querySelector('[data-testid="panel"]');
  for (const each of panel.querySelectorAll(
    ".top th, .one dd[title], .likes h2 [title]")) all.push([each.title, each]);
  const edge = panel.getBoundingClientRect().right;
  const range = document.createRange();
  return {
    names: all.map(([name, each]) => [name, each.textContent]),
    cut: all.map(([, each]) => each)
      .filter((each) => each.scrollWidth > each.clientWidth + 1
        && getComputedStyle(each).display !== "inline")
      .map((each) => each.textContent),
    outside: [...panel.querySelectorAll(".top .label, .likes h2 *")]
      .filter((each) => {
        range.selectNodeContents(each);
        return range.getBoundingClientRect().right > edge;
      }).map((each) => each.textContent),
  };
}"""


@pytest.mark.parametrize("size", [(1440, 900), (1024, 768)], ids=str)
def test_no_two_names_of_samples_look_alike(page, server, size):
    page.set_viewport_size({"width": size[0], "height": size[1]})
    # A sample that is named as one that begins alike.
    of = {"run": "sampled/validation", "view": "samples"}
    arla = [f"Arla-Vanilla-Yoghurt-Low-{end}" for end in ("Fat", "Sugar")]
    screen = Screen(page, server.url, **of, rows=arla[0], columns="Packages")
    screen.frame.locator(".likes h2").nth(1).wait_for()
    found = screen.frame.evaluate(IN_SAMPLES)
    assert len(found["names"]) > 8
    assert found["cut"] == []
    assert found["outside"] == []
    seen = {}
    for name, text in found["names"]:
        said = re.sub(r" actual.*| \(\d+ up\)", "", text)
        assert seen.setdefault(said, name) == name
    assert {" actual" in text for _, text in found["names"]} == {True, False}


class TestFace:
    """The face of TensorBoard's page."""

    LOADED = """() => [...document.fonts].some(
      (face) => face.family.includes("Roboto") && face.status === "loaded")"""

    def test_is_the_pages_face_too(self, page, server):
        screen = opened(page, server)
        screen.frame.wait_for_function(self.LOADED)
        # Names are measured as they are drawn: none is wider than its room.
        expect(screen.find("gutter").locator("text.name")).not_to_have_count(0)
        screen.frame.wait_for_function(
            """() => [...document.querySelectorAll(
              "[data-testid=gutter] [role]")].every((row) => {
                const [name, recall] = ["text.name", "text.count"].map(
                  (each) => row.querySelector(each).getBoundingClientRect());
                return name.right < recall.left;
              })"""
        )

    def test_is_not_fetched_from_elsewhere(self, page, server):
        opened(page, server)
        # Of a sheet that does not apply: the page itself asks for nothing.
        page.evaluate(
            """() => {
              const style = document.createElement("style");
              style.id = "elsewhere";
              style.media = "print";
              style.textContent = `@font-face { font-family: Roboto;
                font-style: normal; font-weight: 400;
                src: url("https://elsewhere.invalid/r.woff2"); }`;
              document.head.append(style);
            }"""
        )
        screen = opened(page, server)
        screen.frame.wait_for_function(self.LOADED)
        rules = screen.frame.evaluate(
            "[...document.querySelectorAll('style')].map((e) => e.textContent)"
        )
        assert any("font-roboto" in rule for rule in rules)
        assert not any("elsewhere" in rule for rule in rules)
        page.evaluate("document.getElementById('elsewhere').remove()")
