"""What tells lines apart that else look like runs of one setting."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

# Of images and trees, which the names of folders do not tell.
DIGESTS = ("images_digest", "hierarchy_digest")


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
