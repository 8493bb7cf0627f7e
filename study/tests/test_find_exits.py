from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keras_hier.hierarchy.tree.grouping import Grouping
from keras_hier.scores.fusion import fuse, fusion_weights
from study.training import find_exits as exits
from study.training.find_exits import find_exits

CLASSES = Grouping(["cat", "dog", "car"], [0, 1, 2])
PETS = Grouping(["pet", "car"], [0, 0, 1])
NAMES = ("class", "conv1", "conv2", "pets")
WEIGHTS = {"class": 50, "conv1": 3, "conv2": 8, "pets": 2}


def size(names):
    # What lies below an output is paid once: each is above the one before.
    return max(WEIGHTS[name] for name in names), len(names)


def drawn(seed, samples=80):
    """Logits of outputs that know more or less; some know next to nothing."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(3, size=samples)
    known = dict(zip(NAMES, rng.choice([0.1, 1.0, 2.0], 4), strict=True))
    logits = {
        name: rng.normal(size=(samples, 3)) + know * np.eye(3)[labels]
        for name, know in known.items()
    }
    logits["pets"] = logits["pets"][:, 1:]
    heads = {
        name: (logits[name], PETS if name == "pets" else CLASSES)
        for name in NAMES[1:]
    }
    return labels, logits["class"], heads


def fitted(labels, logits, heads, names):
    """The least loss of a set of outputs, and whether it names classes."""
    used = {n: head for n, head in heads.items() if n in names}
    if "class" not in names:
        # What says the same of every class adds nothing, at any weight.
        logits = np.zeros_like(logits)
    weights = fusion_weights(logits, used, labels)
    fused = fuse(logits, used, weights)
    names_classes = any(weights[n] > 1e-3 for n in names - {"pets"})
    return -fused[np.arange(len(labels)), labels].mean(), names_classes


@settings(max_examples=25)
@given(st.integers(0, 1000), st.sampled_from([0.0, 0.003, 0.03, 0.3, np.inf]))
def test_it_is_the_smallest_set_within_the_limit(seed, max_loss):
    labels, logits, heads = drawn(seed)
    found = find_exits(logits, heads, labels, size, max_loss)
    kept = frozenset(found.weights)
    assert kept | set(found.left_out) == set(NAMES)
    of_all, _ = fitted(labels, logits, heads, frozenset(NAMES))
    expected, names_classes = fitted(labels, logits, heads, kept)
    assert names_classes or not found.left_out
    assert found.loss == pytest.approx(expected, abs=1e-5)
    assert found.loss_change == pytest.approx(expected - of_all, abs=1e-5)
    assert found.loss_change <= max_loss + 1e-5
    for count in range(1, 4):
        for names in map(frozenset, combinations(NAMES, count)):
            if size(names) < size(kept):
                more, can = fitted(labels, logits, heads, names)
                assert more - of_all > max_loss - 1e-5 or not can


@settings(max_examples=25)
@given(st.integers(0, 1000), st.sampled_from([0.0, 0.03, np.inf]))
def test_of_many_outputs_one_is_left_out_after_another(seed, max_loss):
    labels, logits, heads = drawn(seed)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(exits, "MOST_SETS", 3)
        found = find_exits(logits, heads, labels, size, max_loss)
    best = find_exits(logits, heads, labels, size, max_loss)
    assert found.loss_change <= max_loss + 1e-5
    assert size(found.weights) >= size(best.weights)
    assert set(found.weights) != {"pets"}
    # None of those that are left could go as well.
    kept = frozenset(found.weights)
    for name in kept if len(kept) > 1 else ():
        fewer = kept - {name}
        more, can = fitted(labels, logits, heads, fewer)
        of_all = found.loss - found.loss_change
        assert more - of_all > max_loss - 1e-5 or not can


def test_figures_by_hand():
    # The classes are right at 0.9 for three of four: 0.75 is the best to say.
    # The head agrees with them three times of four, whether they are right or
    # not: ten of sixteen are right, and beside the classes it adds nothing.
    right = [(1, 1)] * 9 + [(1, 0)] * 3 + [(0, 0)] * 3 + [(0, 1)]
    labels = np.arange(16) % 2
    sure = np.where(np.array(right) == 1, 0.9, 0.1)
    logits, head = (
        np.log(np.where(np.eye(2)[labels] == 1, p[:, None], 1 - p[:, None]))
        for p in sure.T
    )
    each = Grouping(["cat", "dog"], [0, 1])
    heads = {"conv1": (head, each)}

    def found(max_loss):
        return find_exits(
            logits, heads, labels, lambda n: 9 if "class" in n else 1, max_loss
        )

    small = found(0.1)
    assert small.left_out == ("class",)
    of_head = -(5 * np.log(5 / 8) + 3 * np.log(3 / 8)) / 8  # 0.662
    of_classes = -(3 * np.log(3 / 4) + np.log(1 / 4)) / 4  # 0.562
    assert small.loss == pytest.approx(of_head)
    assert small.loss_change == pytest.approx(of_head - of_classes, abs=1e-5)
    changes = np.log([6 / 5] * 9 + [2] * 3 + [2 / 3] * 3 + [2 / 5])
    assert small.loss_se == pytest.approx(changes.std() / 15**0.5, abs=1e-4)
    assert small.accuracy == 10 / 16
    assert small.accuracy_change == -2 / 16
    # Three become wrong and one right: 4 / 16 less the square of 2 / 16.
    assert small.accuracy_se == pytest.approx((15 / 64 / 15) ** 0.5)
    large = found(0.09)
    assert large.left_out == ("conv1",)
    assert large.weights == pytest.approx({"class": 0.5}, abs=1e-3)
    assert large.loss_change == pytest.approx(0, abs=1e-6)
    assert large.accuracy_change == large.accuracy_se == 0


def test_a_single_sample_has_no_standard_error():
    labels, logits, heads = drawn(0, samples=1)
    found = find_exits(logits, heads, labels, size, np.inf)
    assert found.loss_se == found.accuracy_se == 0


@pytest.mark.parametrize("most", [1, 10])
def test_groups_alone_name_no_class(most, monkeypatch):
    monkeypatch.setattr(exits, "MOST_SETS", most)
    labels, logits, heads = drawn(1)
    # One of the classes in name alone: it says the opposite of what is true.
    logits = -3 * np.eye(3)[labels] + logits * 1e-3
    heads = {
        "conv1": (logits, CLASSES),
        "conv2": (3 * np.eye(3)[labels], CLASSES),
        "pets": (3 * np.eye(2)[PETS.of_class[labels]], PETS),
    }
    found = find_exits(logits, heads, labels, size, np.inf)
    assert set(found.weights) == {"conv2"}
    assert found.weights["conv2"] > 1
    # Without any that does, the main output stays beside what helps.
    for name in ("conv1", "conv2"):
        heads[name] = (logits, CLASSES)
    found = find_exits(logits, heads, labels, size, np.inf)
    assert set(found.left_out) == {"conv1", "conv2"}
    assert found.weights["class"] == 0
    assert found.weights["pets"] > 1
    assert found.loss_change == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("max_loss", [-0.01, np.nan, -np.inf, None, "0.1"])
def test_losses_that_cannot_be_allowed(max_loss):
    labels, logits, heads = drawn(0)
    with pytest.raises(ValueError, match="`max_loss` of at least 0"):
        find_exits(logits, heads, labels, size, max_loss)


def test_lengths_must_agree():
    labels, logits, heads = drawn(0)
    with pytest.raises(ValueError, match="as many labels as samples"):
        find_exits(logits, heads, labels[:-1], size, 0.1)


def test_classes_called_impossible_leave_an_output_its_weight():
    labels, logits, heads = drawn(0)
    wrong = (np.arange(3) - labels[:, None]) % 3 == 1
    logits = np.where(wrong, -np.inf, 2.0 * np.eye(3)[labels])
    found = find_exits(logits, {"conv1": heads["conv1"]}, labels, size, 0.0)
    # No answer is wrong: more weight would always be better.
    assert found.weights["class"] > 1
    assert found.loss < np.log1p(np.exp(-2))


def test_what_is_no_logit_is_named():
    labels, logits, heads = drawn(0)
    heads["conv2"][0][3] = np.nan
    with pytest.raises(ValueError, match=r"'conv2' are NaN, .* in row 3 "):
        find_exits(logits, heads, labels, size, 0.1)


def test_without_heads_there_is_nothing_to_leave_out():
    labels, logits, _ = drawn(0)
    found = find_exits(logits, {}, labels, size, 0.1)
    assert (found.left_out, set(found.weights)) == ((), {"class"})
    assert found.loss_change == 0
