"""What is asked for and not in the log: said, and nothing in its place."""

import shutil

import pytest
from logged import FEW
from playwright.sync_api import expect
from screen import Screen

import keras_hier as kh
from tests.support.serving import tensorboard

LOADERS = {"rust": "--load_fast=true", "python": "--load_fast=false"}
TREE = kh.Hierarchy.from_paths(
    [(f"group {i // 2}", f"class {i}") for i in range(6)]
)


def write(folder, steps=(1, 2, 3), **how):
    with kh.BlocksWriter(folder, TREE, **how) as log:
        for step in steps:
            log.matrix(FEW * step, step)


class TestRun:
    @pytest.mark.parametrize("loader", LOADERS)
    def test_that_is_deleted_stays_on_screen_and_is_said_so(
        self, tab, tmp_path, loader
    ):
        write(tmp_path / "one")
        write(tmp_path / "two")
        flags = (LOADERS[loader], "--reload_interval", "1")
        with tensorboard(
            tmp_path, *flags, tensorflow=loader == "python"
        ) as server:
            for run in ("one", "two"):
                server.wait(f"{run}/validation", 3)
            screen = Screen(
                tab, server.plugin_url, run="one/validation"
            ).ready()
            screen.press("ArrowLeft")
            screen.wait_epoch(2)
            screen.has_no("absent")
            shutil.rmtree(tmp_path / "one")
            said = screen.says("absent", "one/validation", "no longer in this")
            assert "deleted or moved" in said
            assert "Shown is what was loaded before" in said
            # It is: the matrix, its epochs and the link to them.
            assert screen.epoch() == 2
            screen.press("ArrowRight")
            screen.wait_epoch(3)
            assert "step" not in screen.link("run=one")
            # It covers what lies above the matrix until it has been read.
            screen.find("absent").get_by_text("Close").click()
            screen.find("absent").wait_for(state="detached")
            screen.says("topbar", "missing: one/validation")
            runs = screen.frame.get_by_label("run", exact=True).first
            expect(runs.locator("option")).to_have_text(["two"])
            screen.choose("run", "two")
            screen.wait_epoch(3)
            assert "step" not in screen.link("run=two")
            expect(screen.find("topbar")).not_to_contain_text("missing")

    def test_that_is_deleted_can_be_exchanged(self, tab, tmp_path):
        write(tmp_path / "one")
        write(tmp_path / "two")
        with tensorboard(
            tmp_path, "--reload_interval", "1", tensorflow=False
        ) as server:
            for run in ("one", "two"):
                server.wait(f"{run}/validation", 3)
            screen = Screen(
                tab, server.plugin_url, run="one/validation"
            ).ready()
            shutil.rmtree(tmp_path / "one")
            screen.find("absent").get_by_text("Show two/validation").click()
            screen.wait_epoch(3)
            screen.find("absent").wait_for(state="detached")

    def test_that_was_the_last_one_stays_and_may_come_back(
        self, tab, tmp_path, tmp_path_factory
    ):
        elsewhere = tmp_path_factory.mktemp("elsewhere")
        write(tmp_path / "one")
        with tensorboard(
            tmp_path, "--reload_interval", "1", tensorflow=False
        ) as server:
            server.wait("one/validation", 3)
            screen = Screen(tab, server.plugin_url).ready()
            shutil.rmtree(tmp_path / "one")
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

    def test_of_a_link_is_waited_for(self, tab, tmp_path):
        write(tmp_path / "other")
        with tensorboard(
            tmp_path, "--reload_interval", "1", tensorflow=False
        ) as server:
            server.wait("other/validation", 3)
            screen = Screen(
                tab, server.plugin_url, run="gone/validation", step=2
            )
            said = screen.says("absent", "gone/validation is not in this log")
            assert "Nothing is shown until it comes" in said
            # No numbers of another run under the name of this one.
            screen.find("panel").wait_for(state="attached")
            screen.reads("panel", "")
            label = screen.find("matrix").get_attribute("aria-label")
            assert "samples" not in (label or "")
            write(tmp_path / "gone")
            screen.ready()
            screen.wait_epoch(2)
            screen.find("absent").wait_for(state="detached")

    def test_of_a_link_can_be_exchanged(self, tab, tmp_path):
        write(tmp_path / "other")
        with tensorboard(tmp_path, tensorflow=False) as server:
            server.wait("other/validation", 3)
            screen = Screen(
                tab, server.plugin_url, run="gone/validation", step=2
            )
            screen.find("absent").get_by_text("Show other/validation").click()
            screen.ready()
            screen.wait_epoch(2)
            screen.has_no("absent")


class TestEpochAndOutput:
    def test_of_a_link(self, tab, tmp_path):
        write(tmp_path / "one")
        with tensorboard(tmp_path, tensorflow=False) as server:
            server.wait("one/validation", 3)
            view = {"run": "one/validation", "output": "conv2", "step": 9}
            screen = Screen(tab, server.plugin_url, **view).ready()
            said = screen.says(
                "absent", "one/validation has no output conv2, epoch 9."
            )
            assert "Shown is class, epoch 3." in said
            # It is about this epoch, and no other.
            screen.press("ArrowLeft")
            screen.wait_epoch(2)
            screen.find("absent").wait_for(state="detached")
            screen.press("ArrowRight")
            screen.find("absent").get_by_text("Close").click()
            screen.find("absent").wait_for(state="detached")

    def test_that_a_new_attempt_has_not(self, tab, tmp_path):
        write(tmp_path / "one")
        with tensorboard(
            tmp_path, "--reload_interval", "1", tensorflow=False
        ) as server:
            server.wait("one/validation", 3)
            screen = Screen(tab, server.plugin_url).ready()
            screen.wait_epoch(3)
            write(tmp_path / "one", (1,), resume=True)
            screen.says("absent", "has no epoch 3. Shown is class, epoch 1.")
            screen.wait_epoch(1)

    def test_nobody_is_told_what_they_chose(self, tab, tmp_path):
        write(tmp_path / "long")
        write(tmp_path / "short", (1,))
        with tensorboard(tmp_path, tensorflow=False) as server:
            server.wait("long/validation", 3)
            server.wait("short/validation", 1)
            screen = Screen(
                tab, server.plugin_url, run="long/validation"
            ).ready()
            screen.wait_epoch(3)
            screen.choose("run", "short")
            screen.wait_epoch(1)
            screen.has_no("absent")
