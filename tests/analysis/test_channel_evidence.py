import numpy as np
import pytest
from scipy import stats

import keras_hier as kh
from keras_hier.analysis.channel_evidence import channels


def test_each_is_the_rank_test_of_its_channel():
    rng = np.random.default_rng(0)
    means = rng.normal(size=(30, 5))
    found = channels(means, range(7))
    for place, channel in enumerate(found.order.tolist()):
        column = means[:, channel]
        test = stats.mannwhitneyu(column[:7], column[7:])
        assert found.p[place] == pytest.approx(test.pvalue)
        higher = (column[:7, None] > column[7:]).mean()
        assert found.auc[place] == pytest.approx(higher)
    assert (np.diff(found.p) >= 0).all()


def test_what_responds_is_found_and_what_speaks_against():
    rng = np.random.default_rng(0)
    means = rng.normal(size=(60, 200))
    means[:12, :3] += 3
    means[:12, 3] -= 3
    found = kh.analysis.channels(means, np.arange(12))
    assert set(found.order[: found.found].tolist()) >= {0, 1, 2, 3}
    assert found.found <= 6
    auc = dict(zip(found.order.tolist(), found.auc.tolist(), strict=True))
    assert auc[0] > 0.9
    assert auc[3] < 0.1
    assert (found.q[: found.found] <= 0.05).all()


def test_groups_at_random_have_no_channels():
    rng = np.random.default_rng(1)
    # Channels that correlate, as those of a layer do.
    means = rng.normal(size=(100, 6)) @ rng.normal(size=(6, 256))
    means += rng.normal(size=means.shape)
    any_found = [
        channels(means, rng.permutation(100)[:15]).found > 0 for _ in range(100)
    ]
    assert np.mean(any_found) <= 0.1


def test_a_group_of_three_is_ordered_and_never_found():
    means = np.random.default_rng(0).normal(size=(50, 10))
    means[:3, 4] += 100
    found = channels(means, [0, 1, 2])
    assert found.order[0] == 4
    assert found.found == 0
    assert np.isnan(found.q).all()


def test_a_dead_channel_says_nothing():
    means = np.random.default_rng(0).normal(size=(20, 3))
    means[:, 1] = 2
    found = channels(means, range(5))
    (place,) = np.flatnonzero(found.order == 1)
    assert (found.auc[place], found.p[place]) == (0.5, 1)


def test_means_of_features():
    tree = kh.Hierarchy.from_paths([("a",), ("b",), ("c",)])
    features = kh.analysis.Features(
        {"fc": [[1.0, 2], [3, 4], [5, 6]]}, ["a", "b", "a"]
    )
    means = features.class_means("fc", tree)
    np.testing.assert_array_equal(means[:2], [[3, 4], [3, 4]])
    assert np.isnan(means[2]).all()


@pytest.mark.parametrize(
    ("means", "group", "said"),
    [
        ([1, 2], [0], r"means \[C, F\]"),
        ([[np.nan], [1]], [0], "finite"),
        ([[1], [2]], [], "not of none or all"),
        ([[1], [2]], [0, 1], "not of none or all"),
        ([[1], [2]], [2], "the labels of some"),
        ([[1], [2]], ["a"], "the labels of some"),
    ],
)
def test_what_does_not_fit(means, group, said):
    with pytest.raises(ValueError, match=said):
        channels(means, group)
