"""The error of trees, and parts of its messages."""

import difflib
import unicodedata
from collections.abc import Iterable, Sequence


class HierarchyError(ValueError):
    """An invalid tree, cut or class list."""


def subset_hint(shape: Sequence[int | None], classes: int) -> str:
    """Returns what to do where a tree has more classes than are scored."""
    width = shape[1] if len(shape) == 2 else None
    if width is None or not 1 < width < classes:
        return ""
    return " hierarchy.subset(ids) is the tree of a part of its classes."


def suggestion(name: str, known: Iterable[str]) -> str:
    """Returns " Did you mean ...?", or "" without similar names."""
    # The time goes with the length, and nobody mistypes that much.
    close = difflib.get_close_matches(name[:200], set(known), n=3)
    return f" Did you mean {' or '.join(map(repr, close))}?" if close else ""


def quoted(items: Sequence[str], limit: int = 5) -> str:
    """Returns the first few of many names, quoted and cut for an error."""
    shown = ", ".join(f"{item!r:.80}" for item in items[:limit])
    return shown + (f", ... ({len(items)})" if len(items) > limit else "")


def twins_hint(unknown: Iterable[str], known: Iterable[str]) -> str:
    """Returns a sentence about names that look like known ones, or ""."""
    composed = {unicodedata.normalize("NFC", name) for name in known}
    twins = [
        name
        for name in unknown
        if unicodedata.normalize("NFC", name) in composed
    ]
    if not twins:
        return ""
    # As macOS writes the names of folders: letters and their accents apart.
    return (
        f" {quoted(twins)} looks like a known name but is written with other "
        'characters; unicodedata.normalize("NFC", name) makes both the same.'
    )
