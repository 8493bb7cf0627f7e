"""Rows that are read from the disk are those of the array."""

import os

import numpy as np
import pytest

from keras_hier.files.numpy_rows import NumpyRows, read_numpy
from keras_hier.files.row_files import RowFile


@pytest.fixture(params=["<f2", ">f4"])
def array(request):
    rng = np.random.default_rng(0)
    return rng.integers(-99, 99, (40, 3)).astype(request.param)


KEYS = (
    7,
    -1,
    slice(None),
    slice(5, 30, 4),
    slice(38, 90),
    slice(3, 3),
    [0, 1, 2, 9, 10, 39],
    [5, -2, 5, 4],
    np.arange(40) % 3 == 0,
    (slice(None), 1),
    ([1, 2], [2, 0]),
)


@pytest.mark.parametrize("key", KEYS, ids=str)
@pytest.mark.parametrize("order", ["C", "F"])
def test_rows_are_those_of_the_array(tmp_path, array, order, key):
    np.save(tmp_path / "a.npy", np.asarray(array, order=order))
    rows = NumpyRows(tmp_path / "a.npy")
    assert (rows.shape, len(rows), rows.dtype) == ((40, 3), 40, array.dtype)
    np.testing.assert_array_equal(rows[key], array[key])
    assert rows[key].shape == array[key].shape
    np.testing.assert_array_equal(np.asarray(rows), array)


def test_rows_are_written_as_they_are_read(tmp_path, array):
    np.save(tmp_path / "a.npy", array)
    with RowFile(tmp_path / "b.npy", 3, array.dtype) as file:
        file.extend(array[:10])
        file.extend(NumpyRows(tmp_path / "a.npy"))
    found = read_numpy(tmp_path / "b.npy")
    np.testing.assert_array_equal(found, np.concatenate([array[:10], array]))
    assert found.dtype == array.dtype


@pytest.mark.parametrize("order", ["C", "F"])
def test_a_file_that_is_cut_off_while_it_is_read(tmp_path, array, order):
    # Where it were mapped, this would end the process.
    path = tmp_path / "a.npy"
    np.save(path, np.asarray(array, order=order))
    rows = NumpyRows(path)
    os.truncate(path, 150)
    with pytest.raises(ValueError, match=r"a\.npy' was cut off or replaced"):
        rows[30:]


@pytest.mark.parametrize("read", [NumpyRows, read_numpy])
class TestWhatIsNoFileOfRows:
    @pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
    def test_a_pipe(self, tmp_path, read):
        os.mkfifo(tmp_path / "a.npy")
        with pytest.raises(ValueError, match="a pipe where a file"):
            read(tmp_path / "a.npy")

    def test_a_folder(self, tmp_path, read):
        with pytest.raises(ValueError, match="a folder where a file"):
            read(tmp_path)

    def test_nothing(self, tmp_path, read):
        with pytest.raises(ValueError, match="There is no file"):
            read(tmp_path / "a.npy")

    @pytest.mark.parametrize("mark", [b"[", b"(", b"{1:", b"-"])
    def test_a_header_that_no_parser_can_nest(self, tmp_path, read, mark):
        text = mark * (5000 // len(mark))
        size = len(text).to_bytes(2, "little")
        file = tmp_path / "a.npy"
        file.write_bytes(b"\x93NUMPY\x01\x00" + size + text)
        with pytest.raises(ValueError, match="no readable array"):
            read(file)
