"""The strip: curves, threshold, play, runs that grow; and what goes wrong."""

import re
import urllib.parse

import numpy as np
import pytest
from comparing import PLAIN, matrix_of
from logged import EPOCHS, FEW
from playwright.sync_api import expect
from scipy.stats import binomtest
from screen import Screen

import keras_hier as kh
from tests.support.serving import tensorboard

COARSEST = 0


@pytest.fixture
def small_tree():
    return kh.Hierarchy.from_paths(
        [(f"group {i // 2}", f"class {i}") for i in range(6)]
    )


def stays_from(shares, threshold):
    """The first epoch, from 1, whose share and all later ones are as high."""
    below = [i for i, share in enumerate(shares) if share < threshold]
    start = below[-1] + 1 if below else 0
    return start + 1 if start < len(shares) else None


def surely_lower(node, chance, threshold):
    """Whether 99 % intervals of so many samples (Wilson) are apart."""
    least = chance + threshold * (1 - chance)
    here, there = (
        binomtest(round(share * node["actual"]), node["actual"]).proportion_ci(
            0.99, "wilson"
        )
        for share in (node["recall"], least)
    )
    return here.high < there.low


class TestThreshold:
    def moments(self, server, threshold, level=COARSEST):
        """When each group of a level gets there, by name.

        None for one that is not there in the end, "in the end" for one that is
        and may have been from the first: no epoch before was surely lower.
        """
        run = {"run": "plain/validation", "output": "class"}
        digest = server.get("epochs", **run)["epochs"][-1]["hierarchy"]
        tree = server.get("hierarchy", run=run["run"], digest=digest)
        nodes = tree["levels"][level]["nodes"]
        points = server.get("curves", **run, nodes=",".join(map(str, nodes)))

        def moment(i):
            shares, lower = [], []
            highest = fall = 0
            for epoch in points["epochs"]:
                node = epoch["nodes"][i]
                chance = node["predicted"] / epoch["samples"]
                shares.append((node["recall"] - chance) / (1 - chance))
                lower.append(surely_lower(node, chance, threshold))
                highest = max(highest, shares[-1])
                fall = max(fall, highest - shares[-1])
            since = stays_from(shares, threshold)
            if since is None or since == 1:
                return since
            below = (share < threshold - 2 * fall for share in shares)
            told = zip(lower[: since - 1], below, strict=False)
            if any(map(all, told)):
                return since
            return "in the end"

        return {tree["names"][node]: moment(i) for i, node in enumerate(nodes)}

    def says(self, screen, words):
        """Returns the text of the track once it says this."""
        track = screen.find("strip").locator("g.thresholds")
        expect(track).to_contain_text(words)
        return track.text_content()

    def test_says_from_when_groups_are_separable(self, screen, server):
        self.says(screen, "recall beyond chance ≥ 90 % from epoch")
        handle = screen.find("threshold")
        handle.focus()
        screen.page.keyboard.press("PageDown")
        screen.page.keyboard.press("ArrowDown")
        expect(handle).to_have_attribute("aria-valuetext", "84 %")
        text = self.says(screen, "recall beyond chance ≥ 84 % from epoch")
        reached, _, never = text.partition("below 84 %")
        dated, _, undated = reached.partition("in the end ≥ 84 %")
        moments = self.moments(server, 0.84)
        assert len(moments) == 4
        for name, moment in moments.items():
            if moment is None:
                assert name in never
            elif moment == "in the end":
                assert name in undated
            else:
                assert f"{moment}  " in dated.split(name)[0]

    def test_names_no_epoch_where_no_group_gets_there(self, page, server):
        assert not any(self.moments(server, 1).values())
        link = {"run": "plain/validation", "threshold": "100"}
        text = self.says(Screen(page, server.url, **link).ready(), "below")
        assert text.startswith("recall beyond chancebelow 100 %")

    def test_follows_the_groups_of_the_level(self, screen, server):
        moments = self.moments(server, 0.9, level=1)
        first = min(
            moment for moment in moments.values() if isinstance(moment, int)
        )
        name = next(name for name in moments if moments[name] == first)
        screen.find("levels").locator("button").nth(1).click()
        text = screen.find("strip").locator("g.thresholds text")
        text.get_by_text(f"{first}  {name}").wait_for()
        # Too many for the line: the coarsest again.
        screen.find("levels").locator("button").nth(3).click()
        text.get_by_text("artifact").wait_for()

    def test_is_dragged_and_kept_in_the_link(self, screen, page):
        box = screen.find("threshold").bounding_box()
        x, y = box["x"] + 20, box["y"] + box["height"] / 2
        screen.page.mouse.move(x, y)
        screen.page.mouse.down()
        # 64 pixels are 100 %.
        screen.page.mouse.move(x, y + 16, steps=4)
        screen.page.mouse.up()
        self.says(screen, "recall beyond chance ≥ 65 % from")
        link = screen.link("threshold=65")
        other = Screen(page, link).ready()
        self.says(other, "recall beyond chance ≥ 65 % from")


def answered(*right, inside=0):
    """A matrix of three groups of 50 samples, so many of them right.

    Of the errors of each so many stay inside the group.
    """
    matrix = np.zeros((6, 6), int)
    for group, count in enumerate(right):
        row = 2 * group
        matrix[row, row] = count
        matrix[row, row + 1] = inside
        matrix[row, (row + 2) % 6] = 50 - count - inside
    return matrix


class TestWhatChanceMoves:
    """No epoch is named where the ones before are lower by chance."""

    @pytest.fixture
    def runs(self, tmp_path, small_tree):
        logs = {
            "rises": [answered(44, 10, 49), answered(48, 49, 44)],
            "still": [answered(44, 44, 44), answered(49, 49, 49)],
            "groups": [answered(30, 30, 30, inside=n) for n in (10, 15)],
        }
        for run, matrices in logs.items():
            with kh.BlocksWriter(tmp_path / run, small_tree) as log:
                for step, matrix in enumerate(matrices, start=1):
                    log.matrix(matrix, step)
        with tensorboard(tmp_path, tensorflow=False) as server:
            for run in logs:
                server.wait(f"{run}/validation", 2)
            yield server

    def test_only_a_group_that_was_surely_lower_has_an_epoch(self, page, runs):
        screen = Screen(page, runs.url, run="rises/validation").ready()
        track = screen.find("strip").locator("g.thresholds")
        # Of 150 samples 54 are named group 0: (48 / 50 - 0.36) / 0.64.
        expect(track.locator("text")).to_have_text(
            [
                "recall beyond chance ≥ 90 % from epoch",
                "2  group 1",
                "in the end ≥ 90 %  group 0 94 %",
                "below 90 %  group 2 83 %",
            ]
        )
        expect(track.locator("path:not(.level)")).to_have_count(1)
        expect(screen.find("threshold")).to_have_attribute(
            "title", re.compile("only if .* lower before by more than samples")
        )

    def test_a_network_that_stays_as_it_is_learnt_by_no_epoch(self, page, runs):
        link = {"run": "still/validation", "with": "epochs"}
        screen = Screen(page, runs.url, **link)
        screen.says(
            "multiples-title", "Not shown to be better in the end than before"
        )
        track = screen.find("strip").locator("g.thresholds")
        expect(track).to_contain_text("in the end ≥ 90 %  group 0 97 %")
        expect(track.locator("path:not(.level)")).to_have_count(0)

    def test_a_level_of_which_nothing_tells_when_is_said_to_be_one(
        self, page, runs
    ):
        # 80 % of the groups are right, then 90, which of 150 may be chance.
        link = {"run": "groups/validation", "with": "epochs"}
        screen = Screen(page, runs.url, **link)
        screen.says(
            "multiples-title",
            "Nearly as right as in the end, beyond chance: 6 classes by epoch "
            "1; no telling when: 3 groups",
        )


class TestChance:
    def test_a_level_says_what_chance_would_give_at_the_epoch(
        self, page, server, hierarchy
    ):
        step = 2
        screen = Screen(
            page, server.url, run="plain/validation", step=step
        ).ready()
        of_class = hierarchy.levels()[COARSEST].of_class
        groups = np.eye(of_class.max() + 1, dtype=int)[of_class]
        matrix = groups.T @ matrix_of(server, PLAIN, step) @ groups
        total = matrix.sum()
        right = 100 * np.trace(matrix) / total
        guessed = 100 * matrix.sum(1) @ matrix.sum(0) / total**2
        end = screen.find("strip").locator(".ends g", has_text="4 groups")
        expect(end.locator("title")).to_have_text(
            f"4 groups, epoch {step}: {right:.1f} %, by chance {guessed:.1f} %",
            use_inner_text=False,
        )
        # What the pointer finds there is that group of texts.
        x, y, wide, high = end.locator("text").last.bounding_box().values()
        found = screen.frame.evaluate(
            """([x, y]) => document.elementFromPoint(x, y)
              .closest(".ends") !== null""",
            self.within(screen, x + wide / 2, y + high / 2),
        )
        assert found

    def within(self, screen, x, y):
        """A place of the page, in the frame."""
        frame = screen.frame.frame_element().bounding_box()
        return [x - frame["x"], y - frame["y"]]


class TestSplits:
    def test_training_stands_beside_validation(self, screen):
        screen.frame.wait_for_selector("g.lines.train path.curve")
        lines = screen.find("strip").locator("g.lines")
        expect(lines).to_have_count(2)
        paler = screen.frame.locator("g.lines.train")
        style = "(e) => getComputedStyle(e).opacity"
        assert paler.evaluate(style) == "0.4"
        expect(paler.locator("path")).to_have_count(4)

    def test_the_selection_has_both_splits_too(self, screen):
        screen.find("tree-actual").get_by_text("bird", exact=True).click()
        screen.frame.wait_for_selector("g.lines.train path.recall")
        for kind in ("recall", "precision"):
            curves = screen.frame.locator(f"path.curve.{kind}")
            expect(curves).to_have_count(2)
        ends = screen.find("strip").locator("g.ends")
        expect(ends).to_contain_text("bird recall")
        expect(ends).to_contain_text("bird precision")

    def test_on_request_there_is_one_alone(self, screen):
        screen.frame.wait_for_selector("g.lines.train path.curve")
        key = screen.find("other-split")
        expect(key).to_have_text("train")
        key.click()
        screen.frame.wait_for_selector(
            "g.lines.train path.curve", state="detached"
        )
        expect(key).to_have_attribute("aria-pressed", "false")
        screen.link("curves=one")

    def test_on_training_it_is_still_training_that_is_pale(self, page, server):
        screen = Screen(page, server.url, run="plain/train").ready()
        screen.frame.wait_for_function(
            "document.querySelectorAll('g.lines path.curve').length === 8"
        )
        screen.reads("other-split", "validation")
        last = screen.frame.locator("g.lines").last
        expect(last).to_have_class(re.compile("train"))


class TestPlay:
    def test_the_speed_is_in_the_link_and_play_shows_every_epoch(self, screen):
        screen.choose("speed", "8")
        screen.link("speed=8")
        screen.press("Home")
        screen.wait_epoch(1)
        screen.frame.evaluate("performance.clearMeasures()")
        screen.press(" ")
        screen.wait_epoch(EPOCHS)
        drawn = screen.frame.evaluate(
            "performance.getEntriesByName('blocks:matrix')"
            ".map((entry) => entry.detail.step)"
        )
        assert drawn == list(range(2, EPOCHS + 1))

    def test_page_keys_go_ten_epochs_on_the_slider(self, screen):
        screen.find("slider").focus()
        screen.page.keyboard.press("PageDown")
        screen.wait_epoch(1)
        screen.page.keyboard.press("PageUp")
        screen.wait_epoch(EPOCHS)


def chosen_of(screen, label):
    return screen.frame.get_by_label(label, exact=True).first


def grow(log, screen, step):
    """Logs one more epoch, and waits until the page knows it."""
    log.matrix(FEW * step, step)
    log.flush()
    screen.frame.wait_for_selector(
        f'[data-testid="slider"][aria-valuemax="{step}"]'
    )


class TestRunningRun:
    def test_new_epochs_appear_by_themselves(self, tab, tmp_path, small_tree):
        with (
            kh.BlocksWriter(tmp_path / "run", small_tree) as log,
            tensorboard(
                tmp_path, "--reload_interval", "1", tensorflow=False
            ) as server,
        ):
            screen = Screen(tab, server.plugin_url)
            screen.says(
                "empty", "kh.ConfusionMatrix(hierarchy)", "kh.BlocksCallback"
            )
            for step in (1, 2):
                log.matrix(FEW * step, step)
            log.flush()
            # Nobody touches anything.
            screen.ready()
            screen.wait_epoch(2)
            screen.press("Home")
            screen.wait_epoch(1)
            grow(log, screen, 3)
            assert screen.epoch() == 1
            screen.press("End")
            screen.wait_epoch(3)

    def test_the_last_epoch_is_followed_until_one_is_chosen(
        self, new_page, tmp_path, small_tree
    ):
        with (
            kh.BlocksWriter(tmp_path / "run", small_tree) as log,
            tensorboard(
                tmp_path, "--reload_interval", "1", tensorflow=False
            ) as server,
        ):
            log.matrix(FEW, 1)
            log.flush()
            server.wait("run/validation", 1)
            page = new_page(may_fail=True)
            screen = Screen(page, server.url).ready()
            epoch = chosen_of(screen, "epoch")
            assert "step" not in screen.link("run=run")
            grow(log, screen, 2)
            screen.wait_epoch(2)
            screen.says("epoch", "Epoch 2 of 2")
            expect(epoch.locator("option")).to_have_text(["last (2)", "1", "2"])
            # What the page wrote into its address is the last one, too.
            assert "step" not in screen.link("run=run")
            again = Screen(page, page.url).ready()
            again.wait_epoch(2)
            grow(log, again, 3)
            again.wait_epoch(3)
            # Who steps away stays; who comes back to the end goes on with it.
            again.press("ArrowLeft")
            again.wait_epoch(2)
            again.link("step=2")
            grow(log, again, 4)
            again.says("epoch", "Epoch 2 of 4")
            again.press("ArrowRight", "ArrowRight")
            again.wait_epoch(4)
            grow(log, again, 5)
            again.wait_epoch(5)
            # An epoch that is chosen by its number stays, be it the last.
            again.choose("epoch", "5")
            again.link("step=5")
            grow(log, again, 6)
            again.says("epoch", "Epoch 5 of 6")
            assert again.epoch() == 5
            page.reload()
            once_more = Screen(page, page.url).ready()
            once_more.says("epoch", "Epoch 5 of 6")
            once_more.frame.get_by_label(
                "epoch", exact=True
            ).first.select_option(label="last (6)")
            once_more.wait_epoch(6)
            grow(log, once_more, 7)
            once_more.wait_epoch(7)


class TestServer:
    def test_that_goes_is_missed_and_that_comes_back_is_greeted(
        self, tab, tmp_path, small_tree
    ):
        with kh.BlocksWriter(tmp_path / "run", small_tree) as log:
            for step in (1, 2):
                log.matrix(FEW * step, step)
        with tensorboard(tmp_path, tensorflow=False) as server:
            server.wait("run/validation", 2)
            port = urllib.parse.urlsplit(server.url).port
            screen = Screen(tab, server.plugin_url).ready()
        screen.says("problem", "TensorBoard does not answer")
        # What came before is still there.
        screen.says("caption", "samples")
        with kh.BlocksWriter(tmp_path / "run", small_tree) as log:
            log.matrix(FEW, 3)
        with tensorboard(
            tmp_path, "--port", str(port), tensorflow=False
        ) as server:
            server.wait("run/validation", 3)
            screen.find("problem").wait_for(state="detached")
            screen.wait_epoch(3)


class TestLoading:
    def test_a_slow_matrix_is_announced(self, page, server):
        held = []
        is_slow = True
        page.route(
            "**/blocks/matrix?**",
            lambda route: held.append(route) if is_slow else route.continue_(),
        )
        screen = Screen(page, server.url, run="plain/validation")
        screen.frame.wait_for_function(
            "document.querySelector('[data-testid=notice]')?"
            ".textContent.includes('Loading epoch 8 of plain/validation')"
        )
        is_slow = False
        for route in held:
            route.continue_()
        screen.ready()
        screen.has_no("notice")

    def test_an_unreadable_epoch_offers_the_next_one(self, page, server):
        screen = Screen(page, server.url, run="damaged/validation", step=2)
        notice = screen.find("notice")
        notice.get_by_text("Epoch 2 cannot be shown").wait_for()
        screen.find("notice").get_by_role("button").click()
        screen.wait_epoch(3)


def test_an_epoch_asked_for_in_vain_is_shown_once_it_comes(tab, server):
    tab.route("**/blocks/matrix?**", lambda route: route.abort())
    screen = Screen(tab, server.url, run="plain/validation")
    screen.find("problem").wait_for()
    tab.unroute("**/blocks/matrix?**")
    screen.find("problem").get_by_role("button").click()
    screen.ready()
    assert screen.epoch() == EPOCHS
