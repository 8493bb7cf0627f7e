"""Agreement corrected for chance."""

import numpy as np
import pytest
from scipy import sparse
from sklearn import metrics

from keras_hier.analysis.evidence.agreement import kappa, kappa_of_counts
from keras_hier.hierarchy.tree.grouping import Grouping
from keras_hier.scores.confusion_scores import group_counts

# Two raters of 100 patients (Fleiss, Levin and Paik, Statistical Methods for
# Rates and Proportions, section 18.1).
PATIENTS = [[75, 1, 4], [5, 4, 1], [0, 0, 10]]


def test_the_textbooks_example():
    found = kappa(PATIENTS)
    assert found.kappa == pytest.approx(0.6765, abs=1e-4)
    assert found.standard_error == pytest.approx(0.0877, abs=1e-4)
    assert (found.observed, found.samples) == (0.89, 100)
    assert found.chance == pytest.approx(0.66)
    # With a hundred times as many the interval is the textbook's, too.
    many = kappa(np.array(PATIENTS) * 100).interval()
    assert many == pytest.approx((0.6593, 0.6937), abs=1e-4)


def test_kappa_is_scikit_learns():
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 9, 400)
    named = np.where(rng.random(400) < 0.4, labels, rng.integers(0, 9, 400))
    matrix = metrics.confusion_matrix(labels, named)
    expected = metrics.cohen_kappa_score(labels, named)
    assert kappa(matrix).kappa == pytest.approx(expected)
    assert kappa(sparse.coo_array(matrix)) == pytest.approx(kappa(matrix))


def test_a_level_is_the_matrix_of_its_groups():
    matrix = np.random.default_rng(1).integers(0, 30, (12, 12))
    groups = Grouping([*"abcd"], np.arange(12) % 4)
    expected = kappa(groups.aggregate(matrix))
    assert kappa(matrix, groups) == pytest.approx(expected)
    counts = group_counts(matrix, groups)
    assert kappa_of_counts(counts) == pytest.approx(expected.kappa)


def test_standard_errors_are_those_of_samples_drawn_anew():
    rng = np.random.default_rng(2)
    shares = np.array(PATIENTS) / 100
    drawn = rng.multinomial(800, shares.ravel(), 1000).reshape(-1, 3, 3)
    found = [kappa(matrix).kappa for matrix in drawn]
    expected = kappa(np.array(PATIENTS) * 8).standard_error
    # The deviation of 1,000 numbers is known to 2.2 %.
    assert np.std(found) == pytest.approx(expected, rel=0.08)


@pytest.mark.parametrize(
    ("classes", "each", "right"),
    [(2, 10, 0.7), (100, 1, 0.0), (4, 5, 0.95)],
)
def test_the_interval_holds_kappa_where_few_are_right_or_wrong(
    classes, each, right
):
    """The normal one held it in 26 to 87 of 100."""
    rng = np.random.default_rng(6)
    labels = np.repeat(np.arange(classes), each)
    held = 0
    for _ in range(100):
        guesses = rng.integers(0, classes, labels.size)
        named = np.where(rng.random(labels.size) < right, labels, guesses)
        matrix = sparse.coo_array(
            (np.ones(labels.size, int), (labels, named)),
            shape=(classes, classes),
        )
        low, high = kappa(matrix).interval()
        held += low <= right <= high
    assert held >= 0.91 * 100


def test_where_it_is_not_defined():
    nothing = kappa(np.zeros((3, 3), int))
    assert np.isnan(nothing[:4]).all()
    assert np.isnan(nothing.interval()).all()
    # All of one class, and named it: a guess would have been as good.
    one = kappa([[9, 0], [0, 0]])
    assert np.isnan(one.kappa)
    assert np.isnan(one.standard_error)
    assert one.observed == one.chance == 1
    each = Grouping(["a", "b"], [0, 1])
    for matrix in ([[9, 0], [0, 0]], [[0, 0], [0, 0]]):
        assert np.isnan(kappa_of_counts(group_counts(matrix, each)))


def test_a_grouping_of_other_classes_is_refused():
    with pytest.raises(ValueError, match=r"\[2, 2\]"):
        kappa(PATIENTS, Grouping(["a", "b"], [0, 1]))
