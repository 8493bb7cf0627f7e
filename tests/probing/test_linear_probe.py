import numpy as np
import pytest
from scipy.special import logsumexp

from keras_hier.probing.fits import discriminant, linear_probe, standardised
from keras_hier.probing.fits.discriminant import check_width
from keras_hier.probing.fits.linear_probe import (
    PENALTIES,
    fit_and_read,
    folds_of,
)
from keras_hier.probing.fits.standardised import ConstantFeaturesError


def drawn(samples=600, classes=5, features=12, apart=0.6, seed=0):
    """Draws features of classes whose features are correlated."""
    rng = np.random.default_rng(seed)
    labels = rng.permutation(np.arange(samples) % classes)
    mixing = rng.normal(size=(features, features))
    means = apart * rng.normal(size=(classes, features))
    noise = rng.normal(size=(samples, features)) @ mixing / 3
    return 7 + 5 * (means[labels] + noise), labels


def naive(features, labels, classes, fold, penalty):
    """Fits and reads a discriminant fold by fold, by its definition."""
    x = (features - features.mean(axis=0)) / features.std(axis=0)
    scores = np.empty((len(x), classes))
    for each in np.unique(fold):
        train, read = fold != each, fold == each
        means = np.stack(
            [x[train & (labels == c)].mean(axis=0) for c in range(classes)]
        )
        rest = x[train] - means[labels[train]]
        within = rest.T @ rest / (train.sum() - classes)
        within += penalty * np.trace(within) / len(within) * np.eye(len(within))
        inverse = np.linalg.inv(within)
        prior = np.bincount(labels[train], minlength=classes) / train.sum()
        far = x[read, None] - means
        scores[read] = np.log(prior) - 0.5 * np.einsum(
            "ncf,fg,ncg->nc", far, inverse, far
        )
    return scores


# More features than samples: the same, made of the samples' products.
WIDE = {"samples": 150, "features": 400, "apart": 0.5}


@pytest.mark.parametrize("shape", [{}, WIDE], ids=["narrow", "wide"])
def test_it_is_the_discriminant_of_each_fold(shape):
    features, labels = drawn(**shape)
    fold = folds_of(labels, 5, 0)
    found = fit_and_read(features, labels, 5, fold)
    assert found.live == features.shape[1]
    expected = naive(features, labels, 5, fold, found.penalty)
    # But for one factor, which calibrates.
    ours, theirs = (
        each - each.mean(axis=1, keepdims=True)
        for each in (found.scores.astype(float), expected)
    )
    factor = (ours * theirs).sum() / (theirs**2).sum()
    assert factor > 0
    np.testing.assert_allclose(ours, factor * theirs, atol=1e-3)


@pytest.mark.parametrize("penalty", PENALTIES[::3])
def test_both_ways_to_make_it_agree(penalty):
    features, labels = drawn(samples=220, features=200)
    labels[labels == 3] = 2
    fold = folds_of(labels, 4, 0)
    rows = standardised.Standardised(features)
    read = [
        made(rows, labels, 5, fold).read(penalty, 4)[1]
        for made in (discriminant._OfFeatures, discriminant._OfSamples)
    ]
    for scores in read:
        assert (scores[:, 3] < -1e29).all()
        scores[:, 3] = 0
    # The inverse magnifies float32's rounding by up to F / penalty; how much
    # comes out is up to the CPU's matrix products.
    worst = np.finfo(np.float32).eps * 200 / penalty  # 24 % to next to none
    atol = min(worst / 10, 0.01) * np.ptp(read[0]) if penalty < 0.01 else 1e-2
    np.testing.assert_allclose(read[1], read[0], atol=atol)


def test_layers_too_wide_are_refused():
    check_width("top", 11_520, 5_050, 5)
    check_width("top", 2_048, 1_300_000, 5)
    check_width("top", 50_000, 20_000, 5)
    with pytest.raises(
        ValueError, match="18,432 features of 'top' over 50,000"
    ):
        check_width("top", 18_432, 50_000, 5)
    with pytest.raises(ValueError, match="pool='mean'"):
        check_width("top", 50_000, 30_000, 5)


def test_the_penalty_is_the_likeliest_one():
    features, labels = drawn(samples=100, features=60)
    fold = folds_of(labels, 5, 0)
    found = fit_and_read(features, labels, 5, fold)

    def loss(penalty):
        scores = naive(features, labels, 5, fold, penalty)

        def at(factor):
            sharp = factor * scores
            hit = sharp[np.arange(len(scores)), labels]
            return (logsumexp(sharp, axis=1) - hit).mean()

        return min(at(factor) for factor in np.geomspace(1e-4, 10, 400))

    losses = {penalty: loss(penalty) for penalty in PENALTIES}
    assert found.penalty == min(losses, key=losses.get)
    assert found.log_loss == pytest.approx(losses[found.penalty], rel=1e-3)
    assert not found.at_edge


def test_chunks_and_float16_change_nothing(monkeypatch):
    features, labels = drawn()
    fold = folds_of(labels, 5, 0)
    whole = fit_and_read(features.astype(np.float16), labels, 5, fold)
    monkeypatch.setattr(standardised, "CHUNK", 17)
    again = fit_and_read(features.astype(np.float16), labels, 5, fold)
    np.testing.assert_allclose(again.scores, whole.scores, rtol=0, atol=1e-2)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    ("unit", "kind"),
    [
        (1e-41, np.float32),  # of which float32 keeps four digits
        (1e-36, np.float32),
        (1e100, np.float64),
    ],
)
def test_the_unit_of_features_changes_nothing(unit, kind):
    features, labels = drawn()
    fold = folds_of(labels, 5, 0)
    expected = fit_and_read(features, labels, 5, fold)
    found = fit_and_read((features * unit).astype(kind), labels, 5, fold)
    assert found.penalty == expected.penalty
    np.testing.assert_allclose(found.scores, expected.scores, atol=0.02)


def test_dead_features_change_nothing():
    features, labels = drawn()
    fold = folds_of(labels, 5, 0)
    dead = np.full((len(features), 3), 1e4)
    dead[:, 1] += 1e-9 * np.arange(len(features))
    both = np.concatenate([features, dead], axis=1)
    found = fit_and_read(both, labels, 5, fold)
    assert found.live == features.shape[1]
    np.testing.assert_allclose(
        found.scores, fit_and_read(features, labels, 5, fold).scores, atol=1e-3
    )


@pytest.mark.parametrize(
    ("values", "error", "said"),
    [
        (np.full((20, 3), 0.1), ConstantFeaturesError, "same for all samples"),
        (np.diag([np.inf] * 20), ValueError, "finite"),
    ],
)
def test_features_that_tell_nothing_are_refused(values, error, said):
    with pytest.raises(error, match=said):
        fit_and_read(values, np.arange(20) % 2, 2, np.arange(20) % 5)


@pytest.mark.parametrize("features", [3, 300], ids=["narrow", "wide"])
def test_features_that_vary_in_one_sample_tell_nothing(features):
    # As those of a network that a learning rate has killed.
    labels = np.arange(200) % 4
    values = np.full((200, features), 0.25, np.float32)
    values[17] = 0.3
    found = fit_and_read(values, labels, 4, folds_of(labels, 5, 0))
    assert found.live == features
    assert not np.isnan(found.scores).any()
    right = (found.scores.argmax(axis=1) == labels).mean()
    assert right < 0.25 + 3 * np.sqrt(0.25 * 0.75 / 200)
    assert found.log_loss > np.log(4) - 0.02


def test_a_penalty_under_which_there_is_no_root_is_not_taken(monkeypatch):
    # The covariance of 400 copies of one feature has rank one.
    features, labels = drawn(features=1, apart=3)
    copies = np.repeat(features, 400, axis=1)
    fold = folds_of(labels, 5, 0)
    monkeypatch.setattr(linear_probe, "PENALTIES", (1e-12, 1e-11, 1e-10, 0.1))
    found = fit_and_read(copies, labels, 5, fold)
    assert found.penalty == 0.1
    one = fit_and_read(features, labels, 5, fold)
    same = found.scores.argmax(axis=1) == one.scores.argmax(axis=1)
    assert same.mean() > 0.95


def test_folds_share_the_samples_of_each_class():
    labels = np.random.default_rng(0).integers(0, 7, 200)
    fold = folds_of(labels, 5, 0)
    counts = np.bincount(fold, minlength=5)
    assert np.ptp(counts) <= 1
    for label in range(7):
        of_class = np.bincount(fold[labels == label], minlength=5)
        assert np.ptp(of_class) <= 1
    np.testing.assert_array_equal(fold, folds_of(labels, 5, 0))
    assert (fold != folds_of(labels, 5, 1)).any()


@pytest.mark.parametrize("features", [12, 800])
def test_a_class_of_one_sample_leaves_the_others_as_they_are(features):
    x, labels = drawn(features=features)
    fold = folds_of(labels, 3, 0)
    alone = fit_and_read(x, labels, 5, fold)
    absent = fit_and_read(x, labels, 6, fold)
    with_one = fit_and_read(
        np.vstack([x, x[:1] + 3]),
        np.append(labels, 5),
        6,
        np.append(fold, 0),
    )
    assert alone.penalty == absent.penalty == with_one.penalty
    assert absent.log_loss == pytest.approx(alone.log_loss, rel=1e-4)
    assert with_one.log_loss == pytest.approx(alone.log_loss, rel=0.1)
    assert np.isneginf(absent.scores[:, 5]).all()
    assert np.isneginf(with_one.scores[-1, 5])
    same = with_one.scores[:-1].argmax(axis=1) == alone.scores.argmax(axis=1)
    assert same.mean() > 0.95
