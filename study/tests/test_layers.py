"""What the study prints of layers: names of networks, tables, the page."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from kept_process import ROOT

from keras_hier.hierarchy import Grouping
from study.layers.along import right_along
from study.layers.networks import Network, name_of, parse
from study.layers.table import (
    along_table,
    by_kind,
    layer_table,
    tables,
)

RESULTS = ROOT / "study/results"


def row(seed, **more):
    """Returns the line of a network of two layers, two groups, four classes."""
    return {
        "network": f"a/probes-batch-40-{seed}", "controls": 1,
        "groups": [2, 4], "layers": ["conv1", "fc"], "features": [9, 1000],
        "pools": ["grid3", ""], "output_right": 0.5,
        # Nested and flat, as older and newer lines have them.
        "right": [[0.5, 0.25], [0.75, 0.5]] if seed else [0.6, 0.3, 0.8, 0.4],
        "over": [[0.0, -0.0001], [0.1, 0.2]], "over_se": [0.1, 0.01, 0.1, 0.02],
        "alignment": [0.1, 0.2], "alignment_over": [-0.05, 0.1],
        "alignment_over_se": [0.01, 0.02 + seed / 100], "band": 0.03,
        "adds_error": [-0.02, 0.001], "adds_error_se": [0.003, 0.004],
        "asked": [0] if seed else [0, 1],
        "control_layers": ["conv1", "fc"], "control_alignment": [0.1, 0.05],
        "control_right": [0.4, 0.25, 0.5, 0.2], **more,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("path", "name", "network"),
    [
        (
            "kept/batch-100/probes-batch-10100-2.weights.h5",
            "batch-100/probes-batch-10100-2",
            Network("batch-100", "batch", 10100, 2, None),
        ),
        (
            "kept/a/probes-none-10100-0-epoch25-val.npz",
            "a/probes-none-10100-0-epoch25",
            Network("a", "none", 10100, 0, 25),
        ),
        ("dist/lite0-1.0-none-any.whl", "dist/lite0-1.0-none-any.whl", None),
    ],
)
def test_a_name_tells_the_network(path, name, network):
    assert name_of(Path(path)) == name
    assert parse(name) == network


def test_a_table_of_layers_by_hand():
    (seeds,) = by_kind([row(1), row(0)]).values()
    lines = layer_table(seeds).splitlines()
    assert "2 groups, % right | 4 classes" in lines[0]
    assert lines[2] == (
        "| conv1 | 9 | 60.0, 50.0 | 30.0, 25.0 | 0.0, 0.0 ± 1.0 "
        "| 0.10, 0.10 | -0.05, -0.05 ± 0.01 | **2.0, 2.0 ± 0.3** |"
    )
    # The larger of the two standard errors; a thousand with its comma.
    assert lines[3].startswith("| fc | 1,000 | 80.0, 75.0 | 40.0, 50.0 |")
    assert "0.10, 0.10 ± 0.03" in lines[3]
    # Asked in one of them only.
    assert lines[3].endswith(" | -0.1, -0.1 ± 0.4 |")
    assert "25.0 % of the classes (conv1)" in lines[-1]
    assert "50.0 % of the groups (fc)" in lines[-1]


def test_other_networks_stand_in_tables_of_their_own():
    others = [
        "b/probes-batch-40-0", "a/probes-none-40-0", "a/probes-batch-80-0",
        "a/probes-batch-40-0-epoch5",
    ]  # fmt: skip
    kinds = by_kind([row(0), *(row(0, network=name) for name in others)])
    assert len(kinds) == 5


def test_probes_along_are_right_about_classes(tmp_path):
    # A head has its groups in the order of the tree, not of the labels.
    grouping = Grouping(["a", "b"], [1, 0])
    scores = np.array([[2, 1], [1, 2], [2, 1]], np.float32)
    np.savez(
        tmp_path / "n-val.npz",
        labels=[0, 1, 1],
        fused=scores,
        **{
            "class": scores,
            "conv1_probe2": scores,
            "conv1_probe2.groups": grouping.of_class,
        },
    )
    right = right_along(tmp_path / "n-val.npz")
    assert right == {"class": pytest.approx(2 / 3, abs=1e-5), "conv1": 0.33333}


def test_along_and_afterwards_stand_below_each_other():
    along = [
        {"right": {"class": 0.5, "conv1": 0.25, "fc": 0.4}},
        {"right": {"class": 0.6, "conv1": 0.35, "fc": 0.2}},
    ]
    after = [row(0), row(1)]
    lines = along_table({None: (along, after)}).splitlines()
    assert lines[2] == "| along | 25.0, 35.0 | 40.0, 20.0 | 50.0, 60.0 |"
    assert lines[3] == "| afterwards | 30.0, 25.0 | 40.0, 50.0 | 50.0, 50.0 |"
    assert len(lines) == 4
    lines = along_table({5: (along, None), None: (along, after)}).splitlines()
    starts = [line.split(" | ")[0] for line in lines[2:]]
    assert starts == ["| epoch 5, along", "| end, along", "| end, afterwards"]


def test_epochs_of_a_training_stand_in_one_table():
    names = [
        "a/p-batch-40-0-epoch25",
        "a/p-batch-40-0-epoch5",
        "a/p-batch-40-0",
    ]
    right = {"class": 0.5, "conv1": 0.25, "fc": 0.4}
    told = tables(
        [row(0, network=name, pools=["mean", ""]) for name in names],
        [{"network": name, "right": right} for name in names],
    )
    assert told.count(", along\n") == 1
    places = [
        told.index(f"| {w}, along") for w in ("epoch 5", "epoch 25", "end")
    ]
    assert places == sorted(places)


def test_the_page_shows_what_the_results_say():
    page = (ROOT / "study/results.md").read_text()
    lines = [
        list(map(json.loads, (RESULTS / name).read_text().splitlines()))
        for name in ("layer_probes.jsonl", "probes_along.jsonl")
    ]
    found = tables(*lines).splitlines()
    rows = [r for r in page.splitlines() if re.match(r"\| (conv|fc)\d \|", r)]
    assert len(rows) == 7
    assert [row for row in rows if row not in found] == []
