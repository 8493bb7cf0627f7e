"""The routes about the responses of layers: class means, and what they say."""

import gzip

import numpy as np
import pytest
from class_means import CONV, GROUP, HOSTILE, TREE, log, means_of, node_of
from reading import RUN, Reader, calls_of

import keras_hier as kh
from keras_hier.analysis.evidence import channel_evidence
from keras_hier.analysis.evidence.channel_evidence import channels
from keras_hier.files import limits
from keras_hier.log import metadata
from keras_hier.log.records import means_codec
from keras_hier.probing.alignment import (
    class_correlation as class_correlation_module,
)
from keras_hier.probing.alignment.class_correlation import (
    ClassPairs,
    class_correlation,
)
from tests.support.layers import layers_record


@pytest.fixture
def stored():
    """What the log holds of the means: rounded ones."""
    blob = means_codec.encode(means_of("conv1"))
    return means_codec.decode(blob).means


@pytest.fixture
def reader(tmp_path):
    log(tmp_path, means_of("conv1"), means_of("block/conv2", 1))
    return Reader(tmp_path)


class TestLayers:
    def test_are_listed_with_what_is_known_of_one(self, reader):
        found = reader.get("responses", **CONV)
        assert found["layers"] == [
            {"key": "block_conv2", "name": "block_conv2"},
            {"key": "conv1", "name": "conv1"},
        ]
        assert (found["name"], found["shape"]) == ("conv1", "6 x 6 x 2")
        assert (found["features"], found["samples"]) == (18, 180)
        assert (found["step"], found["steps"]) == (1, [1])
        assert found["hierarchy"] == TREE.digest
        [run] = reader.get("runs")["runs"]
        assert run["means"] == ["block_conv2", "conv1"]

    def test_stand_as_their_record_has_them(self, tmp_path):
        names = ("conv1", "block/conv2", "fc")
        record = layers_record(TREE.digest, 3, 2, 0)
        record = type(record)(**{**vars(record), "layers": names})
        log(tmp_path, *map(means_of, ("fc", "other", *names[:2])))
        with kh.BlocksWriter(tmp_path / "plain", TREE, resume=True) as writer:
            writer.layers(record, 1)
        found = Reader(tmp_path).get("responses", run=RUN, step=1)
        assert [each["name"] for each in found["layers"]] == [*names, "other"]
        assert found["layer"] == "other"

    def test_that_a_training_does_not_log_anew_are_gone(self, tmp_path):
        layers = [means_of(f"conv{n}", n) for n in (1, 2, 3)]
        log(tmp_path, *layers, step=2)
        log(tmp_path, *layers[:2], step=1)
        found = Reader(tmp_path).get("responses", run=RUN, step=1)
        assert [each["key"] for each in found["layers"]] == ["conv1", "conv2"]
        assert found["layer"] == "conv2"

    def test_of_an_epoch_are_the_last_up_to_it_else_the_first(self, tmp_path):
        for step in (2, 5):
            log(tmp_path, means_of("conv1", step), step=step)
        reader = Reader(tmp_path)
        for step, chosen in ((1, 2), (2, 2), (4, 2), (5, 5), (99, 5)):
            for route, asked in (("responses", CONV), ("channels", GROUP)):
                found = reader.get(route, **{**asked, "step": step})
                assert found["step"] == chosen


class TestLikeness:
    def test_of_the_groups_of_each_level(self, reader, stored):
        found = reader.get("responses", **CONV)
        pairs = ClassPairs(class_correlation(stored))
        assert [each["groups"] for each in found["levels"]] == [3, 9]
        assert found["mean"] == pytest.approx(pairs.mean, abs=1e-5)
        for each, level in zip(found["levels"], TREE.levels(), strict=False):
            expected = pairs.within(level.of_class)._asdict()
            for name, value in expected.items():
                assert each[name] == pytest.approx(value, abs=1e-4), name

    def test_of_pairs_is_a_matrix_of_hundredths(self, reader, stored):
        header, codes = reader.matrix("correlation", **CONV)
        assert (header.layer, header.hierarchy) == ("conv1", TREE.digest)
        assert not np.tril(codes).any()
        above = np.triu_indices(TREE.num_classes, 1)
        off = (codes[above] - 1) / 100 - 1 - class_correlation(stored)[above]
        assert abs(off).max() <= 0.0051

    def test_leaves_out_classes_without_samples(self, tmp_path):
        counts = np.full(TREE.num_classes, 5)
        counts[:3] = 0
        log(tmp_path, means_of("conv1", counts=counts))
        reader = Reader(tmp_path)
        assert reader.get("responses", **CONV)["without"] == 3
        _, codes = reader.matrix("correlation", **CONV)
        assert not codes[:3].any()
        assert codes[3, 4:].all()

    def test_of_flat_trees_has_no_levels(self, tmp_path):
        tree = kh.Hierarchy.from_paths([(c,) for c in "abcdef"])
        log(tmp_path, means_of("conv1", tree=tree), tree=tree)
        assert Reader(tmp_path).get("responses", **CONV)["levels"] == []


class TestChannels:
    def test_are_those_of_the_library_to_their_end(self, reader, stored):
        found = reader.get("channels", **GROUP)
        inside = TREE.levels()[0].of_class == 1
        expected = channels(stored, np.flatnonzero(inside))
        assert 0 < expected.found < 18
        assert found["found"] == len(found["entries"]) == expected.found
        assert (found["classes"], found["others"]) == (12, 24)
        assert found["compared"] == [12, 24]
        assert (found["expected"], found["rate"]) == (0.05 * 18, 0.05)
        assert found["alone"] == (expected.p <= 0.05).sum()
        assert not found["is_small"]
        for place, each in enumerate(found["entries"]):
            channel = expected.order[place]
            # Two channels in each of nine cells.
            assert each["channel"] == channel % 2
            assert each["cell"] == [channel // 2 // 3, channel // 2 % 3]
            assert each["auc"] == pytest.approx(expected.auc[place], abs=1e-5)
            assert each["q"] == pytest.approx(expected.q[place], rel=1e-5)
            best = np.argsort(-stored[:, channel])[:3]
            assert each["strongest"] == best.tolist()
        pairs = ClassPairs(class_correlation(stored))
        alike = pairs.within(np.where(inside, 0, -1))
        assert found["inside"] == pytest.approx(alike.inside, abs=1e-4)
        assert found["band"] == pytest.approx(alike.band, abs=1e-4)

    def test_of_three_classes_are_ordered_and_none_is_found(self, tmp_path):
        tree = kh.Hierarchy.from_paths(
            [("few", c) for c in "abc"] + [("all", f"d{n}") for n in range(40)]
        )
        record = means_of("conv1", tree=tree)
        record.means[:3] += 50
        log(tmp_path, record, tree=tree)
        asked = {**CONV, "node": node_of("few", tree)}
        found = Reader(tmp_path).get("channels", **asked)
        assert (found["is_small"], found["found"]) == (True, 0)
        assert [each["q"] for each in found["entries"]] == [None] * 10

    def test_of_rare_classes_are_compared_with_rare_ones(self, tmp_path):
        rng = np.random.default_rng(0)
        counts = np.where(np.arange(TREE.num_classes) % 12 < 4, 3, 50)
        group = TREE.levels()[0].of_class == 0
        counts[group] = 3
        drawn = rng.normal(size=(counts.sum(), 400)) ** 4
        starts = np.cumsum(counts) - counts
        means = np.add.reduceat(drawn, starts) / counts[:, None]
        stored = means.astype(np.float32)
        log(tmp_path, means_of("conv1", means=stored, counts=counts))
        asked = {**CONV, "node": node_of("s0")}
        found = Reader(tmp_path).get("channels", **asked)
        assert (found["classes"], found["others"]) == (12, 24)
        assert found["compared"] == [12, 8]
        assert (found["is_small"], found["found"]) == (False, 0)
        assert channels(means, np.flatnonzero(group)).found > 0

    @pytest.mark.parametrize(
        ("shape", "pool", "grid"),
        [
            ("6 x 6 x 2", "grid3", [3, 3]),
            ("6 x 6 x 2", "mean", None),
            ("6 x 6 x 3", "grid3", None),
            ("1 x 3 x 6", "grid3", [1, 3]),
            ("1 x 1 x 18", "grid3", None),
            ("18", "grid3", None),
            (HOSTILE, "grid3", None),
            ("9999999 x 1 x 1", "grid3", None),
        ],
    )
    def test_have_a_place_where_their_shape_tells_one(
        self, tmp_path, shape, pool, grid
    ):
        log(tmp_path, means_of("conv1", shape=shape, pool=pool))
        found = Reader(tmp_path).get("channels", **GROUP)
        assert found["grid"] == grid
        cells = {str(each["cell"]) for each in found["entries"]}
        assert (cells == {"None"}) == (grid is None)

    @pytest.mark.parametrize(
        ("node", "status", "said"),
        [(0, 422, "all are in this one"), (999, 404, "node 999")],
    )
    def test_of_no_group(self, reader, node, status, said):
        found, why = reader.error("channels", **CONV, node=node)
        assert (found, said in why) == (status, True)


class TestNothing:
    def test_is_said(self, reader):
        asked = {**CONV, "node": 1, "channel": 1}
        alone = "responses correlation channels means channel channel_groups"
        for route in alone.split():
            status, why = reader.error(route, **{**asked, "layer": "conv9"})
            assert status == 404
            assert "class means of layer 'conv9' in run 'plain" in why
            for wrong in ({"step": "x"}, {"run": ""}, {"layer": "a/b/"}):
                status, _ = reader.error(route, **{**asked, **wrong})
                assert status in (400, 404)

    @pytest.mark.parametrize("route", ["correlation", "channels"])
    def test_many_classes_are_refused_in_a_sentence(
        self, reader, monkeypatch, route
    ):
        monkeypatch.setattr(limits, "ANALYSED_CELLS", 36 * 35 // 2 - 1)
        status, why = reader.error(route, **GROUP)
        assert status == 422
        assert "36 classes have 630 pairs, more than" in why
        assert reader.get("responses", **CONV)["error"] == why

    def test_means_that_tell_nothing_apart_leave_other_layers(self, tmp_path):
        flat = means_of("conv2", means=np.ones((36, 18)))
        log(tmp_path, means_of("conv1"), flat)
        reader = Reader(tmp_path)
        found = reader.get("responses", run=RUN, step=1)
        why = found.pop("error")
        assert "tell nothing apart" in why
        both = [{"key": name, "name": name} for name in ("conv1", "conv2")]
        assert found == {"layers": both, "layer": "conv2", "name": "conv2"}
        asked = {**CONV, "layer": "conv2"}
        assert reader.error("correlation", **asked) == (422, why)


def test_names_come_as_they_are(tmp_path):
    log(tmp_path, means_of(HOSTILE, shape=HOSTILE, pool=HOSTILE))
    key = metadata.as_output(HOSTILE)
    found = Reader(tmp_path).get("responses", run=RUN, layer=key, step=1)
    assert (found["name"], found["shape"]) == (HOSTILE, HOSTILE)


def test_work_on_means_is_done_once(reader, monkeypatch):
    """Class means may be large: what was made of them is kept."""
    calls = [
        calls_of(monkeypatch, *each)
        for each in (
            (means_codec, "decode"),
            (class_correlation_module, "class_correlation"),
            (channel_evidence, "channels"),
        )
    ]
    first = reader.get("channels", **GROUP)
    assert reader.get("channels", **GROUP) == first
    for _ in "12":
        reader.get("responses", **CONV)
        assert reader.request("correlation", **CONV).status_code == 200
    assert [len(each) for each in calls] == [1, 1, 1]


class TestMap:
    def test_channels_stand_by_the_group_that_they_tell(self, tmp_path):
        means = means_of("conv1")
        low = np.random.default_rng(5).normal(size=means.means.shape)
        means.means[:] = low
        for channel, group in ((7, 2), (3, 2), (11, 0)):
            means.means[TREE.levels()[0].of_class == group, channel] += 6
        log(tmp_path, means)
        found = Reader(tmp_path).get("channel_groups", **CONV)
        nodes = [node_of("s0"), node_of("s2"), node_of("s2")]
        assert found["nodes"] == nodes
        assert found["channels"][0] == 11
        assert sorted(found["channels"][1:]) == [3, 7]
        assert found["auc"] == [1.0, 1.0, 1.0]
        assert (found["tested"], found["features"]) == (12, 18)
        assert (found["layer"], found["step"]) == ("conv1", 1)

    def test_nothing_is_said_of_noise(self, tmp_path):
        means = means_of("conv1")
        means.means[:] = np.random.default_rng(0).normal(size=(36, 18))
        log(tmp_path, means)
        found = Reader(tmp_path).get("channel_groups", **CONV)
        assert found["channels"] == found["nodes"] == []

    def test_means_come_as_they_are_stored(self, reader, stored):
        for layer in ("conv1", ""):
            sent = reader.request("means", **{**CONV, "layer": layer}).data
            blob = gzip.compress(sent)
            assert means_codec.decode(blob).layer == "conv1"
        np.testing.assert_array_equal(means_codec.decode(blob).means, stored)

    def test_a_channel_has_its_classes_and_its_place(self, reader, stored):
        found = reader.get("channel", **CONV, channel=5)
        assert (found["channel"], found["cell"]) == (1, [0, 2])
        assert found["grid"] == [3, 3]
        strongest = np.argsort(-stored[:, 5], kind="stable")[:3]
        assert found["strongest"] == strongest.tolist()
        assert found["samples"] is None
        assert reader.error("channel", **CONV, channel=18)[0] == 404
