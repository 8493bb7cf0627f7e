"""Sentences about layers, held against what is true of drawn ones."""

import dataclasses
import re

import numpy as np
import pytest

from keras_hier.log.records import layers_codec
from keras_hier.probing.differences import spread_of
from keras_hier.probing.layer_evidence import layer_evidence
from keras_hier.probing.sentences import sentences
from tests.support.layers import layers_record

DEPTH, LEVELS = 8, 4
READING = 0.005
# Untrained networks lie so far apart.
APART = 0.01


def drawn(rng, truth, controls=3):
    """A record of layers that are better than untrained by `truth`, [D]."""
    whole = layers_record("0" * 16, len(truth), LEVELS, controls)
    shares = rng.normal(0, APART, controls)
    # The levels of a layer rise and fall together, and all with the controls.
    reading = rng.normal(0, READING, (len(truth), 1))
    level = rng.normal(0, READING / 5, (len(truth), LEVELS))
    network = rng.normal(0, APART) - shares.mean()
    over = np.asarray(truth)[:, None] + reading + level + network
    spread = spread_of(shares.tolist())
    return dataclasses.replace(
        whole,
        over=over,
        over_se=np.full(over.shape, np.hypot(READING, spread)),
        over_spread=np.full(LEVELS, spread),
        alignment=np.full(len(truth), np.nan),
        output_right=np.nan,
    )


def test_what_is_not_shown_stands_with_its_estimate_and_its_bar():
    # Three points better in truth: beside three controls often not shown.
    rng = np.random.default_rng(0)
    unshown = 0
    for _ in range(30):
        record = drawn(rng, [0.03] * DEPTH)
        said = " ".join(sentences(record))
        if "No layer is shown to tell classes apart better" not in said:
            continue
        unshown += 1
        at = int(record.over[:, -1].argmax())
        by, error, alone, together = re.search(
            rf"largest estimate is {record.layers[at]}'s, (.*) ± (.*) points; "
            "with 3 controls it would be shown from (.*) on at all its levels, "
            "from (.*) if all",
            said,
        ).groups()
        assert float(by) == pytest.approx(100 * record.over[at, -1], abs=0.051)
        assert float(error) == pytest.approx(
            100 * record.over_se[at, -1], abs=0.051
        )
        assert float(by) < float(alone)
        assert float(together) <= float(alone)
    assert unshown > 5


def at_all_levels(record, layer, by):
    over = record.over.copy()
    over[layer] = by
    return dataclasses.replace(record, over=over)


@pytest.mark.parametrize("controls", [1, 3])
def test_a_layer_is_shown_from_its_bar_on(controls):
    rng = np.random.default_rng(controls)
    for truth in ([0.0] * DEPTH, [0, 0, 0, 0, 0.1, 0.1, 0.1, 0.1]):
        record = drawn(rng, truth, controls)
        alone, together = layer_evidence(record).least("over", 0)
        for factor, is_shown in ((0.99, False), (1.01, True)):
            one = at_all_levels(record, 0, factor * alone)
            found = layer_evidence(one).over.found.reshape(DEPTH, LEVELS)
            assert found[0].all() == found[0].any() == is_shown
            over = np.full((DEPTH, LEVELS), factor * together)
            every = layer_evidence(dataclasses.replace(record, over=over))
            assert every.over.found.all() == every.over.found.any() == is_shown


def test_bars_by_hand():
    # Read without error: t of two degrees of freedom, 4.303 at 5 %, and for
    # one of eight layers, four of 32 cells, 12.59 at 5 / 8 %.
    record = drawn(np.random.default_rng(0), [0.0] * DEPTH)
    sure = dataclasses.replace(
        record,
        over=np.zeros((DEPTH, LEVELS)),
        over_se=np.full((DEPTH, LEVELS), 0.01),
        over_spread=np.full(LEVELS, 0.01),
    )
    alone, together = layer_evidence(sure).least("over", 0)
    assert together == pytest.approx(0.04303, rel=1e-3)
    assert alone == pytest.approx(0.1259, rel=1e-2)


def test_sentences_name_what_is_found_and_nothing_else():
    z = np.full((3, 4), 9.0)
    z[0] = 0, 0, 0, 2.2
    z[2, -1] = -9

    def of(z, alignment):
        whole = layers_record("0" * 16, 3, 4, controls=3)
        return sentences(
            dataclasses.replace(
                whole,
                samples=50_000,
                groups=(4, 5, 6, 101),
                over=0.01 * z,
                over_se=np.full(z.shape, 0.01),
                over_spread=np.zeros(4),
                alignment_over=0.02 * np.array(alignment, float),
                alignment_over_se=np.full(3, 0.02),
                alignment_spread=0.0,
                output_right=np.nan,
            )
        )

    # p of 2.2 standard errors, 0.028, is below 0.05 x 9 / 12; that of 2.1 in
    # the other family, 0.038, not below 0.05 x 2 / 3.
    said = of(z, [0, 2.1, 9])
    assert said[1] == (
        "conv1 and conv2 tell classes apart better than an untrained network, "
        "by up to 9.0 ± 1.0 points (conv2); conv3 is worse than an untrained "
        "network, by up to 9.0 ± 1.0 points (conv3)."
    )
    assert "in an untrained network at conv3: " in said[-1]
    z[1, -1] = 0
    said = of(z, [0, 2.1, 9])
    assert said[1].startswith("conv1 tells classes apart better than an ")
    # With its four cells nine are found: p of 0.05 x 9 / 12, 2.08.
    assert said[2] == (
        "Not shown of conv2: the largest estimate is conv2's, 0.0 ± 1.0 "
        "points; with 3 controls it would be shown from 2.1 on at all its "
        "levels."
    )
    # Among fewer that differ neither will do.
    z[1] = 0
    said = of(z, [0, 2.1, 0])
    assert said[1] == (
        "No layer is shown to tell classes apart better than an untrained "
        "network; conv3 is worse than an untrained network, by up to 9.0 ± 1.0 "
        "points (conv3)."
    )
    assert said[2] == (
        "The largest estimate is conv1's, 2.2 ± 1.0 points; with 3 controls it "
        "would be shown from 2.1 on at all its levels, from 2.0 if all were as "
        "far ahead."
    )
    assert said[-1].startswith("At no layer are classes shown to lie more as")
    assert "conv2's, +0.04 ± 0.02" in said[-1]


def spoilt(rng, seed):
    """A record that can be decoded, of numbers that belong nowhere."""
    shape = rng.integers(1, 5), rng.integers(1, 4), rng.integers(0, 4)
    whole = layers_record("0" * 16, *map(int, shape), seed)
    odd = [np.nan, 0, -1e11, 1e11, 1, -0.5, 1e-5]
    changes = {}
    for name, value in vars(whole).items():
        if isinstance(value, np.ndarray) and rng.random() < 0.4:
            other = rng.choice(odd, value.shape)
            changes[name] = np.where(
                rng.random(value.shape) < 0.6, other, value
            )
    for name, values in (
        ("samples", (0, 1, 2, 10**15)),
        ("folds", (0, 5)),
        ("groups", ((0,) * whole.num_levels, whole.groups)),
        ("output_right", (np.nan, -3.0, 7.0)),
        ("per_class", (np.nan, 0.0, -1.0, 1e-5, 1e11)),
        ("band", (np.nan, -1.0, 0.0)),
    ):
        if rng.random() < 0.3:
            changes[name] = values[rng.integers(len(values))]
    changed = dataclasses.replace(whole, **changes)
    return layers_codec.decode(layers_codec.encode(changed))


def test_of_no_record_there_is_nothing_to_say_but_words():
    rng = np.random.default_rng(0)
    for seed in range(60):
        said = sentences(spoilt(rng, seed))
        assert all(each.endswith(".") for each in said)
