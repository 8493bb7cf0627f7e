import keras
import numpy as np
import pytest

from keras_hier.analysis import untrained


def network():
    """Returns layers that Keras quantizes, alone and within others."""
    image = keras.Input((4, 8))
    x = keras.layers.Dense(6, activation="relu", dtype="mixed_bfloat16")(image)
    x = keras.layers.MultiHeadAttention(2, 3, name="attention")(x, x)
    x = keras.layers.TimeDistributed(keras.layers.Dense(5), name="each")(x)
    x = keras.layers.GlobalAveragePooling1D()(x)
    return keras.Model(image, keras.layers.Dense(3, name="class")(x))


@pytest.mark.any_backend
@pytest.mark.filterwarnings("ignore:Layer .* does not have a `quantize`")
@pytest.mark.parametrize("mode", ["int8", "int4", "float8"])
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
