"""Wrong labels, and scores that are not what the loss takes them for, in fit.

With and without the callback, compiled by XLA and not, over replicas.
"""

import functools
import warnings

import keras
import numpy as np
import pytest
import small
from keras import layers, ops

import keras_hier as kh
from keras_hier.log.run_log import RunLog

# Keras tells some of these cases, and trains on.
pytestmark = pytest.mark.filterwarnings("ignore:.*produced by a Softmax")

SPARSE = keras.losses.SparseCategoricalCrossentropy
SOFT = keras.losses.CategoricalCrossentropy
TREE = small.hierarchy()
X, Y = small.data(64)
EYE = np.eye(6, dtype="float32")
TORCH = keras.backend.backend() == "torch"
NEGATIVE = np.where(Y == 0, -1, Y)


@keras.saving.register_keras_serializable(package="tests")
class Squash(layers.Layer):
    """A softmax of which the graph says nothing."""

    def call(self, x):
        return ops.softmax(x)


class Silent(keras.losses.Loss):
    """A loss that takes any label, as Keras's own do in a compiled step."""

    def __init__(self, from_logits=True):
        super().__init__()
        self.from_logits = from_logits

    def call(self, y_true, y_pred):
        return ops.mean(ops.square(ops.cast(y_pred, "float32")), axis=-1)


class Subclassed(keras.Model):
    def __init__(self, activation):
        super().__init__()
        self.flatten = layers.Flatten()
        self.last = layers.Dense(6, activation=activation)

    def call(self, x):
        return self.last(self.flatten(x))


def opaque():
    model = small.model()
    return keras.Model(model.input, Squash(name="scores")(model.output))


def compiled(model, loss, jit_compile="auto", **options):
    model.compile(
        keras.optimizers.SGD(0.01),
        loss,
        weighted_metrics=[kh.ConfusionMatrix(TREE)],
        jit_compile=jit_compile,
        **options,
    )
    return model


def train(model, x=X, y=Y, **options):
    options = {"batch_size": 16, "verbose": 0, **options}
    return model.fit(x, y, **options).history


def distance(model):
    (metric,) = (
        metric
        for outer in model.metrics
        for metric in getattr(outer, "metrics", [outer])
        if isinstance(metric, kh.ConfusionMatrix)
    )
    return metric


LABELS = {
    "one-based": (Y + 1, r"above 5, the largest 6\. .* one-based, 1\.\.6"),
    "fractions": ((Y + 0.7)[:, None], "labels are no whole numbers"),
    "several": (np.maximum(EYE[Y], EYE[0]), "negative: several classes"),
    "below 0": (1.5 * EYE[Y] - 0.5 * EYE[Y - 1], "sum to 1, or are negative"),
}


@functools.cache
def silent(shape, dtype, jit_compile):
    """One model for each form of labels: wrong ones leave no trace in it."""
    return compiled(small.model(), Silent(), jit_compile)


@pytest.mark.parametrize(
    ("name", "jit_compile"),
    [
        pytest.param("one-based", "auto", marks=pytest.mark.any_backend),
        *((name, "auto") for name in LABELS if name != "one-based"),
        *(("one-based", True), ("several", True)),
    ],
)
def test_wrong_labels_end_the_epoch(name, jit_compile):
    labels, message = LABELS[name]
    model = silent(labels.shape, labels.dtype, jit_compile)
    with pytest.raises(ValueError, match=rf"'distance': \d+ of .*{message}"):
        train(model, y=labels)
    with pytest.raises(ValueError, match=message):
        model.evaluate(X, labels, verbose=0)
    right = EYE[Y] if labels.shape == EYE[Y].shape else Y.reshape(labels.shape)
    # The model is whole, and so is the metric.
    train(model, y=right.astype(labels.dtype))
    assert distance(model).matrix().sum() == 64


@pytest.mark.any_backend
def test_wrong_labels_with_the_crossentropy_of_keras():
    if TORCH:
        pytest.skip("its loss has a check of its own there")
    # Where its own check is lost to the compiler.
    model = small.model()
    arguments = kh.compile_args(model, TREE)
    model.compile("sgd", jit_compile=True, **arguments)
    wrong = int((Y == 5).sum())
    with pytest.raises(ValueError, match=f"'distance': {wrong} of 64 labels"):
        train(model, y=Y + 1)


@pytest.mark.any_backend
def test_wrong_labels_of_validation():
    model = compiled(small.model(), Silent())
    with pytest.raises(ValueError, match="one-based"):
        train(model, validation_data=(X, Y + 1))
    train(model, validation_data=(X, Y))  # nothing is left of them


@pytest.mark.any_backend
def test_the_callback_sees_them_after_one_batch(tmp_path):
    batches = []
    count = keras.callbacks.LambdaCallback(
        on_train_batch_end=lambda batch, logs: batches.append(batch)
    )
    model = compiled(small.model(), Silent())
    callbacks = [count, kh.BlocksCallback(tmp_path)]
    with pytest.raises(ValueError, match="of 16 labels"):
        # In the order given: there are wrong ones among the first 16.
        train(model, y=Y + 1, shuffle=False, callbacks=callbacks)
    # PyTorch compiles no step: there the metric itself says so, at once.
    assert len(batches) == (0 if TORCH else 1)


def test_wrong_labels_over_replicas(mirrored):
    with mirrored.scope():
        model = compiled(small.model(), Silent())
    for labels, message in (
        (Y + 1, f"{(Y == 5).sum()} of 64 labels .* largest 6.*one-based"),
        (NEGATIVE, f"{(Y == 0).sum()} of 64 labels .* least -1"),
        (np.where(Y == 0, 1 << 20, Y), "largest 1048576"),
        (np.maximum(EYE[Y], EYE[0]), f"{(Y > 0).sum()} of 64 one-hot"),
    ):
        with pytest.raises(ValueError, match=message):
            model.evaluate(X, labels, batch_size=16, verbose=0)
    model.evaluate(X, Y, batch_size=16, verbose=0)
    assert distance(model).matrix().sum() == 64


@pytest.mark.any_backend
def test_samples_of_weight_0_may_have_any_label():
    model = compiled(small.model(), Silent())
    weights = (Y > 0).astype("float32")
    model.evaluate(X, NEGATIVE, sample_weight=weights, verbose=0)
    assert distance(model).matrix().sum() == (Y > 0).sum()
    kept = np.arange(64) >= 12
    weights, labels = kept.astype("float32"), np.where(kept, Y + 1, -1)
    said = r"of 52 labels .*; 12 more, of weight"
    with pytest.raises(ValueError, match=said):
        model.evaluate(X, labels, 64, sample_weight=weights, verbose=0)


@pytest.mark.any_backend
def test_scores_that_are_nan_count_for_no_class(tmp_path):
    # Without a relu, which some backends make 0 of NaN.
    model = compiled(Subclassed(None), Silent())
    x = X.copy()
    x[:10] = np.nan
    logs = model.evaluate(x, Y, verbose=0, return_dict=True)
    assert np.isnan(logs["distance"])
    with pytest.raises(ValueError, match="10 of 64 samples are NaN"):
        distance(model).matrix()
    # A training that has diverged goes on, as Keras lets it; its matrices are
    # missing, and those of epochs after it are whole again.
    with pytest.warns(UserWarning, match=r"without a (train|valid).*NaN"):
        train(
            model,
            validation_data=(x, Y),
            callbacks=[kh.BlocksCallback(tmp_path)],
        )
    assert model.evaluate(X, Y, verbose=0, return_dict=True)["distance"] >= 0
    assert distance(model).matrix().sum() == 64


@pytest.mark.parametrize(
    ("activation", "loss", "message", "options"),
    [
        *(
            pytest.param(*row, {}, marks=pytest.mark.any_backend)
            for row in (
                ("softmax", SPARSE(from_logits=True), "16 .* are probabil"),
                (None, SPARSE(), "16 samples are no probabilities"),
                ("sigmoid", SPARSE(), "not in sigmoids"),
            )
        ),
        ("softmax", SPARSE(from_logits=True), "are prob", {"compile": True}),
        # Judged together.
        ("softmax", SPARSE(from_logits=True), "all 4 samp", {"batch_size": 1}),
    ],
)
def test_the_callback_sees_a_contradiction(
    tmp_path, activation, loss, message, options
):
    compile_it = options.pop("compile", "auto")
    model = compiled(small.model(activation), loss, compile_it)
    logger = kh.BlocksCallback(tmp_path)
    with pytest.raises(ValueError, match=message):
        train(model, callbacks=[logger], **options)


@pytest.mark.any_backend
def test_without_the_callback_the_metric_sees_what_it_was_told():
    for activation, from_logits in (("softmax", True), (None, False)):
        model = small.model(activation)
        metric = kh.ConfusionMatrix(TREE, from_logits=from_logits)
        model.compile("sgd", SPARSE(from_logits), weighted_metrics=[metric])
        with pytest.raises(ValueError, match="probabilities"):
            train(model)


def test_no_false_alarm(tmp_path):
    zeros = small.model()
    zeros.get_layer("class").kernel.assign(np.zeros((80, 6)))
    uniform = small.model("softmax")
    uniform.get_layer("class").kernel.assign(np.zeros((80, 6)))
    hopeless = small.model("softmax")  # one-hot rows
    hopeless.get_layer("class").bias.assign([1e4, 0, 0, 0, 0, 0])
    for number, model in enumerate((zeros, uniform, hopeless, opaque())):
        logger = kh.BlocksCallback(tmp_path / str(number))
        loss = SPARSE(from_logits=model is zeros)
        compiled(model, loss, run_eagerly=small.EAGERLY)
        train(model, callbacks=[logger])
        train(model, x=X[:3], y=Y[:3], batch_size=1)


def test_dropout_behind_a_softmax_trains(tmp_path):
    base = small.model("softmax")
    model = keras.Model(base.input, layers.Dropout(0.1, seed=0)(base.output))
    options = {"run_eagerly": small.EAGERLY}
    model.compile("sgd", **kh.compile_args(model, TREE), **options)
    train(model, callbacks=[kh.BlocksCallback(tmp_path / "a")])
    by_hand = compiled(model, SPARSE(), **options)
    train(by_hand, callbacks=[kh.BlocksCallback(tmp_path / "b")])


def test_contradictions_over_replicas(tmp_path, mirrored):
    with mirrored.scope():
        model = compiled(small.model("softmax"), SPARSE(from_logits=True))
    with pytest.raises(ValueError, match="16 samples are probabilities"):
        train(model, callbacks=[kh.BlocksCallback(tmp_path)])


def test_samples_are_logged_as_what_their_numbers_are(tmp_path):
    # The graph does not tell, nor does the loss: the first batch does.
    def loss(y, p):
        return ops.mean(p, axis=-1)

    models = {"scores": opaque(), "class": Subclassed("softmax")}
    for output, model in models.items():
        compiled(model, loss, run_eagerly=small.EAGERLY)
        logger = kh.BlocksCallback(
            tmp_path / output, samples=(X, Y), thumbnails_per_class=0
        )
        train(model, callbacks=[logger])
        log = RunLog(str(tmp_path / output), "validation")
        read = log.samples(output=output)
        p = np.sort(model.predict(X, verbose=0).max(axis=1))
        found = np.sort(read.probabilities[:, 0])
        np.testing.assert_allclose(found, p, atol=2e-3)


@pytest.mark.any_backend
@pytest.mark.parametrize(
    ("model", "loss", "message"),
    [
        (lambda: Subclassed("softmax"), SPARSE(from_logits=True), "are prob"),
        (opaque, SPARSE(from_logits=True), "are probabilities"),
        (small.model, SPARSE(), "are no probabilities"),
    ],
)
def test_samples_contradict_before_training(tmp_path, model, loss, message):
    model = compiled(model(), loss)
    model(X[:1])
    logger = kh.BlocksCallback(tmp_path, samples=(X, Y), thumbnails_per_class=0)
    before = [ops.convert_to_numpy(w) for w in model.trainable_weights]
    with pytest.raises(ValueError, match=f"first samples {message}"):
        train(model, callbacks=[logger])
    for w, old in zip(model.trainable_weights, before, strict=True):
        np.testing.assert_array_equal(ops.convert_to_numpy(w), old)


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ("several", "several classes for one sample"),
        ("below 0", r"must be 0 or more: .* 64 samples are not, .* -0\.5"),
    ],
)
def test_samples_with_wrong_soft_labels_are_refused(tmp_path, labels, message):
    model = compiled(small.model(), SOFT(from_logits=True))
    logger = kh.BlocksCallback(tmp_path, samples=(X, LABELS[labels][0]))
    with pytest.raises(ValueError, match=message):
        train(model, y=EYE[Y], callbacks=[logger])


def test_heads_of_many_samples_stay_quiet(tmp_path):
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        heads = {"conv2": TREE.cut(depth=1)}
        model = kh.add_heads(small.model("softmax"), heads)
        small.compiled(model, TREE)
        logger = kh.BlocksCallback(tmp_path, train="all")
        train(model, *kh.targets(model)(X, Y), callbacks=[logger])
