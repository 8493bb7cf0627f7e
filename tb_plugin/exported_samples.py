"""The thumbnails of samples within a file, as many as there is room for."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from keras_hier.log.records import picture_codec
from keras_hier.log.run_log import LogError, RunLog

# How many samples have their thumbnails side by side, as `fileSource.ts` asks.
IN_A_PART = 100
# Bytes that a thumbnail takes beside its own.
_AROUND = 250


class Thumbnail(NamedTuple):
    """A thumbnail of a sample.

    Attributes:
        run: of the page.
        digest: of the index of the samples.
        sample: its number among these.
        file: JPEG.
    """

    run: str
    digest: str
    sample: int
    file: bytes


def thumbnails_of(
    splits: Mapping[str, Path], output: str | None = None
) -> list[Thumbnail]:
    """Returns the thumbnails of the splits of a run, those of errors first.

    All outputs have theirs, or one.
    Each class has one of its errors before any has two, and so on.
    """
    found: list[tuple[tuple[bool, int], Thumbnail]] = []
    for run, folder in splits.items():
        log = RunLog(folder)
        for index, (labels, wrong) in _answers_of(log, output).items():
            seen: Counter[tuple[bool, int]] = Counter()
            for sample, file in sorted(log.pictures(index).items()):
                if file and sample < len(labels):
                    is_right = not wrong[sample]
                    kind = is_right, int(labels[sample])
                    seen[kind] += 1
                    thumbnail = Thumbnail(run, index, sample, file)
                    found.append(((is_right, seen[kind]), thumbnail))
    found.sort(key=lambda each: each[0])
    return [thumbnail for _, thumbnail in found]


def _answers_of(
    log: RunLog, wanted: str | None
) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Returns labels, and which an output got wrong, of each index."""
    found: dict[str, tuple[np.ndarray, np.ndarray]] = {}
    for output in log.sample_outputs:
        if wanted not in (None, output):
            continue
        try:
            samples = log.samples(output)
        except LogError:
            continue
        wrong = samples.classes[:, 0] != samples.labels
        if samples.index in found:
            wrong |= found[samples.index][1]
        found[samples.index] = samples.labels, wrong
    return found


def fitting(thumbnails: Sequence[Thumbnail], room: float) -> list[Thumbnail]:
    """Returns the first ones, as many as fit into a file's text."""
    # As letters, three bytes take four.
    sizes = [(len(each.file) + _AROUND) * 4 / 3 for each in thumbnails]
    count = np.searchsorted(np.cumsum(sizes), room, side="right")
    return list(thumbnails[: int(count)])


def parts_of(
    thumbnails: Sequence[Thumbnail],
) -> Iterator[tuple[dict[str, Any], bytes]]:
    """Yields what the page will ask for, and its answer."""
    parts: defaultdict[tuple[str, str, int], dict[int, bytes]] = defaultdict(
        dict
    )
    for run, index, sample, file in thumbnails:
        first = sample - sample % IN_A_PART
        parts[run, index, first][sample] = file
    for (run, index, first), files in parts.items():
        # The page asks again where one piece does not hold all.
        for piece in picture_codec.encode(files, index=index, size=0)[:1]:
            yield {"run": run, "index": index, "samples": first}, piece
