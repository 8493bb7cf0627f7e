import keras
import numpy as np
import pytest

from keras_hier.analysis import features, untrained

layers = keras.layers


def network():
    """Returns layers that Keras quantizes, alone and within others."""
    image = keras.Input((4, 8))
    x = keras.layers.Dense(6, activation="relu", dtype="mixed_bfloat16")(image)
    x = keras.layers.MultiHeadAttention(2, 3, name="attention")(x, x)
    x = keras.layers.TimeDistributed(keras.layers.Dense(5), name="each")(x)
    x = keras.layers.GlobalAveragePooling1D()(x)
    return keras.Model(image, keras.layers.Dense(3, name="class")(x))


@pytest.mark.filterwarnings("ignore:Layer .* does not have a `quantize`")
@pytest.mark.parametrize("mode", ["int8", "float8"])
def test_of_a_quantized_network_it_is_that_of_the_network_before(mode):
    model = network()
    expected = untrained(model, 3)
    model.quantize(mode)
    made = untrained(model, 3)
    for layer, before in zip(made.layers, expected.layers, strict=True):
        assert layer.dtype_policy == before.dtype_policy
    for weight, before in zip(made.weights, expected.weights, strict=True):
        np.testing.assert_array_equal(
            keras.ops.convert_to_numpy(weight),
            keras.ops.convert_to_numpy(before),
            err_msg=weight.path,
        )
        assert weight.path.endswith("bias") or (
            keras.ops.max(keras.ops.abs(weight)) > 0
        )


def test_preprocessing_of_an_untrained_network_is_that_of_the_trained():
    words = keras.Input((), dtype="string")
    split = layers.TextVectorization(output_sequence_length=3)
    split.adapt(["a cat", "a dog", "the bus"])
    x = layers.Embedding(20, 4)(split(words))
    x = layers.Lambda(lambda t: 2.0 * t, output_shape=(3, 4))(x)
    x = layers.Dense(5, name="inner")(layers.Flatten()(x))
    model = keras.Model(words, layers.Dense(2, name="class")(x))
    data = np.array(["the cat", "a dog"] * 4), np.arange(8) % 2
    found = features(untrained(model), data, layers=["inner"], per_class=None)
    # Each has another vector: words of no vocabulary would be alike.
    assert not np.allclose(found["inner"][0], found["inner"][1])


def test_initializers_with_a_seed_are_drawn_anew():
    image = keras.Input((4,))
    fixed = keras.initializers.GlorotUniform(seed=3)
    x = layers.Dense(4, kernel_initializer=fixed, name="fixed")(image)
    model = keras.Model(image, layers.Dense(3)(x))
    made = untrained(model, 0)
    assert not np.array_equal(
        made.get_layer("fixed").get_weights()[0],
        model.get_layer("fixed").get_weights()[0],
    )


def test_a_subclassed_model_keeps_its_name():
    class Back(keras.Model):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.dense = layers.Dense(4)

        def call(self, x):
            return self.dense(x)

    image = keras.Input((8,))
    x = layers.Dense(5, name="h")(Back(name="mine")(image))
    model = keras.Model(image, layers.Dense(3)(x))
    data = np.eye(6, 8, dtype="float32"), np.arange(6) % 3
    made = untrained(model)
    found, control = (features(each, data) for each in (model, made))
    assert found.layers == control.layers == ("mine", "h")
    assert not np.array_equal(found["mine"], control["mine"])
