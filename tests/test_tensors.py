import keras
import numpy as np
import pytest

from keras_hier.tensors import to_numpy

VALUES = [[0.5, -2.0, 3.0]]


@pytest.mark.any_backend
@pytest.mark.parametrize("dtype", ["float32", "float16", "bfloat16", "int32"])
def test_tensors_and_variables_of_the_backend(dtype):
    expected = np.array(VALUES, "int32" if dtype == "int32" else "float32")
    given = np.array(VALUES).astype(expected.dtype)
    for tensor in (
        keras.ops.convert_to_tensor(given, dtype=dtype),
        keras.Variable(given, dtype=dtype, trainable=False),
    ):
        found = to_numpy(tensor)
        assert type(found) is np.ndarray
        assert found.dtype == ("float32" if dtype == "bfloat16" else dtype)
        np.testing.assert_array_equal(found, expected)


def test_tensors_of_pytorch_with_gradients():
    torch = pytest.importorskip("torch")
    x = torch.tensor(VALUES, requires_grad=True)
    for tensor in (x, x * 2, (x * 2).to(torch.bfloat16), torch.nn.Parameter(x)):
        np.testing.assert_array_equal(
            to_numpy(tensor), tensor.tolist(), strict=False
        )


def test_tensors_of_pytorch_of_other_layouts():
    torch = pytest.importorskip("torch")
    x = torch.tensor(VALUES)
    np.testing.assert_array_equal(to_numpy(x.to_sparse()), VALUES)
    with pytest.raises(ValueError, match="device 'meta', which has none"):
        to_numpy(x.to("meta"))


def test_arrays_stay_themselves():
    array = np.ones(3)
    assert to_numpy(array) is array
    assert to_numpy(np.float32(2)).shape == ()


def test_rows_of_several_lengths_are_said_in_a_sentence():
    with pytest.raises(ValueError, match="Expected rows of one length"):
        to_numpy([[1, 2], [3]])


def test_what_is_masked_is_no_value():
    given = np.ma.masked_equal([3, 1, -9], -9)
    with pytest.raises(ValueError, match="1 of 3 masked"):
        to_numpy(given)
    np.testing.assert_array_equal(to_numpy(given[:2]), [3, 1])
