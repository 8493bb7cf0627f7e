"""Opens files of users that are files: no pipe, no device, no folder."""

import os
import stat
from io import BufferedReader

_KINDS = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


def open_regular(path: str | os.PathLike[str]) -> BufferedReader:
    """Opens a file, no folder, pipe or device; links are followed."""
    # Opening a pipe blocks, opening a device may do anything.
    _check(os.stat(path))
    file = open(path, "rb", opener=_without_waiting)  # noqa: SIM115
    try:
        # The file may have been replaced by a pipe since the check.
        _check(os.fstat(file.fileno()))
    except ValueError:
        file.close()
        raise
    return file


def open_named(path: str | os.PathLike[str]) -> BufferedReader:
    """Does the same, and names the file where it is none."""
    try:
        return open_regular(path)
    except ValueError as error:
        raise ValueError(f"{path}: {error}.") from None


def size_of(file: BufferedReader) -> int:
    """Returns how many bytes an open file has."""
    return os.fstat(file.fileno()).st_size


def _check(status: os.stat_result) -> None:
    if stat.S_ISREG(status.st_mode):
        return
    kind = next(
        (name for test, name in _KINDS if test(status.st_mode)),
        "something else",
    )
    raise ValueError(f"it is {kind} where a file was expected")


def _without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))
