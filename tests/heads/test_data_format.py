"""Features whose channels are not where the configuration has them."""

import keras
import numpy as np
import pytest
import small

import keras_hier as kh

TREE = small.hierarchy()
CUT = TREE.cut(depth=1)


@pytest.fixture
def channels_first(keras_config):
    keras_config.set_image_data_format("channels_first")


def images_with_channels_first():
    # TensorFlow makes such a graph on a CPU, but cannot run it.
    x = image = keras.Input((3, 8, 10))
    x = keras.layers.Conv2D(
        4, 3, data_format="channels_first", name="convolved"
    )(x)
    x = keras.layers.Activation("relu", name="conv1")(x)
    x = keras.layers.GlobalAveragePooling2D(data_format="channels_first")(x)
    return keras.Model(image, keras.layers.Dense(6, name="class")(x))


@pytest.mark.parametrize(
    ("head", "numbers"), [("pool", 4), ("grid", 4 * 3 * 4), ("hidden", 128)]
)
def test_layers_that_are_told_their_format(head, numbers):
    model = kh.add_heads(
        images_with_channels_first(),
        heads={"conv1": CUT},
        probes={"conv1": CUT},
        head=head,
    )
    assert model.get_layer("conv1_groups3").kernel.shape == (numbers, 3)
    means = model.get_layer("conv1_probe3").kernel.shape[0]
    assert means == (4 if head != "grid" else numbers)
    if head == "hidden":
        branch = model.get_layer("conv1_groups3_branch")
        # Cells of 2 x 2 positions, [N, 6, 8] of them.
        assert branch.layers[1].output.shape == (None, 3, 4, 4)


def test_sequences_of_a_convolution_follow_the_configuration(channels_first):
    sequence = keras.Input((2, 20))
    x = keras.layers.Conv1D(4, 3, name="conv1")(sequence)
    assert x.shape == (None, 4, 18)
    x = keras.layers.Flatten()(x)
    base = keras.Model(sequence, keras.layers.Dense(6, name="class")(x))
    model = kh.add_heads(base, heads={"conv1": CUT}, head="pool")
    assert model.get_layer("conv1_groups3").kernel.shape == (4, 3)


def test_other_sequences_do_not(channels_first):
    words = keras.Input((20,), dtype="int32")
    x = keras.layers.Embedding(9, 5, name="words")(words)
    x = keras.layers.LSTM(6, name="read")(x)
    base = keras.Model(words, keras.layers.Dense(6, name="class")(x))
    model = kh.add_heads(base, heads={"words": CUT}, head="pool")
    assert model.get_layer("words_groups3").kernel.shape == (5, 3)


def test_axes_that_are_moved_stay_where_they_are_put():
    x = image = keras.Input((8, 10, 3))
    x = keras.layers.Permute((3, 1, 2))(x)
    x = keras.layers.Conv2D(
        4, 3, data_format="channels_first", name="convolved"
    )(x)
    x = keras.layers.Permute((2, 3, 1), name="conv1")(x)
    top = keras.layers.Dense(6, name="class")(keras.layers.Flatten()(x))
    model = kh.add_heads(keras.Model(image, top), {"conv1": CUT}, head="pool")
    assert model.get_layer("conv1_groups3").kernel.shape == (4, 3)


@pytest.mark.parametrize("head", ["pool", "grid"])
def test_a_head_reads_the_same_where_another_format_is_configured(
    head, keras_config
):
    features = np.random.default_rng(0).normal(size=(2, 6, 8, 4))
    made = kh.GroupHead(CUT, "conv1", head=head)
    expected = made(features)
    keras_config.set_image_data_format("channels_first")
    again = kh.GroupHead.from_config(made.get_config())
    again.build(features.shape)
    again.set_weights(made.get_weights())
    found = again(features)
    np.testing.assert_allclose(
        keras.ops.convert_to_numpy(found),
        keras.ops.convert_to_numpy(expected),
        atol=1e-6,
    )
