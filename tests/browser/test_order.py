"""Orders of siblings, and cuts of mixed levels."""

import json
import re

import numpy as np
import pytest
from logged import EPOCHS
from playwright.sync_api import expect
from scipy.sparse import coo_array
from screen import Screen, exported, group

import keras_hier as kh
from keras_hier.hierarchy.tree import transforms

ORDER = "order of siblings"
RUN = "plain/validation"
WORDS = {"tree": "the tree's", "recall": "siblings by recall, worst first"}
# Not said while it is waited for: then it is "order: waiting for siblings …".
BY_CONFUSION = f"order: siblings by confusion, epoch {EPOCHS}"


def choose_order(screen, by):
    """Chooses the order that begins so, of the shown epoch."""
    options = screen.options(ORDER)
    of = options.and_(screen.frame.locator(f'[value^="{by}"]')).last
    screen.choose(ORDER, of.get_attribute("value"))
    screen.says("caption", f"order: {WORDS.get(by, f'siblings by {by}')}")


def marked(screen, answers, tree):
    """Share of the errors that are marked where this tree puts them."""
    ink = screen.ink()
    wrong = answers.labels != answers.predictions
    y = (tree.rank[answers.labels[wrong]] + 0.5) * len(ink) / 1000
    x = (tree.rank[answers.predictions[wrong]] + 0.5) * len(ink) / 1000
    return ink[y.astype(int), x.astype(int)].mean()


@pytest.fixture(scope="module")
def by_confusion(matrix, hierarchy):
    """The tree that the library makes of the last epoch."""
    tree = hierarchy.ordered_by(coo_array(matrix))
    assert (tree.order != hierarchy.order).any()
    return tree


@pytest.fixture(scope="module")
def by_recall(matrix, hierarchy):
    """The tree with the worst siblings first."""
    counts = matrix[np.ix_(hierarchy.order, hierarchy.order)]

    def recall(node):
        inside = slice(hierarchy.start[node], hierarchy.stop[node])
        return counts[inside, inside].sum() / counts[inside].sum()

    siblings = {
        node: sorted(hierarchy.children(node).tolist(), key=recall)
        for node in np.flatnonzero(hierarchy.labels < 0).tolist()
    }
    return kh.Hierarchy(*transforms.reordered(hierarchy, siblings))


class TestOrder:
    def test_by_confusion_is_the_librarys(
        self, screen, page, answers, hierarchy, by_confusion
    ):
        assert marked(screen, answers, hierarchy) > 0.97
        assert marked(screen, answers, by_confusion) < 0.9
        choose_order(screen, "confusion")
        assert marked(screen, answers, by_confusion) > 0.97
        screen.notes(f"{BY_CONFUSION} ·")
        screen = Screen(page, screen.link("order")).ready()
        screen.notes(f"{BY_CONFUSION} ·")
        assert marked(screen, answers, by_confusion) > 0.97
        # It stays over epochs and runs.
        screen.settle()
        where = group(screen, "dog").bounding_box()
        screen.press("Home")
        screen.wait_epoch(1)
        screen.notes(f"{BY_CONFUSION} ·")
        screen.choose("run", "hier")
        screen.notes(f"{BY_CONFUSION} of {RUN} ·")
        screen.settle()
        assert group(screen, "dog").bounding_box() == where
        # The epoch on screen can order anew.
        expect(screen.options(ORDER)).to_contain_text(["confusion, epoch 1"])

    def test_a_link_to_an_order_that_is_not_there(self, tab, server):
        # The browser writes the server's 404 down.
        order = "confusion 99 class nowhere"
        screen = Screen(tab, server.plugin_url, run=RUN, order=order).ready()
        screen.says("caption", "order: the tree's (not as asked")

    def test_the_selection_stays_in_sight(self, screen, by_recall):
        screen.find("gutter").locator('[aria-label^="terrier, "]').click()
        screen.press("Enter")
        screen.says("caption", "terrier: 1,300 samples")
        ends = screen.frame.locator(".strip .ends")
        expect(ends).to_contain_text("terrier recall")
        before = ends.text_content()
        choose_order(screen, "recall")
        # The link says how it is ordered before it says where that leads.
        node = by_recall.find("terrier")
        start, stop = by_recall.start[node], by_recall.stop[node]
        window = f"window={start}+{start}+{stop - start}"
        screen.link("order=recall", window)
        screen.says("caption", "terrier: 1,300 samples")
        expect(group(screen, "terrier")).to_have_attribute(
            "aria-selected", "true"
        )
        # So do its curves.
        expect(ends).to_have_text(before)


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
        screen.wait_other_ink(before)
        row.locator(".fold").click()
        screen.notes("diagonal hidden")
        np.testing.assert_array_equal(screen.ink(), before)
        # A group of a level opens.
        screen.find("levels").get_by_role("button").first.click()
        screen.says("caption", "4 groups")
        organism = group(screen, "organism")
        organism.hover()
        organism.locator(".fold").click()
        screen.says("caption", "rows of mixed levels")
        expect(organism).to_have_attribute("aria-expanded", "true")
        screen.find("levels").locator("[aria-pressed=mixed]").click()
        screen.says("caption", "4 groups")

    def test_a_key_folds_the_selection_and_what_has_the_focus(
        self, screen, answers
    ):
        group(screen, "dog").click()
        screen.press("c")
        errors = int((answers.labels != answers.predictions).sum())
        said = "883 rows of mixed levels"  # 118 dogs in one
        screen.says("caption", said, f"{errors:,} errors")
        screen.press("c")
        screen.notes("diagonal hidden")
        group(screen, "bird").focus()
        screen.press("c")
        screen.says("caption", "942 rows of mixed levels")  # 59 birds in one
        expect(screen.frame.locator(":focus")).to_have_attribute(
            "aria-label", re.compile("^bird,")
        )
        # The selection is another, and stays.
        expect(group(screen, "dog")).to_have_attribute("aria-selected", "true")
        # From a class its group folds, and takes the focus.
        screen.press("c")
        screen.notes("diagonal hidden")
        screen.find("gutter").locator('[aria-label^="terrier, "]').click()
        screen.press("Enter")
        screen.says("caption", "terrier: ")
        classes = screen.find("gutter").locator('[aria-label$=", 1 class"]')
        classes.first.wait_for()
        classes.first.focus()
        screen.press("c")
        screen.says("caption", "rows of mixed levels")
        active = "document.activeElement.getAttribute('aria-expanded')"
        screen.frame.wait_for_function(f"{active} === 'false'")
        screen.press("c")
        screen.notes("diagonal hidden")

    def test_the_export_is_a_tree_and_a_cut_of_it(
        self, screen, tmp_path, hierarchy, by_recall
    ):
        choose_order(screen, "recall")
        group(screen, "dog").click()
        screen.press("c")
        screen.says("caption", "883 rows of mixed levels")
        download = exported(screen, "cut")
        path = tmp_path / download.suggested_filename
        assert path.name.endswith("cut883.json")
        download.save_as(path)
        tree = kh.Hierarchy.load(path)
        assert tree == by_recall
        assert tree.classes == hierarchy.classes
        cut = tree.cut(nodes=json.loads(path.read_text())["cut"])
        assert cut.num_groups == 883
        assert cut.sizes.max() == 118
        assert cut.names[cut.sizes.argmax()] == "dog"
        # In the order of the screen, and so in the tree that was logged.
        assert hierarchy.cut(nodes=cut.nodes).num_groups == 883
