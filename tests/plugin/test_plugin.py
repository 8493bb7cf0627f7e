"""What the plugin serves of runs, matrices and trees, and what it refuses."""

import gzip
import re

import numpy as np
import pytest
from reading import (
    CLASS,
    MATRIX,
    OTHER,
    PAIRS,
    TREE,
    Reader,
    compared,
    log_matrix,
    write,
    write_blob,
)
from werkzeug.test import Client

import keras_hier as kh
from keras_hier.files import limits
from keras_hier.log.records import matrix_codec
from tb_plugin.reading.epochs import Epoch

HEAD = {"run": "hier/validation", "output": "conv2_groups2"}
EPOCH = {**CLASS, "step": "1"}
# Requests that need each of their parameters.
ANALYSES = {
    **dict.fromkeys(("order", "quality", "agreement"), EPOCH),
    "surprise": {**EPOCH, "level": "0"},
    "significance": compared(CLASS["run"], CLASS["run"], step="1"),
}
ASKED = {
    **ANALYSES,
    "epochs": CLASS,
    "matrix": EPOCH,
    "hierarchy": {"run": "plain/train", "digest": TREE.digest},
    "rates": {**CLASS, "rows": "1", "columns": "2"},
}


class TestRuns:
    def test_names_splits_and_outputs(self, reader):
        assert reader.get("runs")["runs"] == [
            {
                "run": f"{name}/{split}",
                "name": name,
                "split": split,
                "outputs": outputs,
                **{kind: [] for kind in ("samples", "layers", "means")},
            }
            for name, split, outputs in (
                ("hier", "validation", ["class", "conv2_groups2"]),
                ("plain", "train", ["class"]),
                ("plain", "validation", ["class"]),
            )
        ]

    def test_a_log_folder_that_is_itself_a_run_or_a_split(self, logdir):
        [train, validation] = Reader(logdir / "plain").get("runs")["runs"]
        assert (train["name"], train["split"]) == (".", "train")
        assert validation["run"] == "validation"
        reader = Reader(logdir / "plain/train")
        [run] = reader.get("runs")["runs"]
        assert (run["run"], run["name"], run["split"]) == (".", ".", "")
        assert reader.get("epochs", run=".", output="class")["epochs"]

    def test_an_empty_log(self, tmp_path):
        assert Reader(tmp_path).get("runs") == {"runs": []}


class TestEpochs:
    def test_of_the_classes(self, reader):
        found = reader.get("epochs", **CLASS)
        assert (found["role"], found["layer"]) == ("class", None)
        assert [e["step"] for e in found["epochs"]] == [1, 2, 3]
        second = found["epochs"][1]
        assert second.pop("wall_time") > 1.7e9
        assert second == {
            "step": 2,
            "hierarchy": TREE.digest,
            "grouping": None,
            "total": 40,
            "correct": 26,
            "nonzeros": 9,
        }

    def test_of_a_head(self, reader):
        found = reader.get("epochs", **HEAD)
        assert (found["role"], found["layer"]) == ("head", "conv2")
        assert {e["grouping"] for e in found["epochs"]} == {PAIRS.digest}


class TestMatrix:
    def test_is_the_stored_blob_unpacked_by_the_browser(self, reader):
        response = reader.request("matrix", **CLASS, step=2)
        assert response.content_type == "application/octet-stream"
        assert response.data[:4] == b"KHM1"
        found = reader.matrix(**CLASS, step=2)[1]
        np.testing.assert_array_equal(found, MATRIX * 2)

    def test_travels_compressed(self, reader):
        app = reader.plugin.get_plugin_apps()["/matrix"]
        response = Client(app).get(
            query_string={**CLASS, "step": "3"},
            headers={"Accept-Encoding": "gzip"},
        )
        assert response.headers["Content-Encoding"] == "gzip"
        _, matrix = matrix_codec.decode(response.data)
        np.testing.assert_array_equal(matrix.toarray(), MATRIX * 3)


class TestHierarchy:
    def test_of_the_classes(self, reader):
        found = reader.get("hierarchy", run="plain/train", digest=TREE.digest)
        assert kh.Hierarchy.from_json(found) == TREE
        assert found["sizes"] == [1, 1, 1, 1]
        assert "classes" not in found
        assert [level["groups"] for level in found["levels"]] == [
            level.num_groups for level in TREE.levels()
        ]
        assert {level["name"] for level in found["levels"]} == {None}
        leaves = found["levels"][-1]["nodes"]
        assert sorted(found["labels"][n] for n in leaves) == [0, 1, 2, 3]
        names = [found["names"][n] for n in found["levels"][0]["nodes"]]
        assert names == ["animal", "thing"]

    def test_collapsed_to_a_grouping(self, reader):
        asked = {"digest": TREE.digest, "grouping": PAIRS.digest}
        found = reader.get("hierarchy", run="hier/validation", **asked)
        assert kh.Hierarchy.from_json(found) == TREE.collapse(PAIRS)
        assert found["sizes"] == [3, 1]
        assert found["classes"] == [["cat", "dog", "wolf"], ["car"]]
        assert [level["groups"] for level in found["levels"]] == [2]

    def test_of_a_foreign_grouping(self, logdir):
        odd = kh.Grouping(["even", "odd"], [0, 1, 0, 1])
        with kh.BlocksWriter(logdir / "odd", TREE) as log:
            log.matrix(odd.aggregate(MATRIX), 1, output="odd", grouping=odd)
        asked = {"digest": TREE.digest, "grouping": odd.digest}
        reader = Reader(logdir)
        found = reader.get("hierarchy", run="odd/validation", **asked)
        assert found["sizes"] == [2, 2]
        assert found["names"][1:] == ["even", "odd"]


class TestCurves:
    def test_by_hand(self, reader):
        animal, pet = TREE.find("animal"), TREE.find("pet")
        found = reader.get("curves", **CLASS, nodes=f"{animal},{pet}")
        assert [e["step"] for e in found["epochs"]] == [1, 2, 3]
        # See MATRIX: 20 samples, 17 in the block of animals or of things; 15
        # animals, of which 13 are named animals, as 14 are; pets 10, 9, 10.
        assert found["epochs"][0]["accuracy"] == pytest.approx(
            [17 / 20, 13 / 20]
        )
        # By chance (5 * 6 + 15 * 14) / 20^2 of both, and of the classes
        # (5 * 6 + 5 * 5 + 5 * 5 + 5 * 4) / 20^2.
        assert found["epochs"][0]["kappa"] == pytest.approx(
            [(0.85 - 0.6) / (1 - 0.6), (0.65 - 0.25) / (1 - 0.25)]
        )
        # The third epoch has three times as many.
        assert found["epochs"][2]["samples"] == 60
        near = pytest.approx
        assert found["epochs"][2]["nodes"] == [
            {
                "recall": near(r),
                "precision": near(p),
                "actual": n,
                "predicted": m,
            }
            for r, p, n, m in ((13 / 15, 13 / 14, 45, 42), (0.9, 0.9, 30, 30))
        ]

    def test_without_nodes(self, reader):
        for entry in reader.get("curves", **CLASS)["epochs"]:
            assert set(entry) == {"step", "samples", "accuracy", "kappa"}

    def test_of_a_head(self, reader):
        [first, *_] = reader.get("curves", **HEAD, nodes="1")["epochs"]
        assert first["accuracy"] == [17 / 20]
        assert first["nodes"][0]["recall"] == pytest.approx(13 / 15)

    def test_what_is_undefined_is_null(self, logdir):
        log_matrix(logdir / "empty", np.zeros((4, 4)))
        asked = {**CLASS, "run": "empty/validation", "nodes": "0"}
        [entry] = Reader(logdir).get("curves", **asked)["epochs"]
        assert entry["accuracy"] == [None, None]
        assert entry["kappa"] == [None, None]
        assert entry["nodes"] == [
            {"recall": None, "precision": None, "actual": 0, "predicted": 0}
        ]

    def test_epochs_under_another_tree_are_scored_on_it(self, logdir):
        write(logdir / "plain", (4,), tree=OTHER)
        found = Reader(logdir).get("curves", **CLASS, nodes="1")["epochs"]
        assert [e.get("hierarchy") for e in found] == [TREE.digest] * 3 + [None]
        assert ["nodes" in e for e in found] == [False] * 3 + [True]
        assert found[0]["accuracy"][0] == 17 / 20
        # Group a: car and cat, 8 of 10; b: dog and wolf, 7 of 10.
        assert found[3]["accuracy"][0] == (8 + 7) / 20


class TestDamage:
    @pytest.fixture
    def damaged(self, logdir):
        good = matrix_codec.encode(MATRIX, hierarchy=TREE.digest)
        wrong = matrix_codec.encode(np.eye(3), hierarchy=TREE.digest)
        lost = matrix_codec.encode(MATRIX, hierarchy="0" * 16)
        blobs = (good[:-20], b"not a matrix", wrong, lost, good)
        for step, blob in enumerate(blobs, 4):
            write_blob(logdir / CLASS["run"], "blocks/class", blob, step)
        return Reader(logdir)

    def test_is_reported_for_that_epoch_alone(self, damaged):
        found = damaged.get("epochs", **CLASS)["epochs"]
        assert [e["step"] for e in found if "error" in e] == [4, 5]
        assert "truncated" in found[3]["error"]
        assert [e["step"] for e in found if "total" in e] == [1, 2, 3, 6, 7, 8]

    @pytest.mark.parametrize("route", ["matrix", *ANALYSES])
    def test_what_needs_the_epoch_is_refused(self, damaged, route):
        asked = ASKED[route]
        refused = [(4, 422, "truncated"), (5, 422, "damaged")]
        if route != "matrix":
            refused += [(6, 422, "its tree 4"), (7, 404, "0" * 16)]
        for step, status, what in refused:
            found, why = damaged.error(route, **asked | {"step": step})
            assert found == status
            assert re.search(what, why)
        answer = damaged.request(route, **asked | {"step": 8})
        assert answer.status_code == 200

    def test_the_curves_go_on(self, damaged):
        found = damaged.get("curves", **CLASS, nodes="1")["epochs"]
        assert [e["step"] for e in found if "error" in e] == [4, 5, 6, 7]
        assert found[-1]["accuracy"] == found[0]["accuracy"]
        assert "its tree 4" in found[5]["error"]
        assert "0" * 16 in found[6]["error"]

    def test_nothing_but_damage(self, tmp_path):
        write_blob(tmp_path / "x", "blocks/class", b"?", 1)
        reader = Reader(tmp_path)
        where = {"run": "x", "output": "class"}
        assert reader.get("epochs", **where)["role"] == "class"
        [entry] = reader.get("curves", **where, nodes="1")["epochs"]
        assert set(entry) == {"step", "error"}

    def test_a_cell_outside_is_found_before_it_is_sent(self, logdir):
        blob = matrix_codec.encode(MATRIX, hierarchy=TREE.digest)
        good = gzip.decompress(blob)
        bad = gzip.compress(good[:-1] + b"\x09")  # the last count: 9, not 3
        write_blob(logdir / CLASS["run"], "blocks/class", bad, 4)
        status, message = Reader(logdir).error("matrix", **CLASS, step=4)
        assert (status, "header says" in message) == (422, True)


class TestRefuses:
    @pytest.mark.parametrize(
        ("route", "parameters", "status"),
        [
            ("epochs", {"run": "nope", "output": "class"}, 404),
            ("epochs", {"run": "plain\x00", "output": "\x00"}, 404),
            ("epochs", {"run": "plain/*", "output": ".*"}, 404),
            ("epochs", {"run": "💥" * 5000, "output": "class"}, 404),
            ("epochs", {"run": "plain/validation", "output": " "}, 404),
            ("matrix", {**CLASS, "step": "0"}, 404),
            ("matrix", {**CLASS, "step": "٣"}, 400),
            ("hierarchy", {"run": "plain/train", "digest": "f" * 16}, 404),
            ("hierarchy", {"run": "plain/train", "digest": "F" * 16}, 400),
            ("hierarchy", ASKED["hierarchy"] | {"grouping": PAIRS.digest}, 404),
            ("hierarchy", ASKED["hierarchy"] | {"grouping": "x"}, 400),
            ("curves", {**CLASS, "nodes": "1,,2"}, 400),
            ("curves", {**CLASS, "nodes": "99"}, 400),
            ("curves", {**CLASS, "nodes": ",".join(["1"] * 1001)}, 400),
            ("curves", {"run": "nope", "output": "class"}, 404),
            ("surprise", ASKED["surprise"] | {"level": "99"}, 400),
            ("rates", ASKED["rates"] | {"rows": "99"}, 400),
            ("rates", ASKED["rates"] | {"columns": "9" * 15}, 400),
            ("rates", ASKED["rates"] | {"rows": ",".join(["1"] * 1001)}, 400),
        ],
    )
    def test_with_a_status_and_json(self, reader, route, parameters, status):
        code, message = reader.error(route, **parameters)
        assert code == status
        assert message
        assert "Traceback" not in message

    @pytest.mark.parametrize("route", ASKED)
    def test_what_a_route_lacks_or_cannot_read(self, reader, route):
        asked = ASKED[route]
        for name in asked:
            rest = {key: asked[key] for key in asked if key != name}
            code, message = reader.error(route, **rest)
            assert (code, repr(name) in message) == (400, True)
            for odd in ("x", "-1", "1,,2", "9" * 40):
                if "run" not in name and "output" not in name:
                    wrong = asked | {name: odd}
                    assert reader.error(route, **wrong)[0] == 400, (name, odd)
        for name, odd, status in (
            ("run", "../plain", 404),
            ("output", "none", 404),
            ("output", "a/b", 400),
            ("step", "7", 404),
        ):
            if name in asked:
                code, message = reader.error(route, **asked | {name: odd})
                assert code == status, (name, odd)
                assert "Traceback" not in message

    @pytest.mark.parametrize("route", ANALYSES)
    def test_what_would_take_too_long(self, reader, monkeypatch, route):
        monkeypatch.setattr(limits, "ANALYSED_CELLS", 1)
        status, why = reader.error(route, **ASKED[route])
        assert (status, "nonzero cells" in why) == (422, True)

    @pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
    @pytest.mark.parametrize("route", ["runs", "matrix", "index.js"])
    def test_other_methods(self, reader, route, method):
        refused = reader.request(route, method=method)
        assert refused.status_code == 405
        assert refused.headers["Allow"] == "GET, HEAD"

    def test_bytes_that_are_no_text(self, reader):
        app = reader.plugin.get_plugin_apps()["/epochs"]
        response = Client(app).get(query_string="run=%ff%fe&output=%c3%28")
        assert response.status_code == 404
        assert response.json["error"]


@pytest.mark.parametrize("route", [*ANALYSES, "rates", "curves"])
def test_an_answer_is_computed_once(reader, monkeypatch, route):
    asked = ASKED.get(route, CLASS)
    first = reader.get(route, **asked)
    monkeypatch.setattr(Epoch, "decode", lambda _: pytest.fail("decoded again"))
    assert reader.get(route, **asked) == first
