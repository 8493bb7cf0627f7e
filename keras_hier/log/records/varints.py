"""Whole numbers as bytes: unsigned LEB128, seven bits a byte, low bits first.

All bytes of a number but its last have the high bit set.
"""

from typing import Any, NamedTuple

import numpy as np

from keras_hier.log.records.container import CodecError

MOST_BYTES = 9  # 63 bits: fits an int64
_CHUNK = 2**20  # bytes that are processed together


class Run(NamedTuple):
    """A run of integers: how many, and how large at most.

    Attributes:
        length: how many there are.
        most: the largest one allowed.
        dtype: holds that one.
        else_: what a larger one means.
    """

    length: int
    most: int
    dtype: Any
    else_: str


def to_bytes(values: np.ndarray) -> bytes:
    """Returns the bytes of integers [n], one after another."""
    values = values.astype(np.uint64)
    most = int(values.max(initial=0))
    if most < 0x80:
        return values.astype(np.uint8).tobytes()
    lengths = np.ones(values.size, np.uint8)
    for bits in range(7, most.bit_length(), 7):
        lengths += values >= np.uint64(1 << bits)
    ends = np.cumsum(lengths, dtype=np.int64)
    starts = ends - lengths
    out = np.empty(int(ends[-1]), np.uint8)
    # Few integers have a second byte, fewer a third.
    there: Any = slice(None)
    for place in range(int(lengths.max())):
        if place:
            there = np.flatnonzero(lengths > place)
        group = (values[there] >> np.uint64(7 * place)).astype(np.uint8)
        more = (lengths[there] > place + 1).view(np.uint8)
        out[starts[there] + place] = (group & 0x7F) | (more << 7)
    return out.tobytes()


def count(body: np.ndarray) -> int:
    """Returns how many integers some bytes hold, uint8 [n]."""
    return sum(
        int(np.count_nonzero(body[at : at + _CHUNK] < 0x80))
        for at in range(0, body.size, _CHUNK)
    )


def read_runs(body: np.ndarray, *runs: Run) -> list[np.ndarray]:
    """Reads runs of integers, one after another, from uint8 bytes.

    Many are read a piece at a time: the work takes little memory.
    """
    if body.size > _CHUNK:
        found, at = [], 0
        for run in runs:
            values, at = _read_in_pieces(body, at, run)
            found.append(values)
        return found
    values, found, at = _integers(body), [], 0
    for run in runs:
        part = values[at : at + run.length]
        if part.max(initial=0) > run.most:
            raise CodecError(run.else_)
        found.append(part.astype(run.dtype))
        at += run.length
    return found


def _read_in_pieces(
    body: np.ndarray, start: int, run: Run
) -> tuple[np.ndarray, int]:
    """Reads a run of integers; returns them and where the next one begins."""
    values = np.empty(run.length, run.dtype)
    done = 0
    while done < run.length:
        piece = body[start : start + _CHUNK]
        ends = np.flatnonzero(piece < 0x80)[: run.length - done]
        stop = int(ends[-1]) + 1 if ends.size else 0
        part = _integers(piece[:stop])
        if part.max(initial=0) > run.most:
            raise CodecError(run.else_)
        values[done : done + part.size] = part
        done += part.size
        start += stop
    return values, start


def _integers(piece: np.ndarray) -> np.ndarray:
    """Returns the integers of some bytes, of which the last one is whole."""
    values = piece[piece < 0x80].astype(np.int64)
    if not values.size:
        raise CodecError(_TOO_LONG)
    # All but the last bytes: few, and whose each is tells how many are before.
    (lower,) = np.nonzero(piece >= 0x80)
    owner = lower - np.arange(lower.size)
    # How far each is from the last byte, which has the highest bits.
    place = np.searchsorted(owner, owner, "right") - np.arange(lower.size)
    if place.max(initial=1) >= MOST_BYTES:
        raise CodecError(_TOO_LONG)
    for at in range(1, int(place.max(initial=0)) + 1):
        here = place == at
        bits = piece[lower[here]] & 0x7F
        values[owner[here]] = (values[owner[here]] << 7) | bits
    return values


_TOO_LONG = "The matrix holds an integer of more than 63 bits."
