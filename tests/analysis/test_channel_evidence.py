import numpy as np
import pytest
from scipy import stats

import keras_hier as kh
from keras_hier.analysis.evidence.channel_evidence import channels


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


def means_of(samples, rng, channels=128):
    """Means of channels that tell no group apart, of unequal samples."""
    apart = 0.3 * rng.normal(size=(len(samples), channels)) - 0.5
    drawn = rng.normal(size=(sum(samples), channels))
    drawn += np.repeat(apart, samples, axis=0)
    starts = np.cumsum(samples) - samples
    return np.add.reduceat(np.maximum(drawn, 0), starts) / samples[:, None]


def test_groups_of_rare_classes_have_no_channels():
    """Their means stray further: that alone tells them from common ones."""
    size, rng = 12, np.random.default_rng(12)
    any_found, blindly = [], []
    for _ in range(20):
        samples = np.where(np.arange(100) < 75, 50, rng.integers(2, 4, 100))
        group = 75 + rng.permutation(25)[:size]
        means = means_of(samples, rng)
        any_found.append(channels(means, group, samples=samples).found > 0)
        blindly.append(channels(means, group).found > 0)
    # 5 % and three standard errors.
    assert np.mean(any_found) <= 0.2
    assert np.mean(blindly) > 0.5


def test_what_a_rare_group_responds_to_is_found():
    rng = np.random.default_rng(0)
    samples = np.where(np.arange(60) % 2, 5, 50)
    means = means_of(samples, rng)
    group = np.arange(1, 24, 2)
    means[group, 7] += 3
    found = channels(means, group, samples=samples)
    assert (found.order[0], found.compared) == (7, (12, 18))
    assert found.auc[0] == pytest.approx(
        (means[group, 7][:, None] > means[25::2, 7]).mean()
    )


def test_rare_classes_with_no_others_of_their_kind_are_not_tested():
    rng = np.random.default_rng(0)
    samples = np.where(np.arange(60) < 8, 2, 50)
    found = channels(means_of(samples, rng), range(10), samples=samples)
    assert (found.found, found.compared) == (0, (2, 50))
    assert np.isnan(found.q).all()


def test_a_group_of_three_is_ordered_and_never_found():
    means = np.random.default_rng(0).normal(size=(50, 10))
    means[:3, 4] += 100
    found = channels(means, [0, 1, 2])
    assert found.order[0] == 4
    assert found.found == 0
    assert np.isnan(found.q).all()


def test_classes_without_samples_are_left_out():
    rng = np.random.default_rng(3)
    means = rng.normal(size=(20, 4))
    means[:6, 1] += 5
    samples = rng.integers(40, 60, 20)
    there = np.r_[:5, 6:19]
    among = channels(means[there], range(5), samples=samples[there])
    for empty in (5, 19):
        means[empty], samples[empty] = np.nan, 0
    found = channels(means, range(6), samples=samples)
    for one, other in zip(found, among, strict=True):
        np.testing.assert_array_equal(one, other)
    assert found.found == 1


@pytest.mark.parametrize(
    ("means", "group", "samples", "said"),
    [
        ([1, 2], [0], None, r"means \[C, F\]"),
        ([[np.inf, 1], [1, 2]], [0], None, "NaN or inf beside numbers"),
        ([[np.nan], [1]], [0], None, "Of the group all rows are NaN"),
        ([[np.nan], [1]], [1], None, "Of others all rows are NaN"),
        ([[1], [2]], [], None, "not of none or all"),
        ([[1], [2]], [0, 1], None, "not of none or all"),
        ([[1], [2]], [2], None, "the labels of some"),
        ([[1], [2]], ["a"], None, "the labels of some"),
        ([[1], [2]], [0], [5], r"of shape \[2\]"),
        ([[1], [2]], [0], 5, r"of shape \[2\]"),
        ([[1], [2]], [0], [1, 0], "got 0 of one"),
    ],
)
def test_what_does_not_fit(means, group, samples, said):
    with pytest.raises(ValueError, match=said):
        channels(means, group, samples=samples)
