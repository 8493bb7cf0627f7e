"""What the page says is what is asked: no detours, nothing cut off."""

import gzip
import io
import itertools
import re
import urllib.parse

import numpy as np
import pytest
from logged import EPOCHS
from PIL import Image
from playwright.sync_api import expect
from screen import Screen

from keras_hier.log.records import matrix_codec

pytestmark = pytest.mark.usefixtures("moving")

PLAIN, HIER = "plain/validation", "hier/validation"
DOG, TERRIER = "n02084071", "n02092468"


def matrix_of(server, hierarchy, run):
    """The last logged matrix in the order of the tree, int [C, C]."""
    status, blob = server.fetch(
        "data/plugin/blocks/matrix", run=run, output="class", step=EPOCHS
    )
    assert status == 200
    if blob[:4] == b"KHM1":
        blob = gzip.compress(blob)
    matrix = matrix_codec.decode(blob)[1].toarray().astype(int)
    return matrix[np.ix_(hierarchy.order, hierarchy.order)]


def open_screen(page, server, run=PLAIN, **view):
    return Screen(page, server.url, run=run, **view).ready()


def compare(page, server, **view):
    """Opens the difference of the two runs, once it is there."""
    screen = open_screen(page, server, **{"with": HIER}, **view)
    screen.find("change-legend").wait_for()
    return screen


def span_of(hierarchy, group):
    node = hierarchy.node_ids.index(group)
    return hierarchy.start[node], hierarchy.stop[node]


def zoomed_to(hierarchy, group):
    """The part of a link that fills the matrix with a group."""
    start, stop = span_of(hierarchy, group)
    return f"{start} {start} {stop - start}"


@pytest.fixture
def levels(server):
    epoch = server.get("epochs", run=PLAIN, output="class")["epochs"][-1]
    tree = server.get("hierarchy", run=PLAIN, digest=epoch["hierarchy"])
    return tree["levels"]


class TestChange:
    def test_says_who_gained_and_who_lost(
        self, page, server, hierarchy, levels
    ):
        nodes, groups = levels[1]["nodes"], levels[1]["groups"]
        screen = compare(page, server, level=groups)
        here, there = (
            matrix_of(server, hierarchy, run) for run in (PLAIN, HIER)
        )

        def recall(matrix, node):
            inside = slice(hierarchy.start[node], hierarchy.stop[node])
            return matrix[inside, inside].sum() / matrix[inside].sum()

        change = {
            hierarchy.node_names[node]: recall(there, node) - recall(here, node)
            for node in nodes
        }
        best = sorted(change.values(), reverse=True)[:5]
        gained = screen.find("gains").locator("div > div").first
        assert gained.locator("h3").inner_text() == "gained"
        names = screen.texts(gained.locator(".link"))
        assert [change[name] for name in names] == pytest.approx(best)
        assert screen.texts(gained.locator(".change")) == [
            f"{100 * by:+.1f}" for by in best
        ]

    def test_confusions_are_sorted_by_change(self, page, server, levels):
        screen = compare(page, server, level=levels[1]["groups"])
        row = screen.find("confusions").locator("li")

        def changes():
            texts = screen.texts(row.locator(".change"))
            return [int(text.replace("−", "-")) for text in texts]

        sizes = [abs(change) for change in changes()]
        assert sizes == sorted(sizes, reverse=True)
        bars = row.locator(".bar > span").evaluate_all(
            "bars => bars.map(({ style }) => parseFloat(style.width))"
        )
        assert bars == pytest.approx([100 * s / sizes[0] for s in sizes], 1e-3)
        screen.find("sort").select_option("fewer")
        screen.link("sort=fewer")
        expect(row.locator(".change").first).to_contain_text("−")
        assert changes() == sorted(changes())
        assert changes()[0] < 0

    def test_the_scale_ends_just_above_the_largest(
        self, page, server, hierarchy, levels
    ):
        nodes = levels[0]["nodes"]
        screen = compare(page, server, level=levels[0]["groups"])
        edges = [hierarchy.start[node] for node in nodes]

        def blocks(run):
            matrix = matrix_of(server, hierarchy, run)
            np.fill_diagonal(matrix, 0)
            rows = np.add.reduceat(matrix, edges, axis=0)
            return np.add.reduceat(rows, edges, axis=1)

        largest = abs(blocks(HIER) - blocks(PLAIN)).max()
        ticks = screen.find("change-legend").locator("text")
        numbers = re.findall(r"\+([\d,]+)", " ".join(screen.texts(ticks)))
        bound = max(int(number.replace(",", "")) for number in numbers)
        assert largest <= bound <= 1.5 * largest

    def test_offers_the_values_it_can_show(self, page, server):
        screen = compare(page, server, value="excess")
        value = screen.frame.get_by_label("value", exact=True)
        options = value.locator("option")
        expect(options).to_have_text(["count", "% of row"])
        screen.choose("compare as", "side")
        screen.find("legend").wait_for()
        expect(options).to_have_count(4)
        screen.choose("compare with", "epochs")
        screen.find("multiples").wait_for()
        expect(value).to_have_count(0)

    def test_the_caption_counts_what_is_out_of_the_window(
        self, page, server, hierarchy
    ):
        window = zoomed_to(hierarchy, DOG)
        screen = compare(page, server, window=window)
        inside = slice(*span_of(hierarchy, DOG))

        def rest(run):
            matrix = matrix_of(server, hierarchy, run)
            np.fill_diagonal(matrix, 0)
            return matrix.sum() - matrix[inside, inside].sum()

        screen.says(
            "caption",
            f"left out: plain {rest(PLAIN):,}, hier {rest(HIER):,} "
            "(outside the window)",
        )

    def test_many_epochs_follow_a_column_cut(self, page, server):
        view = {"with": "epochs", "level": 31, "closedColumns": "n01503061"}
        screen = Screen(page, server.url, run=PLAIN, **view)
        screen.find("multiples").wait_for()
        caption = "[data-testid=caption]"
        screen.frame.wait_for_selector(f"{caption}[title*='samples']")
        # Birds are one group of that level already.
        screen.says("caption", "31 groups")
        screen = Screen(page, server.url, run=PLAIN, **view, opened="n00")
        view["level"] = 1000
        screen = Screen(page, server.url, run=PLAIN, **view)
        shown = "1,000 rows × 942 columns"
        screen.frame.wait_for_selector(f"{caption}[title*='{shown}']")


class TestMatrix:
    def dogs(self, page, server, hierarchy, **view):
        window = zoomed_to(hierarchy, DOG)
        screen = open_screen(page, server, window=window, **view)
        screen.find("locator").wait_for()
        screen.settle()
        return screen, screen.find("cursor").bounding_box()

    def test_a_click_on_the_sum_of_a_block_selects_it(
        self, page, server, hierarchy
    ):
        screen, box = self.dogs(page, server, hierarchy)
        (first, last), (start, stop) = (
            span_of(hierarchy, group) for group in (DOG, TERRIER)
        )
        pixel = box["width"] / (last - first)
        page.mouse.click(
            box["x"] + (stop - first) * pixel - 8,
            box["y"] + (start - first) * pixel + 9,
        )
        screen.reads("selection", "terrier")
        screen.link(f"rows={TERRIER}")

    def test_a_click_on_a_large_cell_selects_it(self, page, server, hierarchy):
        window = zoomed_to(hierarchy, TERRIER)
        screen = open_screen(page, server, window=window)
        screen.find("locator").wait_for()
        screen.settle()
        box = screen.find("cursor").bounding_box()
        pixel = box["width"] / np.subtract(*span_of(hierarchy, TERRIER)[::-1])
        page.mouse.click(box["x"] + 2.5 * pixel, box["y"] + 0.5 * pixel)
        screen.says("selection", "→")

    def test_names_stand_as_close_as_they_can(self, page, server, hierarchy):
        screen, box = self.dogs(page, server, hierarchy)
        tops = (
            screen.find("gutter")
            .locator("text.name")
            .evaluate_all(
                "names => names.map((name) => Number(name.getAttribute('y')))"
            )
        )
        assert len(tops) >= 0.9 * box["height"] / 11
        assert np.diff(sorted(tops)).min() > 10.99

    def test_shift_and_arrows_select_a_rectangle(self, page, server, hierarchy):
        screen, _ = self.dogs(page, server, hierarchy)
        screen.find("cursor").focus()
        screen.press("Home")
        screen.press(*["Shift+ArrowRight"] * 2, "Shift+ArrowDown")
        # The keys wait for what they do, which comes when it is asked for.
        screen.find("selection").get_by_text("rectangle").wait_for()
        expect(screen.find("said")).to_have_text(
            re.compile(
                r"^selected: 2 by 3 classes, .+ to .+ named .+ to .+: "
                r"\d+ errors?$"
            )
        )
        screen.press("Shift+ArrowUp", "Shift+ArrowLeft")
        screen.says("said", "selected: 1 by 2 classes")
        screen.link("box=")


class TestStrip:
    def test_the_level_on_screen_has_a_curve(self, page, server, levels):
        for level in (levels[2]["groups"], levels[4]["groups"]):
            screen = open_screen(page, server, level=level)
            name = screen.frame.locator(".ends .here text").last
            expect(name).to_have_text(str(level))
            curve = screen.frame.locator("path.curve.here").first
            expect(curve).to_have_attribute("d", re.compile("M.*L"))

    def test_one_epoch_is_a_table(self, page, server):
        screen = open_screen(page, server, run="hostile/validation")
        # The first level has a name, which would be markup if it could.
        assert re.search(
            r"accuracy by level\s+<img src=x onerror.+> \(3\)\s+6 classes\s+"
            r"validation\s+\d",
            screen.says("single", "validation"),
        )
        assert screen.frame.evaluate("window.pwned") is None
        assert screen.text("epoch") == "Epoch 1 of 1"
        for part in ("slider", "play", "threshold"):
            expect(screen.find(part)).to_have_count(0)


class TestList:
    def test_bars_show_what_is_sorted_by(self, page, server, levels):
        screen = open_screen(
            page, server, between=levels[0]["groups"], sort="mutual"
        )
        rows = screen.find("confusions").locator("li")
        rows.first.wait_for()
        both = []
        for row in rows.all():
            count = int(row.locator(".number").inner_text().replace(",", ""))
            back = re.search(r"reverse ([\d,]+)", row.inner_text())
            both.append(
                min(count, int(back[1].replace(",", "")) if back else 0)
            )
        bars = rows.locator(".bar > span").evaluate_all(
            "bars => bars.map(({ style }) => parseFloat(style.width))"
        )
        assert bars == pytest.approx([100 * b / both[0] for b in both], 1e-3)


class TestRoom:
    @pytest.mark.parametrize("size", [(1440, 900), (1024, 768)], ids=str)
    @pytest.mark.parametrize(
        "view",
        [
            {},
            {"withStep": 2, "between": 31},
            {"as": "side", "between": 31, "least": 20},
        ],
        ids=str,
    )
    def test_nothing_in_the_bar_overlaps_or_wraps(
        self, page, server, size, view
    ):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        screen = open_screen(page, server, **{"with": HIER}, **view)
        screen.find("swap").wait_for()
        boxes = screen.find("topbar").evaluate(
            """(bar) => [...bar.querySelectorAll(
                ":scope > *, .tail > *:not([popover]), .levels > button")]
              .filter((part) => !part.matches(".tail, .levels"))
              .map((part) => part.getBoundingClientRect())
              .filter(({ width }) => width > 1)
              .map(({ left, right, top, bottom }) =>
                [left, right, top, bottom])"""
        )
        boxes.sort()
        for (_, right, *_), (left, *_) in itertools.pairwise(boxes):
            assert left >= right - 0.5
        assert boxes[0][0] >= 0
        assert boxes[-1][1] <= size[0]
        assert all(top >= 0 and bottom <= 36 for *_, top, bottom in boxes)
        cut = screen.find("topbar").evaluate(
            """(bar) => [...bar.querySelectorAll(".value")]
              .filter((text) => text.scrollWidth > text.clientWidth)
              .map((text) => text.textContent)"""
        )
        assert cut == []

    def test_the_caption_leaves_out_phrases_and_cuts_none(self, page, server):
        page.set_viewport_size({"width": 1024, "height": 768})
        screen = compare(page, server, withStep=2)
        caption = screen.find("caption")
        widths = caption.evaluate("(c) => [c.scrollWidth, c.clientWidth]")
        assert widths[0] <= widths[1]
        whole = caption.get_attribute("title").split(" · ")
        shown = caption.inner_text().split(" · ")
        assert len(shown) < len(whole)
        assert [part for part in whole if part in shown] == shown
        assert shown[0] == f"hier epoch 2 − plain epoch {EPOCHS}"


def test_a_picture_is_light_whatever_the_page(new_page, server):
    # TensorBoard asks for the scheme when it is opened.
    page = new_page(color_scheme="dark")
    screen = open_screen(page, server, rows=DOG)
    before = screen.background()
    assert before != "#ffffff"
    screen.find("export").click()
    with page.expect_download() as download:
        screen.find("export-png").click()
    content = download.value.path().read_bytes()
    picture = Image.open(io.BytesIO(content)).convert("RGB")
    colours = sorted(picture.getcolors(2**24), reverse=True)
    assert colours[0][1] == (255, 255, 255)
    assert min(sum(colour) for _, colour in colours) < 150
    assert screen.background() == before
    expect(screen.frame.locator(".page")).to_have_count(1)
    assert urllib.parse.unquote(download.value.suggested_filename)
