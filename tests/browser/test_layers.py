"""The view of layers, over records and matrices that belong together.

Run `plain`: seven layers under 101 classes, at epochs 20 and 40, the first one
no better than untrained. `deep` has twelve layers, `free` no control, `bare` no
probes, `none` no layers; names of `hostile` try to become markup.
"""

import dataclasses
import re
from typing import NamedTuple

import numpy as np
import pytest
from accessibility import SMALL, darken, findings
from playwright.sync_api import expect
from scipy import stats
from screen import Screen

import keras_hier as kh
from keras_hier.analysis.evidence.significance import beyond_chance
from keras_hier.hierarchy.tree.cuts import levels as levels_of
from keras_hier.log.run_log import RunLog
from keras_hier.probing.layer_evidence import layer_evidence
from keras_hier.probing.sentences import sentences
from tests.support.layers_log import (
    alignment_only,
    draw_matrix,
    write_layers,
)
from tests.support.page_requests import PageRequests
from tests.support.serving import WINDOW, tensorboard
from tests.support.wide_log import draw_hierarchy

TREE = draw_hierarchy(101, 3)
NAMES = ("conv1", "conv2", "conv3", "conv4", "conv5", "dense1", "block/dense2")
HOSTILE = (
    '<img src=x onerror="window.pwned=1">',
    '"}) or print("pwned',
    "名前 \u202e reversed \x01\x1b[31m",
    "x" * 200,
)
RUNS = ("deep", "free", "hostile", "alike", "bare", "near", "beaten", "none")
ALIKE = tuple(
    f"the_backbone/encoder_block_{number}/self_attention/output"
    for number in range(1, 5)
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
    write_layers(folder / "alike", TREE, ALIKE, (1,), 20)
    with kh.BlocksWriter(folder / "bare", TREE) as log:
        log.matrix(draw_matrix(TREE, 0.5, 20, 1), 1)
        log.layers(alignment_only(record), 1)
    # Two and a half standard errors behind the best of seven, and many.
    near = dataclasses.replace(
        record,
        behind=np.array([-0.5, *[-0.025] * 5, 0.0]),
        behind_se=np.full(len(NAMES), 0.01),
    )
    with kh.BlocksWriter(folder / "near", TREE) as log:
        log.matrix(draw_matrix(TREE, 0.5, 20, 1), 1)
        log.layers(near, 1)
    # An output that is right less often than a probe of an untrained network.
    with kh.BlocksWriter(folder / "beaten", TREE) as log:
        log.matrix(draw_matrix(TREE, 0.5, 20, 1), 1)
        log.layers(dataclasses.replace(record, output_right=0.05), 1)
    with kh.BlocksWriter(folder / "none", TREE) as log:
        log.matrix(draw_matrix(TREE, 0.5, 20, 1), 1)
    return record


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """The address, the last record of `plain`, and its log."""
    folder = tmp_path_factory.mktemp("layers")
    record = written(folder)
    with tensorboard(folder, tensorflow=False) as server:
        server.wait(PLAIN, 40)
        for run in RUNS:
            server.wait(f"{run}/validation", 1)
        yield server.url, record, RunLog(str(folder / PLAIN))


@pytest.fixture
def url(served):
    return served[0]


@pytest.fixture
def record(served):
    return served[1]


@pytest.fixture
def log(served):
    return served[2]


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
    def test_has_a_tab_where_there_are_layers(self, page, url):
        screen = Screen(page, url, run=PLAIN).ready()
        screen.find("tab-layers").click()
        screen.find("layer").first.wait_for()
        assert screen.find("layer").count() == len(NAMES)
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
        expected = [
            f"{percent(right)} %\n{signed(100 * over)}"
            for right, over in zip(
                record.right.ravel(), record.over.ravel(), strict=True
            )
        ]
        found = screen.texts(screen.find("layer-cell"))
        assert [re.sub(r"\s*\n\s*", "\n", text) for text in found] == expected

    def test_hatches_what_is_within_chance_and_nothing_else(
        self, page, url, record
    ):
        screen = opened(page, url)
        found = layer_evidence(record).over.found
        expected = ~found.reshape(record.over.shape)
        assert expected[0].all()
        assert not expected[1:].any()
        look = """all => all.map((each) =>
          getComputedStyle(each).backgroundImage.includes("gradient"))"""
        hatched = screen.find("layer-cell").evaluate_all(look)
        assert hatched == expected.ravel().tolist()
        names = screen.find("layer-cell").evaluate_all(
            "all => all.map((each) => each.ariaLabel)"
        )
        said = ["within chance" in name for name in names]
        assert said == expected.ravel().tolist()

    def test_is_the_darker_the_more_was_learned(self, page, url, record):
        screen = opened(page, url)
        lightness = screen.find("layer-cell").evaluate_all(
            """all => all.map((each) => Number(
              getComputedStyle(each).backgroundColor.match(/\\d+/)[0]))"""
        )
        over = np.clip(record.over.ravel(), 0, 0.15)
        shown = np.array(lightness)[over > 0.05]
        assert (np.diff(shown[np.argsort(over[over > 0.05])]) <= 0).all()

    def test_without_control_says_so_and_hatches_nothing(self, page, url):
        screen = opened(page, url, "free/validation")
        expect(screen.frame.locator(".gutter")).to_contain_text("no control")
        screen.says("caption", "no control: what an untrained network")
        expect(screen.frame.locator(".cell.chance")).to_have_count(0)
        screen.has_no("layer-moved")

    def test_titles_are_the_sentences_of_the_record(self, page, url, record):
        screen = opened(page, url)
        expect(screen.find("layers-title")).to_have_text(
            " ".join(sentences(record))
        )
        expect(screen.find("layers-title")).to_have_css("font-weight", "400")

    def test_of_an_epoch_is_the_last_one_up_to_it(self, page, url, log):
        screen = opened(page, url, step=20)
        right = log.layers(epoch=20).right[0, 0]
        expect(cell(screen, 0, 0)).to_contain_text(f"{percent(right)} %")
        screen.choose("epoch", "40")
        right = log.layers(epoch=40).right[0, 0]
        expect(cell(screen, 0, 0)).to_contain_text(f"{percent(right)} %")


def counted(matrix, level):
    """Errors between the groups of a level, and the groups."""
    groups = TREE.cut(nodes=level.nodes.tolist())
    counts = np.asarray(matrix.todense())
    np.fill_diagonal(counts, 0)
    return groups.aggregate(counts)


class Moved(NamedTuple):
    """Errors of a layer between groups, and which differ from untrained."""

    counts: np.ndarray
    beyond: np.ndarray
    tested: int


def moved(log, level):
    """Tests the cells of all layers at once, by the binomial of their sums."""
    before = counted(log.matrix("untrained_linear", 40)[1], level)
    after = np.stack(
        [
            counted(
                log.matrix(f"{name.replace('/', '_')}_linear", 40)[1], level
            )
            for name in NAMES
        ]
    )
    both = before + after
    p = np.minimum(2 * stats.binom.cdf(np.minimum(before, after), both, 0.5), 1)
    tests = beyond_chance(
        np.where(both, p, np.nan).ravel(),
        "cells",
        least=np.minimum(2 * 0.5 ** both.astype(float), 1).ravel(),
    )
    found = tests.found.reshape(after.shape)
    return before, {
        name: Moved(after[at], found[at], tests.tested)
        for at, name in enumerate(NAMES)
    }


def pooled():
    """The level that is nearest to fifteen groups."""
    return min(
        levels_of(TREE), key=lambda level: abs(np.log(len(level.nodes) / 15))
    )


# The colour in the middle of each block of a matrix, row by row.
MIDDLES = """([canvas, edge]) => {
  const context = canvas.getContext("2d");
  const side = canvas.width / edge.at(-1);
  const middle = (to, k) => Math.floor((edge[k] + to) / 2 * side);
  const at = edge.slice(1).map(middle);
  return at.flatMap((y) => at.map((x) => {
    const [r, g, b] = context.getImageData(x, y, 1, 1).data;
    return `${r} ${g} ${b}`;
  }));
}"""


class TestMatrices:
    def test_say_how_many_errors_left_and_how_many_stay(self, page, url, log):
        screen = opened(page, url)
        level = pooled()
        before = counted(log.matrix("untrained_linear", 40)[1], level)
        columns = screen.find("layer-moved").locator("p")
        expect(columns).to_have_count(len(NAMES))
        for at, name in enumerate(NAMES):
            output = f"{name.replace('/', '_')}_linear"
            by = counted(log.matrix(output, 40)[1], level) - before
            inside = int(np.trace(by))
            out = int(by.sum()) - inside
            expect(columns.nth(at)).to_have_text(
                re.compile(
                    rf"out\s*{re.escape(signed(out, 0))}"
                    rf"\s*in\s*{re.escape(signed(inside, 0))}"
                )
            )

    @pytest.mark.parametrize("theme", ["light", "dark"])
    def test_colour_only_what_moved_beyond_chance(self, page, url, log, theme):
        screen = opened(page, url)
        if theme == "dark":
            darken(screen)
        level = pooled()
        before, changed = moved(log, level)
        after = changed["conv2"].counts
        beyond = changed["conv2"].beyond
        # Two standard errors are more often reached by chance.
        naive = np.abs(after - before) > 2 * np.sqrt(after + before)
        assert (naive & ~beyond).any()
        # Cells are tested among those of the layers that have come.
        tested = f"of {changed['conv2'].tested:,} cells beyond chance"
        expect(screen.frame.locator(".gutter")).to_contain_text(tested)
        canvas = screen.find("layer-moved").nth(1).locator("canvas")
        screen.draw()
        sizes = TREE.stop[level.nodes] - TREE.start[level.nodes]
        edge = np.cumsum([0, *sizes]).tolist()
        colours = screen.frame.evaluate(
            MIDDLES, [canvas.element_handle(), edge]
        )
        # Lines go through blocks of a class or two.
        large = np.flatnonzero(np.minimum.outer(sizes, sizes).ravel() > 3)
        plain = {colours[k] for k in large if not beyond.ravel()[k]}
        strong = [colours[k] for k in large if beyond.ravel()[k]]
        assert len(plain) == 1
        assert strong
        assert not plain & set(strong)
        for colour in strong:
            red, green, _ = map(int, colour.split())
            # Teal: nearly all of them are fewer.
            assert green != red

    def test_say_among_how_many_cells_they_were_found(self, page, url, log):
        screen = opened(page, url)
        _, changed = moved(log, pooled())
        found = sum(int(each.beyond.sum()) for each in changed.values())
        tested = changed["conv1"].tested
        expect(screen.frame.locator(".gutter")).to_contain_text(
            f"{found:,} of {tested:,} cells beyond chance"
        )
        screen.says(
            "caption",
            f"5 % false discoveries among {4 * len(NAMES)} cells of the map, "
            f"{tested:,} of Moved (Benjamini-Hochberg)",
        )

    def test_are_those_of_the_level_or_pooled(self, page, url):
        screen = opened(page, url, level=8)
        label = screen.find("layer-probe").first.locator("canvas")
        expect(label).to_have_attribute(
            "aria-label", "Answers of the class probe at conv1, 8 groups"
        )
        screen.frame.get_by_role("button", name="101", exact=True).click()
        expect(label).to_have_attribute(
            "aria-label", "Answers of the class probe at conv1, 12 groups"
        )
        expect(screen.frame.locator(".gutter")).to_contain_text(
            "pooled to 12 groups"
        )
        # What is pointed at is one of these.
        label.hover(position={"x": 3, "y": 3})
        for words in (" right", "pooled to 12 groups"):
            expect(screen.frame.locator(".gutter")).to_contain_text(words)

    def test_say_what_the_pointer_is_on(self, page, url, log):
        screen = opened(page, url, level=8)
        level = levels_of(TREE)[0]
        counts = TREE.cut(nodes=level.nodes.tolist()).aggregate(
            log.matrix("conv1_linear", 40)[1]
        )
        canvas = screen.find("layer-probe").first.locator("canvas")
        canvas.hover(position={"x": 3, "y": 3})
        expect(screen.frame.locator(".gutter")).to_contain_text(
            f": {counts[0, 0]} right"
        )

    def test_of_the_best_layer_are_in_sight_at_once(self, page, url):
        screen = opened(page, url, "deep/validation")
        best = screen.frame.locator(".layer.told")
        assert best.evaluate("(e) => e.previousElementSibling") is not None
        expect(best).to_be_in_viewport(ratio=0.9)
        columns = screen.frame.locator(".columns")
        assert columns.evaluate("(e) => e.scrollLeft") > 0
        assert screen.frame.evaluate("document.activeElement.tagName") == "BODY"

    def test_of_many_layers_scroll_under_the_gutter(self, page, url):
        screen = opened(page, url, "deep/validation", layer="block12")
        screen.find("layer-probe").last.locator("canvas").wait_for()
        expect(screen.find("layer").last).to_be_in_viewport(ratio=0.9)
        columns = screen.frame.locator(".columns")
        assert columns.evaluate("(e) => e.scrollLeft") > 0
        gutter = screen.frame.locator(".gutter").bounding_box()
        assert gutter["x"] == screen.find("layers").bounding_box()["x"]
        for canvas in screen.find("layer-probe").locator("canvas").all():
            assert canvas.bounding_box()["width"] >= 96


class TestPanel:
    def test_begins_with_the_best_layer(self, page, url, record):
        screen = opened(page, url)
        best = int(record.right[:, -1].argmax())
        expect(screen.find("layer-name")).to_contain_text(NAMES[best])
        screen.says("layer-detail", "the best layer at the classes")

    def test_tells_the_numbers_of_what_is_pointed_at(self, page, url, record):
        screen = opened(page, url)
        cell(screen, 1, 2).hover()
        expect(screen.find("layer-name")).to_contain_text("conv2 14 x 14 x 64")
        expect(screen.frame.locator(".layer.told")).to_have_attribute(
            "aria-label", "conv2"
        )
        rows = screen.find("layer-levels").locator("tbody tr")
        expect(rows.nth(2)).to_have_class("chosen")
        best = record.control_right.max(0), record.control_recall.max(0)
        for level, row in enumerate(rows.all()):
            expect(row.locator("td")).to_have_text(
                [
                    f"{percent(record.right[1, level])} ± "
                    f"{percent(record.right_se[1, level])}",
                    percent(best[0][level]),
                    f"{percent(record.recall[1, level])} ± "
                    f"{percent(record.recall_se[1, level])}",
                    percent(best[1][level]),
                ]
            )
        over = signed(record.alignment_over[1], 2)
        alignment = record.alignment[1]
        adds = signed(100 * record.adds_error[1])
        screen.says(
            "layer-detail",
            "576 features, pooled grid3",
            f"{-100 * record.behind[1]:.1f} ± ",
            f"points behind {NAMES[-1]}",
            f"{alignment:.2f} ± {record.alignment_se[1]:.2f}",
            f"{over} ± {record.alignment_over_se[1]:.2f}",
            f"{adds} ± {100 * record.adds_error_se[1]:.1f}",
        )
        expect(screen.find("layer-adds")).not_to_contain_text("within chance")
        expect(screen.find("layer-penalty")).not_to_contain_text("edge")

    def test_says_what_is_within_chance_or_at_the_edge(self, page, url):
        screen = opened(page, url, layer=NAMES[-1])
        expect(screen.find("layer-adds")).to_contain_text("within chance")
        cell(screen, 0, 0).hover()
        expect(screen.find("layer-penalty")).to_contain_text(
            "at the edge of the range"
        )

    def test_calls_a_layer_behind_beyond_what_choosing_the_best_gives(
        self, page, url
    ):
        screen = opened(page, url, run="near/validation", step=1)
        for layer, said in ((0, "50.0 ± 1.0"), (1, "2.5 ± 1.0")):
            cell(screen, layer, 0).hover()
            where = f"points behind {NAMES[-1]} at the classes"
            chance = "" if layer == 0 else ", within chance"
            expect(
                screen.find("layer-detail").get_by_text(
                    f"{said} {where}{chance}", exact=True
                )
            ).to_be_visible()

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
        names = [NAMES[at] for at in record.asked]
        assert list(scope["model"]) == names
        cut = TREE.cut(max_size=1)
        assert all(head == cut for head in scope["model"].values())

    def test_gives_none_to_an_output_that_untrained_layers_beat(
        self, page, url
    ):
        screen = opened(page, url, run="beaten/validation", step=1)
        said = "A linear probe of an untrained network beats this output"
        expect(screen.find("layers-title")).to_contain_text(said)
        expect(screen.find("layers-asked")).to_contain_text(said)
        expect(screen.find("layers-asked").locator("dt")).to_have_count(2)
        screen.has_no("layers-code")

    def test_calls_nothing_worth_asking_that_no_control_was_asked_beside(
        self, page, url
    ):
        screen = opened(page, url, run="free/validation")
        expect(screen.find("layers-asked")).to_contain_text("Not known: ")
        expect(screen.find("layers-asked").locator("dt")).to_have_count(0)
        screen.has_no("layers-code")

    def test_tells_what_an_untrained_layer_would_add(self, page, url, record):
        screen = opened(page, url)
        cell(screen, 1, 2).hover()
        over, error = record.adds_error_over[1], record.adds_error_over_se[1]
        screen.says(
            "layer-adds",
            "over this layer untrained",
            f"{signed(100 * over)} ± {100 * error:.1f}",
        )

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


class TestChoice:
    def test_a_click_pins_the_layer_and_sets_the_level(self, page, url):
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

    def test_a_click_on_a_matrix_pins_its_layer(self, page, url):
        screen = opened(page, url, level=12)
        screen.find("layer-moved").nth(2).click()
        screen.link("layer=conv3", "level=12")

    def test_arrows_walk_layers_and_levels(self, page, url):
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

    def test_an_unknown_layer_stands_for_the_best(self, page, url):
        screen = opened(page, url, layer="nonsense", level=13)
        expect(screen.find("layer-name")).to_contain_text(NAMES[-1])
        expect(cell(screen, 6, 1)).to_have_attribute("aria-pressed", "true")


class TestMenu:
    def test_probes_stand_under_their_layer(self, page, url):
        screen = Screen(page, url, run=PLAIN).ready()
        menu = screen.frame.get_by_label("output", exact=True).first
        first = menu.locator("> option").all_inner_texts()
        assert first == ["class", "conv2_groups8"]
        groups = {
            group.get_attribute("label"): group.locator(
                "option"
            ).all_inner_texts()
            for group in menu.locator("optgroup").all()
        }
        assert groups["conv2"] == ["conv2_linear", "conv2_probe8"]
        assert groups["conv4"] == ["conv4_linear", "conv4_probe8"]
        assert groups["untrained"] == ["untrained_linear"]
        assert set(groups) == {
            *(name.replace("/", "_") for name in NAMES),
            "untrained",
        }
        screen.choose("output", "conv4_probe8")
        screen.says("caption", "probe at conv4", "trained along: part of")
        screen.choose("output", "conv4_linear")
        screen.says("caption", "probe at conv4")
        expect(screen.find("caption")).not_to_contain_text("trained along")

    def test_a_head_shows_the_layers_of_the_classes(self, page, url, record):
        screen = opened(page, url, output="conv2_groups8")
        right = record.right[0, 0]
        expect(cell(screen, 0, 0)).to_contain_text(f"{percent(right)} %")


class TestHostile:
    def test_names_stay_names(self, page, url):
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
        wide = screen.find("layers").evaluate("(e) => e.scrollWidth")
        assert wide <= screen.find("layers").evaluate("(e) => e.clientWidth")


@pytest.mark.parametrize("size", [WINDOW, SMALL], ids=["large", "small"])
class TestRoom:
    def test_no_two_names_look_alike(self, page, url, size):
        page.set_viewport_size(size)
        screen = opened(page, url, "alike/validation")
        heads = screen.find("layer").locator("h3 .name")
        asked = screen.find("layers-asked").locator("dt")
        for names in (heads, asked):
            assert names.count() > 1
            assert len(set(screen.texts(names))) == names.count()
            cut = "all => all.map((e) => e.scrollWidth - e.clientWidth)"
            assert max(names.evaluate_all(cut)) <= 0
        expect(screen.find("layer-name")).to_contain_text("4")

    def test_what_is_chance_is_said_in_full(self, page, url, size):
        page.set_viewport_size(size)
        screen = opened(page, url, layer=NAMES[0])
        facts = screen.find("layer-detail").locator("dt")
        chance = facts.filter(has_text="the best untrained layer within chance")
        expect(chance).to_have_count(1)
        cut = "all => all.map((e) => e.scrollWidth - e.clientWidth)"
        assert max(facts.evaluate_all(cut)) <= 0

    def test_what_is_drawn_is_said(self, page, url, size):
        page.set_viewport_size(size)
        screen = opened(page, url)
        screen.says(
            "caption",
            "at right: points over untrained",
            "hatched: within chance of untrained",
        )

    def test_a_value_is_read_on_its_curve(self, page, url, size):
        page.set_viewport_size(size)
        screen = opened(page, url, step=20)
        value = screen.find("layer-alignment").locator("text:not(.axis)").first
        style = (
            "e => [getComputedStyle(e).paintOrder, getComputedStyle(e).stroke]"
        )
        order, halo = value.evaluate(style)
        assert order.startswith("stroke")
        assert halo == screen.frame.evaluate(
            "getComputedStyle(document.body).backgroundColor"
        )


class TestAxe:
    @pytest.mark.parametrize("theme", ["light", "dark"])
    @pytest.mark.parametrize("size", [WINDOW, SMALL], ids=["large", "small"])
    @pytest.mark.parametrize("run", ["plain", "deep", "free", "bare"])
    def test_finds_nothing_serious(self, page, url, theme, size, run):
        page.set_viewport_size(size)
        screen = opened(page, url, f"{run}/validation")
        if theme == "dark":
            darken(screen)
        assert findings(screen.frame) == []


def test_the_script_comes_when_the_view_is_opened(page, url):
    asked = PageRequests(page)
    screen = Screen(page, url, run=PLAIN).ready()
    asked.settle()
    mine = re.compile("LayersView|/layers[?]|_linear")
    assert not [each for each in asked.urls if mine.search(each)]
    screen.find("tab-layers").click()
    screen.find("layer-probe").last.locator("canvas").wait_for()
    assert (
        len([each for each in asked.urls if "_linear" in each])
        == len(NAMES) + 1
    )
