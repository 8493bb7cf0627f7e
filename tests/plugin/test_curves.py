"""How much of a series is in memory while its curves are computed."""

import weakref

import numpy as np
import pytest
from reading import MATRIX, TREE, Reader, write

from keras_hier import scores
from tb_plugin.curves import CurveService
from tb_plugin.store import Store

ONE = "plain-seed1/validation"
BOTH = '["plain-seed1","plain-seed2"]/validation'


@pytest.mark.parametrize("run", [ONE, BOTH])
def test_the_counts_of_one_epoch_of_a_run_at_a_time(tmp_path, monkeypatch, run):
    for number in (1, 2):
        write(tmp_path / f"plain-seed{number}", range(1, 21))
    reader = Reader(tmp_path)
    made, alive = [], []
    count = scores.node_counts

    def watched(matrix, tree):
        alive.append(sum(each() is not None for each in made))
        found = count(matrix, tree)
        made.append(weakref.ref(found.actual))
        return found

    monkeypatch.setattr(scores, "node_counts", watched)
    # The cache keeps the newest alone, and one is being looked at.
    service = CurveService(Store(reader.provider), cache_bytes=1)
    found = service.read(reader.scope, run, "class", [0])["epochs"]
    right = np.trace(MATRIX) / MATRIX.sum()
    assert [point["accuracy"][-1] for point in found] == [right] * 20
    assert TREE.num_classes == len(MATRIX)
    assert max(alive) <= 2
