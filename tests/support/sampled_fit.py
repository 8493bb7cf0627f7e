"""A short training that logs its samples, and what it should have logged."""

import functools

import keras
import numpy as np
import small
from small import softmax

import keras_hier as kh
from keras_hier.log.run_log import RunLog

TREE = small.hierarchy()
X, Y = small.data(60)
X_VAL, Y_VAL = small.data(41, seed=1)
NAMES = np.array([f"{n:03}.png" for n in range(41)][::-1])


@functools.cache
def new_model(**options):
    """Returns what makes a model that is the same as new."""
    return small.AsNew(lambda: compiled(small.model, **options))


def compiled(model=None, from_logits=True, rate=0.05):
    """Returns a model, or one of what makes it; without, the same as new."""
    if model is None:
        return new_model(from_logits=from_logits, rate=rate)()
    keras.utils.set_random_seed(1)
    if model is small.model:
        model = small.model(None if from_logits else "softmax")
    model.compile(
        keras.optimizers.SGD(rate),
        keras.losses.SparseCategoricalCrossentropy(from_logits=from_logits),
        weighted_metrics=[kh.ConfusionMatrix(TREE)],
    )
    return model


def fit(model, log_dir, samples, epochs=1, callbacks=(), **options):
    """Trains with the callback; returns the log."""
    first = options.pop("initial_epoch", 0)
    options = {
        "thumbnails_per_class": 0,
        "samples_split": "validation",
    } | options
    logger = kh.BlocksCallback(log_dir, samples=samples, **options)
    heads = getattr(model, "outputs", None)
    model.fit(
        *(kh.targets(model)(X, Y) if heads else (X, Y)),
        batch_size=16,
        epochs=epochs,
        initial_epoch=first,
        shuffle=False,
        verbose=0,
        callbacks=[*callbacks, logger],
    )
    return RunLog(str(log_dir), options["samples_split"])


def expect(read, model, labels=Y_VAL, ids=NAMES, images=X_VAL):
    """Checks a record against what the model predicts."""
    p = model.predict(images, verbose=0)
    p = p["class"] if isinstance(p, dict) else p
    if model.layers[-1].activation is not keras.activations.softmax:
        p = softmax(p)
    by_id = {name: row for row, name in enumerate(ids)}
    rows = np.array([by_id[name] for name in read.ids])
    assert len(rows) == len(ids)
    np.testing.assert_array_equal(read.labels, labels[rows])
    ranks = (-p[rows]).argsort(axis=1)
    np.testing.assert_array_equal(read.classes, ranks[:, :5])
    np.testing.assert_allclose(
        read.probabilities,
        np.take_along_axis(p[rows], read.classes, axis=1),
        atol=0.002,
    )
    own = p[rows, read.labels]
    np.testing.assert_allclose(np.log(read.actual), np.log(own), rtol=0.003)
    np.testing.assert_array_equal(
        read.rank, 1 + (p[rows] > own[:, None]).sum(axis=1)
    )
