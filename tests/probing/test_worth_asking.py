"""Which layers are worth asking, beside what untrained ones would add."""

import numpy as np
import pytest

from keras_hier.probing.asking import Asking, Change, Gain
from keras_hier.probing.features import Features
from keras_hier.probing.fits.linear_probe import folds_of
from keras_hier.probing.probe import probe


def known(strengths, seed, says=0.0):
    """Layers that know classes by so much, and an output that says little."""
    rng = np.random.default_rng(seed)
    labels = np.arange(960) % 24
    means = np.random.default_rng(99).normal(size=(24, 16))[labels]
    scores = rng.normal(size=(960, 24))
    scores[np.arange(960), labels] += says
    return Features(
        {
            f"conv{at}": strength * means + rng.normal(size=(960, 16))
            for at, strength in enumerate(strengths)
        },
        labels,
        output=scores,
    )


@pytest.mark.parametrize(
    ("trained", "asked"), [(0.7, ()), (1.4, (1,))], ids=["nothing", "conv1"]
)
def test_what_an_untrained_layer_adds_as_well_is_not_worth_asking(
    tree, trained, asked
):
    """An output that is right less often than a probe of no training at all."""
    untrained = [known([0.7, 0.7], seed) for seed in (11, 12, 13)]
    report = probe(known([0.7, trained], 1, 1.5), tree, control=untrained)
    record = report.record
    # Each layer takes errors off, beyond all chance; only learning is listed.
    assert (record.adds_error < -10 * record.adds_error_se).all()
    assert record.asked == asked
    assert abs(record.adds_error_over[0]) < 3 * record.adds_error_over_se[0]
    assert report.sentences[0].startswith(
        "A linear probe of an untrained network beats this output, "
    )
    asking = " ".join(each for each in report.sentences if "asked" in each)
    if asked:
        assert record.asked_over[0] == record.adds_error_over[1]
        assert record.asked_over[0] < -5 * record.asked_over_se[0]
        assert "more than asking the same layer untrained" in str(report)
    else:
        assert asking.startswith(
            "No layer, asked as well as the output, is shown to take more "
            "errors off than asking the same layer untrained. The largest"
        )


def test_an_output_that_knows_more_than_untrained_layers_is_not_beaten(tree):
    untrained = [known([0.7], seed) for seed in (11, 12, 13)]
    report = probe(known([0.7], 1, 4.0), tree, control=untrained)
    assert report.record.output_right > 0.8
    assert "beats this output" not in str(report)


def test_what_is_asked_after_another_is_held_against_it_untrained(tree):
    """Two layers know the same: the second adds nothing beside the first."""
    untrained = [known([0.5, 0.5], seed) for seed in (11, 12, 13)]
    found = known([1.2, 0.5], 1, 1.0)
    both = Features(
        {"conv0": found["conv0"], "conv1": found["conv0"]},
        found.labels,
        output=found.output,
    )
    assert len(probe(both, tree, control=untrained).record.asked) == 1


@pytest.mark.parametrize("controls", [0, 3])
def test_of_eight_layers_that_add_nothing_none_is_listed(controls):
    rng = np.random.default_rng(0)
    labels = np.arange(300) % 6

    def scores(says):
        drawn = rng.normal(size=(300, 6))
        drawn[np.arange(300), labels] += says
        return drawn

    def layers():
        # An untrained layer adds as much as these.
        return {f"l{at}": scores(0.7 * (controls > 0)) for at in range(8)}

    listed = 0
    for _ in range(5):
        untrained = [layers() for _ in range(controls)]
        asking = Asking(scores(1.5), layers(), labels, 0, untrained)
        order, _ = asking.in_turn(
            {f"l{at}": asking.gain(f"l{at}") for at in range(8)}
        )
        listed += bool(order)
    # 5 % of the records, and two standard errors.
    assert listed <= 1


def test_weights_are_read_on_samples_that_they_were_not_fitted_to():
    labels = np.arange(200) % 4
    first = folds_of(labels, 2, 0) == 0
    output = np.random.default_rng(0).normal(size=(200, 4))
    # The layer knows one half, and is as wrong about the other.
    named = np.where(first, labels, (labels + 1) % 4)
    asking = Asking(output, {"fc": 5 * np.eye(4)[named]}, labels, 0)
    assert asking.gain("fc").loss.value > 1
    # The best of eight has to be surer than one alone: p is 0.022.
    gain = Gain(Change(-0.023, 0.01), Change(-0.023, 0.01))
    assert asking._shown({"fc": gain}) == ["fc"]
    assert asking._shown({"fc": gain}, of=8) == []
