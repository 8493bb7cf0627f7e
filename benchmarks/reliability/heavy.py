"""Asks the routes about layers for the largest records that are read.

    python -m benchmarks.reliability --only heavy

Small records may be large when they are read. Each route is asked once, once
again, and by four at once, of a real TensorBoard: seconds of its processor, and
the most memory that it took beside what it had.
"""

import dataclasses
import os
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from keras_hier.hierarchy import Hierarchy
from keras_hier.log.blocks_writer import BlocksWriter
from keras_hier.log.records.means_codec import ClassMeans
from tests.support.layers import layers_record
from tests.support.serving import Server, tensorboard

EPOCHS, LAYERS, LEVELS = 300, 256, 16
CLASSES, FEATURES = 256, 2**17
RUN = "run/validation"
MIB = 2**20


def write_log(folder: Path) -> None:
    """Writes records that compress well and are as large as is allowed."""
    names = [f"c{n}" for n in range(CLASSES)]
    groups = {f"g{n}": names[16 * n : 16 * (n + 1)] for n in range(16)}
    tree = Hierarchy.from_nested(groups, classes=names)
    record = layers_record(tree.digest, LAYERS, LEVELS, controls=3)
    same: dict[str, Any] = {
        name: np.full_like(value, 0.5)
        for name, value in vars(record).items()
        if isinstance(value, np.ndarray)
    }
    means = np.zeros((CLASSES, FEATURES), np.float32)
    means[0], means[1, ::2] = 1, 1
    with BlocksWriter(folder / "run", tree) as log:
        log.matrix(np.eye(CLASSES), 1)
        for step in range(1, EPOCHS + 1):
            log.layers(dataclasses.replace(record, **same), step)
        counts = np.full(CLASSES, 5)
        log.means(ClassMeans("a", 0, "", "", tree.digest, counts, means), 1)


def _spent(server: Server) -> float:
    fields = Path(f"/proc/{server.pid}/stat").read_text().rpartition(")")[2]
    user, system = fields.split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def _memory(server: Server, name: str) -> int:
    text = Path(f"/proc/{server.pid}/status").read_text()
    line = next(each for each in text.splitlines() if name in each)
    return int(line.split()[1]) * 1024


def _ask(server: Server, requests: list[tuple[str, dict[str, Any]]]) -> Any:
    Path(f"/proc/{server.pid}/clear_refs").write_text("5")
    memory, spent = _memory(server, "VmRSS"), _spent(server)
    with ThreadPoolExecutor(4) as pool:
        answers = list(
            pool.map(
                lambda r: server.fetch(f"data/plugin/blocks/{r[0]}", **r[1]),
                requests,
            )
        )
    return {
        "seconds": round(_spent(server) - spent, 2),
        "MiB": (_memory(server, "VmHWM") - memory) // MIB,
        "statuses": sorted({status for status, _ in answers}),
    }


def run() -> dict[str, Any]:
    """Asks each route and prints a table."""
    layer = {"run": RUN, "layer": "a", "step": 1}
    layers = {"run": RUN, "output": "class"}
    nodes = [{**layer, "node": 1 + 17 * n} for n in range(6)]
    asked: dict[str, list[tuple[str, dict[str, Any]]]] = {
        "layers": [("layers", {**layers, "step": 1})],
        "layers, another epoch": [("layers", {**layers, "step": 9})],
        "layers, four at once": [
            ("layers", {**layers, "step": n}) for n in (20, 30, 40, 50)
        ],
        "responses": [("responses", layer)],
        "responses, again": [("responses", layer)],
        "correlation": [("correlation", layer)],
        "channels": [("channels", nodes[0])],
        "channels, again": [("channels", nodes[0])],
        "channels, four at once": [("channels", n) for n in nodes[1:5]],
    }
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        write_log(Path(folder))
        with tensorboard(Path(folder), "--load_fast", "false") as server:
            server.wait(RUN, 1)
            for name, requests in asked.items():
                found[name] = each = _ask(server, requests)
                print(
                    f"{name:24} {each['seconds']:>6.2f} s "
                    f"{each['MiB']:>6,} MiB  {each['statuses']}",
                    flush=True,
                )
    return found
