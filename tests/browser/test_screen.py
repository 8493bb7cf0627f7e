import contextlib

import numpy as np
import pytest
from logged import EPOCHS, FEW, HOSTILE, PREDICTIONS
from playwright.sync_api import TimeoutError as PlaywrightTimeoutError
from playwright.sync_api import expect
from screen import Screen

import keras_hier as kh
from tests.support.serving import chromium, tensorboard


def density(ink, hierarchy):
    """Share of marked pixels in the blocks of the first level and outside."""
    side = len(ink)
    inside = np.zeros((side, side), bool)
    for node in hierarchy.children(0):
        start = round(hierarchy.start[node] * side / hierarchy.num_classes)
        stop = round(hierarchy.stop[node] * side / hierarchy.num_classes)
        inside[start:stop, start:stop] = True
    return ink[inside].mean(), ink[~inside].mean()


class TestMatrix:
    def test_is_drawn_in_the_order_of_the_tree(self, screen, hierarchy):
        inside, outside = density(screen.ink(), hierarchy)
        assert inside > 0.02
        # In label order the two would be alike.
        assert inside > 3 * outside

    def test_says_what_it_shows(self, screen, answers):
        errors = int((answers.labels != answers.predictions).sum())
        screen.says(
            "caption",
            "50,000 samples",
            f"{errors:,} errors",
            f"epoch {EPOCHS} of {EPOCHS}",
        )

    def test_marks_are_where_the_errors_are(self, screen, answers, hierarchy):
        ink = screen.ink()
        wrong = answers.labels != answers.predictions
        rows = hierarchy.rank[answers.labels[wrong]]
        columns = hierarchy.rank[answers.predictions[wrong]]
        side = len(ink)
        y = ((rows + 0.5) * side / 1000).astype(int)
        x = ((columns + 0.5) * side / 1000).astype(int)
        # A mark may lie under an outline, so nearly all.
        assert ink[y, x].mean() > 0.97

    def test_all_answers_show_the_diagonal(self, screen):
        before = np.diagonal(screen.ink()).mean()
        screen.choose("show", "all")
        screen.frame.wait_for_function(
            "!document.querySelector('[data-testid=caption]')"
            ".textContent.includes('diagonal hidden')"
        )
        # Errors with neighbours cover much of it already.
        after = np.diagonal(screen.ink()).mean()
        assert after > 0.95
        assert after > before

    def test_a_level_makes_fewer_and_larger_cells(self, screen):
        buttons = screen.find("levels").get_by_role("button")
        levels = screen.texts(buttons)
        assert (levels[0], levels[-1]) == ("4", "1,000")
        fine = screen.ink().mean()
        buttons.first.click()
        screen.says("caption", "4 groups")
        assert screen.ink().mean() > 2 * fine


class TestEpochs:
    def test_arrow_keys_home_and_end(self, screen):
        last = screen.ink()
        screen.press("ArrowLeft")
        screen.wait_epoch(EPOCHS - 1)
        assert (screen.ink() != last).any()
        screen.press("Home")
        screen.wait_epoch(1)
        # Early errors are anywhere: far more cells have one.
        assert screen.ink().mean() > 1.5 * last.mean()
        screen.press("ArrowRight")
        screen.wait_epoch(2)
        screen.press("End")
        screen.wait_epoch(EPOCHS)
        np.testing.assert_array_equal(screen.ink(), last)

    def test_the_slider(self, screen):
        slider = screen.find("slider")
        expect(slider).to_have_attribute("aria-valuenow", str(EPOCHS))
        box = slider.bounding_box()
        slider.click(position={"x": 3, "y": box["height"] / 2})
        screen.wait_epoch(1)
        screen.says("epoch", f"Epoch 1 of {EPOCHS}")
        screen.page.mouse.move(box["x"] + 9, box["y"] + 20)
        screen.page.mouse.down()
        screen.page.mouse.move(box["x"] + box["width"] - 3, box["y"] + 20)
        screen.page.mouse.up()
        screen.wait_epoch(EPOCHS)

    def test_play_goes_on_by_itself_and_stops_at_the_end(self, screen):
        screen.choose("speed", "4")
        screen.frame.evaluate(
            """() => {
              const label = document.querySelector("[data-testid=epoch]");
              window.seen = [];
              new MutationObserver(() => window.seen.push(label.innerText))
                .observe(label, { subtree: true, characterData: true });
            }"""
        )
        screen.find("play").click()  # at the end: it starts over
        screen.frame.wait_for_selector(
            '[data-testid="play"][aria-label="Pause"]'
        )
        screen.frame.wait_for_selector(
            '[data-testid="play"][aria-label="Play"]'
        )
        seen = screen.frame.evaluate("window.seen")
        assert seen == [f"Epoch {e} of {EPOCHS}" for e in range(1, EPOCHS + 1)]
        assert screen.epoch() == EPOCHS

    def test_the_space_bar_pauses(self, screen):
        screen.press("Home")
        screen.wait_epoch(1)
        screen.press(" ")
        screen.frame.wait_for_function(
            "!document.querySelector('[data-testid=epoch]')"
            ".textContent.includes('Epoch 1 ')"
        )
        screen.press(" ")
        play = screen.find("play")
        expect(play).to_have_attribute("aria-label", "Play")
        now = screen.epoch()
        # Longer than an epoch takes: what is paused cannot be waited for.
        screen.page.wait_for_timeout(1000)
        assert screen.epoch() == now
        expect(play).to_have_attribute("aria-label", "Play")


class TestCurves:
    def test_every_level_ends_at_its_accuracy(self, screen, answers, hierarchy):
        screen.frame.wait_for_selector('[data-testid="strip"] path.curve')
        matrix = kh.scores.confusion_matrix(*answers, 1000)
        strip = screen.find("strip").locator("svg.track").text_content()
        first, *_, last = hierarchy.levels()
        for level in (first, last):
            share = kh.scores.group_accuracy(matrix, level)
            assert f"{100 * share:.1f}" in strip


class TestPickers:
    def test_runs_splits_and_outputs(self, screen):
        runs = screen.frame.get_by_label("run", exact=True).first
        expect(runs.locator("option")).to_have_text(
            ["damaged", "hier", "hostile", "plain", "choose…"]
        )
        assert sorted(screen.options("split")) == ["train", "validation"]
        assert screen.options("output") == ["class"]
        before = screen.ink()
        screen.choose("split", "plain/train")
        screen.frame.wait_for_selector('[aria-label*="300,000 samples"]')
        assert (screen.ink() != before).any()
        screen.says("caption", "counted while training")

    def test_a_head_shows_its_groups(self, screen):
        screen.choose("split", "plain/validation")
        screen.choose("run", "hier")
        screen.choose("output", "conv4_groups30")
        screen.frame.wait_for_function(
            "[...document.querySelectorAll('[data-testid=levels] button')]"
            ".at(-1).textContent !== '1,000'"
        )
        levels = screen.texts(screen.find("levels").get_by_role("button"))
        assert 30 <= int(levels[-1]) < 40
        assert screen.ink().any()

    def test_another_run_keeps_the_epoch(self, screen):
        screen.press("Home", "ArrowRight")
        screen.wait_epoch(2)
        screen.choose("run", "hier")
        screen.frame.wait_for_function(
            "document.querySelector('[aria-label=run]').value === 'hier'"
        )
        screen.wait_epoch(2)


@pytest.mark.usefixtures("moving")
class TestPointer:
    def test_a_cell_is_explained(self, screen, answers, hierarchy):
        wrong = answers.labels != answers.predictions
        pairs = answers.labels[wrong] * 1000 + answers.predictions[wrong]
        worst = np.bincount(pairs).argmax()
        count = int(np.bincount(pairs).max())
        true, named = divmod(int(worst), 1000)
        screen.page.mouse.move(
            *screen.point(
                (hierarchy.rank[named] + 0.5) / 1000,
                (hierarchy.rank[true] + 0.5) / 1000,
            )
        )
        names = hierarchy.names[true], hierarchy.names[named]
        screen.says("tooltip", *names, str(count))

    def test_the_wheel_zooms_about_the_pointer_and_escape_goes_back(
        self, screen
    ):
        before, shown = screen.ink(), screen.image()
        screen.page.mouse.move(*screen.point(0.3, 0.3))
        for _ in range(6):
            screen.page.mouse.wheel(0, -240)
            screen.draw()
        screen.frame.wait_for_function(
            "!document.querySelector('[data-testid=caption]')"
            ".textContent.includes('50,000 samples')"
        )
        assert screen.image() != shown
        screen.press("0")
        screen.says("caption", "50,000 samples")
        screen.settle()
        np.testing.assert_array_equal(screen.ink(), before)

    def test_a_click_selects_everywhere(self, screen, hierarchy):
        mammal = screen.find("tree-actual").get_by_text("mammal", exact=True)
        mammal.click()
        screen.says("panel", "mammal")
        node = hierarchy.find("mammal")
        size = int(hierarchy.stop[node] - hierarchy.start[node])
        screen.says("panel", f"{size} classes")
        screen.press("Enter")
        assert screen.says("caption", "mammal:").startswith("mammal:")
        screen.press("Escape")
        screen.says("caption", "50,000 samples")


@pytest.mark.usefixtures("moving")
class TestLink:
    def test_restores_the_state_in_a_fresh_page(self, screen, new_page):
        screen.choose("run", "hier")
        screen.press("Home", "ArrowRight", "ArrowRight")
        screen.wait_epoch(3)
        screen.find("levels").get_by_role("button").nth(1).click()
        screen.find("tree-actual").get_by_text("bird", exact=True).click()
        screen.choose("value", "share")
        link = screen.link("run=hier", "step=3", "rows=", "value=share")
        assert "#blocks" in link
        screen.page.mouse.move(5, 5)
        caption, ink = screen.text("caption"), screen.ink()
        other = Screen(new_page(), link).ready()
        other.wait_epoch(3)
        other.reads("caption", caption)
        assert other.options("run")
        other.says("panel", "bird")
        value = other.frame.get_by_label("value", exact=True).first
        expect(value).to_have_value("share")
        other.page.mouse.move(5, 5)
        other.settle()
        np.testing.assert_array_equal(other.ink(), ink)


def test_nonsense_in_a_link_is_no_obstacle(tab, server):
    # The output is asked for before it is known that there is none.
    view = {
        "run": "plain/validation",
        "output": "<script>",
        "step": "-7",
        "level": "1e99",
        "rows": "x" * 500,
        "window": "NaN 3 -2",
    }
    screen = Screen(tab, server.url, **view).ready()
    screen.says("caption", "samples")
    screen.says("absent", "has no output <script>, epoch -7.")


class TestTheme:
    def test_follows_tensorboard(self, screen):
        light = screen.background()
        screen.page.evaluate("document.body.classList.add('dark-mode')")
        screen.frame.wait_for_function(
            "document.documentElement.style.colorScheme === 'dark'"
        )
        assert screen.background() != light
        assert screen.ink().any()
        screen.page.evaluate("document.body.classList.remove('dark-mode')")
        screen.frame.wait_for_function(
            "document.documentElement.style.colorScheme === 'light'"
        )
        assert screen.background() == light


@pytest.mark.usefixtures("moving")
class TestHostileNames:
    def test_stay_text(self, page, server):
        screen = Screen(page, server.url, run="hostile/validation").ready()
        screen.says("panel", HOSTILE[0][:4])
        for row in range(6):
            for column in range(6):
                page.mouse.move(
                    *screen.point((column + 0.5) / 6, (row + 0.5) / 6)
                )
            page.mouse.click(*screen.point((row + 0.5) / 6, (row + 0.5) / 6))
        screen.press("Enter")
        screen.settle()
        assert screen.frame.evaluate("window.pwned") is None
        assert page.evaluate("window.pwned") is None
        for tag in ("img", "b", "script[src='']"):
            expect(screen.frame.locator(f"body {tag}")).to_have_count(0)


class TestDamagedEpoch:
    def test_is_said_and_the_others_are_shown(self, page, server):
        screen = Screen(page, server.url, run="damaged/validation").ready()
        screen.wait_epoch(3)
        ink = screen.ink()
        assert ink.any()
        screen.press("ArrowLeft")
        screen.says("notice", "Epoch 2 cannot be shown", "truncated")
        screen.press("ArrowLeft")
        screen.wait_epoch(1)
        screen.has_no("notice")
        np.testing.assert_array_equal(screen.ink(), ink)


@pytest.mark.usefixtures("moving")
class TestTrees:
    def test_a_single_class_is_named_in_the_gutter_alone(self, page, server):
        screen = Screen(page, server.url, run="damaged/validation").ready()
        items = screen.find("tree-actual").get_by_role("treeitem")
        names = [i.get_attribute("aria-label") for i in items.all()]
        assert sorted(n.split(",")[0] for n in names) == [
            "group 0",
            "group 1",
            "group 2",
        ]
        screen.says("gutter", "class 5")


class TestReload:
    def test_new_epochs_appear_and_the_epoch_stays(self, tab, tmp_path):
        tree = kh.Hierarchy.from_paths(
            [(f"group {i // 2}", f"class {i}") for i in range(6)]
        )
        with (
            kh.BlocksWriter(tmp_path / "run", tree) as log,
            tensorboard(
                tmp_path, "--reload_interval", "1", tensorflow=False
            ) as server,
        ):
            screen = Screen(tab, server.url)
            screen.says("empty", "No block matrices here yet")
            for step in (1, 2):
                log.matrix(FEW * step, step)
            log.flush()
            server.wait("run/validation", 2)
            # On a busy machine the page has looked by itself meanwhile.
            with contextlib.suppress(PlaywrightTimeoutError):
                screen.frame.get_by_text("Look now").click(timeout=5000)
            screen.ready()
            screen.press("Home")
            screen.wait_epoch(1)
            log.matrix(FEW, 3)
            log.flush()
            server.wait("run/validation", 3)
            tab.locator("app-header-reload button").click()
            screen.says("epoch", "of 3")
            assert screen.epoch() == 1


class TestLabels:
    @pytest.mark.parametrize(
        "size", [(1440, 900), (1024, 768), (1920, 1080)], ids=str
    )
    def test_none_overlaps_another(self, page, server, size):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        screen = Screen(page, server.url, run="plain/validation").ready()
        screen.find("strip").locator("path.curve").first.wait_for()
        screen.settle()
        overlaps = screen.frame.evaluate(
            """() => {
              const boxes = [...document.querySelectorAll(
                  "svg.labels text, svg.track text")]
                .map((text) => [text.textContent, text.getBoundingClientRect()])
                .filter(([text, box]) => text.trim() && box.width > 0);
              const found = [];
              for (let i = 0; i < boxes.length; i++) {
                for (let j = 0; j < i; j++) {
                  const [one, a] = boxes[i], [other, b] = boxes[j];
                  const across = Math.min(a.right, b.right)
                    - Math.max(a.left, b.left);
                  // The box of a line of text is taller than its letters.
                  const down = Math.min(a.bottom, b.bottom)
                    - Math.max(a.top, b.top);
                  if (across > 1 && down > 4) found.push([one, other]);
                }
              }
              return found;
            }"""
        )
        assert overlaps == []


def test_the_data_are_the_real_ones_where_they_lie_beside(answers):
    if PREDICTIONS.exists():
        right = (answers.labels == answers.predictions).mean()
        assert right == pytest.approx(0.727, abs=1e-3)
    assert len(answers.labels) == 50_000


def test_a_missing_browser_fails_with_one_sentence(monkeypatch):
    monkeypatch.setenv("CHROMIUM", "/nowhere/chromium")
    with pytest.raises(FileNotFoundError, match="apt-get install chromium"):
        chromium().__enter__()
