import keras
import numpy as np
import pytest

from keras_hier.analysis import features
from keras_hier.features.cut_points import cut_points

# Keras warns where the key of an input is not its name, and takes the key.
pytestmark = pytest.mark.filterwarnings("ignore:When providing `inputs` as a")
LABELS = np.arange(6) % 3


def arrays(count):
    rng = np.random.default_rng(0)
    return [rng.normal(size=(6, 4)).astype("float32") for _ in range(count)]


@pytest.mark.parametrize("keys", [("right", "left"), ("d", "c")])
def test_inputs_in_a_dict_are_taken_by_its_keys(keys):
    left, right = (keras.Input((4,), name=name) for name in ("left", "right"))
    x = keras.layers.Concatenate()([left, 3 * right])
    x = keras.layers.Dense(5, name="seen")(x)
    inputs = dict(zip(keys, (left, right), strict=True))
    model = keras.Model(inputs, keras.layers.Dense(3)(x))
    x = dict(zip(keys, arrays(2), strict=True))
    found = features(model, (x, LABELS), ["seen"], per_class=None)
    np.testing.assert_allclose(
        found.output, model.predict(x, verbose=0), atol=1e-4
    )


@pytest.mark.parametrize("keys", [None, ("z", "y")])
def test_a_layer_within_a_model_of_several_inputs(keys):
    def structure(values):
        return dict(zip(keys, values, strict=True)) if keys else list(values)

    # Their names are those of the other's key.
    a, b = (keras.Input((4,), name=name) for name in ("y", "z"))
    dense = keras.layers.Dense(5, name="seen")
    encoder = keras.Model(
        structure([a, b]), keras.layers.ReLU()(dense(a - 2 * b)), name="encoder"
    )
    inputs = structure([keras.Input((4,)), keras.Input((4,))])
    model = keras.Model(inputs, keras.layers.Dense(3)(encoder(inputs)))
    first, second = arrays(2)
    found = features(
        model,
        (structure([first, second]), LABELS),
        ["encoder/seen"],
        per_class=None,
    )
    expected = keras.ops.convert_to_numpy(dense(first - 2 * second))
    np.testing.assert_allclose(found["encoder/seen"], expected, atol=1e-2)


@pytest.mark.parametrize("order", [1, -1])
def test_between_branches_nothing_is_cut(order):
    branches = []
    for branch in ("image", "meta"):
        x = start = keras.Input((4,), name=branch)
        for number in (1, 2, 3):
            name = f"{branch}{number}"
            x = keras.layers.Dense(3, activation="relu", name=name)(x)
        branches.append((start, x))
    ends = [x for _, x in branches][::order]
    x = keras.layers.Concatenate(name="cat")(ends)
    x = keras.layers.Dense(5, activation="relu", name="joint")(x)
    model = keras.Model([a for a, _ in branches], keras.layers.Dense(3)(x))
    assert [point.name for point in cut_points(model)] == ["cat", "joint"]
    # An input that the output does not depend on is no branch.
    meta = keras.Model(model.inputs, keras.layers.Dense(3)(branches[1][1]))
    found = [point.name for point in cut_points(meta)]
    assert found == ["meta1", "meta2", "meta3"]
