"""The common format of the records of a log, read without trusting them.

Most are the gzip of a magic number, the length of a header, the header (JSON)
and a body; trees, groupings and indexes are the gzip of JSON alone. No more is
inflated than the header speaks of, and no more than `limits` allows.
"""

import dataclasses
import gzip
import hashlib
import json
import re
import struct
import zlib
from collections.abc import Callable, Collection
from typing import Annotated, Any, TypeVar, cast

import numpy as np

from keras_hier.files import limits
from keras_hier.log.metadata import VERSION

HeaderT = TypeVar("HeaderT")
# Readers keep the headers of all epochs of a series: a name of any length
# would take three hundred times what it takes in the log.
MAX_NAME = 1000
# The types of fields of headers, each with a rule of its own.
Count = Annotated[int, "from 0"]
Size = Annotated[int, "from 1"]
Name = Annotated[str, "at most 1,000 characters"]
MaybeName = Name | None
Digest = Annotated[str, "16 hexadecimal digits"]
MaybeDigest = Digest | None
# Bytes that nearly every header fits in, with what is before it.
_USUAL_HEADER = 1024


class CodecError(ValueError):
    """Values that cannot be stored, or a blob that cannot be read."""


def write_fields(
    magic: bytes, header: Any, left_out: Collection[str] = ()
) -> bytes:
    """Returns the bytes before the body of a blob; see `read_fields`."""
    fields = {"version": VERSION, **dataclasses.asdict(header)}
    fields = {k: v for k, v in fields.items() if k not in left_out}
    text = json.dumps(fields, separators=(",", ":")).encode()
    return magic + struct.pack("<I", len(text)) + text


def read_fields(
    raw: bytes, magic: bytes, what: str
) -> tuple[dict[str, Any], int]:
    """Reads a header; returns its fields and where the body begins."""
    if raw[:4] != magic:
        raise CodecError(
            f"A stored {what} begins with {magic!r}, this one with {raw[:4]!r}."
        )
    if len(raw) < 8:
        raise CodecError(f"The {what} ends before its header.")
    (length,) = struct.unpack_from("<I", raw, 4)
    if length > limits.HEADER_BYTES or 8 + length > len(raw):
        raise CodecError(f"The {what} claims a header of {length:,} bytes.")
    try:
        fields = json.loads(raw[8 : 8 + length])
    except (ValueError, RecursionError) as error:
        raise CodecError(f"The header of the {what} is not JSON.") from error
    if not isinstance(fields, dict) or fields.get("version") != VERSION:
        version = fields.get("version") if isinstance(fields, dict) else None
        raise CodecError(
            f"The {what} has version {version!r}, this program reads version "
            f"{VERSION}. Update keras-hier."
        )
    return fields, 8 + length


def make_header(
    kind: type[HeaderT], fields: dict[str, Any], what: str
) -> HeaderT:
    """Returns a checked header of a kind, without fields unknown to it."""
    known = {f.name for f in dataclasses.fields(cast(Any, kind))}
    try:
        header = kind(**{k: v for k, v in fields.items() if k in known})
    except TypeError as error:
        raise CodecError(
            f"The header of the {what} is incomplete: {error}."
        ) from error
    return check_header(header, what)


def check_header(header: HeaderT, what: str) -> HeaderT:
    """Returns a header whose fields are of their types, and within bounds."""
    for field in dataclasses.fields(cast(Any, header)):
        value = getattr(header, field.name)
        rule = _RULES.get(field.type)
        if rule is not None and not rule(value):
            raise CodecError(
                f"The header of the {what} is invalid: {field.name} is "
                f"{value!r:.40}."
            )
    return header


def inflate(blob: bytes, most: int) -> bytes:
    """Inflates a blob up to a limit and checks that it is whole."""
    inflater, data = _inflate(blob, most + 1)
    if len(data) > most:
        raise CodecError(f"The record inflates to more than {most:,} bytes.")
    if not inflater.eof:
        raise CodecError("The record is truncated.")
    if inflater.unused_data:
        raise CodecError(
            f"{len(inflater.unused_data)} bytes follow the end of the record."
        )
    return data


def _inflate(blob: bytes, most: int) -> tuple[Any, bytes]:
    inflater = zlib.decompressobj(wbits=31)
    try:
        return inflater, inflater.decompress(blob, most)
    except zlib.error as error:
        raise CodecError(f"The record is damaged: {error}.") from error


def peek_record(
    blob: bytes,
    magic: bytes,
    what: str,
    parse: Callable[[dict[str, Any]], HeaderT],
) -> tuple[HeaderT, int]:
    """Reads the header of a record, and where its body begins."""
    most = _USUAL_HEADER
    inflater, raw = _inflate(blob, most)
    if len(raw) == most and int.from_bytes(raw[4:8], "little") > most - 8:
        most = 8 + limits.HEADER_BYTES
        inflater, raw = _inflate(blob, most)
    if len(raw) < most and not inflater.eof:
        raise CodecError("The record is truncated.")
    fields, start = read_fields(raw, magic, what)
    return parse(fields), start


def read_record(
    blob: bytes,
    magic: bytes,
    what: str,
    parse: Callable[[dict[str, Any]], HeaderT],
    length: Callable[[HeaderT], int],
    exact: bool = True,
) -> tuple[HeaderT, np.ndarray]:
    """Returns the header of a record, and the bytes of its body.

    A body takes as many bytes as `length` tells by the header, at most so many
    unless `exact`.
    """
    header, start = peek_record(blob, magic, what, parse)
    expected = length(header)
    raw = inflate(blob, min(start + expected, limits.INFLATED_BYTES))
    if exact and len(raw) != start + expected:
        raise CodecError(
            f"The {what} has {len(raw) - start:,} bytes, expected {expected:,}."
        )
    return header, np.frombuffer(raw, np.uint8, offset=start)


def encode_text(text: str) -> bytes:
    """Compresses the JSON of a hierarchy or a grouping."""
    return gzip.compress(text.encode(), mtime=0)


def decode_text(blob: bytes, most: int = limits.TREE_BYTES) -> str:
    """Returns what `encode_text` compressed."""
    data = inflate(blob, most)
    # A single letter that needs four bytes makes Python take four for each.
    # JSON as we write it has none.
    if len(data) > most // 4 and not data.isascii():
        raise CodecError(
            f"The text takes {len(data):,} bytes and is not ASCII, as JSON is "
            "with its other characters escaped."
        )
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise CodecError(f"The text is not UTF-8: {error}.") from error


def inflated_size(blob: bytes) -> int:
    """Returns the length of what a gzip says is in it, modulo 2^32."""
    return int.from_bytes(blob[-4:], "little")


def blob_digest(blob: bytes) -> str:
    """Returns the 16 hex digits by which one record names another."""
    return hashlib.sha256(blob).hexdigest()[:16]


def is_digest(value: Any) -> bool:
    """Tells whether a value may name a tree, a grouping, an index."""
    return isinstance(value, str) and bool(re.fullmatch("[0-9a-f]{16}", value))


def is_count(value: Any, least: int = 0) -> bool:
    """Tells whether a value is a whole number that JavaScript holds, too."""
    return type(value) is int and least <= value < 2**53


def is_name(value: Any) -> bool:
    """Tells whether a value may be a name."""
    return isinstance(value, str) and len(value) <= MAX_NAME


_RULES: dict[Any, Callable[[Any], bool]] = {
    Count: is_count,
    Size: lambda value: is_count(value, 1),
    Name: is_name,
    MaybeName: lambda value: value is None or is_name(value),
    Digest: is_digest,
    MaybeDigest: lambda value: value is None or is_digest(value),
}
