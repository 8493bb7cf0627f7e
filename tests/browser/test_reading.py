"""Lists of changes, clicks on the matrix, room for words."""

import re

import pytest
from accessibility import SMALL
from logged import EPOCHS
from playwright.sync_api import expect
from screen import Screen

pytestmark = pytest.mark.usefixtures("moving")

PLAIN, HIER = "plain/validation", "hier/validation"
DOG, TERRIER = "n02084071", "n02092468"


def span_of(hierarchy, group):
    node = hierarchy.node_ids.index(group)
    return hierarchy.start[node], hierarchy.stop[node]


def compare(page, server, **view):
    """Opens the difference of the two runs, once it is there."""
    screen = Screen(page, server.plugin_url, run=PLAIN, with_=HIER, **view)
    screen.ready().find("change-legend").wait_for()
    return screen


def zoomed_to(hierarchy, group):
    """The part of a link that fills the matrix with a group."""
    start, stop = span_of(hierarchy, group)
    return f"{start} {start} {stop - start}"


class TestChange:
    def test_lists_are_sorted_by_change(self, page, server):
        screen = compare(page, server, level=31)
        gained = screen.find("gains").locator("div > div").first
        expect(gained.locator("h3")).to_have_text("gained")
        by = [
            float(text.replace("−", "-"))
            for text in screen.texts(gained.locator(".change"))
        ]
        assert by == sorted(by, reverse=True)
        assert min(by) > 0
        row = screen.find("confusions").locator("li")
        row.locator(".change").first.wait_for()

        def changes():
            """Each with the length of its bar, at once."""
            pairs = row.evaluate_all(
                """all => all.map((each) => [
                  each.querySelector(".change").textContent,
                  parseFloat(each.querySelector(".bar > span").style.width)])"""
            )
            return [(int(by.replace("−", "-")), bar) for by, bar in pairs]

        sizes = [abs(change) for change, _ in changes()]
        assert sizes == sorted(sizes, reverse=True)
        assert [bar for _, bar in changes()] == pytest.approx(
            [100 * size / sizes[0] for size in sizes], 1e-3
        )
        # The scale ends just above the largest, which may be in any cell.
        ticks = screen.find("change-legend").locator("text")
        numbers = re.findall(r"\+([\d,]+)", " ".join(screen.texts(ticks)))
        bound = max(int(number.replace(",", "")) for number in numbers)
        assert sizes[0] <= bound <= 1.5 * sizes[0]
        screen.find("sort").select_option("fewer")
        screen.link("sort=fewer")
        expect(row.locator(".change").first).to_contain_text("−")
        fewer = [change for change, _ in changes()]
        assert fewer == sorted(fewer)
        assert fewer[0] < 0

    def test_offers_the_values_it_can_show(self, page, server):
        screen = compare(page, server, value="excess")
        value = screen.choice("value")
        options = value.locator("option")
        expect(options).to_have_text(["count", "% of row"])
        screen.choose("compare as", "side")
        screen.find("legend").wait_for()
        expect(options).to_have_count(4)
        screen.choose("compare with", "epochs")
        screen.find("multiples").wait_for()
        expect(value).to_have_count(0)


class TestMatrix:
    def dogs(self, page, server, hierarchy):
        window = zoomed_to(hierarchy, DOG)
        screen = Screen(
            page, server.plugin_url, run=PLAIN, window=window
        ).ready()
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


def test_room_the_caption_leaves_out_phrases_and_cuts_none(page, server):
    screen = compare(page, server, size=SMALL, withStep=2)
    caption = screen.find("caption")
    # The tests come last. All is read at once, of one drawing.
    expect(caption).to_have_attribute("title", re.compile("discoveries"))
    wide, room, title, text = caption.evaluate(
        "c => [c.scrollWidth, c.clientWidth, c.title, c.innerText]"
    )
    assert wide <= room
    whole, shown = title.split(" · "), text.split(" · ")
    assert len(shown) < len(whole)
    assert [part for part in whole if part in shown] == shown
    assert shown[0] == f"hier epoch 2 − plain epoch {EPOCHS}"
