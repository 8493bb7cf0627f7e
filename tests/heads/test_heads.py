"""Heads and probes: grafting, names, saving, what they leave untouched."""

import keras
import numpy as np
import pytest
import small
from keras import ops

import keras_hier as kh
from keras_hier.heads import group_head
from keras_hier.heads.headed_model import heads_of

HIERARCHY = small.hierarchy()
CUT = HIERARCHY.cut(depth=1)


def headed(model=None, **options):
    return kh.add_heads(model or small.model(), {"conv2": CUT}, **options)


def compiled(model, optimizer=None):
    optimizer = optimizer or keras.optimizers.SGD(0.1, momentum=0.9)
    return small.compiled(model, HIERARCHY, optimizer, metrics=False)


def fit(model, samples=32, epochs=2, **kwargs):
    x, y = small.data(samples)
    apply = kh.targets(model)
    return model.fit(
        *apply(x, y),
        batch_size=16,
        shuffle=False,
        epochs=epochs,
        validation_data=apply(*small.data(32, seed=1)),
        verbose=0,
        **kwargs,
    ).history


@pytest.mark.parametrize(
    "with_heads", [False, pytest.param(True, marks=pytest.mark.any_backend)]
)
def test_a_dict_of_outputs_is_trained_by_its_keys(tmp_path, with_heads):
    """Keras trains a dict by its keys, whatever its layers are called."""
    plain = small.model()
    model = keras.Model(plain.input, {"label": plain.output})
    if with_heads:
        model = headed(model)
    small.compiled(model, HIERARCHY)
    callback = kh.BlocksCallback(
        tmp_path / "run", samples=small.data(8), thumbnails_per_class=0
    )
    logs = fit(model, epochs=1, callbacks=[callback])
    assert ("val_label_accuracy" if with_heads else "val_accuracy") in logs
    log = kh.RunLog(str(tmp_path / "run"), "validation")
    assert "label" in log.outputs
    assert len(log.samples("label")) == 8
    model.save(tmp_path / "model.keras")
    x, y = small.data(32, seed=1)
    again = kh.load_model(tmp_path / "model.keras")
    targets = kh.targets(again)(x, y)
    assert again.evaluate(*targets, verbose=0) == pytest.approx(
        model.evaluate(*targets, verbose=0)
    )


def test_outputs_are_named_after_layer_role_and_groups():
    coarse, fine = CUT, HIERARCHY.cut(max_size=1)
    model = kh.add_heads(
        small.model(),
        heads={"conv1": coarse, "conv2": [coarse, fine]},
        probes={"conv1": fine, "flatten": {"by_hand": coarse}},
    )
    assert {name: t.shape for name, t in model.output.items()} == {
        "class": (None, 6),
        "conv1_groups3": (None, 3),
        "conv2_groups3": (None, 3),
        "conv2_groups6": (None, 6),
        "conv1_probe6": (None, 6),
        "by_hand": (None, 3),
        "distillation": (None,),
    }
    assert next(iter(model.output)) == "class"
    assert set(model.output_names) == set(model.output)
    for name, head in heads_of(model).items():
        assert head.name == name
        assert head.layer in ("conv1", "conv2", "flatten")
        assert head.role == ("head" if "groups" in name else "probe")
        assert head.grouping in (coarse, fine)
        config = keras.saving.serialize_keras_object(head)
        again = keras.saving.deserialize_keras_object(config)
        assert type(again) is type(head)
        assert again.grouping == head.grouping
        assert again.get_config() == head.get_config()


def test_keras_applications():
    base = keras.applications.MobileNetV3Small(
        weights=None, classes=6, input_shape=(32, 32, 3)
    )
    model = kh.add_heads(base, {"expanded_conv_2_add": CUT}, {"conv_1": CUT})
    x = np.random.default_rng(0).uniform(0, 255, (4, 32, 32, 3))
    outputs = model(x)
    np.testing.assert_array_equal(
        kh.without_heads(model)(x), outputs["predictions"]
    )
    assert outputs["expanded_conv_2_add_groups3"].shape == (4, 3)
    assert outputs["conv_1_probe3"].shape == (4, 3)


def test_head_kinds_by_hand():
    image = np.arange(2 * 6 * 6 * 3, dtype="float32").reshape(2, 6, 6, 3)
    grouping = kh.Grouping(["x", "y"], [0, 1])

    def vectors(kind):
        head = kh.GroupHead(grouping, layer="any", head=kind)
        logits = head(image)
        # Logits are linear in the features: read those off one at a time.
        kernel = np.zeros(head.kernel.shape)
        columns = []
        for feature in range(len(kernel)):
            kernel[:] = 0
            kernel[feature, 1] = 1
            head.kernel.assign(kernel)
            columns.append(keras.ops.convert_to_numpy(head(image))[:, 1])
        assert logits.shape == (2, 2)
        return np.stack(columns, axis=1)

    np.testing.assert_allclose(vectors("pool"), image.mean(axis=(1, 2)))
    np.testing.assert_allclose(vectors("dense"), image.reshape(2, -1))
    # 6 positions make 3 cells of 2, not 4 of uneven size.
    cells = image.reshape(2, 3, 2, 3, 2, 3).mean(axis=(2, 4)).reshape(2, -1)
    np.testing.assert_allclose(vectors("grid"), cells)


def test_a_head_shape_is_a_row_of_a_table(monkeypatch, tmp_path):
    """Follows the recipe of docs/why/architecture.md."""
    strongest = group_head.Shape(
        lambda x, axes, mask: ops.max(x, axis=axes), lambda size: 1
    )
    monkeypatch.setitem(group_head.HEADS, "strongest", strongest)
    model = headed(probes={"conv1": CUT}, head="strongest")
    x, y = small.data(8)
    head = model.get_layer("conv2_groups3")
    features = ops.convert_to_numpy(
        keras.Model(model.input, model.get_layer("conv2").output)(x)
    )
    before = head.kernel.numpy()
    np.testing.assert_allclose(
        model(x)["conv2_groups3"], features.max((1, 2)) @ before, atol=1e-5
    )
    compiled(model).fit(*kh.targets(model)(x, y), verbose=0)
    assert np.abs(head.kernel.numpy() - before).max() > 0
    model.save(tmp_path / "model.keras")
    again = kh.load_model(tmp_path / "model.keras")
    assert again.get_layer("conv1_probe3").head == "strongest"
    for name, scores in model(x).items():
        np.testing.assert_allclose(again(x)[name], scores, atol=1e-6)


def test_a_callable_makes_the_features_of_heads_but_not_of_probes():
    def branch(features):
        x = keras.layers.Conv2D(7, 1, activation="relu")(features)
        return keras.layers.BatchNormalization()(x)

    model = headed(probes={"conv2": CUT}, head=branch)
    assert model.get_layer("conv2_groups3").kernel.shape == (7, 3)
    assert model.get_layer("conv2_probe3").kernel.shape == (5, 3)
    history = fit(compiled(model))
    assert np.isfinite(history["val_loss"]).all()
    assert len(kh.without_heads(model).layers) == len(small.model().layers)


def test_layers_of_a_callable_may_be_called_as_those_of_the_model():
    def branch(features):
        # The model has a layer of this name, and there are two heads.
        return keras.layers.Flatten(name="flatten")(features)

    model = kh.add_heads(
        small.model(), {"conv1": CUT, "conv2": CUT}, None, branch
    )
    assert {"conv1_groups3", "conv2_groups3"} <= set(model.output)
    assert model.get_layer("conv2_groups3_branch").get_layer("flatten")


def test_heads_may_share_what_has_no_weights(tmp_path):
    relu = keras.layers.ReLU()
    model = kh.add_heads(small.model(), {"conv1": CUT, "conv2": CUT}, head=relu)
    model.save(tmp_path / "model.keras")
    again = kh.load_model(tmp_path / "model.keras")
    assert again.count_params() == model.count_params()


def test_more_heads_for_a_model_that_has_some():
    first = headed()
    second = kh.add_heads(first, probes={"conv1": CUT})
    new = ["conv2_groups3", "conv1_probe3"]
    assert list(second.output) == ["class", *new, "distillation"]
    assert second.get_layer("conv2_groups3") is first.get_layer("conv2_groups3")


def test_two_inputs_keep_their_structure():
    a, b = keras.Input((4,), name="a"), keras.Input((4,), name="b")
    x = keras.layers.Concatenate(name="both")([a, b])
    base = keras.Model({"a": a, "b": b}, keras.layers.Dense(6, name="class")(x))
    model = kh.add_heads(base, heads={"both": CUT})
    x = {"a": np.ones((3, 4)), "b": np.ones((3, 4))}
    outputs = model.predict(x, verbose=0)
    assert outputs["both_groups3"].shape == (3, 3)
    assert kh.without_heads(model).predict(x, verbose=0).shape == (3, 6)


def test_heads_are_float32_under_mixed_precision(keras_config):
    keras_config.set_dtype_policy("mixed_float16")
    model = headed(probes={"conv1": CUT})
    assert model.get_layer("conv2").output.dtype == "float16"
    heads = [model.output[name].dtype for name in heads_of(model)]
    assert heads == ["float32", "float32"]
    assert all(v.dtype == "float32" for v in model.trainable_variables)
    compiled(model)
    logs = model.train_on_batch(*kh.targets(model)(*small.data(4)))
    assert np.isfinite(logs).all()


def test_what_the_legacy_format_kept_can_be_trained(tmp_path):
    model = compiled(headed())
    x, y = small.data(4)
    targets = kh.targets(model)(x, y)
    model.fit(*targets, verbose=0)
    model.save(tmp_path / "model.h5")
    with pytest.warns(UserWarning, match="The optimizer begins anew"):
        again = kh.load_model(tmp_path / "model.h5")
    assert again.optimizer.get_config() == model.optimizer.get_config()
    before = keras.ops.convert_to_numpy(again.trainable_variables[0])
    again.fit(*targets, verbose=0)
    after = keras.ops.convert_to_numpy(again.trainable_variables[0])
    assert np.abs(after - before).max() > 0
    custom = {"HeadedModel": keras.Model}
    assert kh.load_model(
        tmp_path / "model.h5", custom_objects=custom, compile=False
    )
    # The model that was saved so keeps its optimizer, too, with all it knows.
    model.save(tmp_path / "model.keras")
    again = kh.load_model(tmp_path / "model.keras")
    assert type(again.optimizer) is type(model.optimizer)
    assert int(again.optimizer.iterations) == int(model.optimizer.iterations)


@pytest.mark.any_backend
def test_probes_change_neither_the_trunk_nor_the_loss():
    keras.utils.set_random_seed(0)
    # Dropout would draw anew.
    without = headed(head="pool")
    probes = {"conv1": HIERARCHY.cut(max_size=1), "conv2": CUT}
    with_probes = headed(head="pool", probes=probes)
    small.copy_weights(without, with_probes)
    before = with_probes.get_layer("conv1_probe6").kernel.numpy()
    histories = [
        fit(compiled(model, keras.optimizers.Adam(clipnorm=0.1)))
        for model in (without, with_probes)
    ]
    values = {v.path: v.numpy() for v in with_probes.weights}
    for variable in without.weights:
        np.testing.assert_allclose(
            values[variable.path], variable.numpy(), rtol=0, atol=1e-6
        )
    for name in ("loss", "val_loss"):
        np.testing.assert_allclose(
            histories[0][name], histories[1][name], rtol=0, atol=1e-4
        )
    after = with_probes.get_layer("conv1_probe6").kernel.numpy()
    assert np.abs(after - before).max() > 1e-3


@pytest.mark.any_backend
def test_a_probe_learns_as_if_it_were_trained_alone():
    base = small.model()
    base.trainable = False
    model = kh.add_heads(base, probes={"conv2": CUT})
    x = keras.layers.GlobalAveragePooling2D()(base.get_layer("conv2").output)
    x = keras.layers.BatchNormalization(
        center=False, scale=False, momentum=0.9
    )(x)
    alone = keras.Model(base.input, keras.layers.Dense(3, name="alone")(x))
    probe = model.get_layer("conv2_probe3")
    alone.get_layer("alone").set_weights(
        [probe.kernel.numpy(), probe.bias.numpy()]
    )
    compiled(model, keras.optimizers.SGD(0.5, momentum=0.9))
    alone.compile(
        keras.optimizers.SGD(0.5, momentum=0.9),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    fit(model)
    images, labels = small.data(32)
    how = {"batch_size": 16, "shuffle": False, "epochs": 2, "verbose": 0}
    alone.fit(images, CUT.lookup(labels), **how)
    np.testing.assert_allclose(
        probe.kernel.numpy(), alone.get_layer("alone").kernel.numpy(), atol=1e-5
    )
