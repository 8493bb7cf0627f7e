"""A tree that was made from the errors on screen never flatters itself."""

import re

import numpy as np
import pytest
from accessibility import SMALL, darken, findings
from playwright.sync_api import expect
from screen import Screen, rows_of

import keras_hier as kh
from keras_hier.analysis.trees.misplaced_classes import misplaced_classes
from keras_hier.analysis.trees.planted_moves import planted_moves
from keras_hier.analysis.trees.tree_agreement import tree_agreement
from keras_hier.hierarchy import tree_from_confusions
from tests.support.serving import tensorboard


@pytest.fixture(scope="module")
def found(answers, hierarchy):
    size = hierarchy.num_classes
    flat = answers.labels * size + answers.predictions
    matrix = np.bincount(flat, minlength=size**2).reshape(size, size)
    return matrix, tree_from_confusions(matrix, hierarchy.classes, bootstrap=8)


@pytest.fixture(scope="module")
def url(tmp_path_factory, found, hierarchy):
    """ILSVRC predictions under a tree of their errors, and under WordNet."""
    folder = tmp_path_factory.mktemp("computed")
    matrix, tree = found
    for run, each in (("errors", tree.hierarchy), ("wordnet", hierarchy)):
        with kh.BlocksWriter(folder / run, each) as log:
            log.matrix(matrix, 1)
    with tensorboard(folder, tensorflow=False) as server:
        for run in ("errors", "wordnet"):
            server.wait(f"{run}/validation", 1)
        yield server.url


def percent(share):
    return f"{100 * share:.1f} %"


def test_the_caption_says_what_it_was_made_from(page, url, found):
    screen = Screen(page, url, run="errors/validation").ready()
    matrix, tree = found
    errors = matrix.sum() - np.trace(matrix)
    screen.says("caption", f"tree computed from {errors:,} of these errors")
    said = f"{percent(tree.inside_held_out[0])} of errors it has not seen"
    title = re.compile(re.escape(said) + ".* by chance")
    expect(screen.find("caption")).to_have_attribute("title", title)


def test_shares_carry_those_of_errors_it_has_not_seen(page, url, found):
    screen = Screen(page, url, run="errors/validation").ready()
    rows = screen.find("errors-inside").locator("tr")
    _, tree = found
    expect(rows).to_have_count(len(tree.inside_held_out))
    for row, share in zip(rows.all(), tree.inside_held_out, strict=True):
        expect(row).to_contain_text(f"unseen {100 * share:.0f} % · chance ")


def test_groups_without_support_look_weak(page, url, found):
    screen = Screen(page, url, run="errors/validation", level=118).ready()
    screen.says("caption", "tree computed from")
    _, tree = found
    hierarchy = tree.hierarchy
    names = screen.frame.locator(".labels [data-node]")
    names.first.wait_for(state="attached")
    screen.settle()
    # At once: under a busy machine labels come and go for a while.
    drawn = names.evaluate_all(
        """all => all.filter((each) => each.querySelector("text")).map((each) =>
          [Number(each.dataset.node),
           getComputedStyle(each.querySelector("text")).fontStyle])"""
    )
    looked = set()
    for node, style in drawn:
        if hierarchy.labels[node] >= 0:
            continue
        is_weak = bool(tree.weak[node])
        assert style == ("italic" if is_weak else "normal")
        looked.add(is_weak)
    assert looked == {True, False}


def test_the_panel_says_how_far_a_group_comes_back(page, url, found):
    _, tree = found
    hierarchy = tree.hierarchy
    node = int(np.flatnonzero(hierarchy.depth == 1)[0])
    rows = hierarchy.node_ids[node]
    screen = Screen(page, url, run="errors/validation", rows=rows).ready()
    share, chance = tree.support[node], tree.support_chance[node]
    screen.says("support", f"{share:.2f} of 1 (chance {chance:.2f})")
    rows = hierarchy.node_ids[int(np.flatnonzero(tree.weak)[0])]
    screen = Screen(page, url, run="errors/validation", rows=rows).ready()
    screen.says("support", "may not come back with other samples")
    title = re.compile(r"Of groups as weak 23 to 54 % came back")
    expect(screen.find("support")).to_have_attribute("title", title)


def test_a_tree_that_was_given_says_nothing_of_it(page, url):
    screen = Screen(page, url, run="wordnet/validation").ready()
    screen.says("caption", "errors in")
    expect(screen.find("caption")).not_to_contain_text("computed")
    expect(screen.find("errors-inside")).not_to_contain_text("unseen")


def test_the_accuracy_of_its_groups_carries_that_of_unseen_errors(
    page, url, found
):
    screen = Screen(page, url, run="errors/validation").ready()
    matrix, tree = found
    wrong = 1 - np.trace(matrix) / matrix.sum()
    rows = screen.find("figures").locator("tr").all()
    for row, share in zip(rows[:-1], tree.inside_held_out, strict=True):
        unseen = 1 - wrong * (1 - share)
        expect(row).to_contain_text(f"unseen {100 * unseen:.0f} % · chance ")
    expect(rows[-1]).not_to_contain_text("unseen")
    expect(screen.find("single").locator("tr").last).to_contain_text(
        f"unseen errors{percent(1 - wrong * (1 - tree.inside_held_out[0]))}"
    )


def test_in_little_room_the_figure_says_that_it_is_of_unseen_errors(
    page, url, found
):
    page.set_viewport_size({"width": 1024, "height": 768})
    view = {"run": "errors/validation", "with": "wordnet/validation"}
    screen = Screen(page, url, **view).ready()
    matrix, tree = found
    wrong = 1 - np.trace(matrix) / matrix.sum()
    rows = screen.find("figures").locator("tr")
    expect(rows.last.locator(".change")).to_have_count(1)
    for row, share in zip(rows.all()[:-1], tree.inside_held_out, strict=True):
        unseen = percent(1 - wrong * (1 - share))
        expect(row).to_have_text(
            re.compile(rf"unseen {unseen}\d+(\.\d)? %0\.0")
        )


def test_names_of_its_groups_keep_a_member_and_their_number(page, url, found):
    screen = Screen(page, url, run="errors/validation", level=44).ready()
    _, tree = found
    names = set(tree.hierarchy.node_names)
    # Without the titles, which have the whole names.
    drawn = """() => [...document.querySelectorAll(".labels [data-node] text")]
        .map((text) => [...text.childNodes]
            .filter(({ nodeName }) => nodeName !== "title")
            .map(({ textContent }) => textContent).join(""))"""
    screen.frame.wait_for_function(
        f"({drawn})().some((name) => /… [+]\\d+$/.test(name))"
    )
    # Upright ones have their number of classes behind.
    shown = [
        name.partition(" · ")[0].strip("\u2068\u2069")
        for name in screen.frame.evaluate(drawn)
    ]
    cut = {name for name in shown if "+" in name} - names
    assert cut
    # What is cut is one of the names: its beginning, and the same number.
    for text in cut:
        found_parts = re.fullmatch(r"(.*)… ?(\+\d+)", text)
        assert found_parts, text
        begins, number = found_parts.groups()
        assert any(
            name.startswith(begins) and name.endswith(f" {number}")
            for name in names
        ), text
    assert any(len(text.split("…")[0]) > 3 for text in cut)


def test_what_the_errors_would_move_is_listed(page, url, found, hierarchy):
    """A tree beside that of the errors, and the classes that it misplaces."""
    screen = Screen(page, url, run="wordnet/validation").ready()
    heads = screen.find("panel").locator(".asked .head")
    heads.get_by_text("misplaced", exact=True).click()
    matrix, _ = found
    both = tree_agreement(matrix, hierarchy)
    rows = screen.find("agreement").locator("tbody tr")
    expect(rows).to_have_count(len(both.groups))
    for at, row in enumerate(rows.all()):
        expect(row.locator("td")).to_have_text(
            [
                f"{both.groups[at]:,}",
                f"{both.adjusted_rand[at]:.2f}",
                f"{both.halves[at]:.2f}",
                f"{100 * both.inside[at]:.0f} %",
                f"{100 * both.errors_unseen[at]:.0f} %",
                re.compile(r"^\d+(\.\d)? %$"),
            ]
        )
    moved = {
        hierarchy.classes[label]
        for level in hierarchy.levels()[:-1]
        for label in misplaced_classes(matrix, level).classes
    }
    screen.says("misplaced", f"{len(moved)} of 1,000 classes")
    found, planted = planted_moves(matrix, hierarchy.levels()[0])
    shown = f"would show {found} of {planted} at 4 groups, "
    expect(screen.find("moves")).to_contain_text(shown)
    entry = screen.find("misplaced").get_by_role("button", name="pier under")
    expect(entry).to_contain_text("pier under structure")
    expect(entry).to_contain_text("with its own, device · at 31 groups")
    screen.find("export").click()
    save = screen.find("export-classes")
    expect(save).to_contain_text("Listed classes")
    with screen.page.expect_download() as download:
        save.click()
    saved = rows_of(download.value)
    assert {row["id"] for row in saved} == moved
    # It stays while one goes through it, and a link opens it again.
    entry.click()
    pier = next(row["id"] for row in saved if row["name"] == "pier")
    screen.link("classes=misplaced", f"rows={pier}")
    expect(entry).to_be_visible()


def test_of_a_tree_of_errors_agreement_is_no_news(page, url):
    screen = Screen(
        page, url, run="errors/validation", classes="misplaced"
    ).ready()
    screen.says("own-tree", "was computed from errors")
    expect(screen.find("agreement")).to_have_count(0)


def test_the_list_is_accessible_in_both_themes_and_small_windows(page, url):
    screen = Screen(
        page, url, run="wordnet/validation", classes="misplaced"
    ).ready()
    screen.says("moves", "beyond chance")
    assert findings(screen.frame) == []
    page.set_viewport_size(SMALL)
    darken(screen)
    assert findings(screen.frame) == []
    panel = screen.find("panel")
    assert panel.evaluate("e => e.scrollWidth <= e.clientWidth")
