"""The losses: by hand, against NumPy, at the extremes, in fit, saved."""

from math import log

import keras
import numpy as np
import pytest
import small
from hypothesis import given, settings
from hypothesis import strategies as st
from small import gradients, numpy, one_hot, softmax
from strategies import hierarchies, naive_ancestors

from keras_hier import losses

BIKE, PUG, PIE, TABBY, BUS, HUSKY = range(6)
# animal 3 (dog 2 (pug, husky), cat 1 (tabby)), vehicle 2 (bus, bike), food 1
TREE = small.hierarchy()
LOSSES = {
    "hxe": lambda **kwargs: losses.HierarchicalCrossentropy(
        TREE, alpha=0.4, **kwargs
    ),
    "soft": lambda **kwargs: losses.SoftLabelCrossentropy(
        TREE, beta=3.0, **kwargs
    ),
}
every_loss = pytest.mark.parametrize("make", LOSSES.values(), ids=LOSSES)


def batch(samples=40, size=6, seed=0):
    rng = np.random.default_rng(seed)
    logits = rng.normal(0, 2, (samples, size)).astype("float32")
    return rng.integers(0, size, samples), logits


@pytest.mark.parametrize(
    ("label", "steps"),
    [
        (PUG, [log(2), log(3 / 2), log(2)]),  # animal, of which dog, pug
        (TABBY, [log(2), log(3), 0]),  # animal, cat, its only class
        (BIKE, [log(3), log(2)]),
        (PIE, [log(6), 0]),
    ],
)
def test_hxe_by_hand(label, steps):
    # Six equal probabilities; alpha ln 2 halves the weight at each depth.
    loss = losses.HierarchicalCrossentropy(TREE, alpha=log(2))
    expected = sum(step / 2**depth for depth, step in enumerate(steps, 1))
    assert float(loss([label], np.zeros((1, 6)))) == pytest.approx(expected)


def test_soft_labels_by_hand():
    # pug to husky 1, tabby 2, others 3, of height 3; beta 3 ln 2 halves each.
    loss = losses.SoftLabelCrossentropy(TREE, beta=3 * log(2))
    near = np.array([1, 8, 1, 2, 1, 4]) / 17
    scores = np.array([[3, 1, 4, 1, 5, 9]], "float32")
    expected = -(near * np.log(softmax(scores))).sum()
    assert float(loss([PUG], scores)) == pytest.approx(expected, rel=1e-6)


def hxe(tree, alpha, label, p):
    """The definition, one node at a time."""
    total = 0.0
    mass = {
        node: p[tree.order[tree.start[node] : tree.stop[node]]].sum()
        for node in range(len(tree.parents))
    }
    for node in naive_ancestors(tree, int(tree.leaves[label]))[:-1]:
        step = np.log(mass[node] / mass[tree.parents[node]])
        total -= np.exp(-alpha * tree.depth[node]) * step
    return total


@settings(max_examples=25)
@given(hierarchies(), st.floats(0, 2), st.integers(0, 2**32 - 1))
def test_hxe_on_any_tree(tree, alpha, seed):
    labels, logits = batch(3, tree.num_classes, seed)
    loss = losses.HierarchicalCrossentropy(tree, alpha, reduction=None)
    expected = [
        hxe(tree, alpha, label, p)
        for label, p in zip(labels, softmax(logits), strict=True)
    ]
    got = numpy(loss(labels, logits))
    np.testing.assert_allclose(got, expected, rtol=1e-4, atol=1e-5)


@settings(max_examples=25)
@given(hierarchies(), st.floats(0, 50), st.integers(0, 2**32 - 1))
def test_soft_labels_on_any_tree(tree, beta, seed):
    labels, logits = batch(3, tree.num_classes, seed)
    loss = losses.SoftLabelCrossentropy(tree, beta, reduction=None)
    near = np.exp(-beta * tree.lca_distance()[labels] / tree.height[0])
    near /= near.sum(axis=1, keepdims=True)
    expected = -(near * np.log(softmax(logits))).sum(axis=1)
    got = numpy(loss(labels, logits))
    np.testing.assert_allclose(got, expected, rtol=1e-4, atol=1e-5)


def test_special_cases_are_crossentropy():
    labels, logits = batch()
    special = {
        "alpha 0": losses.HierarchicalCrossentropy(TREE, alpha=0),
        "beta large": losses.SoftLabelCrossentropy(TREE, beta=1000),
    }
    hard = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    soft = keras.losses.CategoricalCrossentropy(from_logits=True)
    smooth = 0.7 * one_hot(labels) + 0.05
    for name, loss in special.items():
        for reference, y in ((hard, labels), (soft, smooth)):
            expected = float(reference(y, logits))
            assert float(loss(y, logits)) == pytest.approx(expected), name
        np.testing.assert_allclose(
            gradients(loss, smooth, logits),
            gradients(soft, smooth, logits),
            atol=1e-6,
            err_msg=name,
        )


@every_loss
@pytest.mark.parametrize("form", ["column", "one-hot", "uint8", "float"])
def test_forms_of_labels(make, form):
    labels, logits = batch()
    given = {
        "column": labels[:, None],
        "one-hot": one_hot(labels),
        "uint8": labels.astype("uint8"),
        "float": labels.astype("float32"),
    }[form]
    expected = float(make()(labels, logits))
    assert float(make()(given, logits)) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("kind", ["hxe", "soft"])
def test_mixed_labels_mix_the_losses(kind):
    labels, logits = batch()
    others = (labels + 2) % 6
    loss = LOSSES[kind]()
    mixed = 0.3 * one_hot(labels) + 0.7 * one_hot(others)
    expected = 0.3 * loss(labels, logits) + 0.7 * loss(others, logits)
    assert float(loss(mixed, logits)) == pytest.approx(
        float(expected), rel=1e-5
    )


@every_loss
def test_probabilities(make):
    labels, logits = batch()
    p = softmax(logits).astype("float32")
    expected = float(make()(labels, logits))
    loss = make(from_logits=False)
    assert float(loss(labels, p)) == pytest.approx(expected, rel=1e-4)
    assert np.isfinite(float(loss(labels, one_hot((labels + 1) % 6))))


@pytest.mark.any_backend
@every_loss
def test_extreme_logits(make):
    # Each class far above, then far below, all others, for every true class.
    logits = np.concatenate([s * 1e4 * one_hot(range(6)) for s in (2, -2)])
    logits = np.concatenate([logits - 1e4, logits, 1e4 - logits])
    labels = np.repeat(np.arange(6), len(logits))
    logits = np.tile(logits, (6, 1)).astype("float32")
    assert np.isfinite(numpy(make(reduction=None)(labels, logits))).all()
    slopes = gradients(make(reduction="sum"), labels, logits)
    assert np.isfinite(slopes).all()
    # Adding a number to all logits changes nothing.
    np.testing.assert_allclose(slopes.sum(axis=1), 0, atol=1e-5)
    # Where the truth is hopeless it still rises.
    hopeless = numpy(
        keras.losses.SparseCategoricalCrossentropy(True, reduction=None)(
            labels, logits
        )
    )
    rows = np.flatnonzero(hopeless > 1e4)
    assert len(rows)
    assert (slopes[rows, labels[rows]] < -0.01).all()


def test_a_class_masked_by_infinity_is_one_far_below_all_others():
    make = LOSSES["hxe"]
    labels, logits = batch(8)
    # cat has no other class, and dog loses one of two.
    kept = ~np.isin(labels, (TABBY, PUG))
    labels, logits = labels[kept], logits[kept]
    below, masked = logits.copy(), logits.copy()
    below[:, [TABBY, PUG]], masked[:, [TABBY, PUG]] = -1e5, -np.inf
    found, expected = (
        numpy(make(reduction=None)(labels, v)) for v in (masked, below)
    )
    np.testing.assert_allclose(found, expected, rtol=1e-5)
    slopes = [
        gradients(make(reduction="sum"), labels, v) for v in (masked, below)
    ]
    np.testing.assert_allclose(*slopes, atol=1e-6)


def test_hopeless_samples_by_hand():
    # log p is 0 for pie, -1e4 for pug and so for dog and animal, else -2e4.
    logits = np.full((1, 6), -1e4)
    logits[0, PIE], logits[0, PUG] = 1e4, 0.0
    loss = losses.HierarchicalCrossentropy(TREE, alpha=log(2))
    assert float(loss([PUG], logits)) == pytest.approx(1e4 / 2)
    # husky is another 1e4 below pug, at depth 3.
    assert float(loss([HUSKY], logits)) == pytest.approx(1e4 / 2 + 1e4 / 8)


@every_loss
def test_config(make):
    loss = make(name="by_hand", reduction="sum", from_logits=False)
    config = keras.saving.serialize_keras_object(loss)
    again = keras.saving.deserialize_keras_object(config)
    assert type(again) is type(loss)
    assert again.hierarchy == loss.hierarchy
    assert again.get_config() == loss.get_config()
    assert (again.name, again.reduction) == ("by_hand", "sum")
    labels, logits = batch()
    p = softmax(logits)
    assert float(again(labels, p)) == float(loss(labels, p))


@every_loss
def test_half_precision_scores_are_computed_in_float32(make, keras_config):
    labels, logits = batch()
    half = logits.astype("float16")
    expected = float(make()(labels, half.astype("float32")))
    assert float(make()(labels, half)) == expected
    keras_config.set_dtype_policy("mixed_float16")
    model = small.model()
    loss = make()
    model.compile("sgd", loss, run_eagerly=small.EAGERLY)
    assert loss.dtype == "float32"
    assert np.isfinite(model.train_on_batch(*small.data(8)))


def test_bad_arguments():
    with pytest.raises(ValueError, match="Expected a Hierarchy, got str 'imag"):
        losses.HierarchicalCrossentropy("imagenet")
    with pytest.raises(ValueError, match=r"`alpha`.*0 or more, got -1"):
        losses.HierarchicalCrossentropy(TREE, alpha=-1)
    with pytest.raises(ValueError, match=r"`beta`.*finite.*got inf"):
        losses.SoftLabelCrossentropy(TREE, beta=np.inf)
