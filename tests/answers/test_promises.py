"""Answers are right as often as was promised, and no less deep than needed."""

import numpy as np
import pytest
from scipy.stats import binom

import keras_hier as kh
from keras_hier.answers.promises import samples_needed, threshold
from keras_hier.answers.rules import RULES, chosen, least_thresholds
from keras_hier.scores.paths import Paths

TREE = kh.Hierarchy.cifar100()
GROUP = TREE.levels()[0].of_class


def drawn(rng, count, sharpness=1.0, signal=2.2):
    """Returns probabilities [N, 100] and labels, 77 % right at sharpness 1."""
    labels = rng.integers(0, 100, count)
    logits = rng.normal(0, 1, (count, 100))
    logits[np.arange(count), labels] += signal
    logits += 1.4 * (GROUP[None] == GROUP[labels][:, None])
    told = np.exp(1.6 * sharpness * logits)
    return told / told.sum(axis=1, keepdims=True), labels


def repeated(draws, accuracy, **kwargs):
    """Returns accuracy [draws] on 1,000 new samples of each calibration set."""
    rng, found = np.random.default_rng(1), []
    for _ in range(draws):
        answers = kh.Answers.fit(*drawn(rng, 400), TREE, accuracy, **kwargs)
        told, labels = drawn(rng, 1000)
        found.append(answers.score(answers(told), labels).accuracy)
    return np.array(found)


@pytest.mark.parametrize(
    ("rule", "temperature"), [("climbing", None), ("information", 1)]
)
def test_on_average_it_holds_and_wastes_little(rule, temperature):
    found = repeated(25, 0.9, rule=rule, temperature=temperature)
    # One calibration set spreads it by 0.02, so 25 by 0.004.
    assert 0.888 < found.mean() < 0.92


def test_with_probability_it_holds_in_as_many_sets():
    found = repeated(50, 0.9, confidence=0.9, temperature=1)
    # By chance 41 or more of 50 sets, if 45 of 50 hold, in 98 %.
    assert (found >= 0.9).sum() >= 41
    assert found.mean() < 0.94


def test_each_group_has_its_promise():
    rng = np.random.default_rng(2)
    told, labels = drawn(rng, 12_000)
    # Network and labels disagree within the first group of the tree alone.
    odd = np.flatnonzero(GROUP[labels] == 0)
    labels[odd] = rng.permutation(labels[odd])
    half = np.arange(12_000) % 2 == 0
    at = TREE.cut(groups=20)
    one = kh.Answers.fit(told[half], labels[half], TREE, 0.85, temperature=1)
    each = kh.Answers.fit(
        told[half], labels[half], TREE, 0.85, at=at, temperature=1
    )
    is_odd = at.of_class[told[~half].argmax(axis=1)] == at.of_class[0]
    is_odd |= GROUP[told[~half].argmax(axis=1)] == 0

    def right(answers):
        said = answers(told[~half][is_odd])
        return answers.score(said, labels[~half][is_odd]).accuracy

    assert right(one) < 0.8 < right(each)


@pytest.mark.parametrize("rule", RULES)
def test_right_from_the_least_threshold_on_and_never_before(rule):
    rng = np.random.default_rng(3)
    told, labels = drawn(rng, 300)
    paths = Paths(TREE)
    best, path = paths.upwards(told)
    leaf = TREE.leaves[labels]
    right = (paths.start[best] <= TREE.start[leaf][:, None]) & (
        TREE.stop[leaf][:, None] <= paths.stop[best]
    )
    bits = paths.bits[best]
    least = least_thresholds(rule, path, bits, right)
    rows = np.arange(300)
    for limit in [0, *np.quantile(least, [0.3, 0.8]), 0.5, 0.99, 3, np.inf]:
        place = chosen(rule, path, bits, np.full(300, limit))
        np.testing.assert_array_equal(right[rows, place], least <= limit)
    # At its own, the answer is the lowest right node that the rule can give.
    place = chosen(rule, path, bits, least)
    assert right[rows, place].all()


def test_worked_by_hand():
    tree = kh.Hierarchy.from_paths([("pet", "cat"), ("pet", "dog"), ("bus",)])
    told = np.array([[0.5, 0.3, 0.2], [0.1, 0.15, 0.75], [0.4, 0.35, 0.25]])
    paths = Paths(tree)
    best, path = paths.upwards(told)
    assert best.tolist() == [0, 2, 0]
    np.testing.assert_allclose(
        path, [[0.5, 0.8, 1], [0.75, 1, 1], [0.4, 0.75, 1]]
    )
    bits = paths.bits[best]
    np.testing.assert_allclose(bits[0], [np.log2(3), np.log2(1.5), 0])
    # The first is a dog, the second a cat, the third a bus.
    right = np.array([[0, 1, 1], [0, 1, 1], [0, 0, 1]], bool)
    climbing = least_thresholds("climbing", path, bits, right)
    np.testing.assert_allclose(climbing, [0.5, 0.75, 0.75])
    # 0.5 (1.585 + t) = 0.8 (0.585 + t), and so on.
    ahead = [
        (0.5 * np.log2(3) - 0.8 * np.log2(1.5)) / 0.3,
        0.75 * np.log2(3) / 0.25,
        max(0.4 * np.log2(3) / 0.6, 0.75 * np.log2(1.5) / 0.25),
    ]
    by_bits = least_thresholds("information", path, bits, right)
    np.testing.assert_allclose(by_bits, ahead, rtol=1e-8)


@pytest.mark.parametrize(
    ("accuracy", "confidence", "need"),
    [(0.95, None, 19), (0.9, None, 9), (0.95, 0.95, 59), (0.9, 0.9, 22)],
)
def test_how_many_samples_a_promise_needs(accuracy, confidence, need):
    assert samples_needed(accuracy, confidence) == need
    assert threshold(np.zeros(need), accuracy, confidence) == 0
    assert np.isinf(threshold(np.zeros(need - 1), accuracy, confidence))


def test_the_tail_is_exact():
    least = np.arange(1, 201) / 200
    limit = threshold(least, 0.9, 0.95)
    wrong = int((least > limit).sum())
    assert binom.cdf(wrong, 200, 0.1) <= 0.05 < binom.cdf(wrong + 1, 200, 0.1)


def test_one_temperature_mends_an_overconfident_network():
    rng = np.random.default_rng(4)
    told, labels = drawn(rng, 4000)
    heat = [
        kh.Answers.fit(told**by / (told**by).sum(1)[:, None], labels, TREE)
        for by in (1, 3)
    ]
    assert heat[1].temperature == pytest.approx(
        3 * heat[0].temperature, rel=0.01
    )
