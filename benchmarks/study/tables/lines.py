"""Lines of the study, a run each, and what tells apart such as look alike."""

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

# Of images and trees, which the names of folders do not tell.
DIGESTS = ("images_digest", "hierarchy_digest")


def read_lines(files: Sequence[Path]) -> list[dict[str, Any]]:
    """Returns the runs of some files in their order.

    Raises:
        SystemExit: a file that cannot be read, or a line that is no run.
    """
    return [line for file in files for line in _lines_of(file)]


def _lines_of(file: Path) -> Iterator[dict[str, Any]]:
    try:
        rows = file.read_text().splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SystemExit(f"{file} cannot be read: {error}") from error
    for number, text in enumerate(rows, 1):
        try:
            yield json.loads(text)
        except ValueError as error:
            raise SystemExit(
                f"Expected a run in each line of {file}, as JSON; line "
                f"{number} is none ({error}). It may have been cut off while "
                "it was written: take it out."
            ) from error


def digests_that_differ(lines: Sequence[dict[str, Any]]) -> list[str]:
    """Returns those of `DIGESTS` by which runs of one folder's name differ.

    Older lines have none and are like any; where others differ they stand
    apart from all of them. Parts of the classes, of which each has images and
    a tree of its own, are told apart by their new classes.
    """
    found = defaultdict(set)
    for line in lines:
        for name in DIGESTS:
            if line.get(name):
                part = name, line.get("data"), line.get("new_classes")
                found[part].add(line[name])
    return [
        name
        for name in DIGESTS
        if any(
            len(digests) > 1
            for (of, *_), digests in found.items()
            if of == name
        )
    ]
