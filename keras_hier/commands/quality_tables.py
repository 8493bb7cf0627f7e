"""The three lists as rows: for CSV, JSON and the terminal."""

import json
import math
from collections.abc import Iterator, Sequence
from importlib import resources
from typing import Any

from keras_hier.analysis.data_quality.diverse_classes import Diverse
from keras_hier.analysis.data_quality.label_issues import SuspectLabels
from keras_hier.analysis.data_quality.overlapping_classes import Overlaps
from keras_hier.hierarchy.hierarchy import Hierarchy

Row = dict[str, Any]

# One table for all: what a list does not have is empty. The page writes the
# same columns and one more.
COLUMNS = tuple(
    column
    for column, writers in json.loads(
        resources.files(__package__)
        .joinpath("quality_columns.json")
        .read_text(encoding="utf-8")
    ).items()
    if "command" in writers
)


def overlap_rows(found: Overlaps, tree: Hierarchy) -> Iterator[Row]:
    """Yields `overlapping` pairs: count is of class named other_class."""
    p = found.pairs
    for k in range(len(p.a)):
        yield {
            **_head("overlapping", k, found.listed),
            **_classes(tree, p.a[k], p.b[k]),
            "count": int(p.a_as_b[k]),
            "count_back": int(p.b_as_a[k]),
            "expected": float(p.expected[k]),
            "evidence": float(p.evidence[k]),
            "false_discoveries": float(p.false_discoveries[k]),
            "told_apart": float(p.told_apart[k]),
            "merged_accuracy": float(p.merged_accuracy[k]),
            "contained": tree.classes[p.inside[k]] if p.inside[k] >= 0 else "",
            "distance": int(p.distance[k]),
        }


def clique_rows(found: Overlaps, tree: Hierarchy) -> Iterator[Row]:
    """Yields `cliques`, their classes side by side."""
    for k, clique in enumerate(found.cliques):
        yield {
            **_head("clique", k, len(found.cliques)),
            "class": " ".join(tree.classes[c] for c in clique.classes),
            "name": ", ".join(tree.names[c] for c in clique.classes),
            "count": clique.crossed,
            "expected": clique.expected,
            "merged_accuracy": clique.merged_accuracy,
        }


def diverse_rows(found: Diverse, tree: Hierarchy) -> Iterator[Row]:
    """Yields `diverse` classes: the other names are those of two groups."""
    groups = found.grouping
    for k in range(len(found.classes)):
        first, second = found.groups[k]
        yield {
            **_head("diverse", k, found.listed),
            **_classes(tree, found.classes[k]),
            "other_class": " ".join(
                (groups.nodes or groups.names)[g] for g in (first, second)
            ),
            "other_name": f"{groups.names[first]} | {groups.names[second]}",
            "count": int(found.counts[k, 0]),
            "count_back": int(found.counts[k, 1]),
            "expected": float(found.expected[k, 0]),
            "expected_back": float(found.expected[k, 1]),
            "evidence": float(found.evidence[k]),
            "false_discoveries": float(found.false_discoveries[k]),
        }


def suspect_rows(
    found: SuspectLabels, tree: Hierarchy, ids: Sequence[str]
) -> Iterator[Row]:
    """Yields `suspect` labels: the other class is the suggested one.

    `count` is how many other samples cross between the two, either way.
    """
    s = found.suspects
    for k in range(len(s.sample)):
        yield {
            **_head("suspect", k, found.listed),
            "sample": ids[s.sample[k]],
            **_classes(tree, s.given[k], s.suggested[k]),
            "count": int(s.crossings[k]),
            "probability": float(s.p_given[k]),
            "other_probability": float(s.p_suggested[k]),
            "margin": float(s.margin[k]),
            "threshold": float(s.threshold_given[k]),
            "other_threshold": float(s.threshold_suggested[k]),
            "trust": float(s.trust[k]),
        }


def two_object_rows(
    found: SuspectLabels, tree: Hierarchy, ids: Sequence[str]
) -> Iterator[Row]:
    """Yields samples of `two_objects`."""
    t = found.two_objects
    for k in range(len(t.sample)):
        yield {
            **_head("two_objects", k, 0),
            "sample": ids[t.sample[k]],
            **_classes(tree, t.given[k], t.other[k]),
            "probability": float(t.p_given[k]),
            "other_probability": float(t.p_other[k]),
            "distance": int(t.distance[k]),
        }


def line(row: Row) -> str:
    """Returns a row of any list as a line for the terminal."""
    kind, count, back = row["list"], row.get("count"), row.get("count_back")
    name, other = _short(row["name"]), _short(row.get("other_name", ""))
    chance = _rounded(row.get("expected", 0))
    if kind == "overlapping":
        text = (
            f"{name} | {other}: {count} + {back} crossed, "
            f"{chance} expected, evidence {row['evidence']:.1f}, "
            f"told apart {row['told_apart']:.2f}"
        )
        if row["contained"]:
            text += f"; {_short(row['contained'])} is inside the other"
        return text
    if kind == "clique":
        return f"{name}: {count} crossed, {chance} expected"
    if kind == "diverse":
        chance_back = _rounded(row["expected_back"])
        return (
            f"{name}: {count} and {back} errors in {other}, "
            f"{chance} and {chance_back} expected, "
            f"evidence {row['evidence']:.1f}"
        )
    sample = _short(row["sample"])
    given = f"{name} {row['probability']:.3f}"
    looks = f"{other} {row['other_probability']:.3f}"
    if kind == "two_objects":
        return f"{sample}: {given} and {looks}"
    if math.isnan(row["trust"]):
        return f"{sample}: {name}, looks like {other}, {count} others cross"
    # None is so sure either way that it is certain.
    trust = ">0.99" if row["trust"] >= 0.995 else _rounded(row["trust"])
    return f"{sample}: {given}, looks like {looks}, P(wrong) {trust}"


def _rounded(value: float) -> str:
    """Returns two decimals; no estimate is so small that it is none."""
    return "<0.01" if value < 0.005 else f"{value:.2f}"


def _short(text: str) -> str:
    """Returns at most 60 letters."""
    return text if len(text) <= 60 else text[:57] + "..."


def _head(kind: str, place: int, listed: int) -> Row:
    return {"list": kind, "rank": place + 1, "listed": int(place < listed)}


def _classes(tree: Hierarchy, one: int, other: int | None = None) -> Row:
    row = {"class": tree.classes[one], "name": tree.names[one]}
    if other is not None:
        row["other_class"] = tree.classes[other]
        row["other_name"] = tree.names[other]
    return row
