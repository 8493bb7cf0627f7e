"""Which output of a run is listed first: the page opens it."""

import dataclasses
from pathlib import Path

import pytest
from layers import layers_record
from reading import MATRIX, TREE, Reader, write_blob

import keras_hier as kh
from keras_hier.log import kinds, metadata
from tb_plugin.reading import output_order

# By name the tenth comes before the second.
LAYERS = ("stem", "block/2", "block/10")
PROBES = ["block_10_linear", "block_2_linear", "stem_linear"]


def log(folder: Path, *others: str, below: str = "class") -> None:
    """Logs matrices of probes, and of others, and what the layers know."""
    record = dataclasses.replace(
        layers_record(TREE.digest, len(LAYERS), 2, 1, 0), layers=LAYERS
    )
    with kh.BlocksWriter(folder, TREE, resume=True) as writer:
        for layer in LAYERS:
            name = metadata.as_output(layer) + "_linear"
            writer.matrix(MATRIX, 1, name, role="probe", layer=layer)
        for name in others:
            writer.matrix(MATRIX, 1, name)
        writer.layers(record, 1, below)


def outputs(logdir: Path) -> list[list[str]]:
    return [run["outputs"] for run in Reader(logdir).get("runs")["runs"]]


def test_probes_alone_from_the_deepest_layer(tmp_path):
    log(tmp_path, "untrained_linear")
    assert outputs(tmp_path) == [[*PROBES, "untrained_linear"]]


def test_the_classes_own_output_is_found_where_it_stands(tmp_path):
    log(tmp_path, "class")
    assert outputs(tmp_path) == [sorted([*PROBES, "class"])]


def test_an_output_of_the_classes_by_another_name(tmp_path):
    log(tmp_path, "zoo", below="zoo")
    assert outputs(tmp_path) == [["zoo", *PROBES]]


def test_a_set_of_runs_is_listed_as_its_first(tmp_path):
    for seed in (1, 2):
        log(tmp_path / f"seed{seed}")
    assert outputs(tmp_path) == 3 * [PROBES]


def test_a_record_of_layers_that_is_damaged_leaves_the_alphabet(tmp_path):
    log(tmp_path / "good")
    with kh.BlocksWriter(tmp_path / "bad", TREE) as writer:
        for name in ("b_linear", "a_linear"):
            writer.matrix(MATRIX, 1, name)
    write_blob(
        tmp_path / "bad" / "validation",
        kinds.tag_of("layers", "class"),
        b"damaged",
        1,
        "layers",
    )
    assert outputs(tmp_path) == [["a_linear", "b_linear"], PROBES]


@pytest.mark.parametrize(
    ("layers", "names"),
    [
        # Of no layer that was looked at.
        ((), ["a", "b", "a_linear"]),
        (("x",), ["a", "b", "a_linear"]),
        (
            ("conv1", "conv2"),
            [
                "predictions",
                "conv2_groups8",
                "conv1_linear",
                "untrained_linear",
            ],
        ),
    ],
)
def test_other_outputs_come_before_probes(layers, names):
    found = output_order.from_the_deepest(sorted(names), ("class",), layers)
    assert found == names
