"""The route about what each layer knows."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from layers import layers_record
from reading import CLASS, RUN, TREE, Reader, write, write_blob

import keras_hier as kh
from keras_hier.log import kinds
from keras_hier.log.records import layers_codec
from keras_hier.probing.layer_evidence import is_behind
from keras_hier.probing.sentences import sentences
from tb_plugin.routes import layers

LEVELS = 2


def record(seed: int, depth: int = 3, controls: int = 3):
    return layers_record(TREE.digest, depth, LEVELS, controls, seed)


def log_record(folder: Path, one, step: int = 1) -> None:
    with kh.BlocksWriter(folder, TREE, resume=True) as log:
        log.layers(one, step)


def log_layers(folder: Path, steps, **options) -> None:
    with kh.BlocksWriter(folder, TREE, resume=True) as log:
        for step in steps:
            log.layers(record(step, **options), step)


@pytest.fixture
def logged(tmp_path: Path) -> Path:
    """Run `plain` of five epochs, with the layers of three of them."""
    write(tmp_path / "plain", range(1, 6))
    log_layers(tmp_path / "plain", (2, 3, 5))
    return tmp_path


@pytest.fixture
def reader(logged: Path) -> Reader:
    return Reader(logged)


class TestRecord:
    def test_is_what_was_logged(self, reader):
        found = reader.get("layers", step=3, **CLASS)
        expected = record(3)
        assert (found["step"], found["steps"]) == (3, [2, 3, 5])
        served = found["record"]
        names = {field.name for field in dataclasses.fields(expected)}
        assert set(served) == names
        for name in names:
            value = getattr(expected, name)
            if isinstance(value, np.ndarray):
                assert np.shape(served[name]) == value.shape, name
                assert np.allclose(served[name], value, atol=1e-6), name
            elif isinstance(value, tuple):
                assert served[name] == list(value), name
            else:
                assert served[name] == value, name
        assert found["sentences"] == list(sentences(expected))
        behind = [is_behind(expected, layer) for layer in range(3)]
        assert found["beyond_chance"]["behind"] == behind

    @pytest.mark.parametrize("right", [0.05, 0.9])
    def test_says_whether_untrained_layers_beat_the_output(
        self, tmp_path, right
    ):
        one = record(1)
        bar = np.full(one.right.shape, 0.5)
        one = dataclasses.replace(
            one,
            right=bar + one.over,
            over_se=np.full(bar.shape, 0.01),
            over_spread=np.full(LEVELS, 0.01),
            output_right=right,
        )
        write(tmp_path / "plain", (1,))
        log_record(tmp_path / "plain", one)
        found = Reader(tmp_path).get("layers", step=1, **CLASS)
        said = "A linear probe of an untrained network beats this output, 50.0"
        assert bool(found["beaten"]) == (right == 0.05)
        assert (found["sentences"][0] == found["beaten"]) == (right == 0.05)
        if found["beaten"]:
            assert found["beaten"].startswith(said)

    @pytest.mark.parametrize(
        ("step", "chosen"), [(1, 2), (2, 2), (3, 3), (4, 3), (5, 5), (99, 5)]
    )
    def test_is_the_last_up_to_the_epoch_else_the_first(
        self, reader, step, chosen
    ):
        assert reader.get("layers", step=step, **CLASS)["step"] == chosen

    def test_without_control_has_no_numbers_over_it(self, tmp_path):
        write(tmp_path / "plain", (1,))
        log_layers(tmp_path / "plain", (1,), controls=0)
        found = Reader(tmp_path).get("layers", step=1, **CLASS)
        assert found["record"]["over"] == [[None] * LEVELS] * 3
        assert found["record"]["control_right"] == []
        assert found["epochs"][0]["control"] is None


class TestEpochs:
    def test_have_the_alignment_of_each_layer(self, reader):
        points = reader.get("layers", step=5, **CLASS)["epochs"]
        assert [point["step"] for point in points] == [2, 3, 5]
        for point in points:
            expected = record(point["step"])
            for name in layers.ALIGNMENT:
                assert np.allclose(point[name], getattr(expected, name)), name
            best = expected.control_alignment.max()
            assert point["control"] == pytest.approx(best)

    def test_match_layers_by_name(self, tmp_path):
        write(tmp_path / "plain", (1, 2))
        log_layers(tmp_path / "plain", (1,), depth=2)
        log_layers(tmp_path / "plain", (2,), depth=4)
        found = Reader(tmp_path).get("layers", step=2, **CLASS)
        first, last = found["epochs"]
        assert [v is None for v in first["alignment"]] == [False] * 2 + [
            True
        ] * 2
        assert None not in last["alignment"]

    def test_are_as_many_as_a_curve_shows(self, tmp_path):
        steps = range(1, layers.MAX_EPOCHS + 101)
        write(tmp_path / "plain", (1,))
        log_layers(tmp_path / "plain", steps, depth=1)
        found = Reader(tmp_path).get("layers", step=2, **CLASS)
        shown = [point["step"] for point in found["epochs"]]
        assert found["steps"] == list(steps)
        assert layers.MAX_EPOCHS <= len(shown) <= layers.MAX_EPOCHS + 1
        assert {1, 2, steps[-1]} <= set(shown)


def test_a_damaged_epoch_leaves_the_others(logged):
    blob = layers_codec.encode(record(4))
    for step, stored in ((6, blob[:-25]), (7, blob)):
        write_blob(logged / RUN, "blocks/layers/class", stored, step, "layers")
    reader = Reader(logged)
    status, why = reader.error("layers", step=6, **CLASS)
    assert status == 422
    assert "cut short" in why or "damaged" in why or "truncated" in why
    found = reader.get("layers", step=7, **CLASS)
    assert found["steps"] == [2, 3, 5, 6, 7]
    damaged = [p["step"] for p in found["epochs"] if "error" in p]
    assert damaged == [6]
    assert reader.get("layers", step=5, **CLASS)["step"] == 5


class TestNothing:
    def test_a_run_without_records(self, logged):
        write(logged / "other", (1,))
        status, why = Reader(logged).error(
            "layers", run="other/validation", output="class", step=1
        )
        assert status == 404
        assert "layers below output 'class' of run 'other/validation'" in why

    def test_runs_say_which_outputs_have_them(self, logged):
        write(logged / "other", (1,))
        with kh.BlocksWriter(logged / "other", TREE, resume=True) as log:
            log.layers(record(0), 1, output="fine")
        runs = Reader(logged).get("runs")["runs"]
        found = {each["run"]: each["layers"] for each in runs}
        assert found == {RUN: ["class"], "other/validation": ["fine"]}


@pytest.mark.parametrize("controls", [0, 3])
def test_whatever_is_not_known_is_served(tmp_path, controls):
    write(tmp_path / "plain", (1,))
    whole = record(0, controls=controls)
    arrays = [k for k, v in vars(whole).items() if isinstance(v, np.ndarray)]
    blank = {k: np.full_like(getattr(whole, k), np.nan) for k in arrays}
    changes = [{k: blank[k]} for k in arrays] + [
        blank,
        {"folds": 0, **blank},
        {"samples": 0},
        {"band": np.nan},
        {"output_right": np.nan},
        {"groups": (0,) * LEVELS},
        {
            "asked": (),
            **{
                f"asked_{name}": np.empty(0)
                for name in ("error", "error_se", "over", "over_se")
            },
        },
    ]
    tag = kinds.tag_of("layers", "class")
    for step, change in enumerate(changes, 1):
        blob = layers_codec.encode(dataclasses.replace(whole, **change))
        write_blob(tmp_path / RUN, tag, blob, step, "layers")
    reader = Reader(tmp_path)
    for step, change in enumerate(changes, 1):
        response = reader.request("layers", step=step, **CLASS)
        assert response.status_code == 200, (list(change), response.text)
