"""compile_args: losses, their weights and metrics, and what they train."""

import re
from pathlib import Path

import keras
import numpy as np
import pytest
import small

import keras_hier as kh
from keras_hier.training.class_crossentropy import ClassCrossentropy

HIERARCHY = small.hierarchy()
GROUPS = HIERARCHY.cut(depth=1)  # animal, vehicle, food
CLASSES = HIERARCHY.cut(max_size=1)  # in display order
ONE = kh.Hierarchy.from_paths([("only",)])


def headed(head="pool"):  # no dropout: two trainings are equal
    return kh.add_heads(
        small.model(), {"conv2": GROUPS}, {"conv1": CLASSES}, head
    )


def test_one_hot_labels_say_how_to_compile():
    model = small.compiled(headed(), HIERARCHY)
    x, y = small.data(4)
    data = kh.targets(model)(x, np.eye(6, dtype="float32")[y])
    said = r'one-hot or soft ones \[N, \d\].*label_mode="categorical"'
    with pytest.raises(ValueError, match=said):
        model.fit(*data, verbose=0)


def test_all_outputs_learn():
    keras.utils.set_random_seed(0)
    # The classes differ by position, which a pooled head would not see.
    model = headed("grid")
    small.compiled(model, HIERARCHY, keras.optimizers.Adam(0.05))
    apply = kh.targets(model)
    model.fit(*apply(*small.data(192)), batch_size=192, epochs=12, verbose=0)
    held_out = apply(*small.data(64, seed=1))
    found = model.evaluate(*held_out, verbose=0, return_dict=True)
    for name in ("class", "conv2_groups3", "conv1_probe6"):
        assert found[f"{name}_accuracy"] > 0.9
    assert found["class_distance"] < 0.3


def inside(inner):
    image = keras.Input((8, 8, 1))
    return keras.Model(image, inner(image))


@pytest.mark.parametrize(
    ("build", "from_logits"),
    [
        (lambda: small.model(None), True),
        (lambda: inside(small.model("softmax")), False),
        (lambda: inside(small.model()), True),
    ],
)
def test_from_logits_follows_from_the_last_activation(build, from_logits):
    loss = kh.compile_args(build(), HIERARCHY)["loss"]
    assert loss.get_config()["from_logits"] is from_logits


def test_loss_weights():
    model = headed()
    weights = kh.compile_args(model, HIERARCHY)["loss_weights"]
    assert weights == {
        "class": 1,
        "conv2_groups3": 1,
        "conv1_probe6": 1e-6,
        "distillation": 1,
    }
    weights = kh.compile_args(model, HIERARCHY, loss_weights={"class": 0.5})
    assert weights["loss_weights"]["class"] == 0.5
    with pytest.raises(ValueError, match=r"no output 'conv2'.*conv2_groups3"):
        kh.compile_args(model, HIERARCHY, loss_weights={"conv2": 1})
    with pytest.raises(ValueError, match=r"is a probe"):
        kh.compile_args(model, HIERARCHY, loss_weights={"conv1_probe6": 1})


def test_a_variable_loss_weight_works_at_once_and_saves(tmp_path):
    weight, model = keras.Variable(0.0), headed()
    small.compiled(
        model,
        HIERARCHY,
        keras.optimizers.SGD(0.0),
        loss_weights={"conv2_groups3": weight, "distillation": 0.0},
    )
    apply = kh.targets(model)
    x, y = apply(*small.data(16))
    model.fit(x, y, verbose=0)
    without = model.evaluate(x, y, verbose=0, return_dict=True)
    weight.assign(2.0)
    doubled = model.evaluate(x, y, verbose=0, return_dict=True)
    assert without["loss"] == pytest.approx(without["class_loss"], abs=1e-4)
    assert doubled["loss"] == pytest.approx(
        doubled["class_loss"] + 2 * doubled["conv2_groups3_loss"], abs=1e-4
    )
    model.save(tmp_path / "model.keras")
    loaded = kh.load_model(tmp_path / "model.keras")
    again = loaded.evaluate(x, y, verbose=0, return_dict=True)
    assert again["class_loss"] == pytest.approx(doubled["class_loss"], rel=1e-5)


@pytest.mark.parametrize(
    ("policy", "label_mode"),
    [("mixed_bfloat16", "int"), ("float64", "int"), ("float64", "categorical")],
)
def test_top5_of_scores_in_other_precision(policy, label_mode, keras_config):
    keras_config.set_dtype_policy(policy)
    model = small.model("softmax")
    small.compiled(model, HIERARCHY, label_mode=label_mode)
    x, y = small.data(64)
    scores = keras.ops.convert_to_numpy(keras.ops.cast(model(x), "float32"))
    above = scores > scores[np.arange(64), y][:, None]
    labels = y if label_mode == "int" else np.eye(6)[y]
    logs = model.evaluate(x, labels, verbose=0, return_dict=True)
    assert logs["top5"] == pytest.approx((above.sum(axis=1) < 5).mean())


@pytest.mark.parametrize("label_mode", ["int", "categorical"])
def test_accuracy_of_scores_in_half_precision(label_mode):
    # bfloat16 has 256 and 258, and nothing between them.
    hierarchy = kh.Hierarchy.from_paths(
        (f"g{i // 10}", f"c{i}") for i in range(300)
    )
    scores = keras.Input((300,))
    output = keras.layers.Activation("softmax", dtype="bfloat16")(scores)
    model = keras.Model(scores, output)
    small.compiled(model, hierarchy, label_mode=label_mode)
    y = np.arange(256, 300)
    labels = y if label_mode == "int" else np.eye(300, dtype="float32")[y]
    for named, share in ((y - 1, 0), (y, 1)):
        x = 9 * np.eye(300, dtype="float32")[named]
        logs = model.evaluate(x, labels, verbose=0, return_dict=True)
        assert logs["accuracy"] == share


def test_loss_of_classes_is_that_of_keras():
    plain = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    loss = kh.compile_args(small.model(), HIERARCHY)["loss"]
    logits = np.random.default_rng(0).normal(size=(3, 6))
    labels, weights = np.array([0, 5, 2]), np.array([1.0, 0.0, 2.0])
    for each in (labels, labels[:, None]):
        assert loss(each, logits, weights) == plain(each, logits, weights)
    assert loss.name == plain.name
    again = keras.losses.deserialize(keras.losses.serialize(loss))
    assert type(again) is type(loss)
    assert again(labels, logits) == plain(labels, logits)


def test_labels_are_whole_in_the_loss_whatever_floats_are(keras_config):
    x = 20 * np.eye(300, dtype="float32")[[257, 299]]
    keras_config.set_floatx("bfloat16")
    loss = ClassCrossentropy(from_logits=True)
    found = float(loss(np.array([257, 299]), x))
    assert found < 1e-4


def test_few_classes_have_no_top5():
    hierarchy = kh.Hierarchy.from_nested(list("abcde"), classes=list("abcde"))
    image = keras.Input((4,))
    model = keras.Model(image, keras.layers.Dense(5)(image))
    metrics = kh.compile_args(model, hierarchy)["weighted_metrics"]
    assert [metric.name for metric in metrics] == ["accuracy", "distance"]


@pytest.mark.parametrize("label_mode", ["int", "nodes"])
def test_a_head_over_very_many_classes_has_no_matrix(label_mode):
    hierarchy = kh.Hierarchy.from_paths(
        (f"group {i % 3}", f"class {i}") for i in range(5001)
    )
    features = keras.Input((4,), name="features")
    scores = keras.layers.Dense(5001, name="class")(features)
    cut = hierarchy.cut(groups=3)
    model = kh.add_heads(
        keras.Model(features, scores),
        {"features": [cut, hierarchy.cut(max_size=1)]},
        head="pool",
    )
    with pytest.raises(ValueError, match="at="):
        kh.compile_args(model, hierarchy, label_mode=label_mode)
    metrics = kh.compile_args(model, hierarchy, label_mode=label_mode, at=cut)[
        "weighted_metrics"
    ]
    assert {n: [m.name for m in found] for n, found in metrics.items()} == {
        "class": ["accuracy", "top5", "distance"],
        "features_groups3": ["accuracy", "distance"],
        "features_groups5001": ["accuracy"],
    }


@pytest.mark.parametrize(
    ("tree", "label_mode", "message"),
    [
        ("imagenet", "int", "Expected a Hierarchy, got str"),
        (ONE, "int", r"\(None, 6\).*1 class"),
        (HIERARCHY, "binary", "'binary'"),
    ],
)
def test_what_is_not_compiled(tree, label_mode, message):
    with pytest.raises(ValueError, match=message):
        kh.compile_args(small.model(), tree, label_mode=label_mode)


def test_replicas_train_as_one_device(mirrored):
    def build():
        # Batch normalization and dropout see but their replica's part.
        model = kh.add_heads(
            small.model(), heads={"conv2": GROUPS}, head="pool"
        )
        model.compile(
            keras.optimizers.SGD(0.1),
            **kh.compile_args(model, HIERARCHY),
            run_eagerly=True,
        )
        return model

    single = build()
    with mirrored.scope():
        double = build()
    small.copy_weights(single, double)
    histories = []
    for model in (single, double):
        apply = kh.targets(model)
        history = model.fit(
            *apply(*small.data(40)),
            batch_size=20,
            shuffle=False,
            verbose=0,
        )
        histories.append(history.history)
    for name, values in histories[0].items():
        np.testing.assert_allclose(values, histories[1][name], rtol=1e-4)


@pytest.mark.parametrize("label_mode", ["int", "categorical", "nodes"])
def test_keras_knows_which_values_of_a_metric_are_better(label_mode):
    model = small.model()
    small.compiled(model, HIERARCHY, label_mode=label_mode)
    watching = [
        keras.callbacks.EarlyStopping(monitor=f"val_{name}")
        for name in ("loss", "accuracy", "top5", "distance")
    ]
    x, y = small.data(8)
    y = np.eye(6)[y] * 0.94 + 0.01 if label_mode == "categorical" else y
    model.fit(x, y, validation_data=(x, y), verbose=0, callbacks=watching)
    ways = [watch.monitor_op(0, 1) for watch in watching]
    assert list(map(bool, ways)) == [True, False, False, True]


def test_a_model_with_heads_stops_early_as_the_docs_say():
    page = (Path(__file__).parents[2] / "docs/how-to/heads.md").read_text()
    (line,) = re.findall(r"^keras.callbacks.EarlyStopping.*$", page, re.M)
    model = small.compiled(headed(), HIERARCHY, metrics=False)
    stop = eval(line, {"keras": keras})
    data = kh.targets(model)(*small.data(8))
    fitted = model.fit(*data, validation_data=data, verbose=0, callbacks=[stop])
    assert stop.best == fitted.history["val_class_loss"][0]


def unnamed():
    """A model with a head, whose outputs are a list."""
    base = small.model()
    head = kh.GroupHead(GROUPS, "conv2", name="groups")
    features = base.get_layer("conv2").output
    return keras.Model(base.input, [base.output, head(features)])


def of_one_class():
    x = keras.Input((4,))
    return keras.Model(x, keras.layers.Dense(1, name="class")(x))


@pytest.mark.parametrize(
    ("build", "tree", "said"),
    [
        (unnamed, HIERARCHY, r"outputs .* as a dict"),
        (of_one_class, ONE, "has a single class"),
    ],
)
def test_models_that_cannot_be_trained(build, tree, said):
    for use in (kh.targets, lambda model: kh.compile_args(model, tree)):
        with pytest.raises(ValueError, match=said):
            use(build())
