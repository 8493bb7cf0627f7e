import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.special import log_softmax, softmax

from keras_hier.hierarchy.tree.grouping import Grouping
from keras_hier.scores import fusion
from keras_hier.scores.fusion import fuse, fusion_weights

PETS = Grouping(["pet", "car"], [0, 0, 1])


def drawn(seed, samples=60):
    rng = np.random.default_rng(seed)
    labels = rng.integers(3, size=samples)
    logits = rng.normal(size=(samples, 3)) + 2 * np.eye(3)[labels]
    groups = rng.normal(size=(samples, 2)) + np.eye(2)[PETS.of_class[labels]]
    return labels, logits, {"conv5_groups2": (groups, PETS)}


def loss(labels, logits, heads, weights):
    fused = fuse(logits, heads, weights)
    return -fused[np.arange(len(labels)), labels].mean()


def test_a_product_by_hand():
    # 0.4 * 0.45, 0.1 * 0.45 and 0.5 * 0.1 are 36, 9 and 10 of 55.
    fused = fuse(
        np.log([[0.4, 0.1, 0.5]]),
        {"head": (np.log([[0.9, 0.1]]), PETS)},
        {"class": 1.0, "head": 1.0},
    )
    np.testing.assert_allclose(np.exp(fused), [[36 / 55, 9 / 55, 10 / 55]])


@given(st.integers(0, 1000))
def test_a_head_moves_groups_but_never_the_classes_inside_one(seed):
    _, logits, heads = drawn(seed)
    fused = fuse(logits, heads, {"class": 1.0, "conv5_groups2": 1.0})
    # Classes 0 and 1 are one group.
    np.testing.assert_allclose(
        fused[:, 0] - fused[:, 1], logits[:, 0] - logits[:, 1], atol=1e-9
    )


def test_a_head_that_says_what_chance_would_changes_nothing():
    _, logits, _ = drawn(0)
    chance = np.log([[2 / 3, 1 / 3]] * len(logits))
    weights = {"class": 1.0, "head": 1.0}
    fused = fuse(logits, {"head": (chance, PETS)}, weights)
    np.testing.assert_allclose(fused, log_softmax(logits, axis=1))


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("know", [2, 8])  # of 8 no sample is wrong
def test_weights_are_the_best_of_outputs_that_say_nearly_the_same(seed, know):
    rng = np.random.default_rng(seed)
    labels = rng.integers(10, size=80)
    logits = rng.normal(size=(80, 10)) + know * np.eye(10)[labels]
    each = Grouping([*"0123456789"], range(10))
    heads = {
        f"conv{i}": (rng.choice([0.3, 1, 3]) * (logits + noise), each)
        for i, noise in enumerate(
            rng.choice([0.001, 0.05, 0.3, 1], (12, 1, 1))
            * rng.normal(size=(12, 80, 10))
        )
    }
    weights = fusion_weights(logits, heads, labels)

    def others(values):
        return loss(
            labels, logits, heads, dict(zip(weights, values, strict=True))
        )

    found = [*weights.values()]
    bounds = [(0, 100)] * len(found)
    better = minimize(others, found, method="TNC", bounds=bounds)
    assert better.fun > others(found) - 1e-6


def test_a_head_that_knows_nothing_gets_no_weight():
    labels, logits, _ = drawn(4, samples=400)
    noise = np.log([[2 / 3, 1 / 3]] * 400)
    found = fusion_weights(logits, {"noise": (noise, PETS)}, labels)
    assert found["noise"] == 0


@pytest.mark.parametrize("scale", [1e-6, 1e3])
@pytest.mark.parametrize("is_both", [False, True])
def test_logits_of_any_scale_say_the_same(scale, is_both):
    labels, logits, _ = drawn(3, samples=400)
    rng = np.random.default_rng(1)
    other = rng.normal(size=(400, 3)) + 1.5 * np.eye(3)[labels]
    grouping = Grouping(["a", "b", "c"], [0, 1, 2])
    losses = []
    for factor in (1, scale):
        heads = {"head": (other * factor, grouping)}
        classes = logits * (factor if is_both else 1)
        weights = fusion_weights(classes, heads, labels)
        assert all(weights.values())
        losses.append(loss(labels, classes, heads, weights))
    assert losses[0] == pytest.approx(losses[1], abs=1e-6)


def test_what_is_never_wrong_is_not_made_infinitely_sure():
    labels, _, heads = drawn(6)
    weights = fusion_weights(2 * np.eye(3)[labels], heads, labels)
    assert 5 < weights["class"] < 1000


def test_a_weight_that_changes_next_to_nothing_is_none():
    labels, logits, _ = drawn(7)
    # Each sample twice, with the classes' opinion reversed, but for a little.
    noise = np.random.default_rng(8).normal(size=logits.shape)
    heads = {
        "head": (np.repeat(logits, 2, axis=0), Grouping([*"abc"], [0, 1, 2]))
    }
    classes = np.stack([noise, -noise], axis=1).reshape(-1, 3)
    classes += 3e-4 * np.eye(3)[np.repeat(labels, 2)]
    weights = fusion_weights(classes, heads, np.repeat(labels, 2))
    assert weights["class"] == 0
    assert weights["head"] > 0.5


def test_pieces_give_the_weights_of_the_whole(monkeypatch):
    labels, logits, heads = drawn(5)
    whole = fusion_weights(logits, heads, labels)
    monkeypatch.setattr(fusion, "CHUNK", 7)
    pieces = fusion_weights(logits, heads, labels)
    assert pieces == pytest.approx(whole, abs=1e-4)


def test_temperature_by_hand():
    # Three of four right at 0.9: the best confidence is 0.75, so that
    # w log 9 = log 3, w = 1 / 2.
    logits = np.log([[0.9, 0.1]] * 4)
    weights = fusion_weights(logits, {}, [0, 0, 0, 1])
    assert weights["class"] == pytest.approx(0.5, abs=1e-4)
    np.testing.assert_allclose(
        softmax(weights["class"] * logits[0]), [0.75, 0.25], atol=1e-4
    )


def impossible_cars():
    """As above, and a third class that the output calls impossible."""
    with np.errstate(divide="ignore"):
        return np.log([[0.9, 0.1, 0.0]] * 4), [0, 0, 0, 1]


def test_a_class_that_is_called_impossible_is_no_reason_for_no_weight():
    logits, labels = impossible_cars()
    weights = fusion_weights(logits, {}, labels)
    assert weights["class"] == pytest.approx(0.5, abs=1e-4)
    fused = np.exp(fuse(logits, {}, weights))
    np.testing.assert_allclose(fused, [[0.75, 0.25, 0]] * 4, atol=1e-4)


def test_an_impossible_group_by_hand():
    # A third of what float32 holds least would be the share of each of three.
    pets = Grouping(["pet", "car"], [0, 0, 0, 1])
    with np.errstate(divide="ignore"):
        heads = {"head": (np.log([[0.0, 1.0]]), pets)}
    fused = fuse(np.zeros((1, 4)), heads, {"class": 0.0, "head": 1.0})
    least = np.log(1.4e-45 / 3)
    np.testing.assert_allclose(fused, [[least] * 3 + [0]], atol=0.01)


def test_nothing_possible_is_below_what_is_impossible():
    fused = fuse([[0.0, -1000.0, -np.inf]], {}, {"class": 1.0})
    np.testing.assert_allclose(fused, [[0, -1000, -1000]])


@pytest.mark.parametrize("value", [np.nan, np.inf])
@pytest.mark.parametrize("name", ["class", "conv5_groups2"])
def test_what_is_no_logit_is_named(value, name):
    labels, logits, heads = drawn(0)
    values = logits if name == "class" else heads[name][0]
    values[7, 1] = values[9, 0] = value
    match = rf"output '{name}' .* in row 7 \(2 of 60 rows\)"
    with pytest.raises(ValueError, match=match):
        fusion_weights(logits, heads, labels)


def test_a_sample_of_which_nothing_is_possible_is_no_answer():
    logits, labels = impossible_cars()
    logits[2] = -np.inf
    with pytest.raises(ValueError, match="all -inf in row 2"):
        fusion_weights(logits, {}, labels)


@pytest.mark.parametrize(
    ("logits", "heads", "message"),
    [
        ([1, 2, 3], {}, r"\[N, C\] of the main output. Got shape \(3,\)"),
        ([[1, 2, 3]], {"conv5": [[1, 2, 3]]}, r"\(1, 2\) of output 'conv5'"),
        ([[1, 2, 3]], {"conv5": [[1]]}, r"Got shape \(1, 1\)"),
        ([[1, 2, 3]], {"conv5": [[1, 2], [3, 4]]}, r"Got shape \(2, 2\)"),
        ([[1, 2, 3, 4]], {"conv5": [[1, 2]]}, "4 classes .* 'conv5' are of 3"),
        ([[1, 2, 3]], {"class": [[1, 2]]}, "No head can be called 'class'"),
    ],
)
def test_shapes_must_fit(logits, heads, message):
    groups = Grouping(["a", "b"], [0, 0, 1])
    experts = {name: (values, groups) for name, values in heads.items()}
    with pytest.raises(ValueError, match=message):
        fuse(logits, experts, {"class": 1, "conv5": 1})
    with pytest.raises(ValueError, match=message):
        fusion_weights(logits, experts, [0])


@pytest.mark.parametrize("label", [-1, 2])
def test_labels_of_no_class(label):
    with pytest.raises(ValueError, match="labels of 2 classes"):
        fusion_weights(np.log([[0.9, 0.1]] * 4), {}, [0, 0, 0, label])


@pytest.mark.parametrize("labels", [[], [0, 1]])
def test_lengths_must_agree(labels):
    _, logits, heads = drawn(0)
    with pytest.raises(ValueError, match="as many labels as samples"):
        fusion_weights(logits, heads, labels)


def test_probabilities_are_no_logits():
    labels, logits, heads = drawn(9)
    p = softmax(logits, axis=1)
    with pytest.raises(ValueError, match=r"Expected logits.*np\.log\(p\)"):
        fusion_weights(p, heads, labels)
    name, (values, grouping) = next(iter(heads.items()))
    heads[name] = softmax(values, axis=1), grouping
    with pytest.raises(ValueError, match=f"Expected logits of {name!r}"):
        fusion_weights(logits, heads, labels)
    # Their logarithms say the same as the logits.
    heads[name] = np.log(heads[name][0]), grouping
    of_logs = fusion_weights(np.log(p), heads, labels)
    heads[name] = values, grouping
    assert of_logs == pytest.approx(fusion_weights(logits, heads, labels))
