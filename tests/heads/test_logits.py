"""Whether a model gives logits: told by its graph, or else by its numbers."""

import keras
import numpy as np
import pytest
import small
from keras import layers, ops

import keras_hier as kh
from keras_hier.heads.logits import (
    changes_in_training,
    expected_in_training,
    expects_logits,
    gives_logits,
)

pytestmark = pytest.mark.any_backend


class Squash(layers.Layer):
    """A softmax of which the graph says nothing."""

    def call(self, x):
        return ops.softmax(x)


class Subclassed(keras.Model):
    def __init__(self, activation):
        super().__init__()
        self.last = layers.Dense(6, activation=activation)

    def call(self, x):
        return self.last(x)


def ending_in(*steps):
    model = small.model()
    x = model.output
    for step in steps:
        x = step(x)
    return keras.Model(model.input, x)


def around(inner):
    image = keras.Input((8, 8, 1))
    return keras.Model(image, inner(layers.Flatten()(image)))


def average(x):
    return layers.Average()([ops.softmax(x), ops.softmax(-x)])


def sequences(last):
    tokens = keras.Input((None,), dtype="int32")
    x = layers.Embedding(10, 4)(tokens)
    x = layers.GlobalAveragePooling1D()(x)
    return keras.Model(tokens, last(layers.Dense(6)(x)))


def means_of_relu():
    """Returns a model as SqueezeNet ends: all scores between 0 and 1."""
    image = keras.Input((8, 8, 1))
    initial = keras.initializers.RandomUniform(0.1, 0.2, seed=0)
    x = layers.Conv2D(6, 1, activation="relu", kernel_initializer=initial)
    return keras.Model(image, layers.GlobalAveragePooling2D()(x(image)))


PROBABILITIES = {
    "a function": lambda: small.model(ops.softmax),
    "a lambda": lambda: small.model(lambda x: ops.softmax(x)),
    "a temperature": lambda: small.model(lambda x: ops.softmax(x / 3)),
    "a layer as activation": lambda: small.model(layers.Softmax()),
    "Lambda": lambda: ending_in(layers.Lambda(lambda x: ops.softmax(x))),
    "a layer of one's own": lambda: ending_in(Squash()),
    "cast": lambda: ending_in(
        layers.Softmax(), lambda x: ops.cast(x, "float16")
    ),
    "dropout": lambda: ending_in(layers.Softmax(), layers.Dropout(0.5)),
    "average": lambda: ending_in(average),
    "reshape": lambda: ending_in(
        layers.Softmax(), lambda x: ops.reshape(x, (-1, 6))
    ),
    "subclassed": lambda: around(Subclassed("softmax")),
    "nested": lambda: around(
        keras.Sequential([keras.Input((64,)), layers.Dense(6), Squash()])
    ),
    "sequences": lambda: sequences(Squash()),
}
LOGITS = {
    "linear": small.model,
    "elu": lambda: small.model("elu"),
    "log of a softmax": lambda: small.model("log_softmax"),
    "Lambda": lambda: ending_in(layers.Lambda(lambda x: x * 2)),
    "operation": lambda: ending_in(lambda x: x + 1),
    "dropout": lambda: ending_in(layers.Dropout(0.5)),
    "subclassed": lambda: around(Subclassed(None)),
    "sequences": lambda: sequences(layers.Lambda(lambda x: x * 2)),
    "means of a relu": means_of_relu,
    "a narrow band": lambda: ending_in(
        layers.Lambda(lambda x: 0.5 + 0.1 * ops.tanh(x))
    ),
}


@pytest.mark.parametrize("build", PROBABILITIES.values(), ids=PROBABILITIES)
def test_a_softmax_is_seen_wherever_it_is(build):
    arguments = kh.compile_args(build(), small.hierarchy())
    assert arguments["loss"].from_logits is False


@pytest.mark.parametrize("build", LOGITS.values(), ids=LOGITS)
def test_logits_are_none(build):
    arguments = kh.compile_args(build(), small.hierarchy())
    assert arguments["loss"].from_logits is True


def test_tensorflow_s_own_softmax():
    tf = pytest.importorskip("tensorflow")
    if keras.backend.backend() != "tensorflow":
        pytest.skip("an activation of another backend")
    for activation, logits in ((tf.nn.softmax, False), (tf.nn.relu, True)):
        assert gives_logits(small.model(activation).output) is logits
    with pytest.raises(ValueError, match="sigmoid"):
        gives_logits(small.model(tf.nn.sigmoid).output)


@pytest.mark.parametrize(
    "build",
    [
        lambda: small.model("sigmoid"),
        lambda: small.model("hard_sigmoid"),
        lambda: small.model(lambda x: ops.sigmoid(x)),
        lambda: ending_in(ops.sigmoid),
        lambda: ending_in(layers.Lambda(lambda x: ops.sigmoid(x))),
        lambda: ending_in(layers.Activation("sigmoid"), layers.Reshape((6,))),
        lambda: ending_in(
            layers.Rescaling(1 / 255), layers.Lambda(lambda x: ops.sigmoid(x))
        ),
    ],
)
def test_sigmoids_are_refused(build):
    with pytest.raises(ValueError, match="one decision for each class"):
        kh.compile_args(build(), small.hierarchy())


def test_what_cannot_be_tried_counts_as_logits():
    # 30 GB of made-up inputs; strings; a layer that wants other numbers.
    large = keras.Input((31250, 31250))
    x = layers.GlobalAveragePooling1D()(large)
    model = keras.Model(large, Squash()(layers.Dense(6)(x)))
    assert gives_logits(model.output) is True

    class Picky(layers.Layer):
        def call(self, x):
            raise RuntimeError("real images only")

        def compute_output_spec(self, x):
            return keras.KerasTensor(x.shape, x.dtype)

    assert gives_logits(ending_in(Picky()).output) is True


def test_a_trial_leaves_random_states_alone():
    model = ending_in(Squash())
    drawn = []
    for use in (lambda x: None, gives_logits):
        keras.utils.set_random_seed(3)
        use(model.output)
        drawn.append(ops.convert_to_numpy(keras.random.normal((2,))))
    np.testing.assert_array_equal(*drawn)


def test_heads_learn_from_what_the_classes_give():
    model = kh.add_heads(
        ending_in(Squash()), heads={"conv2": small.hierarchy().cut(depth=1)}
    )
    assert kh.heads.distillation_of(model).from_logits is False
    loss = kh.compile_args(model, small.hierarchy())["loss"]
    assert [part.from_logits for part in list(loss.values())[:2]] == [
        False,
        True,
    ]


def test_what_losses_expect():
    sparse = keras.losses.SparseCategoricalCrossentropy
    for loss, expected in (
        ("sparse_categorical_crossentropy", False),
        ("CategoricalCrossentropy", False),
        (keras.losses.categorical_crossentropy, False),
        (sparse(from_logits=True), True),
        (sparse(), False),
        (kh.losses.SoftLabelCrossentropy(small.hierarchy()), True),
        ("kl_divergence", None),
        (lambda y, p: ops.mean(p), None),
        ([sparse(from_logits=True)], True),
        ({"class": sparse(from_logits=True)}, True),
    ):
        model = small.model()
        model.compile("sgd", loss)
        assert expects_logits(model, "class") is expected, loss
    assert expects_logits(small.model(), "class") is None


def test_dropout_behind_a_softmax():
    model = ending_in(layers.Softmax(), layers.Dropout(0.5, name="last"))
    assert changes_in_training(model.output)
    assert not changes_in_training(small.model("softmax").output)
    model.compile("sgd", "sparse_categorical_crossentropy")
    assert expects_logits(model, "last") is False
    assert expected_in_training(model, "last") is None
