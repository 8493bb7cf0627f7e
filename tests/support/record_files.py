"""Files of records, of whatever features."""

import io
import struct
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import tensorflow as tf
from PIL import Image

import keras_hier as kh


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


def encoded(pixels: Any, kind: str = "PNG", mode: str = "RGB") -> bytes:
    """Returns the file of an image."""
    buffer = io.BytesIO()
    Image.fromarray(pixels).convert(mode).save(buffer, kind, quality=100)
    return buffer.getvalue()


def read_split(out: Path, split: str = "train") -> list[dict[str, Any]]:
    """Returns every record of a split, shard by shard, as a plain dict."""
    return [
        {
            key: (value.bytes_list.value or value.int64_list.value)[0]
            for key, value in tf.train.Example.FromString(
                data
            ).features.feature.items()
        }
        for path in sorted(out.glob(f"{split}-*"))
        for data in tf.data.TFRecordDataset(str(path)).as_numpy_iterator()
    ]


def write_folders(folders: Path, out: Path, **options: Any) -> Any:
    """Writes class folders as records: three shards, here, silently."""
    options = {"shards": 3, "workers": 1, "progress": False, **options}
    return kh.data.write_records(folders, out, **options)


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
