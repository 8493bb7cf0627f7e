import json
import os
import re
import warnings
from pathlib import Path

import numpy as np
import pytest
from reading import MATRIX, OTHER, PAIRS, TREE
from tensorboard.backend.event_processing import event_accumulator

import keras_hier as kh
from keras_hier.log.event_files import split_log
from keras_hier.log.kinds import KINDS, kind_of
from keras_hier.log.records import container, matrix_codec
from keras_hier.log.run_log import RunLog


def read(folder):
    """Returns {tag: [(step, value)]} and {tag: metadata} of a sub-run."""
    log = event_accumulator.EventAccumulator(
        str(folder), size_guidance={"tensors": 0}
    )
    log.Reload()
    values, metadata = {}, {}
    for tag in log.Tags()["tensors"]:
        metadata[tag] = log.SummaryMetadata(tag)
        values[tag] = [
            (
                e.step,
                e.tensor_proto.string_val[0]
                if e.tensor_proto.string_val
                else e.tensor_proto.float_val[0],
            )
            for e in log.Tensors(tag)
        ]
    return values, metadata


class TestLayout:
    def test_tags_metadata_and_steps(self, tmp_path):
        with kh.BlocksWriter(tmp_path, TREE) as log:
            log.matrix(MATRIX, 1)
            log.matrix(MATRIX * 2, 2)
        values, metadata = read(tmp_path / "validation")
        tree_tag = f"blocks/hierarchy/{TREE.digest}"
        assert [t for t in values if t.startswith("blocks/")] == [
            tree_tag,  # before the first matrix that names it
            "blocks/class",
        ]
        for tag, kind in (("blocks/class", "matrix"), (tree_tag, "hierarchy")):
            assert metadata[tag].plugin_data.plugin_name == "blocks"
            assert json.loads(metadata[tag].plugin_data.content) == {
                "version": 1,
                "kind": kind,
            }
            # DATA_CLASS_TENSOR
            assert metadata[tag].data_class == 2
        assert [step for step, _ in values["blocks/class"]] == [1, 2]
        header, matrix = matrix_codec.decode(values["blocks/class"][1][1])
        np.testing.assert_array_equal(matrix.toarray(), MATRIX * 2)
        assert header.hierarchy == TREE.digest
        assert header.grouping is None
        [(_, blob)] = values[tree_tag]  # once, for two matrices
        assert kh.Hierarchy.from_json(container.decode_text(blob)) == TREE

    def test_groups_bring_their_grouping(self, tmp_path):
        with kh.BlocksWriter(tmp_path, TREE, "train") as log:
            head = {"role": "head", "layer": "conv2"}
            counts = PAIRS.aggregate(MATRIX)
            log.matrix(counts, 7, "conv2_groups2", PAIRS, **head)
        values, metadata = read(tmp_path / "train")
        tag = f"blocks/grouping/{PAIRS.digest}"
        [(_, blob)] = values[tag]
        config = json.loads(container.decode_text(blob))
        assert kh.Grouping.from_config(config) == PAIRS
        assert kind_of(metadata[tag].plugin_data.content) == ("grouping")
        assert f"blocks/hierarchy/{TREE.digest}" in values
        header, _ = matrix_codec.decode(values["blocks/conv2_groups2"][0][1])
        assert (header.size, header.role, header.layer) == (2, "head", "conv2")
        assert header.grouping == PAIRS.digest

    def test_scalars_by_hand(self, tmp_path):
        with kh.BlocksWriter(tmp_path, TREE) as log:
            log.matrix(MATRIX, 3)
        values, metadata = read(tmp_path / "validation")
        scores = {
            tag: value
            for tag, [(step, value)] in values.items()
            if tag.startswith("hierarchy/") and step == 3
        }
        # 20 samples, 13 right. Animals and things: 17 in their block. Pets,
        # wild, things: 9 + 3 + 4. Heights: pet 1, animal 2, root 3;
        # mistakes: cat-car and wolf-car 1 + 2 at 3, dog-wolf 1 at 2, 3 at 1.
        assert scores == pytest.approx(
            {
                "hierarchy/class/accuracy_groups2": 17 / 20,
                "hierarchy/class/accuracy_groups4": 13 / 20,
                "hierarchy/class/severity": (3 * 3 + 2 + 3) / 7,
                "hierarchy/class/distance": (3 * 3 + 2 + 3) / 20,
            }
        )
        for tag in scores:
            assert metadata[tag].plugin_data.plugin_name == "scalars"

    def test_scores_that_do_not_exist_are_left_out(self, tmp_path):
        with kh.BlocksWriter(tmp_path, TREE) as log:
            log.matrix(np.eye(4), 1)  # no mistake: no severity
            log.matrix(np.zeros((4, 4)), 2)  # no sample: no score at all
        values, _ = read(tmp_path / "validation")
        assert "hierarchy/class/severity" not in values
        assert [s for s, _ in values["hierarchy/class/distance"]] == [1]

    def test_each_output_brings_the_tree_of_its_time(self, tmp_path):
        other = kh.Hierarchy.from_paths(
            [("warm", "red"), ("warm", "pink"), ("cold", "blue")]
        )
        with kh.BlocksWriter(tmp_path, TREE) as log:
            log.matrix(MATRIX, 1)
            log.hierarchy = other
            log.matrix(np.eye(3), 1, output="colour")
            cut = other.cut(groups=2)
            log.matrix(np.eye(2), 1, output="tone", grouping=cut)
            log.samples([0, 1, 2], np.eye(3), 1, output="colour")
        found = RunLog(str(tmp_path))
        trees = {o: found.tree(found.matrix(o)[0])[0] for o in found.outputs}
        assert trees["class"] == TREE
        assert trees["colour"] == other
        assert trees["tone"] == other.collapse(cut)
        assert found.hierarchy(found.samples("colour").hierarchy) == other


class TestPredictions:
    def test_labels(self, tmp_path):
        with kh.BlocksWriter(tmp_path, TREE) as log:
            log.predictions([0, 1, 1, 3], [0, 2, 2, 3], 1)
            log.predictions([0, 3], [[9, 1, 0, 0], [0.1, 0, 0.2, 0]], 2)
        values, _ = read(tmp_path / "validation")
        _, matrix = matrix_codec.decode(values["blocks/class"][0][1])
        cells = {(0, 0): 1, (1, 2): 2, (3, 3): 1}
        assert dict(matrix.todok().items()) == cells
        _, matrix = matrix_codec.decode(values["blocks/class"][1][1])
        assert matrix.toarray()[[0, 3], [0, 2]].tolist() == [1, 1]

    @pytest.mark.parametrize(
        ("labels", "predictions", "message"),
        [
            ([0, 1], [0], "one length, got 2 and 1"),
            ([0, 1], [-1, 1], "predictions must lie in 0..3.*-1 at index 0"),
            (["cow"], [1], "'cow' at index 0 is none of the 4 classes"),
            ([0], [[1, 2, 3]], r"Scores must be numbers \[N, 4\]"),
            ([0], [[1, 2, np.nan, 3]], "1 rows hold NaN.*, the first is row 0"),
        ],
    )
    def test_refuses(self, tmp_path, labels, predictions, message):
        with (
            kh.BlocksWriter(tmp_path, TREE) as log,
            pytest.raises(ValueError, match=message),
        ):
            log.predictions(labels, predictions, 1)
        assert read(tmp_path / "validation")[0] == {}


FOREIGN = OTHER.cut(groups=2)


class TestRefuses:
    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ({"matrix": np.eye(3)}, r"'class': expected .*\[4, 4\].*classes"),
            ({"matrix": MATRIX[0]}, "one row for each"),
            ({"matrix": MATRIX / 7}, "whole numbers"),
            ({"step": -1}, "step must be.*got -1"),
            ({"step": 1.5}, "step must be.*got 1.5"),
            ({"output": "a/b"}, "without '/'"),
            ({"role": "tail"}, "role must be one of"),
            ({"grouping": PAIRS}, r"\[2, 2\].*groups; got \(4, 4\)"),
            ({"matrix": np.eye(2), "grouping": FOREIGN}, "another tree"),
        ],
    )
    def test_before_anything_is_written(self, tmp_path, arguments, message):
        with (
            kh.BlocksWriter(tmp_path, TREE) as log,
            pytest.raises(ValueError, match=message),
        ):
            log.matrix(**{"matrix": MATRIX, "step": 1, **arguments})
        assert read(tmp_path / "validation")[0] == {}

    @pytest.mark.parametrize("kind", ["hierarchy", "grouping"])
    def test_what_no_reader_takes(self, tmp_path, monkeypatch, kind):
        row = KINDS[kind]._replace(limit=10)
        monkeypatch.setitem(KINDS, kind, row)
        message = rf"kind '{kind}' takes .* at most 10 are stored\. Shorten"
        with kh.BlocksWriter(tmp_path, TREE) as log:
            with pytest.raises(ValueError, match=message):
                log.matrix(np.eye(2), 1, grouping=PAIRS)
            log.flush()
        assert read(tmp_path / "validation")[0] == {}

    def test_an_unknown_split(self, tmp_path):
        with pytest.raises(ValueError, match=r"split must be one of.*'val'"):
            kh.BlocksWriter(tmp_path, TREE, split="val")


def test_budget_warns_once_when_a_series_grows_large(tmp_path, monkeypatch):
    size = len(matrix_codec.encode(MATRIX, hierarchy=TREE.digest))
    monkeypatch.setattr(split_log, "SERIES_BUDGET", 2 * size + size // 2)
    with kh.BlocksWriter(tmp_path, TREE) as log:
        log.matrix(MATRIX, 1)
        log.matrix(MATRIX, 2)
        with pytest.warns(UserWarning, match=re.escape("every=")):
            log.matrix(MATRIX, 3)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            log.matrix(MATRIX, 4)


def test_crash_a_record_cut_short_leaves_the_earlier_ones(tmp_path):
    log = kh.BlocksWriter(tmp_path, TREE)
    log.matrix(MATRIX, 1)
    log.matrix(MATRIX, 2)
    log.close()
    [path] = Path(tmp_path / "validation").iterdir()
    whole = path.read_bytes()
    seen = set()
    for length in range(len(whole) - 900, len(whole), 30):
        path.write_bytes(whole[:length])
        values, _ = read(tmp_path / "validation")
        seen.add(len(values["blocks/class"]))
    assert seen == {1, 2}


def test_a_path_of_any_kind(tmp_path):
    for folder in (str(tmp_path / "a"), tmp_path / "b" / "c"):
        with kh.BlocksWriter(folder, TREE) as log:
            log.matrix(MATRIX, 1)
        assert os.listdir(os.path.join(folder, "validation"))
