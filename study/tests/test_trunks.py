"""The study's networks: their shapes, what they cost, that they train."""

import json

import keras
import numpy as np
import pytest

import keras_hier as kh
from keras_hier.heads.headed_model import heads_of
from study.tables.variants import describe
from study.tests.study_runs import pets, small_run
from study.training.trunks import make_trunk, multiply_adds
from study.training.variants import (
    VARIANTS,
    Head,
    Variant,
    headed,
    joined,
)


def test_multiply_adds_by_hand():
    image = keras.Input((8, 8, 3))
    # 4 x 4 places of 3 x 3 x 3 x 5, then 80 x 2.
    x = keras.layers.Conv2D(5, 3, strides=2, padding="same")(image)
    logits = keras.layers.Dense(2)(keras.layers.Flatten()(x))
    assert multiply_adds(keras.Model(image, logits)) == 16 * 135 + 160


def test_a_stem_of_stride_1_has_the_geometry_of_the_paper():
    fine = make_trunk("batch", 11, 56, 0.1, 0.5, stem_stride=1)
    paper = kh.AlexNet(11, width=0.1)
    for name in ("conv2", "conv3", "conv5", "pool5", "fc6"):
        shape = fine.get_layer(name).output.shape
        assert shape == paper.get_layer(name).output.shape, name
    plain = make_trunk("batch", 11, 56, 0.1, 0.5)
    assert plain.get_layer("conv3").output.shape[1:3] == (6, 6)
    assert fine.get_layer("conv3").output.shape[1:3] == (13, 13)
    # Else the same: layer by layer, before the maps are flattened.
    for one, other in zip(plain.layers, fine.layers, strict=True):
        assert one.name == other.name
        if one.name != "fc6":
            assert [w.shape for w in one.weights] == [
                w.shape for w in other.weights
            ]
    stem = make_trunk("batch", 11, 56, 0.1, 0.5, stem_stride=2)
    assert multiply_adds(stem) == multiply_adds(plain)


def test_the_modules_cost_about_what_alexnet_does():
    alexnet = make_trunk("batch", 101, 56, 0.5, 0.5)
    googlenet = make_trunk("googlenet", 101, 56, 0.5, 0.5)
    assert multiply_adds(alexnet) == 62_099_712
    assert multiply_adds(googlenet) == 65_866_816
    assert googlenet.count_params() == 1_292_649
    shapes = {
        name: googlenet.get_layer(name).output.shape[1:]
        for name in ("conv1", "conv2", "conv3", "conv4", "conv5")
    }
    # Half of 64, 192, 480, 832 and 1024 channels.
    assert shapes == {
        "conv1": (28, 28, 32), "conv2": (14, 14, 96), "conv3": (14, 14, 240),
        "conv4": (7, 7, 416), "conv5": (4, 4, 512),
    }  # fmt: skip


def test_variants_find_their_layers_among_the_modules():
    tree = kh.Hierarchy.from_paths(
        [(g, f"{g}{c}") for g in "abcd" for c in range(10)]
    )
    model = make_trunk("googlenet", 40, 32, 0.05, 0.5)
    for variant in ("heads3-distil", "classes5-distil"):
        taught, _ = headed(model, VARIANTS[variant], tree, seed=0)
        pixels = np.zeros((2, 32, 32, 3), np.uint8)
        assert taught(pixels)["class"].shape == (2, 40)


def test_single_classes_of_a_cut_are_one_group():
    tree = kh.Hierarchy.from_paths(
        [("pet", "cat"), ("bus",), ("pet", "dog"), ("cup",)]
    )
    cut = tree.cut(depth=1)
    assert cut.num_groups == 3
    whole = joined(cut)
    assert whole.names == ("pet", "rest")
    assert whole.of_class.tolist() == [0, 1, 0, 1]
    pairs = kh.Hierarchy.from_paths(
        [(g, f"{g}{c}") for g in "ab" for c in "xy"]
    )
    assert joined(pairs.cut(depth=1)) == pairs.cut(depth=1)
    model = make_trunk("batch", 4, 32, 0.05, 0.5)
    taught, _ = headed(model, VARIANTS["joined3-distil"], tree, seed=0)
    # 4, 16 and 33 groups of four classes are the classes, and no group is left.
    assert taught(np.zeros((1, 32, 32, 3), np.uint8))["class"].shape == (1, 4)
    assert [*heads_of(taught)] == [f"conv{n}_groups4" for n in (2, 4, 5)]


@pytest.fixture
def folder(tmp_path):
    return pets(tmp_path)


def test_a_run_of_each(study, folder):
    out = folder / "runs.jsonl"
    command = [*small_run(folder, out), "--epochs", 2]
    command += ["--keep", folder / "kept"]
    for trunk in (["--trunk", "googlenet"], ["--stem-stride", 2], []):
        done = study(*command, *trunk)
        assert done.returncode == 0, done.stderr[-2000:]
    lines = [json.loads(text) for text in out.read_text().splitlines()]
    # Small images have a stem of stride 1 by default.
    coarse, plain = lines[1:]
    assert (
        plain["multiply_adds_without_heads"]
        > 2 * coarse["multiply_adds_without_heads"]
    )
    names = sorted(path.stem for path in (folder / "kept").glob("*.npz"))
    assert names == [
        "baseline-batch-24-0-held_out",
        "baseline-batch-stem2-24-0-held_out",
        "baseline-googlenet-24-0-held_out",
    ]
    for setting, start in zip(
        map(describe, lines),
        (
            "pets, GoogLeNet-shaped, 4 images",
            "pets, batch normalization, stem of stride 2, 4 images",
            "pets, batch normalization, 4 images",
        ),
        strict=True,
    ):
        assert setting.startswith(start)
    both = study(*command, "--trunk", "googlenet", "--stem-stride", 1)
    assert "--stem-stride is of AlexNet" in both.stderr


def test_heads_name_the_groups_of_another_tree_and_not_its_nodes():
    classes = [f"{g}{c}" for g in "abcdefgh" for c in "xy"]
    tree = kh.Hierarchy.from_paths([(name[0], name) for name in classes])
    other = kh.Hierarchy.from_paths(
        [(name[1], name) for name in classes]
    ).subset(tree.classes)
    model = make_trunk("batch", 16, 32, 0.05, 0.5)
    variant = VARIANTS["heads3-distil"]
    taught, _ = headed(model, variant, tree, 0, head_tree=other)
    head = heads_of(taught)["conv4_groups16"].grouping
    assert head.nodes is None
    taught, _ = headed(model, Variant((Head("conv2", 2),)), tree, 0, other)
    (head,) = (each.grouping for each in heads_of(taught).values())
    assert head.of_class.tolist() == other.cut(groups=2).of_class.tolist()
    assert head.of_class.tolist() != tree.cut(groups=2).of_class.tolist()
    kh.compile_args(taught, tree)  # which nodes of another tree would stop


def test_heads_may_name_the_groups_that_errors_make(study, kept, folder):
    out, networks = folder / "runs.jsonl", folder / "kept"
    command = [*small_run(folder, out), "--epochs", 1]
    done = study(*command, "--keep", networks)
    assert done.returncode == 0, done.stderr[-2000:]
    (said,) = networks.glob("*-held_out.npz")
    tree = folder / "errors.json"
    made = ["--data", folder / "pets", "--out", tree]
    done = kept.run("study.head_tree", said, *made)
    assert done.returncode == 0, done.stderr[-2000:]
    assert kh.Hierarchy.load(tree).classes == tuple("abcdef")
    heads = [*command, "--variant", "heads3-distil"]
    for given in ([], ["--head-tree", tree]):
        done = study(*heads, *given)
        assert done.returncode == 0, done.stderr[-2000:]
    usual, foreign = map(json.loads, out.read_text().splitlines()[1:])
    assert usual["head_tree"] is None
    assert foreign["head_tree"].startswith("errors-")
    assert "conv2_groups4" in foreign["fusion_weights"]
    wanting = study(*command, "--head-tree", tree)
    assert "baseline has none" in wanting.stderr
    missing = study(*heads, "--head-tree", folder / "none.json")
    assert "cannot be read" in missing.stderr
