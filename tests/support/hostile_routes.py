"""Asks a real TensorBoard for all there is in logs that are damaged.

    python -m benchmarks.reliability --only hostile_routes

One log with many runs, each damaged in another way, is served by both of
TensorBoard's loaders. Every route is asked for what the log holds and for what
it does not. An answer has a status of 200, or of 4xx and a sentence; none
takes the server down or makes it grow without end, and whole runs among the
damaged ones are served as if they were alone.
"""

import collections
import json
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from tests.support import hostile
from tests.support.serving import Server, tensorboard

RUNS = 60
AT_ONCE = 8
ALLOWED = (200, 400, 404, 405, 422)
WHOLE = "whole/validation"
LOADERS = {"Rust": (), "Python": ("--load_fast", "false")}

Request = tuple[str, dict[str, str]]


def write_log(folder: Path, runs: int, seed: int) -> None:
    """Writes damaged runs, and one that is whole."""
    for number in range(runs):
        rng = np.random.default_rng([seed, number])
        file = folder / f"run{number:04d}/validation/events.out.tfevents.1.a"
        hostile.write_events(file, hostile.broken_run(rng))
        if rng.random() < 0.3:
            file.write_bytes(hostile.damaged(rng, file.read_bytes()))
    hostile.write_events(
        folder / WHOLE / "events.out.tfevents.1.a", hostile.events_of_run()
    )


def requests_of(run: str) -> list[Request]:
    """Returns a request for all that a run holds when it is whole."""
    index = hostile.index().digest
    tree = {"run": run, "digest": hostile.TREE.digest}
    made: list[Request] = [
        ("runs", {}),
        ("hierarchy", tree),
        ("hierarchy", {**tree, "grouping": hostile.GROUPS.digest}),
        ("sample_index", {"run": run, "digest": index}),
        ("pictures", {"run": run, "index": index, "samples": "0,1,2,39"}),
    ]
    for output in ("class", "head"):
        where = {"run": run, "output": output}
        made += [
            ("epochs", where),
            ("curves", where),
            ("curves", {**where, "nodes": "0,1,2"}),
            ("rates", {**where, "rows": "1", "columns": "0,2"}),
        ]
        made += [
            (route, {**where, "step": step})
            for step in "123"
            for route in ("matrix", "order", "quality", "agreement")
        ]
        made += [
            ("surprise", {**where, "step": step, "level": "0"})
            for step in "123"
        ]
        other = {f"other_{key}": value for key, value in where.items()}
        made += [
            (
                "significance",
                {**where, "step": "3", **other, "other_step": step},
            )
            for step in "12"
        ]
    where = {"run": run, "output": "class"}
    made += [
        (route, {**where, "step": step})
        for step in "123"
        for route in ("samples", "layers")
    ]
    promised = {"level": "0", "promise": "0.5"}
    made += [("answers", {**where, "step": step, **promised}) for step in "123"]
    layer = {"run": run, "layer": "conv1"}
    made += [
        (route, {**layer, "step": step, **more})
        for step in "123"
        for route, more in (
            ("responses", {}),
            ("correlation", {}),
            ("channels", {"node": "1"}),
            ("channel_groups", {}),
            ("means", {}),
            ("channel", {"channel": "1"}),
        )
    ]
    made.append(("sample_epochs", where))
    history = {**where, "index": index, "sample": "7"}
    return [*made, ("sample_history", history)]


ODD = (
    "", "-1", "0", "4", "999999999999999", "9" * 40, "1e3", "NaN", "\x00",
    "../../etc/passwd", "%2e%2e", "é💥", "x" * 5000, "0" * 16, "a/b", "1,,2",
    ",".join(["1"] * 1001), "[[[[", "<script>", "\ufffd",
)  # fmt: skip


def changed(rng: np.random.Generator, request: Request) -> Request:
    """Returns a request with another or a missing parameter."""
    route, parameters = request
    if not parameters:
        return route, {"run": str(ODD[rng.integers(len(ODD))])}
    name = list(parameters)[rng.integers(len(parameters))]
    made = {**parameters, name: ODD[rng.integers(len(ODD))]}
    if rng.random() < 0.1:
        del made[name]
    return route, made


def draw(rng: np.random.Generator, count: int, runs: int) -> Iterator[Request]:
    """Draws requests: of what there is, and every fifth of something odd."""
    names = [f"run{n:04d}/validation" for n in range(runs)] + [WHOLE]
    for _ in range(count):
        made = requests_of(names[rng.integers(len(names))])
        request = made[rng.integers(len(made))]
        yield changed(rng, request) if rng.random() < 0.2 else request


def wrong(status: int, content: bytes) -> str | None:
    """Returns what is wrong with an answer; None if nothing is."""
    if status not in ALLOWED:
        return f"status {status}: {content[-300:]!r}"
    if b"Traceback" in content:
        return f"a traceback: {content[-300:]!r}"
    # TensorBoard writes them as texts, which no page takes for numbers.
    if b'"NaN"' in content or b'Infinity"' in content:
        return f"no number: {content[:300]!r}"
    if status != 200:
        try:
            said = json.loads(content)["error"]
        except (ValueError, KeyError, TypeError):
            return f"status {status} without a sentence: {content[:200]!r}"
        if not said or len(said) > 10_000:
            return f"status {status} with {len(said)} letters"
    return None


def ask(server: Server, request: Request) -> tuple[int, bytes]:
    """Returns status and content of an answer."""
    route, parameters = request
    return server.fetch(f"data/plugin/blocks/{route}", **parameters)


def run_loader(
    logdir: Path, flags: tuple[str, ...], count: int, runs: int, seed: int
) -> dict[str, Any]:
    """Asks one TensorBoard over the log."""
    rng = np.random.default_rng(seed)
    with tensorboard(logdir, *flags) as server:
        server.wait(WHOLE, 3, 120)
        expected = [ask(server, r) for r in requests_of(WHOLE)[1:]]
        before = server.memory()
        with ThreadPoolExecutor(AT_ONCE) as pool:
            requests = list(draw(rng, count, runs))
            answers = list(pool.map(lambda r: ask(server, r), requests))
        again = [ask(server, r) for r in requests_of(WHOLE)[1:]]
        grown = server.memory() - before
    failures = [
        f"{route} {str(query)[:200]}: {said}"
        for (route, query), answer in zip(requests, answers, strict=True)
        if (said := wrong(*answer)) is not None
    ]
    if again != expected or any(status != 200 for status, _ in again):
        failures.append("The whole run is not served as before.")
    statuses = collections.Counter(status for status, _ in answers)
    return {
        "requests": count,
        "statuses": dict(sorted(statuses.items())),
        "failures": failures,
        "grown": grown,
    }


def run(count: int = 5_000, seed: int = 0, runs: int = RUNS) -> dict[str, Any]:
    """Asks both loaders, prints a table and returns its figures."""
    start = time.perf_counter()
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        write_log(Path(folder), runs, seed)
        for name, flags in LOADERS.items():
            found[name] = each = run_loader(
                Path(folder), flags, count // len(LOADERS), runs, seed
            )
            print(
                f"{name:8} {each['requests']:>7,} requests "
                f"{len(each['failures']):>5,} failed, {each['statuses']}, "
                f"grown by {each['grown'] / 2**20:.0f} MiB",
                flush=True,
            )
            for failure in each["failures"][:5]:
                print(f"  {failure}")
    return {
        "requests": sum(each["requests"] for each in found.values()),
        "failures": sum(len(each["failures"]) for each in found.values()),
        "grown": max(each["grown"] for each in found.values()),
        "seconds": round(time.perf_counter() - start, 1),
        "loaders": found,
    }
