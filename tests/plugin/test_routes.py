"""A question to the server: what a new one costs, and what is said of each."""

import inspect
import json
import re
import threading
import urllib.request
from pathlib import Path

import numpy as np
import pytest
from reading import MATRIX, TREE, Reader, write
from werkzeug.exceptions import NotFound
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.serving import make_server

import keras_hier as kh
from keras_hier.scores.coarse_counts import CoarseCounts
from tb_plugin import plugin, routes
from tb_plugin.routing import routes_of
from tests.support import hostile, hostile_routes

QUESTION = '''"""How many samples an epoch has."""

from tb_plugin.reading import parameters
from tb_plugin.routing import Service, route


class TotalService(Service):
    """Counts samples."""

    @route
    def total(self, request, scope):
        """Returns the samples of an epoch.

        Query:
            run, output, step: the epoch.
        """
        epoch = self._store.epoch(scope, *parameters.epoch_of(request))
        return {"total": epoch.header.total}
'''


def test_a_module_is_all_that_a_question_needs(logdir, tmp_path, monkeypatch):
    folder = tmp_path / "more"
    folder.mkdir()
    (folder / "totals.py").write_text(QUESTION)
    monkeypatch.setattr(routes, "__path__", [*routes.__path__, str(folder)])
    apps = Reader(logdir).plugin.get_plugin_apps()
    server = make_server("127.0.0.1", 0, DispatcherMiddleware(NotFound(), apps))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        with urllib.request.urlopen(
            f"http://127.0.0.1:{server.port}/total"
            "?run=plain/validation&output=class&step=2"
        ) as answer:
            assert json.load(answer) == {"total": 2 * MATRIX.sum()}
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


# Requests for keys and parameters that those of a hostile log do not reach.
SET = {"run": '["seed1","seed2"]/validation', "output": "class"}
COARSE = {"run": "coarse/validation", "output": "class"}
EPOCH = {**SET, "step": "1"}
MORE = [
    ("runs", {"set": '["seed2","seed1"]/validation'}),
    *(("epochs", where) for where in (SET, COARSE)),
    *(("curves", {**where, "nodes": "1"}) for where in (SET, COARSE)),
    ("rates", {**SET, "rows": "1", "columns": "2"}),
    (
        "significance",
        {**EPOCH, **{f"other_{n}": EPOCH[n] for n in EPOCH}, "level": "0"},
    ),
    (
        "sample_history",
        {
            **{"run": hostile_routes.WHOLE, "output": "class", "sample": "7"},
            "index": hostile.index().digest,
            "hierarchy": hostile.TREE.digest,
        },
    ),
]


@pytest.fixture(scope="module")
def answers(tmp_path_factory):
    """Requests for all routes and parameters, and the answers, by route."""
    folder = tmp_path_factory.mktemp("runs")
    hostile_routes.write_log(folder, 0, 0)
    write(folder / "seed1", (1, 2))
    write(folder / "seed2", (1, 2, 3))
    pets = np.eye(1, len(TREE.parents), TREE.find("pet"), dtype=int)[0]
    with kh.BlocksWriter(folder / "coarse", TREE) as log:
        log.matrix(MATRIX, 1, coarse=CoarseCounts(TREE, pets, pets))
    reader = Reader(folder)
    found = {}
    whole = hostile_routes.requests_of(hostile_routes.WHOLE)
    for route, query in [*whole, *MORE]:
        answer = reader.request(route, **query)
        assert answer.status_code == 200, (route, query, answer.text)
        found.setdefault(route, []).append((query, answer))
    return found


DOCSTRINGS = {
    route: inspect.getdoc(getattr(service, route))
    for service in plugin.find_services()
    for route in routes_of(service)
}
PAGE = (Path(__file__).parents[2] / "docs/reference/http.md").read_text()


def keys_of(value):
    """Yields the keys of JSON; LayersRecord describes those of a record."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield key
            yield from () if key == "record" else keys_of(each)
    elif isinstance(value, list):
        for each in value:
            yield from keys_of(each)


def entries_of(text):
    """Returns the names of what a docstring or page lists."""
    found = re.findall(r"^ *([a-z_, ]+): ", text, flags=re.MULTILINE)
    return set(", ".join(found).split(", "))


def named_in(text):
    """Returns what a text lists, has as code, or in an example."""
    words = re.findall(r'(?<=`)\w+(?=`)|(?<=")\w+(?=":)', text)
    return entries_of(text) | set(words)


def test_every_route_is_asked(answers, reader):
    pages = {f"/{p.name}" for p in plugin.STATIC.glob("*")} | {"/index.js"}
    asked = {f"/{route}" for route in answers}
    assert asked == set(reader.plugin.get_plugin_apps()) - pages
    assert set(DOCSTRINGS) == set(answers)


@pytest.mark.parametrize("route", DOCSTRINGS)
def test_what_is_asked_and_answered_is_described(route, answers):
    text = DOCSTRINGS[route]
    query = text.partition("\nQuery:\n")[2].split("\n\n")[0]
    asked = {name for given, _ in answers[route] for name in given}
    assert asked == entries_of(query)
    keys = {
        key
        for _, answer in answers[route]
        if answer.is_json
        for key in keys_of(answer.json)
    }
    assert not keys - named_in(text) - named_in(PAGE)
