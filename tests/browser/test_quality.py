"""The quality of classes and labels, over numbers that are worked by hand.

Eight groups of four classes with sixty samples each. Every class has one sample
named as the fifth class on and one as the fourteenth. Twelve of a0 are named c1
and eight of c1 are named a0. g0 has fifteen more errors in b and fifteen in h.
The first sample of a3 is surely an f0. In the run `pairs` a sample of c2 and
one of c3 are h3 as well.
"""

import csv
import io
import json
import re
from pathlib import Path

import numpy as np
import pytest
from accessibility import SMALL, findings_in_both_themes
from playwright.sync_api import expect
from screen import Screen

import keras_hier as kh
from keras_hier.log import kinds
from keras_hier.log.event_files import event_writer
from tests.support.serving import WINDOW, loaded

EACH = 60
CLASSES = [g + str(i) for g in "abcdefgh" for i in range(4)]
NAMES = {
    "b1": "<img src=x onerror=window.pwned=1>",
    "b2": "</button><script>window.pwned=2</script>",
}
IDS = ["<img src=x onerror=window.pwned=3>", 'a\n"b\u202ec', "../" * 9]
IDS.append("x" * 999)
PAIR, LABEL, TWO = "o0-9", "s180", "d24"
# Samples of two objects: one is named wrong, one right.
EVEN, ODD = "t660", "t600"
TREE = kh.Hierarchy.from_paths([(c[0], NAMES.get(c, c)) for c in CLASSES])
LABELS = np.repeat(np.arange(32), EACH)


def answers() -> tuple[np.ndarray, np.ndarray]:
    """The best two classes of every sample, and their probabilities."""
    place = np.arange(len(LABELS)) % EACH
    named = LABELS.copy()

    def err(of: int, to: int, count: int) -> None:
        right = np.flatnonzero(named == LABELS)
        named[right[LABELS[right] == of][-count:]] = to

    # Everybody errs a little, everywhere, so that there is something to expect.
    for k in range(32):
        err(k, (k + 5) % 32, 1)
        err(k, (k + 14) % 32, 1)
    err(0, 9, 12)
    err(9, 0, 8)
    for to in (4, 5, 6, 28, 29, 30):
        err(24, to, 5)
    other = np.where(named == LABELS, (LABELS + 5) % 32, LABELS)
    wrong = named != LABELS
    first = np.where(wrong, 0.5 + place / 400, 0.9 + place / 1000)
    # The network is sure that one sample of class a3 is an f0.
    first[LABELS == 3] = 0.99
    sample = 3 * EACH
    named[sample], other[sample], first[sample] = 20, 3, 1 - 1e-6
    return np.stack([named, other], 1), np.stack([first, 1 - first], 1)


def two_objects() -> tuple[np.ndarray, np.ndarray]:
    """All are named right, those of c3 and h3 with little probability."""
    best = np.stack([LABELS, (LABELS + 5) % 32], 1)
    rare = (LABELS == 11) | (LABELS == 31)
    p = np.stack([np.where(rare, 0.3, 0.6), np.full(len(LABELS), 0.2)], 1)
    best[660], p[660] = (31, 11), (0.38, 0.36)
    best[600], p[600] = (10, 31), (0.61, 0.35)
    return best, p


def write_runs(folder: Path) -> None:
    """Runs `plain` of two epochs, `bare` without samples, and others."""
    best, probabilities = answers()
    ids = [IDS[i] if i < len(IDS) else f"file_{i:04}.jpg" for i in range(1920)]
    ids[180] = "<b>surely</b>.jpg"
    pictures = [np.full((64, 48), i % 251, np.uint8) for i in range(1920)]
    with kh.BlocksWriter(folder / "plain", TREE) as log:
        for step in (1, 2):
            log.predictions(LABELS, best[:, 0], step)
        index = log.samples(LABELS, (best, probabilities), 2, ids=ids)
        log.pictures(index, pictures, per_class=EACH)
    with kh.BlocksWriter(folder / "pairs", TREE) as log:
        both = two_objects()
        log.predictions(LABELS, both[0][:, 0], 1)
        names = [f"file_{i:04}.jpg" for i in range(1920)]
        log.samples(LABELS, both, 1, ids=names)
    for run in ("bare", "broken"):
        with kh.BlocksWriter(folder / run, TREE) as log:
            log.predictions(LABELS, best[:, 0], 1)
    file = event_writer.EventFile(folder / "broken/validation")
    file.add_blob(kinds.tag_of("samples", "class"), "samples", b"KHS1?", 1)
    file.close()


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    folder = tmp_path_factory.mktemp("quality")
    write_runs(folder)
    with loaded(folder) as server:
        yield server.plugin_url


def opened(page, url, run="plain/validation", **view):
    """The lists of a run, once they are there."""
    screen = Screen(page, url, run=run, view="quality", **view)
    screen.frame.wait_for_selector("[data-entry]")
    return screen


def entry(screen, link):
    return screen.frame.locator(f'[data-entry="{link}"]')


def told(screen):
    """The link of the entry that is chosen."""
    return screen.frame.locator(".entry.told").get_attribute("data-entry")


def chosen(screen, link):
    """Waits until an entry is the chosen one."""
    expect(screen.frame.locator(".entry.told")).to_have_attribute(
        "data-entry", link
    )


class TestLists:
    def test_three_from_the_tab(self, tab, url):
        screen = Screen(tab, url, run="plain/validation").ready()
        screen.find("tab-quality").click()
        screen.frame.wait_for_selector("[data-entry]")
        pair = entry(screen, PAIR)
        expect(pair).to_contain_text("20 crossed")
        expect(pair).to_have_attribute("aria-posinset", "1")
        expect(entry(screen, LABEL)).to_contain_text("P(wrong) >0.99")
        expect(entry(screen, TWO)).to_contain_text("32 of 32 errors")
        for words in ("of 496 pairs", "of 1,920 labels", "of 32 classes"):
            expect(screen.find("caption")).to_have_attribute(
                "title", re.compile(words)
            )
        # The pictures are those that crossed.
        pictures = pair.locator("img")
        expect(pictures).to_have_count(8)
        for picture in pictures.all():
            expect(picture).to_have_js_property("naturalWidth", 48)
        overlapping = screen.find("list-overlapping")
        weaker = screen.frame.locator('.whole[aria-label$="weaker"]')
        expect(weaker).not_to_have_count(0)
        # Only entries in sight are drawn, and a few beyond.
        rows = overlapping.locator("[data-entry]")
        total = int(rows.first.get_attribute("aria-setsize"))
        assert total > 20
        screen.frame.wait_for_function(
            """() => document.querySelectorAll(
              "[data-testid=list-overlapping] [data-entry]").length < 20"""
        )
        area = overlapping.locator(".entries")
        area.evaluate("(each) => each.scrollTo(0, each.scrollHeight)")
        screen.frame.wait_for_selector(f'[aria-posinset="{total}"]')

    def test_without_samples_two_lists(self, tab, url):
        screen = opened(tab, url, run="bare/validation")
        screen.says(
            *("list-suspect", 'No samples logged for output "class".'),
            "BlocksCallback(samples=...)",
        )
        expect(entry(screen, PAIR).locator("img, .blank")).to_have_count(0)
        screen.has_no("open-samples", "labels-two_objects")
        # Damaged samples leave two lists as well.
        screen = opened(tab, url, run="broken/validation")
        expect(entry(screen, PAIR)).to_contain_text("20 crossed")
        expect(screen.find("list-suspect").locator("li")).to_have_count(0)


class TestEntry:
    def test_selects_its_cell_and_tells_of_the_pair(self, tab, url):
        screen = opened(tab, url)
        entry(screen, PAIR).locator(".whole").click()
        screen.says("told", "a0 ⇄ c1")
        for words in (
            *("a0 → c1 12", "c1 → a0 8", "common group", "all (2 up)"),
            # 60 less 2 and 12 others, less 2 and 8.
            *("recall, a0 77 %", "recall, c1 83 %"),
        ):
            expect(screen.find("pair-figures")).to_contain_text(
                words, use_inner_text=True
            )
        screen.find("axis").wait_for()
        screen.link("rows=a0", "columns=c1", f"entry={PAIR}")
        screen.find("jump").click()
        screen.ready()
        screen.says("selection", "a0 → c1")

    def test_opens_its_samples_whatever_was_filtered(self, tab, url):
        # Errors of little probability, the right ones alone, large cells only.
        before = {"samples": "which=4&to=0.2&ranks=5", "least": 40}
        screen = opened(tab, url, entry=PAIR, **before)
        screen.find("open-samples").click()
        screen.says("grid-title", "20 errors")
        screen.has_no("cells-left-out")
        # Labels of another epoch say so.
        screen = opened(tab, url, step=1, entry=LABEL)
        screen.says("told", "a3, or f0")
        screen.says("top", "f0")
        screen.says("caption", "samples of epoch 2")
        screen.find("open-samples").click()
        screen.says("sample", "<b>surely</b>.jpg")

    def test_is_restored_from_a_link(self, tab, url):
        # A link to nothing shows the first.
        chosen(opened(tab, url, entry="o99-1<b>"), PAIR)
        screen = opened(tab, url, entry=TWO)
        chosen(screen, TWO)
        screen.says("told", "g0")


def test_two_objects_are_chosen_judged_and_opened(tab, url):
    screen = opened(tab, url, run="pairs/validation")
    screen.reads("labels-two_objects", "two objects 2")
    expect(entry(screen, EVEN)).to_have_count(0)
    screen.find("labels-two_objects").click()
    rows = screen.find("list-two_objects").locator("[data-entry]")
    expect(rows).to_have_count(2)
    # The more even one comes first.
    for row, link in zip(rows.all(), (EVEN, ODD), strict=True):
        expect(row).to_have_attribute("data-entry", link)
    chosen(screen, EVEN)
    for words in ("file_0600.jpg 2 apart given c2 0.61", "also h3 0.35"):
        expect(entry(screen, ODD)).to_contain_text(words, use_inner_text=True)
    screen.says("told", "c3 and h3")
    entry(screen, ODD).locator(".share").first.click(force=True)
    chosen(screen, ODD)
    # They stay while another list is looked at.
    screen.press("ArrowUp", "ArrowLeft", "ArrowRight")
    chosen(screen, EVEN)
    screen.press("c")
    chosen(screen, ODD)
    counted(screen, "to do 1", "list-two_objects")
    counted(screen, "confirmed 1", "list-two_objects")
    screen.find("open-samples").click()
    screen.says("grid-title", "60 samples")
    pinned = screen.frame.locator("[data-sample][aria-selected=true]")
    expect(pinned).to_have_attribute("data-sample", ODD[1:])
    expect(pinned).to_be_visible()


def downloaded(screen, ending, folder):
    """The name and the rows of a file that the view saves in a folder."""
    with screen.page.expect_download() as download:
        screen.find(f"quality-{ending}").click()
    name = download.value.suggested_filename
    download.value.save_as(folder / name)
    text = (folder / name).read_text("utf-8-sig")
    table = csv.DictReader(io.StringIO(text, newline=""))
    return name, json.loads(text) if ending == "json" else list(table)


def counted(screen, words, name="list-overlapping"):
    """Waits until the counts of a list say this."""
    counts = screen.find(name).get_by_test_id("verdict-counts")
    expect(counts).to_contain_text(words)


class TestVerdicts:
    def test_keys_judge_and_go_on(self, tab, url):
        screen = opened(tab, url)
        screen.press("c")
        chosen(screen, re.compile(f"^(?!{PAIR}$)"))
        second = told(screen)
        screen.press("d")
        screen.press("ArrowUp")
        chosen(screen, second)
        screen.press("ArrowUp")
        expect(entry(screen, PAIR).locator(".whole")).to_have_attribute(
            "aria-label", "a0 and c1, 20 crossed, confirmed"
        )
        counted(screen, "confirmed 1")
        counted(screen, "dismissed 1")
        # The same once more takes it back, and stays.
        screen.press("C")
        counted(screen, "confirmed 0")
        # Arrows walk to the other lists and back.
        screen.press("ArrowRight")
        chosen(screen, LABEL)
        screen.press("ArrowRight")
        chosen(screen, TWO)
        screen.press("ArrowLeft", "ArrowLeft")
        chosen(screen, PAIR)
        expect(entry(screen, PAIR).locator(".whole")).to_be_focused()
        screen.press("Escape")
        screen.ready()

    def test_stay_in_the_browser_and_are_exported(self, tab, url, tmp_path):
        screen = opened(tab, url)
        entry(screen, LABEL).hover()
        entry(screen, LABEL).get_by_role("button", name="Confirm").click()
        counted(screen, "confirmed 1", "list-suspect")
        screen = opened(tab, url)
        counted(screen, "confirmed 1", "list-suspect")
        for ending in ("csv", "json"):
            name, rows = downloaded(screen, ending, tmp_path)
            expected = f"blocks-plain-validation-class-epoch2-quality.{ending}"
            assert name == expected
            [row] = [r for r in rows if r["verdict"] == "confirmed"]
            assert row["sample"] == "<b>surely</b>.jpg"
            said = row["list"], row["class"], row["other_class"]
            assert said == ("suspect", "a3", "f0")
            first = next(r for r in rows if r["list"] == "overlapping")
            assert (int(first["count"]), int(first["count_back"])) == (12, 8)
            ids = [row["sample"]]
            fixed = kh.apply_verdicts(["a3"], tmp_path / name, ids=ids)
            assert fixed.tolist() == ["f0"]
        # Those of another run are other verdicts.
        screen = opened(tab, url, run="bare/validation")
        counted(screen, "confirmed 0")

    def test_last_as_long_as_the_page_without_a_store(self, new_page, url):
        page = new_page()
        page.add_init_script(
            "Object.defineProperty(window, 'localStorage', "
            "{ get() { throw new Error('closed'); } })"
        )
        screen = opened(page, url)
        screen.find("verdict-seen").click()
        counted(screen, "skipped 1")


@pytest.mark.parametrize("link", [PAIR, EVEN])
def test_axe_finds_nothing_serious_and_names_are_text(tab, url, link):
    tab.set_viewport_size(SMALL if link == PAIR else WINDOW)
    run = "pairs" if link == EVEN else "plain"
    screen = opened(tab, url, run=f"{run}/validation", entry=link)
    screen.press("d", "ArrowUp")
    assert findings_in_both_themes(screen) == []
    screen.press(*["ArrowDown"] * 30, "ArrowRight", "ArrowDown", "ArrowDown")
    screen.settle()
    assert screen.frame.evaluate("window.pwned") is None
    markup = screen.frame.locator(".quality b b, .quality script")
    expect(markup).to_have_count(0)
