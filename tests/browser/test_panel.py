"""Selection and panel: what is selected, listed, zoomed to and exported."""

import re
import urllib.parse

import numpy as np
import pytest
from logged import EPOCHS
from PIL import Image
from playwright.sync_api import expect
from screen import Screen, rows_of

pytestmark = pytest.mark.usefixtures("moving")

DOG = "n02084071"


@pytest.fixture(scope="module")
def counts(answers):
    """The confusion matrix of the last epoch, [1000, 1000] by label."""
    flat = answers.labels * 1000 + answers.predictions
    return np.bincount(flat, minlength=1_000_000).reshape(1000, 1000)


@pytest.fixture
def dog(page, server):
    """The tab with the dogs selected."""
    return Screen(page, server.url, run="plain/validation", rows=DOG).ready()


def members(hierarchy, name):
    """Labels of the classes of a group."""
    node = hierarchy.find(name)
    return hierarchy.order[hierarchy.start[node] : hierarchy.stop[node]]


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


class TestGroup:
    def test_its_counts(self, dog, counts, hierarchy):
        inside = members(hierarchy, "dog")
        tp = counts[np.ix_(inside, inside)].sum()
        fn = counts[inside].sum() - tp
        fp = counts[:, inside].sum() - tp
        dog.says("figures", f"{tp:,}", f"{fn:,}", f"{fp:,}")
        recall, precision = tp / (tp + fn), tp / (tp + fp)
        f1 = 2 * tp / (2 * tp + fn + fp)
        shares = (recall, precision, f1)
        dog.says("figures", *(f"{100 * share:.1f} %" for share in shares))

    def test_parts_sort_by_their_heads(self, dog):
        parts = dog.find("parts")

        def column(index):
            cells = parts.locator(f"tbody td:nth-child({index})")
            return [float(c) for c in dog.texts(cells) if c != "–"]

        recalls = column(4)
        parts.get_by_role("button", name="recall", exact=True).click()
        head = parts.locator("[aria-sort=ascending]")
        expect(head).to_have_text(re.compile("^recall"))
        assert column(4) == sorted(recalls)
        parts.get_by_role("button", name="recall", exact=True).click()
        head = parts.locator("[aria-sort=descending]")
        expect(head).to_have_text(re.compile("^recall"))
        assert column(4) == sorted(recalls, reverse=True)
        dog.link("parts=-recall")

    def test_bands_are_selections(self, dog, counts, hierarchy):
        inside = members(hierarchy, "dog")
        dog.find("select-row-band").click()
        dog.says("selection", "dog → anything")
        dog.says("figures", f"{counts[inside].sum():,}")
        dog.link("rows=n02084071", "columns=")
        dog.press("u")
        dog.reads("selection", "dog")
        dog.find("select-column-band").click()
        dog.says("selection", "anything → dog")
        dog.says("figures", f"{counts[:, inside].sum():,}")


class TestRectangle:
    def test_is_dragged_and_counted(self, screen, counts, hierarchy):
        drag(screen, (0.2, 0.4), (0.3, 0.6))
        screen.says("rubber", "errors")
        screen.page.mouse.up()
        screen.has_no("rubber")
        link = screen.link("box=")
        # What the screen says is what lies between the corners in the link.
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
        block = counts[np.ix_(order[top : bottom + 1], order[left : right + 1])]
        screen.says("figures", f"{block.sum():,}")

    def test_escape_cancels_it(self, screen):
        before = screen.text("selection")
        drag(screen, (0.2, 0.4), (0.3, 0.6))
        screen.find("rubber").wait_for()
        screen.press("Escape")
        screen.has_no("rubber")
        screen.page.mouse.up()
        assert screen.text("selection") == before

    def test_clicked_twice_it_is_zoomed_to_and_stays(self, screen):
        drag(screen, (0.2, 0.4), (0.3, 0.6))
        screen.page.mouse.up()
        screen.says("selection", "rectangle of")
        figures = screen.text("figures")
        screen.page.mouse.dblclick(*screen.point(0.25, 0.5))
        screen.link("box=", "window=")
        screen.says("selection", "rectangle of")
        assert screen.text("figures") == figures

    def test_white_is_the_block_around_it(self, screen):
        drag(screen, (0.02, 0.02), (0.02, 0.02))
        screen.page.mouse.up()
        expect(screen.find("selection")).not_to_have_text(
            re.compile("^(all classes)?$")
        )


class TestConfusions:
    def test_thousands_are_listed_few_are_there(self, screen, counts):
        errors = counts.copy()
        np.fill_diagonal(errors, 0)
        pairs = int((errors > 0).sum())
        screen.says("confusions", f"{pairs:,} pairs")
        screen.find("more-pairs").click()
        rows = screen.find("confusions").locator("[data-row]")
        rows.first.wait_for()
        assert 5 < rows.count() < 40
        expect(rows.first).to_have_attribute("aria-setsize", str(pairs))
        screen.find("confusions").get_by_role("list").press("End")
        screen.frame.wait_for_selector(f'[data-row="{pairs - 1}"] :focus')
        assert rows.count() < 40
        screen.link("list=long")

    def test_sorts_by_every_head(self, dog):
        dog.find("more-pairs").click()
        confusions = dog.find("confusions")

        def sorted_by(name):
            heads = confusions.locator(".heads")
            heads.get_by_role("button", name=name).click()
            expect(heads.locator(".head.on")).to_have_text(re.compile(name))
            return dog.texts(confusions.locator("[data-row]"))[:10]

        far = [r.split("(")[1].split(" up)")[0] for r in sorted_by("distance")]
        assert far == sorted(far, key=int, reverse=True)
        names = [r.split(" →")[0].lower() for r in sorted_by("actual")]
        assert names == sorted(names)
        assert all("reverse" in row for row in sorted_by("mutual"))
        dog.link("sort=mutual")

    def test_going_through_it_keeps_it(self, dog):
        pairs = dog.find("confusions").locator(".pair")
        second = pairs.nth(1).locator(".names").inner_text()
        dog.press("n", "n")
        dog.reads("selection", second)
        dog.says("confusions", "Confusions of dog")
        expect(pairs.nth(1)).to_have_attribute("aria-pressed", "true")
        dog.press("Escape")
        dog.reads("selection", "dog")

    def test_follows_the_level(self, dog):
        dog.find("levels").get_by_role("button").nth(3).click()
        dog.says("confusions", "within")

    def test_same_names_are_told_apart(self, screen):
        screen.find("more-pairs").click()
        rows = screen.find("confusions").locator("[data-row]")
        text = screen.texts(rows)
        maillots = [row for row in text if row.startswith("maillot")]
        assert maillots
        assert "n03710637" in maillots[0]
        assert "n03710721" in maillots[0]


class TestZooms:
    def test_escape_goes_back_one_by_one(self, dog):
        dog.press("Enter")
        zoomed(dog, "dog:")
        dog.find("parts").get_by_role("button", name="terrier").click()
        dog.press("Enter")
        zoomed(dog, "terrier:")
        dog.press("Escape")
        zoomed(dog, "dog:")
        dog.press("Escape")
        zoomed(dog, "50,000 samples")
        dog.reads("selection", "terrier")
        dog.press("Escape")
        dog.reads("selection", "all classes")

    def test_the_breadcrumb_goes_up(self, dog):
        dog.press("Enter")
        zoomed(dog, "dog:")
        crumb = dog.frame.get_by_role("navigation", name="Selection")
        crumb.get_by_role("button", name="mammal").click()
        zoomed(dog, "mammal:")
        dog.reads("selection", "mammal")


class TestLink:
    def test_restores_rectangle_and_lists(self, page, server, hierarchy):
        order = hierarchy.order
        corners = [order[100], order[149], order[300], order[399]]
        screen = Screen(
            page,
            server.url,
            run="plain/validation",
            box=" ".join(map(str, corners)),
            list="long",
            sort="-distance",
        ).ready()
        screen.says("panel", "50 × 100 classes")
        on = screen.find("confusions").locator(".head.on")
        expect(on).to_have_text(re.compile("^distance"))
        screen.find("fewer-pairs").click()
        screen.link("box=", "sort=-distance")

    def test_a_pair_says_which_groups_it_lies_between(self, page, server):
        wine, bottle = "n07892512", "n04591713"
        screen = Screen(
            page,
            server.url,
            run="plain/validation",
            rows=wine,
            columns=bottle,
        ).ready()
        expect(screen.find("figures")).to_contain_text(
            "below it food → artifact", use_inner_text=True
        )


class TestExport:
    def test_the_confusions(self, dog, counts, hierarchy):
        dog.find("export").click()
        with dog.page.expect_download() as waiting:
            dog.find("export-confusions").click()
        name = waiting.value.suggested_filename
        assert name == (
            f"blocks-plain-validation-class-epoch{EPOCHS}-dog-confusions.csv"
        )
        rows = rows_of(waiting.value)
        inside = np.zeros(1000, bool)
        inside[members(hierarchy, "dog")] = True
        touched = inside[:, None] | inside[None, :]
        np.fill_diagonal(touched, False)
        assert len(rows) == (counts[touched] > 0).sum()
        assert sum(int(r["errors"]) for r in rows) == counts[touched].sum()
        label = {c: i for i, c in enumerate(hierarchy.classes)}
        for row in rows[:50]:
            pair = label[row["actual_id"]], label[row["predicted_id"]]
            assert int(row["errors"]) == counts[pair]
            assert int(row["reverse"]) == counts[pair[::-1]]

    def test_the_scores(self, dog, counts, hierarchy):
        dog.find("export").click()
        with dog.page.expect_download() as waiting:
            dog.find("export-scores").click()
        rows = rows_of(waiting.value)
        node = hierarchy.find("dog")
        assert rows[0]["id"] == DOG
        leaves = [r for r in rows if r["id"] in hierarchy.classes]
        assert len(leaves) == hierarchy.stop[node] - hierarchy.start[node]
        label = {c: i for i, c in enumerate(hierarchy.classes)}
        for row in leaves:
            own = label[row["id"]]
            assert int(row["tp"]) == counts[own, own]
            assert int(row["fn"]) == counts[own].sum() - counts[own, own]

    def test_the_picture(self, dog):
        dog.find("export").click()
        with dog.page.expect_download() as waiting:
            dog.find("export-png").click()
        image = Image.open(waiting.value.path()).convert("RGB")
        box = dog.find("map").bounding_box()
        assert image.width == 2 * round(box["width"])
        assert image.height > 2 * box["height"]
        pixels = np.asarray(image).astype(int)
        # Orange: the block's outline and the chosen names, which are SVG.
        red, green, blue = pixels[..., 0], pixels[..., 1], pixels[..., 2]
        orange = (red - blue > 100) & (green < 150)
        left, _, _ = dog.matrix_box()
        assert orange[:, : int(2 * left)].sum() > 500
        assert orange[:, int(2 * left) :].sum() > 500
        # The screen itself is as it was.
        scale = dog.frame.evaluate(
            "document.querySelector('[data-testid=matrix]').width / innerWidth"
        )
        assert scale < 1

    def test_the_link_is_copied(self, dog, page):
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        dog.find("export").click()
        dog.find("export-link").click()
        dog.frame.wait_for_function("!document.querySelector(':popover-open')")
        copied = page.evaluate("navigator.clipboard.readText()")
        assert "#blocks" in copied
        assert DOG in copied


class TestHelp:
    def test_lists_the_keys_and_closes(self, dog):
        dog.press("?")
        dog.says("help", "zoom to the selection")
        # Keys are the dialog's while it is open.
        dog.press("End", "Escape")
        dog.frame.wait_for_function("!document.querySelector('dialog')")
        dog.reads("selection", "dog")
        dog.find("help-button").click()
        dog.find("help").get_by_text("Close").click()
        dog.has_no("help")

    @pytest.mark.parametrize(
        ("view", "own", "elsewhere"),
        [
            ("samples", "first of the previous, next group", "next epoch"),
            ("quality", "confirmed", "its samples, its errors"),
        ],
    )
    def test_lists_the_keys_of_the_view_that_is_open(
        self, page, server, view, own, elsewhere
    ):
        screen = Screen(page, server.url, run="plain/validation", view=view)
        screen.find(view).wait_for()
        screen.press("?")
        text = screen.says("help", own)
        assert text.lower().startswith(view)
        # What the view takes for itself, or only the matrix shows.
        for missing in (elsewhere, "zoom to the selection", "rectangle"):
            assert missing not in text
        assert "find a class" in text
        screen.press("Escape")
        screen.frame.wait_for_function("!document.querySelector('dialog')")
        screen.press("Escape")
        screen.find("map").wait_for()
        screen.press("?")
        there = (elsewhere, "zoom to the selection", "rectangle")
        assert own not in screen.says("help", *there)


class TestHostileNames:
    def test_stay_text_in_every_part_of_the_panel(self, page, server):
        screen = Screen(page, server.url, run="hostile/validation").ready()
        for row in range(6):
            drag(screen, (0.1, 0.1), (0.95, (row + 0.7) / 6))
            page.mouse.up()
        screen.press("n", "n", "u", "u", "?", "Escape")
        screen.find("export").click()
        with page.expect_download() as waiting:
            screen.find("export-png").click()
        assert waiting.value.suggested_filename.endswith(".png")
        assert screen.frame.evaluate("window.pwned") is None
        assert page.evaluate("window.pwned") is None
