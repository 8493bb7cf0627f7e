"""Crossings of two classes: by hand, as a prior, without probabilities."""

import numpy as np
import pytest
from scipy.special import softmax
from sklearn.metrics import average_precision_score

from keras_hier.analysis.data_quality import (
    crossings,
    label_issues,
    top_k_input,
)
from keras_hier.analysis.data_quality.label_issues import suspect_labels
from keras_hier.hierarchy.hierarchy import Hierarchy

# Siblings a0, a1 and b0, b1 meet at height 1, all others at the root.
TREE = Hierarchy.from_paths(
    [("a", "a0"), ("a", "a1"), ("b", "b0"), ("b", "b1")]
)
LABELS = np.array([0, 0, 0, 0, 1, 1, 2, 2, 3, 3])
PREDICTED = np.array([0, 1, 1, 2, 1, 0, 2, 2, 3, 3])


def only(labels, predicted, tree=None, size=None):
    """What is suspect of predictions without probabilities."""
    return suspect_labels(
        labels,
        np.ones((len(labels), 1)),
        tree,
        classes=np.asarray(predicted)[:, None],
        num_classes=size,
    )


def asked(at, suggested, tree, labels=LABELS, predicted=PREDICTED):
    seen = top_k_input.read(
        labels, np.ones((len(labels), 1)), tree, predicted[:, None], None, 4
    )
    at, suggested = np.array(at), np.array(suggested)
    return crossings.crossings(seen, at, suggested, tree)


def precision(found, wrong):
    """Average precision over all samples; those that are no candidate last."""
    score = np.full(len(wrong), -1.0)
    score[found.suspects.sample] = np.arange(len(found.suspects.sample))[::-1]
    return average_precision_score(wrong, score)


class TestByHand:
    def test_with_a_tree(self):
        # Samples 1, 2 and 5 cross between a0 and a1. Sample 4 does not, and is
        # asked about the same pair; sample 3 crosses between a0 and b0.
        found = asked([1, 4, 3], [1, 0, 2], TREE)
        assert found.counts.tolist() == [2, 3, 0]
        # Height 1: 3 crossings; 4 + 2 samples of one pair, 2 + 2 of the other.
        # The root: 1 crossing; 10 samples in 2 pairs each.
        assert found.rate == pytest.approx(
            [3 / (6 + 10 / 3), 4 / (6 + 10 / 4), 1 / (6 + 20 / 1)]
        )

    def test_without_a_tree(self):
        # 4 crossings; 10 samples in 3 pairs each.
        found = asked([1, 4, 3], [1, 0, 2], None)
        assert found.counts.tolist() == [2, 3, 0]
        assert found.rate == pytest.approx(
            [3 / (6 + 30 / 4), 4 / (6 + 30 / 5), 1 / (6 + 30 / 4)]
        )

    def test_its_own_crossing_is_no_news(self):
        # The only error, between siblings and far apart: no others cross.
        predicted = LABELS.copy()
        predicted[0] = 1
        assert asked([0], [1], TREE, predicted=predicted).counts[0] == 0
        assert asked([0], [2], TREE, predicted=LABELS).counts[0] == 0

    def test_samples_of_the_pairs_at_each_height(self):
        deep = Hierarchy.from_paths(
            [("a", "x", "0"), ("a", "x", "1"), ("a", "2"), ("b", "y", "3")]
        )
        n = np.array([3, 5, 2, 7])
        one, other = np.triu_indices(4, 1)
        expected = np.bincount(deep.lca_distance(one, other), n[one] + n[other])
        assert crossings._exposed(n, deep)[1:].tolist() == expected[1:].tolist()


class TestOrder:
    # Sample 1 is between siblings, 0 far apart. Samples 6 to 9 cross between
    # classes 0 and 2, far apart, samples 3 and 4 between the siblings 2 and 3.
    TRUE = np.array([1, 1, 0, 2, 2, 2, 0, 0, 2, 2] + [0, 1, 2, 3] * 30)
    SAYS = np.array([3, 0, 0, 3, 3, 2, 2, 2, 0, 0] + [0, 1, 2, 3] * 30)

    def test_of_predictions(self):
        found = only(self.TRUE, self.SAYS, TREE)
        assert found.only_predictions
        assert found.listed == 0
        assert np.isnan(found.suspects.trust).all()
        # Where others cross, then siblings, then what has neither.
        assert found.suspects.sample.tolist() == [6, 7, 8, 9, 3, 4, 1, 0]
        assert found.suspects.crossings.tolist() == [3] * 4 + [1, 1, 0, 0]
        flat = only(self.TRUE, self.SAYS, size=4).suspects
        assert flat.sample.tolist() == [6, 7, 8, 9, 3, 4, 0, 1]

    def test_one_hot_scores_are_predictions(self):
        one_hot = suspect_labels(self.TRUE, np.eye(4)[self.SAYS], TREE)
        assert one_hot.only_predictions
        for one, other in zip(
            one_hot.suspects[:3],
            only(self.TRUE, self.SAYS, TREE).suspects[:3],
            strict=True,
        ):
            assert one.tolist() == other.tolist()

    def test_saturated_scores_that_tell_the_labels_are_none(self):
        given = np.where(self.TRUE == self.SAYS, 1.0, 1e-12)
        found = suspect_labels(
            self.TRUE, np.ones((len(given), 1)), TREE,
            classes=self.SAYS[:, None], given=given,
        )  # fmt: skip
        assert not found.only_predictions
        assert np.isfinite(found.suspects.trust).all()

    def test_crossings_decide_between_equal_odds_and_list_nothing(self):
        p = np.full((len(self.TRUE), 4), 0.02)
        p[np.arange(len(p)), self.SAYS] = 0.94
        found = suspect_labels(self.TRUE, p)
        s = found.suspects
        assert s.sample.tolist() == [6, 7, 8, 9, 3, 4, 0, 1]
        assert s.trust == pytest.approx(np.full(8, s.trust[0]))
        assert found.listed == 0

    def test_no_samples_and_no_errors(self):
        assert len(only(LABELS, LABELS, TREE).suspects.sample) == 0
        nothing = np.zeros(0, int)
        assert not only(nothing, nothing, TREE).only_predictions


def drawn(kind, seed, groups=12, size=6, each=60, share=0.04):
    """Tree, labels of which some are wrong, probabilities, and which are wrong.

    The network confuses any two classes, siblings no more than others.
    """
    rng = np.random.default_rng(seed)
    many = groups * size
    tree = Hierarchy.from_paths(
        [(f"g{g}", f"g{g}c{i}") for g in range(groups) for i in range(size)]
    )
    true = np.repeat(np.arange(many), each)
    logits = rng.normal(0, 1, (len(true), many))
    logits[np.arange(len(true)), true] += 4
    given = true.copy()
    at = rng.choice(len(true), round(share * len(true)), replace=False)
    if kind == "uniform":
        given[at] = (true[at] + rng.integers(1, many, len(at))) % many
    elif kind == "siblings":
        step = rng.integers(1, size, len(at))
        given[at] = true[at] // size * size + (true[at] + step) % size
    else:  # ten pairs of classes that people take for each other
        pairs = rng.permutation(many)[:20].reshape(-1, 2)
        for one, other in (*pairs, *pairs[:, ::-1]):
            of = np.flatnonzero(true == one)
            given[of[: round(share * len(true)) // 20]] = other
    return tree, given, softmax(logits, axis=1), given != true


class TestPrecision:
    @pytest.mark.parametrize("kind", ["siblings", "pairs"])
    def test_of_predictions_rises(self, kind):
        gains, chances = [], []
        for seed in range(3):
            tree, given, p, wrong = drawn(kind, seed)
            says = p.argmax(axis=1)
            any_error = average_precision_score(wrong, says != given)
            with_tree = precision(only(given, says, tree), wrong)
            gains.append(with_tree - any_error)
            chances.append(wrong.mean())
            assert with_tree > 2 * wrong.mean()
        assert min(gains) > 0.05

    @pytest.mark.parametrize("kind", ["uniform", "siblings"])
    def test_with_probabilities_does_not_fall(self, kind):
        tree, given, p, wrong = drawn(kind, 0)
        found = suspect_labels(given, p, tree)
        s = found.suspects
        by_trust = np.full(len(wrong), -1.0)
        by_trust[s.sample] = s.trust
        plain = average_precision_score(wrong, by_trust)
        assert precision(found, wrong) > plain - 0.02

    def test_those_at_even_odds_come_first_however_many_cross(
        self, monkeypatch
    ):
        monkeypatch.setattr(label_issues, "CROSSING_WEIGHT", 1000)
        tree, given, p, _ = drawn("siblings", 0)
        found = suspect_labels(given, p, tree)
        is_listed = found.suspects.trust >= label_issues.EVEN
        assert found.listed == is_listed.sum() > 5
        assert is_listed[: found.listed].all()
