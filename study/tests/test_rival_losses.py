"""The losses that the heads are held against, by hand."""

from math import exp, log

import keras
import numpy as np
import pytest
import small

import keras_hier as kh
from keras_hier import losses
from study.training.rival_losses import (
    ComplementCrossentropy,
    TreeMarginalCrossentropy,
)

BIKE, PUG, PIE, TABBY, BUS, HUSKY = range(6)
# animal 3 (dog 2 (pug, husky), cat 1 (tabby)), vehicle 2 (bus, bike), food 1
TREE = small.hierarchy()
CUT = TREE.cut(depth=1)


def batch(n=40):
    rng = np.random.default_rng(0)
    return rng.integers(0, 6, n), rng.normal(0, 2, (n, 6)).astype("float32")


def test_marginals_by_hand():
    dogs = TREE.cut(nodes=["dog", "cat", "vehicle", "food"])
    loss = TreeMarginalCrossentropy(TREE, [CUT, dogs], [0.5, 2.0])
    values = [float(loss([label], np.zeros((1, 6)))) for label in (PUG, PIE)]
    assert values == pytest.approx(
        [
            log(6) + 0.5 * log(2) + 2 * log(3),
            log(6) + 0.5 * log(6) + 2 * log(6),
        ]
    )


def test_complement_by_hand():
    loss = ComplementCrossentropy(TREE, CUT, weight=3.0)
    p = np.log([[0.1, 0.2, 0.1, 0.3, 0.2, 0.1]])  # bike pug pie tabby bus husky
    # Inside animal beside pug .3 and .1; outside .1, .1 and .2.
    inside = -(0.75 * log(0.75) + 0.25 * log(0.25))
    outside = -(0.25 * log(0.25) * 2 + 0.5 * log(0.5))
    expected = -log(0.2) - 3 * (inside / 3 + outside / 6)
    assert float(loss([PUG], p)) == pytest.approx(expected, rel=1e-6)
    # food holds pie alone: nothing is left inside.
    rest = np.array([0.1, 0.2, 0.3, 0.2, 0.1]) / 0.9
    outside = -(rest * np.log(rest)).sum()
    expected = -log(0.1) - 3 * outside / 6
    assert float(loss([PIE], p)) == pytest.approx(expected, rel=1e-6)


def test_hxe_is_a_sum_of_marginals():
    # Each cut by depth counts by what its weight exceeds the next one's.
    labels, logits = batch()
    alpha, deepest = 0.3, 3
    depths = range(1, deepest)
    marginal = TreeMarginalCrossentropy(
        TREE,
        [TREE.cut(depth=depth) for depth in depths],
        [
            (exp(-alpha * d) - exp(-alpha * (d + 1))) / exp(-alpha * deepest)
            for d in depths
        ],
    )
    loss = losses.HierarchicalCrossentropy(TREE, alpha)
    assert float(loss(labels, logits)) == pytest.approx(
        exp(-alpha * deepest) * float(marginal(labels, logits)), rel=1e-5
    )


def test_without_weight_they_are_crossentropy():
    labels, logits = batch()
    hard = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    for loss in (
        TreeMarginalCrossentropy(TREE, [CUT], 0),
        TreeMarginalCrossentropy(TREE, []),
        ComplementCrossentropy(TREE, CUT, weight=0),
    ):
        assert float(loss(labels, logits)) == pytest.approx(
            float(hard(labels, logits))
        )


def test_bad_arguments():
    foreign = kh.Grouping(["x", "y"], [0, 1, 1])
    with pytest.raises(ValueError, match=r"`weight`.*got nan"):
        ComplementCrossentropy(TREE, CUT, weight=np.nan)
    with pytest.raises(ValueError, match=r"each of the 1 groupings, got 2"):
        TreeMarginalCrossentropy(TREE, [CUT], [1, 1])
    with pytest.raises(kh.HierarchyError, match="3 classes"):
        TreeMarginalCrossentropy(TREE, [foreign])
    with pytest.raises(kh.HierarchyError, match="3 classes"):
        ComplementCrossentropy(TREE, foreign)
