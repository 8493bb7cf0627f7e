"""Writes an .npy file row by row, whose length is not known beforehand."""

import os
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
import numpy.typing as npt

from keras_hier.files.numpy_rows import Rows

# Rows that are in memory at a time.
_CHUNK = 8192


class RowFile:
    """An .npy file of rows [N, F] that grows.

    Until it is closed its header says that it has no rows.

    Attributes:
        rows: int, N so far.
    """

    def __init__(
        self, path: str | os.PathLike[str], width: int, dtype: npt.DTypeLike
    ) -> None:
        self.dtype = np.dtype(dtype)
        self.width = width
        self.rows = 0
        self._stream = Path(path).open("xb")  # noqa: SIM115 - until close()
        self._write_header()
        self._begin = self._stream.tell()

    def write(self, rows: np.ndarray, at: np.ndarray) -> None:
        """Writes rows [B, F], each at its place [B], in the file or after it.

        Places ascend, but for those that are replaced. None may be left out.
        """
        rows = np.ascontiguousarray(rows, self.dtype)
        # Runs of neighbours are written at once.
        ends = np.flatnonzero(np.diff(at) != 1) + 1
        for first, last in zip([0, *ends], [*ends, len(at)], strict=True):
            if first == last:
                continue
            place = int(at[first])
            self._stream.seek(
                self._begin + place * self.width * self.dtype.itemsize
            )
            self._stream.write(rows[first:last].tobytes())
            # No integer of NumPy: the header could not be read again.
            self.rows = max(self.rows, place + int(last - first))

    def extend(self, rows: Rows) -> None:
        """Appends rows [B, F], a part at a time: they may lie on the disk."""
        for start in range(0, len(rows), _CHUNK):
            part = rows[start : start + _CHUNK]
            self.write(part, np.arange(self.rows, self.rows + len(part)))

    def close(self) -> None:
        """Says in the header how many rows there are."""
        if self._stream.closed:
            return
        self._stream.seek(0)
        self._write_header()
        self._stream.close()

    def _write_header(self) -> None:
        # NumPy leaves room in it for a first axis of any length.
        np.lib.format.write_array_header_1_0(
            self._stream,
            {
                "descr": np.lib.format.dtype_to_descr(self.dtype),
                "fortran_order": False,
                "shape": (self.rows, self.width),
            },
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()
