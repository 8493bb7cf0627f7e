"""Files of records, of whatever features."""

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
