"""Lines of the study, a run each, and what tells apart such as look alike."""

import json
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

# Of images and trees, which the names of folders do not tell.
DIGESTS = ("images_digest", "hierarchy_digest")


def read_lines(files: Sequence[Path]) -> list[dict[str, Any]]:
    """Returns the runs of some files in their order."""
    return [
        json.loads(text)
        for file in files
        for text in file.read_text().splitlines()
    ]


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
