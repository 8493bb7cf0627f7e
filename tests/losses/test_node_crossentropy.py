"""The loss of labels at any depth: by hand, against sums, at the extremes."""

from math import log

import keras
import numpy as np
import pytest
import small
from small import gradients, numpy, softmax

import keras_hier as kh
from keras_hier.hierarchy.labels.node_labels import NodeLabels
from keras_hier.losses.node_crossentropy import NodeCrossentropy

BIKE, PUG, PIE, TABBY, BUS, HUSKY = range(6)
ROOT, ANIMAL, DOG, CAT, VEHICLE, FOOD = range(6, 12)
TREE = small.hierarchy()
NUMBERING = NodeLabels(TREE)
# Bike, pug, pie, tabby, bus, husky: 21 in all.
SCORES = np.log([[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]]).astype("float32")
FINE = TREE.cut(nodes=["dog", "cat", "vehicle", "food"])
COARSE = TREE.cut(depth=1)
FOREIGN = kh.Grouping(["x", "y", "z"], [0, 0, 2, 1, 1, 1])
CLASSES = TREE.cut(max_size=1)
every_grouping = pytest.mark.parametrize(
    "grouping",
    [
        pytest.param(None, id="classes"),
        pytest.param(FINE, id="fine"),
        pytest.param(COARSE, id="coarse"),
        pytest.param(FOREIGN, id="foreign"),
        pytest.param(CLASSES, id="head over classes"),
    ],
)


def test_dtype():
    for dtype in ("float32", None):
        assert NodeCrossentropy(TREE, dtype=dtype).dtype == "float32"
    with pytest.raises(ValueError, match=r"float32.*got dtype='float16'"):
        NodeCrossentropy(TREE, dtype="float16")


def one_hot(labels):
    return small.one_hot(labels, 12)


def of_each(loss, labels, logits):
    """Returns the loss of each sample, [N]."""
    return numpy(loss.call(np.asarray(labels), logits))


def touched(label, grouping):
    """The outputs whose probabilities a label sums."""
    if grouping is None:
        return NUMBERING.classes(label)
    return NUMBERING.touched(label, grouping)


# Other backends are held to these numbers by test_backends.py.
@pytest.mark.parametrize(
    ("label", "sum_below"),
    [
        (HUSKY, 6),
        (DOG, 2 + 6),
        (CAT, 4),  # its only class
        (ANIMAL, 2 + 6 + 4),
        (VEHICLE, 1 + 5),
        (ROOT, 21),
    ],
)
def test_by_hand(label, sum_below):
    expected = pytest.approx(-log(sum_below / 21), abs=1e-6)
    loss = NodeCrossentropy(TREE)
    assert float(loss(np.array([label]), SCORES)) == expected
    assert float(loss(one_hot([label]), SCORES)) == expected
    probabilities = NodeCrossentropy(TREE, from_logits=False)
    assert float(probabilities(np.array([label]), np.exp(SCORES) / 21)) == (
        expected
    )


@every_grouping
@pytest.mark.parametrize("soft", [False, True], ids=["labels", "soft"])
def test_gradients_move_mass_below_the_node(grouping, soft):
    # p inside the node goes up in its proportions: p - p / (sum below).
    rng = np.random.default_rng(2)
    outputs = 6 if grouping is None else grouping.num_groups
    logits = rng.normal(0, 2, (12, outputs)).astype("float32")
    labels = np.arange(12)
    expected = p = softmax(logits)
    expected = p.copy()
    for label in labels:
        below = touched(label, grouping)
        expected[label, below] -= p[label, below] / p[label, below].sum()
    found = gradients(
        NodeCrossentropy(TREE, grouping),
        one_hot(labels) if soft else labels,
        logits,
    )
    np.testing.assert_allclose(12 * found, expected, atol=2e-6)


@every_grouping
@pytest.mark.parametrize("scale", [1e4, 3e38])
def test_extreme_scores_have_finite_losses_and_gradients(grouping, scale):
    outputs = 6 if grouping is None else grouping.num_groups
    logits = scale * np.eye(outputs, dtype="float32")[[0] * 12]
    loss = NodeCrossentropy(TREE, grouping)
    for labels in (np.arange(12), one_hot(np.arange(12))):
        found = of_each(loss, labels, logits)
        assert np.isfinite(found).all()
        right = [0 in touched(label, grouping) for label in range(12)]
        assert (found[right] == 0).all()
        assert (found[~np.array(right)] >= 0.99 * scale).all()
        assert np.isfinite(gradients(loss, labels, logits)).all()


@pytest.mark.any_backend
def test_small_probabilities_keep_their_digits():
    # Two classes of 1e-30 beside one of 1: minus log 2e-30, not of 0.
    logits = np.array([[0, -69.0776, -500, -500, -500, -69.0776]], "float32")
    for label in (np.array([DOG]), one_hot([DOG])):
        assert float(NodeCrossentropy(TREE)(label, logits)) == pytest.approx(
            69.0776 - log(2), rel=1e-6
        )


@pytest.mark.parametrize("offset", [0, 1e6, -1e6])
@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
@pytest.mark.parametrize(
    "label", [PUG, pytest.param(DOG, marks=pytest.mark.any_backend), ROOT]
)
def test_an_offset_of_all_logits_costs_no_digits(label, dtype, offset):
    scores = offset + np.array([[3, 1, 4, 0, 2, 7]], "float32")
    logits = keras.ops.cast(scores, dtype)
    # In bfloat16 the numbers near 1e6 are one.
    p = softmax(numpy(keras.ops.cast(logits, "float32")).astype("float64"))[0]
    below = np.isin(np.arange(6), NUMBERING.classes(label))
    loss = NodeCrossentropy(TREE)
    found = float(loss(np.array([label]), logits))
    assert found == pytest.approx(-log(p[below].sum()), rel=1e-5, abs=1e-6)
    if dtype == "float32":
        slopes = gradients(loss, np.array([label]), scores)[0]
        expected = p - below * p / p[below].sum()
        np.testing.assert_allclose(slopes, expected, atol=1e-6)


@pytest.mark.any_backend
@pytest.mark.parametrize("label", [PUG, DOG, ROOT])
def test_classes_masked_by_minus_infinity(label):
    logits = np.array([[0.0, -np.inf, 1.0, 2.0, 0.5, -np.inf]], "float32")
    p = softmax(logits)[0]
    mass = p[NUMBERING.classes(label)].sum()
    found = float(NodeCrossentropy(TREE)(np.array([label]), logits))
    if mass:
        assert found == pytest.approx(-log(mass), rel=1e-5, abs=1e-6)
    else:
        assert 1e29 < found < np.inf


@pytest.mark.any_backend
def test_a_label_outside_is_not_a_number():
    found = of_each(
        NodeCrossentropy(TREE), [HUSKY, 12, -1, ROOT], SCORES.repeat(4, 0)
    )
    assert np.isnan(found).tolist() == [False, True, True, False]


@pytest.mark.any_backend
@pytest.mark.parametrize("soft", [False, True])
def test_without_a_possible_class_it_is_not_a_number(soft):
    labels = np.array([HUSKY, DOG, ROOT])
    if soft:
        labels = np.eye(12, dtype="float32")[labels]
    found = of_each(
        NodeCrossentropy(TREE), labels, np.full((3, 6), -np.inf, "float32")
    )
    assert np.isnan(found).all()


@pytest.mark.any_backend
@pytest.mark.parametrize("column", [False, True])
def test_samples_without_weight_may_have_any_label(column):
    labels = np.array([HUSKY, -1, 99, DOG])
    weights = np.array([1.0, 0, 0, 3], "float32")
    scores = SCORES.repeat(4, 0)
    if column:
        labels, weights = labels[:, None], weights[:, None]
    expected = -(log(6 / 21) + 3 * log(8 / 21)) / 4
    loss = NodeCrossentropy(TREE)
    assert float(loss(labels, scores, weights)) == pytest.approx(
        expected, rel=1e-6
    )
    # With a weight it is not overlooked, nor without any weights.
    assert np.isnan(float(loss(labels, scores, weights + 1)))
    assert np.isnan(float(loss(labels, scores)))
    soft = one_hot([HUSKY, 0, 0, DOG])
    assert float(loss(soft, scores, weights)) == pytest.approx(
        expected, rel=1e-6
    )


@pytest.mark.any_backend
def test_a_label_that_is_no_whole_number_is_not_a_number():
    found = of_each(
        NodeCrossentropy(TREE), [2.7, 2.0, np.nan], SCORES.repeat(3, 0)
    )
    assert np.isnan(found).tolist() == [True, False, True]
    head = NodeCrossentropy(TREE, COARSE, head_labels=True)
    assert np.isnan(of_each(head, [0.5], np.zeros((1, 3)))).all()


@pytest.mark.parametrize(
    ("labels", "scores", "message"),
    [
        ([0], np.zeros((1, 5)), "one score for each class"),
        (np.zeros((1, 7)), np.zeros((1, 6)), r"\[N, 12\] over classes"),
        (np.zeros((1, 1, 6)), np.zeros((1, 6)), "labels of nodes"),
    ],
)
def test_wrong_shapes_are_refused(labels, scores, message):
    with pytest.raises(ValueError, match=message):
        NodeCrossentropy(TREE)(np.asarray(labels), scores)


@every_grouping
def test_a_masked_class_is_no_loss_of_others(grouping):
    outputs = 6 if grouping is None else grouping.num_groups
    logits = np.random.default_rng(3).normal(size=(1, outputs))
    logits[0, -1] = -np.inf
    loss = NodeCrossentropy(TREE, grouping)
    (first,) = np.flatnonzero(
        np.arange(6) == 0 if grouping is None else grouping.of_class == 0
    )[:1]
    hard = of_each(loss, np.array([first]), logits)
    soft = of_each(loss, np.eye(6, dtype="float32")[[first]], logits)
    assert np.isfinite(hard).all()
    np.testing.assert_allclose(soft, hard, rtol=1e-4)


def test_a_grouping_of_other_classes_is_refused():
    with pytest.raises(ValueError, match="one score for each group"):
        NodeCrossentropy(TREE, COARSE)(np.array([0]), np.zeros((1, 6)))
    three = kh.Grouping(["a", "b"], [0, 1, 1])
    with pytest.raises(kh.HierarchyError, match="3 classes"):
        NodeCrossentropy(TREE, three)


@every_grouping
def test_a_saved_loss_is_the_same(grouping):
    loss = NodeCrossentropy(TREE, grouping, name="known")
    again = keras.losses.deserialize(keras.losses.serialize(loss))
    assert again.name == "known"
    assert again.grouping == grouping
    outputs = 6 if grouping is None else grouping.num_groups
    logits = np.random.default_rng(3).normal(size=(12, outputs))
    np.testing.assert_array_equal(
        of_each(again, np.arange(12), logits),
        of_each(loss, np.arange(12), logits),
    )
