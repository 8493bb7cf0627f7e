"""targets: labels and weights of each output, of what a data set holds."""

import tracemalloc

import keras
import numpy as np
import pytest
import small

import keras_hier as kh

X = np.zeros((4, 8, 8, 1), "float32")
LABELS = np.array([5, 0, 2, 3])


HIERARCHY = small.hierarchy()
GROUPS = HIERARCHY.cut(depth=1)  # animal, vehicle, food
CLASSES = HIERARCHY.cut(max_size=1)  # in display order


def headed(head="pool"):  # no dropout: two trainings are equal
    return kh.add_heads(
        small.model(), {"conv2": GROUPS}, {"conv1": CLASSES}, head
    )


@pytest.fixture(scope="module")
def model():
    return headed()


def forms():
    """Makes arrays of every kind of a NumPy array."""
    tf = pytest.importorskip("tensorflow")
    torch = pytest.importorskip("torch")
    kinds = (np.asarray, tf.constant, torch.as_tensor)
    return (*kinds, keras.ops.convert_to_tensor)


@pytest.mark.any_backend
def test_labels_become_groups(model):
    for form in forms():
        labels = form(LABELS[:, None].astype("uint8"))
        x, y = kh.targets(model)(X, labels)
        assert x is X
        assert set(y) == set(model.output)
        assert y["class"] is labels
        assert y["conv2_groups3"].shape == (4, 1)
        found = keras.ops.convert_to_numpy(y["conv2_groups3"])
        assert found.ravel().tolist() == [0, 1, 2, 0]
        found = keras.ops.convert_to_numpy(y["conv1_probe6"])
        assert found.ravel().tolist() == [1, 4, 5, 2]


def test_soft_labels_become_summed_mass(model):
    soft = np.array(
        [[0.1, 0.2, 0.3, 0.05, 0.15, 0.2], [0, 0, 0.5, 0.5, 0, 0]], "float32"
    )
    _, y = kh.targets(model)(X[:2], soft)
    assert y["class"] is soft
    np.testing.assert_allclose(
        y["conv2_groups3"], [[0.45, 0.25, 0.3], [0.5, 0, 0.5]], rtol=1e-6
    )
    np.testing.assert_allclose(
        y["conv1_probe6"][0], [0.2, 0.2, 0.05, 0.15, 0.1, 0.3]
    )


def test_soft_labels_of_very_many_classes_take_no_square_table():
    size = 1_500
    inputs = keras.Input((2,))
    scores = keras.layers.Dense(size, name="class")(inputs)
    backwards = kh.Grouping([f"c{i}" for i in range(size)], range(size)[::-1])
    model = kh.add_heads(
        keras.Model(inputs, scores), heads={"class": backwards}, head="pool"
    )
    soft = np.random.default_rng(0).dirichlet(np.ones(size), 4)
    for form in forms():
        labels = form(soft.astype("float32"))
        tracemalloc.start()
        _, y = kh.targets(model)(np.zeros((4, 2)), labels)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert most < 4 * size * size / 10  # bytes of a table
        found = keras.ops.convert_to_numpy(y[f"class_groups{size}"])
        np.testing.assert_allclose(found, soft[:, ::-1], rtol=1e-6)


@pytest.mark.any_backend
@pytest.mark.parametrize("form", ["flat", "column", "soft"])
def test_tf_data_gives_what_numpy_gives(model, form, caplog):
    import tensorflow as tf

    apply = kh.targets(model, class_weight={2: 0.0, 5: 2.0})
    labels = {
        "flat": LABELS.astype("uint8"),
        "column": LABELS[:, None],
        "soft": (np.eye(6)[LABELS] * 0.94 + 0.01).astype("float32"),
    }[form]
    weights = np.array([1, 2, 3, 4])
    _, expected, expected_weights = apply(X, labels, weights)
    dataset = tf.data.Dataset.from_tensor_slices((X, labels, weights))
    ((_, y, w),) = dataset.batch(4).map(apply).as_numpy_iterator()
    for name in expected:
        np.testing.assert_allclose(y[name], expected[name])
    np.testing.assert_allclose(w, expected_weights)
    assert w.shape == (4,)
    assert "AutoGraph could not" not in caplog.text


def test_single_samples_of_a_data_set(model):
    _, y = kh.targets(model)(X[0], np.int64(4))
    assert (y["class"], y["conv2_groups3"], y["conv1_probe6"]) == (4, 1, 3)


def test_class_weights_become_sample_weights(model):
    apply = kh.targets(model, class_weight={5: 3.0, 2: 0.5})
    assert apply(X, LABELS)[2].tolist() == [3, 1, 0.5, 1]
    assert apply(X, LABELS[:, None])[2].tolist() == [3, 1, 0.5, 1]
    assert apply(X, LABELS, [2, 2, 2, 0])[2].tolist() == [6, 2, 1, 0]
    soft = np.eye(6)[LABELS] * 0.5 + np.eye(6)[[2] * 4] * 0.5
    assert apply(X, soft)[2].tolist() == [1.75, 0.75, 0.5, 0.75]


def test_labels_of_unknown_rank_say_what_to_set(model):
    tf = pytest.importorskip("tensorflow")
    data = tf.data.Dataset.from_tensor_slices((X, LABELS)).batch(2)
    data = data.map(
        lambda x, y: (x, tf.numpy_function(lambda a: a, [y], tf.int64))
    )
    with pytest.raises(ValueError, match=r"y\.set_shape\(\[None\]\)"):
        data.map(kh.targets(model))


def test_weights_of_numpy_beside_labels_of_pytorch(model):
    torch = pytest.importorskip("torch")
    labels = torch.tensor([5, 0, 99, 3])
    given = np.array([1.0, 2.0, 0.0, 0.5])
    _, y, weights = kh.targets(model)(X, labels, given)
    assert y["class"].tolist() == [5, 0, 0, 3]
    assert weights.tolist() == given.tolist()


def test_a_model_without_heads_keeps_its_labels():
    assert kh.targets(small.model())(X, LABELS) == (X, LABELS)


class Column:
    """A column of a table, as pandas and polars have: no array of NumPy."""

    def __init__(self, values, dtype):
        self.values, self.dtype, self.shape = values, dtype, (len(values),)

    def __array__(self, dtype=None, copy=None):
        return np.array(self.values, dtype or object)

    def __len__(self):
        return len(self.values)


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (np.zeros((4, 5)), r"\[N, 6\], got float64 of shape \(4, 5\)"),
        (np.zeros((4, 2, 6)), r"\(4, 2, 6\)"),
        (np.eye(6)[0], r"Batch a data set.*integers"),
        (np.array([0, 1, 2, 6]), r"0\.\.5, got 0\.\.6\. If labels"),
        (np.array([1, 1, 2, 6]), r"got 1\.\.6\. They look one-based"),
        (np.array([[1, 0, 0, 0, 0, 0], [1, 1, 0, 0, 0, 0]]), "1 sums to 2"),
        (np.zeros((4, 6)), "exclusive classes. Sample 0 sums to 0"),
        (["husky", "bike", "pie", "tabby"], r"got str 'husky'\. kh\.NodeLab"),
        (Column(["husky"] * 4, "str"), "labels_of"),
        (Column([5, 0, None, 3], "Int64"), "as numbers, got NoneType 'None'"),
        (np.ma.masked_equal([5, 0, -1, 3], -1), "got 1 of 4 masked"),
    ],
)
def test_bad_labels(model, labels, message):
    with pytest.raises(ValueError, match=message):
        kh.targets(model)(X, labels)


def test_bad_sample_weights(model):
    for weights, message in (
        ([1.0, 1.0], r"each of 4 labels, got weights of shape \(2,\)"),
        ({"class": np.ones(4)}, "of all outputs, got a dict"),
    ):
        with pytest.raises(ValueError, match=message):
            kh.targets(model)(X, LABELS, weights)


@pytest.mark.any_backend
def test_columns_of_tables_are_labels_and_weights(model):
    numbers = Column(LABELS.tolist(), "Int64")
    weights = Column([1.0, 0.5, 0.0, 2.0], "Float64")
    _, y, w = kh.targets(model)(X, numbers, weights)
    assert y["class"].dtype.kind == "i"
    assert y["class"].tolist() == LABELS.tolist()
    assert y["conv2_groups3"].tolist() == [0, 1, 2, 0]
    assert isinstance(w, np.ndarray)
    assert w.tolist() == [1.0, 0.5, 0.0, 2.0]


@pytest.mark.any_backend
@pytest.mark.parametrize("label", [-1, 6])
def test_labels_outside_are_seen_in_any_array(model, label):
    import tensorflow as tf

    labels = np.array([0, 1, 2, label])
    with pytest.raises(ValueError, match=rf"0\.\.5, got .*{label}"):
        kh.targets(model)(X, labels)
    dataset = tf.data.Dataset.from_tensor_slices((X, labels)).batch(4)
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"lie in 0\.\.5"):
        list(dataset.map(kh.targets(model)))
    with pytest.raises(Exception, match=r"lie in 0\.\.5"):
        kh.targets(model)(X, keras.ops.convert_to_tensor(labels))


@pytest.mark.any_backend
@pytest.mark.parametrize("shape", [(4,), (4, 1)])
@pytest.mark.parametrize("weight_shape", [(4,), (4, 1)])
def test_of_weight_0_any_label_may_be(model, shape, weight_shape):
    import tensorflow as tf

    labels = np.reshape([3, -1, 5, 99], shape)
    weights = np.reshape([0.0, 0.0, 2.0, 0.0], weight_shape).astype("float32")
    _, known, _ = kh.targets(model)(X, np.reshape([3, 0, 5, 0], shape), weights)
    assert np.ravel(known["class"])[0] == 3  # what can be one stays a label
    _, y, counted = kh.targets(model)(X, labels, weights)
    dataset = tf.data.Dataset.from_tensor_slices((X, labels, weights)).batch(4)
    ((_, of_data, _),) = dataset.map(kh.targets(model)).as_numpy_iterator()
    for name, values in known.items():
        assert np.array_equal(y[name], values)
        assert np.array_equal(of_data[name], values)
    assert np.array_equal(counted, weights)
    by_class = kh.targets(model, class_weight={5: 3.0})(X, labels, weights)[2]
    assert np.ravel(by_class).tolist() == [0, 0, 6, 0]
    with pytest.raises(ValueError, match=r"0\.\.5, got .*99"):
        kh.targets(model)(X, labels, np.ones(weight_shape))


@pytest.mark.any_backend
def test_a_byte_of_weight_0_stays_a_label_of_many():
    image = keras.Input((8, 8, 1))
    scores = keras.layers.Dense(1000)(keras.layers.Flatten()(image))
    apply = kh.targets(keras.Model(image, scores))
    labels = np.array([0, 231, 232, 255], "uint8")
    for form in forms():
        _, y, _ = apply(X, form(labels), form(np.zeros(4, "float32")))
        assert np.array_equal(keras.ops.convert_to_numpy(y), labels)


@pytest.mark.any_backend
def test_soft_labels_of_weight_0_may_be_anything(model):
    import tensorflow as tf

    labels = np.eye(6, dtype="float32")[[5, 0, 2, 3]]
    negative = labels.copy()
    negative[2] = [0, 0.5, 1, -0.5, 0, 0]  # sums to 1
    labels[1:3] = [[0] * 6, [1] * 6]  # padding, and several classes
    weights = np.array([1, 0, 0, 2], "float32")
    apply = kh.targets(model)
    for form in forms():
        _, y, _ = apply(X, form(labels), form(weights))
        assert np.array_equal(keras.ops.convert_to_numpy(y["class"]), labels)
        apply(X, form(negative), form(weights))
        with pytest.raises(Exception, match="none below 0"):
            apply(X, form(negative))
        with pytest.raises(Exception, match="sum to 1"):
            apply(X, form(labels), form(weights + 1))
        with pytest.raises(Exception, match="sum to 1"):  # the loss of NaN
            apply(X, form(labels * np.float32("nan")), form(weights * 0))
    with pytest.raises(ValueError, match=r"Sample 2 holds -0\.5\.$"):
        apply(X, negative)
    dataset = tf.data.Dataset.from_tensor_slices((X, labels)).batch(4)
    with pytest.raises(tf.errors.InvalidArgumentError, match="sum to 1"):
        list(dataset.map(apply))


def test_bad_class_weights(model):
    with pytest.raises(ValueError, match=r"label 0\.\.5, got \[6\]"):
        kh.targets(model, class_weight={0: 1.0, 6: 2.0})
    with pytest.raises(ValueError, match="dict of weights by label, got list"):
        kh.targets(model, class_weight=[1.0] * 6)
    for weight in (float("nan"), float("inf"), -1.0):  # would spoil the weights
        with pytest.raises(ValueError, match=rf"from 0 on, got {weight} for 2"):
            kh.targets(model, class_weight={0: 1.0, 2: weight})


def test_soft_labels_of_a_teacher_in_bfloat16():
    torch = pytest.importorskip("torch")
    soft = torch.full((4, 6), 1 / 6, dtype=torch.bfloat16)
    apply = kh.targets(small.model(), label_mode="categorical")
    assert apply(np.zeros((4, 8, 8, 1)), soft)[1] is soft
    with pytest.raises(ValueError, match="Sample 0 sums to 2"):
        apply(np.zeros((4, 8, 8, 1)), 2 * soft)
