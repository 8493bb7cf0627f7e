"""The plugin in the real TensorBoard, with both of its loaders."""

import gzip
import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import keras
import numpy as np
import pytest
from reading import MATRIX, OTHER, TREE, write, write_blob

import keras_hier as kh
from keras_hier.log.records import matrix_codec
from tests.support.serving import Server, tensorboard

LOADERS = {"rust": "--load_fast=true", "python": "--load_fast=false"}
ALL = {"run": "long/validation", "output": "class"}


def write_resumed(folder, first, then):
    """A run of five epochs that goes on from its third, at these times."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(time, "time", lambda: first)
        write(folder, (1, 2, 3, 4, 5))
        patch.setattr(time, "time", lambda: then)
        write(folder, (3, 4), tree=OTHER)


def write_sampled(folder):
    """A run whose second attempt logs samples later than its first did."""
    labels, scores = [0, 1, 2, 3], np.eye(4)
    for steps, sampled in ((range(1, 11), (5, 10)), (range(6, 13), (12,))):
        with kh.BlocksWriter(folder, TREE, resume=True) as log:
            for step in steps:
                log.matrix(MATRIX, step)
                if step in sampled:
                    log.samples(labels, scores, step)


@pytest.fixture(scope="module")
def logdir(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs")
    write(folder / "long", range(1, 151))
    now = time.time()
    write_resumed(folder / "resumed", now, now + 1)
    # The clock of what goes on is an hour behind, or that of the first attempt
    # was in the year 9999.
    write_resumed(folder / "behind", now, now - 3600)
    write_resumed(folder / "absurd", 2.5e11, now)
    write_sampled(folder / "sampled")
    write(folder / "cut", (1, 2))
    [file] = (folder / "cut/validation").iterdir()
    file.write_bytes(file.read_bytes()[:-30])  # inside the last scalar
    good = matrix_codec.encode(MATRIX, hierarchy=TREE.digest)
    write(folder / "damaged", (1, 2))
    write_blob(folder / "damaged/validation", "blocks/class", good[:-9], 3)
    write_blob(folder / "damaged/validation", "blocks/class", good, 4)
    return folder


@pytest.fixture(scope="module", params=LOADERS)
def server(request, logdir) -> Iterator[Server]:
    # One as TensorBoard is with TensorFlow, one as it is without.
    with_it = request.param == "python"
    with tensorboard(
        logdir, LOADERS[request.param], tensorflow=with_it
    ) as server:
        server.wait("long/validation", 150)
        for name in ("resumed", "behind", "absurd"):
            server.wait(f"{name}/validation", 4)
        server.wait("damaged/validation", 4)
        server.wait("sampled/validation", 12)
        yield server


class TestBothLoaders:
    def test_tensorboard_knows_the_plugin(self, server):
        status, content = server.fetch("data/plugins_listing")
        blocks = json.loads(content)["blocks"]
        assert status == 200
        assert blocks["enabled"] is True  # found from the data alone
        assert blocks["tab_name"] == "Blocks"
        path = blocks["loading_mechanism"]["module_path"]
        assert path.endswith("/index.js")
        status, script = server.fetch("data/plugin/blocks/index.js")
        assert (status, b"render" in script) == (200, True)

    def test_all_of_150_epochs_survive_the_default_flags(self, server):
        assert server.steps("long/validation") == list(range(1, 151))
        for step in (1, 77, 150):
            status, blob = server.fetch(
                "data/plugin/blocks/matrix", **ALL, step=step
            )
            assert status == 200
            _, matrix = matrix_codec.decode(gzip.compress(blob))
            np.testing.assert_array_equal(matrix.toarray(), MATRIX * step)

    @pytest.mark.parametrize("name", ["resumed", "behind", "absurd"])
    def test_a_resumed_run_has_overtaken_its_first_attempt(self, server, name):
        where = {"run": f"{name}/validation", "output": "class"}
        found = server.get("epochs", **where)["epochs"]
        assert [e["step"] for e in found] == [1, 2, 3, 4]
        trees = [e["hierarchy"] for e in found]
        assert trees == [TREE.digest] * 2 + [OTHER.digest] * 2
        curves = server.get("curves", **where, nodes="1")["epochs"]
        assert [len(e["accuracy"]) for e in curves] == [2, 2, 2, 2]
        older = [e.get("hierarchy") for e in curves]
        assert older == [TREE.digest] * 2 + [None] * 2

    def test_so_it_has_with_samples(self, server):
        where = {"run": "sampled/validation", "output": "class"}
        found = server.get("sample_epochs", **where)["epochs"]
        assert [e["step"] for e in found] == [5, 12]

    def test_both_trees_are_served(self, server):
        for tree in (TREE, OTHER):
            found = server.get(
                "hierarchy", run="resumed/validation", digest=tree.digest
            )
            assert kh.Hierarchy.from_json(found) == tree

    def test_a_file_cut_short_keeps_its_epochs(self, server):
        assert server.steps("cut/validation") == [1, 2]

    def test_a_damaged_epoch_is_reported_alone(self, server):
        where = {"run": "damaged/validation", "output": "class"}
        found = server.get("epochs", **where)["epochs"]
        assert [("error" in e) for e in found] == [False, False, True, False]
        path = "data/plugin/blocks/matrix"
        assert server.fetch(path, **where, step=3)[0] == 422
        assert server.fetch(path, **where, step=4)[0] == 200

    def test_runs(self, server, logdir):
        runs = server.get("runs")["runs"]
        found = {(each["name"], each["split"]) for each in runs}
        names = {folder.name for folder in logdir.iterdir()}
        assert found == {(name, "validation") for name in names}

    @pytest.mark.parametrize(
        ("path", "parameters", "status"),
        [
            ("epochs", {**ALL, "run": '["\\ud800","long"]/validation'}, 404),
            ("epochs", {"run": "a\0b", "output": "class"}, 404),
            ("..%2f..%2fsetup.py", {}, 404),
            ("..%5c..%5csetup.py", {}, 404),
            ("static/index.js", {}, 404),
            ("plugin.py", {}, 404),
            ("%00", {}, 404),
        ],
    )
    def test_hostile_requests(self, server, path, parameters, status):
        code, content = server.fetch(f"data/plugin/blocks/{path}", **parameters)
        assert code == status
        assert b"Traceback" not in content

    def test_the_scores_are_under_scalars(self, server):
        _, content = server.fetch("data/plugin/scalars/tags")
        tags = json.loads(content)["long/validation"]
        assert "hierarchy/class/accuracy_groups4" in tags
        assert "blocks/class" not in tags

    def test_many_requests_at_once(self, server):
        def read(step):
            return server.fetch("data/plugin/blocks/matrix", **ALL, step=step)

        with ThreadPoolExecutor(6) as pool:
            answers = pool.map(read, [*range(1, 16)] * 6)
            assert {status for status, _ in answers} == {200}


class Watch(keras.callbacks.Callback):
    """Waits for each epoch on all servers before the next one begins."""

    def __init__(self, servers):
        super().__init__()
        self.servers = servers

    def on_epoch_begin(self, epoch, logs=None):
        for server in self.servers:
            for split in ("train", "validation"):
                if epoch > 0:
                    server.wait(f"run/{split}", epoch)


def losses(server, split):
    """Returns the epochs of Keras's own loss curve, counted from 0."""
    status, content = server.fetch(
        "data/plugin/scalars/scalars", run=f"run/{split}", tag="epoch_loss"
    )
    return [step for _, step, _ in json.loads(content)] if status == 200 else []


def test_epochs_appear_while_a_run_trains_beside_keras_callback(tmp_path):
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(40, 6)), rng.integers(0, 4, 40)
    image = keras.Input((6,))
    model = keras.Model(image, keras.layers.Dense(4, name="class")(image))
    model.compile(
        "sgd",
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        weighted_metrics=[kh.ConfusionMatrix(TREE)],
    )
    fast = ("--reload_interval", "1", "--path_prefix", "/deep/down")
    with (
        tensorboard(tmp_path, LOADERS["rust"], *fast, tensorflow=False) as rust,
        tensorboard(
            tmp_path, LOADERS["python"], *fast, tensorflow=False
        ) as python,
    ):
        assert "/deep/down/" in rust.url
        callbacks = [
            Watch((rust, python)),
            keras.callbacks.TensorBoard(tmp_path / "run"),
            kh.BlocksCallback(tmp_path / "run"),
        ]
        options = {"validation_data": (x, y), "callbacks": callbacks}
        model.fit(x, y, epochs=2, verbose=0, **options)
        for server in (rust, python):
            for split in ("train", "validation"):
                server.wait(f"run/{split}", 2)
                assert server.steps(f"run/{split}") == [1, 2]
                # Two files in one folder, and neither hides the other.
                end = time.monotonic() + 120
                while losses(server, split) != [0, 1]:
                    assert time.monotonic() < end, split
                    time.sleep(0.2)
            assert len(server.get("runs")["runs"]) == 2
