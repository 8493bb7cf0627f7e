"""Cuts names so that two different ones never look alike.

The page does the same (`hierarchy/shortNames.ts`, `computedNames.ts`);
`tests/golden/names.json` holds both to one result.
"""

import bisect
import re
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from keras_hier.report.label_placement import shorten

_WORDS = re.compile(r"[^\s\-_/.,:()]*[\s\-_/.,:()]*")
# Where a word of a name ends.
_BREAK = re.compile(r"[\s\-_/.,:()]+")
_COMPUTED = re.compile(r"(.+)( \+\d+)", re.DOTALL)
# The least letters by which a name is known.
_LEAST = 3
# Letters of a word before what tells in it, from which on it is cut there.
_DEEP = 3
# An ellipsis, and what is narrower.
_MARKS = ("…", "·")


class _Piece(NamedTuple):
    """A word, or what of it tells: which of its letters must be seen."""

    text: str
    need: int


class ShortNames:
    """Shortens names by what tells them from the others.

    Args:
        names: all that may stand beside one another.

    Example:
        >>> names = ShortNames(["Vanilla-Low-Fat", "Vanilla-Low-Sugar"])
        >>> names.shorten("Vanilla-Low-Sugar", 10, len)
        'Vani…Sugar'
        >>> names.shorten("Vanilla-Low-Fat", 15, len)
        'Vanilla-Low-Fat'
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._names = sorted(set(names))

    def shorten(
        self, name: str, width: float, measure: Callable[[str], float]
    ) -> str:
        """Returns a name cut so that it fits."""
        plain = shorten(name, width, measure)
        if plain == name:
            return name
        computed = cut_computed(name, width, measure)
        if computed is not None:
            return computed
        branching = self._branches(name)
        # The usual cut, where it leaves a letter more than the last that tells.
        if len(plain) - 1 >= (branching[-1] if branching else -1) + 2:
            return plain
        return _cut(_pieces(name, branching), width, measure) or plain

    def _branches(self, name: str) -> list[int]:
        """Returns where others that begin alike go on otherwise, ascending."""
        at = bisect.bisect_left(self._names, name)
        # The first letter always tells.
        found = {0}
        after = range(at, len(self._names))
        for places in (after, range(at - 1, -1, -1)):
            for place in places:
                other = self._names[place]
                if other == name:
                    continue
                same = _shared(name, other)
                if same == 0:
                    break
                if same < len(name):
                    found.add(same)
        return sorted(found)


def _shared(one: str, other: str) -> int:
    """Returns how many letters two names begin with alike."""
    pairs = zip(one, other, strict=False)
    different = (i for i, (a, b) in enumerate(pairs) if a != b)
    return next(different, min(len(one), len(other)))


def _pieces(name: str, branching: Sequence[int]) -> list[_Piece]:
    pieces = []
    start = 0
    for word in _WORDS.findall(name):
        stop = start + len(word)
        need = 0
        for at in branching:
            if not start <= at < stop:
                continue
            if at - start - need >= _DEEP:
                pieces.append(_Piece(name[start:at], need))
                start = at
            need = at - start + 1
        if stop > start:
            pieces.append(_Piece(name[start:stop], need))
        start = stop
    return pieces


def _written(
    pieces: Sequence[_Piece], letters: Sequence[int], mark: str
) -> str:
    """Returns so many letters of each piece, and marks for the others."""
    text = ""
    for piece, seen in zip(pieces, letters, strict=True):
        text += piece.text[:seen]
        if seen < len(piece.text) and not text.endswith(mark):
            text = text.rstrip() + mark
    return text


def _cut(
    pieces: Sequence[_Piece], width: float, measure: Callable[[str], float]
) -> str | None:
    """Cuts a name where it tells least; None where what tells has no room."""
    letters = [piece.need for piece in pieces]
    telling = [i for i, need in enumerate(letters) if need > 0]

    def fitting() -> str | None:
        for mark in _MARKS:
            if measure(_written(pieces, letters, mark)) <= width:
                return mark
        return None

    mark = fitting()
    # Words that neighbours share come first, and go first.
    for i in telling[:-1]:
        if mark:
            break
        letters[i] = 0
        mark = fitting()
    if mark is None:
        return None
    shown = [i for i in telling if letters[i]]
    _grow(shown, pieces, letters, mark, width, measure)
    rest = [i for i, p in enumerate(pieces) if letters[i] < len(p.text)]
    _grow(rest, pieces, letters, mark, width, measure)
    return _written(pieces, letters, mark)


def _grow(
    some: Sequence[int],
    pieces: Sequence[_Piece],
    letters: list[int],
    mark: str,
    width: float,
    measure: Callable[[str], float],
) -> None:
    """Adds letters to some pieces as long as all of them fit."""
    growing = set(some)
    while growing:
        # The shortest first; of equals the last, which tells most.
        at = min(growing, key=lambda i: (letters[i], -i))
        if letters[at] == len(pieces[at].text):
            growing.discard(at)
            continue
        letters[at] += 1
        if measure(_written(pieces, letters, mark)) > width:
            letters[at] -= 1
            growing.discard(at)


def cut_computed(
    name: str, width: float, measure: Callable[[str], float]
) -> str | None:
    """Cuts the name of a computed group, "horse, goat +19", to a width.

    Members are left out from the end, then words and letters of the first one.
    The number stays: it tells that names here and there are of one group.
    Returns the rest, maybe nothing; None for another name.

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
