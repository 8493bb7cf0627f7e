"""Two runs or epochs against one another, and many epochs at once."""

import re

import numpy as np
import pytest
from comparing import HIER, PLAIN, blocks_of, matrix_of, open_any, open_screen
from logged import EPOCHS
from playwright.sync_api import expect
from screen import Screen

import keras_hier as kh
from tests.support.serving import tensorboard


def signed(text):
    return int(text.replace("−", "-").replace(",", ""))


@pytest.fixture
def levels(server):
    epoch = server.get("epochs", run=PLAIN, output="class")["epochs"][-1]
    tree = server.get("hierarchy", run=PLAIN, digest=epoch["hierarchy"])
    return tree["levels"]


class TestDifference:
    def test_is_the_other_minus_the_shown(
        self, page, server, hierarchy, levels
    ):
        nodes = levels[0]["nodes"]
        level = levels[0]["groups"]
        screen = open_screen(page, server, against=HIER, level=level)
        here, there = (matrix_of(server, run) for run in (PLAIN, HIER))
        errors = [f"{m.sum() - np.trace(m):,}" for m in (here, there)]
        screen.says(
            "caption",
            "hier − plain",
            f"errors: plain {errors[0]}, hier {errors[1]}",
        )
        before = blocks_of(hierarchy, here, nodes)
        change = blocks_of(hierarchy, there, nodes) - before
        names = [hierarchy.node_names[node] for node in nodes]
        rows = screen.find("confusions").locator("li")
        largest = [abs(c) for c in change.ravel()]
        expect(rows).to_have_count(6)
        expect(rows.locator(".change")).to_have_count(6)
        sizes = []
        for row in rows.all():
            name, count, by = (
                row.locator(part).inner_text()
                for part in (".names", ".number", ".change")
            )
            if name.startswith("within "):
                at = (names.index(name.removeprefix("within ")),) * 2
            else:
                at = tuple(names.index(n.strip()) for n in name.split("→"))
            assert signed(count) == before[at]
            assert signed(by) == change[at]
            sizes.append(abs(signed(by)))
        assert sizes == sorted(largest, reverse=True)[: len(sizes)]

    def test_colours_say_fewer_or_more(self, page, server, hierarchy, levels):
        nodes = levels[0]["nodes"]
        # Early epochs have more errors of nearly every kind.
        screen = open_screen(
            page, server, level=levels[0]["groups"], against=PLAIN, withStep=1
        )
        screen.says("caption", f"epoch {EPOCHS} − epoch 1")
        change = blocks_of(
            hierarchy, matrix_of(server, PLAIN), nodes
        ) - blocks_of(hierarchy, matrix_of(server, PLAIN, 1), nodes)
        left, top, size = screen.matrix_box()
        for i, j in [(0, 0), (0, 1), (1, 0), (1, 1)]:
            across, down = (
                (
                    hierarchy.start[n]
                    + 0.2 * (hierarchy.stop[n] - hierarchy.start[n])
                )
                / 1000
                for n in (nodes[j], nodes[i])
            )
            red, _, blue = screen.frame.evaluate(
                """([x, y]) => [...document
                  .querySelector("[data-testid=matrix]")
                  .getContext("2d").getImageData(x, y, 1, 1).data]
                  .slice(0, 3)""",
                [round(left + across * size), round(top + down * size)],
            )
            # Brown is more, teal is fewer.
            assert (red > blue) == (change[i, j] > 0)

    def test_gutter_and_panel_show_changes(self, page, server, hierarchy):
        dog = hierarchy.node_ids.index("n02084071")
        screen = open_screen(page, server, against=HIER, rows="n02084071")
        inside = slice(hierarchy.start[dog], hierarchy.stop[dog])

        def figures(run):
            matrix = matrix_of(server, run)
            ordered = matrix[np.ix_(hierarchy.order, hierarchy.order)]
            right = ordered[inside, inside].sum()
            return (
                right / ordered[inside].sum(),
                ordered[inside].sum() - right,
                ordered[:, inside].sum() - right,
            )

        screen.says("caption", "hier − plain")
        here, there = figures(PLAIN), figures(HIER)
        recall = 100 * (there[0] - here[0])
        screen.says("figures", f"{recall:+.1f}".replace("-", "−"))
        text = screen.text("figures")
        for before, after in zip(here[1:], there[1:], strict=True):
            by = f"{after - before:+,}".replace("-", "−")
            assert re.search(rf"{before:,}\s+{re.escape(by)}", text)
        changes = screen.find("gutter").locator("text.change")
        changes.nth(10).wait_for(state="attached")
        assert all(
            re.fullmatch(r"[+−](\d+|<1)|0|–", each)
            for each in changes.all_text_contents()
        )
        screen.says("map", "Δ recall")

    def test_panel_says_what_every_level_gained(self, page, server):
        screen = open_screen(page, server, against=HIER)
        screen.says("caption", "hier − plain")
        shares = []
        for run in (PLAIN, HIER):
            matrix = matrix_of(server, run)
            shares.append(100 * np.trace(matrix) / matrix.sum())
        gained = f"{shares[1] - shares[0]:+.1f}".replace("-", "−")
        levels = screen.find("figures").locator("table").first
        last = levels.locator("tr").last
        expect(last).to_contain_text(
            f"{shares[0]:.1f} % chance 0.1 % {gained}", use_inner_text=True
        )

    def test_follows_the_epoch_unless_told_otherwise(self, page, server):
        screen = open_screen(page, server, against=HIER)
        screen.says("caption", "hier − plain")
        screen.press("ArrowLeft")
        there = matrix_of(server, HIER, EPOCHS - 1)
        screen.says("caption", f"hier {there.sum() - np.trace(there):,}")
        screen.choose("epoch compared with", "2")
        there = matrix_of(server, HIER, 2)
        screen.says(
            "caption",
            f"hier epoch 2 − plain epoch {EPOCHS - 1}",
            f"hier epoch 2 {there.sum() - np.trace(there):,}",
        )
        screen.link(f"with={HIER.replace('/', '%2F')}", "withStep=2")

    @pytest.mark.parametrize("shown", [EPOCHS, 1])
    def test_two_epochs_of_a_run_read_later_minus_earlier(
        self, page, server, hierarchy, shown
    ):
        other = EPOCHS + 1 - shown
        node = hierarchy.node_ids.index("n02084071")
        screen = open_screen(
            page,
            server,
            against=PLAIN,
            step=shown,
            withStep=other,
            rows="n02084071",
        )
        wrong = []
        right = []
        for step in (1, EPOCHS):
            matrix = matrix_of(server, PLAIN, step)
            wrong.append(matrix.sum() - np.trace(matrix))
            dogs = hierarchy.order[hierarchy.start[node] : hierarchy.stop[node]]
            right.append(matrix[np.ix_(dogs, dogs)].sum())
        screen.says(
            "caption",
            f"epoch {EPOCHS} − epoch 1",
            "later minus earlier",
            f"errors: epoch 1 {wrong[0]:,}, epoch {EPOCHS} {wrong[1]:,}",
        )
        learned = right[1] - right[0]
        assert learned > 0
        expect(screen.find("figures")).to_have_text(
            re.compile(rf"TP.*\+{learned:,}", re.S), use_inner_text=True
        )
        screen.says("group-test", " p < 0.001")
        assert "−" not in screen.text("group-test")
        screen.find("gains").locator(".better").first.wait_for()
        screen.says("gains", f"epoch {EPOCHS} − epoch 1")

    def test_the_strip_calls_better_what_is_tested(self, page, server):
        screen = open_screen(page, server, against=HIER)
        ends = screen.frame.locator(".ends .change")
        expect(ends.first).to_have_class(re.compile("better"))
        # The test is of the epoch on screen, the ends of the last one.
        screen.press("ArrowLeft")
        screen.wait_epoch(EPOCHS - 1)
        # Once the test of that epoch has come.
        screen.find("figures").locator(".better").first.wait_for()
        expect(screen.frame.locator(".ends .better")).to_have_count(0)
        expect(ends.first).to_contain_text("→")

    def test_this_run_is_no_catastrophe(self, page, server):
        screen = open_screen(page, server)
        screen.choose("compare with", f"{PLAIN}\nclass")
        screen.says("caption", f"epoch {EPOCHS} − epoch 1")
        figures = screen.find("figures")
        figures.locator(".better").first.wait_for()
        expect(figures.locator(".worse")).to_have_count(0)

    def test_swapping_turns_it_round(self, page, server):
        screen = open_screen(page, server, against=HIER, rows="n02084071")
        screen.says("caption", "hier − plain")
        change = re.compile(r"TP.*?([+−]\d+)", re.S)
        expect(screen.find("figures")).to_have_text(change, use_inner_text=True)
        before = screen.text("figures")
        gained = change.search(before)
        screen.find("swap").click()
        screen.says("caption", "plain − hier")
        screen.frame.wait_for_function(
            "(before) => document.querySelector('[data-testid=figures]')"
            ".innerText !== before",
            arg=before,
        )
        expect(screen.find("figures")).to_have_text(change, use_inner_text=True)
        lost = change.search(screen.text("figures"))
        assert signed(lost.group(1)) == -signed(gained.group(1))

    def test_unequal_numbers_of_samples_are_compared_by_share(
        self, page, server, levels
    ):
        screen = open_screen(
            page, server, against="plain/train", level=levels[0]["groups"]
        )
        screen.says("caption", "plain train − plain validation", "% of rows")
        samples = matrix_of(server, "plain/train").sum()
        screen.says("caption", f"{samples:,} samples")
        by = screen.find("confusions").locator(".change").first
        expect(by).to_have_text(re.compile(r"^[+−]\d+\.\d$"))

    def test_none_brings_the_matrix_back(self, page, server):
        screen = open_screen(page, server, against=HIER)
        screen.says("caption", "hier − plain")
        expect(screen.find("change-legend")).to_have_count(1)
        screen.choose("compare with", "")
        screen.find("legend").wait_for()
        screen.has_no("change-legend")
        expect(screen.find("caption")).not_to_contain_text("−")
        page.wait_for_function("!location.hash.includes('with')")


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
    def runs(cls, tmp_path_factory):
        folder = tmp_path_factory.mktemp("runs")
        tree = kh.Hierarchy.from_paths(
            [(f"group {i // 2}", f"class {i}") for i in range(6)]
        )
        twelve = list(learning(12))
        logs = {"once": twelve[-1:], "trained": twelve, "longer": twelve * 2}
        for run, matrices in logs.items():
            with kh.BlocksWriter(folder / run, tree) as log:
                for step, matrix in enumerate(matrices, start=1):
                    log.matrix(matrix, step)
        with kh.BlocksWriter(folder / "trained", tree, split="train") as log:
            for step in (6, 12):
                log.matrix(twelve[step - 1], step)
        with tensorboard(folder, tensorflow=False) as server:
            for run, matrices in logs.items():
                server.wait(f"{run}/validation", len(matrices))
            yield server

    def open(self, page, runs, run, against, **view):
        view |= {"run": f"{run}/validation", "with": f"{against}/validation"}
        return Screen(page, runs.url, **view).ready()

    def place(self, screen):
        label = "epoch compared with"
        return expect(screen.frame.get_by_label(label, exact=True).first)

    @pytest.mark.parametrize("shown", ["once", "trained"])
    def test_the_last_meets_the_last(self, page, runs, shown):
        steps = {"once": 1, "trained": 12}
        (other,) = steps.keys() - {shown}
        screen = self.open(page, runs, shown, other)
        screen.says(
            "caption",
            f"{other} epoch {steps[other]} − {shown} epoch {steps[shown]}",
            "0 of 6 cells beyond chance",
            "it takes 8 where there were none",
        )
        self.place(screen).to_have_value("last")
        expect(screen.find("figures").locator(".better, .worse")).to_have_count(
            0
        )
        assert "withStep" not in screen.link(f"with={other}")

    def test_a_single_epoch_stands_beside_the_one_it_is_compared_with(
        self, page, runs
    ):
        screen = self.open(page, runs, "once", "trained")
        table = screen.find("single").locator("tbody tr")
        expect(table.locator("th")).to_have_text(["once", "trained, epoch 12"])
        once, trained = (row.locator("td") for row in table.all())
        expect(trained).to_have_text(once.all_text_contents())

    def test_another_epoch_is_chosen_and_named(self, page, runs):
        screen = self.open(page, runs, "once", "trained")
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

    def test_where_they_do_they_go_along(self, page, runs):
        # Two splits of one training are, however often each was logged.
        view = {"run": "trained/validation", "with": "trained/train"}
        screen = Screen(page, runs.url, **view).ready()
        self.place(screen).to_have_value("same")
        screen.says("caption", "epoch 12 of both")
        screen.choose("epoch", "7")
        screen.says(
            "caption", "trained train epoch 6 − trained validation epoch 7"
        )

    def test_the_shown_epoch_goes_alone_where_they_do_not(self, page, runs):
        screen = self.open(page, runs, "trained", "longer")
        screen.says("caption", "longer epoch 24 − trained epoch 12")
        screen.choose("epoch", "3")
        screen.says("caption", "longer epoch 24 − trained epoch 3")
        screen.find("swap").click()
        screen.says("caption", "trained epoch 3 − longer epoch 24")
        screen.find("swap").click()
        screen.says("caption", "longer epoch 24 − trained epoch 3")


class TestMismatch:
    def test_classes_cannot_go_into_a_head_that_knows_groups(
        self, page, server
    ):
        screen = open_any(
            page, server, against=HIER, withOutput="conv4_groups30"
        )
        notice = screen.find("mismatch")
        notice.wait_for()
        assert re.search(
            r"conv4_groups30 tells \d+ groups apart, class 1,000 classes",
            notice.inner_text(),
        )
        # The other way round they do.
        notice.get_by_role("button").click()
        screen.says("caption", "plain class − hier conv4_groups30")
        screen.has_no("mismatch")
        matrix = matrix_of(server, HIER, output="conv4_groups30")
        errors = matrix.sum() - np.trace(matrix)
        screen.says("caption", f"hier conv4_groups30 {errors:,}")

    def test_says_that_no_class_is_shared(self, page, server):
        screen = open_any(page, server, against="hostile/validation")
        notice = screen.find("mismatch")
        notice.wait_for()
        text = notice.inner_text()
        assert (
            "They share no class: of 1,000 classes here and 6 classes" in text
        )
        assert screen.frame.evaluate("window.pwned") is None

    def test_a_run_that_is_gone_is_said_so(self, page, server):
        screen = open_any(page, server, against="gone/validation")
        screen.says("mismatch", "no run gone/validation")


class TestSideBySide:
    def open(self, page, server, **view):
        screen = open_screen(
            page, server, **{"as": "side"}, against=HIER, **view
        )
        screen.says("caption", "plain, hier")
        return screen

    def places(self, screen):
        """Pixels of the page where the two matrices begin, and their size."""
        titles = [t.bounding_box() for t in screen.find("twin-title").all()]
        map_box = screen.find("map").bounding_box()
        top = map_box["y"] + 99 + 18 - 36
        return [(box["x"], top) for box in titles], titles[0]["width"]

    def test_two_matrices_share_the_room_of_the_panel(self, page, server):
        screen = self.open(page, server, rows="n02084071")
        titles = screen.find("twin-title")
        expect(titles).to_contain_text(["dog: recall"] * 2)
        titles = screen.texts(titles)
        assert titles[0].startswith("plain")
        assert titles[1].startswith("hier")
        assert titles[0].split("recall")[1] != titles[1].split("recall")[1]
        screen.has_no("panel")
        ((left, top), (right, _)), size = self.places(screen)
        assert right > left + size
        box = screen.find("map").bounding_box()
        assert right + size <= box["x"] + box["width"]
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
            [[x - box["x"], top - box["y"], size] for x in (left, right)],
        )
        # Fewer errors, less ink; but of the same order.
        assert 0.5 * inks[0] < inks[1] < inks[0]

    def test_the_pointer_acts_on_both(self, page, server):
        screen = self.open(page, server, level=4)
        (_, (right, top)), size = self.places(screen)
        page.mouse.move(right + 0.2 * size, top + 0.2 * size)
        tooltip = screen.find("tooltip")
        expect(tooltip).to_contain_text("hier")
        assert tooltip.bounding_box()["x"] > right
        page.mouse.click(right + 0.2 * size, top + 0.7 * size)
        first, second = screen.texts(screen.find("twin-title"))
        assert first.split("\n")[0] == "plain"
        screen.link("rows=", "columns=")
        page.mouse.wheel(0, -600)
        screen.link("window=")
        assert second

    def test_a_link_brings_it_back(self, page, server):
        screen = self.open(page, server)
        url = screen.link("as=side", "with=")
        again = Screen(page, url).ready()
        again.find("twin-title").first.wait_for()


class TestMultiples:
    def test_shows_the_level_of_many_epochs(self, page, server, levels):
        screen = open_screen(page, server, level=levels[2]["groups"])
        screen.choose("compare with", "epochs")
        panels = screen.find("multiple")
        screen.frame.wait_for_function(
            "document.querySelectorAll('[data-testid=multiple] b').length"
            " === 24"
        )
        expect(panels).to_have_count(EPOCHS)
        for step, panel in enumerate(panels.all(), start=1):
            matrix = matrix_of(server, PLAIN, step)
            right = f"{100 * np.trace(matrix) / matrix.sum():.0f} %"
            expect(panel).to_have_text(
                re.compile(rf"^epoch {step}\b.*1,000 {right}", re.S),
                use_inner_text=True,
            )
        # By kappa: half of the pictures show one of two groups anyhow.
        points = server.get("curves", run=PLAIN, output="class")["epochs"]
        said = []
        for level in (0, 2, -1):
            kappa = [point["kappa"][level] for point in points]
            settled = next(
                epoch
                for epoch in range(1, EPOCHS + 1)
                if min(kappa[epoch - 1 :]) >= 0.9 * kappa[-1]
            )
            said.append(f"by {'' if said else 'epoch '}{settled}")
        title = screen.says("multiples-title", "beyond chance: 4 groups")
        assert re.findall(r"by (?:epoch )?\d+", title) == said
        screen.says("caption", "errors only")
        screen.choose("number of epochs", "6")
        screen.frame.wait_for_function(
            "document.querySelectorAll('[data-testid=multiple]').length === 6"
        )
        expect(panels.first).to_have_text(
            re.compile(r"^epoch 1\b"), use_inner_text=True
        )
        expect(panels.last).to_have_text(
            re.compile(rf"^epoch {EPOCHS}\b"), use_inner_text=True
        )
        screen.link("with=epochs", "many=6")

    def test_heads_are_whole_in_a_narrow_window(self, page, server, levels):
        page.set_viewport_size({"width": 1024, "height": 768})
        screen = open_screen(page, server, level=levels[2]["groups"])
        screen.choose("compare with", "epochs")
        screen.frame.wait_for_function(
            "document.querySelectorAll('[data-testid=multiple] b').length"
            " === 24"
        )
        cut = screen.frame.evaluate(
            "[...document.querySelectorAll('[data-testid=multiple] p')]"
            ".filter((head) => head.scrollWidth > head.clientWidth).length"
        )
        assert cut == 0

    def test_later_epochs_have_less_ink_off_the_diagonal(self, page, server):
        screen = open_any(page, server, against="epochs")
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
        assert inks[0] > 2 * inks[-1]

    def test_selects_in_all_and_opens_one(self, page, server, levels):
        level = levels[0]["groups"]
        screen = open_any(page, server, against="epochs", many=6, level=level)
        panel = screen.find("multiple").nth(1)
        box = panel.locator("canvas").bounding_box()
        page.mouse.move(box["x"] + 20, box["y"] + 20)
        screen.frame.wait_for_function(
            "document.querySelectorAll('[data-testid=multiple] .pointed')"
            ".length === 6"
        )
        panel.get_by_text("within").wait_for()
        page.mouse.click(box["x"] + 20, box["y"] + 20)
        screen.frame.wait_for_function(
            "document.querySelectorAll('[data-testid=multiple] rect.chosen')"
            ".length === 6"
        )
        panel.get_by_role("button").click()
        screen.find("map").wait_for()
        assert screen.epoch() in (0, 2)
        screen.link("step=2")
        page.wait_for_function("!location.hash.includes('with')")
        screen.wait_epoch(2)
