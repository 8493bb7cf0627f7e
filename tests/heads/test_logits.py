"""Whether a model gives logits, as its graph tells."""

import keras
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


def ending_in(*steps):
    model = small.model()
    x = model.output
    for step in steps:
        x = step(x)
    return keras.Model(model.input, x)


PROBABILITIES = {
    "a function": lambda: small.model(ops.softmax),
    "a temperature": lambda: small.model(lambda x: ops.softmax(x / 3)),
    "a layer as activation": lambda: small.model(layers.Softmax()),
    "cast": lambda: ending_in(
        layers.Softmax(), lambda x: ops.cast(x, "float16")
    ),
    "dropout": lambda: ending_in(layers.Softmax(), layers.Dropout(0.5)),
    "reshape": lambda: ending_in(
        layers.Softmax(), lambda x: ops.reshape(x, (-1, 6))
    ),
}
LOGITS = {
    "linear": small.model,
    "elu": lambda: small.model("elu"),
    "log of a softmax": lambda: small.model("log_softmax"),
    "operation": lambda: ending_in(lambda x: x + 1),
    "dropout": lambda: ending_in(layers.Dropout(0.5)),
    # The graph does not tell; the first batch does.
    "a layer of one's own": lambda: ending_in(Squash()),
}


@pytest.mark.parametrize("build", PROBABILITIES.values(), ids=PROBABILITIES)
def test_a_softmax_is_seen_in_the_graph(build):
    assert gives_logits(build().output) is False


@pytest.mark.parametrize("build", LOGITS.values(), ids=LOGITS)
def test_other_scores_count_as_logits(build):
    assert gives_logits(build().output) is True


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
        lambda: small.model("hard_sigmoid"),
        lambda: small.model(lambda x: ops.sigmoid(x)),
        lambda: ending_in(ops.sigmoid),
        lambda: ending_in(layers.Activation("sigmoid"), layers.Reshape((6,))),
    ],
)
def test_sigmoids_are_refused(build):
    with pytest.raises(ValueError, match="one decision for each class"):
        kh.compile_args(build(), small.hierarchy())


def test_heads_learn_from_what_the_classes_give():
    model = kh.add_heads(
        small.model("softmax"),
        heads={"conv2": small.hierarchy().cut(depth=1)},
    )
    assert kh.heads.distillation_of(model).from_logits is False
    loss = kh.compile_args(model, small.hierarchy())["loss"]
    expected = [part.from_logits for part in list(loss.values())[:2]]
    assert expected == [False, True]


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
