"""The matrix, its epochs, the pointer on it and its link."""

import re

import numpy as np
import pytest
from accessibility import SMALL, darken
from logged import EPOCHS
from playwright.sync_api import expect
from screen import Screen, touching

from tests.support.serving import chromium


class TestMatrix:
    def test_marks_are_where_the_errors_are(self, screen, answers, hierarchy):
        errors = int((answers.labels != answers.predictions).sum())
        screen.says("caption", f"{errors:,} errors")
        screen.notes(f"epoch {EPOCHS} of {EPOCHS}")
        ink = screen.ink()
        assert ink.mean() < 0.5
        wrong = answers.labels != answers.predictions
        rows = hierarchy.rank[answers.labels[wrong]]
        columns = hierarchy.rank[answers.predictions[wrong]]
        side = len(ink)
        y = ((rows + 0.5) * side / 1000).astype(int)
        x = ((columns + 0.5) * side / 1000).astype(int)
        # A mark may lie under an outline, so nearly all.
        assert ink[y, x].mean() > 0.97

    def test_all_answers_show_the_diagonal_and_levels_larger_cells(
        self, screen
    ):
        before = screen.ink()
        screen.choose("show", "all")
        expect(screen.find("caption")).not_to_contain_text("diagonal hidden")
        # Errors with neighbours cover much of it already.
        after = np.diagonal(screen.ink()).mean()
        assert after > max(0.95, np.diagonal(before).mean())
        screen.choose("show", "errors")
        buttons = screen.find("levels").get_by_role("button")
        expect(buttons.last).to_have_text("1,000")
        buttons.first.click()
        screen.says("caption", "4 groups")
        assert screen.ink().mean() > 2 * before.mean()


class TestEpochs:
    def test_arrow_keys_home_end_and_the_slider(self, screen):
        last = screen.ink()
        screen.press("ArrowLeft")
        screen.wait_epoch(EPOCHS - 1)
        screen.wait_other_ink(last)
        screen.press("Home")
        screen.wait_epoch(1)
        # Early errors are anywhere: far more cells have one.
        assert screen.ink().mean() > 1.5 * last.mean()
        screen.press("ArrowRight")
        screen.wait_epoch(2)
        screen.press("End")
        screen.wait_epoch(EPOCHS)
        np.testing.assert_array_equal(screen.ink(), last)
        slider = screen.find("slider")
        expect(slider).to_have_attribute("aria-valuenow", str(EPOCHS))
        box = slider.bounding_box()
        slider.click(position={"x": 3, "y": box["height"] / 2})
        screen.wait_epoch(1)
        screen.says("epoch", f"Epoch 1 of {EPOCHS}")
        end = {"x": box["width"] - 3, "y": 20}
        slider.drag_to(
            slider, source_position={"x": 9, "y": 20}, target_position=end
        )
        screen.wait_epoch(EPOCHS)

    def test_play_starts_over_pauses_and_stops_at_the_end(self, screen):
        play = screen.find("play")
        screen.press("Home")
        screen.wait_epoch(1)
        play.click()
        expect(play).to_have_attribute("aria-label", "Pause")
        screen.press(" ")
        expect(play).to_have_attribute("aria-label", "Play")
        assert screen.epoch() < EPOCHS
        screen.press("End")
        screen.wait_epoch(EPOCHS)
        screen.choose("speed", "8")
        screen.frame.evaluate(
            """() => {
              const label = document.querySelector("[data-testid=epoch]");
              window.seen = [];
              new MutationObserver(() => window.seen.push(label.innerText))
                .observe(label, { subtree: true, characterData: true });
            }"""
        )
        play.click()  # at the end: it starts over
        expect(play).to_have_attribute("aria-label", "Pause")
        expect(play).to_have_attribute("aria-label", "Play")
        seen = screen.frame.evaluate("window.seen")
        assert seen == [f"Epoch {e} of {EPOCHS}" for e in range(1, EPOCHS + 1)]
        assert screen.epoch() == EPOCHS


def test_runs_splits_and_outputs_are_chosen(screen):
    runs = screen.frame.get_by_label("run", exact=True).first
    expect(runs.locator("option")).to_have_text(
        ["damaged", "hier", "hostile", "plain", "choose…"]
    )
    expect(screen.options("split")).to_have_count(2)
    # There is one output, and so no choice.
    screen.find("topbar").wait_for()
    expect(screen.choice("output")).to_have_count(0)
    before = screen.ink()
    screen.choose("split", "plain/train")
    screen.says("caption", "errors in", "counted while training")
    screen.wait_other_ink(before)
    screen.choose("split", "plain/validation")
    screen.press("Home", "ArrowRight")
    screen.wait_epoch(2)
    # Another run keeps the epoch, and a head shows its groups.
    screen.choose("run", "hier")
    expect(runs).to_have_value("hier")
    screen.wait_epoch(2)
    screen.choose("output", "conv4_groups30")
    levels = screen.find("levels").get_by_role("button")
    expect(levels.last).to_have_text(re.compile(r"^3\d$"))
    assert screen.ink().any()


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

    def test_the_tooltip_stays_behind_the_pointer(self, screen):
        mouse = screen.page.mouse
        x, y = screen.point(0.45, 0.45)
        mouse.move(x, y)
        for by, is_ahead in ((60, False), (-60, True)):
            mouse.move(x + by, y + by, steps=12)
            screen.says("tooltip", "common group")
            screen.draw()
            box = screen.find("tooltip").bounding_box()
            at = (x + by, y + by)
            for side, (start, size) in enumerate(
                (("x", "width"), ("y", "height"))
            ):
                assert (box[start] > at[side]) == is_ahead
                assert (box[start] + box[size] > at[side]) == is_ahead

    def test_the_wheel_zooms_about_the_pointer_and_back(self, screen):
        before, shown = screen.ink(), screen.image()
        screen.page.mouse.move(*screen.point(0.3, 0.3))
        for _ in range(6):
            screen.page.mouse.wheel(0, -240)
            screen.draw()
        expect(screen.find("caption")).not_to_contain_text(" cells")
        assert screen.image() != shown
        screen.press("0")
        screen.notes("50,000 samples")
        screen.settle()
        np.testing.assert_array_equal(screen.ink(), before)


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
    screen = Screen(tab, server.plugin_url, **view).ready()
    screen.says("caption", "errors in")
    screen.says("absent", "has no output <script>, epoch -7.")


def test_the_theme_follows_tensorboard(framed):
    light = framed.background()
    darken(framed)
    assert framed.background() != light
    assert framed.ink().any()
    framed.page.evaluate("document.body.classList.remove('dark-mode')")
    framed.frame.wait_for_function(
        "document.documentElement.style.colorScheme === 'light'"
    )
    assert framed.background() == light


def test_a_damaged_epoch_is_said_and_the_others_are_shown(page, server):
    screen = Screen(page, server.plugin_url, run="damaged/validation", step=2)
    screen.says("notice", "Epoch 2 cannot be shown", "truncated")
    # A link to it shows its trees.
    screen.find("gutter").get_by_text("class 5").wait_for()
    screen.says("map", "group 1")
    screen.find("notice").get_by_role("button").click()
    screen.wait_epoch(3)
    ink = screen.ink()
    assert ink.any()
    screen.press("ArrowLeft", "ArrowLeft")
    screen.wait_epoch(1)
    screen.has_no("notice")
    np.testing.assert_array_equal(screen.ink(), ink)


def test_no_label_overlaps_another(page, server):
    page.set_viewport_size(SMALL)
    screen = Screen(page, server.plugin_url, run="plain/validation").ready()
    screen.find("strip").locator("path.curve").first.wait_for()
    screen.settle()
    assert touching(screen, "svg.labels text, svg.track text") == []


def test_a_missing_browser_fails_with_one_sentence(monkeypatch):
    monkeypatch.setenv("CHROMIUM", "/nowhere/chromium")
    with pytest.raises(FileNotFoundError, match="apt-get install chromium"):
        chromium().__enter__()
