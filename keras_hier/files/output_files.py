"""The files that users ask for: checked first, and written as a whole."""

import os
from pathlib import Path


def checked_target(path: str | os.PathLike[str], suffix: str) -> Path:
    """Returns the path of a file that may be written.

    Args:
        path: a file in a folder that is there.
        suffix: how its name must end, such as ".png".

    Raises:
        ValueError: another suffix, a folder, or no such folder.
    """
    target = Path(path)
    if target.suffix.lower() != suffix:
        raise ValueError(
            f"Expected a name that ends in {suffix}, got {str(path)!r}."
        )
    if target.is_dir():
        raise ValueError(f"{str(path)!r} is a folder, not a file to write.")
    if not target.parent.is_dir():
        raise ValueError(
            f"There is no folder {str(target.parent)!r} to write "
            f"{target.name!r} to: make it first."
        )
    return target


def write_atomically(path: Path, data: bytes) -> None:
    """Writes a file so that it is never seen half written."""
    # Two processes may write it at once.
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.unfinished")
    try:
        unfinished.write_bytes(data)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
