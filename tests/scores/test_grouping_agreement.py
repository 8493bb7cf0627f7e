"""Agreement of groupings."""

import itertools

import numpy as np
import pytest

from keras_hier import scores
from keras_hier.hierarchy import Grouping


def grouping(of_class):
    values, of = np.unique(of_class, return_inverse=True)
    return Grouping([f"g{value}" for value in values], of)


def by_pairs(one, other):
    """The definition, pair by pair."""
    pairs = list(itertools.combinations(range(len(one)), 2))
    same = np.array([[a[i] == a[j] for i, j in pairs] for a in (one, other)])
    both, (first, second) = (same[0] & same[1]).sum(), same.sum(axis=1)
    chance = first * second / len(pairs)
    return (both - chance) / ((first + second) / 2 - chance)


@pytest.mark.parametrize("seed", range(2))
def test_it_is_the_definition(seed):
    rng = np.random.default_rng(seed)
    one, other = rng.integers(0, 4, 20), rng.integers(0, 6, 20)
    found = scores.adjusted_rand(grouping(one), grouping(other))
    assert found == pytest.approx(by_pairs(one, other))
    back = scores.adjusted_rand(grouping(other), grouping(one))
    assert back == pytest.approx(found)


def test_by_hand():
    # 2 pairs are together in both, 6 and 3 in each, of 15. So the index is
    # (2 - 1.2) / (4.5 - 1.2).
    found = scores.adjusted_rand(
        grouping([0, 0, 0, 1, 1, 1]), grouping([0, 0, 1, 1, 2, 2])
    )
    assert found == pytest.approx(0.8 / 3.3)


def test_chance_is_nought_and_the_same_is_one():
    rng = np.random.default_rng(0)
    of = rng.integers(0, 10, 500)
    assert scores.adjusted_rand(grouping(of), grouping(9 - of)) == 1
    found = [
        scores.adjusted_rand(grouping(of), grouping(rng.permutation(of)))
        for _ in range(200)
    ]
    assert np.mean(found) == pytest.approx(0, abs=3 * np.std(found) / 200**0.5)


@pytest.mark.parametrize("of", [[0, 0, 0], [0, 1, 2], [0]])
def test_all_in_one_group_or_each_alone(of):
    assert scores.adjusted_rand(grouping(of), grouping(of)) == 1


def test_other_classes():
    with pytest.raises(ValueError, match="got 2 and 3"):
        scores.adjusted_rand(grouping([0, 1]), grouping([0, 1, 1]))
