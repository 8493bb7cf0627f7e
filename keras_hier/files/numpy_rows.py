"""Rows of an .npy file, read when they are asked for."""

import os
from io import BufferedReader
from pathlib import Path
from typing import Any

import numpy as np

from keras_hier.files.numpy_files import NumpyFile, read_header
from keras_hier.files.regular_files import open_named, size_of


class NumpyRows:
    """Numbers [N, F] in an .npy file, which stay on the disk.

    They are not mapped into memory: a file that is cut off while it is mapped
    ends the process. No file is held open.

    Attributes:
        shape: (N, F); of another one the numbers cannot be read.
        dtype: of the numbers.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._path = Path(path)
        with _opened(self._path) as stream:
            header = read_header(stream, size_of(stream), str(path))
        self.shape, self.dtype = header.shape, header.dtype
        self.ndim = len(self.shape)
        self._begin, self._is_fortran = header.begin, header.is_fortran

    def __len__(self) -> int:
        return self.shape[0]

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        return np.asarray(self[:], dtype)

    def __getitem__(self, key: Any) -> np.ndarray:
        """Reads what an array would give."""
        if isinstance(key, tuple):
            return np.asarray(np.asarray(self)[key])
        rows = np.arange(len(self))[key]
        read = self._read_columns if self._is_fortran else self._read_runs
        found = np.empty((rows.size, self.shape[1]), self.dtype)
        with _opened(self._path) as stream:
            read(stream, rows.ravel(), found)
        return found.reshape(*rows.shape, self.shape[1])

    def _read_runs(
        self, stream: BufferedReader, rows: np.ndarray, found: np.ndarray
    ) -> None:
        """Reads rows that lie one after another, neighbours at once."""
        ends = np.flatnonzero(np.diff(rows) != 1) + 1
        for first, last in zip([0, *ends], [*ends, len(rows)], strict=True):
            if first < last:
                at = int(rows[first]) * self.shape[1]
                self._fill(stream, at, found[first:last])

    def _read_columns(
        self, stream: BufferedReader, rows: np.ndarray, found: np.ndarray
    ) -> None:
        """Reads rows of which the columns lie one after another."""
        if not len(rows):
            return
        least = int(rows.min())
        part = np.empty(int(rows.max()) - least + 1, self.dtype)
        for column in range(self.shape[1]):
            self._fill(stream, column * len(self) + least, part)
            found[:, column] = part[rows - least]

    def _fill(self, stream: BufferedReader, at: int, part: np.ndarray) -> None:
        stream.seek(self._begin + at * self.dtype.itemsize)
        raw = part.reshape(-1).view(np.uint8)
        if stream.readinto(raw.data) < raw.nbytes:
            raise ValueError(
                f"{str(self._path)!r} was cut off or replaced while it was "
                "read: make it again, and let nothing write to it meanwhile."
            )


def read_numpy(path: str | os.PathLike[str]) -> np.ndarray:
    """Reads the array of an .npy file."""
    with _opened(path) as stream:
        return NumpyFile(stream, str(path)).array()


def _opened(path: str | os.PathLike[str]) -> BufferedReader:
    try:
        return open_named(path)
    except FileNotFoundError:
        raise ValueError(f"There is no file {str(path)!r}.") from None
    except OSError as error:
        raise ValueError(f"{str(path)!r} cannot be read: {error}") from error


Rows = np.ndarray | NumpyRows
