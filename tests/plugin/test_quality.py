"""The route about the quality of classes and labels."""

import gzip
from pathlib import Path

import numpy as np
import pytest
from reading import CLASS, MATRIX, RUN, Reader, log_head, log_matrix, write_blob

import keras_hier as kh
from keras_hier.analysis.data_quality.diverse_classes import diverse_classes
from keras_hier.analysis.data_quality.label_issues import suspect_labels
from keras_hier.analysis.data_quality.overlapping_classes import (
    overlapping_classes,
)
from keras_hier.files import limits
from keras_hier.log import kinds
from tb_plugin.routes import quality

EACH = 60
# Eight groups of four classes; the first two of all are hard to tell apart,
# and class 8 is taken for those of groups b and c.
NAMES = [g + str(i) for g in "abcdefgh" for i in range(4)]
WIDE = kh.Hierarchy.from_nested(
    [{g: [g + str(i) for i in range(4)]} for g in "abcdefgh"], classes=NAMES
)
LABELS = np.repeat(np.arange(32), EACH)


def matrix() -> np.ndarray:
    counts = np.ones((32, 32), int) + 50 * np.eye(32, dtype=int)
    counts[0, 9] = counts[9, 0] = 20
    counts[16, 4:12] += 6
    return counts


def scores() -> np.ndarray:
    """Sure of every label but that of the first sample of class 3."""
    found = np.full((len(LABELS), 32), 0.01 / 31)
    found[np.arange(len(LABELS)), LABELS] = 0.99
    found[3 * EACH] = 1e-6 / 31
    found[3 * EACH, 20] = 1 - 1e-6
    return found


@pytest.fixture
def logged(tmp_path: Path) -> Path:
    """Run `plain` of three epochs, with samples of the second."""
    with kh.BlocksWriter(tmp_path / "plain", WIDE) as log:
        for step in (1, 2, 3):
            log.matrix(matrix(), step)
        log.samples(LABELS, scores(), 2)
    return tmp_path


@pytest.fixture
def reader(logged: Path) -> Reader:
    return Reader(logged)


class TestLists:
    def test_pairs_are_those_of_the_analysis(self, reader):
        found = reader.get("quality", step=3, **CLASS)
        expected = overlapping_classes(matrix(), WIDE)
        assert (found["step"], found["classes"]) == (3, 32)
        assert found["samples"] == matrix().sum()
        assert found["accuracy"] == pytest.approx(51 * 32 / matrix().sum())
        pairs = found["overlapping"]
        assert pairs["tested"] == 32 * 31 // 2
        assert pairs["total"] == len(expected.pairs.a)
        assert pairs["listed"] == expected.listed > 0
        first = pairs["entries"][0]
        assert (first["a"], first["b"]) == (0, 9)
        assert (first["a_as_b"], first["b_as_a"]) == (20, 20)
        near = expected.pairs.expected[0]
        assert first["expected"] == pytest.approx(near, rel=1e-5)
        # 40 samples more are right if the two are one.
        merged = (51 * 32 + 40) / matrix().sum()
        assert first["merged_accuracy"] == pytest.approx(merged, rel=1e-5)
        assert (first["inside"], first["distance"]) == (None, 2)
        assert set(first) == set(expected.pairs._fields)

    def test_classes_that_are_two(self, reader):
        found = reader.get("quality", step=3, **CLASS)["diverse"]
        expected = diverse_classes(matrix(), WIDE)
        assert found["listed"] == expected.listed == 1
        first = found["entries"][0]
        assert first["class"] == 16
        assert first["errors"] == matrix()[16].sum() - 51
        assert first["groups"] == ["b", "c"]
        assert first["counts"] == [28, 28]

    def test_labels_are_named_in_the_order_of_the_matrix(self, logged):
        turned = kh.Hierarchy.from_nested(
            [{g: [g + str(i) for i in range(4)]} for g in "abcdefgh"],
            classes=NAMES[::-1],
        )
        with kh.BlocksWriter(logged / "plain", turned) as log:
            log.matrix(matrix()[::-1, ::-1], 4)
        reader = Reader(logged)
        assert reader.get("quality", step=3, **CLASS)["why"] is None
        found = reader.get("quality", step=4, **CLASS)
        assert found["suspects"] is None
        assert "other classes" in found["why"]
        assert reader.get("quality", step=3, **CLASS)["why"] is None

    def test_labels_of_the_samples(self, reader):
        found = reader.get("quality", step=2, **CLASS)
        assert found["why"] is None
        labels = found["suspects"]
        assert (labels["step"], labels["samples"]) == (2, len(LABELS))
        assert (labels["total"], labels["listed"], labels["top"]) == (1, 1, 5)
        assert labels["known"]
        [entry] = labels["entries"]
        assert (entry["sample"], entry["id"]) == (180, "180")
        assert (entry["given"], entry["suggested"]) == (3, 20)
        assert entry["p_suggested"] == pytest.approx(1, abs=1e-3)
        # 59 of 60 have 0.99, one has nothing.
        assert entry["threshold_given"] == pytest.approx(0.9735, abs=2e-3)
        assert entry["trust"] > 0.9
        full = suspect_labels(LABELS, scores(), WIDE)
        assert labels["listed"] == full.listed

    def test_predictions_without_probabilities_are_an_order(self, tmp_path):
        says = np.where(np.arange(len(LABELS)) % 9, LABELS, LABELS[::-1])
        with kh.BlocksWriter(tmp_path / "plain", WIDE) as log:
            log.matrix(matrix(), 1)
            log.samples(LABELS, np.eye(32)[says], 1)
        labels = Reader(tmp_path).get("quality", step=1, **CLASS)["suspects"]
        assert (labels["known"], labels["listed"]) == (False, 0)
        assert {entry["trust"] for entry in labels["entries"]} == {None}
        order = suspect_labels(LABELS, np.eye(32)[says], WIDE).suspects.sample
        assert [e["sample"] for e in labels["entries"]] == order.tolist()

    def test_samples_of_two_objects(self, tmp_path):
        p = np.full((len(LABELS), 32), 0.01)
        p[np.arange(len(LABELS)), LABELS] = 0.69
        # Class 31 never gets more than 0.3: in these two it is seen as well.
        p[LABELS == 31] = 0.7 / 31
        p[LABELS == 31, 31] = 0.3
        for sample, own in ((600, 0.7 - 0.3), (0, 0.695 - 0.3)):
            p[sample] = 0.0
            p[sample, LABELS[sample]] = own
            p[sample, 31] = 1 - own
        p[LABELS == 10] = p[600]
        with kh.BlocksWriter(tmp_path / "plain", WIDE) as log:
            log.matrix(matrix(), 1)
            log.samples(LABELS, p, 1)
        labels = Reader(tmp_path).get("quality", step=1, **CLASS)["suspects"]
        found = labels["two_objects"]
        expected = suspect_labels(LABELS, p, WIDE)
        # All sixty of class 10 are alike; sample 0 is below its threshold.
        assert found["total"] == len(expected.two_objects.sample) == 60
        first = found["entries"][0]
        assert (first["sample"], first["id"]) == (600, "600")
        assert (first["given"], first["other"]) == (10, 31)
        assert first["p_given"] == pytest.approx(0.4, abs=2e-3)
        assert first["p_other"] == pytest.approx(0.6, abs=2e-3)
        assert first["threshold_given"] == pytest.approx(0.4, abs=2e-3)
        assert first["threshold_other"] == pytest.approx(0.3, abs=2e-3)
        assert first["distance"] == 2

    @pytest.mark.parametrize("step", [1, 3])
    def test_samples_of_the_nearest_epoch(self, reader, step):
        found = reader.get("quality", step=step, **CLASS)
        assert found["suspects"]["step"] == 2

    def test_long_lists_are_cut_and_say_so(self, tmp_path, monkeypatch):
        rng = np.random.default_rng(0)
        log_matrix(tmp_path / "plain", rng.poisson(3, (32, 32)), 1, WIDE)
        found = Reader(tmp_path).get("quality", step=1, **CLASS)["overlapping"]
        # Of 496 pairs that of e^-6 are never crossed.
        assert found["total"] > 480
        assert len(found["entries"]) == found["total"] <= 500
        monkeypatch.setattr(quality, "MAX_ENTRIES", 10)
        cut = Reader(tmp_path).get("quality", step=1, **CLASS)
        assert len(cut["overlapping"]["entries"]) == 10
        assert cut["overlapping"]["total"] == found["total"]

    def test_groups_of_a_head(self, tmp_path):
        log_head(tmp_path / "plain", matrix(), WIDE, WIDE.cut(depth=1))
        found = Reader(tmp_path).get("quality", run=RUN, output="head", step=1)
        assert found["classes"] == 8
        assert found["suspects"] is None


class TestNothingToSay:
    def test_without_samples(self, tmp_path):
        log_matrix(tmp_path / "plain", MATRIX)
        found = Reader(tmp_path).get("quality", step=1, **CLASS)
        assert found["suspects"] is None
        assert found["why"].startswith('No samples logged for output "class".')
        assert "BlocksCallback(samples=...)" in found["why"]
        assert found["overlapping"]["entries"]

    @pytest.mark.parametrize(("size", "each"), [(1, 1), (2, 1), (3, 1), (9, 0)])
    def test_few_classes_or_no_samples(self, tmp_path, size, each):
        tree = kh.Hierarchy.from_paths([(str(i),) for i in range(size)])
        log_matrix(tmp_path / "plain", np.full((size, size), each), 1, tree)
        found = Reader(tmp_path).get("quality", step=1, **CLASS)
        assert found["overlapping"]["listed"] == 0
        assert found["samples"] == each * size**2
        assert (found["accuracy"] is None) == (each == 0)

    def test_labels_whose_probability_is_not_known(self, tmp_path):
        best = np.argsort(-scores(), axis=1)[:, :2]
        two = np.take_along_axis(scores(), best, axis=1)
        with kh.BlocksWriter(tmp_path / "plain", WIDE) as log:
            log.matrix(matrix(), 1)
            log.samples(LABELS, (best, two), 1)
        found = Reader(tmp_path).get("quality", step=1, **CLASS)["suspects"]
        assert not found["known"]
        assert (found["listed"], found["total"]) == (0, 1)
        assert found["expected_precision"] is None


class TestBadInput:
    def test_damaged_samples_leave_the_classes(self, logged):
        folder, tag = logged / RUN, kinds.tag_of("samples", "class")
        write_blob(folder, tag, b"KHS1\xff\xff\xff\xff", 3, "samples")
        reader = Reader(logged)
        found = reader.get("quality", step=3, **CLASS)
        assert found["suspects"] is None
        assert found["why"]
        assert found["overlapping"]["listed"]
        assert reader.get("quality", step=2, **CLASS)["suspects"]["listed"]

    def test_samples_without_their_index(self, tmp_path):
        with kh.BlocksWriter(tmp_path / "other", WIDE) as log:
            log.samples(LABELS, scores(), 1)
        log_matrix(tmp_path / "plain", matrix(), 1, WIDE)
        asked = {**CLASS, "run": "other/validation", "step": 1}
        blob = gzip.compress(Reader(tmp_path).request("samples", **asked).data)
        tag = kinds.tag_of("samples", "class")
        write_blob(tmp_path / RUN, tag, blob, 1, "samples")
        found = Reader(tmp_path).get("quality", step=1, **CLASS)
        assert found["suspects"] is None
        assert "sample_index" in found["why"]

    def test_samples_of_other_classes(self, logged):
        other = kh.Hierarchy.from_paths([(f"x{i}",) for i in range(32)])
        with kh.BlocksWriter(logged / "plain", other) as log:
            log.samples(LABELS, scores(), 3)
        found = Reader(logged).get("quality", step=3, **CLASS)
        assert found["suspects"] is None
        assert "other classes" in found["why"]


class TestTooLarge:
    """What would take the server long is left to the command."""

    def test_a_matrix(self, reader, monkeypatch):
        monkeypatch.setattr(limits, "ANALYSED_CELLS", 1023)
        _, message = reader.error("quality", **CLASS, step=1)
        assert "1,024 nonzero cells, its tree 9 groups in 2 lev" in message

    @pytest.mark.parametrize(
        ("name", "most"), [("ANALYSED_GROUPS", 8), ("ANALYSED_LEVELS", 1)]
    )
    def test_a_tree(self, reader, monkeypatch, name, most):
        monkeypatch.setattr(limits, name, most)
        status, message = reader.error("quality", **CLASS, step=1)
        assert status == 422
        assert f"{most} that are" in message or f", {most} and" in message

    def test_samples(self, reader, monkeypatch):
        monkeypatch.setattr(limits, "ANALYSED_RANKED", 5 * len(LABELS) - 1)
        found = reader.get("quality", **CLASS, step=1)
        assert found["suspects"] is None
        assert "1,920 samples with 5 classes each are more" in found["why"]
        assert found["overlapping"]["listed"] > 0
