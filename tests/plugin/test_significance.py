"""The route that tells differences from chance."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from reading import (
    TREE,
    Reader,
    compared,
    log_head,
    log_matrix,
    write,
    write_blob,
)

import keras_hier as kh
from keras_hier.analysis import evidence
from keras_hier.analysis.comparing.node_tests import NodeTests
from keras_hier.files import limits
from keras_hier.log import kinds
from keras_hier.scores import confusion_matrix, node_counts
from tb_plugin.comparing import cell_tests, significance
from tb_plugin.comparing.node_tests import answer_of

NAMES = [g + str(i) for g in "abcdefgh" for i in range(4)]
WIDE = kh.Hierarchy.from_nested(
    [{g: [g + str(i) for i in range(4)]} for g in "abcdefgh"], classes=NAMES
)
EACH = 60
LABELS = np.repeat(np.arange(32), EACH)


def named(seed: int, better: bool = False) -> np.ndarray:
    """What a network says: 60 % right, and all of group h if it is better."""
    rng = np.random.default_rng(seed)
    right = rng.random(len(LABELS)) < 0.6
    if better:
        right |= LABELS >= 28
    return np.where(right, LABELS, rng.integers(0, 32, len(LABELS)))


def scores(answers: np.ndarray) -> np.ndarray:
    found = np.full((len(LABELS), 32), 0.1 / 31)
    found[np.arange(len(LABELS)), answers] = 0.9
    return found


def log(folder: Path, answers: np.ndarray, samples=LABELS, tree=WIDE) -> None:
    with kh.BlocksWriter(folder, tree) as run:
        run.matrix(confusion_matrix(LABELS, answers, 32), 1)
        if samples is not None:
            run.samples(samples, scores(answers), 1)


def query(one: str = "one", two: str = "two", **changed) -> dict:
    return compared(f"{one}/validation", f"{two}/validation", **changed)


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> Path:
    """Two seeds, a better network, and the first one without its samples."""
    folder = tmp_path_factory.mktemp("runs")
    log(folder / "one", named(0))
    log(folder / "two", named(1))
    log(folder / "better", named(1, better=True))
    log(folder / "bare", named(0), samples=None)
    return folder


@pytest.fixture
def logged(whole: Path, tmp_path: Path) -> Path:
    """A copy, to which a test may add."""
    return Path(shutil.copytree(whole, tmp_path / "copy"))


@pytest.fixture
def reader(whole: Path) -> Reader:
    return Reader(whole)


class TestSamples:
    def test_the_tests_are_those_of_the_analysis(self, reader):
        found = reader.get("significance", **query())
        assert (found["test"], found["why"]) == ("mcnemar", None)
        assert found["samples"] == [len(LABELS)] * 2
        assert "cells" not in found
        expected = evidence.paired_nodes(LABELS, named(0), named(1), WIDE)
        nodes = found["nodes"]
        assert nodes["fixed"] == expected.fixed.tolist()
        assert nodes["broken"] == expected.broken.tolist()
        assert nodes["p"] == pytest.approx(expected.p, rel=1e-5)
        assert nodes["standardised"] == pytest.approx(
            expected.standardised, rel=1e-5, abs=1e-9
        )
        run = {"run": "one/validation", "output": "class"}
        [epoch] = reader.get("sample_epochs", **run)["epochs"]
        assert found["index"] == epoch["index"]

    def test_levels_are_those_of_the_tree(self, reader):
        found = reader.get("significance", **query())["levels"]
        levels = WIDE.levels()
        assert [each["groups"] for each in found] == [8, 32]
        for level, each in zip(levels, found, strict=True):
            groups = evidence.paired_groups(LABELS, named(0), named(1), level)
            beyond = evidence.beyond_chance(
                groups.p, "groups", least=groups.least
            )
            assert each["q"] == pytest.approx(beyond.rates, rel=1e-5)
            assert each["tested"] == beyond.tested
            assert each["found"] == beyond.found.sum()
            whole = evidence.mcnemar(groups.fixed.sum(), groups.broken.sum())
            assert each["accuracy"] == {
                "fixed": int(whole.fixed),
                "broken": int(whole.broken),
                "p": pytest.approx(float(whole.p), rel=1e-5),
                "q": each["accuracy"]["q"],
                "tested": len(levels),
            }

    def test_of_a_dead_attempt_are_compared_with_nothing(self, tmp_path):
        log(tmp_path / "one", named(0))
        answers = named(1)
        with kh.BlocksWriter(tmp_path / "one", WIDE, resume=True) as run:
            for step in (1, 2):
                run.matrix(confusion_matrix(LABELS, answers, 32), step)
            run.samples(LABELS, scores(answers), 2)
        asked = query(other_run="one/validation", other_step=2)
        found = Reader(tmp_path).get("significance", **asked)
        assert found["test"] == "counts"
        assert "logged at epoch 1" in found["why"]
        assert {each["accuracy"]["p"] for each in found["levels"]} == {1}

    @pytest.mark.parametrize(
        ("p", "q", "tested"),
        [
            # Benjamini and Hochberg by hand: p x levels / place, and no less
            # than that of a larger p.
            ([0.04, 0.03], [0.04, 0.04], 2),
            ([0.5, 0.04], [0.5, 0.08], 2),
            # A level that could not be tested is no part of the family.
            ([0.04, None], [0.04, None], 1),
            ([None, None], [None, None], 0),
        ],
    )
    def test_accuracies_are_tested_as_one_family(self, p, q, tested):
        levels = iter(p)
        nodes = np.ones(len(WIDE.parents))
        tests = NodeTests(
            nodes, nodes, {}, [1, 1], lambda _: {"p": next(levels)}
        )
        found = answer_of("counts", None, tests, WIDE)["levels"]
        assert [each["accuracy"]["p"] for each in found] == p
        assert [each["accuracy"]["q"] for each in found] == pytest.approx(q)
        assert {each["accuracy"]["tested"] for each in found} == {tested}

    def test_two_seeds_do_not_differ(self, reader):
        runs = ("one two", "two one", "one one", "two better")
        one, other, same, better = (
            reader.get("significance", **query(*names.split()))
            for names in runs
        )
        assert [level["found"] for level in one["levels"]] == [0, 0]
        assert [level["found"] for level in better["levels"]] == [1, 4]
        # The other way round it fixes what it broke.
        assert one["nodes"]["fixed"] == other["nodes"]["broken"]
        assert one["nodes"]["p"] == other["nodes"]["p"]
        assert set(same["nodes"]["p"]) == {1}
        assert same["levels"][0]["tested"] == 0

    def test_samples_that_come_later_are_used(self, logged):
        reader = Reader(logged)
        assert reader.get("significance", **query("bare"))["test"] == "counts"
        with kh.BlocksWriter(logged / "bare", WIDE, resume=True) as run:
            run.samples(LABELS, scores(named(0)), 1)
        reader.reload()
        assert reader.get("significance", **query("bare"))["test"] == "mcnemar"


class TestCounts:
    def test_the_tests_are_those_of_the_analysis(self, reader):
        found = reader.get("significance", **query("bare"))
        assert found["test"] == "counts"
        assert found["why"] == (
            "No samples of 'class' in run 'bare/validation' were logged at "
            "epoch 1."
        )
        assert found["index"] is None
        counts = [
            node_counts(confusion_matrix(LABELS, named(k), 32), WIDE)
            for k in (0, 1)
        ]
        expected = evidence.group_differences(*counts).recall
        nodes = found["nodes"]
        assert set(nodes) == {"p", "low", "high", "standardised"}
        assert nodes["p"] == pytest.approx(expected.p, rel=1e-5)
        assert nodes["low"] == pytest.approx(expected.low, rel=1e-5)
        right = [int((named(k) == LABELS).sum()) for k in (0, 1)]
        accuracy = found["levels"][-1]["accuracy"]
        assert accuracy["right"] == right
        whole = evidence.share_differences(right[0], 1920, right[1], 1920)
        assert accuracy["p"] == pytest.approx(float(whole.p), rel=1e-5)
        assert accuracy["low"] < (right[1] - right[0]) / 1920 < accuracy["high"]

    def test_other_samples(self, logged):
        ids = [f"{k}.jpg" for k in range(len(LABELS))]
        with kh.BlocksWriter(logged / "other", WIDE) as run:
            run.matrix(confusion_matrix(LABELS, named(3), 32), 1)
            run.samples(LABELS, scores(named(3)), 1, ids=ids)
        found = Reader(logged).get("significance", **query("one", "other"))
        assert (found["test"], found["why"]) == (
            "counts",
            "The two runs logged different samples.",
        )

    def test_damaged_samples_and_matrices(self, logged):
        folder = logged / "one/validation"
        samples, matrix = (
            kinds.tag_of(kind, "class") for kind in ("samples", "matrix")
        )
        write_blob(folder, samples, b"KHS1 and more", 1, "samples")
        found = Reader(logged).get("significance", **query())
        assert found["test"] == "counts"
        assert found["why"]
        write_blob(folder, matrix, b"KHM1 and more", 1)
        asked = query("two", "one")
        assert Reader(logged).error("significance", **asked)[0] == 422

    def test_too_many_samples(self, reader, monkeypatch):
        monkeypatch.setattr(limits, "ANALYSED_RANKED", 100)
        found = reader.get("significance", **query())
        assert found["test"] == "counts"
        assert "1,920 samples" in found["why"]

    @pytest.mark.parametrize("is_swapped", [False, True])
    def test_a_class_without_samples_on_one_side_is_not_tested(
        self, tmp_path, is_swapped
    ):
        counts = 30 * np.eye(4, dtype=int) + 10
        without = counts.copy()
        without[TREE.classes.index("dog")] = 0
        sides = (counts, without) if is_swapped else (without, counts)
        for name, side in zip(("one", "two"), sides, strict=True):
            log_matrix(tmp_path / name, side)
        found = Reader(tmp_path).get("significance", **query())
        for values in found["nodes"].values():
            lacking = [k for k, value in enumerate(values) if value is None]
            assert lacking == [TREE.find("dog")]
        classes = found["levels"][-1]
        assert (classes["q"].count(None), classes["tested"]) == (1, 3)

    def test_no_samples_at_all(self, tmp_path):
        for name in ("one", "two"):
            log_matrix(tmp_path / name, np.zeros((4, 4), int))
        found = Reader(tmp_path).get("significance", **query())
        assert found["samples"] == [0, 0]
        for values in found["nodes"].values():
            assert set(values) == {None}
        accuracy = found["levels"][-1]["accuracy"]
        assert accuracy == {
            "right": [0, 0],
            **dict.fromkeys(("low", "high", "p", "q")),
            "tested": 0,
        }

    def test_groups_of_a_head(self, tmp_path):
        groups = WIDE.cut(depth=1)
        for seed in (0, 1):
            counts = confusion_matrix(LABELS, named(seed), 32)
            log_head(tmp_path / f"run{seed}", counts, WIDE, groups)
        asked = query("run0", "run1", output="head", other_output="head")
        found = Reader(tmp_path).get("significance", **asked)
        assert [level["groups"] for level in found["levels"]] == [8]


class TestCells:
    @pytest.mark.parametrize("one", ["two", "bare"])
    @pytest.mark.parametrize("level", [0, 1])
    def test_the_tests_are_those_of_the_analysis(self, reader, one, level):
        asked = query(one, "better", level=level)
        found = reader.get("significance", **asked)
        groups = WIDE.levels()[level]
        before, after = named(0 if one == "bare" else 1), named(1, better=True)
        if one == "bare":
            tests = evidence.cell_differences(
                *(
                    groups.aggregate(confusion_matrix(LABELS, each, 32))
                    for each in (before, after)
                )
            )
        else:
            tests = evidence.paired_cells(LABELS, before, after, groups)
        beyond = evidence.beyond_chance(tests.p, "cells", least=tests.least)
        cells = found["cells"]
        assert (cells["level"], cells["total"]) == (level, len(tests.p))
        assert cells["tested"] == beyond.tested
        assert cells["found"] == len(cells["p"]) == beyond.found.sum() > 0
        assert cells["p"] == sorted(cells["p"])
        pairs = zip(tests.rows, tests.columns, strict=True)
        at = {pair: k for k, pair in enumerate(pairs)}
        for k in range(cells["found"]):
            place = at[cells["rows"][k], cells["columns"][k]]
            assert beyond.found[place]
            assert cells["shown"][k] == tests.first[place]
            assert cells["other"][k] == tests.second[place]
            assert cells["q"][k] == pytest.approx(beyond.rates[place], rel=1e-5)
        # The better network names group h rightly: the last of 8.
        assert max(cells["rows"]) == groups.num_groups - 1

    def test_rows_are_numbered_as_the_screen_shows_them(self, tmp_path):
        """TREE's order is cat, dog, wolf, car; its labels begin with car."""
        for name, wrong in (("one", 0), ("two", 40)):
            counts = np.diag([50, 50, 50, 50])
            counts[0] = [50 - wrong, 0, wrong, 0]  # cars named dogs
            log_matrix(tmp_path / name, counts)
        asked = query(level=len(TREE.levels()) - 1)
        cells = Reader(tmp_path).get("significance", **asked)["cells"]
        assert cells["rows"] == [3, 3]
        assert sorted(cells["columns"]) == [1, 3]

    def test_long_lists_are_cut_and_say_so(self, reader, monkeypatch):
        asked = query("two", "better", level=1)
        whole = reader.get("significance", **asked)["cells"]
        monkeypatch.setattr(cell_tests, "MAX_CELLS", 3)
        cut = Reader(reader.logdir).get("significance", **asked)["cells"]
        assert cut["found"] == whole["found"] > 3
        assert cut["p"] == whole["p"][:3]

    @pytest.mark.parametrize("level", ["", "-1", "two", 2, 10**14])
    def test_a_level_is_one_of_the_tree(self, reader, level):
        code, _ = reader.error("significance", **query(level=level))
        assert code == 400


class TestBadInput:
    def test_other_classes(self, logged):
        write(logged / "small", (1,))
        asked = query("one", "small")
        code, text = Reader(logged).error("significance", **asked)
        assert code == 422
        assert "share no class: of 32 and 4" in text

    def test_a_tree_that_is_too_large(self, reader, monkeypatch):
        monkeypatch.setattr(significance, "MAX_NODES", 40)
        code, text = reader.error("significance", **query())
        assert code == 422
        assert "41 nodes; at most 40" in text
