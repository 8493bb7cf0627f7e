"""The best order of few classes, out of all."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keras_hier.hierarchy.orders import linear_arrangement, seriation


def drawn(size, families, seed, most=3):
    """Weights of whole numbers: many orders are equally good."""
    weights = np.random.default_rng(seed).integers(
        0, most, (families, size, size)
    )
    return (weights + weights.swapaxes(1, 2)) / 2


def cost(weights, order):
    places = np.argsort(order)
    return (weights * np.abs(np.subtract.outer(places, places))).sum() / 2


def first_of_the_best(weights):
    """Tries all orders, as a dictionary sorts them."""
    orders = list(itertools.permutations(range(len(weights))))
    costs = [cost(weights, order) for order in orders]
    return next(
        order
        for order, own in zip(orders, costs, strict=True)
        if own <= min(costs) + 1e-9
    )


@given(st.integers(1, 6), st.integers(0, 3), st.integers(0, 2**32 - 1))
def test_it_is_the_first_of_the_best_of_all_orders(size, families, seed):
    weights = drawn(size, families, seed)
    found = linear_arrangement.best_orders(weights)
    assert found.shape == (families, size)
    assert found.dtype == np.int32
    for own, order in zip(weights, found, strict=True):
        # The diagonal is ignored.
        np.fill_diagonal(own, 0)
        assert tuple(order) == first_of_the_best(own)


@given(st.integers(3, seriation.FEW), st.integers(0, 2**32 - 1))
def test_no_step_makes_it_better(size, seed):
    weights = drawn(size, 1, seed, most=9)[0]
    np.fill_diagonal(weights, 0)
    order = linear_arrangement.best_orders(weights[None])[0]
    assert sorted(order) == list(range(size))
    rng = np.random.default_rng(seed)
    others = [np.roll(order, by) for by in range(size)]
    others += [rng.permutation(size) for _ in range(50)]
    for one, other in itertools.combinations(range(size), 2):
        swapped = order.copy()
        swapped[[one, other]] = order[[other, one]]
        others.append(swapped)
    best = cost(weights, order)
    assert all(best <= cost(weights, other) + 1e-9 for other in others)


@pytest.mark.parametrize("size", range(9, seriation.FEW + 1))
def test_it_is_no_worse_than_what_is_taken_for_more_classes(size):
    rng = np.random.default_rng(size)
    for _ in range(10):
        alike = seriation.similarity(rng.poisson(0.5, (size, size)))
        order = linear_arrangement.best_orders(alike[None] / alike.max())[0]
        other = seriation._best_of_three(alike)
        assert cost(alike, order) <= cost(alike, other) + 1e-9


def test_as_many_at_once_as_one_by_one(monkeypatch):
    weights = drawn(7, 20, seed=3)
    at_once = linear_arrangement.best_orders(weights)
    monkeypatch.setattr(linear_arrangement, "_AT_ONCE", 3 * 2**7)
    np.testing.assert_array_equal(
        linear_arrangement.best_orders(weights), at_once
    )


def test_what_is_no_number_leaves_a_permutation():
    weights = np.full((1, 5, 5), np.nan)
    (order,) = linear_arrangement.best_orders(weights)
    assert order.tolist() == list(range(5))
