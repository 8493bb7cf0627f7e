"""Names of groups that were computed, "horse, goat +19", in less room.

The page does the same (`hierarchy/computedNames.ts`); `tests/golden/names.json`
holds both to one result.
"""

import re
from collections.abc import Callable

from keras_hier.report.label_placement import shorten

_COMPUTED = re.compile(r"(.+?), .+? \+(\d+)", re.DOTALL)
# Where a word of a name ends.
_BREAK = re.compile(r"[\s\-_/.,:()]+")
# The least letters by which a name is known.
_LEAST = 3


def cut_computed(
    name: str, width: float, measure: Callable[[str], float]
) -> str | None:
    """Cuts such a name: its first member and how many more there are.

    In less room words of it are left out from the end, then letters, and last
    all but the number of its classes.

    Args:
        name: of a group.
        width: how wide it may be.
        measure: tells how wide a text is.

    Returns:
        What fits, maybe nothing; None where it is no such name.

    Example:
        >>> cut_computed("American chameleon, anole +35", 15, len)
        'American… +36'
    """
    found = _COMPUTED.fullmatch(name)
    if not found:
        return None
    first, more = found[1], int(found[2])
    count = f" +{more + 1}"
    words = [first[: end.start()] for end in _BREAK.finditer(first)]
    shorter = [f"{each}…" for each in words[::-1] if len(each) >= _LEAST]
    for text in (first, *shorter):
        if measure(text + count) <= width:
            return text + count
    letters = shorten(first, width - measure(count), measure)
    if len(letters) > _LEAST:
        return letters + count
    every = f"+{more + 2}"
    return every if measure(every) <= width else ""
