"""The view of layers, over records and matrices that belong together.

Run `plain`: seven layers under 101 classes, at epochs 20 and 40, the first one
no better than untrained. `deep` has twelve layers, `free` no control, `bare` no
probes, `none` no layers; names of `hostile` try to become markup.
"""

import dataclasses
import re

import numpy as np
import pytest
from accessibility import SMALL, findings_in_both_themes
from logged import write_epochs
from playwright.sync_api import expect
from screen import Screen

import keras_hier as kh
from keras_hier.probing.layer_evidence import layer_evidence
from keras_hier.probing.sentences import sentences
from tests.support.layers_log import (
    alignment_only,
    draw_matrix,
    write_layers,
)
from tests.support.page_requests import PageRequests
from tests.support.serving import loaded
from tests.support.wide_log import draw_hierarchy

TREE = draw_hierarchy(101, 3)
NAMES = ("conv1", "conv2", "conv3", "conv4", "conv5", "dense1", "block/dense2")
HOSTILE = (
    '<img src=x onerror="window.pwned=1">',
    '"}) or print("pwned',
    "名前 \u202e reversed \x01\x1b[31m",
    "x" * 200,
)
PLAIN = "plain/validation"


def written(folder):
    """Writes all runs and returns the last record of `plain`."""
    record = write_layers(folder / "plain", TREE, NAMES, (20, 40))
    pairs = TREE.cut(groups=8)
    with kh.BlocksWriter(folder / "plain", TREE, resume=True) as log:
        for output, role in (
            ("conv2_groups8", "head"),
            ("conv2_probe8", "probe"),
            ("conv4_probe8", "probe"),
        ):
            matrix = pairs.aggregate(draw_matrix(TREE, 0.3, 50, 5))
            layer = output.partition("_")[0]
            log.matrix(matrix, 40, output, pairs, role, layer)
    deep = [f"block{number}" for number in range(1, 13)]
    write_layers(folder / "deep", TREE, deep, (1,), 20)
    write_layers(folder / "free", TREE, NAMES[:3], (1,), 20, controls=0)
    write_layers(folder / "hostile", TREE, HOSTILE, (1,), 20)
    with kh.BlocksWriter(folder / "bare", TREE) as log:
        log.matrix(draw_matrix(TREE, 0.5, 20, 1), 1)
        log.layers(alignment_only(record), 1)
    # An output that is right less often than a probe of an untrained network.
    with kh.BlocksWriter(folder / "beaten", TREE) as log:
        log.matrix(draw_matrix(TREE, 0.5, 20, 1), 1)
        log.layers(dataclasses.replace(record, output_right=0.05), 1)
    write_epochs(folder / "none", TREE, draw_matrix(TREE, 0.5, 20, 1))
    return record


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """The address, and the last record of `plain`."""
    folder = tmp_path_factory.mktemp("layers")
    record = written(folder)
    with loaded(folder) as server:
        yield server.plugin_url, record


@pytest.fixture
def url(served):
    return served[0]


@pytest.fixture
def record(served):
    return served[1]


def opened(page, url, run=PLAIN, **view):
    """The columns of a run, once they are there."""
    screen = Screen(page, url, run=run, view="layers", **view)
    screen.find("layer").first.wait_for()
    return screen


def cell(screen, layer, level, levels=4):
    """A cell of the map: columns stand one after the other."""
    return screen.find("layer-cell").nth(levels * layer + level)


def percent(share):
    return f"{100 * share:.1f}"


def signed(value, digits=1):
    text = f"{abs(value):,.{digits}f}"
    if not re.search("[1-9]", text):
        return text if digits else "0"
    return ("+" if value > 0 else "−") + text


class TestMap:
    def test_has_a_tab_and_its_script_where_there_are_layers(self, page, url):
        asked = PageRequests(page)
        screen = Screen(page, url, run=PLAIN).ready()
        asked.settle()
        mine = re.compile("LayersView|/layers[?]|_linear")
        assert not [each for each in asked.urls if mine.search(each)]
        screen.find("tab-layers").click()
        expect(screen.find("layer")).to_have_count(len(NAMES))
        screen.find("layer-probe").last.locator("canvas").wait_for()
        linear = [each for each in asked.urls if "_linear" in each]
        assert len(linear) == len(NAMES) + 1
        screen.choose("run", "none")
        expect(screen.find("no-layers")).to_have_text(
            "This run holds nothing about layers."
        )
        screen.find("tab-errors").click()
        screen.has_no("tab-layers")

    def test_says_what_is_right_and_how_far_over_the_control(
        self, page, url, record
    ):
        screen = opened(page, url)
        cells = screen.find("layer-cell")
        expected = [
            f"{percent(right)} % {signed(100 * over)}"
            for right, over in zip(
                record.right.ravel(), record.over.ravel(), strict=True
            )
        ]
        expect(cells).to_have_text(expected, use_inner_text=True)
        # It hatches what is within chance and nothing else.
        within = ~layer_evidence(record).over.found.reshape(record.over.shape)
        assert within[0].all()
        assert not within[1:].any()
        hatched = cells.evaluate_all(
            """all => all.map((each) =>
              getComputedStyle(each).backgroundImage.includes("gradient"))"""
        )
        names = cells.evaluate_all("all => all.map((each) => each.ariaLabel)")
        said = ["within chance" in name for name in names]
        assert hatched == said == within.ravel().tolist()
        # The darker, the more was learned.
        lightness = cells.evaluate_all(
            """all => all.map((each) => Number(
              getComputedStyle(each).backgroundColor.match(/\\d+/)[0]))"""
        )
        over = np.clip(record.over.ravel(), 0, 0.15)
        shown = np.array(lightness)[over > 0.05]
        assert (np.diff(shown[np.argsort(over[over > 0.05])]) <= 0).all()
        title = screen.find("layers-title")
        told = sentences(record)
        expect(title).to_have_attribute("title", " ".join(told))
        # Two lines of whole sentences; the others are in its title.
        shown = title.inner_text()
        assert shown in [" ".join(told[:n]) for n in range(1, len(told) + 1)]
        lines = title.locator(".lines")
        assert lines.evaluate("e => e.scrollHeight <= e.clientHeight")
        assert lines.bounding_box()["height"] <= 34

    def test_without_control_says_so_and_hatches_nothing(self, page, url):
        screen = opened(page, url, "free/validation")
        expect(screen.frame.locator(".gutter")).to_contain_text("no control")
        screen.says("caption", "no control: what an untrained network")
        expect(screen.frame.locator(".cell.chance")).to_have_count(0)
        screen.has_no("layer-moved")
        asked = screen.find("layers-asked")
        expect(asked).to_contain_text("Not known: ")
        screen.has_no("layers-code")


class TestMatrices:
    def test_of_what_moved_say_how_much_is_beyond_chance(self, page, url):
        screen = opened(page, url)
        expect(screen.frame.locator(".gutter")).to_contain_text(
            re.compile(r"\b[1-9][\d,]* of [\d,]+ cells beyond chance")
        )
        expect(screen.find("layer-moved").locator("canvas")).to_have_count(
            len(NAMES)
        )

    def test_of_many_layers_scroll_under_the_gutter(self, page, url):
        screen = opened(page, url, "deep/validation")
        # The best layer is in sight at once, and takes no focus.
        best = screen.frame.locator(".layer.told")
        expect(best).to_be_in_viewport(ratio=0.9)
        assert screen.frame.evaluate("document.activeElement.tagName") == "BODY"
        expect(screen.frame.locator(".gutter")).to_be_in_viewport(ratio=0.9)


class TestPanel:
    def test_tells_the_numbers_of_what_is_pointed_at(self, page, url, record):
        screen = opened(page, url)
        best = int(record.right[:, -1].argmax())
        expect(screen.find("layer-name")).to_contain_text(NAMES[best])
        screen.says("layer-detail", "the best layer at the classes")
        cell(screen, 1, 2).hover()
        expect(screen.find("layer-name")).to_contain_text("conv2 14 x 14 x 64")
        told = screen.frame.locator(".layer.told")
        expect(told).to_have_attribute("aria-label", "conv2")
        rows = screen.find("layer-levels").locator("tbody tr")
        expect(rows.nth(2)).to_have_class("chosen")
        expect(rows.nth(2).locator("td").first).to_have_text(
            f"{percent(record.right[1, 2])} ± {percent(record.right_se[1, 2])}"
        )
        screen.says(
            "layer-detail",
            "576 features, pooled grid3",
            f"{-100 * record.behind[1]:.1f} ± ",
            f"points behind {NAMES[-1]}",
        )
        screen.says("layer-adds", "over this layer untrained")
        expect(screen.find("layer-adds")).not_to_contain_text("within chance")
        expect(screen.find("layer-penalty")).not_to_contain_text("edge")
        cell(screen, 0, 0).hover()
        screen.says("layer-penalty", "at the edge of the range")
        cell(screen, len(NAMES) - 1, 0).hover()
        screen.says("layer-adds", "within chance")

    def test_gives_the_lines_for_heads(self, page, url, record):
        screen = opened(page, url)
        asked = screen.find("layers-asked")
        for at, gain in zip(record.asked, record.asked_over, strict=True):
            expect(asked).to_contain_text(NAMES[at])
            expect(asked).to_contain_text(signed(100 * gain))
        expect(asked).to_contain_text("docs/how-to/heads.md")
        code = screen.find("layers-code").inner_text()
        scope = {"hierarchy": TREE, "kh": Taken(), "model": "the model"}
        exec(code, scope)
        cut = TREE.cut(max_size=1)
        assert scope["model"] == {NAMES[at]: cut for at in record.asked}
        # An output that untrained layers beat gets none.
        screen = opened(page, url, run="beaten/validation", step=1)
        said = "A linear probe of an untrained network beats this output"
        expect(screen.find("layers-title")).to_contain_text(said)
        expect(asked).to_contain_text(said)
        expect(asked.locator("dt")).to_have_count(2)
        screen.has_no("layers-code")

    def test_of_a_record_without_probes_is_about_alignment(self, page, url):
        screen = opened(page, url, "bare/validation")
        screen.says("layer-detail", "Tree alignment")
        for name in ("layer-cell", "layer-levels", "layer-adds"):
            screen.has_no(name)
        expect(screen.find("layer-alignment")).to_have_count(len(NAMES))


class Taken:
    """Stands for the library: gives back the heads."""

    @staticmethod
    def add_heads(model, heads):
        assert model == "the model"
        return heads


def test_choice_a_click_pins_the_layer_and_arrows_walk(page, url):
    screen = opened(page, url)
    cell(screen, 3, 1).click()
    link = screen.link("layer=conv4", "level=12", "view=layers")
    levels = screen.find("levels").get_by_role("button")
    expect(levels.nth(1)).to_have_attribute("aria-pressed", "true")
    screen.find("caption").hover()
    expect(screen.find("layer-name")).to_contain_text("conv4")
    other = Screen(page, link)
    expect(cell(other, 3, 1)).to_have_attribute("aria-pressed", "true")
    expect(other.find("layer-name")).to_contain_text("conv4")
    other.find("layer-moved").nth(2).click()
    other.link("layer=conv3", "level=12")
    screen = opened(page, url, layer="conv4", level=12, step=40)
    screen.press("ArrowRight", "ArrowDown")
    expect(cell(screen, 4, 2)).to_be_focused()
    screen.link("layer=conv5", "level=21")
    screen.press("ArrowDown", "ArrowDown")
    expect(cell(screen, 4, 3)).to_be_focused()
    screen.press("ArrowLeft", "ArrowUp")
    expect(cell(screen, 3, 2)).to_be_focused()
    # The epoch is where it was.
    screen.link("step=40", "layer=conv4")
    screen.press("?")
    screen.says("help", "previous, next layer", "coarser, finer level")


def test_probes_stand_under_their_layer_in_the_menu(page, url):
    screen = Screen(page, url, run=PLAIN).ready()
    menu = screen.frame.get_by_label("output", exact=True).first
    first = menu.locator("> option")
    expect(first).to_have_text(["class", "conv2_groups8"])
    groups = menu.locator("optgroup")
    expect(groups).to_have_count(len(NAMES) + 1)
    probes = menu.locator('optgroup[label="conv4"] option')
    expect(probes).to_have_text(["conv4_linear", "conv4_probe8"])
    screen.choose("output", "conv4_probe8")
    screen.says("caption", "probe at conv4", "trained along: part of")
    screen.choose("output", "conv4_linear")
    screen.says("caption", "probe at conv4")
    expect(screen.find("caption")).not_to_contain_text("trained along")


def test_hostile_names_stay_names(page, url):
    screen = opened(page, url, "hostile/validation")
    heads = screen.find("layer").locator("h3 .name")
    expect(heads.first).to_have_text(re.compile(re.escape(HOSTILE[0][:20])))
    for at in range(len(HOSTILE)):
        cell(screen, at, 0).click()
        expect(screen.find("layer-name")).to_contain_text(HOSTILE[at][:10])
    scope = {"hierarchy": TREE, "kh": Taken(), "model": "the model"}
    exec(screen.find("layers-code").inner_text(), scope)
    assert list(scope["model"]) == list(HOSTILE[:2])
    assert screen.frame.evaluate("window.pwned") is None
    over = screen.find("layers").evaluate(
        "(e) => e.scrollWidth - e.clientWidth"
    )
    assert over <= 0


def test_what_is_chance_and_drawn_is_said_in_full(page, url):
    screen = opened(page, url, size=SMALL, layer=NAMES[0])
    facts = screen.find("layer-detail").locator("dt")
    chance = facts.filter(has_text="the best untrained layer within chance")
    expect(chance).to_have_count(1)
    screen.says(
        "caption",
        "at right: points over untrained",
        "hatched: within chance of untrained",
    )
    assert findings_in_both_themes(screen) == []
