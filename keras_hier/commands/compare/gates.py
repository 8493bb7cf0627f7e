"""Conditions under which `keras-hier compare` fails."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from keras_hier.analysis.comparing.run_comparison import Comparison
from keras_hier.commands.compare.changes import (
    Change,
    ShownLevel,
    shown_level,
)
from keras_hier.quantities import quantity

WORSE = "worse"
_BELOW = re.compile(
    r"(accuracy|recall)(?:@(\d{1,9}))?\s*<\s*([+-]?(?:\d+\.?\d*|\.\d+))",
    re.ASCII,
)
# Groups that are named in a sentence.
MOST_NAMED = 10


class Gate(NamedTuple):
    """A condition to fail under.

    Attributes:
        text: as it was written.
        score: `worse`, or what falls by more than `points`.
        groups: of the level that it is about, None for the default one.
        points: of percent.
    """

    text: str
    score: str
    groups: int | None = None
    points: float = 0.0


class Outcome(NamedTuple):
    """Whether a gate fails, and a phrase that says why."""

    gate: Gate
    is_failed: bool
    reason: str


def parse_gate(text: str) -> Gate:
    """Reads a condition, such as "accuracy@16 < -1"."""
    # A minus sign is copied from pages that have a typographic one.
    plain = text.strip().replace("\N{MINUS SIGN}", "-")
    if plain == WORSE:
        return Gate(plain, WORSE)
    found = _BELOW.fullmatch(plain)
    if found is None:
        raise ValueError(
            f"--fail-if takes `{WORSE}`, or `accuracy@16 < -1`: a score "
            "(accuracy, recall), a level by its number of groups, and a "
            f"change in points of percent; got {text!r:.80}."
        )
    score, groups, limit = found.groups()
    change = float(limit)
    if abs(change) > 100:
        raise ValueError(
            f"--fail-if takes points of percent, -100 to 100; got {text!r:.80}."
        )
    return Gate(plain, score, None if groups is None else int(groups), change)


def outcome_of(
    gate: Gate, found: Comparison, levels: Sequence[ShownLevel]
) -> Outcome:
    """Returns whether a gate fails, for what is looked at."""
    if gate.score == WORSE:
        return _worse(gate, levels)
    if gate.score == "accuracy":
        level = shown_level(found, found.level(gate.groups))
        reason = f"{level.change:+.2f} points, {_level(level.groups)}"
        return Outcome(gate, level.change < gate.points, reason)
    if gate.groups is not None:
        levels = [shown_level(found, found.level(gate.groups))]
    fallen = [
        change
        for level in levels
        for change in level.changes
        if change.change < gate.points
    ]
    fallen.sort(key=lambda change: change.change)
    return Outcome(gate, bool(fallen), _named(fallen) or "no group")


def _worse(gate: Gate, levels: Sequence[ShownLevel]) -> Outcome:
    reasons = [
        f"accuracy {level.change:+.2f} points, {_level(level.groups)}"
        for level in levels
        if level.verdict < 0
    ]
    worse = [
        change
        for level in levels
        for change in level.changes
        if change.verdict < 0
    ]
    # A group of one class may be on several levels.
    once = {change.id: change for change in worse}
    by_q = sorted(once.values(), key=lambda change: (change.q, change.change))
    if by_q:
        reasons.append(_named(by_q))
    reason = "; ".join(reasons) or "nothing is worse beyond chance"
    return Outcome(gate, bool(reasons), reason)


def _named(changes: Sequence[Change]) -> str:
    names = [
        f"{change.name} {change.change:+.2f} points"
        for change in changes[:MOST_NAMED]
    ]
    if len(changes) > MOST_NAMED:
        names.append(f"{quantity(len(changes) - MOST_NAMED, 'more group')}")
    return ", ".join(names)


def _level(groups: int) -> str:
    return f"level of {quantity(groups, 'group')}"
