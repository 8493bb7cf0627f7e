"""What people hand to `BlocksWriter`: tensors, series, strings, too little."""

import numpy as np
import pytest

import keras_hier as kh
from keras_hier.log.records.given_labels import as_integers
from keras_hier.log.run_log import RunLog

TREE = kh.Hierarchy.from_nested(
    {"pet": ["cat", "dog"], "car": ["bus"]}, classes=["bus", "cat", "dog"]
)
SCORES = np.array([[0.5, 0.25, 0.25], [0.125, 0.125, 0.75]], np.float32)


def logged(tmp_path, labels, scores):
    with kh.BlocksWriter(tmp_path, TREE) as log:
        log.predictions(labels, scores, 1)
        log.samples(labels, scores, 1)
    read = RunLog(str(tmp_path))
    return read.matrix()[1].toarray().tolist(), read.samples()


def torch_tensor(values, half):
    torch = pytest.importorskip("torch")
    tensor = torch.tensor(values, requires_grad=half)
    return tensor.to(torch.bfloat16) if half else tensor


def torch_rows(values, half):
    torch = pytest.importorskip("torch")
    tensor = torch.tensor(values, requires_grad=half)
    return list(tensor) if half else tensor


def tensorflow_tensor(values, half):
    import tensorflow as tf

    return tf.cast(values, tf.bfloat16) if half else tf.constant(values)


def jax_array(values, half):
    jnp = pytest.importorskip("jax.numpy")
    return jnp.asarray(values, jnp.bfloat16 if half else None)


@pytest.mark.parametrize(
    "make", [torch_tensor, torch_rows, tensorflow_tensor, jax_array]
)
def test_tensors_of_any_library(tmp_path, make):
    matrix, samples = logged(tmp_path, make([0, 1], False), make(SCORES, True))
    assert matrix == [[1, 0, 0], [0, 0, 1], [0, 0, 0]]
    np.testing.assert_allclose(samples.actual, [0.5, 0.125], rtol=0.01, atol=0)


class Series:
    """What NumPy sees of a column of pandas: objects, or integers."""

    def __init__(self, values, dtype):
        self._values = np.array(values, dtype)

    def __array__(self, dtype=None, copy=None):
        return self._values


class TestSeries:
    @pytest.mark.parametrize("dtype", [np.int64, object])
    def test_of_integers(self, tmp_path, dtype):
        matrix, _ = logged(tmp_path, Series([0, 1], dtype), SCORES)
        assert matrix == [[1, 0, 0], [0, 0, 1], [0, 0, 0]]

    def test_of_strings(self, tmp_path):
        ids = Series(["cat", "dog"], object)
        matrix, samples = logged(tmp_path, ids, SCORES)
        assert matrix == [[0, 0, 0], [1, 0, 0], [0, 0, 1]]
        assert samples.labels.tolist() == [1, 2]


class TestTooLittle:
    def test_no_samples(self, tmp_path):
        with kh.BlocksWriter(tmp_path, TREE) as log:
            for call in (log.predictions, log.samples):
                with pytest.raises(ValueError, match="There are no samples"):
                    call([], np.zeros((0, 3)), 1)

    @pytest.mark.parametrize(("count", "said"), [(1, "1"), (0, "0"), (3, "mo")])
    def test_pictures_for_some(self, tmp_path, count, said):
        pictures = [np.full((8, 8), 200, np.uint8)] * count
        with kh.BlocksWriter(tmp_path, TREE) as log:
            index = log.samples([0, 1], SCORES, 1)
            message = rf"for each of the 2 samples, got {said}"
            with pytest.raises(ValueError, match=message):
                log.pictures(index, pictures)

    def test_no_tree(self, tmp_path):
        with pytest.raises(TypeError, match=r"Hierarchy, got 'imagenet'"):
            kh.BlocksWriter(tmp_path, "imagenet")


@pytest.mark.parametrize(
    "given", [[0.0, 1.0], [[0], [1]], [True, False], np.zeros(2, "M8[s]")]
)
def test_what_is_no_labels(given):
    with pytest.raises(ValueError, match="labels must be integers"):
        as_integers("labels", given)


def test_one_based_labels_are_told_where_they_might_be_nodes(tmp_path):
    with kh.BlocksWriter(tmp_path, TREE) as log:
        with pytest.raises(ValueError, match=r"3, the root\. They look one-"):
            log.predictions([1, 2, 3] * 6, [0, 1, 2] * 6, 1, node_labels=True)
        # The root beside the first class may well be meant.
        log.predictions([0, 2, 3] * 6, [0, 1, 2] * 6, 2, node_labels=True)


@pytest.mark.parametrize("row", [[-np.inf] * 3, [np.inf, 0, 0], [np.inf] * 3])
def test_scores_without_a_largest_are_none(tmp_path, row):
    with kh.BlocksWriter(tmp_path, TREE) as log:
        with pytest.raises(ValueError, match=r"1 rows .*first is row 1"):
            log.predictions([0, 1], [[0, 1, 2], row], 1)
        log.predictions([0, 1], [[0, 1, 2], [-np.inf, 3, 4]], 1)
