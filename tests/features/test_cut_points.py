import keras
import pytest

import keras_hier as kh
from keras_hier.features.cut_points import cut_points, points_of, symbolic

layers = keras.layers


def names(model):
    return [point.name for point in cut_points(model)]


def test_one_a_block_up_to_what_the_output_takes():
    model = kh.AlexNet(10, (64, 64, 3), width=0.1, normalization="batch")
    assert names(model) == [
        "conv1", "conv2", "conv3", "conv4", "conv5", "fc6", "fc7",
    ]  # fmt: skip


def test_of_what_follows_a_layer_the_first_with_an_activation():
    image = keras.Input((8, 8, 3))
    x = layers.Conv2D(4, 3, name="conv")(image)
    x = layers.BatchNormalization(name="norm")(x)
    x = layers.ReLU(name="act")(x)
    x = layers.MaxPooling2D(name="pool")(x)
    x = layers.Flatten()(x)
    x = layers.Dense(5, name="hidden")(x)
    x = keras.ops.relu(x)
    x = layers.Dropout(0.5, name="dropout")(x)
    x = layers.Dense(4, name="class")(x)
    found = names(keras.Model(image, layers.Softmax()(x)))
    assert found[0] == "act"
    assert len(found) == 2
    assert found[1].startswith("relu")


def test_global_pooling_is_of_the_block_of_its_convolution():
    image = keras.Input((8, 8, 3))
    x = layers.Conv2D(4, 3, activation="relu", name="conv")(image)
    x = layers.GlobalAveragePooling2D(name="pool")(x)
    model = keras.Model(image, layers.Dense(3)(x))
    assert names(model) == ["conv"]
    assert [point.name for point in points_of(model, ["pool"])] == ["pool"]


def test_within_a_residual_block_nothing_is_cut():
    image = keras.Input((8, 8, 3))
    x = layers.Conv2D(4, 3, padding="same", name="stem")(image)
    for block in (1, 2):
        y = layers.Conv2D(4, 3, padding="same", name=f"a{block}")(x)
        y = layers.Conv2D(4, 3, padding="same", name=f"b{block}")(y)
        x = layers.Add(name=f"add{block}")([x, y])
    x = layers.GlobalAveragePooling2D(name="mean")(x)
    model = keras.Model(image, layers.Dense(3)(x))
    assert names(model) == ["stem", "add1", "mean"]


def test_a_network_of_keras():
    model = keras.applications.ResNet50(
        weights=None, classes=10, input_shape=(32, 32, 3)
    )
    found = names(model)
    assert len(found) == 17
    assert (found[0], found[-1]) == ("conv1_relu", "conv5_block3_out")
    chosen = [point.name for point in points_of(model, None)]
    assert len(chosen) == 12
    assert (chosen[0], chosen[-1]) == (found[0], found[-1])
    assert [name for name in found if name in chosen] == chosen


def backbone():
    image = keras.Input((8, 8, 3))
    x = layers.Conv2D(4, 3, activation="relu", name="conv1")(image)
    x = layers.Conv2D(5, 3, activation="relu", name="conv2")(x)
    return keras.Model(image, x, name="backbone")


def test_a_backbone_is_entered():
    model = keras.Sequential(
        [keras.Input((8, 8, 3)), backbone(), layers.Flatten(), layers.Dense(3)]
    )
    assert names(model) == ["backbone/conv1", "backbone/conv2"]
    twice = keras.Sequential(
        [keras.Input((8, 8, 3)), model.layers[0], layers.Flatten()],
        name="inner",
    )
    outer = keras.Sequential([keras.Input((8, 8, 3)), twice, layers.Dense(3)])
    assert names(outer) == ["inner/backbone/conv1", "inner/backbone/conv2"]


class Back(keras.Model):
    """A model whose layers only its code knows."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.dense = layers.Dense(4, name="dense")

    def call(self, x):
        return self.dense(x)


def test_a_subclassed_model_is_a_plain_layer():
    image = keras.Input((8,))
    x = layers.Dense(5, name="h")(Back(name="back")(image))
    inner = keras.Model(image, x, name="inner")
    image = keras.Input((8,))
    model = keras.Model(image, layers.Dense(6)(inner(image)))
    assert names(inner) == ["back"]
    assert names(model) == ["inner/back", "inner/h"]
    tensors = symbolic(points_of(model, ["inner/back", "inner/h"]))
    assert [tensor.shape for tensor in tensors] == [(None, 4), (None, 5)]
    with pytest.raises(ValueError, match="'back' is no model whose graph"):
        points_of(model, ["inner/back/dense"])


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (["conv9"], r"no layer 'conv9' in 'small'; there are .*conv1"),
        (["conv1/x"], "'conv1' is no model"),
        ([], "at least one layer"),
    ],
)
def test_layers_that_are_not_there(asked, said):
    image = keras.Input((8, 8, 3))
    x = layers.Flatten()(layers.Conv2D(4, 3, name="conv1")(image))
    model = keras.Model(image, layers.Dense(3)(x), name="small")
    with pytest.raises(ValueError, match=said):
        points_of(model, asked)


def test_a_layer_that_is_used_twice_is_refused():
    image = keras.Input((4,))
    shared = layers.Dense(4, name="shared")
    model = keras.Model(image, layers.Dense(3)(shared(shared(image))))
    with pytest.raises(ValueError, match="'shared' gives 2 tensors"):
        points_of(model, ["shared"])


def test_of_several_results_those_count_that_something_takes():
    tokens = keras.Input((5, 8))
    attention = layers.MultiHeadAttention(2, 4, name="attention")
    x, _ = attention(tokens, tokens, return_attention_scores=True)
    x = layers.Dense(4, activation="relu", name="k")(x)
    _, hidden, cell = layers.LSTM(3, return_state=True, name="lstm")(x)
    one = keras.Model(tokens, layers.Dense(3)(cell))
    assert names(one) == ["attention", "k", "lstm"]
    found = points_of(one, ["attention", "lstm"])
    assert [point.tensor.shape[1:] for point in found] == [(5, 8), (3,)]
    assert found[1].tensor is cell
    both = keras.Model(tokens, layers.Dense(3)(hidden + cell))
    with pytest.raises(ValueError, match="'lstm' gives 2 tensors"):
        points_of(both, ["lstm"])


def test_uses_of_a_shared_layer_are_told_apart():
    image = keras.Input((8, 8, 3))
    act = layers.ReLU(name="act")
    x = act(layers.Conv2D(4, 3, name="conv1")(image))
    x = keras.ops.relu(layers.Conv2D(4, 3, name="conv2")(x))
    x = act(layers.Conv2D(4, 3, name="conv3")(x))
    model = keras.Model(image, layers.Dense(3)(layers.Flatten()(x)))
    first, second, third = names(model)
    assert (first, third) == ("act (1)", "act (2)")
    # By these names a control is read: the second is no layer at all.
    assert second not in {layer.name for layer in model.layers}
    found = points_of(model, [third, first, second])
    assert [point.tensor.shape[1] for point in found] == [2, 6, 4]
    with pytest.raises(ValueError, match="'act' gives 2 tensors"):
        points_of(model, ["act"])


def test_where_nothing_can_be_cut_layers_are_asked_for():
    image = keras.Input((8,))
    model = keras.Model(image, layers.Dense(3, name="class")(image))
    with pytest.raises(ValueError, match=r"found none: name the layers"):
        points_of(model, None)
    assert [point.name for point in points_of(model, ["class"])] == ["class"]


def test_a_model_without_a_graph_is_refused():
    class Mine(keras.Model):
        def call(self, x):
            return x

    with pytest.raises(ValueError, match="functional model"):
        points_of(Mine(), None)
