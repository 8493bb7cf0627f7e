"""Sequences of different lengths: what is padding tells nothing."""

import warnings

import keras
import numpy as np
import pytest

import keras_hier as kh

CUT = kh.Grouping(["a", "b", "c"], [0, 0, 1, 1, 2, 2])
SHORT = np.array([[3, 1, 4], [5, 2, 6]])
PADDED = np.pad(SHORT, ((0, 0), (0, 7)))


@pytest.fixture
def base():
    keras.utils.set_random_seed(0)
    words = keras.Input((None,), dtype="int32")
    x = keras.layers.Embedding(9, 5, mask_zero=True, name="words")(words)
    x = keras.layers.LSTM(6, return_sequences=True, name="read")(x)
    x = keras.layers.GlobalAveragePooling1D()(x)
    return keras.Model(words, keras.layers.Dense(6, name="class")(x))


@pytest.mark.any_backend
def test_heads_and_probes_leave_padding_out(base):
    with warnings.catch_warnings():
        # Keras's, of layers that lose a mask.
        warnings.simplefilter("error")
        model = kh.add_heads(
            base,
            heads={"words": CUT, "read": CUT},
            probes={"read": CUT},
            head="pool",
        )
    found = model.predict(PADDED, verbose=0)
    assert set(found) > {"words_groups3", "read_groups3", "read_probe3"}
    for name, expected in model.predict(SHORT, verbose=0).items():
        np.testing.assert_allclose(found[name], expected, atol=1e-6)


@pytest.mark.any_backend
def test_a_sample_that_is_all_padding_has_logits(base):
    model = kh.add_heads(base, heads={"words": CUT}, head="pool")
    head = model.get_layer("words_groups3")
    found = head(
        np.full((2, 4, 5), np.nan, "float32"), mask=np.zeros((2, 4), "bool")
    )
    expected = np.tile(head.get_weights()[1], (2, 1))
    np.testing.assert_array_equal(keras.ops.convert_to_numpy(found), expected)


@pytest.mark.parametrize("head", ["dense", "grid"])
def test_heads_that_see_padding_say_so(head):
    x = keras.Input((8,), dtype="int32")
    words = keras.layers.Embedding(9, 5, mask_zero=True)(x)
    with pytest.warns(UserWarning, match="does not support masking"):
        kh.GroupHead(CUT, "words", head=head)(words)
