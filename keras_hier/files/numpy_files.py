"""Reads .npy and .npz files without trusting their headers.

A header of 128 bytes can claim an array of any size, and a compressed member
can be a thousand times as large as the file. Claims are compared with the bytes
that are there, or with a limit, before memory is allocated.
"""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any, NamedTuple
from zipfile import ZIP_STORED, ZipFile, ZipInfo

import numpy as np

from keras_hier.files import limits

_ZIP = b"PK"
_SUFFIX = ".npy"


class NumpyFile:
    """An open .npy or .npz.

    Attributes:
        is_archive: whether it is an .npz, by what it holds.
        keys: of the arrays in it; empty for an .npy, which has only one.
    """

    def __init__(self, stream: IO[bytes], name: str) -> None:
        self._stream = stream
        self._name = name
        self._size = stream.seek(0, 2)
        self._zip: ZipFile | None = None
        self._members: dict[str, ZipInfo] = {}
        stream.seek(0)
        begins = stream.read(len(_ZIP))
        if begins == _ZIP:
            with _reading(name):
                self._zip = ZipFile(stream)
            self._members = {
                member.filename.removesuffix(_SUFFIX): member
                for member in self._zip.infolist()
                if member.filename.endswith(_SUFFIX)
            }
        self.is_archive = self._zip is not None
        self.keys = tuple(self._members)

    def shape(self, key: str | None = None) -> tuple[int, ...]:
        """Returns the shape of an array, without reading it."""
        with self._opened(key) as (stream, size, name):
            return read_header(stream, size, name).shape

    def array(self, key: str | None = None) -> np.ndarray:
        """Reads the array of a key, None for that of an .npy."""
        with self._opened(key) as (stream, size, name):
            claimed = read_header(stream, size, name).bytes
            with _reading(name, claimed):
                stream.seek(0)
                return np.lib.format.read_array(stream, allow_pickle=False)

    @contextmanager
    def _opened(self, key: str | None) -> Iterator[tuple[Any, int, str]]:
        """Yields the bytes of an array, how many they are, and its name."""
        name = self._name if key is None else f"{self._name}:{key}"
        if self._zip is None or key is None:
            yield self._stream, self._size, name
            return
        member = self._members[key]
        if member.compress_type == ZIP_STORED:
            most = self._size
        else:
            most = limits.ARRAY_BYTES
        if member.file_size > most:
            raise ValueError(
                f"{name} claims {member.file_size:,} bytes when unpacked, more "
                f"than {most:,}, the most that is read: save it by np.save or "
                "np.savez, which do not compress."
            )
        with _reading(name):
            stream = self._zip.open(member)
        with stream:
            yield stream, member.file_size, name


class Header(NamedTuple):
    """The fields of the header of an .npy.

    Attributes:
        shape: of the array.
        is_fortran: whether its columns lie one after another.
        dtype: of its numbers.
        begin: where they begin.
    """

    shape: tuple[int, ...]
    is_fortran: bool
    dtype: np.dtype
    begin: int

    @property
    def bytes(self) -> int:
        """How many the numbers take."""
        # An array of empty strings takes memory all the same.
        return math.prod(self.shape) * max(self.dtype.itemsize, 1)


def read_header(stream: Any, size: int, name: str) -> Header:
    """Reads the header of an .npy of some bytes."""
    with _reading(name):
        stream.seek(0)
        version = np.lib.format.read_magic(stream)
        read = {
            (1, 0): np.lib.format.read_array_header_1_0,
            (2, 0): np.lib.format.read_array_header_2_0,
        }[version]  # (3, 0) is of arrays with fields, which are not ours
        header = Header(*read(stream), stream.tell())
        if header.dtype.hasobject or min(header.shape, default=0) < 0:
            raise ValueError
        there = size - header.begin
    if header.bytes != there:
        raise ValueError(
            f"{name} claims an array of shape {header.shape} of "
            f"{header.dtype}, {header.bytes:,} bytes, and holds {there:,}: the "
            "file is damaged, was cut off, or holds several arrays one after "
            "another."
        )
    return header


@contextmanager
def _reading(name: str, size: int | None = None) -> Iterator[None]:
    try:
        yield
    # NumPy and zipfile let the errors of parsers and decompressors through, and
    # NumPy advises to allow pickles, which can run any code.
    except Exception as error:
        if size is not None and isinstance(error, MemoryError):
            raise ValueError(
                f"{name} takes {size:,} bytes of memory, more than there are."
            ) from None
        raise ValueError(
            f"{name} is no readable array: expected what np.save or np.savez "
            "writes of numbers or strings, whole and without Python objects."
        ) from None
