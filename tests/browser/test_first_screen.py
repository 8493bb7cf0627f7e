"""What a stranger meets first: one sentence, few controls, few words."""

import re

import pytest
from accessibility import SMALL
from playwright.sync_api import expect
from screen import Screen

from tests.support import real_sizes
from tests.support.serving import WINDOW, loaded

# The levels are one control; names in the trees are the map, which is none.
COUNTED = """() => {
  const isSeen = (element) => {
    const { width, height } = element.getBoundingClientRect();
    return width > 1 && height > 1;
  };
  const controls = [...document.querySelectorAll(
    "button, select, input, a[href], summary, [role=slider]")];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let words = 0;
  while (texts.nextNode()) {
    const { data, parentElement } = texts.currentNode;
    if (parentElement.closest("option, style, script, .unseen")) continue;
    const found = data.match(/\\S*[\\p{L}\\d]\\S*/gu) ?? [];
    if (isSeen(parentElement)) words += found.length;
  }
  return {
    controls: 1 + controls.filter(isSeen).filter(
      (each) => !each.closest("svg, .levels")).length,
    words,
  };
}"""


@pytest.fixture
def screen(page, server):
    opened = Screen(page, server.plugin_url, run="plain/validation").ready()
    opened.find("sentence").wait_for()
    opened.find("confusions").wait_for()
    return opened


def test_there_are_few_controls_and_words(screen):
    counted = screen.frame.evaluate(COUNTED)
    assert counted["controls"] <= 25, counted
    assert counted["words"] <= 300, counted


def test_predicted_groups_have_whole_names_or_none(screen):
    names = screen.find("tree-predicted").locator("text")
    expect(names).not_to_have_count(0)
    assert not re.search("[…·]", "".join(names.all_text_contents()))


@pytest.fixture(scope="module")
def sizes_url(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sizes")
    real_sizes.write_runs(folder)
    with loaded(folder) as server:
        yield server.plugin_url


@pytest.mark.parametrize("size", [WINDOW, SMALL], ids=["usual", "small"])
@pytest.mark.parametrize("run", real_sizes.RUNS)
def test_names_of_real_trees_leave_it_calm(page, sizes_url, run, size):
    view = {"run": f"{run}/validation"}
    screen = Screen(page, sizes_url, size=size, **view).ready()
    screen.settle()
    for part in ("sentence", "confusions", "figures"):
        screen.find(part).wait_for()
    counted = screen.frame.evaluate(COUNTED)
    assert counted["controls"] <= 25, counted
    assert counted["words"] <= 300, counted


def test_the_sentence_names_what_it_selects(screen):
    sentence = screen.find("sentence")
    expect(sentence).to_have_text(
        re.compile(
            r"^\d+ % right at \d+ groups \(chance \d+ %\), "
            r"\d+ % right at 1,000 classes \(chance 0\.1 %\); .+\.$"
        )
    )
    link = sentence.get_by_role("button").first
    name = link.inner_text()
    link.click()
    screen.reads("selection", name)
    # Of a group it says another one.
    expect(sentence).to_have_text(re.compile(rf"^{name}: \d+ % stay inside"))


def test_of_a_comparison_it_says_what_was_shown(page, server):
    view = {"run": "plain/validation", "with": "hier/validation"}
    screen = Screen(page, server.plugin_url, **view).ready()
    said = "hier is (better|worse) than plain by|no difference shown between"
    expect(screen.find("sentence")).to_have_text(re.compile(said))


def test_the_view_menu_says_what_is_not_as_usual(screen):
    expect(screen.find("view")).to_have_text("view")
    screen.choose("value", "share")
    screen.choose("scale", "linear")
    expect(screen.find("view")).to_contain_text("% of row, linear")
