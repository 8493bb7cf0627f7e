"""Records and events of a log with every kind of damage.

Everything drawn follows from a seed alone. `broken` damages one record of a
kind, `broken_event` what is around it in an event file.
"""

import gzip
import json
import math
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from tensorboard.compat.proto import event_pb2, summary_pb2, tensor_pb2
from tensorboard.compat.proto.types_pb2 import DT_STRING

from keras_hier.log import kinds, metadata
from keras_hier.log.event_files.checksum import masked_crc32c
from tests.support.whole_records import GROUPS, TREE, index, whole

# Values that a number, a text or a list may turn out to be. Two stand for what
# no JSON writer makes: lists within lists, endless digits.
DEEP, HUGE = "\0deep\0", "\0huge\0"
ODD: tuple[Any, ...] = (
    None, True, False, -1, 0, 1, 2, 255, 256, 2**16, 2**20, 2**20 + 1, 2**31,
    2**53, 2**63 - 1, -(2**63), 2**64, 10**30, HUGE, 0.5, 1e308, math.nan,
    math.inf, "", "0", "x" * 3000, "\ud800", "\x00", "é💥", "../../etc/passwd",
    "/dev/zero", "0" * 16, [], [[]], [0], [-1], ["a"], [None], [1e9] * 50,
    {}, {"a": {}}, {"version": 1}, DEEP,
)  # fmt: skip


_TOO_DAMAGED = (struct.error, zlib.error, RecursionError)
KINDS = tuple(kinds.KINDS)


def broken(rng: np.random.Generator, kind: str) -> bytes:
    """Returns a damaged record of a kind."""
    blobs = whole()[kind]
    blob = blobs[rng.integers(len(blobs))]
    has_header = _unpacked(blob)[:2] == b"KH"
    damage = [_of_bytes, _of_content, _of_content]
    damage += [_of_header if has_header else _of_fields] * 4
    for _ in range(1 + int(rng.random() < 0.2)):
        try:
            blob = damage[rng.integers(len(damage))](rng, blob)
        except (ValueError, OSError, EOFError, *_TOO_DAMAGED):
            break  # too damaged to be damaged further
    return blob


def damaged(rng: np.random.Generator, data: bytes) -> bytes:
    """Damages bytes: bits flipped, pieces lost, doubled, drawn, at the end."""
    if not data:
        return rng.bytes(3)
    at, length = rng.integers(len(data)), int(rng.integers(1, 9))
    way = rng.integers(7)
    if way == 0:
        changed = bytearray(data)
        for place in rng.integers(len(data), size=length):
            changed[place] ^= 1 << int(rng.integers(8))
        return bytes(changed)
    return (
        data[:at],
        data[:at] + data[at + length :],
        data[:at] + data[at : at + length] * 2 + data[at + length :],
        data[:at] + rng.bytes(length) + data[at + length :],
        data + rng.bytes(length),
        data[:at] + b"\xff" * length + data[at + length :],
    )[way - 1]


def _of_bytes(rng: np.random.Generator, blob: bytes) -> bytes:
    way = rng.integers(8)
    if way == 0:
        return rng.bytes(int(rng.integers(100)))
    if way == 1:
        return gzip.compress(rng.bytes(int(rng.integers(100))), mtime=0)
    if way == 2:
        other = whole()[KINDS[rng.integers(len(KINDS))]][0]
        at = int(rng.integers(len(blob)))
        return blob[:at] + other[at:]
    return damaged(rng, blob)


def _of_content(rng: np.random.Generator, blob: bytes) -> bytes:
    return _packed(blob, damaged(rng, _unpacked(blob)))


def _of_header(rng: np.random.Generator, blob: bytes) -> bytes:
    raw = _unpacked(blob)
    (length,) = struct.unpack_from("<I", raw, 4)
    fields = json.loads(raw[8 : 8 + length])
    text = changed(rng, fields)
    said = len(text)
    if rng.random() < 0.1:
        said = int(rng.choice([0, 1, said + 1, 2**16 + 1, 2**31, 2**32 - 1]))
    head = raw[:4] + struct.pack("<I", said) + text
    return _packed(blob, head + raw[8 + length :])


def _of_fields(rng: np.random.Generator, blob: bytes) -> bytes:
    return _packed(blob, changed(rng, json.loads(_unpacked(blob))))


def changed(rng: np.random.Generator, fields: Any) -> bytes:
    """Returns the JSON of an object with something else in it."""
    if not isinstance(fields, dict) or not fields:
        raise ValueError("There is nothing to change.")
    fields = dict(fields)
    name = list(fields)[rng.integers(len(fields))]
    value, odd = fields[name], ODD[rng.integers(len(ODD))]
    way = rng.integers(6)
    if way == 0:
        del fields[name]
    elif way == 1:
        fields["later"] = odd
    elif way == 2 and isinstance(value, list) and value:
        value = list(value)
        value[rng.integers(len(value))] = odd
        fields[name] = value
    elif way == 3 and isinstance(value, list):
        fields[name] = value * int(rng.integers(3)) + [odd] * int(
            rng.integers(3)
        )
    elif way == 4 and isinstance(value, int):
        fields[name] = value + int(rng.integers(-3, 4))
    else:
        fields[name] = odd
    text = _json(fields if rng.random() < 0.97 else odd)
    return text.encode("utf-8", "surrogatepass")


def _json(value: Any) -> str:
    if isinstance(value, dict):
        items = (f"{json.dumps(k)}:{_json(v)}" for k, v in value.items())
        return "{" + ",".join(items) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_json, value)) + "]"
    if value in (DEEP, HUGE):
        return "[" * 30_000 if value == DEEP else "9" * 4400
    return json.dumps(value)


def _unpacked(blob: bytes) -> bytes:
    return gzip.decompress(blob) if blob[:2] == b"\x1f\x8b" else blob


def _packed(like: bytes, raw: bytes) -> bytes:
    return gzip.compress(raw, 1, mtime=0) if like[:2] == b"\x1f\x8b" else raw


# Event files


def event(
    tag: str, kind: str, blob: bytes, step: int, wall_time: float
) -> event_pb2.Event:
    """Returns an event as `BlocksWriter` writes it."""
    described = summary_pb2.SummaryMetadata(
        plugin_data=summary_pb2.SummaryMetadata.PluginData(
            plugin_name=metadata.PLUGIN_NAME,
            content=kinds.metadata_content(kind),
        ),
        data_class=summary_pb2.DATA_CLASS_TENSOR,
    )
    tensor = tensor_pb2.TensorProto(dtype=DT_STRING, string_val=[blob])
    summary = summary_pb2.Summary()
    summary.value.add(tag=tag, tensor=tensor, metadata=described)
    return event_pb2.Event(step=step, wall_time=wall_time, summary=summary)


STEPS = (0, -1, 1, 2**31, 10**15, 2**63 - 1, -(2**63))
TIMES = (0.0, -1.0, math.nan, math.inf, -math.inf, 1e300, 1.0)
TAGS = (
    "", "blocks", "blocks/", "blocks//", "blocks/samples/", "blocks/../../x",
    "blocks/a/b/c", "/etc/passwd", "blocks/\x00", "blocks/é💥",
    "blocks/" + 9000 * "x", "blocks/<script>", "blocks/hierarchy/",
    "blocks/hierarchy/../x", "a\nb",
)  # fmt: skip
CONTENTS = (
    b"", b"{}", b"[]", b"null", b"[" * 100_000, b"[" * 999, b"\xff\xfe",
    b'{"version": 1}', b'{"version": 1, "kind": []}', b'{"version": 1e999}',
    b'{"version": 1, "kind": "later"}', b'{"version": 1, "kind": {"a": 1}}',
    b'{"version": 1, "kind": "matrix", "x": ' + b"9" * 5000 + b"}",
    b'{"a":' * 300,
)  # fmt: skip


def broken_event(
    rng: np.random.Generator, whole_one: event_pb2.Event
) -> event_pb2.Event:
    """Returns an event of ours with something odd about it."""
    made = event_pb2.Event()
    made.CopyFrom(whole_one)
    value = made.summary.value[0]
    way = rng.integers(5)
    if way == 0:
        made.step = STEPS[rng.integers(len(STEPS))]
    elif way == 1:
        made.wall_time = TIMES[rng.integers(len(TIMES))]
    elif way == 2:
        value.tag = TAGS[rng.integers(len(TAGS))]
    elif way == 3:
        content = CONTENTS[rng.integers(len(CONTENTS))]
        value.metadata.plugin_data.content = content
    else:
        odd_tensor(rng, value.tensor)
    return made


def odd_tensor(rng: np.random.Generator, tensor: Any) -> None:
    """Makes a tensor one of another type or shape."""
    way = rng.integers(7)
    if way == 0:
        tensor.dtype = int(rng.choice([0, 1, 2, 3, 9, 10, 14, 19, 20, 23, 101]))
    elif way == 1:
        tensor.tensor_shape.dim.add(size=int(rng.choice([-1, 0, 1, 2, 2**40])))
    elif way == 2:
        tensor.string_val.append(b"another")
    elif way == 3:
        del tensor.string_val[:]
    elif way == 4:
        tensor.dtype = 1
        tensor.float_val.extend([1.5] * int(rng.integers(3)))
        tensor.tensor_shape.dim.add(size=3)
    elif way == 5:
        tensor.tensor_content = rng.bytes(8)
        tensor.dtype = 1
    else:
        tensor.Clear()


def framed(data: bytes) -> bytes:
    """Returns a record of an event file."""
    length = struct.pack("<Q", len(data))
    return length + checksum(length) + data + checksum(data)


def checksum(data: bytes) -> bytes:
    """Returns the checksum of a part of a record."""
    return struct.pack("<I", masked_crc32c(data))


def write_events(path: Path, events: list[event_pb2.Event]) -> None:
    """Writes an event file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    first = event_pb2.Event(file_version="brain.Event:2", wall_time=1.0)
    path.write_bytes(
        b"".join(framed(e.SerializeToString()) for e in [first, *events])
    )


def events_of_run() -> list[event_pb2.Event]:
    """Returns the events of a run of three epochs with all that there is."""
    blobs, found = whole(), index()
    once = {
        "hierarchy": (TREE.digest,),
        "grouping": (GROUPS.digest,),
        "sample_index": (found.digest,),
        "pictures": (found.digest, 0),
    }
    each = (
        ("matrix", 0, "class"),
        ("matrix", 1, "head"),
        ("samples", 0, "class"),
        ("paths", 0, "class"),
        ("layers", 0, "class"),
        ("means", 0, "conv1"),
        ("strongest", 0, "conv1"),
    )
    made = [
        event(kinds.tag_of(kind, *names), kind, blobs[kind][0], 0, 1e9)
        for kind, names in once.items()
    ]
    made += [
        event(kinds.tag_of(kind, name), kind, blobs[kind][at], step, 1e9 + step)
        for step in (1, 2, 3)
        for kind, at, name in each
    ]
    return made


def broken_run(rng: np.random.Generator) -> list[event_pb2.Event]:
    """Returns the events of a run of which some are damaged."""
    made = events_of_run()
    for _ in range(int(rng.integers(1, 5))):
        at = int(rng.integers(len(made)))
        whole_one = made[at]
        value = whole_one.summary.value[0]
        if rng.random() < 0.5:
            kind = kinds.kind_of(value.metadata.plugin_data.content)
            changed = event_pb2.Event()
            changed.CopyFrom(whole_one)
            del changed.summary.value[0].tensor.string_val[:]
            changed.summary.value[0].tensor.string_val.append(
                broken(rng, kind or "matrix")
            )
        else:
            changed = broken_event(rng, whole_one)
        if rng.random() < 0.5:
            made[at] = changed
        else:
            made.insert(at, changed)
    return made


Draw = Callable[[np.random.Generator], Any]
