"""Small records that claim to be large, or are: what it takes to refuse them.

`python -m tests.support.bombs` gives each a process of 6 GiB.
"""

import gzip
import json
import resource
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np

from keras_hier.log import kinds
from keras_hier.log.records import sample_codec
from tests.support import hostile

MIB = 2**20
DIGEST = "0123456789abcdef"
LIMIT = 6 * 2**30


def zipped(raw: bytes) -> bytes:
    """Returns bytes, compressed as well as gzip can."""
    return gzip.compress(raw, mtime=0)


def packed(magic: bytes, header: dict[str, Any], *body: bytes) -> bytes:
    """Returns a record of the log, compressed well."""
    text = json.dumps({"version": 1, **header}).encode()
    raw = b"".join((magic, struct.pack("<I", len(text)), text, *body))
    return zipped(raw)


def matrix(
    size: int, nonzeros: int, body: bytes | None = None, ones: int = 0
) -> bytes:
    """Returns a matrix that claims this, with this body and as many ones."""
    header = {"size": size, "nonzeros": nonzeros, "total": nonzeros}
    body = bytes(size) if body is None else body
    return packed(
        b"KHM1",
        {**header, "correct": 0, "hierarchy": DIGEST},
        body,
        b"\x01" * ones,
    )


def samples(count: int, classes: int, top: int, planes: int) -> bytes:
    """Returns samples that claim this, all zeros."""
    header = {"samples": count, "classes": classes, "top": top}
    return packed(
        b"KHS1",
        {**header, "hierarchy": DIGEST, "index": DIGEST},
        bytes(planes * count),
    )


def means(classes: int, features: int, body: int) -> bytes:
    """Returns class means that claim this, all zero, of one sample."""
    header = {"layer": "a", "place": 0, "shape": "", "pool": ""}
    sizes = {"classes": classes, "features": features, "samples": 1}
    return packed(
        b"KHC1",
        {**header, **sizes, "hierarchy": DIGEST},
        b"\1" + bytes(body - 1),
    )


def paths(samples: int, places: int) -> bytes:
    """Returns paths that claim this, all zero."""
    sizes = {"samples": samples, "places": places, "temperature": 1.5}
    body = bytes(min(4 * samples * places, 120 * MIB))
    return packed(b"KHA1", {**sizes, "record": DIGEST}, body)


def strongest(features: int, samples: int, text: bytes) -> bytes:
    """Returns strongest samples that claim this, all zero, with this text."""
    sizes = {"features": features, "kept": 6, "samples": samples}
    others = {"classes": 1, "text": len(text), "hierarchy": DIGEST}
    there = min(48 * features + 4 * samples, 120 * MIB)
    return packed(
        b"KHX1",
        {"layer": "a", **sizes, **others, "means": DIGEST},
        bytes(there) + text,
    )


def pictures(count: int) -> bytes:
    """Returns a piece of empty pictures; it is not compressed."""
    header = {"index": DIGEST, "piece": 0, "firsts": [0], "size": 64}
    text = json.dumps({"version": 1, **header, "pictures": count}).encode()
    there = min(count, 30_000_000)
    numbers = np.arange(there, dtype="<u4").tobytes()
    ends = bytes(4 * (there + 1))
    return b"KHP1" + struct.pack("<I", len(text)) + text + numbers + ends


def index(counts: str, ids: str) -> bytes:
    """Returns an index of these JSON lists."""
    text = f'{{"counts":{counts},"ids":{ids},"named":true,"version":1}}'
    return zipped(text.encode())


def tree(
    parents: str, ids: str | None = None, names: str = "", labels: str = "[]"
) -> bytes:
    """Returns a tree of these JSON lists, by default the same ones."""
    ids, names = ids or parents, names or parents
    columns = f'"parents":{parents},"ids":{ids},"names":{names}'
    text = f'{{"format":"keras-hier/hierarchy",{columns},"labels":{labels},'
    return zipped((text + '"version":1}').encode())


def chain(nodes: int) -> bytes:
    """Returns a tree in which every node has one child."""
    ids = json.dumps([f"{n:x}" for n in range(nodes)])
    labels = json.dumps([-1] * (nodes - 1) + [0])
    return tree(json.dumps(list(range(-1, nodes - 1))), ids, ids, labels)


def star(classes: int) -> bytes:
    """Returns a tree without groups."""
    ids = json.dumps([f"{n:x}" for n in range(classes + 1)])
    parents = json.dumps([-1] + [0] * classes)
    return tree(parents, ids, ids, json.dumps(list(range(-1, classes))))


def grouping(of_class: Iterable[int], groups: int) -> bytes:
    """Returns groups of these classes."""
    text = json.dumps(
        {
            "format": "keras-hier/grouping",
            "version": 1,
            "names": [f"{g:x}" for g in range(groups)],
            "of_class": list(of_class),
            "nodes": None,
        }
    )
    return zipped(text.encode())


def repeated(item: str, count: int) -> str:
    """Returns a JSON list of the same item."""
    return f"[{item}" + f",{item}" * (count - 1) + "]"


# By name, which begins with the kind.
BOMBS: dict[str, Callable[[], bytes]] = {
    "matrix, n = 1.3e8": lambda: matrix(130_000_000, 0),
    "matrix, 2^20 rows, 6e7 nonzeros": lambda: matrix(
        2**20, 60_000_000, b"\x39" * 2**20, 120_000_000
    ),
    "matrix, 5,000 rows, 25e6 nonzeros": lambda: matrix(
        5000, 25_000_000, b"\x88\x27" * 5000 + bytes(25_000_000), 25_000_000
    ),
    "matrix, 256 MiB of zeros": lambda: zipped(bytes(256 * MIB)),
    "matrix, 3 rows and 120 MiB": lambda: matrix(3, 0, bytes(120 * MIB)),
    "samples, top = 5e6": lambda: samples(1, 2**31 - 1, 5_000_000, 25_000_007),
    "samples, 2e7 with top = 1": lambda: samples(20_000_000, 256, 1, 6),
    "paths, 1e6 x 1e6": lambda: paths(10**6, 10**6),
    "paths, 4,194,304 x 5": lambda: paths(2**22, 5),
    "means, 1e6 x 1e6": lambda: means(10**6, 10**6, 120 * MIB),
    "means, 8 x 4,194,304": lambda: means(8, 2**22, 2**25 + 32 + 8 * 2**22),
    "means, 8,192 x 4,096": lambda: means(8192, 4096, 2**25 + 16 * 4096),
    "strongest, 1e7 channels": lambda: strongest(10**7, 1, b'{"ids":["a"]}'),
    "strongest, 1e6 samples of 60 letters": lambda: strongest(
        174_762,
        10**6,
        b'{"ids":["' + b'","'.join([b"a" * 60] * 10**6) + b'"]}',
    ),
    "sample_index, 6e7 counts": lambda: index(repeated("0", 60_000_000), "[]"),
    "sample_index, 4e7 lists": lambda: index("[1]", repeated("[]", 40_000_000)),
    "sample_index, 4e6 ids": lambda: index(
        "[4000000]", json.dumps([f"{n:x}" for n in range(4_000_000)])
    ),
    "sample_index, one id of 120 MiB": lambda: index(
        "[1]", '["' + "a" * (120 * MIB) + '"]'
    ),
    "hierarchy, 1e7 nodes": lambda: tree(repeated('"a"', 10_000_000)),
    "hierarchy, a chain of 1e6": lambda: chain(1_000_000),
    "hierarchy, 1e6 classes": lambda: star(1_000_000),
    "hierarchy, deep": lambda: zipped(b"[" * (120 * MIB)),
    "hierarchy, names of 4 bytes a letter": lambda: tree(
        "[-1]", '["a"]', '["\\ud83d\\udca5' + "a" * (60 * MIB) + '"]', "[0]"
    ),
    "grouping, 1e6 classes, 1e6 groups": lambda: grouping(
        range(1_000_000), 1_000_000
    ),
    "grouping, 4e7 classes": lambda: grouping(bytes(40_000_000), 1),
    "pictures, 4e6 gaps": lambda: pictures(4_000_000),
    "pictures, n = 2e9": lambda: pictures(2_000_000_000),
}


def kind_of(name: str) -> str:
    """Returns the kind of record that one is."""
    return name.partition(",")[0]


def read(kind: str, blob: bytes) -> Any:
    """Reads a record as the plugin does."""
    record = kinds.KINDS[kind].decode(blob)
    if kind == "samples":
        header, planes = record
        labels = np.zeros(header.samples, np.int64)
        return sample_codec.to_predictions(header, planes, labels)
    return getattr(record, "digest", record)


def measure(name: str) -> dict[str, Any]:
    """Reads one in this process, which must be fresh."""
    kind = kind_of(name)
    blob = sys.stdin.buffer.read() or BOMBS[name]()
    read(kind, hostile.whole()[kind][0])  # imports are no part of the figures
    resource.setrlimit(resource.RLIMIT_AS, (LIMIT, LIMIT))
    before = _peak()
    start = time.perf_counter()
    try:
        read(kind, blob)
        outcome = "read"
    except ValueError as error:
        outcome = f"{type(error).__name__}: {error}"
    except (MemoryError, RecursionError) as error:
        outcome = type(error).__name__
    return {
        "bytes": len(blob),
        "seconds": round(time.perf_counter() - start, 2),
        "MiB": (_peak() - before) // 1024,
        "outcome": outcome[:160],
    }


def _peak() -> int:
    # Not `ru_maxrss`, which a process inherits from the one that started it.
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) for line in file if "VmHWM" in line)


def run() -> dict[str, dict[str, Any]]:
    """Reads each of the bombs and prints a table."""
    found = {}
    for name in BOMBS:
        # Made elsewhere, so that making it leaves no memory to reuse.
        blob = BOMBS[name]()
        done = subprocess.run(
            [sys.executable, "-m", __spec__.name, name],
            cwd=Path(__file__).parents[2],
            input=blob,
            capture_output=True,
            check=True,
        )
        found[name] = figures = json.loads(done.stdout)
        print(
            f"{name:36} {figures['bytes']:>12,} {figures['seconds']:>7.2f} s "
            f"{figures['MiB']:>6,} MiB  {figures['outcome'][:70]}",
            flush=True,
        )
    return found


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(measure(sys.argv[1])))
    else:
        run()
