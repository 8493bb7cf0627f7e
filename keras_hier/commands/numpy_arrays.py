"""Arrays in .npy and .npz files of users, and the class ids beside them."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from keras_hier.files.numpy_files import NumpyFile
from keras_hier.files.regular_files import open_named

# Keys under which an .npz file may say which class each number means.
_CLASS_KEYS = ("wnids", "classes", "class_ids")

Values = np.ndarray | tuple[str, ...]


class NumpyArray:
    """The array of a file that is wanted.

    Args:
        file: which holds it.
        path: of the file.
        key: of the array, for .npz, or None.
        wanted: the key to look for without one.

    Attributes:
        name: of file and array, for messages.

    Raises:
        ValueError: no such array, or several that may be it.
    """

    def __init__(
        self, file: NumpyFile, path: Path, key: str | None, wanted: str
    ) -> None:
        self._file, self._path = file, path
        self._own = next((k for k in _CLASS_KEYS if k in file.keys), None)
        self._key = self._chosen(key, wanted) if file.is_archive else None
        self.name = path.name
        if self._key is not None:
            self.name = f"{path.name}:{self._key}"

    def _chosen(self, key: str | None, wanted: str) -> str:
        keys, name = self._file.keys, self._path.name
        if key is None:
            arrays = [k for k in keys if k != self._own]
            key = wanted if wanted in arrays else None
            if key is None and len(arrays) == 1:
                key = arrays[0]
        if key is None or key not in keys:
            raise ValueError(
                f"{name}: it holds {', '.join(keys) or 'nothing':.200}; "
                f"say which with {name}:KEY."
            )
        return key

    def shape(self) -> tuple[int, ...]:
        """Returns its shape, without reading it."""
        return self._file.shape(self._key)

    def values(self) -> Values:
        """Reads it: numbers of any shape, or text [N]."""
        return _values(self._file.array(self._key), self.name)

    def classes(self) -> tuple[str, ...] | None:
        """Reads the class ids beside it, if the file has any."""
        if self._own is None or self._own == self._key:
            return None
        name = f"{self._path.name}:{self._own}"
        return as_ids(_values(self._file.array(self._own), name), name)


@contextmanager
def opened(path: Path, key: str | None, wanted: str) -> Iterator[NumpyArray]:
    """Yields the array of a file that is wanted; see `NumpyArray`."""
    with open_named(path) as stream:
        yield NumpyArray(NumpyFile(stream, path.name), path, key, wanted)


def as_ids(values: Values, name: str) -> tuple[str, ...]:
    """Returns class ids, strings or integers [C].

    Raises:
        ValueError: something else.
    """
    if isinstance(values, tuple):
        return values
    if values.ndim != 1 or values.dtype.kind not in "iu":
        raise ValueError(
            f"{name}: expected ids, strings or integers in one row, got "
            f"shape {values.shape} of {values.dtype}."
        )
    return tuple(map(str, values.tolist()))


def _values(array: np.ndarray, name: str) -> Values:
    if array.dtype.kind not in "US":
        return array
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim != 1:
        raise ValueError(
            f"{name}: expected class ids [N], got shape {array.shape} of "
            f"{array.dtype}."
        )
    if array.dtype.kind == "S":
        return tuple(
            item.decode("utf-8", "backslashreplace") for item in array.tolist()
        )
    return tuple(array.tolist())
