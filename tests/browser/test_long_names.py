"""Long names that begin alike, and whose face they have."""

import numpy as np
import pytest
from playwright.sync_api import expect
from screen import Screen

import keras_hier as kh
from tests.support.serving import loaded

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


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    folder = tmp_path_factory.mktemp("names")
    for seed, run in enumerate(("one", "two")):
        with kh.BlocksWriter(folder / run, TREE) as log:
            for epoch in range(1, EPOCHS + 1):
                right = 0.3 + 0.1 * epoch
                log.matrix(matrix(10 * seed + epoch, right), epoch)
    with loaded(folder) as server:
        yield server.plugin_url


def opened(page, url, **view):
    screen = Screen(page, url, run="one/validation", **view).ready()
    screen.settle()
    return screen


def shown_names(labels):
    """Pairs of a whole name and the text that stands for it."""
    return labels.evaluate_all(
        """all => all.map((each) => [
          each.getAttribute("aria-label").replace(/, [\\d,]+ class(es)?$/, ""),
          each.querySelector("text").textContent,
        ])"""
    )


def is_told_apart(pairs):
    """Checks that no text stands for two names."""
    seen = {}
    for name, text in pairs:
        assert text.strip("…· "), name
        assert seen.setdefault(text, name) == name
    return seen


def test_no_two_names_look_alike(page, url):
    view = {"with": "two/validation", "rows": "Dairy-of-Garant"}
    screen = opened(page, url, **view)
    for part in ("gutter", "column-names", "tree-actual", "tree-predicted"):
        labels = screen.find(part).locator("[role][aria-label]")
        labels.first.wait_for()
        assert is_told_apart(shown_names(labels))
    # And no answer is lost in a list.
    screen.find("gains").locator("li").first.wait_for()
    pairs = screen.find("confusions").locator(".pair")
    pairs.first.wait_for()
    rows = pairs.evaluate_all(
        "all => all.map((each) => [each.title.split('\\n')[0],"
        " each.querySelector('.names').textContent])"
    )
    for text in is_told_apart(rows):
        # A letter of both at least, and no mark in place of the answer.
        before, after = text.split("→")
        assert before.strip("…· ")
        assert after.strip("…· ")


# Whether TensorBoard's page has lent its face.
LOADED = """() => [...document.fonts].some(
  (face) => face.family.includes("Roboto") && face.status === "loaded")"""


def test_the_face_is_the_pages_and_fetched_from_nowhere_else(page, server):
    run = "plain/validation"
    screen = Screen(page, server.url, run=run).ready()
    screen.frame.wait_for_function(LOADED)
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
    # A sheet that does not apply: the page itself asks for nothing.
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
    screen = Screen(page, server.url, run=run).ready()
    screen.frame.wait_for_function(LOADED)
    rules = screen.frame.evaluate(
        "[...document.querySelectorAll('style')].map((e) => e.textContent)"
    )
    assert any("font-roboto" in rule for rule in rules)
    assert not any("elsewhere" in rule for rule in rules)
    page.evaluate("document.getElementById('elsewhere').remove()")
