import numpy as np
import pytest

import keras_hier as kh
from keras_hier.files import limits
from keras_hier.log.run_log import LogError, RunLog
from keras_hier.probing import strongest_samples
from keras_hier.probing.features import Features
from keras_hier.probing.strongest_samples import KEPT, largest_of

TREE = kh.Hierarchy.from_paths(
    [("pet", "cat"), ("pet", "dog"), ("car", "bus"), ("car", "van")]
)


@pytest.mark.parametrize(
    ("chunk", "values", "count"),
    [(1, 3, 50), (7, 3, 50), (7, 2000, 50), (8192, 3, 50), (8192, 2000, 4)],
)
def test_the_largest_of_each_channel(monkeypatch, chunk, values, count):
    monkeypatch.setattr(strongest_samples, "CHUNK", chunk)
    drawn = np.random.default_rng(count).integers(-values, values, (count, 9))
    rows, found = largest_of(drawn.astype(np.float16), KEPT)
    # The first of equal ones.
    expected = np.argsort(-drawn, axis=0, kind="stable")[:KEPT]
    assert np.array_equal(rows, expected.T)
    assert np.array_equal(found, np.take_along_axis(drawn, expected, 0).T)


def features(ids):
    rng = np.random.default_rng(0)
    labels = np.arange(40) % 4
    values = rng.normal(size=(40, 5)).astype(np.float16)
    return Features({"conv/1": values, "fc": values[:, :3]}, labels, ids=ids)


def test_a_report_logs_them_with_the_means(tmp_path):
    given = features([f"{n % 4}/{n}.jpg" for n in range(40)])
    # Classes as the features number them, not as the tree does.
    given.classes = ("van", "cat", "dog", "bus")
    report = kh.analysis.probe(given, TREE, fit=False)
    report.log(tmp_path, 3)
    report.log(tmp_path / "without", 3, means=False)
    assert RunLog(str(tmp_path / "without")).mean_layers == ()
    found = RunLog(str(tmp_path)).strongest("conv/1")
    assert found.rows.shape == (5, KEPT)
    for channel, (rows, values) in enumerate(
        zip(found.rows, found.values, strict=True)
    ):
        column = np.asarray(given["conv/1"][:, channel], float)
        expected = np.argsort(-column)[:KEPT]
        assert [found.ids[row] for row in rows] == [
            given.ids[at] for at in expected
        ]
        assert np.array_equal(values, column[expected])
        named = [TREE.classes[label] for label in found.labels[rows]]
        assert named == [given.classes[at % 4] for at in expected]
    with pytest.raises(LogError):
        RunLog(str(tmp_path / "without")).strongest("conv/1")


@pytest.mark.parametrize("ids", [None, [""] * 40, ["a" * 1001] * 40])
def test_samples_without_ids_have_means_alone(tmp_path, ids):
    report = kh.analysis.probe(features(ids), TREE, fit=False)
    report.log(tmp_path, 1)
    log = RunLog(str(tmp_path))
    assert log.mean_layers == ("conv_1", "fc")
    with pytest.raises(
        LogError, match="no strongest samples of layer 'conv_1'"
    ):
        log.strongest("conv/1")


def test_more_than_a_record_holds_is_left_out(monkeypatch):
    ids = [str(n) for n in range(40)]
    monkeypatch.setattr(limits, "STRONGEST", 5 * KEPT - 1)
    report = kh.analysis.probe(features(ids), TREE, fit=False)
    assert list(report.strongest) == ["fc"]
