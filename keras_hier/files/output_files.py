"""Checks of paths to write to, and files that are written as a whole."""

import os
from pathlib import Path


def checked_target(
    path: str | os.PathLike[str], suffix: str | tuple[str, ...] | None
) -> Path:
    """Returns the path of a file that may be written, such as ".png".

    It has the suffix, or one of several. Where none is asked for, it may have
    any. A device or a pipe is refused, as the new file takes the place of the
    old one.
    """
    target = Path(path)
    wanted = (suffix,) if isinstance(suffix, str) else suffix
    if wanted is not None and target.suffix.lower() not in wanted:
        raise ValueError(
            f"Expected a name that ends in {' or '.join(wanted)}, got "
            f"{str(path)!r}."
        )
    if target.is_dir():
        raise ValueError(f"{str(path)!r} is a folder, not a file to write.")
    if target.exists() and not target.is_file():
        raise ValueError(f"{str(path)!r} is no file that can be replaced.")
    if not target.parent.is_dir():
        raise ValueError(
            f"There is no folder {str(target.parent)!r} to write "
            f"{target.name!r} to: make it first."
        )
    return target


def checked_folder(path: str | os.PathLike[str]) -> Path:
    """Returns the path of a folder that is there, or that can be made."""
    check_is_text(path)
    folder = Path(path)
    there = next((p for p in (folder, *folder.parents) if p.exists()), folder)
    if there.exists() and not there.is_dir():
        raise ValueError(
            f"Expected a folder, or the name of a new one, got {str(path)!r}: "
            f"{str(there)!r} is a file."
        )
    return folder


def check_is_text(path: str | os.PathLike[str]) -> None:
    """Raises an error about a name of other bytes than UTF-8.

    TensorBoard opens no such folder, and names no run so.
    """
    try:
        os.fspath(path).encode()
    except UnicodeEncodeError:
        raise ValueError(
            f"Expected a folder whose name is UTF-8, got {str(path)!r}: "
            "TensorBoard opens no other. Rename it, or take another."
        ) from None


def write_atomically(path: Path, data: bytes) -> None:
    """Writes a file so that it is never seen half written."""
    # Two processes may write it at once.
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.unfinished")
    try:
        unfinished.write_bytes(data)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
