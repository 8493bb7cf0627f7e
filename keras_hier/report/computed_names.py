"""Names of groups that were computed, "horse, goat +19", in less room.

The number stays as it is: a group that is named here and there is one group.

The page does the same (`hierarchy/computedNames.ts`); `tests/golden/names.json`
holds both to one result.
"""

import re
from collections.abc import Callable

from keras_hier.report.label_placement import shorten

_COMPUTED = re.compile(r"(.+)( \+\d+)", re.DOTALL)
# Where a word of a name ends.
_BREAK = re.compile(r"[\s\-_/.,:()]+")
# The least letters by which a name is known.
_LEAST = 3


def cut_computed(
    name: str, width: float, measure: Callable[[str], float]
) -> str | None:
    """Cuts such a name: members are left out from the end.

    In less room words of the first one are left out, then letters, and last all
    but the number of the classes that are not named.

    Args:
        name: of a group.
        width: how wide it may be.
        measure: tells how wide a text is.

    Returns:
        What fits, maybe nothing; None where it is no such name.

    Example:
        >>> cut_computed("American chameleon, anole +35", 15, len)
        'American… +35'
    """
    found = _COMPUTED.fullmatch(name)
    if not found or ", " not in found[1]:
        return None
    members, count = found[1].split(", "), found[2]
    first = members[0]
    fewer = [", ".join(members[:n]) for n in range(len(members) - 1, 0, -1)]
    words = [first[: end.start()] for end in _BREAK.finditer(first)]
    fewer += [each for each in words[::-1] if len(each) >= _LEAST]
    for text in fewer:
        if measure(f"{text}…{count}") <= width:
            return f"{text}…{count}"
    letters = shorten(f"{first}…", width - measure(count), measure)
    if len(letters) > _LEAST:
        return letters + count
    alone = f"…{count.strip()}"
    return alone if measure(alone) <= width else ""
