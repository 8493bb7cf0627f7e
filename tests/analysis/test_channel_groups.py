"""The group that each channel tells best, over simulated truth."""

import numpy as np
import pytest

from keras_hier.analysis.evidence.channel_evidence import channels
from keras_hier.analysis.evidence.channel_groups import channel_groups

CLASSES = 60
# Two halves, six tens, and three that are too few to be tested.
GROUPS = [
    range(30),
    range(30, 60),
    *(range(at, at + 10) for at in range(0, 60, 10)),
    range(3),
]


def draw(seed, features=80):
    return np.random.default_rng(seed).normal(size=(CLASSES, features))


def test_noise_gets_no_group():
    told = [
        (channel_groups(draw(seed), GROUPS).group >= 0).any()
        for seed in range(60)
    ]
    # By design at most one in twenty.
    assert np.sum(told) <= 6


def test_what_responds_to_a_group_gets_that_one():
    means = draw(0)
    truth = {0: 0, 1: 1, 2: 2, 3: 7, 4: 5}
    for channel, group in truth.items():
        means[GROUPS[group], channel] += 4
    found = channel_groups(means, GROUPS)
    assert found.tested == len(GROUPS) - 1
    assert {c: int(found.group[c]) for c in truth} == truth
    assert (found.group[len(truth) :] >= 0).sum() <= 1
    expected = channels(means, GROUPS[7])
    at = expected.order.tolist().index(3)
    assert found.auc[3] == pytest.approx(expected.auc[at])
    assert np.isnan(found.auc[found.group < 0]).all()


def test_what_is_silent_in_a_group_has_no_group_there():
    means = draw(1)
    means[GROUPS[3], 0] -= 6
    assert channel_groups(means, GROUPS[2:]).group[0] != 1


def test_a_channel_that_fires_at_one_group_alone_is_found():
    means = draw(2)
    means[:, 0] = 0
    means[GROUPS[4], 0] = np.arange(1, 11)
    assert channel_groups(means, GROUPS).group[0] == 4
    means[:, 0] = 0
    means[7, 0] = 1  # one class is no group
    assert channel_groups(means, GROUPS).group[0] == -1


def test_rare_classes_are_compared_with_rare_ones():
    rng = np.random.default_rng(3)
    samples = np.where(np.arange(CLASSES) < 10, 2, 200)
    # The means of few samples stray: the highest and the lowest are theirs.
    means = abs(rng.normal(size=(CLASSES, 80))) / np.sqrt(samples)[:, None]
    assert (channel_groups(means, GROUPS).group >= 0).any()
    found = channel_groups(means, GROUPS, samples=samples)
    assert not np.isin(found.group, [0, 2]).any()


def test_classes_without_samples_are_left_out():
    means = draw(4)
    means[GROUPS[2], 0] += 4
    means[::7] = np.nan
    assert channel_groups(means, GROUPS).group[0] == 2
    means[4:10] = np.nan
    assert channel_groups(means, GROUPS).tested == len(GROUPS) - 2


def test_without_groups_there_is_nothing_to_tell():
    found = channel_groups(draw(5), [])
    assert found.tested == 0
    assert (found.group == -1).all()
