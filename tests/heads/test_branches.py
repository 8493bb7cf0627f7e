import keras
import numpy as np
import pytest
import small
from keras import ops

import keras_hier as kh
from keras_hier.heads.branches import convolved, hidden
from keras_hier.heads.cell_means import CellMeans


@pytest.mark.parametrize(
    ("shape", "numbers"),
    [
        ((10,), 10),
        ((9, 2), 3 * 2),  # cells of 3
        ((4, 4, 3), 4 * 4 * 3),
        ((13, 6, 3), 4 * 3 * 3),  # cells of 4 x 2
        ((5, 2, 1, 3), 3 * 2 * 1 * 3),
    ],
)
def test_how_many_numbers_the_hidden_layer_reads(shape, numbers):
    features = keras.Input(shape)
    model = keras.Model(features, hidden(7, dropout=0)(features))
    assert model.output.shape == (None, 7)
    (kernel,) = (w for w in model.weights if w.name == "kernel")
    assert kernel.shape == (numbers, 7)
    assert np.isfinite(ops.convert_to_numpy(model(np.ones((2, *shape))))).all()


@pytest.mark.any_backend
@pytest.mark.parametrize("size", [1, 5, 13])
@pytest.mark.parametrize("form", ["channels_last", "channels_first"])
def test_cells_are_means_of_what_is_in_them(size, form):
    x = np.random.default_rng(size).normal(size=(2, size, 6, 3))
    x = x.astype("float32")
    cell = -(-size // 4)
    starts = np.arange(-(-size // cell)) * cell - (-size % cell) // 2
    expected = np.stack(
        [x[:, max(at, 0) : at + cell].mean(axis=1) for at in starts], axis=1
    )
    expected = expected.reshape(2, -1, 3, 2, 3).mean(axis=3)
    first = form == "channels_first"
    given = np.moveaxis(x, -1, 1) if first else x
    found = keras.ops.convert_to_numpy(CellMeans((cell, 2), form)(given))
    found = np.moveaxis(found, 1, -1) if first else found
    np.testing.assert_allclose(found, expected, atol=1e-6)


@pytest.mark.any_backend
@pytest.mark.parametrize("head", ["convolved", "grid"])
def test_pixels_that_are_whole_numbers(head):
    hierarchy = small.hierarchy()
    cut = hierarchy.cut(depth=1)
    pixels = keras.Input((8, 8, 3), dtype="uint8", name="image")
    x = keras.layers.Rescaling(1 / 255)(pixels)
    x = keras.layers.Flatten()(x)
    scores = keras.layers.Dense(hierarchy.num_classes, name="class")(x)
    model = kh.add_heads(
        keras.Model(pixels, scores),
        heads={"image": {"head": cut}},
        probes={"image": {"probe": cut}},
        head=head,
    )
    images = np.arange(2 * 8 * 8 * 3).reshape(2, 8, 8, 3).astype("uint8")
    found = model.predict(images, verbose=0)
    assert found["head"].shape == found["probe"].shape == (2, cut.num_groups)


@pytest.mark.parametrize("head", ["hidden", "convolved", "grid"])
def test_more_axes_than_are_averaged_name_the_head_that_takes_them(head):
    clips = keras.Input((2, 3, 4, 5, 6), name="clips")
    x = keras.layers.Activation("linear", name="seen")(clips)
    scores = keras.layers.Dense(6, name="class")(keras.layers.Flatten()(x))
    base = keras.Model(clips, scores)
    cut = small.hierarchy().cut(depth=1)
    with pytest.raises(ValueError, match="Use head='pool'"):
        kh.add_heads(base, heads={"seen": cut}, head=head)
    kh.add_heads(base, heads={"seen": cut}, head="pool")


def test_texts_carry_no_head():
    texts = keras.Input((1,), dtype="string", name="text")
    x = keras.layers.TextVectorization(vocabulary=["a"], name="numbers")(texts)
    x = keras.layers.Embedding(3, 4)(x)
    x = keras.layers.GlobalAveragePooling1D()(x)
    base = keras.Model(texts, keras.layers.Dense(6, name="class")(x))
    cut = small.hierarchy().cut(depth=1)
    with pytest.raises(ValueError, match=r"as numbers.*got texts"):
        kh.add_heads(base, heads={"text": cut})


@pytest.mark.parametrize(
    ("arguments", "units"), [({}, 128), ({"head": "convolved"}, 256)]
)
def test_it_is_what_heads_have_and_probes_have_not(arguments, units):
    hierarchy = small.hierarchy()
    cut = hierarchy.cut(depth=1)
    model = kh.add_heads(
        small.model(), heads={"conv2": cut}, probes={"conv2": cut}, **arguments
    )
    head = model.get_layer(f"conv2_groups{cut.num_groups}")
    assert head.input.shape == (None, units)
    probe = model.get_layer(f"conv2_probe{cut.num_groups}")
    assert probe.input is model.get_layer("conv2").output


def test_it_learns_what_a_linear_head_cannot():
    # Whether two pixels agree: no sum of means tells.
    rng = np.random.default_rng(0)
    bits = rng.integers(2, size=(400, 2))
    keras.utils.set_random_seed(0)
    pixels = keras.Input((2,), name="pixels")
    x = keras.layers.Activation("linear", name="seen")(pixels)
    base = keras.Model(pixels, keras.layers.Dense(2, name="class")(x))
    tree = kh.Hierarchy.from_paths([("a", "same"), ("b", "other")])
    accuracy = {}
    for shape in ("hidden", "pool"):
        model = kh.add_heads(
            base, heads={"seen": {"head": tree.cut(max_size=1)}}, head=shape
        )
        small.compiled(model, tree, keras.optimizers.Adam(0.1), metrics=False)
        data = kh.targets(model)(bits * 2.0 - 1, bits[:, 0] ^ bits[:, 1])
        model.fit(*data, batch_size=400, epochs=12, verbose=0)
        found = model(data[0])["head"]
        right = ops.argmax(found, 1) == data[1]["head"]
        accuracy[shape] = ops.convert_to_numpy(right).mean()
    assert accuracy["hidden"] > 0.95
    assert accuracy["pool"] < 0.8


@pytest.mark.parametrize(
    ("shape", "seen", "numbers"),
    [
        ((16, 2), (8,), 4 * 5),  # every second position, then cells of 2
        ((7, 6, 3), (7, 6), 4 * 3 * 5),  # all of them, then cells of 2 x 2
        ((14, 12, 3), (7, 6), 4 * 3 * 5),
        ((14, 6, 3), (14, 6), 4 * 3 * 5),  # one axis is short
        ((3, 2, 2, 3), (3, 2, 2), 3 * 2 * 2 * 5),
        ((None, None, 3), (None, None), 5),
    ],
)
def test_how_much_of_a_layer_a_convolution_sees(shape, seen, numbers):
    features = keras.Input(shape)
    model = keras.Model(features, convolved(5, 7, dropout=0)(features))
    assert model.output.shape == (None, 7)
    assert model.layers[1].output.shape == (None, *seen, 5)
    kernels = [w.shape for w in model.weights if w.name == "kernel"]
    assert kernels == [(3,) * (len(shape) - 1) + (shape[-1], 5), (numbers, 7)]
    some = np.ones((2, *(size or 6 for size in shape)))
    assert np.isfinite(ops.convert_to_numpy(model(some))).all()


def test_channels_come_first_where_images_have_them_there(keras_config):
    keras_config.set_image_data_format("channels_first")
    image, sequence = keras.Input((3, 12, 16)), keras.Input((9, 2))
    for branch, features, kernels in (
        (hidden(7), image, [(3 * 4 * 4, 7)]),
        (hidden(7), sequence, [(3 * 2, 7)]),  # its channels stay last
        (convolved(5, 7), image, [(3, 3, 3, 5), (5 * 3 * 4, 7)]),
        (convolved(5, 7), sequence, [(3, 2, 5), (3 * 5, 7)]),
    ):
        model = keras.Model(features, branch(features))
        assert model.output.shape == (None, 7)
        assert [w.shape for w in model.weights if w.name == "kernel"] == kernels
        for layer in model.layers:
            if isinstance(layer, keras.layers.BatchNormalization):
                assert layer.gamma.shape[0] in (5, 7)


def test_a_convolution_needs_positions():
    with pytest.raises(ValueError, match="head='hidden'"):
        convolved()(keras.Input((10,)))
