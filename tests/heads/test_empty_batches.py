"""Batches without a sample: heads and probes go on as before."""

import keras
import numpy as np
import pytest
import small
from keras import ops

import keras_hier as kh
from keras_hier.heads import branches
from keras_hier.keras_internals import BatchNormalization

TREE = small.hierarchy()
CUT = TREE.cut(depth=1)


def headed():
    """Returns a model without convolutions: TensorFlow's need a sample."""
    keras.utils.set_random_seed(0)
    image = keras.Input((8, 8, 1), name="image")
    x = keras.layers.Flatten()(image)
    x = keras.layers.Dense(7, activation="relu", name="seen")(x)
    base = keras.Model(image, keras.layers.Dense(6, name="class")(x))
    model = kh.add_heads(
        base,
        heads={"seen": CUT},
        probes={"seen": CUT},
        head=branches.hidden(4, dropout=0.0),
    )
    model.compile(keras.optimizers.SGD(0.05), **small.losses(model, TREE))
    return model


@pytest.mark.any_backend
@pytest.mark.parametrize("dtype", ["float32", "mixed_bfloat16"])
def test_moving_statistics_stay_as_they_are(dtype):
    shape = (4, 7)
    layer = BatchNormalization(momentum=0.9, dtype=dtype)
    layer.build((None, *shape))
    for weight in layer.weights:
        weight.assign(np.linspace(0.3, 1.7, 7))
    before = [ops.convert_to_numpy(weight) for weight in layer.weights]
    assert layer(np.zeros((0, *shape)), training=True).shape == (0, *shape)
    for weight, value in zip(layer.weights, before, strict=True):
        np.testing.assert_allclose(
            ops.convert_to_numpy(weight), value, 1e-6, err_msg=weight.path
        )


def test_training_meets_an_empty_batch_among_others(keras_config):
    import tensorflow as tf

    x, y = small.data(16)
    keras_config.set_dtype_policy("mixed_bfloat16")
    fresh = small.AsNew(headed)
    fresh()
    keras_config.set_dtype_policy("float32")
    trained = []
    for sizes in ((8, 8), (8, 0, 8)):
        model, ends = fresh(), np.cumsum(sizes)

        def some(sizes=sizes, ends=ends):
            for size, end in zip(sizes, ends, strict=True):
                yield x[end - size : end], y[end - size : end]

        data = tf.data.Dataset.from_generator(
            some,
            output_signature=(
                tf.TensorSpec((None, 8, 8, 1)),
                tf.TensorSpec((None,), tf.int64),
            ),
        ).apply(tf.data.experimental.assert_cardinality(len(sizes)))
        data = data.map(kh.targets(model))
        history = model.fit(data, verbose=0, shuffle=False).history
        trained.append((history, model.get_weights()))
    (history, weights), (same_history, same_weights) = trained
    # Keras takes the losses of single outputs for 0 in that batch.
    np.testing.assert_allclose(same_history["loss"], history["loss"], 1e-5)
    for name, values in same_history.items():
        assert np.isfinite(values).all(), name
    for values, same in zip(weights, same_weights, strict=True):
        np.testing.assert_allclose(same, values, rtol=1e-5, atol=1e-6)


@pytest.mark.filterwarnings("ignore:Your input ran out of data")
@pytest.mark.parametrize("label_mode", ["int", "categorical", "nodes"])
def test_an_empty_batch_counts_nothing_where_steps_are_not_compiled(label_mode):
    model = headed()
    model.compile(
        keras.optimizers.SGD(0.05),
        **kh.compile_args(model, TREE, label_mode=label_mode),
        run_eagerly=True,
    )
    x, y = small.data(16)
    if label_mode == "categorical":
        y = np.eye(6, dtype="float32")[y]
    apply = kh.targets(model, label_mode=label_mode)
    parts = [slice(0, 8), slice(0, 0), slice(8, 16)]

    def some(parts):
        return (apply(x[part], y[part]) for part in parts)

    model.fit(some(parts), verbose=0, shuffle=False)
    for weight in model.get_weights():  # Keras's own losses show NaN
        assert np.isfinite(weight).all()
    whole = model.evaluate(some(parts), verbose=0, return_dict=True)
    without = model.evaluate(some(parts[::2]), verbose=0, return_dict=True)
    for name in ("class_accuracy", "class_distance"):
        assert whole[name] == pytest.approx(without[name])


def test_a_replica_without_a_sample(mirrored):
    import tensorflow as tf

    x, y = small.data(5)
    with mirrored.scope():
        model = headed()
    data = tf.data.Dataset.from_tensor_slices((x, y)).batch(4)
    data = data.map(kh.targets(model))
    history = model.fit(
        data, validation_data=data, verbose=0, shuffle=False
    ).history
    for name, values in history.items():
        assert np.isfinite(values).all(), name
    for weight in model.weights:
        for replica in weight.value.values:
            assert np.isfinite(replica.numpy()).all(), weight.path
