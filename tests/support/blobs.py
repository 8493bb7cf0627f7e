"""Reads thousands of damaged records: what comes of them, how much they take.

Bits are flipped, pieces are lost, headers claim something else or values are of
another type. A decoder may refuse a record by its own error alone, and may take
little memory: a few hundred bytes have no business with megabytes.
"""

import collections
import contextlib
import tempfile
import time
import traceback
import tracemalloc
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from keras_hier.hierarchy import Hierarchy, HierarchyError
from keras_hier.log import kinds
from keras_hier.log.event_files.event_reader import LogError
from keras_hier.log.records import matrix_codec, means_codec, sample_codec
from keras_hier.log.records.container import CodecError
from keras_hier.log.run_log import RunLog
from keras_hier.probing.sentences import sentences
from tests.support import hostile, kept_features

# A header that is inflated, or a list of a few thousand values.
MOST_BYTES = 4 * 2**20
# TensorBoard's own file access reads as much at once.
BUFFER = 16 * 2**20


def _use_samples(record: tuple[Any, Any]) -> None:
    header, planes = record
    labels = np.zeros(header.samples, int)
    ranked = sample_codec.to_predictions(header, planes, labels)
    if not np.isfinite(ranked.probabilities).all():
        raise AssertionError("a probability is no number")


def _use_tree(tree: Hierarchy) -> None:
    _ = tree.digest, tree.levels(), str(tree)
    tree.ordered_by(np.eye(tree.num_classes, dtype=int))


# What is read of a record before all of it, and what is made of it.
HEADERS: dict[str, Callable[[bytes], Any]] = {
    "matrix": matrix_codec.read_header,
    "samples": sample_codec.peek,
    "means": means_codec.peek,
}
USES: dict[str, Callable[[Any], Any]] = {
    "samples": _use_samples,
    "sample_index": lambda index: index.digest,
    "layers": sentences,
    "hierarchy": _use_tree,
    "grouping": hostile.TREE.collapse,
}


def read_record(kind: str, blob: bytes) -> None:
    """Reads a record as the library does, and makes something of it."""
    if kind in HEADERS:
        with contextlib.suppress(CodecError):
            HEADERS[kind](blob)
    record = kinds.KINDS[kind].decode(blob)
    if kind in USES:
        USES[kind](record)


def read_run(events: Any) -> None:
    """Reads all that a run holds, from its files."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "validation/events.out.tfevents.1"
        hostile.write_events(file, [])
        with file.open("ab") as out:
            out.write(events)
        log = RunLog(folder)
        for output in log.outputs:
            for step in log.epochs(output):
                _refused(_matrix_and_tree, log, output, step)
        for output in log.sample_outputs:
            for step in log.sample_epochs(output):
                _refused(log.samples, output, step)
        for layer in log.mean_layers:
            _refused(log.means, layer)
            _refused(log.strongest, layer)
        log.pictures(hostile.index().digest)


def _matrix_and_tree(log: RunLog, output: str, step: int) -> None:
    header, _ = log.matrix(output, step)
    log.tree(header)


def _refused(call: Callable[..., Any], *arguments: Any) -> None:
    with contextlib.suppress(LogError):
        call(*arguments)


def draw_run(rng: np.random.Generator) -> bytes:
    """Returns the records of a damaged event file."""
    data = b"".join(
        hostile.framed(event.SerializeToString())
        for event in hostile.broken_run(rng)
    )
    return hostile.damaged(rng, data) if rng.random() < 0.3 else data


def draw_content(rng: np.random.Generator) -> bytes:
    """Returns the damaged metadata of a tag."""
    if rng.random() < 0.5:
        return hostile.CONTENTS[rng.integers(len(hostile.CONTENTS))]
    kind = hostile.KINDS[rng.integers(len(hostile.KINDS))]
    return hostile.damaged(rng, kinds.metadata_content(kind))


def whole_run() -> bytes:
    """Returns the records of an event file that is as it should be."""
    events = hostile.events_of_run()
    return b"".join(hostile.framed(e.SerializeToString()) for e in events)


class Decoder(NamedTuple):
    """How to make a whole record and a damaged one, and how to read it."""

    whole: Callable[[], Any]
    draw: hostile.Draw
    read: Callable[[Any], Any]
    refusals: tuple[type[Exception], ...] = (CodecError,)
    most: int = MOST_BYTES


def _decoder_of(kind: str) -> Decoder:
    of_tree = kind in ("hierarchy", "grouping")
    return Decoder(
        lambda: hostile.whole()[kind][0],
        lambda rng: hostile.broken(rng, kind),
        lambda blob: read_record(kind, blob),
        (CodecError, HierarchyError) if of_tree else (CodecError,),
    )


DECODERS = {
    **{kind: _decoder_of(kind) for kind in kinds.KINDS},
    "metadata": Decoder(
        lambda: kinds.metadata_content("matrix"),
        draw_content,
        kinds.kind_of,
        (),
    ),
    "event file": Decoder(
        whole_run, draw_run, read_run, (LogError,), BUFFER + MOST_BYTES
    ),
    "features": Decoder(
        lambda: kept_features.whole()[0],
        kept_features.draw,
        kept_features.read,
        (ValueError,),
    ),
}


def read_many(name: str, cases: int, seed: int) -> dict[str, Any]:
    """Reads damaged records of a kind; counts what was read and refused."""
    decoder = DECODERS[name]
    rng = np.random.default_rng([seed, *name.encode()])
    found: collections.Counter[str] = collections.Counter()
    failures: list[str] = []
    most = 0
    # Imports and caches are no part of a record.
    decoder.read(decoder.whole())
    for case in range(cases):
        blob = decoder.draw(rng)
        outcome, taken = _measured(decoder, blob)
        if taken > decoder.most:
            # Other threads may have allocated meanwhile. A record that takes so
            # much takes it again.
            outcome, again = _measured(decoder, blob)
            taken = min(taken, again)
        most = max(most, taken)
        if taken > decoder.most:
            outcome = f"it took {taken:,} bytes"
        if outcome in ("read", "refused"):
            found[outcome] += 1
        else:
            failures.append(f"{name} {case}: {outcome}")
    return {**found, "failures": failures, "most": most}


def _measured(decoder: Decoder, blob: Any) -> tuple[str, int]:
    """Returns the outcome, and the most bytes of memory it took."""
    # Only here: all that allocates is slow meanwhile.
    tracemalloc.start()
    try:
        decoder.read(blob)
        outcome = "read"
    except decoder.refusals:
        outcome = "refused"
    except Exception:  # whatever it is, it is what is looked for
        outcome = traceback.format_exc(limit=-2)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return outcome, most


def run(
    cases: int = 12_000, seed: int = 0, names: Iterable[str] = DECODERS
) -> dict[str, Any]:
    """Reads damaged records of every kind, prints and returns a table."""
    names = list(names)
    start = time.perf_counter()
    by_name = {}
    for name in names:
        by_name[name] = each = read_many(name, cases // len(names), seed)
        print(
            f"{name:12} {each.get('read', 0):>7,} read "
            f"{each.get('refused', 0):>7,} refused "
            f"{len(each['failures']):>5,} failed  at most "
            f"{each['most'] / 2**20:.1f} MiB",
            flush=True,
        )
        for failure in each["failures"][:3]:
            print(f"  {failure}")
    total = {
        key: sum(each.get(key, 0) for each in by_name.values())
        for key in ("read", "refused")
    }
    return {
        "blobs": cases // len(names) * len(names),
        **total,
        "failures": sum(len(each["failures"]) for each in by_name.values()),
        "most": max(each["most"] for each in by_name.values()),
        "seconds": round(time.perf_counter() - start, 1),
        "decoders": by_name,
    }
