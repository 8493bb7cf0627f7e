"""Probabilities of classes below the label of a node."""

import numpy as np
import pytest
import small
from hypothesis import given
from hypothesis import strategies as st
from strategies import hierarchies

import keras_hier as kh
from keras_hier.hierarchy.labels.node_labels import NodeLabels

BIKE, PUG, PIE, TABBY, BUS, HUSKY = range(6)
ROOT, ANIMAL, DOG = range(6, 9)
NUMBERING = NodeLabels(small.hierarchy())


def test_a_posterior_below_a_label():
    said = np.tile([0.1, 0.2, 0.1, 0.1, 0.3, 0.2], (4, 1))
    said[3] = [0.5, 0, 0, 0.5, 0, 0]
    got = NUMBERING.within([DOG, ROOT, PIE, DOG], said)
    assert got.dtype == np.float32
    expected = np.zeros((4, 6))
    expected[0, [PUG, HUSKY]] = 0.5
    expected[1] = said[1]
    expected[2, PIE] = 1
    expected[3, [PUG, HUSKY]] = 0.5  # nothing is said of dogs
    np.testing.assert_allclose(got, expected, atol=1e-7)


def test_tensors_with_gradients_are_taken():
    torch = pytest.importorskip("torch")
    said = torch.tensor([[0.1, 0.2, 0.1, 0.1, 0.3, 0.2]], requires_grad=True)
    labels = torch.tensor([DOG])
    for dtype in (torch.float32, torch.bfloat16):
        got = NUMBERING.within(labels, said.to(dtype), torch.ones(6))
        np.testing.assert_allclose(got[0, [PUG, HUSKY]], 0.5, rtol=1e-2)


def test_frequencies_hold_back_what_is_named_too_often():
    dogs = np.zeros((3, 6))
    dogs[:, PUG], dogs[:, HUSKY] = (0.4, 0.6, 0.8), (0.6, 0.4, 0.2)
    labels = [DOG] * 3
    even = NUMBERING.within(labels, dogs, np.ones(6))
    np.testing.assert_allclose(even.sum(axis=1), 1, rtol=1e-6)
    np.testing.assert_allclose(even.sum(axis=0)[[PUG, HUSKY]], 1.5, rtol=1e-2)
    # By one factor for all: odds keep their proportions.
    odds = even[:, PUG] / even[:, HUSKY]
    np.testing.assert_allclose(odds / odds[0], [1, 2.25, 6], rtol=1e-5)
    counts = np.zeros(6)
    counts[[PUG, HUSKY]] = 20, 10
    twice = NUMBERING.within(labels, dogs, counts)
    np.testing.assert_allclose(twice.sum(axis=0)[PUG], 2, rtol=1e-2)
    # Nothing is left of a class that never occurs, not even by default.
    counts[HUSKY] = 0
    only = [[1 if c == PUG else 0 for c in range(6)]] * 3
    assert NUMBERING.within(labels, dogs, counts).tolist() == only
    # No sample gives a tabby a share: dogs have its part.
    animals = NUMBERING.within([ANIMAL] * 3, dogs, np.ones(6))
    np.testing.assert_allclose(
        animals.sum(axis=0)[[PUG, HUSKY, TABBY]], [1.5, 1.5, 0], rtol=1e-2
    )
    # Where none below occurs nothing is known, and what is said stays.
    none = NUMBERING.within(labels, dogs, np.zeros(6))
    np.testing.assert_array_equal(none, NUMBERING.within(labels, dogs))
    # Where nobody names one, they are alike.
    unsaid = NUMBERING.within([DOG], np.zeros((1, 6)), counts + 1)
    assert unsaid[0, PUG] == pytest.approx(21 / 22)


@given(hierarchies(), st.integers(0, 2**32 - 1))
def test_frequencies_hold_over_all_labels_together(tree, seed):
    numbering = NodeLabels(tree)
    rng = np.random.default_rng(seed)
    labels = rng.integers(numbering.num_labels, size=20)
    said = rng.random((20, tree.num_classes)) + 0.1
    counts = rng.integers(1, 4, tree.num_classes)
    got = numbering.within(labels, said, counts)
    np.testing.assert_allclose(got.sum(axis=1), 1, rtol=1e-5)
    believed = numbering.within(labels, np.tile(counts, (20, 1)))
    np.testing.assert_allclose(
        got.sum(axis=0), believed.sum(axis=0), rtol=0.011, atol=1e-5
    )
    # Shares that are so already stay.
    again = numbering.within(labels, got, counts)
    np.testing.assert_allclose(again, got, rtol=1e-5, atol=1e-6)


DOGS = kh.Hierarchy.from_paths([("dog", "pug"), ("dog", "husky"), ("bus",)])


def of_dogs(said, frequencies):
    numbering = NodeLabels(DOGS)
    labels = np.full(len(said), numbering.label("dog"))
    return numbering.within(labels, said, frequencies)


def test_certain_answers_stay_whatever_the_frequencies():
    # Wanted are 50 and 50, and not to be had.
    said = np.tile([1.0, 0, 0], (100, 1))
    said[0] = [0, 1, 0]
    np.testing.assert_array_equal(of_dogs(said, [1, 1, 1]), said)
    two = np.array([[1.0, 0, 0], [0, 1, 0]])
    np.testing.assert_array_equal(of_dogs(two, [1e6, 1, 1]), two)
    # Nor does a share of 0 grow where nothing else occurs.
    np.testing.assert_array_equal(of_dogs(two, [1, 0, 1]), two)
    dust = np.array([[1.0, 1e-30, 0], [0, 1, 0]])
    np.testing.assert_allclose(of_dogs(dust, [1, 1e6, 1]), two, atol=1e-20)


def test_what_is_uncertain_comes_as_near_as_it_can():
    # 5 of 10 dogs shall be huskies; 8 are pugs, so both others are huskies.
    said = np.tile([1.0, 0, 0], (10, 1))
    said[:2] = [0.7, 0.3, 0]
    got = of_dogs(said, [1, 1, 1])
    np.testing.assert_array_equal(got[2:], said[2:])
    np.testing.assert_allclose(got[:2], [[0, 1, 0]] * 2, atol=1e-6)
    # With 6 certain pugs, 7.5 and 2.5 can be had.
    said[:4] = [0.7, 0.3, 0]
    got = of_dogs(said, [3, 1, 0])
    np.testing.assert_allclose(got.sum(axis=0), [7.5, 2.5, 0], rtol=1e-2)


POWERS = st.integers(-307, 307).map(lambda power: 10.0**power)


AMOUNTS = st.one_of(st.just(0.0), st.just(5e-324), st.just(1.0), POWERS)


@given(hierarchies(), st.data())
def test_any_amounts_give_shares(tree, data):
    numbering = NodeLabels(tree)
    size = tree.num_classes

    def draw(count, values):
        each = st.lists(values, min_size=count, max_size=count)
        return np.array(data.draw(each))

    labels = draw(4, st.integers(0, numbering.num_labels - 1))
    said = draw(4 * size, AMOUNTS).reshape(4, size)
    plain = numbering.within(labels, said)
    got = numbering.within(labels, said, draw(size, AMOUNTS))
    for shares in (plain, got):
        assert np.isfinite(shares).all()
        np.testing.assert_allclose(shares.sum(axis=1), 1, rtol=1e-5)
    for label, row, shares in zip(labels, said, got, strict=True):
        below = numbering.classes(label)
        named = below[row[below] > 0]
        # 0 and 1 stay, but where nothing is said of these classes.
        if len(named):
            assert np.delete(shares, named).sum() == 0
        if len(named) == 1:
            assert shares[named] == 1


ONES = np.ones((1, 6))


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (([12], ONES), r"lie in 0\.\.11 .*got 12"),
        (([-1], ONES), "got -1"),
        (([0.0], ONES), r"integers \[N\], got float64"),
        (([[0]], ONES), r"integers \[N\], got int64 \[1, 1\]"),
        (([0], ONES[:, :5]), r"Expected probabilities \[1, 6\]"),
        (([0, 1], ONES), r"Expected probabilities \[2, 6\]"),
        (([0], -ONES), "take the softmax first"),
        (([0], ONES * np.nan), "take the softmax first"),
        (([DOG], ONES, np.ones(5)), r"Expected frequencies \[6\].*got \[5\]"),
        (([DOG], ONES, np.full(6, np.inf)), "give counts"),
        (([DOG], ONES, -np.ones(6)), "give counts"),
    ],
)
def test_no_posterior(given, message):
    with pytest.raises(kh.HierarchyError, match=message):
        NUMBERING.within(*given)
