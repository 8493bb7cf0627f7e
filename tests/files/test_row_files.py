"""Arrays that are written row by row, some of them again."""

import numpy as np
import pytest

from keras_hier.files.row_files import RowFile


@pytest.mark.parametrize("seed", range(3))
def test_rows_that_are_replaced_and_added_at_once(tmp_path, seed):
    rng = np.random.default_rng(seed)
    expected = np.zeros((0, 3), np.float16)
    path = tmp_path / "a.npy"
    with RowFile(path, 3, np.float16) as file:
        for _ in range(6):
            count = len(expected)
            old = rng.permutation(count)[: rng.integers(count + 1)]
            at = np.sort([*old, *range(count, count + rng.integers(1, 5))])
            rows = rng.normal(size=(len(at), 3)).astype(np.float16)
            expected = np.pad(expected, ((0, at[-1] + 1 - count), (0, 0)))
            expected[at] = rows
            file.write(rows, at.astype(np.int64))
        assert type(file.rows) is int
    np.testing.assert_array_equal(np.load(path), expected)


def test_by_hand(tmp_path):
    path = tmp_path / "a.npy"
    with RowFile(path, 1, np.float32) as file:
        file.write(np.zeros((4, 1)), np.arange(4))
        file.write(np.array([[1.0], [2], [3]]), np.array([1, 4, 5]))
    assert np.load(path)[:, 0].tolist() == [0, 1, 0, 0, 2, 3]
