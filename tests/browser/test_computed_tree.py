"""A tree that was made from the errors on screen never flatters itself."""

import re

import numpy as np
import pytest
from playwright.sync_api import expect
from screen import Screen

import keras_hier as kh
from benchmarks.speed.serving import tensorboard
from keras_hier.hierarchy import tree_from_confusions


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
    hierarchy, support = tree.hierarchy, tree.support
    names = screen.frame.locator(".labels [data-node]")
    names.first.wait_for(state="attached")
    looked = set()
    for name in names.all():
        node = int(name.get_attribute("data-node"))
        text = name.locator("text").first
        if hierarchy.labels[node] >= 0 or not text.count():
            continue
        is_weak = support[node] < 0.5
        style = "italic" if is_weak else "normal"
        expect(text).to_have_css("font-style", style)
        looked.add(bool(is_weak))
    assert looked == {True, False}


def test_the_panel_says_how_far_a_group_comes_back(page, url, found):
    _, tree = found
    hierarchy = tree.hierarchy
    node = int(np.flatnonzero(hierarchy.depth == 1)[0])
    rows = hierarchy.node_ids[node]
    screen = Screen(page, url, run="errors/validation", rows=rows).ready()
    share, chance = tree.support[node], tree.support_chance[node]
    screen.says("support", f"{share:.2f} of 1 (chance {chance:.2f})")


def test_a_tree_that_was_given_says_nothing_of_it(page, url):
    screen = Screen(page, url, run="wordnet/validation").ready()
    screen.says("caption", "errors in")
    expect(screen.find("caption")).not_to_contain_text("computed")
    expect(screen.find("errors-inside")).not_to_contain_text("unseen")
