"""`fuse_heads(max_loss=)`: what is left out of a model, and what is said."""

import re

import keras
import numpy as np
import pytest
import small

import keras_hier as kh
from keras_hier.heads.needed_layers import NeededLayers
from keras_hier.scores.exits import find_exits
from keras_hier.scores.fusion import fuse

CUT = small.hierarchy().cut(depth=1)
CLASSES = small.hierarchy().cut(max_size=1)
EVERYTHING = {"conv1_groups3", "conv1_groups6", "conv2_groups6", "class"}


HEADS = {"conv1": [CUT, CLASSES], "conv2": CLASSES}


def headed(*know, activation=None, heads=HEADS):
    """A model of which some outputs know the classes, the others nothing."""
    keras.utils.set_random_seed(0)
    model = kh.add_heads(
        small.model(activation), heads, probes={"conv1": CUT}, head="grid"
    )
    images, labels = small.data(256)
    for name in EVERYTHING & set(model.output):
        layer = model.get_layer(name)
        for variable in layer.weights:
            variable.assign(0 * variable)
        if name in know:
            # By least squares, much sooner than by training.
            below = keras.Model(model.input, layer.input)
            features = below(images)
            if name != "class":
                features = layer._vector(features)
            x = keras.ops.convert_to_numpy(features).astype("float32")
            of = np.arange(6) if name == "class" else layer.grouping.of_class
            y = np.eye(of.max() + 1)[of[labels]] - 1 / (of.max() + 1)
            ridge = x.T @ x + np.eye(x.shape[1])
            layer.kernel.assign(8 * np.linalg.solve(ridge, x.T @ y))
    return model


def only_within_groups(layer):
    """Makes an output forget which group it is."""
    kernel = np.array(layer.kernel)
    of = np.arange(6) if layer.name == "class" else layer.grouping.of_class
    for group in range(CUT.num_groups):
        columns = of[np.flatnonzero(CUT.of_class == group)]
        kernel[:, columns] -= kernel[:, columns].mean(axis=1, keepdims=True)
    layer.kernel.assign(kernel)


def scores(model, images):
    outputs = model(images)
    return keras.tree.map_structure(keras.ops.convert_to_numpy, outputs)


def names_of(model):
    return {layer.name for layer in model.layers}


def by_numpy(model, data, max_loss):
    """What NumPy keeps, and its log-probabilities."""
    images, labels = data
    outputs = scores(model, images)
    classes = outputs["class"]
    if model.get_layer("class").activation is keras.activations.softmax:
        classes = np.log(np.maximum(classes, keras.config.epsilon()))
    heads = {
        name: (outputs[name], model.get_layer(name).grouping)
        for name in outputs
        if "groups" in name
    }
    of = {n: model.output[n] for n in heads} | {"class": model.output["class"]}
    size = NeededLayers(of).size
    exits = find_exits(classes, heads, labels, size, max_loss)
    return exits, fuse(classes, heads, exits.weights)


@pytest.mark.parametrize(
    ("know", "max_loss", "kept", "gone"),
    [
        pytest.param(
            ("conv2_groups6",),
            0.1,
            {"conv1", "conv2", "conv2_groups6"},
            {"flatten", "class", "conv1_groups3"},
            marks=pytest.mark.any_backend,
        ),
        (
            ("class",),
            0.1,
            {"conv1", "conv2", "flatten", "class"},
            {"conv1_groups3", "conv1_groups6", "conv2_groups6"},
        ),
        # Groups from one layer and classes from another.
        (
            ("conv1_groups3", "conv2_groups6"),
            0.0,
            {"conv1", "conv1_groups3", "conv2", "conv2_groups6"},
            {"flatten", "class"},
        ),
        # The head over groups is the smallest, but names no class.
        (
            tuple(EVERYTHING),
            np.inf,
            {"conv1", "conv1_groups6"},
            {"flatten", "class", "conv2", "conv1_groups3"},
        ),
    ],
)
def test_what_only_the_rest_needs_is_gone(know, max_loss, kept, gone, tmp_path):
    model = headed(*know)
    if len(know) == 2:
        only_within_groups(model.get_layer(know[1]))
    data = small.data(192, seed=1)
    fused = kh.fuse_heads(model, data, max_loss=max_loss)
    assert kept < names_of(fused)
    assert not names_of(fused) & {*gone, "conv1_probe3", "distillation"}
    exits, expected = by_numpy(model, data, max_loss)
    assert set(exits.weights) == kept & EVERYTHING
    assert fused.get_layer("fused").fusion_weights == pytest.approx(
        [*exits.weights.values()], rel=1e-2, abs=1e-3
    )
    found = scores(fused, data[0])
    assert found.shape == fused.compute_output_shape((192, 8, 8, 1)) == (192, 6)
    np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-3)
    fused.save(tmp_path / "fused.keras")
    again = kh.load_model(tmp_path / "fused.keras")
    assert names_of(again) == names_of(fused)
    np.testing.assert_allclose(scores(again, data[0]), found, atol=1e-5)


@pytest.mark.parametrize("activation", ["softmax", None])
@pytest.mark.parametrize("know", ["class", "conv2_groups6"])
def test_probabilities_of_classes(activation, know):
    model = headed(know, activation=activation)
    data = small.data(96, seed=1)
    fused = kh.fuse_heads(model, data, max_loss=0.01)
    assert ("class" in names_of(fused)) is (know == "class")
    _, expected = by_numpy(model, data, 0.01)
    np.testing.assert_allclose(
        scores(fused, data[0]), expected, rtol=1e-3, atol=1e-3
    )


def test_what_it_says(capsys):
    model = headed("conv1_groups6", "class")
    data = small.data(192, seed=1)
    kh.fuse_heads(model, data)
    assert capsys.readouterr().out == ""
    fused = kh.fuse_heads(model, data, max_loss=np.float64(0.5))
    assert names_of(fused) & EVERYTHING == {"conv1_groups6"}
    first, second, rest = capsys.readouterr().out.split("\n")
    assert rest == ""
    assert first.startswith(
        "fuse_heads(max_loss=0.5) keeps conv1_groups6 and leaves out class, "
        "conv1_groups3, conv2_groups6: "
    )
    # conv1 has 4 (9 + 1) weights, conv2 5 (36 + 1); their heads read 3 x 3
    # cells of 4 channels and 4 x 4 of 5.
    now = 40 + 6 * (36 + 1)
    plain = 40 + 185 + 6 * (80 + 1)
    whole = now + 3 * (36 + 1) + 185 + 2 * 6 * (80 + 1)
    assert fused.count_params() == now == 262
    assert kh.without_heads(model).count_params() == plain == 711
    assert f" {now:,} weights, " in first
    assert f"{100 * (now / whole - 1):+.1f} % against {whole:,} of all" in first
    assert f"{100 * (now / plain - 1):+.1f} % against {plain:,} of" in first
    exits, _ = by_numpy(model, data, 0.5)
    assert "Over the 192 samples that this was chosen on: " in second
    loss, change, error = re.search(
        r"log loss (\S+), (\S+) ± (\S+) against", second
    ).groups()
    assert float(loss) == pytest.approx(exits.loss, abs=1e-3)
    assert float(change) == pytest.approx(exits.loss_change, abs=1e-3)
    assert 0 <= float(change) <= 0.5
    assert float(error) == pytest.approx(exits.loss_se, abs=1e-3)
    accuracy = re.search(r"accuracy (\S+) %, (\S+) ± (\S+) points", second)
    assert [float(text) for text in accuracy.groups()] == pytest.approx(
        [
            100 * figure
            for figure in (
                exits.accuracy, exits.accuracy_change, exits.accuracy_se
            )
        ],
        abs=0.06,
    )  # fmt: skip


def test_where_all_are_needed_nothing_is_left_out(capsys):
    model = headed("conv1_groups3", "class", heads={"conv1": CUT})
    only_within_groups(model.get_layer("class"))
    fused = kh.fuse_heads(model, small.data(192, seed=1), max_loss=0.001)
    assert {"conv1_groups3", "class"} < names_of(fused)
    told = capsys.readouterr().out
    assert "keeps class, conv1_groups3 and leaves out nothing: " in told
    assert "log loss" in told
    assert ", +0.0000 ± 0.0000 against" in told
    assert ", +0.0 ± 0.0 points" in told


@pytest.mark.parametrize("max_loss", [-1e-9, np.nan, "little", True, np.True_])
def test_losses_that_cannot_be_allowed(max_loss):
    with pytest.raises(ValueError, match=f"`max_loss` of.* got {max_loss!r}"):
        kh.fuse_heads(headed("class"), [], max_loss=max_loss)


def test_fusing_stays_float32_under_mixed_precision():
    keras.mixed_precision.set_global_policy("mixed_float16")
    try:
        model = headed("conv2_groups6")
        fused = kh.fuse_heads(model, small.data(64, seed=1), max_loss=0.01)
    finally:
        keras.mixed_precision.set_global_policy("float32")
    assert "class" not in names_of(fused)
    assert fused.get_layer("conv1").compute_dtype == "float16"
    assert fused.output.dtype == "float32"
    assert scores(fused, small.data(4)[0]).dtype == np.float32


def test_weights_are_counted_as_keras_counts_them():
    hierarchy = small.hierarchy()
    model = kh.add_heads(
        kh.AlexNet(6, (32, 32, 1), width=0.02, normalization="batch"),
        heads={"conv2": hierarchy.cut(max_size=1), "conv5": CUT},
        probes={"conv1": CUT},
    )
    outputs = {n: model.output[n] for n in model.output if "groups" in n}
    needs = NeededLayers({"class": model.output["class"], **outputs})
    for names in (
        {"class"}, {"conv2_groups6"}, {"conv5_groups3"},
        {"conv2_groups6", "conv5_groups3"}, {"class", "conv2_groups6"},
    ):  # fmt: skip
        pruned = keras.Model(model.input, [model.output[n] for n in names])
        weights, layers = needs.size(frozenset(names))
        assert weights == pruned.count_params()
        assert layers == len(pruned.layers)


def test_an_input_that_only_the_top_needs_stays():
    image, place = keras.Input((8, 8, 1)), keras.Input((2,))
    x = keras.layers.Conv2D(3, 3, activation="relu", name="conv1")(image)
    x = keras.layers.Concatenate()([keras.layers.Flatten()(x), place])
    model = kh.add_heads(
        keras.Model([image, place], keras.layers.Dense(6, name="class")(x)),
        heads={"conv1": CLASSES},
    )
    images, labels = small.data(16)
    where = np.zeros((16, 2), "float32")
    batches = [((images, where), labels)]
    fused = kh.fuse_heads(model, batches, max_loss=np.inf)
    assert "concatenate" not in str(names_of(fused))
    assert fused([images, where]).shape == (16, 6)
