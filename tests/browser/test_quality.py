"""The quality of classes and labels, over numbers that are worked by hand.

Eight groups of four classes with sixty samples each. Of every class one is
named as the fifth on, one as the fourteenth on. Twelve of a0 are named c1 and
eight of c1 are named a0; g0 has fifteen more errors in b and fifteen in h. The
first sample of a3 is surely an f0. In the run `pairs` a sample of c2 and one of
c3 are h3 as well.
"""

import csv
import io
import json
import re
from pathlib import Path

import numpy as np
import pytest
from accessibility import SMALL, darken, findings
from playwright.sync_api import expect
from screen import Screen

import keras_hier as kh
from keras_hier.log import kinds
from keras_hier.log.event_files import event_writer
from tests.support.serving import WINDOW, tensorboard

EACH = 60
CLASSES = [g + str(i) for g in "abcdefgh" for i in range(4)]
NAMES = {
    "b1": "<img src=x onerror=window.pwned=1>",
    "b2": "</button><script>window.pwned=2</script>",
}
IDS = [
    "<img src=x onerror=window.pwned=3>",
    'a\n"b\u202ec',
    "../" * 9,
    "x" * 999,
]
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
    # What the network is sure of: one sample of class a3 is an f0.
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
    with kh.BlocksWriter(folder / "plain", TREE) as log:
        for step in (1, 2):
            log.predictions(LABELS, best[:, 0], step)
        index = log.samples(LABELS, (best, probabilities), 2, ids=ids)
        log.pictures(
            index,
            [np.full((64, 48), i % 251, np.uint8) for i in range(1920)],
            per_class=EACH,
        )
    with kh.BlocksWriter(folder / "few", TREE) as log:
        log.predictions(LABELS, best[:, 0], 1)
        index = log.samples(LABELS, (best, probabilities), 1, ids=ids)
        pictures = [np.full((64, 48), i % 251, np.uint8) for i in range(1920)]
        log.pictures(index, pictures, per_class=10)
    with kh.BlocksWriter(folder / "pairs", TREE) as log:
        both = two_objects()
        log.predictions(LABELS, both[0][:, 0], 1)
        names = [f"file_{i:04}.jpg" for i in range(1920)]
        log.samples(LABELS, both, 1, ids=names)
    with kh.BlocksWriter(folder / "weak", TREE) as log:
        named = np.where(np.arange(1920) % 5 < 2, best[:, 0], best[:, 1])
        seen = np.stack([named, best.sum(axis=1) - named], 1)
        log.predictions(LABELS, named, 1)
        log.samples(LABELS, (seen, probabilities), 1)
        # Later it is right, of which no sample tells.
        log.predictions(LABELS, best[:, 0], 2)
    long = kh.Hierarchy.from_paths(
        [(f"a group of many words, {c[0]}", c) for c in CLASSES]
    )
    with kh.BlocksWriter(folder / "long", long) as log:
        # 50 of b0 are b1, and as many the other way.
        matrix = 60 * np.eye(len(CLASSES), dtype=int)
        matrix[4, 5] = matrix[5, 4] = 50
        matrix[1:8, 20] = matrix[20:27, 2] = 1
        log.matrix(matrix, 1)
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
    with tensorboard(folder, tensorflow=False) as server:
        server.wait("plain/validation", 2)
        server.wait("bare/validation", 1)
        server.wait("broken/validation", 1)
        server.wait("pairs/validation", 1)
        server.wait("weak/validation", 2)
        server.wait("few/validation", 1)
        server.wait("long/validation", 1)
        yield server.url


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
        for words in (
            *("of 496 pairs", "of 1,920 labels", "of 32 classes"),
            "expected, not counted",
        ):
            expect(screen.find("caption")).to_have_attribute(
                "title", re.compile(words)
            )

    def test_a_weak_network_is_said_to_be_one(self, tab, url):
        screen = opened(tab, url, run="weak/validation", step=1)
        for name in ("overlapping", "suspect", "diverse"):
            heads = screen.find(f"list-{name}")
            expect(heads.locator("> .label")).to_have_text(
                re.compile(r"^network [345]\d\.\d % right: it cannot tell$")
            )
            expect(heads.locator(".count").first).to_have_text("0")
            expect(heads.get_by_test_id("rule")).to_contain_text(
                "in order only"
            )
        expect(screen.find("labels-two_objects")).to_be_disabled()
        # An order is no figure.
        suspects = screen.find("list-suspect")
        expect(suspects).not_to_contain_text("P(wrong)")
        screen.has_no("merge-gain")
        expect(screen.find("caption")).to_have_attribute(
            "title", re.compile("cannot tell faults of the data from its own")
        )

    def test_says_that_they_are_looked_for(self, tab, url):
        tab.route("**/quality?*", lambda route: None)  # never answered
        screen = Screen(tab, url, run="plain/validation", view="quality")
        status = screen.frame.locator(".quality [role=status]")
        expect(status).to_have_text("Looking through classes and labels")

    def test_pictures_are_those_that_crossed(self, tab, url):
        screen = opened(tab, url)
        screen.frame.wait_for_function(
            """(link) => {
              const found = document.querySelectorAll(
                `[data-entry="${link}"] img`);
              return found.length === 8
                && [...found].every((each) => each.naturalWidth === 48);
            }""",
            arg=PAIR,
        )

    def test_says_that_pictures_are_missing(self, tab, url):
        screen = opened(tab, url, run="few/validation")
        expect(screen.find("caption")).to_have_attribute(
            "title", re.compile("file names: some samples have no picture")
        )

    def test_weaker_entries_follow_a_rule(self, tab, url):
        screen = opened(tab, url)
        rule = screen.find("list-overlapping").get_by_test_id("rule")
        expect(rule).to_have_text(re.compile("too weak to list$"))
        top = rule.bounding_box()["y"]
        assert top > entry(screen, PAIR).bounding_box()["y"]
        weaker = screen.frame.locator('.whole[aria-label$="weaker"]').first
        assert weaker.bounding_box()["y"] > top

    def test_long_lists_draw_what_is_in_sight(self, tab, url):
        screen = opened(tab, url)
        rows = screen.find("list-overlapping").locator("[data-entry]")
        total = int(rows.first.get_attribute("aria-setsize"))
        # Those in sight and a few beyond, which go once the list has its size.
        screen.frame.wait_for_function(
            """() => document.querySelectorAll(
              "[data-testid=list-overlapping] [data-entry]").length < 20"""
        )
        assert total > 20
        area = screen.find("list-overlapping").locator(".entries")
        area.evaluate("(each) => each.scrollTo(0, each.scrollHeight)")
        screen.frame.wait_for_selector(f'[aria-posinset="{total}"]')

    def test_of_two_long_names_both_are_seen(self, tab, url):
        tab.set_viewport_size(SMALL)
        screen = opened(tab, url)
        entry(screen, PAIR).wait_for()
        widths = screen.frame.evaluate(
            """() => [...document.querySelectorAll(".entry .both")].map(
              (pair) => {
                const names = [...pair.querySelectorAll("span")];
                for (const each of names) {
                  each.textContent += " of a rather long name that goes on";
                }
                return names.map((each) => each.clientWidth);
              })"""
        )
        assert widths
        for one, two in widths:
            assert min(one, two) > 30
            assert max(one, two) < 1.5 * min(one, two)

    def test_without_samples_two_lists(self, tab, url):
        screen = opened(tab, url, run="bare/validation")
        screen.says(
            *("list-suspect", 'No samples logged for output "class".'),
            "BlocksCallback(samples=...)",
        )
        why = screen.find("list-suspect").locator("p")
        assert why.evaluate("(p) => p.scrollWidth <= p.clientWidth")
        assert why.bounding_box()["height"] > 30  # in several lines
        expect(screen.find("list-suspect").locator("li")).to_have_count(0)
        expect(entry(screen, PAIR).locator("img, .blank")).to_have_count(0)
        expect(screen.find("open-samples")).to_have_count(0)
        expect(screen.find("tab-samples")).to_have_count(1)

    def test_labels_of_another_epoch_say_so(self, tab, url):
        screen = opened(tab, url, step=1)
        entry(screen, LABEL).wait_for()
        screen.says("caption", "samples of epoch 2")

    def test_a_weak_network_is_that_of_the_samples(self, tab, url):
        screen = opened(tab, url, run="weak/validation")
        said = screen.says("caption", "samples of epoch 1, ")
        weak = r"samples of epoch 1, [345]\d\.\d % right: cannot"
        assert re.search(weak, said)
        assert re.search(r"· 9\d\.\d % right ·", said)

    def test_damaged_samples_leave_two_lists(self, tab, url):
        screen = opened(tab, url, run="broken/validation")
        expect(entry(screen, PAIR)).to_contain_text("20 crossed")
        expect(screen.find("list-suspect").locator("li")).to_have_count(0)

    def test_says_what_merging_would_gain(self, tab, url):
        screen = opened(tab, url)
        best, _ = answers()
        right = (best[:, 0] == LABELS).sum()
        # 20 of a0 and c1 are crossed; the other pairs are no evidence.
        listed = screen.find("list-overlapping").locator("h2 .count")
        expect(listed).to_have_text("1")
        before, after = (100 * n / 1920 for n in (right, right + 20))
        gain = screen.find("merge-gain")
        expect(gain).to_contain_text(
            f"1 of 1 merged {before:.1f} → {after:.1f} %, by chance +0."
        )
        expect(gain).not_to_contain_text("confirmed")
        entry(screen, PAIR).locator(".whole").click()
        entry(screen, PAIR).get_by_role("button", name="Confirm").click()
        expect(gain).to_contain_text("confirmed +1.0")
        expect(gain).to_have_attribute(
            "title", re.compile("Likewise 1 of 1 confirmed")
        )


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
        assert "12 of 60" in screen.find("axis").inner_html()
        screen.link("rows=a0", "columns=c1", f"entry={PAIR}")

    def test_a_long_common_group_leaves_its_term_room(self, tab, url):
        screen = opened(tab, url, run="long/validation", entry="o4-5")
        figures = screen.find("pair-figures")
        expect(figures).to_contain_text("common group")
        term = figures.locator("div", has_text="common group").locator("dt")
        assert term.evaluate("(e) => e.scrollWidth <= e.clientWidth")
        value = figures.locator("div", has_text="common group").locator("dd")
        expect(value).to_have_text(re.compile(r"^a.*….* \(1 up\)$"))
        assert value.locator("span").get_attribute("title") == (
            "a group of many words, b"
        )
        edges = [
            box["x"] + box["width"]
            for box in (value.bounding_box(), figures.bounding_box())
        ]
        assert edges[0] <= edges[1] + 0.5

    def test_a_suspect_label(self, tab, url):
        screen = opened(tab, url, entry=LABEL)
        screen.says("told", "a3, or f0")
        screen.says("sample", "<b>surely</b>.jpg")
        screen.says("top", "f0")

    def test_jumps_to_the_cell(self, tab, url):
        screen = opened(tab, url, entry=PAIR)
        screen.find("jump").click()
        screen.ready()
        screen.says("selection", "a0 → c1")

    def test_opens_its_samples(self, tab, url):
        screen = opened(tab, url, entry=PAIR)
        screen.find("open-samples").click()
        screen.says("grid-title", "20 errors")
        screen = opened(tab, url, entry=LABEL)
        screen.find("open-samples").click()
        screen.says("sample", "<b>surely</b>.jpg")

    def test_what_was_filtered_before_hides_none_of_them(self, tab, url):
        # Errors of little probability, the right ones alone, large cells only.
        before = {"samples": "which=4&to=0.2&ranks=5", "least": 40}
        screen = opened(tab, url, entry=PAIR, **before)
        screen.find("open-samples").click()
        screen.says("grid-title", "20 errors")
        screen.has_no("cells-left-out")

    def test_is_restored_from_a_link(self, tab, url):
        screen = opened(tab, url)
        entry(screen, TWO).locator(".whole").click()
        link = screen.link("view=quality", f"entry={TWO}")
        screen = Screen(tab, link)
        screen.frame.wait_for_selector("[data-entry]")
        chosen(screen, TWO)
        screen.says("told", "g0")

    def test_a_link_to_nothing_shows_the_first(self, tab, url):
        screen = opened(tab, url, entry="o99-1<b>")
        chosen(screen, PAIR)


class TestTwoObjects:
    RUN = "pairs/validation"

    def opened(self, tab, url, **view):
        return opened(tab, url, run=self.RUN, **view)

    def choose(self, screen):
        screen.find("labels-two_objects").click()
        entry(screen, EVEN).wait_for()

    def test_are_a_choice_within_the_list_of_labels(self, tab, url):
        screen = self.opened(tab, url)
        screen.reads("labels-two_objects", "two objects 2")
        expect(entry(screen, EVEN)).to_have_count(0)
        self.choose(screen)
        rows = screen.find("list-two_objects").locator("[data-entry]")
        links = [row.get_attribute("data-entry") for row in rows.all()]
        # The more even one comes first.
        assert links == [EVEN, ODD]
        chosen(screen, EVEN)
        words = " ".join(entry(screen, ODD).inner_text().split())
        assert "file_0600.jpg 2 apart given c2 0.61" in words
        assert "also h3 0.35" in words
        assert (
            screen.find("list-two_objects").get_by_test_id("rule").count() == 0
        )
        screen.says("told", "c3 and h3")
        screen.says("caption", "two objects: no evidence, a hint")
        screen.link(f"entry={EVEN}", "rows=c3", "columns=h3")
        screen.find("labels-suspect").click()
        screen.find("list-suspect").wait_for()

    def test_a_click_on_a_bar_chooses_and_no_id_lies_over_words(self, tab, url):
        screen = self.opened(tab, url)
        self.choose(screen)
        row = entry(screen, ODD)
        # Where no picture was logged, the id stands beside its box alone.
        blank = row.locator(".blank").first
        assert blank.evaluate("(e) => e.scrollWidth <= e.clientWidth")
        bar = row.locator(".share").first.bounding_box()
        tab.mouse.click(
            bar["x"] + bar["width"] / 2, bar["y"] + bar["height"] / 2
        )
        chosen(screen, ODD)

    def test_stay_while_another_list_is_looked_at(self, tab, url):
        screen = self.opened(tab, url, entry=ODD)
        chosen(screen, ODD)
        screen.press("ArrowUp")
        chosen(screen, EVEN)
        screen.press("ArrowLeft")
        chosen(screen, re.compile("^o"))
        expect(entry(screen, EVEN)).to_have_count(1)
        screen.press("ArrowRight")
        chosen(screen, EVEN)

    def test_are_judged_and_exported(self, tab, url):
        screen = self.opened(tab, url, entry=EVEN)
        screen.press("c")
        chosen(screen, ODD)
        counts = screen.find("list-two_objects").get_by_test_id(
            "verdict-counts"
        )
        expect(counts).to_contain_text("to do 1")
        expect(counts).to_contain_text("confirmed 1")
        with tab.expect_download() as download:
            screen.find("quality-csv").click()
        text = Path(download.value.path()).read_text("utf-8-sig")
        table = csv.DictReader(io.StringIO(text, newline=""))
        first, second = [r for r in table if r["list"] == "two_objects"]
        assert (first["sample"], first["verdict"]) == (
            "file_0660.jpg",
            "confirmed",
        )
        assert (second["class"], second["other_class"]) == ("c2", "h3")
        assert (second["distance"], second["listed"]) == ("2", "0")

    def test_open_their_sample_named_right_or_wrong(self, tab, url):
        for link, title in ((ODD, "60 samples"), (EVEN, "1 error")):
            screen = self.opened(tab, url, entry=link)
            screen.find("open-samples").click()
            screen.says("grid-title", title)
            pinned = screen.frame.locator("[data-sample][aria-selected=true]")
            expect(pinned).to_have_attribute("data-sample", link[1:])
            # The grid has come to where it is.
            expect(pinned).to_be_visible()

    def test_where_there_are_none_there_is_no_choice(self, tab, url):
        screen = opened(tab, url)
        expect(screen.find("labels-two_objects")).to_be_disabled()
        screen = opened(tab, url, run="bare/validation")
        screen.has_no("labels-two_objects")


class TestVerdicts:
    def counts(self, screen, words, name="list-overlapping"):
        """Waits until the counts of a list say this."""
        counts = screen.find(name).get_by_test_id("verdict-counts")
        expect(counts).to_contain_text(words)

    def test_keys_judge_and_go_on(self, tab, url):
        screen = opened(tab, url)
        screen.press("c")
        chosen(screen, re.compile(f"^(?!{PAIR}$)"))
        second = told(screen)
        screen.press("d")
        screen.press("ArrowUp")
        chosen(screen, second)
        screen.press("ArrowUp")
        chosen(screen, PAIR)
        label = (
            entry(screen, PAIR).locator(".whole").get_attribute("aria-label")
        )
        assert label == "a0 and c1, 20 crossed, confirmed"
        self.counts(screen, "confirmed 1")
        self.counts(screen, "dismissed 1")
        # The same once more takes it back, and stays.
        screen.press("C")
        chosen(screen, PAIR)
        self.counts(screen, "confirmed 0")

    def test_walk_to_the_other_lists(self, tab, url):
        screen = opened(tab, url)
        screen.press("ArrowRight")
        chosen(screen, LABEL)
        screen.press("ArrowRight")
        chosen(screen, TWO)
        screen.press("ArrowLeft", "ArrowLeft")
        chosen(screen, PAIR)
        screen.frame.wait_for_function(
            "(entry) => document.activeElement.closest('li')?.dataset.entry"
            " === entry",
            arg=PAIR,
        )
        screen.press("Escape")
        screen.ready()

    def test_stay_in_the_browser(self, tab, url):
        screen = opened(tab, url)
        entry(screen, LABEL).hover()
        entry(screen, LABEL).get_by_role("button", name="Confirm").click()
        self.counts(screen, "confirmed 1", "list-suspect")
        screen = opened(tab, url)
        self.counts(screen, "confirmed 1", "list-suspect")
        # Those of another run are other verdicts.
        screen = opened(tab, url, run="bare/validation")
        self.counts(screen, "confirmed 0")

    def test_last_as_long_as_the_page_without_a_store(self, new_page, url):
        page = new_page()
        page.add_init_script(
            "if (window !== top) Object.defineProperty(window, "
            "'localStorage', { get() { throw new Error('closed'); } })"
        )
        screen = opened(page, url)
        screen.find("verdict-seen").click()
        self.counts(screen, "skipped 1")

    @pytest.mark.parametrize("ending", ["csv", "json"])
    def test_are_exported(self, tab, url, ending):
        screen = opened(tab, url, entry=LABEL)
        screen.press("d")
        with tab.expect_download() as download:
            screen.find(f"quality-{ending}").click()
        text = Path(download.value.path()).read_text("utf-8-sig")
        name = download.value.suggested_filename
        assert name == f"blocks-plain-validation-class-epoch2-quality.{ending}"
        rows = (
            json.loads(text)
            if ending == "json"
            else list(csv.DictReader(io.StringIO(text, newline="")))
        )
        [row] = [r for r in rows if r["verdict"] == "dismissed"]
        assert row["sample"] == "<b>surely</b>.jpg"
        assert (row["list"], row["class"], row["other_class"]) == (
            "suspect",
            "a3",
            "f0",
        )
        [first] = [
            r
            for r in rows
            if r["list"] == "overlapping" and int(r["rank"]) == 1
        ]
        assert (int(first["count"]), int(first["count_back"])) == (12, 8)


class TestHostile:
    def test_names_and_ids_are_text(self, tab, url):
        screen = opened(tab, url)
        for _ in range(30):
            screen.press("ArrowDown")
        screen.press("ArrowRight", "ArrowDown", "ArrowDown")
        screen.settle()
        assert screen.frame.evaluate("window.pwned") is None
        assert (
            screen.frame.locator(".quality b b, .quality script").count() == 0
        )


class TestAccess:
    @pytest.mark.parametrize("theme", ["light", "dark"])
    @pytest.mark.parametrize("link", [PAIR, LABEL, TWO, EVEN])
    def test_axe_finds_nothing_serious(self, tab, url, theme, link):
        tab.set_viewport_size(SMALL if link == PAIR else WINDOW)
        run = "pairs" if link == EVEN else "plain"
        screen = opened(tab, url, run=f"{run}/validation", entry=link)
        if theme == "dark":
            darken(screen)
        screen.press("d", "ArrowUp")
        assert findings(screen.frame) == []

    def test_nothing_sticks_out_of_a_small_page(self, tab, url):
        tab.set_viewport_size(SMALL)
        screen = opened(tab, url)
        right = screen.find("panel").bounding_box()["x"]
        for name in ("overlapping", "suspect", "diverse"):
            box = screen.find(f"list-{name}").bounding_box()
            assert box["x"] + box["width"] <= right
