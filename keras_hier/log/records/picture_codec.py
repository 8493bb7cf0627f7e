"""Thumbnails of samples as bytes: pieces of JPEG files with a table.

A piece is, uncompressed since JPEG is compressed already,

1. 4 bytes, the magic number `KHP1`,
2. uint32, little-endian: the length of the header,
3. the header, JSON in UTF-8 (see `PieceHeader`), with `"version": 1`,
4. uint32 [n], little-endian: numbers of the samples in the index, ascending,
5. uint32 [n + 1]: where each file begins, counted from the end of this table,
6. the files, one after another.

A file of no bytes is a gap: the sample has a picture that could not be read.
"""

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np

from keras_hier.files import limits
from keras_hier.log.records.container import (
    CodecError,
    Count,
    Digest,
    is_count,
    make_header,
    read_fields,
    write_fields,
)

MAGIC = b"KHP1"
# TensorBoard holds as much in memory for every split that has pictures.
BUDGET = 64 * 2**20
PIECE_BYTES = 4 * 2**20
_JPEG = b"\xff\xd8\xff"


@dataclasses.dataclass(frozen=True)
class PieceHeader:
    """The header of a piece of the pictures.

    Attributes:
        index: digest of the index whose samples are shown.
        piece: number of the piece, from 0.
        firsts: number of the first sample in each of the pieces, so that any
            one of them tells where a sample would be.
        pictures: n, how many are in this piece, gaps included.
        size: length in pixels that the longer side has at most.
    """

    index: Digest
    piece: Count
    firsts: tuple[int, ...]
    pictures: Count
    size: Count


def encode(files: Mapping[int, bytes], *, index: str, size: int) -> list[bytes]:
    """Packs JPEG files by number of their sample; empty ones are gaps."""
    groups: list[list[int]] = []
    filled = 0
    for number in sorted(files):
        if not groups or filled + len(files[number]) > PIECE_BYTES:
            groups.append([])
            filled = 0
        groups[-1].append(number)
        filled += len(files[number])
    firsts = tuple(group[0] for group in groups)
    pieces = []
    for place, group in enumerate(groups):
        header = PieceHeader(index, place, firsts, len(group), size)
        ends = np.cumsum([0, *(len(files[number]) for number in group)])
        pieces.append(
            b"".join(
                (
                    write_fields(MAGIC, header),
                    np.array(group, "<u4").tobytes(),
                    ends.astype("<u4").tobytes(),
                    *(files[number] for number in group),
                )
            )
        )
    return pieces


def decode(blob: bytes) -> tuple[PieceHeader, dict[int, bytes]]:
    """Unpacks a piece: JPEG files by number of their sample; b"" is a gap."""
    if len(blob) > limits.PIECE_BYTES:
        raise CodecError(
            f"A piece of pictures takes at most {limits.PIECE_BYTES:,} bytes, "
            f"this one {len(blob):,}."
        )
    fields, start = read_fields(blob, MAGIC, "piece of pictures")
    header = _header(fields)
    n = header.pictures
    if len(blob) - start < 4 * (2 * n + 1):
        raise CodecError("The piece of pictures is truncated.")
    table = np.frombuffer(blob, "<u4", 2 * n + 1, start).astype(np.int64)
    numbers, ends = table[:n], table[n:]
    start += 4 * (2 * n + 1)
    if (
        ends[0] != 0
        or (np.diff(ends) < 0).any()
        or (np.diff(numbers) <= 0).any()
        or ends[-1] != len(blob) - start
    ):
        raise CodecError("The table of the pictures is damaged.")
    files = {}
    for number, begin, end in zip(
        numbers.tolist(), ends[:-1].tolist(), ends[1:].tolist(), strict=True
    ):
        file = blob[start + begin : start + end]
        files[number] = file if file.startswith(_JPEG) else b""
    return header, files


def _header(fields: dict[str, Any]) -> PieceHeader:
    header = make_header(PieceHeader, fields, "pictures")
    firsts: Any = header.firsts
    if (
        not isinstance(firsts, list)
        or not all(map(is_count, firsts))
        or sorted(set(firsts)) != firsts
    ):
        raise CodecError(
            f"The header of the pictures is invalid: {fields!r:.300}."
        )
    if header.pictures > limits.SAMPLES:
        raise CodecError(
            f"The piece claims {header.pictures:,} pictures, at most "
            f"{limits.SAMPLES:,} are read."
        )
    return dataclasses.replace(header, firsts=tuple(firsts))
