"""Several runs as one: offered, ticked, shown with their spread, compared."""

import json
import urllib.parse

import numpy as np
import pytest
from comparing import matrix_of
from logged import write_damaged
from playwright.sync_api import expect
from screen import Screen, group, saved

from tests.support.derived_log import write_seeds
from tests.support.serving import loaded

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
    for number in (1, 2):
        write_damaged(folder / HOSTILE.format(number))
    with loaded(folder) as server:
        yield server


def opened(page, server, run=PLAIN, **view):
    return Screen(page, server.plugin_url, run=run, **view).ready()


def accuracies(server, name):
    matrices = [
        matrix_of(server, f"{name}-seed{seed}/validation", LAST)
        for seed in range(1, SEEDS + 1)
    ]
    return [np.trace(matrix) / matrix.sum() for matrix in matrices]


class TestShown:
    def test_seeds_are_offered_together(self, page, seeds):
        screen = opened(page, seeds, "plain-seed1/validation")
        expect(screen.options("run")).to_contain_text(
            ["hier-seed* (3 runs)", "plain-seed* (3 runs)", "choose…"]
        )
        screen.choose("run", "plain-seed* (3 runs)")
        screen.says("caption", "sum of 3 runs")
        screen.notes("150,000 samples")
        screen.link("plain-seed1", "plain-seed2", "plain-seed3")

    def test_mean_and_spread(self, tab, seeds):
        screen = opened(tab, seeds)
        shares = accuracies(seeds, "plain")
        mean = f"{100 * np.mean(shares):.1f}"
        spread = np.std(shares, ddof=1)
        said = f"± {100 * spread:.{2 if spread < 0.00095 else 1}f}"
        screen.says("figures", "± over 3 runs", mean, said)
        # Curves have the band of their spread.
        expect(screen.find("strip").locator("path.band")).not_to_have_count(0)
        # Files say whether counts are sums.
        name, rows = saved(screen, "classes")
        assert name.endswith("-classes-mean.csv")
        assert {row["samples"] for row in rows} == {"50"}
        name, rows = saved(screen, "scores")
        assert name.endswith("-scores-sum.csv")
        assert "150" in {row["samples"] for row in rows}
        group(screen, "dog").click()
        score = screen.find("figures").locator(".scores div").first
        expect(score).to_contain_text("±")
        # Quality is of one run alone, and says so.
        screen.find("tab-quality").click()
        screen.says("quality", "Choose one of them.")

    def test_the_link_holds_it_and_is_followed_in_the_open_tab(
        self, new_page, seeds
    ):
        page = new_page()
        screen = opened(page, seeds)
        screen.says("caption", "sum of 3 runs")
        screen.choose("run", "hier-seed2")
        screen.link("run=hier-seed2")
        expect(screen.find("caption")).not_to_contain_text("sum of")
        page.go_back()
        screen.says("caption", "sum of 3 runs")
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
        offered = f"{HOSTILE.format('*')} (2 runs)"
        expect(screen.options("run")).to_contain_text([offered])
        screen.choose("run", "\n")
        dialog = screen.find("several-runs")
        dialog.get_by_label(HOSTILE.format(1), exact=True).check()
        screen.draw()
        expect(dialog.locator("img")).to_have_count(0)
        assert screen.frame.evaluate("window.pwned") is None
        # And the run that has another tree is refused in a line.
        dialog.get_by_role("button", name="Show").click()
        screen.says("notice", "with different trees.")


def test_ticked_any_runs_are_shown_as_one_or_compared_with(page, seeds):
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
    shown = ["hier-seed2 + plain-seed1"]
    expect(screen.options("run")).to_contain_text(shown)
    screen = opened(page, seeds)
    screen.choose("run", "\n")
    for seed in (1, 2, 3):
        dialog.get_by_label(f"plain-seed{seed}", exact=True).uncheck()
        dialog.get_by_label(f"hier-seed{seed}", exact=True).check()
    dialog.get_by_role("button", name="Compare with").click()
    # As it is offered, since these are the same runs.
    screen.says("caption", "hier-seed* (3 runs) − plain-seed* (3 runs)")


def test_compared_by_means_and_paired_by_seed(page, seeds):
    screen = opened(page, seeds, with_=HIER, level=31)
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
    # Too few are no evidence.
    view = {"with": HIER, "level": 31}
    screen = opened(page, seeds, key("plain", (1, 2)), **view)
    screen.says("caption", "2 against 3 runs: too few to tell from seeds")
    changes = screen.find("gains").locator(".change")
    expect(changes.first).to_have_class("change same")
