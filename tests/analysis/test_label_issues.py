"""Suspect labels: by hand, planted, truncated, by chance, bad input."""

from functools import cache

import numpy as np
import pytest
from scipy.special import softmax

from keras_hier.analysis.data_quality import label_noise, top_k_input
from keras_hier.analysis.data_quality.label_issues import suspect_labels
from keras_hier.hierarchy.hierarchy import Hierarchy
from keras_hier.log.blocks_writer import BlocksWriter
from keras_hier.log.predictions.top_k_predictions import top_k_of_scores
from keras_hier.log.records.sample_index import SampleIndex
from keras_hier.log.run_log import RunLog
from keras_hier.plausibility import SUM_TOLERANCE
from keras_hier.scores.top_k_scores import top_k

GROUPS, SIZE = 5, 4
CLASSES = GROUPS * SIZE
TREE = Hierarchy.from_paths(
    [(f"g{g}", f"g{g}c{i}") for g in range(GROUPS) for i in range(SIZE)]
)


def calibrated(samples=4000, seed=0, sharp=2.5, near=1.0):
    """Labels drawn from the very probabilities: no network errs otherwise."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(0, 1, (samples, CLASSES))
    centre = rng.integers(0, CLASSES, samples)
    logits[np.arange(samples), centre] += 2 * sharp
    same = centre[:, None] // SIZE == np.arange(CLASSES) // SIZE
    p = softmax(logits + near * same, axis=1)
    drawn = (p.cumsum(axis=1) < rng.random((samples, 1))).sum(axis=1)
    return np.minimum(drawn, CLASSES - 1), p


def planted(labels, kind, share=0.03, seed=1):
    rng = np.random.default_rng(seed)
    at = rng.choice(len(labels), round(share * len(labels)), replace=False)
    given = labels.copy()
    if kind == "uniform":
        step = rng.integers(1, CLASSES, len(at))
        given[at] = (given[at] + step) % CLASSES
    else:
        step = rng.integers(1, SIZE, len(at))
        given[at] = given[at] // SIZE * SIZE + (given[at] + step) % SIZE
    wrong = np.zeros(len(labels), bool)
    wrong[at] = True
    return given, wrong


@cache
def noisy(kind="uniform", share=0.03):
    """Labels, probabilities, given labels, which are wrong, what is found."""
    labels, p = calibrated()
    given, wrong = planted(labels, kind, share)
    return labels, p, given, wrong, suspect_labels(given, p, TREE)


def best_of(p, k):
    """The classes of the K best, and their probabilities."""
    classes = top_k(p, k)
    return classes, np.take_along_axis(np.asarray(p), classes, axis=1)


class TestByHand:
    LABELS = (0, 0, 1, 1, 2)
    P = (
        (0.8, 0.2, 0.0),
        (0.3, 0.6, 0.1),
        (0.2, 0.7, 0.1),
        (0.1, 0.4, 0.5),
        (0.5, 0.1, 0.4),
    )

    def test_thresholds_and_candidates(self):
        found = suspect_labels(self.LABELS, self.P)
        # (.8 + .3) / 2, (.7 + .4) / 2 and .4.
        assert found.thresholds == pytest.approx([0.55, 0.55, 0.4])
        # Sample 1: .6 of class 1 is above .55, .3 of class 0 is not. Sample 3:
        # .5 of class 2. Sample 4: .5 of class 0 is below .55, its own .4 not.
        s = found.suspects
        assert sorted(s.sample) == [1, 3]
        at = s.sample.tolist().index(1)
        assert (s.given[at], s.suggested[at]) == (0, 1)
        assert s.margin[at] == pytest.approx(0.3)
        assert s.threshold_given[at] == pytest.approx(0.55)
        assert s.threshold_suggested[at] == pytest.approx(0.55)
        assert found.accuracy == 2 / 5
        assert found.is_weak

    def test_a_label_that_no_single_class_explains(self):
        p = [list(row) for row in self.P]
        # Thresholds are (.8 + .11) / 2, (.7 + .4) / 2 and .4: nothing of
        # sample 1 is above its own, and its label is not the likeliest.
        p[1] = [0.11, 0.5, 0.39]
        found = suspect_labels(self.LABELS, p)
        s = found.suspects
        assert all(np.array(p[1]) < found.thresholds)
        at = s.sample.tolist().index(1)
        assert (s.given[at], s.suggested[at]) == (0, 1)

    def test_the_same_from_the_two_best(self):
        classes, best = best_of(self.P, 2)
        told = {"classes": classes, "num_classes": 3}
        found = suspect_labels(self.LABELS, best, **told)
        assert found.thresholds == pytest.approx([0.55, 0.55, 0.4])
        assert sorted(found.suspects.sample) == [1, 3]

    def test_trust_is_bayes_rule(self):
        p = np.array([[0.9, 0.06, 0.04]])
        evidence = label_noise.Evidence(
            np.log(p),
            np.log(p[:, 2]),
            label_noise.tail_of(p, 3),
            np.array([[0.5, 0.0, 0.0]]),
            3,
        )
        # .02 * .96 / 2 + .1 * .9 / 2 against .88 * .04
        wrong = 0.0096 + 0.045
        found = label_noise.trust(evidence, 1.0, 0.02, 0.1)
        assert found == pytest.approx(wrong / (wrong + 0.0352))

    def test_two_objects(self):
        # Two groups of two. Sample 0 shows classes 0 and 2, which meet at the
        # root; sample 1 shows 0 and 1, siblings.
        paths = [("x", "a"), ("x", "b"), ("y", "c"), ("d",)]
        pairs = Hierarchy.from_paths(paths)
        p = np.array(
            [
                [0.52, 0.01, 0.46, 0.01],
                [0.51, 0.47, 0.01, 0.01],
                [0.40, 0.30, 0.20, 0.10],
                [0.30, 0.40, 0.20, 0.10],
                [0.30, 0.20, 0.40, 0.10],
                [0.30, 0.20, 0.10, 0.40],
            ]
        )
        labels = [0, 0, 0, 1, 2, 3]
        found = suspect_labels(labels, p, pairs).two_objects
        assert found.sample.tolist() == [0]
        assert (found.given[0], found.other[0]) == (0, 2)
        assert found.p_given[0] == pytest.approx(0.52)
        assert found.p_other[0] == pytest.approx(0.46)
        assert found.distance[0] == pairs.height[0]
        assert len(suspect_labels(labels, p).two_objects[0]) == 0


class TestNoise:
    def test_the_tail_adds_up_to_what_is_missing(self):
        _, p = calibrated(100)
        best = -np.sort(-p, axis=1)[:, :5]
        tail = label_noise.tail_of(best, CLASSES)
        total = tail.sums(1.0) * np.exp(tail.last)
        assert total == pytest.approx(1 - best.sum(axis=1), rel=1e-6)

    @pytest.mark.parametrize(
        ("kind", "share"), [("uniform", 0.03), ("siblings", 0.05)]
    )
    def test_gives_the_network_the_benefit_of_the_doubt(self, kind, share):
        _, _, _, wrong, found = noisy(kind, share)
        rates = found.noise._asdict()
        assert share / 3 < rates[kind] < share
        assert rates[f"least_{kind}"] < rates[kind]
        assert 1 <= rates["temperature"] < 1.2
        listed = found.suspects.sample[: found.listed]
        assert found.listed >= 5
        assert found.expected_precision < wrong[listed].mean()

    def test_what_is_listed_does_not_rest_on_how_sure_it_is(self):
        _, p, given, _, found = noisy()
        again = suspect_labels(given, softmax(np.log(p) * 4, axis=1), TREE)
        assert found.listed > 5
        assert again.listed == pytest.approx(found.listed, abs=1)
        assert again.noise.uniform == pytest.approx(found.noise.uniform, 0.05)
        assert again.noise.temperature == pytest.approx(4.0, rel=0.2)

    def test_right_labels_yield_next_to_none(self):
        labels, p = calibrated(sharp=1.0)
        found = suspect_labels(labels, p, TREE)
        assert found.listed <= 2
        assert len(found.suspects.sample) > 100  # and yet many candidates

    @pytest.mark.parametrize(
        ("sure", "kind"), [(1, np.float64), (3, np.float16), (30, np.float64)]
    )
    def test_what_is_too_small_to_be_told_is_no_evidence(self, sure, kind):
        labels, p = calibrated()
        rounded = softmax(np.log(p) * sure, axis=1).astype(kind)
        own = rounded[np.arange(len(labels)), labels]
        assert (own == 0).any() or kind == np.float64
        found = suspect_labels(labels, rounded, TREE)
        assert not found.is_weak
        assert found.listed <= 2

    def test_classes_without_probabilities_are_no_evidence(self):
        labels, p = calibrated()
        only = np.eye(CLASSES)[p.argmax(axis=1)]
        found = suspect_labels(labels, only, TREE)
        assert len(found.suspects.sample) > 100
        assert found.listed == 0


class TestRanking:
    def test_planted_labels_come_first(self):
        labels, _, _, wrong, found = noisy()
        s = found.suspects
        assert wrong[s.sample[:40]].mean() > 0.7
        right = s.suggested == labels[s.sample]
        assert right[:40].mean() > 0.6

    def test_the_tree_helps_where_siblings_were_mistaken(self):
        _, p, given, wrong, found = noisy("siblings")
        many = wrong.sum()
        without = suspect_labels(given, p).suspects
        with_tree = wrong[found.suspects.sample[:many]].mean()
        assert with_tree > wrong[without.sample[:many]].mean() + 0.05

    def test_the_order_of_classes_does_not_matter(self):
        labels, p = calibrated(1000)
        given, _ = planted(labels, "uniform")
        shuffled = np.random.default_rng(0).permutation(CLASSES)
        other = TREE.subset([TREE.classes[i] for i in shuffled])
        one = suspect_labels(given, p, TREE)
        two = suspect_labels(np.argsort(shuffled)[given], p[:, shuffled], other)
        assert one.suspects.trust == pytest.approx(two.suspects.trust, rel=0.01)

    def test_five_best_and_the_label_are_nearly_as_good_as_all(self):
        _, p, given, wrong, full = noisy()
        classes, best = best_of(p, 5)
        own = p[np.arange(len(given)), given]
        five = suspect_labels(given, best, TREE, classes=classes, given=own)
        many = wrong.sum()
        right, nearly = (
            wrong[each.suspects.sample[:many]].mean() for each in (full, five)
        )
        assert nearly == pytest.approx(right, abs=0.05)
        assert five.listed == pytest.approx(full.listed, rel=0.3)
        assert five.thresholds == pytest.approx(full.thresholds)

    def test_a_label_among_the_best_is_taken_as_exactly_as_it_is_told(self):
        # A log keeps the best ones in a byte each, and the label's in two.
        best, classes = [[1 - 1e-9, 0.0], [0.9, 0.1]], [[0, 1], [0, 1]]
        told = {"classes": classes, "given": [1e-9, 0.9], "num_classes": 2}
        found = suspect_labels([1, 0], best, **told)
        s = found.suspects
        assert s.p_given[s.sample.tolist().index(0)] == 1e-9
        assert found.thresholds == pytest.approx([0.9, 1e-9])

    def test_without_the_label_there_is_an_order_but_no_list(self):
        _, p, given, _, full = noisy()
        classes, best = best_of(p, 5)
        found = suspect_labels(given, best, TREE, classes=classes)
        assert found.listed == 0
        assert np.isnan(found.expected_precision)
        assert len(found.suspects.sample) > 0
        # A label beyond the K is credited with no more than the K-th.
        unseen = ~(classes == given[:, None]).any(axis=1)
        bound = np.bincount(given[unseen], best[unseen, -1], CLASSES)
        bound /= np.bincount(given)
        assert (abs(found.thresholds - full.thresholds) <= bound + 1e-12).all()

    def test_many_samples_keep_fewer_classes(self, monkeypatch):
        labels, p = calibrated(1000)
        given, _ = planted(labels, "uniform")
        wide = np.hstack([p * 0.98, np.full((1000, 20), 0.001)])
        all_classes = suspect_labels(given, wide)
        monkeypatch.setattr(top_k_input, "STORED", 1)
        twenty = suspect_labels(given, wide)
        assert twenty.listed == pytest.approx(all_classes.listed, abs=3)


@pytest.mark.parametrize("top", [2, 100])
def test_sums_that_a_log_has_rounded_are_read(tmp_path, top):
    # One class far ahead of many that are alike: the most rounding.
    p = np.zeros((500, 100))
    p[:, :top] = 1
    p[:, 0] = np.linspace(1, top, 500)
    p *= (1 + 0.999999 * SUM_TOLERANCE) / p.sum(axis=1, keepdims=True)
    labels = np.arange(500) // 5
    flat = Hierarchy.from_paths([(f"c{n}",) for n in range(100)])
    with BlocksWriter(tmp_path, flat) as log:
        ranked = top_k_of_scores(labels, p, top=top)
        log.ranked(SampleIndex(labels, 100), ranked, 1)
    read = RunLog(str(tmp_path)).samples()
    told = {"classes": read.classes, "given": read.actual, "num_classes": 100}
    found = suspect_labels(read.labels, read.probabilities, **told)
    assert np.isfinite(found.thresholds).all()


class TestBadInput:
    @pytest.mark.parametrize(
        ("labels", "p", "message"),
        [
            ([0, 1], [[0.9, np.nan], [0.2, 0.8]], "none NaN.*row 0"),
            ([0, 1], [[0.9, 0.1], [-0.2, 1.2]], "0 or more.*-0.2 in row 1"),
            ([0, 1], [[0.9, 0.1], [2.0, 3.0]], "add up to 1.*5 in row 1"),
            ([0, 2], [[0.9, 0.1], [0.2, 0.8]], r"`labels` in \[0, 2\)"),
            ([0.0, 1.0], [[0.9, 0.1], [0.2, 0.8]], "integers"),
            ([0], [[0.9, 0.1], [0.2, 0.8]], r"`labels` of shape \[2\]"),
            ([0, 1], [0.9, 0.1], r"numbers \[N, C\]"),
        ],
    )
    def test_full_scores(self, labels, p, message):
        with pytest.raises(ValueError, match=message):
            suspect_labels(labels, p)

    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            ({"num_classes": None}, "Got neither"),
            ({"classes": None}, r"2 from the columns.*3 from `num_classes`"),
            (
                {"classes": None, "num_classes": 2, "labels": [0, 1]}
                | {"probabilities": np.eye(2), "given": [0.9, 0.8]},
                "only with `classes`",
            ),
            ({"classes": [[0], [1]]}, "one shape"),
            ({"classes": [[0, 3], [1, 0]]}, r"`classes` in \[0, 3\)"),
            ({"classes": [[0, 0], [1, 0]]}, "one twice in row 0"),
            ({"probabilities": [[0.1, 0.9], [0.8, 0.1]]}, "rise in row 0"),
            ({"probabilities": [[0.9, 0.3], [0.8, 0.1]]}, "at most 1"),
            (
                {"probabilities": [[0.8, 0.1], [0.0, 0.0]]},
                r"above 0 .* 0 in row 1 \(1 of 2 rows\)",
            ),
            ({"given": [0.9]}, r"`given` of shape \(2,\)"),
            ({"given": [0.9, -1.0]}, r"`given` in \[0, 1\]"),
        ],
    )
    def test_truncated_scores(self, changes, message):
        arguments = {
            "labels": [0, 2],
            "probabilities": [[0.8, 0.1], [0.8, 0.1]],
            "classes": [[0, 1], [1, 0]],
            "num_classes": 3,
        } | changes
        with pytest.raises(ValueError, match=message):
            suspect_labels(**arguments)

    def test_probabilities_of_zero_and_one(self):
        truth = np.array([0, 1] * 50)
        assert suspect_labels(truth, np.eye(2)[truth]).listed == 0
        labels = truth.copy()
        labels[0] = 1
        found = suspect_labels(labels, np.eye(2)[truth])
        assert found.suspects.sample.tolist() == [0]
        assert found.only_predictions
        assert np.isnan(found.suspects.trust).all()
