"""Lines of the study, a run each, and what tells apart such as look alike."""

import json
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

Of = TypeVar("Of", bound=Hashable)
# Of images and trees, which the names of folders do not tell.
DIGESTS = ("images_digest", "val_digest", "hierarchy_digest")


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
        if not text.strip():
            continue
        try:
            line = json.loads(text)
            if not isinstance(line, dict):
                raise ValueError("no object")
        except ValueError as error:
            raise SystemExit(
                f"Expected a run in each line of {file}, as JSON; line "
                f"{number} is none ({error}). It may have been cut off while "
                "it was written: take it out."
            ) from error
        yield line


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


def epochs_validated(line: dict[str, Any]) -> list[int]:
    """Returns the epochs, from 1, of which `curve` has the accuracies.

    Older lines do not say how often they were validated, which is every epoch
    unless told otherwise; none where their curve has another length.
    """
    points, last = len(line["curve"]), line["epochs"]
    every = line.get("validate_every", 1)
    found = [min(at * every, last) for at in range(1, points + 1)]
    return found if points == -(-last // every) else []


def in_two_precisions(
    runs: Iterable[tuple[Of, Hashable, dict[str, Any]]],
) -> set[Of]:
    """Returns the rows that have one run in several precisions.

    Seeds of a row may differ by precision. Of one seed there would be two runs,
    of which the later one alone would count.

    Args:
        runs: for each its row, what it is told apart by in it, and its line.
    """
    found = defaultdict(set)
    for row, run, line in runs:
        if line.get("precision"):
            found[row, run].add(line["precision"])
    return {row for (row, _), kinds in found.items() if len(kinds) > 1}


def asked_about(lines: Sequence[dict[str, Any]], split: str) -> str:
    """Says what runs were asked about, and what a blind guess has of it.

    A sentence or more for each folder, which lines of old have less to say of.

    Args:
        lines: of runs that were asked about the split.
        split: "val" or "held_out".
    """
    parts = defaultdict(list)
    for line in lines:
        part = (line.get(name) for name in ("data", "classes", "new_classes"))
        parts[tuple(part)].append(line)
    return "\n".join(_asked_about(some, split) for some in parts.values())


def images_asked(line: dict[str, Any], split: str) -> int:
    """Returns how many images were asked: as many as are held out, of old."""
    hits = line.get("hits", {}).get(split, {})
    if "images" in hits:
        return int(hits["images"])
    return int(line["classes"] * line["hold_out"])


def _asked_about(lines: Sequence[dict[str, Any]], split: str) -> str:
    classes = lines[0]["classes"]
    chance = {f"top{k}_error": 1 - min(k / classes, 1) for k in (1, 5)}
    cuts: dict[str, int] = {}
    told: dict[str, dict[str, int]] = {}
    for line in lines:
        chance |= line.get("chance", {}).get(split, {})
        cuts |= line.get("cuts", {})
        if "told" in line:
            told[line["coarse"]] = line["told"]
    images = sorted({images_asked(line, split) for line in lines})
    of = "held-out images" if split == "held_out" else f"images of {split}"
    found = [
        f"{lines[0].get('data')}: {classes} classes, "
        f"{' or '.join(f'{count:,}' for count in images)} {of}. A blind guess "
        f"is wrong about {100 * chance['top1_error']:.1f} % (top 1) and "
        f"{100 * chance['top5_error']:.1f} % (top 5)."
    ]
    if "groups16" in chance:
        found.append(
            f"16 groups are a cut into {cuts['16']} here: always the most "
            f"frequent one is right about {100 * chance['groups16']:.1f} %, "
            "and any class of the group that is told about "
            f"{100 * chance['within16']:.1f} %."
        )
    found += [
        f"--coarse {coarse} is {of['groups']} groups, {of['single']} of them "
        "of a single class."
        for coarse, of in told.items()
    ]
    return " ".join(found)
