"""Every route over logs that are damaged: an answer or a sentence, never 500.

`tests/support/hostile_routes.py` asks the real TensorBoard the same.
"""

import collections
import gzip
import json

import numpy as np
import pytest
from reading import Reader

from keras_hier.log import kinds
from keras_hier.log.records import container
from tests.support import hostile, hostile_routes

RUNS = 3
WHOLE = {"run": hostile_routes.WHOLE, "output": "class"}


@pytest.fixture(scope="module")
def reader(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hostile")
    hostile_routes.write_log(folder, RUNS, seed=4)
    return Reader(folder)


def test_no_route_fails(reader):
    rng = np.random.default_rng(0)
    statuses = collections.Counter()
    for run in [f"run{n:04d}/validation" for n in range(RUNS)]:
        for request in hostile_routes.requests_of(run):
            for route, query in (request, hostile_routes.changed(rng, request)):
                answer = reader.request(route, **query)
                said = hostile_routes.wrong(answer.status_code, answer.data)
                assert said is None, (route, query, said)
                statuses[answer.status_code] += 1
    assert set(statuses) == {200, 400, 404, 422}
    assert statuses[200] > statuses[422] > 10


def test_a_whole_run_among_them_is_served(reader):
    for route, query in hostile_routes.requests_of(hostile_routes.WHOLE):
        assert reader.request(route, **query).status_code == 200, route


OF_TREE = (
    "agreement",
    "answers",
    "order",
    "quality",
    "significance",
    "surprise",
)
OF_MEANS = (
    "responses",
    "correlation",
    "channels",
    "channel_groups",
    "channel",
)
# A record of each kind, and the routes that need it.
NEEDS = {
    "matrix": ("matrix", *OF_TREE),
    "hierarchy": ("hierarchy", *OF_TREE, *OF_MEANS),
    "samples": ("samples", "answers"),
    "paths": ("answers",),
    "layers": ("layers",),
    "means": (*OF_MEANS, "means"),
    "sample_index": (
        "sample_index",
        "pictures",
        "sample_history",
        "answers",
    ),
}
DEEP = gzip.compress(b"[" * 10**6)


def kind_of(event):
    return kinds.kind_of_tag(event.summary.value[0].tag)


def odd_one(event, step, wall_time=None):
    """Another event like this, at another step or time."""
    odd = type(event)()
    odd.CopyFrom(event)
    odd.step = step
    if wall_time is not None:
        odd.wall_time = wall_time
    return odd


class TestOneRecord:
    """What one damaged record spoils, and what not."""

    def events(self, kind):
        events = hostile.events_of_run()
        return events, [e for e in events if kind_of(e) == kind]

    def reader(self, folder, events):
        file = folder / hostile_routes.WHOLE / "events.out.tfevents.1.a"
        hostile.write_events(file, events)
        return Reader(folder)

    @pytest.mark.parametrize("kind", NEEDS)
    def test_is_said_where_it_is_needed(self, tmp_path, kind):
        events, damaged = self.events(kind)
        blob = DEEP if kind in ("hierarchy", "sample_index") else b""
        for event in damaged:
            event.summary.value[0].tensor.string_val[0] = blob
        reader = self.reader(tmp_path, events)
        for route, query in hostile_routes.requests_of(hostile_routes.WHOLE):
            if query.get("output") == "head" or query.get("step", "3") != "3":
                continue
            answer = reader.request(route, **query)
            is_lacking = route in NEEDS[kind]
            # There may be another layer to go to.
            if route in ("responses", "channel_groups"):
                assert ("error" in answer.json) == is_lacking
                is_lacking = False
            assert answer.status_code == (422 if is_lacking else 200), route

    def test_of_a_tree_is_a_gap_in_the_curves(self, tmp_path):
        events, (tree,) = self.events("hierarchy")
        blob = container.encode_text('{"format": "keras-hier/hierarchy"}')
        tree.summary.value[0].tensor.string_val[0] = blob
        reader = self.reader(tmp_path, events)
        found = reader.get("curves", **WHOLE)["epochs"]
        assert [set(each) for each in found] == [{"step", "error"}] * 3
        assert "is damaged" in found[0]["error"]

    @pytest.mark.parametrize("step", [-1, 10**15, 2**63 - 1])
    def test_with_a_step_that_numbers_no_epoch_hides_none(self, tmp_path, step):
        events, (_, _, one, *_) = self.events("matrix")
        odd = odd_one(one, step, events[-1].wall_time + 9)
        reader = self.reader(tmp_path, [*events, odd])
        found = reader.get("epochs", **WHOLE)["epochs"]
        assert [each["step"] for each in found] == [1, 2, 3]

    @pytest.mark.parametrize("time", hostile.TIMES)
    def test_with_a_time_that_is_none_hides_none(self, tmp_path, time):
        events, matrices = self.events("matrix")
        odd = odd_one(matrices[0], 4, time)
        reader = self.reader(tmp_path, [*events, odd])
        found = reader.get("epochs", **WHOLE)["epochs"]
        assert [each["step"] for each in found][:3] == [1, 2, 3]
        assert all(0 <= each["wall_time"] < 2**32 for each in found)

    def test_of_metadata_leaves_the_list_of_runs(self, tmp_path):
        events = hostile.events_of_run()
        for number, content in enumerate(hostile.CONTENTS):
            odd = odd_one(events[-2], 3)
            value = odd.summary.value[0]
            value.tag = f"blocks/odd{number}"
            value.metadata.plugin_data.content = content
            events.append(odd)
        [run] = self.reader(tmp_path, events).get("runs")["runs"]
        assert run["outputs"] == ["class", "head"]

    def test_with_a_wrong_kind_first_leaves_its_series(self, tmp_path):
        events, (one, *_) = self.events("matrix")
        odd = odd_one(one, 0, 1.0)
        content = kinds.metadata_content("grouping")
        odd.summary.value[0].metadata.plugin_data.content = content
        reader = self.reader(tmp_path, [odd, *events])
        [run] = reader.get("runs")["runs"]
        assert run["outputs"] == ["class", "head"]

    def test_tensors_that_tensorboard_cannot_read(self, tmp_path):
        events, (one, *_) = self.events("matrix")
        odd = odd_one(one, 4)
        odd.summary.value[0].tensor.string_val.append(b"another")
        reader = self.reader(tmp_path, [*events, odd])
        status, message = reader.error("epochs", **WHOLE)
        assert status == 422
        assert "another kind of tensor" in message
        assert reader.get("epochs", run=hostile_routes.WHOLE, output="head")
        assert json.loads(reader.request("runs").text)["runs"]
