"""Files of records, of whatever features."""

import struct
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import tensorflow as tf


def _feature(value: Any) -> tf.train.Feature:
    if isinstance(value, int):
        return tf.train.Feature(int64_list=tf.train.Int64List(value=[value]))
    data = value.encode() if isinstance(value, str) else value
    return tf.train.Feature(bytes_list=tf.train.BytesList(value=[data]))


def write_records(path: Path, records: Iterable[dict[str, Any]]) -> str:
    """Writes a record for each dict of features; returns the path."""
    path.parent.mkdir(exist_ok=True)
    with tf.io.TFRecordWriter(str(path)) as writer:
        for record in records:
            features = tf.train.Features(
                feature={key: _feature(v) for key, v in record.items()}
            )
            example = tf.train.Example(features=features)
            writer.write(example.SerializeToString())
    return str(path)


def png_that_claims(width: int, height: int, depth: int = 8) -> bytes:
    """Returns a PNG of a few bytes whose header has any size: a bomb."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        crc = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + crc

    colours = 2 if depth > 1 else 0
    head = struct.pack(">IIBBBBB", width, height, depth, colours, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(bytes(9_000)))
        + chunk(b"IEND", b"")
    )
