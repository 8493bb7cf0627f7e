"""The samples behind the cells, over numbers that are worked by hand.

Six classes of twenty samples. In the last epoch the first eight of each class
are wrong: four are named as its sibling, four as the class two further on. In
the run `other` two of these are right.
"""

import itertools
import re
from pathlib import Path

import numpy as np
import pytest
from accessibility import SMALL, darken, findings
from playwright.sync_api import expect
from screen import Screen

import keras_hier as kh
from keras_hier.hierarchy.tree.grouping import canonical_json, digest_of
from keras_hier.log import kinds
from keras_hier.log.event_files import event_writer
from keras_hier.log.records import container
from keras_hier.log.records import sample_codec as samples
from tests.support.serving import WINDOW, tensorboard

# As the text is seen, whatever markup it has.
SEEN = {"use_inner_text": True}
CLASSES = 6
EACH = 20
TREE = kh.Hierarchy.from_paths(
    [(f"group {i // 2}", f"class {i}") for i in range(CLASSES)]
)
# Told apart by their ids alone.
CRANES = kh.Hierarchy.from_paths(
    [(f"group {i // 2}", f"class {i}") for i in range(CLASSES)],
    names={"class 0": "crane", "class 3": "crane"},
)
LABELS = np.repeat(np.arange(CLASSES), EACH)
HOSTILE = (
    "<img src=x onerror=window.pwned=1>",
    "a\nb, a\u202ereversed \u0000 name",
    "</span><script>window.pwned=2</script>",
    "x" * 1000,
)
# Samples of a class are numbered by id: the last of these comes last.
NUMBERS = (0, 1, 2, 19)
IDS = [
    HOSTILE[i] if i < len(HOSTILE) else f"folder/file_{i:03}.jpg"
    for i in range(len(LABELS))
]


def answers(wrong: int) -> tuple[np.ndarray, np.ndarray]:
    """The best two classes and their probabilities; as many are wrong."""
    own, place = LABELS, np.arange(len(LABELS)) % EACH
    named = np.where(place < 4, own ^ 1, (own + 2) % CLASSES)
    named = np.where(place < wrong, named, own)
    # The actual class is second; of the first of each, it is beyond the two.
    other = np.where(named == own, own ^ 1, own)
    other = np.where(place == 0, (own + 3) % CLASSES, other)
    first = 0.4 + 0.02 * place
    return np.stack([named, other], 1), np.stack([first, 0.3 - 0.01 * place], 1)


def write_runs(folder: Path) -> None:
    """Runs `plain` and `other`, and others that lack something.

    The samples of epoch 2 are damaged in `broken`, and missing in `sparse`.
    """
    pictures = [np.full((64, 48), 10 + i, np.uint8) for i in range(len(LABELS))]
    for run, wrong in (("plain", 8), ("other", 6)):
        with kh.BlocksWriter(folder / run, TREE) as log:
            for step, errors in ((1, EACH), (3, wrong)):
                best = answers(errors)
                log.predictions(LABELS, best[0][:, 0], step)
                index = log.samples(LABELS, best, step, ids=IDS)
            if run == "plain":
                log.pictures(index, [None, *pictures[1:]])
    # Written by hand between the two, so that the later ones stay.
    with kh.BlocksWriter(folder / "broken", TREE) as log:
        for step in (1, 2, 3):
            best = answers(8)
            log.predictions(LABELS, best[0][:, 0], step)
        index = log.samples(LABELS, answers(EACH), 1, ids=IDS)
    ranked = samples.TopKPredictions(
        np.zeros((120, 1), int), np.ones((120, 1)), np.ones(120), np.ones(120)
    )
    blob = samples.encode(
        ranked,
        index.labels,
        num_classes=6,
        hierarchy=TREE.digest,
        index=index.digest,
    )
    file = event_writer.EventFile(folder / "broken/validation")
    file.add_blob(kinds.tag_of("samples", "class"), "samples", blob[:-9], 2)
    file.close()
    with kh.BlocksWriter(folder / "broken", TREE) as log:
        log.samples(LABELS, answers(8), 3, ids=IDS)
    write_long(folder / "long")
    with kh.BlocksWriter(folder / "sparse", TREE) as log:
        for step in (1, 2, 3):
            best = answers(8)
            log.predictions(LABELS, best[0][:, 0], step)
            if step != 2:
                log.samples(LABELS, best, step, ids=IDS)
    with kh.BlocksWriter(folder / "none", TREE) as log:
        log.predictions(LABELS, answers(8)[0][:, 0], 1)
    with kh.BlocksWriter(folder / "cranes", CRANES) as log:
        best = answers(8)
        log.predictions(LABELS, best[0][:, 0], 1)
        log.samples(LABELS, best, 1, ids=IDS)


def write_long(folder: Path) -> None:
    """A run with an id of 10,000 letters, which no writer of ours lets in."""
    with kh.BlocksWriter(folder, TREE) as log:
        log.predictions(LABELS, answers(8)[0][:, 0], 1)
    text = canonical_json(
        {
            "version": 1,
            "counts": [1, 0, 0, 0, 0, 0],
            "ids": ["<b>" + "y" * 9997],
            "named": True,
        }
    )
    digest = digest_of(text)
    one = samples.TopKPredictions(
        np.zeros((1, 1), int), np.ones((1, 1)), np.ones(1), np.ones(1)
    )
    blob = samples.encode(
        one,
        np.zeros(1, int),
        num_classes=6,
        hierarchy=TREE.digest,
        index=digest,
    )
    file = event_writer.EventFile(folder / "validation")
    file.add_blob(
        kinds.tag_of("sample_index", digest),
        "sample_index",
        container.encode_text(text),
        0,
    )
    file.add_blob(kinds.tag_of("samples", "class"), "samples", blob, 1)
    file.close()


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    folder = tmp_path_factory.mktemp("samples")
    write_runs(folder)
    with tensorboard(folder, tensorflow=False) as server:
        server.wait("plain/validation", 3)
        server.wait("other/validation", 3)
        server.wait("broken/validation", 3)
        server.wait("long/validation", 1)
        server.wait("sparse/validation", 3)
        server.wait("none/validation", 1)
        yield server.url


def opened(page, url, run="plain/validation", **view):
    """The samples of a run, once they are there."""
    screen = Screen(page, url, run=run, view="samples", **view)
    screen.frame.wait_for_selector("[data-sample]")
    return screen


def opened_anyhow(page, url, run="plain/validation", **view):
    """The samples of a run, of which none may be shown."""
    screen = Screen(page, url, run=run, view="samples", **view)
    screen.find("grid-title").wait_for()
    return screen


class TestOpening:
    def test_the_first_minute_names_the_key(self, tab, url):
        screen = Screen(tab, url, run="plain/validation").ready()
        expect(screen.find("hint")).to_contain_text("S shows its pictures")
        screen.press("s")
        screen.find("samples").wait_for()
        screen.has_no("hint")

    def test_the_tab_shows_the_samples_of_the_selection(self, tab, url):
        screen = Screen(tab, url, run="plain/validation").ready()
        screen.find("tab-samples").click()
        screen.says("grid-title", "48 errors", "of 120 samples")
        screen.press("Escape")
        screen.ready()
        screen.has_no("grid")

    def test_first_pictures_come_as_the_pointer_does(self, tab, url):
        screen = Screen(tab, url, run="plain/validation").ready()
        with tab.expect_request(lambda r: "/pictures?" in r.url) as asked:
            screen.find("tab-samples").hover()
        # Those of the first rows, in one go: eight errors of each class.
        numbers = asked.value.url.split("samples=")[1].split("%2C")
        assert len(numbers) == 48
        expect(screen.find("grid")).to_have_count(0)
        screen.find("tab-samples").click()
        screen.frame.wait_for_selector("[data-sample] img")

    def test_the_calibration_of_the_selection(self, tab, url):
        screen = opened(tab, url)
        best, probabilities = answers(8)
        p, right = probabilities[:, 0], best[:, 0] == LABELS
        bins = (p * 15).astype(int)
        excess = np.bincount(bins, p - right)
        chance = np.sqrt(2 / np.pi * np.bincount(bins, p * (1 - p)))
        said = screen.says("calibration", "calibration error", "chance")
        found = [float(number) for number in re.findall(r"[\d.]+(?= %)", said)]
        # Stored probabilities are rounded, some lie on the edge of a bin.
        assert found == pytest.approx(
            [100 * np.abs(excess).sum() / 120, 100 * chance.sum() / 120],
            abs=3,
        )
        assert found[0] > 2 * found[1]
        # Too sure where it is wrong, too unsure where it is right: neither.
        assert "too" not in said
        # A row is chosen by what its samples are: that has no calibration.
        rows = opened(tab, url, rows="class 0", columns="(root)")
        rows.says("probability-range", "0 to 1")
        rows.has_no("calibration")

    def test_the_table_of_classes_has_their_answers(self, tab, url):
        screen = Screen(
            tab, url, run="plain/validation", classes="name"
        ).ready()
        row = screen.find("classes").locator("[data-row]").first
        # Eight are wrong at 0.4 to 0.54, twelve right at 0.56 to 0.78.
        paths = row.locator(".at-answers path")
        expect(paths).to_have_count(2)
        right, wrong = (
            re.findall(r"M(\d+) ", each.get_attribute("d"))
            for each in paths.all()
        )
        assert right == ["25", "30", "35"]
        # 0.4 is stored as a little less.
        assert wrong == ["15", "20", "25"]
        # All in its place, with the styles of the samples there.
        boxes = [
            row.locator(f".at-{part}").bounding_box()
            for part in ("name", "answers", "recall")
        ]
        for one, other in itertools.pairwise(boxes):
            assert one["x"] + one["width"] <= other["x"]
        assert "20" in row.locator(".at-samples").inner_text()
        below = row.locator(".at-samples").bounding_box()
        assert below["y"] >= boxes[0]["y"] + boxes[0]["height"] - 2
        # The list has the panel to itself, in its own view alone.
        panel = screen.find("panel")
        expect(panel).to_have_class("panel listing")
        screen.press("s")
        screen.find("grid-title").wait_for()
        expect(panel).to_have_class("panel")
        # A run without samples has none.
        bare = Screen(tab, url, run="none/validation", classes="name").ready()
        bare.says("classes", "6 classes")
        expect(bare.frame.locator(".at-answers")).to_have_count(0)

    def test_pictures_or_ids(self, tab, url):
        screen = opened(tab, url)
        screen.frame.wait_for_function(
            """[...document.querySelectorAll('[data-sample] img')]
              .filter((image) => image.naturalWidth === 48).length > 20"""
        )
        without = screen.frame.locator("[data-sample] .blank")
        expect(without).to_have_count(1)
        expect(without).to_have_attribute("title", re.compile("No picture"))
        screen.says("caption", "file names: some samples have no picture")
        # Where there are none at all, that goes without saying.
        bare = opened(tab, url, run="other/validation")
        bare.frame.locator("[data-sample] .blank[title]").first.wait_for()
        said = bare.says("caption", "bar: probability")
        assert "file name" not in said

    def test_a_log_without_samples_has_no_tab(self, tab, tmp_path):
        with kh.BlocksWriter(tmp_path / "none", TREE) as log:
            log.predictions(LABELS, answers(8)[0][:, 0], 1)
        with tensorboard(tmp_path, tensorflow=False) as server:
            server.wait("none/validation", 1)
            screen = Screen(
                tab, server.plugin_url, run="none/validation"
            ).ready()
            screen.find("panel").get_by_text("Top confusions").wait_for()
            expect(screen.find("tab-samples")).to_have_count(0)
            # How to have them is said where they are missed.
            linked = Screen(
                *(tab, server.plugin_url),
                run="none/validation",
                view="samples",
            )
            linked.says("no-samples", "BlocksCallback(samples=...)")

    def test_a_run_without_samples_says_so(self, tab, url):
        screen = Screen(tab, url, run="none/validation", view="samples")
        screen.says(
            *("no-samples", 'No samples logged for output "class"'),
            "plain/validation",
        )


class TestSelection:
    def test_counts_of_a_group_by_hand(self, tab, url):
        screen = opened(tab, url, rows="group 0")
        for bit, count in {1: 8, 2: 8, 4: 24, 8: 8}.items():
            label = screen.find(f"which-{bit}").locator("xpath=..")
            expect(label).to_have_text(re.compile(rf"\b{count}\s*$"), **SEEN)
        screen.says("grid-title", "16 errors")
        screen.find("which-8").check()
        screen.says("grid-title", "24 errors")

    def test_a_name_in_a_head_selects_the_cell(self, tab, url):
        screen = opened(tab, url, rows="group 0")
        head = screen.find("group-head").first
        expect(head).to_contain_text("class 0")
        expect(head).to_contain_text("8 of 20")
        head.get_by_role("button", name="class 2").click()
        screen.says("grid-title", "4 errors")
        screen.says("selection", "class 0 → class 2")

    def test_a_name_shows_its_samples_whatever_was_wanted(self, tab, url):
        screen = opened(tab, url, rows="group 0", samples="which=8&by=both")
        screen.says("grid-title", "8 errors")
        head = screen.find("group-head").first
        head.get_by_role("button", name="class 0").click()
        screen.says("grid-title", "4 errors")
        screen.says("selection", "class 4 → class 0")

    def test_the_small_map_selects(self, tab, url):
        screen = opened(tab, url)
        box = screen.find("rail-map").bounding_box()
        side = box["width"]
        tab.mouse.click(box["x"] + 0.25 * side, box["y"] + 0.08 * side)
        screen.says("selection", "class 0 → class 1")
        screen.says("grid-title", "4 errors")

    def test_grouped_by_what_was_named_and_by_both(self, tab, url):
        screen = opened(tab, url)
        screen.choose("group by", "predicted")
        screen.says("group-head", "are")
        screen.choose("group by", "both")
        screen.says("grid-title", "12 pairs")


class TestKeys:
    def test_walk_open_and_jump(self, tab, url):
        screen = opened(tab, url)
        tab.set_viewport_size(SMALL)
        pinned = screen.frame.locator("[data-sample][aria-selected=true]")
        screen.press("ArrowRight")
        # The surest of the wrong ones of class 0 is its eighth.
        first = pinned.get_attribute("data-sample")
        screen.press("ArrowRight")
        expect(pinned).not_to_have_attribute("data-sample", first)
        screen.press("ArrowLeft")
        expect(pinned).to_have_attribute("data-sample", first)
        screen.press("]")
        label = re.compile("^class 1 named")
        expect(pinned).to_have_attribute("aria-label", label)
        screen.press("[")
        expect(pinned).to_have_attribute("data-sample", first)
        opener = screen.find("group-head").first.locator(".class")
        expect(opener).to_have_attribute("aria-expanded", "false")
        screen.press("Enter")
        expect(opener).to_have_attribute("aria-expanded", "true")

    def test_begin_where_the_grid_is_scrolled_to(self, tab, url):
        screen = opened(tab, url)
        tab.set_viewport_size(SMALL)
        grid = screen.find("grid")
        grid.evaluate("each => each.scrollTo(0, 300)")
        # What the tabulator stops at is in sight then.
        stop = grid.locator('[data-sample][tabindex="0"]')
        expect(stop).to_have_attribute("aria-label", re.compile("^class [2-5]"))
        first = stop.get_attribute("data-sample")
        expect(stop).to_be_in_viewport(ratio=0.2)
        screen.press("Enter")
        opener = screen.find("group-head").locator("[aria-expanded=true]")
        label = stop.get_attribute("aria-label").split(" named")[0]
        expect(opener).to_contain_text(label)
        screen.press("ArrowRight")
        pinned = screen.frame.locator("[data-sample][aria-selected=true]")
        expect(pinned).to_have_attribute("data-sample", first)
        assert grid.evaluate("each => each.scrollTop") > 200

    def test_the_slider_keeps_its_arrows(self, tab, url):
        screen = opened(tab, url)
        screen.find("slider").focus()
        tab.keyboard.press("ArrowLeft")
        screen.says("grid-title", "120 errors")

    def test_escape_gives_the_matrix_back(self, tab, url):
        screen = opened(tab, url)
        screen.press("ArrowDown", "Escape")
        screen.ready()


class TestFilters:
    def test_ranks_recount_the_matrix(self, tab, url):
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

    def test_a_range_of_probability(self, tab, url):
        screen = opened(tab, url)
        # Errors lie at 0.40 to 0.54: six classes at 0.48 and above, 4 each.
        screen.find("probability-low").focus()
        for _ in range(12):
            tab.keyboard.press("ArrowRight")
        screen.says("probability-range", "0.48 to 1")
        # What is stored is right to 0.0008: those at the edge may go.
        expect(screen.find("grid-title")).to_have_text(
            re.compile(r"^\s*(18|24) errors"), **SEEN
        )

    def test_what_another_run_mends(self, tab, url):
        screen = opened(tab, url, **{"with": "other/validation"})
        screen.find("change-lost").click()
        screen.says("grid-title", "12 errors")
        screen.says("caption", "fixed by other")
        screen.find("change-wrong in both").click()
        screen.says("grid-title", "36 errors")

    def test_what_was_learned_since_an_epoch(self, tab, url):
        screen = opened(tab, url)
        screen.choose("since epoch", "1")
        screen.find("change-won").click()
        # Twelve of each class are right now, none was.
        screen.says("grid-title", "72 samples")
        screen.says("caption", "learned since epoch 1")


class TestCellsLeftOut:
    """What the matrix leaves out, the grid leaves out, and says so."""

    @pytest.mark.parametrize(
        ("view", "shown", "words"),
        [
            # Half of the errors stay in their group.
            ({"between": 3}, 24, "24 in cells left out: within 3 groups"),
            ({"within": 3}, 24, "24 in cells left out: between 3 groups"),
            # Each cell has a count of four.
            ({"least": 5}, 0, "48 in cells left out: counts under 5"),
            ({"below": 4}, 0, "48 in cells left out: 4 and more"),
            # Eight of class 0, four of its sibling, four of class 4.
            ({"only": "class 0"}, 16, "32 in cells left out: all but class 0"),
            # Blocks of groups, within and between, have eight each.
            ({"level": 3, "from": 9}, 0, "48 in cells left out: under 9"),
        ],
    )
    def test_narrow_the_grid(self, tab, url, view, shown, words):
        screen = opened_anyhow(tab, url, **view)
        screen.says("cells-left-out", words)
        screen.says("grid-title", f"{shown} errors")
        counted = screen.find("which-2").locator("xpath=..")
        expect(counted).to_have_text(re.compile(rf"\b{shown}\s*$"), **SEEN)
        screen.find("show-all-cells").click()
        screen.says("grid-title", "48 errors")
        screen.has_no("cells-left-out")

    def test_a_range_that_leaves_all_in_says_nothing(self, tab, url):
        screen = opened(tab, url, **{"from": 4, "below": 5})
        screen.says("grid-title", "48 errors")
        screen.has_no("cells-left-out")

    def test_right_answers_stay_with_their_class(self, tab, url):
        screen = opened(tab, url, only="class 0", least=3)
        screen.says("grid-title", "16 errors")
        screen.find("which-4").check()
        screen.find("which-2").uncheck()
        screen.says("grid-title", "12 samples")


class TestRecounted:
    """The matrix itself, counted from the samples that pass."""

    def compared(self, tab, url, samples, run="plain/validation", **view):
        view.setdefault("with", "other/validation")
        return Screen(tab, url, run=run, samples=samples, **view).ready()

    @pytest.mark.parametrize("how", ["difference", "side"])
    def test_both_of_a_comparison(self, tab, url, how):
        screen = self.compared(tab, url, "runs=lost", **{"as": how})
        # Twelve of 48 errors are no error of the other, which has 36.
        rest = "left out: plain 36, other 36 (all but fixed by other)"
        assert "not counted" not in screen.says("caption", rest)
        screen.find("clear-filters").click()
        screen.frame.wait_for_function(
            """() => !document.querySelector("[data-testid=caption]")
              .textContent.includes("left out")"""
        )

    def test_the_list_of_changes_counts_them_too(self, tab, url):
        screen = self.compared(tab, url, "runs=lost")
        screen.says("caption", "fixed by other")
        # All of these are changes, whatever the run is worth.
        screen.says("caption", "not tested, samples were chosen by")
        pairs = screen.find("confusions")
        # Named two further on are the fifth to the eighth of each class, of
        # which the last two are fixed.
        pairs.get_by_text("6 pairs").wait_for()
        expect(pairs).to_have_text(re.compile(r"^([^−]*−2\b){6}[^−]*$"), **SEEN)

    def test_another_epoch_counts_as_well(self, tab, url):
        view = {"with": "plain/validation", "withStep": 1}
        screen = self.compared(tab, url, "ranks=6", **view)
        # One of each class, wrong at both epochs.
        screen.says("caption", "left out: epoch 3 42, epoch 1 114")

    def test_a_run_without_samples_leaves_both_whole(self, tab, url):
        view = {"with": "none/validation", "as": "side"}
        screen = self.compared(tab, url, "from=0.48", **view)
        why = "not counted: probability 0.48 to 1.00 (no samples were logged"
        assert "left out" not in screen.says("caption", why)

    def test_an_epoch_without_samples_says_so(self, tab, url):
        run = "sparse/validation"
        screen = self.compared(
            tab, url, "ranks=6", run=run, step=2, **{"with": ""}
        )
        screen.says(
            "caption",
            "not counted: actual class beyond 2 (samples are of epoch 1)",
        )
        screen.find("slider").focus()
        tab.keyboard.press("ArrowRight")
        said = screen.says("caption", "42 of 48 errors left out")
        assert "not counted" not in said

    def test_several_epochs_are_not_counted(self, tab, url):
        screen = Screen(
            tab,
            url,
            run="plain/validation",
            samples="ranks=6",
            **{"with": "epochs"},
        )
        screen.says("caption", "(over several epochs)")

    def test_right_answers_are_not_lost_without_a_word(self, tab, url):
        screen = self.compared(tab, url, "since=1&then=won", **{"with": ""})
        screen.says("caption", "72 right answers on the hidden diagonal")
        screen.choose("show", "all")
        screen.says("caption", "48 of 120 samples left out: all but learned")

    def test_an_epoch_that_is_not_earlier(self, tab, url):
        screen = self.compared(
            tab, url, "since=3&then=won&ranks=6", step=1, **{"with": ""}
        )
        screen.says("caption", "learned since epoch 3 (no earlier one)")
        screen.says("caption", "errors left out: all but actual class")

    def test_what_another_run_fixed_ends_with_the_comparison(self, tab, url):
        screen = self.compared(tab, url, "runs=lost")
        screen.says("caption", "fixed by other")
        screen.choose("compare with", "")
        screen.says("caption", "48 errors in")
        screen.has_no("clear-filters")


class TestOneSample:
    def test_the_panel_tells_of_the_pinned_one(self, tab, url):
        screen = opened(tab, url, samples="sample=6")
        screen.says("sample", "folder/file_007.jpg")
        screen.says("history", "never right")
        # 0.4 + 0.14, and 0.3 - 0.07, whose logarithm is -1.47.
        screen.says("sample", "0.31 · 1.47")
        expect(screen.find("top").locator("tr")).to_have_text(
            ["class 2 0.54", "class 0 actual 0.23"], **SEEN
        )
        assert "group 0" not in screen.text("sample")

    def test_a_name_is_cut_and_not_what_is_said_of_it(self, tab, url):
        tab.set_viewport_size(SMALL)
        # Of class 0, and not among its own two answers.
        screen = opened(tab, url, "cranes/validation", samples="sample=1")
        row = screen.find("top").locator("tr").last
        name, mark = row.locator(".named > *").all()
        expect(name).to_have_text("crane class 0")
        expect(mark).to_have_text("actual > 2nd")
        edges = "each => each.getBoundingClientRect().right"
        assert mark.evaluate(edges) <= row.locator("th").evaluate(edges)
        assert mark.evaluate("each => each.scrollWidth <= each.offsetWidth")

    def test_a_long_id_is_broken_between_its_words(self, tab, url):
        tab.set_viewport_size(SMALL)
        screen = opened(tab, url, samples="sample=6")
        lines = """(element) => {
          const range = document.createRange();
          const nodes = [...element.childNodes].filter((n) => n.length);
          return nodes.map((node) => {
            range.selectNodeContents(node);
            const tops = [...range.getClientRects()].map(({ top }) => top);
            return [node.data, new Set(tops).size];
          });
        }"""
        found = screen.find("sample-id").evaluate(lines)
        assert found == [["folder/", 1], ["file_", 1], ["007", 1], [".jpg", 1]]

    def test_a_broken_epoch_leaves_the_others(self, tab, url):
        run = "broken/validation"
        screen = opened(tab, url, run=run, samples="sample=9")
        screen.says("history", "learned 3")
        screen.find("slider").focus()
        tab.keyboard.press("ArrowLeft")
        screen.says("no-samples", "truncated")
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
        assert text.split("\n")[1].startswith(
            "folder/file_023.jpg,group 0/class 1,class 1,"
        ) or text.split("\n")[1].startswith("folder/file_023.jpg,")

    def test_jumps_to_its_cell(self, tab, url):
        screen = opened(tab, url, samples="sample=6")
        screen.find("jump").click()
        screen.ready()
        screen.says("selection", "class 0 → class 2")


def test_two_of_a_name_are_told_apart(tab, tmp_path):
    # The bird and the machine; and an egret.
    bird, machine = ids = ("n02012849", "n03126707")
    tree = kh.Hierarchy.imagenet().subset([*ids, "n02009912"])
    labels = np.array([tree.classes.index(bird)] * 2)
    named = np.array([tree.classes.index(machine), labels[0]])
    with kh.BlocksWriter(tmp_path / "run", tree) as log:
        log.predictions(labels, named, 1)
        log.samples(labels, np.eye(3)[named], 1)
    with tensorboard(tmp_path, tensorflow=False) as server:
        server.wait("run/validation", 1)
        screen = opened(tab, server.plugin_url, "run/validation")
        head = screen.find("group-head").first
        expect(head.locator(".class")).to_contain_text(f"crane {bird}")
        expect(head.locator(".named")).to_contain_text(f"crane {machine} 1")
        said = f"crane ({bird}) named crane ({machine})"
        expect(screen.frame.get_by_label(said)).to_have_count(1)


def test_a_link_brings_all_of_it_back(tab, url):
    screen = opened(tab, url, rows="group 0")
    screen.choose("group by", "predicted")
    screen.choose("sort by", "loss")
    screen.find("rank-2").click()
    screen.frame.locator("[data-sample]").first.click()
    screen.link("view=samples", "by%3Dpredicted", "sort%3Dloss", "ranks%3D2")
    title = screen.text("grid-title")
    pinned = screen.frame.locator("[data-sample][aria-selected=true]")
    sample = pinned.get_attribute("data-sample")
    screen.link(f"sample%3D{sample}")
    tab.reload()
    frame = tab.wait_for_selector("iframe").content_frame()
    again = frame.locator("[data-sample][aria-selected=true]")
    expect(again).to_have_attribute("data-sample", sample)
    expect(frame.get_by_test_id("grid-title")).to_have_text(title, **SEEN)


class TestHostile:
    @pytest.mark.parametrize("sample", NUMBERS)
    def test_ids_are_text(self, tab, url, sample):
        screen = opened(tab, url, samples=f"sample={sample}")
        name = screen.find("sample-id")
        name.wait_for()
        wanted = sorted(HOSTILE)[NUMBERS.index(sample)]
        assert name.evaluate("(e) => e.textContent") == wanted
        assert screen.frame.evaluate("window.pwned") is None
        panel = screen.find("panel").bounding_box()
        assert name.bounding_box()["width"] < panel["width"] / 2

    def test_an_id_of_ten_thousand_letters_is_refused_in_words(self, tab, url):
        screen = Screen(tab, url, run="long/validation", view="samples")
        screen.says("no-samples", "index of the samples is damaged")

    @pytest.mark.parametrize(
        "samples",
        ["sample=999999", "from=9&to=-1", "ranks=99", "by=<b>", "open=1e99"],
    )
    def test_a_link_that_makes_no_sense(self, tab, url, samples):
        screen = opened(tab, url, samples=samples)
        screen.says("grid-title", "48 errors")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [WINDOW, SMALL], ids=["large", "small"])
def test_axe_finds_nothing_serious(tab, url, theme, size):
    tab.set_viewport_size(size)
    view = {"rows": "group 0", "with": "other/validation"}
    screen = opened(tab, url, samples="sample=6&since=1", **view)
    if theme == "dark":
        darken(screen)
    screen.says("history", "never right")
    assert findings(screen.frame) == []


# Of the words behind each class: those in sight that are cut at the edge.
CUT = """() => [...document.querySelectorAll(".samples-row .named")].flatMap(
  (line) => {
    const box = line.getBoundingClientRect();
    return [...line.children]
      .map((each) => [each.textContent, each.getBoundingClientRect()])
      .filter(([, each]) => each.top < box.bottom - 4)
      .filter(([, each]) => each.right > box.right + 0.5)
      .map(([text]) => text);
  })"""


@pytest.mark.parametrize("width", [1440, 1100, 1024, 860])
def test_words_of_a_head_are_whole_or_not_there(tab, url, width):
    tab.set_viewport_size({"width": width, "height": 768})
    screen = opened(tab, url, run="plain/validation")
    heads = screen.frame.locator(".samples-row .named")
    heads.first.wait_for()
    # Names as long as these leave room for one or two.
    screen.frame.evaluate(
        """() => {
          for (const each of document.querySelectorAll(".named .link")) {
            each.textContent += " of a rather long name that goes on";
          }
        }"""
    )
    assert screen.frame.evaluate(CUT) == []
    first = heads.first.locator("> *").first
    assert first.bounding_box()["width"] > 40
