"""A comparison as lines for the terminal, as Markdown and as JSON."""

import json
import math
import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from keras_hier.analysis.comparing.run_comparison import Comparison, RunSide
from keras_hier.commands.compare.changes import Change, ShownLevel
from keras_hier.commands.compare.gates import Outcome
from keras_hier.quantities import by_number, quantity
from keras_hier.terminal import escaped

# Groups printed of a level; JSON has all.
MOST_ROWS = 20
VERDICTS = {-1: "worse", 0: "within chance", 1: "better"}
# Signs of Markdown and HTML; a full stop may belong to a link.
_MARKS = re.compile(r"[!#$&*/<>@\[\\\]^_`{|}~]|(?<!\d)\.(?!\s|$)|\.(?!\d|\s|$)")


class Report(NamedTuple):
    """All that is said of a comparison.

    Attributes:
        folders: of A and B, as they were given.
        sides: what was read of them.
        found: what changed.
        levels: what is looked at.
        outcomes: of the gates.
    """

    folders: tuple[str, str]
    sides: tuple[RunSide, RunSide]
    found: Comparison
    levels: Sequence[ShownLevel]
    outcomes: Sequence[Outcome]


def gate_line(outcome: Outcome) -> str:
    """Returns what a gate says, in a line."""
    word = "FAILED" if outcome.is_failed else "passed"
    return f"{word}: {outcome.gate.text} ({outcome.reason})"


def lines_of(report: Report) -> Iterator[str]:
    """Yields the lines for the terminal."""
    yield from _heads(report)
    for level in report.levels:
        yield ""
        yield _accuracy(level)
        listed, more = _listed(level)
        for change in listed:
            yield f"  {_about(change)}"
        if more:
            yield f"  ... and {more:,} more"
        yield f"  {_rest(level)}"
    if report.outcomes:
        yield ""
        yield from map(gate_line, report.outcomes)


def markdown_of(report: Report) -> str:
    """Returns a page for a pull request or the summary of a pipeline."""
    heads = [cell(line) for line in _heads(report)]
    lines = ["### keras-hier compare", "", *(f"{h}  " for h in heads), ""]
    for outcome in report.outcomes:
        lines += [f"**{cell(gate_line(outcome))}**", ""]
    for level in report.levels:
        lines += [cell(_accuracy(level)), ""]
        listed, more = _listed(level)
        if listed:
            lines += [
                "| group | | A | B | points | samples | q |",
                "|---|---|--:|--:|--:|--:|--:|",
                *map(_row, listed),
                "",
            ]
        if more:
            lines += [f"{more:,} more are not listed.", ""]
        lines += [cell(_rest(level)), ""]
    return "\n".join(lines)


def json_of(report: Report) -> str:
    """Returns all levels and groups as JSON, in ASCII, NaN as null."""
    found = report.found
    sides = zip("ab", report.folders, report.sides, found.left_out, strict=True)
    data: dict[str, Any] = {
        name: {
            "run": folder,
            "split": side.log.split,
            "output": side.output,
            "epoch": side.epoch,
            "left_out": left_out._asdict() | {"coarse": side.coarse},
        }
        for name, folder, side, left_out in sides
    }
    data["shared_classes"] = found.shared
    data["test"] = "counts" if found.why else "mcnemar"
    data["why"] = found.why
    data["levels"] = [
        _as_json(level) | {"changes": [_as_json(c) for c in level.changes]}
        for level in report.levels
    ]
    data["gates"] = [
        {"fail_if": o.gate.text, "failed": o.is_failed, "reason": o.reason}
        for o in report.outcomes
    ]
    data["failed"] = any(o.is_failed for o in report.outcomes)
    return json.dumps(data, indent=1, allow_nan=False)


def cell(text: str) -> str:
    """Returns a text that Markdown shows as it is, also within a table.

    Example:
        >>> cell("a|b <i>")
        'a&#124;b &#60;i&#62;'
    """
    plain = _MARKS.sub(lambda found: f"&#{ord(found[0])};", escaped(text))
    # A sign between keeps a name from calling somebody on GitHub.
    return plain.replace("&#64;", "&#64;&#8203;")


def _heads(report: Report) -> Iterator[str]:
    found = report.found
    for name, folder, side, left_out in zip(
        "AB", report.folders, report.sides, found.left_out, strict=True
    ):
        where = ", ".join(filter(None, (side.log.split, side.output)))
        yield (
            f"{name}: {folder}, {where}, epoch {side.epoch}: "
            f"{quantity(int(side.matrix.sum()), 'sample')} of "
            f"{quantity(len(side.classes.sizes), 'class')}."
        )
        if left_out.classes:
            yield (
                f"Left out of {name}: {quantity(left_out.classes, 'class')} "
                f"with {quantity(left_out.samples, 'sample')}. "
                f"{by_number(found.shared, 'One is', f'{found.shared:,} are')} "
                "in both runs."
            )
        if side.coarse:
            yield (
                f"Left out of {name}: {quantity(side.coarse, 'sample')} with "
                "coarse labels, which stand in no cell."
            )
    if report.sides[0].classes.key != report.sides[1].classes.key:
        yield "The two have different trees: the groups are those of A."
    if found.why:
        yield f"Tested by counts (Fisher, mid-p). {found.why}"
    else:
        yield "Tested sample by sample (McNemar): both logged the same ones."


def _accuracy(level: ShownLevel) -> str:
    right, samples = level.right, level.samples
    q = "" if math.isnan(level.q) else f", q {_small(level.q)}"
    return (
        f"{quantity(level.groups, 'group')}: accuracy "
        f"{_share(right[0], samples[0])} -> {_share(right[1], samples[1])}, "
        f"{level.change:+.2f} points, {VERDICTS[level.verdict]}{q}."
    )


def _listed(level: ShownLevel) -> tuple[list[Change], int]:
    """Returns the changes to print, and how many more there are."""
    beyond = [change for change in level.changes if change.verdict]
    beyond.sort(key=lambda change: (change.verdict, change.q, change.change))
    return beyond[:MOST_ROWS], max(len(beyond) - MOST_ROWS, 0)


def _about(change: Change) -> str:
    return (
        f"{VERDICTS[change.verdict]}: {change.name}, "
        f"{_share(change.right[0], change.samples[0])} -> "
        f"{_share(change.right[1], change.samples[1])}, "
        f"{change.change:+.2f} points, {_samples(change)}, "
        f"q {_small(change.q)}"
    )


def _row(change: Change) -> str:
    cells = (
        change.name,
        VERDICTS[change.verdict],
        _share(change.right[0], change.samples[0]),
        _share(change.right[1], change.samples[1]),
        f"{change.change:+.2f}",
        _samples(change),
        _small(change.q),
    )
    return f"| {' | '.join(map(cell, cells))} |"


def _rest(level: ShownLevel) -> str:
    counts = dict.fromkeys(VERDICTS, 0)
    untested = 0
    for change in level.changes:
        counts[change.verdict] += 1
        untested += math.isnan(change.p)
    within = counts[0] - untested
    text = f"{counts[-1]:,} worse, {counts[1]:,} better, {within:,} within"
    return f"{text} chance, {untested:,} without samples on a side."


def _samples(change: Change) -> str:
    one, two = change.samples
    return quantity(one, "sample") if one == two else f"{one:,} and {two:,}"


def _share(right: int, samples: int) -> str:
    return f"{100 * right / samples:.2f} %" if samples else "none"


def _small(q: float) -> str:
    return f"{q:.4f}" if q >= 0.0001 else "<0.0001"


def _as_json(of: ShownLevel | Change) -> dict[str, Any]:
    named = {k: v for k, v in of._asdict().items() if k != "changes"}
    named["verdict"] = VERDICTS[of.verdict]
    return {
        key: None if isinstance(v, float) and not math.isfinite(v) else v
        for key, v in named.items()
    }
