"""What is in memory while curves are computed, and what is kept of them."""

import weakref

import numpy as np
import pytest
from reading import MATRIX, TREE, Reader, write

from keras_hier import scores
from tb_plugin.reading import views
from tb_plugin.reading.store import Store
from tb_plugin.routes.curves import CurveService

ONE = "plain-seed1/validation"
BOTH = '["plain-seed1","plain-seed2"]/validation'
EPOCHS = 20


@pytest.fixture
def reader(tmp_path) -> Reader:
    for number in (1, 2):
        write(tmp_path / f"plain-seed{number}", range(1, EPOCHS + 1))
    return Reader(tmp_path)


@pytest.mark.parametrize("run", [ONE, BOTH])
def test_the_counts_of_one_epoch_of_a_run_at_a_time(reader, monkeypatch, run):
    seen, alive = [], []
    curve = views.curve

    def watched(counts, tree, nodes):
        alive.append(sum(each() is not None for each in seen))
        seen.append(weakref.ref(counts.actual))
        return curve(counts, tree, nodes)

    monkeypatch.setattr(views, "curve", watched)
    # The cache keeps the newest alone.
    service = CurveService(Store(reader.provider), cache_bytes=1)
    found = service.read(reader.scope, run, "class", [0])["epochs"]
    right = np.trace(MATRIX) / MATRIX.sum()
    assert [point["accuracy"][-1] for point in found] == [right] * EPOCHS
    assert max(alive) <= 2


def test_counts_are_kept_in_as_many_bytes_as_they_need(reader, monkeypatch):
    counted = []
    count = scores.node_counts

    def watched(matrix, tree):
        counted.append(1)
        return count(matrix, tree)

    monkeypatch.setattr(scores, "node_counts", watched)
    # The largest of 20 epochs is 20 * 20 samples: two bytes a number at most.
    room = EPOCHS * 3 * len(TREE.parents) * 2
    service = CurveService(Store(reader.provider), cache_bytes=room)
    both = [service.read(reader.scope, ONE, "class", [0]) for _ in range(2)]
    assert both[0] == both[1]
    assert both[0]["epochs"][-1]["samples"] == EPOCHS * MATRIX.sum()
    assert len(counted) == EPOCHS
