"""Features of layers with positions: means, grids, padding, channels."""

import keras
import numpy as np
import pytest

from keras_hier.analysis import features
from keras_hier.features.pooling import Pooled

layers = keras.layers


@pytest.mark.parametrize(
    ("pool", "shape", "expected"),
    [
        ("mean", (2, 4, 4, 3), (2, 3)),
        ("grid3", (2, 4, 4, 3), (2, 27)),
        ("grid3", (2, 2, 5, 3), (2, 18)),
        ("grid3", (2, 7, 3), (2, 3)),
        ("cls", (2, 7, 3), (2, 3)),
        ("grid3", (2, 3), (2, 3)),
        ("grid3", (2, 2, 2, 2, 3), (2, 3)),
    ],
)
def test_pooling(pool, shape, expected):
    x = np.random.default_rng(0).normal(size=shape).astype("float32")
    found = keras.ops.convert_to_numpy(Pooled(pool)(x))
    assert found.shape == expected
    if pool == "cls":
        np.testing.assert_array_equal(found, x[:, 0])
    else:
        cells = found.reshape(2, -1, 3)
        mean = x.reshape(2, -1, 3).mean(axis=1)
        np.testing.assert_allclose(cells.mean(axis=1), mean, atol=1e-6)


def test_a_border_within_a_position_is_shared():
    line = np.arange(4, dtype="float32").reshape(1, 4, 1, 1)
    found = keras.ops.convert_to_numpy(Pooled("grid3")(line))
    # Thirds of four positions: 0 and a third of 1, ...
    assert found.ravel() == pytest.approx([0.25, 1.5, 2.75])


def test_padding_is_left_out_of_the_mean():
    words = keras.Input((None,), dtype="int32")
    x = layers.Embedding(9, 5, mask_zero=True, name="words")(words)
    x = layers.LSTM(6, return_sequences=True, name="read")(x)
    x = layers.Dense(3, name="class")(layers.GlobalAveragePooling1D()(x))
    model = keras.Model(words, x)
    short = np.array([[3, 1, 4], [5, 2, 6]])
    padded = np.pad(short, ((0, 0), (0, 7)))
    alone, found = (
        features(model, (x, np.array([0, 1])), ["words", "read"])
        for x in (short, padded)
    )
    for layer in ("words", "read"):
        np.testing.assert_allclose(found[layer], alone[layer], atol=1e-3)


@pytest.mark.parametrize(
    ("configured", "pool", "numbers"),
    [("channels_first", "mean", 3), ("channels_last", "grid3", 27)],
)
def test_channels_are_where_the_layer_has_them(
    pool, numbers, configured, keras_config
):
    keras_config.set_image_data_format(configured)
    image = keras.Input((3, 4, 6))
    x = layers.UpSampling2D(2, data_format="channels_first", name="large")(
        image
    )
    x = layers.Activation("relu", name="conv1")(x)
    x = layers.Dense(3, name="class")(layers.Flatten()(x))
    x_in = np.random.default_rng(0).uniform(size=(6, 3, 4, 6))
    found = features(
        keras.Model(image, x), (x_in, np.arange(6) % 3), ["conv1"], pool
    )
    read = found["conv1"]
    assert read.shape == (6, numbers)
    # Channels last, whatever the layer: so the view reads cells off it.
    assert found.shapes == ("8 x 12 x 3",)
    if pool == "mean":
        # The draw may change their order.
        np.testing.assert_allclose(
            np.sort(read, axis=0),
            np.sort(x_in.mean(axis=(2, 3)), axis=0),
            atol=1e-3,
        )


def test_batches_need_not_be_of_one_shape():
    keras.utils.set_random_seed(0)
    image = keras.Input((None, None, 3))
    x = layers.Conv2D(4, 3, activation="relu", name="conv1")(image)
    x = layers.GlobalAveragePooling2D()(x)
    model = keras.Model(image, layers.Dense(4, name="class")(x))

    rng = np.random.default_rng(0)
    batches = [
        (rng.normal(size=(20, 9 + at, 9, 3)), rng.integers(0, 4, 20))
        for at in range(4)
    ]
    every = features(model, batches, per_class=None)
    # Images of any size have no grid.
    assert (every.pools, every.shapes) == (("mean",), ("? x ? x 4",))
    some = features(model, batches, per_class=5)
    assert len(some) == 20
    for row, value in zip(some.output, some["conv1"], strict=True):
        far = abs(every.output - row).max(axis=1)
        assert far.min() < 1e-5
        np.testing.assert_allclose(
            value, every["conv1"][far.argmin()], atol=2e-3
        )
