"""Every public function with every kind of model that Keras knows."""

import keras
import numpy as np
import pytest
import small

import keras_hier as kh
from keras_hier.heads.headed_model import heads_of
from keras_hier.log.run_log import RunLog

TREE = small.hierarchy()
CUT = TREE.cut(depth=1)
X, Y = small.data(32)
X_VAL, Y_VAL = small.data(16, seed=1)
LOGITS = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
SHAPE = (8, 8, 1)


def body():
    return [
        keras.layers.Conv2D(4, 3, activation="relu", name="conv1"),
        keras.layers.Conv2D(5, 3, activation="relu", name="conv2"),
    ]


def top(activation=None):
    return [
        keras.layers.Flatten(name="flatten"),
        keras.layers.Dense(6, activation=activation, name="scores"),
    ]


def backbone():
    image = keras.Input(SHAPE)
    x = keras.layers.Conv2D(4, 3, activation="relu", name="inner1")(image)
    x = keras.layers.Conv2D(5, 3, activation="relu", name="inner2")(x)
    return keras.Model(image, x, name="conv2")


def unbuilt():
    return keras.Sequential([*body(), *top()])


def built():
    model = unbuilt()
    model.build((None, *SHAPE))
    return model


def called():
    model = unbuilt()
    model(X[:2])
    return model


def functional(*layers):
    x = image = keras.Input(SHAPE)
    for layer in layers:
        x = layer(x)
    return keras.Model(image, x)


KINDS = {
    "functional": small.model,
    "functional over a backbone": lambda: functional(backbone(), *top()),
    "functional over a Sequential": lambda: functional(
        keras.Sequential([keras.Input(SHAPE), *body()], name="conv2"), *top()
    ),
    "Sequential from an Input": lambda: keras.Sequential(
        [keras.Input(SHAPE), *body(), *top()]
    ),
    "Sequential built later": built,
    "Sequential that was called": called,
    "Sequential with a softmax": lambda: keras.Sequential(
        [keras.Input(SHAPE), *body(), *top(), keras.layers.Softmax()]
    ),
    "Sequential over a backbone": lambda: keras.Sequential(
        [backbone(), *top("softmax")]
    ),
    "Sequential over a Sequential": lambda: keras.Sequential(
        [keras.Input(SHAPE), keras.Sequential(body(), name="conv2"), *top()]
    ),
}
every_kind = pytest.mark.parametrize("make", KINDS.values(), ids=KINDS)


class Subclassed(keras.Model):
    """A model whose graph nobody knows."""

    def __init__(self):
        super().__init__()
        self.inner = small.model()

    def call(self, x):
        return self.inner(x)


def predicted(model):
    # What is compiled for `predict` takes longer than all that it does here.
    scores = model(X_VAL)
    scores = scores["class"] if isinstance(scores, dict) else scores
    return keras.ops.convert_to_numpy(scores)


def check_log(folder, model, output):
    """Checks matrix and samples of the last epoch against the model."""
    log = RunLog(str(folder), "validation")
    assert log.outputs == log.sample_outputs == (output,)
    best = predicted(model).argmax(axis=1)
    counts = kh.scores.confusion_matrix(Y_VAL, best, 6)
    assert (log.matrix(output)[1] != counts).sum() == 0
    read = log.samples(output)
    np.testing.assert_array_equal(
        read.classes[:, 0], best[[int(name) for name in read.ids]]
    )


def callback(folder):
    return kh.BlocksCallback(
        folder, samples=(X_VAL, Y_VAL), thumbnails_per_class=0
    )


@every_kind
def test_it_trains_is_logged_saved_and_loaded(make, tmp_path):
    model = make()
    sequential = isinstance(model, keras.Sequential)
    output = "class" if sequential else model.output_names[0]
    schedule = kh.LossWeightSchedule(lambda epoch: {output: 1.0 - epoch})
    small.compiled(
        model, TREE, keras.optimizers.SGD(0.05), loss_weights=schedule.variables
    )
    softmax = predicted(model).sum(axis=1) == pytest.approx(1, abs=1e-4)
    assert model.loss.from_logits is not softmax
    apply = kh.targets(model, class_weight={0: 2.0})
    before = model.get_weights()
    options = {"batch_size": 16, "verbose": 0, "shuffle": False}
    model.fit(
        *apply(X, Y)[:2],
        validation_data=apply(X_VAL, Y_VAL),
        callbacks=[schedule, callback(tmp_path / "run")],
        **options,
    )
    check_log(tmp_path / "run", model, output)
    after = model.get_weights()
    assert max(abs(a - b).max() for a, b in zip(before, after)) > 1e-4  # noqa: B905
    # The weight of the second epoch is 0.
    model.fit(X, Y, initial_epoch=1, epochs=2, callbacks=[schedule], **options)
    for one, two in zip(after, model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, two)

    model.save(tmp_path / "model.keras")
    again = kh.load_model(tmp_path / "model.keras")
    np.testing.assert_allclose(predicted(again), predicted(model), atol=1e-5)
    again.fit(
        X,
        Y,
        validation_data=(X_VAL, Y_VAL),
        callbacks=[callback(tmp_path / "again")],
        **options,
    )
    check_log(tmp_path / "again", again, output)


@every_kind
def test_it_gets_heads_and_gives_them_back(make, tmp_path):
    base = make()
    model = kh.add_heads(
        base, heads={"conv2": CUT}, probes={"flatten": CUT}, head="pool"
    )
    main = next(iter(model.output))
    assert list(heads_of(model)) == ["conv2_groups3", "flatten_probe3"]
    expected = keras.ops.convert_to_numpy(model(X_VAL)[main])
    np.testing.assert_allclose(expected, predicted(base), atol=1e-6)
    small.compiled(model, TREE, keras.optimizers.SGD(0.05), metrics=False)
    apply = kh.targets(model)
    model.fit(*apply(X, Y), batch_size=16, verbose=0)
    expected = keras.ops.convert_to_numpy(model(X_VAL)[main])
    plain = kh.without_heads(model)
    np.testing.assert_allclose(predicted(plain), expected, atol=1e-6)
    # They share their weights with the model that was given.
    np.testing.assert_allclose(predicted(base), expected, atol=1e-6)
    np.testing.assert_allclose(
        predicted(kh.without_heads(base)), expected, atol=1e-6
    )
    fused = kh.fuse_heads(model, (X_VAL, expected.argmax(axis=1)))
    assert predicted(fused).shape == (16, 6)
    with pytest.raises(ValueError, match="nothing to fuse"):
        kh.fuse_heads(base, (X_VAL, Y_VAL))


@pytest.mark.parametrize(
    "make", [unbuilt, Subclassed], ids=["unbuilt Sequential", "subclassed"]
)
def test_models_without_a_graph_are_compiled_by_hand(make, tmp_path):
    model = make()
    for needs_graph in (
        lambda: kh.add_heads(model, heads={"conv2": CUT}),
        lambda: kh.without_heads(model),
        lambda: kh.targets(model),
        lambda: kh.compile_args(model, TREE),
    ):
        with pytest.raises(ValueError, match=r"(not built|Subclassed).*Input"):
            needs_graph()
    with pytest.raises(ValueError, match="nothing to fuse"):
        kh.fuse_heads(model, (X, Y))
    model.compile(
        keras.optimizers.SGD(0.05),
        kh.losses.HierarchicalCrossentropy(TREE),
        weighted_metrics=[kh.ConfusionMatrix(TREE)],
        run_eagerly=small.EAGERLY,
    )
    model.fit(
        X,
        Y,
        batch_size=16,
        validation_data=(X_VAL, Y_VAL),
        callbacks=[callback(tmp_path)],
        verbose=0,
    )
    check_log(tmp_path, model, "class")


def test_a_subclassed_model_on_an_input_is_a_functional_one():
    image = keras.Input(SHAPE)
    model = keras.Model(image, Subclassed()(image))
    assert kh.targets(model)(X, Y)[1] is Y
    assert predicted(kh.without_heads(model)).shape == (16, 6)


def test_a_layer_of_a_backbone_is_reached_as_the_message_says():
    inner = backbone()
    with pytest.raises(ValueError, match=r"inside the model 'conv2'.*classify"):
        kh.add_heads(keras.Sequential([inner, *top()]), heads={"inner1": CUT})
    x = inner.output
    for layer in top():
        x = layer(x)
    model = kh.add_heads(keras.Model(inner.input, x), heads={"inner1": CUT})
    assert "inner1_groups3" in model.output
