"""What the plugin's tests log, and how TensorBoard's Python loader reads it."""

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

    def error(self, route: str, **parameters: Any) -> tuple[int, str]:
        """Returns the status and the message of a route that fails."""
        response = self.request(route, **parameters)
        assert response.content_type == "application/json"
        assert set(response.json) == {"error"}
        return response.status_code, response.json["error"]
