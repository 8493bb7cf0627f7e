"""Several runs as one: how such a set is written, and which are offered.

A set takes the place of a run in every route: `["a","b"]/validation` are the
runs `a` and `b`, of each the split `validation`.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from keras_hier.log.metadata import name_and_split

MAX_MEMBERS = 20
# Letters of a text that is read; an address has no room for more.
MAX_TEXT = 8_000
# A name stands in a line of the page.
_LONG = 40


class RunSet(NamedTuple):
    """Several runs of one split.

    Attributes:
        names: of the runs, each once, in order.
        split: of all of them; empty where their logs have none.
    """

    names: tuple[str, ...]
    split: str

    @property
    def members(self) -> tuple[str, ...]:
        """The sub-runs, as routes name them."""
        return tuple(_run(name, self.split) for name in self.names)

    @property
    def key(self) -> str:
        """The text that stands for the set."""
        names = json.dumps(
            self.names, ensure_ascii=False, separators=(",", ":")
        )
        return _run(names, self.split)


def run_set(key: str) -> RunSet | None:
    """Reads what stands for a set; None for what stands for a single run.

    Example:
        >>> run_set('["a","b"]/validation').members
        ('a/validation', 'b/validation')
        >>> run_set("a/validation") is None
        True
    """
    if not key.startswith('["') or len(key) > MAX_TEXT:
        return None
    text, split = name_and_split(key)
    try:
        names = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(names, list) or not all(map(_is_name, names)):
        return None
    if len(set(names)) != len(names) or not 2 <= len(names) <= MAX_MEMBERS:
        return None
    return RunSet(tuple(sorted(names, key=_in_order)), split)


def _is_name(value: Any) -> bool:
    # JSON can hold half of a surrogate pair, which no log can.
    return (
        isinstance(value, str)
        and value != ""
        and not any("\ud800" <= letter <= "\udfff" for letter in value)
    )


class Seed(NamedTuple):
    """The number of a seed in the name of a run, and the text around it."""

    before: str
    number: int
    after: str


# A number after one of these words is a seed's. The other patterns count only
# where the runs are numbered one by one, from 0 or 1.
_SAID = re.compile(r"(?i)(?<![a-z])(?:seeds?|runs?|trials?)[-_=. ]?(\d{1,9})")
_MAYBE = (
    re.compile(r"(?i)(?<![a-z0-9])s[-_=]?(\d{1,4})(?!\d)"),
    re.compile(r"(?<=[-_. ])(\d{1,4})$"),
)
# Numbers of these count something else.
_OTHER = re.compile(
    r"(?i)(?<![a-z])(epochs?|steps?|iter|layers?|blocks?|conv|stages?|levels?|groups?"
    r"|depth|width|folds?|parts?|v|version|top|size|batch|lr|wd|k|n)[-_=. ]*$"
)


def seed_of(name: str) -> Seed | None:
    """Finds the number of a seed in the name of a run; None without one.

    Example:
        >>> seed_of("resnet-seed12-b")
        Seed(before='resnet-seed', number=12, after='-b')
        >>> seed_of("conv4_groups30") is None
        True
    """
    found = _SAID.search(name)
    for pattern in _MAYBE:
        found = found or pattern.search(name)
    if not found or _OTHER.search(name[: found.start(1)]):
        return None
    start, stop = found.span(1)
    return Seed(name[:start], int(found[1]), name[stop:])


def offered(runs: Iterable[str]) -> list[RunSet]:
    """Returns the sets of runs that look like seeds of one training.

    Their names are equal but for one number. It stands after *seed*, *run* or
    *trial*. After a bare *s*, or at the end behind a dash, underline, point or
    blank, it counts only if the runs are numbered one by one, from 0 or 1.
    Numbers of epochs, layers, folds and the like are no seeds. Names with one
    number (`seed1`, `seed01`) are not offered: nobody knows which is meant.
    """
    groups: dict[tuple[str, str, str], list[tuple[int, str]]] = {}
    for run in sorted(runs):
        name, split = name_and_split(run)
        seed = seed_of(name)
        if seed:
            alike = groups.setdefault((split, seed.before, seed.after), [])
            alike.append((seed.number, name))
    found = []
    for (split, *_), alike in groups.items():
        numbers = sorted(number for number, _ in alike)
        if not 2 <= len(numbers) <= MAX_MEMBERS:
            continue
        if len(set(numbers)) < len(numbers):
            continue
        is_said = _SAID.search(alike[0][1]) is not None
        in_turn = list(range(numbers[0], numbers[0] + len(numbers)))
        if is_said or (numbers[0] <= 1 and numbers == in_turn):
            names = sorted((name for _, name in alike), key=_in_order)
            found.append(RunSet(tuple(names), split))
    return found


def name_of(runs: RunSet, is_offered: bool) -> str:
    """Returns what a set is called: `resnet-seed* (3 runs)`."""
    seeds = [seed_of(name) for name in runs.names]
    around = {(seed.before, seed.after) for seed in seeds if seed}
    many = f"({len(runs.names)} runs)"
    if all(seeds) and len(around) == 1:
        ((before, after),) = around
        numbers = ",".join(str(seed.number) for seed in seeds if seed)
        return f"{before}{'*' if is_offered else numbers}{after} {many}"
    both = " + ".join(runs.names)
    if len(both) <= _LONG:
        return both
    return f"{runs.names[0]:.{_LONG}} + {len(runs.names) - 1} others {many}"


class Pairs(NamedTuple):
    """Which runs of two sets have the same seed: their places, in order."""

    first: list[int]
    second: list[int]


def pairs_of(first: Sequence[str], second: Sequence[str]) -> Pairs:
    """Pairs runs of two sets by the numbers of their seeds.

    Where a number is not that of one run alone, none is paired.
    """
    one, two = (_places_by_number(names) for names in (first, second))
    both = sorted(one.keys() & two.keys())
    return Pairs([one[n] for n in both], [two[n] for n in both])


def outputs_of(runs: RunSet, outputs: Mapping[str, Sequence[str]]) -> list[str]:
    """Returns the outputs that all runs of a set have, in the order of one."""
    first, *others = (outputs.get(member, ()) for member in runs.members)
    return [
        output for output in first if all(output in other for other in others)
    ]


def _places_by_number(names: Sequence[str]) -> dict[int, int]:
    seeds = [seed_of(name) for name in names]
    found = {seed.number: at for at, seed in enumerate(seeds) if seed}
    return found if len(found) == len(names) else {}


def _in_order(name: str) -> tuple[str, int, str]:
    """Sorts seed 10 behind seed 9."""
    return seed_of(name) or (name, 0, "")


def _run(name: str, split: str) -> str:
    if not split:
        return name
    return split if name == "." else f"{name}/{split}"
