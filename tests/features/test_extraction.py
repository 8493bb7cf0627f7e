"""Features of samples: what is kept, of which samples, and the control."""

import keras
import numpy as np
import pytest

import keras_hier as kh
from keras_hier.analysis import Features, features, untrained
from keras_hier.features.feature_pass import Reservoir

layers = keras.layers
# Labels 0 to 2; then the root, the cats, and the dogs, of which one is known.
TREE = kh.Hierarchy.from_paths(
    [("cat", "tabby"), ("cat", "siamese"), ("dog", "pug")]
)
ROOT, CAT, DOG = range(3, 6)


@pytest.fixture(scope="module")
def model():
    keras.utils.set_random_seed(0)
    image = keras.Input((9, 9, 2), name="image")
    relu = {"activation": "relu"}
    x = layers.Conv2D(4, 3, padding="same", name="conv1", **relu)(image)
    x = layers.BatchNormalization(name="norm1")(x)
    x = layers.Conv2D(5, 4, name="conv2", **relu)(x)
    x = layers.Flatten()(x)
    x = layers.Dense(7, activation="relu", name="fc")(x)
    x = layers.Dropout(0.5)(x)
    return keras.Model(image, layers.Dense(3, name="class")(x))


class Again:
    """What a function yields, each time it is walked through."""

    def __init__(self, batches):
        self.batches = batches

    def __iter__(self):
        return self.batches()


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(60, 9, 9, 2)).astype("float32")
    return x, np.arange(60) % 3


def by_blocks(x, size=3):
    """Averages 3 x 3 cells of so many positions each way, [N, 9 F]."""
    n, _, _, f = x.shape
    return x.reshape(n, 3, size, 3, size, f).mean(axis=(2, 4)).reshape(n, -1)


def test_they_are_what_the_layers_give(model, data):
    x, y = data
    found = features(model, (x, y), per_class=None)
    assert found.layers == ("conv1", "conv2", "fc")
    assert found.shapes == ("9 x 9 x 4", "6 x 6 x 5", "7")
    assert found.pools == ("grid3", "grid3", "")
    np.testing.assert_array_equal(found.labels, y)
    for name, pool in (
        ("conv1", by_blocks),
        # 6 x 6 positions: cells of 2 x 2.
        ("conv2", lambda x: by_blocks(x, 2)),
        ("fc", lambda x: x),
    ):
        layer = keras.Model(model.inputs, model.get_layer(name).output)
        expected = pool(layer.predict(x, verbose=0))
        np.testing.assert_allclose(found[name], expected, atol=2e-3, rtol=2e-3)
    np.testing.assert_allclose(
        found.output, model.predict(x, verbose=0), atol=1e-5
    )


def test_the_draw_is_even_and_seeded():
    drawn = np.zeros(40)
    for seed in range(200):
        reservoir = Reservoir(2, 4, seed)
        chosen = {}
        for start in range(0, 80, 7):
            batch = np.arange(start, min(start + 7, 80))
            for at, place in zip(
                batch, reservoir.places(batch % 2), strict=True
            ):
                if place >= 0:
                    chosen[place] = at
        assert sorted(chosen) == list(range(8))
        assert [chosen[place] % 2 for place in range(8)].count(0) == 4
        drawn += np.bincount(
            [at // 2 for at in chosen.values() if at % 2 == 0], minlength=40
        )
    # Each of 40 is drawn 20 times of 200, to within 4 standard deviations.
    assert abs(drawn - 20).max() < 4 * np.sqrt(200 * 0.1 * 0.9)


def test_network_and_control_have_the_same_samples(model, data):
    # Places are filled, and taken again, within one batch.
    x, y = data
    ids = [f"{n}.jpg" for n in range(60)]
    batches = [
        {"x": x[at : at + 16], "y": y[at : at + 16], "id": ids[at : at + 16]}
        for at in range(0, 60, 16)
    ]
    found = features(model, batches, per_class=4)
    made = untrained(model)
    control = features(made, batches, layers=found.layers, per_class=4)
    assert found.ids == control.ids
    assert np.bincount(found.labels).tolist() == [4, 4, 4]
    numbers = [int(name.removesuffix(".jpg")) for name in found.ids]
    np.testing.assert_array_equal(found.labels, y[numbers])
    expected = model.predict(x[numbers], verbose=0)
    np.testing.assert_allclose(found.output, expected, atol=1e-5)


@pytest.mark.any_backend
def test_kept_features_say_which_classes_their_numbers_are(
    model, data, tmp_path
):
    made = features(model, data, path=tmp_path / "feats", hierarchy=TREE)
    found = Features.load(tmp_path / "feats")
    np.testing.assert_array_equal(found["conv1"], made["conv1"])
    other = TREE.subset(TREE.classes[::-1])
    for place, label in zip(found.labels_in(other), found.labels, strict=True):
        assert other.classes[place] == TREE.classes[label]
    np.testing.assert_array_equal(
        np.asarray(found.output_in(other)), np.asarray(found.output)[:, ::-1]
    )


def test_what_fails_leaves_nothing(model, data, tmp_path):
    x, y = data

    def stops():
        yield x[:20], y[:20]
        raise OSError("the disk is gone")

    path = tmp_path / "feats"
    with pytest.raises(OSError, match="the disk is gone"):
        features(model, Again(stops), path=path, hierarchy=TREE)
    assert not (tmp_path / "feats").exists()


def test_probabilities_become_their_logarithms(model, data):
    soft = keras.Model(model.inputs, layers.Softmax()(model.output))
    found = features(soft, data, per_class=None)
    expected = np.log(soft.predict(data[0], verbose=0))
    np.testing.assert_allclose(found.output, expected, atol=1e-4)


@pytest.mark.parametrize(("scale", "offset"), [(1e-9, 0.0), (0.2, 1000.0)])
def test_features_of_any_size_keep_their_digits(model, data, scale, offset):
    fc = model.get_layer("fc").output
    x = layers.Rescaling(scale, offset, name="scaled")(fc)
    scaled = keras.Model(model.inputs, layers.Dense(3)(x))
    found = features(scaled, data, layers=["fc", "scaled"], per_class=None)
    assert found["fc"].dtype == np.float16
    assert found["scaled"].dtype == np.float32
    one = keras.Model(model.inputs, fc).predict(data[0], verbose=0)
    expected = one * np.float32(scale) + np.float32(offset)
    np.testing.assert_allclose(
        found["scaled"] - offset, expected - offset,
        atol=2e-3 * (expected - offset).std(),
    )  # fmt: skip


@pytest.mark.parametrize("per_class", [None, 60])
def test_a_later_batch_too_large_for_float16_is_kept(tmp_path, per_class):
    x = np.ones((300, 4), "float32") + np.arange(300)[:, None] / 256
    x[200:] *= 1e5

    def batches():
        for part in np.split(np.arange(300), 6):
            yield x[part], part % 3, part.astype(str)

    data = Again(batches)
    inputs = keras.Input((4,))
    same = layers.Rescaling(1.0, name="same")
    bounded = layers.Activation("tanh", name="bounded")(same(inputs))
    model = keras.Model(inputs, layers.Dense(3)(bounded))
    names, path = ["same", "bounded"], tmp_path / "feats"
    found = features(
        model, data, names, per_class=per_class, path=path, hierarchy=TREE
    )
    assert [found[name].dtype for name in names] == [np.float32, np.float16]
    assert len(found) == (per_class or 100) * 3
    expected = x[np.array(found.ids, int)]
    np.testing.assert_allclose(found["same"], expected, rtol=1e-3)
    assert {each.suffix for each in path.iterdir()} == {".json", ".npy"}
    # A sample has 8 + 8 bytes of features, 12 of scores: until one is wider.
    with pytest.raises(ValueError, match="max_bytes=8,400"):
        features(model, data, names, per_class=None, max_bytes=28 * 300)


def test_an_untrained_network_is_fresh_and_adapted(model, data):
    before = [weight.copy() for weight in model.get_weights()]
    first, again, other = (untrained(model, seed) for seed in (0, 0, 1))
    for made, same in ((again, True), (other, False)):
        equal = [
            np.array_equal(a, b)
            for a, b in zip(
                first.get_layer("conv2").get_weights()[:1],
                made.get_layer("conv2").get_weights()[:1],
                strict=True,
            )
        ]
        assert equal == [same]
    features(first, data)
    mean, variance = first.get_layer("norm1").get_weights()[2:]
    assert abs(mean).max() > 0.01
    assert abs(variance - 1).max() > 0.01
    assert first.get_layer("norm1").momentum == 0.99
    # The trained one is untouched.
    for weight, old in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(weight, old)


def test_what_fine_tuning_froze_is_adapted_too(model, data):
    made = untrained(model)
    features(made, data)
    frozen = keras.models.clone_model(model)
    frozen.trainable = False
    nested = keras.Sequential([keras.Input((9, 9, 2)), frozen])
    for of in (frozen, nested):
        control = untrained(of)
        features(control, data)
        inner = control if of is frozen else control.layers[0]
        assert not inner.get_layer("norm1").trainable
        for statistic, wanted in zip(
            inner.get_layer("norm1").get_weights()[2:],
            made.get_layer("norm1").get_weights()[2:],
            strict=True,
        ):
            # Other weights, but of one scale; 0 and 1 were the initial ones.
            assert 0.3 < statistic.mean() / wanted.mean() < 3


def test_a_network_with_heads(model, data):
    headed = kh.add_heads(model, heads={"conv1": TREE.cut(groups=2)})
    found = features(headed, data)
    assert found.layers == ("conv1", "conv2", "fc")
    assert found.output.shape[1] == 3


def test_a_shared_layer_and_its_control(data):
    image = keras.Input((9, 9, 2))
    act = layers.ReLU(name="act")
    x = act(layers.Conv2D(4, 3, name="conv1")(image))
    x = act(layers.Conv2D(4, 3, name="conv2")(x))
    x = layers.Dense(3, name="class")(layers.Flatten()(x))
    model = keras.Model(image, x)
    found = features(model, data)
    assert found.layers == ("act (1)", "act (2)")
    control = features(untrained(model, 1), data, layers=found.layers)
    record = kh.analysis.probe(found, TREE, control=control).record
    assert record.layers == found.layers


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"hierarchy": None}, "pass hierarchy="),
        ({"pool": "max"}, "pool must be one of"),
        ({"per_class": 1}, "integer >= 2"),
        ({"layers": ["fc", "fc"]}, "each layer once"),
        ({"layers": ["x"]}, "no layer 'x'"),
        ({"max_bytes": 1000}, "max_bytes=1,000"),
        ({"max_bytes": 1000, "per_class": None}, "max_bytes=1,000"),
    ],
)
def test_what_is_refused(model, data, tmp_path, arguments, said):
    given = {"path": tmp_path / "feats", "hierarchy": TREE, **arguments}
    with pytest.raises(ValueError, match=said):
        features(model, data, **given)
    assert not (tmp_path / "feats").exists()


def test_layers_that_are_one_in_the_log_are_found_before_the_pass():
    inputs = keras.Input((2,))
    inner = keras.Sequential([layers.Dense(2, name="b")], name="a")
    x = layers.Dense(2, name="a_b")(inner(inputs))
    whole = keras.Model(inputs, layers.Dense(3, name="class")(x))
    with pytest.raises(ValueError, match="'a/b' and 'a_b' are one in the log"):
        features(whole, [], layers=["a/b", "a_b"])


def test_data_without_samples(model, data):
    x, y = data
    with pytest.raises(ValueError, match="hold no samples"):
        features(model, (x, y, np.zeros(60, "float32")))


@pytest.mark.any_backend
def test_samples_known_as_a_group_are_left_out(model, data):
    x, y = data
    known = y.copy()
    known[:5], known[5:7] = (CAT, ROOT, DOG, CAT, DOG), (2, -1)
    weights = np.ones(60, "float32")
    weights[6] = 0
    said = (
        "^3 of 60 samples are known as a group of several classes only, and "
        "are left out.$"
    )
    with pytest.warns(UserWarning, match=said):
        found = features(
            model, (x, known, weights), per_class=None, hierarchy=TREE
        )
    # Two of the group with one dog are that dog.
    exact = np.array([2, 4, 5, *range(7, 60)])
    expected = np.array([2, 2, 2, *y[7:]])
    np.testing.assert_array_equal(found.labels, expected)
    np.testing.assert_allclose(
        found.output, model.predict(x[exact], verbose=0), atol=1e-5
    )
    alone = features(model, (x[exact], expected), per_class=None)
    np.testing.assert_array_equal(alone.labels, found.labels)
    np.testing.assert_allclose(alone["fc"], found["fc"], atol=1e-3)


@pytest.mark.parametrize(
    ("labels", "tree", "said"),
    [
        (6, TREE, r"must lie in 0..5: 60 do not"),
        (CAT, TREE, "Of 60 samples none has a label that is a class: 60 are "),
        (CAT, None, "are groups: pass hierarchy="),
        (
            0,
            kh.Hierarchy.from_paths([("x", "a"), ("x", "b"), ("c",), ("d",)]),
            r"The output has 3 columns, the hierarchy 4 classes.*subset",
        ),
    ],
)
def test_labels_that_no_tree_explains(model, data, labels, tree, said):
    with pytest.raises(ValueError, match=said):
        features(model, (data[0], np.full(60, labels)), hierarchy=tree)
