"""The strip: curves, threshold, play, runs that grow; and what goes wrong."""

import re
import urllib.parse

import numpy as np
import pytest
from accessibility import findings_in_both_themes
from comparing import PLAIN
from logged import EPOCHS, FEW, PAIRS, write_epochs
from playwright.sync_api import expect
from screen import Screen

import keras_hier as kh
from tests.support.serving import loaded, tensorboard


class TestThreshold:
    def says(self, screen, *words):
        """Waits until the track says this."""
        track = screen.find("strip").locator("g.thresholds")
        for each in words:
            expect(track).to_contain_text(each)

    def test_follows_keys_the_level_and_a_drag(self, screen, page, hierarchy):
        self.says(screen, "recall beyond chance ≥ 90 % from epoch")
        handle = screen.find("threshold")
        handle.focus()
        screen.page.keyboard.press("PageDown")
        screen.page.keyboard.press("ArrowDown")
        expect(handle).to_have_attribute("aria-valuetext", "84 %")
        names = set(hierarchy.levels()[0].names)
        self.says(screen, "recall beyond chance ≥ 84 % from epoch", *names)
        finer = set(hierarchy.levels()[1].names) - names
        levels = screen.find("levels").locator("button")
        levels.nth(1).click()
        self.says(screen, re.compile("|".join(finer)))
        # Too many for the line: the coarsest again.
        levels.nth(3).click()
        self.says(screen, "artifact")
        # It is dragged, too, and kept in the link.
        box = screen.find("threshold").bounding_box()
        x, y = box["x"] + 20, box["y"] + box["height"] / 2
        screen.page.mouse.move(x, y)
        screen.page.mouse.down()
        screen.page.mouse.move(x, y + 16, steps=4)
        screen.page.mouse.up()
        link = screen.link("threshold=")
        value = int(handle.get_attribute("aria-valuenow"))
        assert value < 84
        other = Screen(page, link).ready()
        self.says(other, f"recall beyond chance ≥ {value} % from")


def answered(*right):
    """A matrix of three groups of 50 samples, so many of them right."""
    matrix = np.zeros((6, 6), int)
    for group, count in enumerate(right):
        row = 2 * group
        matrix[row, row] = count
        matrix[row, (row + 2) % 6] = 50 - count
    return matrix


class TestWhatChanceMoves:
    """No epoch is named where the ones before are lower by chance."""

    @pytest.fixture(scope="class")
    @classmethod
    def url(cls, tmp_path_factory):
        folder = tmp_path_factory.mktemp("moves")
        logs = {
            "rises": [answered(44, 10, 49), answered(48, 49, 44)],
            "still": [answered(44, 44, 44), answered(49, 49, 49)],
        }
        for run, matrices in logs.items():
            write_epochs(folder / run, PAIRS, *matrices)
        # Epochs of three groups, then one of two.
        other = kh.Hierarchy.from_paths(
            [(f"group {i // 3}", name) for i, name in enumerate(PAIRS.classes)]
        )
        write_epochs(folder / "changes", PAIRS, FEW, FEW)
        with kh.BlocksWriter(folder / "changes", other, resume=True) as log:
            log.matrix(FEW, 3)
        with loaded(folder) as server:
            yield server.plugin_url

    def test_only_a_group_that_was_surely_lower_has_an_epoch(self, page, url):
        screen = Screen(page, url, run="rises/validation").ready()
        track = screen.find("strip").locator("g.thresholds")
        # Group 0: 54 of 150 are named so, and (48 / 50 - 0.36) / 0.64 = 94 %.
        expect(track.locator("text")).to_have_text(
            [
                "recall beyond chance ≥ 90 % from epoch",
                "2  group 1",
                "in the end ≥ 90 %  group 0 94 %",
                "below 90 %  group 2 83 %",
            ]
        )
        expect(track.locator("path:not(.level)")).to_have_count(1)
        screen = Screen(page, url, run="changes/validation").ready()
        marks = screen.find("tree-changes").locator("text")
        expect(marks).to_have_text(["new tree"])


def test_a_level_says_what_chance_would_give_at_the_epoch(page, server):
    view = {"run": PLAIN, "step": 2}
    screen = Screen(page, server.plugin_url, **view).ready()
    end = screen.find("strip").locator(".ends g", has_text="4 groups")
    said = re.compile(r"4 groups, epoch 2: [\d.]+ %, by chance [\d.]+ %")
    expect(end.locator("title")).to_have_text(said, use_inner_text=False)
    # The pointer finds it there.
    end.hover(trial=True)


def test_splits_training_stands_beside_validation(screen):
    screen.frame.wait_for_selector("g.lines.train path.curve")
    lines = screen.find("strip").locator("g.lines")
    expect(lines).to_have_count(2)
    paler = screen.frame.locator("g.lines.train")
    expect(paler).to_have_css("opacity", "0.4")
    expect(paler.locator("path")).to_have_count(4)
    # The selection has both splits, too.
    screen.find("tree-actual").get_by_text("bird", exact=True).click()
    screen.frame.wait_for_selector("g.lines.train path.recall")
    for kind in ("recall", "precision"):
        curves = screen.frame.locator(f"path.curve.{kind}")
        expect(curves).to_have_count(2)
    ends = screen.find("strip").locator("g.ends")
    expect(ends).to_contain_text("bird recall")
    expect(ends).to_contain_text("bird precision")
    # On request there is one alone.
    key = screen.find("other-split")
    expect(key).to_have_text("train")
    key.click()
    expect(paler.locator("path.curve")).to_have_count(0)
    expect(key).to_have_attribute("aria-pressed", "false")
    screen.link("curves=one")


def test_the_speed_is_in_the_link_and_play_shows_every_epoch(screen):
    screen.choose("speed", "8")
    screen.link("speed=8")
    # Page keys go ten epochs on the slider.
    screen.find("slider").focus()
    screen.page.keyboard.press("PageUp")
    screen.wait_epoch(EPOCHS)
    screen.page.keyboard.press("PageDown")
    screen.wait_epoch(1)
    screen.frame.evaluate("performance.clearMeasures()")
    screen.press(" ")
    screen.wait_epoch(EPOCHS)
    drawn = screen.frame.evaluate(
        "performance.getEntriesByName('blocks:matrix')"
        ".map((entry) => entry.detail.step)"
    )
    assert drawn == list(range(2, EPOCHS + 1))


@pytest.fixture
def running(tmp_path):
    """A running training: its writer, and the TensorBoard that reads it."""
    with (
        kh.BlocksWriter(tmp_path / "run", PAIRS) as log,
        tensorboard(
            tmp_path, "--reload_interval", "1", tensorflow=False
        ) as server,
    ):
        yield log, server


def grow(log, screen, step):
    """Logs one more epoch, and waits until the page knows it."""
    log.matrix(FEW * step, step)
    log.flush()
    screen.frame.wait_for_selector(
        f'[data-testid="slider"][aria-valuemax="{step}"]'
    )


class TestRunningRun:
    def test_new_epochs_appear_by_themselves(self, tab, running):
        log, server = running
        screen = Screen(tab, server.url)
        screen.says(
            "empty", "kh.ConfusionMatrix(hierarchy)", "kh.BlocksCallback"
        )
        assert findings_in_both_themes(screen) == []
        for step in (1, 2):
            log.matrix(FEW * step, step)
        log.flush()
        # Nobody touches anything.
        screen.ready()
        screen.wait_epoch(2)
        screen.press("Home")
        screen.wait_epoch(1)
        log.matrix(FEW, 3)
        log.flush()
        server.wait("run/validation", 3)
        tab.locator("app-header-reload button").click()
        screen.says("epoch", "of 3")
        assert screen.epoch() == 1
        screen.press("End")
        screen.wait_epoch(3)

    def test_the_last_epoch_is_followed_until_one_is_chosen(
        self, hurried, running
    ):
        log, server = running
        log.matrix(FEW, 1)
        log.flush()
        server.wait("run/validation", 1)
        screen = Screen(hurried, server.plugin_url).ready()
        epoch = screen.frame.get_by_label("epoch", exact=True).first
        screen.link("run=run", without="step")
        grow(log, screen, 2)
        screen.wait_epoch(2)
        screen.says("epoch", "Epoch 2 of 2")
        expect(epoch.locator("option")).to_have_text(["last (2)", "1", "2"])
        # The link that the page wrote means the last one, too.
        screen = Screen(hurried, screen.link("run=run")).ready()
        assert "step" not in hurried.url
        grow(log, screen, 3)
        screen.wait_epoch(3)
        # Who steps away stays; who comes back to the end goes on with it.
        screen.press("ArrowLeft")
        screen.wait_epoch(2)
        screen.link("step=2")
        grow(log, screen, 4)
        screen.says("epoch", "Epoch 2 of 4")
        screen.press("ArrowRight", "ArrowRight")
        screen.wait_epoch(4)
        # An epoch that is chosen by its number stays, be it the last.
        screen.choose("epoch", "4")
        screen.link("step=4")
        grow(log, screen, 5)
        screen.says("epoch", "Epoch 4 of 5")
        epoch.select_option(label="last (5)")
        grow(log, screen, 6)
        screen.wait_epoch(6)


def test_a_server_that_goes_is_missed_and_greeted_when_it_is_back(
    hurried, tmp_path
):
    write_epochs(tmp_path / "run", PAIRS, FEW, FEW)
    with loaded(tmp_path) as server:
        port = urllib.parse.urlsplit(server.url).port
        screen = Screen(hurried, server.plugin_url).ready()
    screen.says("problem", "TensorBoard does not answer")
    # The last matrix stays.
    screen.says("caption", "errors in")
    with kh.BlocksWriter(tmp_path / "run", PAIRS) as log:
        log.matrix(FEW, 3)
    with tensorboard(tmp_path, "--port", str(port), tensorflow=False) as server:
        server.wait("run/validation", 3)
        screen.find("problem").wait_for(state="detached")
        screen.wait_epoch(3)


def test_a_slow_matrix_is_announced_and_a_missed_one_asked_for_again(
    tab, server
):
    held = []
    tab.route("**/blocks/matrix?**", lambda route: held.append(route))
    screen = Screen(tab, server.plugin_url, run=PLAIN)
    screen.says("notice", "Loading epoch 8 of plain/validation")
    for route in held:
        route.abort()
    screen.find("problem").wait_for()
    tab.unroute("**/blocks/matrix?**")
    screen.find("problem").get_by_role("button").click()
    screen.ready()
    screen.has_no("notice")
    assert screen.epoch() == EPOCHS
