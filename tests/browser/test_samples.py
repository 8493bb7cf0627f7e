"""The samples behind the cells, over numbers that are worked by hand.

Six classes of twenty samples. In the last epoch the first eight of each class
are wrong: four are named as its sibling, four as the class two further on. In
the run `other` two of these are right.
"""

import re
from pathlib import Path

import numpy as np
import pytest
from accessibility import SMALL, findings_in_both_themes
from logged import PAIRS
from playwright.sync_api import expect
from screen import Screen

import keras_hier as kh
from keras_hier.log import kinds
from keras_hier.log.event_files import event_writer
from tests.support.serving import loaded

# As the text is seen, whatever markup it has.
SEEN = {"use_inner_text": True}
CLASSES = 6
EACH = 20
LABELS = np.repeat(np.arange(CLASSES), EACH)
HOSTILE = (
    "<img src=x onerror=window.pwned=1>",
    "a\nb, a\u202ereversed \u0000 name",
    "</span><script>window.pwned=2</script>",
    "x" * 1000,
)
# Samples of a class are numbered by id: the last of these comes last.
NUMBERS = (1, 19)
IDS = [
    HOSTILE[i] if i < len(HOSTILE) else f"folder/file_{i:03}.jpg"
    for i in range(len(LABELS))
]


def answers(wrong: int) -> tuple[np.ndarray, np.ndarray]:
    """The best two classes and their probabilities; as many are wrong."""
    own, place = LABELS, np.arange(len(LABELS)) % EACH
    named = np.where(place < 4, own ^ 1, (own + 2) % CLASSES)
    named = np.where(place < wrong, named, own)
    # The actual class is second, but beyond the two for the first sample.
    other = np.where(named == own, own ^ 1, own)
    other = np.where(place == 0, (own + 3) % CLASSES, other)
    first = 0.4 + 0.02 * place
    return np.stack([named, other], 1), np.stack([first, 0.3 - 0.01 * place], 1)


def write_runs(folder: Path) -> None:
    """Runs `plain` and `other`, and others that lack something.

    The samples of epoch 3 are damaged in `broken`.
    """
    pictures = [np.full((64, 48), 10 + i, np.uint8) for i in range(len(LABELS))]
    for run, wrong in (("plain", 8), ("other", 6)):
        with kh.BlocksWriter(folder / run, PAIRS) as log:
            for step, errors in ((1, EACH), (3, wrong)):
                best = answers(errors)
                log.predictions(LABELS, best[0][:, 0], step)
                index = log.samples(LABELS, best, step, ids=IDS)
            if run == "plain":
                log.pictures(index, [None, *pictures[1:]])
    with kh.BlocksWriter(folder / "broken", PAIRS) as log:
        for step, errors in ((1, EACH), (2, 8), (3, 8)):
            log.predictions(LABELS, answers(errors)[0][:, 0], step)
            if step < 3:
                log.samples(LABELS, answers(errors), step, ids=IDS)
    file = event_writer.EventFile(folder / "broken/validation")
    file.add_blob(kinds.tag_of("samples", "class"), "samples", b"KHS1?", 3)
    file.close()
    with kh.BlocksWriter(folder / "none", PAIRS) as log:
        log.predictions(LABELS, answers(8)[0][:, 0], 1)


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    folder = tmp_path_factory.mktemp("samples")
    write_runs(folder)
    with loaded(folder) as server:
        yield server.plugin_url


def opened(page, url, run="plain/validation", **view):
    """The samples of a run, once they are there."""
    screen = Screen(page, url, run=run, view="samples", **view)
    screen.frame.wait_for_selector("[data-sample]")
    return screen


class TestOpening:
    def test_the_tab_shows_the_samples_of_the_selection(self, tab, url):
        screen = Screen(tab, url, run="plain/validation").ready()
        with tab.expect_request(lambda r: "/pictures?" in r.url) as asked:
            screen.find("tab-samples").hover()
        # Those of the first rows, in one go: eight errors of each class.
        numbers = asked.value.url.split("samples=")[1].split("%2C")
        assert len(numbers) == 48
        screen.has_no("grid")
        screen.find("tab-samples").click()
        screen.says("grid-title", "48 errors", "of 120 samples")
        picture = screen.frame.locator("[data-sample] img").nth(20)
        expect(picture).to_have_js_property("naturalWidth", 48)
        without = screen.frame.locator("[data-sample] .blank")
        expect(without).to_have_count(1)
        expect(without).to_have_attribute("title", re.compile("No picture"))
        screen.says("caption", "file names: some samples have no picture")
        screen.press("ArrowDown", "Escape")
        screen.ready()
        screen.has_no("grid")
        screen.press("s")
        screen.find("samples").wait_for()
        # Where there are no pictures at all, that goes without saying.
        bare = opened(tab, url, run="other/validation")
        bare.frame.locator("[data-sample] .blank[title]").first.wait_for()
        assert "file name" not in bare.says("caption", "bar: probability")

    def test_the_table_of_classes_has_their_answers(self, tab, url):
        view = {"run": "plain/validation", "classes": "name"}
        screen = Screen(tab, url, **view).ready()
        row = screen.find("classes").locator("[data-row]").first
        # Right ones and wrong ones, at three places each.
        paths = row.locator(".at-answers path")
        expect(paths).to_have_count(2)
        for path in paths.all():
            expect(path).to_have_attribute("d", re.compile("^(M[^M]*){3}$"))
        # The list has the panel to itself, in its own view alone.
        screen.press("s")
        screen.find("grid-title").wait_for()
        expect(screen.find("panel")).to_have_class("panel")

    def test_without_samples_it_says_so(self, tab, url, server):
        screen = Screen(tab, url, run="none/validation", view="samples")
        words = 'No samples logged for output "class"'
        screen.says("no-samples", words, "plain/validation")
        # No run of the other log has any.
        view = {"run": "plain/validation"}
        screen = Screen(tab, server.plugin_url, **view).ready()
        screen.find("panel").get_by_text("Top confusions").wait_for()
        screen.has_no("tab-samples")
        screen = Screen(tab, server.plugin_url, **view, view="samples")
        screen.says("no-samples", "BlocksCallback(samples=...)")


class TestSelection:
    def test_a_group_a_name_and_the_small_map(self, tab, url):
        screen = opened(tab, url, rows="group 0")
        for bit, count in {1: 8, 2: 8, 4: 24, 8: 8}.items():
            label = screen.find(f"which-{bit}").locator("xpath=..")
            expect(label).to_have_text(re.compile(rf"\b{count}\s*$"), **SEEN)
        screen.says("grid-title", "16 errors")
        screen.find("which-8").check()
        screen.says("grid-title", "24 errors")
        # A name in a head selects its cell.
        head = screen.find("group-head").first
        expect(head).to_contain_text("class 0")
        head.get_by_role("button", name="class 2").click()
        screen.says("grid-title", "4 errors")
        screen.says("selection", "class 0 → class 2")
        screen = opened(tab, url)
        small = screen.find("rail-map")
        side = small.bounding_box()["width"]
        small.click(position={"x": 0.25 * side, "y": 0.08 * side})
        screen.says("selection", "class 0 → class 1")
        screen.says("grid-title", "4 errors")

    def test_grouped_by_what_was_named_and_by_both(self, tab, url):
        # A name shows its samples whatever was wanted.
        view = {"rows": "group 0", "samples": "which=8&by=both"}
        screen = opened(tab, url, **view)
        screen.says("grid-title", "8 errors")
        head = screen.find("group-head").first
        head.get_by_role("button", name="class 0").click()
        screen.says("grid-title", "4 errors")
        screen.says("selection", "class 4 → class 0")
        screen.choose("group by", "predicted")
        screen.says("group-head", "are")


class TestKeys:
    def test_walk_open_and_jump(self, tab, url):
        screen = opened(tab, url, size=SMALL)
        pinned = screen.frame.locator("[data-sample][aria-selected=true]")
        screen.press("ArrowRight")
        # The surest of the wrong ones of class 0 is its eighth.
        first = pinned.get_attribute("data-sample")
        screen.press("ArrowRight")
        expect(pinned).not_to_have_attribute("data-sample", first)
        screen.press("ArrowLeft", "]")
        label = re.compile("^class 1 named")
        expect(pinned).to_have_attribute("aria-label", label)
        screen.press("[")
        expect(pinned).to_have_attribute("data-sample", first)
        opener = screen.find("group-head").first.locator(".class")
        expect(opener).to_have_attribute("aria-expanded", "false")
        screen.press("Enter")
        expect(opener).to_have_attribute("aria-expanded", "true")

    def test_begin_where_the_grid_is_scrolled_to(self, tab, url):
        screen = opened(tab, url, size={"width": 1024, "height": 600})
        grid = screen.find("grid")
        grid.evaluate("each => each.scrollTo(0, 300)")
        # The tabulator stops at a sample in sight.
        stop = grid.locator('[data-sample][tabindex="0"]')
        expect(stop).to_have_attribute("aria-label", re.compile("^class [^0]"))
        expect(stop).to_be_in_viewport(ratio=0.2)
        first, label = stop.evaluate(
            "each => [each.dataset.sample, each.ariaLabel.split(' named')[0]]"
        )
        screen.press("Enter")
        opener = screen.find("group-head").locator("[aria-expanded=true]")
        expect(opener).to_contain_text(label)
        screen.press("ArrowRight")
        pinned = screen.frame.locator("[data-sample][aria-selected=true]")
        expect(pinned).to_have_attribute("data-sample", first)
        assert grid.evaluate("each => each.scrollTop") > 200


class TestFilters:
    def test_ranks_and_a_range_recount_the_matrix(self, tab, url):
        screen = opened(tab, url)
        # Errors lie at 0.40 to 0.54: six classes at 0.48 and above, 4 each.
        screen.find("probability-low").focus()
        for _ in range(12):
            tab.keyboard.press("ArrowRight")
        screen.says("probability-range", "0.48 to 1")
        # Stored numbers are right to 0.0008: those at the edge may go.
        expect(screen.find("grid-title")).to_have_text(
            re.compile(r"^\s*(18|24) errors"), **SEEN
        )
        screen = opened(tab, url)
        # One of each class has its own class beyond the two.
        screen.find("rank-6").click()
        screen.says("grid-title", "6 errors")
        screen.says("caption", "6 of 48 shown: actual class beyond")
        screen.find("tab-errors").click()
        screen.ready()
        screen.says("caption", "42 of 48 errors left out")
        screen.frame.get_by_role("button", name="Clear").first.click()
        screen.says("caption", "48 errors in")

    def test_what_another_run_mends_and_what_was_learned(self, tab, url):
        screen = opened(tab, url, with_="other/validation")
        screen.find("change-lost").click()
        screen.says("grid-title", "12 errors")
        screen.says("caption", "fixed by other")
        screen.find("change-wrong in both").click()
        screen.says("grid-title", "36 errors")
        screen = opened(tab, url)
        screen.choose("since epoch", "1")
        screen.find("change-won").click()
        # Twelve of each class are right now, none was.
        screen.says("grid-title", "72 samples")
        screen.says("caption", "learned since epoch 1")

    def test_cells_left_out_narrow_the_grid(self, tab, url):
        # Eight of class 0, four of its sibling, four of class 4.
        screen = opened(tab, url, only="class 0")
        screen.says("cells-left-out", "32 in cells left out: all but class 0")
        screen.says("grid-title", "16 errors")
        screen.find("show-all-cells").click()
        screen.says("grid-title", "48 errors")
        screen.has_no("cells-left-out")


class TestRecounted:
    """The matrix itself, counted from the samples that pass."""

    def test_both_of_a_comparison(self, tab, url):
        view = {"run": "plain/validation", "with": "other/validation"}
        screen = Screen(tab, url, samples="runs=lost", **view).ready()
        # Twelve of 48 errors are no error of the other, which has 36.
        rest = "left out: plain 36, other 36 (all but fixed by other)"
        assert "not counted" not in screen.says("caption", rest)
        screen.says("caption", "not tested, samples were chosen by")
        pairs = screen.find("confusions")
        # Named two further on are the fifth to the eighth of each class, and
        # the last two of them are fixed.
        pairs.get_by_text("all pairs").wait_for()
        expect(pairs).to_have_text(re.compile(r"^([^−]*−2\b){4}[^−]*$"), **SEEN)
        screen.choose("compare with", "")
        screen.says("caption", "48 errors in")

    def test_without_samples_both_stay_whole(self, tab, url):
        view = {"run": "plain/validation", "with": "none/validation"}
        screen = Screen(tab, url, samples="from=0.48", **view).ready()
        why = "not counted: probability 0.48 to 1.00 (no samples were logged"
        assert "left out" not in screen.says("caption", why)


class TestOneSample:
    def test_the_panel_tells_of_the_pinned_one(self, tab, url):
        screen = opened(tab, url, size=SMALL, samples="sample=6")
        screen.says("sample", "folder/file_007.jpg")
        screen.says("history", "never right")
        # 0.4 + 0.14, and 0.3 - 0.07, whose logarithm is -1.47.
        screen.says("sample", "0.31 · 1.47")
        expect(screen.find("top").locator("tr")).to_have_text(
            ["class 2 0.54", "class 0 actual 0.23"], **SEEN
        )
        screen.find("jump").click()
        screen.ready()
        screen.says("selection", "class 0 → class 2")

    def test_a_broken_epoch_leaves_the_others(self, tab, url):
        run = "broken/validation"
        screen = opened(tab, url, run=run, step=2, samples="sample=9")
        screen.says("history", "learned 2")
        # The slider keeps its arrows.
        screen.find("slider").focus()
        tab.keyboard.press("ArrowRight")
        screen.says("no-samples", "damaged")
        for _ in range(2):
            tab.keyboard.press("ArrowLeft")
        screen.says("grid-title", "120 errors")

    def test_ids_leave_the_page(self, tab, url):
        screen = opened(tab, url, rows="class 1", columns="class 0")
        tab.context.grant_permissions(["clipboard-read", "clipboard-write"])
        screen.find("copy-ids").click()
        screen.says("copy-ids", "Copied 4 ids")
        copied = tab.evaluate("navigator.clipboard.readText()").split("\n")
        assert copied == [f"folder/file_{i:03}.jpg" for i in (23, 22, 21, 20)]
        with tab.expect_download() as download:
            screen.find("samples-csv").click()
        name = download.value.suggested_filename
        assert name.endswith("class-1-as-class-0-samples.csv")
        text = Path(download.value.path()).read_text()
        assert text.split("\n")[1].startswith("folder/file_023.jpg,")


def test_ids_are_text(tab, url):
    for sample, wanted in zip(NUMBERS, (HOSTILE[0], HOSTILE[3]), strict=True):
        screen = opened(tab, url, samples=f"sample={sample}")
        name = screen.find("sample-id")
        expect(name).to_have_text(wanted)
        assert screen.frame.evaluate("window.pwned") is None
        panel = screen.find("panel").bounding_box()
        assert name.bounding_box()["width"] < panel["width"] / 2


def test_axe_finds_nothing_serious(tab, url):
    view = {"rows": "group 0", "with": "other/validation"}
    screen = opened(tab, url, size=SMALL, samples="sample=6&since=1", **view)
    screen.says("history", "never right")
    assert findings_in_both_themes(screen) == []
