"""Heads and probes: grafting, names, saving, what they leave untouched."""

import keras
import numpy as np
import pytest
import small
from keras import ops

import keras_hier as kh
from keras_hier.heads import group_head
from keras_hier.heads.headed_model import heads_of

CUT = small.hierarchy().cut(depth=1)


@pytest.fixture
def hierarchy():
    return small.hierarchy()


def headed(hierarchy, model=None, **kwargs):
    return kh.add_heads(
        model or small.model(),
        heads={"conv2": hierarchy.cut(depth=1)},
        **kwargs,
    )


def compiled(model, hierarchy, optimizer=None):
    return small.compiled(
        model,
        hierarchy,
        optimizer or keras.optimizers.SGD(0.1, momentum=0.9),
        metrics=False,
    )


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
def test_a_dict_of_outputs_is_trained_by_its_keys(
    hierarchy, tmp_path, with_heads
):
    """Keras trains a dict by its keys, whatever its layers are called."""
    plain = small.model()
    model = keras.Model(plain.input, {"label": plain.output})
    if with_heads:
        model = headed(hierarchy, model)
    small.compiled(model, hierarchy)
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


def test_outputs_are_named_after_layer_role_and_groups(hierarchy):
    coarse, fine = hierarchy.cut(depth=1), hierarchy.cut(max_size=1)
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


def test_keras_applications(hierarchy):
    base = keras.applications.MobileNetV3Small(
        weights=None, classes=6, input_shape=(32, 32, 3)
    )
    cut = hierarchy.cut(depth=1)
    model = kh.add_heads(base, {"expanded_conv_2_add": cut}, {"conv_1": cut})
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


def test_a_head_shape_is_a_row_of_a_table(hierarchy, monkeypatch, tmp_path):
    """Follows the recipe of docs/why/architecture.md."""
    strongest = group_head.Shape(
        lambda x, axes, mask: ops.max(x, axis=axes), lambda size: 1
    )
    monkeypatch.setitem(group_head.HEADS, "strongest", strongest)
    cut = hierarchy.cut(depth=1)
    model = headed(hierarchy, probes={"conv1": cut}, head="strongest")
    x, y = small.data(8)
    head = model.get_layer("conv2_groups3")
    features = ops.convert_to_numpy(
        keras.Model(model.input, model.get_layer("conv2").output)(x)
    )
    before = head.kernel.numpy()
    np.testing.assert_allclose(
        model(x)["conv2_groups3"], features.max((1, 2)) @ before, atol=1e-5
    )
    compiled(model, hierarchy).fit(*kh.targets(model)(x, y), verbose=0)
    assert np.abs(head.kernel.numpy() - before).max() > 0
    model.save(tmp_path / "model.keras")
    again = kh.load_model(tmp_path / "model.keras")
    assert again.get_layer("conv1_probe3").head == "strongest"
    for name, scores in model(x).items():
        np.testing.assert_allclose(again(x)[name], scores, atol=1e-6)


def test_a_callable_makes_the_features_of_heads_but_not_of_probes(hierarchy):
    def branch(features):
        x = keras.layers.Conv2D(7, 1, activation="relu")(features)
        return keras.layers.BatchNormalization()(x)

    model = headed(
        hierarchy, probes={"conv2": hierarchy.cut(depth=1)}, head=branch
    )
    assert model.get_layer("conv2_groups3").kernel.shape == (7, 3)
    assert model.get_layer("conv2_probe3").kernel.shape == (5, 3)
    history = fit(compiled(model, hierarchy))
    assert np.isfinite(history["val_loss"]).all()
    assert len(kh.without_heads(model).layers) == len(small.model().layers)


def test_layers_of_a_callable_may_be_called_as_those_of_the_model(hierarchy):
    def branch(features):
        # The model has a layer of this name, and there are two heads.
        return keras.layers.Flatten(name="flatten")(features)

    cut = hierarchy.cut(depth=1)
    model = kh.add_heads(
        small.model(), {"conv1": cut, "conv2": cut}, None, branch
    )
    assert {"conv1_groups3", "conv2_groups3"} <= set(model.output)
    assert model.get_layer("conv2_groups3_branch").get_layer("flatten")


@pytest.mark.parametrize("once", ["a layer", "closure", "of the model"])
def test_two_heads_share_no_layer_since_it_would_not_load(hierarchy, once):
    base = small.model()
    new = keras.layers.Dense(5)
    branch = {
        "a layer": new,
        "closure": lambda x: new(keras.layers.Flatten()(x)),
        "of the model": lambda x: base.get_layer("conv2")(x),
    }[once]
    cuts = [hierarchy.cut(depth=1), hierarchy.cut(max_size=1)]
    with pytest.raises(ValueError, match=r"'conv1_groups\d' the layer.*lambda"):
        kh.add_heads(base, {"conv1": cuts}, head=branch)


def test_heads_may_share_what_has_no_weights(hierarchy, tmp_path):
    cut = hierarchy.cut(depth=1)
    relu = keras.layers.ReLU()
    model = kh.add_heads(small.model(), {"conv1": cut, "conv2": cut}, head=relu)
    model.save(tmp_path / "model.keras")
    again = kh.load_model(tmp_path / "model.keras")
    assert again.count_params() == model.count_params()


def test_more_heads_for_a_model_that_has_some(hierarchy):
    first = headed(hierarchy)
    second = kh.add_heads(first, probes={"conv1": hierarchy.cut(depth=1)})
    assert list(second.output) == [
        "class",
        "conv2_groups3",
        "conv1_probe3",
        "distillation",
    ]
    assert second.get_layer("conv2_groups3") is first.get_layer("conv2_groups3")


def test_two_inputs_keep_their_structure(hierarchy):
    a, b = keras.Input((4,), name="a"), keras.Input((4,), name="b")
    x = keras.layers.Concatenate(name="both")([a, b])
    base = keras.Model({"a": a, "b": b}, keras.layers.Dense(6, name="class")(x))
    model = kh.add_heads(base, heads={"both": hierarchy.cut(depth=1)})
    x = {"a": np.ones((3, 4)), "b": np.ones((3, 4))}
    outputs = model.predict(x, verbose=0)
    assert outputs["both_groups3"].shape == (3, 3)
    assert kh.without_heads(model).predict(x, verbose=0).shape == (3, 6)


def test_heads_are_float32_under_mixed_precision(hierarchy, keras_config):
    keras_config.set_dtype_policy("mixed_float16")
    cut = hierarchy.cut(depth=1)
    model = headed(hierarchy, small.model(), probes={"conv1": cut})
    assert model.get_layer("conv2").output.dtype == "float16"
    heads = [model.output[name].dtype for name in heads_of(model)]
    assert heads == ["float32", "float32"]
    assert all(v.dtype == "float32" for v in model.trainable_variables)
    compiled(model, hierarchy)
    logs = model.train_on_batch(*kh.targets(model)(*small.data(4)))
    assert np.isfinite(logs).all()


def test_what_the_legacy_format_kept_can_be_trained(hierarchy, tmp_path):
    model = compiled(headed(hierarchy), hierarchy)
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
def test_probes_change_neither_the_trunk_nor_the_loss(hierarchy):
    keras.utils.set_random_seed(0)
    # Dropout would draw anew.
    without = headed(hierarchy, head="pool")
    with_probes = headed(
        hierarchy,
        head="pool",
        probes={
            "conv1": hierarchy.cut(max_size=1),
            "conv2": hierarchy.cut(depth=1),
        },
    )
    small.copy_weights(without, with_probes)
    before = with_probes.get_layer("conv1_probe6").kernel.numpy()
    histories = [
        fit(
            compiled(model, hierarchy, keras.optimizers.Adam(clipnorm=0.1)),
        )
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
def test_a_probe_learns_as_if_it_were_trained_alone(hierarchy):
    grouping = hierarchy.cut(depth=1)
    base = small.model()
    base.trainable = False
    model = kh.add_heads(base, probes={"conv2": grouping})
    x = keras.layers.GlobalAveragePooling2D()(base.get_layer("conv2").output)
    x = keras.layers.BatchNormalization(
        center=False, scale=False, momentum=0.9
    )(x)
    alone = keras.Model(base.input, keras.layers.Dense(3, name="alone")(x))
    probe = model.get_layer("conv2_probe3")
    alone.get_layer("alone").set_weights(
        [probe.kernel.numpy(), probe.bias.numpy()]
    )
    compiled(model, hierarchy, keras.optimizers.SGD(0.5, momentum=0.9))
    alone.compile(
        keras.optimizers.SGD(0.5, momentum=0.9),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    fit(model)
    images, labels = small.data(32)
    alone.fit(
        images,
        grouping.lookup(labels),
        batch_size=16,
        shuffle=False,
        epochs=2,
        verbose=0,
    )
    np.testing.assert_allclose(
        probe.kernel.numpy(), alone.get_layer("alone").kernel.numpy(), atol=1e-5
    )


def test_global_clipnorm_is_refused_with_probes(hierarchy, tmp_path):
    def clipping():
        return keras.optimizers.SGD(0.1, global_clipnorm=0.5)

    compiled(headed(hierarchy), hierarchy, clipping())  # heads alone may
    model = headed(hierarchy, probes={"conv1": hierarchy.cut(depth=1)})
    for optimizer in (
        clipping(),
        keras.optimizers.LossScaleOptimizer(clipping()),
    ):
        with pytest.raises(ValueError, match=r"global_clipnorm.*conv1_probe3"):
            compiled(model, hierarchy, optimizer)
    # To evaluate alone.
    model.compile(optimizer=None, **small.losses(model, hierarchy))
    fit(compiled(model, hierarchy), epochs=1)
    model.save(tmp_path / "model.keras")
    loaded = kh.load_model(tmp_path / "model.keras")
    with pytest.raises(ValueError, match="global_clipnorm"):
        compiled(loaded, hierarchy, clipping())


def test_a_probe_needs_its_own_loss_weight(hierarchy):
    model = kh.add_heads(
        small.model(), probes={"conv2": hierarchy.cut(depth=1)}
    )
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    for weights in (None, {"class": 1, "conv2_probe3": 1}):
        with pytest.raises(ValueError, match="1e-06 for the probe 'conv2_pro"):
            model.compile("sgd", loss, loss_weights=weights)
    model.compile("sgd", {"class": loss})  # nor is it trained
    model.compile(
        "sgd",
        {"class": loss, "conv2_probe3": loss},
        {"class": 1, "conv2_probe3": kh.ProbeHead.loss_weight},
    )


def classifier(*layers, outputs=1, size=6):
    """A model of some layers below its dense outputs."""
    x = image = keras.Input((8, 8, 1))
    for layer in layers:
        x = layer(x)
    x = keras.layers.Flatten()(x)
    heads = [keras.layers.Dense(size)(x) for _ in range(outputs)]
    return keras.Model(image, heads if outputs > 1 else heads[0])


CONV = {"filters": 1, "kernel_size": 3, "padding": "same", "name": "conv2"}


def shared():
    layer = keras.layers.Conv2D(**CONV)
    return classifier(layer, layer)


class CustomTraining(keras.Model):
    def train_step(self, data):
        return {}


class Scaled(keras.Model):
    def call(self, x, training=None, mask=None):
        return super().call(x / 255, training=training)


class ScaledSequence(keras.Sequential):
    def call(self, x, training=None, mask=None):
        return super().call(x / 255, training=training)


def custom_training(kind=CustomTraining):
    base = small.model()
    return kind(base.input, base.output)


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (shared, "'conv2' is called 2 times"),
        (
            lambda: classifier(keras.layers.Conv2D(**CONV), outputs=2),
            r"one output.*dense.*dense",
        ),
        (
            lambda: classifier(keras.layers.Conv2D(**CONV), size=1),
            r"C at least 2, got shape \(None, 1\)",
        ),
        (custom_training, "CustomTraining overrides train_step"),
        (lambda: custom_training(Scaled), "Scaled overrides call.*Rescaling"),
        (lambda: "model.keras", "functional model.*str"),
    ],
)
def test_models_that_cannot_carry_heads(hierarchy, build, message):
    with pytest.raises(ValueError, match=message):
        headed(hierarchy, build())


def test_what_a_model_computes_outside_of_its_graph_is_not_lost():
    scaled = custom_training(Scaled)
    layers = [keras.Input((8,)), keras.layers.Dense(6)]
    for model in (scaled, ScaledSequence(layers)):
        for make in (kh.without_heads, kh.analysis.untrained):
            with pytest.raises(ValueError, match="overrides call"):
                make(model)
        with pytest.raises(ValueError, match="overrides call"):
            kh.analysis.features(model, (np.zeros((2, 8)), np.zeros(2, int)))
    # As a layer it is called, and so keeps it.
    inputs = keras.Input(scaled.input_shape[1:])
    outer = keras.Model(inputs, keras.layers.Dense(6)(scaled(inputs)))
    x = np.full((2, *scaled.input_shape[1:]), 255.0)
    plain = kh.without_heads(outer)
    np.testing.assert_array_equal(
        plain.predict(x, verbose=0), outer.predict(x, verbose=0)
    )


def test_a_layer_that_another_model_calls_too_is_not_shared(hierarchy):
    base = small.model()
    other = keras.Input((8, 8, 1))
    base.get_layer("conv1")(other)
    base(other)
    assert (
        "conv1_groups3"
        in kh.add_heads(base, heads={"conv1": hierarchy.cut(depth=1)}).output
    )


def test_names_that_clash(hierarchy):
    cut = hierarchy.cut(depth=1)
    other = kh.Grouping(["x", "y", "z"], [0, 1, 2, 0, 1, 2])
    plain = small.model()

    def named(name):
        return keras.Model(plain.input, {name: plain.output})

    for base, heads, said in (
        (plain, [cut, other], r"'conv2_groups3'. Name one"),
        (plain, {"conv1": cut}, r"'conv1'. Name one"),
        (headed(hierarchy), cut, r"'conv2_groups3'. Name one"),
        (named("conv2_groups3"), cut, "'conv2_groups3'"),
        (named("predictions"), {"class": cut}, "called 'class'"),
    ):
        with pytest.raises(ValueError, match=said):
            kh.add_heads(base, heads={"conv2": heads})
    model = kh.add_heads(plain, heads={"conv2": {"conv2_random3": other}})
    assert list(model.output) == ["class", "conv2_random3", "distillation"]


def test_the_name_of_what_is_taught_is_taken(hierarchy):
    cut = hierarchy.cut(depth=1)
    image = keras.Input((8, 8, 1))
    x = keras.layers.Flatten(name="distillation")(image)
    base = keras.Model(image, keras.layers.Dense(6, name="class")(x))
    heads = {"distillation": cut}
    with pytest.raises(ValueError, match="Rename the layer, or pass"):
        kh.add_heads(base, heads=heads)
    alone = kh.add_heads(base, heads=heads, distillation=None)
    assert list(alone.output) == ["class", "distillation_groups3"]


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ({"conv_2": CUT}, r"no layer 'conv_2'. Close:.*conv2"),
        ({"conv2": 2}, r"for 'conv2', got int 2\..*cut\(groups=2\) makes one"),
        ({"conv2": [2, 4]}, r"Grouping.*got int 2\."),
        ({"conv2": {"by_hand": None}}, "Grouping.*got NoneType None"),
        (["conv2"], r"dict of groupings by layer name.*\['conv2'\]"),
        (
            {"conv2": kh.Grouping(["x", "y"], [0, 1, 1])},
            "groups 3 classes.*has 6",
        ),
        (
            {"conv2": kh.Grouping(["all"], [0] * 6)},
            "all 6 classes in one group.*cut",
        ),
        ({"conv2": {"distillation": CUT}}, "'distillation'. Name one"),
    ],
)
def test_what_is_no_head(wanted, message):
    for kind in ("heads", "probes"):
        with pytest.raises(ValueError, match=message):
            kh.add_heads(small.model(), **{kind: wanted})


@pytest.mark.parametrize(
    "take",
    [
        lambda grouping: kh.GroupHead(grouping, "conv2"),
        lambda grouping: kh.ProbeHead(grouping, "conv2"),
        lambda grouping: kh.Distillation([grouping]),
        lambda grouping: kh.ConfusionMatrix(small.hierarchy(), grouping),
    ],
)
def test_what_takes_a_grouping_takes_nothing_else(take):
    message = r"Grouping.*got int 2\..*cut\(groups=2\) makes one"
    with pytest.raises(ValueError, match=message):
        take(2)


def test_bad_kinds_of_head(hierarchy):
    with pytest.raises(ValueError, match="'pooling'"):
        headed(hierarchy, head="pooling")
    with pytest.raises(ValueError, match="'pooling'"):
        kh.GroupHead(hierarchy.cut(depth=1), "conv2", head="pooling")
    image = keras.Input((None, None, 1))
    x = keras.layers.Conv2D(4, 3, name="conv2")(image)
    x = keras.layers.GlobalMaxPooling2D()(x)
    base = keras.Model(image, keras.layers.Dense(6, name="class")(x))
    assert headed(hierarchy, base).output["conv2_groups3"].shape == (None, 3)
    with pytest.raises(ValueError, match=r"'dense' head.*head='pool'"):
        headed(hierarchy, base, head="dense")
