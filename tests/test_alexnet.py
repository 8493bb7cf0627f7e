"""AlexNet: its size, its shapes, its normalization, that it learns."""

import keras
import numpy as np
import pytest

import keras_hier as kh
from keras_hier.alexnet import LocalResponseNormalization


def test_parameters_of_the_published_single_tower_network():
    model = kh.AlexNet(num_classes=1000)
    expected = {
        "conv1": (11 * 11 * 3 + 1) * 96,
        "conv2": (5 * 5 * 96 + 1) * 256,
        "conv3": (3 * 3 * 256 + 1) * 384,
        "conv4": (3 * 3 * 384 + 1) * 384,
        "conv5": (3 * 3 * 384 + 1) * 256,
        "fc6": (6 * 6 * 256 + 1) * 4096,
        "fc7": (4096 + 1) * 4096,
        "class": (4096 + 1) * 1000,
    }
    counts = {name: model.get_layer(name).count_params() for name in expected}
    assert counts == expected
    assert model.count_params() == 62_378_344


@pytest.mark.parametrize(
    ("size", "conv1", "pool5"),
    [
        (32, 32, 3),
        (48, 24, 2),
        (96, 48, 5),
        (128, 30, 2),
        (227, 55, 6),
    ],
)
def test_small_inputs_get_a_small_stem(size, conv1, pool5):
    model = kh.AlexNet(10, (size, size, 3), width=0.05)
    assert model.get_layer("conv1").output.shape[1] == conv1
    assert model.get_layer("pool5").output.shape[1] == pool5
    assert model.output.shape == (None, 10)


def test_channels_come_last_whatever_is_configured(keras_config):
    keras_config.set_image_data_format("channels_first")
    model = kh.AlexNet(10, (64, 48, 3), width=0.05)
    assert model.get_layer("pool5").output.shape == (None, 3, 2, 13)
    assert np.isfinite(model.predict(np.ones((2, 64, 48, 3)), verbose=0)).all()


def test_width_scales_every_hidden_layer():
    model = kh.AlexNet(7, (64, 48, 1), width=0.5)
    widths = [model.get_layer(f"conv{i}").filters for i in range(1, 6)]
    assert widths == [48, 128, 192, 192, 128]
    assert model.get_layer("fc6").units == model.get_layer("fc7").units == 2048
    assert model.get_layer("class").units == 7


def norms(model):
    return [layer.name for layer in model.layers if "norm" in layer.name]


def test_normalizations():
    def build(normalization):
        return kh.AlexNet(
            3, (32, 32, 3), width=0.05, normalization=normalization
        )

    assert norms(build("lrn")) == ["norm1", "norm2"]
    assert norms(build("batch")) == [f"norm{i}" for i in range(1, 6)]
    assert norms(build(None)) == []


def test_uint8_and_float_pixels_are_the_same_and_output_is_logits():
    # With one draw of weights in thirty no logit is below 0.
    keras.utils.set_random_seed(0)
    model = kh.AlexNet(5, (32, 32, 3), width=0.1)
    pixels = np.random.default_rng(0).integers(0, 256, (4, 32, 32, 3), "uint8")
    logits = model.predict(pixels, verbose=0)
    np.testing.assert_array_equal(
        logits, model.predict(pixels.astype("float32"), verbose=0)
    )
    assert not np.allclose(logits.sum(axis=1), 1)
    assert logits.min() < 0


def test_logits_are_float32_under_mixed_precision(keras_config):
    keras_config.set_dtype_policy("mixed_bfloat16")
    model = kh.AlexNet(5, (32, 32, 3), width=0.1)
    assert model.output.dtype == "float32"
    assert model.get_layer("conv2").output.dtype == "bfloat16"


@pytest.mark.parametrize(
    ("normalization", "optimizer"),
    [
        ("lrn", lambda: keras.optimizers.SGD(0.01, 0.9, weight_decay=5e-3)),
        ("batch", lambda: keras.optimizers.Adam(1e-3)),
    ],
)
def test_it_learns(normalization, optimizer):
    # Four classes by the direction of a grating: nothing to read off a pixel.
    keras.utils.set_random_seed(0)
    rng = np.random.default_rng(0)
    labels = np.repeat(np.arange(4), 32)
    angle = labels * np.pi / 4
    row, column = np.mgrid[:32, :32]
    phase = (
        row * np.cos(angle)[:, None, None]
        + column * np.sin(angle)[:, None, None]
        + rng.uniform(0, 6, (128, 1, 1))
    )
    images = 127 + 60 * np.sin(phase) + rng.normal(0, 20, phase.shape)
    model = kh.AlexNet(
        4, (32, 32, 1), width=0.25, normalization=normalization, dropout=0.2
    )
    model.compile(
        optimizer(),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    model.fit(images[..., None], labels, 32, epochs=14, verbose=0)
    assert model.evaluate(images[..., None], labels, verbose=0)[1] > 0.9


def test_the_penalty_of_the_paper_as_weight_decay():
    # The paper's 0.0005 is what the gradient gets of each weight: half of it is
    # the factor of the squares. Larger here, to be settled within 600 steps.
    momentum, penalty = 0.9, 0.02
    rng = np.random.default_rng(0)
    x = rng.normal(size=(64, 8)).astype("float32")
    labels = x[:, :3].argmax(axis=1)
    # The same batch 600 times, many of them in one call: an epoch for each
    # would cost a minute.
    x, labels = np.tile(x, (600, 1)), np.tile(labels, 600)

    def kernel(l2=None, weight_decay=None):
        keras.utils.set_random_seed(0)
        penalized = keras.regularizers.L2(l2 / 2) if l2 else None
        layer = keras.layers.Dense(3, kernel_regularizer=penalized)
        model = keras.Sequential([keras.Input((8,)), layer])
        optimizer = keras.optimizers.SGD(
            0.05, momentum=momentum, weight_decay=weight_decay
        )
        optimizer.exclude_from_weight_decay(var_names=["bias"])
        model.compile(
            optimizer,
            keras.losses.SparseCategoricalCrossentropy(from_logits=True),
            steps_per_execution=100,
        )
        model.fit(x, labels, 64, shuffle=False, verbose=0)
        return layer.kernel.numpy()

    expected = kernel(l2=penalty)
    size = np.linalg.norm(expected)
    found = kernel(weight_decay=penalty / (1 - momentum))
    assert np.linalg.norm(found - expected) < 0.02 * size
    copied = np.linalg.norm(kernel(weight_decay=penalty) - expected) / size
    assert copied > 0.2


@pytest.mark.any_backend
@pytest.mark.parametrize("dtype", ["float32", "float16"])
def test_local_response_normalization_is_the_papers_formula(dtype):
    rng = np.random.default_rng(0)
    # 300 squared overflows float16.
    x = rng.normal(0, 100, (2, 3, 3, 7)).astype(dtype)
    x[0, 0, 0, 0] = 300
    layer = LocalResponseNormalization(depth=5, alpha=1e-3, dtype=dtype)
    expected = np.empty(x.shape)
    for c in range(7):
        near = x[..., max(0, c - 2) : c + 3].astype(float)
        expected[..., c] = x[..., c] / (2 + 1e-3 * (near**2).sum(-1)) ** 0.75
    got = keras.ops.convert_to_numpy(layer(x))
    assert got.dtype == dtype
    np.testing.assert_allclose(
        got, expected, rtol=1e-5 if dtype == "float32" else 3e-3, atol=1e-3
    )


def test_local_response_normalization_is_tensorflows():
    import tensorflow as tf

    x = np.random.default_rng(0).normal(0, 50, (2, 4, 4, 16)).astype("float32")
    np.testing.assert_allclose(
        LocalResponseNormalization()(x),
        tf.nn.local_response_normalization(x, 2, 2.0, 1e-4, 0.75),
        rtol=1e-5,
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"num_classes": 1}, "num_classes"),
        ({"num_classes": 5, "input_shape": (31, 64, 3)}, r"\(31, 64, 3\)"),
        ({"num_classes": 5, "input_shape": (64, 64)}, "channels"),
        (
            {"num_classes": 5, "input_shape": (None, None, 3)},
            "all .* known",
        ),
        ({"num_classes": 5, "normalization": "group"}, "'group'"),
        ({"num_classes": 5, "width": 0}, "width"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        kh.AlexNet(**arguments)


def test_local_response_normalization_wants_a_centre():
    with pytest.raises(ValueError, match="odd"):
        LocalResponseNormalization(depth=4)
