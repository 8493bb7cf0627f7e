"""Samples and matrix of an epoch are of the same weights, or it is said."""

import warnings

import keras
import numpy as np
import pytest
import small

import keras_hier as kh
from keras_hier.log.run_log import RunLog

TREE = kh.Hierarchy.from_paths([("g", "a"), ("g", "b"), ("h", "c")])
RNG = np.random.default_rng(0)
Y = RNG.integers(0, 3, 300)
X = (np.eye(3)[Y] + 0.8 * RNG.standard_normal((300, 3))).astype("float32")


@small.AsNew
def new_model():
    x = keras.Input((3,))
    model = keras.Model(x, keras.layers.Dense(3, name="class")(x))
    model.compile(
        keras.optimizers.SGD(1.0, use_ema=True, ema_momentum=0.98),
        **kh.compile_args(model, TREE),
    )
    return model


def fit(log_dir, callbacks, samples=(X, Y)):
    keras.utils.set_random_seed(2)
    model = new_model()
    logger = kh.BlocksCallback(
        log_dir, samples=samples, samples_every=1, thumbnails_per_class=0
    )
    model.fit(
        X,
        Y,
        validation_data=(X, Y),
        epochs=2,
        verbose=0,
        callbacks=[logger if each is None else each for each in callbacks],
    )
    log = RunLog(str(log_dir), "validation")
    return [
        (
            log.matrix(epoch=step)[1].trace(),
            (
                log.samples(epoch=step).classes[:, 0]
                == log.samples(epoch=step).labels
            ).sum(),
        )
        for step in (1, 2)
    ]


def test_weights_swapped_in_for_validation_are_noticed(tmp_path):
    swap = keras.callbacks.SwapEMAWeights()
    with pytest.warns(UserWarning, match="swap_on_epoch=True") as caught:
        counts = fit(tmp_path, [None, swap])
    assert any(right != counted for counted, right in counts)
    said = [each for each in caught if "other weights" in str(each.message)]
    assert len(said) == 1
    counted, right = counts[0]
    assert f"epoch 1 {right} are right, and {counted}" in str(said[0].message)


def test_as_it_is_advised_they_are_the_same(tmp_path):
    swap = keras.callbacks.SwapEMAWeights(swap_on_epoch=True)
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        counts = fit(tmp_path, [swap, None])
    assert all(right == counted for counted, right in counts)


def test_of_other_data_nothing_is_said(tmp_path):
    samples = (X[:200], Y[:200])
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        fit(tmp_path, [None], samples)
