import csv
import warnings

import numpy as np
import pytest

import keras_hier as kh
from keras_hier.files import limits
from keras_hier.log.run_log import RunLog
from keras_hier.probing.features import Features
from keras_hier.probing.probe import probe


@pytest.fixture(scope="module")
def controls(drawn):
    return [drawn(seed, untrained=True) for seed in (11, 12, 13)]


@pytest.fixture(scope="module")
def report(drawn, controls, tree):
    return probe(drawn(), tree, control=controls)


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


def test_figures_fit_the_matrices(report, tree):
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


def test_over_is_what_the_best_untrained_layer_leaves(report):
    record = report.record
    best = record.control_right.max(axis=0)
    # The layer that is best is chosen by other samples than it is read from.
    np.testing.assert_allclose(record.over, record.right - best, atol=0.03)


def test_the_best_of_many_untrained_layers_is_no_bar_of_luck(tree):
    # Twelve layers of noise, in the network and in its control alike.
    labels = np.arange(480) % 24
    over = []
    for seed in range(6):
        rng = np.random.default_rng(seed)
        one, other = (
            Features(
                {f"l{n}": rng.normal(size=(480, 4)) for n in range(12)}, labels
            )
            for _ in range(2)
        )
        over.append(probe(one, tree, control=other).record.over[:, -1])
    error = np.std(over) / np.sqrt(np.size(over) / 4)
    assert abs(np.mean(over)) < 3 * error


def test_errors_of_differences_are_paired(drawn, tree):
    # Against itself nothing differs, and the error of that is nothing.
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
    # All of the control is the same: nothing is said of a comparison.
    constant = Features({n: np.ones((480, 8)) for n in ("token", "x")}, labels)
    with pytest.warns(UserWarning, match="the untrained 'token', the untra"):
        report = probe(read(2, 1.0), tree, control=constant, fit=False)
    assert "than in an untrained" not in str(report).split("\n\n")[0]


def test_seeds_of_the_control_widen_its_error(drawn, controls, tree):
    one = probe(drawn(), tree, control=controls[0]).record
    # Three controls, one of which knows much.
    odd = [*controls[:2], drawn(5)]
    three = probe(drawn(), tree, control=odd).record
    assert three.controls == 3
    assert three.over_se[0, -1] > 5 * one.over_se[0, -1]


def test_what_a_layer_adds(report):
    record = report.record
    assert record.asked[0] == 2
    gain = record.asked_error[0]
    assert gain < -5 * record.asked_error_se[0]
    assert gain == record.adds_error[2]
    # What noise adds is within chance.
    assert abs(record.adds_error[0]) <= 3 * record.adds_error_se[0]
    assert abs(record.adds_loss[0]) <= 3 * record.adds_loss_se[0]


def test_what_an_output_knows_already_adds_nothing(drawn, tree):
    features = drawn(output=False)
    scores = 12 * np.eye(24)[features.labels]
    scores += np.random.default_rng(0).normal(size=scores.shape)
    sure = Features(
        {layer: features[layer] for layer in features.layers},
        features.labels,
        output=scores,
    )
    record = probe(sure, tree).record
    assert record.asked == ()
    assert "is shown to take errors off. The largest estimate" in str(
        probe(sure, tree)
    )


def test_an_output_may_call_classes_impossible(drawn, tree):
    found = drawn()
    output = np.array(found.output)
    labels = found.labels_in(tree)
    wrong = (labels + 1) % output.shape[1]
    output[np.arange(len(labels)), wrong] = -np.inf  # log(0)
    layers = {"last": found[found.layers[-1]]}
    record = probe(Features(layers, labels, output=output), tree).record
    right = (output.argmax(axis=1) == labels).mean()
    assert record.output_right == pytest.approx(right)
    assert np.isfinite(record.adds_loss).all()
    for value in (np.nan, np.inf):
        output[7, 1] = value
        with pytest.raises(ValueError, match="Got NaN, inf"):
            probe(Features(layers, labels, output=output), tree)
    output[7] = -np.inf
    with pytest.raises(ValueError, match="-inf for all classes"):
        probe(Features(layers, labels, output=output), tree)


def test_probabilities_of_the_output_are_no_logits(drawn, tree):
    """A softmax of them is nearly flat, to which every layer would add."""
    found = drawn()
    output = np.exp(np.array(found.output, np.float64))
    output /= output.sum(axis=1, keepdims=True)
    layers = {"last": found[found.layers[-1]]}
    labels = found.labels_in(tree)
    with pytest.raises(ValueError, match=r"output that are logits.*np\.log"):
        probe(Features(layers, labels, output=output), tree)
    record = probe(Features(layers, labels, output=np.log(output)), tree).record
    assert np.isfinite(record.adds_loss).all()


def test_an_output_worse_than_chance_is_read_as_it_is(drawn, tree):
    # Fitted, its weight is 0, by which every class would be as likely.
    found = drawn()
    labels = found.labels_in(tree)
    output = np.zeros((len(labels), 24))
    output[np.arange(len(labels)), (labels + 1) % 24] = 5
    layers = {"conv3": found["conv3"]}
    report = probe(Features(layers, labels, output=output), tree)
    assert report.record.output_right == 0
    assert "off its error of 100.0 %" in str(report)


def test_no_more_than_five_of_a_hundred_null_layers_add(tree):
    rng = np.random.default_rng(3)
    labels = np.arange(240) % 24
    inside = []
    for _ in range(100):
        scores = rng.normal(size=(240, 24))
        scores[np.arange(240), labels] += 2
        features = Features(
            {"noise": rng.normal(size=(240, 4))}, labels, output=scores
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            record = probe(features, tree).record
        inside.append(not record.asked)
    assert np.mean(inside) >= 0.93


def test_permuted_labels_know_nothing(drawn, controls, tree):
    features = drawn()
    rng = np.random.default_rng(0)
    labels = rng.permutation(features.labels)
    permuted = Features(
        {layer: features[layer] for layer in features.layers}, labels
    )
    blind = [
        Features({layer: c[layer] for layer in c.layers}, labels)
        for c in controls
    ]
    record = probe(permuted, tree, control=blind).record
    assert (abs(record.over) < 4 * record.over_se).all()
    assert (abs(record.alignment) < 2 * record.band).all()


def test_the_first_sentences_say_it(report):
    first, second, third, fourth, fifth = report.sentences
    assert first.startswith("Best layer conv3: a linear probe names ")
    assert "of 960 samples right among 24 classes" in first
    assert "in an untrained network" in first
    assert second.startswith("conv2 and conv3 tell classes apart better than ")
    assert third.startswith("Not shown of conv1: the largest estimate is ")
    assert fourth.startswith("Asking conv3 as well as the output takes ")
    assert fourth.endswith("then no other is shown to.")
    assert "in an untrained network at conv2: " in fifth


def test_without_a_control_the_first_line_says_so(drawn, tree):
    report = probe(drawn(), tree)
    assert str(report).startswith("No control: ")
    assert report.record.controls == 0
    assert np.isnan(report.record.over).all()


@pytest.mark.parametrize(
    ("per_class", "said"), [(3, "3.0"), (9, "9.0"), (10, None)]
)
def test_of_few_samples_a_class_the_first_line_says_so(per_class, said):
    # The tree has classes without any: they are no reason for a warning.
    wide = kh.Hierarchy.from_paths(
        [(f"g{each % 9}", f"c{each:02}") for each in range(90)]
    )
    labels = np.repeat(np.arange(6), per_class)
    noise = np.random.default_rng(0).normal(size=(len(labels), 4))
    report = probe(Features({"layer": noise}, labels), wide)
    first = str(report).split("\n")[0]
    assert report.record.per_class == per_class
    if said is None:
        assert not any(each.startswith("Few") for each in report.sentences)
    else:
        assert first.startswith(f"Few samples: {said} a class. ")


def test_a_table_a_line_of_which_is_a_layer(report):
    lines = str(report).split("\n\n")[1].split("\n")
    (line,) = [each for each in lines if each.startswith("conv2 ")]
    name, features, *rights = line.split()[:5]
    assert (name, features) == ("conv2", "16")
    for shown, right in zip(rights, report.record.right[1], strict=True):
        assert float(shown) == pytest.approx(100 * right, abs=0.051)
    assert "one standard error over samples, not seeds" in str(report)
    # What it adds, and how much of that is over the same layer untrained.
    record = report.record
    added, _, error, beyond, _, spread = line.split()[-6:]
    assert float(added) == pytest.approx(100 * record.adds_error[1], abs=0.051)
    assert float(error) == pytest.approx(
        100 * record.adds_error_se[1], abs=0.051
    )
    assert float(beyond) == pytest.approx(
        100 * record.adds_error_over[1], abs=0.051
    )
    assert float(spread) == pytest.approx(
        100 * record.adds_error_over_se[1], abs=0.051
    )


def test_a_computed_tree_is_not_aligned_with(drawn, tree):
    counts = np.random.default_rng(0).integers(0, 9, (24, 24))
    computed = kh.Hierarchy.from_confusions(counts, tree.classes)
    report = probe(drawn(), computed)
    assert np.isnan(report.record.alignment).all()
    assert "tree" not in " ".join(report.sentences)


def test_without_probes_there_is_alignment_alone(drawn, controls, tree):
    report = probe(drawn(), tree, control=controls, fit=False)
    assert report.record.folds == 0
    assert report.matrices == {}
    assert np.isnan(report.record.right).all()
    whole = probe(drawn(), tree, control=controls).record
    np.testing.assert_array_equal(report.record.alignment, whole.alignment)
    assert len(report.sentences) == 1
    assert "conv2" in str(report)


def test_a_log_holds_it(report, tree, tmp_path):
    report.log(tmp_path, step=40)
    log = RunLog(str(tmp_path))
    assert log.layers().layers == ("conv1", "conv2", "conv3")
    header, matrix = log.matrix("conv2_linear", 40)
    assert (header.role, header.layer) == ("probe", "conv2")
    assert header.probe["fit"] == "lda"
    assert header.probe["features"] == 16
    np.testing.assert_array_equal(matrix.toarray(), report.matrices["conv2"])
    header, matrix = log.matrix("untrained_linear", 40)
    best = report.record.control_right[:, -1].argmax()
    assert header.layer == report.record.layers[best]


def test_a_log_holds_class_means(drawn, report, tree, tmp_path):
    report.log(tmp_path / "with", step=40)
    log = RunLog(str(tmp_path / "with"))
    assert log.mean_layers == ("conv1", "conv2", "conv3")
    features = drawn()
    for place, layer in enumerate(features.layers):
        expected = features.class_means(layer, tree)
        np.testing.assert_allclose(report.means[layer], expected, atol=1e-6)
        found = log.means(layer)
        np.testing.assert_allclose(found.means, expected, atol=0.02)
        assert (found.place, found.counts.tolist()) == (place, [40] * 24)
    report.log(tmp_path / "without", 40, means=False)
    assert RunLog(str(tmp_path / "without")).mean_layers == ()


@pytest.mark.parametrize(
    ("limit", "most"), [("ANALYSED_CELLS", 275), ("FEATURES", 15)]
)
def test_class_means_that_no_page_shows_are_not_logged(
    report, tmp_path, monkeypatch, limit, most
):
    monkeypatch.setattr(limits, limit, most)
    with pytest.warns(UserWarning, match="24 classes of 16 channels are more"):
        report.log(tmp_path, 1)
    log = RunLog(str(tmp_path))
    assert log.mean_layers == ()
    assert log.layers().layers == ("conv1", "conv2", "conv3")


def test_class_means_that_are_no_numbers_are_left_out(drawn, tree, tmp_path):
    features = drawn()
    large = features["conv2"].astype(np.float64)
    large[0, 0] = 1e60
    other = Features(
        {"conv1": features["conv1"], "conv2": large}, features.labels
    )
    with pytest.warns(UserWarning, match="no tree alignment of 'conv2'"):
        report = probe(other, tree, fit=False)
    assert list(report.means) == ["conv1"]
    report.log(tmp_path, 1)
    assert RunLog(str(tmp_path)).mean_layers == ("conv1",)


def test_class_means_need_no_alignment(drawn, tree):
    features = drawn()
    counts = np.random.default_rng(0).integers(0, 9, (24, 24))
    computed = kh.Hierarchy.from_confusions(counts, tree.classes)
    expected = features.class_means("conv1", computed)
    found = probe(features, computed, fit=False).means["conv1"]
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_names_with_slashes_are_logged(drawn, tree, tmp_path):
    features = drawn()
    nested = Features({"backbone/conv": features["conv2"]}, features.labels)
    probe(nested, tree).log(tmp_path, 1)
    log = RunLog(str(tmp_path))
    assert log.outputs == ("backbone_conv_linear",)
    assert log.mean_layers == ("backbone_conv",)
    assert log.layers().layers == ("backbone/conv",)


def test_a_spreadsheet_has_a_row_a_layer_and_level(report, tmp_path):
    report.to_csv(tmp_path / "layers.csv")
    with (tmp_path / "layers.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 9
    assert [row["groups"] for row in rows[:3]] == ["3", "6", "24"]
    assert float(rows[5]["right"]) == report.record.right[1, 2]


def test_labels_by_id_are_those_of_the_tree(drawn, tree):
    features = drawn()
    order = np.random.default_rng(0).permutation(24)
    # The same, from a program that numbers the classes in another order.
    renumbered = Features(
        {layer: features[layer] for layer in features.layers},
        order[features.labels],
        output=features.output[:, np.argsort(order)],
        classes=[tree.classes[label] for label in np.argsort(order)],
    )
    named = Features(
        {layer: features[layer] for layer in features.layers},
        [tree.classes[label] for label in features.labels],
    )
    expected = probe(features, tree)
    for other in (renumbered, named):
        found = probe(other, tree)
        np.testing.assert_array_equal(
            found.matrices["conv3"], expected.matrices["conv3"]
        )
    np.testing.assert_allclose(
        probe(renumbered, tree).record.adds_loss, expected.record.adds_loss
    )


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
    kept = features.labels < 20
    some = Features(
        {layer: features[layer][kept] for layer in features.layers},
        features.labels[kept],
    )
    record = probe(some, tree).record
    assert np.isfinite(record.recall).all()
    assert np.isfinite(record.alignment).all()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            lambda c: Features({"conv1": c["conv1"]}, c.labels),
            "layer 'conv2'",
        ),
        (
            lambda c: Features(
                {layer: c[layer] for layer in c.layers}, c.labels[::-1]
            ),
            "other samples, or in another order",
        ),
        (
            lambda c: Features(
                {layer: c[layer] for layer in c.layers},
                c.labels,
                pools={"conv1": "mean"},
            ),
            "pooled by ''",
        ),
        (
            lambda c: Features(
                {**{x: c[x] for x in c.layers}, "conv3": 0 * c["conv3"]},
                c.labels,
            ),
            "the untrained 'conv3' are the same for all samples",
        ),
    ],
)
def test_controls_that_are_none(drawn, tree, change, said):
    with pytest.raises(ValueError, match=said):
        probe(drawn(), tree, control=change(drawn(7, untrained=True)))


def test_ids_must_be_the_same(drawn, tree):
    features = drawn()
    layers = {layer: features[layer] for layer in features.layers}
    one, other = (
        Features(layers, features.labels, ids=[f"{x}{n}" for n in range(960)])
        for x in "ab"
    )
    with pytest.raises(ValueError, match="other samples"):
        probe(one, tree, control=other)


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        (np.full(30, 24), "0..23"),
        (np.zeros(30, int), "two classes"),
        (["c000", "x"] * 15, "no class 'x'"),
    ],
)
def test_labels_that_do_not_fit(tree, labels, said):
    features = Features(
        {"a": np.random.default_rng(0).normal(size=(30, 2))}, labels
    )
    with pytest.raises(ValueError, match=said):
        probe(features, tree)


def test_labels_of_groups_are_no_classes(drawn, tree):
    features = drawn()
    labels = np.array(features.labels)
    labels[3] = kh.NodeLabels(tree).num_labels - 1
    features = Features({"a": features[features.layers[0]]}, labels)
    with pytest.raises(ValueError, match=r"1 do not.* are groups.* leave"):
        probe(features, tree)


def test_too_few_samples(tree):
    features = Features({"a": np.eye(6)}, np.arange(6))
    with pytest.raises(ValueError, match="6 samples for 5 folds"):
        probe(features, tree)
    with pytest.raises(ValueError, match=r"6 samples for 2\.5 folds"):
        probe(features, tree, folds=2.5)


def test_more_readings_than_a_record_holds_are_refused_at_once(
    drawn, tree, monkeypatch
):
    monkeypatch.setattr(limits, "LAYER_CELLS", 8)
    with pytest.raises(ValueError, match="3 layers at the 3 levels"):
        probe(drawn(), tree)
