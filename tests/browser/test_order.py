"""Orders of siblings, and cuts of mixed levels."""

import json
import re
import urllib.parse

import numpy as np
import pytest
from logged import EPOCHS
from playwright.sync_api import expect
from scipy.sparse import coo_array
from screen import Screen, group

import keras_hier as kh
from keras_hier.hierarchy.tree import transforms

ORDER = "order of siblings"
RUN = "plain/validation"
WORDS = {"tree": "the tree's", "recall": "siblings by recall, worst first"}
# Not said while it is waited for: then it is "order: waiting for siblings …".
BY_CONFUSION = f"order: siblings by confusion, epoch {EPOCHS}"


def choose_order(screen, by):
    """Chooses the order that begins so, of the shown epoch."""
    values = screen.frame.get_by_label(ORDER).evaluate(
        "select => [...select.options].map((option) => option.value)"
    )
    screen.choose(ORDER, [v for v in values if v.split(" ")[0] == by][-1])
    screen.says("caption", f"order: {WORDS.get(by, f'siblings by {by}')}")


def window(screen, *parts):
    """Returns x, y and span of what the link shows, once it says all this."""
    url = screen.link("window=", *parts)
    state = urllib.parse.unquote(url.partition("p.blocks.s=")[2])
    [text] = urllib.parse.parse_qs(state)["window"]
    return [float(number) for number in text.split(" ")]


def places(tree, name):
    """Returns first place and number of the classes of a group."""
    node = tree.find(name)
    return tree.start[node], tree.stop[node] - tree.start[node]


def marked(screen, answers, tree):
    """Share of the errors that are marked where this tree puts them."""
    ink = screen.ink()
    wrong = answers.labels != answers.predictions
    y = (tree.rank[answers.labels[wrong]] + 0.5) * len(ink) / 1000
    x = (tree.rank[answers.predictions[wrong]] + 0.5) * len(ink) / 1000
    return ink[y.astype(int), x.astype(int)].mean()


def sorted_by(tree, value):
    """Returns the tree with siblings sorted by a value of their nodes."""
    siblings = {
        node: sorted(tree.children(node).tolist(), key=value)
        for node in np.flatnonzero(tree.labels < 0).tolist()
    }
    return kh.Hierarchy(*transforms.reordered(tree, siblings))


@pytest.fixture(scope="module")
def by_confusion(answers, hierarchy):
    """The tree that the library makes of the last epoch."""
    ones = np.ones(len(answers.labels))
    cells = (answers.labels, answers.predictions)
    tree = hierarchy.ordered_by(coo_array((ones, cells), shape=(1000, 1000)))
    assert (tree.order != hierarchy.order).any()
    return tree


@pytest.fixture(scope="module")
def by_recall(answers, hierarchy):
    """The worst siblings first."""
    rows = hierarchy.rank[answers.labels]
    columns = hierarchy.rank[answers.predictions]

    def recall(node):
        start, stop = hierarchy.start[node], hierarchy.stop[node]
        own = (rows >= start) & (rows < stop)
        return ((columns >= start) & (columns < stop))[own].mean()

    return sorted_by(hierarchy, recall)


class TestOrder:
    def test_by_confusion_is_the_librarys(
        self, screen, answers, hierarchy, by_confusion
    ):
        assert marked(screen, answers, hierarchy) > 0.97
        assert marked(screen, answers, by_confusion) < 0.9
        choose_order(screen, "confusion")
        assert marked(screen, answers, by_confusion) > 0.97
        assert f"{BY_CONFUSION} ·" in screen.text("caption")
        choose_order(screen, "tree")
        assert marked(screen, answers, hierarchy) > 0.97

    def test_by_recall_the_worst_stand_first(self, screen, answers, by_recall):
        choose_order(screen, "recall")
        assert marked(screen, answers, by_recall) > 0.97

    def test_by_label_the_smallest_of_a_group_counts(
        self, screen, answers, hierarchy
    ):
        labels = hierarchy.order
        tree = sorted_by(
            hierarchy,
            lambda n: labels[hierarchy.start[n] : hierarchy.stop[n]].min(),
        )
        choose_order(screen, "label")
        assert marked(screen, answers, tree) > 0.97

    def test_stays_over_epochs_and_runs(self, screen):
        choose_order(screen, "confusion")
        where = group(screen, "dog").bounding_box()
        screen.press("Home")
        screen.wait_epoch(1)
        screen.says("caption", f"{BY_CONFUSION} ·")
        screen.choose("run", "hier")
        screen.says("caption", f"{BY_CONFUSION} of {RUN} ·")
        assert group(screen, "dog").bounding_box() == where
        # What is shown now can be asked for anew.
        assert "confusion, epoch 1" in screen.options(ORDER)

    def test_a_link_opens_in_the_same_order(
        self, screen, page, answers, by_confusion
    ):
        choose_order(screen, "confusion")
        again = Screen(page, screen.link("order")).ready()
        again.says("caption", f"{BY_CONFUSION} ·")
        assert marked(again, answers, by_confusion) > 0.97

    def test_a_link_to_an_order_that_is_not_there(self, tab, server):
        # The browser writes the server's 404 down.
        order = "confusion 99 class nowhere"
        screen = Screen(tab, server.url, run=RUN, order=order).ready()
        screen.says("caption", "order: the tree's (not as asked")

    def test_the_selection_stays_in_sight(self, screen, hierarchy, by_recall):
        screen.find("gutter").locator('[aria-label^="terrier, "]').click()
        screen.press("Enter")
        first, size = places(hierarchy, "terrier")
        assert window(screen, "rows=") == [first, first, size]
        choose_order(screen, "recall")
        moved, _ = places(by_recall, "terrier")
        assert moved != first
        # The link says how it is ordered before it says where that leads.
        screen.link("order=recall", f"window={moved}+{moved}+{size}")
        screen.says("caption", "terrier: 1,300 samples")
        expect(group(screen, "terrier")).to_have_attribute(
            "aria-selected", "true"
        )

    def test_the_curves_stay_those_of_the_selection(self, screen):
        group(screen, "dog").click()
        text = screen.frame.locator(".strip text", has_text="dog recall")
        text.wait_for()
        before = screen.frame.locator(".strip .ends").text_content()
        choose_order(screen, "recall")
        text.wait_for()
        expect(screen.frame.locator(".strip .ends")).to_have_text(before)


class TestCut:
    def test_an_arrow_collapses_and_expands(self, screen):
        before = screen.ink()
        row = screen.find("gutter").locator('[aria-label^="terrier, "]')
        row.hover()
        row.locator(".fold").click()
        # 26 terriers in one row.
        screen.says("caption", "975 rows of mixed levels")
        expect(row).to_have_attribute("aria-expanded", "false")
        pressed = screen.find("levels").locator("[aria-pressed=mixed]")
        expect(pressed).to_have_text("1,000")
        assert (screen.ink() != before).any()
        row.locator(".fold").click()
        screen.says("caption", "diagonal hidden")
        np.testing.assert_array_equal(screen.ink(), before)

    def test_opens_a_group_of_a_level(self, screen):
        screen.find("levels").get_by_role("button").first.click()
        screen.says("caption", "4 groups")
        food = group(screen, "organism")
        food.hover()
        food.locator(".fold").click()
        screen.says("caption", "rows of mixed levels")
        expect(food).to_have_attribute("aria-expanded", "true")
        screen.find("levels").locator("[aria-pressed=mixed]").click()
        screen.says("caption", "4 groups")

    def test_a_key_folds_the_selection_and_what_has_the_focus(self, screen):
        group(screen, "dog").click()
        screen.press("c")
        screen.says("caption", "883 rows of mixed levels")  # 118 dogs in one
        screen.press("c")
        screen.says("caption", "diagonal hidden")
        group(screen, "bird").focus()
        screen.press("c")
        screen.says("caption", "942 rows of mixed levels")  # 59 birds in one
        expect(screen.frame.locator(":focus")).to_have_attribute(
            "aria-label", re.compile("^bird,")
        )
        # The selection is another, and stays.
        expect(group(screen, "dog")).to_have_attribute("aria-selected", "true")

    def test_from_a_class_its_group_folds_and_takes_the_focus(self, screen):
        screen.find("gutter").locator('[aria-label^="terrier, "]').click()
        screen.press("Enter")
        window(screen)
        classes = screen.find("gutter").locator('[aria-label$=", 1 class"]')
        classes.first.wait_for()
        classes.first.focus()
        screen.press("c")
        screen.says("caption", "rows of mixed levels")
        active = "document.activeElement.getAttribute('aria-expanded')"
        screen.frame.wait_for_function(f"{active} === 'false'")
        screen.press("c")
        screen.says("caption", "diagonal hidden")

    def test_is_in_the_link(self, screen, page):
        group(screen, "dog").click()
        screen.press("c")
        screen.says("caption", "883 rows of mixed levels")
        url = screen.link("closed=")
        screen.page.mouse.move(5, 5)
        ink = screen.ink()
        again = Screen(page, url).ready()
        again.says("caption", "883 rows of mixed levels")
        np.testing.assert_array_equal(again.ink(), ink)

    def test_the_export_is_a_tree_and_a_cut_of_it(
        self, screen, page, tmp_path, hierarchy, by_recall
    ):
        choose_order(screen, "recall")
        group(screen, "dog").click()
        screen.press("c")
        screen.says("caption", "883 rows of mixed levels")
        screen.find("export").click()
        with page.expect_download() as download:
            screen.find("export-cut").click()
        path = tmp_path / download.value.suggested_filename
        assert path.name.endswith("cut883.json")
        download.value.save_as(path)
        tree = kh.Hierarchy.load(path)
        assert tree == by_recall
        assert tree.classes == hierarchy.classes
        cut = tree.cut(nodes=json.loads(path.read_text())["cut"])
        assert cut.num_groups == 883
        assert cut.sizes.max() == 118
        assert cut.names[cut.sizes.argmax()] == "dog"
        # In the order of the screen, and so in the tree that was logged.
        assert hierarchy.cut(nodes=cut.nodes).num_groups == 883

    def test_totals_stay_the_same(self, screen, answers):
        errors = int((answers.labels != answers.predictions).sum())
        for name in ("dog", "bird", "mammal"):
            group(screen, name).click()
            screen.press("c")
            screen.says("caption", "rows of mixed levels", f"{errors:,} errors")
