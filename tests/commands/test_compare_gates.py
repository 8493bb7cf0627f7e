"""The gates of `keras-hier compare`, and what it refuses."""

import os
import sys

import numpy as np
import pytest
from compared_runs import counts, log, status

from keras_hier.hierarchy.hierarchy import Hierarchy


class TestGates:
    @pytest.mark.parametrize(
        ("gate", "code", "reason"),
        [
            ("worse", 3, "g1 -10.00 points"),
            ("accuracy < -2.4", 3, "-2.50 points, level of 12 groups"),
            ("accuracy < -2.5", 0, "-2.50 points"),
            ("accuracy@4<-2.4", 3, "level of 4 groups"),
            ("accuracy@4 < \N{MINUS SIGN}3", 0, "level of 4 groups"),
            # It has to become better by a point.
            ("accuracy < 1", 3, "-2.50 points"),
            ("recall@4 < -9.9", 3, "(g1 -10.00 points)"),
            ("recall@4 < -10", 0, "(no group)"),
            ("recall < -9", 3, "g1c2 -10.00 points"),
        ],
    )
    def test_conditions(self, worse, capsys, gate, code, reason):
        assert status("a", "b", "--fail-if", gate) == code
        out, err = capsys.readouterr()
        line = out.splitlines()[-1]
        assert line.startswith("FAILED: " if code else "passed: ")
        assert reason in line
        assert err == ""

    def test_nothing_fails_without_one(self, worse, capsys):
        assert status("a", "b") == 0
        out = capsys.readouterr().out
        assert "  worse: g1, 90.00 % -> 80.00 %, -10.00 points, 300" in out
        assert "FAILED" not in out

    def test_one_of_several_is_enough(self, worse, capsys):
        gates = ("--fail-if", "accuracy < -50", "--fail-if", "worse")
        assert status("a", "b", *gates) == 3
        last = capsys.readouterr().out.splitlines()[-2:]
        assert [line[:7] for line in last] == ["passed:", "FAILED:"]

    def test_a_loss_in_all_groups_is_one_in_accuracy(self, run, capsys):
        # 3 of 100 in each class: too little for any one of them.
        log("a", counts([90] * 12))
        log("b", counts([87] * 12))
        assert status("a", "b", "--level", 12, "--fail-if", "worse") == 3
        out = capsys.readouterr().out
        assert "0 worse, 0 better, 12 within chance" in out
        assert "(accuracy -3.00 points, level of 12 groups)" in out

    def test_a_level_is_all_that_is_looked_at(self, run, capsys):
        # One class becomes worse, and another of its group better.
        log("a", counts([90, 60, *[90] * 10]))
        log("b", counts([60, 90, *[90] * 10]))
        gate = ("--fail-if", "worse")
        assert status("a", "b", *gate) == 3
        assert "g0c0 -30.00" in capsys.readouterr().out
        assert status("a", "b", *gate, "--level", 4) == 0
        assert "12 groups" not in capsys.readouterr().out

    def test_many_names_are_counted(self, run, capsys):
        log("a", counts([90] * 12))
        log("b", counts([20] * 12))
        status("a", "b", "--fail-if", "recall@12 < -1")
        line = capsys.readouterr().out.splitlines()[-1]
        assert line.count("points") == 10
        assert line.endswith("g3c0 -70.00 points, 2 more groups)")

    def test_a_reader_who_has_gone_changes_no_status(self, worse, monkeypatch):
        there, gone = os.pipe()
        os.close(there)
        with os.fdopen(gone, "w") as out:
            monkeypatch.setattr(sys, "stdout", out)
            assert status("a", "b", "--fail-if", "worse") == 3


class TestBadInput:
    @pytest.mark.parametrize(
        "gate",
        [
            *("", "accuracy", "worse@4", "accuracy@ < -1", "accuracy > 1"),
            *("accuracy@4 < nan", "accuracy < 1e3", "f1 < -1", "recall@-4 < 1"),
            *("accuracy@4 < -1 or worse", "accuracy@\u0664 < -1"),
        ],
    )
    def test_conditions(self, worse, gate):
        said = worse.refused("compare a b", "--fail-if", gate)
        assert "--fail-if takes `worse`, or `accuracy@16 < -1`" in said

    @pytest.mark.parametrize(
        ("words", "said"),
        [
            ("a nowhere", "nowhere"),
            # Several seeds are no run.
            ("a ['a','b']", "There is no folder"),
            ("a b --level 5", "levels of this tree have 4, 12."),
            ("a b --fail-if recall@5<0", "levels of this tree have 4, 12."),
            ("a b --fail-if accuracy<-101", "-100 to 100"),
            ("a b --epoch 0", "--epoch must be 1"),
            ("a b --epoch 7", "no epoch 7"),
            ("a b --output top", "no output 'top'"),
            ("a b --split test", "test"),
            ("a b --json out.txt", "ends in .json"),
            ("a b --json - --markdown -", "cannot both write to '-'"),
            ("a b --markdown a", "is a folder"),
            ("a b --markdown no/out.md", "There is no folder"),
            ("a b --markdown pipe", "no file that can be replaced"),
            ("a other", "share no class"),
            ("a empty", "Run B has no sample of a class that both runs have"),
            ("empty b", "Run A has no sample of a class that both runs have"),
        ],
    )
    def test_is_one_line_and_2(self, worse, words, said):
        log(
            "other",
            np.eye(2, dtype=int),
            Hierarchy.from_paths([("x",), ("y",)]),
        )
        log("empty", np.zeros((12, 12), int))
        os.mkfifo("pipe")
        assert said in worse.refused(f"compare {words}")
