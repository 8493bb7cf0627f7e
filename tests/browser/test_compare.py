"""Two runs or epochs against one another, and many epochs at once."""

import re

import numpy as np
import pytest
from accessibility import SMALL
from comparing import HIER, PLAIN, blocks_of, matrix_of, open_any, open_screen
from logged import EPOCHS, PAIRS, write_epochs
from playwright.sync_api import expect
from screen import Screen, members

import keras_hier as kh
from keras_hier.hierarchy.tree.cuts import levels
from tests.support.serving import loaded

DOG = "n02084071"


def errors_of(server, run, step=EPOCHS, output="class"):
    matrix = matrix_of(server, run, step, output)
    return matrix.sum() - np.trace(matrix)


class TestDifference:
    def test_is_the_other_minus_the_shown(self, page, server):
        screen = open_screen(page, server, against=HIER, level=4)
        here, there = (errors_of(server, run) for run in (PLAIN, HIER))
        screen.says(
            "caption", "hier − plain", f"errors: plain {here:,}, hier {there:,}"
        )
        rows = screen.find("confusions").locator("li")
        expect(rows.locator(".change")).to_have_count(4)
        # The other run follows the epoch unless told otherwise.
        screen.press("ArrowLeft")
        there = errors_of(server, HIER, EPOCHS - 1)
        screen.says("caption", f"hier {there:,}")
        screen.choose("epoch compared with", "2")
        screen.says("caption", f"hier epoch 2 − plain epoch {EPOCHS - 1}")
        screen.link(f"with={HIER.replace('/', '%2F')}", "withStep=2")

    def test_colours_say_fewer_or_more(self, page, server, hierarchy):
        nodes = levels(hierarchy)[0].nodes
        # Early epochs have more errors of nearly every kind.
        screen = open_screen(page, server, level=4, against=PLAIN, withStep=1)
        screen.says("caption", f"epoch {EPOCHS} − epoch 1")
        late, early = (
            blocks_of(hierarchy, matrix_of(server, PLAIN, step), nodes)
            for step in (EPOCHS, 1)
        )
        change = late - early
        screen.draw()
        left, top, size = screen.matrix_box()
        start, stop = hierarchy.start[nodes], hierarchy.stop[nodes]
        place = (start + 0.2 * (stop - start)) / 1000 * size
        for i, j in [(0, 0), (0, 1), (1, 0), (1, 1)]:
            red, _, blue = screen.frame.evaluate(
                """([x, y]) => [...document
                  .querySelector("[data-testid=matrix]")
                  .getContext("2d").getImageData(x, y, 1, 1).data]
                  .slice(0, 3)""",
                [round(left + place[j]), round(top + place[i])],
            )
            # Brown is more, teal is fewer.
            assert (red > blue) == (change[i, j] > 0)

    def test_gutter_and_panel_show_changes_until_none_is_wanted(
        self, page, server, hierarchy
    ):
        screen = open_screen(page, server, against=HIER, rows=DOG)
        screen.says("caption", "hier − plain")
        screen.says("map", "Δ recall")
        changes = screen.find("gutter").locator("text.change")
        changes.nth(10).wait_for(state="attached")
        assert all(
            re.fullmatch(r"[+−](\d+|<1)|0|–", each)
            for each in changes.all_text_contents()
        )
        dogs = members(hierarchy, "dog")
        here, there = (
            matrix_of(server, run)[np.ix_(dogs, dogs)].sum()
            for run in (PLAIN, HIER)
        )
        figures = expect(screen.find("figures"))
        gained = re.compile(rf"TP\s+as dog\s+{here:,}\s+\+{there - here:,}\b")
        figures.to_have_text(gained, use_inner_text=True)
        screen.find("swap").click()
        screen.says("caption", "plain − hier")
        lost = re.compile(rf"TP\s+as dog\s+{there:,}\s+−{there - here:,}\b")
        figures.to_have_text(lost, use_inner_text=True)
        expect(screen.find("change-legend")).to_have_count(1)
        screen.choose("compare with", "")
        screen.find("legend").wait_for()
        screen.has_no("change-legend")
        expect(screen.find("caption")).not_to_contain_text("−")
        page.wait_for_function("!location.hash.includes('with')")

    def test_two_epochs_of_a_run_read_later_minus_earlier(self, page, server):
        view = {"step": 1, "withStep": EPOCHS, "rows": DOG}
        screen = open_screen(page, server, against=PLAIN, **view)
        wrong = [errors_of(server, PLAIN, step) for step in (1, EPOCHS)]
        screen.says(
            "caption",
            f"epoch {EPOCHS} − epoch 1",
            "later minus earlier",
            f"errors: epoch 1 {wrong[0]:,}, epoch {EPOCHS} {wrong[1]:,}",
        )
        screen.says("group-test", " p < 0.001")
        assert "−" not in screen.text("group-test")
        screen.find("gains").locator(".better").first.wait_for()
        screen.says("gains", f"epoch {EPOCHS} − epoch 1")
        # The menu compares a run with its own first epoch.
        screen = open_screen(page, server)
        screen.choose("compare with", f"{PLAIN}\nclass")
        screen.says("caption", f"epoch {EPOCHS} − epoch 1")
        figures = screen.find("figures")
        figures.locator(".better").first.wait_for()
        expect(figures.locator(".worse")).to_have_count(0)


def learning(epochs):
    """Matrices of two groups of 500 samples that are told apart ever better."""
    for epoch in range(1, epochs + 1):
        right = 500 - 240 // epoch
        pairs = [[right, 500 - right], [500 - right, right]]
        yield np.kron(np.eye(3, dtype=int), pairs)


class TestEpochsThatDoNotCorrespond:
    """The same predictions, once as a 12th epoch and once as the only one."""

    @pytest.fixture(scope="class")
    @classmethod
    def url(cls, tmp_path_factory):
        folder = tmp_path_factory.mktemp("runs")
        twelve = list(learning(12))
        logs = {"once": twelve[-1:], "trained": twelve}
        for run, matrices in logs.items():
            write_epochs(folder / run, PAIRS, *matrices)
        with kh.BlocksWriter(folder / "trained", PAIRS, split="train") as log:
            for step in (6, 12):
                log.matrix(twelve[step - 1], step)
        with loaded(folder) as server:
            yield server.plugin_url

    def open(self, page, url, run, against, **view):
        view |= {"run": f"{run}/validation", "with": f"{against}/validation"}
        return Screen(page, url, **view).ready()

    def place(self, screen):
        label = "epoch compared with"
        return expect(screen.frame.get_by_label(label, exact=True).first)

    def test_the_last_meets_the_last_until_another_is_chosen(self, page, url):
        screen = self.open(page, url, "once", "trained")
        screen.says(
            "caption",
            "trained epoch 12 − once epoch 1",
            "0 of 6 cells beyond chance",
            "it takes 8 where there were none",
        )
        self.place(screen).to_have_value("last")
        figures = screen.find("figures")
        expect(figures.locator(".better, .worse")).to_have_count(0)
        screen.link("with=trained", without="withStep")
        table = screen.find("single").locator("tbody tr")
        expect(table.locator("th")).to_have_text(["once", "trained, epoch 12"])
        once, trained = (row.locator("td") for row in table.all())
        expect(trained).to_have_text(once.all_text_contents())
        screen.choose("epoch compared with", "same")
        screen.says("caption", "trained − once", "epoch 1 of both")
        screen.link("withStep=same")
        # 240 of 500 wrong against 20.
        screen.says("caption", "errors: once 120, trained 1,440")
        screen.choose("epoch compared with", "6")
        screen.says("caption", "trained epoch 6 − once epoch 1")
        again = Screen(page, screen.link("withStep=6")).ready()
        again.says("caption", "trained epoch 6 − once epoch 1")
        again.find("swap").click()
        again.says("caption", "once epoch 1 − trained epoch 6")
        self.place(again).to_have_value("last")

    def test_where_they_do_they_go_along(self, page, url):
        # Two splits of one training do, however often each was logged.
        view = {"run": "trained/validation", "with": "trained/train"}
        screen = Screen(page, url, **view).ready()
        self.place(screen).to_have_value("same")
        screen.says("caption", "epoch 12 of both")
        screen.choose("epoch", "7")
        screen.says(
            "caption", "trained train epoch 6 − trained validation epoch 7"
        )


def test_mismatch_classes_cannot_go_into_a_head_that_knows_groups(page, server):
    head = "conv4_groups30"
    screen = open_any(page, server, against=HIER, withOutput=head)
    screen.says("mismatch", f"{head} tells", "class 1,000 classes")
    # The other way round they do.
    screen.find("mismatch").get_by_role("button").click()
    errors = errors_of(server, HIER, output=head)
    screen.says("caption", f"plain class − hier {head}", f"{errors:,}")
    screen.has_no("mismatch")


def test_side_by_side_two_matrices_share_the_room_and_the_pointer(page, server):
    view = {"as": "side", "rows": DOG}
    screen = open_screen(page, server, against=HIER, **view)
    screen.says("caption", "plain, hier")
    titles = screen.find("twin-title")
    expect(titles).to_contain_text(["dog: recall"] * 2)
    first, second = screen.texts(titles)
    assert first.startswith("plain")
    assert second.startswith("hier")
    assert first.split("recall")[1] != second.split("recall")[1]
    screen.has_no("panel")
    screen.draw()
    left, top, size = screen.matrix_box()
    first, second = titles.evaluate_all(
        "all => all.map((each) => each.getBoundingClientRect().left)"
    )
    apart = second - first
    assert apart > size
    inks = screen.frame.evaluate(
        """(places) => places.map(([x, y, size]) => {
          const { data } = document.querySelector("[data-testid=matrix]")
            .getContext("2d").getImageData(x, y, size, size);
          let marks = 0;
          for (let i = 0; i < data.length; i += 4) {
            marks += data[i + 2] - data[i] > 25 && data[i + 3] > 100;
          }
          return marks;
        })""",
        [[x, top, size] for x in (left, left + apart)],
    )
    # Fewer errors, less ink; but of the same order.
    assert 0.5 * inks[0] < inks[1] < inks[0]
    screen = Screen(page, screen.link("as=side", "with=")).ready()
    # The pointer acts on both.
    titles.nth(1).wait_for()
    screen.settle()
    x, y = screen.point(0.2, 0.7)
    page.mouse.move(x + apart, y)
    expect(screen.find("tooltip")).to_contain_text("hier")
    page.mouse.click(x + apart, y)
    screen.link("rows=", "columns=")
    page.mouse.wheel(0, -600)
    screen.link("window=")


def test_multiples_shows_a_level_of_many_epochs_and_opens_one(page, server):
    screen = open_screen(page, server, size=SMALL, level=50)
    screen.choose("compare with", "epochs")
    panels = screen.find("multiple")
    expect(panels).to_have_count(EPOCHS)
    expect(panels.locator("b")).to_have_count(24)
    for step, panel in enumerate(panels.all(), start=1):
        right = 1 - errors_of(server, PLAIN, step) / 50_000
        said = rf"^epoch {step}\b.*1,000 {100 * right:.0f} %"
        expect(panel).to_have_text(re.compile(said, re.S), use_inner_text=True)
    screen.says("multiples-title", "beyond chance: 4 groups")
    screen.says("caption", "errors only")
    # Effects draw after texts: until all have ink, some are not drawn.
    handle = screen.frame.wait_for_function(
        """(count) => {
          const all = document
            .querySelectorAll("[data-testid=multiple] canvas");
          const inks = [...all].map((canvas) => {
            const { width } = canvas;
            const { data } = canvas.getContext("2d")
              .getImageData(width / 2, 0, width / 2, width / 2);
            let sum = 0;
            for (let i = 0; i < data.length; i += 4) {
              sum += data[i + 3] ? 255 - data[i] : 0;
            }
            return sum;
          });
          const there = inks.length === count && inks.every(Boolean);
          return there && inks;
        }""",
        arg=EPOCHS,
    )
    inks = handle.json_value()
    # Later epochs have fewer errors off the diagonal.
    assert inks[0] > 1.5 * inks[-1]
    screen.choose("number of epochs", "6")
    expect(panels).to_have_count(6)
    screen.link("with=epochs", "many=6")
    # All have the pointer and what is selected; one is opened.
    panel = panels.nth(1)
    canvas = panel.locator("canvas")
    canvas.hover(position={"x": 20, "y": 20})
    expect(panels.locator(".pointed")).to_have_count(6)
    panel.get_by_text("within").wait_for()
    canvas.click(position={"x": 20, "y": 20})
    expect(panels.locator("rect.chosen")).to_have_count(6)
    panel.get_by_role("button").click()
    screen.find("map").wait_for()
    screen.link("step=2")
    page.wait_for_function("!location.hash.includes('with')")
    screen.wait_epoch(2)
