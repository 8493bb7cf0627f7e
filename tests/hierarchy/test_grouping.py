import numpy as np
import pytest
from hypothesis import given
from scipy import sparse
from strategies import hierarchies_with_counts

from keras_hier.hierarchy import Grouping, HierarchyError
from keras_hier.scores import confusion_matrix

KINDS = Grouping(["vehicle", "animal"], [0, 1, 1])
LABELS = [[2, 0, 1], [0, 0, 2]]
GROUPS = [[1, 0, 1], [0, 0, 1]]


def test_what_a_grouping_holds():
    assert (KINDS.num_groups, KINDS.num_classes) == (2, 3)
    assert KINDS.sizes.tolist() == [1, 2]
    assert KINDS.of_class.dtype == np.int32
    assert KINDS.nodes is None
    with pytest.raises(ValueError, match="read-only"):
        KINDS.of_class[0] = 1
    with pytest.raises(AttributeError):
        KINDS.names = ()


def test_config_round_trip():
    cut = Grouping(["a", "b"], [0, 1], nodes=["n1", "n2"])
    for one in (KINDS, cut):
        again = Grouping.from_config(one.to_config())
        assert again == one
        assert hash(again) == hash(one)
        assert again.digest == one.digest
    assert cut != Grouping(["a", "b"], [0, 1])
    with pytest.raises(HierarchyError, match="version 9"):
        Grouping.from_config({**KINDS.to_config(), "version": 9})


@given(hierarchies_with_counts())
def test_block_sums_are_the_confusion_matrix_of_the_groups(drawn):
    tree, matrix = drawn
    labels, named = np.repeat(np.nonzero(matrix), matrix[matrix > 0], axis=1)
    rng = np.random.default_rng(0)
    foreign = Grouping(["one"], np.zeros(tree.num_classes, int))
    if tree.num_classes > 1:
        of_class = rng.permutation(np.arange(tree.num_classes) % 2)
        foreign = Grouping(["even", "odd"], of_class)
    for one in (*tree.levels(), foreign):
        sums = one.aggregate(matrix)
        np.testing.assert_array_equal(
            sums,
            confusion_matrix(
                one.lookup(labels), one.lookup(named), one.num_groups
            ),
        )
        assert sums.sum() == matrix.sum()
        np.testing.assert_array_equal(
            one.aggregate(sparse.csr_array(matrix)), sums
        )


@pytest.mark.parametrize(
    "dtype", [np.int64, np.int32, np.uint16, np.float32, np.float64]
)
def test_aggregating_keeps_the_dtype(dtype):
    matrix = np.array([[5, 1, 0], [2, 3, 1], [0, 4, 6]], dtype)
    for given_as in (matrix, sparse.csr_array(matrix)):
        sums = KINDS.aggregate(given_as)
        assert sums.dtype == dtype
        assert sums.tolist() == [[5, 1], [2, 14]]


@pytest.mark.parametrize("dtype", [np.uint8, np.int8, np.uint16, bool])
def test_aggregating_counts_what_the_dtype_does_not_hold(dtype):
    most = 1 if dtype is bool else np.iinfo(dtype).max
    matrix = np.full((3, 3), most, dtype)
    for given_as in (matrix, sparse.csr_array(matrix)):
        sums = KINDS.aggregate(given_as)
        assert sums.tolist() == [[most, 2 * most], [2 * most, 4 * most]]


def test_lookup_on_numpy():
    for labels in (LABELS, np.array(LABELS), np.array(LABELS, np.uint8)):
        groups = KINDS.lookup(labels)
        assert groups.tolist() == GROUPS
        assert groups.dtype == np.int32
    assert KINDS.lookup(2) == 1
    assert KINDS.lookup(np.zeros((0, 2), int)).shape == (0, 2)


def test_lookup_on_tensorflow():
    import tensorflow as tf

    for dtype in (tf.int32, tf.int64):
        groups = KINDS.lookup(tf.constant(LABELS, dtype))
        assert isinstance(groups, tf.Tensor)
        assert groups.dtype == tf.int32
        assert groups.numpy().tolist() == GROUPS
    graph = tf.function(KINDS.lookup)(tf.constant(LABELS))
    assert graph.numpy().tolist() == GROUPS
    with pytest.raises(HierarchyError, match="float32"):
        KINDS.lookup(tf.constant([1.0]))
    for wide in (-(2**63), 2**32 + 1):  # the first is what NaN becomes
        outside = tf.constant([0, wide], tf.int64)
        for look_up in (KINDS.lookup, tf.function(KINDS.lookup)):
            with pytest.raises(Exception, match=r"must lie in 0\.\."):
                look_up(outside)


def test_lookup_inside_a_tf_data_map():
    import tensorflow as tf

    data = tf.data.Dataset.from_tensor_slices(np.array(LABELS, np.uint8))
    batches = list(data.map(KINDS.lookup).batch(2))
    assert batches[0].numpy().tolist() == GROUPS


def test_lookup_on_keras_tensors():
    import keras

    for dtype in ("int32", "int64", "uint8"):
        tensor = keras.ops.convert_to_tensor(LABELS, dtype)
        groups = KINDS.lookup(tensor)
        assert keras.ops.is_tensor(groups)
        assert keras.ops.convert_to_numpy(groups).tolist() == GROUPS
    symbolic = KINDS.lookup(keras.Input((3,), dtype="int32"))
    assert isinstance(symbolic, keras.KerasTensor)
    assert symbolic.shape == (None, 3)
    assert symbolic.dtype == "int32"
    with pytest.raises(HierarchyError, match="float32"):
        KINDS.lookup(keras.Input((3,)))


def test_lookup_on_jax_arrays():
    import jax.numpy as jnp

    for dtype in (jnp.int32, jnp.uint8):
        groups = KINDS.lookup(jnp.array(LABELS, dtype))
        assert np.asarray(groups).tolist() == GROUPS


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Grouping(["a", "b"], [0, 0]), "each of the 2 groups"),
        (lambda: Grouping(["a"], [0, 1]), "each of the 1 groups"),
        (lambda: Grouping(["a"], [-1, 0]), "0..0"),
        (lambda: Grouping(["a"], [0.0]), "integers, got float"),
        (lambda: Grouping(["a"], np.array([0.0])), "float64"),
        (lambda: Grouping(["a"], [[0]]), "integers, got list"),
        (lambda: Grouping(["a"], np.array([[0]])), r"shape \(1, 1\)"),
        (lambda: Grouping("a", [0]), "names must be a list, got str"),
        (lambda: Grouping(["a"], 0), "of_class must be a list, got int"),
        (lambda: Grouping(["a"], [0], nodes=["x", "y"]), "got 2"),
        (lambda: KINDS.lookup([3]), r"0\.\.2"),
        (lambda: KINDS.lookup([-1]), r"0\.\.2"),
        (lambda: KINDS.lookup(np.array([1.0])), "integers"),
        (lambda: KINDS.aggregate(np.eye(2)), "C=3"),
        (lambda: KINDS.aggregate(np.ones(3)), "C=3"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(HierarchyError, match=message):
        call()
