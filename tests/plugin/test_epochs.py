"""Several runs as one epoch: how much of them is in memory at a time."""

import numpy as np
import pytest
from reading import MATRIX, TREE

from keras_hier.files import limits
from keras_hier.log.records import matrix_codec
from keras_hier.log.records.container import CodecError
from tb_plugin.reading.cache import Cache
from tb_plugin.reading.epochs import Epoch, SummedEpoch


def summed(runs: int) -> SummedEpoch:
    blob = matrix_codec.encode(MATRIX, hierarchy=TREE.digest)
    names = tuple(f"seed{i}/validation" for i in range(runs))
    parts = tuple(Epoch(1, float(i), blob) for i in range(runs))
    return SummedEpoch(1, names, parts, Cache(2**20), "key")


def test_the_sum_is_that_of_all_runs():
    header, matrix = summed(5).decode()
    assert np.array_equal(matrix.toarray(), 5 * MATRIX)
    assert header.total == 5 * MATRIX.sum()
    assert header.nonzeros == np.count_nonzero(MATRIX)


def test_what_all_runs_declare_is_bounded_before_any_is_decoded(monkeypatch):
    monkeypatch.setattr(Epoch, "decode", lambda epoch: pytest.fail("decoded"))
    cells = np.count_nonzero(MATRIX)
    monkeypatch.setattr(limits, "NONZEROS", 3 * cells)
    assert summed(3).header.nonzeros <= 3 * cells
    for ask in (SummedEpoch.decode, lambda epoch: epoch.header):
        with pytest.raises(
            CodecError, match=f"4 runs .* {4 * cells:,} nonzero"
        ):
            ask(summed(4))
