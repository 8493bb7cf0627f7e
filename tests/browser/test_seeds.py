"""Several runs as one: offered, ticked, shown with their spread, compared."""

import json
import re
import urllib.parse

import numpy as np
import pytest
from comparing import matrix_of
from logged import write_damaged
from playwright.sync_api import expect
from screen import Screen, group, saved

import keras_hier as kh
from tests.support.derived_log import write_seeds
from tests.support.serving import tensorboard

SEEDS = 3
LAST = 3


def key(name, seeds=(1, 2, 3)):
    names = [f"{name}-seed{seed}" for seed in seeds]
    return json.dumps(names, separators=(",", ":")) + "/validation"


HOSTILE = '<img src=x onerror="window.pwned=1"> {}'
PLAIN, HIER = key("plain"), key("hier")


@pytest.fixture(scope="module")
def seeds(tmp_path_factory, hierarchy, answers):
    """Three seeds of two trainings, and runs that do not go with them."""
    folder = tmp_path_factory.mktemp("seeds")
    write_seeds(answers, hierarchy, folder, SEEDS, LAST)
    with kh.BlocksWriter(folder / "late", hierarchy) as log:
        for step in (LAST, LAST + 1):
            log.predictions(answers.labels, answers.predictions, step)
    write_damaged(folder / "few")
    for number in (1, 2):
        write_damaged(folder / HOSTILE.format(number))
    with tensorboard(folder, tensorflow=False) as server:
        for name in ("plain", "hier"):
            for seed in range(1, SEEDS + 1):
                server.wait(f"{name}-seed{seed}/validation", LAST)
        server.wait("late/validation", LAST + 1)
        server.wait("few/validation", 3)
        server.wait(f"{HOSTILE.format(2)}/validation", 3)
        yield server


def opened(page, server, run=PLAIN, **view):
    return Screen(page, server.url, run=run, **view).ready()


def accuracies(server, name):
    matrices = [
        matrix_of(server, f"{name}-seed{seed}/validation", LAST)
        for seed in range(1, SEEDS + 1)
    ]
    return [np.trace(matrix) / matrix.sum() for matrix in matrices]


class TestShown:
    def test_seeds_are_offered_together(self, page, seeds):
        screen = opened(page, seeds, "plain-seed1/validation")
        offered = screen.options("run")
        assert offered[-3:] == [
            "hier-seed* (3 runs)",
            "plain-seed* (3 runs)",
            "choose…",
        ]
        screen.choose("run", "plain-seed* (3 runs)")
        screen.says("caption", "sum of 3 runs", "150,000 samples")
        screen.link("plain-seed1", "plain-seed2", "plain-seed3")

    def test_the_panel_says_mean_and_spread(self, page, seeds):
        screen = opened(page, seeds)
        shares = accuracies(seeds, "plain")
        mean = f"{100 * np.mean(shares):.1f} %"
        spread = np.std(shares, ddof=1)
        said = f"± {100 * spread:.{2 if spread < 0.00095 else 1}f}"
        screen.says("figures", "± over 3 runs", mean, said)

    def test_files_say_whether_counts_are_sums(self, page, seeds):
        screen = opened(page, seeds)
        screen.says("caption", "sum of 3 runs")
        samples = {}
        for what in ("scores-sum", "classes-mean"):
            name, rows = saved(screen, what.split("-")[0])
            assert name.endswith(f"-{what}.csv")
            of_classes = [row for row in rows if row["id"][1:].isdigit()]
            samples[what] = of_classes[0]["samples"]
        assert samples["classes-mean"] == "50"
        assert "150" in {row["samples"] for row in saved(screen, "scores")[1]}

    def test_a_group_says_its_spread(self, page, seeds):
        screen = opened(page, seeds)
        group(screen, "dog").click()
        score = screen.find("figures").locator(".scores div").first
        expect(score).to_contain_text("±")
        expect(score).to_have_attribute(
            "title", re.compile("standard deviation over 3 runs")
        )

    def test_curves_have_the_band_of_their_spread(self, page, seeds):
        screen = opened(page, seeds)
        expect(screen.find("strip").locator("path.band")).not_to_have_count(0)
        curves = seeds.get("curves", run=PLAIN, output="class")["epochs"]
        assert curves[-1]["accuracy"][-1] == pytest.approx(
            np.mean(accuracies(seeds, "plain")), rel=1e-5
        )

    def test_the_link_holds_it_and_back_leads_to_it(self, new_page, seeds):
        page = new_page()
        screen = opened(page, seeds)
        screen.says("caption", "sum of 3 runs")
        screen.choose("run", "hier-seed2")
        screen.link("run=hier-seed2")
        expect(screen.find("caption")).not_to_contain_text("sum of")
        page.go_back()
        screen.says("caption", "sum of 3 runs")
        again = opened(new_page(), seeds, run=key("plain", (1, 3)))
        again.says("caption", "sum of 2 runs")

    def test_a_link_is_followed_in_the_open_tab(self, new_page, seeds):
        page = new_page()
        screen = opened(page, seeds, "plain-seed1/validation")
        state = {
            "run": key("plain", (1, 3)),
            "with": key("hier", (1, 3)),
            "output": "class",
        }
        link = urllib.parse.quote(urllib.parse.urlencode(state), safe="")
        page.evaluate(
            "link => { location.hash = link }", f"#blocks&p.blocks.s={link}"
        )
        screen.says("caption", "hier-seed1,3 (2 runs) − plain-seed1,3 (2 runs)")

    def test_names_of_runs_are_never_markup(self, page, seeds):
        screen = opened(page, seeds)
        assert f"{HOSTILE.format('*')} (2 runs)" in screen.options("run")
        screen.choose("run", "\n")
        dialog = screen.find("several-runs")
        dialog.get_by_label(HOSTILE.format(1), exact=True).check()
        screen.draw()
        expect(dialog.locator("img")).to_have_count(0)
        assert screen.frame.evaluate("window.pwned") is None
        # And the run that has another tree is refused in a line.
        dialog.get_by_role("button", name="Show").click()
        screen.says("notice", "with different trees.")

    def test_what_is_of_one_run_alone_says_so(self, tab, seeds):
        screen = opened(tab, seeds)
        screen.find("tab-quality").click()
        screen.says("quality", "Choose one of them.")


class TestTicked:
    def test_any_runs_are_shown_as_one(self, page, seeds):
        screen = opened(page, seeds, "plain-seed1/validation")
        screen.choose("run", "\n")
        dialog = screen.find("several-runs")
        show = dialog.get_by_role("button", name="Show")
        expect(show).to_be_disabled()
        dialog.get_by_label("hier-seed2", exact=True).check()
        show.click()
        screen.has_no("several-runs")
        screen.says("caption", "sum of 2 runs")
        screen.link("hier-seed2", "plain-seed1")
        assert "hier-seed2 + plain-seed1" in screen.options("run")

    def test_or_compared_with(self, page, seeds):
        screen = opened(page, seeds)
        screen.choose("run", "\n")
        dialog = screen.find("several-runs")
        for seed in (1, 2, 3):
            dialog.get_by_label(f"plain-seed{seed}", exact=True).uncheck()
            dialog.get_by_label(f"hier-seed{seed}", exact=True).check()
        dialog.get_by_role("button", name="Compare with").click()
        # As it is offered, since these are the same runs.
        screen.says("caption", "hier-seed* (3 runs) − plain-seed* (3 runs)")

    def test_runs_of_other_epochs_leave_a_gap_that_is_said(self, page, seeds):
        screen = opened(page, seeds, '["late","plain-seed1"]/validation')
        screen.says("caption", "sum of 2 runs", "3 epochs left out")
        assert screen.epoch() == LAST

    def test_runs_of_other_trees_are_refused_in_a_line(self, tab, seeds):
        screen = Screen(
            tab, seeds.url, run='["few","plain-seed1"]/validation', step=LAST
        )
        screen.says(
            "notice",
            "few/validation and plain-seed1/validation logged epoch 3 with "
            "different trees.",
        )

    def test_a_run_that_is_not_there_is_missing(self, tab, seeds):
        screen = Screen(tab, seeds.url, run='["nope","plain-seed1"]/validation')
        screen.says("absent", "is not in this log")


class TestCompared:
    def test_by_means_and_paired_by_seed(self, page, seeds):
        screen = opened(page, seeds, **{"with": HIER, "level": 31})
        errors = [
            np.mean([1 - a for a in accuracies(seeds, name)]) * 50_000
            for name in ("hier", "plain")
        ]
        screen.says(
            "caption",
            "hier-seed* (3 runs) − plain-seed* (3 runs)",
            "groups: paired by seed, t over 3 seeds",
            f"errors a run: {errors[0]:,.0f} − {errors[1]:,.0f}",
        )
        # Grey what is chance, and the rest by how the means differ.
        better = screen.find("gains").locator(".change.better")
        expect(better).not_to_have_count(0)

    def test_what_was_folded_by_hand_is_a_gap_not_chance(self, page, seeds):
        screen = opened(page, seeds, **{"with": HIER, "level": 31})
        screen.says("caption", "cells beyond chance · tested over seeds")
        expect(screen.find("caption")).not_to_contain_text("striped")
        group(screen, "organism").click()
        screen.press("c")
        caption = screen.find("caption")
        words = re.compile(r"; striped: \d+ not tested · tested over seeds")
        expect(caption).to_have_attribute("title", words)
        pair = screen.find("confusions").locator(".pair").first
        expect(pair).to_contain_text("within organism")
        expect(pair.locator(".about")).to_contain_text("not tested · ")
        expect(pair.locator(".change")).to_have_class("change same")
        screen.settle()
        page.mouse.move(*screen.point(0.1, 0.1))
        screen.says("tooltip", "chance", "not tested")
        page.mouse.move(*screen.point(0.6, 0.7))
        screen.says("tooltip", "device")
        expect(screen.find("tooltip")).not_to_contain_text("not tested")

    def test_too_few_are_no_evidence(self, page, seeds):
        screen = opened(
            page, seeds, key("plain", (1, 2)), **{"with": HIER, "level": 31}
        )
        screen.says("caption", "2 against 3 runs: too few to tell from seeds")
        changes = screen.find("gains").locator(".change")
        expect(changes.first).to_have_class("change same")
