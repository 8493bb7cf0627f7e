"""A report of probes in a log, in a spreadsheet and as a table."""

import csv

import numpy as np
import pytest

from keras_hier.files import limits
from keras_hier.log.run_log import RunLog
from keras_hier.probing.features import Features
from keras_hier.probing.probe import probe


def test_a_table_has_a_line_for_each_layer(report):
    lines = str(report).split("\n\n")[1].split("\n")
    (line,) = [each for each in lines if each.startswith("conv2 ")]
    name, features, *rights = line.split()[:5]
    assert (name, features) == ("conv2", "16")
    record = report.record
    added, _, error, beyond, _, spread = line.split()[-6:]
    shown = [float(each) for each in (*rights, added, error, beyond, spread)]
    expected = [
        *record.right[1],
        *(record.adds_error[1], record.adds_error_se[1]),
        *(record.adds_error_over[1], record.adds_error_over_se[1]),
    ]
    assert shown == pytest.approx([100 * x for x in expected], abs=0.051)
    assert "one standard error over samples, not seeds" in str(report)


def test_a_log_holds_it(report, drawn, tree, tmp_path):
    report.log(tmp_path, step=40)
    log = RunLog(str(tmp_path))
    assert log.layers().layers == ("conv1", "conv2", "conv3")
    header, matrix = log.matrix("conv2_linear", 40)
    assert (header.role, header.layer) == ("probe", "conv2")
    assert header.probe["fit"] == "lda"
    assert header.probe["features"] == 16
    np.testing.assert_array_equal(matrix.toarray(), report.matrices["conv2"])
    header, matrix = log.matrix("untrained_linear", 40)
    best = report.record.control_right[:, -1].argmax()
    assert header.layer == report.record.layers[best]
    features = drawn()
    assert log.mean_layers == features.layers
    for place, layer in enumerate(features.layers):
        expected = features.class_means(layer, tree)
        np.testing.assert_allclose(report.means[layer], expected, atol=1e-6)
        found = log.means(layer)
        np.testing.assert_allclose(found.means, expected, atol=0.02)
        assert (found.place, found.counts.tolist()) == (place, [40] * 24)


def test_class_means_that_no_page_shows_are_not_logged(
    report, tmp_path, monkeypatch
):
    monkeypatch.setattr(limits, "ANALYSED_CELLS", 275)
    with pytest.warns(UserWarning, match="24 classes of 16 channels are more"):
        report.log(tmp_path, 1)
    log = RunLog(str(tmp_path))
    assert log.mean_layers == ()
    assert log.layers().layers == ("conv1", "conv2", "conv3")


def test_class_means_that_are_no_numbers_are_left_out(drawn, tree, tmp_path):
    features = drawn()
    large = features["conv2"].astype(np.float64)
    large[0, 0] = 1e60
    other = Features(
        {"conv1": features["conv1"], "conv2": large}, features.labels
    )
    with pytest.warns(UserWarning, match="no tree alignment of 'conv2'"):
        report = probe(other, tree, fit=False)
    assert list(report.means) == ["conv1"]
    report.log(tmp_path, 1)
    assert RunLog(str(tmp_path)).mean_layers == ("conv1",)


def test_names_with_slashes_are_logged(drawn, tree, tmp_path):
    features = drawn()
    nested = Features({"backbone/conv": features["conv2"]}, features.labels)
    probe(nested, tree).log(tmp_path, 1)
    log = RunLog(str(tmp_path))
    assert log.outputs == ("backbone_conv_linear",)
    assert log.mean_layers == ("backbone_conv",)
    assert log.layers().layers == ("backbone/conv",)


def test_a_spreadsheet_has_a_row_a_layer_and_level(report, tmp_path):
    report.to_csv(tmp_path / "layers.csv")
    with (tmp_path / "layers.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 9
    assert [row["groups"] for row in rows[:3]] == ["3", "6", "24"]
    assert float(rows[5]["right"]) == report.record.right[1, 2]
