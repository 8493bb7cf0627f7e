"""Probes of layers: what they find, and what they refuse."""

import numpy as np
import pytest

import keras_hier as kh
from keras_hier.files import limits
from keras_hier.probing.features import Features
from keras_hier.probing.layer_reader import _all_likely
from keras_hier.probing.layers_record import _best_hits
from keras_hier.probing.probe import probe


def copied(features, labels=None, kept=slice(None), **more):
    """The layers of features, of some samples, with other arguments."""
    return Features(
        {layer: features[layer][kept] for layer in features.layers},
        features.labels[kept] if labels is None else labels,
        **more,
    )


def test_layers_are_told_apart(report):
    record = report.record
    assert record.groups == (3, 6, 24)
    # Noise knows nothing, the second layer groups, the third classes too.
    over, error = record.over, record.over_se
    assert (abs(over[0]) < 3 * error[0]).all()
    assert (over[1:] > 10 * error[1:]).all()
    assert record.right[1, 1] > 0.9 > 0.5 > record.right[1, 2]
    assert record.right[2, 2] > 0.8
    assert record.behind[2] == 0
    assert record.behind[0] < -0.5
    best = record.control_right.max(axis=0)
    np.testing.assert_allclose(over, record.right - best, atol=0.03)


def test_figures_fit_the_matrices(report):
    record = report.record
    for place, layer in enumerate(record.layers):
        matrix = report.matrices[layer]
        assert matrix.sum() == record.samples == 960
        right = record.right[place, -1]
        assert np.trace(matrix) / 960 == pytest.approx(right)
        recall = np.diag(matrix) / matrix.sum(axis=1)
        assert recall.mean() == pytest.approx(record.recall[place, -1])
        spread = recall * (1 - recall) / (matrix.sum(axis=1) - 1)
        error = np.sqrt(spread.sum()) / len(recall)
        assert error == pytest.approx(record.recall_se[place, -1])
        expected = np.sqrt(right * (1 - right) / 960)
        assert record.right_se[place, -1] == pytest.approx(expected)


def test_the_best_of_many_untrained_layers_is_not_so_by_luck():
    rng = np.random.default_rng(0)
    half = np.arange(100) % 2 == 0
    found, naive = [], []
    for _ in range(200):
        hits = (rng.random((2, 12, 100)) < 0.3).astype(float)
        found.append(_best_hits(hits, half).mean())
        naive.append(hits.mean(axis=(0, 2)).max())
    error = np.std(found) / np.sqrt(200)
    assert abs(np.mean(found) - 0.3) < 3 * error
    assert np.mean(naive) > 0.33


def test_errors_of_differences_are_paired(drawn, tree):
    one = drawn()
    record = probe(one, tree, control=one).record
    best = record.right[:, -1].argmax()
    assert record.over[best, -1] == record.over_se[best, -1] == 0
    aligned = record.alignment.argmax()
    assert record.alignment_over[aligned] == 0
    assert record.alignment_over_se[aligned] == pytest.approx(0, abs=1e-12)


def test_a_layer_that_is_the_same_for_all_is_compared_with_nothing(tree):
    rng = np.random.default_rng(0)
    labels = np.arange(480) % tree.num_classes
    groups = rng.normal(size=(6, 8))[labels // 4]

    def read(strength, token):
        values = strength * groups + rng.normal(size=(480, 8))
        return Features(
            {"token": np.full((480, 8), token), "x": values}, labels
        )

    with pytest.warns(UserWarning, match="no tree alignment of 'token', the"):
        report = probe(read(2, 1.0), tree, control=read(0, 2.0), fit=False)
    record = report.record
    assert np.isnan(record.alignment_over).tolist() == [True, False]
    assert record.alignment_over[1] > 0.3
    assert np.isfinite(record.band)
    said = "more as in the tree than in this one untrained network at x"
    assert said in str(report)
    # If all of the control is constant, nothing is compared.
    constant = Features({n: np.ones((480, 8)) for n in ("token", "x")}, labels)
    with pytest.warns(UserWarning, match="the untrained 'token', the untra"):
        report = probe(read(2, 1.0), tree, control=constant, fit=False)
    assert "than in an untrained" not in str(report).split("\n\n")[0]


def test_seeds_of_the_control_widen_its_error(report, drawn, controls, tree):
    # One of the three controls knows much.
    odd = probe(drawn(), tree, control=[*controls[:2], drawn(5)]).record
    assert odd.controls == 3
    assert odd.over_se[0, -1] > 5 * report.record.over_se[0, -1]


def test_what_a_layer_adds(report):
    record = report.record
    assert record.asked[0] == 2
    gain = record.asked_error[0]
    assert gain < -5 * record.asked_error_se[0]
    assert gain == record.adds_error[2]
    # Noise adds no more than chance.
    assert abs(record.adds_error[0]) <= 3 * record.adds_error_se[0]
    assert abs(record.adds_loss[0]) <= 3 * record.adds_loss_se[0]


def one_layer(drawn, output):
    found = drawn()
    return Features({"conv3": found["conv3"]}, found.labels, output=output)


def test_what_an_output_knows_already_adds_nothing(drawn, tree):
    scores = 12 * np.eye(24)[drawn().labels]
    scores += np.random.default_rng(0).normal(size=scores.shape)
    report = probe(one_layer(drawn, scores), tree)
    assert report.record.asked == ()
    said = "is shown to take errors off. The largest estimate"
    assert said in str(report)


def test_an_output_may_call_classes_impossible(drawn, tree):
    found = drawn()
    output, labels = np.array(found.output), found.labels
    output[np.arange(len(labels)), (labels + 1) % 24] = -np.inf  # log(0)
    record = probe(one_layer(drawn, output), tree).record
    right = (output.argmax(axis=1) == labels).mean()
    assert record.output_right == pytest.approx(right)
    assert np.isfinite(record.adds_loss).all()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda z: np.where(z == z[7, 1], np.nan, z), "Got NaN, inf"),
        (lambda z: np.where(z == z[7, 1], np.inf, z), "Got NaN, inf"),
        (
            lambda z: np.where(np.arange(960)[:, None] == 7, -np.inf, z),
            "-inf for all classes",
        ),
        # A softmax of probabilities is flat, and every layer would add to it.
        (
            lambda z: np.exp(z) / np.exp(z).sum(axis=1, keepdims=True),
            r"output that are logits.*np\.log",
        ),
    ],
)
def test_an_output_that_is_none(drawn, tree, change, said):
    output = change(np.array(drawn().output))
    with pytest.raises(ValueError, match=said):
        probe(one_layer(drawn, output), tree)


def test_an_output_worse_than_chance_is_read_as_it_is(drawn, tree):
    # Its fitted weight is 0, by which every class would be as likely.
    labels = drawn().labels
    output = 5.0 * np.eye(24)[(labels + 1) % 24]
    report = probe(one_layer(drawn, output), tree)
    assert report.record.output_right == 0
    assert "off its error of 100.0 %" in str(report)


@pytest.mark.parametrize(
    ("per_class", "said"), [(3, "3.0"), (9, "9.0"), (10, None)]
)
def test_of_few_samples_a_class_the_first_line_says_so(per_class, said):
    # Classes of the tree without any samples are no reason for a warning.
    wide = kh.Hierarchy.from_paths(
        [(f"g{each % 9}", f"c{each:02}") for each in range(90)]
    )
    labels = np.repeat(np.arange(6), per_class)
    noise = np.random.default_rng(0).normal(size=(len(labels), 4))
    report = probe(Features({"layer": noise}, labels), wide)
    assert report.record.per_class == per_class
    begins = "No control: " if said is None else f"Few samples: {said} a class."
    assert str(report).startswith(begins)
    assert np.isnan(report.record.over).all()


def test_a_computed_tree_is_not_aligned_with(drawn, tree):
    counts = np.random.default_rng(0).integers(0, 9, (24, 24))
    computed = kh.Hierarchy.from_confusions(counts, tree.classes)
    features = drawn()
    report = probe(features, computed, fit=False)
    assert np.isnan(report.record.alignment).all()
    assert "tree" not in " ".join(report.sentences)
    expected = features.class_means("conv1", computed)
    np.testing.assert_allclose(report.means["conv1"], expected, atol=1e-6)


def test_without_probes_there_is_alignment_alone(report, drawn, controls, tree):
    alone = probe(drawn(), tree, control=controls, fit=False)
    assert alone.record.folds == 0
    assert alone.matrices == {}
    assert np.isnan(alone.record.right).all()
    whole = report.record.alignment
    np.testing.assert_array_equal(alone.record.alignment, whole)
    assert len(alone.sentences) == 1
    assert "conv2" in str(alone)


def test_labels_by_id_are_those_of_the_tree(report, drawn, tree):
    features = drawn()
    order = np.random.default_rng(0).permutation(24)
    # The same, from a program that numbers the classes in another order.
    renumbered = copied(
        features,
        order[features.labels],
        output=features.output[:, np.argsort(order)],
        classes=[tree.classes[label] for label in np.argsort(order)],
    )
    named = copied(features, [tree.classes[label] for label in features.labels])
    found = probe(renumbered, tree)
    for other in (found, probe(named, tree)):
        np.testing.assert_array_equal(
            other.matrices["conv3"], report.matrices["conv3"]
        )
    np.testing.assert_allclose(found.record.adds_loss, report.record.adds_loss)


def test_two_classes(tmp_path):
    tree = kh.Hierarchy.from_paths([("cat",), ("dog",)])
    rng = np.random.default_rng(0)
    labels = np.arange(60) % 2
    features = Features(
        {"a": rng.normal(size=(60, 3)) + labels[:, None]}, labels
    )
    report = probe(features, tree)
    assert report.record.groups == (2,)
    assert np.isnan(report.record.alignment).all()
    report.log(tmp_path, 1)


def test_classes_without_samples(drawn, tree):
    features = drawn()
    # One class has a single sample: the probe that reads it has seen none.
    kept = features.labels < 20
    kept[20] = True
    some = copied(features, kept=kept, output=features.output[kept])
    record = probe(some, tree).record
    assert np.isfinite(record.recall).all()
    assert np.isfinite(record.alignment).all()
    assert np.isfinite(record.adds_loss).all()
    assert record.asked == (2,)
    # It rules out no class, which would outweigh all other samples.
    scores = np.array([[0, -1, -np.inf], [-3, -np.inf, -np.inf]], np.float32)
    assert _all_likely(scores).tolist() == [[0, -1, -1], [-3, -3, -3]]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda c: Features({"conv1": c["conv1"]}, c.labels), "layer 'conv2'"),
        (lambda c: copied(c, c.labels[::-1]), "samples, or in another order"),
        (lambda c: copied(c, pools={"conv1": "mean"}), "pooled by ''"),
        (
            lambda c: Features(
                {**{x: c[x] for x in c.layers}, "conv3": 0 * c["conv3"]},
                c.labels,
            ),
            "the untrained 'conv3' are the same for all samples",
        ),
        (
            lambda c: copied(c, ids=[f"b{n}" for n in range(960)]),
            "other samples",
        ),
    ],
)
def test_controls_that_are_none(drawn, tree, change, said):
    features = copied(drawn(), ids=[f"a{n}" for n in range(960)])
    with pytest.raises(ValueError, match=said):
        probe(features, tree, control=change(drawn(7, untrained=True)))


@pytest.mark.parametrize(
    ("labels", "folds", "said"),
    [
        (np.full(30, 24), 5, "0..23"),
        (
            np.append(np.arange(29) % 24, 33),
            5,
            r"1 do not.* are groups.* leave",
        ),
        (np.zeros(30, int), 5, "two classes"),
        (["c000", "x"] * 15, 5, "no class 'x'"),
        (np.arange(6), 5, "6 samples for 5 folds"),
        (np.arange(6), 2.5, r"6 samples for 2\.5 folds"),
    ],
)
def test_labels_and_folds_that_do_not_fit(tree, labels, folds, said):
    noise = np.random.default_rng(0).normal(size=(len(labels), 2))
    with pytest.raises(ValueError, match=said):
        probe(Features({"a": noise}, labels), tree, folds=folds)


def test_more_readings_than_a_record_holds_are_refused_at_once(
    drawn, tree, monkeypatch
):
    monkeypatch.setattr(limits, "LAYER_CELLS", 8)
    with pytest.raises(ValueError, match="3 layers at the 3 levels"):
        probe(drawn(), tree)
