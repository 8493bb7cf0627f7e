"""What the plugin's tests log, and how TensorBoard's Python loader reads it."""

import gzip
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from tensorboard.backend.event_processing import (
    data_provider,
    plugin_event_multiplexer,
)
from tensorboard.context import RequestContext
from werkzeug.test import Client

import keras_hier as kh
from keras_hier.log import metadata
from keras_hier.log.event_files import event_writer
from keras_hier.log.records import matrix_codec
from tb_plugin.plugin import BlocksPlugin
from tb_plugin.reading.store import Scope

CLASSES = ["car", "cat", "dog", "wolf"]
TREE = kh.Hierarchy.from_nested(
    {"animal": {"pet": ["cat", "dog"], "wild": ["wolf"]}, "thing": ["car"]},
    classes=CLASSES,
)
OTHER = kh.Hierarchy.from_nested(
    {"a": ["car", "cat"], "b": ["dog", "wolf"]}, classes=CLASSES
)
PAIRS = TREE.cut(groups=2)
RUN = "plain/validation"
CLASS = {"run": RUN, "output": "class"}
MATRIX = np.array([[4, 1, 0, 0], [0, 3, 2, 0], [0, 1, 3, 1], [2, 0, 0, 3]])


def write(
    folder: Path,
    steps: Any,
    tree: kh.Hierarchy = TREE,
    split: str = "validation",
) -> None:
    """Logs MATRIX times the step at every step, whatever is there."""
    with kh.BlocksWriter(folder, tree, split, resume=True) as log:
        for step in steps:
            log.matrix(MATRIX * step, step)


def write_blob(
    folder: Path, tag: str, blob: bytes, step: int, kind: Any = "matrix"
) -> None:
    """Logs bytes that may be anything."""
    file = event_writer.EventFile(folder)
    file.add_blob(tag, kind, blob, step)
    file.close()


def log_matrix(
    folder: Path, counts: Any, step: int = 1, tree: kh.Hierarchy = TREE
) -> None:
    """Logs one matrix, after what is there."""
    with kh.BlocksWriter(folder, tree, resume=True) as log:
        log.matrix(counts, step)


def log_head(
    folder: Path, counts: Any, tree: kh.Hierarchy, groups: kh.Grouping
) -> None:
    """Logs the matrix of a head that names groups."""
    with kh.BlocksWriter(folder, tree) as log:
        counts = groups.aggregate(counts)
        log.matrix(counts, 1, "head", groups, role="head", layer="conv2")


def compared(one: str, other: str, **changed: Any) -> dict[str, Any]:
    """Returns what the route of significance needs about two runs."""
    query = {"run": one, "output": "class", "step": 1}
    others = {f"other_{key}": value for key, value in query.items()}
    return query | others | {"other_run": other} | changed


def calls_of(patch: pytest.MonkeyPatch, owner: Any, name: str) -> list[Any]:
    """Returns the arguments of all calls of a function from now on."""
    calls: list[Any] = []
    called = getattr(owner, name)

    def noted(*arguments: Any, **options: Any) -> Any:
        calls.append((arguments, options))
        return called(*arguments, **options)

    patch.setattr(owner, name, noted)
    return calls


class Reader:
    """A log folder as TensorBoard's Python loader sees it."""

    def __init__(self, logdir: Path) -> None:
        self.logdir = logdir
        self.multiplexer = plugin_event_multiplexer.EventMultiplexer(
            tensor_size_guidance={metadata.PLUGIN_NAME: 0}
        )
        self.provider = data_provider.MultiplexerDataProvider(
            self.multiplexer, str(logdir)
        )
        self.scope = Scope(RequestContext(), "")
        self.plugin = BlocksPlugin(SimpleNamespace(data_provider=self.provider))
        self.reload()

    def reload(self) -> None:
        """Reads what has been written since."""
        self.multiplexer.AddRunsFromDirectory(str(self.logdir))
        self.multiplexer.Reload()

    def request(
        self, route: str, method: str = "GET", **parameters: Any
    ) -> Any:
        """Returns the response of a route."""
        apps = self.plugin.get_plugin_apps()
        return Client(apps["/" + route]).open(
            method=method, query_string=parameters
        )

    def get(self, route: str, **parameters: Any) -> Any:
        """Returns the JSON of a route that succeeds."""
        response = self.request(route, **parameters)
        assert response.status_code == 200, response.text
        assert response.content_type == "application/json"
        return json.loads(
            response.text, parse_constant=lambda c: pytest.fail(f"JSON has {c}")
        )

    def matrix(self, route: str = "matrix", **parameters: Any) -> Any:
        """Returns the header and the counts of a route that sends them."""
        response = self.request(route, **parameters)
        assert response.status_code == 200, response.text
        # This client takes no gzip: the record was unpacked on the way.
        header, counts = matrix_codec.decode(gzip.compress(response.data))
        return header, counts.toarray()

    def error(self, route: str, **parameters: Any) -> tuple[int, str]:
        """Returns the status and the message of a route that fails."""
        response = self.request(route, **parameters)
        assert response.content_type == "application/json"
        assert set(response.json) == {"error"}
        return response.status_code, response.json["error"]
