import itertools

import numpy as np
import pytest

import keras_hier as kh
from keras_hier.hierarchy import Hierarchy
from keras_hier.probing.alignment.class_correlation import (
    ClassPairs,
    class_correlation,
)

TREE = Hierarchy.from_paths(
    [
        (f"s{a}", f"g{a}{b}", f"c{a}{b}{c}")
        for a in range(4)
        for b in range(4)
        for c in range(5)
    ]
)


def drawn(seed=0, features=60, shared=0.0):
    rng = np.random.default_rng(seed)
    means = rng.normal(size=(TREE.num_classes, features))
    for level in TREE.levels()[:-1]:
        group = rng.normal(size=(level.num_groups, features))
        means += shared * group[level.of_class]
    return means


def pairs_of(matrix):
    return matrix[np.triu_indices(len(matrix), 1)]


def test_it_is_the_correlation_of_standardised_means():
    means = drawn(shared=1) * np.exp(np.arange(60) / 9)
    scores = (means - means.mean(axis=0)) / means.std(axis=0)
    found = kh.analysis.class_correlation(means)
    np.testing.assert_allclose(found, np.corrcoef(scores), atol=1e-6)


def test_classes_without_samples_are_no_numbers():
    means = drawn()
    means[[3, 7]] = np.nan
    found = class_correlation(means)
    kept = np.delete(np.arange(TREE.num_classes), [3, 7])
    assert np.isnan(found[3]).all()
    assert np.isnan(found[:, 7]).all()
    np.testing.assert_allclose(
        found[np.ix_(kept, kept)], class_correlation(means[kept]), atol=1e-6
    )


def test_the_means_within_and_between_groups():
    alike = class_correlation(drawn(shared=1))
    group = TREE.levels()[0].of_class.copy()
    group[group == 2] = -1
    same = pairs_of(group[:, None] == group) & pairs_of(
        (group[:, None] >= 0) & (group >= 0)
    )
    found = ClassPairs(alike).within(group)
    assert found.inside == pytest.approx(pairs_of(alike)[same].mean())
    assert found.outside == pytest.approx(pairs_of(alike)[~same].mean())
    assert ClassPairs(alike).mean == pytest.approx(pairs_of(alike).mean())


def test_the_band_is_that_of_all_permutations():
    alike = class_correlation(np.random.default_rng(0).normal(size=(6, 9)))
    group = np.array([0, 0, 0, 1, 1, -1])
    found = ClassPairs(alike).within(group)
    every = [
        ClassPairs(alike[np.ix_(order, order)]).within(group)
        for order in itertools.permutations(range(6))
    ]
    inside = [each.inside for each in every]
    assert np.mean(inside) == pytest.approx(ClassPairs(alike).mean)
    assert found.band == pytest.approx(1.96 * np.std(inside))
    outside = [each.outside for each in every]
    assert found.band_outside == pytest.approx(1.96 * np.std(outside))


def test_without_pairs_there_is_no_number():
    pairs = ClassPairs(class_correlation(drawn()))
    alone = pairs.within(np.arange(TREE.num_classes))
    assert np.isnan([alone.inside, alone.band]).all()
    assert alone.outside == pytest.approx(pairs.mean)
    everything = pairs.within(np.zeros(TREE.num_classes, int))
    assert everything.inside == pytest.approx(pairs.mean)
    assert np.isnan([everything.outside, everything.band]).all()


@pytest.mark.parametrize(
    ("means", "said"),
    [
        ([1, 2], r"\[C, F\]"),
        ([[1, 2], [np.nan, np.nan]], "at least two classes"),
        ([[1, 2], [3, np.nan]], "finite"),
        ([[1, 2], [1, 2]], "nothing apart"),
    ],
)
def test_what_does_not_fit(means, said):
    with pytest.raises(ValueError, match=said):
        class_correlation(means)
