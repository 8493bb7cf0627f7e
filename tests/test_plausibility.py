"""What numbers tell by themselves, and the false alarms that they must not."""

import keras
import numpy as np
import pytest
from small import softmax

import keras_hier as kh
from keras_hier.plausibility import (
    are_probabilities,
    not_logits,
    on_simplex,
    one_based_hint,
    require_order,
)


def normal(*shape, scale=1.0, seed=0):
    return np.random.default_rng(seed).normal(0, scale, shape)


@pytest.mark.parametrize("classes", [2, 1000])
@pytest.mark.parametrize("scale", [0, 1, 1000])  # the last saturates
def test_a_softmax_is_seen(classes, scale):
    assert are_probabilities(softmax(normal(4, classes, scale=scale))) is True


@pytest.mark.any_backend
@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
@pytest.mark.parametrize("classes", [6, 1000])
def test_half_precision_is_seen(dtype, classes):
    # The more rows, the larger the error of the worst, which decides.
    rows = max(64, 20_000 // classes)
    logits = keras.ops.cast(normal(rows, classes, scale=5), dtype)
    p = keras.ops.cast(keras.ops.softmax(logits), "float32")
    assert are_probabilities(keras.ops.convert_to_numpy(p)) is True


@pytest.mark.parametrize("rows", [1, 2, 3])
def test_few_rows_tell_nothing(rows):
    assert are_probabilities(np.full((rows, 3), 1 / 3)) is None
    assert are_probabilities(np.full((4, 1), 1.0)) is None
    # But what is no probability is none in one row, too.
    assert are_probabilities([[0.5, 0.4]]) is False


@pytest.mark.parametrize(("classes", "scale"), [(2, 1.0), (10, 0.3)])
def test_no_batch_of_logits_is_taken_for_probabilities(classes, scale):
    logits = normal(50_000, 4, classes, scale=scale)
    alarms = on_simplex(logits).all(axis=1)
    assert not alarms.any()
    if classes == 2 and scale == 1:  # though single rows are
        assert on_simplex(logits).mean() > 0.001


@pytest.mark.parametrize("classes", [2, 5])
@pytest.mark.parametrize("spread", [0, 1e-2, 0.1])
def test_rows_that_are_alike_tell_no_more_than_one(classes, spread):
    # As of a network that has not learned yet: its outputs hang on where it
    # starts, not on the sample.
    networks = normal(50_000, 1, classes, scale=0.3)
    logits = networks + normal(50_000, 4, classes, scale=spread, seed=1)
    alike = on_simplex(logits).all(axis=1)
    alarms = sum(are_probabilities(each) is True for each in logits[alike])
    assert alarms <= 5  # 1.5 expected at most
    if spread < 0.01:  # enough that could have raised one
        assert alike.sum() > 20


def test_the_softmax_of_an_untrained_network_is_seen():
    alike = normal(1, 5) + normal(8, 5, scale=1e-3, seed=1)
    p = softmax(alike.astype("float32"))
    assert are_probabilities(p) is True
    # Rounded, it could be a network's logits, until its rows differ.
    assert are_probabilities(p.astype("float16") * np.float32(1.003)) is None
    p = softmax(normal(8, 5).astype("float32"))
    assert are_probabilities(p.astype("float16") * np.float32(1.003)) is True
    # Logits of many classes do not sum to 1 by chance, whatever they differ by.
    assert are_probabilities(softmax(normal(8, 1000)) * 1.01) is True


@pytest.mark.parametrize(
    "logits",
    [
        np.zeros((8, 6)),  # a kernel of zeros
        np.full((8, 6), 0.5),
        np.eye(6) * 0.9,
        np.where(np.eye(6), 1.0, -1e-3),
        np.where(np.eye(6) > 0, 0.0, -np.inf),  # log of one-hot rows
        np.array([[np.inf, -np.inf]] * 4),
        1 / (1 + np.exp(-normal(8, 6))),  # sigmoids
    ],
)
def test_what_is_no_probability(logits):
    assert are_probabilities(logits) is False


def test_nan_tells_nothing():
    p = softmax(normal(6, 5))
    p[:2, 1] = np.nan
    assert are_probabilities(p) is True
    assert are_probabilities(p[:4]) is None
    assert are_probabilities(np.full((8, 3), np.nan)) is None


@pytest.mark.any_backend
def test_one_rule_on_every_backend():
    rows = np.concatenate(
        [
            softmax(normal(20, 4)),
            softmax(normal(20, 4)) * 1.04,
            normal(40, 4),
            np.full((1, 4), np.nan),
        ]
    ).astype("float32")
    found = on_simplex(keras.ops.convert_to_tensor(rows), keras.ops)
    np.testing.assert_array_equal(
        keras.ops.convert_to_numpy(found), on_simplex(rows)
    )
    assert 20 <= on_simplex(rows).sum() < 40
    for part in (rows, rows[:1], rows[60:80], rows[-1:]):
        found = not_logits(keras.ops.convert_to_tensor(part), keras.ops)
        np.testing.assert_array_equal(
            keras.ops.convert_to_numpy(found), not_logits(part)
        )


def test_one_based():
    assert "1..6: subtract 1" in one_based_hint(1, 6, 6)
    for least, largest in ((0, 6), (1, 7), (1, 5), (-1, 6)):
        assert one_based_hint(least, largest, 6) == ""


TREE = kh.Hierarchy.from_nested({"a": ["x", "y"]}, classes=["x", "y"])
COUNTS = np.full((2, 2), 90)


@pytest.mark.parametrize("one", [1, np.int64(1)])
@pytest.mark.parametrize(
    "make",
    [
        lambda some: kh.Hierarchy.from_nested({"a": ["x", "y"]}, some),
        lambda some: kh.Hierarchy.from_confusions(COUNTS, some),
        lambda some: kh.Hierarchy.from_confusions(COUNTS, ["x", "y"], some),
        lambda some: TREE.subset(some),
        lambda some: kh.ConfusionMatrix(classes=some),
    ],
)
def test_a_dict_of_numbers_is_in_their_order(make, one):
    # torchvision's class_to_idx, Hugging Face's label2id.
    with pytest.raises(ValueError, match=r"pass sorted\((\w+), key=\1.get"):
        make({"x": one, "y": 0})
    make({"x": 0, "y": one})


def test_other_dicts_say_no_order():
    for given in ({}, {"x": "ex", "y": "why"}, {"x": True, "y": False}, "xy"):
        require_order("classes", given, "the labels")
    for numbers in ([1, 2], [0, 0], [-1, 0], [0, 2]):
        given = dict(zip("xy", numbers, strict=True))
        with pytest.raises(ValueError, match="in the order of the labels"):
            require_order("classes", given, "the labels")


def test_names_by_id_are_no_list_of_names():
    names = {"y": "why", "x": "ex"}
    with pytest.raises(ValueError, match=r"\[names\[each\] for each in"):
        kh.Hierarchy.from_confusions(COUNTS, ["x", "y"], names)
    tree = kh.Hierarchy.from_paths([("x",), ("y",)], names)
    assert tree.names == ("ex", "why")
