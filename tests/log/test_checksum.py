import doctest

import numpy as np
import pytest
from tensorboard.compat.tensorflow_stub import pywrap_tensorflow

from keras_hier.log.event_files import checksum


@pytest.mark.parametrize(
    "size",
    [0, 1, 4, 5, 1023, 1024, 1025, 40_001, 2**20, 2**20 + 3],
)
def test_is_tensorboards_own(monkeypatch, size):
    data = np.random.default_rng(size).bytes(size)
    expected = pywrap_tensorflow.masked_crc32c(data)
    assert checksum.masked_crc32c(data) == expected
    if size >= 4:  # what is short is left to TensorBoard's
        monkeypatch.setattr(checksum, "_FEW", 0)
        assert checksum.masked_crc32c(data) == expected


def test_the_example_runs():
    assert doctest.testmod(checksum) == (0, 1)
