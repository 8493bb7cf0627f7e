"""Reads the contents of a folder in which a log goes on."""

import dataclasses
import hashlib
from typing import NamedTuple

from keras_hier.log import kinds, metadata
from keras_hier.log.event_files import event_reader
from keras_hier.log.event_files.restarts import END, latest_attempt, written_at
from keras_hier.log.records import container, picture_codec

# `EventFile` puts it into its names. The files of other programs, which may be
# large, hold nothing of ours.
_OURS = f".{metadata.PLUGIN_NAME}."


class _Stamp(NamedTuple):
    step: int
    wall_time: float
    blob: bytes


@dataclasses.dataclass
class FolderContents:
    """Our records in a folder.

    Attributes:
        steps: the steps of each series of matrices or samples, by tag,
            ascending, without those that a resumed run has overtaken. A series
            that is overtaken as a whole is left out.
        digests: digests of what is stored once (trees, groupings, indexes and
            pictures), by tag.
        pictured: digests of the indexes whose pictures are all there.
        latest: the latest wall time of a record; 0 if there is none.
    """

    steps: dict[str, list[int]] = dataclasses.field(default_factory=dict)
    digests: dict[str, bytes] = dataclasses.field(default_factory=dict)
    pictured: set[str] = dataclasses.field(default_factory=set)
    latest: float = 0.0


def read_folder_contents(folder: str) -> FolderContents:
    """Reads what a folder holds; it may be empty or missing.

    Files that cannot be read are skipped, as readers skip them.
    """
    contents = FolderContents()
    stamps: dict[str, list[_Stamp]] = {}
    pieces: dict[str, int] = {}
    for file in event_reader.event_files(folder):
        if _OURS not in file:
            continue
        try:
            for event in event_reader.events_of(f"{folder.rstrip('/')}/{file}"):
                contents.latest = max(
                    contents.latest, written_at(event.wall_time)
                )
                for tag, kind, (step, time, blob) in event_reader.records_of(
                    event
                ):
                    if kinds.KINDS[kind].per_epoch:
                        stamp = _Stamp(step, time, blob if blob == END else b"")
                        stamps.setdefault(tag, []).append(stamp)
                        continue
                    contents.digests[tag] = digest_of(blob)
                    if kind == "pictures":
                        _count_pieces(pieces, blob)
        except Exception:  # damaged, or what a service raises
            continue
    for tag, found in stamps.items():
        steps = [stamp.step for stamp in latest_attempt(found)]
        if steps:
            contents.steps[tag] = steps
    contents.pictured = {
        index
        for index, count in pieces.items()
        if all(
            kinds.tag_of("pictures", index, piece) in contents.digests
            for piece in range(count)
        )
    }
    return contents


def digest_of(blob: bytes) -> bytes:
    """Returns a digest by which equal blobs are recognised."""
    return hashlib.sha256(blob).digest()


def _count_pieces(pieces: dict[str, int], blob: bytes) -> None:
    try:
        header, _ = picture_codec.decode(blob)
    except container.CodecError:
        return
    pieces[header.index] = len(header.firsts)
