"""Models, optimizers and groupings that cannot carry heads, and names taken."""

import keras
import numpy as np
import pytest
import small

import keras_hier as kh

HIERARCHY = small.hierarchy()
CUT = HIERARCHY.cut(depth=1)


def headed(model=None, **options):
    return kh.add_heads(model or small.model(), {"conv2": CUT}, **options)


@pytest.mark.parametrize("once", ["a layer", "closure", "of the model"])
def test_two_heads_share_no_layer_since_it_would_not_load(once):
    base = small.model()
    new = keras.layers.Dense(5)
    branch = {
        "a layer": new,
        "closure": lambda x: new(keras.layers.Flatten()(x)),
        "of the model": lambda x: base.get_layer("conv2")(x),
    }[once]
    cuts = [CUT, HIERARCHY.cut(max_size=1)]
    with pytest.raises(ValueError, match=r"'conv1_groups\d' the layer.*lambda"):
        kh.add_heads(base, {"conv1": cuts}, head=branch)


def test_global_clipnorm_is_refused_with_probes(tmp_path):
    def compiled(model, optimizer):
        return small.compiled(model, HIERARCHY, optimizer, metrics=False)

    clipping = keras.optimizers.SGD(0.1, global_clipnorm=0.5)
    compiled(headed(), clipping)  # heads alone may
    model = headed(probes={"conv1": CUT})
    for each in (clipping, keras.optimizers.LossScaleOptimizer(clipping)):
        with pytest.raises(ValueError, match=r"global_clipnorm.*conv1_probe3"):
            compiled(model, each)
    # To evaluate alone.
    model.compile(optimizer=None, **small.losses(model, HIERARCHY))
    compiled(model, "sgd").save(tmp_path / "model.keras")
    loaded = kh.load_model(tmp_path / "model.keras")
    with pytest.raises(ValueError, match="global_clipnorm"):
        compiled(loaded, clipping)


def test_a_probe_needs_its_own_loss_weight():
    model = kh.add_heads(small.model(), probes={"conv2": CUT})
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
def test_models_that_cannot_carry_heads(build, message):
    with pytest.raises(ValueError, match=message):
        headed(build())


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
    np.testing.assert_array_equal(plain(x), outer(x))


def test_a_layer_that_another_model_calls_too_is_not_shared():
    base = small.model()
    other = keras.Input((8, 8, 1))
    base.get_layer("conv1")(other)
    base(other)
    assert "conv1_groups3" in kh.add_heads(base, heads={"conv1": CUT}).output


def test_names_that_clash():
    other = kh.Grouping(["x", "y", "z"], [0, 1, 2, 0, 1, 2])
    plain = small.model()

    def named(name):
        return keras.Model(plain.input, {name: plain.output})

    for base, heads, said in (
        (plain, [CUT, other], r"'conv2_groups3'. Name one"),
        (plain, {"conv1": CUT}, r"'conv1'. Name one"),
        (headed(), CUT, r"'conv2_groups3'. Name one"),
        (named("conv2_groups3"), CUT, "'conv2_groups3'"),
        (named("predictions"), {"class": CUT}, "called 'class'"),
    ):
        with pytest.raises(ValueError, match=said):
            kh.add_heads(base, heads={"conv2": heads})
    model = kh.add_heads(plain, heads={"conv2": {"conv2_random3": other}})
    assert list(model.output) == ["class", "conv2_random3", "distillation"]


def test_the_name_of_what_is_taught_is_taken():
    image = keras.Input((8, 8, 1))
    x = keras.layers.Flatten(name="distillation")(image)
    base = keras.Model(image, keras.layers.Dense(6, name="class")(x))
    heads = {"distillation": CUT}
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
        lambda grouping: kh.ConfusionMatrix(HIERARCHY, grouping),
    ],
)
def test_what_takes_a_grouping_takes_nothing_else(take):
    message = r"Grouping.*got int 2\..*cut\(groups=2\) makes one"
    with pytest.raises(ValueError, match=message):
        take(2)


def test_bad_kinds_of_head():
    for make in (headed, lambda head: kh.GroupHead(CUT, "conv2", head=head)):
        with pytest.raises(ValueError, match="'pooling'"):
            make(head="pooling")
    image = keras.Input((None, None, 1))
    x = keras.layers.Conv2D(4, 3, name="conv2")(image)
    x = keras.layers.GlobalMaxPooling2D()(x)
    base = keras.Model(image, keras.layers.Dense(6, name="class")(x))
    assert headed(base).output["conv2_groups3"].shape == (None, 3)
    with pytest.raises(ValueError, match=r"'dense' head.*head='pool'"):
        headed(base, head="dense")
