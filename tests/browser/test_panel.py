"""Selection and panel: what is selected, listed, zoomed to and exported."""

import re
import urllib.parse

import numpy as np
import pytest
from accessibility import SMALL, darken
from logged import EPOCHS, HOSTILE
from PIL import Image
from playwright.sync_api import expect
from screen import Screen, exported, group, members, saved

from keras_hier.analysis.evidence import wilson_interval
from tests.support.serving import WINDOW

pytestmark = pytest.mark.usefixtures("moving")

PLAIN, DOG = "plain/validation", "n02084071"


@pytest.fixture
def dog(page, server):
    """The tab with the dogs selected."""
    return Screen(page, server.plugin_url, run=PLAIN, rows=DOG).ready()


def zoomed(screen, caption):
    """Waits until a zoom to what the caption says has come to rest."""
    screen.says("caption", caption)
    screen.settle()


def drag(screen, start, stop):
    """Drags over the matrix, places from 0 to 1."""
    mouse = screen.page.mouse
    mouse.move(*screen.point(*start))
    mouse.down()
    mouse.move(
        *screen.point(*[(a + b) / 2 for a, b in zip(start, stop, strict=True)])
    )
    mouse.move(*screen.point(*stop))


def within(right, samples):
    low, high = (100 * float(end) for end in wilson_interval(right, samples))
    digits = 1 if f"{low:.0f}" == f"{high:.0f}" else 0
    return f"{100 * right / samples:.1f} % ({low:.{digits}f}–{high:.{digits}f})"


class TestGroup:
    def test_its_counts_and_bands(self, dog, matrix, hierarchy):
        inside = members(hierarchy, "dog")
        tp = matrix[np.ix_(inside, inside)].sum()
        actual, named = matrix[inside].sum(), matrix[:, inside].sum()
        dog.says("figures", f"{tp:,}", f"{actual - tp:,}", f"{named - tp:,}")
        dog.says("band-counts", "FN", "FP")
        dog.find("select-row-band").click()
        dog.says("selection", "dog → anything")
        dog.says("figures", f"{actual:,}")
        dog.link("rows=n02084071", "columns=")
        dog.press("u")
        dog.reads("selection", "dog")
        dog.find("select-column-band").click()
        dog.says("selection", "anything → dog")
        dog.says("figures", f"{named:,}")

    def test_parts_sort_by_their_heads(self, dog):
        parts = dog.find("parts")

        def recalls():
            cells = parts.locator("tbody td:nth-child(4)")
            return [float(c) for c in dog.texts(cells) if c != "–"]

        recall = parts.get_by_role("button", name="recall", exact=True)
        for way in ("ascending", "descending"):
            recall.click()
            head = parts.locator(f"[aria-sort={way}]")
            expect(head).to_have_text(re.compile("^recall"))

            def is_sorted(found, last=way == "descending"):
                return found == sorted(found, reverse=last)

            assert is_sorted(dog.until(recalls, is_sorted))
        dog.link("parts=-recall")

    def test_panel_and_tooltip_say_intervals_where_there_is_room(
        self, dog, matrix, hierarchy
    ):
        inside = members(hierarchy, "dog")
        right = matrix[np.ix_(inside, inside)].sum()
        actual, named = matrix[inside].sum(), matrix[:, inside].sum()
        said = within(right, actual), within(right, named)
        scores = dog.find("figures").locator(".scores > div")
        expect(scores.nth(0)).to_contain_text(said[0])
        expect(scores.nth(0)).to_have_attribute(
            "title", re.compile(rf"interval \(Wilson\), of {actual:,} samples")
        )
        expect(scores.nth(1)).to_contain_text(said[1])
        group(dog, "dog").hover()
        dog.says("tooltip", *said)
        dog.page.set_viewport_size(SMALL)
        expect(scores.nth(0).locator(".within")).to_have_count(0)
        title = re.compile(re.escape(said[0]))
        expect(scores.nth(0)).to_have_attribute("title", title)
        dog.page.set_viewport_size(WINDOW)
        dog.find("select-row-band").click()
        dog.says("figures", "right class", said[0])

    def test_bars_and_curves_have_theirs(self, dog):
        bars = dog.find("parts").locator("td.bar > .bar")
        bars.first.wait_for()
        shares = bars.evaluate_all(
            """bars => bars.map(({ children: [fill, whisker] }) =>
              [fill.style.width, whisker.style.left, whisker.style.width]
                .map(parseFloat))"""
        )
        assert len(shares) > 3
        assert all(low < share < low + width for share, low, width in shares)
        # Recall and precision have a band each, levels none.
        bands = dog.frame.locator("g.lines:not(.train) path.band")
        expect(bands).to_have_count(2)


class TestRectangle:
    def test_is_dragged_counted_and_zoomed_to(self, screen, matrix, hierarchy):
        drag(screen, (0.2, 0.4), (0.3, 0.6))
        screen.says("rubber", "errors")
        screen.page.mouse.up()
        screen.has_no("rubber")
        link = screen.link("box=")
        # The screen counts what lies between the corners in the link.
        state = urllib.parse.unquote(link.split("p.blocks.s=")[1])
        corners = urllib.parse.parse_qs(state)["box"][0]
        top, bottom, left, right = (
            int(hierarchy.rank[int(label)]) for label in corners.split()
        )
        assert 190 <= left <= 210
        assert 590 <= bottom <= 610
        size = f"{bottom - top + 1} × {right - left + 1}"
        screen.reads("selection", f"rectangle of {size} classes")
        order = hierarchy.order
        block = matrix[np.ix_(order[top : bottom + 1], order[left : right + 1])]
        screen.says("figures", f"{block.sum():,}")
        # Clicked twice it is zoomed to and stays.
        screen.page.mouse.dblclick(*screen.point(0.25, 0.5))
        screen.link("box=", "window=")
        screen.says("selection", "rectangle of")
        screen.says("figures", f"{block.sum():,}")

    def test_escape_cancels_it(self, screen):
        before = screen.text("selection")
        drag(screen, (0.2, 0.4), (0.3, 0.6))
        screen.find("rubber").wait_for()
        screen.press("Escape")
        screen.has_no("rubber")
        screen.page.mouse.up()
        screen.reads("selection", before)
        # A click on white selects the block around it.
        drag(screen, (0.02, 0.02), (0.02, 0.02))
        screen.page.mouse.up()
        expect(screen.find("selection")).not_to_have_text(
            re.compile("^(all classes)?$")
        )


class TestConfusions:
    def test_thousands_are_listed_few_are_there(self, screen, matrix):
        errors = matrix - np.diag(np.diag(matrix))
        pairs = int((errors > 0).sum())
        screen.find("more-pairs").click()
        screen.says("confusions", f"{pairs:,} pairs")
        rows = screen.find("confusions").locator("[data-row]")
        rows.first.wait_for()
        assert 5 < rows.count() < 40
        expect(rows.first).to_have_attribute("aria-setsize", str(pairs))
        # Classes of one name are told apart.
        maillots = rows.filter(has_text="maillot").first
        expect(maillots).to_contain_text("n03710637")
        expect(maillots).to_contain_text("n03710721")
        screen.find("confusions").get_by_role("list").press("End")
        screen.frame.wait_for_selector(f'[data-row="{pairs - 1}"] :focus')
        assert rows.count() < 40
        screen.link("list=long")

    def test_sorts_by_every_head(self, dog):
        dog.find("more-pairs").click()
        confusions = dog.find("confusions")

        def sorted_by(name, holds):
            heads = confusions.locator(".heads")
            heads.get_by_role("button", name=name).click()
            expect(heads.locator(".head.on")).to_have_text(re.compile(name))
            # The list follows its head a moment later.
            rows = dog.until(
                lambda: dog.texts(confusions.locator("[data-row]"))[:10], holds
            )
            assert holds(rows), rows

        def is_far_first(rows):
            far = [int(r.split("(")[1].split(" up)")[0]) for r in rows]
            return far == sorted(far, reverse=True)

        def is_by_name(rows):
            names = [r.split(" →")[0].lower() for r in rows]
            return names == sorted(names)

        sorted_by("distance", is_far_first)
        sorted_by("actual", is_by_name)
        sorted_by("mutual", lambda rows: all("reverse" in r for r in rows))
        dog.link("sort=mutual")

    def test_going_through_it_keeps_it(self, dog):
        pairs = dog.find("confusions").locator(".pair")
        # Its text may be shortened.
        second = pairs.nth(1).get_attribute("title").splitlines()[0]
        second = re.sub("[\u2068\u2069]", "", second)
        dog.press("n", "n")
        dog.reads("selection", second)
        dog.says("confusions", "Confusions of dog")
        expect(pairs.nth(1)).to_have_attribute("aria-pressed", "true")
        dog.press("Escape")
        dog.reads("selection", "dog")
        dog.find("levels").get_by_role("button").nth(3).click()
        dog.says("confusions", "within")


def test_escape_goes_back_zoom_by_zoom_and_the_breadcrumb_up(dog):
    dog.press("Enter")
    zoomed(dog, "dog:")
    dog.find("parts").get_by_role("button", name="terrier").click()
    dog.press("Enter")
    zoomed(dog, "terrier:")
    dog.press("Escape")
    zoomed(dog, "dog:")
    dog.press("Escape")
    zoomed(dog, "errors in")
    dog.reads("selection", "terrier")
    dog.press("Enter")
    zoomed(dog, "terrier:")
    crumb = dog.frame.get_by_role("navigation", name="Selection")
    crumb.get_by_role("button", name="mammal").click()
    zoomed(dog, "mammal:")
    dog.reads("selection", "mammal")


class TestExport:
    def test_the_confusions_and_the_scores(self, dog, matrix, hierarchy):
        name, rows = saved(dog, "confusions")
        assert name == (
            f"blocks-plain-validation-class-epoch{EPOCHS}-dog-confusions.csv"
        )
        inside = np.isin(np.arange(1000), members(hierarchy, "dog"))
        touched = inside[:, None] | inside[None, :]
        np.fill_diagonal(touched, False)
        assert len(rows) == (matrix[touched] > 0).sum()
        assert sum(int(r["errors"]) for r in rows) == matrix[touched].sum()
        label = {c: i for i, c in enumerate(hierarchy.classes)}
        for row in rows[:50]:
            pair = label[row["actual_id"]], label[row["predicted_id"]]
            assert int(row["errors"]) == matrix[pair]
            assert int(row["reverse"]) == matrix[pair[::-1]]
        _, rows = saved(dog, "scores")
        assert rows[0]["id"] == DOG
        leaves = [r for r in rows if r["id"] in label]
        assert len(leaves) == inside.sum()
        for row in leaves:
            own = label[row["id"]]
            assert int(row["tp"]) == matrix[own, own]
            assert int(row["fn"]) == matrix[own].sum() - matrix[own, own]

    def test_the_picture_is_light_whatever_the_page(self, dog):
        darken(dog)
        before = dog.background()
        image = Image.open(exported(dog, "png").path()).convert("RGB")
        box = dog.find("map").bounding_box()
        assert image.width == 2 * round(box["width"])
        assert image.height > 2 * box["height"]
        pixels = np.asarray(image).astype(np.int16)
        assert np.median(pixels) == 255
        assert pixels.sum(axis=2).min() < 150
        # Orange: the block's outline and the chosen names, which are SVG.
        red, green, blue = pixels[..., 0], pixels[..., 1], pixels[..., 2]
        orange = (red - blue > 100) & (green < 150)
        left, _, _ = dog.matrix_box()
        assert orange[:, : int(2 * left)].sum() > 500
        assert orange[:, int(2 * left) :].sum() > 500
        # The screen itself is as it was.
        assert dog.background() == before
        expect(dog.frame.locator(".page")).to_have_count(1)

    def test_the_link_is_copied(self, dog, page):
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        dog.find("export").click()
        dog.find("export-link").click()
        dog.frame.wait_for_function("!document.querySelector(':popover-open')")
        copied = page.evaluate("navigator.clipboard.readText()")
        assert "#blocks" in copied
        assert DOG in copied


def test_help_lists_the_keys_of_the_view_that_is_open(dog):
    dog.press("?")
    general = ("zoom to the selection", "rectangle", "its samples, its errors")
    dog.says("help", *general, "Shift + c")
    # Keys are the dialog's while it is open.
    dog.press("End", "Escape")
    dog.has_no("help")
    dog.reads("selection", "dog")
    dog.find("tab-quality").click()
    dog.find("quality").wait_for()
    dog.find("help-button").click()
    text = dog.says("help", "confirmed")
    assert text.lower().startswith("quality")
    for missing in general:
        assert missing not in text
    dog.find("help").get_by_text("Close").click()
    dog.has_no("help")


def test_hostile_names_stay_text_in_every_part(page, server):
    screen = Screen(page, server.plugin_url, run="hostile/validation").ready()
    screen.says("panel", HOSTILE[0][:4])
    screen.says("figures", "<img", "(3)")
    screen.reads("epoch", "Epoch 1 of 1")
    screen.has_no("slider", "play", "threshold")
    for row in range(6):
        at = (row + 0.5) / 6
        page.mouse.move(*screen.point(1 - at, at))
        page.mouse.click(*screen.point(at, at))
    drag(screen, (0.1, 0.1), (0.95, 0.9))
    page.mouse.up()
    screen.press("n", "n", "u", "u", "Enter", "?", "Escape")
    screen.settle()
    assert exported(screen, "png").suggested_filename.endswith(".png")
    assert screen.frame.evaluate("window.pwned") is None
    assert page.evaluate("window.pwned") is None
    for tag in ("img", "b", "script[src='']"):
        expect(screen.frame.locator(f"body {tag}")).to_have_count(0)
