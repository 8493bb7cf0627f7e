"""Append-only files, on this machine or behind a URL.

TensorBoard's `GFile` opens a local file anew for every write, by its name. A
file that was deleted comes back without its beginning, and a failed write
leaves half a record. Nothing is forced to the disk. So local files are written
here.
"""

import contextlib
import errno
import os
import sys
import weakref
from typing import Any

from keras_hier.files.output_files import check_is_text

# Errors of file systems that cannot force data to a disk.
_NO_SYNC = (errno.EINVAL, errno.ENOTSUP, errno.ENOSYS)


def is_local(path: str) -> bool:
    """Tells whether a path is one of this machine."""
    return "://" not in path


def absolute(path: str) -> str:
    """Returns a path that stays the same where the working folder changes."""
    if is_local(path):
        path = os.path.abspath(path)
    check_is_text(path)
    return path


def file_system(path: str) -> Any:
    """Returns TensorBoard's file access, or TensorFlow's for URLs it knows."""
    # Only here, as it takes half a second.
    from tensorboard.compat.tensorflow_stub.io import gfile

    check_is_text(path)
    tensorflow = sys.modules.get("tensorflow")
    if not is_local(path) and tensorflow is not None:
        scheme = path.partition("://")[0]
        if scheme in tensorflow.io.gfile.get_registered_schemes():
            return tensorflow.io.gfile
    if not is_local(path):
        try:
            gfile.get_filesystem(path)
        except ImportError as error:
            raise OSError(f"{path!r} cannot be reached: {error}.") from error
    return gfile


def is_folder(path: str) -> bool:
    """Tells whether a path, or what is behind a URL, is a folder."""
    if is_local(path):
        return os.path.isdir(path)
    return bool(file_system(path).isdir(path))


def make_folder(folder: str) -> None:
    """Makes a folder and those around it, unless they are there."""
    if is_local(folder):
        os.makedirs(folder, exist_ok=True)
    else:
        file_system(folder).makedirs(folder)


class LocalFile:
    """A new file on this machine.

    Attributes:
        usable: false once the file may hold half of what was written.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self.usable = True
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND
        self._file = os.open(path, flags | getattr(os, "O_BINARY", 0), 0o666)
        self._close = weakref.finalize(self, os.close, self._file)
        self._size = 0
        self._listed = False

    def write(self, data: bytes) -> None:
        """Appends all of the data, or nothing."""
        view = memoryview(data)
        try:
            while view:
                view = view[os.write(self._file, view) :]
        except BaseException:
            try:
                os.ftruncate(self._file, self._size)
            except OSError:
                self.usable = False
            raise
        self._size += len(data)

    def sync(self) -> None:
        """Returns once the data would survive a power cut."""
        try:
            _sync(self._file)
            if not self._listed:
                _sync_folder(os.path.dirname(self.path) or ".")
                self._listed = True
        except OSError:
            self.usable = False
            raise

    def exists(self) -> bool:
        """Tells whether the file is still at its path, not deleted or moved."""
        try:
            found = os.stat(self.path)
        except OSError:
            return False
        return os.path.samestat(found, os.fstat(self._file))

    def close(self) -> None:
        """Closes the file."""
        self._close()

    def remove(self) -> None:
        """Closes and deletes it."""
        here = self.exists()
        self._close()
        if here:
            with contextlib.suppress(OSError):
                os.unlink(self.path)


class RemoteFile:
    """A new file behind a URL: `gs://...`, `s3://...`, what fsspec knows.

    The service decides when data arrive; most take the whole file at `sync`.

    Attributes:
        usable: false once the file may hold half of what was written.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self.usable = True
        self._files = file_system(path)
        self._file = self._files.GFile(path, "wb")
        self._closed = False

    def write(self, data: bytes) -> None:
        """Appends the data."""
        try:
            self._file.write(data)
        except BaseException:
            self.usable = False
            raise

    def sync(self) -> None:
        """Hands everything to the service."""
        self._file.flush()

    def exists(self) -> bool:
        """Tells whether the file is there, as far as the service knows."""
        try:
            return bool(self._files.exists(self.path))
        except Exception:  # what a service raises is its own
            return True

    def close(self) -> None:
        """Closes the file."""
        if not self._closed:
            self._closed = True
            self._file.close()

    def remove(self) -> None:
        """Closes the file, without deleting it: not every service can."""
        self.close()


def create(path: str) -> LocalFile | RemoteFile:
    """Creates a file where there is none yet."""
    return LocalFile(path) if is_local(path) else RemoteFile(path)


def _sync(file: int) -> None:
    try:
        os.fsync(file)
    except OSError as error:
        if error.errno not in _NO_SYNC:
            raise


def _sync_folder(folder: str) -> None:
    # A new file's name is in its folder, which is written on its own.
    if os.name == "posix":
        opened = os.open(folder, os.O_RDONLY)
        try:
            _sync(opened)
        finally:
            os.close(opened)
