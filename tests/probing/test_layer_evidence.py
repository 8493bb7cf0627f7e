import dataclasses

import numpy as np
import pytest

from keras_hier.probing.differences import p_values, spread_of
from keras_hier.probing.layer_evidence import layer_evidence
from keras_hier.probing.layer_reader import mean_recall
from keras_hier.probing.sentences import sentences
from tests.support.layers import layers_record

DEPTH, LEVELS = 12, 5


def record(over, alignment=None, samples=50_000):
    """A record of differences in standard errors, [D, L] and [D]."""
    over = np.asarray(over, float)
    depth, levels = over.shape
    whole = layers_record("0" * 16, depth, levels, controls=3)
    along = np.zeros(depth) if alignment is None else np.asarray(alignment)
    return dataclasses.replace(
        whole,
        samples=samples,
        groups=(*whole.groups[:-1], 101),
        over=0.01 * over,
        over_se=np.full_like(over, 0.01),
        over_spread=np.zeros(levels),
        alignment_over=0.02 * along,
        alignment_over_se=np.full(depth, 0.02),
        alignment_spread=0.0,
        output_right=np.nan,
        adds_error_over=np.full(depth, np.nan),
        adds_loss_over=np.full(depth, np.nan),
    )


def better(over, **more):
    return layer_evidence(record(over, **more)).over.found


@pytest.mark.parametrize("what", ["adds_error", "adds_loss"])
def test_what_layers_add_is_a_family_of_its_own(what):
    def found(*sizes, over=np.nan):
        """Finds gains given in standard errors; the other adds nothing."""
        held = 0.01 * np.broadcast_to(over, len(sizes))
        drawn = dataclasses.replace(
            record(np.zeros((len(sizes), 1))),
            **{f"{what}_over": held, f"{what}_spread": 0 * held},
            **{f"{what}_over_se": 0 * held + 0.01},
            adds_error=np.zeros(len(sizes)),
            adds_error_se=np.full(len(sizes), 0.01),
            adds_loss=np.zeros(len(sizes)),
            adds_loss_se=np.full(len(sizes), 0.01),
        )
        gains = {what: 0.01 * np.array(sizes, float)}
        evidence = layer_evidence(dataclasses.replace(drawn, **gains))
        other = {"adds_error": "adds_loss", "adds_loss": "adds_error"}[what]
        assert not getattr(evidence, other).found.any()
        return getattr(evidence, what).found.tolist()

    # p of 2.5 standard errors is 0.0124: below 0.05 / 4, not below 0.05 / 5.
    assert found(2.5, 0, 0, 0) == [True, False, False, False]
    assert not any(found(2.5, 0, 0, 0, 0))
    # Nor is what the same layer of an untrained network adds as well.
    assert found(2.5, 9, 0, 0, over=[2.5, 0, 9, 9]) == [True, *[False] * 3]
    # Worse needs no more than better: nothing is the best of several here.
    assert found(-2.5, 0, 0, 0)[0]
    # Without an output nothing is tested.
    assert not any(found(*[np.nan] * 4))


def test_the_family_are_all_layers_at_all_levels():
    # p of 2.5 standard errors is 0.0124: below 0.05 / 4, not below 0.05 / 5.
    assert better([[2.5, 0], [0, 0]]).tolist() == [True, False, False, False]
    assert not better([[2.5, 0, 0], [0, 0, 0]]).any()
    # 0.0455 of 2 standard errors will do where all others are beyond.
    assert better([[2.0, 9, 9], [9, -9, 9]]).all()
    assert better([[1.99, 9, 9], [9, -9, 9]]).sum() == 5


def test_what_is_worse_is_so_for_each_layer_of_the_control():
    # p of 3.2 standard errors is 0.0014, below 0.05 / 24; twelve times that,
    # for as many layers, is not. 4 standard errors have 0.00006.
    for size, found in ((3.2, False), (4.0, True)):
        drawn = record([[-size, size], *[[0, 0]] * 11])
        assert len(drawn.control_layers) == 12
        tests = layer_evidence(drawn).over
        assert tests.found[:2].tolist() == [found, True]
        along = record(np.zeros((12, 1)), [-size, size, *[0] * 10])
        tests = layer_evidence(along).alignment
        assert tests.found[:2].tolist() == [found, True]


def test_alignment_is_a_family_of_its_own():
    zeros = np.zeros((5, 4))
    found = layer_evidence(record(zeros, [2.7, 0, 0, 0, 0])).alignment
    assert found.found.tolist() == [True, False, False, False, False]
    assert found.tested == 5
    # A standard error over few classes is not well known.
    few = dataclasses.replace(
        record(zeros, [2.7, 0, 0, 0, 0]), groups=(2, 3, 4, 5)
    )
    assert not layer_evidence(few).alignment.found.any()
    # Five classes have samples, where the tree has 101.
    some = dataclasses.replace(
        record(zeros, [2.7, 0, 0, 0, 0]), samples=600, per_class=120.0
    )
    assert not layer_evidence(some).alignment.found.any()


def test_what_is_not_known_is_neither():
    whole = record(np.full((2, 2), 9.0))
    whole.over[0, 0] = np.nan
    whole.over_se[0, 1] = np.nan
    whole.over[1] = 0, 0.1
    whole.over_se[1] = 0
    tests = layer_evidence(whole).over
    assert tests.found.tolist() == [False, False, False, True]
    assert np.isnan(tests.rates).tolist() == [True, True, False, False]
    assert tests.tested == 2


@pytest.mark.parametrize("shared", [0.0, 0.7])
def test_where_nothing_differs_nothing_is_listed(shared):
    rng = np.random.default_rng(0)
    listed, naive, said = [], [], []
    for _ in range(200):
        # The levels of a layer, and the layers, rise and fall together.
        own = rng.normal(size=(DEPTH, LEVELS))
        common = rng.normal(size=(DEPTH, 1)) + rng.normal()
        z = np.sqrt(1 - shared) * own + np.sqrt(shared / 2) * common
        found = record(z, rng.normal(size=DEPTH))
        evidence = layer_evidence(found)
        listed.append(
            (evidence.over.found.any(), evidence.alignment.found.any())
        )
        naive.append((abs(z) >= 2).any())
        words = " ".join(sentences(found, evidence))
        said.append(
            "No layer is shown to tell classes apart better" not in words
            or "At no layer are classes shown to lie more" not in words
        )
    # Within two standard errors of 5 % in 200.
    assert (np.mean(listed, axis=0) <= 0.081).all()
    assert np.mean(said) <= 0.11
    assert np.mean(naive) > 0.5


def test_one_more_untrained_network_is_seldom_told_from_its_controls():
    """Networks lie apart by five times the error of reading them."""
    rng, controls = np.random.default_rng(0), 3
    found, without, of_mean = [], [], []
    for _ in range(300):
        shares = rng.normal(0, 0.05, controls)
        over = rng.normal(0, 0.05) - shares.mean() + rng.normal(0, 0.01)
        one = dataclasses.replace(
            record([[0.0]]),
            over=np.array([[abs(over)]]),
            controls=controls,
        )
        for spread, counted, listed in (
            (spread_of(shares.tolist()), True, found),
            (0.0, False, without),
            # As if the mean of all untrained networks were asked after.
            (shares.std(ddof=1) / controls**0.5, False, of_mean),
        ):
            drawn = dataclasses.replace(
                one,
                over_se=np.array([[np.hypot(0.01, spread)]]),
                over_spread=np.array([spread if counted else np.nan]),
            )
            listed.append(layer_evidence(drawn).over.found.any())
    # Within two standard errors of 5 % in 300.
    assert np.mean(found) <= 0.075
    assert np.mean(without) > 0.5
    assert np.mean(of_mean) > 0.2


def test_two_errors_in_one_test_by_hand():
    # (4 + 0 + 4) 1e-4 / 2 is 4e-4, and 4/3 of it.
    assert spread_of([0.10, 0.12, 0.14]) ** 2 == pytest.approx(16e-4 / 3)
    assert spread_of([0.3]) == 0
    # Quantiles of 2.5 %: 1.96 of reading, 4.303 at two degrees of freedom.
    for share, size in ((0, 1.96), (1, 4.303), (0.5, 3.343)):
        p = p_values(np.array([size]), np.array([share**0.5]), 10**6, 2)
        assert p == pytest.approx(0.05, rel=2e-3)
    sizes = np.array([0.0, np.nan, 60.0])
    p = p_values(sizes, np.full(3, 0.1), 5000, 2)
    assert p[0] == 1
    assert np.isnan(p[1])
    assert 0 < p[2] < 0.01


def beside_the_best(hits):
    """A record of the samples, [D, N], that layers name right."""
    depth, samples = hits.shape
    change = hits - hits[hits.mean(axis=1).argmax()].astype(float)
    whole = record(np.zeros((depth, 2)), samples=samples)
    right = whole.right.copy()
    right[:, -1] = hits.mean(axis=1)
    return dataclasses.replace(
        whole,
        right=right,
        behind=change.mean(axis=1),
        behind_se=change.std(axis=1) / np.sqrt(samples),
    )


def says_that_the_last_is_lower(hits):
    (best,) = (
        each
        for each in sentences(beside_the_best(hits))
        if each.startswith("Best")
    )
    return "the last one" in best


@pytest.mark.parametrize("shared", [0.0, 0.7])
def test_of_layers_that_know_equally_much_the_last_is_not_called_lower(shared):
    rng = np.random.default_rng(0)
    said = []
    for _ in range(300):
        common = rng.normal(size=500)
        z = np.sqrt(shared) * common + np.sqrt(1 - shared) * rng.normal(
            size=(DEPTH, 500)
        )
        said.append(says_that_the_last_is_lower(z < 0))
    # Two standard errors are 2.3 % on one side; within two of that in 300.
    assert np.mean(said) <= 0.041


def test_a_last_layer_that_knows_less_is_called_lower():
    rng = np.random.default_rng(0)
    share = np.full((DEPTH, 1), 0.5)
    share[-1] = 0.4
    assert says_that_the_last_is_lower(rng.random((DEPTH, 2000)) < share)
    # Two layers are one comparison: 2.1 standard errors do.
    found = beside_the_best(np.arange(1000) < np.array([[500], [400]]))
    for size, said in ((2.1, True), (1.9, False)):
        error = -found.behind / size
        near = dataclasses.replace(found, behind_se=error)
        assert ("the last one" in sentences(near)[0]) == said


@pytest.mark.parametrize(
    ("controls", "begins"), [(1, "One control: "), (2, "Two controls: ")]
)
def test_of_few_controls_it_first_says_that_they_tell_little(controls, begins):
    # 17 standard errors beyond two networks, all of it spread, have p = 2
    # arctan(1 / 17) / pi = 0.037. The first of two layers needs 0.025.
    drawn = dataclasses.replace(
        record([[0.0], [17.0]]),
        controls=controls,
        over_spread=np.array([0.01 if controls > 1 else np.nan]),
    )
    first, *others = sentences(drawn)
    assert first.startswith(begins)
    assert first.endswith("Compare with three or more.")
    is_flat = any(each.startswith("No layer is shown") for each in others)
    assert is_flat == ("next to nothing is found" in first) == (controls == 2)
    three = sentences(dataclasses.replace(drawn, controls=3))
    assert three[0].startswith("Best layer")


@pytest.mark.parametrize(
    ("per_class", "said"),
    [
        (20.0, "right among 6 classes"),
        # Two classes alone have samples: a guess is right half the time.
        (60.0, "right among the 2 of 6 classes with samples"),
        # It is not known.
        (np.nan, "right among 6 classes"),
    ],
)
def test_a_probe_chooses_among_the_classes_that_have_samples(per_class, said):
    drawn = dataclasses.replace(
        layers_record("0" * 16, 2, 1, controls=0),
        groups=(6,),
        samples=120,
        per_class=per_class,
    )
    (best,) = (each for each in sentences(drawn) if each.startswith("Best"))
    assert f"{said}; " in best


@pytest.mark.parametrize(
    ("layers", "band", "said"),
    [
        # It is rounded up: 0.003 is that of a thousand classes.
        (1, 0.003, "0.01"),
        (1, 0.25, "0.25"),
        # The best of twelve: 2.865 standard deviations, not 1.96.
        (12, 0.1, "0.15"),
    ],
)
def test_what_a_permuted_tree_stays_below(layers, band, said):
    whole = layers_record("0" * 16, layers, 2, controls=0)
    last = sentences(dataclasses.replace(whole, band=band))[-1]
    assert last.endswith(f"a permuted tree stays below {said} at all layers.")


def test_the_error_of_a_mean_recall_by_hand():
    mean, error = mean_recall([1, 0, 2, 0], [2, 0, 4, 1])
    assert mean == pytest.approx(1 / 3)
    # 1/4 over 1, 1/4 over 3, and of one sample that of the mean.
    assert error == pytest.approx(np.sqrt(1 / 4 + 1 / 12 + 2 / 9) / 3)
