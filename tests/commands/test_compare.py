"""`keras-hier compare`: what changed between two runs, and its gates."""

import json
import re

import numpy as np
import pytest
from compared_runs import (
    answers,
    as_json,
    counts,
    log,
    log_samples,
    status,
    tree,
)

from keras_hier.analysis.comparing.run_comparison import points
from keras_hier.commands.compare.tables import cell
from keras_hier.hierarchy.hierarchy import Hierarchy
from keras_hier.hierarchy.labels.node_labels import NodeLabels
from keras_hier.log.blocks_writer import BlocksWriter
from keras_hier.scores import confusion_matrix

HOSTILE = "a|b <script>@me\x1b[2J\x7f\n| x |"


class TestByHand:
    def test_accuracies_and_recalls(self, worse):
        found = as_json(worse, "a", "b")
        groups, classes = found["levels"]
        # 1,080 and 1,050 right of 1,200.
        for level in (groups, classes):
            assert level["right"] == [1080, 1050]
            assert level["samples"] == [1200, 1200]
            assert level["change"] == -2.5
        assert [g["change"] for g in groups["changes"]] == [0, -10, 0, 0]
        g1 = groups["changes"][1]
        assert (g1["name"], g1["right"]) == ("g1", [270, 240])
        assert g1["samples"] == [300, 300]
        # Pooled share 0.85: 0.1 / sqrt(0.1275 * 2 / 300) = 3.43 errors.
        assert g1["p"] == pytest.approx(0.0006, abs=0.0001)
        # Benjamini and Hochberg: the least p of four groups.
        assert g1["q"] == pytest.approx(4 * g1["p"])
        assert [g["verdict"] for g in groups["changes"]] == [
            *("within chance", "worse", "within chance", "within chance")
        ]
        assert found["test"] == "counts"
        assert "No samples of 'class'" in found["why"]

    def test_samples_that_were_fixed_and_broken(self, run):
        # 10 of g0c0 are broken, none fixed: McNemar's p is 2 / 2^10.
        of = tree(2, 2)
        labels = np.repeat(np.arange(4), 10)
        log_samples("a", labels, labels, of)
        log_samples("b", labels, np.where(labels == 0, 2, labels), of)
        found = as_json(run, "a", "b")
        assert (found["test"], found["why"]) == ("mcnemar", None)
        g0, g1 = found["levels"][0]["changes"]
        assert (g0["p"], g1["p"]) == (pytest.approx(2 / 2**10), 1)
        assert (g0["change"], g0["verdict"]) == (-50, "worse")
        # g1 could not differ, so g0 is the only one tested.
        assert g0["q"] == pytest.approx(g0["p"])

    def test_levels_share_the_false_discoveries(self, run):
        # 6 of g0 are broken: p = q = 0.031, below 0.05 and above 0.05 / 2.
        of = tree(2, 2)
        labels = np.repeat(np.arange(4), 10)
        log_samples("a", labels, labels, of)
        said = labels.copy()
        said[:6] = 2
        log_samples("b", labels, said, of)
        changes = as_json(run, "a", "b")["levels"][0]["changes"]
        assert changes[0]["q"] == pytest.approx(2 / 2**6)
        assert changes[0]["verdict"] == "within chance"
        (level,) = as_json(run, "a", "b", "--level", 2)["levels"]
        assert level["changes"][0]["verdict"] == "worse"

    def test_points_are_rounded_once(self):
        assert points((80, 79), (100, 100)) == -1
        assert points((7, 69), (10, 100)) == -1
        assert np.isnan(points((0, 1), (0, 1)))

    def test_the_page_says_the_same(self, worse, tmp_path):
        reading = pytest.importorskip("reading")
        route = reading.Reader(tmp_path).get(
            "significance", **reading.compared("a/validation", "b/validation")
        )
        found = as_json(worse, "a", "b")
        assert route["why"].startswith("No samples")
        for of_page, level in zip(
            route["levels"], found["levels"], strict=True
        ):
            q = [each["q"] for each in level["changes"]]
            assert q == pytest.approx(of_page["q"], rel=1e-5)
            accuracy = of_page["accuracy"]
            assert level["q"] == pytest.approx(accuracy["q"], rel=1e-5)
            assert level["right"] == accuracy["right"]


class TestProperties:
    GATES = ("--fail-if", "worse", "--fail-if", "accuracy < 0")

    def test_a_run_does_not_differ_from_itself(self, worse, capsys):
        assert status("a", "a", *self.GATES, "--fail-if", "recall < 0") == 0
        out, err = capsys.readouterr()
        assert "nothing is worse beyond chance" in out
        assert out.count("passed: ") == 3
        assert err == ""

    @pytest.mark.parametrize("is_paired", [True, False])
    def test_two_seeds_pass_19_times_in_20(self, run, is_paired):
        of = tree(4, 3)
        labels = np.repeat(np.arange(12), 60)
        rng = np.random.default_rng(5)
        failed = 0
        for draw in range(30):
            for name in "ab":
                said = answers(rng, labels, np.full(720, 0.7), 12)
                folder = f"{name}{draw}"
                if is_paired:
                    log_samples(folder, labels, said, of)
                else:
                    log(folder, confusion_matrix(labels, said, 12), of)
            code = status(f"a{draw}", f"b{draw}", "--fail-if", "worse")
            assert code in (0, 3)
            failed += code == 3
        assert failed <= 2

    @pytest.mark.parametrize("is_paired", [True, False])
    def test_a_group_that_is_10_points_worse_is_named(
        self, run, capsys, is_paired
    ):
        of = tree(4, 3)
        labels = np.repeat(np.arange(12), 300)
        found = 0
        for draw in range(5):
            rng = np.random.default_rng(draw)
            right = np.full(len(labels), 0.8)
            for name in "ab":
                said = answers(rng, labels, right, 12)
                folder = f"{name}{draw}"
                if is_paired:
                    log_samples(folder, labels, said, of)
                else:
                    log(folder, confusion_matrix(labels, said, 12), of)
                # A wrong answer stays in its group once in four times.
                right = np.where(labels // 3 == 2, 0.8 - 0.1 * 4 / 3, 0.8)
            code = status(f"a{draw}", f"b{draw}", "--fail-if", "worse")
            line = capsys.readouterr().out.splitlines()[-1]
            assert code == 3
            found += bool(re.match(r"FAILED: worse .*\bg2 -", line))
        assert found == 5

    def test_what_is_better_fails_no_gate(self, worse, capsys):
        assert status("b", "a", *self.GATES) == 0
        assert "  better: g1, 80.00 % -> 90.00 %" in capsys.readouterr().out


class TestLeftOut:
    def test_classes_of_one_run_only(self, run):
        # B lacks g3c2 and has new, to which 5 samples of g0c0 go.
        names = [f"g{g}c{i}" for g in range(4) for i in range(3)]
        other = Hierarchy.from_paths(
            [("g3", "new"), *((n[:2], n) for n in reversed(names[:11]))]
        )
        log("a", counts([90] * 12))
        matrix = 90 * np.eye(12, dtype=int)
        at, new = (other.classes.index(n) for n in ("g0c0", "new"))
        matrix[at, new] = 5
        matrix[new, new] = 7
        log("b", matrix, other)
        found = as_json(run, "a", "b")
        assert found["shared_classes"] == 11
        assert found["a"]["left_out"] == {
            "classes": 1, "samples": 100, "coarse": 0,
        }  # fmt: skip
        assert found["b"]["left_out"] == {
            "classes": 1, "samples": 7, "coarse": 0,
        }  # fmt: skip
        changes = found["levels"][-1]["changes"]
        by_name = {change["name"]: change for change in changes}
        # Found by its id, in whatever order: 90 of 95.
        assert by_name["g0c0"]["right"] == [90, 90]
        assert by_name["g0c0"]["samples"] == [100, 95]
        assert by_name["g3c2"]["change"] is None
        assert by_name["g3c2"]["p"] is None
        out = run("compare a b")
        for text in (
            "Left out of A: 1 class with 100 samples. 11 are in both runs.",
            "Left out of B: 1 class with 7 samples. 11 are in both runs.",
            "The two have different trees: the groups are those of A.",
            "Of 12 and 12 classes 11 are in both",
            "1 without samples on a side.",
        ):
            assert text in out

    def test_coarse_labels(self, run):
        group = NodeLabels(tree()).label("g0")
        with BlocksWriter("a", tree()) as writer:
            said = ([group] * 5 + [1], [0] * 5 + [1])
            writer.predictions(*said, 1, node_labels=True)
        out = run("compare a a")
        assert out.count("5 samples with coarse labels") == 2

    def test_splits_that_differ_are_said(self, run):
        log("a", counts([90] * 12))
        log("b", counts([90] * 12), split="test")
        assert "A is validation split and B test" in run("compare a b")

    def test_an_epoch_and_a_split(self, run):
        log("a", counts([50] * 12), split="train", epoch=1)
        log("a", counts([80] * 12), split="train", epoch=2)
        log("b", counts([60] * 12), split="train", epoch=1)
        log("b", counts([60] * 12), split="test", epoch=3)
        found = as_json(run, "a", "b", "--split", "train", "--epoch", 1)
        assert found["levels"][-1]["change"] == 10
        assert [found[side]["epoch"] for side in "ab"] == [1, 1]


class TestFiles:
    @pytest.fixture
    def hostile(self, run):
        of = Hierarchy.from_nested(
            {HOSTILE: ["c0", "c1"], "g1": ["c2", "c3"]},
            classes=["c0", "c1", "c2", "c3"],
        )
        wrong = 50 * np.eye(4, dtype=int)
        wrong[0, 0], wrong[0, 2] = 5, 45
        log("a", 50 * np.eye(4, dtype=int), of)
        log("b", wrong, of)
        return run

    def test_a_terminal_obeys_no_name(self, hostile):
        out = hostile("compare a b")
        assert r"worse: a|b <script>@me\x1b[2J\x7f\n| x |, 100.00 %" in out
        assert "\x1b" not in out

    def test_markdown_shows_names_as_they_are(self, hostile, tmp_path):
        hostile("compare a b --fail-if accuracy<-99 --markdown out")
        text = (tmp_path / "out").read_text()
        rows = [line for line in text.splitlines() if line.startswith("|")]
        assert len(rows) == 6
        assert {row.count("|") for row in rows} == {8}
        assert "<" not in text
        assert "script&#62;&#64;&#8203;me" in text
        assert "**passed: accuracy&#60;-99 (" in text

    @pytest.mark.parametrize("words", ["", "--markdown -"])
    def test_names_stand_in_place_of_ids(self, run, words):
        names = {"n01": "pug", "n02": "tabby", "n10": "dog"}
        of = Hierarchy.from_nested(
            {"n10": ["n01"], "n20": ["n02", "n03"]},
            classes=["n01", "n02", "n03"],
            names=names,
        )
        log("a", 50 * np.eye(3, dtype=int), of)
        log("b", [[5, 45, 0], [45, 5, 0], [0, 0, 50]], of)
        out = run(f"compare a b {words}")
        for node_id, name in names.items():
            assert name in out
            assert node_id not in out

    def test_json_has_no_nan(self, hostile, tmp_path):
        found = json.loads(hostile("compare a b --json -"))
        assert found["levels"][0]["changes"][0]["name"] == HOSTILE
        log("c", np.diag([50, 50, 50, 0]), tree(2, 2))
        log("d", np.diag([50, 50, 0, 0]), tree(2, 2))
        hostile("compare c d --json out.json")
        text = (tmp_path / "out.json").read_text()
        assert "NaN" not in text
        assert "Infinity" not in text
        lacking = json.loads(text)["levels"][-1]["changes"][-1]
        assert (lacking["change"], lacking["q"]) == (None, None)

    def test_why_it_fails_stands_beside_a_file(self, hostile, capsys):
        gate = ("--fail-if", "worse")
        assert status("a", "b", "--markdown", "-", *gate) == 3
        out, err = capsys.readouterr()
        assert out.startswith("### keras-hier compare\n")
        assert err.startswith("keras-hier compare: FAILED: worse (")
        assert "\x1b" not in out + err

    def test_a_cell_has_no_mark_of_markdown(self):
        marks = "".join(map(chr, range(33, 127)))
        left = re.sub(r"&#\d+;", "", cell(marks))
        assert re.sub(r"[0-9A-Za-z]", "", left) == "\"%'()+,-:;=?"
        assert cell("1.5 %, end.") == "1.5 %, end."
        assert "." not in cell("www.1.com 1.x")
