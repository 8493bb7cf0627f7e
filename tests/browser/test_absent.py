"""Runs, outputs and epochs that are asked for and not in the log."""

import shutil

from logged import FEW, PAIRS
from playwright.sync_api import expect
from screen import Screen

import keras_hier as kh
from tests.support.serving import loaded

RELOAD = ("--reload_interval", "1")


def write(folder, steps=(1, 2, 3), **how):
    with kh.BlocksWriter(folder, PAIRS, **how) as log:
        for step in steps:
            log.matrix(FEW * step, step)


def test_a_deleted_run_stays_on_screen_and_is_said_so(hurried, tmp_path):
    write(tmp_path / "one")
    write(tmp_path / "two")
    # The other tests have the fast loader.
    with loaded(tmp_path, "--load_fast=false", *RELOAD) as server:
        screen = Screen(
            hurried, server.plugin_url, run="one/validation"
        ).ready()
        screen.press("ArrowLeft")
        screen.wait_epoch(2)
        screen.has_no("absent")
        shutil.rmtree(tmp_path / "one")
        said = screen.says("absent", "one/validation", "no longer in this")
        assert "deleted or moved" in said
        assert "Shown is what was loaded before" in said
        # The matrix, its epochs and the link to them stay.
        assert screen.epoch() == 2
        screen.press("ArrowRight")
        screen.wait_epoch(3)
        screen.link("run=one", without="step")
        # The notice covers what lies above the matrix until it is read.
        screen.find("absent").get_by_text("Close").click()
        screen.find("absent").wait_for(state="detached")
        screen.says("topbar", "missing: one/validation")
        runs = screen.frame.get_by_label("run", exact=True).first
        expect(runs.locator("option")).to_have_text(["two"])
        screen.choose("run", "two")
        screen.wait_epoch(3)
        assert "step" not in screen.link("run=two")
        expect(screen.find("topbar")).not_to_contain_text("missing")


def test_a_deleted_run_may_come_back_or_be_exchanged(
    hurried, tmp_path, tmp_path_factory
):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    write(tmp_path / "one")
    with loaded(tmp_path, *RELOAD) as server:
        screen = Screen(hurried, server.plugin_url).ready()
        shutil.rmtree(tmp_path / "one")
        # The only run of a log cannot be exchanged.
        screen.says("absent", "one/validation is no longer in this log")
        assert screen.epoch() == 3
        buttons = screen.find("absent").locator("button")
        expect(buttons).to_have_text(["Close"])
        screen.has_no("empty")
        write(elsewhere / "one", (1, 2, 3, 4))
        shutil.move(elsewhere / "one", tmp_path)
        screen.find("absent").wait_for(state="detached")
        # Nobody has chosen an epoch: it is the last one.
        screen.wait_epoch(4)
        write(tmp_path / "two")
        server.wait("two/validation", 3)
        shutil.rmtree(tmp_path / "one")
        screen.find("absent").get_by_text("Show two/validation").click()
        screen.wait_epoch(3)
        screen.find("absent").wait_for(state="detached")


def test_what_a_link_asks_for_and_is_not_there(hurried, tmp_path):
    write(tmp_path / "one")
    write(tmp_path / "short", (1,))
    with loaded(tmp_path, *RELOAD) as server:
        view = {"run": "gone/validation", "step": 2}
        screen = Screen(hurried, server.plugin_url, **view)
        said = screen.says("absent", "gone/validation is not in this log")
        assert "Nothing is shown until it comes" in said
        # No numbers of another run under the name of this one.
        screen.find("panel").wait_for(state="attached")
        screen.reads("panel", "")
        label = screen.find("matrix").get_attribute("aria-label")
        assert "samples" not in (label or "")
        screen.find("absent").get_by_text("Show one/validation").click()
        screen.ready()
        screen.wait_epoch(2)
        screen.has_no("absent")
        screen = Screen(hurried, server.plugin_url, **view)
        screen.find("absent").wait_for()
        write(tmp_path / "gone")
        screen.ready()
        screen.wait_epoch(2)
        screen.find("absent").wait_for(state="detached")
        # An output and an epoch.
        view = {"run": "one/validation", "output": "conv2", "step": 9}
        screen = Screen(hurried, server.plugin_url, **view).ready()
        words = "one/validation has no output conv2, epoch 9."
        said = screen.says("absent", words)
        assert "Shown is class, epoch 3." in said
        # The notice is about this epoch and no other.
        screen.press("ArrowLeft")
        screen.wait_epoch(2)
        screen.find("absent").wait_for(state="detached")
        screen.press("ArrowRight")
        screen.find("absent").get_by_text("Close").click()
        screen.find("absent").wait_for(state="detached")
        # A shorter run is no news.
        screen.choose("run", "short")
        screen.wait_epoch(1)
        screen.has_no("absent")
        screen.choose("run", "one")
        screen.wait_epoch(3)
        # A new attempt of the run has no epoch 3 yet.
        write(tmp_path / "one", (1,), resume=True)
        screen.says("absent", "has no epoch 3. Shown is class, epoch 1.")
        screen.wait_epoch(1)
