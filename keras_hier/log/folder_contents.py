"""What the folder of a split holds already, for whoever goes on in it."""

import dataclasses
import hashlib
from typing import NamedTuple

from keras_hier.log import (
    container,
    event_reader,
    metadata,
    picture_codec,
)
from keras_hier.log.restarts import latest_attempt, written_at

# `EventFile` has it in its names. Those of other programs, which may be large,
# hold nothing of ours.
_OURS = f".{metadata.PLUGIN_NAME}."


class _Stamp(NamedTuple):
    step: int
    wall_time: float


@dataclasses.dataclass
class Held:
    """What is in a folder.

    Attributes:
        steps: of each series of matrices or samples, by tag, ascending: what
            is left of it after all that a resumed run has overtaken.
        digests: of what is there once, trees, groupings, indexes and pictures,
            by tag.
        pictured: digests of the indexes of which all pictures are there.
        latest: the latest wall time of a record; 0 if there is none.
    """

    steps: dict[str, list[int]] = dataclasses.field(default_factory=dict)
    digests: dict[str, bytes] = dataclasses.field(default_factory=dict)
    pictured: set[str] = dataclasses.field(default_factory=set)
    latest: float = 0.0


def held_in(folder: str) -> Held:
    """Reads what is in a folder, of which nothing needs to be there.

    What cannot be read is passed over, as readers do.
    """
    held = Held()
    stamps: dict[str, list[_Stamp]] = {}
    pieces: dict[str, int] = {}
    for file in event_reader.event_files(folder):
        if _OURS not in file:
            continue
        try:
            for event in event_reader.events_of(f"{folder.rstrip('/')}/{file}"):
                held.latest = max(held.latest, written_at(event.wall_time))
                for tag, kind, (step, time, blob) in event_reader.records_of(
                    event
                ):
                    if kind in ("matrix", "samples"):
                        stamps.setdefault(tag, []).append(_Stamp(step, time))
                        continue
                    held.digests[tag] = digest_of(blob)
                    if kind == "pictures":
                        _count_pieces(pieces, blob)
        except Exception:  # damaged, or what a service raises
            continue
    for tag, found in stamps.items():
        held.steps[tag] = [stamp.step for stamp in latest_attempt(found)]
    held.pictured = {
        index
        for index, count in pieces.items()
        if all(
            metadata.pictures_tag(index, piece) in held.digests
            for piece in range(count)
        )
    }
    return held


def digest_of(blob: bytes) -> bytes:
    """Tells blobs apart."""
    return hashlib.sha256(blob).digest()


def _count_pieces(pieces: dict[str, int], blob: bytes) -> None:
    try:
        header, _ = picture_codec.decode(blob)
    except container.CodecError:
        return
    pieces[header.index] = len(header.firsts)
